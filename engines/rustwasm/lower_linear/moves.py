"""Which places hold a value at each drop: forward data flow over move paths (docs/reference/mir.md, rule 5).

A move path is a local, or a field, variant, fixed element or box content of a path. Of a path that has paths below it,
the bit speaks of the rest: what none of those paths covers. At a drop a path holds a value surely, surely not, or
maybe; a path that maybe holds one gets a flag, a Wasm local that initialisation sets and moving clears.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.typing import types as t

Key: TypeAlias = tuple[object, ...]


def operands_of(rvalue: m.Rvalue) -> list[m.Operand]:
    """The operands in order of evaluation."""
    if isinstance(rvalue, (m.Use, m.UnaryOp, m.Cast, m.Repeat)):
        return [rvalue.operand]
    if isinstance(rvalue, m.BinaryOp):
        return [rvalue.left, rvalue.right]
    return rvalue.operands if isinstance(rvalue, m.Aggregate) else []


class Moves:
    """Move paths of the locals that a body drops, as far as that does something (`needs_drop` says so of a type).

    Attributes:
        masks: per path the bits of itself and all below it.
        children: per path, its parts that are paths, by (kind, number).
        flagged: paths that maybe hold a value at a drop.
    """

    def __init__(self, body: m.Body, needs_drop: Callable[[t.Ty], bool]) -> None:
        self.body = body
        self.dropped: set[int] = set()
        for block in body.blocks:
            terminator = block.terminator
            if isinstance(terminator, m.Drop) and needs_drop(place_type(body, terminator.place)):
                self.dropped.add(terminator.place.local)
        self.paths: dict[Key, int] = {}
        self.children: list[dict[tuple[object, ...], int]] = []
        self.masks: list[int] = []
        self._whole: dict[int, int] = {}
        """Masks of dropped locals."""
        self.flagged: set[int] = set()
        self._before: dict[int, tuple[int, int]] = {}
        self._touching: list[list[m.Statement]] = []
        """Per block the statements that may move, give a value or end one of the dropped locals."""
        if self.dropped:
            self._collect()
            self._flow()

    def path(self, place: m.Place) -> int | None:
        """The path that a place is; None where it always holds a value, or nothing below it is ever dropped."""
        key = self._key(place)
        return None if key is None else self.paths.get(key)

    def holds(self, block: int, path: int) -> tuple[bool, bool]:
        """Whether the path may hold a value, and whether it may hold none, before the block's terminator."""
        maybe, missing = self._before.get(block, (0, 0))
        return bool(maybe >> path & 1), bool(missing >> path & 1)

    def _key(self, place: m.Place) -> Key | None:
        if place.local not in self.dropped:
            return None
        key: list[object] = [place.local]
        ty = self.body.locals[place.local].ty
        for step in place.projection:
            kind = step[0]
            if kind == m.FIELD:
                key.append((m.FIELD, step[1]))
                ty = step[2]
            elif kind == m.DOWNCAST:
                key.append((m.DOWNCAST, step[1]))
            elif kind == m.DEREF and ty.kind == t.ADT and ty.data.lang == "Box":
                key.append((m.DEREF, 0))
                ty = ty.args[0]
            elif kind == m.CONSTANT_INDEX and ty.kind == t.ARRAY:
                key.append((m.CONSTANT_INDEX, ty.args[1].data - step[1] if step[2] else step[1]))
                ty = ty.args[0]
            else:
                return None
        return tuple(key)

    def _register(self, place: m.Place) -> None:
        key = self._key(place)
        if key is None:
            return
        parent = -1
        for length in range(1, len(key) + 1):
            part = key[:length]
            number = self.paths.get(part)
            if number is None:
                number = self.paths[part] = len(self.children)
                self.children.append({})
                if parent >= 0:
                    self.children[parent][part[-1]] = number  # type: ignore[index]
            parent = number

    def _moves(self, operands: list[m.Operand]) -> bool:
        """Register the places that these operands move; whether there are any."""
        found = False
        for operand in operands:
            if isinstance(operand, m.Move) and operand.place.local in self.dropped:
                self._register(operand.place)
                found = True
        return found

    def _collect(self) -> None:
        dropped = self.dropped
        for local in sorted(dropped):
            self._register(m.Place(local))
        for block in self.body.blocks:
            touching: list[m.Statement] = []
            for statement in block.statements:
                if isinstance(statement, m.Assign):
                    rvalue = statement.rvalue
                    if isinstance(rvalue, (m.Ref, m.Discriminant, m.Len)):
                        moves = False
                    else:
                        moves = self._moves(operands_of(rvalue))
                    if moves or statement.place.local in dropped:
                        touching.append(statement)
                elif isinstance(statement, (m.StorageLive, m.StorageDead)) and statement.local in dropped:
                    touching.append(statement)
            self._touching.append(touching)
            terminator = block.terminator
            if isinstance(terminator, m.Call):
                self._moves([terminator.function, *terminator.arguments])
            elif isinstance(terminator, m.Drop):
                self._register(terminator.place)
        self.masks = [0] * len(self.children)
        for path in reversed(range(len(self.children))):
            self.masks[path] = 1 << path
            for child in self.children[path].values():
                self.masks[path] |= self.masks[child]
        for local in self.dropped:
            self._whole[local] = self.masks[self.paths[local,]]

    def mask(self, place: m.Place) -> int:
        """The bits of a place and all below it."""
        if not place.projection:
            return self._whole.get(place.local, 0)
        path = self.path(place)
        return 0 if path is None else self.masks[path]

    def effects(self, statement: m.Statement) -> tuple[int, int]:
        """Bits that a statement leaves without value, and bits that it then gives one."""
        if isinstance(statement, m.Assign):
            cleared = 0
            rvalue = statement.rvalue
            if isinstance(rvalue, m.Use):
                operand = rvalue.operand
                if isinstance(operand, m.Move):
                    cleared = self.mask(operand.place)
            else:
                for operand in operands_of(rvalue):
                    if isinstance(operand, m.Move):
                        cleared |= self.mask(operand.place)
            return cleared, self.mask(statement.place)
        if isinstance(statement, (m.StorageLive, m.StorageDead)):
            return self._whole.get(statement.local, 0), 0
        return 0, 0

    def leaving(self, terminator: m.Terminator) -> tuple[int, int]:
        """The same for a terminator, on its way to the next block."""
        if isinstance(terminator, m.Drop):
            return self.mask(terminator.place), 0
        if not isinstance(terminator, m.Call):
            return 0, 0
        cleared = 0
        for operand in [terminator.function, *terminator.arguments]:
            if isinstance(operand, m.Move):
                cleared |= self.mask(operand.place)
        return cleared, self.mask(terminator.destination)

    def _transfer(self, number: int) -> tuple[int, int, int, int, list[int]]:
        """What a block's statements and then its terminator clear and fill in all, and where it goes. A bit that is
        filled last is not among the cleared ones, and the other way round."""
        all_cleared = all_filled = 0
        for statement in self._touching[number]:
            cleared, filled = self.effects(statement)
            all_filled = all_filled & ~cleared | filled
            all_cleared = (all_cleared | cleared) & ~filled
        terminator = self.body.blocks[number].terminator
        return (all_cleared, all_filled, *self.leaving(terminator), m.successors(terminator))

    def _flow(self) -> None:
        everything = (1 << len(self.masks)) - 1
        given = 0
        for local in range(1, self.body.arg_count + 1):
            given |= self.mask(m.Place(local))
        entry: dict[int, tuple[int, int]] = {0: (given, everything & ~given)}
        known: dict[int, tuple[int, int, int, int, list[int]]] = {}
        work = [0]
        while work:
            number = work.pop()
            maybe, missing = entry[number]
            transfer = known.get(number)
            if transfer is None:
                transfer = known[number] = self._transfer(number)
            inner_cleared, inner_filled, cleared, filled, targets = transfer
            maybe = maybe & ~inner_cleared | inner_filled
            missing = (missing | inner_cleared) & ~inner_filled
            self._before[number] = (maybe, missing)
            maybe = maybe & ~cleared | filled
            missing = (missing | cleared) & ~filled
            for target in targets:
                old = entry.get(target)
                new = (maybe, missing) if old is None else (old[0] | maybe, old[1] | missing)
                if new != old:
                    entry[target] = new
                    work.append(target)
        for number, block in enumerate(self.body.blocks):
            if isinstance(block.terminator, m.Drop) and number in self._before:
                maybe, missing = self._before[number]
                unsure = maybe & missing & self.mask(block.terminator.place)
                if unsure:
                    self.flagged.update(path for path in range(len(self.masks)) if unsure >> path & 1)


