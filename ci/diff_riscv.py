"""`tox -e diff-riscv`: does our RISC-V machine still agree with its references?

Five examinations, one after the other, each with its own summary and findings under `--out`:

1. generated programs against Unicorn, on every profile of the generator;
2. generated programs against QEMU, where QEMU is installed;
3. generated programs against our own reference tier, the executable specification;
4. the programs that are listed, not drawn, against Unicorn: every instruction, the words beside it, extreme operands;
   those with tables of operands against QEMU too;
5. real programs (compression, a database, a JavaScript engine, kernels) on our machine, on qiling, on QEMU and, built
   for this host, natively.

Exit status: 0 all agree, 1 something diverges, 2 wrong usage, 3 internal error or nothing compared, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz.strategies.riscv64 import systematic, tabulated
from fuzz.strategies.riscv64.profiles import ROTATION, SYSTEMATIC, TABULATED

INTERRUPTED = 130


@dataclass(frozen=True)
class Stage:
    """One examination: arguments of the command line, and where its summary goes."""

    name: str
    arguments: tuple[str, ...]
    out: Path

    @property
    def summary(self) -> Path:
        return self.out / "summary.json"


CASES = {"unicorn-riscv64": 205_000, "qemu-system-riscv64": 20_500, "riscv64-reference": 2_048}
"""Generated programs per oracle at scale 1."""
LISTED = (
    (SYSTEMATIC, "unicorn-riscv64", systematic.programs),
    (TABULATED, "unicorn-riscv64", tabulated.programs),
    (TABULATED, "qemu-system-riscv64", tabulated.programs),
)
"""Lists of programs, the oracle, and how many there are."""


def stages(options: argparse.Namespace) -> Iterator[Stage]:
    """The stages of a run, in order."""
    for oracle, full in CASES.items():
        if _missing(oracle):
            continue
        cases = max(1, round(full * options.scale))
        seeds = ("--fresh-seeds", str(options.fresh_seeds)) if options.fresh_seeds else ()
        yield _campaign(options, f"generated programs against {oracle}", oracle, ROTATION, cases, *seeds)
    for profile, oracle, programs in LISTED:
        if _missing(oracle):
            continue
        cases = min(programs(), max(1, round(programs() * options.scale)))
        yield _campaign(options, f"{profile} programs against {oracle}", oracle, profile, cases)
    if options.programs:
        out = options.out / "programs"
        yield Stage("real programs", ("corpus", "run", "--set", "quick", "--out", str(out)), out)


def _missing(oracle: str) -> bool:
    return oracle.startswith("qemu") and shutil.which("qemu-system-riscv64") is None


def _campaign(options: argparse.Namespace, name: str, oracle: str, profile: str, cases: int, *more: str) -> Stage:
    out = options.out / (oracle if profile == ROTATION else f"{profile}-{oracle}")
    # Small batches where there are few cases, so that every profile has its turn.
    batch = min(1024, max(64, cases // 40))
    arguments = ["diff", "riscv", "--oracle", oracle, "--profile", profile]
    arguments += ["--cases", str(cases), "--batch", str(batch), "--out", str(out), *more]
    if options.sabotage:
        arguments += ["--sabotage", options.sabotage, "--fail-fast"]
    if options.resume:
        arguments.append("--resume")
    return Stage(name, tuple(arguments), out)


def run_stage(stage: Stage) -> int:
    """Run one stage as a command of its own, its output passed through; gives the exit status."""
    process = subprocess.Popen([sys.executable, "-m", "harness.cli", *stage.arguments])
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The child got the signal too, and keeps what it has before it ends.
        process.wait()
        return INTERRUPTED


def totals(documents: list[dict[str, Any]]) -> dict[str, int]:
    """Cases, instructions and divergences over all stages that compared generated programs."""
    counted = [d["statistics"] for d in documents if "statistics" in d]
    names = ("cases", "instructions", "explained", "divergences")
    return {name: sum(int(c[name]) for c in counted) for name in names} | {
        "discards": sum(sum(c["discards"].values()) for c in counted)
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="tox -e diff-riscv --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("out/diff-riscv"), help="findings and summaries go here")
    parser.add_argument("--scale", type=float, default=1.0, help="multiply the number of generated programs")
    parser.add_argument("--fresh-seeds", type=int, default=0, help="use so many seeds that nobody has seen, printed")
    parser.add_argument("--no-programs", dest="programs", action="store_false", help="leave out the real programs")
    parser.add_argument("--sabotage", default="", help="inject this bug and stop where it is first found")
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted run stopped")
    options = parser.parse_args(arguments)
    if not 0 < options.scale <= 1000:
        parser.error(f"--scale is {options.scale}; it must be above 0 and at most 1000")
    begun = time.monotonic()
    if shutil.which("qemu-system-riscv64") is None:
        print("QEMU is not installed, so it is not among the oracles (apt-get install qemu-system-misc)", flush=True)
    worst = 0
    documents: list[dict[str, Any]] = []
    for stage in stages(options):
        print(f"\n=== {stage.name}", flush=True)
        status = run_stage(stage)
        if stage.summary.is_file():
            documents.append(json.loads(stage.summary.read_text()))
        worst = max(worst, status if status >= 0 else 3)
        if status == INTERRUPTED or (options.sabotage and status == 1):
            break
    report(documents, worst, time.monotonic() - begun)
    return worst


def report(documents: list[dict[str, Any]], status: int, seconds: float, name: str = "diff-riscv") -> None:
    """The last lines: what was compared in all, and the verdict."""
    sums = totals(documents)
    verdict = {0: "AGREE", 1: "DIVERGED", INTERRUPTED: "INTERRUPTED"}.get(status, "FAILED")
    print(
        f"\n=== {name}: {verdict} after {seconds:.0f} s\n"
        f"{sums['cases']:,} generated programs compared, {sums['instructions']:,} instructions, "
        f"{sums['divergences']:,} divergences, {sums['explained']:,} explained by errata, "
        f"{sums['discards']:,} discarded",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
