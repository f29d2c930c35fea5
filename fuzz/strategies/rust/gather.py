"""Several generated programs in one crate: each a module, run one after the other by one `main`.

The library, most of what is compiled for a small program, is so compiled once for all of them; every crate is also a
program of several modules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fuzz.strategies.rust.generate import ALLOW, Outcome, ValidProgram, generate_program
from fuzz.strategies.rust.statements import PRELUDE
from fuzz.strategies.wasm.choices import ChoiceSequence


def generate_crate(seeds: Sequence[int], statements: int = 20) -> tuple[ValidProgram, tuple[ValidProgram, ...]]:
    """The programs of these seeds in one crate, and each alone; of several the last panics, and no other.

    Raises:
        ValueError: no seeds.
    """
    if not seeds:
        raise ValueError("a crate of no programs; give one seed at least")
    members = [generate_program(ChoiceSequence(seed=s), statements, panics=False) for s in seeds[:-1]]
    panics = None if len(seeds) == 1 else True
    members.append(generate_program(ChoiceSequence(seed=seeds[-1]), statements, panics))
    return gather(members), tuple(members)


def gather(members: Sequence[ValidProgram]) -> ValidProgram:
    """One program that does what `members` do, in their order; a panic in one but the last ends it early, so it must
    not be there.

    Raises:
        ValueError: another than the last panics.
    """
    if any(one.dev.exit_status or one.release.exit_status for one in members[:-1]):
        raise ValueError("a program that panics is not the last; whatever follows it would never run")
    parts = [ALLOW, PRELUDE]
    for number, one in enumerate(members):
        head, main, rest = one.source.partition("fn main() {\n")
        body, _, items = rest.partition("\n}\n")
        if not main or head != ALLOW + PRELUDE:
            raise ValueError(f"program {number} does not begin with the items of the generator")
        parts.append(f"mod program{number} {{\n    use super::*;\n\n    pub fn main() {{\n{body}\n    }}\n")
        parts.append(f"{items}}}\n\n")
    calls = "".join(f"    program{number}::main();\n" for number in range(len(members)))
    parts.append(f"fn main() {{\n{calls}}}\n")
    return ValidProgram("".join(parts), _after(members, "dev"), _after(members, "release"))


def _after(members: Sequence[ValidProgram], profile: str) -> Outcome:
    outcomes: list[Outcome] = [getattr(one, profile) for one in members]
    return replace(outcomes[-1], stdout="".join(one.stdout for one in outcomes))