def handed_on(body: m.Body, gives_back: Callable[[m.Operand], bool], kept: set[int]) -> dict[int, int]:
    """Temporaries that a function which gives its argument back hands on: number of the block with the call to the
    local that is handed on, where that and the call's destination can be one place.

    Both are temporaries that get a value in one place only, so the destination lives within one expression, and is gone
    when the other gets its next value. `gives_back` says so of a called function; `kept` are locals whose address
    somebody takes.
    """
    reads: Counter[int] = Counter()
    writes: Counter[int] = Counter()
    found: dict[int, tuple[int, int]] = {}
    for number, block in enumerate(body.blocks):
        for statement in block.statements:
            if isinstance(statement, m.Assign):
                (reads if statement.place.projection else writes)[statement.place.local] += 1
                used = [one.place for one in operands_of(statement.rvalue) if not isinstance(one, m.Constant)]
                if isinstance(statement.rvalue, m.Ref | m.Discriminant | m.Len):
                    used.append(statement.rvalue.place)
                reads.update(place.local for place in used)
        terminator = block.terminator
        if isinstance(terminator, m.Switch) and not isinstance(terminator.operand, m.Constant):
            reads[terminator.operand.place.local] += 1
        if not isinstance(terminator, m.Call):
            continue
        reads.update(one.place.local for one in terminator.arguments if not isinstance(one, m.Constant))
        (reads if terminator.destination.projection else writes)[terminator.destination.local] += 1
        first = terminator.arguments[0] if len(terminator.arguments) == 1 else None
        if isinstance(first, m.Move) and not first.place.projection and not terminator.destination.projection:
            found[number] = (first.place.local, terminator.destination.local)
    targets = {target for _, target in found.values()}
    return {
        number: source
        for number, (source, target) in found.items()
        if source not in targets
        and reads[source] == writes[source] == writes[target] == 1
        and source not in kept
        and source > body.arg_count < target
        and body.locals[source].name is body.locals[target].name is None
        and gives_back(body.blocks[number].terminator.function)
    }


def gives_back(body: m.Body | None) -> bool:
    """Whether all that a function does is to give its only argument back."""
    if body is None or body.arg_count != 1:
        return False
    statements: list[m.Assign] = []
    number, seen = 0, set[int]()
    while number not in seen:
        seen.add(number)
        statements += [one for one in body.blocks[number].statements if isinstance(one, m.Assign)]
        terminator = body.blocks[number].terminator
        if isinstance(terminator, m.Return):
            break
        # The argument was moved: dropping it does nothing.
        if not isinstance(terminator, m.Goto | m.Drop) or (
            isinstance(terminator, m.Drop) and terminator.place.local != 1
        ):
            return False
        number = terminator.target
    else:
        return False
    if len(statements) != 1 or statements[0].place.local != 0 or statements[0].place.projection:
        return False
    value = statements[0].rvalue
    if not isinstance(value, m.Use) or not isinstance(value.operand, m.Move):
        return False
    return value.operand.place.local == 1 and not value.operand.place.projection
