"""What `ci.bench_scheduler` hands to llvm-mca, and what it makes of the answer."""

from __future__ import annotations

import shutil

import pytest

from ci.bench_scheduler import CORES, TimedBlock, assembly, cycles, host_of, main
from engines.vm.hosts.riscv64.encode import Assembler
from fuzz.strategies.ir.blocks import random_block

BY_NAME = {core.name: core for core in CORES}


def test_where_jumps_lead_is_left_out() -> None:
    asm = Assembler()
    label = asm.label()
    asm.i("addi", 10, 10, 1)
    asm.branch("bne", 10, 11, label)
    asm.j(label)
    asm.bind(label)
    lines = [line.split() for line in assembly(BY_NAME["sifive-u74"], asm.link())]
    assert [line[0] for line in lines] == ["addi", "beq", "j", "j"]
    assert [line[-1] for line in lines] == ["1", "8", "8", "8"]
    short, by_register, alone = (bytes.fromhex(code) for code in ("7400", "ffe0", "90"))
    assert list(assembly(BY_NAME["znver3"], short + by_register + alone)) == ["je\tonward", "nop", "nop"]


@pytest.mark.skipif(shutil.which("llvm-mca") is None, reason="llvm-mca is not installed")
@pytest.mark.parametrize(("core", "add"), [("sifive-u74", "add\tx5, x6, x7"), ("cortex-a55", "add\tx5, x6, x7")])
def test_blocks_weigh_as_much_as_they_are_executed(core: str, add: str) -> None:
    one, many = TimedBlock(1.0, (add,)), TimedBlock(3.0, (add,))
    alone = cycles(BY_NAME[core], [one])
    assert cycles(BY_NAME[core], [one, many]) == 4 * alone > 0
    with pytest.raises(RuntimeError, match="0 of 1 blocks"):
        cycles(BY_NAME[core], [TimedBlock(1.0, ("nonsense",))])


def test_without_llvm_mca_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert main([]) == 2
    assert "llvm-mca is not installed" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["x86_64", "arm64", "riscv64"])
def test_short_blocks_are_scheduled_here_whatever_the_host_does(name: str) -> None:
    orders = [host_of(name, scheduled=True).schedule(random_block(seed, 40)) for seed in range(20)]
    assert any(order is not None and order != sorted(order) for order in orders)
    assert host_of(name, scheduled=False).schedule(random_block(0, 40)) is None
