"""Every operation in a loop over a table of operands, one operation per program.

The operands are those of `systematic`, in all rounding modes. What compiles programs compiles each loop once and then
runs it hot: the few hundred programs here examine it with as many operands as `systematic` has programs. Results and
flags are folded into one register.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.vm.isa.derive.effects import Control
from engines.vm.isa.describe import Field, Instruction, OperandKind
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import assemble
from fuzz.strategies.riscv64.profiles import TABULATED
from fuzz.strategies.riscv64.systematic import REGISTERS, SOURCES, numbers, pool
from harness.contract import MachineBatch, state_dtype
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES, MAX_BATCH_CASES

ISA: Final = "riscv64"
DYNAMIC: Final = 7
ROUNDING_MODES: Final = range(5)
LIMIT_INSNS: Final = 20_000
"""More than a table of `DATA_BYTES` makes a program run."""
_RESULT: Final = REGISTERS["rd"]
_FOLD: Final = "slli x18, x16, 7\nsrli x16, x16, 57\nor x16, x16, x18\nxor x16, x16, x{result}\n"
_FLAGS: Final = "csrrw x17, fflags, x0\nadd x16, x16, x17\n"


@dataclass(frozen=True)
class Program:
    """One operation and the operands that it meets.

    Attributes:
        code: the loop and the `ebreak` after it.
        operands: (rows, sources) u8, what the source registers hold in each round.
        mode: frm.
    """

    code: bytes
    operands: NDArray[np.uint64]
    mode: int


def _immediates(field: Field) -> tuple[int, ...]:
    """Values of an immediate: both ends, those beside zero, zero."""
    wanted = (0, field.step, -field.step, field.minimum, field.maximum, field.maximum // 2 // field.step * field.step)
    return tuple(dict.fromkeys(v for v in wanted if v in field.values and v not in field.excluded))


def _variants(instruction: Instruction) -> Iterator[dict[str, int]]:
    """The operands of the instruction word: its registers, dynamic rounding, and each value of its immediates."""
    fixed = {f.name: REGISTERS[f.name] for f in instruction.fields if f.kind in (OperandKind.X, OperandKind.F)}
    fixed |= {f.name: DYNAMIC for f in instruction.fields if f.kind is OperandKind.ROUNDING}
    if instruction.effects.control is Control.BRANCH:
        yield fixed | {"imm": 8}
        return
    free = [f for f in instruction.fields if f.name not in fixed]
    for values in itertools.product(*(_immediates(f) for f in free)):
        yield fixed | dict(zip((f.name for f in free), values, strict=True))


def _tabulable(instruction: Instruction) -> bool:
    """Whether the instruction only computes, or branches, from registers."""
    effects = instruction.effects
    computes = not (effects.load_bytes or effects.store_bytes or effects.csr or effects.fence or effects.fence_i)
    return (
        instruction.length == 4
        and computes
        and effects.control in (Control.NONE, Control.BRANCH)
        and any(f.name in SOURCES for f in instruction.fields)
    )


def _loop(instruction: Instruction, word: int) -> bytes:
    """Load the operands of a row, operate, fold what comes of it, go to the next row; x14 is the row, x15 the end."""
    kinds = {f.name: f.kind for f in instruction.fields}
    sources = [name for name in SOURCES if name in kinds]
    before = "".join(
        f"{'ld x' if kinds[name] is OperandKind.X else 'fld f'}{REGISTERS[name]}, {8 * n}(x14)\n"
        for n, name in enumerate(sources)
    )
    if instruction.effects.control is Control.BRANCH:
        after = "addi x12, x12, 3\n"
    else:
        after = f"fmv.x.d x17, f{_RESULT}\n" if kinds["rd"] is OperandKind.F else ""
    after += _FOLD.format(result=17 if kinds.get("rd") is OperandKind.F else _RESULT)
    if OperandKind.F in kinds.values():
        after += _FLAGS
    after += f"addi x14, x14, {8 * len(sources)}\n"
    body = assemble(before) + word.to_bytes(4, "little") + assemble(after)
    return body + assemble(f"bne x14, x15, {-len(body)}\nebreak\n")


def _programs() -> Iterator[Program]:
    for instruction in INSTRUCTIONS:
        if not _tabulable(instruction):
            continue
        kinds = [f.kind for f in instruction.fields if f.name in SOURCES]
        rows = np.array(list(itertools.product(pool(instruction), repeat=len(kinds))), np.uint64)
        most = DATA_BYTES // (8 * len(kinds))
        modes = ROUNDING_MODES if instruction.effects.rounding else range(1)
        for values in _variants(instruction):
            code = _loop(instruction, instruction.encode(**values))
            for mode, start in itertools.product(modes, range(0, len(rows), most)):
                yield Program(code, rows[start : start + most], mode)


@cache
def listed() -> tuple[Program, ...]:
    """All programs, always in one order."""
    return tuple(_programs())


def programs() -> int:
    """How many there are."""
    return len(listed())


def tabulated(first: int, count: int) -> MachineBatch:
    """The programs `first … first+count-1`, which begin again after the last one. Program i has the same state, code
    and address in every batch.

    Raises:
        ValueError: `first` is negative, or `count` is not one of 1 … `MAX_BATCH_CASES`.
    """
    number = numbers(first, count)
    chosen = [listed()[one] for one in number % programs()]
    states = np.zeros(count, state_dtype(ISA))
    states["pc"] = CODE_BASE + number % MAX_BATCH_CASES * CODE_SLOT_BYTES
    states["x"][:, 14] = DATA_BASE
    code = np.zeros((count, max(len(one.code) for one in chosen)), np.uint8)
    memory = np.zeros((count, DATA_BYTES), np.uint8)
    for row, one in enumerate(chosen):
        states["x"][row, 15] = DATA_BASE + one.operands.nbytes
        states["fcsr"][row] = one.mode << 5
        code[row, : len(one.code)] = np.frombuffer(one.code, np.uint8)
        memory[row, : one.operands.nbytes] = one.operands.astype("<u8").reshape(-1).view(np.uint8)
    return MachineBatch(
        isa=ISA,
        initial=states,
        code=code,
        code_bytes=np.array([len(one.code) for one in chosen], np.uint32),
        code_address=states["pc"].astype(np.uint64),
        memory=memory,
        limit_insns=LIMIT_INSNS,
        label=TABULATED,
    )
