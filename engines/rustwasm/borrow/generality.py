"""Which lifetimes the function pointers and `dyn Fn` in the types of a body are `for<'a>`, where that is inferred.

Inference knows types without lifetimes: `let f = None;` may be of `for<'a> fn(&'a str)` or of `fn(&'a str)` with one
`'a`. A body and the closures in it are gone through once to see what flows where: what is written, in signatures,
fields, annotations and type arguments, tells the rest, in the order in which rustc types the body:

- a variable without a written type is as general as the first thing that has to do with it;
- a value that is made on the way (a temporary, what a call chooses for a type parameter) is as general as what is
  expected where it goes, if that is known by then, else as the first thing that goes into it; but what a method is
  called on has its type before anything is expected.

Each such lifetime in a type that is inferred is a *slot*, a number from `FIRST` on. A closure's captures, parameters
and result have theirs once, for all bodies that know it. What is left open is guessed (`written`).

Source: rustc-dev-guide, "Type inference", "Coercions", "Higher-ranked trait bounds".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias

from engines.rustwasm.borrow.shapes import Shapes
from engines.rustwasm.borrow.written import Written, parts
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

FIRST: Final = 1 << 40
"""Regions of a body have smaller numbers."""
VALUE: Final = 0
RECEIVER: Final = 1
ITEM: Final = 2
CLOSURE: Final = 3
RESULT: Final = 4
PART: Final = 5
INITIAL: Final = 6
"""What flows: a value; one that a method is called on; a function or a closure that becomes a function pointer; what a
closure gives to what calls it; a value that becomes part of another; one of several that give a type to what is
inferred: nothing is expected of them."""

_Use: TypeAlias = tuple[int, int, int]
"""What is used, as what, what flows."""
_Flow: TypeAlias = tuple[int, int, int]
"""Flow number, the slot or region at its other end, what flows."""


class Generality:
    """The slots of one function and its closures. `collecting` until `solve`: then each type that was asked about is
    asked about again, in the same order."""

    def __init__(self, shapes: Shapes, written: Written) -> None:
        self.shapes = shapes
        self.written = written
        self.collecting = True
        self.flowing = VALUE
        """What is used as something else next."""
        self._guesses: list[int] = []
        self._of_closures: dict[tuple[Any, int], int] = {}
        self._asked: dict[int, list[tuple[Ty, list[int]]]] = {}
        self._again: dict[int, int] = {}
        self._flows: dict[Any, list[tuple[int, list[_Use | Any]]]] = {}
        """Of each closure, and of the function (None), by where they stand in the source: uses, and closures that are
        made there."""
        self._here: list[_Use | Any] = []
        self._variables: set[int] = set()
        self._temporaries: set[int] = set()
        self._into: dict[int, list[_Flow]] = {}
        self._out_of: dict[int, list[_Flow]] = {}
        self._known: dict[int, int] = {}
        self._untold: set[tuple[int, bool]] = set()
        """Slots that nothing tells as long as no other gets known, and whether `expecting`."""
        self._unexpected: set[int] = set()
        """Slots of which nothing known is expected, as long as no other gets known."""

    def enter(self, closure: Any, at: int) -> None:
        """What follows is of the body of this closure, or of the function (None), and stands from `at` on."""
        self._here = []
        self._flows.setdefault(closure, []).append((at, self._here))

    def make(self, closure: Any) -> None:
        """A closure is made here: its body is typed before what follows."""
        self._here.append(closure)

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

    def infer(self, regions: Sequence[int], temporary: bool) -> None:
        """These are of a variable whose type is inferred, or of a temporary."""
        (self._temporaries if temporary else self._variables).update(regions)

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

    def use(self, given: Sequence[int], wanted: Sequence[int], contravariant: bool = False) -> None:
        """What has these regions, each bound, a slot or particular, is used as what has those."""
        if contravariant:
            given, wanted = wanted, given
        for one, other in zip(given, wanted, strict=True):
            if one != other and (one >= FIRST or other >= FIRST):
                self._here.append((one, other, self.flowing))

    def bound(self, slot: int) -> int:
        """The number of the lifetime if it is bound, else 0."""
        return self._known.get(slot, self._guesses[slot - FIRST]) if slot else 0

    # Telling

    def solve(self) -> None:
        """Tell what can be told: variables in the order in which they are met, then the rest."""
        self.collecting = False
        met: dict[int, None] = {}
        for number, (given, wanted, kind) in enumerate(self._ordered(None)):
            self._into.setdefault(wanted, []).append((number, given, kind))
            self._out_of.setdefault(given, []).append((number, wanted, kind))
            for slot in (given, wanted):
                if slot >= FIRST:
                    met[slot] = None
        for slot in met:
            if slot in self._variables:
                self._tell(slot, False, set())
        for slot in met:
            self._tell(slot, True, set())

    def _ordered(self, closure: Any) -> Iterator[_Use]:
        for _, flows in sorted(self._flows.pop(closure, ()), key=itemgetter(0)):
            for flow in flows:
                if isinstance(flow, tuple):
                    yield flow
                else:
                    yield from self._ordered(flow)

    def _tell(self, slot: int, expecting: bool, asking: set[int]) -> int | None:
        """What a slot is, unless nothing tells; `asking` are those that ask. Only if `expecting` does it count first
        where it goes."""
        if slot < FIRST:
            return min(slot, 0)
        found = self._known.get(slot)
        if found is None and slot not in asking and (slot, expecting) not in self._untold:
            asking.add(slot)
            found = self._find(slot, expecting, asking)
            asking.remove(slot)
            if found is None:
                self._untold |= {(slot, expecting), (slot, False)}
            else:
                self._known[slot] = found
                self._untold.clear()
                self._unexpected.clear()
        return found

    def _find(self, slot: int, expecting: bool, asking: set[int]) -> int | None:
        into, out_of = self._into.get(slot, []), self._out_of.get(slot, [])
        if slot in self._variables:
            return self._first([*self._joined(into), *sorted([*into, *out_of])], False, asking)
        if slot in self._temporaries and len(into) == 1 and into[0][2] != PART:
            found = self._expected(slot) if expecting and into[0][2] == CLOSURE else None
            if found is None:
                found = self._first(into, expecting, asking)
            if found is not None:
                return found
        found = self._first([flow for flow in into if flow[2] == RECEIVER], False, asking)
        if found is None and expecting and any(kind != RESULT for _, _, kind in into):
            found = self._expected(slot)
        if found is None:
            found = self._first([*self._joined(into), *into], expecting, asking)
        if found is None and expecting:
            found = self._expected(slot)
        return self._first(out_of, False, asking) if found is None else found

    def _first(self, flows: list[_Flow], expecting: bool, asking: set[int]) -> int | None:
        for _, other, _ in flows:
            found = self._tell(other, expecting, asking)
            if found is not None:
                return found
        return None

    def _expected(self, slot: int) -> int | None:
        """What is known to be expected where a slot goes."""
        if slot in self._unexpected:
            return None
        self._unexpected.add(slot)
        for _, other, kind in self._out_of.get(slot, ()):
            if kind == RECEIVER:
                continue
            if kind == INITIAL:
                given = [end for _, end, what in self._out_of.get(other, ()) if what == RESULT and end < FIRST]
                if not given:
                    continue
                other = given[0]
            found = min(other, 0) if other < FIRST else self._known.get(other, self._received(other))
            if found is None and kind != RESULT and other not in self._variables:
                found = self._expected(other)
            if found is not None:
                return found
        return None

    def _received(self, slot: int) -> int | None:
        """What a slot is by what a method is called on, if that is known: it is before its arguments are looked at."""
        given = [one for _, one, kind in self._into.get(slot, ()) if kind == RECEIVER]
        return min(given[0], 0) if given and given[0] < FIRST else self._known.get(given[0]) if given else None

    def _joined(self, into: list[_Flow]) -> list[_Flow]:
        """The function pointers that a closure is joined with: it becomes what they are."""
        if into and self._made_of(into[0]) == CLOSURE:
            return [flow for flow in into if self._made_of(flow) not in (CLOSURE, ITEM)]
        return []

    def _made_of(self, flow: _Flow) -> int:
        """What flows, where a temporary that is made of a function or closure counts as that."""
        made = self._into.get(flow[1], ())
        return made[0][2] if len(made) == 1 and flow[1] not in self._variables else flow[2]
