"""Which lifetimes the function pointers and `dyn Fn` in the types of a body are `for<'a>`, where that is inferred.

Inference knows types without lifetimes: `let f = None;` may be of `for<'a> fn(&'a str)` or of `fn(&'a str)` with one
`'a`. A body and the closures in it are gone through once to see what flows where: what is written, in signatures,
fields, annotations and type arguments, tells the rest. Something general may be used where something particular is
wanted, not the other way round; what stands in an invariant place is as general as what it is used as.

Each such lifetime in a type that is inferred is a *slot*, a number from `FIRST` on. A closure's captures, parameters
and result have theirs once, for all bodies that know it. What is left open is guessed (`written`).

Source: rustc-dev-guide, "Higher-ranked trait bounds", "Variance".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engines.rustwasm.borrow.shapes import CONTRAVARIANT, COVARIANT, Shapes
from engines.rustwasm.borrow.written import Written, parts
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

FIRST: Final = 1 << 40
"""Regions of a body have smaller numbers."""


class Generality:
    """The slots of one function and its closures. `collecting` until `solve`: then each type that was asked about is
    asked about again, in the same order."""

    def __init__(self, shapes: Shapes, written: Written) -> None:
        self.shapes = shapes
        self.written = written
        self.collecting = True
        self._guesses: list[int] = []
        self._of_closures: dict[tuple[Any, int], int] = {}
        self._asked: dict[int, list[tuple[Ty, list[int]]]] = {}
        self._again: dict[int, int] = {}
        self._flows: list[tuple[int, int, bool]] = []
        """(what is used, as what, whether also the other way round)."""
        self._known: dict[int, int] = {}

    def slots(self, body: Any, one: Ty, closure: Any, at: int) -> list[int]:
        """Per region of a type: its slot, or 0. In the signature of a `closure` the type stands from position `at`."""
        if closure is not None:
            return self._make(one, closure, at)
        asked = self._asked.setdefault(id(body), [])
        if not self.collecting:
            i = self._again.get(id(body), 0)
            self._again[id(body)] = i + 1
            return asked[i][1] if i < len(asked) and asked[i][0] is one else self._make(one, None, 0)
        asked.append((one, self._make(one, None, 0)))
        return asked[-1][1]

    def _make(self, one: Ty, closure: Any, at: int) -> list[int]:
        count = self.shapes.count(one)
        if not self.shapes.binders(one):
            return [0] * count
        out = [0] * (len(one.regions) if one.kind != ty.CLOSURE else 0)
        if parts(one) is not None:
            guesses = self.written.bound(one)
            return out + [self._slot(closure, at + i, guesses[i]) for i in range(len(out), count)]
        inner: Sequence[Ty] = one.args
        if one.kind == ty.CLOSURE:
            inner, closure, at = self.shapes.captures(one), one.data, 0
        for part in inner:
            out += self._make(part, closure, at + len(out))
        return out + [0] * (count - len(out))

    def _slot(self, closure: Any, at: int, guess: int) -> int:
        found = self._of_closures.get((closure, at), 0) if closure is not None else 0
        if not found:
            found = FIRST + len(self._guesses)
            self._guesses.append(guess)
            if closure is not None:
                self._of_closures[closure, at] = found
        return found

    def use(self, given: Sequence[int], wanted: Sequence[int], variance: int) -> None:
        """What has these regions, each bound, a slot or particular, is used as what has those."""
        for one, other in zip(given, wanted, strict=True):
            if one != other and (one >= FIRST or other >= FIRST):
                pair = (other, one) if variance == CONTRAVARIANT else (one, other)
                self._flows.append((*pair, variance not in (COVARIANT, CONTRAVARIANT)))

    def bound(self, slot: int) -> int:
        """The number of the lifetime if it is bound, else 0."""
        return self._known.get(slot, self._guesses[slot - FIRST]) if slot else 0

    def solve(self) -> None:
        """Tell what can be told, then what is likely: what is made of something general is so, too."""
        self.collecting = False
        if not self._flows:
            return
        self._follow()
        changed = True
        while changed:
            changed = self._follow_one()
        for slot in dict.fromkeys(slot for given, wanted, _ in self._flows for slot in (given, wanted)):
            if slot >= FIRST and slot not in self._known:
                self._known[slot] = self._guesses[slot - FIRST]
                self._follow(True)

    def _value(self, region: int) -> int | None:
        return self._known.get(region) if region >= FIRST else min(region, 0)

    def _follow(self, likely: bool = False) -> None:
        """What has to be: what is used as something general is general; what something particular is used as is not."""
        changed = True
        while changed:
            changed = False
            for given, wanted, both in self._flows:
                one, other = self._value(given), self._value(wanted)
                if one is None and other is not None and (both or likely or other):
                    self._known[given] = other
                    changed = True
                elif other is None and one is not None and (both or likely or not one):
                    self._known[wanted] = one
                    changed = True

    def _follow_one(self) -> bool:
        """The first of what is likely, and what then has to be."""
        for given, wanted, _ in self._flows:
            one, other = self._value(given), self._value(wanted)
            if (one is None) != (other is None):
                if one is None and other is not None:
                    self._known[given] = other
                elif one is not None:
                    self._known[wanted] = one
                self._follow()
                return True
        return False
