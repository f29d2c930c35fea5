"""What a body does to places, in order: the events that every analysis of the borrow checker reads.

A *point* is the moment before a statement or terminator; points are numbered block by block. An event is
`(point, kind, place)`. Rules of MIR: docs/reference/mir.md; kinds of access: RFC 2094, "Layer 4: Borrow check".
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final, TypeAlias

from engines.rustwasm.mir import body as m

COPY: Final = 0
MOVE: Final = 1
SHARED: Final = 2
MUTABLE: Final = 3
TWO_PHASE: Final = 4
RAW: Final = 5
INSPECT: Final = 6
READ: Final = 7
ASSIGN: Final = 8
RESULT: Final = 9
LIVE: Final = 10
DEAD: Final = 11
DROP: Final = 12
REPLACE: Final = 13

READS: Final = frozenset((COPY, MOVE, SHARED, MUTABLE, TWO_PHASE, RAW, INSPECT, READ))
"""Kinds that need the place to hold a value."""

Event: TypeAlias = tuple[int, int, m.Place]

_EXCLUSIVE: Final = (MUTABLE, TWO_PHASE)
_REF_KINDS: Final = {"shared": SHARED, "mut": MUTABLE, "two_phase": TWO_PHASE, "raw": RAW}


class Facts:
    """Points and events of one body. `starts[b]` and `ends[b]` are block b's first point and its terminator's;
    `events[b]` its events, `of_local[i]` those of local i in all blocks, by point. `moved` are the moves, `exclusive`
    the mutable borrows and `partial` the assignments to a part of a local; `writes[i]` counts those to the whole of i.
    """

    __slots__ = (
        "body", "borrows", "ends", "events", "exclusive", "moved", "of_local", "partial", "predecessors", "starts",
        "successors", "writes",
    )  # fmt: skip

    def __init__(self, body: m.Body) -> None:
        self.body = body
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.events: list[list[Event]] = []
        self.of_local: list[list[Event]] = [[] for _ in body.locals]
        self.successors: list[list[int]] = []
        self.predecessors: list[list[int]] = [[] for _ in body.blocks]
        self.borrows: list[tuple[int, m.Assign]] = []
        self.moved: list[Event] = []
        self.exclusive: list[Event] = []
        self.partial: list[Event] = []
        self.writes = [0] * len(body.locals)
        self._collect()

    @property
    def points(self) -> int:
        return self.ends[-1] + 1 if self.ends else 0

    def block_at(self, point: int) -> int:
        """The block that a point lies in."""
        return bisect_right(self.starts, point) - 1

    def at(self, point: int) -> Any:
        """The statement or terminator behind a point."""
        block = self.block_at(point)
        statements = self.body.blocks[block].statements
        offset = point - self.starts[block]
        return statements[offset] if offset < len(statements) else self.body.blocks[block].terminator

    def span(self, point: int) -> tuple[int, int]:
        """Where in the source a point is; the body's span for a terminator without one."""
        found = self.at(point)
        span = getattr(found, "span", None)
        return span if span is not None else self.body.span

    def following(self, point: int) -> list[int]:
        """Points that may come next."""
        block = self.block_at(point)
        if point < self.ends[block]:
            return [point + 1]
        return [self.starts[b] for b in self.successors[block]]

    def _collect(self) -> None:
        point = 0
        blocks = self.body.blocks
        of_local, writes, moved = self.of_local, self.writes, self.moved
        event: Event
        for index, block in enumerate(blocks):
            self.starts.append(point)
            events: list[Event] = []
            add = events.append
            for statement in block.statements:
                if isinstance(statement, m.Assign):
                    rvalue = statement.rvalue
                    if isinstance(rvalue, m.Use):
                        if not isinstance(rvalue.operand, m.Constant):
                            _operand(rvalue.operand, point, add, moved)
                    elif isinstance(rvalue, m.Ref):
                        place = rvalue.place
                        if place.projection:
                            _indices(place, point, add)
                        kind = _REF_KINDS[rvalue.kind]
                        event = (point, kind, place)
                        add(event)
                        if kind in _EXCLUSIVE:
                            self.exclusive.append(event)
                        self.borrows.append((point, statement))
                    elif isinstance(rvalue, m.Aggregate):
                        _operands(rvalue.operands, point, add, moved)
                    elif isinstance(rvalue, m.BinaryOp):
                        _operand(rvalue.left, point, add, moved)
                        if not isinstance(rvalue.right, m.Constant):
                            _operand(rvalue.right, point, add, moved)
                    elif isinstance(rvalue, (m.Cast, m.UnaryOp, m.Repeat)):
                        _operand(rvalue.operand, point, add, moved)
                    else:
                        if rvalue.place.projection:
                            _indices(rvalue.place, point, add)
                        add((point, INSPECT, rvalue.place))
                    place = statement.place
                    event = (point, ASSIGN, place)
                    if place.projection:
                        _indices(place, point, add)
                        self.partial.append(event)
                    else:
                        writes[place.local] += 1
                    add(event)
                elif isinstance(statement, m.StorageLive):
                    add((point, LIVE, m.Place(statement.local)))
                elif isinstance(statement, m.StorageDead):
                    add((point, DEAD, m.Place(statement.local)))
                else:
                    add((point, READ, statement.place))
                point += 1
            terminator: m.Terminator = block.terminator
            if isinstance(terminator, m.Call):
                if not isinstance(terminator.function, m.Constant):
                    _operand(terminator.function, point, add, moved)
                _operands(terminator.arguments, point, add, moved)
                destination = terminator.destination
                event = (point, RESULT, destination)
                if destination.projection:
                    _indices(destination, point, add)
                    self.partial.append(event)
                else:
                    writes[destination.local] += 1
                add(event)
            elif isinstance(terminator, m.Switch):
                _operand(terminator.operand, point, add, moved)
            elif isinstance(terminator, m.Drop):
                add((point, REPLACE if self._replaces(terminator) else DROP, terminator.place))
            self.ends.append(point)
            self.events.append(events)
            for event in events:
                of_local[event[2].local].append(event)
            following = m.successors(terminator)
            self.successors.append(following)
            for one in following:
                self.predecessors[one].append(index)
            point += 1

    def _replaces(self, drop: Any) -> bool:
        """Is the drop the first half of an assignment?"""
        following = self.body.blocks[drop.target].statements
        return bool(following) and (
            type(following[0]) is m.Assign and following[0].place == drop.place and following[0].span == drop.span
        )


