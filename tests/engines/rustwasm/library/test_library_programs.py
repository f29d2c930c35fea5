"""Language and library do what rustc and std do: programs under the reference interpreter print what rustc's print.

`programs/NAME.expected` holds the standard output of rustc's build, `NAME.panic` what it says on standard error if it
ends with a panic. After a change of a program: `COUNTERPROOF_RECORD=1 pytest` on this file, where rustc is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program

PROGRAMS = Path(__file__).parent / "programs"
NAMES = sorted(path.stem for path in PROGRAMS.glob("*.rs"))
ENDED_BY_PANIC = 101


def recorded(name: str) -> tuple[bytes, str]:
    """Standard output and the panic's text (empty if there is none)."""
    panic = PROGRAMS / f"{name}.panic"
    return (PROGRAMS / f"{name}.expected").read_bytes(), panic.read_text() if panic.exists() else ""


@pytest.mark.parametrize("name", NAMES)
def test_prints_what_rustc_prints(name: str) -> None:
    compilation = check_source((PROGRAMS / f"{name}.rs").read_text(), f"{name}.rs")
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    code, output, errors = run_program(compilation)
    wanted, panic = recorded(name)
    assert output.decode().splitlines() == wanted.decode().splitlines()
    assert code == (ENDED_BY_PANIC if panic else 0)
    assert errors.decode().strip().startswith(panic.strip())


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_rustc_agrees(name: str, tmp_path: Path) -> None:
    shutil.copy(PROGRAMS / f"{name}.rs", tmp_path)
    command = ["rustc", "--edition", "2021", "-Awarnings", "-o", "program", f"{name}.rs"]
    subprocess.run(command, cwd=tmp_path, check=True)
    plain = {**os.environ, "RUST_BACKTRACE": "0"}
    done = subprocess.run([tmp_path / "program"], capture_output=True, timeout=60, check=False, env=plain)
    panicked = done.returncode == ENDED_BY_PANIC
    said = re.sub(r"thread 'main' \(\d+\)", "thread 'main'", done.stderr.decode())
    panic = said.split("note: run with")[0].strip() + "\n" if panicked else ""
    if os.environ.get("COUNTERPROOF_RECORD"):
        (PROGRAMS / f"{name}.expected").write_bytes(done.stdout)
        if panicked:
            (PROGRAMS / f"{name}.panic").write_text(panic)
    assert (done.stdout, panic) == recorded(name)
