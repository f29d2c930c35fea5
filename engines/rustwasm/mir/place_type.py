"""The type of a place, in a body whose types are all known."""

from __future__ import annotations

from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty


def place_type(body: m.Body, place: m.Place) -> Ty:
    """What the way from the place's local leads to; nothing is checked, see `mir.verifier` for that."""
    one = body.locals[place.local].ty
    for step in place.projection:
        kind = step[0]
        if kind == m.FIELD:
            one = step[2]
        elif kind == m.DEREF:
            one = t.pointee(one)
        elif kind == m.SUBSLICE:
            if one.kind == t.ARRAY:
                one = t.array(one.args[0], one.args[1].data - step[1] - step[2])
        elif kind != m.DOWNCAST:
            one = one.args[0] if one.kind != t.STR else t.U8
    return one
