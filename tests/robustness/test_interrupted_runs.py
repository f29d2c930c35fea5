"""Whole runs of `counterproof diff riscv` that are killed, interrupted or given what they cannot use."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOYS = ROOT / "tests" / "harness"
WRONG, RIGHT = "wrong_reference:wrong_addw", "riscv64-interpreter"
PLAN = ("--subject", RIGHT, "--oracle", WRONG, "--cases", "192", "--batch", "16", "--profile", "default")
TIMES = ("seconds", "elapsed_seconds")


def _command(out: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "harness.cli", "diff", "riscv", "--out", str(out), *arguments]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{TOYS}", "COLUMNS": "200"}


def _run(out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(out, *arguments), capture_output=True, text=True, cwd=ROOT, env=_environment(), check=False
    )


def _start(out: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        _command(out, *arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=_environment(),
        start_new_session=True,
    )


def _acknowledged(out: Path) -> set[str]:
    """The findings that are in the database, asked for through SQLite alone."""
    path = out / "findings.sqlite"
    if not path.exists():
        return set()
    database = sqlite3.connect(path, timeout=30)
    try:
        return {row[0] for row in database.execute("SELECT label FROM finding")}
    except sqlite3.OperationalError:  # killed before the tables were made
        return set()
    finally:
        database.close()


def _counts(out: Path) -> dict[str, Any]:
    document = json.loads((out / "summary.json").read_text())
    counts = {name: value for name, value in document["statistics"].items() if name not in TIMES}
    buckets = [(b["signature"], b["count"], b["first"]) for b in document["buckets"]]
    return {"statistics": counts, "buckets": buckets, "complete": document["complete"], "exit": document["exit_code"]}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    done = _run(out, *PLAN, "--no-reduce")
    assert done.returncode == 1, done.stderr
    assert len(_acknowledged(out)) > 10
    return out


def test_a_run_killed_at_random_instants_loses_nothing_and_ends_alike(uninterrupted: Path, tmp_path: Path) -> None:
    instants = random.Random(7)
    kept: set[str] = set()
    for _ in range(4):
        process = _start(tmp_path, *PLAN, "--no-reduce", "--resume")
        # Wait for something to lose, then a random while more.
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline and _acknowledged(tmp_path) <= kept:
            time.sleep(0.02)
        time.sleep(instants.uniform(0, 0.3))
        before = _acknowledged(tmp_path)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        after = _acknowledged(tmp_path)
        assert before <= after
        assert kept <= after
        kept = after
    assert kept
    done = _run(tmp_path, *PLAN, "--no-reduce", "--resume")
    assert done.returncode == 1, done.stderr
    assert kept <= _acknowledged(tmp_path) == _acknowledged(uninterrupted)
    assert _counts(tmp_path) == _counts(uninterrupted)


def test_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    arguments = list(PLAN)
    arguments[arguments.index("192")] = "100000"
    process = _start(tmp_path, *arguments, "--no-reduce")
    deadline = time.monotonic() + 60
    while not _acknowledged(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    document = json.loads((tmp_path / "summary.json").read_text())
    assert document["exit_code"] == 130
    assert not document["complete"]
    assert document["buckets"]
    assert _acknowledged(tmp_path)


@pytest.mark.parametrize("kind", ["a file", "below a file", "damaged database", "database of another release"])
def test_an_out_that_cannot_be_used_is_one_clear_line(kind: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if kind == "a file":
        out.write_text("")
    elif kind == "below a file":
        out.write_text("")
        out /= "below"
    else:
        out.mkdir()
        if kind == "damaged database":
            (out / "findings.sqlite").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
        else:
            database = sqlite3.connect(out / "findings.sqlite")
            database.execute("PRAGMA user_version=99")
            database.close()
    done = _run(out, "--cases", "1", "--oracle", RIGHT)
    assert done.returncode in (2, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert str(out) in done.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--cases", "0"), "Invalid value"),
        (("--cases", "many"), "Invalid value"),
        (("--batch", "5000"), "Invalid value"),
        (("--seed", "-1"), "Invalid value"),
        (("--oracle", "unicorm-riscv64"), "unicorn-riscv64"),
        (("--subject", "nothing"), "riscv64-interpreter"),
        (("--profile", "nothing"), "compressed"),
        (("--sabotage", "addw-zero-extends"), "addw-zero-extended"),
        (("--no-such-option",), "No such option"),
    ],
)
def test_wrong_usage_exits_with_2_and_names_what_is_legal(
    arguments: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    done = _run(tmp_path / "out", *arguments)
    assert done.returncode == 2, done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr
