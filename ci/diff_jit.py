"""`tox -e diff-jit`: do all tiers of our RISC-V machine, and the steps between them, answer alike?

Examinations, one after the other, each with its own summary and findings under `--out`:

1. generated programs on every compiling tier, with no threshold and a code cache that is always full, against the
   interpreter (which `tox -e diff-riscv` holds against Unicorn and QEMU);
2. the same tiers, fewer programs, directly against Unicorn;
3. the IR, lifted and optimised, evaluated over integers, against the interpreter;
4. blocks of generated programs, lifted and optimised, proved equal to the semantics by z3 (translation validation);
5. real programs on the compiling tiers.

Exit status: 0 all agree, 1 something diverges, 2 wrong usage, 3 internal error or nothing compared, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci.diff_riscv import INTERRUPTED, Stage, report, run_stage

INTERPRETER = "riscv64-interpreter"
ROTATION = "jit*6,default*3,directed*2,fp*2,memory,compressed,control,atomic,traps,noise"


@dataclass(frozen=True)
class Pair:
    """A tier, what it is held against, and with how many programs at scale 1."""

    subject: str
    oracle: str
    cases: int


PAIRS = (
    Pair("riscv64-baseline", INTERPRETER, 100_000),
    Pair("riscv64-baseline", "unicorn-riscv64", 4_000),
    Pair("riscv64-llvm", INTERPRETER, 2_000),
    Pair("riscv64-ir", INTERPRETER, 2_000),
    Pair("riscv64-ir-lifted", INTERPRETER, 1_000),
)
VALIDATION_SECONDS = 60.0
USER_TIERS = ("riscv64-user-baseline", "riscv64-user-llvm")


def stages(options: argparse.Namespace) -> Iterator[Stage]:
    """The stages that compare programs, in order."""
    for pair in PAIRS:
        if options.tier and options.tier not in pair.subject:
            continue
        name = f"{pair.subject}-{pair.oracle}"
        cases = max(1, round(pair.cases * options.scale))
        arguments = ["diff", "riscv", "--subject", pair.subject, "--oracle", pair.oracle, "--profile", ROTATION]
        arguments += ["--cases", str(cases), "--batch", str(min(256, max(8, cases // 40)))]
        arguments += ["--out", str(options.out / name), "--no-coverage"]
        if options.fresh_seeds:
            arguments += ["--fresh-seeds", str(options.fresh_seeds)]
        if options.sabotage:
            arguments += ["--sabotage", options.sabotage, "--fail-fast"]
        if options.resume:
            arguments.append("--resume")
        yield Stage(f"{pair.subject} against {pair.oracle}", tuple(arguments), options.out / name)
    if options.programs:
        for subject in USER_TIERS:
            out = options.out / subject
            arguments = ["corpus", "run", "--set", "quick", "--subject", subject, "--out", str(out)]
            yield Stage(f"real programs on {subject}", tuple(arguments), out)


def validate(seconds: float) -> int:
    """Prove blocks for so long; the exit status."""
    print(f"\n=== translation validation, {seconds:.0f} s", flush=True)
    process = subprocess.Popen([sys.executable, "-m", "properties.translation_validation", "--seconds", str(seconds)])
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        return INTERRUPTED


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="tox -e diff-jit --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("out/diff-jit"), help="findings and summaries go here")
    parser.add_argument("--scale", type=float, default=1.0, help="multiply the number of programs and of seconds")
    parser.add_argument("--tier", default="", help="only subjects with this in their names, such as llvm")
    parser.add_argument("--fresh-seeds", type=int, default=0, help="use so many seeds that nobody has seen, printed")
    parser.add_argument("--no-programs", dest="programs", action="store_false", help="leave out the real programs")
    parser.add_argument("--sabotage", default="", help="inject this bug and stop where it is first found")
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted run stopped")
    options = parser.parse_args(arguments)
    if not 0 < options.scale <= 1000:
        parser.error(f"--scale is {options.scale}; it must be above 0 and at most 1000")
    if options.tier and not any(options.tier in pair.subject for pair in PAIRS):
        known = ", ".join(dict.fromkeys(pair.subject for pair in PAIRS))
        parser.error(f"--tier is {options.tier!r}, which no subject has in its name; they are {known}")
    begun = time.monotonic()
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
    else:
        if not options.tier and not options.sabotage:
            worst = max(worst, validate(max(1.0, VALIDATION_SECONDS * min(options.scale, 10.0))))
    report(documents, worst, time.monotonic() - begun, "diff-jit")
    return worst


if __name__ == "__main__":
    sys.exit(main())
