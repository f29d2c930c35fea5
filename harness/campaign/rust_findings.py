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
from pathlib import Path
from typing import Any, Final

from harness.campaign.rust import Misjudgement
from harness.campaign.rust_runs import ROOT, RustDivergence
from harness.case_file import write_case
from harness.contract import ProgramObservation, SourceCase, SourceObservation
from harness.observation_file import write_observation

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
