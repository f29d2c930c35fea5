"""Whether scheduling blocks pays, core by core: `python -m ci.bench_scheduler`.

The kernels of `ci.bench_machine` are run to find out which regions are compiled and how often each block is executed.
Each region is generated for each kind of host twice: with its operations in the guest's order, and as the scheduler
orders them, also where the host's model says that the core does that by itself. LLVM's llvm-mca, which knows nothing of
our models, says how many cycles each block takes on a core. Printed are the cycles of the scheduled blocks over those
in the guest's order, blocks weighed by how often they are executed; kernels of which nothing is compiled in a short run
are left out. With `--source-order` the guest's compiler is told not to schedule. Runs on x86_64, where regions are
found; exits with 2 where llvm-mca is missing.
"""

from __future__ import annotations

import argparse
import importlib
import math
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ci.bench_machine import SIZES, geometric_mean
from ci.silence import silence
from engines.vm.guests.riscv64.state import Hart
from engines.vm.hosts import host as hosts
from engines.vm.hosts import list_scheduling
from engines.vm.hosts.host import Host
from engines.vm.hosts.region import RegionCode
from engines.vm.tiers.baseline.compiler import BaselineCompiler
from engines.vm.tiers.baseline.options import CompileError, Options
from engines.vm.tiers.baseline.tier import LAYOUT as NATIVE
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.executor import TierExecutor
from engines.vm.tiers.stop import Stop
from engines.vm.user.dump import fetcher
from engines.vm.user.launch import Launch, start
from harness.subjects.virtual_host import LAYOUT as VIRTUAL

STEP: Final = 19997
"""Instructions from one sample to the next."""
SHORTER: Final = 4
"""By how much the kernels are shorter than in `ci.bench_machine`."""
TURNS: Final = 10
"""How often a block is executed in a row on cores that overlap one turn with the next."""
UNSCHEDULED: Final = ("-enable-misched=0", "-enable-post-misched=0", "-pre-RA-sched=source")
_RISCV_JUMP: Final = re.compile(r"(j|jal|b[a-z]+)\t(.*?)(0x[0-9a-f]+|-?\d+)$")
_CYCLES: Final = re.compile(r"Code Region - (b\d+)|Total Cycles:\s+(\d+)")


@dataclass(frozen=True)
class Core:
    """A core that llvm-mca knows.

    Attributes:
        name: for llvm-mca. host: whose code it runs. triple, options: what else llvm-mca wants.
        disassembler: capstone's architecture and modes. comment: begin and end of one in assembly.
        turns: see `TURNS`; 1 where blocks execute one after the other.
    """

    name: str
    host: str
    triple: str
    disassembler: tuple[str, tuple[str, ...]]
    comment: tuple[str, str] = ("#", "")
    turns: int = 1
    options: tuple[str, ...] = ()


_ARM: Final = ("CS_ARCH_ARM64", ("CS_MODE_ARM",))
_C: Final = ("/*", "*/")
CORES: Final = (
    Core("znver3", "x86_64", "x86_64", ("CS_ARCH_X86", ("CS_MODE_64",)), turns=TURNS),
    Core("cortex-a72", "arm64", "aarch64", _ARM, _C, TURNS),
    Core("cortex-a55", "arm64", "aarch64", _ARM, _C),
    Core("sifive-u74", "riscv64", "riscv64", ("CS_ARCH_RISCV", ("CS_MODE_RISCV64",)), options=("-mattr=+m,+a,+f,+d",)),
)


@dataclass(frozen=True)
class Regions:
    """What a run had compiled.

    Attributes:
        memory: of the program. roots: of the regions. samples: how often the program was seen at each pc.
    """

    memory: Any
    roots: tuple[int, ...]
    samples: Mapping[int, int]


@dataclass(frozen=True)
class TimedBlock:
    """A block's code: how often it was executed, in samples for each of its instructions; and its instructions."""

    weight: float
    lines: tuple[str, ...]


