"""All tiers together: the interpreter, then baseline code as soon as code is warm, then LLVM's for what stays hot.

Baseline code is made on the guest's thread, in milliseconds, where traces find interpreted code; LLVM compiles in the
background what is still not its own. Both are regions in one code cache. LLVM's code is entered at its heads only, so
baseline code that contains such a head would pass it by: it is taken away when LLVM's comes, and made again around it.

LLVM's code is not always the faster one. What has come from it is on trial: the program runs with it and without it in
turns, and code that does not pass is taken away again. That is kept, so that no later run tries it.
"""

from __future__ import annotations

import time

from engines.vm.aot.image import Kind, StoredRegion
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.quick import Counter
from engines.vm.record import replace
from engines.vm.tiers.code_cache import CodeHandle, CompiledSpace
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.measurements import compiled_measurements
from engines.vm.tiers.trial import TRUSTED, TURN_INSNS, Trial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Final

    from engines.vm.aot.store import RegionStore
    from engines.vm.tiers.baseline.compiler import BaselineCompiler, CompileCounters
    from engines.vm.tiers.llvm.compiler import LlvmCompiler

FIRST_SLICE: Final = 1 << 15
BATCH: Final = 1
SHARE: Final = 0.5
"""Of the time since the start, what compiling on the guest's thread may take."""
LOAD_INSNS: Final = 8_000_000
"""Where earlier runs kept baseline code, its compiler is loaded only after so many instructions were interpreted, which
takes about as long as loading it. Until then slices that end in interpreted code stay short."""
LLVM_AFTER_INSNS: Final = 400_000_000
"""LLVM is not even loaded for programs that are over by then, some 0.2 seconds of baseline code."""
PROGRAM_AFTER_INSNS: Final = 4_000_000_000
"""The same where the program's own functions can be translated when the run is over."""
WORTH_INSNS: Final = 200_000_000
"""Programs that are over by then are not translated: that takes longer than some runs of them."""
WORTH_SHARE: Final = 0.03
"""Of a run, at least, where LLVM never compiled anything, for that to be translated."""
HOT_SHARE: Final = 0.1
"""Of what retires, at least, in the baseline region that LLVM is asked to replace: else loading LLVM costs more than it
gives. And in code on trial, which takes turns of half the speed, or twice."""
TOGETHER: Final = 32
"""Kept baseline regions that are installed at once, at most: the first one, and what it leads to."""
MOST_INSNS: Final = 400
"""Of a region that LLVM compiles: hot loops are smaller, and time to compile grows faster than regions do."""
BASELINE: Final = "baseline"
_PC: Final = word_of("pc")
LONGEST_SLICE: Final = 1 << 26
SETTLED_SLICE: Final = 1 << 28
"""The longest where the guest is in LLVM's code and nothing waits for a trial."""
LOOKED_AT: Final = 1 << 20
LOOKS: Final = (100_003, 300_007, 200_003, 500_009, 150_001, 400_009)
"""After a slice of `LOOKED_AT` instructions or more, others of these follow. Interpreted code takes ten times as
long as it has instructions, so that long slices would seldom end in it; and one sample tells little about a
large part of the run."""
TRIED_SHARE: Final = 0.3
TRIED_INSNS: Final = 50_000_000
"""Functions that were translated are tried, all at once, where such a part of the run, and so many instructions,
retired. Less would be lost in what the machine's other work does to the times, and so would one of many that call each
other. They run without a trial, which they mostly pass."""
WARM_SHARE: Final = 0.02
"""Of what retires in translated functions that are untried: in those that a trial is about."""
MOST_TRIALS: Final = 3
"""A region comes on trial so often in a run, if the program goes elsewhere before there is a verdict."""
MOST_REJECTED: Final = 3
"""So many regions that failed, where a run spends its time, are evidence enough that LLVM has nothing to give."""


