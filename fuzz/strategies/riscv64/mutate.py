"""Mutations of choices, for coverage-guided fuzzing and for exploring around a finding.

libFuzzer's own mutations of the bytes behind a grammar find next to nothing; mutations that know what a slot, a
register and an operand are do. Each takes one program and returns one program. As emission is total, every result can
be emitted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.choices import SLOT, SLOT_FIELDS, STATE, Choices
from fuzz.strategies.riscv64.counter_random import Stream
from fuzz.strategies.riscv64.draw import draw
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.operands import DOUBLES, EXTREME_FLOATS, EXTREME_INTEGERS, INTEGERS, SINGLES, UNBOXED
from fuzz.strategies.riscv64.profiles import Profile, profile_named

Records = NDArray[np.void]

MAX_SLOTS: Final = 120
"""Mutation does not grow programs beyond this."""

_FLOATS: Final = EXTREME_FLOATS + DOUBLES + SINGLES + UNBOXED


class _Program:
    """One program under mutation, and where randomness comes from."""

    def __init__(self, records: Records, state: Records, stream: Stream, profile: Profile, other: Records) -> None:
        self.records, self.state, self.stream, self.profile, self.other = records, state, stream, profile, other

    def at(self, beyond: int = 0) -> int:
        """A place among the slots, `beyond` more included."""
        return self.stream.below(len(self.records) + beyond)

    def fresh(self, count: int) -> Records:
        """New slots as `draw` makes them."""
        drawn = draw(self.stream.word(), 0, 1, self.profile)
        return drawn.records(0)[:count]


def _insert(p: _Program) -> None:
    new = p.fresh(1 + p.stream.below(3))
    at = p.at(1)
    p.records = np.concatenate((p.records[:at], new, p.records[at:]))


def _delete(p: _Program) -> None:
    at = p.at()
    end = at + 1 + p.stream.below(3)
    p.records = np.concatenate((p.records[:at], p.records[end:]))


def _replace(p: _Program) -> None:
    p.records[p.at()] = p.fresh(1)[0]


def _duplicate(p: _Program) -> None:
    at, length = p.at(), 1 + p.stream.below(4)
    to = p.at(1)
    p.records = np.concatenate((p.records[:to], p.records[at : at + length], p.records[to:]))


def _swap(p: _Program) -> None:
    a, b = p.at(), p.at()
    p.records[[a, b]] = p.records[[b, a]]


def _splice(p: _Program) -> None:
    """The start of this program and the end of another."""
    at = p.at(1)
    p.records = np.concatenate((p.records[:at], p.other[p.stream.below(len(p.other) + 1) :]))


def _field(p: _Program) -> None:
    """Any field of a slot, to any value."""
    name = SLOT_FIELDS[p.stream.below(len(SLOT_FIELDS))]
    p.records[name][p.at()] = p.stream.word() & (0xFFFF_FFFF if name == "imm" else 0xFF)


def _instruction(p: _Program) -> None:
    p.records["insn"][p.at()] = p.stream.below(256)


def _register(p: _Program) -> None:
    """A register, often to one that another slot uses."""
    names = ("rd", "rs1", "rs2", "rs3")
    value = p.records[names[p.stream.below(4)]][p.at()] if p.stream.below(2) else p.stream.below(32)
    p.records[names[p.stream.below(4)]][p.at()] = value


def _immediate(p: _Program) -> None:
    """One bit of an immediate flipped, or a small change."""
    at = p.at()
    value = int(p.records["imm"][at])
    changed = value ^ 1 << p.stream.below(32) if p.stream.below(2) else value + p.stream.below(17) - 8
    p.records["imm"][at] = changed & 0xFFFF_FFFF


def _kind(p: _Program) -> None:
    p.records["kind"][p.at()] = p.stream.below(len(Kind))


def _integer(p: _Program) -> None:
    pool = (EXTREME_INTEGERS, INTEGERS)[p.stream.below(2)]
    p.state["x"][0, p.stream.below(32)] = pool[p.stream.below(len(pool))]


def _float(p: _Program) -> None:
    p.state["f"][0, p.stream.below(32)] = _FLOATS[p.stream.below(len(_FLOATS))]


def _operand_bit(p: _Program) -> None:
    """One bit of one initial register flipped."""
    file = ("x", "f")[p.stream.below(2)]
    p.state[file][0, p.stream.below(32)] ^= np.uint64(1 << p.stream.below(64))


def _surroundings(p: _Program) -> None:
    """Flags, rounding mode, register roles, pointers, or the place of the code."""
    names = ("fcsr", "variant", "stack", "base", "entry")
    name = names[p.stream.below(len(names))]
    p.state[name][0] = p.stream.word() & (0xFFFF if STATE[name].itemsize == 2 else 0xFF)


MUTATIONS: Final[tuple[Callable[[_Program], None], ...]] = (
    _insert, _delete, _replace, _duplicate, _swap, _splice, _field, _instruction, _register, _immediate, _kind,
    _integer, _float, _operand_bit, _surroundings,
)  # fmt: skip
_ON_EMPTY: Final = (_insert, _integer, _float, _operand_bit, _surroundings)


def mutate(choices: Choices, seed: int, other: Choices | None = None, profile: str = "default") -> Choices:
    """A mutant of the first program of `choices`: one to four mutations, decided by `seed` alone.

    Args:
        other: what splicing takes its end from; the program itself where there is none.
        profile: new slots are drawn from it.

    Raises:
        ValueError: an unknown profile.
    """
    stream = Stream(seed)
    records = choices.records(0)
    donor = records.copy() if other is None else other.records(0)
    program = _Program(records, choices.state[:1].copy(), stream, profile_named(profile), donor)
    for _ in range(1 + stream.below(4)):
        allowed = MUTATIONS if len(program.records) else _ON_EMPTY
        allowed[stream.below(len(allowed))](program)
        program.records = program.records[:MAX_SLOTS]
    return Choices.of([(program.records.astype(SLOT), program.state[0])], choices.memory_seed)


def mutate_bytes(data: bytes, max_size: int, seed: int) -> bytes:
    """For atheris: a mutant of serialised choices. Anything that is not such bytes is read as noise first.

    The result is cut to whole slots so that it has at most `max_size` bytes; where not even a program without slots
    fits, to bytes (which are noise then).
    """
    try:
        choices = Choices.from_bytes(data)
    except ValueError:
        choices = Choices.from_noise(data)
    mutant = mutate(choices, seed)
    empty = len(Choices.of([(np.zeros(0, SLOT), mutant.state[0])]).to_bytes())
    room = max(0, max_size - empty) // SLOT.itemsize
    return Choices.of([(mutant.records(0)[:room], mutant.state[0])], mutant.memory_seed).to_bytes()[:max_size]
