"""Several generated programs in one crate: each a module, run one after the other by one `main`.

The library and the generator's items, most of what is compiled for a small program, are so compiled once for all of
them; every crate is also a program of several modules. A program keeps to itself what it declares in its module, and
nothing that programs share holds a state: what one does, another cannot see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final

from fuzz.strategies.rust.generate import ALLOW, Outcome, ValidProgram, generate_program
from fuzz.strategies.rust.items import ITEMS
from fuzz.strategies.rust.modes import aliasing, pair
from fuzz.strategies.rust.statements import PRELUDE
from fuzz.strategies.rust.variants import STYLES
from fuzz.strategies.wasm.choices import ChoiceSequence

_MAIN: Final = "fn main() {\n"


def generate_crate(
    seeds: Sequence[int], statements: int = 20, modes_every: int = 0
) -> tuple[ValidProgram, tuple[ValidProgram, ...]]:
    """The programs of these seeds in one crate, in all styles by turns, and each alone; of several the last panics, and
    no other. Every
    `modes_every`th seed (0: none) also gives programs of GC mode, see `generate_modes`.

    Raises:
        ValueError: no seeds.
    """
    if not seeds:
        raise ValueError("a crate of no programs; give one seed at least")
    members = [one for seed in seeds if modes_every and seed % modes_every == 0 for one in generate_modes(seed)]
    for seed in seeds:
        panics = None if len(seeds) == 1 else seed == seeds[-1]
        style = STYLES[seed % len(STYLES)]
        made = generate_program(ChoiceSequence(seed=seed), statements, panics, style)
        members.append(replace(made, label=f"seed {seed}"))
    return gather(members), tuple(members)


def generate_modes(seed: int) -> tuple[ValidProgram, ...]:
    """One course of events in ownership types and in GC types, and one in which variables of GC types share objects."""
    random = Random(seed)
    both, (shared, said) = pair(random), aliasing(random)
    told = (
        ("in ownership types", both.ownership, both.expected),
        ("in GC types", both.gc, both.expected),
        ("with aliases", shared, said),
    )
    return tuple(
        ValidProgram(source, Outcome(text), Outcome(text), label=f"seed {seed} {name}") for name, source, text in told
    )


def gather(members: Sequence[ValidProgram]) -> ValidProgram:
    """One program that does what `members` do, in their order; a panic in one but the last ends it early, so it must
    not be there.

    Raises:
        ValueError: another than the last panics.
    """
    if any(one.dev.exit_status or one.release.exit_status for one in members[:-1]):
        raise ValueError("a program that panics is not the last; whatever follows it would never run")
    items = dict.fromkeys(name for one in members for name in one.items)
    parts = [ALLOW, PRELUDE, *(f"{ITEMS[name]}\n" for name in items)]
    parts += [_module(number, one) for number, one in enumerate(members)]
    calls = "".join(f"    program{number}::main();\n" for number in range(len(members)))
    parts.append(f"fn main() {{\n{calls}}}\n")
    return ValidProgram("".join(parts), _after(members, "dev"), _after(members, "release"))


def _module(number: int, program: ValidProgram) -> str:
    """The program as a module; one that the generator did not write line by line stays whole."""
    if program.lines:
        body = "".join(f"{line}\n" for line in program.lines)
        return f"mod program{number} {{\n    use super::*;\n\n    pub fn main() {{\n{body}    }}\n}}\n\n"
    head, main, rest = program.source.partition(_MAIN)
    if not main or "fn main" in rest:
        raise ValueError(f"program {number} has no `main`, or more than one")
    return f"mod program{number} {{\n{head}pub {main}{rest}}}\n\n"


def _after(members: Sequence[ValidProgram], profile: str) -> Outcome:
    outcomes: list[Outcome] = [getattr(one, profile) for one in members]
    return replace(outcomes[-1], stdout="".join(one.stdout for one in outcomes))
