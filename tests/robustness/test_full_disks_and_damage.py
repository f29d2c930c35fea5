"""A disk that is really full while findings are filed, a database that is damaged, blobs that are gone: a clear line,
and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from harness.case_file import read_case
from harness.triage.store import DATABASE, FindingsStore

ROOT = Path(__file__).parents[2]
TOYS = ROOT / "tests" / "harness"
PLAN = (
    *("--subject", "riscv64-interpreter", "--oracle", "wrong_reference:wrong_addw", "--no-reduce", "--no-coverage"),
    *("--cases", "96", "--batch", "16", "--profile", "default"),
)
FULL = """
mount -t tmpfs -o size="$SIZE" none "$OUT" && test -w /dev/null || exit 77
"$@"; status=$?
cp -r "$OUT"/. "$SAVED"
exit $status
"""


def _environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{TOYS}", "COLUMNS": "200"} | more


def _counterproof(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness.cli", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=280, check=False
    )


def _on_a_small_disk(size: str, out: Path, saved: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `counterproof` in a mount namespace of its own where `out` is a file system of `size`; what it holds in the
    end is copied to `saved`."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    out.mkdir()
    saved.mkdir()
    namespaces = "-m" if os.geteuid() == 0 else "-rm"
    command = ["unshare", namespaces, "sh", "-c", FULL, "sh", sys.executable, "-m", "harness.cli", *arguments]
    done = subprocess.run(
        [*command, "--out", str(out)],
        cwd=ROOT,
        env=_environment(SIZE=size, OUT=str(out), SAVED=str(saved)),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"file systems cannot be mounted here: {done.stderr.strip()}")
    return done


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    done = _counterproof("diff", "riscv", *PLAN, "--out", out)
    assert done.returncode == 1, done.stderr
    return out


def _findings(out: Path) -> set[str]:
    """The labels of all findings, of which each must have its case."""
    store = FindingsStore(out)
    try:
        found = store.findings()
        for finding in found:
            assert read_case(store.blobs.get(finding.case)).label == finding.label
    finally:
        store.close()
    return {finding.label for finding in found}


@pytest.mark.parametrize("size", ["60k", "240k"])
def test_a_full_disk_stops_a_campaign_with_a_clear_line_and_it_is_resumed(
    size: str, whole: Path, tmp_path: Path
) -> None:
    out, saved = tmp_path / "out", tmp_path / "saved"
    done = _on_a_small_disk(size, out, saved, "diff", "riscv", *PLAN)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("counterproof diff: ")
    assert "full" in line and "free some space" in line
    if (saved / DATABASE).exists():
        kept = _findings(saved)
        assert kept < _findings(whole)
        assert kept or size == "60k", "on the larger disk it got somewhere"
    resumed = _counterproof("diff", "riscv", *PLAN, "--out", saved, "--resume")
    assert resumed.returncode == 1, resumed.stderr
    assert _findings(saved) == _findings(whole), "with space again it ends as if nothing had happened"


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


@pytest.mark.parametrize("command", [("status",), ("report", "--format", "sarif"), ("triage", "--runs", "1")])
def test_a_damaged_database_is_moved_aside_and_the_next_run_goes_on(command: tuple[str, ...], copied: Path) -> None:
    path = copied / DATABASE
    content = bytearray(path.read_bytes())
    content[4096:12288] = b"\xa5" * 8192
    path.write_bytes(content)
    done = _counterproof(command[0], copied, *command[1:])
    assert done.returncode == 3
    (line,) = done.stderr.strip().splitlines()
    assert "is damaged" in line and "nothing was deleted" in line
    moved = next(p for p in copied.iterdir() if "damaged" in p.name and not p.name.endswith(("-wal", "-shm")))
    assert moved.read_bytes() == bytes(content)
    again = _counterproof("diff", "riscv", *PLAN, "--out", copied)
    assert again.returncode == 1, again.stderr


def test_a_blob_that_is_gone_is_named_and_the_others_are_examined(copied: Path) -> None:
    database = sqlite3.connect(copied / DATABASE)
    first, digest = database.execute('SELECT signature, "case" FROM finding ORDER BY id LIMIT 1').fetchone()
    buckets = database.execute("SELECT count(DISTINCT signature) FROM finding").fetchone()[0]
    database.close()
    (copied / "blobs" / digest[:2] / digest).unlink()
    done = _counterproof("triage", copied, "--runs", "1")
    assert done.returncode == 1, done.stderr
    assert f"{buckets} buckets: {buckets} open, 0 closed" in done.stdout
    assert "unknown" in done.stdout and f"blob {digest} cannot be read" in done.stdout
    assert first in done.stdout
    assert "Traceback" not in done.stderr
