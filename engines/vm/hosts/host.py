"""What a compiler asks of a host, gathered from the host's folder."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engines.vm.hosts.region import RegionCode
from engines.vm.ir.block import Block, Slot
from engines.vm.ir.ops import OPCODE

CONTROL: Final = frozenset(
    OPCODE[name]
    for name in (
        "const.i1", "const.i32", "const.i64", "const.f32", "const.f64", "put.i64", "put.f64",
        "jump", "branch", "exitif", "leaveif", "jumpto", "interpret", "checkmode",
    )
)  # fmt: skip
"""What `RegionCode` itself takes care of."""


@dataclass(frozen=True)
class Host:
    """A code generator.

    Attributes:
        name: `x86_64`, `arm64` or `riscv64`.
        methods: lowerings by opcode. control: operations that need none.
        integers, floats: places that the allocator may give out, those for pins included.
        integer_pins, float_pins: those that guest registers may be pinned to.
        stack_slots: how many.
        schedule: the order in which a block's operations are best generated.
        region: `(slots, pins, written, handlers, often, frm)` → a generator.
        modes: rounding modes that instructions may name whatever the guest's dynamic one is.
        guest_places: whether its lowerings read integers from the CPU record, see `Registers`.
        guards: whether it can generate code for guarded memory.
        lent: places that such code may give out besides: to pins; and to other values where none of `borrowers`, by
            opcode, is in the region.
        tiled: whether it has the instructions of `engines.vm.hosts.selection.Tiles`.
    """

    name: str
    methods: Mapping[int, Callable[..., None]]
    integers: tuple[int, ...]
    floats: tuple[int, ...]
    integer_pins: tuple[int, ...]
    float_pins: tuple[int, ...]
    stack_slots: int
    schedule: Callable[[Block], list[int] | None]
    region: Callable[
        [Sequence[Slot], Mapping[int, int], frozenset[int], Mapping[int, int], frozenset[int], int | None], RegionCode
    ]
    control: frozenset[int] = CONTROL
    modes: frozenset[int] = frozenset()
    guest_places: bool = False
    guards: bool = False
    lent: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    borrowers: frozenset[int] = frozenset()
    tiled: bool = False

    def usable(self, guarded: bool, opcodes: AbstractSet[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The integer places for a region with these operations: for values, and of those the ones for pins."""
        if not guarded:
            return self.integers, self.integer_pins
        pins, others = self.lent
        extra = () if self.borrowers & opcodes else others
        more = self.integers[len(self.integer_pins) :]
        count = len(extra)
        return (*self.integers, *pins, *extra), (*self.integer_pins, *pins, *more[:count])


def x86_64(layout: Mapping[str, int], features: frozenset[str] | None = None) -> Host:
    """The x86_64 host; without AVX and FMA it lowers no floating point, without BMI2 shifts are longer.

    Args:
        layout: byte offsets: `pc`, `frm` in the CPU record, `table`, `code_limit`, `budget` in the context record;
            `unseen` is what native code answers for a pc without entry.
        features: of the processor, as /proc/cpuinfo names them; this machine's by default.
    """
    from engines.vm.hosts.x86_64 import lower_float, schedule
    from engines.vm.hosts.x86_64.abi import STACK_SLOTS
    from engines.vm.hosts.x86_64.lower import USES_RDX, integer_methods
    from engines.vm.hosts.x86_64.registers import FLOATS, INTEGERS, PERMISSIONS, RAX, RDX
    from engines.vm.regalloc.linear_scan import FLOAT_PLACE

    present = cpu_features() if features is None else features
    whole = {**layout, "bmi2": int("bmi2" in present)}
    methods = lower_float.methods() if {"avx", "fma"} <= present else integer_methods()
    floats = tuple(FLOAT_PLACE + n for n in FLOATS)

    def region(slots: Any, pins: Any, written: Any, handlers: Any, often: Any, frm: int | None) -> RegionCode:
        scratch = FLOAT_PLACE + lower_float.T0
        return lower_float.FloatLowering(methods, slots, pins, written, handlers, often, frm, whole, scratch, RAX)

    return Host(
        "x86_64", methods, INTEGERS, floats, INTEGERS[:5], floats[:9], STACK_SLOTS, schedule.schedule, region,
        guest_places=True, guards=True, lent=((PERMISSIONS,), (RDX,)), borrowers=USES_RDX,
        tiled=True,
    )  # fmt: skip


def arm64(layout: Mapping[str, int]) -> Host:
    """The arm64 host. It has no round to nearest, ties away, but for conversions to integers.

    Args:
        layout: byte offsets: `pc`, `frm`, `fflags` in the CPU record, `budget`, `retired_at_zero` in the context
            record.
    """
    from engines.vm.hosts.arm64 import lower_float, schedule
    from engines.vm.hosts.arm64.registers import FLOAT_MOVE, FLOATS, INTEGERS, MOVE
    from engines.vm.hosts.load_store import STACK_SLOTS
    from engines.vm.regalloc.linear_scan import FLOAT_PLACE

    methods = lower_float.methods()
    floats = tuple(FLOAT_PLACE + n for n in FLOATS)
    pins, float_pins = INTEGERS[:10], floats[:16]

    def region(slots: Any, pins: Any, written: Any, handlers: Any, often: Any, frm: int | None) -> RegionCode:
        scratch = FLOAT_PLACE + FLOAT_MOVE
        return lower_float.FloatLowering(methods, slots, pins, written, handlers, often, frm, layout, scratch, MOVE)

    return Host(
        "arm64", methods, INTEGERS, floats, pins, float_pins, STACK_SLOTS, schedule.schedule, region,
        CONTROL - methods.keys(), frozenset(range(4)),
    )  # fmt: skip


def riscv64(layout: Mapping[str, int]) -> Host:
    """The riscv64 host: RV64GC.

    Args:
        layout: as for `arm64`.
    """
    from engines.vm.hosts.load_store import STACK_SLOTS
    from engines.vm.hosts.riscv64 import lower_float, schedule
    from engines.vm.hosts.riscv64.registers import FLOAT_MOVE, FLOATS, INTEGERS, MOVE
    from engines.vm.regalloc.linear_scan import FLOAT_PLACE

    methods = lower_float.methods()
    floats = tuple(FLOAT_PLACE + n for n in FLOATS)
    pins, float_pins = INTEGERS[:11], floats[:14]

    def region(slots: Any, pins: Any, written: Any, handlers: Any, often: Any, frm: int | None) -> RegionCode:
        scratch = FLOAT_PLACE + FLOAT_MOVE
        return lower_float.FloatLowering(methods, slots, pins, written, handlers, often, frm, layout, scratch, MOVE)

    return Host(
        "riscv64", methods, INTEGERS, floats, pins, float_pins, STACK_SLOTS, schedule.schedule, region,
        CONTROL - methods.keys(), frozenset(range(5)),
    )  # fmt: skip


def cpu_features() -> frozenset[str]:
    """Features of this machine's processor; empty where the system does not say."""
    if platform.machine() not in {"x86_64", "AMD64"}:
        return frozenset()
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return frozenset()
    line = next((part for part in text.splitlines() if part.startswith("flags")), "")
    return frozenset(line.partition(":")[2].split())
