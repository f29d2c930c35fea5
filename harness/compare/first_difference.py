"""The second speed of comparison: the first instruction at which two executors differ, found by bisection.

Both executors must keep `limit_insns` exactly. A prefix of a case is the case with a smaller limit; the first differing
instruction is the last one of the shortest prefix on which the observations differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, overload, runtime_checkable

from harness.compare.describe import CaseComparison, compare_case
from harness.compare.legal import instruction_bits
from harness.contract import End, Executor, MachineCase, MachineObservation, Trap, Verdict


@dataclass(frozen=True, eq=False)
class FirstDifference:
    """Where two executors part.

    Attributes:
        index: instructions that both retired before.
        pc, bits: the instruction; `bits` has 16 or 32 significant bits.
        before: what both saw after `index` instructions.
        subject, oracle: what each saw after this instruction, or at the trap that it took.
        comparison: of those two.
        executed: the bits of the instructions before it in this case.
    """

    index: int
    pc: int
    bits: int
    before: MachineObservation
    subject: MachineObservation
    oracle: MachineObservation
    comparison: CaseComparison
    executed: Sequence[int] = ()


def observe(executor: Executor, case: MachineCase) -> MachineObservation:
    """Run a machine case.

    Raises:
        TypeError: the executor answers with another kind of observation.
    """
    seen = executor.run(case)
    if not isinstance(seen, MachineObservation):
        raise TypeError(f"{executor.name} answered a machine case with a {type(seen).__name__}")
    return seen


def start_of(case: MachineCase) -> MachineObservation:
    """The observation of a case of which nothing has run."""
    return MachineObservation(End.LIMIT, Trap.NONE, 0, case.state, case.memory, 0)


def first_difference(
    case: MachineCase,
    subject: Executor,
    oracle: Executor,
    whole: tuple[MachineObservation, MachineObservation] | None = None,
) -> FirstDifference | None:
    """The first instruction of `case` at which the executors differ; None where they agree to the end, where either
    gives no end (crash, timeout, refusal), or where either cannot stop after an exact number of instructions.

    Args:
        whole: what they gave for the whole case, where that is known.
    """
    if not (subject.capabilities.exact_limit and oracle.capabilities.exact_limit):
        return None
    seen: dict[int, tuple[MachineObservation, MachineObservation]] = {}

    def differs(limit: int) -> bool:
        prefix = case.with_limit(limit)
        pair = observe(subject, prefix), observe(oracle, prefix)
        seen[limit] = pair
        return compare_case(prefix, *pair).verdict is Verdict.DIVERGED

    if whole is None:
        whole = observe(subject, case), observe(oracle, case)
    if compare_case(case, *whole).verdict is not Verdict.DIVERGED:
        return None
    if any(side.end not in (End.TRAP, End.LIMIT) for side in whole):
        return None
    # Both have ended within so many instructions, so a limit this high changes nothing.
    low, high = 0, min(case.limit_insns, max(side.retired for side in whole) + 1)
    seen[high] = whole
    # Most cases part where the first of the two ends, so look there before halving.
    likely = min(side.retired for side in whole)
    guesses = [likely, likely + 1]
    while high - low > 1:
        middle = guesses.pop(0) if guesses else (low + high) // 2
        if not low < middle < high:
            continue
        if differs(middle):
            high = middle
        else:
            low = middle
    before = start_of(case) if low == 0 else seen[low][0]
    pc = int(before.state["pc"])
    ours, theirs = seen[high]
    return FirstDifference(
        index=low,
        pc=pc,
        bits=instruction_bits(case, pc),
        before=before,
        subject=ours,
        oracle=theirs,
        comparison=compare_case(case, ours, theirs),
    )


def continuation(case: MachineCase, after: MachineObservation, retired: int) -> MachineCase | None:
    """The rest of `case` after `retired` instructions led to the state `after`; None where none is left."""
    left = case.limit_insns - retired
    if after.end is not End.LIMIT or left < 1:
        return None
    return replace(case, state=after.state.copy(), memory=after.memory, limit_insns=left)


def path_of(case: MachineCase, executor: Executor, count: int) -> list[int]:
    """The pc before each of the first `count` instructions that `executor` retires in `case`."""
    if isinstance(executor, FollowsPaths):
        return executor.path(case, count)
    later = [int(observe(executor, case.with_limit(n)).state["pc"]) for n in range(1, count)]
    return [int(case.state["pc"]), *later][:count]


@runtime_checkable
class FollowsPaths(Protocol):
    """An executor that finds `path_of` by itself, in one request instead of one per instruction."""

    def path(self, case: MachineCase, count: int) -> list[int]: ...


class ExecutedBits(Sequence[int]):
    """The bits of the first `count` instructions that `executor` retires in `case`; the executor is asked for its path
    when somebody looks: few errata have a rule about what came before, and a path may cost a run for every instruction.
    """

    def __init__(self, case: MachineCase, executor: Executor, count: int) -> None:
        self._case, self._executor, self._count = case, executor, count

    @cached_property
    def _bits(self) -> list[int]:
        return [instruction_bits(self._case, pc) for pc in path_of(self._case, self._executor, self._count)]

    def __len__(self) -> int:
        return len(self._bits)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        return self._bits[index]
