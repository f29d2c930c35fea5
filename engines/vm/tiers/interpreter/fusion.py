"""Superinstructions: one handler for two instructions in a row, where that pair is common.

A jump from handler to handler is what an interpreter spends most on, so a pair costs little more than one instruction.
What the first wrote and the second reads stays in a host register. The first may be a conditional branch: the pair goes
on where it is not taken.

Only handlers are fused, never entries: both instructions keep their own entry, and only the first one's handler is the
pair's. So a jump to the second instruction, a budget that ends between the two, and a trap of either need no special
care: they find plain entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engines.vm.isa.describe import Instruction, OperandKind
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.handlers import Bodies, arguments_of, take
from engines.vm.tiers.interpreter.layout import ENTRY_BYTES, forward
from engines.vm.tiers.interpreter.machine import HandlerMachine, tail_call
from engines.vm.tiers.interpreter.pairs import PAIRS
from engines.vm.tiers.interpreter.shapes import DESTINATION, Constant, Place, Shape, Slot
from engines.vm.tiers.interpreter.values import LlvmValue


@dataclass(frozen=True)
class Handled:
    """A shape, the base instruction that says what it does, and the number by which decoding knows it in pairs."""

    shape: Shape
    instruction: Instruction
    kind: int


@dataclass(frozen=True)
class Pair:
    """Two shapes, and which register operands of the second are what the first wrote."""

    first: Handled
    second: Handled
    forwarded: tuple[str, ...]

    @property
    def symbol(self) -> str:
        return "__".join((self.first.shape.symbol, self.second.shape.symbol, *self.forwarded))

    def matches(self, emitter: Emitter, first: str, second: str) -> LlvmValue:
        """1 bit: whether two decoded entries name the same registers as this pair needs."""
        fits = emitter.const(1, 1)
        for name in self.forwarded:
            written = _place(self.first, DESTINATION)
            fits = fits & _number(emitter, first, written).eq(_number(emitter, second, _place(self.second, name)))
        return fits


def pairs(handled: Mapping[str, Handled]) -> Iterator[Pair]:
    """The pairs of `PAIRS` whose shapes exist, by symbol; those that keep most in registers come first.

    Raises:
        ValueError: a row of `PAIRS` is not two shapes and operands of the second; the message quotes it.
    """
    rows = [row.split() for row in PAIRS.strip().splitlines()]
    for first, second, *forwarded in sorted(rows, key=len, reverse=True):
        if first not in handled or second not in handled:
            raise ValueError(f"pair {first} {second}: no such handler; mine the pairs again after changing shapes")
        yield Pair(handled[first], handled[second], tuple(forwarded))


def pair_kinds() -> dict[str, int]:
    """The symbols of all shapes that take part in a pair, numbered from 1; those that can come first come first."""
    rows = [row.split() for row in PAIRS.strip().splitlines()]
    symbols = [row[0] for row in rows] + [row[1] for row in rows]
    return {symbol: number for number, symbol in enumerate(dict.fromkeys(symbols), 1)}


def first_kinds() -> int:
    """The kinds that can come first in a pair are 1 to this number."""
    return len({row.split()[0] for row in PAIRS.strip().splitlines()})


def fused_handler(bodies: Bodies, pair: Pair) -> None:
    """Add the handler of `pair`. With less than two instructions to go it is the first one's plain handler."""
    emitter = Emitter()
    short = take(emitter, "%left", 2)
    alone, both = emitter.label("alone"), emitter.label("both")
    emitter.branch(short, alone, both, unlikely=True)
    emitter.begin(alone)
    whole = emitter.named("%left", 64) + 2
    tail_call(emitter, bodies.convention, f"@{pair.first.shape.symbol}", forward(budget=whole.text))
    emitter.begin(both)
    emitter.line("%first = add i64 %left, 1")
    second_entry = emitter.offset("%entry", pair.first.shape.length // 2 * ENTRY_BYTES)
    machines = [
        HandlerMachine(
            emitter,
            handled.shape.length,
            careful=False,
            careful_symbol=f"{handled.shape.symbol}_careful",
            convention=bodies.convention,
            fp=bodies.fp,
            entry=entry,
            left=left,
        )
        for handled, entry, left in ((pair.first, "%entry", "%first"), (pair.second, second_entry, "%left"))
    ]
    first, second = machines
    instruction, shape = pair.first.instruction, pair.first.shape
    instruction.run(first, arguments_of(first, instruction, shape))
    first.leave_if_taken()
    instruction, shape = pair.second.instruction, pair.second.shape
    for name in pair.forwarded:
        kind = next(o.kind for o in instruction.operands if o.name == name)
        files = (first.f, second.f) if kind is OperandKind.F else (first.x, second.x)
        written = files[0].written
        if written is None:
            raise ValueError(f"{pair.symbol}: the first instruction writes no register that {name} could name")
        files[1].known[_place(pair.second, name)] = written
    instruction.run(second, arguments_of(second, instruction, shape))
    second.finish()
    first.finish_bails()
    bodies.handler(pair.symbol, emitter)


def _place(handled: Handled, name: str) -> Place:
    for operand, place in zip(handled.instruction.operands, handled.shape.places, strict=True):
        if operand.name == name:
            return place
    raise ValueError(f"{handled.shape.symbol} has no operand {name!r}")


def _number(emitter: Emitter, entry: str, place: Place) -> LlvmValue:
    """The register number in an entry, 8 bits."""
    if isinstance(place, Constant):
        return emitter.const(place.value, 8)
    assert isinstance(place, Slot)
    return emitter.load(emitter.offset(entry, place.offset), 8)
