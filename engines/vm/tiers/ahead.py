"""What runs an image of code that was compiled ahead of time: the image's regions, and baseline code for what it lacks.

LLVM's code of an image runs without a trial, and nothing is compiled in the background. A small image is installed as
a whole when the program starts; of a large one, what the program begins with, and later what traces come to, each with
what it leads to.
"""

from __future__ import annotations

from engines.vm.guests.riscv64.state import word_of
from engines.vm.tiers.auto import AutoTier
from engines.vm.tiers.stop import NO_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

    from engines.vm.aot.image import StoredRegion
    from engines.vm.guests.riscv64.state import Hart
    from engines.vm.tiers.code_cache import CodeHandle, CompiledSpace
    from engines.vm.tiers.stop import Stop

TOGETHER: Final = 256
"""Regions of an image that are installed at once, at most; `engines.vm.aot.bundles` puts many into one."""
LONGEST_SLICE: Final = 1 << 28
"""Where a slice ends, the guest leaves compiled code, and comes back with the next entry: of loops, the outermost."""
LOOKED_FOR_SHARE: Final = 0.002
"""Of what retired in a slice, interpreted at least, for that to be looked for. It takes ten times as long."""
_PC: Final = word_of("pc")


class AheadTier(AutoTier):
    """Runs harts on this machine, which must be x86_64."""

    def __init__(self) -> None:
        super().__init__(trials=False, llvm_after=NO_LIMIT)
        self._image: dict[int, StoredRegion] = {}

    def offer(self, regions: Iterable[StoredRegion]) -> None:
        """The image's regions, of both compilers; the first that has a pc among its entries is taken for it."""
        for region in regions:
            for pc, _ in region.entries:
                self._image.setdefault(pc, region)

    def run(self, hart: Hart, limit_insns: int = NO_LIMIT) -> Stop:
        """See `LlvmTier.run`."""
        if self._image and not self.retired:
            self.stored = dict(self._image)
            if len(set(map(id, self.stored.values()))) > TOGETHER:
                self.stored = self._from(hart.words[_PC])
        return super().run(hart, limit_insns)

    def _from(self, pc: int) -> dict[int, StoredRegion]:
        """By root, regions of the image that are not installed: what is entered at `pc`, and what that leads to."""
        found: dict[int, StoredRegion] = {}
        todo = [pc]
        for place in todo:
            region = self._image.pop(place, None)
            if region is None or region.entries[0][0] in found:
                continue
            found[region.entries[0][0]] = region
            if len(found) == TOGETHER:
                break
            todo += region.exits
        return found

    def _make_quick(self, space: CompiledSpace, frm: int, pc: int) -> bool:
        """Install what the image has for `pc`, or else baseline code."""
        if pc in space.heads:
            return False
        self.stored = self._from(pc)
        self._install_stored(space)
        return pc in space.heads or super()._make_quick(space, frm, pc)

    def _place(self, space: CompiledSpace, region: StoredRegion) -> CodeHandle | None:
        """Install it beside what is there: what the image has is the best there is."""
        return self._install(space, region)

    def _lengthen(self) -> None:
        self._slice = min(self._slice * 2, LONGEST_SLICE)

    def _wants_looks(self, share: float) -> bool:
        """Nothing but interpreted code is looked for."""
        return share >= LOOKED_FOR_SHARE


__all__ = ["AheadTier"]
