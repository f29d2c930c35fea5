"""Programs on every build and engine: what goes wrong in any of them is seen, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from fuzz.strategies.rust import Outcome, ValidProgram, gather, generate_crate, generate_program
from fuzz.strategies.wasm import ChoiceSequence
from harness.campaign.rust_runs import RustRunner, differing, panic_message
from harness.contract import Case, End, Executor, Observation, ProgramObservation
from harness.registry import create
from harness.subjects.rustwasm_program import Build, CompiledProgram

DEV = (Build(),)


class Bent:
    """An engine whose answers are changed."""

    def __init__(self, engine: Executor, change: Callable[[ProgramObservation], ProgramObservation]) -> None:
        self.engine, self.change = engine, change
        self.name, self.capabilities = "bent", engine.capabilities
        self.run_batch, self.close = engine.run_batch, engine.close

    def run(self, case: Case) -> Observation:
        seen = self.engine.run(case)
        assert isinstance(seen, ProgramObservation)
        return self.change(seen)


@pytest.fixture(scope="module")
def engines() -> Iterator[list[Executor]]:
    opened = [create(name, isolated=False) for name in ("wasmtime", "node")]
    yield opened
    for one in opened:
        one.close()


def small(body: str, stdout: str, panic: str = "") -> ValidProgram:
    outcome = Outcome(stdout, 101 if panic else 0, panic)
    return ValidProgram(f"fn main() {{\n{body}\n}}\n", outcome, outcome)


@pytest.mark.timeout(120)
def test_a_crate_of_generated_programs_runs_as_the_generator_says(engines: list[Executor]) -> None:
    runner = RustRunner(DEV, engines)
    whole, members = generate_crate(range(200, 206), 8)
    assert [found.signature for found in runner.examine(whole)] == []
    assert runner.runs == 3
    assert whole.stdout == "".join(one.stdout for one in members)


def test_both_profiles_are_run_where_arithmetic_overflows(engines: list[Executor]) -> None:
    programs = (generate_program(ChoiceSequence(seed=seed), 3) for seed in range(500))
    program = next(one for one in programs if "add with overflow" in one.panic)
    assert (program.dev.exit_status, program.release.exit_status) == (101, 0)
    assert program.release.stdout.startswith(program.dev.stdout) and program.release.stdout != program.dev.stdout
    runner = RustRunner((Build(), Build("release")), engines[:1])
    assert [found.signature for found in runner.examine(program)] == []
    assert runner.runs == 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda seen: replace(seen, stdout=seen.stdout + b"x"), "stdout"),
        (lambda seen: replace(seen, exit_status=1), "exit_status"),
        (lambda seen: replace(seen, end=End.TIMEOUT), "end"),
        (lambda seen: replace(seen, stderr=seen.stderr.replace(b"stop", b"stops")), "panic"),
        (lambda seen: replace(seen, stderr=seen.stderr.replace(b"main.rs:2:", b"main.rs:3:")), "stderr"),
    ],
)
def test_what_an_engine_does_wrong_is_seen(
    engines: list[Executor], change: Callable[[ProgramObservation], ProgramObservation], field: str
) -> None:
    runner = RustRunner(DEV, [Bent(engines[0], change)])
    (found,) = runner.examine(small('println!("a"); panic!("stop {}", 1);', "a\n", "stop 1"), "label")
    assert found.fields == (field,)
    assert (found.subject, found.label) == ("rustwasm-dev-on-bent", "label")
    assert (found.reference == "mir") == (field == "stderr")


def test_a_rejected_program_and_a_failing_compiler_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = RustRunner(DEV, [])
    (rejected,) = runner.examine(small("let a: i32 = true;", ""))
    assert (rejected.fields, rejected.detail) == (("accepted",), "mismatched types")

    def fail(self: CompiledProgram, build: Build) -> bytes:
        raise KeyError("a table of the compiler")

    monkeypatch.setattr(CompiledProgram, "module", fail)
    (failed,) = runner.examine(small("", ""))
    assert failed.fields == ("compiler",) and "a table of the compiler" in failed.signature


def test_a_check_speaks_before_anything_runs() -> None:
    runner = RustRunner(DEV, [], check=lambda compiled: "_1 is used before it has a value")
    (found,) = runner.examine(small("", ""))
    assert (found.engine, found.fields) == ("verifier", ("mir",)) and runner.runs == 0


def test_only_the_last_of_a_crate_may_panic() -> None:
    panics = next(p for s in range(99) if (p := generate_program(ChoiceSequence(seed=s))).panic)
    with pytest.raises(ValueError, match="not the last"):
        gather([panics, panics])
    with pytest.raises(ValueError, match="no programs"):
        generate_crate([])


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        (b"", ""),
        (b"\nthread 'main' panicked at main.rs:1:2:\nstop\n", "stop"),
        (b"thread 'main' panicked at main.rs:1:2:\na\nb\nnote: run with `RUST_BACKTRACE=1`\n", "a\nb"),
        (b"something else\n", "something else"),
    ],
)
def test_panic_messages_are_read(errors: bytes, message: str) -> None:
    assert panic_message(errors) == message
    assert differing(Outcome("", 0, message), ProgramObservation(0, 0, b"", errors)) == ()
