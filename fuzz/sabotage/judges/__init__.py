"""Judges: the suites that are asked to find an injected bug.

A judge is prepared once, before any bug is on: it makes its cases and asks the oracles. Then, in a fork of that process
for every bug, with the bug on, it examines: runs the subject on the same cases and compares. What an oracle said is so
never touched by a bug, and no bug waits for an oracle.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

SMALL: Final = 3
"""A reduced case has at most so many instructions."""


@dataclass(frozen=True)
class Kill:
    """How a bug was found.

    Attributes:
        by: the suite, and the reference where there is one: `riscv64-interpreter against unicorn-riscv64`.
        cases: examined up to and with the one that showed it.
        signature: what showed, in words.
        instructions: of the reduced case; None where nothing is there to reduce (a harness that noticed itself).
        reduction_s: CPU time of the reduction: its wall clock on a core of its own.
        replays: the reproducer, read back from disk, shows it again; None where there is none.
    """

    by: str
    cases: int
    signature: str
    instructions: int | None = None
    reduction_s: float = 0.0
    replays: bool | None = None


@dataclass(frozen=True)
class Budget:
    """What one bug may cost one judge.

    Attributes:
        seconds: CPU time for the search, see `cpu_seconds`; the reduction comes on top.
        out: a directory for the reproducer, None for none and then nothing is reduced.
        bug: the bug's name, for the reproducer's command line.
    """

    seconds: float
    out: Path | None
    bug: str


def cpu_seconds() -> float:
    """CPU time of this process, and of its children that have ended: what other work on the machine does not lengthen,
    as it would wall clock.
    """
    return sum(os.times()[:4])


class StillbornError(Exception):
    """With this bug on, what is to be examined cannot even be built: nobody could ship it, so it does not count."""


class UnfitError(Exception):
    """A judge that finds fault already where no bug is on: what it says of bugs means nothing."""


class Judge(Protocol):
    """One suite. If an examination ends its process or raises, a judge may have a say all the same: by
    `examine_carefully(budget)`, called in another fork, or by `noticed(how)`, which says how that is a kill."""

    def prepare(self) -> None:
        """Before any bug is on: make cases, ask oracles, import what examinations need. Called once.

        Raises:
            UnfitError: it finds fault already.
        """
        ...

    def examine(self, budget: Budget) -> Kill | None:
        """In a fork with the bug on: say how it was found, or None."""
        ...


_BUILT_IN: Final = {
    "comparison": "fuzz.sabotage.judges.harness:Comparison",
    "exact-rationals": "fuzz.sabotage.judges.softfloat:ExactRationals",
    "programs": "fuzz.sabotage.judges.programs:Programs",
}


def judge(name: str) -> Judge:
    """Make the judge `name`: a built-in one, a path in `tests/` (`fresh tests/…`: in a process of its own),
    `module:factory`, or else the executor of that name on generated programs.

    Raises:
        ValueError: nothing of that name; the message lists what there is.
    """
    if name.startswith(("tests/", "fresh tests/")):
        from fuzz.sabotage.judges.suite import FreshSuite, Suite

        suite: Judge = Suite(name) if name.startswith("tests/") else FreshSuite(name.removeprefix("fresh "))
        return suite
    target = _BUILT_IN.get(name, name if ":" in name else "")
    if not target:
        from fuzz.sabotage.judges.machine import GeneratedPrograms
        from harness.registry import UnknownExecutorError, describe

        try:
            describe(name)
        except UnknownExecutorError as error:
            known = ", ".join(_BUILT_IN)
            raise ValueError(f"no judge is called {name!r}: known are {known}, module:factory, or: {error}") from None
        made: Judge = GeneratedPrograms(name)
        return made
    module, _, attribute = target.partition(":")
    factory: Callable[[], Judge] = getattr(importlib.import_module(module), attribute)
    return factory()
