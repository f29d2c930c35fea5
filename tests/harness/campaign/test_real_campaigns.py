"""The RISC-V machine against real references, as `tox -e diff-riscv` does it, with few cases."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROFILES = "default*4,fp,memory,traps,noise"


def campaign(out: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "harness.cli", "diff", "riscv", "--out", str(out), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads((out / "summary.json").read_text())


@pytest.mark.evidence("HX-02")
@pytest.mark.parametrize("oracle", ["unicorn-riscv64", "qemu-system-riscv64"])
def test_our_machine_agrees(oracle: str, tmp_path: Path) -> None:
    if oracle.startswith("qemu") and shutil.which("qemu-system-riscv64") is None:
        pytest.skip("qemu-system-riscv64 is not installed")
    status, summary = campaign(tmp_path, "--oracle", oracle, "--profile", PROFILES, "--cases", "1024", "--batch", "64")
    assert status == 0, summary["buckets"]
    assert summary["statistics"]["cases"] == 1024
    assert summary["statistics"]["instructions"] > 50_000
    assert not summary["statistics"]["discards"]


@pytest.mark.evidence("HX-02")
@pytest.mark.evidence("HX-05")
def test_an_injected_bug_is_found_and_reduced(tmp_path: Path) -> None:
    status, summary = campaign(tmp_path, "--sabotage", "sraw-shifts-in-zeros", "--fail-fast", "--cases", "4096")
    assert status == 1
    assert any("sraw" in bucket["signature"] for bucket in summary["buckets"])
    assert all("(1 instructions)" in bucket["reproducer"] for bucket in summary["buckets"] if bucket["reproducer"])


def test_a_report_says_what_the_tier_under_test_did(tmp_path: Path) -> None:
    executors = ["--subject", "riscv64-baseline", "--oracle", "riscv64-interpreter"]
    status, summary = campaign(tmp_path, *executors, "--profile", "jit", "--cases", "48", "--batch", "16")
    assert status == 0, summary["buckets"]
    counts = summary["statistics"]["counts"]
    regions = counts["regions compiled"]
    assert 48 < regions == sum(times for name, times in counts.items() if name.startswith("compiled within us: "))
    assert counts["insns compiled"] > regions
    assert counts["samples in baseline code"] <= counts["samples"]
    page = (tmp_path / "report.html").read_text()
    assert f'<td>regions compiled</td><td class="n">{regions:,}</td>' in page
    assert "Left to another tier, by reason" in page
