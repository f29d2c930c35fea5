"""The judge of whatever has tests: a part of the project's own suite, run with the bug on until something fails."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from typing import Any, Final

from fuzz.sabotage.judges import Budget, Kill

ROOT: Final = Path(__file__).parents[3]
TEST_SECONDS: Final = 30
"""A test that takes longer hangs, and fails."""


class _Listener:
    """A pytest plugin that counts tests and keeps the first that failed."""

    def __init__(self) -> None:
        self.tests = 0
        self.failed = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.tests += report.when == "call"
        if report.failed and not self.failed:
            self.failed = str(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid} cannot be collected"


class Suite:
    """The tests under `path`, relative to the repository: a folder, a file, or one test `file::name`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def prepare(self) -> None:
        """See that all is well without a bug.

        Raises:
            RuntimeError: a test fails already, or there is none.
        """
        listener = self._run()
        if listener.failed or not listener.tests:
            why = f"{listener.failed} fails" if listener.failed else "there are no tests (a source checkout has them)"
            raise RuntimeError(f"{self.path} cannot judge injected bugs: without any, {why}")

    def examine(self, budget: Budget) -> Kill | None:
        listener = self._run()
        return Kill(self.path, listener.tests, listener.failed) if listener.failed else None

    def noticed(self, how: str) -> Kill:
        """Tests that cannot be run to their end have failed."""
        return Kill(self.path, 0, f"the tests cannot be run to their end: {how.strip().splitlines()[-1]}")

    def _run(self) -> _Listener:
        import pytest

        listener = _Listener()
        os.environ["PYTHONHASHSEED"] = "0"
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
        options += [f"--timeout={TEST_SECONDS}", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml")]
        with contextlib.redirect_stdout(io.StringIO()):
            pytest.main([*options, str(ROOT / self.path)], plugins=[listener])
        return listener
