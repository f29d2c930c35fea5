"""Checks that a block is well formed. Slow and complete: for tests, generators, not for every compile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engines.vm.errors import MachineError
from engines.vm.ir.block import Block, GuestState
from engines.vm.ir.ops import DYNAMIC, HINTS, MODES, OPS, QUIET, REASONS, Effect, Imm, Op
from engines.vm.ir.types import Type

_WORD: Final = 1 << 64
_TO_PC: Final = frozenset(("exitif", "jump", "branch", "jumpto"))
"""Operations that name the pc where the guest goes on; the others leave to the interpreter at `pcs[n]`."""


class VerificationError(MachineError, ValueError):
    """A block breaks a rule of the IR. The message lists every breach with the instruction's number."""


def verify(block: Block) -> None:
    """Check `block`.

    Raises:
        VerificationError: something is wrong.
    """
    errors = list(problems(block))
    if errors:
        raise VerificationError(f"block {block.pc:#x}: " + "; ".join(errors))


def problems(block: Block) -> Iterator[str]:
    """Every breach, as text."""
    code = block.code
    if not block.pcs or block.pcs[0] != block.pc:
        yield f"pcs begin with {block.pcs[:1]}, must begin with the block's pc"
    for address in (*block.pcs, block.end):
        if not 0 <= address < _WORD:
            yield f"guest address {address:#x} has more than 64 bits"
    if not code:
        yield "no instruction; the last must end the block"
        return
    results: list[Type] = []
    last_n = 0
    stored_n = -1
    for number, instruction in enumerate(code):
        where = f"%{number}"
        if not instruction or not 0 <= instruction[0] < len(OPS):
            yield f"{where}: {instruction} has no opcode of 0 … {len(OPS) - 1}"
            results.append(Type.VOID)
            continue
        op = OPS[instruction[0]]
        results.append(op.result)
        if len(instruction) != op.length:
            yield f"{where}: {op.name} has {len(instruction) - 1} arguments, needs {op.length - 1}"
            continue
        yield from (f"{where}: {op.name}: {text}" for text in _operands(op, instruction, results, number))
        yield from (f"{where}: {op.name}: {text}" for text in _immediates(op, instruction, block))
        if bool(op.effects & Effect.ENDS) != (number == len(code) - 1):
            last = number == len(code) - 1
            yield f"{where}: {op.name} {'does not end the block' if last else 'ends it before the last instruction'}"
        if Imm.RETIRED in op.immediates and op.name != "retired":
            n = instruction[1 + op.arity + op.immediates.index(Imm.RETIRED)]
            reached = n - 1 if op.operation in _TO_PC else n
            if reached < last_n:
                yield f"{where}: {op.name}: @{n} after @{last_n}; guest instructions retire in order"
            if op.operation not in _TO_PC and stored_n == n:
                yield f"{where}: {op.name} may leave to the interpreter at @{n}, which has stored already"
            last_n = max(last_n, reached)
            if op.effects & Effect.WRITES_MEMORY:
                stored_n = n


def _operands(op: Op, instruction: tuple[int, ...], results: list[Type], number: int) -> Iterator[str]:
    for value, wanted in zip(instruction[1:], op.operands, strict=False):
        if not 0 <= value < number:
            yield f"operand %{value} is not an earlier instruction"
        elif results[value] is not wanted:
            yield f"operand %{value} is {results[value].spelling}, needs {wanted.spelling}"


def _immediates(op: Op, instruction: tuple[int, ...], block: Block) -> Iterator[str]:
    for kind, value in zip(op.immediates, instruction[1 + op.arity :], strict=True):
        problem = immediate_problem(op, kind, value, block.state, block.insns)
        if problem:
            yield problem


def immediate_problem(op: Op, kind: Imm, value: int, state: GuestState, insns: int) -> str | None:
    """Why `value` cannot be the immediate `kind` of `op`; None if it can."""
    if kind is Imm.SLOT:
        if not 0 <= value < len(state.slots):
            return f"slot {value} does not exist; {state.name} has 0 … {len(state.slots) - 1}"
        slot, wanted = state.slots[value], op.operands[0] if op.operands else op.result
        return None if slot.type is wanted else f"{slot.name} is {slot.type.spelling}, not {wanted.spelling}"
    if kind is Imm.MODE:
        legal = value & ~QUIET in MODES and value >= 0
        return None if legal else f"mode {value} is none of 0 … 4, {DYNAMIC}, with or without {QUIET}"
    if kind is Imm.FLAGS:
        return None if value in (0, QUIET) else f"flags {value} is neither 0 nor {QUIET}"
    low, high = _RANGES[kind]
    if kind is Imm.CONSTANT:
        high = (1 << op.result.width) - 1
    if kind is Imm.RETIRED:
        high = insns if op.operation in _TO_PC or op.name == "retired" else insns - 1
        low = 1 if op.operation in _TO_PC else 0
    return None if low <= value <= high else f"{kind} {value} is out of range {low} … {high}"


_RANGES: Final[dict[Imm, tuple[int, int]]] = {
    Imm.CONSTANT: (0, _WORD - 1),
    Imm.OFFSET: (-(1 << 31), (1 << 31) - 1),
    Imm.PC: (0, _WORD - 1),
    Imm.RETIRED: (0, 0),
    Imm.HINT: (0, len(HINTS) - 1),
    Imm.REASON: (0, len(REASONS) - 1),
}
