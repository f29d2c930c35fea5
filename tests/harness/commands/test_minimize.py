"""`counterproof minimize`: exit codes, what it prints, what it writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.case_file import load_case, write_case
from harness.cli import main
from harness.contract import MachineCase, ProgramCase, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES
from harness.reduce.search import instruction_count
from harness.report.reproducer import load_reproducer

WRONG, RIGHT = "wrong_reference:wrong_addw", "riscv64-reference"


def _minimize(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["minimize", *map(str, arguments)])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    state["x"][11] = 1 << 31
    words = [0x00128293] * 8 + [0x00C583BB] + [0x00128293] * 8 + [0x00100073]
    code = b"".join(w.to_bytes(4, "little") for w in words)
    path = tmp_path / "case.json"
    path.write_text(write_case(MachineCase("riscv64", state, code, CODE_BASE, bytes(DATA_BYTES), 300, "here")))
    return path


@pytest.mark.evidence("HX-06")
def test_a_case_is_reduced_and_its_reproducer_can_be_reduced_again(
    case_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert _minimize(case_file, "--subject", WRONG, "--oracle", RIGHT, "--out", first) == 1
    printed = capsys.readouterr().out
    assert "after window: 1 instructions" in printed
    assert "riscv64 addw: x differs" in printed
    case, subject, oracle = load_reproducer(first)
    assert (instruction_count(case), subject, oracle) == (1, WRONG, RIGHT)
    assert _minimize(first, "--out", second) == 1
    again = load_case(second / "case.json")
    assert write_case(again) == write_case(case)


def test_agreement_exits_with_0_and_writes_nothing(
    case_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert _minimize(case_file, "--subject", RIGHT, "--oracle", RIGHT, "--out", out) == 0
    assert "does not diverge" in capsys.readouterr().err
    assert not out.exists()


def test_bad_input_is_refused_in_one_line(case_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "program.json"
    program.write_text(write_case(ProgramCase("riscv64", b"")))
    broken = tmp_path / "broken.json"
    broken.write_bytes(case_file.read_bytes()[:90])
    for arguments in (
        (tmp_path / "nowhere",),
        (tmp_path,),
        (broken,),
        (program,),
        (case_file, "--subject", "riscv64-refernce"),
        (case_file, "--oracle", "no_such_module:Thing", "--subject", RIGHT),
    ):
        assert _minimize(*arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith("counterproof minimize: ")
        assert len(error.splitlines()) == 1


def test_an_out_that_cannot_be_written_is_an_internal_error(
    case_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert _minimize(case_file, "--subject", WRONG, "--oracle", RIGHT, "--out", tmp_path / "file" / "out") == 3
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "--out" in error
