"""Windows: parts of what a case executed, from the state that both sides agreed on.

A window starts late and holds only what ran from there on. Either it is straight: the executed instructions in the
order of execution, then `ebreak`. Or it keeps the code as it is, where its shape matters (a loop, what a branch skips).

`window` looks in the whole case for the window that ends where the divergence first shows. `nearer` looks again in what
deletion left, which is so little that *every* part of it can be tried, also those that end before the instruction that
shows it: a tier that runs whole blocks shows a difference at the end of the block or of the loop.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.contract import End, Executor, MachineCase, MachineObservation, Trap
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES
from harness.reduce import riscv64
from harness.reduce.remembering import Remembering
from harness.reduce.search import Search, instruction_count

WINDOWS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
LATE_STARTS = (8, 32, 128, 512)
LIMIT_SLACK = 64
"""Instructions that a case may still retire after the first that differs: tiers run a block only if all of it fits."""
UNKNOWN_INSNS = 2048
"""A subject that crashes is looked for among so many first instructions."""
LONGEST_RUN = 8
"""`nearer` tries runs of at most so many instructions …"""
LOOKED_AT = 64
"""… among the first so many that a case executes."""


class Steps:
    """The states between the instructions of a case: the subject's, or where it crashes, those of `other`."""

    def __init__(self, subject: Executor, other: Executor | None = None) -> None:
        self._executors = [Remembering(one) for one in (subject, other) if one is not None]

    def after(self, case: MachineCase, insns: int) -> MachineObservation | None:
        """What is seen after so many instructions, at least one; None where nobody can tell."""
        if insns:
            for executor in self._executors:
                seen = executor.run(case.with_limit(insns))
                if isinstance(seen, MachineObservation) and seen.end in (End.TRAP, End.LIMIT):
                    return seen
        return None

    def retired(self, case: MachineCase) -> int:
        """How many instructions `case` retires at most: what died or never ended cannot tell, its limit can."""
        seen = self.after(case, case.limit_insns)
        return min(case.limit_insns, UNKNOWN_INSNS) if seen is None else seen.retired


def window(search: Search, steps: Steps) -> None:
    """Restart just before the instruction at which the divergence first shows."""
    case = search.best
    last = _first_failing_prefix(search, case, steps.retired(case) + 1)
    # What no longer ends by itself without what is deleted then ends soon all the same.
    for limit in (last, last + LIMIT_SLACK):
        if limit < case.limit_insns and search.keep(case.with_limit(limit)):
            break
    case = search.best
    for length in WINDOWS:
        if length > last:
            break
        candidate = _suffix(case, steps, last - length, last)
        if candidate is not None and len(candidate.code) < len(case.code) and search.refine(candidate):
            return
    for length in LATE_STARTS:
        if length < last and _start_late(search, case, steps, last - length):
            return


def _start_late(search: Search, case: MachineCase, steps: Steps, start: int, *, refined: bool = False) -> bool:
    """Keep the code as it is, begin at the state after `start` instructions: what a loop does in its last turns."""
    before = steps.after(case, start)
    left = case.limit_insns - start
    if before is None or before.retired != start or left < 1:
        return False
    later = replace(case, state=before.state, memory=before.memory, limit_insns=left)
    return search.refine(later) if refined else search.keep(later)


def _first_failing_prefix(search: Search, case: MachineCase, upper: int) -> int:
    """The smallest limit under which the executors already differ in some way, found by bisection."""
    low, high = 0, upper
    while high - low > 1:
        middle = (low + high) // 2
        search.attempts += 1
        if search.signature_of(case.with_limit(middle)) is None:
            low = middle
        else:
            high = middle
    return high


def _suffix(case: MachineCase, steps: Steps, start: int, stop: int) -> MachineCase | None:
    """The executed instructions `start … stop-1` in order, from the state before them, then `ebreak`."""
    before = steps.after(case, start)
    if start and before is None:
        return None
    state = case.state.copy() if before is None else before.state
    memory = case.memory if before is None else before.memory
    code = bytearray()
    pc = int(state["pc"])
    for step in range(start, stop):
        offset = pc - case.code_address
        if not 0 <= offset < len(case.code):
            break
        code += riscv64.at(case.code, offset)
        after = steps.after(case, step + 1)
        if after is None or after.retired != step + 1:
            break
        pc = int(after.state["pc"])
    if not code:
        return None
    entry = state.copy()
    # The same page offset as before, so that what depends on it (page crossings) stays as it was.
    address = int(state["pc"])
    if not CODE_BASE <= address < case.code_address + len(case.code):
        return None
    room = CODE_SLOT_BYTES * 2
    if len(code) + len(riscv64.EBREAK) > room:
        return None
    return replace(case, state=entry, memory=memory, code=bytes(code) + riscv64.EBREAK, code_address=address)


def nearer(search: Search, steps: Steps) -> bool:
    """Replace the best case by the shortest run of what it executes that diverges; else start it as late as it still
    diverges. Whether it was replaced: both sides agree on the state before, so whatever still diverges is nearer to the
    cause.
    """
    case = search.best
    retired = min(steps.retired(case) + 1, LOOKED_AT)
    for length in range(1, min(LONGEST_RUN + 1, instruction_count(case))):
        for start in range(retired - length, -1, -1):
            candidate = _suffix(case, steps, start, start + length)
            if candidate is not None and instruction_count(candidate) == length and search.refine(candidate):
                return True
    return any(_start_late(search, case, steps, start, refined=True) for start in range(retired - 1, 0, -1))


def without_what_it_made(case: MachineCase, steps: Steps, index: int) -> MachineObservation | None:
    """What the start of `case` would have to be without its instruction `index`, executed once: the registers and the
    memory that it changed have their new values from the start. None where it never runs or changes nothing."""
    wanted = case.code_address + sum(map(len, riscv64.split(case.code)[:index]))
    start = MachineObservation(End.LIMIT, Trap.NONE, 0, case.state, case.memory, 0)
    before: MachineObservation | None = start
    for count in range(1, LOOKED_AT):
        after = steps.after(case, count)
        if before is None or after is None or after.retired != count:
            return None
        if int(before.state["pc"]) == wanted:
            return _changed(start, before, after)
        before = after
    return None


def _changed(
    start: MachineObservation, before: MachineObservation, after: MachineObservation
) -> MachineObservation | None:
    """`start` with what differs between `before` and `after`, the pc apart."""
    state = start.state.copy()
    for name in ("x", "f", "fcsr"):
        state[name] = np.where(before.state[name] != after.state[name], after.state[name], start.state[name])
    old, new, memory = (np.frombuffer(seen.memory, np.uint8) for seen in (before, after, start))
    changed = np.where(old != new, new, memory).astype(np.uint8).tobytes()
    if state.tobytes() == start.state.tobytes() and changed == start.memory:
        return None
    return replace(start, state=state, memory=changed)
