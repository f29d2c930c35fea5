"""Does directed generation find hard bugs sooner? `tox -e direction`.

Injected bugs of the machine are searched for twice: by random programs, profile after profile as campaigns rotate
them, and by the same programs with batches of directed ones in between (fuzz/strategies/riscv64/directed.py and
systematic.py). Hard is the third of the bugs that random programs take longest to find; that is decided with seeds of
its own, so that chance which made a bug look hard does not count as the gain of direction, and only hard bugs are then
searched for both ways. A search costs the processor time that its batches cost with nothing injected: generation,
subject, oracle and comparison. A bug that is not found costs the whole search and counts as no kill.

Printed, and written to docs/reference/direction.md with `--write`: kills per minute of either search over the hard
third, their ratio with a bootstrap interval over bugs, and the Mann-Whitney test of the times to kill.

Exit status: 0 the ratio is at least 2, 1 it is not, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import random
import resource
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.choices import GENERATOR_VERSION

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "direction.md"
LEAST_RATIO: Final = 2.0
SUBJECT: Final = "riscv64-interpreter"
ORACLE: Final = "unicorn-riscv64"
BATCH_CASES: Final = 256
ROTATION: Final = ("default", "fp", "default", "memory", "compressed", "default", "control", "atomic", "traps", "noise")
NEIGHBOURS: Final = "words"
SEARCHES: Final = ("random", "directed")
NEIGHBOUR_STRIDE: Final = 1_024
"""So far apart two seeds start among those words, which are the same for all seeds."""
CHOICE_SEED: Final = 50
"""Of the searches that decide what is hard."""
FIRST_SEED: Final = 100
"""Of those that are compared, one seed after the other."""
TIMES_MEASURED: Final = 3
HANG_SECONDS: Final = 120
"""Of processor time, after which a process with a bug is ended; one that sleeps is after `ASLEEP_SECONDS`."""
ASLEEP_SECONDS: Final = 3_600
RESAMPLES: Final = 2_000


@dataclass(frozen=True, eq=False)
class Batch:
    """A batch, the oracle's answer, the rows that errata explain, and what all of it took on one core."""

    batch: Any
    oracle: Any
    excused: NDArray[np.bool_]
    seconds: float


@dataclass(frozen=True)
class Found:
    """One search for one bug: programs and seconds until it was found, or until the end of the search."""

    killed: bool
    cases: int
    seconds: float


def profiles(search: str) -> Iterator[str]:
    """The profile of each batch of a search; `NEIGHBOURS` is a batch of instruction words beside legal ones."""
    number = 0
    while True:
        yield ROTATION[number % len(ROTATION)]
        if search == "directed":
            yield from ("directed", "directed", NEIGHBOURS, "directed")
        number += 1


def record(search: str, seed: int, seconds: float, known: dict[tuple[str, int], Batch]) -> list[Batch]:
    """Batches of a search that together cost `seconds`, with the oracle's answers.

    Args:
        known: batches of this seed that another search has as well, by profile and number: they cost the same in both.
    """
    from fuzz.strategies.riscv64 import generate
    from fuzz.strategies.riscv64.systematic import section, systematic
    from harness.registry import create

    out: list[Batch] = []
    words = section("words")
    neighbour = seed * NEIGHBOUR_STRIDE % len(words)
    with (
        contextlib.closing(create(ORACLE, isolated=False)) as oracle,
        contextlib.closing(create(SUBJECT, isolated=False)) as subject,
    ):
        _measured(lambda: generate(seed, 0, BATCH_CASES), subject, oracle)
        spent = 0.0
        for number, profile in enumerate(profiles(search)):
            if profile == NEIGHBOURS:
                make = partial(systematic, neighbour, BATCH_CASES, words)
                neighbour = (neighbour + BATCH_CASES) % len(words)
            else:
                make = partial(generate, seed, number * BATCH_CASES, BATCH_CASES, profile)
            one = known.get((profile, number))
            if one is None:
                one = known[profile, number] = _measured(make, subject, oracle)
            out.append(one)
            spent += one.seconds
            if spent > seconds:
                return out
    return out


def _measured(make: Callable[[], Any], subject: Any, oracle: Any) -> Batch:
    """A batch and what it costs: the least of a few times, so that what else runs here counts little."""
    from harness.compare.machine import compare_batches

    least = math.inf
    for _ in range(TIMES_MEASURED):
        begun = time.process_time()
        batch = make()
        theirs = oracle.run_batch(batch)
        found = compare_batches(batch, subject.run_batch(batch), theirs)
        least = min(least, time.process_time() - begun)
    excused = np.zeros(BATCH_CASES, np.bool_)
    excused[found.diverged()] = True
    return Batch(batch, theirs, excused, least)


