"""Loops of one block that are known to go some number of rounds and to access known ranges before they begin.

Registers are followed through the block as sums of what registers hold where a round begins, times numbers, and a
constant. A register that a round only adds a constant to has a *step*, and so has every sum of such registers; where
all addresses have steps, what the loop accesses is a few ranges. How often it comes back follows from the comparison
that it ends with, if the distance of what is compared has a step.

Source: RISC-V Unprivileged ISA, chapters "RV32I" and "RV64I", for the instructions that are followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engines.vm.isa.riscv64.i import LOADS, STORES
from engines.vm.tiers.llvm.arms import PURE
from engines.vm.tiers.llvm.bounds import written_integer
from engines.vm.tiers.llvm.region import Block, Decoded, End

ALLOWED: Final = PURE | LOADS.keys() | STORES.keys() | {"mul", "mulw"}
"""Of a loop, before its branch."""
FURTHEST_STEP: Final = 4096
"""Bytes, so that no page between the first and the last one of a range is left out by far."""
MOST_RANGES: Final = 4
"""More of them cost more to check than is gained."""
_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(frozen=True)
class Linear:
    """Registers where a round begins, times numbers, and a constant, modulo 2⁶⁴; `terms` are sorted by register."""

    terms: tuple[tuple[int, int], ...] = ()
    constant: int = 0

    def plus(self, other: Linear, times: int = 1) -> Linear:
        factors = dict(self.terms)
        for register, factor in other.terms:
            factors[register] = _signed(factors.get(register, 0) + factor * times)
        terms = tuple(sorted((register, factor) for register, factor in factors.items() if factor))
        return Linear(terms, _signed(self.constant + other.constant * times))


@dataclass(frozen=True)
class Range:
    """What some accesses of a loop have in common.

    Attributes:
        start: the least address that the first round accesses.
        size: bytes from there to the end of the last one.
        step: how much further each round is.
        is_stored: whether some of them are stores.
    """

    start: Linear
    size: int
    step: int
    is_stored: bool


@dataclass(frozen=True)
class Counted:
    """A loop.

    Attributes:
        comparison: `bne`, `blt` or `bltu`.
        compared: both operands of it, in the first round.
        step: by how much more each round the second is away from the first; for `blt` and `bltu` negative.
        ranges: all that is accessed.
        by_access: by index of an instruction, the number of its range.
        widest_access: bytes of the widest one.
    """

    block: Block
    comparison: str
    compared: tuple[Linear, Linear]
    step: int
    ranges: tuple[Range, ...]
    by_access: Mapping[int, int]
    widest_access: int


def counted(block: Block) -> Counted | None:
    """The block as such a loop; None if it is none."""
    if block.end is not End.BRANCH or block.pc != block.targets[0] or block.targets[0] == block.targets[1]:
        return None
    *body, last = block.insns
    if last.base.name not in ("bne", "blt", "bltu") or any(insn.base.name not in ALLOWED for insn in body):
        return None
    values: dict[int, Linear | None] = {register: Linear(((register, 1),)) for register in range(1, 32)}
    values[0] = Linear()
    accesses: list[tuple[int, Linear, int, bool]] = []
    for index, insn in enumerate(body):
        name = insn.base.name
        if name in LOADS or name in STORES:
            size = STORES[name] if name in STORES else LOADS[name][0]
            base = values[insn.argument("rs1")]
            if base is None:
                return None
            accesses.append((index, base.plus(Linear((), insn.argument("imm"))), size, name in STORES))
        _follow(insn, values)
    steps = {register: own for register in range(32) if (own := _step_of(register, values)) is not None}
    first, second = (values[last.argument(name)] for name in ("rs1", "rs2"))
    found = _ranges(accesses, steps)
    if first is None or second is None or found is None:
        return None
    away, stays = step(second.plus(first, -1), steps), step(second, steps)
    if not away or stays is None or (last.base.name != "bne" and (away > 0 or stays)):
        return None
    return Counted(block, last.base.name, (first, second), away, *found, max(size for _, _, size, _ in accesses))


def step(value: Linear, steps: Mapping[int, int]) -> int | None:
    """By how much more a value is in each round; None where that is not known."""
    if any(register not in steps for register, _ in value.terms):
        return None
    return _signed(sum(steps[register] * factor for register, factor in value.terms))


def _step_of(register: int, after: Mapping[int, Linear | None]) -> int | None:
    value = after[register]
    if value is None:
        return None
    difference = value.plus(Linear(((register, 1),)), -1) if register else value
    return None if difference.terms else difference.constant


def _ranges(
    accesses: list[tuple[int, Linear, int, bool]], steps: Mapping[int, int]
) -> tuple[tuple[Range, ...], dict[int, int]] | None:
    """The ranges, and by index of an instruction which one is its; None if some address has no step, or a wide one."""
    groups: dict[tuple[tuple[int, int], ...], list[tuple[int, Linear, int, bool]]] = {}
    for access in accesses:
        groups.setdefault(access[1].terms, []).append(access)
    if not 0 < len(groups) <= MOST_RANGES:
        return None
    ranges: list[Range] = []
    by_access: dict[int, int] = {}
    for number, (terms, group) in enumerate(groups.items()):
        apart = step(Linear(terms), steps)
        low = min(address.constant for _, address, _, _ in group)
        high = max(address.constant + size for _, address, size, _ in group)
        if apart is None or abs(apart) > FURTHEST_STEP or high - low > FURTHEST_STEP:
            return None
        is_stored = any(stores for *_, stores in group)
        ranges.append(Range(Linear(terms, low), high - low, apart, is_stored))
        by_access |= {index: number for index, *_ in group}
    return tuple(ranges), by_access


def _follow(insn: Decoded, values: dict[int, Linear | None]) -> None:
    """Go on behind an instruction."""
    written = written_integer(insn)
    if written is not None:
        values[written] = _result(insn, values)


def _result(insn: Decoded, values: Mapping[int, Linear | None]) -> Linear | None:
    name = insn.base.name
    if name in ("lui", "auipc"):
        return Linear((), _signed(insn.argument("imm") + (insn.pc if name == "auipc" else 0)))
    if name not in ("addi", "add", "sub", "slli"):
        return None
    first = values[insn.argument("rs1")]
    if first is None:
        return None
    if name == "addi":
        return first.plus(Linear((), insn.argument("imm")))
    if name == "slli":
        return Linear().plus(first, 1 << insn.argument("shamt"))
    second = values[insn.argument("rs2")]
    return None if second is None else first.plus(second, 1 if name == "add" else -1)


def _signed(value: int) -> int:
    """The value modulo 2⁶⁴ that is next to zero."""
    value &= _MASK
    return value - (_MASK + 1) if value >> 63 else value


__all__ = ["ALLOWED", "Counted", "Linear", "Range", "counted", "step"]
