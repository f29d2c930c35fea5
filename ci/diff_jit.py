"""`tox -e diff-jit`: do all tiers of our RISC-V machine, and the steps between them, answer alike?

Examinations, one after the other, each with its own summary and findings under `--out`:

1. generated programs on every compiling tier, with no threshold and a code cache that is always full, against the
   interpreter (which `tox -e diff-riscv` holds against Unicorn and QEMU);
2. the baseline tier, fewer programs, directly against Unicorn;
3. the IR, lifted and optimised, evaluated over integers, against the interpreter;
4. the interpreter and the baseline compiler's code on arm64 and riscv64 hosts, where QEMU or the machine runs them;
5. real programs in user mode on the compiling tiers;
6. the kernels of corpus/programs in step with the interpreter: equal registers at every 997th instruction, on every
   tier, with and without code that was kept, and from an image (`ci.programs_in_step`);
7. blocks of generated programs, lifted and optimised, proved equal to the semantics by z3 (translation validation).

At scale 1 that is 100,000 programs on the baseline tier, and 15 minutes on two cores that do nothing else. A run that
was interrupted tells what it did until then; `--resume` goes on from there. The last lines say how many programs each
tier ran, how fast, what diverged, and how many programs each profile of the generator had.

Exit status: 0 all agree, 1 something diverges, 2 wrong usage, 3 internal error or nothing compared, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci.diff_riscv import INTERRUPTED, Stage, report, run_stage
from ci.programs_in_step import WAYS
from harness.campaign.plan import Plan
from harness.registry import describe

INTERPRETER = "riscv64-interpreter"
ROTATION = "jit*6,loops*3,default*3,directed*2,fp*2,tabulated,memory,compressed,control,atomic,traps,noise"
BUDGET_SECONDS = 900


@dataclass(frozen=True)
class Pair:
    """A tier, what it is held against, and with how many programs at scale 1."""

    subject: str
    oracle: str
    cases: int


PAIRS = (
    Pair("riscv64-baseline", INTERPRETER, 100_000),
    Pair("riscv64-baseline", "unicorn-riscv64", 4_000),
    Pair("riscv64-llvm", INTERPRETER, 3_000),
    Pair("riscv64-ir", INTERPRETER, 3_000),
    Pair("riscv64-ir-lifted", INTERPRETER, 2_000),
    Pair("riscv64-interpreter-on-arm64", INTERPRETER, 2_000),
    Pair("riscv64-interpreter-on-riscv64", INTERPRETER, 2_000),
    Pair("riscv64-baseline-on-arm64", INTERPRETER, 400),
    Pair("riscv64-baseline-on-riscv64", INTERPRETER, 400),
)
VALIDATION_SECONDS = 60.0
PROGRAM_ORACLE = "qemu-riscv64"
USER_TIERS = ("riscv64-user-baseline", "riscv64-user-llvm", "riscv64-user-auto")


def unavailable(subject: str) -> str:
    """What is missing for an executor here; empty for nothing."""
    return ", ".join(program for program, _ in describe(subject).programs if shutil.which(program) is None)


def stages(options: argparse.Namespace) -> Iterator[Stage]:
    """The stages that compare programs, in order."""
    for pair in PAIRS:
        if options.tier not in pair.subject or unavailable(pair.subject):
            continue
        name = f"{pair.subject}-{pair.oracle}"
        cases = max(1, round(pair.cases * options.scale))
        arguments = ["diff", "riscv", "--subject", pair.subject, "--oracle", pair.oracle, "--profile", ROTATION]
        arguments += ["--cases", str(cases), "--batch", str(min(256, max(8, cases // 40)))]
        arguments += ["--out", str(options.out / name), "--no-coverage"]
        if options.jobs:
            arguments += ["--jobs", str(options.jobs)]
        if options.fresh_seeds:
            arguments += ["--fresh-seeds", str(options.fresh_seeds)]
        if options.sabotage:
            arguments += ["--sabotage", options.sabotage, "--fail-fast"]
        if options.resume:
            arguments.append("--resume")
        yield Stage(f"{pair.subject} against {pair.oracle}", tuple(arguments), options.out / name)
    if options.programs:
        for subject in USER_TIERS:
            if options.tier not in subject:
                continue
            out = options.out / subject
            arguments = ["corpus", "run", "--set", "quick", "--subject", subject, "--out", str(out)]
            if shutil.which(PROGRAM_ORACLE):  # one reference is enough here; `tox -e diff-riscv` asks all
                arguments += ["--executor", PROGRAM_ORACLE]
            yield Stage(f"real programs on {subject}", tuple(arguments), out)


def figures(documents: list[dict[str, Any]]) -> list[str]:
    """Lines: programs, speed and divergences of each pair; then programs and kinds of divergences by profile."""
    compared = [d for d in documents if "statistics" in d]
    lines = [f"{'tier':<32}{'against':<22}{'programs':>10}{'cases/s':>10}{'instructions/s':>16}{'diverged':>10}"]
    programs: Counter[str] = Counter()
    diverged: Counter[str] = Counter()
    for document in compared:
        plan, counted = document["plan"], document["statistics"]
        lines.append(
            f"{plan['subject']:<32}{', '.join(plan['oracles']):<22}{counted['cases']:>10,}"
            f"{document['cases_per_second']:>10,.0f}{document['instructions_per_second']:>16,.0f}"
            f"{counted['divergences']:>10,}"
        )
        programs += by_profile(plan, counted["cases"])
        for bucket in document["buckets"]:
            words = bucket["first"].split()
            diverged[words[words.index("profile") + 1]] += 1
    lines += ["", f"{'profile':<16}{'programs':>10}{'kinds of divergences':>24}"]
    lines += [f"{name:<16}{count:>10,}{diverged[name]:>24,}" for name, count in programs.most_common()]
    return lines


def by_profile(plan: dict[str, Any], cases: int) -> Counter[str]:
    """How many of a campaign's first `cases` programs are of each profile."""
    found: Counter[str] = Counter()
    known = {name: plan[name] for name in ("subject", "cases", "profile", "batch_cases")}
    for chunk in Plan(oracles=tuple(plan["oracles"]), seeds=tuple(plan["seeds"]), **known).chunks():
        taken = min(chunk.count, cases - found.total())
        if taken <= 0:
            break
        found[chunk.profile] += taken
    return found


