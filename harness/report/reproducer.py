"""Reproducers: a directory per finding from which anyone can replay it without the campaign that found it.

======================= ===============================================================================================
file                    what it is
======================= ===============================================================================================
`repro.py`              a program that replays the case on both sides; exit status 1 while they still differ, 0 when not
`case.json`             the case, in the format of `harness.case_file`
`finding.json`          subject, oracle, signature, differing fields, versions, the command that found it
`listing.S`             code, initial state, and each step with what both sides changed
`case.elf`              the case as a static Linux program for other emulators, where the ISA has one
======================= ===============================================================================================
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from engines.whole_file import replace_whole
from harness.case_file import case_document, load_case
from harness.compare.describe import CaseComparison, compare_case
from harness.contract import Executor, MachineCase, MachineObservation
from harness.report.listing import listing
from harness.strict_json import DocumentError, parse

FORMAT: Final = "counterproof-finding"
VERSION: Final = 1

_SCRIPT: Final = '''\
#!/usr/bin/env python3
"""{title}

Replays one finding of Counterproof: {subject} against {oracle}.
Needs: pip install "counterproof[oracles]". Exit status: 1 the executors still differ, 0 they agree, 2 cannot run.
"""

import sys

CASE = {case}

SUBJECT = {subject!r}
ORACLE = {oracle!r}

try:
    from harness.commands.repro import replay_text
except ImportError as error:
    print(f"this reproducer needs Counterproof ({{error}}): pip install 'counterproof[oracles]'", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(replay_text(CASE, SUBJECT, ORACLE))
'''


@dataclass(frozen=True)
class Finding:
    """What a reproducer says about itself."""

    subject: str
    oracle: str
    signature: str
    fields: tuple[str, ...]
    command: str
    instructions: int
    versions: dict[str, str]


def versions(executors: Mapping[str, Executor]) -> dict[str, str]:
    """Everything whose version decides what happens."""
    try:
        ours = version("counterproof")
    except PackageNotFoundError:
        ours = "source tree"
    found = {"counterproof": ours, "python": platform.python_version(), "machine": platform.machine()}
    return found | {name: executor.capabilities.version for name, executor in executors.items()}


def name_to_create(executor: Executor) -> str:
    """The name under which the registry makes this executor again, which may differ from what it calls itself."""
    return str(getattr(executor, "registered_name", executor.name))


def write_reproducer(
    directory: Path,
    case: MachineCase,
    subject: Executor,
    oracle: Executor,
    *,
    signature: str,
    instructions: int,
    command: str,
    elf: bytes | None = None,
) -> Finding:
    """Write the reproducer of `case` into `directory`, which is made. Files appear whole or not at all.

    Raises:
        OSError: the directory cannot be written.
    """
    ours, theirs = subject.run(case), oracle.run(case)
    assert isinstance(ours, MachineObservation)
    assert isinstance(theirs, MachineObservation)
    result = compare_case(case, ours, theirs)
    finding = Finding(
        name_to_create(subject),
        name_to_create(oracle),
        signature,
        result.fields,
        command,
        instructions,
        versions({subject.name: subject, oracle.name: oracle}),
    )
    document = case_document(case)
    directory.mkdir(parents=True, exist_ok=True)
    script = _SCRIPT.format(
        title=f"{signature}.",
        subject=name_to_create(subject),
        oracle=name_to_create(oracle),
        case='r"""\n' + json.dumps(document, indent=1) + '\n"""',
    )
    replace_whole(directory / "case.json", json.dumps(document, indent=1).encode() + b"\n", durable=True)
    head: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    found = json.dumps(head | asdict(finding), indent=1).encode() + b"\n"
    replace_whole(directory / "finding.json", found, durable=True)
    replace_whole(directory / "listing.S", listing(case, subject, oracle).encode(), durable=True)
    replace_whole(directory / "repro.py", script.encode(), executable=True, durable=True)
    if elf is not None:
        replace_whole(directory / "case.elf", elf, executable=True, durable=True)  # QEMU refuses a file that is not
    return finding


def load_reproducer(directory: Path) -> tuple[MachineCase, str, str]:
    """The case, the subject's name and the oracle's name of a reproducer directory.

    Raises:
        DocumentError: what is in the directory is no reproducer; the message says what is wrong.
        OSError: it cannot be read.
    """
    path = directory / "finding.json"
    head = parse(path.read_bytes(), str(path))
    head.form(FORMAT, VERSION)
    subject, oracle = head.field("subject").string(), head.field("oracle").string()
    case = load_case(directory / "case.json")
    if not isinstance(case, MachineCase):
        raise DocumentError(f"{directory / 'case.json'}: a reproducer holds a machine case, this is a {case.kind} case")
    return case, subject, oracle


def replay(case: MachineCase, subject: Executor, oracle: Executor) -> tuple[CaseComparison, str]:
    """Run `case` on both sides: the comparison and the listing."""
    ours, theirs = subject.run(case), oracle.run(case)
    assert isinstance(ours, MachineObservation)
    assert isinstance(theirs, MachineObservation)
    return compare_case(case, ours, theirs), listing(case, subject, oracle)
