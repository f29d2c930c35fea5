"""Running valid Rust programs: every build on every engine does what the generator says, and they agree to the byte.

The generator knows output, status and panic message. Where in the source a panic is blamed it does not know: there the
reference interpreter speaks first and everybody else has to say the same.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fuzz.strategies.rust import Outcome, ValidProgram
from harness.contract import End, Executor, ProgramObservation
from harness.subjects.rustwasm_program import FIELDS, FUEL, Build, CompiledProgram, program_case

ROOT = "main.rs"
INTERPRETER = "mir"
GENERATOR = "generator"


@dataclass(frozen=True)
class RustDivergence:
    """A program that a build on an engine does not run as it should.

    Attributes:
        label: of the program, `seed 7`.
        build: a build's name, and `engine`: an engine's, or `mir`. Both empty where the program was rejected.
        reference: `generator`, or the runner whose standard error differs.
        fields: what differs: `accepted`, `compiler`, `end`, `exit_status`, `stdout`, `panic`, `stderr`.
        expected: what should have been seen; `stderr` holds the panic's message alone where only that is known.
        seen: what was; None where there was nothing to run.
        detail: errors of the compiler, or the last lines of a traceback.
        reduced: a smaller program that shows it, where one was looked for and found.
    """

    label: str
    source: str
    build: str
    engine: str
    reference: str
    fields: tuple[str, ...]
    expected: ProgramObservation
    seen: ProgramObservation | None
    detail: str = ""
    reduced: str = ""

    @property
    def subject(self) -> str:
        """Compiler, build and engine in one name."""
        return f"rustwasm-{self.build}-on-{self.engine}"

    @property
    def signature(self) -> str:
        """Where and what, without the program."""
        last = self.detail.strip().splitlines()[-1][:120] if self.fields[0] in ("accepted", "compiler") else ""
        return f"rust {self.build} on {self.engine}: {', '.join(self.fields)}" + (f": {last}" if last else "")


class RustRunner:
    """Compiles programs and runs them.

    Args:
        builds: in this order; those of one profile are compared with one run of the interpreter.
        engines: run modules; their names are in divergences.
        check: called with a compiled program before it runs, for instance a verifier; says what is wrong, or "".
    """

    def __init__(
        self,
        builds: Sequence[Build],
        engines: Sequence[Executor],
        check: Callable[[CompiledProgram], str] | None = None,
    ) -> None:
        self.builds = tuple(builds)
        self.engines = tuple(engines)
        self.check = check
        self.runs = 0
        """Programs run by an engine or by the interpreter so far."""

    def examine(self, program: ValidProgram, label: str = "") -> Iterator[RustDivergence]:
        """Everything that is not as it should be, cheapest runs first."""
        compiled, detail = _attempted(lambda: CompiledProgram(program.source, ROOT))
        first = _Expected(label, program.source, "dev", "checker", program.dev)
        if compiled is None:
            yield first.wrong(("compiler",), detail)
            return
        if compiled.errors:
            yield first.wrong(("accepted",), compiled.messages)
            return
        if self.check is not None:
            said, detail = _attempted(lambda: self.check(compiled) if self.check else "")
            if said or said is None:
                yield replace(first, engine="verifier").wrong(("mir",), said or detail)
                return
        errors: dict[bool, ProgramObservation] = {}
        for checks in dict.fromkeys(one.checks for one in self.builds):
            outcome = program.dev if checks else program.release
            profile = "dev" if checks else "release"
            known = _Expected(label, program.source, profile, INTERPRETER, outcome)
            if not checks and program.dev == program.release and True in errors:
                errors[checks] = errors[True]  # no arithmetic overflows: the same program, and the same run
                continue
            seen, detail = _attempted(lambda checks=checks: compiled.interpret(checks))  # type: ignore[misc]
            yield from self._compared(known, seen, detail, None)
            if seen is not None:
                errors[checks] = seen
        for build in self.builds:
            outcome = program.dev if build.checks else program.release
            known = _Expected(label, program.source, build.name, "compiler", outcome)
            module, detail = _attempted(lambda build=build: compiled.module(build))  # type: ignore[misc]
            if module is None:
                yield known.wrong(("compiler",), detail)
                continue
            for engine in self.engines:
                ran = engine.run(program_case(module, label))
                assert isinstance(ran, ProgramObservation)
                where = replace(known, engine=engine.name)
                yield from self._compared(where, ran, ran.detail, errors.get(build.checks))

    def observe(self, source: str, build: str, engine: str, fuel: int = FUEL) -> ProgramObservation | str:
        """One run of a program: of a build on an engine, or on the interpreter (`mir`) with that build's arithmetic and
        `fuel`. In words where the compiler rejects it or fails on it.

        Raises:
            KeyError: neither a build nor an engine has that name.
        """
        compiled, detail = _attempted(lambda: CompiledProgram(source, ROOT))
        if compiled is None or compiled.errors:
            return detail if compiled is None else str(compiled.messages)
        if engine == INTERPRETER:
            seen, detail = _attempted(lambda: compiled.interpret(build.startswith("dev"), fuel))
            return detail if seen is None else seen
        chosen = {one.name: one for one in self.builds}[build]
        runs = {one.name: one for one in self.engines}[engine]
        module, detail = _attempted(lambda: compiled.module(chosen))
        if module is None:
            return detail
        ran = runs.run(program_case(module))
        assert isinstance(ran, ProgramObservation)
        return ran

    def _compared(
        self, known: _Expected, seen: ProgramObservation | None, detail: str, voice: ProgramObservation | None
    ) -> Iterator[RustDivergence]:
        self.runs += 1
        if seen is None:
            yield known.wrong(("compiler",), detail)
            return
        fields = differing(known.outcome, seen)
        if fields:
            yield known.wrong(fields, detail, seen)
        elif voice is not None and voice.stderr != seen.stderr:
            expected = replace(known.observation, stderr=voice.stderr, observed=FIELDS)
            yield replace(known.wrong(("stderr",), detail, seen), reference=INTERPRETER, expected=expected)


@dataclass(frozen=True)
class _Expected:
    """A run to come, and what it should give."""

    label: str
    source: str
    build: str
    engine: str
    outcome: Outcome

    @property
    def observation(self) -> ProgramObservation:
        return expectation(self.outcome)

    def wrong(self, fields: tuple[str, ...], detail: str, seen: ProgramObservation | None = None) -> RustDivergence:
        return RustDivergence(
            self.label, self.source, self.build, self.engine, GENERATOR, fields, self.observation, seen, detail
        )


def expectation(outcome: Outcome) -> ProgramObservation:
    """The outcome as an observation; of standard error it holds the panic's message only, and so does not claim it."""
    observed = FIELDS - {"stderr"} if outcome.panic else FIELDS
    message = outcome.panic.encode()
    return ProgramObservation(outcome.exit_status, 0, outcome.stdout.encode(), message, observed=observed)


