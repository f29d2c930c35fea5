"""The score: which injected bugs are found, by whom, how soon, and how small what shows them gets."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from fuzz.sabotage import BUGS, VARIABLE, Bug
from fuzz.sabotage.child import Child, how_it_ended, start
from fuzz.sabotage.judges import SMALL, Budget, Judge, Kill, UnfitError, judge
from harness.contract.waiting import readable
from harness.nearest import did_you_mean
from harness.strict_json import Node, parse

SEARCH_SECONDS: Final = 60.0
"""CPU time that a judge may search for one bug …"""
ARGUED_SECONDS: Final = 4.0
"""… and for one about which an argument says that nobody can find it."""
HARD_SECONDS: Final = 300.0
"""After this, by the clock on the wall, an examination is ended from outside: it hangs and uses no CPU time."""
SOON_SECONDS: Final = 10.0
"""A case took at most so long to reduce, or it is not small, see `judges.SMALL`."""
FORMAT: Final = "counterproof-sabotage"
STILLBORN: Final = "StillbornError"


@dataclass(frozen=True)
class Result:
    """What became of one bug.

    Attributes:
        kill: None where it survived.
        seconds: of everything that was done about it, on one core.
        failure: why it could not be examined: the harness's own failure, neither killed nor survived.
    """

    name: str
    kill: Kill | None
    seconds: float
    failure: str = ""

    @property
    def bug(self) -> Bug:
        return BUGS[self.name]

    @property
    def stillborn(self) -> bool:
        """With the bug on, what is to be examined cannot be built: it does not count."""
        return STILLBORN in self.failure

    @property
    def small(self) -> bool | None:
        """Whether what shows it was reduced enough, soon enough; None where nothing is there to reduce."""
        if self.kill is None or self.kill.instructions is None:
            return None
        return self.kill.instructions <= SMALL and self.kill.reduction_s <= SOON_SECONDS


@dataclass(frozen=True)
class Score:
    """The whole of a run."""

    results: tuple[Result, ...]

    @property
    def killed(self) -> tuple[Result, ...]:
        return tuple(r for r in self.results if r.kill is not None)

    @property
    def survived(self) -> tuple[Result, ...]:
        """Not found, though somebody could: gaps."""
        return tuple(r for r in self.results if r.kill is None and not r.failure and not r.bug.equivalent)

    @property
    def equivalent(self) -> tuple[Result, ...]:
        return tuple(r for r in self.results if r.kill is None and not r.failure and r.bug.equivalent)

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(r for r in self.results if r.failure and not r.stillborn)

    @property
    def stillborn(self) -> tuple[Result, ...]:
        return tuple(r for r in self.results if r.stillborn)

    @property
    def refuted(self) -> tuple[Result, ...]:
        """Found, though an argument says that nobody can."""
        return tuple(r for r in self.killed if r.bug.equivalent)

    @property
    def can_be_found(self) -> tuple[Result, ...]:
        """What counts: found, survived, or left open as nobody could examine it."""
        return (*self.killed, *self.survived, *self.failed)

    @property
    def value(self) -> float:
        """Killed of those that can be: 1.0 where there are none."""
        return len(self.killed) / len(self.can_be_found) if self.can_be_found else 1.0

    @property
    def reduced(self) -> float:
        """Share of the killed, of those that have a case, whose case became small soon."""
        with_case = [r.small for r in self.killed if r.small is not None]
        return sum(with_case) / len(with_case) if with_case else 1.0


def chosen(names: Sequence[str], sample: int, seed: int) -> list[str]:
    """The bugs to examine, in an order that shows every kind early: shuffled by `seed`; all where `sample` is 0.

    Raises:
        ValueError: a name that no bug has, or more than there are.
    """
    unknown = sorted(set(names) - BUGS.keys())
    if unknown:
        raise ValueError(
            f"no injected bug is called {', '.join(unknown)}.{did_you_mean(unknown[0], BUGS)} "
            f"`counterproof sabotage --list` shows the {len(BUGS)}"
        )
    pool = list(names or BUGS)
    if sample > len(pool):
        raise ValueError(f"--sample is {sample}; there are {len(pool)} bugs to choose from")
    random.Random(seed).shuffle(pool)
    return pool[:sample] if sample else pool


class Examiners:
    """The judges of bugs, prepared in this process when first asked for; every examination is a fork of it.

    Attributes:
        preparing_s: what the preparations took so far.
    """

    def __init__(self, out: Path | None, on_judge: Callable[[str], None] = lambda name: None) -> None:
        self.out = out
        self.preparing_s = 0.0
        self._on_judge = on_judge
        self._judges: dict[str, Judge] = {}
        self._unfit: dict[str, str] = {}

    def ready(self, name: str) -> bool:
        """Whether all judges of the bug `name` are prepared."""
        return all(asked in self._judges or asked in self._unfit for asked in BUGS[name].judges)

    def prepare(self, name: str) -> None:
        """Make and prepare those of the bug's judges that are not yet, here, before any bug is on. One that already
        finds fault without a bug judges nothing; what asks it fails, and the others go on."""
        for asked in BUGS[name].judges:
            if asked not in self._judges and asked not in self._unfit:
                self._on_judge(asked)
                begun = time.monotonic()
                made = judge(asked)
                try:
                    made.prepare()
                    self._judges[asked] = made
                except UnfitError as error:
                    self._unfit[asked] = str(error)
                self.preparing_s += time.monotonic() - begun

    def examine(self, name: str) -> Result:
        """Inject `name` in a fork and ask its judges, one after the other."""
        self.prepare(name)
        begun = time.monotonic()
        for asked in BUGS[name].judges:
            if asked in self._unfit:
                return Result(name, None, time.monotonic() - begun, self._unfit[asked])
            outcome = _forked(partial(self._ask, name, asked, carefully=False), HARD_SECONDS)
            examiner = self._judges[asked]
            if isinstance(outcome, str) and STILLBORN not in outcome:
                if hasattr(examiner, "examine_carefully"):
                    outcome = _forked(partial(self._ask, name, asked, carefully=True), HARD_SECONDS)
                elif hasattr(examiner, "noticed"):
                    outcome = self._without_a_bug(asked) or examiner.noticed(outcome)
            if isinstance(outcome, str):
                return Result(name, None, time.monotonic() - begun, f"{asked}: {outcome}")
            if outcome is not None:
                return Result(name, outcome, time.monotonic() - begun)
        return Result(name, None, time.monotonic() - begun)

    def _without_a_bug(self, asked: str) -> str:
        """How an examination ends badly where no bug is on, in words; empty where it ends well. What was loaded before
        the fork may not work after it, as threads of Wasmtime do not: then nobody noticed anything."""
        outcome = _forked(lambda: self._judges[asked].examine(Budget(SEARCH_SECONDS, None, "")), HARD_SECONDS)
        if isinstance(outcome, str):
            return f"it cannot judge in a fork, where it ends without a bug, too: {outcome}; ask `fresh {asked}`"
        return ""

    def _ask(self, name: str, asked: str, *, carefully: bool) -> Kill | None:
        bug, examiner = BUGS[name], self._judges[asked]
        os.environ[VARIABLE] = name
        bug.switch_on()
        seconds = ARGUED_SECONDS if bug.equivalent else SEARCH_SECONDS
        budget = Budget(seconds, None if self.out is None else self.out / name, name)
        if carefully:
            found: Kill | None = examiner.examine_carefully(budget)  # type: ignore[attr-defined]
            return found
        return examiner.examine(budget)


def _forked(work: Callable[[], Kill | None], seconds: float) -> Kill | str | None:
    """What `work` gives in a fork of this process, or in words how the fork ended instead."""
    child = start(partial(_answer, work))
    data, status = b"", 0
    try:
        data, _ = child.read(seconds)
    finally:
        status = child.end()
    if data:
        answer = json.loads(data)
        return answer if isinstance(answer, str) else None if answer is None else Kill(**answer)
    return how_it_ended(status) if status < 0 else f"{how_it_ended(status)} and no answer"


def _answer(work: Callable[[], Kill | None]) -> bytes:
    """In a fork: do the work without a word; the kill as JSON, or a string of where it raised."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    try:
        found = work()
    except BaseException as raised:  # noqa: BLE001  (an injected bug raises anything, SystemExit too)
        return json.dumps("".join(traceback.format_exception(raised)[-3:])[-1500:]).encode()
    return json.dumps(None if found is None else asdict(found)).encode()


