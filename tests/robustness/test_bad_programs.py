"""`counterproof vm run` on what is no program, and on programs that do not end: one line, no traceback."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from oracles.elf_image import EXECUTE, READ, Segment, elf_executable

ROOT = Path(__file__).parents[2]
BASE = 0x10000


def _elf(*words: int, entry: int = BASE) -> bytes:
    code = b"".join(word.to_bytes(4, "little") for word in words)
    return elf_executable(entry, [Segment(BASE, code, 4096, READ | EXECUTE)])


def _run(path: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "harness.cli", "vm", "run", *options, str(path)]
    return subprocess.run(command, capture_output=True, cwd=ROOT, check=False, stdin=subprocess.DEVNULL)


def _patched(offset: int, form: str, value: int) -> bytes:
    image = bytearray(_elf(0x00000073))
    struct.pack_into(form, image, offset, value)
    return bytes(image)


def _overlapping() -> bytes:
    image = bytearray(
        elf_executable(
            BASE,
            [
                Segment(BASE, b"\x73", 4096, READ | EXECUTE),
                Segment(BASE + 0x1000, b"\x73", 4096, READ | EXECUTE),
            ],
        )
    )
    struct.pack_into("<Q", image, 64 + 56 + 16, BASE)
    return bytes(image)


_HEADER = 64
BAD: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"#!/bin/sh\nexit 0\n",
    "half a header": lambda: _elf(0x73)[:40],
    "header alone": lambda: _elf(0x73)[:_HEADER],
    "segment cut off": lambda: _elf(0x73)[:0x1400],
    "32 bits": lambda: _patched(4, "<B", 1),
    "big endian": lambda: _patched(5, "<B", 2),
    "x86_64": lambda: _patched(18, "<H", 62),
    "core file": lambda: _patched(16, "<H", 4),
    "enormous segment": lambda: _patched(_HEADER + 40, "<Q", 1 << 62),
    "segment beyond the address space": lambda: _patched(_HEADER + 16, "<Q", (1 << 64) - 4096),
    "more data than memory": lambda: _patched(_HEADER + 40, "<Q", 1),
    "wild entry": lambda: _elf(0x73, entry=0x7000_0000),
    "headers beyond the file": lambda: _patched(32, "<Q", 1 << 40),
}


@pytest.mark.parametrize("what", sorted(BAD))
def test_a_file_that_is_no_program_is_refused_in_one_line(what: str, tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_bytes(BAD[what]())
    path.chmod(0o755)
    done = _run(path)
    error = done.stderr.decode()
    assert done.returncode == 2, error
    assert done.stdout == b""
    assert len(error.splitlines()) == 1
    assert error.startswith("counterproof: ")
    assert str(path) in error


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_missing_file_and_a_directory_are_refused(name: str, tmp_path: Path) -> None:
    done = _run(tmp_path / name)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_an_entry_among_zeros_is_a_signal_of_the_guest(tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_bytes(_elf(0x00000073, entry=BASE + 0x800))
    path.chmod(0o755)
    done = _run(path)
    assert done.returncode == -4
    assert b"Traceback" not in done.stderr


def test_overlapping_segments_give_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_bytes(_overlapping())
    path.chmod(0o755)
    done = _run(path, "--limit", "1000")
    assert b"Traceback" not in done.stderr
    assert done.returncode in (2, 124, -4, -11)


@pytest.mark.parametrize("option", [("--limit", "100000"), ("--timeout", "0.3")])
def test_an_infinite_loop_is_ended(option: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_bytes(_elf(0x0000006F))  # jal x0, 0
    path.chmod(0o755)
    done = _run(path, *option)
    assert done.returncode == 124
    assert b"Traceback" not in done.stderr


def test_a_flood_of_output_passes_through_and_ends_with_the_limit(tmp_path: Path) -> None:
    # auipc a1, 0; addi a0, x0, 1; addi a2, x0, 64; addi a7, x0, 64; ecall; jal x0, -16
    image = _elf(0x00000597, 0x00100513, 0x04000613, 0x04000893, 0x00000073, 0xFF1FF06F)
    path = tmp_path / "program"
    path.write_bytes(image)
    path.chmod(0o755)
    done = _run(path, "--limit", "50000")
    assert done.returncode == 124
    assert len(done.stdout) > 100_000
    assert len(done.stdout) % 64 == 0
