"""Output that nobody reads or does not fit, files that may not grow, requests to end, two runs in one directory."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.campaign.claim import InUseError, claimed
from harness.triage.store import FindingsStore

ROOT = Path(__file__).parents[2]
TOYS = ROOT / "tests" / "harness"
PLAN = (
    *("diff", "riscv", "--subject", "toy_executors:RiscvToyWrong", "--oracle", "toy_executors:RiscvToy"),
    *("--profile", "short", "--batch", "16", "--no-reduce", "--no-coverage"),
)


def _start(*arguments: str, stdout: int = subprocess.PIPE, file_bytes: int = 0) -> subprocess.Popen[str]:
    def limited() -> None:
        if file_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    return subprocess.Popen(
        [sys.executable, "-m", "harness.cli", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{TOYS}", "COLUMNS": "200"},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limited,
    )


@pytest.mark.parametrize("command", [("sabotage", "--list"), ("--help",), ("vm", "tiers")], ids=" ".join)
def test_a_reader_that_goes_away_ends_a_command_quietly_and_not_with_a_result(command: tuple[str, ...]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    process = _start(*command, stdout=write_end)
    os.close(write_end)
    assert (process.communicate(timeout=120)[1], process.returncode) == ("", 141)


def test_output_that_does_not_fit_is_one_line_and_not_a_result() -> None:
    with Path("/dev/full").open("w") as full:
        process = _start("sabotage", "--list", stdout=full.fileno())
    err = process.communicate(timeout=120)[1]
    assert process.returncode == 3
    assert err == "counterproof: standard output cannot be written: No space left on device\n"


def test_a_campaign_whose_reader_goes_away_keeps_what_it_found_and_is_resumed(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    process = _start(*PLAN, "--cases", "32", "--out", str(tmp_path), stdout=write_end)
    os.close(write_end)
    err = process.communicate(timeout=120)[1]
    assert process.returncode == 141
    assert "Traceback" not in err
    store = FindingsStore(tmp_path)
    assert store.findings()
    store.close()


def test_files_that_may_not_grow_stop_a_campaign_with_a_clear_line(tmp_path: Path) -> None:
    process = _start(*PLAN, "--cases", "32", "--out", str(tmp_path), file_bytes=24 << 10)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    assert "Traceback" not in err
    assert str(tmp_path) in err.splitlines()[-1]
    resumed = _start(*PLAN, "--cases", "32", "--out", str(tmp_path), "--resume")
    _, err = resumed.communicate(timeout=120)
    assert resumed.returncode == 1, err


def test_one_campaign_at_a_time_in_a_directory_and_a_request_to_end_is_an_interruption(tmp_path: Path) -> None:
    first = _start(*PLAN, "--cases", "1000000", "--out", str(tmp_path))
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "findings.sqlite").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        second = _start(*PLAN, "--cases", "16", "--out", str(tmp_path))
        _, err = second.communicate(timeout=60)
        assert second.returncode == 2
        assert err == (
            f"counterproof diff: {tmp_path} is in use by process {first.pid}: wait for it, or choose another --out\n"
        )
        with pytest.raises(InUseError, match=str(first.pid)), claimed(tmp_path):
            pass
    finally:
        first.send_signal(signal.SIGTERM)
        out, err = first.communicate(timeout=120)
    assert first.returncode == 130, err
    assert "INTERRUPTED: interrupted by SIGTERM; everything so far is kept" in out
    with claimed(tmp_path):
        pass


def test_a_command_without_a_campaign_ends_on_request_like_after_ctrl_c() -> None:
    process = _start("coverage", "--cases", "10000000")
    time.sleep(3)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=120)
    assert process.returncode in (130, -signal.SIGTERM), err  # before the handler is there, the signal has its own way
    assert (out, err) == ("", "")