class ResultsFile:
    """Results as lines of JSON, each whole or not there; what an interrupted run leaves, another goes on from."""

    def __init__(self, path: Path, resume: bool) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            path.unlink(missing_ok=True)

    def add(self, result: Result) -> None:
        """Append; synced, so that it is there afterwards."""
        line = json.dumps(asdict(result)) + "\n"
        with self.path.open("a") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def known(self) -> dict[str, Result]:
        """Results by name; a line that was cut is passed over, as are bugs that are no more.

        Raises:
            DocumentError: a whole line is not a result.
        """
        if not self.path.exists():
            return {}
        text = self.path.read_text()
        lines = text.splitlines()
        if text and not text.endswith("\n"):
            lines.pop()
        found = [_read_result(parse(line, f"{self.path}, line {n}")) for n, line in enumerate(lines, 1)]
        return {r.name: r for r in found if r.name in BUGS}


def _read_result(document: Node) -> Result:
    document.only("name", "kill", "seconds", "failure")
    kill = document.field("kill")
    return Result(
        document.field("name").string(),
        _read_kill(kill) if kill.is_present() else None,
        document.field("seconds").number(),
        document.field("failure").string(),
    )


def _read_kill(document: Node) -> Kill:
    instructions, replays = document.field("instructions"), document.field("replays")
    return Kill(
        document.field("by").string(),
        document.field("cases").integer(0, 1 << 62),
        document.field("signature").string(),
        instructions.integer(0, 1 << 62) if instructions.is_present() else None,
        document.field("reduction_s").number(),
        replays.boolean() if replays.is_present() else None,
    )


