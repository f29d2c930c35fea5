"""Functions that match slices and elements by patterns that bind: `ref`, `ref mut`, `name @ …`, nested or-patterns.

A pattern is drawn for the names that it has to bind, so that all alternatives of an or-pattern bind the same ones with
the same modes; it matches in several ways, in the order in which its alternatives are written, and the first way whose
guard holds is taken (The Rust Reference, "Or-patterns" and "Match guards").
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from fuzz.strategies.rust.scene import Scene
from fuzz.strategies.wasm.choices import ChoiceSequence

NUMBER: Final = "number"
PAIR: Final = "pair"
MAYBE: Final = "maybe"
"""Types of places: `i32`, `(i32, i32)`, `Option<(i32, i32)>`. A value is an int, a list of two, a list of one or
none."""
SLICE: Final = "slice"
NUMBERS: Final = range(10)
"""What numbers there are."""
COPIED: Final = ""
LENT: Final = "ref "
CHANGED: Final = "ref mut "

Place = tuple[list[Any], int]
"""Where a value is: an element of a list."""
Bound = dict[str, Any]
"""Places of the names that lend, values of those that copy."""
Ways = Callable[[Place], Iterator[Bound]]


@dataclass(frozen=True)
class Name:
    """What a pattern binds: a name, the type of its value, and how it is bound."""

    name: str
    type: str
    mode: str


Pattern = tuple[str, Ways]


class Patterns:
    """Draws patterns; in `default` binding modes the names of a `&mut` scrutinee lend for changes by themselves."""

    def __init__(self, draw: ChoiceSequence, default: bool) -> None:
        self.draw = draw
        self.default = default

    def of(self, type_: str, names: tuple[Name, ...], depth: int) -> Pattern:
        """A pattern for a value of the type that binds these names; each name fits into the type."""
        own = [one for one in names if one.type == type_]
        if own and self._may_hold(own[0], names):
            rest = tuple(one for one in names if one is not own[0])
            if rest or self.draw.below(2):
                return self._named(own[0], self.of(type_, rest, depth - 1))
            return self._named(own[0], None)
        if depth > 0 and self.draw.chance(3):
            return self._either([self.of(type_, names, depth - 1) for _ in range(2 + self.draw.below(2))])
        if type_ == NUMBER:
            return self._number()
        if type_ == PAIR:
            return self._pair(names, depth)
        return self._maybe(names, depth)

    def _may_hold(self, own: Name, names: tuple[Name, ...]) -> bool:
        """Whether `own @ …` may bind the others within."""
        if len(names) == 1:
            return True
        if self.default or own.mode == CHANGED:
            return False
        return all(one.mode != CHANGED and (own.mode == LENT or one.mode == COPIED) for one in names if one is not own)

    def _named(self, one: Name, inner: Pattern | None) -> Pattern:
        mode = "" if self.default else one.mode

        def ways(place: Place) -> Iterator[Bound]:
            items, at = place
            value = copy.deepcopy(items[at]) if one.mode == COPIED else place
            for bound in inner[1](place) if inner else ({},):
                yield {one.name: value, **bound}

        return f"{mode}{one.name}{f' @ {inner[0]}' if inner else ''}", ways

    def _either(self, patterns: list[Pattern]) -> Pattern:
        def ways(place: Place) -> Iterator[Bound]:
            for _, one in patterns:
                yield from one(place)

        return f"({' | '.join(text for text, _ in patterns)})", ways

    def _number(self) -> Pattern:
        low = self.draw.below(8)
        high = low + self.draw.below(5)
        text, taken = self.draw.pick((
            ("_", NUMBERS), (f"{low}", (low,)), (f"{low}..={high}", range(low, high + 1)),
            (f"({low}..)", NUMBERS[low:]), (f"(..={high})", range(high + 1)), (f"({low} | {high} | 9)", (low, high, 9)),
        ))  # fmt: skip

        def ways(place: Place) -> Iterator[Bound]:
            items, at = place
            if items[at] in taken:
                yield {}

        return text, ways

    def _pair(self, names: tuple[Name, ...], depth: int) -> Pattern:
        split = self.draw.below(2) if len(names) == 1 else 1
        parts = [names[:split], names[split:]]
        texts, ways = zip(*(self.of(NUMBER, part, depth - 1) for part in parts), strict=True)

        def both(place: Place) -> Iterator[Bound]:
            items, at = place
            for first in ways[0]((items[at], 0)):
                for second in ways[1]((items[at], 1)):
                    yield first | second

        return f"({', '.join(texts)})", both

    def _maybe(self, names: tuple[Name, ...], depth: int) -> Pattern:
        if not names and self.draw.chance(2):
            return self.draw.pick((("None", lambda place: _only(not place[0][place[1]])), ("_", lambda _: _only(True))))
        text, ways = self.of(PAIR, names, depth - 1)

        def some(place: Place) -> Iterator[Bound]:
            items, at = place
            if items[at]:
                yield from ways((items[at], 0))

        return f"Some({text})", some

    def slice(self, names: tuple[Name, ...], rest: Name | None, depth: int) -> Pattern:
        """A pattern for a slice of MAYBE."""
        if depth > 1 and self.draw.chance(4):
            return self._either([self.slice(names, rest, depth - 1) for _ in range(2)])
        groups: list[tuple[Name, ...]] = [(one,) for one in names]
        for _ in range(self.draw.below(2)):
            groups.insert(self.draw.below(len(groups) + 1), ())
        if len(names) == 2 and self._together(names) and self.draw.below(2):
            groups = [names, *([()] * self.draw.below(2))]
        front = self.draw.below(len(groups) + 1)
        open_ = rest is not None or self.draw.below(3) > 0
        made = [self.of(MAYBE, group, depth) for group in groups]
        texts = [text for text, _ in made]
        if open_:
            held = f"{'' if self.default else rest.mode}{rest.name} @ .." if rest else ".."
            texts.insert(front, held)

        def ways(place: Place) -> Iterator[Bound]:
            items, at = place
            whole: list[Any] = items[at]
            if len(whole) < len(made) or (len(whole) > len(made) and not open_):
                return
            over = len(whole) - len(made)

            def further(index: int) -> Iterator[Bound]:
                if index == len(made):
                    yield {rest.name: (whole, front, front + over)} if rest else {}
                    return
                where = index if index < front else index + over
                for one in made[index][1]((whole, where)):
                    for others in further(index + 1):
                        yield one | others

            yield from further(0)

        return f"[{', '.join(texts)}]", ways

    def _together(self, names: tuple[Name, ...]) -> bool:
        """Whether one element can hold both names."""
        first, second = names
        if first.type == second.type == NUMBER:
            return True
        within = (MAYBE, PAIR, NUMBER)
        ordered = within.index(first.type) < within.index(second.type)
        return ordered and not self.default and self._may_hold(first, names)


def _only(holds: bool) -> Iterator[Bound]:
    if holds:
        yield {}


def _shown(value: Any, type_: str) -> str:
    """`{:?}`."""
    if type_ == NUMBER:
        return str(value)
    if type_ == PAIR:
        return f"({value[0]}, {value[1]})"
    if type_ == MAYBE:
        return f"Some({_shown(value[0], PAIR)})" if value else "None"
    return f"[{', '.join(_shown(one, MAYBE) for one in value)}]"


@dataclass(frozen=True)
class Arm:
    """`pattern if guard => …`; the guard reads the first name's number."""

    text: str
    ways: Ways
    names: tuple[Name, ...]
    guard: int | None
    by: int


