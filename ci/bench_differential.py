"""Benchmark of generation, subject, oracle and comparison together, on one core.

`python -m ci.bench_differential` pins itself to one core and, for every batch of programs of about 100 instructions,
measures the processor time of each stage beside that of the oracle alone on the same batch. Printed: compared programs
per second and core, the total against the oracle alone, and both against their thresholds. Exit status 1 on a miss.

The oracle is Unicorn as campaigns use it by default and, beside it, with the counting of retired instructions off.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

MIN_PROGRAMS_PER_SECOND = 6_000.0
MAX_TIMES_ORACLE = 1.5
STAGES = ("generation", "subject", "oracle", "comparison")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of this process, and the result."""
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def measure(oracle: Any, batches: int, cases: int, profile: str) -> tuple[dict[str, float], float]:
    """Mean microseconds per program of each stage, and retired instructions per program.

    Raises:
        SystemExit: the executors diverge: then there is nothing worth measuring.
    """
    from fuzz.strategies.riscv64 import generate
    from harness.compare.machine import compare_batches
    from harness.subjects.riscv64_interpreter import InterpreterExecutor

    subject = InterpreterExecutor()
    best = dict.fromkeys(STAGES, float("inf"))
    retired = 0.0
    for number in range(-1, batches):  # the first one warms caches up and is not counted
        took: dict[str, float] = {}
        took["generation"], batch = timed(partial(generate, 9, (number + 1) * cases, cases, profile))
        took["subject"], ours = timed(partial(subject.run_batch, batch))
        took["oracle"], theirs = timed(partial(oracle.run_batch, batch))
        took["comparison"], found = timed(partial(compare_batches, batch, ours, theirs))
        share = len(found.diverged()) / cases
        if share > 0.01:
            raise SystemExit(f"bench_differential: {share:.1%} of the programs diverge; run tox -e diff-riscv first")
        if number >= 0:
            retired += float(ours.retired.mean()) / batches
            best = {name: min(best[name], took[name]) for name in STAGES}
    subject.close()
    return {name: 1e6 * seconds / cases for name, seconds in best.items()}, retired


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ci.bench_differential",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--batches", type=int, default=12, help="batches to measure (default 12)")
    parser.add_argument("--cases", type=int, default=1024, help="programs per batch (default 1024)")
    parser.add_argument("--profile", default="default", help="what to generate (default: default)")
    options = parser.parse_args(arguments)
    if not (1 <= options.batches <= 10_000 and 1 <= options.cases <= 4096):
        parser.error("--batches must be 1 to 10000 and --cases 1 to 4096")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from oracles.unicorn_oracle import UnicornRiscv64, uncounted

    good = True
    for label, oracle in (("Unicorn", UnicornRiscv64()), ("Unicorn, retired not counted", uncounted())):
        microseconds, retired = measure(oracle, options.batches, options.cases, options.profile)
        oracle.close()
        total = sum(microseconds.values())
        rate, times = 1e6 / total, total / microseconds["oracle"]
        parts = ", ".join(f"{name} {value:.1f}" for name, value in microseconds.items())
        print(f"{label}: {retired:.0f} instructions per program; µs per program: {parts}; total {total:.1f}")
        for name, holds, text in (
            ("throughput", rate >= MIN_PROGRAMS_PER_SECOND, f"{rate:,.0f} ≥ {MIN_PROGRAMS_PER_SECOND:,.0f} programs/s"),
            ("total ÷ oracle alone", times <= MAX_TIMES_ORACLE, f"{times:.2f} ≤ {MAX_TIMES_ORACLE}"),
        ):
            print(f"  {'ok  ' if holds else 'MISS'} {name}: {text}")
            good = good and holds
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
