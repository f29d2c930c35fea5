"""Memory: the heap, mappings, protection.

Private file mappings are copies; shared ones are the file itself, mapped by the host into the guest's arena.

Source: brk(2), mmap(2), mremap(2), mprotect(2), madvise(2); uapi/asm-generic/mman-common.h.
"""

from __future__ import annotations

import os

from engines.vm.memory.address_space import PAGE_BYTES, READ, WRITE, Access
from engines.vm.user.errno import Errno
from engines.vm.user.syscalls.table import system_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_MAP_SHARED: Final = 0x01
_MAP_PRIVATE: Final = 0x02
_MAP_SHARED_VALIDATE: Final = 0x03
_MAP_TYPE: Final = 0x0F
_MAP_FIXED: Final = 0x10
_MAP_ANONYMOUS: Final = 0x20
_PARTLY_USED: Final = 0x100 | 0x4000 | 0x20000
"""MAP_GROWSDOWN, MAP_NORESERVE, MAP_STACK: what has one of them is larger than what will be used of it."""
_MAP_FIXED_NOREPLACE: Final = 0x100000
_PROT_MASK: Final = 7
_PROT_GROWS: Final = 0x0300_0000
_MREMAP_MAYMOVE: Final = 1
_MREMAP_FIXED: Final = 2
_MADV_DONTNEED: Final = 4
_MADV_HUGEPAGE: Final = 14
_MADV_NOHUGEPAGE: Final = 15
_MADV_KNOWN: Final = frozenset((0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21))
MIN_ADDRESS: Final = 0x10000
"""vm.mmap_min_addr: nothing is mapped below."""
_PAGE_MASK: Final = PAGE_BYTES - 1


def round_up(size: int) -> int:
    """`size` in bytes, up to whole pages."""
    return (size + _PAGE_MASK) & ~_PAGE_MASK


def _permission(prot: int) -> int:
    """PROT_* as page permissions; a writable page is readable, as RISC-V page tables cannot say otherwise."""
    return prot & _PROT_MASK | (READ if prot & WRITE else 0)


@system_call(214, "brk", "ptr")
def brk(process: Process, address: int) -> int:
    layout, memory = process.map, process.memory
    if not layout.brk_start <= address < layout.mmap_top:
        return layout.brk
    old_end, new_end = round_up(layout.brk), round_up(address)
    if new_end > old_end:
        if next(memory.regions(old_end, new_end), None) is not None:
            return layout.brk
        memory.map(old_end, new_end - old_end, READ | WRITE, to_be_filled=True)
    elif new_end < old_end:
        process.release(new_end, old_end - new_end)
    layout.brk = address
    return address


@system_call(222, "mmap", "ptr size prot mapflags fd offset")
def mmap(process: Process, address: int, size: int, prot: int, flags: int, fd: int, offset: int) -> int:
    memory = process.memory
    kind = flags & _MAP_TYPE
    anonymous = bool(flags & _MAP_ANONYMOUS)
    host = -1 if anonymous else process.files.get(fd)
    if not size or offset & _PAGE_MASK or kind not in (_MAP_SHARED, _MAP_PRIVATE, _MAP_SHARED_VALIDATE):
        return -Errno.EINVAL
    if size > memory.limit:
        return -Errno.ENOMEM
    size = round_up(size)
    if flags & (_MAP_FIXED | _MAP_FIXED_NOREPLACE):
        if address & _PAGE_MASK:
            return -Errno.EINVAL
        if address + size > memory.limit:
            return -Errno.ENOMEM
        if address < MIN_ADDRESS:
            return -Errno.EPERM
        if flags & _MAP_FIXED_NOREPLACE and next(memory.regions(address, address + size), None) is not None:
            return -Errno.EEXIST
        process.release(address, size)
    else:
        found = _choose(process, address & ~_PAGE_MASK, size)
        if found is None:
            return -Errno.ENOMEM
        address = found
    if kind == _MAP_PRIVATE:
        if not anonymous:
            os.pread(host, 0, offset)  # fails as the kernel would for what cannot be read
        is_filled = not anonymous or (bool(prot & WRITE) and not flags & _PARTLY_USED)
        memory.map(address, size, _permission(prot), to_be_filled=is_filled)
        if not anonymous:
            _copy_file(process, address, size, host, offset)
    else:
        from engines.vm.user.shared_memory import attach

        attach(memory, process.map.shared, address, size, prot, host, offset)
        memory.map(address, size, _permission(prot))
    return address


def _choose(process: Process, hint: int, size: int) -> int | None:
    memory, top = process.memory, process.map.mmap_top
    if MIN_ADDRESS <= hint <= top - size and next(memory.regions(hint, hint + size), None) is None:
        return hint
    return memory.find_free(size, low=round_up(process.map.brk) or MIN_ADDRESS, high=top)


def _copy_file(process: Process, address: int, size: int, host: int, offset: int) -> None:
    """Fill fresh pages from the file; what lies beyond its end stays zero."""
    left = min(size, max(0, os.fstat(host).st_size - offset))
    while left:
        data = os.pread(host, min(left, 1 << 24), offset)
        if not data:
            return
        process.memory.place(address, data)
        address, offset, left = address + len(data), offset + len(data), left - len(data)


@system_call(215, "munmap", "ptr size")
def munmap(process: Process, address: int, size: int) -> int:
    if address & _PAGE_MASK or not size or size > process.memory.limit or address + size > process.memory.limit:
        return -Errno.EINVAL
    process.release(address, round_up(size))
    return 0


