"""What a code generator must write back where a block is left: the `put`s that it has delayed.

A `put` takes effect where it stands. A generator may keep the value in a host register and store it only where the
block is left: `pending` tells what is outstanding at each such place.
"""

from __future__ import annotations

from engines.vm.ir.block import Block
from engines.vm.ir.ops import LEAVES, OPCODE

_PUTS = frozenset((OPCODE["put.i64"], OPCODE["put.f64"]))


def pending(block: Block) -> dict[int, dict[int, int]]:
    """For each instruction that may leave: slot → value number of the last `put` before it, for every slot put so far.

    Instructions before which the same puts stand share one dict: treat them as frozen.
    """
    found: dict[int, dict[int, int]] = {}
    outstanding: dict[int, int] = {}
    shared = True
    for number, instruction in enumerate(block.code):
        opcode = instruction[0]
        if opcode in _PUTS:
            if shared:
                outstanding = dict(outstanding)
                shared = False
            outstanding[instruction[2]] = instruction[1]
        elif LEAVES[opcode]:
            found[number] = outstanding
            shared = True
    return found
