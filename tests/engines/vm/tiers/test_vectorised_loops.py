"""Loops in C that a compiler vectorised, as programs: every tier prints what the same C prints without vectors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "vector_loops.c"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """`vector_loops.c` with its loops vectorised by clang, and without vectors."""
    pytest.importorskip("ziglang", reason="pip install 'counterproof[corpus]'")
    folder = tmp_path_factory.mktemp("loops")
    zig = [sys.executable, "-m", "ziglang", "cc", "-target", "riscv64-linux-musl"]
    relocatable = folder / "loops.o"
    # The C library stays without vectors: it would have instructions that there are not here.
    vectors = ["-O3", "-mcpu=baseline_rv64+v", "-c", str(SOURCE), "-o", str(relocatable)]
    subprocess.run([*zig, *vectors], check=True)
    subprocess.run([*zig, "-static", str(relocatable), "-o", str(folder / "vectors")], check=True)
    subprocess.run([*zig, "-O1", "-static", str(SOURCE), "-o", str(folder / "plain")], check=True)
    return folder / "vectors", folder / "plain"


def test_loops_that_a_compiler_vectorised_compute_the_same(programs: tuple[Path, Path]) -> None:
    """saxpy, sums, maxima, clamps, bytes, shifts: against the same C without vectors, on every tier."""
    run = [sys.executable, "-m", "harness.cli", "vm", "run"]

    def printed(*arguments: str) -> str:
        return subprocess.run([*run, *arguments], capture_output=True, text=True, check=True).stdout

    expected = printed(str(programs[1]))
    assert len(expected) == 17
    for tier in ("interpreter", "baseline", "llvm", "auto"):
        assert printed("--cpu", "rv64gcv", "--tier", tier, str(programs[0])) == expected, tier
    many = printed("--tier", "interpreter", str(programs[1]), "more")
    assert printed("--cpu", "rv64gcv", "--tier", "llvm", str(programs[0]), "more") == many


def test_stats_count_what_is_left_to_the_reference_tier(programs: tuple[Path, Path]) -> None:
    """Nothing of this program is."""
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", "vm", "run", "--cpu", "rv64gcv", "--stats", str(programs[0])],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "escape" not in done.stderr
