"""Does directed generation find hard bugs sooner? `tox -e direction`.

Injected bugs of the machine are searched for twice: by random programs, profile after profile as campaigns rotate
them, and by the same programs in the same order with a batch of directed ones and one of listed ones after each
(fuzz/strategies/riscv64/directed.py and systematic.py). Both begin alike, so what the first batch shows is a tie. Hard
is the third of the bugs that random programs take longest to find; that is decided with seeds of its own, so that
chance which made a bug look hard does not count as the gain of direction, and only hard bugs are then searched for both
ways, with several seeds.

Time is processor time of generation, subject, oracle and comparison with nothing injected. What a batch of each profile
costs is measured beforehand and stands on the page, so that the time of a search follows from which batches it had and
where in the last one the bug showed: what else the machine does moves the table, not who is first. A bug that is not
found costs the whole search and counts as no kill.

Printed, and written to docs/reference/direction.md with `--write`: kills per minute of either search over the hard
third, and their ratio with a bootstrap interval over bugs; the log-rank test of the times to kill, stratified by bug,
for which a search that found nothing is censored; and on how many bugs which search was sooner, with the sign test.

Exit status: 0 the ratio is at least 2, 1 it is not, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import math
import os
import random
import resource
import signal
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.choices import GENERATOR_VERSION

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "direction.md"
LEAST_RATIO: Final = 2.0
SUBJECT: Final = "riscv64-interpreter"
ORACLE: Final = "unicorn-riscv64"
BATCH_CASES: Final = 128
ROTATION: Final = ("default", "fp", "default", "memory", "compressed", "default", "control", "atomic", "traps", "noise")
NEIGHBOURS: Final = "words"
DIRECTED: Final = ("directed", NEIGHBOURS)
"""Of a directed search, what comes after each random batch."""
DIRECTED_SEED: Final = 1_000
"""Added to the seed of a search for its directed programs: those of one number and other profiles are alike."""
SEARCHES: Final = ("random", "directed")
NEIGHBOUR_STRIDE: Final = 1_024
"""So far apart two seeds start among those words, which are the same for all seeds."""
CHOICE_SEEDS: Final = (50, 51, 52)
"""Of the searches that decide what is hard."""
COST_SEED: Final = 40
"""Of the batches whose costs are measured."""
COST_BATCHES: Final = 7
"""Batches of each profile, the median of which is what one costs."""
FIRST_SEED: Final = 100
"""Of those that are compared, one seed after the other."""
TIMES_MEASURED: Final = 3
HANG_SECONDS: Final = 120
"""Of processor time, after which a process with a bug is ended; one that sleeps is after `ASLEEP_SECONDS`."""
ASLEEP_SECONDS: Final = 3_600
RESAMPLES: Final = 2_000


@dataclass(frozen=True, eq=False)
class Batch:
    """A batch, the oracle's answer, the rows that errata explain, and what a batch of its profile takes on one core."""

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
    for profile in itertools.cycle(ROTATION):
        yield from (profile,) if search == "random" else (profile, *DIRECTED)


def make(profile: str, seed: int, turn: int) -> Any:
    """The batch of a profile in one turn of a search: a random batch and, if it is directed, what comes after that."""
    from fuzz.strategies.riscv64 import generate
    from fuzz.strategies.riscv64.systematic import section, systematic

    if profile == NEIGHBOURS:
        words = section("words")
        return systematic((seed * NEIGHBOUR_STRIDE + turn * BATCH_CASES) % len(words), BATCH_CASES, words)
    return generate(seed + DIRECTED_SEED * (profile in DIRECTED), turn * BATCH_CASES, BATCH_CASES, profile)


def costs(subject: Any, oracle: Any) -> dict[str, float]:
    """What a batch of each profile costs in seconds of one core: the median batch, each at its least of a few times."""
    from harness.compare.machine import compare_batches

    def once(profile: str, turn: int) -> float:
        begun = time.process_time()
        batch = make(profile, COST_SEED, turn)
        compare_batches(batch, subject.run_batch(batch), oracle.run_batch(batch))
        return time.process_time() - begun

    def batch_cost(profile: str, turn: int) -> float:
        return min(once(profile, turn) for _ in range(TIMES_MEASURED))

    every = sorted({*ROTATION, *DIRECTED})
    return {profile: statistics.median(batch_cost(profile, n) for n in range(COST_BATCHES)) for profile in every}


