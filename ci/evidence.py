"""A pytest plugin that writes down which tests that carry `@pytest.mark.evidence(row)` passed.

`python -m pytest -p ci.evidence --evidence-out evidence.json` writes
`{"rows": {"HX-01": ["tests/…::test_…", …]}, "failed": […]}`. A skipped test is no evidence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


class EvidenceRecorder:
    def __init__(self, out: Path) -> None:
        self.out = out
        self.rows: dict[str, set[str]] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        rows = [value for key, value in report.user_properties if key == "evidence"]
        test = report.nodeid.split("[")[0]
        if report.failed:
            self.failed.add(test)
        elif report.passed and report.when == "call":
            for row in rows:
                self.rows.setdefault(str(row), set()).add(test)

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return
        rows = {row: sorted(tests - self.failed) for row, tests in sorted(self.rows.items()) if tests - self.failed}
        self.out.write_text(json.dumps({"rows": rows, "failed": sorted(self.failed)}, indent=1) + "\n")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--evidence-out", default=None, help="write the evidence of this run to this JSON file")


def pytest_configure(config: pytest.Config) -> None:
    out = config.getoption("--evidence-out")
    if out is not None:
        config.pluginmanager.register(EvidenceRecorder(Path(out)), "counterproof-evidence")


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        for mark in item.iter_markers("evidence"):
            for row in mark.args:
                item.user_properties.append(("evidence", row))
