"""Bisection over commits: which one made a finding appear, and which one made it go away?

`bisect` knows nothing but a list and a question. Commits that cannot be judged (they do not build, the reproducer does
not run on them) are passed over; where they lie right at the border, all of them are suspects and the result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What a commit shows."""

    AGREES = "agrees"
    DIVERGES = "diverges"
    SKIPPED = "cannot be judged"


Probe = Callable[[str], Outcome]


@dataclass(frozen=True)
class Bisection:
    """The border between two outcomes.

    Attributes:
        suspects: the first commit on the far side of the border, alone; with those right before it that cannot be
            judged, oldest first; empty where no border was found.
        before: the last commit known to be on the near side; empty where none is: then the far side began with, or
            before, the oldest commit.
        outcomes: of every commit that was judged, in the order in which they were.
    """

    suspects: tuple[str, ...]
    before: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        return len(self.suspects) == 1


class NoBorderError(ValueError):
    """The ends of the history do not show what was expected of them."""


def bisect(commits: Sequence[str], near: Outcome, far: Outcome, probe: Probe) -> Bisection:
    """The first commit of `commits` (oldest first) that shows `far`, where the first shows `near` and the last `far`.

    Raises:
        NoBorderError: the first or the last commit shows something else, or there are fewer than two.
    """
    if len(commits) < 2:
        raise NoBorderError(f"a bisection needs at least two commits, got {len(commits)}")
    asked = _Asked(probe)
    for commit, expected in ((commits[-1], far), (commits[0], near)):
        seen = asked(commit)
        if seen is not expected:
            raise NoBorderError(f"commit {commit[:12]} {seen}, expected that it {expected}")
    return _narrowed(commits, 0, len(commits) - 1, near, asked)


def first_diverging(commits: Sequence[str], probe: Probe) -> Bisection:
    """The first commit since which the newest one's divergence is there, whatever is known about the older ones.

    Goes back from the newest in growing strides until a commit agrees, then bisects.

    Raises:
        NoBorderError: the newest commit does not diverge, or `commits` is empty.
    """
    if not commits:
        raise NoBorderError("there is no commit to look at")
    asked = _Asked(probe)
    high = len(commits) - 1
    seen = asked(commits[high])
    if seen is not Outcome.DIVERGES:
        raise NoBorderError(f"commit {commits[high][:12]} {seen}, expected that it {Outcome.DIVERGES}")
    stride = 1
    position = high
    while position > 0:
        position = max(0, position - stride)
        stride *= 2
        outcome = asked(commits[position])
        if outcome is Outcome.AGREES:
            return _narrowed(commits, position, high, Outcome.AGREES, asked)
        if outcome is Outcome.DIVERGES:
            high = position
    for oldest in range(high):  # the first commits that can be judged at all
        outcome = asked(commits[oldest])
        if outcome is Outcome.AGREES:
            return _narrowed(commits, oldest, high, Outcome.AGREES, asked)
        if outcome is Outcome.DIVERGES:
            high = oldest
            break
    return Bisection(tuple(commits[: high + 1]), "", asked.outcomes)


class _Asked:
    """A probe that asks nothing twice."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self.outcomes: dict[str, Outcome] = {}

    def __call__(self, commit: str) -> Outcome:
        if commit not in self.outcomes:
            self.outcomes[commit] = self._probe(commit)
        return self.outcomes[commit]


def _narrowed(commits: Sequence[str], low: int, high: int, near: Outcome, asked: _Asked) -> Bisection:
    """Between `low`, which shows `near`, and `high`, which shows the other."""
    while high - low > 1:
        middle = (low + high) // 2
        # From the middle outwards, so that a commit that cannot be judged costs least.
        for position in sorted(range(low + 1, high), key=lambda p: (abs(p - middle), p)):
            outcome = asked(commits[position])
            if outcome is not Outcome.SKIPPED:
                low, high = (position, high) if outcome is near else (low, position)
                break
        else:
            break
    return Bisection(tuple(commits[low + 1 : high + 1]), commits[low], asked.outcomes)
