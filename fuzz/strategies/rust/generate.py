"""Draw a valid program together with what it prints."""

from __future__ import annotations

from dataclasses import dataclass

from fuzz.strategies.rust.items import ITEMS
from fuzz.strategies.rust.scene import Scene
from fuzz.strategies.rust.statements import PRELUDE, block
from fuzz.strategies.wasm.choices import ChoiceSequence

HEADER_LINES = 1
ALLOW = "#![allow(warnings)]\n"


@dataclass(frozen=True)
class Outcome:
    """What a program does.

    Attributes:
        stdout: what it prints.
        exit_status: 0, or 101 where it panics.
        panic: the panic's message, or "".
    """

    stdout: str
    exit_status: int = 0
    panic: str = ""


@dataclass(frozen=True)
class ValidProgram:
    """A program that rustc accepts.

    Attributes:
        source: one file, edition 2021.
        dev, release: what it does where arithmetic is checked, and where it wraps.
    """

    source: str
    dev: Outcome
    release: Outcome

    @property
    def stdout(self) -> str:
        return self.dev.stdout

    @property
    def exit_status(self) -> int:
        return self.dev.exit_status

    @property
    def panic(self) -> str:
        return self.dev.panic


def generate_program(draw: ChoiceSequence, statements: int = 20, panics: bool | None = None) -> ValidProgram:
    """A program of up to `statements` statements in `main` (nested ones not counted); whether it ends in a panic is
    drawn where `panics` is None."""
    drawn = draw.chance(8)
    panics = drawn if panics is None else panics
    scene = Scene(draw, quiet=panics)
    block(scene, statements)
    wraps_to: str | None = None
    if panics:
        wraps_to = _panic(scene)
    else:
        scene.end_scope()
    said = "".join(f"{line}\n" for line in scene.output)
    dev = Outcome(said, 101 if panics else 0, scene.panic)
    release = dev if wraps_to is None else Outcome(f"{said}{wraps_to}\n")
    return ValidProgram(source_of(scene), dev, release)


def source_of(scene: Scene) -> str:
    body = "\n".join(scene.lines)
    items = "".join(f"\n{ITEMS[name]}" for name in scene.items)
    return f"{ALLOW}{PRELUDE}fn main() {{\n{body}\n}}\n{items}"


def _panic(scene: Scene) -> str | None:
    """A last statement that panics; what it prints instead where arithmetic wraps, None where it panics there, too."""
    choice = scene.draw.below(5)
    if choice == 0:
        scene.line('panic!("stop {}", 1);')
        scene.panic = "stop 1"
    elif choice == 1:
        scene.line("let items: Vec<i32> = Vec::new();")
        scene.line("let at = items.len() + 2;")
        scene.line('println!("{}", items[at]);')
        scene.panic = "index out of bounds: the len is 0 but the index is 2"
    elif choice == 2:
        scene.line('let edge = longer("a", "b").len() as i32 + 2147483646;')
        scene.line('println!("{}", edge + 1);')
        scene.panic = "attempt to add with overflow"
        return "-2147483648"
    elif choice == 3:
        scene.line("let nothing: Option<i32> = Vec::new().pop();")
        scene.line('println!("{}", nothing.unwrap());')
        scene.panic = "called `Option::unwrap()` on a `None` value"
    else:
        scene.line('let zero = longer("", "").len() as i32;')
        scene.line('println!("{}", 7 / zero);')
        scene.panic = "attempt to divide by zero"
    return None
