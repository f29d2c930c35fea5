"""What is known where a course is being drawn: variables in sight, which of them hold their values, ways out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from fuzz.strategies.rust.course_machine import ExitError, Machine, Run
from fuzz.strategies.wasm.choices import ChoiceSequence

Drawn = TypeVar("Drawn")
NUMBER: Final = "i32"
OPTION: Final = "Option<i32>"
RESULT: Final = "Result<i32, String>"
RETURNS: Final = (NUMBER, OPTION, RESULT)


@dataclass(frozen=True)
class Number:
    """An expression of type i32."""

    text: str
    run: Run


@dataclass(frozen=True)
class Variable:
    """A variable of the course.

    Attributes:
        key: its slot's name in the machine; `name` may stand for several, one after another.
        kind: `number`, `kept`, `duo` or `stack`.
        fence: how many loops, closures and guards it is in.
        lent: it is a reference, and never moved.
    """

    name: str
    key: str
    kind: str
    mutable: bool
    fence: int
    lent: bool = False


@dataclass
class Label:
    """A block or a loop that may be left.

    Attributes:
        fence: how many loops, closures and guards it is in.
        valued: it is left with a number.
        loop: it may be continued.
        ends: what held a value at each place that leaves it.
    """

    name: str
    fence: int
    valued: bool
    loop: bool
    ends: list[frozenset[str]] = field(default_factory=list)


class Flow:
    """The state of drawing; blocks restore what they change."""

    def __init__(self, draw: ChoiceSequence, returns: str, stem: str) -> None:
        self.draw = draw
        self.returns = returns
        self.stem = stem
        self.names = 0
        self.left = 60
        """How many expressions and statements may still be drawn."""
        self.visible: list[Variable] = []
        self.whole: frozenset[str] = frozenset()
        """Keys of the variables and fields that hold their values for certain."""
        self.shut: frozenset[str] = frozenset()
        """Keys of variables that are lent, and left alone."""
        self.labels: tuple[Label, ...] = ()
        self.fence = 0
        self.function = 0
        """The fence of the function or closure that `return` leaves."""

    def fresh(self) -> str:
        self.names += 1
        return f"{self.stem}_{self.names}"

    def declare(self, name: str, kind: str, mutable: bool, lent: bool = False) -> Variable:
        """A new variable, which hides one of the same name."""
        variable = Variable(name, self.fresh(), kind, mutable, self.fence, lent)
        self.visible = [one for one in self.visible if one.name != name] + [variable]
        self.whole |= {variable.key, *(f"{variable.key}.{part}" for part in parts_of(kind))}
        return variable

    def open(self, kind: str, mutable: bool = False) -> list[Variable]:
        """Variables that may be read, or changed."""
        return [
            one
            for one in self.visible
            if one.kind == kind and one.key in self.whole - self.shut and (one.mutable or not mutable)
        ]

    def readable(self, mutable: bool = False) -> list[tuple[str, str]]:
        """Spelling and key of `Kept` values, in variables and fields."""
        return [
            place
            for one in self.visible
            if one.kind in ("kept", "duo") and one.key not in self.shut and (one.mutable or not mutable)
            for place in _places(one)
            if place[1] in self.whole
        ]

    def movable(self, fence: int | None = None) -> list[tuple[str, str]]:
        """The same of values that may be moved, where what follows is outside of all but `fence` fences (None: where
        it is not left)."""
        least = self.fence if fence is None else max(fence, self.function)
        return [
            place
            for one in self.visible
            if one.kind in ("kept", "duo") and one.key not in self.shut and not one.lent and one.fence >= least
            for place in _places(one)
            if place[1] in self.whole
        ]

    def left_for_good(self, key: str) -> tuple[Label, ...]:
        """What may be left when the variable's value is gone: no loop that would find it so when it goes on."""
        name = key.partition(".")[0]
        fence = next(one.fence for one in self.visible if one.key == name)
        return tuple(one for one in self.labels if one.fence + one.loop <= fence)

    def moved(self, key: str) -> None:
        self.whole -= {key, key.partition(".")[0]}

    @contextmanager
    def hidden(self, *keys: str) -> Iterator[None]:
        """These are lent."""
        before, self.shut = self.shut, self.shut | frozenset(keys)
        yield
        self.shut = before

    @contextmanager
    def inner(self) -> Iterator[None]:
        """A block."""
        before = self.visible
        yield
        self.visible = before

    @contextmanager
    def fenced(self) -> Iterator[None]:
        """What may run several times or never: nothing from outside is moved, what it fills may stay empty."""
        before = self.whole
        self.fence += 1
        yield
        self.fence -= 1
        self.whole = before & self.whole

    @contextmanager
    def closure(self, returns: str) -> Iterator[None]:
        """Another function, which sees the variables."""
        kept = self.labels, self.returns, self.function
        with self.fenced(), self.inner():
            self.labels, self.returns, self.function = (), returns, self.fence
            yield
        self.labels, self.returns, self.function = kept

    @contextmanager
    def labelled(self, label: Label) -> Iterator[None]:
        before, self.labels = self.labels, (*self.labels, label)
        yield
        self.labels = before

    def joined(self, *draws: Callable[[], tuple[Drawn, bool]]) -> list[Drawn]:
        """Several ways of which one is gone, each drawn with whether its end is reached."""
        before, ends, made = self.whole, [], []
        for one in draws:
            self.whole = before
            drawn, reached = one()
            made.append(drawn)
            if reached:
                ends.append(self.whole)
        self.whole = frozenset.intersection(*ends) if ends else frozenset()
        return made


def parts_of(kind: str) -> tuple[str, ...]:
    return ("left", "right") if kind == "duo" else ()


def _places(one: Variable) -> list[tuple[str, str]]:
    return [(f"{one.name}.{part}", f"{one.key}.{part}") for part in parts_of(one.kind)] or [(one.name, one.key)]


def run_labelled(label: str, run: Run) -> Run:
    """`run`, which may be left by `break` of the label."""

    def whole(machine: Machine) -> int:
        try:
            return run(machine)
        except ExitError as left:
            if left.label != label or left.again:
                raise
            assert isinstance(left.value, int)
            return left.value

    return whole
