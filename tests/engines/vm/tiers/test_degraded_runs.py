"""Systems that refuse what tiers need: runs go on without it and say so, or end with one line."""

from __future__ import annotations

import os
import platform
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from engines.vm.isa.riscv64.coding import assemble

ROOT = Path(__file__).parents[4]
CODE = 0x10000
NO_EXECUTABLE_MEMORY = """
from engines.vm.runtime import executable_memory
real = executable_memory._protect
def refuse(address, size, protection):
    if protection & 4:
        raise executable_memory.ExecutableMemoryError("the system refuses executable memory (for a test)")
    real(address, size, protection)
executable_memory._protect = refuse
"""
NO_LLVM = "sys.modules['llvmlite'] = None\n"
NATIVE = platform.machine() == "x86_64"


@pytest.fixture
def program(tmp_path: Path) -> str:
    code = assemble("addi a0, zero, 7\naddi a7, zero, 93\necall\n", CODE)
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, 243, 1, CODE, 64, 0, 5, 64, 56, 1, 0, 0, 0)
    header += struct.pack("<IIQQQQQQ", 1, 5, 0x1000, CODE, 0, len(code), len(code), 4096)
    path = tmp_path / "program"
    path.write_bytes(header.ljust(0x1000, b"\0") + code)
    return str(path)


def run(patch: str, *arguments: str, limit: str = "") -> subprocess.CompletedProcess[str]:
    script = f"import sys\n{limit}{patch}from harness.commands.vm_run import run\nsys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-P", "-c", script, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.skipif(not NATIVE, reason="the native tiers are for x86_64")
@pytest.mark.parametrize("tier", ["default", "interpreter", "baseline", "llvm", "auto"])
def test_without_executable_memory_the_reference_tier_runs_everything(tier: str, program: str) -> None:
    done = run(NO_EXECUTABLE_MEMORY, "--tier", tier, "--stats", program)
    assert done.returncode == 7, done.stderr
    first, *rest = done.stderr.splitlines()
    assert first.startswith("counterproof: the reference tier runs everything, slowly; ")
    assert first.endswith("the system refuses executable memory (for a test)")
    assert any(line.split() == ["tier", "reference"] for line in rest)
    assert any(line.startswith("instead of the ") and line.endswith("(for a test)            1") for line in rest)


def test_without_llvm_the_reference_tier_runs_everything(program: str) -> None:
    done = run(NO_LLVM, "--stats", program)
    assert done.returncode == 7, done.stderr
    assert "reference tier runs everything, slowly" in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not NATIVE, reason="the native tiers are for x86_64")
@pytest.mark.parametrize(("gigabytes", "words"), [(4, "of address space"), (100, "for decoded code")])
def test_too_little_address_space_is_told_in_one_line(gigabytes: int, words: str, program: str) -> None:
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({gigabytes} << 30,) * 2)\n"
    done = run("", program, limit=limit)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("counterproof: cannot reserve 0x")
    assert words in done.stderr
    assert "lift `ulimit -v`" in done.stderr


def test_nothing_is_translated_without_executable_memory(program: str, tmp_path: Path) -> None:
    script = f"import sys\n{NO_EXECUTABLE_MEMORY}from harness.cli import main\nmain(sys.argv[1:])"
    command = [sys.executable, "-P", "-c", script, "vm", "aot", program, "-o", str(tmp_path / "image")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("counterproof: nothing can be translated here: ")
    assert not (tmp_path / "image").exists()
