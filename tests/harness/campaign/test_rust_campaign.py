"""Rust campaigns: our front end judges rightly, and one with a thing wrong is caught."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.campaign.rust import Misjudgement, RustCampaign
from harness.commands.diff import app
from harness.contract import Case, Observation, SourceCase, SourceObservation
from harness.subjects.rustwasm_checker import RustwasmChecker

SOME = range(14)


class Credulous(RustwasmChecker):
    """Our checker, if it knew nothing of borrows."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(seen, SourceObservation)
        kept = tuple(one for one in seen.diagnostics if one[0] not in ("E0499", "E0502", "E0505", "E0506"))
        return replace(seen, accepted=not kept, diagnostics=kept)


class OneLineOff(RustwasmChecker):
    """Our checker, if it pointed at the line after."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(seen, SourceObservation)
        return replace(seen, diagnostics=tuple((code, line + 1) for code, line in seen.diagnostics))


class Strict(RustwasmChecker):
    """Our checker, if it rejected programs with closures."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(seen, SourceObservation) and isinstance(case, SourceCase)
        if "apply(|i|" in case.files[0][1] and seen.accepted:
            return replace(seen, accepted=False, diagnostics=(("E0502", 1),))
        return seen


def found(subject: RustwasmChecker) -> list[Misjudgement]:
    return list(RustCampaign(subject).run(iter(SOME)))


@pytest.mark.evidence("WR-02")
def test_generated_programs_are_judged_rightly() -> None:
    campaign = RustCampaign(RustwasmChecker())
    assert [wrong.signature for wrong in campaign.run(iter(SOME))] == []
    assert campaign.statistics.valid == campaign.statistics.faulty == len(SOME)
    assert campaign.statistics.discards == {}


@pytest.mark.parametrize(("subject", "valid"), [(Credulous(), False), (OneLineOff(), False), (Strict(), True)])
def test_a_wrong_checker_is_caught(subject: RustwasmChecker, valid: bool) -> None:
    wrong = found(subject)
    assert wrong
    assert all((one.kind == "valid") == valid for one in wrong)


def test_the_judge_is_asked_now_and_then() -> None:
    campaign = RustCampaign(RustwasmChecker(), OneLineOff(), judge_every=7)
    assert {(wrong.who, wrong.seed % 7) for wrong in campaign.run(iter(SOME))} == {("rustwasm-check", 0)}
    assert campaign.statistics.asked == 4
    with pytest.raises(ValueError, match="judge_every is 0; the legal range is 1 and more"):
        RustCampaign(RustwasmChecker(), None, 0)


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    arguments = ["rust", "--programs", "5", "--judge", "", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert (summary["valid"], summary["faulty"], summary["misjudged"]) == (5, 5, 0)


def test_the_command_writes_what_was_misjudged(tmp_path: Path) -> None:
    subject = "tests.harness.campaign.test_rust_campaign:Credulous"
    arguments = ["rust", "--subject", subject, "--programs", "14", "--judge", "", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1, done.output
    finding = json.loads((tmp_path / "misjudged-01" / "finding.json").read_text())
    assert finding["expected"] and not finding["found"]
    assert (tmp_path / "misjudged-01" / "main.rs").read_text().count("fn main()") == 1


def test_the_command_refuses_an_unknown_subject(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["rust", "--subject", "no-such-compiler", "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "no-such-compiler" in done.output
