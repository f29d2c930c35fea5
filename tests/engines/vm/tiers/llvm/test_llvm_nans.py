"""Registers that hold the host's NaNs in compiled loops: no guest ever sees one, and no flag is missing or too many."""

from __future__ import annotations

import platform
import struct
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.runtime.llvm import host_features
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.tier import LlvmTier
from harness.subjects.riscv64_llvm import EagerLlvmTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")

DATA: Final = 0x8000
BOXED: Final = 0xFFFF_FFFF_0000_0000
PATTERNS: Final = (
    *(int.from_bytes(struct.pack("<d", value), "little") for value in (0.0, 1.5, -2.0, float("inf"), 1e300)),
    *(int.from_bytes(struct.pack("<f", value), "little") | BOXED for value in (0.0, 1.5, -2.0, float("inf"), 3e38)),
    0x7FF8_0000_0000_0000,
    0xFFF8_0000_0000_0123,
    0x7FF0_0000_0000_0001,  # signalling
    0x7FC0_0000 | BOXED,
    0xFFC0_0042 | BOXED,
    0x7F80_0001 | BOXED,  # signalling
    0x7F80_0001,  # not boxed
)
REGISTERS: Final = 5
registers = st.integers(0, REGISTERS - 1)


@pytest.fixture(params=["avx512f", None], ids=["exchanging", "leaving"], autouse=True, scope="module")
def _(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both ways of keeping the host's NaNs from the guest: with AVX-512, and as on a host without it."""
    features = host_features()
    if request.param and not features.get(request.param):
        pytest.skip(f"this processor has no {request.param}")
    with pytest.MonkeyPatch.context() as patch:
        changed = {**features, "avx512f": bool(request.param)}
        patch.setattr("engines.vm.tiers.llvm.compiler.host_features", lambda: changed)
        yield


@st.composite
def instructions(draw: st.DrawFn) -> str:
    """One that reads and writes f0 to f4, or accesses memory; sometimes in both formats."""
    d, a, b, c = (draw(registers) for _ in range(4))
    fmt = draw(st.sampled_from("ddds"))
    other = "s" if fmt == "d" else "d"
    width = "d" if fmt == "d" else "w"
    return draw(
        st.sampled_from(
            (
                *(f"f{name}.{fmt} f{d}, f{a}, f{b}, dyn" for name in ("add", "sub", "mul", "div") * 3),
                f"fsqrt.{fmt} f{d}, f{a}, dyn",
                f"fmadd.{fmt} f{d}, f{a}, f{b}, f{c}, dyn",
                f"fnmsub.{fmt} f{d}, f{a}, f{b}, f{c}, dyn",
                f"fsgnj.{fmt} f{d}, f{a}, f{a}",
                f"fsgnjn.{fmt} f{d}, f{a}, f{b}",
                f"fmin.{fmt} f{d}, f{a}, f{b}",
                f"fcvt.{fmt}.{other} f{d}, f{a}, dyn",
                f"fcvt.{fmt}.l f{d}, x{10 + a}, dyn",
                f"fcvt.l.{fmt} x{10 + d}, f{a}, rtz",
                f"flt.{fmt} x{10 + d}, f{a}, f{b}",
                f"fclass.{fmt} x{10 + d}, f{a}",
                f"fmv.x.{width} x{10 + d}, f{a}",
                f"fs{width} f{a}, {8 * d}(x5)",
                f"fl{width} f{d}, {8 * a}(x5)",
            )
        )
    )


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, list[int]]:
    """A loop in a loop, a part of which only every other round executes; what f0 to f4 and the memory hold first."""
    parts = [draw(st.lists(instructions(), min_size=0, max_size=5)) for _ in range(4)]
    inner = [*parts[1], "andi x7, x6, 1", f"bne x7, zero, {4 * len(parts[2]) + 4}", *parts[2], *parts[3]]
    inner += ["addi x6, x6, -1", "andi x8, x6, 3"]
    inner.append(f"bne x8, zero, {-4 * len(inner)}")
    lines = [*parts[0], *inner]
    lines.append(f"bne x6, zero, {-4 * len(lines)}")
    values = draw(st.lists(st.sampled_from(PATTERNS), min_size=2 * REGISTERS, max_size=2 * REGISTERS))
    return "\n".join([*lines, "ebreak"]), values


