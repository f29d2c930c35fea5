"""What services read is valid by the published schemas: SARIF 2.1.0's JSON schema, JUnit's XML schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published_schemas import junit_schema, sarif_schema

from ci.gate.outputs import gate_junit, gate_sarif
from ci.gate.run import GateResult, Outcome, Status
from harness.report.findings import findings_document
from harness.report.junit import TestCase, findings_junit, junit
from harness.report.sarif import LEVELS, Result, findings_sarif, sarif, sarif_text
from harness.triage.store import Finding, FindingsStore

ROOT = Path(__file__).parents[3]
TEXTS = st.text(min_size=1, max_size=30)
RESULTS = st.builds(
    Result,
    rule=TEXTS,
    message=TEXTS,
    path=st.text("abc/ é%.", min_size=1, max_size=20),
    line=st.integers(0, 10**6),
    level=st.sampled_from(LEVELS),
    fingerprint=st.text(max_size=9),
    suppressed=st.text(max_size=9),
    properties=st.dictionaries(TEXTS, st.none() | st.integers() | TEXTS, max_size=2),
)
CASES = st.builds(
    TestCase,
    suite=TEXTS,
    name=TEXTS,
    status=st.sampled_from(("passed", "failed", "error", "skipped")),
    seconds=st.floats(0, 1e6),
    message=st.text(max_size=20),
    text=st.text(max_size=20),
)
QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@cache
def _sarif_validator() -> Any:
    schema = sarif_schema()
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    return validator(schema)


@cache
def _junit_validator() -> Any:
    return xmlschema.XMLSchema(str(junit_schema()))


def _sarif_errors(log: dict[str, Any]) -> list[str]:
    return [error.message for error in _sarif_validator().iter_errors(json.loads(sarif_text(log)))]


def _junit_errors(text: str) -> list[str]:
    return [str(error.reason) for error in _junit_validator().iter_errors(text)]


def _gate_result() -> GateResult:
    log = "ci/fuzz.py:3:1: it is said where\n"
    return GateResult(tuple(Outcome("lint", str(status), status, 1.25, "it says why", log) for status in Status), False)


@QUICK
@given(st.lists(RESULTS, max_size=4), st.sampled_from(("", "c" * 40)))
def test_every_sarif_log_is_valid_by_the_published_schema(results: list[Result], commit: str) -> None:
    assert _sarif_errors(sarif(results, "1.2.3", commit=commit)) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("runs", 0, "results", 0, "level"), "fatal"),
        (("runs", 0, "results", 0, "message"), {}),
        (("runs", 0, "results", 0, "ruleIndex"), -2),
        (("runs", 0, "tool"), {}),
        (("runs", 0, "columnKind"), "bytes"),
        (("version",), "2.0.0"),
        (("extra",), 1),
    ],
)
def test_the_schema_refuses_a_log_that_is_broken(place: tuple[Any, ...], value: Any) -> None:
    log: Any = sarif([Result("rule", "message", "path")], "1.2.3")
    target = log
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    assert _sarif_errors(log) != []


@QUICK
@given(st.lists(CASES, max_size=4))
def test_every_junit_report_is_valid_by_the_published_schema(cases: list[TestCase]) -> None:
    assert _junit_errors(junit("counterproof", cases)) == []


def test_the_schema_refuses_a_report_that_is_broken() -> None:
    text = junit("counterproof", [TestCase("suite", "case", "failed", 1.0, "why", "text")])
    assert _junit_errors(text) == []
    assert _junit_errors(text.replace("<failure", "<fault").replace("</failure", "</fault")) != []
    assert _junit_errors(text.replace(' name="case"', "")) != []


def test_reports_of_findings_and_of_the_gate_are_valid(tmp_path: Path) -> None:
    store = FindingsStore(tmp_path)
    campaign = store.campaign({"subject": "ours", "oracles": ["unicorn-riscv64"]})
    for number in range(2):
        store.add(
            campaign, Finding(f"case {number}", "ours", "unicorn-riscv64", f"lw {number}\x01", ("x",), "x[5]", "")
        )
    document = findings_document(store)
    store.close()
    assert _sarif_errors(findings_sarif(document, "1.2.3", commit="c" * 40)) == []
    assert _junit_errors(findings_junit(document)) == []
    result = _gate_result()
    assert _sarif_errors(gate_sarif(result, ROOT, "1.2.3", "c" * 40)) == []
    assert _junit_errors(gate_junit(result)) == []
