"""What is kept of a Rust program that diverged: a directory with everything to run it again.

============== ======================================================================================================
file           what it is
============== ======================================================================================================
main.rs        the program
reduced.rs     the smallest that still shows it, where one was found
case.json      the case (the reduced program), in the format of `harness.case_file`
finding.json   subject, reference, what differs, what was expected and seen, the command to run it again
reference.json what was expected, in the format of `harness.observation_file`
============== ======================================================================================================
"""

from __future__ import annotations

import json
import shlex
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from fuzz.strategies.rust import Outcome
from harness.campaign.rust import Misjudgement
from harness.campaign.rust_runs import INTERPRETER, ROOT, RustDivergence, RustRunner, differing, panic_message
from harness.campaign.rust_units import verified
from harness.case_file import load_case, write_case
from harness.contract import ProgramObservation, SourceCase, SourceObservation
from harness.observation_file import write_observation
from harness.registry import create
from harness.strict_json import DocumentError, parse
from harness.subjects.rustwasm_program import CompiledProgram, known_builds

FORMAT: Final = "counterproof-rust-finding"
VERSION: Final = 1


def case_of(found: RustDivergence, source: str = "") -> SourceCase:
    """The divergence as a case: a program to build and run."""
    return SourceCase("rust", ((ROOT, source or found.source),), ROOT, ("run",), label=found.label)


def write_divergence(found: RustDivergence, place: Path, reduced: str = "") -> None:
    """Write the finding's directory.

    Raises:
        OSError: it cannot be written.
    """
    place.mkdir(parents=True, exist_ok=True)
    (place / "main.rs").write_text(found.source)
    if reduced:
        (place / "reduced.rs").write_text(reduced)
    (place / "case.json").write_text(write_case(case_of(found, reduced)))
    expected = SourceObservation(True, (), found.expected)
    (place / "reference.json").write_text(write_observation(expected))
    document = {
        "format": FORMAT,
        "version": VERSION,
        "signature": found.signature,
        "program": found.label,
        "subject": found.subject,
        "build": found.build,
        "engine": found.engine,
        "reference": found.reference,
        "fields": list(found.fields),
        "expected": _shown(found.expected),
        "seen": None if found.seen is None else _shown(found.seen),
        "detail": found.detail.splitlines(),
        "lines": len(found.source.splitlines()),
        "reduced_lines": len(reduced.splitlines()) if reduced else None,
        "repro": shlex.join(["counterproof", "repro", str(place)]),
    }
    (place / "finding.json").write_text(json.dumps(document, indent=1) + "\n")


def replay(place: Path) -> tuple[bool, str]:
    """Run a finding again: whether it still diverges, and how in words. A reduced program is compared with the
    reference interpreter (the interpreter with wasmtime), any other with what the generator expected.

    Raises:
        DocumentError, OSError: the directory is no finding of a Rust program, or cannot be read.
        ValueError: it was found by a build or an engine that is not known here.
        ExecutorUnavailableError: an engine cannot be had here.
    """
    path = place / "finding.json"
    head = parse(path.read_bytes(), str(path))
    head.field("format").choice((FORMAT,))
    case = load_case(place / "case.json")
    if not isinstance(case, SourceCase):
        raise DocumentError(f"{place / 'case.json'}: must hold a source case, this is a {case.kind} case")
    source, build, engine = case.files[0][1], head.field("build").string(), head.field("engine").string()
    builds = {one.name: one for one in known_builds()}
    if build not in builds:
        raise ValueError(f"{path}: found by {build!r}; known builds are {', '.join(builds)}")
    runs_modules = engine not in (INTERPRETER, "compiler", "checker", "verifier")
    names = dict.fromkeys(("wasmtime", engine) if runs_modules else ("wasmtime",))
    with ExitStack() as opened:
        runner = RustRunner(
            tuple(builds.values()), [opened.enter_context(closing(create(name))) for name in names]
        )
        if engine == "verifier":
            said = verified(CompiledProgram(source))
            return bool(said), said or "the MIR is well formed"
        seen = runner.observe(source, build, engine if runs_modules or engine == INTERPRETER else "wasmtime")
        if isinstance(seen, str):
            return True, seen
        if (place / "reduced.rs").is_file():
            other = (build, INTERPRETER) if engine != INTERPRETER else (build, "wasmtime")
            right = runner.observe(source, *other)
            fields = [n for n in _FIELDS if getattr(seen, n) != getattr(right, n, None)]
        else:
            expected = head.field("expected")
            lines = "".join(f"{one.string()}\n" for one in expected.field("stdout").elements())
            panic = "\n".join(one.string() for one in expected.field("stderr").elements())
            outcome = Outcome(lines, expected.field("exit_status").integer(0, 255), panic_message(panic.encode()))
            fields = list(differing(outcome, seen))
    return bool(fields), f"differs in {', '.join(fields)}" if fields else "agrees"


_FIELDS: Final = ("end", "exit_status", "stdout", "stderr")


def write_misjudgement(wrong: Misjudgement, place: Path) -> None:
    """The program, what was expected and what was said.

    Raises:
        OSError: it cannot be written.
    """
    place.mkdir(parents=True, exist_ok=True)
    (place / "main.rs").write_text(wrong.source)
    finding = {
        "signature": wrong.signature,
        "seed": wrong.seed,
        "expected": wrong.expected,
        "found": wrong.found,
        "messages": wrong.messages.splitlines(),
    }
    (place / "finding.json").write_text(json.dumps(finding, indent=1) + "\n")


def _shown(seen: ProgramObservation) -> dict[str, Any]:
    return {
        "end": seen.end.name,
        "exit_status": seen.exit_status,
        "stdout": seen.stdout.decode("utf-8", "replace").splitlines(),
        "stderr": seen.stderr.decode("utf-8", "replace").splitlines(),
    }
