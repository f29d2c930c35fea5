"""What arithmetic needs of the function that is being lowered: both lowerings have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engines.rustwasm.mir import body as m
    from engines.rustwasm.release.tree import Node


class Calls(Protocol):
    """The module being made, as arithmetic sees it."""

    def call(self, key: Any, arguments: list[Node], type_: int | None) -> Node:
        """A call of the function with this key, which gives a value of that Wasm type."""
        ...


class Numbers(Protocol):
    """A function being lowered, as arithmetic sees it.

    Attributes:
        checks: operations that overflow panic.
    """

    checks: bool

    @property
    def program(self) -> Calls: ...

    def stash(self, value: Node) -> Node:
        """A tree for the value that may be evaluated often."""
        ...

    def results(self, call: Node, types: tuple[int, ...]) -> list[Node]:
        """The values that a call gives, which are of these Wasm types."""
        ...

    def panic_if(self, condition: Node, message: str, span: m.Span) -> None:
        """From here on the condition does not hold, or the program has panicked."""
        ...