def record(search: str, seed: int, seconds: float, cost: Mapping[str, float], subject: Any, oracle: Any) -> list[Batch]:
    """Batches of a search that together cost `seconds`, with the oracle's answers."""
    from harness.compare.machine import compare_batches

    out: list[Batch] = []
    spent = 0.0
    for number, profile in enumerate(profiles(search)):
        batch = make(profile, seed, number if search == "random" else number // (1 + len(DIRECTED)))
        theirs = oracle.run_batch(batch)
        excused = np.zeros(BATCH_CASES, np.bool_)
        excused[compare_batches(batch, subject.run_batch(batch), theirs).diverged()] = True
        out.append(Batch(batch, theirs, excused, cost[profile]))
        spent += cost[profile]
        if spent > seconds:
            break
    return out


def search(recorded: Sequence[Batch], subject: Any) -> Found:
    """Run the recorded batches on a subject until one shows a difference; of that batch the programs up to it count."""
    from harness.compare.machine import compare_batches

    cases, seconds = 0, 0.0
    for one in recorded:
        diverged = compare_batches(one.batch, subject.run_batch(one.batch), one.oracle).diverged()
        shown = diverged[~one.excused[diverged]]
        if len(shown):
            tried = int(shown[0]) + 1
            return Found(True, cases + tried, seconds + one.seconds * tried / BATCH_CASES)
        cases += BATCH_CASES
        seconds += one.seconds
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
    subject = GeneratedPrograms(SUBJECT).subject_with_bug(name)
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


def log_rank(results: Sequence[Mapping[str, Sequence[Found]]]) -> float:
    """The one-sided p-value that directed searches kill no sooner: the log-rank test with each bug a stratum.

    Searches that found nothing are censored at their ends. 1 where there was no kill.

    Source: N. Mantel (1966); R. Peto, J. Peto (1972).
    """
    excess = variance = 0.0
    for result in results:
        for at in {found.seconds for kind in SEARCHES for found in result[kind] if found.killed}:
            risk = [sum(found.seconds >= at for found in result[kind]) for kind in SEARCHES]
            kills = [sum(found.killed and found.seconds == at for found in result[kind]) for kind in SEARCHES]
            every, dead = sum(risk), sum(kills)
            excess += kills[1] - dead * risk[1] / every
            if every > 1:
                variance += dead * risk[0] * risk[1] * (every - dead) / (every**2 * (every - 1))
    return 0.5 * math.erfc(excess / math.sqrt(2 * variance)) if variance else 1.0


def sooner(results: Sequence[Mapping[str, Sequence[Found]]]) -> tuple[int, int, float]:
    """Bugs that directed searches found sooner and those that random ones did, by mean times, and the one-sided p-value
    of the sign test. Bugs that neither found are left out."""
    means = [[statistics.mean(found.seconds for found in result[kind]) for kind in SEARCHES] for result in results]
    found = [any(one.killed for kind in SEARCHES for one in result[kind]) for result in results]
    better = sum(directed < random for (random, directed), shown in zip(means, found, strict=True) if shown)
    worse = sum(directed > random for (random, directed), shown in zip(means, found, strict=True) if shown)
    tosses = better + worse
    return better, worse, sum(math.comb(tosses, wins) for wins in range(better, tosses + 1)) / 2**tosses


def hard_third(chosen: Mapping[str, Sequence[Found]]) -> list[str]:
    """The third of the bugs that random programs take longest to find; ones they miss first."""

    def hardness(name: str) -> float:
        return statistics.mean(found.seconds + (0 if found.killed else 1e6) for found in chosen[name])

    return sorted(chosen, key=hardness, reverse=True)[: max(1, len(chosen) // 3)]


def page(
    results: Mapping[str, Mapping[str, Sequence[Found]]],
    examined: int,
    of: int,
    budget: float,
    cost: Mapping[str, float],
) -> str:
    """The result, bug by hard bug, as Markdown: they are the hard third of `examined` ones, drawn from `of`."""
    hard = list(results.values())
    low, high = interval(hard)
    ratio = rate(hard, "directed") / max(rate(hard, "random"), 1e-9)
    better, worse, toss = sooner(hard)
    lines = [
        "# Direction: does it find hard bugs sooner?",
        "",
        f"Generated by `tox -e direction -- --write` with programs of generator version {GENERATOR_VERSION}: of "
        f"{examined} injected bugs of the machine (drawn from {of}), the third that random programs take longest to "
        f"find (judged by searches with other seeds), {len(hard)} bugs; {len(hard[0]['random'])} seeds each, at most "
        f"{budget:g} s of one core a search. Times are processor times of generation, subject, oracle and comparison "
        "together; which programs a search has, and so which of them shows the bug, depends on nothing but the seed.",
        "",
        "| | random | directed |",
        "|---|---|---|",
        *(f"| {text} |" for text in _summaries(hard)),
        "",
        f"Kills per minute: {ratio:.2f} times as many, bootstrap interval over bugs {low:.2f} to {high:.2f} (95 %).",
        "",
        f"Times to kill: log-rank test with each bug a stratum and searches that found nothing censored, one-sided "
        f"p = {log_rank(hard):.1e}. By mean times directed searches are sooner for {better} bugs and random ones for "
        f"{worse} (sign test, one-sided p = {toss:.1e}).",
        "",
        f"A batch of {BATCH_CASES} programs costs, in ms: "
        + ", ".join(f"{profile} {1e3 * seconds:.1f}" for profile, seconds in cost.items())
        + ".",
        "",
        "| bug | random: found, median s | directed: found, median s |",
        "|---|---|---|",
    ]
    for name in results:
        cells = []
        for kind in SEARCHES:
            found = results[name][kind]
            middle = statistics.median(one.seconds for one in found)
            cells.append(f"{sum(one.killed for one in found)} of {len(found)}, {middle:.3f}")
        lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def _summaries(hard: Sequence[Mapping[str, Sequence[Found]]]) -> Iterator[str]:
    every = [[found for result in hard for found in result[kind]] for kind in SEARCHES]
    yield f"kills per minute, hard third | {rate(hard, 'random'):.1f} | {rate(hard, 'directed'):.1f}"
    kills = [sum(found.killed for found in searches) for searches in every]
    yield f"searches that found the bug | {kills[0]} of {len(every[0])} | {kills[1]}"
    medians = [statistics.median(found.seconds for found in searches) for searches in every]
    yield f"median seconds of a search | {medians[0]:.3f} | {medians[1]:.3f}"
    programs = [statistics.median(found.cases for found in searches) for searches in every]
    yield f"median programs of a search | {programs[0]:,.0f} | {programs[1]:,.0f}"


def compare(
    names: Sequence[str], seeds: int, budget: float
) -> tuple[dict[str, dict[str, list[Found]]], int, dict[str, float]]:
    """Both searches for the hard third of the bugs named, of how many that is a third (a bug that ends the process is
    none of them), and what batches cost."""
    from harness.registry import create

    with (
        contextlib.closing(create(ORACLE, isolated=False)) as oracle,
        contextlib.closing(create(SUBJECT, isolated=False)) as subject,
    ):
        cost = costs(subject, oracle)
        choosing = {"random": [record("random", seed, budget, cost, subject, oracle) for seed in CHOICE_SEEDS]}
        recorded = {
            kind: [record(kind, FIRST_SEED + seed, budget, cost, subject, oracle) for seed in range(seeds)]
            for kind in SEARCHES
        }
    chosen: dict[str, list[Found]] = {}
    for number, name in enumerate(names, 1):
        found = examine(name, choosing)
        if found is not None:
            chosen[name] = found["random"]
        if number % 20 == 0:
            print(f"chosen from {number}/{len(names)} bugs; {number - len(chosen)} end the process", flush=True)
    results: dict[str, dict[str, list[Found]]] = {}
    hard = hard_third(chosen) if chosen else []
    for number, name in enumerate(hard, 1):
        found = examine(name, recorded)
        if found is not None:
            results[name] = found
        if number % 20 == 0:
            print(f"searched for {number}/{len(hard)} hard bugs", flush=True)
    return results, len(chosen), cost


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
    of = len(names)
    names = names[: options.bugs or of]
    GeneratedPrograms(SUBJECT).prepare_subject()
    try:
        results, examined, cost = compare(names, options.seeds, options.budget)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    if not results:
        print("no bug could be examined", file=sys.stderr)
        return 2
    text = page(results, examined, of, options.budget, cost)
    print(text)
    if options.write:
        PAGE.write_text(text)
    hard = list(results.values())
    return 0 if rate(hard, "directed") >= LEAST_RATIO * rate(hard, "random") else 1


if __name__ == "__main__":
    sys.exit(main())
