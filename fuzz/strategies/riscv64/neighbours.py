"""Every instruction and all words one bit away from it, and every access at the edges of address arithmetic.

One word per program, and all of them: what random programs seldom meet. A decoder that ignores a fixed bit or refuses a
legal word shows here, and so does a bounds check that is off by one.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.vm.isa.describe import Instruction, OperandKind
from engines.vm.isa.riscv64 import INSTRUCTIONS
from harness.contract import MachineBatch, MachineCase, state_dtype
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES

ISA: Final = "riscv64"
LIMIT_INSNS: Final = 4
_EBREAK: Final = 0x00100073
_ADDRESS: Final = DATA_BASE + 0x800
_REGISTERS: Final = {"rd": 12, "rs1": 10, "rs2": 11, "rs3": 13}


def _operand(instruction: Instruction, name: str) -> int:
    """A register of the case's own for a field, and its default for anything else."""
    field = instruction.field(name)
    wanted = _REGISTERS.get(name.rstrip("'"), -1)
    is_register = field.kind in (OperandKind.X, OperandKind.F)
    return wanted if is_register and wanted in field.values and wanted not in field.excluded else field.default


def programs() -> int:
    """How many there are."""
    return len(words()) + len(accesses())


@cache
def words() -> tuple[tuple[int, int], ...]:
    """(word, bytes) of every instruction with plain operands, and of all words that differ from it in one bit."""
    found: dict[tuple[int, int], None] = {}
    for instruction in INSTRUCTIONS:
        plain = instruction.encode(**{f.name: _operand(instruction, f.name) for f in instruction.fields})
        for word in (plain, *(plain ^ 1 << bit for bit in range(8 * instruction.length))):
            # The length follows from the low two bits, so a flip among them may leave a word of the other length.
            length = 4 if word & 3 == 3 else 2
            found[word & (1 << 8 * length) - 1, length] = None
    return tuple(found)


EDGES: Final = tuple(
    (1 << bits) + offset & 0xFFFF_FFFF_FFFF_FFFF
    for bits in (12, 31, 32, 36, 38, 39, 47, 48, 56, 63, 64)
    for offset in (-8, -4, 0, 4, 8)
)
"""Addresses on both sides of where an implementation's address arithmetic may end. Nothing is mapped there."""


@cache
def accesses() -> tuple[tuple[int, int], ...]:
    """(word, address) of every load, store and atomic of 32 bits at every one of `EDGES`."""
    found = []
    for instruction in INSTRUCTIONS:
        effects = instruction.effects
        if instruction.length == 4 and (effects.load_bytes or effects.store_bytes):
            word = instruction.encode(**{f.name: _operand(instruction, f.name) for f in instruction.fields})
            found += [(word, address) for address in EDGES]
    return tuple(found)


def neighbours(first: int, count: int) -> MachineBatch:
    """The programs `first … first+count-1`, fewer at the end: a word, then `ebreak`, from registers that make every
    access legal; after all of `words()` those of `accesses()`, from their addresses.

    Raises:
        ValueError: `first` is not below the number of programs, or `count` is not positive.
    """
    chosen = [*((word, length, _ADDRESS) for word, length in words()), *((w, 4, address) for w, address in accesses())]
    total = len(chosen)
    chosen = chosen[first : first + count]
    if not chosen:
        raise ValueError(f"programs {first} … {first + count - 1}: there are 0 … {total - 1}")
    states = np.zeros(len(chosen), state_dtype(ISA))
    states["pc"] = CODE_BASE + np.arange(len(chosen), dtype=np.uint64) * np.uint64(CODE_SLOT_BYTES)
    _fill(states)
    states["x"][:, 10] = [address for _, _, address in chosen]
    memory = bytes(range(256)) * (DATA_BYTES // 256)
    cases = [
        MachineCase(
            ISA,
            state,
            word.to_bytes(length, "little") + _EBREAK.to_bytes(4, "little"),
            int(state["pc"]),
            memory,
            LIMIT_INSNS,
            label=f"neighbour {first + number}",
        )
        for number, (state, (word, length, _)) in enumerate(zip(states, chosen, strict=True))
    ]
    return MachineBatch.of(cases)


def _fill(states: NDArray[np.void]) -> None:
    """Registers that are all different, a legal address in those that instructions address memory with."""
    states["x"][:, 1:] = [(n * 0x9E37_79B9_7F4A_7C15) & 0xFFFF_FFFF_FFFF_FFFF for n in range(1, 32)]
    states["x"][:, [2, 10]] = _ADDRESS
    states["f"][:] = [0x3FF0_0000_0000_0000 + (n << 45) for n in range(32)]
    states["f"][:, 10:12] = [0xFFFF_FFFF_4048_F5C3, 0xFFFF_FFFF_C2F6_E979]
