"""Which parts of a guest's memory the host may back with large pages (decision 0029).

A page that is touched for the first time costs a fault of the host; a large page needs one where small ones need 512.
Whoever touches a byte of a large page takes the memory of all, so this is for mappings that are large and meant to be
filled, and for no more than `most_bytes()` at a time: so much is the most that a guest may take in vain.

Source: madvise(2); Documentation/admin-guide/mm/transhuge.rst.
"""

from __future__ import annotations

import mmap
import os
import sys

from engines.vm.memory.ranges import Ranges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_MOST_BYTES: Final = 1 << 28
_SHARE_OF_MEMORY: Final = 8


def most_bytes() -> int:
    """An eighth of this machine's memory, 256 MiB at most."""
    return min(_MOST_BYTES, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _SHARE_OF_MEMORY)


class LargePages:
    """The advice that was given to the host for an arena, which begins at the offset `base` of `region`.

    Attributes:
        advised: where the host's pages differ from those of a fresh mapping.
    """

    __slots__ = ("_base", "_most", "_region", "advised")

    def __init__(self, region: mmap.mmap, base: int) -> None:
        self._region = region
        self._base = base
        self._most = -1
        self.advised = Ranges()

    def prefer(self, address: int, size: int) -> bool:
        """Ask for large pages in a range, if that is worth while and allowed; say whether they were asked for."""
        if sys.platform != "linux":
            return False
        if self._most < 0:
            self._most = most_bytes()
        return len(self.advised) + size <= self._most and self.advise(address, size, is_wanted=True)

    def advise(self, address: int, size: int, *, is_wanted: bool) -> bool:
        """Ask for large pages in a range, or for none: what a guest says of its own. False if the host knows no such
        advice."""
        if sys.platform != "linux":
            return False
        advice = mmap.MADV_HUGEPAGE if is_wanted else mmap.MADV_NOHUGEPAGE
        try:
            self._region.madvise(advice, self._base + address, size)
        except OSError:  # a kernel without large pages
            return False
        self.advised.insert(address, address + size)
        return True
