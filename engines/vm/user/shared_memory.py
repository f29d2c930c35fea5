"""MAP_SHARED: pages of the guest's arena that are a host file or shared anonymous memory.

The host maps them over the arena at the same place, so native tiers and system calls need not know.
"""

from __future__ import annotations

import ctypes
from typing import Final

from engines.vm.memory.address_space import AddressSpace
from engines.vm.user.host_calls import call

_PROT_READ_WRITE: Final = 3
_PROT_READ: Final = 1
_MAP_SHARED: Final = 0x01
_MAP_PRIVATE: Final = 0x02
_MAP_FIXED: Final = 0x10
_MAP_ANONYMOUS: Final = 0x20
_MAP_NORESERVE: Final = 0x4000


def attach(
    memory: AddressSpace, shared: dict[int, int], address: int, size: int, prot: int, host_fd: int, offset: int
) -> None:
    """Put `size` bytes of `host_fd` from `offset` on (-1: fresh shared memory) under `address`; note it in `shared`.

    Raises:
        OSError: the host refuses (EACCES: the file is not open for what `prot` asks).
    """
    flags = _MAP_SHARED | _MAP_FIXED | (_MAP_ANONYMOUS if host_fd < 0 else 0)
    host_prot = _PROT_READ_WRITE if host_fd < 0 or prot & 2 else _PROT_READ
    where = ctypes.c_void_p(memory.host_base + address)
    call("mmap", where, ctypes.c_size_t(size), host_prot, flags, host_fd, offset)
    shared[address] = size


def detach(memory: AddressSpace, shared: dict[int, int], address: int, size: int) -> None:
    """Make every shared page of the range private arena memory again, zeros; update `shared`.

    Raises:
        OSError: the host refuses.
    """
    end = address + size
    for start, length in list(shared.items()):
        stop = start + length
        low, high = max(start, address), min(stop, end)
        if low >= high:
            continue
        flags = _MAP_PRIVATE | _MAP_FIXED | _MAP_ANONYMOUS | _MAP_NORESERVE
        where = ctypes.c_void_p(memory.host_base + low)
        call("mmap", where, ctypes.c_size_t(high - low), _PROT_READ_WRITE, flags, -1, 0)
        del shared[start]
        if start < low:
            shared[start] = low - start
        if high < stop:
            shared[high] = stop - high
