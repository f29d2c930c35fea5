"""The verifier: generated blocks pass; every rule, when broken, is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from engines.vm.ir.block import Block, Region
from engines.vm.ir.builder import Builder, BuildError
from engines.vm.ir.exits import pending
from engines.vm.ir.ops import LEAVES, OPCODE, OPS
from engines.vm.ir.verifier import VerificationError, problems, verify
from fuzz.strategies.ir.blocks import STATE, blocks, random_block


@settings(deadline=None, max_examples=100)
@given(blocks())
def test_generated_blocks_are_well_formed(block: Block) -> None:
    assert list(problems(block)) == []


def test_every_operation_is_generated() -> None:
    seen = {i[0] for seed in range(600) for i in random_block(seed).code}
    assert {op.name for op in OPS if op.code not in seen} == set()


def test_a_seed_is_a_block() -> None:
    assert random_block(5) == random_block(5) != random_block(6)


def o(name: str, *arguments: int) -> tuple[int, ...]:
    return (OPCODE[name], *arguments)


JUMP = o("jump", 0x1004, 1, 0)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ([], "no instruction"),
        ([(9999,), JUMP], "no opcode"),
        ([o("const.i64"), JUMP], "has 0 arguments, needs 1"),
        ([o("const.i64", 1)], "does not end the block"),
        ([JUMP, JUMP], "before the last instruction"),
        ([o("zext.i32.i64", 0), JUMP], "%0 is not an earlier instruction"),
        ([o("const.i64", 0), o("zext.i32.i64", 0), JUMP], "operand %0 is i64, needs i32"),
        ([o("const.i32", 1 << 32), JUMP], "constant 4294967296 is out of range"),
        ([o("get.i64", 99), JUMP], "slot 99 does not exist"),
        ([o("get.i64", 5), JUMP], "f1 is f64, not i64"),
        ([o("const.i64", 0), o("load.i64", 0, 1 << 31, 0), JUMP], "offset 2147483648 is out of range"),
        ([o("const.i64", 0), o("load.i64", 0, 0, 2), JUMP], "retired 2 is out of range 0 … 1"),
        ([o("const.f64", 0), o("fsqrt.f64", 0, 5), JUMP], "mode 5"),
        ([o("const.f64", 0), o("fmin.f64", 0, 0, 1), JUMP], "flags 1"),
        ([o("jump", 0x1004, 0, 0)], "retired 0 is out of range 1 … 2"),
        ([o("jump", 0x1004, 1, 9)], "hint 9"),
        ([o("interpret", 0, 9)], "reason 9"),
        ([o("checkmode", 1), o("checkmode", 0), JUMP], "@0 after @1"),
        (
            [o("const.i64", 0), o("store.i64", 0, 0, 0, 0), o("load.i64", 0, 0, 0), JUMP],
            "which has stored already",
        ),
    ],
)
def test_each_breach_is_named(code: list[tuple[int, ...]], says: str) -> None:
    block = Block(STATE, 0x1000, code, [0x1000, 0x1004], 0x1008)
    with pytest.raises(VerificationError, match="block 0x1000") as refused:
        verify(block)
    assert says in str(refused.value)


def test_pcs_begin_at_the_block() -> None:
    assert any("pcs begin" in text for text in problems(Block(STATE, 0x1000, [JUMP], [0x2000], 0x2004)))


def test_the_builder_refuses_what_does_not_fit() -> None:
    build = Builder(STATE, 0x1000)
    build.insn(0x1000)
    with pytest.raises(BuildError, match=r"no operation is called 'add\.i8'; there are add"):
        build.emit("add.i8", 0, 0)
    with pytest.raises(BuildError, match="takes 2 operands and 0 immediates; given 1"):
        build.emit("add.i64", 0)
    with pytest.raises(BuildError, match=r"operand 0 of add\.i64 is %0, void"):
        build.emit("add.i64", 0, 0)
    with pytest.raises(BuildError, match="must be jump"):
        build.finish(0x1004)
    value = build.get("r0")
    build.put("r1", build.emit("add.i64", value, build.const(-1)))
    build.emit("jump", 0x1004, 1, 0)
    verify(build.finish(0x1004))


@settings(deadline=None, max_examples=60)
@given(blocks())
def test_pending_puts_are_the_last_before_each_exit(block: Block) -> None:
    found = pending(block)
    puts: dict[int, int] = {}
    for number, i in enumerate(block.code):
        if OPS[i[0]].operation == "put":
            puts[i[2]] = i[1]
        elif LEAVES[i[0]]:
            assert found.pop(number) == puts
    assert not found


def test_a_region_has_one_block_per_pc() -> None:
    one = Block(STATE, 0x1000, [JUMP], [0x1000], 0x1004)
    assert Region.of([one]).entry == 0x1000
    with pytest.raises(ValueError, match="two blocks at 0x1000"):
        Region.of([one, one])
    with pytest.raises(ValueError, match="needs a block"):
        Region.of([])