class QuickRegions:
    """Baseline code: what was offered, and what is compiled.

    Attributes:
        compiled: what was compiled, to be kept. spent: seconds that it took.
        refused: pcs with nothing to gain.
    """

    def __init__(self) -> None:
        self.compiled: list[StoredRegion] = []
        self.spent = 0.0
        self.refused: set[int] = set()
        self._offered: dict[int, list[StoredRegion]] = {}
        self._later: RegionStore | None = None
        self._compiler: BaselineCompiler | None = None

    @property
    def _stored(self) -> dict[int, list[StoredRegion]]:
        """The regions that need not be compiled, by the pcs of their entries."""
        if self._later is not None:
            store, self._later = self._later, None
            self.offer(store.regions)
        return self._offered

    @property
    def compiler(self) -> BaselineCompiler:
        """Made when the first region must be compiled."""
        if self._compiler is None:
            from engines.vm.hosts.host import x86_64
            from engines.vm.runtime.generated_code import GENERATED
            from engines.vm.runtime.object_cache import ObjectCache
            from engines.vm.tiers.baseline.compiler import BaselineCompiler
            from engines.vm.tiers.baseline.tier import LAYOUT

            GENERATED.use(ObjectCache())
            self._compiler = BaselineCompiler(x86_64(LAYOUT))
        return self._compiler

    @property
    def is_ready(self) -> bool:
        """Whether nothing must be loaded to compile, or nothing else can be done since no code was offered."""
        return self._compiler is not None or not self._stored

    @property
    def counters(self) -> CompileCounters | None:
        """Of the compiler; None before it is needed."""
        return self._compiler.counters if self._compiler is not None else None

    def offer(self, regions: Iterable[StoredRegion]) -> None:
        """Regions that need not be compiled."""
        offered = self._stored
        for region in regions:
            for pc, _ in region.entries:
                offered.setdefault(pc, []).append(region)

    def offer_later(self, store: RegionStore) -> None:
        """The regions of `store`, which is read when one is first looked for: where LLVM's code has all, never."""
        self._later = store

    def stored(self, space: CompiledSpace, pc: int, outside: Iterable[int], *, guarded: bool) -> StoredRegion | None:
        """An offered region that may be entered at `pc`, holds none of `outside`, and is right for memory as it is."""
        heads = set(outside)
        fitting = (region for region in self._stored.get(pc, ()) if _fits(space, region, heads, guarded=guarded))
        return next(fitting, None)

    def around(self, space: CompiledSpace, pc: int, outside: set[int], *, guarded: bool) -> StoredRegion | None:
        """An offered region that has the instruction at `pc` somewhere, otherwise as in `stored`."""
        there = (region for regions in self._stored.values() for region in regions if _within(region.ranges, pc))
        return next((region for region in there if _fits(space, region, outside, guarded=guarded)), None)

    def instead(
        self, space: CompiledSpace, others: Iterable[StoredRegion], outside: set[int], *, guarded: bool
    ) -> list[StoredRegion]:
        """Offered regions for every place in the code of `others` that has one, otherwise as in `stored`."""
        ranges = [pair for other in others for pair in other.ranges]
        there = {id(r): r for pc, regions in self._stored.items() if _within(ranges, pc) for r in regions}
        found: list[StoredRegion] = []
        covered: set[int] = set()
        for region in sorted(there.values(), key=lambda region: -len(region.entries)):
            entries = {pc for pc, _ in region.entries}
            if not entries <= covered and _fits(space, region, outside, guarded=guarded):
                found.append(region)
                covered |= entries
        return found

    def compile(
        self,
        space: CompiledSpace,
        pc: int,
        frm: int,
        handler: Callable[[int, int, int], int],
        outside: set[int],
        *,
        guarded: bool,
    ) -> StoredRegion | None:
        """The region around `pc`, made now; None if there is nothing to gain."""
        from engines.vm.tiers.baseline.compiler import CompileError

        begun = time.perf_counter()
        try:
            made = self.compiler.compile(pc, space.fetch, frm, handler, outside, guarded=guarded)
        except CompileError:
            self.refused.add(pc)
            return None
        finally:
            self.spent += time.perf_counter() - begun
        guest = b"".join(space.fetch(start, end - start) for start, end in made.ranges)
        region = StoredRegion(made.code, tuple(made.heads.items()), tuple(made.ranges), made.exits, guest, made.faults)
        self.compiled.append(region)
        self.offer([region])
        return region