def spent_lines(spent: dict[str, float]) -> list[str]:
    """Lines: processor time by stage, which hardly depends on what else the machine does."""
    lines = ["", f"{'stage':<64}{'processor s':>12}"]
    lines += [f"{name:<64}{seconds:>12,.1f}" for name, seconds in spent.items()]
    return [*lines, f"{'all':<64}{sum(spent.values()):>12,.1f}"]


def processor_seconds() -> float:
    """Processor time of all stages that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def modules(options: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """The examinations that are modules of their own, which print what they find: names and command lines."""
    if options.sabotage:
        return
    if options.programs and any(options.tier in way.tier for way in WAYS):
        scale = min(options.scale, 1.0)
        yield "kernels in step", ["ci.programs_in_step", "--tier", options.tier, "--scale", str(scale)]
    if not options.tier:
        seconds = max(1.0, VALIDATION_SECONDS * min(options.scale, 10.0))
        yield "translation validation", ["properties.translation_validation", "--seconds", str(seconds)]


def run_module(name: str, arguments: list[str]) -> int:
    """The exit status of `python -m` with `arguments`."""
    print(f"\n=== {name}", flush=True)
    process = subprocess.Popen([sys.executable, "-m", *arguments])
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
    parser.add_argument("--jobs", type=int, default=0, help="processes at a time; default: one for each core")
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted run stopped")
    options = parser.parse_args(arguments)
    if not 0 < options.scale <= 1000:
        parser.error(f"--scale is {options.scale}; it must be above 0 and at most 1000")
    if options.tier and not any(options.tier in pair.subject for pair in PAIRS):
        known = ", ".join(dict.fromkeys(pair.subject for pair in PAIRS))
        parser.error(f"--tier is {options.tier!r}, which no subject has in its name; they are {known}")
    begun = time.monotonic()
    for subject in dict.fromkeys(pair.subject for pair in PAIRS):
        if unavailable(subject):
            print(
                f"{subject} is left out: {unavailable(subject)} is not on PATH (apt-get install qemu-user)", flush=True
            )
    worst = 0
    documents: list[dict[str, Any]] = []
    spent: dict[str, float] = {}
    for stage in stages(options):
        print(f"\n=== {stage.name}", flush=True)
        before = processor_seconds()
        status = run_stage(stage)
        spent[stage.name] = processor_seconds() - before
        if stage.summary.is_file():
            documents.append(json.loads(stage.summary.read_text()))
        worst = max(worst, status if status >= 0 else 3)
        if status == INTERRUPTED or (options.sabotage and status == 1):
            break
    else:
        for name, command in modules(options):
            before = processor_seconds()
            status = run_module(name, command)
            spent[name] = processor_seconds() - before
            worst = max(worst, status if status >= 0 else 3)
            if status == INTERRUPTED:
                break
    print("\n" + "\n".join([*figures(documents), *spent_lines(spent)]))
    report(documents, worst, time.monotonic() - begun, "diff-jit")
    if options.scale == 1.0 and not options.tier and worst == 0:
        print(f"budget: {BUDGET_SECONDS} s on two cores that do nothing else")
    return worst


if __name__ == "__main__":
    sys.exit(main())
