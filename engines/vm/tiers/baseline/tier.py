"""The baseline tier: the interpreter, with compiled regions installed as handlers where the guest spends its time.

Runs go in slices of retired instructions; where a slice ends is a sample of where the guest is. A pc that is sampled
becomes the root of a region. Entries of the table of decoded code lead to the regions, so jumps, calls and returns of
both tiers find them without further ado, and all state is shared.
"""

from __future__ import annotations

import ctypes
import math
import time
import weakref
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engines.vm.aot.image import StoredRegion
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.memory.address_space import (
    ADDRESS_BITS,
    DIRECT,
    EXEC,
    HAS_CODE,
    HAS_COMPILED,
    PAGE_BITS,
    PAGE_BYTES,
    AddressSpace,
)
from engines.vm.runtime.executable_memory import ExecutableMemory, ExecutableMemoryError
from engines.vm.runtime.fault_exits import FaultExits
from engines.vm.tiers.baseline.options import CompileError, Options
from engines.vm.tiers.interpreter.decoded_code import DecodedCode
from engines.vm.tiers.interpreter.layout import (
    CONTEXT_OFFSETS,
    CPU_OFFSETS,
    ENTRY_BYTES,
    LIMIT,
    OVERLAP_BYTES,
    PC_SHIFT,
    TRAP,
    UNSEEN,
)
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.measurements import compiled_measurements
from engines.vm.tiers.stop import Stop, StopReason

if TYPE_CHECKING:
    from engines.vm.tiers.baseline.compiler import BaselineCompiler

NO_LIMIT: Final = (1 << 63) - 1
LAYOUT: Final = {
    "pc": CPU_OFFSETS["pc"],
    "frm": CPU_OFFSETS["frm"],
    "table": CONTEXT_OFFSETS["table"],
    "permissions": CONTEXT_OFFSETS["permissions"],
    "code_limit": CONTEXT_OFFSETS["code_limit"],
    "budget": CONTEXT_OFFSETS["budget"],
    "unseen": UNSEEN,
}
CAPACITY_BYTES: Final = 16 << 20
FIRST_SLICE: Final = 1 << 15
SHARE: Final = 0.5
LONGEST_SLICE: Final = 1 << 25
"""A sample in the middle of a run costs about 0.1 ms, for it finds the processor's caches full of the guest's."""
_SHRINKS: Final = 4
"""By how many powers of two slices get shorter where something new is found."""
_LOOKS: Final = 8
"""One of so many samples in compiled code looks where the guest goes from there: the interpreter may be in a loop of
instructions that compiled code has too, but not as the beginning of a block."""
_RETIRED, _TRAP_CAUSE, _TRAP_VALUE, _PC, _FRM = (
    word_of(name) for name in ("retired", "trap_cause", "trap_value", "pc", "frm")
)
_RA: Final = word_of("x") + 1
_JOINED_AT: Final = frozenset((1, 4, 10, 24))
"""How many callees a region has each time that it is compiled together with them."""
_TESTED_SLICE: Final = 64
"""Instructions after each compilation that tests want: a whole block fits, which a shorter slice would interpret."""
_HOT: Final = 3
"""Samples in a region that another one calls, until both are compiled together."""
_MOST_CALLEES: Final = 24
_FURTHEST: Final = 128
"""Instructions that a sample may look ahead."""
_TOGETHER: Final = 256
"""Stored regions that are installed at once, at most."""
_Invalidate: Final = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_uint64)


@dataclass
class Region:
    """An installed region: its entries' pcs, the first of them its root, the guest bytes that it depends on, where its
    code is, and where its indirect calls were seen to lead. `outside`: samples in other regions that it called, by
    root."""

    heads: tuple[int, ...]
    ranges: list[tuple[int, int]]
    address: int
    size: int
    callees: list[int] = field(default_factory=list)
    outside: Counter[int] = field(default_factory=Counter)


