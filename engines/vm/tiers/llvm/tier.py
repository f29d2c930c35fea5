"""The LLVM tier: the interpreter, and where the guest spends its time regions compiled by LLVM as its handlers.

Runs go in slices of retired instructions. Where a slice ends is a sample of where the guest is, and compiled code
counts what retires in it, so it is known how much of a slice was interpreted. After samples of interpreted code traces
find roots of regions, which are compiled in the background and installed at the end of a later slice.
"""

from __future__ import annotations

from time import thread_time

from engines.vm.aot.image import Kind, StoredRegion
from engines.vm.guests.riscv64.state import VILL, Hart, word_of
from engines.vm.guests.words import WORD_BYTES
from engines.vm.quick import Counter
from engines.vm.record import made, record
from engines.vm.tiers.code_cache import CodeHandle, CompiledSpace
from engines.vm.tiers.compiling import CompilingTier, TierCounters
from engines.vm.tiers.interpreter.layout import CONTEXT_OFFSETS, LIMIT, TRAP
from engines.vm.tiers.llvm.profile import TRACE, Profile
from engines.vm.tiers.stop import NO_LIMIT, Stop, StopReason, trapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from typing import Final

    from engines.vm.tiers.llvm.background import BackgroundCompiler, Request
    from engines.vm.tiers.llvm.compiler import Compiled, LlvmCompiler
    from engines.vm.tiers.llvm.region import Region

CAPACITY_BYTES: Final = 32 << 20
FIRST_SLICE: Final = 50_000
LONGEST_SLICE: Final = 1 << 25
LONGEST_SLICE_WAITING: Final = 1 << 20
"""While regions are being compiled, they are looked for so often."""
BATCH: Final = 4
"""Traces that are looked at together."""
MOST_WAITING: Final = 4
"""Nothing more is asked for while so many regions wait: by the time that they are ready, the guest may be elsewhere."""
COLD_SHARE: Final = 0.005
"""A slice of which no larger part was interpreted asks for nothing. It takes ten times as long."""
MOST_AGAIN: Final = 3
"""A region is compiled again so often, with targets of indirect jumps that were not seen before."""
APART_BYTES: Final = 400
"""Regions made of so much guest code are not compiled again as parts of others."""
STUCK_SHARE: Final = 0.5
STUCK_SLICE: Final = 1 << 20
"""In a slice so long, interpreted for a larger part, compiled code is left more often than it seems."""
LANDING_INSNS: Final = 1 << 14
"""Where a slice ends within compiled code, the guest leaves it, and is interpreted until it comes to an entry. So many
instructions at the beginning of the next slice are not held against that code."""
LANDING_PART: Final = 3
"""The same as a part of short slices, one in so many."""
_RETIRED, _TRAP_CAUSE, _TRAP_VALUE, _PC, _FRM = (
    word_of(name) for name in ("retired", "trap_cause", "trap_value", "pc", "frm")
)
_COMPILED: Final = CONTEXT_OFFSETS["compiled"] // WORD_BYTES
_VTYPE: Final = word_of("vtype")


@record()
class LlvmCounters(TierCounters):
    """What the tier did; `places` are the samples by the tier whose code they fell into."""

    places: Counter[str] = made(default_factory=Counter)


