"""Programs in step: every tier has the state that the interpreter has, each time so many instructions have retired.

Generated programs are short, and what a tier makes of a real program's hot code is entered and left at places that they
hardly have. So the kernels of corpus/programs run on the interpreter and on each compiling tier, once without anything
kept, once with what that kept, and from an image; a hash of all registers is taken at every stop. A difference is told
with the stop before it, so a wrong value is found where it arises, not where the program ends.

`tox -e diff-jit` runs it; `python -m ci.programs_in_step` does by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from corpus.programs.builder import build
from engines.vm.runtime.object_cache import VARIABLE

KERNELS: Final = {
    "list": "60",
    "matrix": "300",
    "states": "600",
    "sieve": "300000",
    "matmul": "60",
    "sha256": "3000",
    "nbody": "12000",
    "sort": "60000",
    "mandelbrot": "60",
    "crc32": "800",
    "interpreter": "60",
    "strings": "9000",
    "calls": "28",
}
"""With arguments that make each retire some ten to eighty million instructions."""
EVERY: Final = 997
"""Instructions between stops: a prime number, so that stops fall on all of a loop's instructions."""
REFERENCE: Final = "interpreter"
IMAGE: Final = "program.cpi"
INTERRUPTED: Final = 130
SECONDS: Final = 600.0
"""That a run may take."""

State = tuple[int, str]
"""Instructions that have retired, and a hash of the registers."""


@dataclass(frozen=True)
class Way:
    """One way to run a program.

    Attributes:
        name: as it is printed. tier: that runs it.
        image: whether from an image. keeps: whether after a run that kept code.
    """

    name: str
    tier: str
    image: bool = False
    keeps: bool = False


WAYS: Final = (
    Way("baseline", "baseline"),
    Way("llvm", "llvm"),
    Way("auto", "auto"),
    Way("auto, kept", "auto", keeps=True),
    Way("image", "auto", image=True),
)


class RunError(Exception):
    """A run that did not end as programs do; the message says how."""


def states(guest: Path, arguments: Sequence[str], tier: str, every: int, cache: Path, image: str = "") -> list[State]:
    """The states at all stops of a run, and at its end.

    Args:
        cache: folder of code that is kept.
        image: path of an image that `counterproof vm aot` wrote.

    Raises:
        RunError: the program does not end by itself with status 0 within `SECONDS`.
    """
    with TemporaryDirectory() as folder:
        options, report = Path(folder, "options"), Path(folder, "report")
        with report.open("wb") as out:
            launch = {"program": str(guest), "arguments": list(arguments), "tier": tier, "aot": image, "seed": 1}
            options.write_text(json.dumps({**launch, "checkpoint_insns": every, "report_fd": out.fileno()}))
            ended = subprocess.run(
                [sys.executable, "-m", "engines.vm.user", str(options)],
                env=os.environ | {VARIABLE: str(cache)},
                capture_output=True,
                pass_fds=(out.fileno(),),
                timeout=SECONDS,
                check=False,
            )
        if ended.returncode:
            raise RunError(f"{tier}: status {ended.returncode}: {ended.stderr.decode(errors='replace').strip()}")
        found = json.loads(report.read_bytes())
    return [*((retired, digest) for retired, digest in found["checkpoints"]), (found["retired"], ended.stdout.hex())]


def first_difference(expected: Sequence[State], found: Sequence[State]) -> str:
    """Where two runs part: between which counts of retired instructions; empty if they do not."""
    before = 0
    for one, other in zip(expected, found, strict=False):
        if one != other:
            return f"between {before:,} and {one[0]:,} retired instructions"
        before = one[0]
    if len(expected) != len(found):
        return f"after {before:,} retired instructions: one run has {len(expected):,} stops, the other {len(found):,}"
    return ""


