"""The judge of whatever has tests: a part of the project's own suite, run with the bug on until something fails."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from fuzz.sabotage import VARIABLE, apply_from_environment
from fuzz.sabotage.judges import Budget, Kill, UnfitError

ROOT: Final = Path(__file__).parents[3]
TEST_SECONDS: Final = 15.0
"""A test that takes more CPU time with a bug on hangs: its process is ended, which is how the bug shows. So nothing
hangs that only waits for a processor …"""
WAITING_SECONDS: Final = 120
"""… and what uses no CPU time fails after this by the clock on the wall …"""
WAITING_FACTOR: Final = 10
"""… or, on a machine that has other things to do, after so many times what all tests took without a bug."""
LONGEST_WAITING_SECONDS: Final = 1200
"""What a test may take without one."""


class _Listener:
    """A pytest plugin that counts tests and keeps the first that failed; each may take so much CPU time, 0 for any."""

    def __init__(self, seconds: float) -> None:
        self.tests = 0
        self.failed = ""
        self.why = ""
        self._seconds = seconds

    def pytest_runtest_logstart(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, self._seconds)

    def pytest_runtest_logfinish(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0.0)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.tests += report.when == "call"
        self._keep(report, str(report.nodeid))

    def pytest_collectreport(self, report: Any) -> None:
        self._keep(report, f"{report.nodeid} cannot be collected")

    def _keep(self, report: Any, what: str) -> None:
        if report.failed and not self.failed:
            self.failed = what
            crash = getattr(report.longrepr, "reprcrash", None)
            self.why = (str(crash.message if crash else report.longrepr).splitlines() or [""])[0]


class Suite:
    """The tests under `path`, relative to the repository: a folder, a file, or one test `file::name`; several with
    commas between. Run in the fork that has the bug.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._waiting_seconds = LONGEST_WAITING_SECONDS

    def prepare(self) -> None:
        """See that all is well without a bug.

        Raises:
            UnfitError: a test fails already, or there is none.
        """
        begun = time.monotonic()
        tests, failed, said = self._run("")
        self._waiting_seconds = max(WAITING_SECONDS, int(WAITING_FACTOR * (time.monotonic() - begun)))
        if failed or not tests:
            why = f"{failed} fails: {said}" if failed else "there are no tests (a source checkout has them)"
            raise UnfitError(f"{self.path} cannot judge injected bugs: without any, {why}")

    def examine(self, budget: Budget) -> Kill | None:
        tests, failed, _ = self._run(budget.bug)
        return Kill(self.path, tests, failed) if failed else None

    def noticed(self, how: str) -> Kill:
        """Tests that cannot be run to their end have failed."""
        return Kill(self.path, 0, f"the tests cannot be run to their end: {how.strip().splitlines()[-1]}")

    def _run(self, bug: str) -> tuple[int, str, str]:
        """How many tests ran, which failed, and what it said."""
        return run(self.path, TEST_SECONDS if bug else 0.0, self._waiting_seconds)


class FreshSuite(Suite):
    """The same in a process of its own, which has loaded nothing before the bug: for what is set up once per process,
    as a foreign library is.
    """

    def _run(self, bug: str) -> tuple[int, str, str]:
        environment = os.environ | {VARIABLE: bug, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-P", "-m", "fuzz.sabotage.judges.suite", self.path, str(self._waiting_seconds)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            return 0, f"the tests cannot be run to their end: status {done.returncode}, {last}", last
        tests, failed, said = json.loads(done.stdout.splitlines()[-1])
        return int(tests), str(failed), str(said)


def run(paths: str, seconds: float, waiting_seconds: int) -> tuple[int, str, str]:
    """Run tests until one fails: how many ran, which failed (empty: none), and the first line of what it said.

    One that takes more than `seconds` of CPU time ends this process by SIGPROF; 0 for never. One that takes more than
    `waiting_seconds` by the clock on the wall fails.

    A property's first failing example is enough: none is sought that is smaller, nor one that failed for another bug.
    """
    import pytest
    from hypothesis import Phase, settings

    phases = (Phase.explicit, Phase.generate, Phase.target)
    settings.register_profile("judging", phases=phases, database=None, deadline=None)

    if str(ROOT) not in sys.path:
        # The folder of the tests comes on the path, and its folders are called as the packages that they test.
        sys.path.append(str(ROOT))
    listener = _Listener(seconds)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    # Other judges of this process may have loaded hypothesis, whose assertions are then not worded at length.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    options += ["--hypothesis-profile=judging", f"--timeout={waiting_seconds}"]
    options += ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml")]
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*options, *(str(ROOT / path) for path in paths.split(","))], plugins=[listener])
    return listener.tests, listener.failed, listener.why


def main(arguments: list[str]) -> int:
    """`python -m fuzz.sabotage.judges.suite PATHS WAITING_SECONDS` prints what `run` gives with the bug that is set."""
    bug = apply_from_environment()
    found = run(arguments[0], TEST_SECONDS if bug else 0.0, int(arguments[1]))
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