def run(
    names: Sequence[str],
    examiners: Examiners,
    jobs: int,
    keep: Callable[[Result], None],
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Examine `names` in `jobs` processes at a time; `keep` gets every result as it comes. Ends early where `stop`.

    A judge is prepared when the first bug that asks it has its turn, while the other processes go on: so at most
    `jobs` processes work, this one with them.
    """
    waiting = list(reversed(names))
    running: dict[int, tuple[Child, str]] = {}
    try:
        while (waiting and not stop()) or running:
            while waiting and len(running) < jobs and not stop():
                name = _next(waiting, examiners, len(running) + 1 < jobs)
                examiners.prepare(name)
                child = _start(examiners, name)
                running[child.descriptor] = (child, name)
            for descriptor in readable(running, 0.5):
                keep(_collect(*running.pop(descriptor)))
    finally:
        for child, _ in running.values():
            os.killpg(child.pid, signal.SIGTERM)
            os.close(child.descriptor)
            os.waitpid(child.pid, 0)


def _next(waiting: list[str], examiners: Examiners, others_idle: bool) -> str:
    """Take the next name to start out of `waiting`, which is in reverse: with processes still to fill, one whose judges
    are ready comes before one that would keep all waiting for a preparation.
    """
    if others_idle:
        for at in range(len(waiting) - 1, -1, -1):
            if examiners.ready(waiting[at]):
                return waiting.pop(at)
    return waiting.pop()


def _start(examiners: Examiners, name: str) -> Child:
    """A process that examines `name`, in a group of its own: it forks for every judge."""
    child = start(partial(_examined, examiners, name))
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.setpgid(child.pid, child.pid)  # here too, so that the group exists whoever comes first
    return child


def _examined(examiners: Examiners, name: str) -> bytes:
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return json.dumps(asdict(examiners.examine(name))).encode()


def _collect(child: Child, name: str) -> Result:
    with os.fdopen(child.descriptor) as stream:
        text = stream.read()
    os.waitpid(child.pid, 0)
    if not text:
        return Result(name, None, 0.0, "the process that examined it died")
    return _read_result(parse(text, f"the examination of {name}"))


def document(score: Score, options: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The run as JSON."""
    return {
        "format": FORMAT,
        "version": 1,
        "options": dict(options),
        "seconds": seconds,
        "score": score.value,
        "reduced": score.reduced,
        "killed": len(score.killed),
        "survived": [r.name for r in score.survived],
        "equivalent": [r.name for r in score.equivalent],
        "refuted": [r.name for r in score.refuted],
        "stillborn": {r.name: r.failure for r in score.stillborn},
        "failed": {r.name: r.failure for r in score.failed},
        "results": [asdict(r) for r in score.results],
    }
