"""How large types are written out: their parts are shared, so few steps can make one that nothing walks to its end."""

from __future__ import annotations

from typing import Final

from engines.rustwasm.typing.types import Ty

LONGEST_TYPE: Final = 1 << 16
"""Of how many types one may consist: `(x, x)` for `x` doubles them with each step. rustc's `type_length_limit`."""


class Extents:
    """Remembers how deep types nest and of how many types they consist."""

    def __init__(self) -> None:
        self._known: dict[Ty, tuple[int, int]] = {}

    def of(self, one: Ty) -> tuple[int, int]:
        """How deep a type nests, and of how many types it consists."""
        if not one.args:
            return 1, 1
        found = self._known.get(one)
        if found is None:
            parts = [self.of(part) for part in one.args]
            found = 1 + max([deep for deep, _ in parts]), 1 + sum([long for _, long in parts])
            self._known[one] = found
        return found
