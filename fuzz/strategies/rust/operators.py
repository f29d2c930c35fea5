"""Every integer operator on every pair of extreme operands, by type: always the same programs.

What a type's least, greatest and middle values show, random numbers seldom do: `u32` operands above `i32::MAX`, a
quotient of the least number, a shift by all but one bit.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache
from typing import Final

from fuzz.strategies.rust.generate import ALLOW, Outcome, ValidProgram
from fuzz.strategies.rust.scene import INTEGERS, literal, wrap

_MASK64: Final = (1 << 64) - 1
_FACTOR: Final = 0x9E37_79B9_7F4A_7C15
_ORDINARY: Final = 7


def _quotient(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _remainder(a: int, b: int) -> int:
    return a - b * _quotient(a, b)


_PAIRS: Final[dict[str, Callable[[int, int], int]]] = {
    "a.wrapping_add(b)": operator.add,
    "a.wrapping_sub(b)": operator.sub,
    "a.wrapping_mul(b)": operator.mul,
    "a & b": operator.and_,
    "a | b": operator.or_,
    "a ^ b": operator.xor,
    "a < b": operator.lt,
    "a <= b": operator.le,
    "a == b": operator.eq,
    "a != b": operator.ne,
    "a > b": operator.gt,
    "a >= b": operator.ge,
}
_DIVISIONS: Final[dict[str, Callable[[int, int], int]]] = {"a / b": _quotient, "a % b": _remainder}
_SHIFTS: Final[dict[str, Callable[[int, int], int]]] = {"a << by": operator.lshift, "a >> by": operator.rshift}


def operands(type_: str) -> tuple[int, ...]:
    """The least and the greatest value of a type, those at zero and at the middle, and an ordinary one on each side."""
    bits, signed = INTEGERS[type_]
    half = 1 << (bits - 1)
    numbers = (0, 1, _ORDINARY, half - 1, half, 2 * half - _ORDINARY, 2 * half - 1)
    return tuple(wrap(number, type_) for number in numbers) if signed else numbers


def amounts(type_: str) -> tuple[int, ...]:
    """Shift amounts: none, few, half, all but one bit."""
    bits = INTEGERS[type_][0]
    return 0, 1, _ORDINARY, bits // 2, bits - 1


class _Sums:
    """What the program's array of sums holds: one for each operation, of all its results."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._sums: dict[str, int] = {}

    def line(self, expression: str) -> str:
        """The statement that adds the result of an operation to its sum."""
        at = list(self._sums).index(expression) if expression in self._sums else len(self._sums)
        self._sums.setdefault(expression, 0)
        return f"sums[{at}] = mixed(sums[{at}], ({expression}) as u64);"

    def add(self, expression: str, result: int) -> None:
        """The same for the model."""
        self._sums[expression] = (self._sums[expression] * _FACTOR + (result & _MASK64)) & _MASK64

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self._sums.values()))}]"

    def __len__(self) -> int:
        return len(self._sums)


def _function(type_: str) -> tuple[str, str]:
    """The function that does all operations of a type, and what it prints."""
    sums, bits = _Sums(), INTEGERS[type_][0]
    casts = {f"a as {other}": other for other in INTEGERS}
    divisions = [sums.line(expression) for expression in _DIVISIONS]
    pairs = [sums.line(expression) for expression in _PAIRS]
    shifts = [sums.line(expression) for expression in _SHIFTS]
    alone = [sums.line(expression) for expression in ("!a", *casts)]
    values = operands(type_)
    for a in values:
        for b in values:
            if b not in (0, -1):
                for expression, apply in _DIVISIONS.items():
                    sums.add(expression, apply(a, b))
            for expression, apply in _PAIRS.items():
                sums.add(expression, wrap(apply(a, b), type_))
        for by in amounts(type_):
            for expression, apply in _SHIFTS.items():
                sums.add(expression, wrap(apply(a, by), type_))
        sums.add("!a", wrap(~a, type_))
        for expression, other in casts.items():
            sums.add(expression, wrap(a, other))
    divisible = "b != 0 && b.wrapping_add(1) != 0" if min(values) < 0 else "b != 0"
    listed = ", ".join(f"{type_}::MIN" if value == -(1 << (bits - 1)) else literal(value, type_) for value in values)
    text = f"""fn all_of_{type_}(values: &[{type_}], amounts: &[u32]) {{
    let mut sums = [0u64; {len(sums)}];
    for &a in values {{
        for &b in values {{
            if {divisible} {{
                {" ".join(divisions)}
            }}
            {" ".join(pairs)}
        }}
        for &by in amounts {{
            {" ".join(shifts)}
        }}
        {" ".join(alone)}
    }}
    println!("{type_} {{:?}}", sums);
}}

fn {type_}_operands() {{
    all_of_{type_}(&[{listed}], &[{", ".join(map(str, amounts(type_)))}]);
}}

"""
    return text, f"{type_} {sums}\n"


@cache
def operators(*types: str) -> ValidProgram:
    """The program for these types; it prints, per type, a sum of the results of each operator, as ordered in its
    source."""
    functions = [_function(type_) for type_ in types]
    calls = "".join(f"    {type_}_operands();\n" for type_ in types)
    mixed = f"fn mixed(sum: u64, result: u64) -> u64 {{ sum.wrapping_mul({_FACTOR}).wrapping_add(result) }}\n\n"
    source = f"{ALLOW}{mixed}{''.join(text for text, _ in functions)}fn main() {{\n{calls}}}\n"
    outcome = Outcome("".join(said for _, said in functions))
    return ValidProgram(source, outcome, outcome, label=f"every operator of {', '.join(types)}")
