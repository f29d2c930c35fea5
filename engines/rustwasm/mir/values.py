"""Values of the reference interpreter."""

from __future__ import annotations

from typing import Any


class Aggregate:
    """A struct, enum, tuple, array or closure: its fields (of variant `variant`)."""

    __slots__ = ("fields", "variant")

    def __init__(self, fields: list[Any], variant: int) -> None:
        self.fields = fields
        self.variant = variant

    def __repr__(self) -> str:
        return f"Aggregate({self.variant}, {self.fields})"


class Pointer:
    """A reference, box or raw pointer to slot `key` of `container`; `length` for slices and str; `dyn` is the type
    behind a trait object."""

    __slots__ = ("container", "dyn", "key", "length")

    def __init__(self, container: Any, key: int, length: int | None, dyn: Any) -> None:
        self.container = container
        self.key = key
        self.length = length
        self.dyn = dyn

    def __repr__(self) -> str:
        return f"Pointer({self.key}, {self.length})"

    def items(self) -> Any:
        """What a slice pointer points to."""
        assert self.length is not None
        return self.container[self.key : self.key + self.length]


def duplicate(value: Any) -> Any:
    """A copy that shares nothing but what pointers point to."""
    if type(value) is Aggregate:
        return Aggregate([duplicate(f) for f in value.fields], value.variant)
    return value
