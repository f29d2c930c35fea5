"""One side of an A/B benchmark: `python -P bench_slices.py`, with the modules of the tree that is to be measured.

It reads names of slices from its standard input and answers each with the processor seconds that one took; first it
says which slices this tree has. A slice is a few ten milliseconds of fixed work, made here byte by byte, so that both
trees are given the same. `--slower NAME=FACTOR` does more of it, to see whether the gate notices.

It must itself run on old trees: it imports nothing of ours before a slice is built.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Slice = Callable[[float], None]
"""Does its work that many times (1.0, or a little more where a slowdown is planted)."""

# A loop over the data window: loads, stores, multiplications, shifts, a branch, FP; x5 counts, and never ends.
LOOP = (
    0x00053283,  # ld x5, 0(x10)
    0x00128293,  # addi x5, x5, 1
    0x02628333,  # mul x6, x5, x6
    0x00D35393,  # srli x7, x6, 13
    0x0063C333,  # xor x6, x7, x6
    0x00552023,  # sw x5, 0(x10)
    0x01053083,  # ld x1, 16(x10)
    0x001080B3,  # add x1, x1, x1
    0x02A57153,  # fadd.d f2, f10, f10
    0x12A17153,  # fmul.d f2, f2, f10
    0xFC0008E3,  # beq x0, x0, -48
)
LOOP_INSNS = 1_000_000
REFERENCE_INSNS = 2_000
COMPARED = 32
"""Few enough that what is compared stays in a core's own cache, whatever the neighbours do."""


def _loop_case(limit_insns: int) -> Any:
    import numpy as np

    from harness.contract import MachineCase, state_dtype
    from harness.contract.layout import CODE_BASE, DATA_BASE, DATA_BYTES

    words = list(LOOP)
    words[-1] = _beq_back(4 * (len(LOOP) - 1))
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    state["x"][6] = 0x9E3779B97F4A7C15
    state["x"][10] = DATA_BASE
    state["f"][10] = 0x3FF8_0000_0000_0000
    code = b"".join(word.to_bytes(4, "little") for word in words)
    return MachineCase("riscv64", state, code, CODE_BASE, bytes(DATA_BYTES), limit_insns)


def _beq_back(distance: int) -> int:
    """`beq x0, x0, -distance`."""
    offset = -distance & 0x1FFF
    high = (offset >> 12 & 1) << 31 | (offset >> 5 & 0x3F) << 25
    return high | (offset >> 1 & 0xF) << 8 | (offset >> 11 & 1) << 7 | 0x63


def _executor(name: str, insns: int) -> Slice:
    from harness.registry import create

    executor = create(name, isolated=False)
    cases: dict[float, Any] = {}

    def run(times: float) -> None:
        if times not in cases:
            cases[times] = _loop_case(round(insns * times))
        seen: Any = executor.run(cases[times])
        if seen.retired != round(insns * times):
            raise RuntimeError(f"{name} retired {seen.retired} of {round(insns * times)} instructions")

    return run


def _generation() -> Slice:
    from fuzz.strategies.riscv64 import generate

    return lambda times: (generate(9, 0, round(1000 * times), "default"), None)[1]


def _comparison() -> Slice:
    from fuzz.strategies.riscv64 import generate
    from harness.compare.machine import compare_batches
    from harness.contract import BatchObservation, End, Trap

    batch = generate(9, 0, COMPARED, "default")
    seen = BatchObservation.empty("riscv64", COMPARED)
    seen.end[:], seen.trap[:] = End.TRAP, Trap.BREAKPOINT

    def run(times: float) -> None:
        for _ in range(round(200 * times)):
            compare_batches(batch, seen, seen)

    return run


def _yardstick() -> Slice:
    block = bytes(1 << 20)

    def run(times: float) -> None:
        for _ in range(round(10 * times)):
            hashlib.sha256(block)

    return run


MAKERS: dict[str, Callable[[], Slice]] = {
    "interpreter": lambda: _executor("riscv64-interpreter", LOOP_INSNS * 20),
    "reference": lambda: _executor("riscv64-reference", REFERENCE_INSNS),
    "generation": _generation,
    "comparison": _comparison,
    "yardstick": _yardstick,
}


def _refuse_strangers() -> None:
    """Ours must be the modules of the tree in which this runs, not those of an installation beside it.

    Raises:
        SystemExit: they are not.
    """
    import harness

    place = Path(harness.__path__[0]).resolve()
    if not place.is_relative_to(Path.cwd().resolve()):
        sys.exit(f"this tree has no package 'harness': it was found in {place}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench_slices.py", description=__doc__)
    parser.add_argument("--slower", action="append", default=[], metavar="NAME=FACTOR")
    parser.add_argument("--core", type=int, required=True, help="run on this core alone")
    options = parser.parse_args(arguments)
    os.sched_setaffinity(0, {options.core})
    factors = {name: float(factor) for name, _, factor in (text.partition("=") for text in options.slower)}
    answers, sys.stdout = sys.stdout, sys.stderr
    _refuse_strangers()
    slices: dict[str, Slice] = {}
    missing: dict[str, str] = {}
    for name, make in MAKERS.items():
        try:
            slices[name] = make()
            slices[name](1.0)
            slices[name](factors.get(name, 1.0))
        except Exception as error:  # noqa: BLE001  (an old tree may lack a slice in any way; it says so)
            slices.pop(name, None)
            missing[name] = f"{type(error).__name__}: {error}"
    print(json.dumps({"slices": list(slices), "missing": missing}), file=answers, flush=True)
    for line in sys.stdin:
        name = line.strip()
        begun = time.process_time()
        slices[name](factors.get(name, 1.0))
        print(json.dumps({"seconds": time.process_time() - begun}), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
