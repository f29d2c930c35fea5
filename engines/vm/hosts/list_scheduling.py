"""List scheduling of a block's operations, the same for all hosts; each host brings its machine model.

Operations that write guest state or memory, that may leave the block, or that raise flags keep their order among
themselves: the guest's state must be exact at each way out. Everything else moves as its operands allow. The longest
remaining path goes first (Muchnick, Advanced Compiler Design and Implementation §17.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from engines.vm.hosts.contents import CONSTANTS, GETS
from engines.vm.ir.block import Block
from engines.vm.ir.ops import ARITY, PURE


@dataclass(frozen=True)
class Model:
    """A machine.

    Attributes:
        latency: cycles until the result of an operation can be used, by opcode.
        width: operations that begin in one cycle.
        window: an out-of-order machine looks so many operations ahead by itself; a block no longer than this is left
            as it is. 0 for machines that execute in order.
    """

    latency: Sequence[int]
    width: int
    window: int


def schedule(block: Block, model: Model) -> list[int] | None:
    """The operations of `block` in a better order; None if the order is fine."""
    code = block.code
    count = len(code)
    if count < max(4, model.window):
        return None
    succs: list[list[int]] = [[] for _ in code]
    waits = [0] * count
    chain = -1
    reads: list[int] = []
    for number, instruction in enumerate(code):
        opcode = instruction[0]
        operands = instruction[1 : 1 + ARITY[opcode]]
        for value in operands if len(operands) < 2 else {*operands}:
            succs[value].append(number)
            waits[number] += 1
        if PURE[opcode]:
            continue
        if chain >= 0:
            succs[chain].append(number)
            waits[number] += 1
        if opcode in GETS:
            reads.append(number)
            continue
        for read in reads:
            succs[read].append(number)
            waits[number] += 1
        reads.clear()
        chain = number
    last, latency = count - 1, model.latency
    height = [0] * count
    for number in range(last, -1, -1):
        after = succs[number]
        height[number] = latency[code[number][0]] + (max([height[s] for s in after]) if after else 0)
    ready: list[tuple[int, int]] = []
    later: list[tuple[int, int]] = []
    for number in range(last):
        if not waits[number]:
            heappush(ready, (-height[number], number))
    out: list[int] = []
    at = [0] * count
    cycle = issued = 0
    while len(out) < last:
        while later and later[0][0] <= cycle:
            _, number = heappop(later)
            heappush(ready, (-height[number], number))
        if not ready or issued == model.width:
            cycle, issued = (later[0][0] if not ready and later else cycle + 1), 0
            continue
        _, number = heappop(ready)
        out.append(number)
        opcode = code[number][0]
        issued += opcode not in CONSTANTS
        end = cycle + latency[opcode]
        for other in succs[number]:
            waits[other] -= 1
            if at[other] < end:
                at[other] = end
            if not waits[other] and other != last:
                heappush(later, (at[other], other))
    out.append(last)
    return out


def cycles(block: Block, order: Sequence[int], model: Model) -> int:
    """How long the model takes for `block` in a given order, executing in order: the figure to compare schedules by."""
    done: dict[int, int] = {}
    cycle = issued = 0
    for number in order:
        opcode = block.code[number][0]
        if opcode in CONSTANTS:
            done[number] = cycle
            continue
        begin = max([cycle, *(done[v] for v in block.code[number][1 : 1 + ARITY[opcode]])])
        if begin > cycle:
            cycle, issued = begin, 0
        elif issued == model.width:
            cycle, issued = cycle + 1, 0
        issued += 1
        done[number] = cycle + model.latency[opcode]
    return max(done.values(), default=0)
