"""Reduction of machine cases: the smallest case that still diverges in the same way.

A reproducer is small when its reader sees the cause at once: one instruction, the registers it reads, nothing else. The
passes go from the strongest idea to the weakest; each candidate is kept only if `signature_of` still gives the
signature of the start (a window may show another, see there), so no pass has to be right, only hopeful:

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
4. **Nearer.** What is left is looked at as a new case until it gets no smaller: an instruction goes if the start can
   have its result already; every run of what is executed is tried as a window, the shortest first.

The order of passes and of candidates is fixed, so one start gives one result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from harness.contract import Executor, MachineCase
from harness.contract.layout import DATA_BYTES
from harness.reduce import riscv64
from harness.reduce.search import Search, Signature, instruction_count
from harness.reduce.windows import Steps, nearer, window, without_what_it_made

MEMORY_GRAIN_BYTES = 8
ROUNDS = 8
"""How often what deletion left is looked at again, at most: each time it got smaller."""


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


def reduce_machine_case(
    case: MachineCase,
    subject: Executor,
    signature_of: Signature,
    *,
    max_attempts: int = 2_000,
    oracle: Executor | None = None,
) -> Reduction:
    """Reduce `case`, which diverges, as far as `max_attempts` candidates allow.

    Args:
        case: the start; unchanged.
        subject: an executor with an exact limit, asked for the states between instructions.
        signature_of: runs subject and oracle on a candidate and compares.
        oracle: asked for those states where the subject crashes; without it, such a case starts where it did.

    Raises:
        ValueError: the start does not diverge.
    """
    search = Search(case, signature_of, max_attempts)
    steps = Steps(subject, oracle)
    passes: list[tuple[str, int]] = []
    later = (
        ("window", partial(window, steps=steps)),
        ("instructions", _instructions),
        ("state", _state),
        ("nearer", partial(_nearer, steps=steps)),
        ("limit", lambda search: search.keep(search.best.with_limit(case.limit_insns))),
    )
    for name, reduce_pass in later:
        reduce_pass(search)
        passes.append((name, instruction_count(search.best)))
    return Reduction(search.best, search.signature, passes[-1][1], search.attempts, passes)


def _instructions(search: Search) -> None:
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


def _delete(search: Search, instructions: Sequence[bytes], start: int, end: int) -> bool:
    return any(map(search.keep, _without(search.best, instructions, start, end)))


def _without(case: MachineCase, instructions: Sequence[bytes], start: int, end: int) -> Iterator[MachineCase]:
    """`case`, whose code these are, without those from `start` to `end`, in different ways."""
    code = b"".join(instructions[:start]) + b"".join(instructions[end:])
    if not code:
        return
    entry = int(case.state["pc"]) - case.code_address
    before = sum(map(len, instructions[:start]))
    removed = sum(map(len, instructions[start:end]))
    state = case.state.copy()
    if entry > before:
        state["pc"] = case.code_address + max(before, entry - removed)
    yield replace(case, code=code, state=state)
    if not start and entry >= removed:
        yield replace(case, code=code, code_address=case.code_address + removed)  # what follows stays where it was
    closed = riscv64.without(instructions, start, end)
    if closed != code:
        yield replace(case, code=closed, state=state)


def _blank(search: Search, instructions: Sequence[bytes], start: int, end: int) -> bool:
    blanks = [riscv64.NOP.get(len(i), i) for i in instructions[start:end]]
    if blanks == list(instructions[start:end]):
        return False
    code = b"".join([*instructions[:start], *blanks, *instructions[end:]])
    return search.keep(replace(search.best, code=code))


def _nearer(search: Search, steps: Steps) -> None:
    """Look at what is left as at a new case, until it gets no smaller."""
    _instructions(search)
    for _ in range(ROUNDS):
        before = search.best, search.signature
        count = instruction_count(search.best)
        if count <= 1 or not (_made_before(search, steps) | nearer(search, steps)):
            return
        _instructions(search)
        if instruction_count(search.best) >= count:
            search.best, search.signature = before
            return
        _state(search)


def _made_before(search: Search, steps: Steps) -> bool:
    """Delete what the start can bring along: instructions whose results are there from the beginning instead."""
    found = False
    for index in reversed(range(instruction_count(search.best))):
        case = search.best
        start = without_what_it_made(case, steps, index)
        if start is not None:
            made = replace(case, state=start.state, memory=start.memory)
            found |= any(map(search.keep, _without(made, riscv64.split(case.code), index, index + 1)))
    return found


def _state(search: Search) -> None:
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
    search: Search,
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


def _smaller_value(search: Search, name: str, register: int) -> None:
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
