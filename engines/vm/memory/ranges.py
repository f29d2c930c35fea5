"""A set of addresses, kept as the ranges that it consists of."""

from __future__ import annotations

from _bisect import bisect_left, bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Ranges:
    """Ranges [start, end), ascending, neighbours joined. `starts` and `ends` belong together; do not change them."""

    __slots__ = ("ends", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []

    def insert(self, start: int, end: int) -> None:
        """Add the addresses of [start, end), some of which may be there already."""
        i, j = bisect_left(self.ends, start), bisect_right(self.starts, end)
        if i < j:
            start, end = min(start, self.starts[i]), max(end, self.ends[j - 1])
        self.starts[i:j], self.ends[i:j] = [start], [end]

    def remove(self, start: int, end: int) -> None:
        """Take the addresses of [start, end) away, as far as they are there."""
        i, j = bisect_right(self.ends, start), bisect_left(self.starts, end)
        if i >= j:
            return
        kept = [(self.starts[i], start), (end, self.ends[j - 1])]
        kept = [(a, b) for a, b in kept if a < b]
        self.starts[i:j], self.ends[i:j] = [a for a, _ in kept], [b for _, b in kept]

    def within(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Yield what of each range lies in [low, high)."""
        for i in range(bisect_right(self.ends, low), bisect_left(self.starts, high)):
            yield max(self.starts[i], low), min(self.ends[i], high)

    def __len__(self) -> int:
        """How many addresses these are."""
        return sum(self.ends) - sum(self.starts)
