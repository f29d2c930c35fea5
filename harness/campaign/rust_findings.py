"""What is kept of a Rust program that diverged or was misjudged: a directory with everything to run it again, and a row
of the findings store.

============== ======================================================================================================
file           what it is
============== ======================================================================================================
main.rs        the program
reduced.rs     the smallest that still shows it, where one was found
case.json      the case (the whole program), in the format of `harness.case_file`
finding.json   subject, reference, what differs, what was expected and seen, the command to run it again
reference.json what was expected, in the format of `harness.observation_file`
============== ======================================================================================================
"""

from __future__ import annotations

import json
import shlex
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from harness.campaign.rust import Misjudgement
from harness.campaign.rust_replay import NotOfRustError, again
from harness.campaign.rust_runs import GENERATOR, INTERPRETER, ROOT, RustDivergence, RustRunner
from harness.campaign.rust_verdicts import WrongVerdict
from harness.case_file import load_case, write_case
from harness.contract import ProgramObservation, SourceCase, SourceObservation
from harness.observation_file import read_observation, write_observation
from harness.registry import create
from harness.strict_json import DocumentError, parse
from harness.subjects.rustwasm_program import BUILDS
from harness.triage.store import Finding, FindingsStore

FORMAT: Final = "counterproof-rust-finding"
VERSION: Final = 2
_FIELDS: Final = ("end", "exit_status", "stdout", "stderr")


def case_of(found: RustDivergence | Misjudgement) -> SourceCase:
    """The finding as a case: a program to build and run, or one to judge."""
    options = ("run",) if isinstance(found, RustDivergence) else ()
    return SourceCase("rust", ((ROOT, found.source),), ROOT, options, label=found.label)


def expected_of(found: RustDivergence | Misjudgement) -> SourceObservation:
    """What should have been seen."""
    if isinstance(found, RustDivergence):
        return SourceObservation(True, (), found.expected)
    observed = frozenset(("accepted", "diagnostics"))
    return SourceObservation(not found.expected, found.expected, observed=observed)


def into_store(store: FindingsStore, campaign: int, found: RustDivergence | Misjudgement) -> bool:
    """Durably keep a finding. False where the campaign has it.

    Raises:
        StoreError: the store cannot be written.
    """
    if isinstance(found, RustDivergence):
        subject, oracle, fields = found.subject, found.reference, found.fields
        seen = None if found.seen is None else SourceObservation(True, (), found.seen)
        more = f"; {len(found.reduced.splitlines())} lines show it" if found.reduced else ""
    else:
        subject, oracle, more = found.who, GENERATOR, ""
        fields = ("diagnostics",) if found.expected and found.found else ("accepted",)
        seen = SourceObservation(not found.found, found.found, observed=frozenset(("accepted", "diagnostics")))
    finding = Finding(
        found.label,
        subject,
        oracle,
        found.signature,
        fields,
        f"{found.label}: {subject} differs from {oracle} in {', '.join(fields)}{more}",
        store.put_blob(write_case(case_of(found))),
        None if seen is None else store.put_blob(write_observation(seen)),
        store.put_blob(write_observation(expected_of(found))),
    )
    return store.add(campaign, finding)


def write_divergence(found: RustDivergence, place: Path) -> None:
    """Write the finding's directory.

    Raises:
        OSError: it cannot be written.
    """
    place.mkdir(parents=True, exist_ok=True)
    if found.reduced:
        (place / "reduced.rs").write_text(found.reduced)
    _write(
        found,
        place,
        {
            "signature": found.signature,
            "program": found.label,
            "subject": found.subject,
            "oracle": found.reference,
            "build": found.build,
            "engine": found.engine,
            "fields": list(found.fields),
            "expected": _shown(found.expected),
            "seen": None if found.seen is None else _shown(found.seen),
            "detail": found.detail.splitlines(),
            "lines": len(found.source.splitlines()),
            "reduced_lines": len(found.reduced.splitlines()) if found.reduced else None,
        },
    )


def write_misjudgement(wrong: Misjudgement, place: Path) -> None:
    """Write the finding's directory: the program, what was expected and what was said.

    Raises:
        OSError: it cannot be written.
    """
    place.mkdir(parents=True, exist_ok=True)
    _write(
        wrong,
        place,
        {
            "signature": wrong.signature,
            "program": wrong.label,
            "subject": wrong.who,
            "oracle": GENERATOR,
            "expected": wrong.expected,
            "found": wrong.found,
            "messages": wrong.messages.splitlines(),
        },
    )


def _write(found: RustDivergence | Misjudgement, place: Path, content: dict[str, Any]) -> None:
    (place / "main.rs").write_text(found.source)
    (place / "case.json").write_text(write_case(case_of(found)))
    (place / "reference.json").write_text(write_observation(expected_of(found)))
    repro = shlex.join(["counterproof", "repro", str(place)])
    document = {"format": FORMAT, "version": VERSION, **content, "repro": repro}
    (place / "finding.json").write_text(json.dumps(document, indent=1) + "\n")


def replay(place: Path) -> tuple[bool, str]:
    """Run a finding again: whether it still diverges, and how in words. A reduced program is compared with the
    reference interpreter (the interpreter with wasmtime), any other with what the generator expected.

    Raises:
        DocumentError, OSError: the directory is no finding of a Rust program, or cannot be read.
        NotOfRustError: it was found by a build or an engine that is not known here.
        ExecutorUnavailableError: an engine cannot be had here.
    """
    path = place / "finding.json"
    head = parse(path.read_bytes(), str(path))
    head.form(FORMAT, VERSION)
    case = load_case(place / "case.json")
    recorded = read_observation((place / "reference.json").read_bytes(), str(place / "reference.json"))
    if not isinstance(case, SourceCase):
        raise DocumentError(f"{place / 'case.json'}: must hold a source case, this is a {case.kind} case")
    reduced = place / "reduced.rs"
    if reduced.is_file() and head.field("engine").string() not in ("compiler", "checker", "verifier"):
        fields = _reduced(reduced.read_text(), head.field("build").string(), head.field("engine").string())
        return bool(fields), _in_words(fields)
    found = again(case, head.field("subject").string(), recorded)
    if isinstance(found, Misjudgement | WrongVerdict):
        return True, found.signature
    if found is not None and found.fields[0] in ("compiler", "accepted", "mir"):
        return True, found.detail
    return found is not None, _in_words(() if found is None else found.fields)


def _reduced(source: str, build: str, engine: str) -> tuple[str, ...]:
    """What of a reduced program is otherwise than another runner has it."""
    if build not in [one.name for one in BUILDS]:
        raise NotOfRustError(f"found by {build!r}; known builds are {', '.join(one.name for one in BUILDS)}")
    with closing(create("wasmtime" if engine == INTERPRETER else engine)) as opened:
        runner = RustRunner(BUILDS, [opened])
        seen, right = (runner.observe(source, build, name) for name in (opened.name, INTERPRETER))
    if isinstance(seen, str) or isinstance(right, str):
        return ("compiler",)
    return tuple(name for name in _FIELDS if getattr(seen, name) != getattr(right, name))


def _in_words(fields: tuple[str, ...]) -> str:
    return f"differs in {', '.join(fields)}" if fields else "agrees"


def _shown(seen: ProgramObservation) -> dict[str, Any]:
    return {
        "end": seen.end.name,
        "exit_status": seen.exit_status,
        "stdout": seen.stdout.decode("utf-8", "replace").splitlines(),
        "stderr": seen.stderr.decode("utf-8", "replace").splitlines(),
    }
