"""The baseline tier: the interpreter, with compiled regions installed as handlers where the guest spends its time.

Runs go in slices of retired instructions; where a slice ends is a sample of where the guest is. A pc that is sampled
becomes the root of a region. Entries of the table of decoded code lead to the regions, so jumps, calls and returns of
both tiers find them without further ado, and all state is shared.
"""

from __future__ import annotations

import math
import time

from engines.vm.aot.image import StoredRegion
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.quick import Counter, WeakKeyDictionary
from engines.vm.record import made, record
from engines.vm.tiers.baseline.options import CompileError, Options
from engines.vm.tiers.code_cache import CodeHandle, CompiledSpace
from engines.vm.tiers.compiling import CompilingTier, TierCounters
from engines.vm.tiers.interpreter.layout import CONTEXT_OFFSETS, CPU_OFFSETS, LIMIT, TRAP, UNSEEN
from engines.vm.tiers.stop import Stop, StopReason, trapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from typing import Final

    from engines.vm.tiers.baseline.compiler import BaselineCompiler

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


@record()
class Calls:
    """Where the indirect calls of an installed region were seen to lead: code that becomes part of it when it is
    compiled again. `outside`: samples in other regions that it called, by root."""

    callees: list[int] = made(default_factory=list)
    outside: Counter[int] = made(default_factory=Counter)


@record()
class Notes:
    """What was learnt of the code of one address space.

    Attributes:
        refused: pcs not to be asked for again, while the space's version is `version`.
        joined: roots of regions that were joined to their callers because they were hot: once is enough.
    """

    version: int = 0
    refused: set[int] = made(default_factory=set)
    joined: set[int] = made(default_factory=set)


@record()
class BaselineCounters(TierCounters):
    """What the tier did.

    Attributes:
        inside: samples in compiled code. joined: regions that were compiled again with what they call indirectly.
    """

    inside: int = 0
    joined: int = 0


