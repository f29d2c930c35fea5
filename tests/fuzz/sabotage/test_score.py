"""The score: sampling, results that survive an interruption, verdicts."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from fuzz.sabotage import BUGS, score
from fuzz.sabotage.child import Child
from fuzz.sabotage.judges import Budget, Kill, UnfitError
from fuzz.sabotage.score import Examiners, Result, ResultsFile, Score, chosen, run
from harness.commands.sabotage import _report
from harness.strict_json import DocumentError

FOUND, MISSED = "addw-zero-extended", "sraw-shifts-in-zeros"
SAME = next(name for name, bug in BUGS.items() if bug.equivalent)
KILL = Kill("suite", 3, "riscv64 addw: x", 1, 0.5, True)


class FakeJudge:
    """Finds `FOUND`; dies of `MISSED` if told to."""

    def __init__(self, how: str = "survives") -> None:
        self.how = how
        self.prepared = 0

    def prepare(self) -> None:
        self.prepared += 1

    def examine(self, budget: Budget) -> Kill | None:
        if budget.bug == FOUND:
            return KILL
        if self.how == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "raises":
            raise ValueError("no such thing")
        if self.how == "hangs":
            time.sleep(600)
        return None


@pytest.fixture
def examiners(monkeypatch: pytest.MonkeyPatch) -> Examiners:
    monkeypatch.setattr(score, "judge", lambda name: FakeJudge())
    return Examiners(None)


def test_a_sample_is_chosen_by_its_seed_alone() -> None:
    assert chosen([], 20, 7) == chosen([], 20, 7)
    assert chosen([], 20, 7) != chosen([], 20, 8)
    assert len(set(chosen([], 20, 7))) == 20
    assert sorted(chosen([], 0, 7)) == sorted(BUGS)


@pytest.mark.parametrize(("names", "sample", "words"), [(["nothing"], 0, "nothing"), ([FOUND], 2, "--sample is 2")])
def test_what_cannot_be_chosen_is_refused(names: list[str], sample: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        chosen(names, sample, 1)


def test_bugs_are_examined_in_processes_of_their_own(examiners: Examiners) -> None:
    results: list[Result] = []
    run([FOUND, MISSED], examiners, 2, results.append)
    by_name = {r.name: r for r in results}
    assert by_name[FOUND].kill == KILL
    assert by_name[MISSED].kill is None
    assert not by_name[MISSED].failure
    assert "COUNTERPROOF_SABOTAGE" not in os.environ


@pytest.mark.parametrize(("how", "words"), [("dies", "signal 9"), ("raises", "no such thing"), ("hangs", "signal 9")])
def test_an_examination_that_ends_badly_is_a_failure_and_no_kill(
    monkeypatch: pytest.MonkeyPatch, how: str, words: str
) -> None:
    monkeypatch.setattr(score, "judge", lambda name: FakeJudge(how))
    monkeypatch.setattr(score, "HARD_SECONDS", 0.5 if how == "hangs" else 60.0)
    result = Examiners(None).examine(MISSED)
    assert result.kill is None
    assert words in result.failure
    assert Score((result,)).value == 0.0


@pytest.mark.parametrize("also_without", [False, True])
def test_an_end_is_noticed_only_where_it_does_not_come_without_a_bug(
    monkeypatch: pytest.MonkeyPatch, also_without: bool
) -> None:
    class Ends(FakeJudge):
        def examine(self, budget: Budget) -> Kill | None:
            if budget.bug or also_without:
                os.kill(os.getpid(), signal.SIGKILL)
            return None

        def noticed(self, how: str) -> Kill:
            return KILL

    monkeypatch.setattr(score, "judge", lambda name: Ends())
    result = Examiners(None).examine(MISSED)
    assert result.kill == (None if also_without else KILL)
    assert ("without a bug, too: ended by signal 9; ask `fresh" in result.failure) is also_without


def test_a_judge_is_prepared_once_and_when_it_is_first_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[FakeJudge] = []

    def fake(name: str) -> FakeJudge:
        made.append(FakeJudge())
        return made[-1]

    monkeypatch.setattr(score, "judge", fake)
    asked: list[str] = []
    examiners = Examiners(None, asked.append)
    assert not asked
    assert not examiners.ready(FOUND)
    run([FOUND, MISSED, FOUND], examiners, 2, lambda result: None)
    assert sorted(asked) == sorted({*BUGS[FOUND].judges, *BUGS[MISSED].judges})
    assert [one.prepared for one in made] == [1] * len(asked)
    assert examiners.ready(FOUND)
    assert examiners.preparing_s > 0


def test_a_judge_that_is_unfit_fails_its_bugs_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unfit(FakeJudge):
        def prepare(self) -> None:
            raise UnfitError("a test fails already")

    unfit = set(BUGS[FOUND].judges)
    other = next(name for name, bug in BUGS.items() if not unfit & set(bug.judges))
    monkeypatch.setattr(score, "judge", lambda name: Unfit() if name in unfit else FakeJudge())
    results: dict[str, Result] = {}
    run([FOUND, other], Examiners(None), 1, lambda result: results.update({result.name: result}))
    assert "fails already" in results[FOUND].failure
    assert results[other].failure == ""
    assert Score(tuple(results.values())).failed == (results[FOUND],)


def test_while_no_other_process_works_bugs_whose_judges_are_ready_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "judge", lambda name: FakeJudge())
    examiners = Examiners(None)
    later = next(name for name, bug in BUGS.items() if not set(bug.judges) <= set(BUGS[FOUND].judges))
    examiners.prepare(FOUND)
    started: list[str] = []
    start = score._start

    def noted(examiners: Examiners, name: str) -> Child:
        started.append(name)
        return start(examiners, name)

    monkeypatch.setattr(score, "_start", noted)
    run([later, FOUND, FOUND], examiners, 2, lambda result: None)
    assert started == [FOUND, later, FOUND]


def test_stopping_keeps_what_there_is(examiners: Examiners) -> None:
    results: list[Result] = []
    run([FOUND, MISSED], examiners, 1, results.append, stop=lambda: bool(results))
    assert len(results) == 1


def test_results_survive_a_line_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    file = ResultsFile(path, resume=False)
    results = [Result(FOUND, KILL, 1.5), Result(MISSED, None, 2.0), Result(SAME, None, 0.1, "failed")]
    for result in results:
        file.add(result)
    assert ResultsFile(path, resume=True).known() == {r.name: r for r in results}
    path.write_text(path.read_text() + '{"name": "')
    assert ResultsFile(path, resume=True).known() == {r.name: r for r in results}
    assert ResultsFile(path, resume=False).known() == {}


def test_a_line_that_is_no_result_is_refused_by_number(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text('{"name": "x"}\n')
    with pytest.raises(DocumentError, match="line 1"):
        ResultsFile(path, resume=True).known()


def test_equivalents_do_not_count_and_a_refuted_argument_shows() -> None:
    found, missed, same = Result(FOUND, KILL, 1.0), Result(MISSED, None, 1.0), Result(SAME, None, 1.0)
    assert BUGS[SAME].equivalent
    assert Score((found, same)).value == 1.0
    assert Score((found, missed, same)).value == 0.5
    assert Score((found, missed, same)).survived == (missed,)
    assert Score((Result(SAME, KILL, 1.0),)).refuted


def test_what_cannot_be_built_is_neither_found_nor_missed() -> None:
    stillborn = Result(MISSED, None, 0.1, "…StillbornError: the interpreter cannot be built: widths")
    outcome = Score((Result(FOUND, KILL, 1.0), stillborn))
    assert (outcome.value, outcome.stillborn, outcome.failed) == (1.0, (stillborn,), ())


def test_reduction_counts_cases_only_and_needs_both_size_and_time() -> None:
    slow = Kill("suite", 1, "s", 1, 11.0, True)
    large = Kill("suite", 1, "s", 4, 1.0, True)
    no_case = Kill("canaries", 1, "s")
    kills = (KILL, slow, large, no_case)
    assert [Result(FOUND, kill, 1.0).small for kill in kills] == [True, False, False, None]
    assert Score(tuple(Result(FOUND, kill, 1.0) for kill in kills)).reduced == pytest.approx(1 / 3)


def test_the_report_says_of_how_many_it_speaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It once said `1 of 1 found: 33.3%` where two could not be examined."""
    unfit = [Result(name, None, 1.0, "unfit") for name in chosen([], 3, 1) if name not in (FOUND, MISSED)][:2]
    outcome = Score((Result(FOUND, KILL, 1.0), Result(MISSED, None, 1.0), *unfit))
    assert _report(outcome, 4, 0.97, 1.0, 0.5, tmp_path) == 3
    said = capsys.readouterr().out
    assert "1 of 4 found: 25.0%, the floor is 97%; 1 survived, 2 could not be examined" in said