@contextmanager
def regions(guest: Path, kernel: str) -> Iterator[Regions]:
    """Run a kernel twice: sampled, and with the baseline tier."""
    samples: Counter[int] = Counter()
    exact = TierExecutor("interpreter")

    def sampled(hart: Hart, limit: int) -> Stop:
        samples[int(hart.cpu["pc"])] += 1
        return exact.run(hart, min(limit, STEP))

    arguments = (kernel, str(max(1, int(SIZES[kernel]) // SHORTER)))
    tier = BaselineTier()
    with silence():
        process, _ = start(Launch(program=str(guest), arguments=arguments), exact)
        process.run_tier = sampled
        process.run()
        process.close()
        process, _ = start(Launch(program=str(guest), arguments=arguments, tier="baseline"))
        process.run_tier = tier.run
        process.run()
    yield Regions(process.memory, tuple(region.entries[0][0] for region in tier.compiled), samples)
    process.close()


def host_of(name: str, scheduled: bool) -> Host:
    """A host whose scheduler, if it is to schedule, looks at blocks of any length."""
    made: Host = getattr(hosts, name)(NATIVE if name == "x86_64" else VIRTUAL)
    model = importlib.import_module(f"engines.vm.hosts.{name}.schedule").MODEL
    always = replace(model, window=0)
    return replace(made, schedule=lambda block: list_scheduling.schedule(block, always) if scheduled else None)


def blocks(found: Regions, core: Core, scheduled: bool) -> list[TimedBlock]:
    """The blocks of all regions that were seen to be executed."""
    host = host_of(core.host, scheduled)
    generators: list[RegionCode] = []

    def recording(*arguments: Any) -> RegionCode:
        generators.append(host.region(*arguments))
        return generators[-1]

    compiler = BaselineCompiler(replace(host, region=recording), Options())
    fetch = fetcher(found.memory)
    out: list[TimedBlock] = []
    for root in found.roots:
        try:
            made = compiler.compile(root, fetch, 0, lambda pc, word, length: 0, guarded=True)
        except CompileError:
            continue
        generator = generators[-1]
        offsets = {pc: generator.asm.offset_of(label) for pc, label in generator.labels.items()}
        last = max(offsets.values())
        after = min((offset for offset in generator.ways_out().values() if offset > last), default=len(made.code))
        cuts = sorted((*offsets.values(), after))
        for block in made.blocks:
            weight = sum(found.samples.get(pc, 0) for pc in block.pcs) / block.insns
            if weight:
                begin = offsets[block.pc]
                end = next(cut for cut in cuts if cut > begin)
                out.append(TimedBlock(weight, tuple(assembly(core, made.code[begin:end]))))
    return out


def assembly(core: Core, code: bytes) -> Iterator[str]:
    """Instructions as LLVM's assembler takes them; where jumps lead does not matter."""
    capstone: Any = importlib.import_module("capstone")
    architecture, modes = core.disassembler
    disassembler = capstone.Cs(getattr(capstone, architecture), sum(getattr(capstone, mode) for mode in modes))
    for _, _, mnemonic, operands in disassembler.disasm_lite(code, 0):
        line = f"{mnemonic}\t{operands}".rstrip()
        if core.host == "riscv64":
            line = _RISCV_JUMP.sub(r"\1\t\g<2>8", line)
        elif core.host == "x86_64" and mnemonic[0] == "j":
            line = f"{mnemonic}\tonward" if operands[0].isdigit() else "nop"
        yield line


def cycles(core: Core, code: Sequence[TimedBlock]) -> float:
    """Of all blocks, each as often as it weighs.

    Raises:
        RuntimeError: llvm-mca fails, or leaves blocks out.
    """
    begin, end = core.comment
    lines = [".intel_syntax noprefix"] if core.host == "x86_64" else []
    for number, block in enumerate(code):
        lines += [f"{begin} LLVM-MCA-BEGIN b{number} {end}", *block.lines, f"{begin} LLVM-MCA-END b{number} {end}"]
    views = ("-instruction-info=0", "-resource-pressure=0", f"-iterations={core.turns}")
    command = ["llvm-mca", f"-mtriple={core.triple}", f"-mcpu={core.name}", *core.options, *views]
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    found: dict[str, int] = {}
    name = ""
    for match in _CYCLES.finditer(done.stdout):
        name = match[1] or name
        if match[2]:
            found[name] = int(match[2])
    if done.returncode or len(found) != len(code):
        raise RuntimeError(f"{' '.join(command)}: {len(found)} of {len(code)} blocks: {done.stderr[-500:]}")
    return math.fsum(block.weight * found[f"b{number}"] for number, block in enumerate(code)) / core.turns


def source_order(folder: Path) -> Path:
    """The kernels, compiled for the guest without any scheduling.

    Raises:
        subprocess.CalledProcessError: the compiler refuses.
    """
    from corpus.programs.builder import COMMON_FLAGS, select, zig
    from corpus.programs.manifest import OWN_SOURCES

    (program,) = select(["kernels"])
    flags = (*COMMON_FLAGS, "-fno-sanitize=undefined", "-O2", "-static", "-s")
    plain = [word for option in UNSCHEDULED for word in ("-mllvm", option)]
    sources = [str(OWN_SOURCES / name) for name in program.own]
    target = folder / "kernels"
    command = [zig(), "cc", "-target", "riscv64-linux-musl", *flags, *plain, *sources, "-lm", "-o", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return target


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_scheduler", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kernels", nargs="*", help=f"of {', '.join(SIZES)}; all when none is given")
    parser.add_argument("--source-order", action="store_true", help="the guest's compiler schedules nothing")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.kernels if name not in SIZES]
    if unknown:
        parser.error(f"no kernel is called {', '.join(unknown)}; there are {', '.join(SIZES)}")
    if shutil.which("llvm-mca") is None:
        print("llvm-mca is not installed; it comes with LLVM (Debian's package llvm)", file=sys.stderr)
        return 2

    from corpus.programs.builder import build

    ratios: dict[str, list[float]] = {core.name: [] for core in CORES}
    print(f"{'kernel':<13}" + "".join(f"{name:>13}" for name in ratios))
    with tempfile.TemporaryDirectory() as folder:
        if options.source_order:
            guest = source_order(Path(folder))
        else:
            built = build("full", ["kernels"], native=False, progress=lambda *_: None)
            guest = next(b.path for b in built if b.variant.name == "O2c")
        for kernel in options.kernels or SIZES:
            with regions(guest, kernel) as found:
                pairs = [(core, blocks(found, core, False), blocks(found, core, True)) for core in CORES]
            if not pairs[0][1]:
                continue
            for core, plain, scheduled in pairs:
                ratios[core.name].append(cycles(core, scheduled) / cycles(core, plain))
            print(f"{kernel:<13}" + "".join(f"{of_core[-1]:>13.3f}" for of_core in ratios.values()), flush=True)
    print(f"{'mean':<13}" + "".join(f"{geometric_mean(of_core):>13.3f}" for of_core in ratios.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