class BaselineTier(CompilingTier):
    """See `CompilingTier`.

    Args:
        options: of the compiler.
        slice_insns: instructions of the first and shortest slice; 0 samples before the first instruction.
        capacity_bytes: of the code cache.
        share: of the time since the tier was made, what compiling may take at most; infinite for no limit,
            for regions that begin wherever a slice ends, and for slices that are short again at the start of each run,
            which tests want.
    """

    name = "baseline"

    def __init__(
        self,
        options: Options | None = None,
        slice_insns: int = FIRST_SLICE,
        capacity_bytes: int = CAPACITY_BYTES,
        share: float = SHARE,
        *,
        has_vectors: bool = False,
    ) -> None:
        super().__init__(capacity_bytes, has_vectors=has_vectors)
        self.options = options
        self._counters: BaselineCounters = BaselineCounters()
        self._compiler: BaselineCompiler | None = None
        self._first = self._slice = self._due = slice_insns
        self._share = share
        self._spent = 0.0
        self._begun = time.perf_counter()
        self._calls: WeakKeyDictionary[CodeHandle, Calls] = WeakKeyDictionary()
        self._notes: WeakKeyDictionary[CompiledSpace, Notes] = WeakKeyDictionary()

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

    @property
    def counters(self) -> BaselineCounters:
        """What was done until now."""
        self._sum_up()
        return self._counters

    def offer(self, regions: Iterable[StoredRegion]) -> None:
        """Regions that need not be compiled; the last that has a pc among its entries is taken for it."""
        for region in regions:
            for pc, _ in region.entries:
                self.stored[pc] = region

    def measurements(self) -> dict[str, int]:
        """What `--stats` shows beside the counters of regions."""
        counters = self._counters
        found = {"regions joined": counters.joined, "samples in baseline code": counters.inside}
        return super().measurements() | (found if not self.unavailable else {})

    def _run_compiled(self, space: CompiledSpace, hart: Hart, end: int) -> Stop:
        decoded, words = space.decoded, hart.words
        if self._share == math.inf:
            self._due = self._slice = self._first
        if self.stored and words[_PC] not in space.heads:
            self._install_stored(space, words[_PC])
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
                return trapped(words[_TRAP_CAUSE], words[_TRAP_VALUE])
            elif reason != UNSEEN:
                stop = self._escape(hart, decoded)
                if stop.reason is StopReason.TRAP:
                    return stop

    # -- what is hot ----------------------------------------------------------------------------------------------

    def _sample(self, space: CompiledSpace, hart: Hart, left: int) -> None:
        """A slice has ended with `left` instructions to go, at least 1."""
        counters = self._counters
        counters.samples += 1
        pc = hart.words[_PC]
        inside = space.handle_at(pc)
        if inside is not None:
            counters.inside += 1
            self.cache.touch(inside)
            if self._join_hot(space, hart, inside):
                return
        if inside is not None and (self._share == math.inf or counters.inside % _LOOKS):
            pc = -1
        elif self._share != math.inf and pc not in space.heads:
            pc = self._next_head(space, hart, left)
        if pc < 0 or pc in space.heads or pc in self._noted(space).refused or not self._may_compile(pc):
            self._slice = min(max(1, self._slice * 2), LONGEST_SLICE)
            return
        self._slice = _TESTED_SLICE if self._share == math.inf else max(self._first, self._slice >> _SHRINKS)
        if pc < hart.memory.limit:
            begun = time.perf_counter()
            self.install(space, hart, pc)
            self._spent += time.perf_counter() - begun

    def _next_head(self, space: CompiledSpace, hart: Hart, left: int) -> int:
        """Go on, one instruction at a time, to where control goes and no region begins: not where a slice ends.

        -1 if that is too far, or the run is over before. What ends it is met again by the next slice.
        """
        words, refused = hart.words, self._noted(space).refused
        context = space.decoded.context_address
        before = words[_PC]
        for _ in range(min(_FURTHEST, left - 1)):
            if self._run(context, 1) != LIMIT:
                return -1
            pc = words[_PC]
            if not 0 < pc - before <= 4 and pc not in space.heads and pc not in refused:
                return pc
            before = pc
        return -1

    def _may_compile(self, pc: int) -> bool:
        """Whether compiling has had less than its share of the time; what is stored costs nothing."""
        return pc in self.stored or self._spent <= self._share * (time.perf_counter() - self._begun)

    def install(self, space: CompiledSpace, hart: Hart, pc: int) -> CodeHandle | None:
        """Install the region around `pc`, stored or compiled now; None if it was refused."""
        if pc in self.stored:
            found = self._install_stored(space, pc)
            if found is not None:
                return found
        caller = self._caller(space, hart, pc)
        if caller is not None:
            return self._join(space, hart, caller)
        made = self.compile(hart, pc)
        if made is None:
            self._noted(space).refused.add(pc)
            return None
        self.compiled.append(made)
        return self._place(space, pc, made)

    def _caller(self, space: CompiledSpace, hart: Hart, pc: int) -> CodeHandle | None:
        """The region that calls the code at `pc` indirectly, when it is time to compile both together."""
        caller = space.heads.get(hart.words[_RA])
        if caller is None or caller.heads[0] == pc:
            return None
        callees = self._calls_of(caller).callees
        callees.append(pc)
        return caller if len(callees) in _JOINED_AT else None

    def _join_hot(self, space: CompiledSpace, hart: Hart, called: CodeHandle) -> bool:
        """Whether a region was compiled together with another, for samples fall into what it calls there indirectly."""
        link = hart.words[_RA]
        caller = space.heads.get(link)
        if caller is None or called is caller or not _ends_in_indirect_call(space.fetch(link - 4, 4)):
            return False
        calls, joined_before, root = self._calls_of(caller), self._noted(space).joined, called.heads[0]
        if len(calls.callees) >= _MOST_CALLEES or self._calls_of(called).callees:
            return False
        if root in joined_before or root in self.stored:  # an earlier run found out what is best
            return False
        calls.outside[root] += 1
        if calls.outside[root] < _HOT or not self._may_compile(-1):
            return False
        calls.callees += [callee for callee in calls.outside if callee not in calls.callees]
        joined_before.update(calls.outside)
        calls.outside.clear()
        begun = time.perf_counter()
        joined = self._join(space, hart, caller)
        self._spent += time.perf_counter() - begun
        return joined is not None

    def _join(self, space: CompiledSpace, hart: Hart, caller: CodeHandle) -> CodeHandle | None:
        """Compile a region again, its callees with it, and put it in the place of all of theirs."""
        root, calls = caller.heads[0], self._calls_of(caller)
        made = self.compile(hart, root, callees=calls.callees)
        if made is None:
            self._noted(space).refused.add(calls.callees[-1])
            return None
        inside = {head for head, _ in made.entries}
        for region in list(space.handles):
            if region is caller or region.heads[0] in inside:
                self.cache.remove(region)
        self.compiled.append(made)
        self._counters.joined += 1
        placed = self._place(space, root, made)
        if placed is not None:
            self._calls[placed] = Calls(calls.callees)
        return placed

    def compile(
        self, hart: Hart, pc: int, outside: Container[int] = frozenset(), callees: Sequence[int] = ()
    ) -> StoredRegion | None:
        """Compile the region around `pc` as memory is now; None if it was refused, which is counted.

        `outside` are pcs that it only leads to, `callees` where its indirect calls lead.
        """
        if self.unavailable:
            return None
        space = self.cache.space(hart.memory, self.decoded_code(hart.memory), kept=True)
        fetch, guarded = space.fetch, self.cache.guards(hart.memory)
        try:
            made = self.compiler.compile(
                pc,
                fetch,
                hart.words[_FRM],
                lambda _, word, length: self.cache.handler(word, length),
                outside,
                guarded=guarded,
                callees=callees,
            )
        except CompileError:
            return None
        guest = b"".join(fetch(start, end - start) for start, end in made.ranges)
        return StoredRegion(made.code, tuple(made.heads.items()), tuple(made.ranges), made.exits, guest, made.faults)

    def _install_stored(self, space: CompiledSpace, pc: int) -> CodeHandle | None:
        """Install the stored region with an entry at `pc` and those that it leads to; None if none is right."""
        first: CodeHandle | None = None
        todo = [pc]
        seen = set(todo)
        while todo and len(seen) <= _TOGETHER:
            head = todo.pop(0)
            stored = self.stored.get(head)
            if stored is None or head in space.heads:
                continue
            if not self.cache.suits(space, stored):
                self._counters.stale += 1
                del self.stored[head]
                continue
            placed = self._place(space, head, stored)
            if placed is None:
                break
            self._counters.stored += 1
            first = first or placed
            todo += [exit for exit in stored.exits if exit not in seen]
            seen.update(stored.exits)
        return first

    def _place(self, space: CompiledSpace, pc: int, made: StoredRegion) -> CodeHandle | None:
        """Install a region; None if that is refused, which is counted, and not asked for again at `pc`."""
        entries, ranges = dict(made.entries), list(made.ranges)
        placed = self.cache.install(space, made.code, entries, ranges, self.name, made.faults)
        if placed is None:
            self._noted(space).refused.add(pc)
        return placed

    # -- bookkeeping ----------------------------------------------------------------------------------------------

    def _noted(self, space: CompiledSpace) -> Notes:
        notes = self._notes.setdefault(space, Notes())
        if notes.version != space.version:
            notes.version = space.version
            notes.refused.clear()
        return notes

    def _calls_of(self, region: CodeHandle) -> Calls:
        return self._calls.setdefault(region, Calls())


def _ends_in_indirect_call(code: bytes) -> bool:
    """Whether c.jalr or jalr are the last of these bytes (RISC-V Unprivileged ISA, §27.8 and §2.5).

    `jalr ra, offset(ra)` is the second half of a far direct call.
    """
    word = int.from_bytes(code.rjust(4, b"\0"), "little")
    return word >> 16 & 0xF07F == 0x9002 or (word & 0x7F == 0x67 and word >> 15 & 31 != 1)
