"""Is this tree slower than another one? `python -m ci.bench_gate --base REVISION`

Both trees run at the same time of day on the same core: one process each, asked in turn for slices of fixed work
(`ci.bench_slices`). What counts is the median of the ratios of turns, in processor time: what disturbs one side of a
turn by chance disturbs the other as often. Turns go on until the middle of those ratios is known to two per cent; each
is measured from new processes again, thrice where the two do not agree that it is below the limit.

With `--history` the ratios, and the times against a yardstick that no commit changes, are appended to a file of JSON
lines, from which `counterproof report` draws the trend.

Exit status: 0 not slower, 1 slower, 2 wrong usage, 3 it could not be measured, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import time
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO, Any, Final

from harness.report.trend import Measure, append
from harness.triage.history import Environments, HistoryError, Repository
from harness.triage.tree import ROOT, current_tree

LIMIT: Final = 1.12
"""A slice that takes more than this times what it took is a slowdown. Twenty per cent must fail, noise must not."""
KNOWN: Final = 0.02
"""A measurement ends when the 95 % confidence interval of the median reaches no further than this from it."""
LEAST_TURNS: Final = 30
MOST_TURNS: Final = 200
YARDSTICK: Final = "yardstick"
START_SECONDS: Final = 300.0


class BenchError(RuntimeError):
    """A side could not be measured; the message has its own words."""


@dataclass(frozen=True)
class Side:
    """A tree and the interpreter that runs it."""

    name: str
    python: str
    tree: Path
    slower: tuple[str, ...] = ()


class Runner:
    """A process that runs slices of one tree."""

    def __init__(self, side: Side, core: int) -> None:
        self.side = side
        script = Path(__file__).with_name("bench_slices.py")
        planted = [part for text in side.slower for part in ("--slower", text)]
        self._process = subprocess.Popen(
            [side.python, "-P", str(script), "--core", str(core), *planted],
            cwd=side.tree,
            env=dict(os.environ) | {"PYTHONPATH": str(side.tree), "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            self.slices = tuple(str(name) for name in self._answer()["slices"])
        except BenchError:
            self.close()
            raise

    def seconds(self, name: str) -> float:
        """Processor seconds of one slice.

        Raises:
            BenchError: the process died.
        """
        stdin = _pipe(self._process.stdin)
        try:
            stdin.write(name + "\n")
            stdin.flush()
        except BrokenPipeError:
            pass  # why it died is on its other pipe
        return float(self._answer()["seconds"])

    def _answer(self) -> dict[str, Any]:
        line = _pipe(self._process.stdout).readline()
        if not line:
            words = _pipe(self._process.stderr).read().strip()[-800:]
            raise BenchError(f"{self.side.name}: the benchmark ended: {words or 'without a word'}")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()


@dataclass(frozen=True)
class Ratio:
    """What was measured of one slice: the fastest on either side, in seconds of processor time, and how many times as
    long as the old side the new one takes: the median over all turns."""

    name: str
    new: float
    old: float
    turns: int
    value: float


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def measure(new: Side, old: Side, names: Sequence[str] = ()) -> list[Ratio]:
    """The ratios of every slice that both sides have, or of `names`; both sides run on the same core.

    Raises:
        BenchError: a side cannot be run, or they have no slice in common.
    """
    runners: list[Runner] = []
    core = min(os.sched_getaffinity(0))
    try:
        for side in (new, old):
            runners.append(Runner(side, core))  # noqa: PERF401  (what is started is closed when the other fails)
        common = [name for name in runners[0].slices if name in runners[1].slices and (not names or name in names)]
        if not common:
            raise BenchError(f"{new.name} and {old.name} have none of {', '.join(names) or 'the slices'} in common")
        return [_ratio(name, *runners) for name in common]
    finally:
        for runner in runners:
            runner.close()


def _ratio(name: str, new: Runner, old: Runner) -> Ratio:
    seconds: tuple[list[float], list[float]] = ([], [])
    ratios: list[float] = []
    while len(ratios) < LEAST_TURNS or (len(ratios) < MOST_TURNS and not _known(ratios)):
        for side in (0, 1) if len(ratios) % 2 else (1, 0):
            seconds[side].append((new, old)[side].seconds(name))
        insort(ratios, seconds[0][-1] / seconds[1][-1])
    return Ratio(name, min(seconds[0]), min(seconds[1]), len(ratios), median(ratios))


def _known(ratios: Sequence[float]) -> bool:
    """Whether the median of these sorted ratios is known closely enough: the binomial interval of order statistics
    (Conover, Practical Nonparametric Statistics, 3.2), by the normal approximation."""
    reach = 0.98 * len(ratios) ** 0.5
    low, high = ratios[int(len(ratios) / 2 - reach)], ratios[math.ceil(len(ratios) / 2 + reach)]
    middle = median(ratios)
    return bool(max(high - middle, middle - low) <= KNOWN * middle)


def judged(new: Side, old: Side, limit: float, names: Sequence[str] = ()) -> list[Ratio]:
    """Ratios, each the median of three from new processes: where a process happens to lie in memory can cost it, or
    seem to save it, a fifth. Of what is below `limit` twice the third is not measured.

    Raises:
        BenchError: as `measure`.
    """
    found: dict[str, list[Ratio]] = {}
    for _ in range(2):
        for ratio in measure(new, old, names):
            found.setdefault(ratio.name, []).append(ratio)
    if slow := [name for name, ratios in found.items() if name != YARDSTICK and max(r.value for r in ratios) > limit]:
        for ratio in measure(new, old, slow):
            found[ratio.name].append(ratio)
    return [sorted(ratios, key=lambda ratio: ratio.value)[len(ratios) // 2] for ratios in found.values()]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ci.bench_gate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", default="HEAD", help="the revision that is held against (default: HEAD)")
    parser.add_argument("--limit", type=float, default=LIMIT, help=f"largest ratio (default: {LIMIT})")
    parser.add_argument("--history", type=Path, help="append what was measured to this file of JSON lines")
    parser.add_argument("--cache", type=Path, default=Path("out/bench"), help="the other tree is checked out here")
    parser.add_argument("--slower", action="append", default=[], metavar="NAME=FACTOR", help="plant a slowdown here")
    options = parser.parse_args(arguments)
    if not 1.0 < options.limit < 10.0:
        parser.error(f"--limit is {options.limit}; it must be above 1 and below 10")
    repository = Repository(ROOT)
    place = (options.cache / "base").resolve()
    try:
        commit = repository.commit(options.base)
        place.parent.mkdir(parents=True, exist_ok=True)
        _checkout(repository, commit, place)
        python = Environments((options.cache / "environments").resolve()).python(place)
        if python is None:
            raise BenchError(f"{options.base} needs packages that cannot be installed here")
        new = Side("this tree", sys.executable, ROOT, tuple(options.slower))
        ratios = judged(new, Side(options.base, python, place), options.limit)
        if options.history is not None:
            append(options.history, _measures(ratios, options.limit))
    except (HistoryError, BenchError, OSError) as error:
        print(f"bench_gate: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    return report(ratios, options.base, commit, options.limit)


def _checkout(repository: Repository, commit: str, place: Path) -> None:
    """A worktree of `commit` at `place`, kept for the next run."""
    if (place / ".git").exists():
        Repository(place).git("checkout", "--quiet", "--detach", "--force", commit)
        return
    repository.git("worktree", "prune")
    repository.git("worktree", "add", "--force", "--detach", "--quiet", str(place), commit)


def report(ratios: Sequence[Ratio], base: str, commit: str, limit: float) -> int:
    """Print the ratios; 1 where one is over the limit."""
    print(f"this tree against {base} ({commit[:12]}): processor time, fastest and median ratio; limit {limit:.2f}")
    for ratio in ratios:
        verdict = "SLOWER" if _counts(ratio) and ratio.value > limit else "ok"
        print(
            f"  {verdict:<7}{ratio.name:<14}{1e3 * ratio.new:9.2f} ms{1e3 * ratio.old:9.2f} ms"
            f"{ratio.value:8.3f} ×  ({ratio.turns} turns)"
        )
    return int(any(_counts(ratio) and ratio.value > limit for ratio in ratios))


def _counts(ratio: Ratio) -> bool:
    """The yardstick is no work of ours: its ratio only shows how steady the machine is."""
    return ratio.name != YARDSTICK


def _measures(ratios: Sequence[Ratio], limit: float) -> list[Measure]:
    """Each ratio, and each time in units of the yardstick's."""
    yardstick = next((ratio.new for ratio in ratios if ratio.name == YARDSTICK), None)
    now, tree, machine = time.time(), current_tree().name, platform.node()
    found = [Measure(now, tree, machine, f"{r.name} ÷ base", r.value, "×", limit) for r in ratios if _counts(r)]
    if yardstick:
        relative = ((r.name, r.new / yardstick) for r in ratios if _counts(r))
        found += [Measure(now, tree, machine, f"{name} ÷ yardstick", value, "×") for name, value in relative]
    return found


if __name__ == "__main__":
    sys.exit(main())
