"""The journal: what a store acknowledged comes back from it when the database is gone, damaged lines left out."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.triage.journal import NAME, Journal
from harness.triage.store import DATABASE, Finding, FindingsStore, StoreError

PLAN = {"subject": "ours", "oracles": ["theirs"]}


def _finding(number: int) -> Finding:
    return Finding(f"seed 1 case {number}", "ours", "theirs", f"kind {number % 3}", ("x",), "differs", "0" * 64)


def _filled(place: Path, count: int = 4) -> list[Finding]:
    store = FindingsStore(place)
    campaign = store.campaign(PLAN)
    for number in range(count):
        assert store.add(campaign, _finding(number))
    assert not store.add(campaign, _finding(0)), "a finding that is there already is not written again"
    found = store.findings()
    store.close()
    assert len((place / NAME).read_text().splitlines()) == count
    return found


def _without_database(place: Path) -> None:
    for path in place.glob(DATABASE + "*"):
        path.unlink()


def test_a_new_database_takes_over_everything_that_was_acknowledged(tmp_path: Path) -> None:
    before = _filled(tmp_path)
    _without_database(tmp_path)
    assert FindingsStore.is_at(tmp_path)
    store = FindingsStore(tmp_path)
    assert (store.restored, store.unreadable) == (len(before), 0)
    assert store.findings() == before
    (campaign,) = store.campaigns()
    assert (campaign.plan, campaign.complete, campaign.findings) == (PLAN, False, len(before))
    assert store.campaign(PLAN, resume=True) == campaign.number
    assert not store.add(campaign.number, before[0]), "what a resumed campaign meets again is there already"
    assert store.add(campaign.number, _finding(99))
    store.close()
    again = FindingsStore(tmp_path)
    assert again.restored == 0
    assert len(again.findings()) == len(before) + 1
    again.close()


def test_a_damaged_database_costs_no_finding(tmp_path: Path) -> None:
    before = _filled(tmp_path)
    content = bytearray((tmp_path / DATABASE).read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    (tmp_path / DATABASE).write_bytes(content)
    with pytest.raises(StoreError, match=r"is damaged.*nothing was deleted.*takes every finding over"):
        FindingsStore(tmp_path)
    store = FindingsStore(tmp_path)
    assert store.findings() == before
    store.close()


def test_a_store_of_an_earlier_release_gets_a_whole_journal_with_its_next_finding(tmp_path: Path) -> None:
    before = _filled(tmp_path)
    (tmp_path / NAME).unlink()
    store = FindingsStore(tmp_path)
    assert store.add(store.campaign(PLAN), _finding(99))
    store.close()
    assert len(Journal(tmp_path).read()[0]) == len(before) + 1


def test_a_finding_that_cannot_be_journalled_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _filled(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    store = FindingsStore(tmp_path)
    campaign = store.campaign(PLAN)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match=r"full.*free some space"):
            store.add(campaign, _finding(99))
    assert store.findings() == before
    assert store.add(campaign, _finding(99)), "and with space again it is taken"
    store.close()


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_whatever_happens_to_some_bytes_the_other_lines_are_read(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with mock.patch("os.fsync"):
        _damaged_somewhere(data, tmp_path_factory.mktemp("journal"))


def _damaged_somewhere(data: st.DataObject, place: Path) -> None:
    journal = Journal(place)
    records = [{"campaign": {"number": 1}, "finding": {"label": f"case {n}"}} for n in range(6)]
    for record in records:
        journal.append(record)
    content = bytearray((place / NAME).read_bytes())
    if data.draw(st.booleans(), "cut"):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        place_of = data.draw(st.integers(0, len(content) - 1))
        content[place_of] ^= data.draw(st.integers(1, 255))
    (place / NAME).write_bytes(content)
    read, damaged = journal.read()
    assert all(record in records for record in read), "nothing is made up"
    assert damaged <= 2
    after = {"campaign": {"number": 1}, "finding": {"label": "after"}}
    journal.append(after)
    assert journal.read()[0] == [*read, after], "half a line does not swallow the next"
    kept = [record for record in read if record in records]
    assert len(kept) >= len(content.split(b"\n")) - 3


def test_two_processes_that_make_the_database_at_once_do_not_collide(tmp_path: Path) -> None:
    first, second = FindingsStore(tmp_path), FindingsStore(tmp_path)
    first._upgrade(first._database)
    assert second.campaigns() == []
    first.close()
    second.close()
