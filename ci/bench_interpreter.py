"""How fast the native interpreter is, on one core: `python -m ci.bench_interpreter`.

Runs the kernels of corpus/programs on the interpreter and, for fewer instructions, on the reference tier; then batches
of machine cases; then a start from a warm cache. Prints a table and exits with 1 where a target of `TARGETS` is missed.
Processor time of the best of several rounds: other work on the machine only slows.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ci.silence import silence

WORKLOADS: Final = {
    "list": "2000",
    "matrix": "1000",
    "states": "5000",
    "sieve": "5000000",
    "matmul": "200",
    "sha256": "20000",
    "nbody": "100000",
    "sort": "200000",
    "mandelbrot": "300",
    "crc32": "5000",
    "interpreter": "300",
    "strings": "20000",
    "calls": "27",
}
"""Kernels with an argument that makes each run for some tenths of a second."""
REFERENCE_INSNS: Final = 60_000
CASES: Final = 2000
TARGETS: Final = {
    "interpreter, million instructions/s (geometric mean)": 500.0,
    "interpreter / reference (geometric mean)": 1000.0,
    "warm start, ms (at most)": 50.0,
}


@dataclass(frozen=True)
class Speed:
    """Instructions that one run retired, and how many of them per second of processor time."""

    retired: int
    per_second: float


def speed(image: Path, arguments: tuple[str, ...], tier: str, limit_insns: int, rounds: int) -> Speed:
    """The best of `rounds` runs of a program whose output is thrown away. `limit_insns` 0 is no limit."""
    from engines.vm.user.launch import Launch, start

    best = 0.0
    for _ in range(rounds):
        with silence():
            launch = Launch(program=str(image), arguments=arguments, tier=tier, limit_insns=limit_insns)
            process, _ = start(launch)
        hart = process.current.hart
        begun = time.process_time()
        process.run()
        seconds = time.process_time() - begun
        retired = int(hart.cpu["retired"])
        process.close()
        best = max(best, retired / seconds)
    return Speed(retired, best)


def batch_us(count: int, rounds: int) -> float:
    """µs per case of `count` different straight-line instructions, everything included, in the best of the batches."""
    import numpy as np

    from engines.vm.isa.riscv64 import INSTRUCTIONS
    from harness.contract import MachineBatch, state_dtype
    from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BYTES
    from harness.subjects.riscv64_interpreter import InterpreterExecutor

    names = ("add", "sub", "xor", "or", "and", "sltu", "mul", "addw")
    words = [INSTRUCTIONS[names[i % 8]].encode(rd=10 + i % 21, rs1=i % 32, rs2=i % 29) for i in range(count)]
    code = np.array([*words, INSTRUCTIONS["ebreak"].encode()], "<u4").view(np.uint8)
    address = CODE_BASE + CODE_SLOT_BYTES * np.arange(CASES, dtype=np.uint64)
    initial = np.zeros(CASES, state_dtype("riscv64"))
    initial["pc"] = address
    rows = np.tile(code, (CASES, 1))
    lengths = np.full(CASES, len(code), np.uint32)
    batch = MachineBatch("riscv64", initial, rows, lengths, address, np.zeros((1, DATA_BYTES), np.uint8))
    executor = InterpreterExecutor()
    best = math.inf
    for _ in range(rounds + 1):
        begun = time.process_time()
        executor.run_batch(batch)
        best = min(best, time.process_time() - begun)
    executor.close()
    return best / CASES * 1e6


def warm_start_ms(rounds: int) -> float:
    """ms to load the interpreter's native code from the disk cache, imports not counted."""
    from engines.vm.tiers.interpreter.build import interpreter

    interpreter()
    return min(interpreter().seconds for _ in range(rounds)) * 1e3


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_interpreter", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kernels", nargs="*", help=f"of {', '.join(WORKLOADS)}; all when none is given")
    parser.add_argument("--variant", default="O2c", help="build of the kernels (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    unknown = [name for name in options.kernels if name not in WORKLOADS]
    if unknown:
        parser.error(f"no kernel is called {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")

    from corpus.programs.builder import build

    images = {b.variant.name: b.path for b in build("full", ["kernels"], native=False, progress=print)}
    if options.variant not in images:
        parser.error(f"no variant is called {options.variant}; there are {', '.join(images)}")
    image = images[options.variant]
    print(f"{'kernel':<14}{'instructions':>16}{'interpreter M/s':>18}{'reference M/s':>16}{'ratio':>9}")
    speeds, ratios = [], []
    for name in options.kernels or WORKLOADS:
        native = speed(image, (name, WORKLOADS[name]), "interpreter", 0, options.rounds)
        slow = speed(image, (name, WORKLOADS[name]), "reference", REFERENCE_INSNS, 1)
        speeds.append(native.per_second / 1e6)
        ratios.append(native.per_second / slow.per_second)
        print(f"{name:<14}{native.retired:>16,}{speeds[-1]:>18,.0f}{slow.per_second / 1e6:>16.3f}{ratios[-1]:>9,.0f}")
    empty, hundred, thousand = (batch_us(count, options.rounds) for count in (0, 100, 900))
    print(f"batch of {CASES}: {empty:.2f} us for an empty case, {hundred:.2f} us for 100 instructions; ", end="")
    print(f"{(thousand - hundred) / 800 * 1e3:.0f} ns per instruction decoded and run once")
    found = dict(
        zip(TARGETS, (_geometric_mean(speeds), _geometric_mean(ratios), warm_start_ms(options.rounds)), strict=True)
    )
    missed = [name for name, target in TARGETS.items() if (found[name] > target) is ("at most" in name)]
    for name, value in found.items():
        print(f"{name}: {value:,.1f}, target {TARGETS[name]:,.0f}{' MISSED' if name in missed else ''}")
    return 1 if missed else 0


def _geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


if __name__ == "__main__":
    sys.exit(main())
