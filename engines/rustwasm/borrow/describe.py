"""Places and types of places as messages name them."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty


def step_type(one: Ty, step: m.Projection, variant: int) -> Ty:
    """The erased type of a part of a place of type `one`."""
    kind = step[0]
    if kind == m.FIELD:
        found: Ty = step[2]
        return found
    if kind == m.DEREF and ty.is_handle(one):
        return ty.pointee(one)
    if kind == m.DEREF or kind == m.INDEX or kind == m.CONSTANT_INDEX:
        return one.args[0] if one.args else one
    if kind == m.SUBSLICE:
        return ty.slice_of(one.args[0])
    return one


def place_type(body: m.Body, place: m.Place) -> Ty:
    """The erased type of a place."""
    one = body.locals[place.local].ty
    for step in place.projection:
        one = step_type(one, step, 0)
    return one


def is_box(one: Ty) -> bool:
    return one.kind == ty.ADT and one.data.lang == "Box"


def capture_of(one: Ty, index: int) -> Any:
    """The `Capture` that field `index` of a closure holds; None if `one` is no closure."""
    return one.data.captures[index] if one.kind == ty.CLOSURE else None


def capture_name(capture: Any) -> str:
    """The captured place as the surrounding function names it."""
    text = str(capture.name).split(".", 1)[0]
    one = ty.shallow(capture.variable.ty) if capture.variable is not None else None
    for step in capture.fields:
        if step == "*":
            one = one.args[0] if one is not None and one.args else None
            continue
        name = str(step)
        if one is not None and one.kind == ty.ADT:
            field = one.data.variants[0].fields[step]
            name = field.name
            one = ty.shallow(ty.subst(ty.erase(field.ty), one.args))
        elif one is not None and one.kind == ty.TUPLE:
            one = ty.shallow(one.args[step])
        text += f".{name}"
    if capture.fields and capture.fields[-1] == "*":
        text = f"*{text}"
    return text


def describe(body: m.Body, place: m.Place, dereferenced: bool = True) -> str | None:
    """A place as the program would write it; None for a temporary's."""
    local = body.locals[place.local]
    text = local.name
    one = local.ty
    variant = 0
    pending = 0
    for step in place.projection:
        kind = step[0]
        if kind == m.DEREF:
            if text is not None and text.startswith("\0"):
                text = text[1:]
            else:
                pending += 1
        elif kind == m.DOWNCAST:
            variant = step[1]
            one = step_type(one, step, variant)
            continue
        elif kind == m.FIELD:
            capture = capture_of(one, step[1])
            if capture is not None:
                text = capture_name(capture)
                if capture.mode != "move":
                    text = "\0" + text
                pending = 0
            elif text is not None:
                pending = 0
                name = str(step[1])
                if one.kind == ty.ADT and variant < len(one.data.variants):
                    name = one.data.variants[variant].fields[step[1]].name
                text = f"{text}.{name}"
        elif text is not None:
            pending = 0
            text = f"{text}[..]"
        one = step_type(one, step, variant)
        variant = 0
    if text is None or text == "{environment}":
        return None
    return "*" * pending + text.removeprefix("\0")


def guarded(body: m.Body, place: m.Place) -> str | None:
    """The variable of a pattern that a place is (part of), as the pattern's guard sees it: it may not change there."""
    if any(place.local in guard.references for guard in body.guards):
        return (describe(body, place) or "").lstrip("*") or None
    return None


def quoted(text: str | None) -> str:
    """A place's name in backquotes, or "value" for one without."""
    return f"`{text}`" if text is not None else "value"