def _seen(name: Name, bound: Bound) -> Any:
    """The value that a name shows."""
    value = bound[name.name]
    if name.type == SLICE:
        items, first, end = value
        return items[first:end]
    return value if name.mode == COPIED else value[0][value[1]]


def _arm(draw: ChoiceSequence, stem: str, default: bool) -> Arm:
    patterns = Patterns(draw, default)
    modes = (CHANGED,) if default else (CHANGED, LENT, COPIED)
    names = tuple(
        Name(f"{stem}{'ab'[at]}", draw.pick((NUMBER, PAIR, MAYBE)), draw.pick(modes)) for at in range(1 + draw.below(2))
    )
    rest = Name(f"{stem}r", SLICE, CHANGED if default else draw.pick((LENT, CHANGED))) if draw.chance(2) else None
    text, ways = patterns.slice(names, rest, 2)
    guard = draw.below(9) if names[0].type == NUMBER and draw.below(2) else None
    return Arm(text, ways, names + ((rest,) if rest else ()), guard, draw.below(9))


def _body(arm: Arm, number: int) -> str:
    """Shows what is bound, then changes what is lent for changes."""
    shown = "".join(f", {one.name}" for one in arm.names)
    changes = (_changed(one, arm.by) for one in arm.names if one.mode == CHANGED)
    return " ".join((f'println!("{number}{" {:?}" * len(arm.names)}"{shown});', *changes))


