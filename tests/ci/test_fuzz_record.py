"""The record of clean fuzzing: it is in its own form, runs accumulate, and only a commit's tree gives one."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci.fuzz import SUMMARY, main
from ci.fuzz_record import (
    GOAL_SECONDS,
    PAGE,
    CleanRun,
    Record,
    RecordError,
    add,
    clean_commit,
    page,
    read,
    with_clean_run,
)
from fuzz.targets.catalogue import names
from fuzz.targets.session import Outcome, Status
from harness.commands.fuzz import _summary

counts = st.integers(0, 10**9)
records = st.builds(
    Record,
    target=st.sampled_from(names()),
    lasted=counts,
    seconds=counts,
    executions=counts,
    inputs=counts,
    all_seconds=counts,
    all_executions=counts,
    runs=counts,
    findings=counts,
    commit=st.sampled_from(("-", "0123456789ab")),
    day=st.sampled_from(("-", "2026-11-21")),
)


def test_the_record_has_a_row_for_each_target_and_its_sums_hold() -> None:
    text = PAGE.read_text(encoding="utf-8")
    kept = read(text)
    assert page(kept, names()) == text, "renew it: python -m ci.fuzz --seconds 60 --no-planted --record"
    for record in kept.values():
        assert record.seconds <= record.all_seconds and record.executions <= record.all_executions
        assert (record.runs == 0) == (record.commit == "-") == (record.day == "-"), record
        if record.runs:
            assert record.lasted and record.seconds and record.executions and record.inputs, record
            assert date.fromisoformat(record.day) >= date(2026, 11, 21)


@settings(deadline=None, max_examples=50)
@given(st.lists(records, unique_by=lambda record: record.target))
def test_a_page_reads_as_what_was_written(chosen: list[Record]) -> None:
    kept = {record.target: record for record in chosen}
    assert read(page(kept, kept)) == kept


def test_runs_accumulate_and_the_longest_stays() -> None:
    first, then = ("0123456789ab", "2026-11-21"), ("ba9876543210", "2026-11-22")
    record = with_clean_run(Record("ir_text"), CleanRun(300, 290, 5_000, 70), *first)
    record = with_clean_run(record, CleanRun(30, 20, 100, 71), *then)
    assert record == Record("ir_text", 300, 290, 5_000, 70, 310, 5_100, 2, 0, *first)
    record = with_clean_run(record, CleanRun(GOAL_SECONDS, 200, 4_000, 72), *then)
    assert record == Record("ir_text", GOAL_SECONDS, 200, 4_000, 72, 510, 9_100, 3, 0, *then)
    assert with_clean_run(record, CleanRun(GOAL_SECONDS - 1, 599, 9, 9), *first).seconds == 200
    assert with_clean_run(record, CleanRun(GOAL_SECONDS, 599, 9, 9), *first).seconds == 599


def test_a_run_that_found_something_is_counted_and_adds_no_clean_time(tmp_path: Path) -> None:
    path = tmp_path / "fuzzing.md"
    add(path, names(), "ir_text", CleanRun(700, 600, 10, 3), "0123456789ab")
    after = add(path, names(), "ir_text", None, "0123456789ab")
    assert (after.runs, after.all_seconds, after.findings) == (1, 600, 1)
    assert read(path.read_text())["ir_text"] == after
    assert set(read(path.read_text())) == set(names())


def test_a_page_changed_by_hand_is_refused_with_its_line() -> None:
    row = "| ir_text | 600 | 590 | 10 | 3 | 0123456789ab | 2026-11-21 | 600 | 10 | 1 | 0 |"
    assert read(row)["ir_text"].lasted == 600
    with pytest.raises(RecordError, match="line 2 of the record is a second row of ir_text"):
        read(f"{row}\n{row}")
    with pytest.raises(RecordError, match="line 1 of the record is no row of 11 cells"):
        read(row.replace("600", "ten minutes"))


def test_only_a_tree_as_its_commit_has_it_gives_a_record(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="git says of"):
        clean_commit(tmp_path)
    git = ("git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org")
    (tmp_path / "kept").write_text("one")
    for arguments in (("init", "-q"), ("add", "kept"), ("commit", "-q", "-m", "one")):
        subprocess.run([*git, *arguments], check=True)
    assert len(clean_commit(tmp_path)) == 12
    (tmp_path / "kept").write_text("two")
    with pytest.raises(RecordError, match=r"1 files differ from HEAD, kept first"):
        clean_commit(tmp_path)


def test_the_summary_of_a_run_is_read_back() -> None:
    outcome = Outcome("out of memory", Status(12_345, 6, 7, 89, 10), 11.2, (), Path("log"), 9.6)
    found = SUMMARY.search(_summary("ir_text", outcome))
    assert found is not None
    assert found.groups() == ("11", "10", "12,345", "89")


def test_the_command_records_clean_runs_and_findings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    summary = (
        "strict_json: {} after 70 s (61 s of processor time): 5,000 executions, 6 edges, 7 features, "
        "89 inputs in the corpus\n"
    )
    given: list[tuple[str, ...]] = []

    def run(status: int, word: str) -> int:
        def fuzzed(name: str, seconds: float, out: Path, *flags: str) -> tuple[int, str]:
            given.append(flags)
            return status, summary.format(word)

        monkeypatch.setattr("ci.fuzz.run", fuzzed)
        options = ["--no-planted", "--cpu", "--out", str(tmp_path), "--record", str(tmp_path / "page.md")]
        return main(["strict_json", *options])

    monkeypatch.setattr("ci.fuzz_record.clean_commit", lambda: "0123456789ab")
    assert run(0, "clean") == 0
    record = read((tmp_path / "page.md").read_text())["strict_json"]
    assert (record.lasted, record.seconds, record.executions, record.inputs) == (70, 61, 5_000, 89)
    assert record.commit == "0123456789ab"
    assert run(1, "failure") == 1
    assert run(3, "broken") == 3
    record = read((tmp_path / "page.md").read_text())["strict_json"]
    assert (record.runs, record.findings, record.all_seconds) == (1, 1, 61)
    assert given == [("--cpu",)] * 3
