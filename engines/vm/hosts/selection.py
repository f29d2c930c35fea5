"""Selection, the same for all hosts: which operations of a block need code and which registers these read.

Constants have no register: they become immediates, or are made in a scratch register where they are used. A comparison
whose only use is a condition has no code of its own: it becomes part of what asks for it. Hosts with more than the
plainest instructions have sums with a scaled operand, rotations and tests of bits chosen for them too, and take the low
half of a register for what it is: see `Tiles`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engines.vm.hosts.contents import COMPARISONS, GETS, PUTS, UNUSED, Contents
from engines.vm.ir.ops import ARITY, EFFECTS, LEAVES, OPCODE, OPS, RESULT, Effect, Instruction
from engines.vm.ir.types import Type
from engines.vm.regalloc.liveness import FLOAT, GET, INTEGER, LEAVE, NONE, PLAIN, PUT, Step

CONDITIONED: Final = frozenset(
    OPCODE[name]
    for name in ("branch", "exitif", "leaveif", "select.i32", "select.i64", "select.f32", "select.f64", "zext.i1.i64")
)
CLASS: Final = tuple(NONE if t is Type.VOID else FLOAT if t in (Type.F32, Type.F64) else INTEGER for t in RESULT)
_DEAD: Final = tuple(effects in (Effect.NONE, Effect.READS_STATE) for effects in EFFECTS)
_TRUNC: Final = OPCODE["trunc.i64.i32"]
_SEXT: Final = OPCODE["sext.i32.i64"]
_ZEXT: Final = OPCODE["zext.i1.i64"]
_NUMBERS: Final = frozenset((_ZEXT, OPCODE["zext.i1.i32"]))
_BRANCH: Final = OPCODE["branch"]
_EQUALITIES: Final = frozenset((OPCODE["eq.i64"], OPCODE["ne.i64"]))
_ADD: Final = OPCODE["add.i64"]
_SHL: Final = OPCODE["shl.i64"]
_OR_I32: Final = OPCODE["or.i32"]
_ROTATIONS: Final = {
    OPCODE[f"{name}.{t}"]: (OPCODE[f"shl.{t}"], OPCODE[f"lshr.{t}"], bits)
    for name in ("or", "add", "xor")
    for t, bits in (("i32", 32), ("i64", 64))
}
_TESTS: Final = {OPCODE[f"{name}.{t}"]: OPCODE[f"and.{t}"] for name in ("eq", "ne") for t in ("i32", "i64")}
_KIND: Final = tuple(
    GET if op.code in GETS else PUT if op.code in PUTS else LEAVE if LEAVES[op.code] else PLAIN for op in OPS
)
_SLOT_AT: Final = tuple({GET: 1, PUT: 2}.get(kind, 0) for kind in _KIND)
_FORMS: Final = tuple(zip((1 + arity for arity in ARITY), CLASS, _KIND, _SLOT_AT, strict=True))
"""By opcode: where its operands end, the class of its result, its kind, where its slot stands."""
_TILED: Final = frozenset((_TRUNC, *_NUMBERS, *_ROTATIONS, *PUTS, *_TESTS))
"""What `_tiles` looks at."""
_ACCESSES: Final = {
    op.code: (1 + op.arity, op.memory_bytes - 1, op.operation == "store")
    for op in OPS
    if op.memory_bytes and op.operation != "storeif"
}
"""By opcode of an access: where the offset stands, the distance of its last byte, and whether it is a store."""
MOST_SCALE: Final = 3
MOST_BYTES: Final = 4096
"""Accesses that lie within so many bytes of one base are checked together: they touch two pages at most."""


@dataclass
class Tiles:
    """Operations that are one instruction together.

    Attributes:
        same: values that are the low half of another, or a truth value as a number: that is read in their place.
        scaled: by number of a sum `base + (index << scale)`: the three.
        rotated: by number of a rotation: what is rotated, by how much to the right, and whether 32 bits are rotated
            and then extended with their sign.
        tested: by number of a comparison of `value & bits` with zero: the two.
        shifted: by number of a comparison of a value with a constant, which belongs to a branch: a later value that is
            a constant more, and what that is compared with. So the earlier one is needed no longer.
        parts: operations that have no code of their own any more.
    """

    same: dict[int, int]
    scaled: dict[int, tuple[int, int, int]]
    rotated: dict[int, tuple[int, int, bool]]
    tested: dict[int, tuple[int, int]]
    shifted: dict[int, tuple[int, int]]
    parts: set[int]


@dataclass
class Selection:
    """What is to be generated for a block.

    Attributes:
        contents: of the block.
        steps: for the allocator, in the order of the code.
        fused: comparisons that belong to their only use.
        spans: by number of the first access of a group: `(lowest offset, last byte's offset)`; by number of any other
            access of that group: None. What is absent stands alone.
        tiles: see there; empty for hosts that have none.
    """

    contents: Contents
    steps: list[Step]
    fused: set[int]
    spans: dict[int, tuple[int, int] | None]
    tiles: Tiles


def select(
    contents: Contents, order: Sequence[int] | None = None, *, guarded: bool = False, tiled: bool = False
) -> Selection:
    """Choose for a block; `order` is the order of its operations, if not that of the block.

    Args:
        guarded: the code is for guarded memory, where nothing is checked together.
        tiled: the host has the instructions of `Tiles`.
    """
    code, constants, users = contents.block.code, contents.constants, contents.users
    tiles = _tiles(code, constants, users) if tiled else Tiles({}, {}, {}, {}, {}, set())
    same, fused = tiles.same, set[int]()
    reads: dict[int, tuple[int, ...]] = {}
    for numbers, read in ((tiles.scaled, 2), (tiles.rotated, 1), (tiles.tested, 1)):
        for number, parts in numbers.items():
            reads[number] = parts[:read]
    for number in contents.comparisons:
        if users[number] >= 0:
            user = code[users[number]]
            if user[0] in CONDITIONED and user[1] == number:
                fused.add(number)
                compared = reads.get(number, code[number][1:3])
                if number in tiles.shifted and number not in tiles.tested and user[0] == _BRANCH:
                    compared = tiles.shifted[number][:1]
                reads[users[number]] = (*compared, *user[2 : 1 + ARITY[user[0]]])
    gone = {*constants, *fused, *tiles.parts}
    others = constants.keys() | same.keys()
    steps: list[Step] = []
    new = tuple.__new__  # half the time of the class's own
    for number in range(len(code)) if order is None else order:
        instruction = code[number]
        opcode = instruction[0]
        if number in gone or (_DEAD[opcode] and users[number] == UNUSED):
            continue
        end, result, kind, slot_at = _FORMS[opcode]
        uses = reads[number] if number in reads else instruction[1:end]
        if not others.isdisjoint(uses):
            uses = tuple([same.get(value, value) for value in uses if value not in constants])
        steps.append(new(Step, (number, uses, result, kind, instruction[slot_at] if slot_at else -1)))
    spans = {} if guarded else _spans(code, steps, constants)
    return Selection(contents, steps, fused, spans, tiles)


def _tiles(code: Sequence[Instruction], constants: Mapping[int, int], users: Sequence[int]) -> Tiles:
    """Find them. What becomes a part of another operation is used by that one alone (`users`: see `Contents`)."""
    same: dict[int, int] = {}
    scaled: dict[int, tuple[int, int, int]] = {}
    rotated: dict[int, tuple[int, int, bool]] = {}
    tested: dict[int, tuple[int, int]] = {}
    parts: set[int] = set()
    sums: dict[int, tuple[int, int]] = {}
    kept: dict[int, tuple[int, int]] = {}
    for number, instruction in enumerate(code):
        opcode = instruction[0]
        if opcode not in _TILED:
            continue
        if opcode == _TRUNC or opcode in _NUMBERS:
            source = instruction[1]
            alone = opcode == _ZEXT and users[source] >= 0 and code[source][0] in COMPARISONS
            if source not in constants and not alone:
                same[number] = same.get(source, source)
                parts.add(number)
            continue
        if opcode in _ROTATIONS:
            found = _rotation(code, constants, users, same, instruction)
            if found is not None:
                rotated[number] = found[0]
                parts.update(found[1])
            elif opcode == _ADD:
                if instruction[2] in constants:
                    sums[number] = (instruction[1], constants[instruction[2]])
                for base, product in (instruction[1:], instruction[:0:-1]):
                    shift = code[product]
                    if shift[0] == _SHL and users[product] >= 0 and 0 < constants.get(shift[2], 0) <= MOST_SCALE:
                        scaled[number] = (base, shift[1], constants[shift[2]])
                        parts.add(product)
                        break
        elif opcode in PUTS:
            if instruction[1] in sums:
                value, more = sums[instruction[1]]
                kept[value] = (instruction[1], more)
        elif opcode in _TESTS and constants.get(instruction[2]) == 0:
            masked = code[instruction[1]]
            if masked[0] == _TESTS[opcode] and users[instruction[1]] >= 0 and masked[2] in constants:
                tested[number] = (masked[1], constants[masked[2]])
                parts.add(instruction[1])
    return Tiles(same, scaled, rotated, tested, _shifted(code, constants, users, kept), parts)


def _shifted(
    code: Sequence[Instruction],
    constants: Mapping[int, int],
    users: Sequence[int],
    kept: Mapping[int, tuple[int, int]],
) -> dict[int, tuple[int, int]]:
    """Of the comparison that decides a block's branch, if it is for equality: see `Tiles.shifted`.

    Args:
        kept: by value: a sum of it and a constant that a guest register gets, and the constant.
    """
    last = code[-1]
    if last[0] != _BRANCH or users[last[1]] < 0:
        return {}
    compared = code[last[1]]
    if compared[0] not in _EQUALITIES or compared[1] not in kept or compared[2] not in constants:
        return {}
    later, more = kept[compared[1]]
    constant = constants[compared[2]] + more & (1 << 64) - 1
    return {last[1]: (later, constant)} if constant < 1 << 31 or constant >= (1 << 64) - (1 << 31) else {}


def _rotation(
    code: Sequence[Instruction],
    constants: Mapping[int, int],
    users: Sequence[int],
    same: Mapping[int, int],
    instruction: Instruction,
) -> tuple[tuple[int, int, bool], tuple[int, ...]] | None:
    """Whether two shifts of one value make a rotation: that, and the operations that it consists of."""
    opcode, a, b = instruction
    if users[a] < 0 or users[b] < 0:
        return None
    left, right, bits = _ROTATIONS[opcode]
    extended = bits == 64 and code[a][0] == _SEXT and code[b][0] == _SEXT
    parts: tuple[int, ...] = (a, b)
    if extended:
        a, b = code[a][1], code[b][1]
        if users[a] < 0 or users[b] < 0:
            return None
        left, right, bits = _ROTATIONS[_OR_I32]
        parts = (*parts, a, b)
    if code[a][0] == right:
        a, b = b, a
    if code[a][0] != left or code[b][0] != right:
        return None
    value, other = code[a][1], code[b][1]
    if value in constants or same.get(value, value) != same.get(other, other):
        return None
    up, down = constants.get(code[a][2], 0), constants.get(code[b][2], 0)
    if not 0 < down < bits or up + down != bits:
        return None
    return (value, down, extended), parts


def _spans(
    code: Sequence[Instruction], steps: Sequence[Step], constants: Mapping[int, int]
) -> dict[int, tuple[int, int] | None]:
    groups: dict[tuple[int, bool], list[tuple[int, int, int]]] = {}
    for step in steps:
        instruction = code[step[0]]
        access = _ACCESSES.get(instruction[0])
        if access is not None and instruction[1] not in constants:
            at, reach, is_store = access
            offset = instruction[at]
            groups.setdefault((instruction[1], is_store), []).append((step[0], offset, offset + reach))
    spans: dict[int, tuple[int, int] | None] = {}
    for members in groups.values():
        low, high = min(m[1] for m in members), max(m[2] for m in members)
        if len(members) > 1 and high - low < MOST_BYTES:
            for number, _, _ in members:
                spans[number] = None
            spans[members[0][0]] = (low, high)
    return spans
