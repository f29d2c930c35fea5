"""Benchmark of generation, subject, oracle and comparison together, on one core.

`python -m ci.bench_differential` pins itself to one core and, for every batch of programs of about 100 instructions,
measures the processor time of each stage beside that of the oracle alone on the same batch. Printed: compared programs
per second and core; the harness (generation, comparison and the oracle under it) against the oracle alone; the total,
in which the subject runs too, against the same; and each beside its threshold. Exit status 1 on a miss.

The oracle is Unicorn as campaigns use it by default and, beside it, with the counting of retired instructions off.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

STAGES = ("generation", "subject", "oracle", "comparison")


@dataclass(frozen=True)
class Claim:
    """What is promised for a profile.

    Attributes:
        cases: programs per batch.
        rate: compared programs per second and core, at least.
        harness: what the harness and the oracle take together by the oracle alone, at most.
        uncounted: the same beside the oracle that counts nothing, which is a fifth faster.
        times: the total, with the subject, by the oracle alone, at most.
    """

    profile: str
    cases: int
    rate: float
    harness: float
    uncounted: float
    times: float


UNBOUNDED = float("inf")
PLAIN_CASES = 512
CLAIMS = (
    Claim("default", 1024, 6_000.0, 1.25, 1.25, 1.5),
    Claim("short", 4096, 30_000.0, 1.25, 1.35, UNBOUNDED),
)
"""Programs of about a hundred instructions, and short ones of one to about ten."""


def at_most(bound: float) -> str:
    """The end of a line that promises `bound`, or no promise."""
    return ", no promise" if bound == UNBOUNDED else f", at most {bound:g}"


def report(claim: Claim, label: str, bound: float, microseconds: dict[str, float], retired: float) -> bool:
    """Print what was measured beside what is promised, of the harness `bound`; whether that holds."""
    total = sum(microseconds.values())
    alone = microseconds["oracle"]
    rate, harness, times = 1e6 / total, (total - microseconds["subject"]) / alone, total / alone
    parts = ", ".join(f"{name} {value:.1f}" for name, value in microseconds.items())
    print(f"{claim.profile}, {label}: {retired:.0f} instructions per program; µs: {parts}; total {total:.1f}")
    good = True
    for name, holds, text in (
        ("throughput", rate >= claim.rate, f"{rate:,.0f} programs/s, at least {claim.rate:,.0f}"),
        ("harness ÷ oracle alone", harness <= bound, f"{harness:.2f}{at_most(bound)}"),
        ("total ÷ oracle alone", times <= claim.times, f"{times:.2f}{at_most(claim.times)}"),
    ):
        print(f"  {'ok  ' if holds else 'MISS'} {name}: {text}")
        good = good and holds
    return good


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of this process, and the result."""
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def plain_adapter(batch: Any) -> float:
    """Programs per second of the plain way to use Unicorn from Python: per program write code, memory and registers,
    start, read registers and memory back, one engine for all."""
    from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES

    unicorn: Any = importlib.import_module("unicorn")
    names: Any = importlib.import_module("unicorn.riscv_const")
    engine = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64)
    engine.mem_map(CODE_BASE, CODE_BYTES)
    engine.mem_map(DATA_BASE, DATA_BYTES)
    integers = [names.UC_RISCV_REG_X0 + number for number in range(1, 32)]
    floats = [names.UC_RISCV_REG_F0 + number for number in range(32)]
    memory = batch.memory[0].tobytes()
    rows = [
        (batch.code[i, : batch.code_bytes[i]].tobytes(), int(batch.code_address[i]), batch.initial[i].tolist())
        for i in range(len(batch))
    ]
    x, f = (batch.initial.dtype.names.index(name) for name in ("x", "f"))
    begun = time.process_time()
    for code, address, state in rows:
        engine.mem_write(address, code)
        engine.ctl_remove_cache(address, address + len(code))
        engine.mem_write(DATA_BASE, memory)
        for number, value in zip((*integers, *floats), (*state[x][1:], *state[f]), strict=True):
            engine.reg_write(number, int(value))
        with contextlib.suppress(unicorn.UcError):  # every program ends by a trap
            engine.emu_start(address, CODE_BASE + CODE_BYTES, count=10_000)
        for number in (*integers, *floats):
            engine.reg_read(number)
        engine.mem_read(DATA_BASE, DATA_BYTES)
    return len(rows) / (time.process_time() - begun)


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
    parser.add_argument("--profile", help="measure this profile alone, against no threshold")
    options = parser.parse_args(arguments)
    if not (1 <= options.batches <= 10_000 and 1 <= options.cases <= 4096):
        parser.error("--batches must be 1 to 10000 and --cases 1 to 4096")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from harness.campaign.limits import keep_freed_memory
    from oracles.unicorn_oracle import UnicornRiscv64, uncounted

    keep_freed_memory()
    good = True
    chosen = (
        CLAIMS
        if options.profile is None
        else [Claim(options.profile, options.cases, 0.0, UNBOUNDED, UNBOUNDED, UNBOUNDED)]
    )
    for claim in chosen:
        for label, bound, oracle in (
            ("Unicorn", claim.harness, UnicornRiscv64()),
            ("Unicorn, retired not counted", claim.uncounted, uncounted()),
        ):
            microseconds, retired = measure(oracle, options.batches, claim.cases, claim.profile)
            oracle.close()
            good = report(claim, label, bound, microseconds, retired) and good
        from fuzz.strategies.riscv64 import generate

        print(f"  the plain adapter alone: {plain_adapter(generate(9, 0, PLAIN_CASES, claim.profile)):,.0f} programs/s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
