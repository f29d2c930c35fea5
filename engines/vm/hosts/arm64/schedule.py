"""The machine model of arm64: a core of three instructions a cycle, latencies of Arm's Cortex-A72 optimisation guide
(chapter 3). It reorders within 128 micro-operations by itself, its reorder buffer, so only longer blocks gain."""

from __future__ import annotations

from typing import Final

from engines.vm.hosts import list_scheduling
from engines.vm.hosts.list_scheduling import Model
from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPS

_LATENCY: Final = {
    "load": 8, "mul": 3, "mulhs": 6, "mulhu": 6, "mulhsu": 8, "udiv": 12, "urem": 15, "sdiv": 12, "srem": 15,
    "fadd": 4, "fsub": 4, "fmul": 4, "fmadd": 7, "fmsub": 7, "fnmadd": 7, "fnmsub": 7, "fdiv": 17, "fsqrt": 17,
    "feq": 4, "flt": 4, "fle": 4, "fmin": 5, "fmax": 5, "f2s": 8, "f2u": 8, "s2f": 8, "u2f": 8, "fwiden": 3,
    "fnarrow": 5, "bits": 5, "float": 8, "nanbox": 13, "unbox": 13, "fclass": 10, "get": 4, "select": 2,
}  # fmt: skip
MODEL: Final = Model(tuple(_LATENCY.get(op.operation, 1) for op in OPS), 3, 128)


def schedule(block: Block) -> list[int] | None:
    """The order for this machine, None if the block's own is as good."""
    return list_scheduling.schedule(block, MODEL)
