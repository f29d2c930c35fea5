"""The corpus of Rust programs says what rustc's builds of them do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from corpus.rust import PROGRAMS, RustProgram, rust_programs

ALL = rust_programs()


def test_there_is_a_guides_worth_of_programs() -> None:
    assert len(ALL) >= 60
    assert {path.stem for path in PROGRAMS.iterdir()} == {program.name for program in ALL}
    assert sum(program.panic is not None for program in ALL) >= 3


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_rustc_agrees(program: RustProgram, tmp_path: Path) -> None:
    (tmp_path / f"{program.name}.rs").write_text(program.source)
    command = ["rustc", "--edition", "2021", "-Awarnings", "-o", "program", f"{program.name}.rs"]
    subprocess.run(command, cwd=tmp_path, check=True)
    done = subprocess.run([tmp_path / "program"], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == program.stdout
    assert done.returncode == program.exit_status
    if program.panic is not None:
        said = re.sub(r"thread 'main' \(\d+\)", "thread 'main'", done.stderr)
        assert said.strip().startswith(program.panic.strip())
