"""What runs of a program keep for its next run: the regions that they compiled, in the disk cache."""

from __future__ import annotations

import mmap
import os
import sys

import engines.vm.quick_ctypes as ctypes
from engines.vm.aot.image import HEAD_BYTES, ImageRefusedError, Origin, StoredRegion, body_of, decode, regions_of
from engines.vm.runtime.digest import FileDigests, digest
from engines.vm.runtime.executable_memory import LARGE_PAGE_BYTES, MADV_POPULATE_WRITE
from engines.vm.runtime.object_cache import ObjectCache, cache_folder, content_key
from engines.whole_file import refuse_large

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import FileIO
    from typing import Final

_LARGE_BYTES: Final = 1 << 18
"""Images of this size and more are read into large pages."""
MOST_BYTES: Final = 16 << 20
"""Of host code kept for one program: as much as the code cache holds."""


def read_image(path: str, executable: bytes, origin: Origin | None = None) -> list[StoredRegion]:
    """The regions of the image file at `path`, which must have been made for `executable` on this machine.

    Args:
        origin: of that executable here, where it is known already.

    Raises:
        ImageRefusedError: it was not, or is damaged, or cannot be read.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            refuse_large(path, status.st_size)
            content = _content(file, status.st_size)
    except OSError as error:
        raise ImageRefusedError(f"{path}: {error.strerror}") from None
    known = FileDigests(f"{cache_folder()}/images").of(status, content, HEAD_BYTES)
    return decode(content, origin or Origin.here(executable), path, bytes.fromhex(known))


def _content(file: FileIO, size: int) -> memoryview:
    """The first `size` bytes, or all, if there are fewer: a copy, for who copies another image over the file while the
    program runs must not change what is installed later.

    They are read into large pages of the host, where it gives some: touching small ones takes longer than reading.
    """
    content = _room(size)
    have = 0
    while have < size:
        got = file.readinto(content[have:])
        if not got:
            break
        have += got
    return content[:have]


def _room(size: int) -> memoryview:
    """`size` bytes that a file can be read into."""
    if size < _LARGE_BYTES or sys.platform != "linux":
        return memoryview(bytearray(size))
    whole = -(-size // LARGE_PAGE_BYTES) * LARGE_PAGE_BYTES
    room = mmap.mmap(-1, whole + LARGE_PAGE_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    first = -ctypes.addressof(ctypes.c_char.from_buffer(room)) % LARGE_PAGE_BYTES
    try:
        room.madvise(mmap.MADV_HUGEPAGE, first, whole)
        room.madvise(MADV_POPULATE_WRITE, first, size)
    except OSError:  # a kernel without large pages, or before Linux 5.14
        pass
    return memoryview(room)[first : first + size]


class RegionStore:
    """The regions that one tier compiled for one executable. They are read when they are first asked for.

    Args:
        origin: of that executable here, where it is known already.

    Attributes:
        problem: why nothing can be kept or why what was there is not used; empty if all is well, as far as is known.
    """

    def __init__(
        self,
        executable: bytes,
        tier: str = "baseline",
        cache: ObjectCache | None = None,
        origin: Origin | None = None,
    ) -> None:
        self._cache = cache or ObjectCache()
        self._origin = origin or Origin.here(executable)
        self._key = content_key(["regions", tier, self._origin.guest, self._origin.made_by])
        self.problem = ""
        self._regions: list[StoredRegion] | None = None

    @property
    def regions(self) -> list[StoredRegion]:
        """Those that were there."""
        if self._regions is None:
            self._regions = []
            try:
                content = self._cache.get(self._key)
                if content is not None:
                    self._regions = regions_of(content, self._origin, "compiled code in the cache")
            except (OSError, ImageRefusedError) as error:
                self.problem = str(error)
            if self._cache.corrupt:
                self.problem = "compiled code in the cache was damaged"
        return self._regions

    def keep(self, compiled: Sequence[StoredRegion]) -> None:
        """Add regions to those that were there, as far as there is room; one made from the same code is replaced.

        Two runs at once: the later one's remain.
        """
        if not compiled:
            return
        names = {_name(region): region for region in self.regions}
        size = sum(len(region.code) for region in self.regions)
        changed = False
        for region in compiled:
            old = names.get(_name(region))
            size += len(region.code) - (len(old.code) if old else 0)
            if size > MOST_BYTES:
                break
            changed = changed or old != region
            names[_name(region)] = region
        if not changed:
            return
        regions = list(names.values())
        try:
            self._cache.put(self._key, body_of(self._origin, regions))
        except OSError as error:
            self.problem = f"compiled code cannot be kept ({error.strerror})"


def _name(region: StoredRegion) -> tuple[int, bytes]:
    return region.entries[0][0], digest(region.guest)
