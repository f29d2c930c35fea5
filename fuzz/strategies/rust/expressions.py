"""Integer, bool and text expressions with their values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from fuzz.strategies.rust.scene import INTEGERS, Scene, fits, literal, wrap
from fuzz.strategies.rust.variants import styled

Integer = Callable[[int, int], int]
_WRAPPING: Final[tuple[tuple[str, Integer], ...]] = (
    ("wrapping_add", operator.add), ("wrapping_sub", operator.sub), ("wrapping_mul", operator.mul),
)  # fmt: skip
_PLAIN: Final[tuple[tuple[str, Integer], ...]] = (("+", operator.add), ("-", operator.sub), ("*", operator.mul))
_BITS: Final[tuple[tuple[str, Integer], ...]] = (("&", operator.and_), ("|", operator.or_), ("^", operator.xor))
_ORDER: Final[tuple[tuple[str, Callable[[int, int], bool]], ...]] = (
    ("<", operator.lt), ("<=", operator.le), ("==", operator.eq), ("!=", operator.ne), (">", operator.gt),
    (">=", operator.ge),
)  # fmt: skip
_WORDS = ("ab", "x", "rust", "", "wasm!", "é", "two words")


def integer(scene: Scene, type_: str, depth: int = 2) -> tuple[str, int]:
    """An expression of an integer type and its value; it never overflows or divides by zero."""
    expression, value = _integer(scene, type_, depth)
    return styled(scene, expression, type_), value


def _integer(scene: Scene, type_: str, depth: int) -> tuple[str, int]:
    draw = scene.draw
    choice = draw.below(9) if depth else draw.below(3)
    known = scene.variables(type_)
    if choice in (1, 2) and known:
        variable = draw.pick(known)
        return variable.name, variable.value
    if choice <= 2:
        value = draw.weighted([(4, draw.below(10)), (2, draw.below(128)), (1, draw.below(1 << 31))])
        value = wrap(-value if draw.chance(4) else value, type_)
        bits, signed = INTEGERS[type_]
        if signed and value == -(1 << (bits - 1)):
            value += 1
        return literal(value, type_), value
    left, a = _integer(scene, type_, depth - 1)
    right, b = _integer(scene, type_, depth - 1)
    if choice == 3:
        name, apply = draw.pick(_WRAPPING)
        return f"{left}.{name}({right})" if _is_atom(left) else f"({left}).{name}({right})", wrap(apply(a, b), type_)
    if choice == 4:
        name, apply = draw.pick(_PLAIN)
        if fits(apply(a, b), type_):
            return f"({left} {name} {right})", apply(a, b)
        return left, a
    if choice == 5:
        name, apply = draw.pick(_BITS)
        return f"({left} {name} {right})", wrap(apply(a, b), type_)
    if choice == 6:
        condition, holds = boolean(scene, depth - 1)
        return f"(if {condition} {{ {left} }} else {{ {right} }})", a if holds else b
    if choice == 7:
        source = draw.pick(tuple(INTEGERS))
        text, value = _integer(scene, source, depth - 1)
        return f"({text} as {type_})", wrap(value, type_)
    if b > 0:
        name = draw.pick(("/", "%"))
        quotient = abs(a) // b * (1 if a >= 0 else -1)
        return f"({left} {name} {right})", quotient if name == "/" else a - quotient * b
    return right, b


def _is_atom(text: str) -> bool:
    return not text[0].isdigit() or text[-1] in "0123456789"


def boolean(scene: Scene, depth: int = 2) -> tuple[str, bool]:
    """A condition and whether it holds."""
    draw = scene.draw
    if depth and draw.chance(5):
        left, holds = boolean(scene, depth - 1)
        right, also = boolean(scene, depth - 1)
        name = draw.pick(("&&", "||"))
        return f"({left} {name} {right})", (holds and also) if name == "&&" else (holds or also)
    texts = scene.variables("String")
    if texts and draw.chance(4):
        variable = draw.pick(texts)
        return f"{variable.name}.is_empty()", not variable.value
    type_ = draw.pick(tuple(INTEGERS))
    left, a = integer(scene, type_, max(depth - 1, 0))
    right, b = integer(scene, type_, max(depth - 1, 0))
    name, apply = draw.pick(_ORDER)
    return f"(({left}) {name} ({right}))", apply(a, b)


def text(scene: Scene) -> tuple[str, str]:
    """An expression of type String and its value."""
    draw = scene.draw
    choice = draw.below(5)
    known = scene.variables("String")
    if choice == 1 and known:
        variable = draw.pick(known)
        return f"{variable.name}.clone()", variable.value
    if choice == 2 and known:
        variable = draw.pick(known)
        word = draw.pick(_WORDS)
        return f'format!("{{}}{word}", {variable.name})', variable.value + word
    if choice == 3:
        type_ = draw.pick(tuple(INTEGERS))
        expression, value = integer(scene, type_, 1)
        return f'format!("<{{}}>", {expression})', f"<{value}>"
    if choice == 4 and known:
        variable = draw.pick(known)
        word = draw.pick(_WORDS)
        return f'join(&{variable.name}, "{word}")', variable.value + word
    word = draw.pick(_WORDS)
    return f'String::from("{word}")', word
