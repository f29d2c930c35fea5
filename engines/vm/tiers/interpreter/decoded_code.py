"""The table of decoded entries of one address space, and the context that native code gets with it."""

from __future__ import annotations

import mmap
import sys

import engines.vm.quick_ctypes as ctypes
from engines.vm.guests.words import WordRecord
from engines.vm.memory.address_space import AddressSpace
from engines.vm.tiers.interpreter.layout import (
    CONTEXT_LAYOUT,
    ENTRY_BYTES,
    GUARD_BYTES,
    HANDLER_BYTES,
    OVERLAP_BYTES,
    PARCEL_BYTES,
    PC_SHIFT,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_MAP_NORESERVE: Final = 0x4000 if sys.platform == "linux" else 0
_LONG: Final = 1 << 18
"""Bytes of the table from which on giving pages back is better than writing zeros."""


class DecodedCode:
    """Decoded entries for every parcel that `memory` could hold. Reserved, not committed: 8 bytes per byte of code run.

    Listens to the address space and discards entries whose code changed.

    Attributes:
        context: the `CONTEXT` record; its address goes to native code.
        discards: how often pages' entries were thrown away because Python changed them.

    Raises:
        MemoryError: the host refuses the reservation.
    """

    def __init__(self, memory: AddressSpace) -> None:
        self._size = size = (memory.limit << PC_SHIFT) + 2 * GUARD_BYTES
        try:
            self._region = mmap.mmap(
                -1,
                size,
                flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE,
                prot=mmap.PROT_READ | mmap.PROT_WRITE,
            )
        except OSError as error:
            raise MemoryError(
                f"cannot reserve {size:#x} bytes for decoded code of a {memory.bits}-bit guest ({error.strerror}); "
                "lift `ulimit -v` or vm.overcommit_memory=2, or use AddressSpace(bits=…) with fewer bits"
            ) from error
        if hasattr(mmap, "MADV_NOHUGEPAGE"):
            self._region.madvise(mmap.MADV_NOHUGEPAGE)
        self.table = ctypes.addressof(ctypes.c_char.from_buffer(self._region)) + GUARD_BYTES
        self.context = WordRecord(CONTEXT_LAYOUT)
        self.context_address = self.context.address
        self.context["memory"] = memory.host_base
        self.context["permissions"] = memory.perm_base
        self.context["table"] = self.table
        self.context["code_limit"] = memory.limit
        self.context["fuse"] = 1
        self.discards = 0
        memory.code_listeners.append(self.discard)

    def entry(self, address: int) -> bytes:
        """The decoded entry of the instruction at `address`, for inspection; zeros if it was not decoded."""
        return ctypes.string_at(self.table + (address << PC_SHIFT), ENTRY_BYTES)

    def expect(self, start: int, end: int) -> None:
        """Say that code will run all over guest addresses [start, end), time and again: where the system has huge pages
        for those who ask, the entries get some, which are first touched hundreds of times less often. They then
        take memory for the whole range."""
        if not hasattr(mmap, "MADV_HUGEPAGE"):
            return
        import contextlib

        first = ((start << PC_SHIFT) + GUARD_BYTES) // mmap.PAGESIZE * mmap.PAGESIZE
        with contextlib.suppress(OSError):  # a kernel without them
            self._region.madvise(mmap.MADV_HUGEPAGE, first, (end << PC_SHIFT) + GUARD_BYTES - first)

    def take(self, memory: AddressSpace) -> None:
        """Make these entries the ones that native stores keep true. If others were, forget ours: they may be stale."""
        if memory.decoded_by is not self:
            self._clear(-GUARD_BYTES, self._size - GUARD_BYTES)
            memory.decoded_by = self

    def discard(self, address: int, size: int) -> None:
        """Forget what was decoded from `size` bytes at `address`, instructions that only reach into them included.

        Entries before `address` keep their operands, see `note_write` of the handlers.
        """
        self.discards += 1
        first = address & -PARCEL_BYTES
        for parcel in range(address - OVERLAP_BYTES & -PARCEL_BYTES, first, PARCEL_BYTES):
            ctypes.memset(self.table + (parcel << PC_SHIFT), 0, HANDLER_BYTES)
        self._clear(first << PC_SHIFT, (address + size) << PC_SHIFT)

    def _clear(self, start: int, end: int) -> None:
        """Zero the bytes [start, end) of the table, counted from the entry of address 0; long ranges cost no memory."""
        inner = -(-(start + GUARD_BYTES) // mmap.PAGESIZE) * mmap.PAGESIZE - GUARD_BYTES
        inner_end = (end + GUARD_BYTES) // mmap.PAGESIZE * mmap.PAGESIZE - GUARD_BYTES
        if inner_end - inner < _LONG or sys.platform != "linux":
            ctypes.memset(self.table + start, 0, end - start)
            return
        ctypes.memset(self.table + start, 0, inner - start)
        self._region.madvise(mmap.MADV_DONTNEED, inner + GUARD_BYTES, inner_end - inner)
        ctypes.memset(self.table + inner_end, 0, end - inner_end)
