"""Expressions with their meaning: the text of one, and a function that evaluates it.

The functions are a small evaluator of The Rust Reference's "Evaluation order of operands": each evaluates the parts of
an expression in the order that is written there, reads a variable when its turn comes and changes it at once.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

Memory = dict[str, Any]


@dataclass
class State:
    """The variables of the program, and what it printed."""

    values: Memory
    output: list[str] = field(default_factory=list)


class LeftError(Exception):
    """`break 'label value`."""

    def __init__(self, label: str, value: Any) -> None:
        self.label, self.value = label, value


Run = Callable[[State], Any]
Locate = Callable[[State], tuple[Any, Any]]


@dataclass(frozen=True)
class Term:
    """An expression.

    Attributes:
        text: of an atom: it may stand anywhere an operand may.
        run: its value, after its effects.
        most: numbers are from 0 to this.
        reads, writes: variables; what is lent to be changed is written.
        bare: the variable that it is a place of; "" for a value of its own.
    """

    text: str
    run: Run
    most: int = 1
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    bare: str = ""

    @property
    def touches(self) -> frozenset[str]:
        return self.reads | self.writes


@dataclass(frozen=True)
class Place:
    """A place: `locate` evaluates its indices and gives the container and the key that its value is at.

    Attributes:
        type: of its values, `i32` or another integer type.
        inner: the expressions in it.
    """

    text: str
    root: str
    locate: Locate
    type: str = "i32"
    inner: tuple[Term, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        return frozenset((self.root,)).union(*(one.reads for one in self.inner))

    @property
    def writes(self) -> frozenset[str]:
        return frozenset().union(*(one.writes for one in self.inner))

    def value(self, state: State) -> Any:
        container, key = self.locate(state)
        return container[key]


PLACE_MOST: Final = 255
"""Places hold numbers from 0 to this, which fit all their types."""


def term(text: str, run: Run, most: int, *parts: Term | Place) -> Term:
    """An expression of these parts."""
    reads = frozenset[str]().union(*(one.reads for one in parts))
    writes = frozenset[str]().union(*(one.writes for one in parts))
    return Term(text, run, most, reads, writes)


def fitted(one: Term, most: int) -> Term:
    """The number, from 0 to `most`."""
    if one.most <= most:
        return one
    return replace(one, text=f"({one.text} % {most + 1})", run=lambda s: one.run(s) % (most + 1), most=most, bare="")


def read(place: Place) -> Term:
    """The value of a place, as i32."""
    one = term(place.text, place.value, PLACE_MOST, place)
    if place.type != "i32":
        return replace(one, text=f"({place.text} as i32)")
    return replace(one, bare=place.root)


def owned(one: Term) -> Term:
    """A value of its own: what is read is copied."""
    return replace(one, text=f"{{ {one.text} }}", bare="") if one.bare else one


def _stored(place: Place, value: Term) -> tuple[str, Term]:
    value = fitted(value, PLACE_MOST)
    return value.text if place.type == "i32" else f"({value.text}) as {place.type}", value


def assigned(place: Place, value: Term) -> tuple[str, Run, Term]:
    """`place = value`: the value first, then the place. Text, effect, the value as it is stored."""
    text, value = _stored(place, value)

    def run(state: State) -> None:
        new = value.run(state)
        container, key = place.locate(state)
        container[key] = new

    return f"{place.text} = {text};", run, value


_COMPOUND: Final[dict[str, Callable[[int, int], int]]] = {
    "^": lambda a, b: a ^ b, "|": lambda a, b: a | b, "&": lambda a, b: a & b, "%": lambda a, b: a % b,
    "/": lambda a, b: a // b,
}  # fmt: skip
COMPOUND: Final = tuple(_COMPOUND)


def compound(op: str, place: Place, value: Term) -> tuple[str, Run, Term]:
    """`place op= value` of primitive types: the value first, then the place, then it is read."""
    if op in "%/":
        value = fitted(value, PLACE_MOST - 1)
        value = replace(value, text=f"({value.text} + 1)", run=_plus_one(value.run), most=value.most + 1)
    text, value = _stored(place, value)

    def run(state: State) -> None:
        by = value.run(state)
        container, key = place.locate(state)
        container[key] = _COMPOUND[op](container[key], by)

    return f"{place.text} {op}= {text};", run, value


def _plus_one(run: Run) -> Run:
    return lambda state: run(state) + 1


def then(effects: Sequence[tuple[str, Run]], last: Term, parts: Sequence[Term | Place]) -> Term:
    """`{ effects; last }`."""

    def run(state: State) -> Any:
        for _, effect in effects:
            effect(state)
        return last.run(state)

    return term(f"{{ {' '.join(text for text, _ in effects)} {last.text} }}", run, last.most, last, *parts)


def written(one: Term, *roots: str) -> Term:
    """The term, which also changes these variables."""
    return replace(one, writes=one.writes | frozenset(roots))


_OPERATORS: Final[Mapping[str, Callable[[int, int], int]]] = {
    "+": lambda a, b: a + b, "*": lambda a, b: a * b, "^": lambda a, b: a ^ b, "&": lambda a, b: a & b,
    "|": lambda a, b: a | b, "%": lambda a, b: a % b, "/": lambda a, b: a // b, "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b, "-": lambda a, b: a - b,
}  # fmt: skip
OPERATORS: Final = tuple(_OPERATORS)
WIDE: Final = 1 << 14


def binary(op: str, left: Term, right: Term) -> Term:
    """`left op right`: left first. Both stand as they are, so that an operand that is a place stays one."""
    left = fitted(left, WIDE)
    if op in "/%":
        right = fitted(right, WIDE)
        divisor = replace(right, text=f"({right.text} + 1)", run=_plus_one(right.run), most=right.most + 1)
        return _binary(op, left, divisor, left.most)
    if op in ("<<", ">>"):
        return _binary(op, left, fitted(right, 3), left.most << 3)
    if op == "-":
        raised = replace(left, text=f"({left.text} + {WIDE})", run=lambda s: left.run(s) + WIDE, most=left.most + WIDE)
        return _binary(op, raised, fitted(right, WIDE), raised.most)
    right = fitted(right, WIDE)
    most = {"+": left.most + right.most, "*": left.most * right.most}.get(op)
    if most is None:
        most = (1 << max(left.most, right.most).bit_length()) - 1
    return _binary(op, left, right, most)


def _binary(op: str, left: Term, right: Term, most: int) -> Term:
    def run(state: State) -> int:
        a = left.run(state)
        return _OPERATORS[op](a, right.run(state))

    return term(f"({left.text} {op} {right.text})", run, most, left, right)


_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
}  # fmt: skip
ORDERS: Final = tuple(_ORDERS)


def ordered(op: str, left: Term, right: Term) -> Term:
    """A comparison."""

    def run(state: State) -> bool:
        a = left.run(state)
        return _ORDERS[op](a, right.run(state))

    return term(f"({left.text} {op} {right.text})", run, 1, left, right)


def lazy(op: str, left: Term, right: Term) -> Term:
    """`&&` and `||`."""

    def run(state: State) -> bool:
        return bool(left.run(state) and right.run(state) if op == "&&" else left.run(state) or right.run(state))

    return term(f"({left.text} {op} {right.text})", run, 1, left, right)


def either(condition: Term, first: Term, second: Term) -> Term:
    """`if`."""

    def run(state: State) -> Any:
        return first.run(state) if condition.run(state) else second.run(state)

    text = f"(if {condition.text} {{ {first.text} }} else {{ {second.text} }})"
    return term(text, run, max(first.most, second.most), condition, first, second)


def called(text: str, function: Callable[..., Any], most: int, *arguments: Term) -> Term:
    """A call, or a literal, of these operands: all of them by value, from left to right; `text` has a `{}` of each."""

    def run(state: State) -> Any:
        return function(*[one.run(state) for one in arguments])

    return term(text.format(*(one.text for one in arguments)), run, most, *arguments)


def bound(name: str, value: Term, body: Term, text: str) -> Term:
    """Something that evaluates `value`, then `body` with `name` as the value."""

    def run(state: State) -> Any:
        state.values[name] = value.run(state)
        return body.run(state)

    return term(text, run, body.most, value, body)


def labelled(label: str, body: Term) -> Term:
    """`'label: { body }`, which may be left."""

    def run(state: State) -> Any:
        try:
            return body.run(state)
        except LeftError as left:
            if left.label != label:
                raise
            return left.value

    return term(f"({label}: {{ {body.text} }})", run, max(body.most, WIDE), body)


def leaves(label: str, condition: Term, value: Term, otherwise: Term) -> Term:
    """`if condition { break 'label value } else { otherwise }`."""
    value = fitted(value, WIDE)

    def run(state: State) -> Any:
        if condition.run(state):
            raise LeftError(label, value.run(state))
        return otherwise.run(state)

    text = f"(if {condition.text} {{ break {label} {value.text} }} else {{ {otherwise.text} }})"
    return term(text, run, otherwise.most, condition, value, otherwise)


def copied(value: Any) -> Any:
    """A copy of what a variable holds."""
    return copy.deepcopy(value)
