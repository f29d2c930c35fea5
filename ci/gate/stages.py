"""What the gate runs: stages in order of cost, each of tasks that may run on different shards."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ci.gate.checks import Check, discards, sabotage
from fuzz.strategies.riscv64.profiles import ROTATION, SYSTEMATIC, TABULATED

SABOTAGE_SAMPLE: Final = 60
SABOTAGE_FLOOR: Final = 0.9
"""Of a sample; of all bugs together the floor is that of `tox -e sabotage`."""
PYTEST: Final = (
    *("-m", "pytest", "-q", "-p", "ci.evidence"),
    *("-n", "2", "--dist", "loadfile", "--max-worker-restart", "0"),
)
TEST_FOLDERS: Final = (
    *("engines/vm", "engines/rustwasm", "harness", "oracles"),
    *("fuzz", "ci", "corpus", "properties", "robustness"),
)
ALONE: Final = ("tests", "tests/engines")
"""Whose files are tests that belong to none of those."""


@dataclass(frozen=True)
class Task:
    """One command.

    Attributes:
        name: unique in the gate.
        command: what follows the interpreter; `{out}` is the task's own directory.
        seconds: about what it takes on two cores; shards are balanced by it.
        check: looks at what the command left, and says what is wrong with it; empty where nothing is.
        needs: a program that must be on PATH, or the task is skipped.
    """

    name: str
    command: tuple[str, ...]
    seconds: float
    check: Check | None = None
    needs: str = ""

    def line(self, out: Path) -> list[str]:
        """The whole command line."""
        return [sys.executable, *(part.replace("{out}", str(out)) for part in self.command)]

    @property
    def missing(self) -> str:
        """The program that it needs and that is not here; empty where there is none."""
        return self.needs if self.needs and shutil.which(self.needs) is None else ""


@dataclass(frozen=True)
class Stage:
    """Tasks that show one thing."""

    name: str
    shows: str
    tasks: tuple[Task, ...] = field(default=())

    @property
    def seconds(self) -> float:
        return sum(task.seconds for task in self.tasks)


def stages(root: Path, *, scale: float = 1.0, base: str = "HEAD", seed: int = 1) -> tuple[Stage, ...]:
    """The gate's stages.

    Args:
        root: of the checkout; test folders that it has not are left out.
        scale: multiplies the number of generated cases.
        base: the revision that must not be faster.
        seed: chooses the sample of injected bugs.
    """

    def python(name: str, seconds: float, *command: str, check: Check | None = None, needs: str = "") -> Task:
        return Task(name, command, seconds, check, needs)

    def diff(
        name: str, seconds: float, oracle: str, cases: int, *more: str, profile: str = ROTATION, batch: int = 256
    ) -> Task:
        line = ["-m", "harness.cli", "diff", "riscv", "--oracle", oracle, "--cases", str(max(64, round(cases * scale)))]
        line += ["--profile", profile, "--batch", str(batch)]
        needs = oracle if oracle.startswith("qemu") else ""
        return Task(name, (*line, "--out", "{out}", *more), seconds, discards, needs)

    def pytest(name: str, seconds: float, *paths: str) -> Task:
        outputs = ("--evidence-out", "{out}/evidence.json", "--junit-xml", "{out}/junit.xml")
        return Task(name, (*PYTEST, *outputs, *paths), seconds)

    def tests(folders: Iterable[str]) -> Iterable[Task]:
        return (pytest(folder.replace("/", "-"), 60.0, folder) for folder in folders if (root / folder).is_dir())

    alone = sorted(str(p.relative_to(root)) for folder in ALONE for p in (root / folder).glob("test_*.py"))
    return (
        Stage("lint", "style", (python("ruff", 2, "-m", "ruff", "check", "--output-format=concise", "."),)),
        Stage(
            "documents",
            "generated documents are what would be generated now, and what documents name is there",
            (
                python("trophies", 2, "-m", "ci.trophies"),
                python("workflows", 1, "-m", "ci.workflows"),
                python("command-line", 3, "-m", "ci.command_line"),
                pytest("document-links", 20, "tests/ci/test_documents.py"),
            ),
        ),
        Stage("types", "mypy --strict", (python("mypy", 60, "-m", "mypy"),)),
        Stage(
            "unit",
            "the test suite",
            (
                pytest("tests", 30, *alone),
                *tests(f"tests/{folder}" for folder in TEST_FOLDERS),
            ),
        ),
        Stage("properties", "what holds for every input", tuple(tests(["properties"]))),
        Stage(
            "evidence",
            "the capability matrix says what the tests that ran show",
            (python("matrix", 1, "-m", "ci.gate.evidence", "--gate", "{out}/.."),),
        ),
        Stage(
            "diff-fixed",
            "the machine agrees with its references on seeds that never change",
            (
                diff("fixed-unicorn", 20, "unicorn-riscv64", 40_000, "--seed", "1", "--seed", "2"),
                diff("fixed-qemu", 30, "qemu-system-riscv64", 4_000, "--seed", "3"),
                diff("fixed-reference", 20, "riscv64-reference", 512, "--seed", "4"),
                diff("systematic", 10, "unicorn-riscv64", 32_000, profile=SYSTEMATIC),
                diff("tabulated", 5, "unicorn-riscv64", 342, profile=TABULATED, batch=57),
            ),
        ),
        Stage(
            "diff-fresh",
            "and on seeds that nobody has seen",
            (
                diff("fresh-unicorn", 20, "unicorn-riscv64", 40_000, "--fresh-seeds", "2"),
                diff("fresh-qemu", 30, "qemu-system-riscv64", 4_000, "--fresh-seeds", "1"),
                python("fresh-tiers", 30, "-m", "harness.cli", "diff", "riscv", "--subject", "riscv64-baseline",
                       "--oracle", "riscv64-interpreter", "--profile", "jit,loops", "--cases",
                       str(max(64, round(4_000 * scale))), "--batch", "128", "--fresh-seeds", "1", "--out", "{out}",
                       check=discards),
                python("fresh-rust", 60, "-m", "harness.cli", "diff", "rust", "--fresh", "--programs",
                       str(max(4, round(40 * scale))), "--out", "{out}"),
                python("fresh-wasm", 40, "-m", "harness.cli", "diff", "wasm", "--fresh", "--modules",
                       str(max(20, round(200 * scale))), "--out", "{out}"),
            ),
        ),
        Stage(
            "diff-programs",
            "real programs do the same here, on QEMU, on qiling and natively",
            (python("programs", 120, "-m", "harness.cli", "corpus", "run", "--set", "quick", "--out", "{out}"),),
        ),
        Stage(
            "benchmarks",
            "this tree is not slower than the one before",
            (
                python("bench", 60, "-m", "ci.bench_gate", "--base", base, "--cache", "{out}/..",
                       "--history", "{out}/../history.jsonl"),
            ),
        ),
        Stage(
            "sabotage",
            f"at least {SABOTAGE_FLOOR:.0%} of a sample of injected bugs are found",
            (
                python("sabotage-sample", 150, "-m", "harness.cli", "sabotage", "--sample", str(SABOTAGE_SAMPLE),
                       "--seed", str(seed), "--floor", str(SABOTAGE_FLOOR), "--out", "{out}", check=sabotage),
            ),
        ),
    )  # fmt: skip


def shard(all_stages: Iterable[Stage], number: int, of: int) -> tuple[Stage, ...]:
    """The stages with the tasks of shard `number` (from 1), balanced by their seconds; the same on every machine.

    What a shard has of a stage depends on nothing but the stages. The stage `evidence` needs all tests, so it is left
    out where there are several shards.

    Raises:
        ValueError: no such shard.
    """
    if not 1 <= number <= of:
        raise ValueError(f"shard {number}/{of}: the first is 1/{of} and the last {of}/{of}")
    kept = [stage for stage in all_stages if of == 1 or stage.name != "evidence"]
    tasks = sorted(((task.seconds, task.name) for stage in kept for task in stage.tasks), reverse=True)
    load = [0.0] * of
    mine: set[str] = set()
    for seconds, name in tasks:
        lightest = min(range(of), key=lambda i: (load[i], i))
        load[lightest] += seconds
        if lightest == number - 1:
            mine.add(name)
    return _with_tasks(kept, lambda task: task.name in mine)


def chosen(all_stages: Iterable[Stage], names: Iterable[str]) -> tuple[Stage, ...]:
    """The stages, or single tasks, of these names; all where there are none.

    Raises:
        ValueError: a name that there is none of.
    """
    have, wanted = tuple(all_stages), set(names)
    known = {stage.name for stage in have} | {task.name for stage in have for task in stage.tasks}
    if wanted - known:
        unknown = ", ".join(sorted(wanted - known))
        raise ValueError(f"no stage or task is called {unknown}; there are {', '.join(stage.name for stage in have)}")
    if not wanted:
        return have
    whole = {task.name for stage in have if stage.name in wanted for task in stage.tasks}
    return _with_tasks(have, lambda task: task.name in wanted | whole)


def _with_tasks(have: Iterable[Stage], keep: Callable[[Task], bool]) -> tuple[Stage, ...]:
    found = (Stage(stage.name, stage.shows, tuple(filter(keep, stage.tasks))) for stage in have)
    return tuple(stage for stage in found if stage.tasks)