class LlvmTier(CompilingTier):
    """See `CompilingTier`.

    Args:
        slice_insns: instructions of the first and shortest slice between samples.
        capacity_bytes: of the code cache.
        batch: traces that are looked at together; 1 compiles what the first one finds.
        trace: instructions of a trace.
        only_executed: compile only what was executed; else all that direct jumps reach.
        background: compile on a thread; else at once, while the guest waits.

    Attributes:
        profile: what runs outside compiled code.
        retired: instructions, since the tier was made.
    """

    name = "llvm"

    def __init__(
        self,
        slice_insns: int = FIRST_SLICE,
        capacity_bytes: int = CAPACITY_BYTES,
        batch: int = BATCH,
        only_executed: bool = True,
        background: bool = True,
        trace: int = TRACE,
        *,
        has_vectors: bool = False,
    ) -> None:
        super().__init__(capacity_bytes, has_vectors=has_vectors)
        self._counters: LlvmCounters = LlvmCounters()
        self._compiler: LlvmCompiler | None = None
        self.batch = batch
        self.only_executed = only_executed
        self.background = background
        self.profile = Profile(trace)
        self._traces = 0
        self._again: Counter[int] = Counter()
        self._first = self._slice = self._left = slice_insns
        self._window = self._inside = self.retired = 0
        self._is_timed = self._is_lost = False
        self._timed, self._seconds = 0, 0.0
        self._version = 0
        self._worker: BackgroundCompiler | None = None
        self._without_llvm = False
        self._vtype = VILL if has_vectors else None

    @property
    def compiler(self) -> LlvmCompiler:
        """Made when the first region must be compiled: it imports much."""
        if self._compiler is None:
            from engines.vm.tiers.llvm.compiler import LlvmCompiler

            self._compiler = LlvmCompiler(has_vectors=self.has_vectors)
        return self._compiler

    def offer(self, regions: Iterable[StoredRegion]) -> None:
        """Regions that need not be compiled; the last that has a pc among its entries is taken for it.

        It was made when more was known of where jumps go, and took the place of the others in the run that made it.
        """
        for region in regions:
            for pc, _ in region.entries:
                self.stored.pop(pc, None)
                self.stored[pc] = region

    def finish(self) -> None:
        """Wait for the region that is being compiled; what still waits is forgotten."""
        if self._worker is not None:
            self._worker.close()
            for request, made in self._worker.done:
                if made is not None:
                    self.compiled.append(_stored(request, made))
            self._worker.done.clear()

    def measurements(self) -> dict[str, int]:
        """What `--stats` shows beside the counters of regions."""
        places = self._counters.places.most_common()
        return super().measurements() | {f"samples in {tier} code": times for tier, times in places if tier}

    def _run_compiled(self, space: CompiledSpace, hart: Hart, end: int) -> Stop:
        decoded, words = space.decoded, hart.words
        context, at = decoded.context.words, decoded.context_address
        if self.stored:
            self._install_stored(space)
        if self._worker is not None and self._worker.done:
            self._collect(space)
        while True:
            tracing = False
            if self._left <= 0:
                outside = self._window - self._inside
                if self._inside:  # it came to an entry
                    outside = max(outside - min(LANDING_INSNS, self._window // LANDING_PART), 0)
                tracing = self._sample(space, hart, outside / self._window)
                self._left, self._inside, self._window = self._next_slice(), 0, 0
                self._timed, self._seconds = 0, 0.0
            self.runs += 1
            before, compiled = words[_RETIRED], context[_COMPILED]
            if tracing:
                inside = self._inside_at(space, words[_PC])
                reason = self.profile.trace(self._run, at, space, hart, end - before, inside)
                self._traced(space, hart)
                self._left = self._next_slice()
                retired = words[_RETIRED] - before
            elif self._is_timed:
                begun = thread_time()
                reason = self._run(at, min(end - before, self._left))
                self._seconds += thread_time() - begun
                retired = words[_RETIRED] - before
                self._timed += retired
            else:
                most = end - before
                reason = self._run(at, most if most < self._left else self._left)
                retired = words[_RETIRED] - before
            if self.has_vectors:
                self._vtype = words[_VTYPE]
            self._left -= retired
            self._window += retired
            self.retired += retired
            self._inside += (context[_COMPILED] - compiled) & NO_LIMIT
            if reason == TRAP:
                return trapped(words[_TRAP_CAUSE], words[_TRAP_VALUE])
            if reason == LIMIT:
                if words[_RETIRED] == end:
                    return Stop(StopReason.LIMIT)
            else:
                stop = self._escape(hart, decoded)
                if stop.reason is StopReason.TRAP:
                    return stop

    # -- what is hot ----------------------------------------------------------------------------------------------

    def _sample(self, space: CompiledSpace, hart: Hart, share: float) -> bool:
        """A slice ended; `share` of it was interpreted. Whether to trace what comes."""
        self._counters.samples += 1
        self._counters.places[space.tier_at(hart.words[_PC])] += 1
        if self._without_llvm:
            self._slice = LONGEST_SLICE
            return False
        if self._worker is not None and self._worker.done:
            self._collect(space)
        pc = hart.words[_PC]
        if self._version != space.version:
            self._version = space.version
            self.profile = Profile(self.profile.insns)
            self._again.clear()
        handle = space.heads.get(pc)
        if handle is not None:
            self.cache.touch(handle)
        if share < COLD_SHARE or pc >= hart.memory.limit:
            self._lengthen()
            return False
        if self._is_busy():
            self._lengthen()
            return False
        self._is_lost = share > STUCK_SHARE
        self.profile.distrusts = self._is_lost and self._slice >= STUCK_SLICE
        return True

    def _inside_at(self, space: CompiledSpace, pc: int) -> frozenset[int] | None:
        """The compiled code, ready or asked for, that the guest is taken to be in where a slice ended at `pc`."""
        handle = None if self._is_lost else space.handle_at(pc)
        if handle is not None and handle.tier == "llvm":
            return handle.inside()
        return next((inside for inside in self.profile.asked.values() if pc in inside), None)

    def _next_slice(self) -> int:
        """Instructions until the next sample."""
        return self._slice

    def _traced(self, space: CompiledSpace, hart: Hart) -> None:
        """A trace ended: every so often, have regions compiled for what it found."""
        self._traces += 1
        if self._traces < self.batch:
            return
        self._traces = 0
        found = self.profile.choose()
        if found and self._ask(space, hart.words[_FRM], found):
            self._slice = self._first
        else:
            self._lengthen()

    def _is_busy(self) -> bool:
        return self._worker is not None and self._worker.waiting >= MOST_WAITING

    def _has_llvm(self) -> bool:
        """Whether regions can be compiled; if not, that is counted, and the interpreter goes on with what is there."""
        from engines.vm.tiers.llvm.compiler import CompileError

        try:
            self.compiler.check()
        except CompileError:
            self._without_llvm = True
        return not self._without_llvm

    def _lengthen(self) -> None:
        waiting = self._worker is not None and self._worker.waiting
        self._slice = min(self._slice * 2, LONGEST_SLICE_WAITING if waiting else LONGEST_SLICE)

    def _ask(self, space: CompiledSpace, frm: int, found: list[tuple[int, int]]) -> bool:
        """Have the regions compiled that contain the pcs of `found`, given with their links; whether there are any."""
        asked: list[int] = []
        for pc, link in found if self._has_llvm() else ():
            if len(asked) == MOST_WAITING or any(pc in (self.profile.covering(space, root) or ()) for root in asked):
                continue
            root = self._root(space, pc, link, frm)
            covered = self.profile.covering(space, root)
            if covered is not None:
                again = self._form(space, root, frm)
                if self._again[root] < MOST_AGAIN and again.contains(pc) and again.inside() > covered:
                    self._again[root] += 1
                elif root in self.profile.asked:  # once it is there, it is known whether the guest comes to its entries
                    continue
                else:
                    root = pc
            if self.request(space, root, frm):
                asked.append(root)
        return bool(asked)

    def _root(self, space: CompiledSpace, pc: int, link: int, frm: int) -> int:
        from engines.vm.tiers.llvm.region import root_around

        regions: dict[int, Region] = {}

        def region_of(root: int) -> Region:
            if root not in regions:
                regions[root] = self._form(space, root, frm)
            return regions[root]

        return root_around(pc, link, region_of)

    def _form(self, space: CompiledSpace, root: int, frm: int) -> Region:
        return self.compiler.form(root, space.fetch, self._executed(space), frm, self.profile.targets)

    # -- compiling ------------------------------------------------------------------------------------------------

    def request(self, space: CompiledSpace, root: int, frm: int) -> bool:
        """Have the region of `root` compiled; whether there is one. It is installed when it is ready."""
        from engines.vm.tiers.llvm.background import BackgroundCompiler, Request
        from engines.vm.tiers.llvm.compiler import CompileError

        try:
            region = self.compiler.region(root, space.fetch, self._apart(space, root), frm, self.profile.targets)
        except CompileError:
            self.profile.asked[root] = frozenset((root,))
            return False
        guest = b"".join(space.fetch(start, end - start) for start, end in region.ranges())
        guarded = self.cache.guards(space.memory)
        request = Request(root, region, guest, frm, id(space), space.version, guarded, self._vtype)
        self.profile.ask(root, region)
        if not self.background:
            try:
                self._take(space, request, self._compile(request))
            except CompileError:
                return False
            return True
        if self._worker is None:
            self._worker = BackgroundCompiler(self._compile)
        if self._worker.forked:
            self.compiler.counters.refused["the process forked: only its parent compiles"] += 1
            return False
        self._worker.ask(request)
        return True

    def compile(self, hart: Hart, pc: int, outside: Container[int] = frozenset()) -> StoredRegion | None:
        """Compile the region of `pc` as memory is now, without installing it; None if it was refused, which is counted.

        `outside` are pcs that it only leads to. Whether code was ever executed does not matter.
        """
        from engines.vm.tiers.llvm.background import Request
        from engines.vm.tiers.llvm.compiler import CompileError

        if self.unavailable or not self._has_llvm():
            return None
        space = self.cache.space(hart.memory, self.decoded_code(hart.memory), kept=True)
        frm = hart.words[_FRM]
        try:
            region = self.compiler.region(pc, space.fetch, lambda at: at not in outside, frm)
            guest = b"".join(space.fetch(start, end - start) for start, end in region.ranges())
            guarded = self.cache.guards(space.memory)
            request = Request(pc, region, guest, frm, id(space), space.version, guarded)
            return _stored(request, self._compile(request))
        except CompileError:
            return None

    def _compile(self, request: Request) -> Compiled:
        compiler = self.compiler
        guarded = request.guarded
        module = compiler.lower(
            request.region,
            request.frm,
            lambda _, word, size: self.cache.handler(word, size),
            guarded=guarded,
            vtype=request.vtype,
        )
        return compiler.encode(request.region, module, guarded=guarded)

    def _collect(self, space: CompiledSpace) -> None:
        """Install what the background has finished."""
        worker = self._worker
        assert worker is not None
        while worker.done:
            request, made = worker.done.popleft()
            worker.waiting -= 1
            if made is None:
                continue
            if request.space == id(space):
                self._take(space, request, made)

    def _take(self, space: CompiledSpace, request: Request, made: Compiled) -> None:
        region = _stored(request, made)
        self.compiled.append(region)
        if self.profile.asked.get(request.root) == request.region.inside():  # else a larger one waits
            del self.profile.asked[request.root]
        if not self.cache.suits(space, region):
            self._counters.stale += 1
            return
        self._place(space, region)

    def _install_stored(self, space: CompiledSpace) -> None:
        """Install all stored regions whose guest code is in memory as it was."""
        for region in {id(region): region for region in self.stored.values()}.values():
            if self.cache.suits(space, region):
                self._counters.stored += self._place(space, region) is not None
            else:
                self._counters.stale += 1
        self.stored.clear()

    def _place(self, space: CompiledSpace, region: StoredRegion) -> CodeHandle | None:
        entries, ranges = dict(region.entries), list(region.ranges)
        return self.cache.install(space, region.code, entries, ranges, faults=region.faults)

    def _executed(self, space: CompiledSpace) -> Callable[[int], bool]:
        """What was ever executed: also what only ran compiled, and so was never decoded, be it in an earlier run."""
        if not self.only_executed:
            return _always
        return lambda pc: space.executed(pc) or space.handle_at(pc) is not None

    def _apart(self, space: CompiledSpace, root: int) -> Callable[[int], bool]:
        """Which instructions may be part of a region of `root`: those that were executed, except where other regions of
        some size begin. Such code is compiled once, and jumped to."""
        executed, own = self._executed(space), space.heads.get(root)
        others = {
            head
            for handle in space.handles
            if handle is not own and handle.tier == "llvm" and handle.guest_bytes >= APART_BYTES
            for head in handle.heads
        }
        others |= {pc for pc, inside in self.profile.asked.items() if 2 * len(inside) >= APART_BYTES}
        return lambda pc: pc not in others and executed(pc)


def _stored(request: Request, made: Compiled) -> StoredRegion:
    entries, ranges = tuple(made.heads.items()), tuple(made.ranges)
    return StoredRegion(made.code, entries, ranges, made.exits, request.guest, made.faults, Kind.LLVM)


def _always(_: int) -> bool:
    return True
