"""Work on a module's functions, one after the other or in several processes, with the same outcome.

A pass over all functions is an `Errand`: it works on one function at a time, some only after others. Where its work on
a function depends on nothing but that function and those it comes after, the outcome does not depend on how many
processes there are, nor on which is faster (`processes`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PAYS: Final = 60_000
"""Instructions of a module from which on more than one process is sooner done (`ci.bench_rust_jobs`)."""


class LostProcessError(RuntimeError):
    """A process that worked on functions ended before it was done, or could not be started."""


@dataclass(frozen=True)
class Jobs:
    """How many processes may work.

    Attributes:
        wanted: so many, 1 and more; None: one for a small module, else one for each processor that we may use.
        tell: is told why it is one process where more are wanted.
    """

    wanted: int | None = 1
    tell: Callable[[str], None] = lambda why: None

    def __post_init__(self) -> None:
        if self.wanted is not None and self.wanted < 1:
            raise ValueError(f"jobs is {self.wanted}; the legal range is 1 and more")

    def count(self, instructions: int) -> int:
        """The processes for a module of this size."""
        wanted = self.wanted
        if wanted is None:
            wanted = 1 if instructions < PAYS else processors()
        if wanted > 1 and not hasattr(os, "fork"):
            self.tell("this system has no fork")
            return 1
        return wanted


ONE: Final = Jobs()


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Errand:
    """Work on functions, which are numbers."""

    def work(self, function: int) -> None:
        """Do it, here."""
        raise NotImplementedError

    def tell(self, function: int) -> Any:
        """What another process has to know of the work that was done here, for pickle; None where that is nothing."""
        raise NotImplementedError

    def take(self, function: int, told: Any) -> None:
        """What `tell` gave in another process: have the work as if it had been done here."""
        raise NotImplementedError


def run(errand: Errand, order: Sequence[int], jobs: int, after: Mapping[int, Sequence[int]] | None = None) -> None:
    """Work on the functions in `order`; on each after those that `after` gives for it, which come before it in `order`.

    Raises:
        LostProcessError: a process ended by a signal, or could not be started.
        Exception: what `work` raises.
    """
    if jobs == 1 or len(order) < 2:
        for function in order:
            errand.work(function)
        return
    from engines.rustwasm.release.processes import Pool

    Pool(errand, order, after or {}).run(min(jobs, len(order)))