def search(recorded: Sequence[Batch], subject: Any) -> Found:
    """Run the recorded batches on a subject until one shows a difference."""
    from harness.compare.machine import compare_batches

    cases, seconds = 0, 0.0
    for one in recorded:
        diverged = compare_batches(one.batch, subject.run_batch(one.batch), one.oracle).diverged()
        shown = diverged[~one.excused[diverged]]
        seconds += one.seconds
        if len(shown):
            return Found(True, cases + int(shown[0]) + 1, seconds)
        cases += BATCH_CASES
    return Found(False, cases, seconds)


def examine(name: str, recorded: Mapping[str, Sequence[Sequence[Batch]]]) -> dict[str, list[Found]] | None:
    """The recorded searches for one bug, seed by seed, in a fork; None where it ends the process or cannot be built."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        os.close(read_end)
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (HANG_SECONDS, HANG_SECONDS))
            signal.alarm(ASLEEP_SECONDS)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            _examine_here(name, recorded, write_end)
            code = 0
        finally:
            os._exit(code)
    os.close(write_end)
    try:
        with os.fdopen(read_end, "rb") as stream:
            data = stream.read()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not data:
        return None
    answer = json.loads(data)
    return {kind: [Found(*one) for one in found] for kind, found in answer.items()}


def _examine_here(name: str, recorded: Mapping[str, Sequence[Sequence[Batch]]], write_end: int) -> None:
    from fuzz.sabotage import apply
    from fuzz.sabotage.judges.machine import GeneratedPrograms

    apply(name)
    subject = GeneratedPrograms(SUBJECT).subject_with_bug()
    answer = {
        kind: [[found.killed, found.cases, found.seconds] for found in (search(one, subject) for one in seeds)]
        for kind, seeds in recorded.items()
    }
    with os.fdopen(write_end, "w") as stream:
        json.dump(answer, stream)


def rate(results: Sequence[Mapping[str, Sequence[Found]]], kind: str) -> float:
    """Kills per minute of search."""
    every = [found for result in results for found in result[kind]]
    return 60 * sum(found.killed for found in every) / sum(found.seconds for found in every)


def interval(results: Sequence[Mapping[str, Sequence[Found]]], seed: int = 1) -> tuple[float, float]:
    """The 95 % bootstrap interval, over bugs, of directed kills per minute by random ones."""
    draw = random.Random(seed)
    ratios = sorted(
        rate(sample, "directed") / max(rate(sample, "random"), 1e-9)
        for sample in (draw.choices(results, k=len(results)) for _ in range(RESAMPLES))
    )
    return ratios[int(0.025 * RESAMPLES)], ratios[int(0.975 * RESAMPLES)]


def mann_whitney(left: Sequence[float], right: Sequence[float]) -> float:
    """The one-sided p-value that `right` is not smaller than `left`, by the normal approximation with ties.

    Source: H. B. Mann, D. R. Whitney (1947).
    """
    values = np.concatenate([left, right])
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    unique, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    means = np.zeros(len(unique))
    np.add.at(means, inverse, ranks)
    ranks = (means / counts)[inverse]
    n, m = len(left), len(right)
    u = ranks[n:].sum() - m * (m + 1) / 2
    ties = float((counts**3 - counts).sum()) / ((n + m) * (n + m - 1))
    spread = math.sqrt(n * m / 12 * (n + m + 1 - ties))
    return 0.5 * math.erfc(-(u - n * m / 2 + 0.5) / spread / math.sqrt(2)) if spread else 1.0


def hard_third(chosen: Mapping[str, Sequence[Found]]) -> list[str]:
    """The third of the bugs that random programs take longest to find; ones they miss first."""

    def hardness(name: str) -> float:
        return statistics.mean(found.seconds + (0 if found.killed else 1e6) for found in chosen[name])

    return sorted(chosen, key=hardness, reverse=True)[: max(1, len(chosen) // 3)]


def page(results: Mapping[str, Mapping[str, Sequence[Found]]], examined: int, seeds: int, budget: float) -> str:
    """The result, bug by hard bug, as Markdown; `examined` are all of which they are the hard third."""
    hard = list(results.values())
    low, high = interval(hard)
    ratio = rate(hard, "directed") / max(rate(hard, "random"), 1e-9)
    times = {kind: [found.seconds for result in hard for found in result[kind]] for kind in SEARCHES}
    lines = [
        "# Direction: does it find hard bugs sooner?",
        "",
        f"Generated by `tox -e direction -- --write` with programs of generator version {GENERATOR_VERSION}: of "
        f"{examined} injected bugs of the machine, the third that random programs take longest to find (judged by "
        f"searches with other seeds), {len(hard)} bugs; {seeds} seeds each, at most {budget:g} s of one core a search. "
        "Times are processor times of generation, subject, oracle and comparison together.",
        "",
        "| | random | directed |",
        "|---|---|---|",
        f"| kills per minute, hard third | {rate(hard, 'random'):.1f} | {rate(hard, 'directed'):.1f} |",
        *(f"| {text} |" for text in _summaries(hard, times)),
        "",
        f"Ratio over the hard third: {ratio:.2f}, bootstrap interval over bugs {low:.2f} to {high:.2f} (95 %). "
        f"Mann-Whitney, times to kill: p = {mann_whitney(times['random'], times['directed']):.1e}.",
        "",
        "| bug | random: found, median s | directed: found, median s |",
        "|---|---|---|",
    ]
    for name in results:
        cells = []
        for kind in SEARCHES:
            found = results[name][kind]
            middle = statistics.median(one.seconds for one in found)
            cells.append(f"{sum(one.killed for one in found)} of {len(found)}, {middle:.2f}")
        lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def _summaries(hard: Sequence[Mapping[str, Sequence[Found]]], times: Mapping[str, Sequence[float]]) -> Iterator[str]:
    kills = {kind: sum(found.killed for result in hard for found in result[kind]) for kind in SEARCHES}
    yield f"searches that found the bug | {kills['random']} of {len(times['random'])} | {kills['directed']}"
    medians = [statistics.median(times[kind]) for kind in SEARCHES]
    yield f"median seconds to kill | {medians[0]:.2f} | {medians[1]:.2f}"


def compare(names: Sequence[str], seeds: int, budget: float) -> tuple[dict[str, dict[str, list[Found]]], int]:
    """Both searches for the hard third of the bugs named, and of how many that is a third: a bug that ends the process
    is none of them."""
    choosing = {"random": [record("random", CHOICE_SEED, budget, {})]}
    chosen: dict[str, list[Found]] = {}
    for number, name in enumerate(names, 1):
        found = examine(name, choosing)
        if found is not None:
            chosen[name] = found["random"]
        if number % 20 == 0:
            print(f"chosen from {number}/{len(names)} bugs; {number - len(chosen)} end the process", flush=True)
    known: list[dict[tuple[str, int], Batch]] = [{} for _ in range(seeds)]
    recorded = {
        kind: [record(kind, FIRST_SEED + seed, budget, known[seed]) for seed in range(seeds)] for kind in SEARCHES
    }
    results: dict[str, dict[str, list[Found]]] = {}
    hard = hard_third(chosen) if chosen else []
    for number, name in enumerate(hard, 1):
        found = examine(name, recorded)
        if found is not None:
            results[name] = found
        if number % 20 == 0:
            print(f"searched for {number}/{len(hard)} hard bugs", flush=True)
    return results, len(chosen)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ci.bench_direction", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, help="seeds per hard bug and search (default 5)")
    parser.add_argument("--budget", type=float, default=4.0, help="seconds of a search (default 4)")
    parser.add_argument("--bugs", type=int, default=0, help="examine so many bugs, chosen at random; 0: all (default)")
    parser.add_argument("--write", action="store_true", help=f"renew {PAGE.relative_to(PAGE.parents[2])}")
    options = parser.parse_args(arguments)
    if not (1 <= options.seeds <= 100 and 0.1 <= options.budget <= 600 and options.bugs >= 0):
        parser.error("--seeds must be 1 to 100, --budget 0.1 to 600 and --bugs not negative")
    from fuzz.sabotage import BUGS
    from fuzz.sabotage.judges.machine import GeneratedPrograms

    names = [name for name, bug in BUGS.items() if SUBJECT in bug.judges and not bug.equivalent]
    random.Random(1).shuffle(names)
    names = names[: options.bugs] if options.bugs else names
    GeneratedPrograms(SUBJECT).prepare_subject()
    try:
        results, examined = compare(names, options.seeds, options.budget)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    if not results:
        print("no bug could be examined", file=sys.stderr)
        return 2
    text = page(results, examined, options.seeds, options.budget)
    print(text)
    if options.write:
        PAGE.write_text(text)
    hard = list(results.values())
    return 0 if rate(hard, "directed") >= LEAST_RATIO * rate(hard, "random") else 1


if __name__ == "__main__":
    sys.exit(main())
