"""Injected bugs derived from what each instruction does: one step of its semantics altered.

For every instruction that is not a mere expansion, all ways to alter one of its steps are listed, and a fixed few of
them are taken: those whose names have the smallest hashes, which favours nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final

from engines.vm.isa.derive.effects import Unknown, _Probe
from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.sabotage.altered import MACHINE_STEPS, VALUE_STEPS, Altered, altered, steps_of
from fuzz.sabotage.bug import INTERPRETER, REFERENCE, Area, Bug, replace_semantics
from fuzz.sabotage.equivalent import ALTERED, argument

EACH: Final = 2
"""Bugs per instruction."""
AREAS: Final = {
    "I": Area.INTEGER,
    "M": Area.INTEGER,
    "A": Area.ATOMICS,
    "F": Area.FLOAT,
    "D": Area.FLOAT,
    "Zicsr": Area.CSRS,
    "Zifencei": Area.MEMORY,
}
_MEMORY: Final = frozenset(("load", "store"))


def _area(instruction: Instruction) -> Area:
    effects = instruction.effects
    if instruction.extension == "I" and (effects.load_bytes or effects.store_bytes):
        return Area.MEMORY
    return Area.TRAPS if instruction.mnemonic in ("ecall", "ebreak") else AREAS[instruction.extension]


def _judges(instruction: Instruction, alteration: Altered) -> tuple[str, ...]:
    """The interpreter; the reference tier too where the interpreter may get it right by chance: it looks at no `reads`
    of a CSR access, and its host masks shift amounts as the guest does."""
    both = instruction.extension == "Zicsr" or alteration.name == "and-left-out"
    return (*INTERPRETER, *REFERENCE) if both else INTERPRETER


def possible(instruction: Instruction) -> Iterator[tuple[str, int, Altered]]:
    """(name, step, alteration) of every way to alter one step of an instruction."""
    operands = tuple(Unknown(12 if o.kind == "csr" else 64) for o in instruction.operands)
    for at, (kind, width, asked) in enumerate(steps_of(instruction.semantics, operands, _Probe())):
        if width and width == asked:
            continue  # a resizing to the width that is there already, whichever it is
        for alteration in (*VALUE_STEPS.get(kind, ()), *MACHINE_STEPS.get(kind, ())):
            yield f"{instruction.mnemonic.replace('.', '-')}-{at}-{alteration.name}", at, alteration


def _inject(instruction: Instruction, at: int, alteration: Altered) -> Callable[[], None]:
    def inject() -> None:
        replace_semantics(instruction.mnemonic, altered(instruction.semantics, at, alteration))

    return inject


def _chosen(instruction: Instruction) -> list[tuple[str, int, Altered]]:
    def key(item: tuple[str, int, Any]) -> bytes:
        return hashlib.sha256(item[0].encode()).digest()

    return sorted(possible(instruction), key=key)[:EACH]


BUGS: Final = [
    Bug(
        name,
        _area(instruction),
        alteration.stands_for,
        _inject(instruction, at, alteration),
        f"{instruction.mnemonic}: step {at} of its semantics: {alteration.name}",
        judges=_judges(instruction, alteration),
        equivalent=argument(ALTERED, name),
        only_rows=True,
    )
    for instruction in INSTRUCTIONS
    if instruction.expands_to is None
    for name, at, alteration in _chosen(instruction)
]