def differing(outcome: Outcome, seen: ProgramObservation) -> tuple[str, ...]:
    """The fields in which a run is not what it should be."""
    if seen.end is not End.TRAP:
        return ("end",)
    fields = []
    if seen.exit_status != outcome.exit_status:
        fields.append("exit_status")
    if seen.stdout != outcome.stdout.encode():
        fields.append("stdout")
    if panic_message(seen.stderr) != outcome.panic:
        fields.append("panic")
    return tuple(fields)


def panic_message(errors: bytes) -> str:
    """The message in what a program wrote on standard error: the lines after `panicked at FILE:LINE:COLUMN:`, without
    rustc's backtrace and note on it; all of it where there is no such line."""
    text = errors.decode("utf-8", "replace")
    _, found, rest = text.partition("panicked at ")
    if not found:
        return text.strip()
    message = rest.partition("\n")[2].partition("\nnote: run with")[0]
    return message.partition("\nstack backtrace:")[0].rstrip("\n")


def _attempted(work: Callable[[], Any]) -> tuple[Any, str]:
    """What `work` gives, or None and the last lines of the traceback."""
    try:
        return work(), ""
    except Exception:  # noqa: BLE001 - a compiler that raises on a valid program is what is looked for
        return None, "".join(traceback.format_exc().splitlines(keepends=True)[-8:])
