"""Values of the reference interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Aggregate:
    """A struct, enum, tuple, array or closure: its fields (of variant `variant`)."""

    __slots__ = ("fields", "variant")

    def __init__(self, fields: Any, variant: int) -> None:
        self.fields = fields
        self.variant = variant

    def __repr__(self) -> str:
        return f"Aggregate({self.variant}, {self.fields})"


class Pointer:
    """A reference, box or raw pointer to slot `key` of `container`; `length` for slices and str; `dyn` is the type
    behind a trait object; `owner` is where the counts of an `Rc` of a slice are."""

    __slots__ = ("container", "dyn", "key", "length", "owner")

    def __init__(self, container: Any, key: int, length: int | None, dyn: Any, owner: Any = None) -> None:
        self.container = container
        self.key = key
        self.length = length
        self.dyn = dyn
        self.owner = owner

    def __repr__(self) -> str:
        return f"Pointer({self.key}, {self.length})"

    def items(self) -> Any:
        """What a slice pointer points to."""
        assert self.length is not None
        return self.container[self.key : self.key + self.length]


class Window:
    """Elements `start` to `stop` of a list, as a list that writes through: the fields of an array's middle."""

    __slots__ = ("fields", "start", "stop")

    def __init__(self, fields: Any, start: int, stop: int) -> None:
        self.fields = fields
        self.start = start
        self.stop = stop

    def __len__(self) -> int:
        return self.stop - self.start

    def _at(self, key: Any) -> Any:
        places = range(self.start, self.stop)[key]
        return places if isinstance(places, int) else slice(places.start, places.stop, places.step)

    def __getitem__(self, key: Any) -> Any:
        return self.fields[self._at(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.fields[self._at(key)] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fields[self.start : self.stop])


class Middle:
    """The place of an array's middle, as a container with that place as key 0."""

    __slots__ = ("window",)

    def __init__(self, fields: Any, start: int, stop: int) -> None:
        self.window = Window(fields, start, stop)

    def __getitem__(self, key: int) -> Aggregate:
        return Aggregate(self.window, 0)

    def __setitem__(self, key: int, value: Aggregate | None) -> None:
        self.window[:] = [None] * len(self.window) if value is None else list(value.fields)


def duplicate(value: Any) -> Any:
    """A copy that shares nothing but what pointers point to."""
    if type(value) is Aggregate:
        return Aggregate([duplicate(f) for f in value.fields], value.variant)
    return value
