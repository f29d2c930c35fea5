"""Passes over IR: what verifies is printed, parsed and optimised without changing what it does."""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import cache
from typing import Any

from fuzz.strategies.token_text import token_mutator
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from engines.vm.ir.block import Block
    from engines.vm.ir.evaluator import GuestValues, evaluate
    from engines.vm.ir.ops import OPS
    from engines.vm.ir.parser import IrSyntaxError, parse_block, parse_blocks
    from engines.vm.ir.printer import print_block
    from engines.vm.ir.verifier import VerificationError, verify
    from engines.vm.lift.riscv64 import STATE, Lifter
    from engines.vm.memory.address_space import READ, WRITE, AddressSpace
    from engines.vm.opt import pipeline
    from fuzz.strategies.riscv64 import generate

_MEMORY, _MEMORY_BYTES = 0x10000, 0x2000
_WORDS = (
    *(op.name.encode() for op in OPS),
    *(slot.name.encode() for slot in STATE.slots),
    *words("block end pcs { } %0 %1 %2 %3 @0 @1 @2 quiet loud rne rtz dyn = ,"),
)


def one_input(data: bytes) -> None:
    try:
        blocks = parse_blocks(data.decode("utf-8", "replace"), STATE)
    except IrSyntaxError as error:
        if error.line < 1 or error.column < 1:
            raise FindingError(f"an error outside the text: {error}") from None
        return
    for block in blocks:
        try:
            verify(block)
        except VerificationError:
            continue
        text = print_block(block)
        if print_block(parse_block(text, STATE)) != text:
            raise FindingError(f"a block that changes when it is printed and parsed:\n{text}")
        optimised = pipeline.optimise(block)
        verify(optimised)
        before, after = _outcome(block, data), _outcome(optimised, data)
        if before != after:
            raise FindingError(f"optimising changes {before} to {after}:\n{text}\n{print_block(optimised)}")


@cache
def _memory() -> AddressSpace:
    memory = AddressSpace(20)
    memory.map(_MEMORY, _MEMORY_BYTES, READ | WRITE)
    return memory


def _outcome(block: Block, data: bytes) -> tuple[Any, ...]:
    """How the block ends on a state that the input decides: exit, registers, flags, mode, count, memory."""
    chance = random.Random(data)
    choose = (0, 1, (1 << 64) - 1, 1 << 63, 0x7FF0 << 48, 0x3FF0 << 48, _MEMORY, _MEMORY + 0xFFC, _MEMORY + 0x1FFC)
    slots = [chance.choice(choose) if chance.random() < 0.7 else chance.getrandbits(64) for _ in STATE.slots]
    guest = GuestValues(slots, 0, chance.randrange(5), 7)
    memory = _memory()
    memory.place(_MEMORY, bytes(range(256)) * (_MEMORY_BYTES // 256))
    left = evaluate(block, guest, memory)
    content = memory.read(_MEMORY, _MEMORY_BYTES)
    return left.pc, left.retired, left.interpret, guest.slots, guest.flags, guest.mode, guest.retired, content


def seeds() -> Iterable[bytes]:
    """Blocks of generated programs."""
    lifter = Lifter()
    for profile in ("short", "fp", "memory", "atomic", "control"):
        batch = generate(1, 0, 4, profile)
        for index in range(4):
            case = batch.case(index)
            at = int(case.state["pc"]) - case.code_address
            block = lifter.block(case.code[at:], int(case.state["pc"]), limit_insns=8, branches=1)
            yield print_block(block).encode()


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def optimise(block: Block) -> Block:
            found: Block = original(block)
            code = [(i[0], i[1], 6) if OPS[i[0]].name == "put.i64" and i[2] == 10 else i for i in found.code]
            return Block(found.state, found.pc, code, found.pcs, found.end)

        return optimise

    replace(pipeline, "optimise", wrapper)


TARGET = Target(
    one_input,
    "passes over IR: optimising changes nothing that a verified block does",
    ("engines.vm.opt", "engines.vm.ir.evaluator"),
    seeds,
    planted,
    "a write of one guest register goes to another",
    dictionary=_WORDS,
    mutate=token_mutator(_WORDS),
    max_bytes=2500,
    quick_samples=120,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
