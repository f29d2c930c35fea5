"""Reduction of machine cases: the smallest case that still diverges in the same way.

A reproducer is small when its reader sees the cause at once: one instruction, the registers it reads, nothing else. The
passes go from the strongest idea to the weakest; each candidate is kept only if `signature_of` still gives the
signature of the start, so no pass has to be right, only hopeful:

1. **Window.** The first differing instruction is known (retired counts bisect to it). Start the case just before it,
   from the state that both sides agreed on: one instruction, then `ebreak`. When history matters (a reservation, a
   decoded page, a rounding mode) take the last two, three, four… executed instructions in the order of execution.
   A tier that runs whole blocks shows a difference later than it arises: a window may then name another instruction,
   which is nearer to the cause, since both sides agreed on the state before the window. Where the shape of the code
   matters (a loop), keep the code, but start it late and stop it soon.
2. **Instructions.** Delta debugging over what is left: chunks of halving size are deleted, with branches
   sent after their targets where that matters, or where deletion moves code that must stay, replaced by `nop`.
3. **State.** Registers, fcsr and memory become zero in halving groups; what must stay non-zero becomes as small as it
   may.

The order of passes and of candidates is fixed, so one start gives one result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

import numpy as np

from harness.contract import End, Executor, MachineCase, MachineObservation
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BYTES
from harness.reduce import riscv64
from harness.reduce.remembering import Remembering

Signature: TypeAlias = Callable[[MachineCase], str | None]
"""The signature of the divergence that a case shows, or None when the executors agree on it."""

WINDOWS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
MEMORY_GRAIN_BYTES = 8
LATE_STARTS = (8, 32, 128, 512)
LIMIT_SLACK = 64
"""Instructions that a case may still retire after the first that differs: tiers run a block only if all of it fits."""
UNKNOWN_INSNS = 2048
"""A subject that crashes is looked for among so many first instructions."""


@dataclass
class Reduction:
    """The result and what it cost.

    Attributes:
        case: the smallest case found.
        signature: shared by the start and the result.
        instructions: how many the result has, the closing `ebreak` not counted.
        attempts: candidates tried.
        passes: (name of the pass, instructions left after it).
    """

    case: MachineCase
    signature: str
    instructions: int
    attempts: int
    passes: list[tuple[str, int]] = field(default_factory=list)


class _Search:
    """The best case so far, and the one test that may replace it."""

    def __init__(self, case: MachineCase, signature_of: Signature, max_attempts: int) -> None:
        found = signature_of(case)
        if found is None:
            raise ValueError("the case does not diverge, so there is nothing to reduce")
        self.best = case
        self.signature = found
        self.signature_of = signature_of
        self.left = max_attempts
        self.attempts = 0

    def keep(self, candidate: MachineCase) -> bool:
        """Replace the best case by `candidate` if that still shows the signature."""
        found = self._signature(candidate)
        if found != self.signature:
            return False
        self.best = candidate
        return True

    def refine(self, candidate: MachineCase) -> bool:
        """Replace the best case by `candidate` if that diverges at all, and go on with what it shows."""
        found = self._signature(candidate)
        if found is None:
            return False
        self.best, self.signature = candidate, found
        return True

    def _signature(self, candidate: MachineCase) -> str | None:
        """Of one more candidate; None where there may be no more."""
        if self.left == 0:
            return None
        self.left -= 1
        self.attempts += 1
        return self.signature_of(candidate)


def reduce_machine_case(
    case: MachineCase, subject: Executor, signature_of: Signature, *, max_attempts: int = 2_000
) -> Reduction:
    """Reduce `case`, which diverges, as far as `max_attempts` candidates allow.

    Args:
        case: the start; unchanged.
        subject: an executor with an exact limit, asked for the states between instructions.
        signature_of: runs subject and oracle on a candidate and compares.

    Raises:
        ValueError: the start does not diverge.
    """
    search = _Search(case, signature_of, max_attempts)
    subject = Remembering(subject)
    passes: list[tuple[str, int]] = []
    _window(search, subject)
    passes.append(("window", instruction_count(search.best)))
    later = (
        ("instructions", _instructions),
        ("state", _state),
        ("instructions again", _instructions),
        ("limit", lambda search: search.keep(search.best.with_limit(case.limit_insns))),
    )
    for name, reduce_pass in later:
        reduce_pass(search)
        passes.append((name, instruction_count(search.best)))
    return Reduction(search.best, search.signature, passes[-1][1], search.attempts, passes)


def instruction_count(case: MachineCase) -> int:
    """Instructions in the code, a closing `ebreak` not counted."""
    instructions = riscv64.split(case.code)
    return len(instructions) - (instructions[-1:] == [riscv64.EBREAK])


def _observe(subject: Executor, case: MachineCase, limit_insns: int) -> MachineObservation | None:
    if limit_insns == 0:
        return None
    seen = subject.run(case.with_limit(limit_insns))
    return seen if isinstance(seen, MachineObservation) else None


def _executed(subject: Executor, case: MachineCase) -> int:
    """How many instructions `case` retires at most: what died or never ended cannot tell, its limit can."""
    seen = _observe(subject, case, case.limit_insns)
    if seen is None or seen.end not in (End.TRAP, End.LIMIT):
        return min(case.limit_insns, UNKNOWN_INSNS)
    return seen.retired


def _window(search: _Search, subject: Executor) -> None:
    """Restart just before the instruction at which the divergence first shows."""
    case = search.best
    last = _first_failing_prefix(search, case, _executed(subject, case) + 1)
    # What no longer ends by itself without what is deleted then ends soon all the same.
    for limit in (last, last + LIMIT_SLACK):
        if limit < case.limit_insns and search.keep(case.with_limit(limit)):
            break
    case = search.best
    for length in WINDOWS:
        if length > last:
            break
        candidate = _suffix(case, subject, last - length, last)
        if candidate is not None and len(candidate.code) < len(case.code) and search.refine(candidate):
            return
    for length in LATE_STARTS:
        if length < last and _start_late(search, case, subject, last - length):
            return


def _start_late(search: _Search, case: MachineCase, subject: Executor, start: int) -> bool:
    """Keep the code as it is, begin at the state after `start` instructions: what a loop does in its last turns."""
    before = _observe(subject, case, start)
    if before is None or before.retired != start:
        return False
    left = case.limit_insns - start
    return search.keep(replace(case, state=before.state, memory=before.memory, limit_insns=left))


def _first_failing_prefix(search: _Search, case: MachineCase, upper: int) -> int:
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


def _suffix(case: MachineCase, subject: Executor, start: int, stop: int) -> MachineCase | None:
    """The executed instructions `start … stop-1` in order, from the state before them, then `ebreak`."""
    before = _observe(subject, case, start)
    state = case.state.copy() if before is None else before.state
    memory = case.memory if before is None else before.memory
    code = bytearray()
    pc = int(state["pc"])
    for step in range(start, stop):
        offset = pc - case.code_address
        if not 0 <= offset < len(case.code):
            break
        code += riscv64.at(case.code, offset)
        after = _observe(subject, case, step + 1)
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


def _instructions(search: _Search) -> None:
    """Delta debugging over instructions: delete, else replace by `nop`, chunks of halving size, from the end."""
    chunk = max(1, instruction_count(search.best) // 2)
    while chunk:
        end = instruction_count(search.best)
        while end > 0:
            start = max(0, end - chunk)
            instructions = riscv64.split(search.best.code)  # with the closing ebreak, which stays
            if not _delete(search, instructions, start, end):
                _blank(search, instructions, start, end)
            end = start
        chunk //= 2


def _delete(search: _Search, instructions: Sequence[bytes], start: int, end: int) -> bool:
    code = b"".join(instructions[:start]) + b"".join(instructions[end:])
    if not code:
        return False
    case = search.best
    entry = int(case.state["pc"]) - case.code_address
    before = sum(map(len, instructions[:start]))
    removed = sum(map(len, instructions[start:end]))
    state = case.state.copy()
    if entry > before:
        state["pc"] = case.code_address + max(before, entry - removed)
    if search.keep(replace(case, code=code, state=state)):
        return True
    if (
        not start
        and entry >= removed
        and search.keep(replace(case, code=code, code_address=case.code_address + removed))
    ):
        return True  # what follows stays where it was
    closed = riscv64.without(instructions, start, end)
    return closed != code and search.keep(replace(case, code=closed, state=state))


def _blank(search: _Search, instructions: Sequence[bytes], start: int, end: int) -> bool:
    blanks = [riscv64.NOP.get(len(i), i) for i in instructions[start:end]]
    if blanks == list(instructions[start:end]):
        return False
    code = b"".join([*instructions[:start], *blanks, *instructions[end:]])
    return search.keep(replace(search.best, code=code))


def _state(search: _Search) -> None:
    for name in ("x", "f"):
        _zero_groups(search, partial(_nonzero, name), partial(_zeroed, name))
    if search.best.state["fcsr"]:
        state = search.best.state.copy()
        state["fcsr"] = 0
        search.keep(replace(search.best, state=state))
    _zero_groups(search, _dirty_grains, _zeroed_memory)
    for name in ("x", "f"):
        for register in range(32):
            _smaller_value(search, name, register)


def _zero_groups(
    search: _Search,
    remaining: Callable[[MachineCase], list[int]],
    zeroed: Callable[[MachineCase, list[int]], MachineCase],
) -> None:
    """Zero groups of halving size out of those places that are not zero yet."""
    size = max(1, len(remaining(search.best)))
    while size and remaining(search.best):
        places = remaining(search.best)
        for start in range(0, len(places), size):
            search.keep(zeroed(search.best, places[start : start + size]))
        size //= 2


def _nonzero(name: str, case: MachineCase) -> list[int]:
    return [i for i in range(32) if case.state[name][i]]


def _zeroed(name: str, case: MachineCase, registers: list[int]) -> MachineCase:
    state = case.state.copy()
    state[name][registers] = 0
    return replace(case, state=state)


def _dirty_grains(case: MachineCase) -> list[int]:
    grains = np.frombuffer(case.memory, np.uint64)
    return [int(i) for i in np.flatnonzero(grains)]


def _zeroed_memory(case: MachineCase, grains: list[int]) -> MachineCase:
    memory = np.frombuffer(case.memory, np.uint64).copy()
    memory[grains] = 0
    assert memory.nbytes == DATA_BYTES
    return replace(case, memory=memory.tobytes())


def _smaller_value(search: _Search, name: str, register: int) -> None:
    old = int(search.best.state[name][register])
    for value in _simpler(old) if old else ():
        state = search.best.state.copy()
        state[name][register] = value
        if search.keep(replace(search.best, state=state)):
            return


def _simpler(value: int) -> Iterator[int]:
    """Simpler values than `value`, the simplest first: 1, all ones, the sign alone, its low or high parts alone."""
    ones = (1 << 64) - 1
    for candidate in (1, ones, 1 << 63):
        if candidate == value:
            return
        yield candidate
    parts = (value & 0xFF, value & 0xFFFF, value & 0xFFFF_FFFF, value & ~0xFFFF_FFFF & ones)
    for part in dict.fromkeys(parts):
        if part not in (0, value, 1):
            yield part
