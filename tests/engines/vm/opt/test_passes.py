"""Passes keep what blocks do: on generated IR by evaluation, on a sample by proof."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.ir.block import Block
from engines.vm.ir.evaluator import Exit, GuestValues, evaluate
from engines.vm.ir.ops import OPS
from engines.vm.ir.printer import print_block
from engines.vm.ir.verifier import verify
from engines.vm.opt.pipeline import optimise, passes
from engines.vm.smt.proofs import Outcome, prove_blocks
from fuzz.strategies.ir.blocks import blocks, guest_words, random_block
from fuzz.strategies.ir.window import Window

NAMES = (*passes(), "all passes")


def run_pass(name: str, block: Block) -> Block:
    return optimise(block) if name == "all passes" else passes()[name](block)


def outcome(block: Block, seed: int) -> tuple[Exit, GuestValues, bytes]:
    guest = GuestValues(guest_words(seed), flags=seed & 31, mode=seed % 6)
    window = Window()
    left = evaluate(block, guest, window)
    return left._replace(at=0), guest, bytes(window.content)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=100)
@given(block=blocks(), seed=st.integers(0, 1000))
def test_a_pass_keeps_what_a_block_does(name: str, block: Block, seed: int) -> None:
    before = print_block(block)
    after = run_pass(name, block)
    verify(after)
    assert print_block(block) == before, "a pass must leave its input alone"
    assert run_pass(name, block) == after, "a pass must be deterministic"
    assert outcome(after, seed) == outcome(block, seed), print_block(after)


@pytest.mark.parametrize("name", NAMES)
def test_larger_blocks(name: str) -> None:
    for seed in range(120):
        block = random_block(seed, 80)
        after = run_pass(name, block)
        for guest in range(3):
            assert outcome(after, guest) == outcome(block, guest), f"block {seed}, guest {guest}\n{print_block(after)}"


def test_each_pass_finds_something_to_do() -> None:
    for name in NAMES:
        assert any(run_pass(name, random_block(seed, 60)) != random_block(seed, 60) for seed in range(60)), name


def test_generated_blocks_are_left_in_many_ways() -> None:
    """Otherwise the properties above would compare little."""
    seen = {OPS[random_block(s).code[outcome_at(random_block(s))][0]].operation for s in range(400)}
    assert seen >= {"load", "store", "leaveif", "exitif", "jump", "branch", "jumpto", "interpret", "checkmode"}


def outcome_at(block: Block) -> int:
    return evaluate(block, GuestValues(guest_words(1), mode=block.code[0][0] % 8), Window()).at


def test_everything_together_is_stable() -> None:
    """A second run finds nothing, mostly: rules make progress and do not undo each other."""
    changed = sum(optimise(optimise(random_block(s, 60))) != optimise(random_block(s, 60)) for s in range(100))
    assert changed <= 20


def test_a_sample_is_proved() -> None:
    proved = 0
    for seed in range(40):
        block = random_block(seed, 14)
        proof = prove_blocks(block, optimise(block), 2_000)
        assert proof.outcome is not Outcome.REFUTED, f"{proof.detail}\n{print_block(block)}"
        proved += proof.holds
    assert proved >= 30
