"""Two mistakes in a campaign are two clusters; an injected bug is open while it is there, and fixed when it is gone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.triage.clusters import clusters
from harness.triage.ledger import Ledger, State, keyed_buckets
from harness.triage.store import FindingsStore

ROOT = Path(__file__).parents[3]
TOYS = Path(__file__).parents[1]


def _counterproof(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{TOYS}", "COLUMNS": "200"},
        check=False,
    )


def _diff(out: Path, *arguments: str) -> None:
    done = _counterproof(
        *("diff", "riscv", "--no-reduce", "--no-coverage", "--batch", "16", "--profile", "integer", "--out", out),
        *arguments,
    )
    assert done.returncode == 1, done.stderr


def test_two_mistakes_are_two_clusters_and_each_found_often_is_one(tmp_path: Path) -> None:
    _diff(tmp_path, "--subject", "wrong_reference:wrong_two", "--oracle", "unicorn-riscv64", "--cases", "80")
    store = FindingsStore(tmp_path)
    try:
        groups = clusters(keyed_buckets(store), {})
        labels = {finding.label for finding in store.findings()}
    finally:
        store.close()
    found = {re.sub(r".*riscv64 (c\.)?(\w+): .*", r"\2", b.signature): g for g in groups for b in g.buckets}
    assert found.keys() == {"addw", "xor"}
    assert len(groups) == 2
    assert all(group.count >= 3 for group in groups), "each was found several times, and is one thing to look at"
    assert sum(group.count for group in groups) == len(labels)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planted")
    _diff(out, "--subject", "riscv64-reference", "--cases", "16", "--sabotage", "addw-zero-extended")
    return out


def _states(out: Path) -> set[State]:
    store = FindingsStore(out)
    try:
        ledger = Ledger(store)
        return {entry.state for entry in ledger.entries().values()}
    finally:
        store.close()


def test_an_injected_bug_is_open_while_it_is_there_and_closed_when_it_is_gone_and_opened_again(planted: Path) -> None:
    bug = ("--sabotage", "addw-zero-extended")
    done = _counterproof("triage", planted, "--runs", "1", "--close-after", "1", *bug)
    assert done.returncode == 1, done.stderr
    assert "diverged in 100% of 1 runs" in done.stdout
    assert _states(planted) == {State.OPEN}
    done = _counterproof("triage", planted, "--runs", "1", "--close-after", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert _states(planted) == {State.FIXED}
    done = _counterproof("triage", planted, "--runs", "1", "--closed", *bug)
    assert done.returncode == 1
    assert "it was closed and is back" in done.stdout
    assert _counterproof("status", planted).returncode == 1
