"""Running tasks: one after the other, each with a log, in a process group of its own that ends when the gate ends."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

from ci.gate.stages import Stage, Task
from engines.whole_file import replace_whole
from harness.triage.tree import current_tree

GRACE_SECONDS: Final = 20.0
"""So long an interrupted command may take to keep what it has."""
STATE: Final = "gate.json"
FORMAT: Final = "counterproof-gate"
VERSION: Final = 1
MEANINGS: Final = {1: "it failed", 2: "it was called wrongly", 3: "it could not do its work", 130: "it was interrupted"}


class Status(StrEnum):
    """What became of a task."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Outcome:
    """One task's result.

    Attributes:
        why: it failed or was skipped, one line.
        log: its output.
        reused: it passed in an earlier run on the same tree.
    """

    stage: str
    task: str
    status: Status
    seconds: float = 0.0
    why: str = ""
    log: str = ""
    reused: bool = False


@dataclass(frozen=True)
class GateResult:
    """All outcomes, and whether the run was interrupted."""

    outcomes: tuple[Outcome, ...]
    interrupted: bool = False

    @property
    def status(self) -> int:
        """0 everything passed, 1 something failed, 3 nothing was run, 130 interrupted."""
        if self.interrupted:
            return 130
        if any(outcome.status is Status.FAILED for outcome in self.outcomes):
            return 1
        return 0 if any(outcome.status is Status.PASSED for outcome in self.outcomes) else 3


class Gate:
    """Runs `stages` and keeps everything under `out`.

    Args:
        keep_going: run the later stages when one has failed.
        resume: take over what passed before on the same tree.
        say: told a line per task.
    """

    def __init__(
        self,
        stages: Iterable[Stage],
        root: Path,
        out: Path,
        *,
        keep_going: bool = False,
        resume: bool = False,
        say: Callable[[str], None] = print,
    ) -> None:
        self._stages, self._root, self._out = tuple(stages), root, out.resolve()
        self._keep_going, self._say = keep_going, say
        self._identity = identity_of(root)
        self._passed = self._earlier() if resume else {}
        self._outcomes: list[Outcome] = []
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> GateResult:
        """Run every task; a failure ends the gate after its stage.

        Raises:
            OSError: `out` cannot be written.
        """
        self._out.mkdir(parents=True, exist_ok=True)
        stopped = interrupted = False
        for stage in self._stages:
            for task in stage.tasks:
                outcome = Outcome(stage.name, task.name, Status.NOT_RUN) if stopped else self._one(stage, task)
                self._outcomes.append(outcome)
                self._keep(interrupted or outcome.status is Status.INTERRUPTED)
                if outcome.status is Status.INTERRUPTED:
                    stopped = interrupted = True
            failed = any(outcome.status is Status.FAILED for outcome in self._outcomes)
            stopped = stopped or (failed and not self._keep_going)
        return GateResult(tuple(self._outcomes), interrupted)

    def _one(self, stage: Stage, task: Task) -> Outcome:
        known = self._passed.get(task.name)
        if known is not None:
            self._say(f"{'passed before':<14}{stage.name:<14}{task.name}")
            return Outcome(stage.name, task.name, Status.PASSED, known, reused=True)
        if task.missing:
            self._say(f"{'skipped':<14}{stage.name:<14}{task.name}: {task.missing} is not installed")
            return Outcome(stage.name, task.name, Status.SKIPPED, why=f"{task.missing} is not installed")
        place = self._out / task.name
        place.mkdir(parents=True, exist_ok=True)
        log = self._out / f"{task.name}.log"
        begun = time.monotonic()
        with log.open("wb") as output:
            try:
                code = self._command(task.line(place), output)
            except KeyboardInterrupt:
                self._end()
                self._say(f"{'interrupted':<14}{stage.name:<14}{task.name}")
                return Outcome(
                    stage.name, task.name, Status.INTERRUPTED, time.monotonic() - begun, "interrupted", str(log)
                )
        seconds = time.monotonic() - begun
        why = f"exit status {code}: {MEANINGS.get(code, 'it ended abnormally')}" if code else ""
        if not why and task.check is not None:
            why = task.check(place)
        status = Status.FAILED if why else Status.PASSED
        reason = f"  {why}; see {log}" if why else ""
        self._say(f"{status:<14}{stage.name:<14}{task.name:<24}{seconds:7.1f} s{reason}")
        return Outcome(stage.name, task.name, status, seconds, why, str(log))

    def _command(self, line: list[str], output: IO[bytes]) -> int:
        # A group of its own: Ctrl-C reaches the gate alone, which then ends the whole group in order.
        self._process = subprocess.Popen(
            line,
            cwd=self._root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code = self._process.wait()
        self._process = None
        return code

    def _end(self) -> None:
        """Interrupt the running command, wait for it to keep what it has, then make sure that nothing of it is left."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(GRACE_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _keep(self, interrupted: bool) -> None:
        """Write the state whole, after every task: a gate that is killed is resumed from there."""
        document = {
            "format": FORMAT,
            "version": VERSION,
            "identity": self._identity,
            "tree": current_tree(self._root).name,
            "interrupted": interrupted,
            "outcomes": [asdict(outcome) for outcome in self._outcomes],
        }
        replace_whole(self._out / STATE, (json.dumps(document, indent=1) + "\n").encode())

    def _earlier(self) -> dict[str, float]:
        """Tasks that passed on this very tree, with their seconds."""
        path = self._out / STATE
        if not path.is_file():
            return {}
        try:
            document = json.loads(path.read_bytes())
            if document["identity"] != self._identity:
                self._say("the tree has changed since the earlier run: everything runs again")
                return {}
            return {
                str(outcome["task"]): float(outcome["seconds"])
                for outcome in document["outcomes"]
                if outcome["status"] == Status.PASSED
            }
        except (ValueError, KeyError, TypeError) as error:
            self._say(f"{path} cannot be used ({type(error).__name__}: {error}): everything runs again")
            return {}


def identity_of(root: Path) -> str:
    """A digest of the tree at `root`: its commit, what differs from it, and the interpreter."""
    digest = hashlib.sha256(sys.version.encode())
    for arguments in (("rev-parse", "HEAD"), ("diff", "HEAD"), ("ls-files", "--others", "--exclude-standard")):
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
        digest.update(done.stdout)
    return digest.hexdigest()
