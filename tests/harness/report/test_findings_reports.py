"""Reports of findings: SARIF by the standard's rules, JUnit that parses, HTML that a browser shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sarif_rules import broken_rules

from harness.cli import main
from harness.report.findings import buckets_of, findings_document
from harness.report.findings_page import findings_page, trend_view
from harness.report.junit import TestCase, findings_junit, junit
from harness.report.sarif import Result, findings_sarif, rule_id, sarif, sarif_text
from harness.report.trend import Measure, Trend, append, read, trends
from harness.triage.ledger import Entry, Key, Ledger, State
from harness.triage.store import Finding, FindingsStore

NASTY = 'riscv64 </title><script>document.title = "broken in"</script>\x01 é'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FindingsStore]:
    """Three buckets: one open with a reproducer, one flaky whose texts are hostile, one fixed."""
    opened = FindingsStore(tmp_path / "out")
    campaign = opened.campaign({"subject": "ours", "oracles": ["unicorn-riscv64"]})
    signatures = ("riscv64 lw: x differs", NASTY, "riscv64 add: x differs", "riscv64 add: x differs")
    for number, signature in enumerate(signatures):
        opened.add(campaign, Finding(f"seed 1 case {number}", "ours", "unicorn-riscv64", signature, ("x",), "x[5]", ""))
    ledger = Ledger(opened)
    ledger.write(Entry(Key(NASTY, "ours", "unicorn-riscv64"), State.FLAKY, "t", 10, 3), "new → flaky")
    key = Key("riscv64 add: x differs", "ours", "unicorn-riscv64")
    fixed = Entry(key, State.FIXED, "t", 10, 0, 10, "a" * 40, "b" * 40)
    ledger.write(fixed, "new → fixed")
    place = tmp_path / "out" / "findings" / "001 lw"
    place.mkdir(parents=True)
    head = {"signature": "riscv64 lw: x differs", "subject": "ours", "oracle": "unicorn-riscv64"}
    (place / "finding.json").write_text(json.dumps(head))
    (place / "listing.S").write_text("lw a0, 0(a1) # <- here\n")
    (tmp_path / "out" / "findings" / "damaged").mkdir()
    (tmp_path / "out" / "findings" / "damaged" / "finding.json").write_text("{")
    yield opened
    opened.close()


@pytest.fixture
def document(store: FindingsStore) -> dict[str, Any]:
    return findings_document(store)


def test_the_document_tells_all(document: dict[str, Any]) -> None:
    assert document == json.loads(json.dumps(document))
    states = {bucket["signature"]: (bucket["state"], bucket["count"]) for bucket in buckets_of(document)}
    assert states == {
        "riscv64 lw: x differs": ("new", 1),
        NASTY: ("flaky", 1),
        "riscv64 add: x differs": ("fixed", 2),
    }
    loaded = next(b for b in buckets_of(document) if b["listing"])
    assert loaded["reproducer"].endswith("001 lw")


@pytest.mark.evidence("HX-07")
def test_sarif_keeps_the_standards_rules(document: dict[str, Any]) -> None:
    log = findings_sarif(document, "1.2.3", commit="c" * 40)
    assert broken_rules(json.loads(sarif_text(log))) == []
    results = log["runs"][0]["results"]
    assert len(results) == 3
    assert [len(r.get("suppressions", [])) for r in results] == [r["ruleId"].startswith("riscv64-add") for r in results]
    assert len({r["partialFingerprints"]["counterproof/v1"] for r in results}) == 3


@settings(deadline=None)
@given(
    texts=st.lists(st.text(min_size=1), max_size=5),
    path=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="."), min_size=1),
    line=st.integers(0, 5),
)
def test_any_text_gives_a_legal_log(texts: list[str], path: str, line: int) -> None:
    log = sarif([Result(text, text, path, line) for text in texts], "1.0.0")
    assert broken_rules(log) == []
    assert len({rule_id(text) for text in texts}) == len(set(texts))


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (("version",), "2.0.0", "§3.13.2"),
        (("runs", 0, "tool", "driver", "name"), "", "§3.19.8"),
        (("runs", 0, "results", 0, "ruleIndex"), 7, "§3.27.6"),
        (("runs", 0, "results", 0, "level"), "fatal", "§3.27.10"),
        (("runs", 0, "results", 0, "message"), {}, "§3.27.11"),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "artifactLocation", "uri"), "a b", "§3.4.3"),
    ],
)
def test_the_checker_sees_a_broken_rule(
    document: dict[str, Any], place: tuple[Any, ...], value: Any, rule: str
) -> None:
    log: Any = findings_sarif(document, "1.2.3")
    target = log
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    assert any(found.startswith(rule) for found in broken_rules(log))


@pytest.mark.parametrize(("level", "message"), [("fatal", "m"), ("error", "")])
def test_an_illegal_result_is_refused(level: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"level 'fatal'|has no message"):
        sarif([Result("rule", message, "path", level=level)], "1.0.0")


def test_junit_counts_what_is_open_as_failed(document: dict[str, Any]) -> None:
    root = ElementTree.fromstring(findings_junit(document))
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "2", "0")
    names = [case.get("name") for case in suite]
    assert any("script" in (name or "") and "\\u0001" in (name or "") for name in names)


@settings(deadline=None)
@given(text=st.text())
def test_any_text_gives_legal_xml(text: str) -> None:
    report = junit("n", [TestCase("s", "c", "failed", 1.0, text, text)])
    root = ElementTree.fromstring(report.encode("utf-8"))
    assert len(root[0]) == 1


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="status 'odd'"):
        junit("n", [TestCase("s", "c", "odd")])


TRENDS = [Trend("interpreter ÷ loop", "×", (1.0, 1.2, 0.9), 1.4), Trend("once", "s", (3.0,))]


def test_the_page_escapes_and_shows_everything(document: dict[str, Any]) -> None:
    page = findings_page(document, TRENDS)
    assert "<script>" not in page
    assert "1 fixed" not in page and "2 open, 1 closed" in page
    for text in ("lw a0, 0(a1) # &lt;- here", "30 %", "interpreter ÷ loop", "new → flaky", "b" * 40):
        assert text in page


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_the_page_opens_in_a_browser(document: dict[str, Any], tmp_path: Path) -> None:
    page = tmp_path / "findings.html"
    page.write_text(findings_page(document, TRENDS))
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
    done = subprocess.run(
        [*command, "--virtual-time-budget=2000", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "<title>Findings · Counterproof</title>" in done.stdout, "the hostile title did not get in"
    assert done.stdout.count("<polyline") == 2
    assert done.stdout.count("<details") == 8, "three clusters of one bucket, two with a history"


@settings(deadline=None)
@given(values=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), limit=st.none() | st.floats(-1e9, 1e9))
def test_a_trend_stays_in_its_box(values: list[float], limit: float | None) -> None:
    view = trend_view(Trend("n", "u", tuple(values), limit))
    points = [tuple(map(float, point.split(","))) for point in view.points.split()]
    assert points[0][0] == 0.0 and points[-1][0] == 100.0
    assert all(0.0 <= y <= 40.0 for _, y in points)
    assert (view.limit_y is None) == (limit is None)


def test_the_history_is_appended_to_and_survives_a_half_written_line(tmp_path: Path) -> None:
    path = tmp_path / "bench" / "history.jsonl"
    one = Measure(1.0, "t", "here", "ratio", 2.0, "×", 3.0)
    append(path, [one, Measure(2.0, "t", "there", "ratio", 9.0)])
    with path.open("a") as file:
        file.write('{"at": 1.0, "tr')
    append(path, [Measure(3.0, "t", "here", "ratio", 2.5, "×", 3.0)])
    measures, damaged = read(path)
    assert (len(measures), damaged) == (3, 1)
    assert measures[0] == one
    assert trends(measures, "here") == [Trend("ratio", "×", (2.0, 2.5), 3.0)]
    assert read(tmp_path / "none") == ([], 0)
    with pytest.raises(ValueError, match="finite"):
        append(path, [Measure(1.0, "t", "m", "n", float("nan"))])


def _status(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(str(stopped.value.code or 0))


@pytest.mark.evidence("HX-12")
def test_the_commands(store: FindingsStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert _status(["status", out]) == 1
    printed = capsys.readouterr().out
    assert "campaign 1: ours against unicorn-riscv64" in printed
    assert "3 buckets: 2 open, 1 closed" in printed
    assert _status(["status", out, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["format"] == "counterproof-findings"
    formats = [part for name in ("terminal", "html", "junit", "sarif", "json") for part in ("--format", name)]
    assert _status(["report", out, *formats, "--to", str(tmp_path / "reports")]) == 0
    names = sorted(path.name for path in (tmp_path / "reports").iterdir())
    assert names == ["findings.html", "findings.json", "findings.junit.xml", "findings.sarif"]
    assert broken_rules(json.loads((tmp_path / "reports" / "findings.sarif").read_text())) == []


@pytest.mark.parametrize("command", [["status"], ["report"], ["triage"], ["report", "--format", "pdf"]])
def test_wrong_usage_is_one_line(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _status([command[0], str(tmp_path), *command[1:]]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"counterproof {command[0]}: ")
    assert len(error.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
