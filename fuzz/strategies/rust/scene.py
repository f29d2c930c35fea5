"""The program being written and what it has done so far: lines, variables with their values, output.

Writing and running go together: every statement is added with its effect, so that the output is known when the
last line is written, without any compiler.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from fuzz.strategies.wasm.choices import ChoiceSequence

INTEGERS: Final[dict[str, tuple[int, bool]]] = {
    "i32": (32, True), "u8": (8, False), "i64": (64, True), "u64": (64, False), "i16": (16, True), "u32": (32, False),
    "i8": (8, True), "u16": (16, False), "i128": (128, True), "u128": (128, False),
}  # fmt: skip


PLAIN: Final = "plain"


@dataclass
class Noisy:
    """A value of the struct that says when it is dropped."""

    name: str


@dataclass
class Pair:
    """A value of the struct with a number and a text."""

    number: int
    text: str


@dataclass
class Variable:
    """A local variable of the program.

    Attributes:
        usable: the compiler knows that it holds its whole value.
        alive: it does hold one, at this moment of the run (what is dropped at the end of its scope).
    """

    name: str
    type: str
    mutable: bool
    value: Any
    usable: bool = True
    alive: bool = True
    text_moved: bool = False
    """Its `text` was moved out (of a Pair)."""


@dataclass
class Scene:
    """The state of the generator. `quiet` programs hold nothing that says when it is dropped; `style` is one of
    `variants.STYLES`."""

    draw: ChoiceSequence
    quiet: bool = False
    lines: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    scopes: list[list[Variable]] = field(default_factory=lambda: [[]])
    depth: int = 1
    names: int = 0
    parts: int = 0
    style: str = PLAIN
    panic: str = ""
    code: str = ""
    kind: str = ""
    items: list[str] = field(default_factory=list)
    """Names of `items.ITEMS` that the lines need."""

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def say(self, text: str) -> None:
        self.output.append(text)

    def need(self, item: str) -> None:
        if item not in self.items:
            self.items.append(item)

    def fresh(self, stem: str) -> str:
        self.names += 1
        return f"{stem}_of_another_name_{self.names}" if self.style == "renamed" else f"{stem}{self.names}"

    def rounds(self, most: int) -> int:
        """How often a loop runs: at most `most` times, and one time in sixteen never, when its body shows nothing."""
        n = self.draw.below(16)
        return 1 + (n - 1) % most if n else 0

    def declare(self, name: str, type_: str, value: Any, mutable: bool) -> Variable:
        variable = Variable(name, type_, mutable, value)
        self.scopes[-1].append(variable)
        return variable

    def variables(self, *types: str, mutable: bool = False) -> list[Variable]:
        """Usable variables of the given types (any type without), innermost last."""
        return [
            v
            for scope in self.scopes
            for v in scope
            if v.usable and not v.text_moved and (not types or v.type in types) and (v.mutable or not mutable)
        ]

    def drop_value(self, value: Any) -> None:
        """What dropping a value prints."""
        if isinstance(value, Noisy):
            self.say(f"drop {value.name}")
        elif isinstance(value, list):
            for one in value:
                self.drop_value(one)

    def end_scope(self) -> None:
        for variable in reversed(self.scopes.pop()):
            if variable.alive:
                self.drop_value(variable.value)

    @contextmanager
    def block(self, head: str, tail: str = "}") -> Iterator[None]:
        """A nested scope between two lines."""
        self.line(head)
        self.depth += 1
        self.scopes.append([])
        yield
        self.end_scope()
        self.depth -= 1
        self.line(tail)

    @contextmanager
    def not_run(self, really: bool) -> Iterator[None]:
        """What is written inside is not executed (if `really`): only what the compiler believes changes."""
        if not really:
            yield
            return
        kept = [(v, copy.deepcopy(v.value), v.alive) for scope in self.scopes for v in scope]
        said = len(self.output)
        yield
        for variable, value, alive in kept:
            variable.value, variable.alive = value, alive
        del self.output[said:]


def wrap(value: int, type_: str) -> int:
    """`value` modulo the type's width."""
    bits, signed = INTEGERS[type_]
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def fits(value: int, type_: str) -> bool:
    return wrap(value, type_) == value


def literal(value: int, type_: str) -> str:
    """A literal of the type; the least of a signed type in parentheses."""
    return f"{value}{type_}" if value >= 0 else f"({value}{type_})"
