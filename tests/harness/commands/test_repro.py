"""`counterproof repro` and the entry point of reproducer scripts: exit codes and refusals.

Whole reproducers, damaged ones among them, are tested in tests/harness/report/test_reproducers.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from harness.case_file import write_case
from harness.commands.repro import replay_text
from harness.contract import MachineCase, WasmCase, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES

RIGHT = "riscv64-reference"


def _case() -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    state["x"][11] = 1 << 31
    code = bytes.fromhex("bb83c500") + bytes.fromhex("73001000")  # addw x7, x11, x12; ebreak
    return MachineCase("riscv64", state, code, CODE_BASE, bytes(DATA_BYTES), 300)


@pytest.mark.parametrize(
    ("subject", "oracle", "status", "verdict"),
    [
        (RIGHT, RIGHT, 0, "agree"),
        ("wrong_reference:wrong_addw", RIGHT, 1, "diverged in x"),
        (RIGHT, "wrong_reference:wrong_addw", 1, "diverged in x"),
    ],
)
def test_the_verdict_is_the_status(
    subject: str, oracle: str, status: int, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replay_text(write_case(_case()), subject, oracle) == status
    assert f"verdict: {verdict}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", write_case(WasmCase(b"")), write_case(_case()).replace("riscv64", "arm64")]
)
def test_what_is_no_machine_case_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay_text(text, RIGHT, RIGHT) == 2
    error = capsys.readouterr().err
    assert error.startswith("repro: ")
    assert len(error.splitlines()) == 1


def test_unknown_executors_are_refused_with_the_closest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert replay_text(write_case(_case()), RIGHT, "unicorn-riscv") == 2
    assert "Did you mean unicorn-riscv64?" in capsys.readouterr().err