def hart_with(text: str, values: list[int]) -> Hart:
    memory = AddressSpace(guarded=True)
    memory.map(0x1000, 0x1000, READ | EXEC)
    memory.map(DATA, 0x1000, READ | WRITE)
    memory.place(0x1000, assemble(text))
    memory.write(DATA, struct.pack(f"<{REGISTERS}Q", *values[REGISTERS:]))
    hart = Hart(memory)
    hart.cpu["pc"] = 0x1000
    hart.cpu["x"][5], hart.cpu["x"][6] = DATA, 400
    hart.cpu["f"][:REGISTERS] = values[:REGISTERS]
    return hart


def test_a_way_that_must_not_bring_a_nan_counts_right() -> None:
    """Found by `test_no_other_nan_is_ever_seen`: such a way left with the budget of the block it does not go to."""
    text = "andi x7, x6, 1\nbne x7, zero, 8\nfadd.d f3, f3, f1, dyn\nfsgnj.s f1, f3, f3\n"
    text += "addi x6, x6, -1\nbne x6, zero, -20"
    values = [0, 0xFFF8_0000_0000_0123, 0, 0xFFF8_0000_0000_0123, *[0] * 6]
    hart, alone = hart_with(f"{text}\nebreak", values), hart_with(f"{text}\nebreak", values)
    tier = LlvmTier(slice_insns=60, batch=1, background=False)
    assert tier.run(hart, 20_000) == InterpreterTier().run(alone, 20_000)
    assert tier.counters.installed
    assert hart.cpu.tobytes() == alone.cpu.tobytes()


@pytest.mark.parametrize("use", ["fsd f2, 0(x5)", "fsgnjn.d f3, f2, f2", "fmv.x.d x10, f2", "fadd.d f3, f2, f1, dyn"])
def test_zero_by_zero_is_the_guests_nan(use: str) -> None:
    """x86 answers one with a sign."""
    values = [0, PATTERNS[1], *[0] * 8]
    text = f"fdiv.d f2, f0, f0, dyn\n{use}\naddi x6, x6, -1\nbne x6, zero, -12\nebreak"
    hart, alone = hart_with(text, values), hart_with(text, values)
    tier = LlvmTier(slice_insns=60, batch=1, background=False)
    assert tier.run(hart, 1_000) == InterpreterTier().run(alone, 1_000)
    assert tier.counters.installed
    assert int(hart.cpu["f"][2]) == 0x7FF8_0000_0000_0000
    assert hart.cpu.tobytes() == alone.cpu.tobytes()
    assert hart.memory.read(DATA, 8) == alone.memory.read(DATA, 8)


@pytest.mark.parametrize(
    "show",
    [
        "fsd f1, 0(x5)\naddi x5, x5, 8",
        "fmv.x.d x10, f1\nadd x11, x11, x10",
        "fsgnj.d f2, f1, f1\nfsd f2, 0(x5)\naddi x5, x5, 8",
        "fsgnjn.d f2, f1, f1\nfsd f2, 0(x5)\naddi x5, x5, 8",
        "fclass.d x10, f1\nadd x11, x11, x10",
        "fmadd.d f2, f3, f1, f1, dyn\nfsd f2, 0(x5)\naddi x5, x5, 8",
        "fadd.d f1, f1, f3, dyn\nfsd f1, 0(x5)\naddi x5, x5, 8",
    ],
)
def test_what_shows_a_nan_shows_the_guests(show: str) -> None:
    """Once f4 has grown to infinity, f1 becomes the NaN of infinity less infinity: positive for the guest, negative on
    x86_64. That is in compiled code, which would not be entered with a NaN in f1. Each turn leaves what it shows."""
    lines = ["fmul.d f4, f4, f0, dyn", "fsub.d f1, f3, f4, dyn", *show.split("\n"), "addi x6, x6, -1"]
    text = "\n".join([*lines, f"bne x6, zero, {-4 * len(lines)}", "ebreak"])
    numbers = [int.from_bytes(struct.pack("<d", value), "little") for value in (1e10, 0.0, 0.0, float("inf"), 1.0)]
    hart, alone = hart_with(text, numbers * 2), hart_with(text, numbers * 2)
    tier = EagerLlvmTier(10_000)
    for most in (300, 7, 5_000):
        assert tier.run(hart, most) == InterpreterTier().run(alone, most)
        assert hart.cpu.tobytes() == alone.cpu.tobytes()
        assert hart.memory.read(DATA, 0x1000) == alone.memory.read(DATA, 0x1000)
    assert tier.counters.installed


