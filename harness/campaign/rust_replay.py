"""A program of `diff rust` run again by the one that got it wrong, in a process of its own.

What it should do is what was recorded with the finding: the generator's word, and where a panic is blamed, the
reference interpreter's. A subject is named `rustwasm-BUILD-on-ENGINE`: a build of the compiler and who ran it, where
the engine may also be a part of the compiler: `checker`, `verifier`, `compiler`, `mir` (the reference interpreter).
"""

from __future__ import annotations

import re
from contextlib import closing
from functools import partial
from typing import Any, Final

from fuzz.strategies.rust import Outcome, ValidProgram
from harness.campaign.forked_pool import ForkedPool, Lost
from harness.campaign.rust import Misjudgement, RustCampaign
from harness.campaign.rust_runs import GENERATOR, INTERPRETER, RustDivergence, RustRunner, differing, panic_message
from harness.campaign.rust_units import judged, verified
from harness.campaign.rust_verdicts import VERDICT, VerdictError, WrongVerdict, verdict_again
from harness.contract import Observation, ProgramObservation, SourceCase, SourceObservation
from harness.registry import create
from harness.subjects.rustwasm_program import BUILDS, CompiledProgram

CHECKER: Final = "rustwasm-check"
NATIVE: Final = "native"
SECONDS: Final = 300.0
"""Wall clock for one program, compiled and run."""
_SUBJECT: Final = re.compile(r"rustwasm-(?P<build>.+)-on-(?P<engine>[\w-]+)")
_PARTS: Final = ("compiler", "checker", "verifier")


class NotOfRustError(ValueError):
    """The case, or who is to run it, is none of `diff rust`; the message says what is wrong."""


def again(
    case: SourceCase, subject: str, recorded: Observation | None
) -> RustDivergence | Misjudgement | WrongVerdict | None:
    """Judge or run the program of a finding again; what diverges now, or None.

    Raises:
        NotOfRustError: the case is no Rust program in one file, nothing was recorded, or the subject is not known.
        ExecutorUnavailableError: an engine cannot be had here.
    """
    if case.language != "rust" or len(case.files) != 1 or not isinstance(recorded, SourceObservation):
        raise NotOfRustError(f"{case.label or 'this case'} is no Rust program in one file with what was expected of it")
    if not case.options:
        return _misjudged(case, subject, recorded)
    parts, expected = _SUBJECT.fullmatch(subject), recorded.run
    builds = [one.name for one in BUILDS]
    if parts is None or parts["build"] not in (*builds, NATIVE) or expected is None:
        known = ", ".join(f"rustwasm-{name}-on-ENGINE" for name in builds)
        raise NotOfRustError(f"{subject!r} runs no Rust programs; known are {known}, and {CHECKER}")
    build, engine = parts["build"], parts["engine"]
    if build == NATIVE:
        with closing(create(engine)) as judge:
            return next(judged(judge, _program(case, expected), case.label), None)
    if engine not in (INTERPRETER, *_PARTS):
        create(engine).close()
    pool = ForkedPool(lambda: partial(_run, case, build, engine, expected), 1, SECONDS)
    ((_, found),) = pool.results(iter((0,)))
    if isinstance(found, Lost):
        return _divergence(case, build, engine, expected, ("compiler",), None, found.why)
    assert found is None or isinstance(found, RustDivergence)
    return found


def _run(case: SourceCase, build: str, engine: str, expected: ProgramObservation, *_: Any) -> RustDivergence | None:
    """In a worker: build and run the program once."""
    wrong = partial(_divergence, case, build, engine, expected)
    source = case.files[0][1]
    if engine in ("checker", "verifier"):
        compiled = CompiledProgram(source, case.root)
        if compiled.errors:
            return wrong(("accepted",), None, compiled.messages)
        said = verified(compiled) if engine == "verifier" else ""
        return wrong(("mir",), None, said) if said else None
    name = engine if engine not in _PARTS else "wasmtime"
    opened = [] if name == INTERPRETER else [create(name, isolated=False)]
    try:
        seen = RustRunner(BUILDS, opened).observe(source, build, name)
    finally:
        for one in opened:
            one.close()
    if isinstance(seen, str):
        return wrong(("compiler",), None, seen)
    fields = differing(_outcome(expected), seen)
    if not fields and "stderr" in expected.observed and expected.stderr != seen.stderr:
        fields = ("stderr",)
    return wrong(fields, seen, "") if fields else None


def _divergence(
    case: SourceCase,
    build: str,
    engine: str,
    expected: ProgramObservation,
    fields: tuple[str, ...],
    seen: ProgramObservation | None,
    detail: str,
) -> RustDivergence:
    reference = INTERPRETER if fields == ("stderr",) else GENERATOR
    source = case.files[0][1]
    return RustDivergence(case.label, source, build, engine, reference, fields, expected, seen, detail)


def _outcome(expected: ProgramObservation) -> Outcome:
    """What the generator said, from the observation that was made of it."""
    text = expected.stdout.decode("utf-8", "replace")
    return Outcome(text, expected.exit_status, panic_message(expected.stderr))


def _program(case: SourceCase, expected: ProgramObservation) -> ValidProgram:
    outcome = _outcome(expected)
    return ValidProgram(case.files[0][1], outcome, outcome)


def _misjudged(case: SourceCase, subject: str, recorded: SourceObservation) -> Misjudgement | WrongVerdict | None:
    with closing(create(subject)) as judge:
        if case.label.endswith(f" {VERDICT}"):
            try:
                return verdict_again(judge, case, recorded)
            except VerdictError as error:
                raise NotOfRustError(str(error)) from None
        campaign = RustCampaign(judge)
        kind = case.label.rpartition(" ")[2] or "valid"
        return next(campaign.ask(0, kind, case.files[0][1], recorded.diagnostics), None)
