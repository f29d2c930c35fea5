"""All tiers together: the interpreter, then baseline code as soon as code is warm, then LLVM's for what stays hot.

Baseline code is made on the guest's thread, in milliseconds, where traces find interpreted code; LLVM compiles in the
background what is still not its own. Both are regions in one code cache. LLVM's code is entered at its heads only, so
baseline code that contains such a head would pass it by: it is taken away when LLVM's comes, and made again around it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from engines.vm.aot.image import StoredRegion
from engines.vm.tiers.code_cache import CodeHandle, CompiledSpace
from engines.vm.tiers.llvm.tier import LlvmTier

if TYPE_CHECKING:
    from engines.vm.tiers.baseline.compiler import BaselineCompiler

FIRST_SLICE: Final = 1 << 15
BATCH: Final = 1
SHARE: Final = 0.5
"""Of the time since the start, what compiling on the guest's thread may take."""
LLVM_AFTER_INSNS: Final = 50_000_000
"""LLVM is not even loaded for programs that are over by then."""
BASELINE: Final = "baseline"


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
        self._stored: dict[int, list[StoredRegion]] = {}
        self._compiler: BaselineCompiler | None = None

    @property
    def compiler(self) -> BaselineCompiler:
        """Made when the first region must be compiled."""
        if self._compiler is None:
            from engines.vm.hosts.host import x86_64
            from engines.vm.tiers.baseline.compiler import BaselineCompiler
            from engines.vm.tiers.baseline.tier import LAYOUT

            self._compiler = BaselineCompiler(x86_64(LAYOUT))
        return self._compiler

    def offer(self, regions: Iterable[StoredRegion]) -> None:
        """Regions that need not be compiled."""
        for region in regions:
            for pc, _ in region.entries:
                self._stored.setdefault(pc, []).append(region)

    def stored(self, space: CompiledSpace, pc: int, outside: Iterable[int], *, guarded: bool) -> StoredRegion | None:
        """An offered region that may be entered at `pc`, holds none of `outside`, and is right for memory as it is."""
        heads = set(outside)
        for region in self._stored.get(pc, ()):
            if region.faults is not None and not guarded:
                continue
            if any(start <= head < end for head in heads for start, end in region.ranges):
                continue
            if b"".join(space.fetch(start, end - start) for start, end in region.ranges) == region.guest:
                return region
        return None

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
        return region


class AutoTier(LlvmTier):
    """Runs harts on this machine, which must be x86_64.

    Args:
        slice_insns, capacity_bytes, batch, only_executed, background: see `LlvmTier`.
        share: of the time since the tier was made, what compiling baseline code may take; infinite for no limit.
        llvm_after: retired instructions before LLVM is asked for anything.

    Attributes:
        quick: the baseline regions.
    """

    name = "auto"

    def __init__(
        self,
        slice_insns: int = FIRST_SLICE,
        *,
        share: float = SHARE,
        llvm_after: int = LLVM_AFTER_INSNS,
        batch: int = BATCH,
        background: bool = True,
        capacity_bytes: int = 48 << 20,
        only_executed: bool = True,
    ) -> None:
        super().__init__(slice_insns, capacity_bytes, batch, only_executed, background)
        self.quick = QuickRegions()
        self._share = share
        self._llvm_after = llvm_after
        self._begun = time.perf_counter()
        self._quick_version = 0

    def offer(self, regions: Iterable[StoredRegion]) -> None:
        """Regions that need not be compiled: LLVM's, and those of guarded memory, which are baseline code."""
        regions = list(regions)
        super().offer(region for region in regions if region.faults is None)
        self.quick.offer(region for region in regions if region.faults is not None)

    def measurements(self) -> dict[str, int]:
        """What `--stats` shows beside the counters of regions."""
        found = super().measurements()
        found["baseline regions compiled"] = len(self.quick.compiled)
        found["baseline compile us"] = round(self.quick.spent * 1e6)
        return found

    def _is_busy(self) -> bool:
        return False

    def _ask(self, space: CompiledSpace, frm: int, found: list[tuple[int, int]]) -> bool:
        if self._quick_version != space.version:
            self._quick_version = space.version
            self.quick.refused.clear()
        new = [self._make_quick(space, frm, pc) for pc, _ in found]
        if self.retired < self._llvm_after or super()._is_busy() or not self._has_llvm():
            return any(new)
        return super()._ask(space, frm, found) or any(new)

    def _make_quick(self, space: CompiledSpace, frm: int, pc: int) -> bool:
        """Install baseline code that is entered at `pc`; whether there is any that was not."""
        if pc in space.heads or pc in self.quick.refused:
            return False
        outside = {head for head, handle in space.heads.items() if handle.tier != BASELINE}
        guarded = self.cache.guards(space.memory)
        region = self.quick.stored(space, pc, outside, guarded=guarded)
        if region is None:
            if self.quick.spent > self._share * (time.perf_counter() - self._begun):
                return False
            region = self.quick.compile(
                space, pc, frm, lambda _, word, size: self.cache.handler(word, size), outside, guarded=guarded
            )
        if region is None:
            return False
        entries = {head: offset for head, offset in region.entries if head not in outside}
        return self.cache.install(space, region.code, entries, list(region.ranges), BASELINE, region.faults) is not None

    def _place(self, space: CompiledSpace, region: StoredRegion) -> CodeHandle | None:
        placed = super()._place(space, region)
        if placed is not None:
            for handle in list(space.handles):
                if handle.tier == BASELINE and any(
                    start <= head < end for head in placed.heads for start, end in handle.ranges
                ):
                    self.cache.remove(handle)
            self._slice = self._first
        return placed


__all__ = ["AutoTier", "QuickRegions"]
