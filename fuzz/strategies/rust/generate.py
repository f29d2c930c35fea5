"""Draw a valid program together with what it prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fuzz.strategies.rust.items import ITEMS
from fuzz.strategies.rust.scene import PLAIN, Scene
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
        lines, items: of `main`, and names of `items.ITEMS`, where the generator wrote it.
        label: which one it is, of several.
    """

    source: str
    dev: Outcome
    release: Outcome
    lines: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    label: str = ""

    @property
    def stdout(self) -> str:
        return self.dev.stdout

    @property
    def exit_status(self) -> int:
        return self.dev.exit_status

    @property
    def panic(self) -> str:
        return self.dev.panic


def generate_program(
    draw: ChoiceSequence, statements: int = 20, panics: bool | None = None, style: str = PLAIN
) -> ValidProgram:
    """A program of up to `statements` statements in `main` (nested ones not counted); whether it ends in a panic is
    drawn where `panics` is None. `style` is one of `variants.STYLES`."""
    drawn = draw.chance(8)
    panics = drawn if panics is None else panics
    scene = Scene(draw, quiet=panics, style=style)
    block(scene, statements)
    wraps_to: str | None = None
    if panics:
        wraps_to = _panic(scene)
    else:
        scene.end_scope()
    said = "".join(f"{line}\n" for line in scene.output)
    dev = Outcome(said, 101 if panics else 0, scene.panic)
    release = dev if wraps_to is None else Outcome(f"{said}{wraps_to}\n")
    return _program(scene, dev, release)


def generate_dense(draw: ChoiceSequence, statement: Callable[[Scene], None], times: int) -> ValidProgram:
    """A program of one kind of statement, `times` of it: what a few of each may pass by."""
    scene = Scene(draw)
    for _ in range(times):
        statement(scene)
    scene.end_scope()
    outcome = Outcome("".join(f"{line}\n" for line in scene.output))
    return _program(scene, outcome, outcome)


def _program(scene: Scene, dev: Outcome, release: Outcome) -> ValidProgram:
    return ValidProgram(source_of(scene), dev, release, tuple(scene.lines), tuple(scene.items))


def source_of(scene: Scene) -> str:
    body = "\n".join(scene.lines)
    items = "".join(f"\n{ITEMS[name]}" for name in scene.items)
    return f"{ALLOW}{PRELUDE}fn main() {{\n{body}\n}}\n{items}"


def _panic(scene: Scene) -> str | None:
    """A last statement that panics; what it prints instead where arithmetic wraps, None where it panics there, too."""
    choice = scene.draw.below(6)
    if choice == 5:
        return _edge(scene)
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


EDGES: Final = (
    ("let table = [3, 1, 2]; let at = {n} + 2;", "table[at]",
     "index out of bounds: the len is 3 but the index is 3", ""),
    ("let a = 200u8 + {n} as u8 * 50;", "a + 6", "attempt to add with overflow", "0"),
    ("let a = {n} as i64 - 9223372036854775807;", "a - 3", "attempt to subtract with overflow", "9223372036854775807"),
    ("let a = {n} as u64 - 1;", "a - 1", "attempt to subtract with overflow", "18446744073709551615"),
    ("let a = {n} as i32 * 65536;", "a * a", "attempt to multiply with overflow", "0"),
    ("let a = {n} as i64 * 4294967296;", "a * a", "attempt to multiply with overflow", "0"),
    ("let a = {n} as i8 * -128;", "-a", "attempt to negate with overflow", "-128"),
    ("let a = {n} as u32 * 32;", "1i32 << a", "attempt to shift left with overflow", "1"),
    ("let a = {n} as u32 * 70;", "-64i64 >> a", "attempt to shift right with overflow", "-1"),
    ("let a = -({n} as i32) * 2147483647 - 1; let b = -({n} as i32);", "a / b", "attempt to divide with overflow", ""),
    ("let a = {n} as u16;", "7 % (a - 1)", "attempt to calculate the remainder with a divisor of zero", ""),
    ("let a: Result<i32, String> = checked(-({n} as i32));", "a.unwrap()",
     "called `Result::unwrap()` on an `Err` value: \"negative -1\"", ""),
    ("let a: Option<u8> = None;", "a.expect(\"a byte\")", "a byte", ""),
    ("let a = vec![1, 2]; let to = {n} + 4;", "a[1..to].len()",
     "range end index 5 out of range for slice of length 2", ""),
    ("assert!({n} < 1, \"too many: {{}}\", {n});", "0", "too many: 1", ""),
)  # fmt: skip
"""Lines (`{n}` is 1, which no compiler knows), the expression that panics, its message, and what it gives where
arithmetic wraps (empty where it panics there, too)."""


def _edge(scene: Scene) -> str | None:
    lines, expression, message, wrapped = scene.draw.pick(EDGES)
    scene.line('let one = longer("", "x").len();')
    scene.line(lines.replace("{n}", "one").replace("{{}}", "{}"))
    scene.line(f'println!("{{}}", {expression});')
    scene.panic = message
    return wrapped or None
