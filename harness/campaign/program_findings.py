"""What is kept of a program that diverged: a directory per finding, with everything to run it again.

============== ======================================================================================================
file           what it is
============== ======================================================================================================
case.json      the case, in the format of `harness.case_file`: image, arguments, input
program.elf    the image, for `counterproof vm run` and other emulators
finding.json   subject, reference, what differs, versions, commands
SIDE.stdout …  what each side wrote
reference.json what the reference saw, in the format of `harness.observation_file`: it can be compared with again where
               the reference is not at hand (the host's own build, the manifest)
located.txt    the first wrong instruction, where two of our tiers differ
============== ======================================================================================================
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engines.whole_file import replace_whole
from harness.campaign.locate import LocateError, locate
from harness.campaign.programs import REFERENCE, CorpusSummary, Result, prefix_of
from harness.case_file import load_case, write_case
from harness.contract import ProgramCase, ProgramObservation
from harness.observation_file import read_observation, write_observation
from harness.strict_json import DocumentError, parse
from harness.triage.signature import program_signature
from harness.triage.store import Finding, FindingsStore

FORMAT: Final = "counterproof-program-finding"
VERSION: Final = 1
PROGRAM: Final = "program"
WASM: Final = "wasm"
MACHINE: Final = "machine"
RUST: Final = "rust"
RUST_FORMAT: Final = "counterproof-rust-finding"
"""Of `harness.campaign.rust_findings`."""
LOCATE_INSNS: Final = 300_000
"""So many instructions are examined without being asked; the reference tier needs seconds for them."""


def write_finding(result: Result, summary: CorpusSummary, findings: Path, locate_first: bool) -> str:
    """Write the finding and describe it in one line.

    Raises:
        OSError: the directory cannot be written.
    """
    name = "-".join((*result.job.label.split(), result.reference))
    directory = findings / name
    directory.mkdir(parents=True, exist_ok=True)
    # The reference tier was given the beginning only, with state hashes; that is what shows the finding again.
    prefix = result.reference == REFERENCE
    case = prefix_of(result.job.guest) if prefix else replace(result.job.guest, checkpoint_insns=0)
    elf, case_json = directory / "program.elf", directory / "case.json"
    replace_whole(elf, case.image, durable=True)
    elf.chmod(0o755)
    replace_whole(case_json, write_case(case).encode(), durable=True)
    for side, seen in (("subject", result.subject), ("reference", result.oracle)):
        if seen is not None:
            replace_whole(directory / f"{side}.stdout", seen.observation.stdout, durable=True)
            replace_whole(directory / f"{side}.stderr", seen.observation.stderr, durable=True)
    recorded = result.oracle.observation if result.oracle is not None else _expected(result)
    replace_whole(directory / "reference.json", write_observation(recorded).encode(), durable=True)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "program": result.job.label,
        "subject": summary.subject,
        "reference": result.reference,
        "fields": list(result.fields),
        "detail": result.detail,
        "first_checkpoint": result.first_checkpoint,
        "ends": {
            "subject": _end(result.subject.observation),
            "reference": _end(result.oracle.observation) if result.oracle is not None else None,
        },
        "versions": summary.versions,
        "commands": {
            "repro": shlex.join(["counterproof", "repro", str(directory)]),
            "run": shlex.join(["counterproof", "vm", "run", str(elf), "--", *case.argv[1:]]),
            "locate": shlex.join(["counterproof", "corpus", "locate", str(case_json)]),
        },
    }
    replace_whole(directory / "finding.json", json.dumps(document, indent=1).encode() + b"\n", durable=True)
    line = f"{directory}: {result.job.label} differs from {result.reference} in {', '.join(result.fields)}"
    if locate_first:
        try:
            found = locate(case, limit_insns=LOCATE_INSNS)
        except LocateError as error:
            return f"{line}; not located: {error}"
        if found is None:
            return f"{line}; our tiers agree on its first {LOCATE_INSNS:,} instructions"
        replace_whole(directory / "located.txt", found.text().encode() + b"\n", durable=True)
        line += f"; first wrong instruction: {found.headline()}"
    return line


@dataclass(frozen=True)
class ProgramFinding:
    """A finding's directory, read back. `recorded` is what the reference saw; None where an older release wrote it."""

    directory: Path
    case: ProgramCase
    subject: str
    reference: str
    fields: tuple[str, ...]
    recorded: ProgramObservation | None


def kind_of(directory: Path) -> str:
    """`PROGRAM`, `WASM`, `RUST` or `MACHINE`: what the finding in `directory` is about.

    Raises:
        DocumentError, OSError: `finding.json` cannot be read.
    """
    path = directory / "finding.json"
    head = parse(path.read_bytes(), str(path))
    form = head.optional("format")
    if form is None:
        return WASM
    return {FORMAT: PROGRAM, RUST_FORMAT: RUST}.get(form.string(), MACHINE)


def load_finding(directory: Path) -> ProgramFinding:
    """Read a finding's directory.

    Raises:
        DocumentError: what is in it is no finding of a program; the message says what is wrong.
        OSError: it cannot be read.
    """
    path = directory / "finding.json"
    head = parse(path.read_bytes(), str(path))
    head.form(FORMAT, VERSION)
    case = load_case(directory / "case.json")
    if not isinstance(case, ProgramCase):
        raise DocumentError(f"{directory / 'case.json'}: must hold a program case, this is a {case.kind} case")
    recorded = None
    kept = directory / "reference.json"
    if kept.is_file():
        seen = read_observation(kept.read_bytes(), str(kept))
        if not isinstance(seen, ProgramObservation):
            raise DocumentError(f"{kept}: must hold what a program did")
        recorded = seen
    fields = tuple(node.string() for node in head.field("fields").elements())
    names = (head.field("subject").string(), head.field("reference").string())
    return ProgramFinding(directory, case, *names, fields, recorded)


def into_store(store: FindingsStore, findings: Path) -> Iterator[str]:
    """Take the findings of programs under `findings` into the store, each once; tells of those that cannot be read.

    Raises:
        StoreError: the store cannot be written.
    """
    known = {(f.label, f.subject, f.oracle) for f in store.findings()}
    campaign = 0
    for path in sorted(findings.glob("*/finding.json")):
        try:
            if kind_of(path.parent) != PROGRAM:
                continue
            found = load_finding(path.parent)
        except (DocumentError, OSError) as error:
            yield f"left out: {error}"
            continue
        if (found.case.label, found.subject, found.reference) in known:
            continue
        plan = {"subject": found.subject, "oracles": [found.reference], "programs": True}
        campaign = campaign or store.campaign(plan)
        seen = None if found.recorded is None else store.put_blob(write_observation(found.recorded))
        store.add(
            campaign,
            Finding(
                found.case.label,
                found.subject,
                found.reference,
                program_signature(found.case.label, found.fields),
                found.fields,
                f"{found.case.label} differs from {found.reference} in {', '.join(found.fields)}",
                store.put_blob(write_case(found.case)),
                None,
                seen,
            ),
        )
    if campaign:
        store.complete(campaign)


def _expected(result: Result) -> ProgramObservation:
    """What the manifest expects, as an observation of the exit status alone."""
    status = result.job.workload.exit_status
    return ProgramObservation(status, 0, b"", b"", observed=frozenset(("exit_status", "signal")))


def _end(seen: ProgramObservation) -> dict[str, object]:
    return {"end": seen.end.name, "exit_status": seen.exit_status, "signal": seen.signal, "retired": seen.retired}
