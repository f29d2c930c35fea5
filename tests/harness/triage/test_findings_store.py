"""The findings store keeps what it acknowledged: through kills, damage and full disks."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.triage.blobs import BlobError, BlobStore
from harness.triage.store import DATABASE, Finding, FindingsStore, StoreError

ROOT = Path(__file__).parents[3]


def _finding(number: int, signature: str = "riscv64 mul: x differs") -> Finding:
    return Finding(f"seed 1 case {number}", "subject", "oracle", signature, ("x", "pc"), "x[5] differs", "0" * 64)


def test_findings_come_back_in_order_and_once(tmp_path: Path) -> None:
    store = FindingsStore(tmp_path)
    campaign = store.campaign({"seed": 1})
    assert store.add(campaign, _finding(3))
    assert store.add(campaign, _finding(1, "other"))
    assert not store.add(campaign, _finding(3)), "the same finding of a resumed campaign is kept once"
    other = store.campaign({"seed": 2})
    assert store.add(other, _finding(3))
    store.close()
    again = FindingsStore(tmp_path)
    assert again.campaign({"seed": 1}, resume=True) == campaign
    again.complete(campaign)
    assert again.campaign({"seed": 1}, resume=True) not in (campaign, other)
    assert again.findings(campaign) == [_finding(3), _finding(1, "other")]
    assert len(again.findings()) == 3
    assert [(b.signature, b.count) for b in again.buckets()] == [(_finding(0).signature, 2), ("other", 1)]
    assert again.buckets()[0].first == _finding(3)
    again.close()


def test_a_stable_point_replaces_the_one_before(tmp_path: Path) -> None:
    store = FindingsStore(tmp_path)
    campaign = store.campaign({"a": 1})
    assert store.stable_point(campaign) is None
    store.write_stable_point(campaign, {"next": 5}, {"cases": 5})
    store.write_stable_point(campaign, {"next": 9}, {"cases": 9})
    store.close()
    again = FindingsStore(tmp_path)
    assert again.stable_point(campaign) == ({"next": 9}, {"cases": 9})
    again.close()


WRITER = """
import sys
from pathlib import Path
from harness.triage.store import Finding, FindingsStore
store = FindingsStore(Path(sys.argv[1]))
campaign = store.campaign({"kill": 1}, resume=True)
number = len(store.findings())
while True:
    number += 1
    case = store.put_blob(f"case {number} " * 500)
    store.add(campaign, Finding(f"case {number}", "s", "o", "g", ("x",), "", case))
    print(number, flush=True)
    store.write_stable_point(campaign, {"next": number + 1}, {"cases": number})
    print("stable", number, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9_at_any_instant(tmp_path: Path) -> None:
    rng = random.Random(7)
    acknowledged = stable = 0
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(rng.random() * 0.2)
        writer.kill()
        lines = writer.stdout.read().decode().split("\n")[:-1]
        writer.stdout.close()
        writer.wait()
        acknowledged = max([acknowledged, *(int(x) for x in lines if not x.startswith("stable"))])
        stable = max([stable, *(int(x.split()[1]) for x in lines if x.startswith("stable"))])
        store = FindingsStore(tmp_path)
        found = store.findings()
        assert len(found) >= acknowledged
        assert [f.label for f in found] == [f"case {n}" for n in range(1, len(found) + 1)]
        assert all(store.blobs.get(f.case).decode().startswith(f.label) for f in found)
        point = store.stable_point(store.campaign({"kill": 1}, resume=True))
        assert (0 if point is None else point[1]["cases"]) >= stable
        store.close()
    assert acknowledged >= 8


@pytest.mark.parametrize("damage", ["not a database", "header", "page"])
def test_a_damaged_database_is_moved_aside_and_named(tmp_path: Path, damage: str) -> None:
    store = FindingsStore(tmp_path)
    campaign = store.campaign({"a": 1})
    digest = store.put_blob("kept")
    for number in range(100):
        store.add(campaign, _finding(number))
    store.close()
    path = tmp_path / DATABASE
    content = bytearray(path.read_bytes())
    if damage == "not a database":
        content = bytearray(b"hello" * 1000)
    elif damage == "header":
        content[0:16] = bytes(16)
    else:
        content[4096 : 3 * 4096] = b"\xa5" * (2 * 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=rf"is damaged .* moved to .*{DATABASE}\.damaged-.*nothing was deleted"):
        FindingsStore(tmp_path).findings()
    moved = [p for p in tmp_path.iterdir() if "damaged" in p.name and p.name.endswith(tuple("0123456789"))]
    assert [p.read_bytes() for p in moved] == [bytes(content)]
    fresh = FindingsStore(tmp_path)
    assert fresh.findings() == [_finding(number) for number in range(100)], "the journal had all of them"
    assert fresh.blobs.get(digest) == b"kept"
    fresh.close()


def test_a_database_of_another_release_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    database = sqlite3.connect(tmp_path / DATABASE)
    database.execute("PRAGMA user_version=99")
    database.close()
    with pytest.raises(StoreError, match="has version 99, this release reads versions up to 2"):
        FindingsStore(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [DATABASE]


FULL = """
import resource, signal, sys
from pathlib import Path
from harness.triage.store import Finding, FindingsStore, StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = FindingsStore(Path(sys.argv[1]))
campaign = store.campaign({"full": 1})
store.add(campaign, Finding("before", "s", "o", "g", (), "", ""))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    for number in range(10_000):
        if sys.argv[3] == "blob":
            store.put_blob("x" * 10 * int(sys.argv[2]))
        else:
            store.add(campaign, Finding(str(number), "s", "o", "g", (), "y" * 5000, ""))
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize("kind", ["blob", "row"])
def test_a_full_disk_is_a_clear_message_and_loses_nothing(tmp_path: Path, kind: str) -> None:
    """A file-size limit stands in for the full disk: the same writes fail, with EFBIG in place of ENOSPC."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(1 << 20), kind],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        text=True,
    )
    assert "cannot be used" in done.stdout
    assert str(tmp_path) in done.stdout
    assert "--out" in done.stdout
    store = FindingsStore(tmp_path)
    labels = [f.label for f in store.findings()]
    assert labels[0] == "before"
    assert not list(tmp_path.rglob("*.partial"))
    store.close()


def test_a_directory_that_cannot_be_made_is_a_clear_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        FindingsStore(tmp_path / "file" / "store")


def test_blobs_are_named_by_content_and_checked(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    digest = store.put(b"content")
    assert digest == hashlib.sha256(b"content").hexdigest() == store.put(b"content")
    assert store.get(digest) == b"content"
    store.path(digest).write_bytes(b"Content")
    with pytest.raises(BlobError, match="was changed on disk"):
        store.get(digest)
    with pytest.raises(BlobError, match="cannot be read"):
        store.get("ab" * 32)