def _changed(one: Name, by: int) -> str:
    if one.type == NUMBER:
        return f"*{one.name} = (*{one.name} * 3 + {by}) % 10;"
    if one.type == PAIR:
        return f"*{one.name} = ({one.name}.1, {by});"
    if one.type == MAYBE:
        return f"*{one.name} = {one.name}.take().map(|(x, y)| (y, (x + {by}) % 10));"
    return f"{one.name}.reverse();"


def _change(arm: Arm, bound: Bound) -> None:
    for one in arm.names:
        if one.mode != CHANGED:
            continue
        if one.type == SLICE:
            items, first, end = bound[one.name]
            items[first:end] = items[first:end][::-1]
            continue
        items, at = bound[one.name]
        value = items[at]
        if one.type == NUMBER:
            items[at] = (value * 3 + arm.by) % 10
        elif one.type == PAIR:
            items[at] = [value[1], arm.by]
        else:
            items[at] = [[value[0][1], (value[0][0] + arm.by) % 10]] if value else []


def _run(arms: list[Arm], items: list[Any]) -> str:
    """What a call prints; `items` changes."""
    for number, arm in enumerate(arms):
        for bound in arm.ways(([items], 0)):
            if arm.guard is None or _seen(arm.names[0], bound) > arm.guard:
                line = " ".join((str(number), *(_shown(_seen(one, bound), one.type) for one in arm.names)))
                _change(arm, bound)
                return line
    return "none"


def bindings(scene: Scene) -> None:
    """A function with some arms, called with slices of several lengths, each twice."""
    draw = scene.draw
    name = scene.fresh("b")
    default = draw.chance(3)
    arms = [_arm(draw, f"{name}{'xyz'[at]}", default) for at in range(1 + draw.below(3))]
    with scene.block("{"):
        with scene.block(f"fn {name}(items: &mut [Option<(i32, i32)>]) {{"):
            scene.line("match items {" if default else "match *items {")
            for number, arm in enumerate(arms):
                first = arm.names[0]
                read = first.name if first.mode == COPIED else f"*{first.name}"
                guard = "" if arm.guard is None else f" if {read} > {arm.guard}"
                scene.line(f"    {arm.text}{guard} => {{ {_body(arm, number)} }}")
            scene.line('    _ => println!("none"),')
            scene.line("}")
        for length in (1, 2, 3, 2 + draw.below(3)):
            items: list[Any] = [
                [[draw.below(len(NUMBERS)), draw.below(len(NUMBERS))]] if draw.below(4) else [] for _ in range(length)
            ]  # fmt: skip
            scene.line(
                f"let mut {name}s: [Option<(i32, i32)>; {length}] = [{', '.join(_shown(one, MAYBE) for one in items)}];"
            )
            for _ in range(2):
                scene.line(f"{name}(&mut {name}s);")
                scene.say(_run(arms, items))
            scene.line(f'println!("{{:?}}", {name}s);')
            scene.say(_shown(items, SLICE))
