"""Blocks as text; `engines.vm.ir.parser` reads it back."""

from __future__ import annotations

from typing import Final

from engines.vm.ir.block import Block, GuestState
from engines.vm.ir.ops import HINTS, MODES, OPS, QUIET, REASONS, Imm, Op
from engines.vm.ir.types import Type

_SMALL: Final = 4096


def print_block(block: Block) -> str:
    """The text of a block, ending in a newline. The block must be well formed (`engines.vm.ir.verifier`)."""
    lines = [f"block {block.pc:#x} end {block.end:#x} {{", "  pcs " + " ".join(f"{pc:#x}" for pc in block.pcs)]
    lines += ["  " + print_instruction(block.state, i, number) for number, i in enumerate(block.code)]
    return "\n".join(lines) + "\n}\n"


def print_instruction(state: GuestState, instruction: tuple[int, ...], number: int) -> str:
    """One line: `%2 = add.i64 %0, %1`."""
    op = OPS[instruction[0]]
    arguments = [f"%{value}" for value in instruction[1 : 1 + op.arity]]
    for kind, value in zip(op.immediates, instruction[1 + op.arity :], strict=True):
        arguments.append(_immediate(state, op, kind, value))
    text = f"{op.name} {', '.join(arguments)}".rstrip()
    return text if op.result is Type.VOID else f"%{number} = {text}"


def _immediate(state: GuestState, op: Op, kind: Imm, value: int) -> str:
    match kind:
        case Imm.CONSTANT:
            return _constant(value, op.result.width)
        case Imm.SLOT:
            return state.slots[value].name
        case Imm.PC:
            return f"{value:#x}"
        case Imm.RETIRED:
            return f"@{value}"
        case Imm.MODE:
            return MODES[value & ~QUIET] + (" quiet" if value & QUIET else "")
        case Imm.FLAGS:
            return "quiet" if value else "loud"
        case Imm.HINT:
            return HINTS[value]
        case Imm.REASON:
            return REASONS[value]
        case Imm.OFFSET:
            return str(value)


def _constant(value: int, width: int) -> str:
    """Small ones in decimal, negative where that is short, the others in hexadecimal."""
    if value < _SMALL:
        return str(value)
    negative = value - (1 << width)
    return str(negative) if negative >= -_SMALL else f"{value:#x}"
