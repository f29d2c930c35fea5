"""Injected bugs derived from the source of the machine: softfloat, the reference tier, the native interpreter."""

from __future__ import annotations

from typing import Final

from fuzz.sabotage.bug import INTERPRETER, REFERENCE, Area, Bug
from fuzz.sabotage.equivalent import SOURCE
from fuzz.sabotage.source import source_bugs

_SPECIFICATION: Final = ("riscv64-reference", "exact-rationals")
_AT_IMPORT: Final = (
    *(f"Format.{name}" for name in ("fraction_bits", "exponent_bits", "bias", "q_min", "sign_bit", "infinity")),
    *(f"Format.{name}" for name in ("quiet_bit", "canonical_nan", "largest_finite")),
    "_Constants.of",
)
"""Functions that have done their work when a bug is switched on."""
_MEMORY: Final = ("riscv64-reference", "tests/engines/vm/memory")
_CODERS: Final = ("tests/engines/vm/isa/derive/test_assemble.py",)
_DECODED: Final = ("tests/engines/vm/tiers/interpreter/test_decoded_code.py",)


def _of(module: str, area: Area, judges: tuple[str, ...], count: int, *without: str) -> list[Bug]:
    return source_bugs(f"engines.vm.{module}", area, judges, count, without=without, equivalent=SOURCE)


BUGS: Final = [
    *_of("softfloat", Area.FLOAT, _SPECIFICATION, 30, "_format", "_checked", *_AT_IMPORT),
    *_of("tiers.reference", Area.TRAPS, REFERENCE, 12, "ReferenceMachine.csr_read", "ReferenceTier.step"),
    *_of("memory.address_space", Area.MEMORY, _MEMORY, 6, "MemoryFault.__init__", "_reserve", "_check_permission"),
    *_of("tiers.interpreter.machine", Area.INTERPRETER, INTERPRETER, 14),
    *_of("tiers.interpreter.float_unit_x86_64", Area.FLOAT, (*INTERPRETER, "riscv64-llvm"), 6),
    *_of("tiers.interpreter.float_unit_arithmetic", Area.FLOAT, INTERPRETER, 8),
    *_of("tiers.interpreter.decoded_code", Area.CODE_CACHE, _DECODED, 4),
    *_of("isa.derive.assemble", Area.ENCODER, _CODERS, 4),
]
