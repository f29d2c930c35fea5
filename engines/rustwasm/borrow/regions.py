"""Regions, what must outlive what, and the smallest sets of points that satisfy it (RFC 2094, "Layer 2: solving").

A region is a number; its value a set of points and of *ends* of universal regions, as one integer: bit p is point p,
bit `points + u` the end of universal region u. Region 0 is `'static`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

RETURN: Final = 0
CALL: Final = 1
ASSIGN: Final = 2
OTHER: Final = 3
CAST: Final = 4
"""A value becomes a `dyn Trait`."""


class Regions:
    """The regions of one body. `names[u]` is universal region u's name."""

    def __init__(self, points: int) -> None:
        self.points = points
        self.everywhere = (1 << points) - 1
        self.names: list[str] = []
        self.values: list[int] = []
        self.constraints: list[tuple[int, int, int, int]] = []
        """(longer, shorter, point, category)."""
        self.known: set[tuple[int, int]] = set()
        """Pairs of universal regions (longer, shorter) that the signature promises."""
        self._shorter: dict[int, list[int]] | None = None
        self._next: dict[int, list[int]] | None = None

    def universal(self, name: str) -> int:
        """A region that outlives the body; all of them come before the first fresh one."""
        number = len(self.values)
        self.names.append(name)
        self.values.append(self.everywhere | 1 << (self.points + number))
        return number

    def fresh(self) -> int:
        self.values.append(0)
        return len(self.values) - 1

    def fresh_many(self, count: int) -> tuple[int, ...]:
        if not count:
            return ()
        first = len(self.values)
        self.values.extend([0] * count)
        return tuple(range(first, first + count))

    def outlives(self, longer: int, shorter: int, point: int, category: int) -> None:
        if longer > 0 and shorter >= 0 and longer != shorter:
            self.constraints.append((longer, shorter, point, category))

    def outlives_too(self, longer: int, shorter: int, point: int, category: int) -> None:
        """The same once constraints were looked up; they are solved again."""
        self.outlives(longer, shorter, point, category)
        self._shorter = self._next = None
        self.solve()

    def solve(self) -> None:
        """The least values that hold every constraint."""
        longer_of: dict[int, list[int]] = {}
        for longer, shorter, _, _ in self.constraints:
            found = longer_of.get(shorter)
            if found is None:
                longer_of[shorter] = [longer]
            else:
                found.append(longer)
        values = self.values
        work = [r for r in longer_of if values[r]]
        while work:
            region = work.pop()
            value = values[region]
            for longer in longer_of.get(region, ()):
                before = values[longer]
                after = before | value
                if after != before:
                    values[longer] = after
                    if longer in longer_of:
                        work.append(longer)

    def holds(self, region: int, point: int) -> bool:
        return bool(self.values[region] >> point & 1)

    def ends(self, region: int) -> list[int]:
        """The universal regions whose end the region reaches."""
        value = self.values[region] >> self.points
        return [u for u in range(len(self.names)) if value >> u & 1]

    def close_known(self) -> None:
        """Make `known` transitive."""
        changed = True
        while changed:
            more = {(a, d) for a, b in self.known for c, d in self.known if b == c} - self.known
            self.known |= more
            changed = bool(more)

    def promised(self, longer: int, shorter: int) -> bool:
        return longer in (0, shorter) or (longer, shorter) in self.known or (longer, 0) in self.known

    def _by_longer(self) -> dict[int, list[int]]:
        """The constraints (by number) of each region that is the longer one of some; all must be known by now."""
        if self._shorter is None:
            index: dict[int, list[int]] = {}
            for i, entry in enumerate(self.constraints):
                found = index.get(entry[0])
                if found is None:
                    index[entry[0]] = [i]
                else:
                    found.append(i)
            self._shorter = index
        return self._shorter

    def shorter_of(self, region: int) -> list[int]:
        """Constraints (by number) in which the region is the longer one."""
        return self._by_longer().get(region, [])

    def all_shorter(self, region: int) -> Sequence[int]:
        """The regions that the constraints say this one must outlive; all constraints must be known by now."""
        if self._next is None:
            index: dict[int, list[int]] = {}
            for longer, shorter, _, _ in self.constraints:
                found = index.get(longer)
                if found is None:
                    index[longer] = [shorter]
                else:
                    found.append(shorter)
            self._next = index
        return self._next.get(region, ())

    def reachable(self, regions: list[int]) -> set[int]:
        """Regions that one of these must outlive, themselves included."""
        seen = set(regions)
        work = list(seen)
        while work:
            for shorter in self.all_shorter(work.pop()):
                if shorter not in seen:
                    seen.add(shorter)
                    work.append(shorter)
        return seen

    def path(self, longer: int, shorter: int) -> list[tuple[int, int, int, int]]:
        """A shortest chain of constraints from one region to another; empty if there is none."""
        came: dict[int, int] = {longer: -1}
        work = [longer]
        for region in work:
            if region == shorter:
                break
            for i in self.shorter_of(region):
                other = self.constraints[i][1]
                if other not in came:
                    came[other] = i
                    work.append(other)
        if shorter not in came:
            return []
        out = []
        at = shorter
        while came[at] >= 0:
            entry = self.constraints[came[at]]
            out.append(entry)
            at = entry[0]
        return out[::-1]
