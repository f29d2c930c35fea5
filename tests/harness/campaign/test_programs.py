"""Real programs across executors, without building any: images made byte by byte, executors that answer as told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.programs.manifest import Workload
from harness.campaign.locate import LocateError, locate
from harness.campaign.programs import (
    LIMITATION,
    REFERENCE,
    SUBJECT,
    CorpusSummary,
    Job,
    _Run,
    prefix_of,
)
from harness.commands.corpus import summary_lines
from harness.contract import (
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    End,
    MachineBatch,
    Observation,
    ProgramCase,
    ProgramObservation,
    Verdict,
)
from oracles.conformance_programs import elf_image

GOOD = ProgramObservation(0, 0, b"out\n", b"", retired=100)
# lui x10, 0x80000; addiw x10, x10, -1; addw x11, x10, x10; addi x12, x11, 0; addi x17, x0, 93; ecall
ADDS = elf_image((0x80000537, 0xFFF5051B, 0x00A505BB, 0x00058613, 0x05D00893, 0x00000073))


class Told:
    """Answers every program with the same observation."""

    def __init__(self, name: str, answer: ProgramObservation | Exception) -> None:
        self.name, self.answer = name, answer
        self.capabilities = Capabilities(kinds=frozenset((CaseKind.PROGRAM,)))
        self.ran: list[ProgramCase] = []

    def run(self, case: Case) -> Observation:
        assert isinstance(case, ProgramCase)
        self.ran.append(case)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        raise NotImplementedError

    def close(self) -> None:
        return


def job(workload: Workload | None = None, has_prefix: bool = True) -> Job:
    case = ProgramCase("riscv64", b"guest", label="toy O2 first")
    return Job("toy", workload or Workload("first"), case, replace(case, isa="x86_64", image=b"twin"), has_prefix)


def compared(*others: Told, subject: Told | None = None, jobs: list[Job] | None = None) -> CorpusSummary:
    summary = CorpusSummary("quick", SUBJECT, tuple(other.name for other in others))
    executors = {SUBJECT: subject or Told(SUBJECT, GOOD)} | {other.name: other for other in others}
    _Run(summary, dict(executors), jobs or [job()], 2, lambda result: None).run()
    return summary


def test_equal_observations_agree() -> None:
    qemu, native, reference = Told("qemu-riscv64", GOOD), Told("native", GOOD), Told(REFERENCE, GOOD)
    summary = compared(qemu, native, reference)
    assert summary.exit_code == 0
    assert {(r.reference, r.verdict) for r in summary.results} == {
        (name, Verdict.AGREE) for name in ("manifest", "qemu-riscv64", "native", REFERENCE)
    }
    assert native.ran[0].image == b"twin", "the host runs its own build"
    assert reference.ran == [prefix_of(job().guest)], "the reference tier runs the beginning"
    assert qemu.ran[0].image == b"guest" and not qemu.ran[0].checkpoint_insns


@pytest.mark.parametrize(
    ("field", "value"),
    [("stdout", b"other\n"), ("stderr", b"!"), ("exit_status", 7), ("signal", 11), ("files", (("a", b"b"),))],
)
def test_a_difference_in_any_field_diverges(field: str, value: object) -> None:
    summary = compared(Told("qemu-riscv64", replace(GOOD, **{field: value})))  # type: ignore[arg-type]
    (found,) = summary.divergences
    assert found.fields == (field,) and summary.exit_code == 1


def test_the_manifest_has_an_opinion_too() -> None:
    wrong = replace(GOOD, exit_status=1)
    summary = compared(Told("qemu-riscv64", wrong), subject=Told(SUBJECT, wrong))
    (found,) = summary.divergences
    assert found.reference == "manifest" and "status 1" in found.detail


def test_a_refusal_is_a_discard_with_its_reason() -> None:
    refused = ProgramObservation(-1, 0, b"", b"", End.REFUSED, detail="makes a thread")
    summary = compared(Told("qiling-riscv64", refused))
    assert summary.discards() == {("qiling-riscv64", "oracle_refused", "makes a thread"): 1}
    assert "discarded 1 × qiling-riscv64: oracle_refused (makes a thread)" in "\n".join(summary_lines(summary))


def test_a_known_limitation_is_counted_and_must_still_show() -> None:
    workload = Workload("first", limitations=(("qiling-riscv64", "answers EPERM"),))
    wrong = Told("qiling-riscv64", replace(GOOD, stdout=b"?"))
    summary = compared(wrong, Told("native", GOOD), jobs=[job(workload)])
    assert summary.discards() == {("qiling-riscv64", LIMITATION, "answers EPERM"): 1} and summary.exit_code == 0
    summary = compared(Told("qiling-riscv64", GOOD), jobs=[job(workload)])
    (found,) = summary.divergences
    assert found.fields == (LIMITATION,) and "take the limitation out of the manifest" in found.detail


def test_nothing_compared_is_no_success() -> None:
    assert compared().exit_code == 3
    refused = ProgramObservation(-1, 0, b"", b"", End.REFUSED, detail="no")
    assert compared(Told("qiling-riscv64", refused)).exit_code == 3


def test_what_is_left_out_is_said() -> None:
    summary = compared(Told("native", GOOD))
    summary.left_out["sqlite"] = "npm is not installed"
    summary.references += ("qemu-riscv64",)
    summary.unavailable["qemu-riscv64"] = "not on PATH"
    text = "\n".join(summary_lines(summary))
    assert "LEFT OUT: npm is not installed" in text and "LEFT OUT: not on PATH" in text
    assert summary.document()["left_out"] == {"sqlite": "npm is not installed"}


def test_a_broken_executor_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="broken"):
        compared(Told("native", RuntimeError("broken")))


def test_locate_finds_no_difference_where_there_is_none() -> None:
    assert locate(ProgramCase("riscv64", ADDS), limit_insns=1000) is None


def test_locate_finds_a_planted_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPROOF_SABOTAGE", "addw-zero-extended")
    found = locate(ProgramCase("riscv64", ADDS), limit_insns=1000)
    assert found is not None
    assert (found.retired, found.instruction) == (2, "addw a1, a0, a0")
    assert found.differences == (("x11", 0xFFFFFFFE, 0xFFFFFFFFFFFFFFFE),)
    assert found.headline() == f"addw a1, a0, a0 at {found.pc:#x} after 2 instructions"


def test_locate_says_what_cannot_be_run() -> None:
    with pytest.raises(LocateError, match="ELF"):
        locate(ProgramCase("riscv64", b"not a program"))
    with pytest.raises(ValueError, match="x86_64"):
        locate(ProgramCase("x86_64", ADDS))
