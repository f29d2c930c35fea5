"""Judges of the Rust-subset compiler: `counterproof diff rust`'s own two questions, on recorded programs.

What a program should do, the generator said before any bug was on. Most cost little when many programs share a module,
so they run in crates, after a few alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from fuzz.sabotage.judges import Budget, Kill, StillbornError, cpu_seconds
from fuzz.strategies.rust import (
    FAULTS,
    FaultyProgram,
    Outcome,
    ValidProgram,
    generate_crate,
    generate_faulty,
    generate_modes,
    generate_program,
)
from fuzz.strategies.rust.either import either
from fuzz.strategies.rust.generate import generate_dense
from fuzz.strategies.rust.middles import middles
from fuzz.strategies.rust.more_statements import checked, drops, floats, patterns, traits
from fuzz.strategies.rust.operands import operands
from fuzz.strategies.rust.operators import operators
from fuzz.strategies.rust.scene import INTEGERS
from fuzz.strategies.rust.statements import shape
from fuzz.strategies.wasm import ChoiceSequence
from harness.campaign.rust_runs import RustRunner
from harness.contract import Executor

VALID: Final = 20
"""Valid programs that are judged, beside one faulty program of each kind."""
FIRST_SEED: Final = 1_000
ALONE: Final = 2
CRATES: Final = 4
PANICS: Final = 14
"""Small programs that panic, each with a message of its own."""
PER_CRATE: Final = 12
LARGE: Final = 2
"""Programs of one kind of statement that come last of these."""


class Verdicts:
    """The checker: valid programs accepted, faulty ones rejected with the planted error at its line."""

    def __init__(self) -> None:
        self._valid: list[ValidProgram] = []
        self._faulty: list[FaultyProgram] = []

    def prepare(self) -> None:
        """Generate the programs and load the library."""
        from engines.rustwasm.compilation import library

        library()
        seeds = range(FIRST_SEED, FIRST_SEED + VALID)
        self._valid = [generate_program(ChoiceSequence(seed=seed), 12) for seed in seeds]
        self._faulty = [generate_faulty(ChoiceSequence(seed=n), fault) for n, fault in enumerate(FAULTS)]

    def examine(self, budget: Budget) -> Kill | None:
        from harness.subjects.rustwasm_program import CompiledProgram

        _must_build()
        end = cpu_seconds() + budget.seconds
        for cases, (source, expected) in enumerate(self._cases(), 1):
            try:
                compiled = CompiledProgram(source)
            except Exception as error:  # noqa: BLE001 - a checker that raises has shown its bug
                return Kill("verdicts on Rust programs", cases, f"the checker fails: {error!r}"[:200])
            if compiled.errors != expected:
                said = ", ".join(f"{code} in line {line}" for code, line in compiled.errors) or "accepted"
                wanted = ", ".join(f"{code} in line {line}" for code, line in expected) or "accepted"
                return Kill("verdicts on Rust programs", cases, f"{said}; should be {wanted}"[:200])
            if cpu_seconds() > end:
                break
        return None

    def _cases(self) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
        """A faulty program of each code, which are the cheapest, then valid ones between the other faults."""
        first = list({one.code: one for one in reversed(self._faulty)}.values())
        yield self._valid[0].source, ()
        for one in first:
            yield one.source, ((one.code, one.line),)
        valid = iter(self._valid[1:])
        for one in self._faulty:
            if (program := next(valid, None)) is not None:
                yield program.source, ()
            if one not in first:
                yield one.source, ((one.code, one.line),)


class Runs:
    """The rest of the compiler: what programs do, on the interpreter and under wasmtime, in these builds (by name)."""

    def __init__(self, *builds: str) -> None:
        self.builds = builds
        self._programs: list[ValidProgram] = []

    def prepare(self) -> None:
        """Generate the programs and load the library."""
        from engines.rustwasm.compilation import library

        library()
        alone = [generate_program(ChoiceSequence(seed=FIRST_SEED + n), 8) for n in range(ALONE)]
        crates = [
            generate_crate(range(FIRST_SEED + n * PER_CRATE, FIRST_SEED + (n + 1) * PER_CRATE))[0]
            for n in range(1, CRATES + 1)
        ]
        kinds = (  # the cheapest first: most bugs are found by the first of these
            *((checked, 30), (shape, 8), (middles, 12), (floats, 30), (patterns, 20), (traits, 24), (drops, 40)),
            *((operands, 24), (either, 20)),
            *((checked, 240), (middles, 32)),
        )
        dense = [
            generate_dense(ChoiceSequence(seed=FIRST_SEED + n), statement, times)
            for n, (statement, times) in enumerate(kinds)
        ]
        modes = generate_modes(FIRST_SEED)
        draws = (ChoiceSequence(seed=seed) for seed in itertools.count(FIRST_SEED))
        panics: dict[str, ValidProgram] = {}
        while len(panics) < PANICS:
            program = generate_program(next(draws), 1, panics=True)
            panics.setdefault(program.panic, program)
        small, large = dense[:-LARGE], dense[-LARGE:]
        every = operators(*INTEGERS)
        self._programs = [alone[0], *small, every, *panics.values(), *modes, *large, *alone[1:], *crates]

    def examine(self, budget: Budget) -> Kill | None:
        from harness.registry import create
        from harness.subjects.rustwasm_program import BUILDS

        _must_build()
        engine: Executor = create("wasmtime", isolated=False)
        runner = RustRunner([build for build in BUILDS if build.name in self.builds], [engine])
        end = cpu_seconds() + budget.seconds
        for cases, program in enumerate(self._programs, 1):
            found = next(runner.examine(program, f"program {cases}"), None)
            if found is not None:
                return Kill("generated Rust programs", cases, found.signature[:200])
            if cpu_seconds() > end:
                break
        return None


def development() -> Runs:
    """Development builds alone."""
    return Runs("dev")


def release() -> Runs:
    """Release builds alone: for what only they go through."""
    return Runs("release")


def development_gc() -> Runs:
    """Development builds of the GC lowering alone."""
    return Runs("dev-gc")


def release_gc() -> Runs:
    """Release builds of the GC lowering alone."""
    return Runs("release-gc")


def _must_build() -> None:
    """Raises StillbornError where not even the empty program is accepted and runs."""
    from harness.subjects.rustwasm_program import Build

    empty = ValidProgram("fn main() {}\n", Outcome(""), Outcome(""))
    found = next(RustRunner([Build()], []).examine(empty), None)
    if found is not None:
        raise StillbornError(f"the empty program: {found.signature}")
