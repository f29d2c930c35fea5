"""The regions that LLVM compiles ahead of time: functions, with the small ones that they call.

There is no profile, so a region is a function from its beginning, or from where something else leads into it. A call of
what is small with all that it calls becomes a jump inside the region; other calls leave it, and come back to a head.
Loops can be entered, too: where a slice of the run ends, the guest leaves compiled code, and comes back there. What
enters a loop changes how LLVM allots registers in it, so innermost loops inside others have regions of their own for
that, which end where the loop does.
"""

from __future__ import annotations

import contextlib
import signal
import warnings
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from engines.vm.aot.callers import find_callers
from engines.vm.aot.image import Kind, StoredRegion
from engines.vm.aot.jump_tables import JumpTables
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.memory.address_space import PAGE_BITS, READ, WRITE, AddressSpace
from engines.vm.tiers.llvm.compiler import CompileError, LlvmCompiler
from engines.vm.tiers.llvm.loops import loops_of
from engines.vm.tiers.llvm.region import LINKS, End, Region, decoded_at
from engines.vm.tiers.llvm.tier import LlvmTier

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

MOST_INSNS: Final = 1500
"""Of a region."""
MOST_CALLED: Final = 150
"""Instructions of a function, with those that it calls, that are taken into the regions of its callers."""
MOST_CANDIDATES: Final = 8
"""Small functions that a call through a pointer is compared with."""
_FRM: Final = word_of("frm")
_compiling: tuple[ProgramRegions, Sequence[tuple[Region, tuple[int, ...]]]] | None = None
"""What is being compiled: processes that are forked find it here."""


class ProgramRegions:
    """Compiles the regions of one loaded program.

    Args:
        tier: an LLVM tier that knows the program's memory.
        starts: where functions begin, in order.
    """

    def __init__(self, tier: LlvmTier, hart: Hart, starts: Sequence[int]) -> None:
        self._memory = hart.memory
        self._frm = hart.words[_FRM]
        self._space = tier.cache.space(hart.memory, tier.decoded_code(hart.memory), kept=True)
        self._guarded = tier.cache.guards(hart.memory)
        self._handler = tier.cache.handler
        self._starts = frozenset(starts)
        self._sizes: dict[int, int] = {}
        self._candidates: list[int] = []
        self.compiler = LlvmCompiler(MOST_INSNS)
        self.tables = JumpTables(starts, self._space.fetch, lambda at, size: constants(self._memory, at, size))

    def plan(self, roots: Iterable[int]) -> list[tuple[Region, tuple[int, ...]]]:
        """All regions that are entered at `roots` or led to by others, each with the heads that no other one has.

        What is known of the program's functions after a first look, the second one uses: a call through a pointer may
        go to those small ones whose address is taken, if they are few.
        """
        roots = list(roots)
        pointed = {pc for region, _ in self._planned(roots) for pc in region.taken if pc in self._starts}
        candidates = sorted(pc for pc in pointed if self._is_small(pc))
        if len(candidates) <= MOST_CANDIDATES:
            self._candidates = candidates
        self.compiler.counters.refused.clear()  # or they would be counted twice
        planned = self._planned(roots)
        find_callers(planned)
        return planned

    def plan_hot(self, places: Iterable[int]) -> Iterator[tuple[int, tuple[Region, tuple[int, ...]] | None]]:
        """By place, the regions of the function that it is in, as `plan` gives them; None if none has the place.

        Places in regions that are given already are left out. A call through a pointer may go to small functions that
        have places.
        """
        functions = {place: self.tables.function(place)[0] for place in places}
        candidates = sorted(pc for pc in {*functions.values()} & self._starts if self._is_small(pc))
        self._candidates = candidates if len(candidates) <= MOST_CANDIDATES else []
        known: set[int] = set()
        found: list[Region] = []
        for place, function in functions.items():
            if any(region.contains(place) for region in found):
                continue
            for root in (function, place):
                planned = self._planned([root], known, function)
                found += [region for region, _ in planned]
                yield from ((place, each) for each in planned)
                if any(region.contains(place) for region in found):
                    break
            else:
                yield place, None

    def _planned(
        self, roots: Iterable[int], known: set[int] | None = None, function: int | None = None
    ) -> list[tuple[Region, tuple[int, ...]]]:
        """As `plan`, without what is `known`, to which heads are added; if there is a `function`, of that alone."""
        todo = list(roots)
        known = set() if known is None else known
        found = []
        while todo:
            pc = todo.pop()
            if pc in known or not pc < self._memory.limit:
                continue
            known.add(pc)
            region = self._region(pc, () if pc in self._starts else known)
            if region is None:
                left = decoded_at(pc, self._space.fetch)
                todo += [left.next_pc] if left is not None and left.base.name != "ebreak" else []
                continue
            own = (pc, *(head for head in region.heads if head not in known))
            found.append((region, own))
            known.update(own)
            exits = (exits_of(region) | self._tabled(region) | _behind(region)) - known
            todo += [exit for exit in sorted(exits) if function is None or self._is_of(function, exit)]
        for region, _ in list(found):
            found += [(loop, (loop.heads[0],)) for loop in self._innermost(region, known)]
        return found

    def _innermost(self, region: Region, known: set[int]) -> Iterator[Region]:
        """Regions of its loops that cannot be entered, unless that is `known`, to which their heads are added."""
        for loop in loops_of(region):
            first = loop.first
            if not loop.is_resumed and first not in known:
                known.add(first)
                pcs = {insn.pc for pc in loop.blocks for insn in region.blocks[pc].insns}
                with contextlib.suppress(CompileError):
                    yield self._form(first, pcs.__contains__)

    def compile(
        self,
        planned: Sequence[tuple[Region, tuple[int, ...]]],
        jobs: int,
        progress: Callable[[int, int], None],
    ) -> tuple[list[StoredRegion], int, Counter[str]]:
        """What LLVM makes of the regions, in order, how many guest instructions they have, and what was refused, by
        reason. With several `jobs`, processes that this one forks compile."""
        global _compiling
        _compiling = self, planned
        refused, regions = Counter(self.compiler.counters.refused), []
        try:
            with contextlib.ExitStack() as stack:
                pool = _pool(jobs) if jobs > 1 else None
                if pool is not None:
                    stack.enter_context(pool)
                results = (pool.imap if pool else map)(_compile_nth, range(len(planned)))
                for done, made in enumerate(results, 1):
                    if isinstance(made, StoredRegion):
                        regions.append(made)
                    else:
                        refused[made] += 1
                    progress(done, len(planned) - done)
        finally:
            _compiling = None
        return regions, sum(region.insns for region, _ in planned), refused

    def compile_one(self, region: Region, own: Container[int]) -> StoredRegion | str:
        """LLVM's code of a region, entered at the heads of `own`; the reason if it was refused."""
        compiler, guarded = self.compiler, self._guarded
        module = compiler.lower(region, self._frm, lambda _, word, size: self._handler(word, size), guarded=guarded)
        try:
            made = compiler.encode(region, module, guarded=guarded)
        except CompileError as error:
            return str(error)
        guest = b"".join(self._space.fetch(start, end - start) for start, end in made.ranges)
        entries = tuple((pc, offset) for pc, offset in made.heads.items() if pc in own)
        inner = tuple((pc, offset) for pc, offset in made.inner.items() if pc in own)
        return StoredRegion(
            made.code, entries, tuple(made.ranges), made.exits, guest, made.faults, Kind.LLVM, inner, made.links
        )

    def _is_of(self, function: int, pc: int) -> bool:
        """Whether an instruction belongs to a function."""
        return pc < self._memory.limit and self.tables.function(pc)[0] == function

    def _region(self, pc: int, outside: Container[int]) -> Region | None:
        """The region of `pc`, with no instruction of `outside`; None if it was refused, which is counted."""
        try:
            region = self._form(pc, lambda at: at not in outside and (at not in self._starts or self._is_small(at)))
        except CompileError:
            return None
        region.heads += [head for head in resumed_at(region) if head not in region.heads]
        return region

    def _form(self, pc: int, inside: Callable[[int], bool]) -> Region:
        return self.compiler.region(pc, self._space.fetch, inside, self._frm, self._targets)

    def _tabled(self, region: Region) -> set[int]:
        """Where computed jumps go that the region has no room for."""
        ends = [block.insns[-1] for block in region.blocks.values() if block.end is End.INDIRECT]
        jumps = [insn.pc for insn in ends if insn.argument("rd") == 0 and insn.argument("rs1") not in LINKS]
        return {to for pc in jumps for to in self.tables.targets(pc) if to not in region.blocks}

    def _targets(self, pc: int) -> Sequence[int]:
        """Where an indirect jump may go."""
        found = self.tables.targets(pc)
        insn = decoded_at(pc, self._space.fetch)
        is_call = insn is not None and insn.argument("rd") in LINKS
        return self._candidates if is_call and not found else found

    def _is_small(self, start: int) -> bool:
        """Whether a function, with those that it calls, has few instructions."""
        if start not in self._sizes:
            try:
                region = self._form(start, lambda _: True)
                leaves = any(block.end is End.LEAVE for block in region.blocks.values())
                self._sizes[start] = MOST_INSNS if leaves else region.insns
            except CompileError:
                self._sizes[start] = MOST_INSNS
        return self._sizes[start] <= MOST_CALLED


