"""The table of decoded entries of one address space, and the context that native code gets with it."""

from __future__ import annotations

import ctypes
import mmap
import sys
from typing import Any

import numpy as np

from engines.vm.memory.address_space import EXEC, HAS_CODE, PAGE_BYTES, AddressSpace
from engines.vm.tiers.interpreter.layout import CONTEXT, ENTRY_BYTES, GUARD_BYTES, OVERLAP_BYTES, PC_SHIFT

_MAP_NORESERVE = 0x4000 if sys.platform == "linux" else 0


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
        self._memory = memory
        size = (memory.limit << PC_SHIFT) + 2 * GUARD_BYTES
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
        self._storage = np.zeros(1, CONTEXT)
        self.context: Any = self._storage[0]
        self.context_address = int(self._storage.ctypes.data)
        self.context["memory"] = memory.host_base
        self.context["permissions"] = memory.perm_base
        self.context["table"] = self.table
        self.context["code_limit"] = memory.limit
        self.context["fuse"] = 1
        self.discards = 0
        for start, end in memory.regions():
            for page in range(start, end, PAGE_BYTES):
                if memory.perm[page // PAGE_BYTES] & EXEC:
                    memory.perm[page // PAGE_BYTES] &= ~HAS_CODE & 0xFF
        memory.code_listeners.append(self.discard)

    def entry(self, address: int) -> bytes:
        """The decoded entry of the instruction at `address`, for inspection; zeros if it was not decoded."""
        return ctypes.string_at(self.table + (address << PC_SHIFT), ENTRY_BYTES)

    def discard(self, address: int, size: int) -> None:
        """Forget what was decoded from `size` bytes at `address`, instructions that only reach into them included."""
        self.discards += 1
        ctypes.memset(
            self.table + ((address - OVERLAP_BYTES) << PC_SHIFT), 0, (size + OVERLAP_BYTES) // 2 * ENTRY_BYTES
        )
