"""Judges of code for arm64 and riscv64 hosts: generated blocks of IR, run there, against the evaluator."""

from __future__ import annotations

import itertools
import time
from typing import Final

from fuzz.sabotage.judges import Budget, Kill

_PATIENCE_SECONDS: Final = 5.0


class HostBlocks:
    """Random blocks, floating point and integers by turns, on one host.

    Args:
        host: `arm64` or `riscv64`.
    """

    def __init__(self, host: str) -> None:
        self.host = host

    def prepare(self) -> None:
        from properties.virtual_blocks import BlockJudge

        with BlockJudge(self.host) as judge:
            judge.run(0)

    def examine(self, budget: Budget) -> Kill | None:
        from engines.vm.regalloc.checker import WrongAllocation
        from harness.subjects.virtual_host import VirtualHostError
        from properties.virtual_blocks import BlockDivergence, BlockJudge, float_block, integer_block

        end = time.monotonic() + budget.seconds
        with BlockJudge(self.host, patience_seconds=_PATIENCE_SECONDS) as judge:
            for seed in itertools.count():
                if time.monotonic() > end:
                    return None
                try:
                    judge.run(seed)
                    judge.judge(float_block(seed), seed)
                    judge.judge(integer_block(seed), seed)
                except (BlockDivergence, VirtualHostError, WrongAllocation, ValueError) as error:
                    return Kill(f"blocks on {self.host}", 3 * seed + 3, str(error)[:200])
        return None


def arm64() -> HostBlocks:
    return HostBlocks("arm64")


def riscv64() -> HostBlocks:
    return HostBlocks("riscv64")
