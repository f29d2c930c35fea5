"""What is kept of a program that diverged: a directory per finding, with everything to run it again.

============== ======================================================================================================
file           what it is
============== ======================================================================================================
case.json      the case, in the format of `harness.case_file`: image, arguments, input
program.elf    the image, for `counterproof vm run` and other emulators
finding.json   subject, reference, what differs, versions, commands
SIDE.stdout …  what each side wrote
located.txt    the first wrong instruction, where two of our tiers differ
============== ======================================================================================================
"""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Final

from harness.campaign.locate import LocateError, locate
from harness.campaign.programs import CorpusSummary, Result
from harness.case_file import write_case
from harness.contract import ProgramObservation

FORMAT: Final = "counterproof-program-finding"
VERSION: Final = 1
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
    case = replace(result.job.guest, checkpoint_insns=0)
    elf, case_json = directory / "program.elf", directory / "case.json"
    _put(elf, case.image)
    elf.chmod(0o755)
    _put(case_json, write_case(case).encode())
    for side, seen in (("subject", result.subject), ("reference", result.oracle)):
        if seen is not None:
            _put(directory / f"{side}.stdout", seen.observation.stdout)
            _put(directory / f"{side}.stderr", seen.observation.stderr)
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
            "run": shlex.join(["counterproof", "vm", "run", str(elf), "--", *case.argv[1:]]),
            "locate": shlex.join(["counterproof", "corpus", "locate", str(case_json)]),
        },
    }
    _put(directory / "finding.json", json.dumps(document, indent=1).encode() + b"\n")
    line = f"{directory}: {result.job.label} differs from {result.reference} in {', '.join(result.fields)}"
    if locate_first:
        try:
            found = locate(case, limit_insns=LOCATE_INSNS)
        except LocateError as error:
            return f"{line}; not located: {error}"
        if found is None:
            return f"{line}; our tiers agree on its first {LOCATE_INSNS:,} instructions"
        _put(directory / "located.txt", found.text().encode() + b"\n")
        line += f"; first wrong instruction: {found.headline()}"
    return line


def _end(seen: ProgramObservation) -> dict[str, object]:
    return {"end": seen.end.name, "exit_status": seen.exit_status, "signal": seen.signal, "retired": seen.retired}


def _put(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".partial")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
