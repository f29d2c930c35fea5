"""Temporaries end when rustc ends them: with their statement, branch, or side of `&&`, in reverse of their making."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program

PROGRAM = Path(__file__).parent / "programs" / "temporaries.rs"
EXPECTED = PROGRAM.with_suffix(".expected").read_text()


@pytest.mark.evidence("WR-02")
def test_temporaries_end_in_order() -> None:
    code, output, _ = run_program(check_source(PROGRAM.read_text()))
    assert (code, output.decode()) == (0, EXPECTED)


@pytest.mark.skipif(shutil.which("rustc") is None or shutil.which("cc") is None, reason="no rustc or linker")
def test_rustc_ends_them_in_the_same_order(tmp_path: Path) -> None:
    made = tmp_path / "temporaries"
    command = ["rustc", "--edition=2021", "-Awarnings", "-o", str(made), str(PROGRAM)]
    subprocess.run(command, check=True, timeout=120)
    assert subprocess.run([made], capture_output=True, text=True, check=True, timeout=60).stdout == EXPECTED
