"""Schedules keep what must stay in order, whatever the machine."""

from __future__ import annotations

from collections import Counter

import pytest

from engines.vm.hosts import list_scheduling
from engines.vm.hosts.arm64 import schedule as arm64
from engines.vm.hosts.list_scheduling import Model
from engines.vm.hosts.riscv64 import schedule as riscv64
from engines.vm.hosts.x86_64 import schedule as x86_64
from engines.vm.ir.block import Block
from engines.vm.ir.ops import ARITY, LEAVES, OPCODE, OPS
from fuzz.strategies.ir.blocks import random_block

IN_ORDER = Model((1,) * len(OPS), 1, 0)
SLOW_LOADS = Model(tuple(9 if op.operation == "load" else 1 for op in OPS), 4, 0)
GETS, PUTS = ({OPCODE[f"{name}.{kind}"] for kind in ("i64", "f64")} for name in ("get", "put"))


def pairs(block: Block, order: list[int]) -> Counter[str]:
    """How many pairs of operations each rule holds in order; AssertionError where one does not."""
    seen: Counter[str] = Counter()
    place = {number: index for index, number in enumerate(order)}
    ordered: list[int] = []
    for number, (opcode, *operands) in enumerate(block.code):
        for value in operands[: ARITY[opcode]]:
            assert place[value] < place[number], f"{number} comes before its operand {value}"
            seen["operand"] += 1
        writes = opcode in PUTS or LEAVES[opcode] or OPS[opcode].operation in ("load", "store")
        if opcode in GETS or writes:
            for before in ordered:
                if writes or block.code[before][0] not in GETS:
                    assert place[before] < place[number], f"{number} passes {before}"
                    seen["effect"] += 1
            ordered.append(number)
    return seen


@pytest.mark.parametrize("model", [IN_ORDER, SLOW_LOADS])
def test_operands_and_effects_stay_in_order(model: Model) -> None:
    seen: Counter[str] = Counter()
    moved = 0
    for seed in range(150):
        block = random_block(seed, 40)
        order = list_scheduling.schedule(block, model)
        if order is None:
            continue
        assert sorted(order) == list(range(len(block.code)))
        moved += order != sorted(order)
        seen += pairs(block, order)
    assert moved > 100
    assert min(seen["operand"], seen["effect"]) > 1000


def test_cores_that_reorder_as_far_themselves_are_left_to_it() -> None:
    """Decision 0025."""
    blocks = [random_block(seed, 60) for seed in range(30)]
    for host in (x86_64, arm64):
        assert host.MODEL.window > 0
        assert [host.schedule(block) for block in blocks if len(block.code) < host.MODEL.window] == [None] * len(blocks)
    assert sum(riscv64.schedule(block) is not None for block in blocks) > 20
