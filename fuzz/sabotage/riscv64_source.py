"""Injected bugs derived from the source of the machine: softfloat, the reference tier, the native interpreter."""

from __future__ import annotations

from typing import Final

from fuzz.sabotage.bug import INTERPRETER, Area, Bug
from fuzz.sabotage.equivalent import SOURCE
from fuzz.sabotage.source import source_bugs

_SPECIFICATION: Final = ("riscv64-reference", "exact-rationals")
_MEMORY: Final = ("riscv64-reference", "tests/engines/vm/memory")
_CODERS: Final = ("tests/engines/vm/isa/derive", "tests/engines/vm/isa/riscv64/test_outside_encodings.py")


def _of(module: str, area: Area, judges: tuple[str, ...], count: int, *without: str) -> list[Bug]:
    return source_bugs(f"engines.vm.{module}", area, judges, count, without=without, equivalent=SOURCE)


BUGS: Final = [
    *_of("softfloat", Area.FLOAT, _SPECIFICATION, 40, "_format", "_checked"),
    *_of(
        "bits",
        Area.INTEGER,
        ("riscv64-reference",),
        10,
        "Bits.__init__",
        "Bits.__repr__",
        "Bits.__hash__",
        "Bits.__eq__",
    ),
    *_of("tiers.reference", Area.TRAPS, ("riscv64-reference",), 24, "ReferenceMachine.csr_read", "ReferenceTier.step"),
    *_of("memory.address_space", Area.MEMORY, _MEMORY, 14, "MemoryFault.__init__", "_reserve", "_check_permission"),
    *_of("tiers.interpreter.machine", Area.INTERPRETER, INTERPRETER, 28),
    *_of("tiers.interpreter.handlers", Area.INTERPRETER, INTERPRETER, 12),
    *_of("tiers.interpreter.decoder", Area.DECODER, INTERPRETER, 16),
    *_of("tiers.interpreter.drivers", Area.INTERPRETER, INTERPRETER, 10),
    *_of("tiers.interpreter.fusion", Area.INTERPRETER, INTERPRETER, 8),
    *_of("tiers.interpreter.float_unit", Area.FLOAT, INTERPRETER, 8),
    *_of("tiers.interpreter.float_unit_x86_64", Area.FLOAT, INTERPRETER, 14),
    *_of("tiers.interpreter.float_unit_arithmetic", Area.FLOAT, INTERPRETER, 20),
    *_of("tiers.interpreter.decoded_code", Area.CODE_CACHE, INTERPRETER, 6),
    *_of("isa.derive.decode", Area.DECODER, _CODERS, 5),
    *_of("isa.derive.assemble", Area.ENCODER, _CODERS, 8),
]
