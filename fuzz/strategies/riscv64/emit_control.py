"""Gadgets that change control flow, forward or counted."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.assembly import (
    C_NOP,
    Code,
    Group,
    Signed,
    Words,
    branch,
    compressed_branch,
    compressed_jump,
    jump,
    register_immediate,
    register_register,
    upper,
)
from fuzz.strategies.riscv64.gadgets import LOOP_TAIL_PARCELS, Kind
from fuzz.strategies.riscv64.instructions import MATCH, match_of, pool_entry
from fuzz.strategies.riscv64.program_layout import Layout
from fuzz.strategies.riscv64.registers import ROLE, DestinationMode, Role, Variants, role_of

_U: Final = np.uint32
MOST_ITERATIONS: Final = 8
_PADS: Final = (1, 0x55, -0x2A9, 0x7FF)
"""What the four landing pads of a jump table add to the accumulator."""


def _offset(group: Group, target: Signed, parcel: int = 0) -> Signed:
    """Bytes from the instruction at `parcel` of each slot to `target`."""
    return 2 * (target - group.place - parcel)


def _branch(group: Group) -> None:
    match = MATCH.take(pool_entry(Kind.BRANCH, group.raw("insn")))
    offset = _offset(group, group.forward)
    group.word(0, branch(match, group.source("rs1"), group.source("rs2"), offset))


def _branch_compressed(group: Group) -> None:
    match = MATCH.take(pool_entry(Kind.BRANCH_COMPRESSED, group.raw("insn")))
    group.half(0, compressed_branch(match, group.field("rs1") & _U(7), _offset(group, group.forward)))


def _jump(group: Group) -> None:
    group.word(0, jump(group.destination(), _offset(group, group.forward)))


def _jump_compressed(group: Group) -> None:
    group.half(0, compressed_jump(_offset(group, group.forward)))


def _computed_jump(group: Group, link: Words, target: Signed, short: NDArray[np.bool_], short_match: np.uint32) -> None:
    """auipc, addi, jalr; where `short`, c.jr or c.jalr and a nop instead of the jalr. The jalr's own offset takes a
    part of the distance, and may be odd: bit 0 of the sum is ignored. One in four links into the very register that
    holds the address, as `call` does: then the target has to be read before the link is written."""
    same = (link != 0) & ((group.aux & _U(6)) == 0)
    t = np.where(same, link, group.temporary)
    distance = _offset(group, target)
    part = np.where(short, 0, group.imm >> 2)
    rest = distance - (part & ~1)
    high = rest + 0x800 >> 12
    group.word(0, upper("auipc", t, high))
    group.word(2, register_immediate("addi", t, t, rest))
    compact = short_match | t << _U(7) | C_NOP << _U(16)
    group.word(4, np.where(short, compact, register_immediate("jalr", link, t, part)))


def _indirect(group: Group) -> None:
    short = (group.aux & _U(1)) != 0
    _computed_jump(group, group.destination(), group.forward, short, match_of("c_jr"))


def _fold_branch(group: Group) -> None:
    t = group.temporary
    group.word(
        0, register_immediate("andi", t, group.accumulator, np.int64(1) << (group.aux % _U(11)).astype(np.int64))
    )
    match = group.choose(group.aux >> _U(7), ("beq", "bne"))
    group.word(2, branch(match, t, 0, _offset(group, group.forward, 2)))


def _table(group: Group) -> None:
    """Lands on one of four pads: the address is that of the auipc, plus 12, plus 4 times two bits of the
    accumulator."""
    t, pointer, accumulator = group.temporary, group.destination("rd", DestinationMode.NONZERO), group.accumulator
    group.word(0, register_immediate("andi", t, accumulator, 12))
    group.word(2, upper("auipc", pointer, 0))
    group.word(4, register_register(match_of("add"), t, t, pointer))
    group.word(6, register_immediate("jalr", 0, t, 12))
    for pad, amount in enumerate(_PADS):
        group.word(8 + 2 * pad, register_immediate("addi", accumulator, accumulator, amount))


def _counter_register(variant: Variants, region: NDArray[Any], inner: NDArray[np.bool_]) -> Words:
    main = (region == 0) & ~inner
    return np.where(main, role_of(Role.COUNTER, variant), role_of(Role.COUNTER_LEAF, variant))


def _loop(group: Group) -> None:
    inner = group.layout.inner.take(group.index)
    iterations = 1 + (group.aux % _U(MOST_ITERATIONS)).astype(np.int64)
    group.word(0, register_immediate("addi", _counter_register(group.variant, group.region, inner), 0, iterations))


def loop_tails(layout: Layout, code: Code) -> None:
    """Count down and branch back while positive, after the last slot of every loop's body.

    Also where a branch has jumped into the body: the counter then holds what an earlier loop left, at most its start
    value, so the number of iterations is bounded."""
    case, head, last = layout.loop_case, layout.loop_head, layout.loop_last
    if not len(case):
        return
    flat = case * layout.width + head
    counter = _counter_register(layout.variant.take(case), layout.region.take(flat), layout.inner.take(flat))
    place = layout.place[case, last + 1] - LOOP_TAIL_PARCELS
    body = layout.place[case, head + 1].astype(np.int64)
    back = 2 * (body - place - 2)
    count_down = register_immediate("addi", counter, counter, -1)
    again = branch(match_of("blt"), 0, counter, back)
    for parcel, words in ((0, count_down), (2, again)):
        code.words[place + parcel] = words


def _callee(group: Group) -> tuple[NDArray[np.bool_], Words, Signed]:
    """Whether each call has a function to call, the link register, and the target."""
    layout = group.layout
    region = group.region.astype(np.int64)
    later = layout.functions.take(group.case).astype(np.int64) - region
    callable_ = later > 0
    function = region + 1 + group.raw("length") % np.maximum(later, 1)
    function = np.where(callable_, function, 1)
    entry = np.where(callable_, layout.region_end[group.case, function - 1] + 1, 0)
    target = np.where(callable_, layout.place[group.case, entry], group.forward)
    link = np.where(callable_, ROLE[Role.LINK_1 + function - 1, group.variant], group.destination())
    return callable_, link, target


def _call(group: Group) -> None:
    _, link, target = _callee(group)
    group.word(0, jump(link, _offset(group, target)))


def _call_indirect(group: Group) -> None:
    callable_, link, target = _callee(group)
    _computed_jump(group, link, target, callable_ & (link == 1) & ((group.aux & _U(1)) != 0), match_of("c_jalr"))


def ends(group_region: NDArray[Any], variant: Variants, short: NDArray[np.bool_]) -> Words:
    """What ends each region: ebreak for the main part, a return for a function; `short` picks the compressed forms."""
    link = ROLE[Role.LINK_1 - 1 + np.maximum(group_region, 1), variant]
    long = np.where(group_region == 0, match_of("ebreak"), register_immediate("jalr", 0, link, 0))
    compact = np.where(group_region == 0, match_of("c_ebreak"), match_of("c_jr") | link << _U(7))
    return np.where(short, compact | C_NOP << _U(16), long)


def _section(group: Group) -> None:
    group.word(0, ends(group.region, group.variant, (group.aux & _U(1)) != 0))


EMITTERS: Final = {
    Kind.BRANCH: _branch,
    Kind.BRANCH_COMPRESSED: _branch_compressed,
    Kind.JUMP: _jump,
    Kind.JUMP_COMPRESSED: _jump_compressed,
    Kind.INDIRECT: _indirect,
    Kind.FOLD_BRANCH: _fold_branch,
    Kind.TABLE: _table,
    Kind.LOOP: _loop,
    Kind.CALL: _call,
    Kind.CALL_INDIRECT: _call_indirect,
    Kind.SECTION: _section,
}