@dataclass
class Space:
    """What was compiled for one address space.

    Attributes:
        heads: region by pc of an entry. pages: regions by guest page. refused: pcs not to be asked for again.
        joined: roots of regions that were joined to their callers because they were hot: once is enough.
    """

    decoded: DecodedCode
    host_base: int
    heads: dict[int, Region] = field(default_factory=dict)
    pages: dict[int, set[int]] = field(default_factory=dict)
    regions: dict[int, Region] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    joined: set[int] = field(default_factory=set)
    callback: Any = None


@dataclass
class BaselineCounters:
    """What the tier did.

    Attributes:
        samples: slices that ended in the middle of the program. inside: of them in compiled code.
        installed: regions. joined: how many of them were compiled again with what they call indirectly. stored: how
            many of them were not compiled but stored. stale: stored regions whose guest code is another now.
        invalidated: regions thrown away because their code was written or unmapped. flushes: times that the code cache
            was full. refused: regions that were not compiled, by reason.
        unguarded: why code checks permissions itself although the memory is guarded; empty if it does not.
    """

    samples: int = 0
    inside: int = 0
    installed: int = 0
    joined: int = 0
    stored: int = 0
    stale: int = 0
    invalidated: int = 0
    flushes: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unguarded: str = ""


class BaselineTier(InterpreterTier):
    """Runs harts on this machine, which must be x86_64.

    Args:
        options: of the compiler.
        slice_insns: instructions of the first and shortest slice; 0 samples before the first instruction.
        capacity_bytes: of the code cache; when it is full, all of it is given up.
        share: of the time since the tier was made, what compiling may take at most; infinite for no limit,
            for regions that begin wherever a slice ends, and for slices that are short again at the start of each run,
            which tests want.

    Where the system refuses executable memory, the interpreter runs everything, and the reason is among the counters.
    """

    name = "baseline"

    def __init__(
        self,
        options: Options | None = None,
        slice_insns: int = FIRST_SLICE,
        capacity_bytes: int = CAPACITY_BYTES,
        share: float = SHARE,
    ) -> None:
        super().__init__()
        self.options = options
        self.counters = BaselineCounters()
        self.stored: dict[int, StoredRegion] = {}
        self.compiled: list[StoredRegion] = []
        self._compiler: BaselineCompiler | None = None
        self._first = self._slice = self._due = slice_insns
        decode = ctypes.CFUNCTYPE(ctypes.c_uint64)(self._code.address("decode_address"))()
        fill = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)
        self._fill = fill(self._code.address("fill"))
        self._decode = decode
        self._memory: ExecutableMemory | None = None
        try:
            self._memory = ExecutableMemory(capacity_bytes, decode)
        except ExecutableMemoryError as error:
            self.counters.refused[str(error)] += 1
        self._fault_exits: FaultExits | None = None
        self._used = 0
        self._share = share
        self._spent = 0.0
        self._begun = time.perf_counter()
        self._next_region = 0
        self._spaces: weakref.WeakKeyDictionary[AddressSpace, Space] = weakref.WeakKeyDictionary()

    @property
    def compiler(self) -> BaselineCompiler:
        """Made when the first region must be compiled: it imports much."""
        if self._compiler is None:
            from engines.vm.hosts.host import x86_64
            from engines.vm.runtime.generated_code import GENERATED
            from engines.vm.runtime.object_cache import ObjectCache
            from engines.vm.tiers.baseline.compiler import BaselineCompiler

            if self._share != math.inf:
                GENERATED.use(ObjectCache())
            self._compiler = BaselineCompiler(x86_64(LAYOUT), self.options)
        return self._compiler

    def offer(self, regions: Iterable[StoredRegion]) -> None:
        """Regions that need not be compiled; the last that has a pc among its entries is taken for it."""
        for region in regions:
            for pc, _ in region.entries:
                self.stored[pc] = region

    def measurements(self) -> dict[str, int]:
        """What `--stats` shows beside the counters of regions."""
        counters = self.counters
        found = {"code cache flushes": counters.flushes, "regions joined": counters.joined}
        found |= {"samples": counters.samples, "samples in baseline code": counters.inside}
        if self._compiler is not None:
            found |= compiled_measurements(self._compiler.counters)
        if counters.unguarded:
            found[f"checks permissions itself: {counters.unguarded}"] = 1
        return found

    def run(self, hart: Hart, limit_insns: int = NO_LIMIT) -> Stop:
        """Run until the first trap, or until exactly `limit_insns` instructions have retired.

        Raises:
            ValueError: `limit_insns` is negative.
        """
        if limit_insns < 0:
            raise ValueError(f"limit_insns is {limit_insns}, must be at least 0")
        space = self._space(hart.memory)
        decoded = space.decoded
        decoded.context["cpu"] = hart.address
        words = hart.words
        end = words[_RETIRED] + min(limit_insns, NO_LIMIT)
        if self._share == math.inf:
            self._due = self._slice = self._first
        if self.stored and words[_PC] not in space.heads:
            self._install_stored(space, hart, words[_PC])
        while True:
            if self._due <= 0 and words[_RETIRED] < end:
                self._sample(space, hart, end - words[_RETIRED])
                self._due = self._slice
            self.runs += 1
            before = words[_RETIRED]
            reason = self._run(decoded.context_address, min(end - before, max(self._due, 0)))
            self._due -= words[_RETIRED] - before
            if reason == LIMIT:
                if words[_RETIRED] == end:
                    return Stop(StopReason.LIMIT)
            elif reason == TRAP:
                return Stop(StopReason.TRAP, words[_TRAP_CAUSE], words[_TRAP_VALUE])
            elif reason != UNSEEN:
                stop = self._escape(hart, decoded)
                if stop.reason is StopReason.TRAP:
                    return stop

    # -- what is hot ----------------------------------------------------------------------------------------------

    def _sample(self, space: Space, hart: Hart, left: int) -> None:
        """A slice has ended with `left` instructions to go, at least 1."""
        self.counters.samples += 1
        pc = hart.words[_PC]
        inside = self._inside(space, pc)
        self.counters.inside += inside
        if inside and self._join_hot(space, hart, pc):
            return
        if inside and (self._share == math.inf or self.counters.inside % _LOOKS):
            pc = -1
        elif self._share != math.inf and pc not in space.heads:
            pc = self._next_head(space, hart, left)
        if pc < 0 or pc in space.heads or pc in space.refused or not self._may_compile(pc):
            self._slice = min(max(1, self._slice * 2), LONGEST_SLICE)
            return
        self._slice = _TESTED_SLICE if self._share == math.inf else max(self._first, self._slice >> _SHRINKS)
        if pc < hart.memory.limit:
            begun = time.perf_counter()
            self.install(space, hart, pc)
            self._spent += time.perf_counter() - begun

    def _next_head(self, space: Space, hart: Hart, left: int) -> int:
        """Go on, one instruction at a time, to where control goes and no region begins: not where a slice ends.

        -1 if that is too far, or the run is over before. What ends it is met again by the next slice.
        """
        words = hart.words
        context = space.decoded.context_address
        before = words[_PC]
        for _ in range(min(_FURTHEST, left - 1)):
            if self._run(context, 1) != LIMIT:
                return -1
            pc = words[_PC]
            if not 0 < pc - before <= 4 and pc not in space.heads and pc not in space.refused:
                return pc
            before = pc
        return -1

    def _inside(self, space: Space, pc: int) -> bool:
        """Whether compiled code has the instruction at `pc`."""
        ranges = (r for number in space.pages.get(pc >> PAGE_BITS, ()) for r in space.regions[number].ranges)
        return any(start <= pc < end for start, end in ranges)

    def _may_compile(self, pc: int) -> bool:
        """Whether compiling has had less than its share of the time; what is stored costs nothing."""
        if self._memory is None:
            return False
        return pc in self.stored or self._spent <= self._share * (time.perf_counter() - self._begun)

    def install(self, space: Space, hart: Hart, pc: int) -> Region | None:
        """Install the region around `pc`, stored or compiled now; None if it was refused."""
        if pc in self.stored:
            found = self._install_stored(space, hart, pc)
            if found is not None:
                return found
        caller = self._caller(space, hart, pc)
        if caller is not None:
            return self._join(space, hart, caller)
        made = self.compile(hart, pc)
        if made is None:
            space.refused.add(pc)
            return None
        self.compiled.append(made)
        return self._place(space, hart, pc, made)

    def _caller(self, space: Space, hart: Hart, pc: int) -> Region | None:
        """The region that calls the code at `pc` indirectly, when it is time to compile both together."""
        caller = space.heads.get(hart.words[_RA])
        if caller is None or caller.heads[0] == pc:
            return None
        caller.callees.append(pc)
        return caller if len(caller.callees) in _JOINED_AT else None

    def _join_hot(self, space: Space, hart: Hart, pc: int) -> bool:
        """Whether a region was compiled together with another, for samples fall into what it calls there indirectly."""
        link = hart.words[_RA]
        caller = space.heads.get(link)
        if caller is None or len(caller.callees) >= _MOST_CALLEES or not _is_after_indirect_call(hart.memory, link):
            return False
        regions = (space.regions[number] for number in space.pages.get(pc >> PAGE_BITS, ()))
        called = next((r for r in regions if any(start <= pc < end for start, end in r.ranges)), None)
        if called is None or called is caller or called.callees:
            return False
        root = called.heads[0]
        if root in space.joined or root in self.stored:  # an earlier run found out what is best
            return False
        caller.outside[root] += 1
        if caller.outside[root] < _HOT or not self._may_compile(-1):
            return False
        caller.callees += [callee for callee in caller.outside if callee not in caller.callees]
        space.joined.update(caller.outside)
        caller.outside.clear()
        begun = time.perf_counter()
        joined = self._join(space, hart, caller)
        self._spent += time.perf_counter() - begun
        return joined is not None

    def _join(self, space: Space, hart: Hart, caller: Region) -> Region | None:
        """Compile a region again, its callees with it, and put it in the place of all of theirs."""
        made = self.compile(hart, caller.heads[0], callees=caller.callees)
        if made is None:
            space.refused.add(caller.callees[-1])
            return None
        inside = {head for head, _ in made.entries}
        for number, region in list(space.regions.items()):
            if region is caller or region.heads[0] in inside:
                self._remove(space, number, 0, 0)
        self.compiled.append(made)
        self.counters.joined += 1
        placed = self._place(space, hart, caller.heads[0], made)
        if placed is not None:
            placed.callees = caller.callees
        return placed

    def compile(
        self, hart: Hart, pc: int, outside: Container[int] = frozenset(), callees: Sequence[int] = ()
    ) -> StoredRegion | None:
        """Compile the region around `pc` as memory is now; None if it was refused, which is counted.

        `outside` are pcs that it only leads to, `callees` where its indirect calls lead.
        """
        memory = hart.memory
        scratch = ctypes.create_string_buffer(ENTRY_BYTES)

        def fetch(address: int, size: int) -> bytes:
            return _fetchable(memory, address, size)

        def handler(_: int, word: int, length: int) -> int:
            self._fill(ctypes.addressof(scratch), word, length)
            return int.from_bytes(scratch.raw[:4], "little", signed=True)

        try:
            guarded = self._guards(memory)
            made = self.compiler.compile(
                pc, fetch, hart.words[_FRM], handler, outside, guarded=guarded, callees=callees
            )
        except CompileError as error:
            self.counters.refused[str(error)] += 1
            return None
        guest = b"".join(fetch(start, end - start) for start, end in made.ranges)
        return StoredRegion(made.code, tuple(made.heads.items()), tuple(made.ranges), made.exits, guest, made.faults)

    def _guards(self, memory: AddressSpace) -> bool:
        """Whether compiled code may leave it to the host to find out what accesses fail."""
        if not memory.guarded or memory.bits != ADDRESS_BITS or self._memory is None:
            return False
        if self._fault_exits is None and not self.counters.unguarded:
            try:
                self._fault_exits = FaultExits(self._memory.base, self._memory.size)
            except (OSError, ExecutableMemoryError) as error:
                self.counters.unguarded = str(error)
        return self._fault_exits is not None

    def _install_stored(self, space: Space, hart: Hart, pc: int) -> Region | None:
        """Install the stored region with an entry at `pc` and those that it leads to; None if none is right."""
        first: Region | None = None
        todo = [pc]
        seen = set(todo)
        while todo and len(seen) <= _TOGETHER:
            head = todo.pop(0)
            stored = self.stored.get(head)
            if stored is None or head in space.heads:
                continue
            now = b"".join(_fetchable(hart.memory, start, end - start) for start, end in stored.ranges)
            if now != stored.guest or (stored.faults is not None and not self._guards(hart.memory)):
                self.counters.stale += 1
                del self.stored[head]
                continue
            placed = self._place(space, hart, head, stored)
            if placed is None:
                break
            self.counters.stored += 1
            first = first or placed
            todo += [exit for exit in stored.exits if exit not in seen]
            seen.update(stored.exits)
        return first

    def _place(self, space: Space, hart: Hart, pc: int, made: StoredRegion) -> Region | None:
        """Put a region's code into the cache and lead its entries there; None if it is larger than the cache, or the
        system refuses."""
        memory, code_memory = hart.memory, self._memory
        if code_memory is None:
            return None
        if self._used + len(made.code) > code_memory.size:
            self._flush()
            if len(made.code) > code_memory.size:
                self.counters.refused["larger than the code cache"] += 1
                space.refused.add(pc)
                return None
        address = code_memory.base + self._used
        try:
            code_memory.write(address, made.code)
        except ExecutableMemoryError as error:
            self.counters.refused[str(error)] += 1
            space.refused.add(pc)
            return None
        if made.faults and self._fault_exits is not None:
            self._fault_exits.add(self._used, made.faults)
        self._used += -(-len(made.code) // 64) * 64
        table = space.decoded.table
        number = self._next_region
        self._next_region += 1
        region = Region(tuple(head for head, _ in made.entries), list(made.ranges), address, len(made.code))
        space.regions[number] = region
        for start, end in made.ranges:
            for page in range(start >> PAGE_BITS, (end - 1 >> PAGE_BITS) + 1):
                memory.perm[page] = (memory.perm[page] | HAS_CODE | HAS_COMPILED) & ~DIRECT & 0xFF
                space.pages.setdefault(page, set()).add(number)
        for head, offset in made.entries:
            entry = table + (head << PC_SHIFT)
            self._decode_at(memory.host_base, head, entry)
            distance = address + offset - self._decode
            ctypes.memmove(entry, distance.to_bytes(4, "little", signed=True), 4)
            space.heads[head] = region
        self.counters.installed += 1
        return region

    # -- bookkeeping ----------------------------------------------------------------------------------------------

    def _space(self, memory: AddressSpace) -> Space:
        found = self._spaces.get(memory)
        kept = found is not None and memory.decoded_by is found.decoded
        decoded = self.decoded_code(memory)
        if found is None:
            found = self._spaces[memory] = Space(decoded, memory.host_base)
            spaces = weakref.ref(found)

            def changed(address: int, size: int) -> None:
                space = spaces()
                if space is not None:
                    self._invalidate(space, address, size)

            def unguarded() -> None:
                space = spaces()
                if space is not None:
                    self._give_up(space)

            memory.code_listeners.append(changed)
            memory.unguarded_listeners.append(unguarded)
            found.callback = _Invalidate(changed)
            decoded.context["invalidate"] = ctypes.cast(found.callback, ctypes.c_void_p).value or 0
        elif not kept:
            _forget(found)
        return found

    def _invalidate(self, space: Space, address: int, size: int) -> None:
        """Throw away the regions made from any of the bytes, or from bytes that an instruction may share with them."""
        first, end = address - OVERLAP_BYTES, address + size + OVERLAP_BYTES
        gone: set[int] = set()
        for page in range(max(first, 0) >> PAGE_BITS, (end - 1 >> PAGE_BITS) + 1):
            for number in space.pages.get(page, ()):
                if any(start < end and first < stop for start, stop in space.regions[number].ranges):
                    gone.add(number)
        for number in gone:
            self._remove(space, number, first, end)
        if gone:
            self.counters.invalidated += len(gone)
        space.refused.clear()

    def _remove(self, space: Space, number: int, first: int, end: int) -> None:
        region = space.regions.pop(number)
        for start, stop in region.ranges:
            for page in range(start >> PAGE_BITS, (stop - 1 >> PAGE_BITS) + 1):
                space.pages[page].discard(number)
        self._unlink(space, region, first, end)

    def _unlink(self, space: Space, region: Region, first: int = 0, end: int = 0) -> None:
        """Lead the region's entries to the interpreter again; those of code from `first` to `end` get decoded anew.

        All others must stay decoded: the interpreter's handler of a fused pair reads the operands of both entries.
        """
        for head in region.heads:
            if space.heads.get(head) is region:
                del space.heads[head]
                entry = space.decoded.table + (head << PC_SHIFT)
                if first <= head < end:
                    ctypes.memset(entry, 0, ENTRY_BYTES)
                else:
                    self._decode_at(space.host_base, head, entry)

    def _decode_at(self, host_base: int, pc: int, entry: int) -> None:
        """Make an entry what the interpreter makes of the instruction at `pc`."""
        word = int.from_bytes(ctypes.string_at(host_base + pc, 2), "little")
        wide = word & 3 == 3
        if wide:
            word |= int.from_bytes(ctypes.string_at(host_base + pc + 2, 2), "little") << 16
        self._fill(entry, word, 4 if wide else 2)

    def _flush(self) -> None:
        """The code cache is full: give all of it up."""
        self.counters.flushes += 1
        for space in self._spaces.values():
            self._give_up(space)
        self._used = 0
        if self._fault_exits is not None:
            self._fault_exits.clear()

    def _give_up(self, space: Space) -> None:
        """Lead nothing into regions any more."""
        for region in space.regions.values():
            self._unlink(space, region)
        _forget(space)


def _forget(space: Space) -> None:
    space.heads.clear()
    space.pages.clear()
    space.regions.clear()
    space.refused.clear()


def _is_after_indirect_call(memory: AddressSpace, link: int) -> bool:
    """Whether c.jalr or jalr stands before `link` (RISC-V Unprivileged ISA, §27.8 and §2.5).

    `jalr ra, offset(ra)` is the second half of a far direct call.
    """
    word = int.from_bytes(_fetchable(memory, link - 4, 4).rjust(4, b"\0"), "little")
    return word >> 16 & 0xF07F == 0x9002 or (word & 0x7F == 0x67 and word >> 15 & 31 != 1)


def _fetchable(memory: AddressSpace, pc: int, size: int) -> bytes:
    """The bytes from `pc` on that may be executed, up to `size`."""
    end = pc
    while end < pc + size and end < memory.limit and memory.perm[end >> PAGE_BITS] & EXEC:
        end = min(pc + size, (end | PAGE_BYTES - 1) + 1)
    return ctypes.string_at(memory.host_base + pc, end - pc) if end > pc else b""
