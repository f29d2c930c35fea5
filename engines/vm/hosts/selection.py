"""Selection, the same for all hosts: which operations of a block need code and which registers these read.

Constants have no register: they become immediates, or are made in a scratch register where they are used. A comparison
whose only use is a condition has no code of its own: it becomes part of what asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engines.vm.ir.block import Block
from engines.vm.ir.ops import ARITY, EFFECTS, LEAVES, OPCODE, OPS, RESULT, Effect
from engines.vm.ir.types import Type
from engines.vm.regalloc.liveness import FLOAT, GET, INTEGER, LEAVE, NONE, PLAIN, PUT, Step

CONSTANTS: Final = frozenset(OPCODE[f"const.{t}"] for t in ("i1", "i32", "i64", "f32", "f64"))
COMPARISONS: Final = frozenset(
    OPCODE[f"{name}.{t}"] for name in ("eq", "ne", "ult", "ule", "slt", "sle") for t in ("i32", "i64")
)
CONDITIONED: Final = frozenset(
    OPCODE[name]
    for name in ("branch", "exitif", "leaveif", "select.i32", "select.i64", "select.f32", "select.f64", "zext.i1.i64")
)
CLASS: Final = tuple(NONE if t is Type.VOID else FLOAT if t in (Type.F32, Type.F64) else INTEGER for t in RESULT)
GETS: Final = frozenset((OPCODE["get.i64"], OPCODE["get.f64"]))
PUTS: Final = frozenset((OPCODE["put.i64"], OPCODE["put.f64"]))
_DEAD: Final = tuple(effects in (Effect.NONE, Effect.READS_STATE) for effects in EFFECTS)
MOST_BYTES: Final = 4096
"""Accesses that lie within so many bytes of one base are checked together: they touch two pages at most."""


@dataclass
class Selection:
    """What is to be generated for a block.

    Attributes:
        steps: for the allocator, in the order of the code.
        constants: bits by value number.
        fused: comparisons that belong to their only use.
        spans: by number of the first access of a group: `(lowest offset, last byte's offset)`; by number of any other
            access of that group: None. What is absent stands alone.
    """

    steps: list[Step]
    constants: dict[int, int]
    fused: set[int]
    spans: dict[int, tuple[int, int] | None]


def select(block: Block, order: Sequence[int] | None = None, *, guarded: bool = False) -> Selection:
    """Choose for `block`; `order` is the order of its operations, if not that of the block.

    Args:
        guarded: the code is for guarded memory, where nothing is checked together.
    """
    code = block.code
    constants: dict[int, int] = {}
    users: dict[int, int] = {}
    lone: dict[int, int] = {}
    for number, instruction in enumerate(code):
        opcode = instruction[0]
        if opcode in CONSTANTS:
            constants[number] = instruction[1]
            continue
        for value in instruction[1 : 1 + ARITY[opcode]]:
            users[value] = users.get(value, 0) + 1
            lone[value] = number
    fused: set[int] = set()
    for number, instruction in enumerate(code):
        if instruction[0] in COMPARISONS and users.get(number) == 1:
            user = code[lone[number]]
            if user[0] in CONDITIONED and user[1] == number:
                fused.add(number)
    steps: list[Step] = []
    new = tuple.__new__  # half the time of the class's own
    for number in range(len(code)) if order is None else order:
        instruction = code[number]
        opcode = instruction[0]
        if number in constants or number in fused or (_DEAD[opcode] and number not in users):
            continue
        operands = instruction[1 : 1 + ARITY[opcode]]
        if operands and operands[0] in fused:
            operands = (*code[operands[0]][1:3], *operands[1:])
        uses = tuple([value for value in operands if value not in constants])
        if opcode in GETS:
            steps.append(new(Step, (number, uses, CLASS[opcode], GET, instruction[1])))
        elif opcode in PUTS:
            steps.append(new(Step, (number, uses, NONE, PUT, instruction[2])))
        else:
            steps.append(new(Step, (number, uses, CLASS[opcode], LEAVE if LEAVES[opcode] else PLAIN, -1)))
    return Selection(steps, constants, fused, {} if guarded else _spans(block, steps, constants))


def _spans(block: Block, steps: Sequence[Step], constants: Mapping[int, int]) -> dict[int, tuple[int, int] | None]:
    groups: dict[tuple[int, bool], list[tuple[int, int, int]]] = {}
    for step in steps:
        instruction = block.code[step.value]
        op = OPS[instruction[0]]
        if op.memory_bytes and op.operation != "storeif" and instruction[1] not in constants:
            offset = instruction[1 + op.arity]
            key = (instruction[1], op.operation == "store")
            groups.setdefault(key, []).append((step.value, offset, offset + op.memory_bytes - 1))
    spans: dict[int, tuple[int, int] | None] = {}
    for members in groups.values():
        low, high = min(m[1] for m in members), max(m[2] for m in members)
        if len(members) > 1 and high - low < MOST_BYTES:
            for number, _, _ in members:
                spans[number] = None
            spans[members[0][0]] = (low, high)
    return spans