BRINGING: Final = {
    "a load": "fld f1, 0(x10)",
    "a load of a single": "flw f1, 0(x10)",
    "a move": "ld x11, 0(x10)\nfmv.d.x f1, x11",
    "a move of a single": "ld x11, 0(x10)\nfmv.w.x f1, x11",
    "a sign from elsewhere": "fld f2, 0(x10)\nfsgnj.d f1, f2, f3",
    "a sign turned": "fld f2, 0(x10)\nfsgnjn.d f1, f2, f3",
    "a sign from two": "fld f2, 0(x10)\nfsgnjx.d f1, f2, f3",
    "a copy": "fld f2, 0(x10)\nfsgnj.d f1, f2, f2",
}
PAYLOADS: Final = (
    0x7FF8_0000_0000_0123,  # quiet
    0xFFF8_0000_7FC0_0042,  # and with a sign
    0x7FF0_0000_7F80_0001,  # signalling, in either format
    0x7FF8_0000_0000_0000,  # the canonical one
)


@pytest.mark.parametrize("bringing", BRINGING)
def test_a_nan_that_comes_in_on_one_way_keeps_its_bits(bringing: str) -> None:
    """Every other turn computes f1, so that it is loose where the ways meet; the others bring NaNs with payloads by
    each instruction that can, and every turn stores what f1 holds then."""
    way = ["andi x10, x6, 24", "add x10, x10, x5", *BRINGING[bringing].split("\n")]
    turn = ["andi x7, x6, 1", f"bne x7, zero, {4 * len(way) + 8}", *way, "jal zero, 8", "fadd.d f1, f0, f3, dyn"]
    turn += ["fsd f1, 0(x14)", "addi x14, x14, 8", "addi x6, x6, -1"]
    text = "\n".join([*turn, f"bne x6, zero, {-4 * len(turn)}", "ebreak"])
    values = [PATTERNS[1], 0, 0, PATTERNS[2], 0, *PAYLOADS, 0]
    hart, alone = hart_with(text, values), hart_with(text, values)
    hart.cpu["x"][14] = alone.cpu["x"][14] = DATA + 0x100
    tier = LlvmTier(slice_insns=60, batch=1, background=False)
    assert tier.run(hart, 20_000) == InterpreterTier().run(alone, 20_000)
    assert tier.counters.installed
    assert hart.cpu.tobytes() == alone.cpu.tobytes()
    assert hart.memory.read(DATA, 0x1000) == alone.memory.read(DATA, 0x1000)


@settings(deadline=None, max_examples=30, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # short as they are
@given(programs(), st.integers(100, 2_000))
def test_no_other_nan_is_ever_seen(program: tuple[str, list[int]], limit: int) -> None:
    hart, alone = hart_with(*program), hart_with(*program)
    tier, interpreter = LlvmTier(slice_insns=60, batch=1, background=False), InterpreterTier()
    for most in (limit, 7, 20_000):
        assert tier.run(hart, most) == interpreter.run(alone, most)
        assert hart.cpu.tobytes() == alone.cpu.tobytes()
        assert hart.memory.read(DATA, 8 * REGISTERS) == alone.memory.read(DATA, 8 * REGISTERS)
    assert tier.counters.installed


def test_loops_compare_while_every_register_is_in_use() -> None:
    """Registers above 15 hold numbers where the host has them; the comparisons of AVX-512 give masks instead."""
    turn = [f"fadd.d f{n}, f{n}, f{(n + 7) % 32}, dyn" for n in range(32)]
    turn += [f"fle.d x{8 + n}, f{n}, f{n + 8}" for n in range(16)] + ["addi x6, x6, -1"]
    text = "\n".join([*turn, f"bne x6, zero, {-4 * len(turn)}", "ebreak"])
    hart, alone = hart_with(text, [0] * 2 * REGISTERS), hart_with(text, [0] * 2 * REGISTERS)
    for each in (hart, alone):
        each.cpu["f"][:] = [PATTERNS[n % 3] + n for n in range(32)]
    tier = LlvmTier(slice_insns=60, batch=1, background=False)
    assert tier.run(hart, 2_000) == InterpreterTier().run(alone, 2_000)
    assert tier.counters.installed and not tier.counters.refused
    assert hart.cpu.tobytes() == alone.cpu.tobytes()