def _fits(space: CompiledSpace, region: StoredRegion, outside: set[int], *, guarded: bool) -> bool:
    """Whether a region may be installed: it suits memory, has nothing of `outside`, and its guest code is there."""
    if region.faults is not None and not guarded:
        return False
    return not any(_within(region.ranges, head) for head in outside) and space.is_current(region)


def _failed(region: StoredRegion) -> StoredRegion:
    return replace(region, code=b"", exits=(), faults=None, kind=Kind.FAILED)


def _name(region: StoredRegion) -> tuple[int, bytes]:
    """What tells regions apart: where they are entered, and the code they were made from."""
    return region.entries[0][0], region.guest


def _within(ranges: Iterable[tuple[int, int]], pc: int) -> bool:
    return any(start <= pc < end for start, end in ranges)


def _is_llvm(space: CompiledSpace, region: StoredRegion) -> bool:
    """Whether LLVM's code is entered at the region's root."""
    handle = space.heads.get(region.entries[0][0])
    return handle is not None and handle.tier != BASELINE


class AutoTier(LlvmTier):
    """Runs harts on this machine, which must be x86_64.

    Args:
        slice_insns, capacity_bytes, batch, only_executed, background: see `LlvmTier`.
        share: of the time since the tier was made, what compiling baseline code may take; infinite for no limit.
        llvm_after: retired instructions before LLVM is asked for anything.
        trials: whether LLVM's code must be faster than what was there.

    Attributes:
        quick: the baseline regions. trial: of LLVM's latest regions.
        rejected: LLVM's regions that failed, without their code.
        program_end: what is hot below this address is translated when the run is over, see `hot_places`.
    """

    name = "auto"

    def __init__(
        self,
        slice_insns: int = FIRST_SLICE,
        *,
        share: float = SHARE,
        llvm_after: int = LLVM_AFTER_INSNS,
        trials: bool = True,
        batch: int = BATCH,
        background: bool = True,
        capacity_bytes: int = 48 << 20,
        only_executed: bool = True,
        has_vectors: bool = False,
    ) -> None:
        super().__init__(slice_insns, capacity_bytes, batch, only_executed, background, has_vectors=has_vectors)
        self.quick = QuickRegions()
        self._share = share
        self._llvm_after = llvm_after
        self._asks = True
        self._begun = time.perf_counter()
        self._quick_version = 0
        self.trial = Trial()
        self.rejected: list[StoredRegion] = []
        self._tries = trials
        self._source: dict[CodeHandle, StoredRegion] = {}
        self._heat: Counter[int] = Counter()
        self.program_end = 0
        self._outside: Counter[int] = Counter()
        self._look = len(LOOKS)
        self._is_look = False
        self._sampled: int | None = None
        self._span = self._interpreted = 0
        self._is_settled = False
        self._warmth: Counter[tuple[int, bytes]] = Counter()
        self._rejected_here: set[int] = set()
        self._made_before: list[tuple[int, int]] = []
        self._untried: dict[tuple[int, bytes], int] = {}
        self._proven: list[StoredRegion] = []
        self._failed: list[StoredRegion] = []

    @property
    def compiler(self) -> LlvmCompiler:
        """Made when the first region must be compiled: it imports much."""
        if self._compiler is None:
            from engines.vm.tiers.llvm.compiler import LlvmCompiler

            self._compiler = LlvmCompiler(MOST_INSNS, has_vectors=self.has_vectors)
        return self._compiler

    def offer(self, regions: Iterable[StoredRegion]) -> None:
        """Regions that need not be compiled, of both compilers. Those that are untried come on trial later."""
        regions = list(regions)
        self._made_before += [pair for r in regions if r.kind is not Kind.BASELINE for pair in r.ranges]
        untried = [replace(region, kind=Kind.LLVM) for region in regions if region.kind is Kind.UNTRIED]
        self._untried |= {_name(region): MOST_TRIALS for region in untried if self._tries}
        super().offer([*untried, *(region for region in regions if region.kind is Kind.LLVM)])
        self.rejected += [region for region in regions if region.kind is Kind.FAILED]
        self.quick.offer(region for region in regions if region.kind is Kind.BASELINE)

    def measurements(self) -> dict[str, int]:
        """What `--stats` shows beside the counters of regions."""
        found = super().measurements()
        found["baseline regions compiled"] = len(self.quick.compiled)
        found["llvm regions rejected"] = len(self.rejected)
        found["llvm regions untried"] = len(self._untried)
        found["baseline compile us"] = round(self.quick.spent * 1e6)
        if self.quick.counters is not None:
            found |= {f"baseline {name}": n for name, n in compiled_measurements(self.quick.counters).items()}
        return found

    def _is_busy(self) -> bool:
        return False

    def request(self, space: CompiledSpace, root: int, frm: int) -> bool:
        """As of the LLVM tier, but nothing that failed is tried again."""
        if any(root == region.entries[0][0] for region in self.rejected):
            return False
        return super().request(space, root, frm)

    def _ask(self, space: CompiledSpace, frm: int, found: list[tuple[int, int]]) -> bool:
        if self._quick_version != space.version:
            self._quick_version = space.version
            self.quick.refused.clear()
        new = [self._make_quick(space, frm, pc) for pc, _ in found if self._is_missed(space, pc)]
        if self._sampled is not None and space.handle_at(self._sampled) is None:
            new.append(self._make_quick(space, frm, self._sampled))
        if not self._wants_llvm():
            return any(new)
        left = [(pc, link) for pc, link in found if self._is_new(space, pc)]
        return (bool(left) and self._has_llvm() and super()._ask(space, frm, left)) or any(new)

    def _is_missed(self, space: CompiledSpace, pc: int) -> bool:
        """Whether a trace that came to `pc` shows code that needs an entry there: it may only have begun in a region of
        LLVM's, which a slice ended in, and whose next entry is far."""
        return self.profile.distrusts or space.tier_at(pc) in ("", BASELINE)

    def hot_places(self) -> list[int]:
        """Where no earlier run had LLVM compile anything: pcs of the program that samples fell on, the hottest first.

        There are none if the run was short, or too little of it was spent there. What LLVM compiled beside
        the guest was cut around traces, and does not do instead of whole functions.
        """
        made = self._made_before
        found = {pc: n for pc, n in self._outside.most_common() if pc < self.program_end and not _within(made, pc)}
        worth = self.retired >= WORTH_INSNS and sum(found.values()) >= WORTH_SHARE * self.retired
        return list(found) if worth else []

    def _is_new(self, space: CompiledSpace, pc: int) -> bool:
        """Whether code is hot that LLVM never compiled, and that will not be translated when the run is over."""
        if _within(self._made_before, pc) or any(_within(region.ranges, pc) for region in self.rejected):
            return False
        if pc < self.program_end and self.retired < PROGRAM_AFTER_INSNS:
            return False
        handle = space.handle_at(pc)
        return handle is None or self._heat[handle.heads[0]] >= HOT_SHARE * self.retired

    def _sample(self, space: CompiledSpace, hart: Hart, share: float) -> bool:
        pc = hart.words[_PC]
        handle = space.handle_at(pc)
        if not self._is_look:
            looks = self._window >= LOOKED_AT and not self.trial.regions and self._wants_looks(share)
            self._look = 0 if looks else len(LOOKS)
            self._span = self._window // (1 + len(LOOKS) * looks)
        if handle is not None:
            self._heat[handle.heads[0]] += self._span
        else:
            self._interpreted += self._span if self._is_look else self._window  # no look will follow
        region = self._source[handle] if handle is not None and handle.tier != BASELINE else None
        to_try = region is not None and self._untried.get(_name(region), 0)
        self._is_settled = region is not None
        if region is None or any(region is made for made in self.compiled):
            self._outside[pc] += self._span
        self._rejected_here |= {id(region) for region in self.rejected if _within(region.ranges, pc)}
        there = [tried for tried in self.trial.regions if _within(tried.ranges, pc)]
        for warm in there or ([region] if region is not None and to_try else []):
            self._warmth[_name(warm)] += self._span
        if self.trial.measure(self._timed, self._timed * bool(there), self._seconds):
            self._turn(space)
        elif to_try and not self.trial.regions:
            self._try(space)
        is_known = space.handle_at(pc) is not None
        self._sampled = None if is_known else pc
        if self._is_look and is_known:
            return False
        wanted = super()._sample(space, hart, share)
        if wanted and is_known and not (self._wants_llvm() and self._is_new(space, pc)):
            self._lengthen()
            return False
        if wanted:
            self._look = len(LOOKS)
        return wanted

    def _wants_looks(self, share: float) -> bool:
        """Whether short slices are to follow one of which `share` was interpreted."""
        return True

    def _next_slice(self) -> int:
        self._is_look = self._look < len(LOOKS)
        if not self._is_look:
            return self._slice
        self._look += 1
        return LOOKS[self._look - 1]

    def _has_llvm(self) -> bool:
        """As of the LLVM tier; but without LLVM there is still baseline code to be made."""
        self._asks = super()._has_llvm()
        self._without_llvm = False
        return self._asks

    def _wants_llvm(self) -> bool:
        """Whether LLVM would be asked for what a trace finds in baseline code."""
        if self.retired < self._llvm_after or len(self._rejected_here) >= MOST_REJECTED or not self._asks:
            return False
        return not self.trial.regions and not super()._is_busy()

    def _lengthen(self) -> None:
        """Slices grow further than LLVM's alone: where nothing is found any more, looking costs."""
        longest = SETTLED_SLICE if self._is_settled else LONGEST_SLICE
        if self._sampled is not None and self._interpreted < LOAD_INSNS:
            longest = LOAD_INSNS // 4
        self._slice = min(self._slice * 2, TURN_INSNS // 2 if self.trial.regions else longest)

    def _collect(self, space: CompiledSpace) -> None:
        if not self.trial.regions:
            super()._collect(space)

    # -- trials -----------------------------------------------------------------------------------------------------

    def _turn(self, space: CompiledSpace) -> None:
        """A turn of the trial is over: install what the next one runs, or what has won; nobody did if it was idle."""
        trial = self.trial
        is_over = not all(space.is_current(region) for region in trial.regions)
        following = trial.turn(self._installed(space))
        passed = trial.verdict()
        is_idle = passed is None and trial.is_idle
        if passed is None and not is_over and not is_idle:
            self._lay(space, following)
            return
        if (bool(passed) or is_idle) is trial.uses:  # whether `following` has LLVM's code
            self._lay(space, following)
        for region in trial.end():
            if not is_idle:
                self._untried.pop(_name(region), None)
            if passed:
                self._proven.append(region)
            elif passed is False:
                self.rejected.append(_failed(region))
                self._failed.append(region)
        self._is_timed = False
        self._slice = self._first

    def _try(self, space: CompiledSpace) -> None:
        """Begin a trial of the functions that are warm, and those that they have in them: against baseline code."""
        installed = self._installed(space)
        warmth = {id(r): self._warmth[_name(r)] for r in installed if self._untried.get(_name(r))}
        if sum(warmth.values()) < max(TRIED_INSNS, TRIED_SHARE * self.retired):
            return
        least = WARM_SHARE * sum(warmth.values())
        code = [pair for region in installed if warmth.get(id(region), -1) >= least for pair in region.ranges]
        tried = [region for region in installed if id(region) in warmth and _within(code, region.entries[0][0])]
        others = [region for region in installed if not any(region is one for one in tried)]
        heads = {head for other in others if other.kind is not Kind.BASELINE for head, _ in other.entries}
        quick = self.quick.instead(space, tried, heads, guarded=self.cache.guards(space.memory))
        for region in tried:
            self._untried[_name(region)] -= 1
            self.trial.begin(region, [*others, *quick], TRUSTED)
            self._is_timed = True
        self._slice = self._first

    def _installed(self, space: CompiledSpace) -> list[StoredRegion]:
        """The regions that are installed, oldest first."""
        self._source = {handle: self._source[handle] for handle in self.cache.handles}
        return [region for handle, region in self._source.items() if handle in space.handles]

    def _lay(self, space: CompiledSpace, regions: list[StoredRegion]) -> None:
        """Install exactly `regions`, but for those whose guest code is another now."""
        wanted = {id(region): region for region in regions}
        for handle in list(space.handles):
            if wanted.pop(id(self._source[handle]), None) is None:
                self.cache.remove(handle)
        for region in wanted.values():
            if self.cache.suits(space, region):
                self._install(space, region)

    def _install(self, space: CompiledSpace, region: StoredRegion) -> CodeHandle | None:
        tier = BASELINE if region.kind is Kind.BASELINE else "llvm"
        placed = self.cache.install(space, region.code, dict(region.entries), list(region.ranges), tier, region.faults)
        if placed is not None:
            self._source[placed] = region
        return placed

    def finish(self) -> None:
        """Wait for the region that is being compiled; tell what passed from what did not, and from what is untried."""
        super().finish()
        if not self._tries:
            return
        known = {_name(region) for region in (*self._proven, *self._failed)}
        untried = [replace(region, kind=Kind.UNTRIED) for region in self.compiled if _name(region) not in known]
        failed = [_failed(region) for region in self._failed]
        self.compiled = [*self._proven, *failed, *untried]
        self._tries = False

    def _make_quick(self, space: CompiledSpace, frm: int, pc: int) -> bool:
        """Install baseline code that is entered at `pc`; whether there is any that was not."""
        if pc in space.heads or pc in self.quick.refused:
            return False
        outside = {head for head, handle in space.heads.items() if handle.tier != BASELINE}
        guarded = self.cache.guards(space.memory)
        if self._install_kept(space, pc, outside, guarded=guarded):
            return True
        pays = self.quick.is_ready or self._interpreted >= LOAD_INSNS
        if not pays or self.quick.spent > self._share * (time.perf_counter() - self._begun):
            return False
        region = self.quick.compile(
            space, pc, frm, lambda _, word, size: self.cache.handler(word, size), outside, guarded=guarded
        )
        return region is not None and self._install_quick(space, region, outside)

    def _install_kept(self, space: CompiledSpace, pc: int, outside: set[int], *, guarded: bool) -> bool:
        """Install the offered region that is entered at `pc`, and those that it leads to; whether there is any."""
        todo = {pc: None}
        installed = 0
        while todo and installed < TOGETHER:
            place = next(iter(todo))
            del todo[place]
            region = self.quick.stored(space, place, outside, guarded=guarded) if place not in space.heads else None
            if region is None and place == self._sampled:
                region = self.quick.around(space, place, outside, guarded=guarded)
            if region is None or not self._install_quick(space, region, outside):
                continue
            installed += 1
            todo |= dict.fromkeys(region.exits)
        self._counters.stored += installed
        return installed > 0

    def _install_quick(self, space: CompiledSpace, region: StoredRegion, outside: set[int]) -> bool:
        entries = tuple((head, offset) for head, offset in region.entries if head not in outside)
        return self._install(space, replace(region, entries=entries)) is not None

    def _place(self, space: CompiledSpace, region: StoredRegion) -> CodeHandle | None:
        again, before = _is_llvm(space, region), self._installed(space)
        placed = self._install(space, region)
        if placed is not None:
            for handle in list(space.handles):
                if handle.tier == BASELINE and any(
                    start <= head < end for head in placed.heads for start, end in handle.ranges
                ):
                    self.cache.remove(handle)
            self._slice = self._first
            if self._tries and self.retired and again:  # more code of what passed
                self._proven.append(region)
            elif self._tries and self.retired:
                self.trial.begin(region, before)
                self._is_timed = True
        return placed


__all__ = ["AutoTier", "QuickRegions"]
