"""Triage: flaky is told from open, what is gone is closed, what comes back is opened, and nothing stops the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.case_file import write_case
from harness.contract import Case, MachineCase, Verdict, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES
from harness.triage.clusters import clause_of, clusters
from harness.triage.investigation import Investigation
from harness.triage.ledger import Entry, Key, Ledger, State, keyed_buckets
from harness.triage.rerun import Answer, Reruns, agreeing_runs_needed, judge, rerun
from harness.triage.store import DATABASE, Bucket, Finding, FindingsStore
from harness.triage.tree import Tree

DIVERGED, AGREES = Answer(Verdict.DIVERGED, "riscv64 addw: x differs"), Answer(Verdict.AGREE)
REFUSED = Answer(Verdict.INCOMPARABLE, detail="oracle_refused")


def _case() -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    state["x"][11] = 1 << 31
    code = bytes.fromhex("bb83c500") + bytes.fromhex("73001000")  # addw x7, x11, x12; ebreak
    return MachineCase("riscv64", state, code, CODE_BASE, bytes(DATA_BYTES), 300, "seed 1 case 1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FindingsStore]:
    opened = FindingsStore(tmp_path / "out")
    yield opened
    opened.close()


def _add(store: FindingsStore, signature: str = DIVERGED.signature, label: str = "seed 1 case 1") -> Finding:
    case = store.put_blob(write_case(_case()))
    finding = Finding(label, "wrong_reference:wrong_addw", "riscv64-reference", signature, ("x",), "", case)
    store.add(store.campaign({"n": label}), finding)
    return finding


def _told(answers: list[Answer]) -> Callable[[Case, str, str], Answer]:
    left = iter(answers)
    return lambda *_: next(left)


def test_a_real_finding_is_run_again_in_fresh_workers(store: FindingsStore) -> None:
    finding = _add(store)
    (entry,) = Investigation(store, runs=2).run()
    assert (entry.state, entry.runs, entry.rate) == (State.OPEN, 2, 1.0)
    fixed = replace(finding, subject="riscv64-reference")
    store.add(store.campaign({}), fixed)
    entry = Investigation(store, runs=2, close_after=2).examine(fixed)
    assert (entry.state, entry.note) == (State.FIXED, "2 agreeing runs in a row")
    assert [event for _, _, event in Ledger(store).history(Key.of(fixed))] == ["new → fixed: 2 agreeing runs in a row"]


def test_flaky_is_a_state_with_its_rate(store: FindingsStore) -> None:
    finding = _add(store)
    (entry,) = Investigation(store, ask=_told([DIVERGED, AGREES, AGREES, DIVERGED, *[AGREES] * 6])).run()
    assert (entry.state, entry.rate, entry.note) == (State.FLAKY, 0.2, "2 of 10 runs diverge")
    again = Investigation(store, ask=_told([AGREES] * 10)).examine(finding)
    assert again.state is State.AGREEING, "ten agreeing runs do not close what diverges in one of five"
    assert again.note == "10 agreeing runs in a row; 21 close it"
    later = Investigation(store, runs=11, ask=_told([AGREES] * 11)).examine(finding)
    assert (later.state, later.rate) == (State.FIXED, 0.2)


def test_agreeing_runs_count_on_one_tree_only(store: FindingsStore) -> None:
    finding = _add(store)
    Investigation(store, ask=_told([DIVERGED] * 10)).examine(finding)
    for tree, state in (("a", State.AGREEING), ("b", State.AGREEING), ("b", State.FIXED)):
        entry = Investigation(store, runs=6, ask=_told([AGREES] * 6), tree=Tree(tree), close_after=10).examine(finding)
        assert entry.state is state


def test_what_was_closed_and_comes_back_is_open_again(store: FindingsStore) -> None:
    finding = _add(store)
    assert Investigation(store, ask=_told([AGREES] * 10)).examine(finding).closed
    assert Investigation(store, ask=_told([])).run()[0].closed, "what is closed is not run again unasked"
    (entry,) = Investigation(store, ask=_told([DIVERGED] * 10)).run(closed_too=True)
    assert entry.state is State.OPEN
    assert entry.note == "it was closed and is back; 10 of 10 runs diverge"


def test_an_erratum_closes_and_nothing_to_compare_does_not() -> None:
    entry = Entry(Key("s", "a", "b"), State.OPEN, runs=10, diverged=10)
    excused = Answer(Verdict.AGREE, explained=True, detail="unicorn-x")
    closed = entry.after(Reruns((excused,) * 10), "t")
    assert (closed.state, closed.note) == (State.EXPLAINED, "errata account for it: unicorn-x")
    unknown = entry.after(Reruns((REFUSED,) * 10), "t")
    assert (unknown.state, unknown.note) == (State.UNKNOWN, "nothing to compare: oracle_refused")
    assert (unknown.runs, unknown.diverged) == (10, 10)
    strange = entry.after(Reruns((replace(DIVERGED, signature="other"),)), "t")
    assert strange.note == "1 of 1 runs diverge; also seen: other"


def test_a_finding_that_cannot_be_read_does_not_stop_the_others(store: FindingsStore) -> None:
    lost = _add(store, "lost", "a")
    good = _add(store, "good", "b")
    store.blobs.path(lost.case).write_text("changed")
    ask = _told([DIVERGED] * 20)
    with pytest.raises(StopIteration):
        Investigation(store, ask=_told([])).examine(replace(good, case=store.put_blob(write_case(_case()) + " ")))
    entries = {e.key.signature: e for e in Investigation(store, ask=ask).run()}
    assert entries["lost"].state is State.UNKNOWN
    assert "was changed on disk" in entries["lost"].note


@settings(deadline=None)
@given(rate=st.floats(0.0, 1.0), least=st.integers(1, 50))
def test_enough_runs_are_asked_for(rate: float, least: int) -> None:
    needed = agreeing_runs_needed(rate, least)
    assert needed >= least
    if 0.02 < rate < 1.0:
        assert (1.0 - rate) ** needed <= 0.01 + 1e-9


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="runs is 0, must be at least 1"):
        rerun(_case(), "a", "b", 0, _told([]))
    with pytest.raises(ValueError, match=r"rate is 1\.5, must be between 0 and 1"):
        agreeing_runs_needed(1.5)


def test_judging_names_the_divergence() -> None:
    answer = judge(_case(), "wrong_reference:wrong_addw", "riscv64-reference")
    assert (answer.verdict, answer.signature, answer.detail) == (Verdict.DIVERGED, "riscv64 addw: x differs", "x")


def _bucket(signature: str, count: int, subject: str = "s") -> Bucket:
    return Bucket(signature, count, Finding("l", subject, "o", signature, ("x",), "", ""))


def test_buckets_of_one_clause_are_one_cluster() -> None:
    assert clause_of("c.lwsp") == clause_of("lw") != clause_of("ld")
    found = clusters(
        [
            _bucket("riscv64 c.lw: x differs", 5),
            _bucket("riscv64 lw: x differs", 9),
            _bucket("riscv64 lw: subject goes on, oracle traps load_fault", 1),
            _bucket("riscv64 lw: x differs", 2, "another subject"),
            _bucket("riscv64 ld: x differs", 3),
            _bucket("program zstd: stdout differs", 3),
        ],
        {},
    )
    assert (found[0].name, found[0].count) == ("riscv64 lw: x differs and 1 more", 14)
    assert len(found) == 5


def test_buckets_of_one_first_bad_commit_are_one_cluster() -> None:
    one, two, three = (_bucket(s, 1) for s in ("riscv64 add: x differs", "riscv64 fadd.s: f differs", "program p: end"))
    entries = {Key.of(b.first): Entry(Key.of(b.first), first_bad="abc") for b in (one, three)}
    entries[Key.of(two.first)] = Entry(Key.of(two.first), first_bad="abc def")
    assert sorted(len(c.buckets) for c in clusters([one, two, three], entries)) == [1, 2]


def test_a_store_of_the_release_before_is_taken_over(tmp_path: Path) -> None:
    """What version 1 wrote, by its own schema."""
    store = FindingsStore(tmp_path)
    _add(store)
    store.close()
    database = sqlite3.connect(tmp_path / DATABASE)
    database.executescript(
        "DROP TABLE triage; DROP TABLE triage_event; ALTER TABLE campaign DROP COLUMN tree; PRAGMA user_version=1;"
    )
    database.close()
    again = FindingsStore(tmp_path)
    assert len(again.findings()) == 1
    assert again.campaigns()[0].tree == ""
    (entry,) = Investigation(again, ask=_told([DIVERGED] * 10)).run()
    assert entry.state is State.OPEN
    assert [b.count for b in keyed_buckets(again)] == [1]
    again.close()
    Ledger(FindingsStore(tmp_path)).entry(entry.key)
