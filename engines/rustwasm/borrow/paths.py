"""Move paths: the places of a body that can hold or lose a value on their own (rustc dev guide, "Move paths").

A path is a local and a way through fields, variants, boxes and constant indices of arrays; a reference ends it.
"""

from __future__ import annotations

from typing import Any

from engines.rustwasm.borrow.describe import is_box, place_type, step_type
from engines.rustwasm.borrow.loans import indices_overlap
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty


class MovePath:
    """One path. `bit` is its own bit, `subtree` its and all its descendants'."""

    __slots__ = ("bit", "children", "parent", "place", "subtree")

    def __init__(self, place: m.Place, bit: int, parent: MovePath | None) -> None:
        self.place = place
        self.bit = bit
        self.subtree = bit
        self.parent = parent
        self.children: dict[Any, MovePath] = {}


class MovePaths:
    """The paths of the tracked locals."""

    def __init__(self, body: m.Body) -> None:
        self.body = body
        self.roots: dict[int, MovePath] = {}
        self.count = 0

    def root(self, local: int) -> MovePath:
        found = self.roots.get(local)
        if found is None:
            found = self.roots[local] = MovePath(m.Place(local), 1 << self.count, None)
            self.count += 1
        return found

    def add(self, place: m.Place) -> MovePath:
        """The path of a place that is moved out of; ancestors come with it."""
        node = self.root(place.local)
        for i, step in enumerate(place.projection):
            key = step[:2] if step[0] == m.FIELD else step
            child = node.children.get(key)
            if child is None:
                bit = 1 << self.count
                self.count += 1
                child = MovePath(m.Place(place.local, place.projection[: i + 1]), bit, node)
                node.children[key] = child
                up: MovePath | None = node
                while up is not None:
                    up.subtree |= bit
                    up = up.parent
            node = child
        return node

    def find(self, place: m.Place) -> tuple[MovePath | None, bool]:
        """The longest path that leads to a place, and whether it is the place's own."""
        node = self.roots.get(place.local)
        return (None, False) if node is None else self.find_from(node, place)

    def find_from(self, node: MovePath, place: m.Place) -> tuple[MovePath, bool]:
        """`find`, of a place whose local's path is known."""
        for step in place.projection:
            child = node.children.get(step[:2] if step[0] == m.FIELD else step)
            if child is None:
                return node, False
            node = child
        return node, True

    def overlapped(self, path: MovePath, place: m.Place) -> int:
        """Bits of what was moved out of an array and may be meant by a place that `path` leads to, but not all the way:
        an element by an index that is not known, or a part of the array."""
        step = place.projection[len(path.place.projection)]
        if not path.children or step[0] not in (m.INDEX, m.CONSTANT_INDEX, m.SUBSLICE):
            return 0
        whole = place_type(self.body, path.place)
        bits = 0
        for other, moved in path.children.items():
            if indices_overlap(step, other, whole):
                bits |= moved.subtree
        return bits


def illegal_move(body: m.Body, place: m.Place) -> tuple[int, str, Ty] | None:
    """Why a place must not be moved out of: the number of steps to the culprit, "borrow", "index" or "drop", and the
    culprit's type; None if it may be."""
    one = body.locals[place.local].ty
    for i, step in enumerate(place.projection):
        kind = step[0]
        if kind == m.DEREF and not is_box(one):
            return i, "index" if one.args and one.args[0].kind in (ty.SLICE, ty.ARRAY) else "borrow", one
        if kind == m.INDEX or (kind in (m.CONSTANT_INDEX, m.SUBSLICE) and one.kind == ty.SLICE):
            return i, "index", one
        if kind == m.FIELD and one.kind == ty.ADT and one.data.drop is not None and not is_box(one):
            return i, "drop", one
        one = step_type(one, step, 0)
    return None
