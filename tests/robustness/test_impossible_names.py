"""Names that no file can have, and files that have no end: wrong usage or no such file, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG = "a" * 5000
"""PATH_MAX is 4096, NAME_MAX 255 (limits.h)."""


def counterproof(folder: Path, *words: str | bytes) -> subprocess.CompletedProcess[str]:
    """The command in `folder`, with what it says as text."""
    command: list[str | bytes] = [sys.executable, "-c", "from harness.cli import main; main()", *words]
    environment = {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False
    )


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("status NAME", 2),
        ("triage NAME", 2),
        ("report NAME", 2),
        ("coverage NAME", 2),
        ("repro NAME", 2),
        ("minimize NAME", 2),
        ("corpus locate NAME", 2),
        ("fuzz merge elf_image NAME", 2),
        ("fuzz minimize elf_image NAME", 2),
        ("vm run NAME", 2),
        ("vm aot NAME -o image.cpi", 2),
        ("vm dump NAME", 2),
        ("wasm check NAME", 2),
        ("wasm build NAME", 2),
        ("wasm run NAME", 2),
        ("wasm test NAME", 2),
        ("wasm size NAME", 2),
        ("wasm new NAME", 2),
        ("diff riscv --cases 8 --out NAME", 3),
        ("diff rust --programs 1 --no-run --out NAME", 3),
        ("diff wasm --modules 1 --out NAME", 3),
    ],
)
def test_a_name_that_is_too_long_is_named_in_one_message(line: str, status: int, tmp_path: Path) -> None:
    words = [LONG if word == "NAME" else word for word in line.split()]
    done = counterproof(tmp_path, *words)
    assert "Traceback" not in done.stderr
    assert LONG[:100] in done.stderr
    assert done.returncode == status, done.stderr[:200]


@pytest.mark.parametrize(
    "line",
    [
        "minimize FILE",
        "corpus locate FILE",
        "fuzz minimize elf_image FILE",
        "vm run FILE",
        "vm aot FILE -o image.cpi",
        "vm dump FILE --function main",
        "wasm check FILE",
        "wasm size FILE",
    ],
)
def test_a_file_larger_than_memory_is_not_read(line: str, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 42)
    done = counterproof(tmp_path, *line.replace("FILE", "large").split())
    assert (done.returncode, "more than " in done.stderr, "large" in done.stderr) == (2, True, True), done.stderr[-500:]
    assert "Traceback" not in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["large"]


def test_a_device_without_an_end_is_no_source(tmp_path: Path) -> None:
    done = counterproof(tmp_path, "wasm", "check", "/dev/zero")
    assert (done.returncode, "/dev/zero: more than 16,777,216 bytes" in done.stderr) == (2, True), done.stderr[-500:]


def test_a_name_that_is_not_utf8_is_refused_where_atheris_would_have_to_take_it(tmp_path: Path) -> None:
    done = counterproof(tmp_path, "fuzz", "run", "elf_image", "--runs", "1", "--out", b"\xff")
    assert (done.returncode, "its name is not UTF-8" in done.stderr) == (2, True), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_module_whose_file_could_not_have_such_a_name_is_missing(tmp_path: Path) -> None:
    (tmp_path / "main.rs").write_text(f"mod {LONG};\nfn main() {{}}\n")
    done = counterproof(tmp_path, "wasm", "check", "main.rs")
    assert (done.returncode, "error[E0583]" in done.stderr) == (1, True), done.stderr[:300]