def _pool(jobs: int) -> Pool | None:
    """Processes that this one forks; None, with a warning, where the system refuses them or the memory they share."""
    from multiprocessing import get_context

    try:
        return get_context("fork").Pool(jobs, _end_quietly)
    except OSError as error:
        warnings.warn(f"code is compiled by fewer processes than planned: {error}", RuntimeWarning, stacklevel=3)
        return None


def _end_quietly() -> None:
    """A forked process ends when this one says so, whatever handlers it inherited."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _compile_nth(number: int) -> StoredRegion | str:
    """Of the regions that are being compiled, in this process or the one that forked it."""
    assert _compiling is not None
    program, planned = _compiling
    return program.compile_one(*planned[number])


def exits_of(region: Region) -> set[int]:
    """Where a region leads."""
    found = {pc for block in region.blocks.values() for pc in block.targets if pc not in region.blocks}
    return found | (region.taken - region.blocks.keys())


def _behind(region: Region) -> set[int]:
    """Where calls through pointers come back to, if those whom they may call are in the region: who else is called, a
    larger function, comes back to code that has no entry there."""
    calls = [block for block in region.blocks.values() if block.end is End.INDIRECT and block.links and block.targets]
    return {block.next_pc for block in calls if block.next_pc not in region.heads}


def resumed_at(region: Region) -> list[int]:
    """Loops that the region can be entered at."""
    return [loop.first for loop in loops_of(region) if loop.is_resumed]


def constants(memory: AddressSpace, address: int, size: int) -> bytes:
    """Bytes of a loaded program that can be read and not written; empty where there are none."""
    pages = range(address >> PAGE_BITS, (address + size - 1 >> PAGE_BITS) + 1)
    if (
        address < 0
        or address + size > memory.limit
        or any(memory.perm[page] & (READ | WRITE) != READ for page in pages)
    ):
        return b""
    return memory.read(address, size)


__all__ = ["ProgramRegions", "constants", "resumed_at"]
