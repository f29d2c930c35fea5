"""Generated IR blocks compute on other hosts what the reference evaluator computes; and the judge can tell."""

from __future__ import annotations

import pytest

from engines.vm.hosts import load_store
from engines.vm.hosts.arm64 import lower, lower_float
from engines.vm.ir.ops import OPS
from engines.vm.memory import address_space
from harness.subjects.host_process import command
from harness.subjects.virtual_host import LAYOUT
from properties.virtual_blocks import HOSTS, BlockDivergence, BlockJudge, float_block, integer_block


def judge_of(name: str) -> BlockJudge:
    try:
        command(name, "")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    return BlockJudge(name)


@pytest.mark.parametrize("name", HOSTS)
def test_every_operation_has_a_lowering(name: str) -> None:
    host = HOSTS[name](LAYOUT)
    missing = [op.name for op in OPS if op.code not in host.methods and op.code not in host.control]
    assert not missing


@pytest.mark.parametrize("name", HOSTS)
def test_blocks_agree_with_the_evaluator(name: str) -> None:
    with judge_of(name) as judge:
        for seed in range(500):
            judge.run(seed)


@pytest.mark.parametrize("name", HOSTS)
def test_floating_point_agrees_at_the_borders_of_its_formats(name: str) -> None:
    with judge_of(name) as judge:
        for seed in range(400):
            judge.judge(float_block(seed), seed)


@pytest.mark.parametrize("name", HOSTS)
def test_integers_agree_at_the_borders_of_immediates(name: str) -> None:
    with judge_of(name) as judge:
        for seed in range(300):
            judge.judge(integer_block(seed), seed)


def test_unicorn_agrees_too() -> None:
    """A second processor for arm64; for riscv64 Unicorn has errata in what the hosts' code uses (docs/trophies.md)."""
    with BlockJudge("arm64", unicorn=True) as judge:
        for seed in range(500):
            judge.run(seed)
            judge.judge(float_block(seed), seed)


def test_a_wrong_lowering_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def inverted(self: lower.Lowering, number: int, condition: int) -> None:
        d = self.target(number)
        self.asm.cset(d, condition ^ 1)
        self.done(number, d)

    monkeypatch.setattr(lower.Lowering, "truth", inverted)
    with BlockJudge("arm64", unicorn=True) as judge, pytest.raises(BlockDivergence, match="on arm64"):
        for seed in range(300):
            judge.run(seed)


def test_tininess_before_rounding_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lower_float, "_UNDERFLOW", frozenset())
    with BlockJudge("arm64", unicorn=True) as judge, pytest.raises(BlockDivergence, match="on arm64"):
        for seed in range(600):
            judge.judge(float_block(seed), seed)


def test_permission_bits_are_those_of_the_address_space() -> None:
    assert (load_store.READ, load_store.DIRECT) == (address_space.READ, address_space.DIRECT)
    assert address_space.ADDRESS_BITS - address_space.PAGE_BITS == load_store.PAGES_BITS
