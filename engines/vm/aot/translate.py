"""Translation of a whole program ahead of time: every region that its entry point, its functions and their calls reach.

So do the words of its data that may be pointers to code. What nothing leads to but computed jumps is left to the run,
which compiles it then.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engines.vm.aot.image import Origin, StoredRegion
from engines.vm.memory.address_space import EXEC, PAGE_BITS, PAGE_BYTES, READ, AddressSpace
from engines.vm.user.launch import Launch, start

HOSTS: Final = ("arm64", "riscv64")
"""Other hosts than this machine that programs can be translated for."""


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
) -> Translation:
    """Translate an executable.

    Args:
        program: path of a riscv64 Linux executable.
        tier_name: whose compiler translates: `baseline`, or `llvm`, which takes longer and makes faster code.
        host: `arm64` or `riscv64`, for which only the baseline compiler translates; this machine by default.
        progress: told now and then how many regions are done and how many places are still to be looked at.

    Raises:
        LaunchError: it cannot be loaded.
        ValueError: the tier compiles nothing, or not for that host.
        ExecutableMemoryError: this system gives no memory for code, so that no tier could be set up to translate for.
    """
    executable = Path(program).read_bytes() if Path(program).is_file() else b""
    if host and (host not in HOSTS or tier_name != "baseline"):
        raise ValueError(f"--host {host} --tier {tier_name}: other hosts are {', '.join(HOSTS)}, for tier baseline")
    process, executor = start(Launch(program=program, tier="interpreter" if host else tier_name))
    try:
        if executor.degraded:
            raise ValueError(f"nothing can be translated here: {executor.degraded}")
        if not host and not executor.compiles:
            raise ValueError(f"the tier {tier_name!r} compiles nothing; use baseline or llvm")
        hart = process.current.hart
        tier: Any = _translator(host) if host else executor.tier
        if not host:
            tier.decoded_code(hart.memory)
        bias = hart.words[_pc_word()] - _entry(executable)
        named = [bias + address for address in functions(executable)]
        starts = frozenset(named)
        todo = [hart.words[_pc_word()], *pointers(hart.memory), *named]
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
        insns = tier.compiler.counters.insns
    finally:
        process.close()
    origin = foreign_origin(executable, host, insns) if host else Origin.here(executable, insns)
    return Translation(origin, regions, insns, tier.counters.refused)


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


def functions(executable: bytes) -> Iterator[int]:
    """Addresses of the functions that an ELF file's symbol tables name, in order of address."""
    yield from sorted({address for _, address in named_functions(executable)})


def named_functions(executable: bytes) -> list[tuple[str, int]]:
    """The functions that an ELF file's symbol tables name, with their addresses."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile
    from elftools.elf.sections import SymbolTableSection

    try:
        return [
            (symbol.name, symbol["st_value"])
            for section in ELFFile(io.BytesIO(executable)).iter_sections()
            if isinstance(section, SymbolTableSection)
            for symbol in section.iter_symbols()
            if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_value"]
        ]
    except ELFError:  # section headers are not needed to run, and may be cut off
        return []


def _entry(executable: bytes) -> int:
    return int.from_bytes(executable[24:32], "little")


def _pc_word() -> int:
    from engines.vm.guests.riscv64.state import word_of

    return word_of("pc")
