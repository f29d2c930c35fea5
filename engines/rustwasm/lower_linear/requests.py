"""The functions of a program by key: asked for, then lowered one after the other; the same for both lowerings."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.release.tree import Node, Tree
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.extents import LONGEST_TYPE, Extents
from engines.rustwasm.typing.types import Ty, show
from engines.rustwasm.wasm import types as w

DEEPEST_TYPE: Final = 256
"""How deep the types nest that a function is made for: a function that calls itself with ever larger types never ends.
rustc ends it after 128 calls."""
_SHOWN: Final = 12
"""Of how many types the part of such a type consists that the message shows."""


class Requests:
    """Functions that something calls: asked for, waiting, lowered (with the types of their parameters)."""

    def __init__(self) -> None:
        self.lowering: Any = ("start",)
        self.pending: list[Any] = []
        self.requested: dict[Any, None] = {}
        self.imports: dict[str, None] = {}
        self.trees: dict[Any, tuple[Tree, tuple[w.ValueType, ...]]] = {}
        self._labels = 1_000_000
        self.extents = Extents()

    def call(self, key: Any, arguments: list[Node], type_: w.ValueType | None) -> Node:
        """A call of the function with this key."""
        self.request(key)
        return Node("call", (key,), arguments, type_)

    def request(self, key: Any) -> None:
        """Let there be the function with this key.

        Raises:
            ValueError: it is made for a type beyond `DEEPEST_TYPE` or `LONGEST_TYPE`.
        """
        if key not in self.requested:
            self.requested[key] = None
            if key[0] == "fn":
                self.refuse_endless(f"`{key[1].path}`", key[2])
            elif key[0] == "glue":
                self.refuse_endless("what drops values", (key[1],))
            if key[0] == "import":
                self.imports[key[1]] = None
            else:
                self.pending.append(key)

    def refuse_endless(self, what: str, args: tuple[Ty, ...]) -> None:
        """Refuse `what` is made for these types where they are beyond the limits.

        Raises:
            ValueError: they are.
        """
        for one in args:
            deep, long = self.extents.of(one)
            if deep > DEEPEST_TYPE:
                limit = f"nests {deep} deep (at most {DEEPEST_TYPE})"
            elif long > LONGEST_TYPE:
                limit = f"consists of {long} types (at most {LONGEST_TYPE})"
            else:
                continue
            part = one
            while self.extents.of(part)[1] > _SHOWN:
                part = max(part.args, key=self.extents.of)
            raise ValueError(
                f"reached the recursion limit while instantiating {what} for a type that {limit} and in which "
                f"there is `{show(part)}`; it leads to itself with ever larger types: let it not, or by `dyn Trait`"
            )

    def fresh_label(self) -> int:
        self._labels += 1
        return self._labels

    def lower(self, entry: FnDef) -> None:
        """Lower a function and all that it reaches."""
        self.request(("fn", entry, ()))
        self.drain()

    def drain(self) -> None:
        while self.pending:
            key = self.lowering = self.pending.pop()
            self.trees[key] = self._lowered(key)

    def _lowered(self, key: Any) -> tuple[Tree, tuple[w.ValueType, ...]]:
        """One function that is no import."""
        raise NotImplementedError
