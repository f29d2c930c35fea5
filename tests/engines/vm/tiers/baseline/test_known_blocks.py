"""What a compiler remembers of blocks changes nothing: its code is that of a compiler that knows nothing."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from engines.vm.hosts.host import Host, arm64, riscv64, x86_64
from engines.vm.ir.block import Block
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.lift.riscv64 import Outline
from engines.vm.tiers.baseline import compiler
from engines.vm.tiers.baseline.compiler import BaselineCompiler
from engines.vm.tiers.baseline.options import CompileError, Options
from engines.vm.tiers.baseline.tier import LAYOUT

BASE = 0x1000
INSTRUCTIONS = (
    *("addi a0, a0, 1", "add a1, a1, a0", "ld a2, 8(a3)", "ld a2, 16(a3)", "sd a1, 0(a3)", "slli a4, a4, 3"),
    *("xor a5, a5, a1", "mul a6, a6, a0", "sltu a7, a0, a1", "fadd.d fa0, fa0, fa1", "fmul.d fa1, fa1, fa2"),
    *("fsqrt.d fa3, fa1", "ecall", "ld t0, 24(a3)", "ld t1, 32(a3)", "ld t2, 40(a3)", "sd a0, 48(a3)", "sd t0, 56(a3)"),
    *("beq a0, a1, {}", "bne a4, a5, {}", "bltu a6, a7, {}", "jal zero, {}", "jal ra, {}", "jalr zero, 0(ra)"),
)
WORDS = 48
FAR = {**LAYOUT, "fflags": 8, "retired_at_zero": 24}
FEATURES = frozenset(("avx", "fma", "bmi2"))


def word(rng: random.Random, index: int) -> bytes:
    """An instruction of four bytes for that place; jumps lead to another one."""
    text = rng.choice(INSTRUCTIONS).format(4 * (rng.randrange(WORDS) - index))
    return assemble(text + "\n", BASE + 4 * index)


def compiled(by: BaselineCompiler, code: bytes, pc: int, frm: int, guarded: bool) -> tuple[object, ...]:
    """What is made, or why nothing is."""

    def fetch(at: int, size: int) -> bytes:
        return code[at - BASE : at - BASE + size]

    try:
        made = by.compile(pc, fetch, frm, lambda at, encoded, length: encoded >> 2, guarded=guarded)
    except CompileError as error:
        return (str(error),)
    return made.code, made.heads, made.ranges, made.exits, made.faults, [block.code for block in made.blocks]


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lambda: x86_64(LAYOUT, FEATURES), Options(check=True)),
        (lambda: x86_64(LAYOUT, FEATURES), Options(passes=False, allocator=False)),
        (lambda: arm64(FAR), Options(check=True)),
        (lambda: riscv64(FAR), Options(check=True)),
    ],
)
@pytest.mark.parametrize("most", [5, 2048])
def test_a_compiler_that_knows_blocks_makes_the_same_code(
    make: Callable[[], Host], options: Options, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regions that overlap, from code that changes here and there in between."""
    monkeypatch.setattr(compiler, "_BLOCKS_KNOWN", most)
    rng = random.Random(11)
    different = 0
    for _ in range(3):
        words = [word(rng, index) for index in range(WORDS)]
        words[-1] = assemble("ebreak\n", BASE)
        old = BaselineCompiler(make(), options)
        for _ in range(8):
            pc, frm, guarded = BASE + 4 * rng.randrange(WORDS - 1), rng.choice((0, 1)), rng.random() < 0.5
            new = BaselineCompiler(make(), options)
            before = old.counters.interpreted.copy()
            made = compiled(old, b"".join(words), pc, frm, guarded)
            assert made == compiled(new, b"".join(words), pc, frm, guarded)
            assert old.counters.interpreted - before == new.counters.interpreted
            assert max(len(old._known), len(old._outlines)) <= most
            other = compiled(old, b"".join(words), pc, frm, not guarded)
            assert other == compiled(BaselineCompiler(make(), options), b"".join(words), pc, frm, not guarded)
            different += made != other
            index = rng.randrange(WORDS - 1)
            words[index] = word(rng, index)
    assert different > 3 or not make().guards


def test_a_block_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    code = assemble("addi a0, a0, 1\nbnez a0, -4\naddi a1, a1, 1\nebreak\n", BASE)
    looked: list[int] = []
    original = BaselineCompiler.optimised

    def optimised(compiler: BaselineCompiler, outline: Outline) -> Block:
        looked.append(outline.pc)
        return original(compiler, outline)

    monkeypatch.setattr(BaselineCompiler, "optimised", optimised)
    by = BaselineCompiler(riscv64(FAR))
    for pc in (BASE, BASE, BASE + 8):
        compiled(by, code, pc, 0, guarded=False)
    assert looked == [BASE, BASE + 8]
