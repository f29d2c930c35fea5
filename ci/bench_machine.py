"""How fast each tier of the RISC-V machine is beside native code and qemu-riscv64: `python -m ci.bench_machine`.

Runs the kernels of corpus/programs, and the same kernels compiled for this machine by the same compiler and -O2, one
after the other in every round, as whole commands from start to end; the first round compiles, the next two try what
LLVM made and compile what they miss, later ones have the code that those kept. What a run of `auto` leaves to be
translated when it is over is waited for, and not counted. Prints each tier's time over that of native -O2, the best of
the rounds: other work on the machine only slows. Then what the baseline compiler costs for each guest instruction, and
what its parts are worth: the kernels without a part over the kernels with all, without start.
Exits with 1 where a target of `TARGETS` is missed, or `auto` is slower than qemu-riscv64 on a kernel. With `--long` the
kernels run natively for some seconds, and the targets are those of `LONG_TARGETS`. With `--characters` it runs loops of
one character each instead, says what instructions they consist of, and has no targets: it tells where a tier is strong
and where it is weak.
"""

from __future__ import annotations

import argparse
import atexit
import hashlib
import math
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from ci.bench_start import COMMAND
from ci.silence import silence

SIZES: Final = {
    "list": "4200",
    "matrix": "29000",
    "states": "43000",
    "sieve": "33000000",
    "matmul": "610",
    "sha256": "280000",
    "nbody": "3400000",
    "sort": "1650000",
    "mandelbrot": "1440",
    "crc32": "90000",
    "interpreter": "2300",
    "strings": "520000",
    "calls": "39",
}
"""Kernels with an argument that makes each run natively for some 0.2 seconds, the middle of what the goals are for. See
the column of native seconds: processors differ."""
LONG_SIZES: Final = {
    "list": "40000",
    "matrix": "200000",
    "states": "300000",
    "sieve": "90000000",
    "matmul": "900",
    "sha256": "3000000",
    "nbody": "24000000",
    "sort": "12000000",
    "mandelbrot": "3600",
    "crc32": "750000",
    "interpreter": "50000",
    "strings": "3000000",
}
"""The same for one to three seconds; calls cannot be made so long."""
CHARACTERS: Final = {
    "integer": "80000",
    "multiply": "40000",
    "floating": "30000",
    "sequential": "100000",
    "strided": "60000",
    "random": "6000",
    "straight": "80000",
    "predictable": "100000",
    "unpredictable": "60000",
    "indirect": "25000",
    "calls-only": "100000",
    "calls-often": "60000",
    "calls-seldom": "1000",
}
"""Loops of one character each (corpus/programs/c/characters): kinds of instructions, patterns of memory, density of
branches, density of system calls."""
PREPARED: Final = {"random": 10_000_000}
"""After how many instructions it is what its name says: first it makes a cycle through all words."""
QEMU: Final = "qemu-riscv64"
PEERS: Final = ("native", QEMU)
AOT: Final = "aot"
TARGETS: Final = {"interpreter": 12.0, "baseline": 2.4, "llvm": 1.5, AOT: 1.4, "auto": 2.0}
"""By tier: time over native, geometric mean, at most."""
LONG_TARGETS: Final = {"llvm": 1.5, "auto": 1.5}
"""The same of programs of some seconds."""
NEVER_SLOWER: Final = "auto"
"""The tier that may be slower than qemu-riscv64 on no kernel."""
MOST_US_PER_INSN: Final = 25.0
PARTS: Final = ("allocator", "passes")
SCHEDULED: Final = "all blocks scheduled"
"""The one part that the baseline compiler leaves off here (decision 0025; `ci.bench_scheduler` says where it pays)."""


def native_twin(name: str = "kernels") -> Path:
    """A program of our own compiled for this machine, as the guest's is: by zig's clang, -O2, static, with musl.

    Raises:
        RuntimeError: the compiler refuses.
    """
    from corpus.programs.builder import COMMON_FLAGS, cache_folder, host_isa, select, zig
    from corpus.programs.manifest import OWN_SOURCES

    (program,) = select([name])
    sources = [OWN_SOURCES / name for name in program.own]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:32]
    path = cache_folder() / "built" / f"{name}-O2-{platform.machine()}-{digest}"
    if not path.is_file():
        target = f"{host_isa().replace('arm64', 'aarch64')}-linux-musl"
        flags = (*COMMON_FLAGS, "-fno-sanitize=undefined", "-O2", "-static", "-s")
        part = path.with_suffix(".part")
        arguments = [zig(), "cc", "-target", target, *flags, *map(str, sources), "-lm", "-o", str(part)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-500:]}")
        part.replace(path)
    return path


