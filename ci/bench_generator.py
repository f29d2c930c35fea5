"""How fast programs are generated, on one core: `python -m ci.bench_generator`.

Prints programs and instructions per second for the profiles asked for, and what measuring coverage costs, and exits
with 1 where generation is below `--floor`. Processor time of the best of several rounds: other work on the machine
only slows.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

FLOOR_INSNS_PER_S = 300_000


@dataclass(frozen=True)
class Speed:
    """One profile's figures.

    Attributes:
        programs_per_s, insns_per_s: generation alone; instructions are counted in the code, not as executed.
        insns_per_program: mean.
        coverage_us: time to measure the coverage of one program, in µs.
    """

    profile: str
    programs_per_s: float
    insns_per_s: float
    insns_per_program: float
    coverage_us: float


def measure(profile: str, programs: int = 2048, rounds: int = 5) -> Speed:
    """Generate `rounds` batches of `programs` programs and measure each, after one round to warm up.

    Raises:
        ValueError: an unknown profile, or more programs than a batch holds.
    """
    from fuzz.strategies.riscv64 import coverage, generate

    generate(0, 0, programs, profile)
    best, best_coverage, insns = float("inf"), float("inf"), 0
    for round_ in range(rounds):
        start = time.process_time()
        batch = generate(1, round_ * programs, programs, profile)
        generated = time.process_time()
        covered = coverage(batch)
        best_coverage = min(best_coverage, time.process_time() - generated)
        best = min(best, generated - start)
        insns += int(covered.instructions.sum() + covered.unknown.sum())
    mean = insns / rounds / programs
    return Speed(profile, programs / best, mean * programs / best, mean, best_coverage / programs * 1e6)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_generator", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("profiles", nargs="*", default=["default", "short", "fp", "noise"])
    parser.add_argument("--programs", type=int, default=2048, help="programs per batch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--floor", type=float, default=FLOOR_INSNS_PER_S, help="least instructions/s of every profile")
    options = parser.parse_args(arguments)
    print(f"{'profile':<12}{'programs/s':>12}{'insns/s':>14}{'insns/program':>15}{'us/program':>12}{'coverage us':>13}")
    slow = []
    for profile in options.profiles:
        speed = measure(profile, options.programs, options.rounds)
        print(
            f"{profile:<12}{speed.programs_per_s:>12,.0f}{speed.insns_per_s:>14,.0f}{speed.insns_per_program:>15.1f}"
            f"{1e6 / speed.programs_per_s:>12.1f}{speed.coverage_us:>13.1f}"
        )
        if speed.insns_per_s < options.floor:
            slow.append(profile)
    if slow:
        print(f"below {options.floor:,.0f} instructions/s: {', '.join(slow)}", file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
