"""The machine model of riscv64: an in-order core of two instructions a cycle, latencies of the SiFive U74 (manual
21G3, chapter 3). It reorders nothing, so every block of some length gains."""

from __future__ import annotations

from typing import Final

from engines.vm.hosts import list_scheduling
from engines.vm.hosts.list_scheduling import Model
from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPS

_LATENCY: Final = {
    "load": 8, "mul": 3, "mulhs": 3, "mulhu": 3, "mulhsu": 3, "udiv": 34, "urem": 34, "sdiv": 34, "srem": 34,
    "fadd": 5, "fsub": 5, "fmul": 5, "fmadd": 5, "fmsub": 5, "fnmadd": 5, "fnmsub": 5, "fdiv": 20, "fsqrt": 20,
    "feq": 4, "flt": 4, "fle": 4, "fmin": 4, "fmax": 4, "f2s": 4, "f2u": 4, "s2f": 3, "u2f": 3, "fwiden": 3,
    "fnarrow": 5, "bits": 2, "float": 2, "nanbox": 2, "unbox": 2, "low": 5, "fclass": 2, "get": 3, "select": 3,
}  # fmt: skip
MODEL: Final = Model(tuple(_LATENCY.get(op.operation, 1) for op in OPS), 2, 0)


def schedule(block: Block) -> list[int] | None:
    """The order for this machine, None if the block's own is as good."""
    return list_scheduling.schedule(block, MODEL)
