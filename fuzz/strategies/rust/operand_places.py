"""The variables that operands read and change, and which of them an operand may touch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fuzz.strategies.rust.operand_terms import Memory, Place, State, Term, fitted, read, term, written
from fuzz.strategies.wasm.choices import ChoiceSequence

DECLARED: Final[Mapping[str, str]] = {
    "a": "3", "c": "40", "i": "1usize", "t": "(5i32, (6i64, 7i32))", "r": "[10, 20, 30, 40]",
    "n": "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]", "b": "Box::new(8)", "w": "Coin(9)", "k": "[Coin(11), Coin(12)]",
    "p": "Pack { x: 1, small: 2, row: [3, 4, 5], coin: Coin(6), step: first_step }",
    "v": "vec![50, 60]", "f": "first_step as fn(i32) -> i32", "q": "std::cell::Cell::new(70)",
    "s": 'String::from("ab")', "h": 'Pair { number: 80, text: String::from("cde") }',
}  # fmt: skip
"""The variables, all of them mutable, and what they hold first."""

STEPS: Final[Mapping[str, Callable[[int], int]]] = {
    "first_step": lambda n: (n * 2 + 1) % 1000,
    "second_step": lambda n: (n * 3 + 2) % 1000,
}
CALL_MOST: Final = 10_006
STEP_MOST: Final = 999
SHOWN: Final[Mapping[str, tuple[str, Callable[[Any], str]]]] = {
    "p": ("({0}.x, {0}.small, {0}.row, {0}.coin.0, ({0}.step)(1))",
          lambda p: f"({p['x']}, {p['small']}, {p['row']}, {p['coin']}, {STEPS[p['step']](1)})"),
    "t": ("{0}", lambda t: f"({t[0]}, ({t[1][0]}, {t[1][1]}))"), "w": ("{0}.0", str),
    "k": ("[{0}[0].0, {0}[1].0]", str), "f": ("{0}(1)", lambda f: str(STEPS[f](1))), "q": ("{0}.get()", str),
    "h": ("({0}.number, {0}.text.len())", lambda h: f"({h['number']}, {len(h['text'])})"),
}  # fmt: skip
"""How a variable is printed, where not as it is."""


def first_values() -> Memory:
    """What `DECLARED` gives the variables."""
    return {
        "a": 3, "c": 40, "i": 1, "t": [5, [6, 7]], "r": [10, 20, 30, 40], "n": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
        "b": 8, "w": 9, "k": [11, 12], "p": {"x": 1, "small": 2, "row": [3, 4, 5], "coin": 6, "step": "first_step"},
        "v": [50, 60], "f": "first_step", "q": 70, "s": "ab", "h": {"number": 80, "text": "cde"},
    }  # fmt: skip


def weigh(x: int, y: int, z: int) -> int:
    """The item of this name."""
    return (x * 100 + y * 10 + z) % 10_007


def nudge(container: Any, key: Any, by: int) -> int:
    """The item of this name, of a place."""
    container[key] = (container[key] * 3 + by) % 256
    return weigh(container[key], by, 1)


def weight(pack: Memory, by: int) -> int:
    """`Pack::weight`."""
    first = weigh(pack["x"], pack["small"], pack["coin"])
    return weigh(first, weigh(*pack["row"]), STEPS[pack["step"]](by))


@dataclass(frozen=True)
class Access:
    """What an operand may do.

    Attributes:
        shut: variables that it may not touch.
        held: variables that it may only read.
        spelled: what stands for a variable that is lent.
        labels: of the blocks that it may leave.
        moves: it may move variables, to fill them again; a closure would take them for good.
    """

    shut: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    spelled: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    moves: bool = True

    def without(self, *roots: str) -> Access:
        return replace(self, shut=self.shut | frozenset(roots))

    def beside(self, one: Term) -> Access:
        """The same while a closure that does this is held."""
        return replace(self, shut=self.shut | one.writes, held=self.held | one.reads)

    def holding(self, *roots: str) -> Access:
        return replace(self, held=self.held | frozenset(roots))

    def reads(self, root: str) -> bool:
        return root not in self.shut

    def writes(self, root: str) -> bool:
        return root not in self.shut and root not in self.held


_PLACES: Final[tuple[tuple[str, str, tuple[Any, ...], str, tuple[int, ...]], ...]] = (
    ("a", "$", (), "i32", ()), ("c", "$", (), "i32", ()), ("p", "$.x", ("x",), "i32", ()),
    ("r", "$[{}]", (), "i32", (4,)), ("t", "$.0", (0,), "i32", ()), ("t", "$.1.0", (1, 0), "i64", ()),
    ("t", "$.1.1", (1, 1), "i32", ()), ("p", "$.row[{}]", ("row",), "i32", (3,)),
    ("p", "$.small", ("small",), "u8", ()), ("p", "$.coin.0", ("coin",), "i32", ()), ("w", "$.0", (), "i32", ()),
    ("k", "$[{}].0", (), "i32", (2,)), ("n", "$[{}][{}]", (), "i32", (3, 3)), ("b", "(*$)", (), "i32", ()),
    ("h", "$.number", ("number",), "i64", ()), ("a", "$", (), "i32", ()), ("p", "$.x", ("x",), "i32", ()),
)  # fmt: skip
"""A variable, a place of it, the steps to it, the type of its values and the numbers of values that it is indexed
with."""
_ROOTS: Final = ("a", "p", "r", "t", "n", "b", "w", "c", "k", "h")
"""The variables that have places of numbers."""
_NEAR: Final = 3
"""So many of them are in one statement, which so reads what it changes more often."""
LENDABLE: Final = ("a", "p", "r", "t", "n", "w")


class Places(ABC):
    """Draws places of variables, and what is read of them.

    Args:
        names: what the variables are called.
    """

    def __init__(self, draw: ChoiceSequence, names: Mapping[str, str]) -> None:
        self.draw = draw
        self.names = names
        self.numbers = 0
        first = draw.below(len(_ROOTS))
        self._near: Final = frozenset((_ROOTS + _ROOTS)[first : first + _NEAR])

    @abstractmethod
    def number(self, access: Access, depth: int) -> Term:
        """An expression of type i32."""

    def spelled(self, access: Access, root: str) -> str:
        return access.spelled.get(root, self.names[root])

    def leaf(self, access: Access) -> Term:
        place = self.place(access, 0, access.reads)
        if place is None or self.draw.chance(5):
            value = self.draw.below(100)
            return Term(str(value), lambda s: value, value)
        return read(place)

    def index(self, access: Access, count: int, depth: int) -> Term:
        """An index below `count`."""
        choice = self.draw.below(4)
        if depth <= 0 or choice == 0:
            if count > 2 and access.reads("i"):
                return Term(self.spelled(access, "i"), lambda s: s.values["i"], 2, frozenset("i"))
            at = self.draw.below(count)
            return Term(str(at), lambda s: at, at)
        if choice == 1 and access.writes("i") and count > 2:
            inner = fitted(self.number(access, depth - 1), 2)
            name = self.spelled(access, "i")

            def run(state: State) -> int:
                state.values["i"] = inner.run(state)
                return int(state.values["i"])

            return written(term(f"{{ {name} = {inner.text} as usize; {name} }}", run, 2, inner), "i")
        inner = fitted(self.number(access, depth - 1), count - 1)
        return term(f"({inner.text} as usize)", inner.run, count - 1, inner)

    def place(self, access: Access, depth: int, may: Callable[[str], bool]) -> Place | None:
        """A place of a variable that `may` be used; None where there is none."""
        kinds = [kind for kind in _PLACES if may(kind[0]) and kind[0] in self._near]
        if not kinds:
            return None
        root, text, path, type_, counts = self.draw.pick(kinds)
        indices = tuple(self.index(access, count, depth) for count in counts)
        name = self.spelled(access, root)
        spelled = text.replace("$", name).format(*(one.text for one in indices))

        def locate(state: State) -> tuple[Any, Any]:
            steps = [*path, *[one.run(state) for one in indices]]
            container = state.values
            for step in (root, *steps)[:-1]:
                container = container[step]
            return container, (root, *steps)[-1]

        return Place(spelled, root, locate, type_, indices)

    def written_place(self, access: Access, depth: int) -> Place | None:
        return self.place(access, depth, access.writes)

    def fresh(self, stem: str) -> str:
        self.numbers += 1
        return f"{stem}_{self.numbers}"