def command(subject: str, guest: Path, native: Path) -> list[str]:
    """How to start a kernel on a tier, or as a peer; `aot` runs an image from `translated`."""
    if subject == "native":
        return [str(native)]
    if subject == "qemu-riscv64":
        return ["qemu-riscv64", str(guest)]
    how = ["--aot", str(translated(guest))] if subject == AOT else ["--tier", subject]
    return [sys.executable, "-c", COMMAND, "vm", "run", *how, str(guest)]


@cache
def translated(guest: Path) -> Path:
    """The program's image of code compiled ahead of time, made now as users make it, by `counterproof vm aot`.

    Raises:
        subprocess.CalledProcessError: it refuses.
    """
    image = Path(mkdtemp(prefix="bench-machine-")) / "program.cpi"
    atexit.register(shutil.rmtree, image.parent, ignore_errors=True)
    print("translating ahead of time", flush=True)
    translate = [sys.executable, "-m", "harness.cli", "vm", "aot", str(guest), "-o", str(image)]
    subprocess.run(translate, check=True, stdout=subprocess.DEVNULL)
    return image


def seconds(arguments: Sequence[str], expected: bytes | None) -> tuple[float, bytes]:
    """Wall time and output of one run, which may keep what Python makes of its sources, as any installed program does.

    Raises:
        RuntimeError: it failed, or printed something else than `expected`.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    done = subprocess.run(arguments, capture_output=True, check=False, env=environment)
    spent = time.perf_counter() - begun
    if done.returncode or expected not in (None, done.stdout):
        raise RuntimeError(
            f"{' '.join(arguments)} ended with {done.returncode} and printed {done.stdout[-200:]!r}, must be 0 and "
            f"{expected!r}: {done.stderr[-500:].decode(errors='replace')}"
        )
    return spent, done.stdout


def compare(
    sizes: Mapping[str, str], subjects: Sequence[str], guest: Path, native: Path, rounds: int
) -> dict[str, list[float]]:
    """Print one line per kernel of `sizes`; the time over native of each subject, by kernel."""
    from engines.vm.aot.afterwards import wait

    print(f"{'kernel':<13}{'native s':>10}" + "".join(f"{name:>15}" for name in subjects[1:]))
    ratios: dict[str, list[float]] = {name: [] for name in subjects[1:]}
    for kernel, size in sizes.items():
        best: dict[str, float] = {}
        expected: bytes | None = None
        for _ in range(rounds):
            for subject in subjects:
                spent, expected = seconds([*command(subject, guest, native), kernel, size], expected)
                wait()
                best[subject] = min(spent, best.get(subject, math.inf))
        for name, found in ratios.items():
            found.append(best[name] / best["native"])
        figures = "".join(f"{found[-1]:>15.2f}" for found in ratios.values())
        print(f"{kernel:<13}{best['native']:>10.3f}{figures}", flush=True)
    print(
        f"{'geometric mean':<23}" + "".join(f"{geometric_mean(found):>15.2f}" for found in ratios.values()), flush=True
    )
    return ratios


def missed(
    ratios: Mapping[str, Sequence[float]], kernels: Sequence[str], targets: Mapping[str, float]
) -> Iterator[tuple[str, bool]]:
    """A line for each target, and whether it is missed; `ratios` are those of `compare` for `kernels`."""
    for name, target in targets.items():
        if name in ratios:
            mean = geometric_mean(ratios[name])
            verdict = " MISSED" if mean > target else ""
            yield f"{name} over native: {mean:.2f}, target {target}{verdict}", mean > target
    if NEVER_SLOWER in ratios and QEMU in ratios:
        both = zip(kernels, ratios[NEVER_SLOWER], ratios[QEMU], strict=True)
        slower = [f"{kernel} ({own / peer:.2f} x its time)" for kernel, own, peer in both if own > peer]
        verdict = f"{', '.join(slower)} MISSED" if slower else "none"
        yield f"{NEVER_SLOWER}, kernels slower than {QEMU}: {verdict}", bool(slower)


def parts(kernels: Sequence[str], guest: Path, rounds: int) -> float:
    """Print what the baseline compiler's parts are worth; µs per guest instruction with all of them on."""
    from engines.vm.tiers.baseline.compiler import Options

    names = ("all on", *(f"no {part}" for part in PARTS), SCHEDULED)
    costs: list[list[tuple[float, int]]] = []
    gains: dict[str, list[float]] = {name: [] for name in names}
    for kernel in kernels:
        best = dict.fromkeys(names, math.inf)
        costs.append([])
        for _ in range(rounds):
            for name in names:
                options = Options(**{part: name != f"no {part}" for part in PARTS})
                size = str(max(1, int(SIZES[kernel]) // 2))
                spent, cost = _run(guest, (kernel, size), options, schedules=name == SCHEDULED)
                best[name] = min(best[name], spent)
                if name == "all on":
                    costs[-1].append(cost)
        for name in names:
            gains[name].append(best[name] / best["all on"])
    for name in names[1:]:
        print(f"baseline, {name}: {geometric_mean(gains[name]):.2f} x the time (most {max(gains[name]):.2f})")
    return us_per_insn(costs)


def us_per_insn(costs: Sequence[Sequence[tuple[float, int]]]) -> float:
    """What compiling costs: the seconds for all regions of all kernels over the guest instructions in them.

    Args:
        costs: for each kernel, seconds and instructions of each round; each has a compiler of its own that knows
            nothing, and the round with the least for an instruction counts.
    """
    least = [min(rounds, key=lambda cost: cost[0] / max(cost[1], 1)) for rounds in costs]
    return sum(seconds for seconds, _ in least) / max(sum(insns for _, insns in least), 1) * 1e6


def _run(
    guest: Path, arguments: tuple[str, ...], options: object, *, schedules: bool = False
) -> tuple[float, tuple[float, int]]:
    """Processor seconds of a run; and those of compiling, with the guest instructions that were compiled.

    Args:
        options: of the compiler. schedules: order blocks of any length by the machine's model.
    """
    from ci.bench_scheduler import host_of
    from engines.vm.tiers.baseline.compiler import Options
    from engines.vm.tiers.baseline.tier import BaselineTier
    from engines.vm.user.launch import Launch, start

    assert isinstance(options, Options)
    with silence():
        process, _ = start(Launch(program=str(guest), arguments=arguments, tier="baseline"))
        tier = BaselineTier(options)
        if schedules:
            tier.compiler.host = host_of("x86_64", scheduled=True)
        process.run_tier = tier.run
        begun = time.process_time()
        process.run()
        spent = time.process_time() - begun
        process.close()
    counters = tier.compiler.counters
    return spent, (counters.seconds, counters.insns)


def print_mixes(guest: Path, kernels: Sequence[str]) -> None:
    """Print what instructions each loop consists of."""
    from ci.instruction_mix import BEGINNING, mix, shown

    print("what they consist of:")
    for kernel in kernels:
        shares = mix(guest, (kernel, CHARACTERS[kernel]), PREPARED.get(kernel, BEGINNING))
        print(f"  {kernel:<14}{shown(shares)}", flush=True)


def geometric_mean(values: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_machine", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "kernels", nargs="*", help=f"of {', '.join(SIZES)}, or of {', '.join(CHARACTERS)}; all when none is given"
    )
    parser.add_argument("--tiers", default=",".join(TARGETS), help="separated by commas (default: %(default)s)")
    parser.add_argument("--variant", default="O2c", help="build of the guest's kernels (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--long", action="store_true", help="programs that run natively for some seconds")
    kind.add_argument("--characters", action="store_true", help="loops of one character each, and what they consist of")
    parser.add_argument("--no-parts", action="store_true", help="leave out what the compiler's parts are worth")
    options = parser.parse_args(arguments)
    sizes = CHARACTERS if options.characters else LONG_SIZES if options.long else SIZES
    unknown = [name for name in options.kernels if name not in sizes]
    if unknown:
        parser.error(f"no kernel is called {', '.join(unknown)}; there are {', '.join(sizes)}")

    from corpus.programs.builder import build

    program = "characters" if options.characters else "kernels"
    images = {b.variant.name: b.path for b in build("full", [program], native=False, progress=print)}
    if options.variant not in images:
        parser.error(f"no variant is called {options.variant}; there are {', '.join(images)}")
    guest, native = images[options.variant], native_twin(program)
    targets = {} if options.characters else LONG_TARGETS if options.long else TARGETS
    kernels = options.kernels or list(sizes)
    peers = [name for name in PEERS if name == "native" or shutil.which(name)]
    tiers = [name for name in options.tiers.split(",") if name]
    ratios = compare({kernel: sizes[kernel] for kernel in kernels}, [*peers, *tiers], guest, native, options.rounds)
    if options.characters:
        print_mixes(guest, kernels)
        return 0
    failures = 0
    for line, is_missed in missed(ratios, kernels, targets):
        failures += is_missed
        print(line)
    if not options.no_parts and "baseline" in tiers:
        us = parts(kernels, guest, options.rounds)
        failures += us > MOST_US_PER_INSN
        verdict = " MISSED" if us > MOST_US_PER_INSN else ""
        print(f"baseline, compiling: {us:.1f} us per guest instruction, target {MOST_US_PER_INSN}{verdict}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