def prepare(guest: Path, ways: Iterable[Way], folder: Path) -> None:
    """Make a cache with the interpreter alone, and beside it the program's image if some way runs it.

    Raises:
        RunError: the program cannot be run or translated.
    """
    states(guest, ("calls", "1"), REFERENCE, 0, folder)
    if not any(way.image for way in ways):
        return
    with TemporaryDirectory() as other:
        command = [sys.executable, "-m", "harness.cli", "vm", "aot", str(guest), "-o", str(folder / IMAGE)]
        ended = subprocess.run(
            command, env=os.environ | {VARIABLE: other}, capture_output=True, timeout=SECONDS, check=False
        )
    if ended.returncode:
        raise RunError(f"vm aot: status {ended.returncode}: {ended.stderr.decode(errors='replace').strip()}")


def examine(
    guest: Path, kernel: str, argument: str, every: int, prepared: Path, ways: Iterable[Way] = WAYS
) -> Iterator[tuple[Way, int, str]]:
    """Run a kernel in all `ways`: the way, its stops, and where it parts from the interpreter or how it ends otherwise,
    empty if nowhere. `prepared` is the folder of `prepare`, which stays as it is."""
    with TemporaryDirectory() as folder:
        cache = Path(folder, "cache")
        shutil.copytree(prepared, cache)
        expected = states(guest, (kernel, argument), REFERENCE, every, cache)
        for way in ways:
            image = str(cache / IMAGE) if way.image else ""
            try:
                if way.keeps:
                    states(guest, (kernel, argument), way.tier, 0, cache)
                found = states(guest, (kernel, argument), way.tier, every, cache, image)
            except (RunError, subprocess.TimeoutExpired) as error:
                yield way, 0, str(error)
            else:
                yield way, len(found), first_difference(expected, found)


def main(arguments: list[str] | None = None) -> int:
    """Command line; 1 if a run parts from the interpreter's, 130 if it was interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m ci.programs_in_step",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kernels", nargs="*", help=f"of {', '.join(KERNELS)}; all when none is given")
    parser.add_argument("--every", type=int, default=EVERY, help="instructions between stops (default: %(default)s)")
    parser.add_argument("--tier", default="", help="only tiers with this in their names")
    parser.add_argument("--scale", type=float, default=1.0, help="multiply the kernels' arguments")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.kernels if name not in KERNELS]
    if unknown:
        parser.error(f"no kernel is called {', '.join(unknown)}; there are {', '.join(KERNELS)}")
    if not any(chosen.tier in way.tier for way in WAYS):
        parser.error(f"--tier is {chosen.tier!r}, which no tier has in its name; they are baseline, llvm and auto")
    if chosen.every < 1:
        parser.error(f"--every is {chosen.every}; it must be at least 1")
    if not 0 < chosen.scale <= 100:
        parser.error(f"--scale is {chosen.scale}; it must be above 0 and at most 100")
    try:
        return _examine_all(chosen)
    except RunError as error:
        print(error)
        return 1
    except KeyboardInterrupt:
        print("interrupted: what was not told was not examined")
        return INTERRUPTED


def _examine_all(chosen: argparse.Namespace) -> int:
    images = {b.variant.name: b.path for b in build("full", ["kernels"], native=False, progress=print)}
    ways = [way for way in WAYS if chosen.tier in way.tier]
    begun, stops, parted = time.monotonic(), 0, 0
    guest = images["O2c"]
    with TemporaryDirectory() as folder:
        prepare(guest, ways, Path(folder))
        for kernel in chosen.kernels or KERNELS:
            argument = str(max(1, round(int(KERNELS[kernel]) * chosen.scale)))
            for way, count, difference in examine(guest, kernel, argument, chosen.every, Path(folder), ways):
                stops += count
                parted += bool(difference)
                print(f"{kernel:<12} {way.name:<12} {count:>10,} stops  {difference or 'in step'}", flush=True)
    print(f"{stops:,} stops in {time.monotonic() - begun:.0f} s, {parted} runs part from the {REFERENCE}'s")
    return 1 if parted else 0


if __name__ == "__main__":
    sys.exit(main())
