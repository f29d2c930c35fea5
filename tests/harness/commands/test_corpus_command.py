"""`counterproof corpus` from outside: exit codes, messages, and what a finding's directory holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.programs.manifest import Workload
from harness.campaign.program_findings import write_finding
from harness.campaign.programs import CorpusSummary, Job, Result, Seen
from harness.case_file import load_case, write_case
from harness.contract import ProgramCase, ProgramObservation, Verdict
from harness.triage.store import FindingsStore
from oracles.conformance_programs import elf_image

# lui x10, 0x80000; addiw x10, x10, -1; addw x11, x10, x10; addi x17, x0, 93; ecall
ADDS = elf_image((0x80000537, 0xFFF5051B, 0x00A505BB, 0x05D00893, 0x00000073))
CASE = ProgramCase("riscv64", ADDS, label="toy O2 go")


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "harness.cli", *arguments]
    return subprocess.run(line, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False)


def corpus(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return command("corpus", *arguments, **environment)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--set", "huge"), "--set huge: there are quick, full"),
        (("build", "gzip"), "no program is called gzip. There are kernels"),
        (("run", "kernels", "--executor", "bochs"), "no executor is called 'bochs'"),
        (("run", "kernels", "--executor", "unicorn-riscv64"), "unicorn-riscv64 runs no programs; choose among"),
        (("locate", "nowhere.json"), "nowhere.json"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = corpus(*arguments, COUNTERPROOF_CACHE=str(tmp_path))
    assert done.returncode == 2, done.stderr
    assert message in done.stderr and "Traceback" not in done.stderr


def test_list_names_every_program_and_its_origin() -> None:
    done = corpus("list")
    assert done.returncode == 0
    assert "quickjs   quickjs 1.19.4 (pypi)" in done.stdout and "sqlite    better-sqlite3 12.11.1 (npm)" in done.stdout


def test_locate_exits_with_1_and_names_the_instruction(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(write_case(CASE))
    same = corpus("locate", str(path), "--limit", "1000")
    assert same.returncode == 0
    assert same.stdout == "no difference between interpreter and reference in 1,000 instructions\n"
    found = corpus("locate", str(path), "--limit", "1000", COUNTERPROOF_SABOTAGE="addw-zero-extended")
    assert found.returncode == 1
    assert found.stdout.startswith("addw a1, a0, a0 at 0x")


def test_a_finding_holds_what_is_needed_to_run_it_again(tmp_path: Path) -> None:
    ours, theirs = ProgramObservation(0, 0, b"1\n", b""), ProgramObservation(0, 0, b"2\n", b"")
    job = Job("toy", Workload("go"), replace(CASE, argv=("toy", "a b")), None, False)
    result = Result(job, "qemu-riscv64", Verdict.DIVERGED, Seen(ours, 0.1), Seen(theirs, 0.1), ("stdout",))
    line = write_finding(result, CorpusSummary("quick", "riscv64-user-interpreter", ("qemu-riscv64",)), tmp_path, True)
    directory = tmp_path / "toy-O2-go-qemu-riscv64"
    assert line.startswith(f"{directory}: toy O2 go differs from qemu-riscv64 in stdout; our tiers agree")
    assert load_case(directory / "case.json") == job.guest
    assert (directory / "subject.stdout").read_bytes() == b"1\n"
    assert (directory / "reference.stdout").read_bytes() == b"2\n"
    assert os.access(directory / "program.elf", os.X_OK)
    document = json.loads((directory / "finding.json").read_text())
    assert document["fields"] == ["stdout"]
    assert document["commands"]["run"] == f"counterproof vm run {directory}/program.elf -- 'a b'"


def _finding(tmp_path: Path, reference: str, theirs: ProgramObservation | None, fields: tuple[str, ...]) -> Path:
    job = Job("toy", Workload("go", exit_status=7), replace(CASE, argv=("toy",)), None, False)
    ours = Seen(ProgramObservation(0, 0, b"1\n", b""), 0.1)
    seen = None if theirs is None else Seen(theirs, 0.1)
    result = Result(job, reference, Verdict.DIVERGED, ours, seen, fields)
    summary = CorpusSummary("quick", "riscv64-user-interpreter", (reference,))
    write_finding(result, summary, tmp_path / "findings", False)
    return tmp_path / "findings" / f"toy-O2-go-{reference}"


@pytest.mark.parametrize(
    ("reference", "theirs", "status", "said"),
    [
        ("riscv64-user-reference", ProgramObservation(1, 0, b"", b""), 0, "agree"),
        ("native", ProgramObservation(9, 0, b"other", b""), 1, "diverged in exit_status, stdout"),
        ("manifest", None, 1, "diverged in exit_status"),
    ],
)
def test_a_finding_of_a_program_is_run_again(
    reference: str, theirs: ProgramObservation | None, status: int, said: str, tmp_path: Path
) -> None:
    """Against a reference that can be asked, what it says now; against the host's build, what it said then."""
    directory = _finding(tmp_path, reference, theirs, ("exit_status",))
    done = command("repro", str(directory))
    assert done.returncode == status, done.stderr
    assert f"riscv64-user-interpreter against {reference}: {said}" in done.stdout


def test_findings_of_programs_are_triaged(tmp_path: Path) -> None:
    _finding(tmp_path, "manifest", None, ("exit_status",))
    (tmp_path / "findings" / "damaged").mkdir()
    (tmp_path / "findings" / "damaged" / "finding.json").write_text("{")
    FindingsStore(tmp_path).close()
    done = command("triage", str(tmp_path), "--runs", "2")
    assert done.returncode == 1, done.stderr
    assert "open           1 × program toy O2 go: exit_status differs" in done.stdout
    assert "damaged" in done.stderr
    again = command("triage", str(tmp_path), "--runs", "1")
    assert "1 buckets: 1 open, 0 closed" in again.stdout, "the directory is taken over once"
