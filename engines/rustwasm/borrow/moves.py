"""Initialisation and moves: E0381, E0382, E0384, E0507, E0508, E0509.

A forward dataflow of the paths that may hold no value, and one of the immutable variables that may have been assigned.
Source: rustc dev guide, "Move and initialization".
"""

from __future__ import annotations

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow.dataflow import forward
from engines.rustwasm.borrow.paths import MovePath, MovePaths, illegal_move
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.mir import body as m


class Moves:
    """The move analysis of one body. `states[b]` is the set of paths that may hold no value at block b's start."""

    def __init__(self, facts: f.Facts, reporter: Reporter) -> None:
        self.facts = facts
        self.body = facts.body
        self.reporter = reporter
        self.paths = MovePaths(facts.body)
        self.states: list[int | None] = []
        self.once: list[int] = []
        self._steps: list[list[tuple[int, int, m.Place, MovePath, bool]]] = []
        """Of each block the events of tracked locals that matter, each with the path that leads to its place, and
        whether it is the place's own."""
        self.reported: set[MovePath] = set()
        self.blamed: set[int] = set()
        self._track()

    def _track(self) -> None:
        body = self.body
        arguments = body.arg_count
        locals_ = body.locals
        writes = self.facts.writes
        add = self.paths.add
        for point, _, place in sorted(self.facts.moved, key=lambda event: event[2].local):
            if place.projection:
                why = illegal_move(body, place)
                if why is not None:
                    self.reporter.illegal_move(point, place, why)
                    continue
                add(place)
            elif locals_[place.local].name is not None or writes[place.local] > 1 or self._read_twice(place.local):
                add(place)
        for i in range(arguments + 1, len(locals_)):
            if locals_[i].name is not None:
                self.paths.root(i)
        # A variable that its `let` gives a value has none when the `let` is come to again.
        loops = body.deferred and self._has_loop()
        for i, local in enumerate(locals_):
            named = i > 0 and local.name is not None and not local.mutable
            if named and writes[i] and (writes[i] > 1 or i <= arguments or loops):
                self.once.append(i)

    def _read_twice(self, local: int) -> bool:
        found = False
        for event in self.facts.of_local[local]:
            if event[1] <= f.READ:
                if found:
                    return True
                found = True
        return False

    def _has_loop(self) -> bool:
        return any(one <= block for block, following in enumerate(self.facts.successors) for one in following)

    def entry(self) -> int:
        """Paths without value when the body is entered: all but the parameters'."""
        state = 0
        for local, path in self.paths.roots.items():
            if local > self.body.arg_count or local == 0:
                state |= path.subtree
        return state

    def run(self) -> None:
        """Compute the states and report what uses a place without value."""
        if self.paths.roots:
            self._run()
        if self.once:
            self._check_once()

    def _run(self) -> None:
        find = self.paths.find_from
        roots = self.paths.roots
        gens, kills = [], []
        for events in self.facts.events:
            gen = kill = 0
            steps: list[tuple[int, int, m.Place, MovePath, bool]] = []
            for event in [event for event in events if event[2].local in roots]:
                point, kind, place = event
                if kind > f.RESULT and kind != f.LIVE:
                    continue
                path, exact = roots[place.local], True
                if place.projection:
                    path, exact = find(path, place)
                if exact:
                    if kind == f.MOVE or kind == f.LIVE:
                        gen |= path.subtree
                    elif kind > f.READ:
                        gen &= ~path.subtree
                        kill |= path.subtree
                steps.append((point, kind, place, path, exact))
            self._steps.append(steps)
            gens.append(gen)
            kills.append(kill)
        self.states = forward(self.facts.successors, self.entry(), gens, kills)
        self._check()

    def _check(self) -> None:
        for block, steps in enumerate(self._steps):
            state = self.states[block]
            if state is None:
                continue
            for point, kind, place, path, exact in steps:
                if kind <= f.READ:
                    if state & (path.subtree if exact else path.bit | self.paths.overlapped(path, place)):
                        self._report(point, kind, place, path, state)
                    if kind == f.MOVE and exact:
                        state |= path.subtree
                elif kind == f.ASSIGN or kind == f.RESULT:
                    if exact:
                        up = path.parent
                        if up is not None and state & up.bit and not _within_box(place):
                            self._report(point, kind, place, up, state)
                        state &= ~path.subtree
                    elif state & path.bit:
                        self._report(point, kind, place, path, state)
                    elif state & self.paths.overlapped(path, place):
                        self._report(point, f.COPY, place, path, state)  # of the array, to find the element
                else:
                    state |= path.subtree  # its storage begins

    def _report(self, point: int, kind: int, place: m.Place, path: MovePath, state: int) -> None:
        root = path
        while root.parent is not None:
            root = root.parent
        if path in self.reported or root in self.reported:
            return
        self.reported.add(path)
        self.blamed.add(point)
        partial = not state & path.bit
        moves = self.moves_reaching(point, path, place)
        if moves:
            culprit = path
            if not partial:
                while culprit.parent is not None and state & culprit.parent.bit:
                    culprit = culprit.parent
            self.reporter.moved(point, kind, place, culprit.place, moves, partial)
        else:
            self.reporter.uninitialized(point, kind, place, self._maybe_assigned(point, path))

    def moves_reaching(self, point: int, path: MovePath, used: m.Place) -> list[tuple[int, m.Place, bool]]:
        """Moves of the path, or of what it is in or holds, that reach the event of place object `used` at a point:
        (point, moved place, over a back edge)."""
        found: dict[int, tuple[int, m.Place, bool]] = {}
        block = self.facts.block_at(point)
        related = path.subtree
        up = path.parent
        while up is not None:
            related |= up.bit
            up = up.parent
        work = [(block, point + 1, False)]
        seen: set[tuple[int, bool]] = set()
        begun = False
        while work:
            block, before, back = work.pop()
            stop = False
            for at, kind, place in self.facts.events[block][::-1]:
                if not begun:
                    begun = at == point and place is used
                    continue
                if at >= before or place.local != path.place.local:
                    continue
                if kind == f.MOVE:
                    node, exact = self.paths.find(place)
                    if exact and node is not None and node.bit & related and (at not in found or place is not used):
                        found[at] = (at, place, back)
                        stop = not place.projection
                elif (kind == f.ASSIGN or kind == f.RESULT) and len(place.projection) <= len(path.place.projection):
                    node, exact = self.paths.find(place)
                    stop = exact and node is not None and bool(node.subtree & path.bit)
                elif kind == f.LIVE:
                    stop = True
                if stop:
                    break
            if stop:
                continue
            for one in self.facts.predecessors[block]:
                key = (one, back or one >= block)
                if key not in seen and self.states[one] is not None:
                    seen.add(key)
                    work.append((one, self.facts.ends[one] + 1, key[1]))
        return sorted(found.values(), key=lambda entry: entry[0])

    def _maybe_assigned(self, point: int, path: MovePath) -> bool:
        """Is there a way to the point on which the path was given a value?"""
        seen: set[int] = set()
        work = [(self.facts.block_at(point), point)]
        while work:
            block, before = work.pop()
            for at, kind, place in self.facts.events[block]:
                if at < before and place.local == path.place.local and kind in (f.ASSIGN, f.RESULT):
                    return True
            for one in self.facts.predecessors[block]:
                if one not in seen:
                    seen.add(one)
                    work.append((one, self.facts.ends[one] + 1))
        return False

    def _check_once(self) -> None:
        """E0384: immutable variables that may be assigned twice."""
        bit = {local: 1 << i for i, local in enumerate(self.once)}
        gens, kills = [], []
        for events in self.facts.events:
            gen = kill = 0
            for _, kind, place in events:
                one = bit.get(place.local)
                if one is None or place.projection:
                    continue
                if kind == f.ASSIGN or kind == f.RESULT:
                    gen |= one
                elif kind == f.LIVE or kind == f.DEAD:
                    gen &= ~one
                    kill |= one
            gens.append(gen)
            kills.append(kill)
        entry = sum(one for local, one in bit.items() if local <= self.body.arg_count)
        states = forward(self.facts.successors, entry, gens, kills)
        for block, events in enumerate(self.facts.events):
            state = states[block]
            if state is None:
                continue
            for point, kind, place in events:
                one = bit.get(place.local)
                if one is None or place.projection:
                    continue
                if kind == f.ASSIGN or kind == f.RESULT:
                    if state & one:
                        self.reporter.assigned_twice(point, place.local, self._first_assignment(place.local, point))
                    state |= one
                elif kind == f.LIVE or kind == f.DEAD:
                    state &= ~one

    def _first_assignment(self, local: int, point: int) -> int | None:
        """An assignment of the local other than the one at `point`, else that one; None for a parameter's first."""
        if local <= self.body.arg_count:
            return None
        found: list[int] = []
        for events in self.facts.events:
            for at, kind, place in events:
                if place.local == local and not place.projection and kind in (f.ASSIGN, f.RESULT):
                    found.append(at)
        others = [p for p in found if p != point]
        return min(others) if others else point

    def may_hold(self, state: int, local: int) -> bool:
        """May the local hold a value in `state`?"""
        path = self.paths.roots.get(local)
        return path is None or not state & path.bit


def _within_box(place: m.Place) -> bool:
    """Does the assignment fill a whole box again (`*b = value` after `*b` was moved out)?"""
    return bool(place.projection) and place.projection[-1][0] == m.DEREF
