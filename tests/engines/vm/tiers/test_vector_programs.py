"""Generated programs of vector instructions: every tier against QEMU, all vector state compared."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import AddressSpace
from engines.vm.tiers.executor import TierExecutor
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.user.file_table import FileTable
from engines.vm.user.paths import GuestPaths
from engines.vm.user.process import ExitReason, Options, Process
from fuzz.strategies.riscv64.vectors import (
    QEMU_CPU,
    RECORD_BYTES,
    VectorProgram,
    difference,
    elf_image,
    vector_program,
)

SEEDS = range(8)
REPEAT = 40
TIERS = ("reference", "interpreter", "baseline", "llvm")
_QEMU = shutil.which("qemu-riscv64")


def output_of(program: VectorProgram, tier: TierExecutor, *, guarded: bool = True) -> bytes:
    """What the program writes on a tier."""
    read_end, write_end = os.pipe()
    files = FileTable({0: os.open(os.devnull, os.O_RDONLY), 1: write_end, 2: os.dup(2)})
    options = Options(random=bytes, has_vectors=True)
    process = Process(tier.tier.run, AddressSpace(guarded=guarded), files, GuestPaths(), options)
    process.load(elf_image(program), b"program", [b"program"], [])
    end = process.run()
    process.close()
    with os.fdopen(read_end, "rb") as pipe:
        written = pipe.read()
    assert (end.reason, end.status) == (ExitReason.EXITED, 0), end
    assert len(written) == RECORD_BYTES * len(program.sequences)
    return written


@pytest.fixture(scope="module")
def under_qemu(tmp_path_factory: pytest.TempPathFactory) -> Callable[[VectorProgram], bytes]:
    if _QEMU is None:
        pytest.skip("qemu-riscv64 is not installed: apt-get install qemu-user")
    folder: Path = tmp_path_factory.mktemp("vectors")

    def run(program: VectorProgram) -> bytes:
        path = folder / "program"
        path.write_bytes(elf_image(program))
        path.chmod(0o755)
        return subprocess.run([str(_QEMU), "-cpu", QEMU_CPU, str(path)], capture_output=True, check=True).stdout

    return run


@pytest.mark.parametrize("name", TIERS)
def test_programs_do_what_they_do_under_qemu(name: str, under_qemu: Callable[[VectorProgram], bytes]) -> None:
    tier = TierExecutor(name, has_vectors=True)
    for seed in SEEDS if name != "reference" else SEEDS[:3]:
        repeat = REPEAT if tier.compiles else 1
        program = vector_program(seed, sequences=12, repeat=repeat)
        assert not difference(program, output_of(program, tier), under_qemu(program)), seed


def test_a_hart_without_vectors_is_refused_by_a_tier_for_such_with() -> None:
    """Native code would read and write behind its record."""
    with pytest.raises(ValueError, match="a hart without V on a tier for harts with it"):
        InterpreterTier(has_vectors=True).run(Hart(AddressSpace()), 1)
    with pytest.raises(ValueError, match="make the tier with has_vectors=True"):
        InterpreterTier().run(Hart(AddressSpace(), has_vectors=True), 1)
