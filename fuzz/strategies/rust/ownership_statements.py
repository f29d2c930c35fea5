"""Statements of functions whose types are right, and of which nobody knows whether their moves and borrows are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from fuzz.strategies.rust.erased_types import STRUCTS, Type, coerced, concrete, has, inferred, parse, sized
from fuzz.strategies.rust.ownership_bodies import UNIT, Body
from fuzz.strategies.rust.ownership_rules import Need, Rule

DEPTH: Final = 3


def statement(body: Body, nesting: int) -> None:
    """One statement, with what is in it; `nesting` blocks may stand in one another below it."""
    kinds = _KINDS if nesting else _PLAIN
    body.random.choices([one for _, one in kinds], [weight for weight, _ in kinds])[0](body, nesting)


def statements(body: Body, count: int, nesting: int) -> None:
    for _ in range(count):
        statement(body, nesting)


def _block(body: Body, head: str, nesting: int, *variables: tuple[str, Type, bool], tail: str = "}") -> None:
    body.line(head)
    body.depth += 1
    with body.scope(*variables):
        statements(body, body.random.randint(1, 2), nesting - 1)
    body.depth -= 1
    body.line(tail)


def _let(body: Body, nesting: int) -> None:
    type_ = body.some_type()
    value = body.value(type_, DEPTH)
    name = body.fresh()
    mutable = body.random.random() < 0.75
    said = f": {inferred(type_)}" if coerced(type_) or body.random.random() < 0.2 else ""
    later = not said and body.random.random() < 0.06
    if later:
        body.line(f"let {'mut ' if mutable else ''}{name};")
        body.line(f"{name} = {value};" if body.random.random() < 0.8 else f"if cond() {{ {name} = {value}; }}")
    else:
        body.line(f"let {'mut ' if mutable else ''}{name}{said} = {value};")
    body.declare(name, type_, mutable)


def _let_iterator(body: Body, nesting: int) -> None:
    type_ = Type("Iter", (body.some_type(),))
    value = body.value(type_, DEPTH)
    name = body.fresh("it")
    body.line(f"let mut {name} = {value};")
    body.declare(name, type_, True)


def _let_parts(body: Body, nesting: int) -> None:
    found = [one for one in body.places() if one.type.head == "()" or _taken_apart(one.type)]
    if not found:
        _let(body, nesting)
        return
    place = body.random.choice(found)
    type_, mark = place.type, body.random.choice(("", "", "&", "&mut "))
    if mark == "&mut " and not place.mutable and body.random.random() < body.care:
        mark = "&"
    if mark == "" and not has(type_, "Copy") and (not place.movable or has(type_, "Drop")):
        mark = "&"
    if mark == "" and not has(type_, "Copy"):
        place.root.gone = True
    parts = list(enumerate(type_.args)) if type_.head == "()" else list(STRUCTS[type_.head].fields)
    names = [body.fresh() for _ in parts]
    inside = ", ".join(names if type_.head == "()" else [f"{f}: {n}" for (f, _), n in zip(parts, names, strict=True)])
    pattern = f"({inside})" if type_.head == "()" else f"{type_.head} {{ {inside} }}"
    if type_.head == "()" and len(names) == 1:
        pattern = f"({inside},)"
    body.line(f"let {pattern} = {mark}{place.text};")
    for name, (_, one) in zip(names, parts, strict=True):
        body.declare(name, Type(mark.strip(), (one,)) if mark else one, False)


def _taken_apart(type_: Type) -> bool:
    return type_.head in STRUCTS and bool(STRUCTS[type_.head].fields)


def _action(body: Body, nesting: int) -> None:
    body.action(DEPTH)


def _assign(body: Body, nesting: int) -> None:
    found = [
        one
        for one in body.places()
        if sized(one.type) and concrete(one.type) and one.type.head != "Self"
        if one.mutable or body.random.random() > max(body.care, 0.9)
    ]
    if not found:
        _let(body, nesting)
        return
    place = body.random.choice(found)
    value = body.value(place.type, DEPTH)
    body.line(f"{place.text} = {value};")
    place.root.gone = place.root.gone and place.text != place.root.name


def _if(body: Body, nesting: int) -> None:
    otherwise = body.random.random() < 0.4
    _block(body, "if cond() {", nesting, tail="} else {" if otherwise else "}")
    if otherwise:
        body.depth += 1
        with body.scope():
            statements(body, body.random.randint(1, 2), nesting - 1)
        body.depth -= 1
        body.line("}")


def _while(body: Body, nesting: int) -> None:
    body.loops += 1
    _block(body, body.random.choice(("while cond() {", "while cond() {", "for _ in 0..3 {")), nesting)
    body.loops -= 1


def _for(body: Body, nesting: int) -> None:
    item = body.some_type()
    if body.random.random() < 0.4:
        vectors = [one for one in body.places() if one.type.head == "Vec"]
        if vectors:
            place = body.random.choice(vectors)
            mark = "&mut " if place.mutable and body.random.random() < 0.6 else "&"
            inner = Type(mark.strip(), place.type.args)
            name = body.fresh()
            body.loops += 1
            _block(body, f"for {name} in {mark}{place.text} {{", nesting, (name, inner, False))
            body.loops -= 1
            return
    value = body.value(Type("Iter", (item,)), DEPTH)
    name = body.fresh()
    body.loops += 1
    _block(body, f"for mut {name} in {value} {{", nesting, (name, item, True))
    body.loops -= 1


def _match(body: Body, nesting: int) -> None:
    text, inner = body.scrutinee(body.some_type(), DEPTH)
    name = body.fresh()
    kind = body.random.randrange(5)
    if kind == 0:
        _block(body, f"match {text} {{ Some({name}) => {{", nesting, (name, inner, False), tail="}, None => {")
        body.depth += 1
        with body.scope():
            statements(body, 1, nesting - 1)
        body.depth -= 1
        body.line("} }")
    elif kind == 1:
        body.loops += 1
        _block(body, f"while let Some({name}) = {text} {{", nesting, (name, inner, False))
        body.loops -= 1
    elif kind == 2:
        leave = body.leaving(DEPTH)
        said = f"{{ {leave}; }}" if leave else "{ loop {} }"
        body.line(f"let Some({name}) = {text} else {said};")
        body.declare(name, inner, False)
    elif kind == 3 and not text.startswith("&") and inner.head not in ("&", "&mut"):
        mark = body.random.choice(("ref ", "ref mut "))
        bound = Type("&mut" if mark == "ref mut " else "&", (inner,))
        _block(body, f"if let Some({mark}{name}) = {text} {{", nesting, (name, bound, False))
    else:
        _block(body, f"if let Some({name}) = {text} {{", nesting, (name, inner, False))


def _closure(body: Body, nesting: int) -> None:
    result = body.some_type() if body.random.random() < 0.6 else UNIT
    parameter = body.random.choice((None, None, "&String", "&mut String", "i32", "String"))
    name, given = body.fresh("c"), body.fresh("p")
    move = body.random.choice(("", "", "move "))
    kept, loops, lines, body.result, body.loops = body.result, body.loops, body.lines, None, 0
    body.lines = []
    body.depth += 1
    said = ""
    type_ = parse(parameter) if parameter else UNIT
    with body.scope(*([(given, type_, False)] if parameter else [])):
        statements(body, body.random.randint(0, 2), 0)
        tail = body.value(result, DEPTH - 1) if result != UNIT else ""
    body.depth -= 1
    if parameter:
        said = f"{given}: {parameter}" if body.random.random() < 0.8 or parameter in ("i32", "String") else given
    inside, body.lines = body.lines, lines
    body.result, body.loops = kept, loops
    looked_into = re.compile(rf"\b{given}\.|\*{given}\b|(?<!\w){given}\[")
    used = any(given in one for one in (*inside, tail))
    if parameter and said == given and (not used or any(looked_into.search(one) for one in (*inside, tail))):
        said = f"{given}: {parameter}"
    body.line(f"let mut {name} = {move}|{said}| {{")
    body.lines += inside
    if tail:
        body.line(f"    {tail}")
    body.line("};")
    needs = (Need(type_),) if parameter else ()
    body.rules.append(Rule(f"{name}({'{0}' if parameter else ''})", result, needs))
    if body.random.random() < 0.5:
        body.line(body.applied(body.rules[-1], {}, 1) + ";")


def _leave(body: Body, nesting: int) -> None:
    leave = body.leaving(DEPTH)
    if leave:
        body.line(f"if cond() {{ {leave}; }}")


def _inner_block(body: Body, nesting: int) -> None:
    _block(body, "{", nesting)


_PLAIN: Final[tuple[tuple[float, Callable[[Body, int], None]], ...]] = (
    (5, _let), (0.7, _let_iterator), (1, _let_parts), (6, _action), (3, _assign), (0.6, _leave),
)  # fmt: skip
_KINDS: Final = (
    *_PLAIN, (1.2, _if), (1, _while), (1.2, _for), (2, _match), (1.2, _closure), (0.6, _inner_block),
)  # fmt: skip
