"""The machine model of x86_64: a wide out-of-order core, latencies of Intel's Ice Lake (Agner Fog, table 4).

The core reorders within 352 micro-operations by itself, its reorder buffer, so only longer blocks gain, and the
compiler makes none: on x86_64 it keeps the guest's order (decision 0025).
"""

from __future__ import annotations

from typing import Final

from engines.vm.hosts import list_scheduling
from engines.vm.hosts.list_scheduling import Model
from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPS

_LATENCY: Final = {
    "load": 7, "mul": 3, "mulhs": 4, "mulhu": 4, "mulhsu": 5, "udiv": 14, "urem": 14, "sdiv": 14, "srem": 14,
    "fadd": 4, "fsub": 4, "fmul": 4, "fmadd": 4, "fmsub": 4, "fnmadd": 4, "fnmsub": 4, "fdiv": 14, "fsqrt": 18,
    "feq": 6, "flt": 6, "fle": 6, "f2s": 6, "s2f": 5, "u2f": 5, "fwiden": 5, "fnarrow": 5, "bits": 3, "float": 3,
    "nanbox": 6, "unbox": 2, "get": 1, "select": 2,
}  # fmt: skip
MODEL: Final = Model(tuple(_LATENCY.get(op.operation, 1) for op in OPS), 4, 352)


def schedule(block: Block) -> list[int] | None:
    """The order for this machine, None if the block's own is as good."""
    return list_scheduling.schedule(block, MODEL)