@system_call(226, "mprotect", "ptr size prot")
def mprotect(process: Process, address: int, size: int, prot: int) -> int:
    if address & _PAGE_MASK or prot & ~(_PROT_MASK | _PROT_GROWS):
        return -Errno.EINVAL
    if not size:
        return 0
    if size > process.memory.limit or not process.memory.mapped(address, round_up(size)):
        return -Errno.ENOMEM
    process.memory.protect(address, round_up(size), _permission(prot))
    return 0


@system_call(216, "mremap", "ptr size size int ptr")
def mremap(process: Process, old: int, old_size: int, new_size: int, flags: int, new: int) -> int:
    memory = process.memory
    if old & _PAGE_MASK or not new_size or flags & ~(_MREMAP_MAYMOVE | _MREMAP_FIXED):
        return -Errno.EINVAL
    if not old_size or (flags & _MREMAP_FIXED and (not flags & _MREMAP_MAYMOVE or new & _PAGE_MASK)):
        return -Errno.EINVAL
    old_size, new_size = round_up(min(old_size, memory.limit)), round_up(min(new_size, memory.limit))
    if not memory.mapped(old, old_size):
        return -Errno.EFAULT
    if not flags & _MREMAP_FIXED:
        if new_size <= old_size:
            if new_size < old_size:
                process.release(old + new_size, old_size - new_size)
            return old
        end = old + old_size
        permission = memory.perm[old >> 12] & 7
        grown = old + new_size
        is_shared = any(start < end and old < start + size for start, size in process.map.shared.items())
        if is_shared:
            return -Errno.ENOMEM
        if grown <= process.map.mmap_top and next(memory.regions(end, grown), None) is None:
            memory.map(end, new_size - old_size, permission, to_be_filled=bool(permission & WRITE))
            return old
        if not flags & _MREMAP_MAYMOVE:
            return -Errno.ENOMEM
        found = _choose(process, 0, new_size)
        if found is None:
            return -Errno.ENOMEM
        new = found
    elif new < MIN_ADDRESS or new + new_size > memory.limit or (new < old + old_size and old < new + new_size):
        return -Errno.EINVAL
    _move(process, old, old_size, new, new_size)
    return new


def _move(process: Process, old: int, old_size: int, new: int, new_size: int) -> None:
    memory = process.memory
    permissions = [memory.perm[(old + at) >> 12] & 7 for at in range(0, min(old_size, new_size), PAGE_BYTES)]
    memory.protect(old, old_size, READ | WRITE)
    process.release(new, new_size)
    memory.map(new, new_size, permissions[0], to_be_filled=bool(permissions[0] & WRITE))
    memory.place(new, memory.view(old, min(old_size, new_size)))
    for i, permission in enumerate(permissions):
        if permission != permissions[0]:
            memory.protect(new + i * PAGE_BYTES, PAGE_BYTES, permission)
    process.release(old, old_size)


@system_call(233, "madvise", "ptr size int")
def madvise(process: Process, address: int, size: int, advice: int) -> int:
    memory = process.memory
    if address & _PAGE_MASK or advice not in _MADV_KNOWN or size > memory.limit:
        return -Errno.EINVAL
    if not size:
        return 0
    size = round_up(size)
    if not memory.mapped(address, size):
        return -Errno.ENOMEM
    if advice == _MADV_DONTNEED:
        shared = process.map.shared
        if not any(start < address + size and address < start + length for start, length in shared.items()):
            memory.clear(address, size)
    elif advice in (_MADV_HUGEPAGE, _MADV_NOHUGEPAGE):
        memory.advise_large_pages(address, size, is_wanted=advice == _MADV_HUGEPAGE)
    return 0


@system_call(227, "msync", "ptr size int")
def msync(process: Process, address: int, size: int, flags: int) -> int:
    if address & _PAGE_MASK or flags & ~7 or flags & 5 == 5:
        return -Errno.EINVAL
    if not process.memory.mapped(address, round_up(min(size, process.memory.limit))):
        return -Errno.ENOMEM
    return 0  # shared pages are the file's own: other processes see them at once


@system_call(232, "mincore", "ptr size ptr")
def mincore(process: Process, address: int, size: int, vector: int) -> int:
    if address & _PAGE_MASK:
        return -Errno.EINVAL
    pages = round_up(min(size, process.memory.limit))
    if not process.memory.mapped(address, pages):
        return -Errno.ENOMEM
    process.memory.write(vector, b"\1" * (pages // PAGE_BYTES))
    return 0


@system_call(228, "mlock", "ptr size")
@system_call(229, "munlock", "ptr size")
def mlock(process: Process, address: int, size: int) -> int:
    start = address & ~_PAGE_MASK
    pages = round_up(min(size + address - start, process.memory.limit))
    return 0 if process.memory.mapped(start, pages) else -Errno.ENOMEM


@system_call(284, "mlock2", "ptr size int")
def mlock2(process: Process, address: int, size: int, flags: int) -> int:
    return -Errno.EINVAL if flags & ~1 else mlock(process, address, size)  # type: ignore[return-value]


@system_call(230, "mlockall", "int")
def mlockall(process: Process, flags: int) -> int:
    return -Errno.EINVAL if not flags or flags & ~7 else 0


@system_call(231, "munlockall")
def munlockall(process: Process) -> int:
    return 0


@system_call(259, "riscv_flush_icache", "ptr ptr ulong")
def riscv_flush_icache(process: Process, start: int, end: int, flags: int) -> int:
    if flags & ~1:
        return -Errno.EINVAL
    if start < end <= process.memory.limit and process.memory.permitted(start, end - start, Access.STORE):
        process.memory.view(start, end - start, Access.STORE)  # whoever holds decoded code of it hears of a write
    return 0
