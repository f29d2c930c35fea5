"""Translation of a whole program ahead of time: every region that its entry point, its functions and their calls reach.

So do the words of its data that may be pointers to code. What nothing leads to but computed jumps whose tables are not
found is left to the run, which compiles it then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from engines.vm.aot.functions import functions
from engines.vm.aot.image import Origin, StoredRegion
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.memory.address_space import EXEC, PAGE_BITS, PAGE_BYTES, READ, AddressSpace
from engines.vm.user.launch import Launch, start
from engines.whole_file import read_whole

HOSTS: Final = ("arm64", "riscv64")
"""Other hosts than this machine that programs can be translated for."""


_PC: Final = word_of("pc")


@dataclass
class Translation:
    """What came out.

    Attributes:
        insns: guest instructions translated, those in several regions several times.
        refused: regions left to the interpreter, by reason.
    """

    origin: Origin
    regions: list[StoredRegion]
    insns: int
    refused: Counter[str] = field(default_factory=Counter)


def translate(
    program: str,
    progress: Callable[[int, int], None] = lambda done, left: None,
    tier_name: str = "baseline",
    host: str = "",
    jobs: int = 1,
) -> Translation:
    """Translate an executable.

    Args:
        program: path of a riscv64 Linux executable.
        tier_name: whose compiler translates: `baseline`, or `llvm`, which takes longer and makes faster code.
        jobs: processes that LLVM compiles in.
        host: `arm64` or `riscv64`, for which only the baseline compiler translates; this machine by default.
        progress: told now and then how many regions are done and how many places are still to be looked at.

    Raises:
        LaunchError: it cannot be loaded.
        ValueError: the tier compiles nothing, or not for that host.
        ExecutableMemoryError: this system gives no memory for code, so that no tier could be set up to translate for.
    """
    if host and (host not in HOSTS or tier_name != "baseline"):
        raise ValueError(f"--host {host} --tier {tier_name}: other hosts are {', '.join(HOSTS)}, for tier baseline")
    process, executor = start(Launch(program=program, tier="interpreter" if host else tier_name))
    try:
        executable = read_whole(program)
        if executor.degraded:
            raise ValueError(f"nothing can be translated here: {executor.degraded}")
        if not host and not executor.compiles:
            raise ValueError(f"the tier {tier_name!r} compiles nothing; use baseline or llvm")
        hart = process.current.hart
        bias = hart.words[_PC] - _entry(executable)
        named = [bias + address for address in functions(executable)]
        roots = [hart.words[_PC], *pointers(hart.memory), *named]
        if tier_name == "llvm":
            tier = executor.tier
            regions, insns, refused = _by_llvm(tier, hart, named, roots, jobs, progress)
        else:
            tier = _translator(host) if host else executor.tier
            regions, insns, refused = _by_baseline(tier, hart, frozenset(named), roots, progress)
    finally:
        process.close()
    origin = foreign_origin(executable, host, insns) if host else Origin.here(executable, insns)
    return Translation(origin, regions, insns, refused)


_Made = tuple[list[StoredRegion], int, Counter[str]]
"""Regions, the guest instructions in them, and what was refused, by reason."""


def _by_baseline(
    tier: Any, hart: Hart, starts: Container[int], roots: Iterable[int], progress: Callable[[int, int], None]
) -> _Made:
    """By the baseline compiler, one region after the other."""
    if hasattr(tier, "decoded_code"):
        tier.decoded_code(hart.memory)
    todo = list(roots)
    known: set[int] = set()
    regions: list[StoredRegion] = []
    while todo:
        pc = todo.pop()
        if pc in known or not pc < hart.memory.limit:
            continue
        known.add(pc)
        region = tier.compile(hart, pc, starts if pc in starts else known)
        if region is None:
            continue
        regions.append(region)
        known.update(head for head, _ in region.entries)
        todo += [exit for exit in region.exits if exit not in known]
        if not len(regions) % 64:
            progress(len(regions), len(todo))
    return regions, tier.compiler.counters.insns, tier.counters.refused


def _by_llvm(
    tier: Any, hart: Hart, starts: list[int], roots: Iterable[int], jobs: int, progress: Callable[[int, int], None]
) -> _Made:
    """By LLVM: first it is decided what the regions are, then they are compiled, by `jobs` processes."""
    from engines.vm.aot.program_regions import ProgramRegions
    from engines.vm.tiers.llvm.compiler import CompileError

    try:
        tier.compiler.check()
    except CompileError as error:
        raise ValueError(f"{error}; use --tier baseline") from error
    if tier.unavailable:
        raise ValueError(f"nothing can be translated here: {tier.unavailable}")
    program = ProgramRegions(tier, hart, starts)
    return program.compile(program.plan(roots), jobs, progress)


def _translator(host: str) -> Any:
    from engines.vm.aot.foreign import ForeignTranslator

    return ForeignTranslator(host)


def foreign_origin(executable: bytes, host: str, insns: int) -> Origin:
    """See `engines.vm.aot.foreign.origin`."""
    from engines.vm.aot.foreign import origin

    return origin(executable, host, insns)


def pointers(memory: AddressSpace) -> list[int]:
    """What the data of a loaded program may point to: its aligned words that are even addresses of executable pages."""
    found: set[int] = set()
    for first, end in memory.regions():
        for page in range(first, end, PAGE_BYTES):
            if memory.perm[page >> PAGE_BITS] & (READ | EXEC) == READ:
                words = set(memoryview(memory.read(page, PAGE_BYTES)).cast("Q").tolist())
                found |= {w for w in words if w < memory.limit and not w & 1 and memory.perm[w >> PAGE_BITS] & EXEC}
    return sorted(found)


def _entry(executable: bytes) -> int:
    return int.from_bytes(executable[24:32], "little")
