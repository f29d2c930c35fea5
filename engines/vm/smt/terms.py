"""The value algebra over SMT terms: z3 bit vectors."""

from __future__ import annotations

from typing import Any

import z3


class Term:
    """Implements `engines.vm.isa.algebra.Value` over z3.

    Attributes:
        t: the bit vector.
        condition: for 1-bit values that came from a comparison, the formula; saves turning bits back into formulas.
    """

    __slots__ = ("_condition", "t")

    def __init__(self, t: Any, condition: Any = None) -> None:
        self.t = t
        self._condition = condition

    @classmethod
    def of(cls, value: int, width: int) -> Term:
        return cls(z3.BitVecVal(value, width))

    @classmethod
    def truth(cls, condition: Any) -> Term:
        """The bit that is 1 where a formula holds."""
        return cls(z3.If(condition, z3.BitVecVal(1, 1), z3.BitVecVal(0, 1)), condition)

    @property
    def condition(self) -> Any:
        """The formula that this bit is 1."""
        return self.t == 1 if self._condition is None else self._condition

    @property
    def width(self) -> int:
        return int(self.t.size())

    def __repr__(self) -> str:
        return f"Term({self.t})"

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} has no truth value; use select")

    def _term(self, other: Term | int) -> Any:
        if isinstance(other, Term):
            if other.width != self.width:
                raise TypeError(f"widths differ: {self.width} and {other.width}")
            return other.t
        return z3.BitVecVal(other, self.width)

    def __add__(self, other: Term | int) -> Term:
        return Term(self.t + self._term(other))

    def __sub__(self, other: Term | int) -> Term:
        return Term(self.t - self._term(other))

    def __mul__(self, other: Term | int) -> Term:
        return Term(self.t * self._term(other))

    def __and__(self, other: Term | int) -> Term:
        return Term(self.t & self._term(other))

    def __or__(self, other: Term | int) -> Term:
        return Term(self.t | self._term(other))

    def __xor__(self, other: Term | int) -> Term:
        return Term(self.t ^ self._term(other))

    def __invert__(self) -> Term:
        return Term(~self.t)

    def __neg__(self) -> Term:
        return Term(-self.t)

    def shl(self, amount: Term | int) -> Term:
        return Term(self.t << self._term(amount))

    def lshr(self, amount: Term | int) -> Term:
        return Term(z3.LShR(self.t, self._term(amount)))

    def ashr(self, amount: Term | int) -> Term:
        return Term(self.t >> self._term(amount))

    def udiv(self, other: Term | int) -> Term:
        return Term(z3.UDiv(self.t, self._term(other)))

    def urem(self, other: Term | int) -> Term:
        return Term(z3.URem(self.t, self._term(other)))

    def sdiv(self, other: Term | int) -> Term:
        return Term(self.t / self._term(other))

    def srem(self, other: Term | int) -> Term:
        return Term(z3.SRem(self.t, self._term(other)))

    def eq(self, other: Term | int) -> Term:
        return Term.truth(self.t == self._term(other))

    def ne(self, other: Term | int) -> Term:
        return Term.truth(self.t != self._term(other))

    def ult(self, other: Term | int) -> Term:
        return Term.truth(z3.ULT(self.t, self._term(other)))

    def ule(self, other: Term | int) -> Term:
        return Term.truth(z3.ULE(self.t, self._term(other)))

    def slt(self, other: Term | int) -> Term:
        return Term.truth(self.t < self._term(other))

    def sle(self, other: Term | int) -> Term:
        return Term.truth(self.t <= self._term(other))

    def zext(self, width: int) -> Term:
        return self if width == self.width else Term(z3.ZeroExt(width - self.width, self.t))

    def sext(self, width: int) -> Term:
        return self if width == self.width else Term(z3.SignExt(width - self.width, self.t))

    def trunc(self, width: int) -> Term:
        return self.extract(0, width)

    def extract(self, low: int, width: int) -> Term:
        return self if width == self.width else Term(z3.Extract(low + width - 1, low, self.t))

    def select(self, if_one: Term, if_zero: Term) -> Term:
        return Term(z3.If(self.condition, if_one.t, if_zero.t))


class Unsigned:
    """A bit vector in the conditions and constants of rewrite rules: Python's operators, comparisons unsigned."""

    __slots__ = ("t",)

    def __init__(self, t: Any) -> None:
        self.t = t

    def _other(self, other: Unsigned | int) -> Any:
        return other.t if isinstance(other, Unsigned) else z3.BitVecVal(other, self.t.size())

    def __add__(self, other: Unsigned | int) -> Unsigned:
        return Unsigned(self.t + self._other(other))

    __radd__ = __add__

    def __sub__(self, other: Unsigned | int) -> Unsigned:
        return Unsigned(self.t - self._other(other))

    def __mul__(self, other: Unsigned | int) -> Unsigned:
        return Unsigned(self.t * self._other(other))

    def __and__(self, other: Unsigned | int) -> Unsigned:
        return Unsigned(self.t & self._other(other))

    def __or__(self, other: Unsigned | int) -> Unsigned:
        return Unsigned(self.t | self._other(other))

    def __xor__(self, other: Unsigned | int) -> Unsigned:
        return Unsigned(self.t ^ self._other(other))

    def __neg__(self) -> Unsigned:
        return Unsigned(-self.t)

    def __invert__(self) -> Unsigned:
        return Unsigned(~self.t)

    def __lt__(self, other: Unsigned | int) -> Holds:
        return Holds(z3.ULT(self.t, self._other(other)))

    def __eq__(self, other: object) -> Holds:  # type: ignore[override]
        assert isinstance(other, (Unsigned, int))
        return Holds(self.t == self._other(other))

    __hash__ = None  # type: ignore[assignment]


class Holds:
    """A formula in the condition of a rewrite rule."""

    __slots__ = ("formula",)

    def __init__(self, formula: Any) -> None:
        self.formula = formula

    def __and__(self, other: Holds) -> Holds:
        return Holds(z3.And(self.formula, other.formula))
