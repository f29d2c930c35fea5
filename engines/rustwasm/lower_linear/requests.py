"""The functions of a program by key: asked for, then lowered one after the other; the same for both lowerings."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.release.tree import Node, Tree
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.wasm import types as w


class Requests:
    """Functions that something calls: asked for, waiting, lowered (with the types of their parameters)."""

    def __init__(self) -> None:
        self.lowering: Any = ("start",)
        self.pending: list[Any] = []
        self.requested: dict[Any, None] = {}
        self.imports: dict[str, None] = {}
        self.trees: dict[Any, tuple[Tree, tuple[w.ValueType, ...]]] = {}
        self._labels = 1_000_000

    def call(self, key: Any, arguments: list[Node], type_: w.ValueType | None) -> Node:
        """A call of the function with this key."""
        self.request(key)
        return Node("call", (key,), arguments, type_)

    def request(self, key: Any) -> None:
        if key not in self.requested:
            self.requested[key] = None
            if key[0] == "import":
                self.imports[key[1]] = None
            else:
                self.pending.append(key)

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