def _operand(operand: m.Operand, point: int, add: Any, moved: list[Event]) -> None:
    if isinstance(operand, m.Constant):
        return
    place = operand.place
    if place.projection:
        _indices(place, point, add)
    if isinstance(operand, m.Copy):
        add((point, COPY, place))
    else:
        event = (point, MOVE, place)
        add(event)
        moved.append(event)


def _operands(operands: list[m.Operand], point: int, add: Any, moved: list[Event]) -> None:
    if len(operands) > 1:
        _unshare(operands)
    for operand in operands:
        if not isinstance(operand, m.Constant):
            _operand(operand, point, add, moved)


def _unshare(operands: list[m.Operand]) -> None:
    """Give each moved operand a place object of its own: events are told apart by it."""
    seen: set[int] = set()
    for operand in operands:
        if isinstance(operand, m.Move):
            place = operand.place
            if id(place) in seen:
                operand.place = place = m.Place(place.local, place.projection)
            seen.add(id(place))


def _indices(place: m.Place, point: int, add: Any) -> None:
    for step in place.projection:
        if step[0] == m.INDEX:
            add((point, COPY, m.Place(step[1])))


def event_span(facts: Facts, point: int, place: Any) -> tuple[int, int]:
    """Where in the source an event is: its operand's span if known, else its statement's."""
    found = facts.at(point)
    operands: list[Any] = []
    if isinstance(found, m.Call):
        operands = [found.function, *found.arguments]
    elif isinstance(found, m.Switch):
        operands = [found.operand]
    elif isinstance(found, m.Assign):
        rvalue = found.rvalue
        operands = list(getattr(rvalue, "operands", ()))
        operands += [getattr(rvalue, name) for name in ("operand", "left", "right") if hasattr(rvalue, name)]
    for operand in operands:
        if isinstance(operand, (m.Copy, m.Move)) and operand.place is place and operand.span is not None:
            return operand.span
    return facts.span(point)
