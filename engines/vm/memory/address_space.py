"""A guest address space: one flat 36-bit arena of host memory and one permission byte for every 4 KiB page.

Guest address `a` lives at host address `host_base + a`. The arena is reserved, not committed: pages cost memory once
they are touched and give it back when they are unmapped. Native tiers use `host_base` and `perm_base` directly; the
pure-Python tier and the system calls use the methods here. Both keep the same permission bytes, so they may take turns.

Permission byte, one per page:

- `READ`, `WRITE`, `EXEC`: what the guest may do.
- `MAPPED`: the page exists (a page may be mapped with no permission at all).
- `HAS_CODE`: a native tier holds decoded instructions of this page; whoever writes it must tell `code_listeners`.
- `HAS_COMPILED`: host code compiled from this page is installed; only together with `HAS_CODE`.
- `DIRTY`: written since `clear_dirty`.
- `DIRECT`: a store needs no further look: `WRITE` and `DIRTY` are set and `HAS_CODE` is not. The fast path of every
  tier tests this bit alone.

A *guarded* address space gives the host's pages the guest's permissions too, and keeps `GUARD_BYTES` on both sides of
the arena inaccessible: native code may then access memory without a look at the permission bytes and have the host tell
what fails (`engines.vm.runtime.fault_exits`). That needs permissions that a host can hold: none, `READ`,
`READ | WRITE`, `READ | EXEC`. Writable pages count as dirty from the start. The first other permission, or
`clear_dirty`, ends it for good: the arena becomes an ordinary one, and `unguarded_listeners` hear of it.

Not thread-safe: one guest thread runs at a time.
"""

from __future__ import annotations

import _struct as struct
import mmap
import sys
from _bisect import bisect_left
from itertools import pairwise

import engines.vm.quick_ctypes as ctypes
from engines.vm.enumeration import StrEnum
from engines.vm.errors import MachineError
from engines.vm.memory.ranges import Ranges
from engines.vm.quick import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Final

    from engines.vm.memory.large_pages import LargePages

PAGE_BITS: Final = 12
PAGE_BYTES: Final = 1 << PAGE_BITS
ADDRESS_BITS: Final = 36

READ: Final = 1
WRITE: Final = 2
EXEC: Final = 4
HAS_CODE: Final = 8
DIRTY: Final = 16
DIRECT: Final = 32
MAPPED: Final = 64
HAS_COMPILED: Final = 128

GUARD_BYTES: Final = 1 << 31
"""Inaccessible host addresses before and after a guarded arena."""

LARGE_PAGE_BYTES: Final = 1 << 21
"""Of a large page of the host, where small ones have 4 KiB; it is put only where a mapping has all of it, at a multiple
of its size."""
_ACCESS_BITS: Final = READ | WRITE | EXEC
_MAP_FIXED: Final = 0x10
_MAP_NORESERVE: Final = 0x4000 if sys.platform == "linux" else 0
_WITHOUT: Final = {bit: bytes(b for b in range(256) if b & bit) for bit in (READ, WRITE, EXEC, MAPPED, HAS_CODE)}
"""For `bytes.translate(None, delete)`: deleting every byte that has the bit leaves those that lack it."""
_LACK: Final = {bit: bytes(b for b in range(256) if not b & bit) for bit in (HAS_CODE,)}
_SET_DIRECT: Final = bytes(b | DIRTY | DIRECT if b & WRITE and not b & HAS_CODE else b | DIRTY for b in range(256))
_CLEAR_CODE: Final = bytes(b & ~(HAS_CODE | HAS_COMPILED) & 0xFF for b in range(256))
_CLEAR_DIRTY: Final = bytes(b & ~(DIRTY | DIRECT) & 0xFF for b in range(256))


class Access(StrEnum):
    """The kind of access that failed."""

    FETCH = "fetch"
    LOAD = "load"
    STORE = "store"


class MemoryFault(MachineError):  # noqa: N818  (the manual's word)
    """An access to memory that is not mapped or not permitted.

    Attributes:
        address: the first that fails: of an access that runs into an inaccessible page, that page's first address.
        access: what was attempted.
    """

    def __init__(self, address: int, access: Access) -> None:
        super().__init__(address, access)
        self.address = address
        self.access = access

    def __str__(self) -> str:
        return f"{self.access} at {self.address:#x}: not mapped or not permitted"


_BIT_OF: Final = {Access.FETCH: EXEC, Access.LOAD: READ, Access.STORE: WRITE}


class AddressSpace:
    """Guest memory of `2 ** bits` bytes, all unmapped at first.

    Args:
        guarded: let the host hold the guest's permissions too, for as long as it can.

    Attributes:
        guarded: whether it does. unguarded_listeners: called when that ends.
        limit: first address beyond the arena; every access there faults.
        host_base, perm_base: host addresses of the arena and of its permission bytes.
        perm: the permission bytes, indexed by `address >> 12`. Change them through the methods only.
        code_listeners: called with (address, size) after pages with `HAS_CODE` were written, unmapped or changed
            permission; `HAS_CODE` of these pages is already clear.
        decoded_by: the native tier's decoded code that native stores keep true, if any; set by that tier.

    Raises:
        ValueError: `bits` is not in 13…36.
        MemoryError: the host refuses the reservation.
    """

    def __init__(self, bits: int = ADDRESS_BITS, *, guarded: bool = False) -> None:
        if not PAGE_BITS < bits <= ADDRESS_BITS:
            raise ValueError(f"address space of {bits} bits; must be {PAGE_BITS + 1} to {ADDRESS_BITS}")
        self.bits = bits
        self.limit = 1 << bits
        self.guarded = guarded and sys.platform == "linux"
        guard = GUARD_BYTES if self.guarded else 0
        whole = guard + self.limit + guard + LARGE_PAGE_BYTES
        self._region = _reserve(whole)
        region_base = _address_of(self._region)
        self.host_base = (region_base + guard + LARGE_PAGE_BYTES - 1) & -LARGE_PAGE_BYTES
        self._before = self.host_base - region_base
        self._arena = memoryview(self._region)[self._before : self._before + self.limit]
        self._large_pages: LargePages | None = None
        self.perm = _reserve(1 << (ADDRESS_BITS - PAGE_BITS))
        if self.guarded:
            self.guarded = not _mprotect(region_base, whole, _HOST_PROTECTION[0])
        self.perm_base = _address_of(self.perm)
        self.code_listeners: list[Callable[[int, int], None]] = []
        self.unguarded_listeners: list[Callable[[], None]] = []
        self.decoded_by: object = None
        self._mapped = Ranges()

    # -- single accesses, little-endian ---------------------------------------------------------------------------

    def load(self, address: int, size: int) -> int:
        """Return the unsigned little-endian value of `size` (1, 2, 4, 8) bytes at `address`, misaligned or not.

        Raises:
            MemoryFault: any byte is not readable; nothing was read. Its address is the first such byte's.
        """
        if address < self.limit and self.perm[address >> 12] & READ and (address & 0xFFF) <= PAGE_BYTES - size:
            value: int = _UNPACK[size](self._arena, address)[0]
            return value
        self._require(address, size, Access.LOAD)
        return int.from_bytes(self._arena[address : address + size], "little")

    def store(self, address: int, value: int, size: int) -> None:
        """Store the low `size` (1, 2, 4, 8) bytes of `value` at `address`, misaligned or not.

        Raises:
            MemoryFault: any byte is not writable; nothing was written. Its address is the first such byte's.
        """
        if address < self.limit and self.perm[address >> 12] & DIRECT and (address & 0xFFF) <= PAGE_BYTES - size:
            _PACK[size](self._arena, address, value & _MASK[size])
            return
        self._require(address, size, Access.STORE)
        self._arena[address : address + size] = (value & _MASK[size]).to_bytes(size, "little")
        self._written(address, size)

    def fetch16(self, address: int) -> int:
        """Return the 16-bit instruction parcel at `address` (even).

        Raises:
            MemoryFault: it is not executable.
        """
        if address < self.limit and self.perm[address >> 12] & EXEC:
            parcel: int = _UNPACK[2](self._arena, address)[0]
            return parcel
        raise MemoryFault(address, Access.FETCH)

    # -- ranges ---------------------------------------------------------------------------------------------------

    def permitted(self, address: int, size: int, access: Access) -> bool:
        """Say whether all of `size` bytes at `address` permit `access`. Zero bytes always do."""
        return size == 0 or self._first_failure(address, size, _BIT_OF[access]) is None

    def read(self, address: int, size: int) -> bytes:
        """Return `size` bytes.

        Raises:
            MemoryFault: some byte is not readable.
        """
        self._require(address, size, Access.LOAD)
        return bytes(self._arena[address : address + size])

    def write(self, address: int, data: bytes | bytearray | memoryview) -> None:
        """Write `data`, all of it or, on a fault, nothing.

        Raises:
            MemoryFault: some byte is not writable.
        """
        size = len(data)
        self._require(address, size, Access.STORE)
        self._arena[address : address + size] = data
        self._written(address, size)

    def view(self, address: int, size: int, access: Access = Access.LOAD) -> memoryview:
        """Return the host memory of `size` bytes at `address`, without a copy, for immediate use by a system call.

        With `Access.STORE` the range counts as written now, so use the view before the guest runs again.

        Raises:
            MemoryFault: some byte does not permit `access`.
        """
        self._require(address, size, access)
        if access is Access.STORE:
            self._written(address, size)
            return self._arena[address : address + size]
        return self._arena[address : address + size].toreadonly()

    def place(self, address: int, data: bytes | bytearray | memoryview) -> None:
        """Write `data` into mapped pages whatever their permissions: for loaders and debuggers.

        Raises:
            MemoryFault: some byte is not mapped.
        """
        size = len(data)
        if size:
            failure = self._first_failure(address, size, MAPPED)
            if failure is not None:
                raise MemoryFault(failure, Access.STORE)
            closed = self.guarded and not self.permitted(address, size, Access.STORE)
            if closed:
                first, end = address & -PAGE_BYTES, (address + size + PAGE_BYTES - 1) & -PAGE_BYTES
                self._protect_host(first, end - first, READ | WRITE)
            self._arena[address : address + size] = data
            self._written(address, size)
            if closed and self.guarded:
                self._protect_again(first, end)

    # -- the map --------------------------------------------------------------------------------------------------

    def map(self, address: int, size: int, permission: int, *, to_be_filled: bool = False) -> None:
        """Map `size` bytes at `address` as zeros with `permission` (`READ | WRITE | EXEC`), replacing what was there.

        Args:
            to_be_filled: most of it will be used, so that large pages of the host waste little.

        Raises:
            ValueError: not page-aligned, empty, outside the arena, or unknown permission bits.
        """
        self._check_range(address, size)
        _check_permission(permission)
        self.unmap(address, size)
        self._set(address, size, permission | MAPPED | self._held(address, size, permission))
        self._mapped.insert(address, address + size)
        if to_be_filled and size >= LARGE_PAGE_BYTES:
            self._advice().prefer(address, size)

    def unmap(self, address: int, size: int) -> None:
        """Unmap every page of the range that is mapped, and give its memory back to the host.

        Raises:
            ValueError: not page-aligned, empty, or outside the arena.
        """
        self._check_range(address, size)
        end = address + size
        code = False
        for start, stop in list(self.regions(address, end)):
            code = self._clear_code(start, stop - start) or code
            self._set(start, stop - start, 0)
            if self._large_pages is None or not self._renew(start, stop, self._large_pages):
                _discard(self._region, self._before + start, stop - start)
            self._held(start, stop - start, 0)
        self._mapped.remove(address, end)
        if code:
            self._tell(address, size)

    def protect(self, address: int, size: int, permission: int) -> None:
        """Give the pages of the range new permissions; their contents stay.

        Raises:
            ValueError: not page-aligned, empty, outside the arena, or unknown permission bits.
            MemoryFault: a page is not mapped; nothing was changed.
        """
        self._check_range(address, size)
        _check_permission(permission)
        failure = self._first_failure(address, size, MAPPED)
        if failure is not None:
            raise MemoryFault(failure, Access.STORE)
        code = self._clear_code(address, size)
        first, last = address >> PAGE_BITS, (address + size) >> PAGE_BITS
        flags = permission | MAPPED | self._held(address, size, permission)
        if DIRTY in self.perm[first:last].translate(_ONLY_DIRTY):
            table = bytes(flags | (b & DIRTY) for b in range(256))
            self.perm[first:last] = self.perm[first:last].translate(table)
        else:
            self._set(address, size, flags)
        if code:
            self._tell(address, size)

    def clear(self, address: int, size: int) -> None:
        """Make the range zeros again and give its memory back to the host; permissions stay.

        Raises:
            ValueError: not page-aligned, empty, or outside the arena.
            MemoryFault: a page is not mapped; nothing was changed.
        """
        self._check_range(address, size)
        failure = self._first_failure(address, size, MAPPED)
        if failure is not None:
            raise MemoryFault(failure, Access.STORE)
        _discard(self._region, self._before + address, size)
        self._written(address, size)

    def advise_large_pages(self, address: int, size: int, *, is_wanted: bool) -> None:
        """Ask the host for large pages in a mapped range, or for none; it may do as it likes."""
        self._advice().advise(address, size, is_wanted=is_wanted)

    def advised(self) -> Iterator[tuple[int, int]]:
        """Yield the ranges [start, end) that the host was asked to back with large pages, or not to, ascending."""
        return self._advice().advised.within(0, self.limit)

    def _advice(self) -> LargePages:
        if self._large_pages is None:
            from engines.vm.memory.large_pages import LargePages

            self._large_pages = LargePages(self._region, self._before)
        return self._large_pages

    def mapped(self, address: int, size: int) -> bool:
        """Say whether every page of the range is mapped."""
        return size == 0 or self._first_failure(address, size, MAPPED) is None

    def regions(self, low: int = 0, high: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield the mapped ranges [start, end) within [low, high), ascending, neighbours joined."""
        return self._mapped.within(low, self.limit if high is None else high)

    def find_free(self, size: int, low: int = PAGE_BYTES, high: int | None = None) -> int | None:
        """Return the highest page-aligned address of a free range of `size` bytes within [low, high), or None."""
        size = -(-size // PAGE_BYTES) * PAGE_BYTES
        end = (self.limit if high is None else min(high, self.limit)) & -PAGE_BYTES
        starts, ends = self._mapped.starts, self._mapped.ends
        for i in range(bisect_left(starts, end) - 1, -1, -1):
            if end - max(ends[i], low) >= size:
                return end - size
            end = min(end, starts[i])
            if end - size < low:
                return None
        return end - size if end - size >= low else None

    # -- what the host holds --------------------------------------------------------------------------------------

    def unguard(self) -> None:
        """Make the arena an ordinary one, which the host lets everyone write; nothing happens if it is one."""
        if not self.guarded:
            return
        self.guarded = False
        edges = sorted({0, self.limit, *self._mapped.starts, *self._mapped.ends})
        for start, end in pairwise(edges):
            if _mprotect(self.host_base + start, end - start, _HOST_PROTECTION[READ | WRITE]):
                self._open_writable(start, end)
        for listener in self.unguarded_listeners:
            listener()

    def _open_writable(self, start: int, end: int) -> None:
        """Where host files that may not be written are among the pages, they stay as they are."""
        for page in range(start, end, PAGE_BYTES):
            _mprotect(self.host_base + page, PAGE_BYTES, _HOST_PROTECTION[READ | WRITE])

    def _held(self, address: int, size: int, permission: int) -> int:
        """Have the host hold a permission, or be unguarded from now on; the flags that its pages have besides."""
        if self.guarded and permission not in _HOST_PROTECTION:
            self.unguard()
        if self.guarded:
            self._protect_host(address, size, permission)
        return DIRTY | DIRECT if self.guarded and permission & WRITE else 0

    def _protect_host(self, address: int, size: int, permission: int) -> None:
        if _mprotect(self.host_base + address, size, _HOST_PROTECTION[permission]):
            self.unguard()

    def _renew(self, start: int, end: int, advice: LargePages) -> bool:
        """Put fresh pages of the host in place of some that advice was given for; False if none was, or it refuses."""
        if next(advice.advised.within(start, end), None) is None:
            return False
        protection = _HOST_PROTECTION[0 if self.guarded else READ | WRITE]
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE | _MAP_FIXED
        where = self.host_base + start
        if _libc().mmap(where, end - start, protection, flags, -1, 0) != where:
            return False
        advice.advised.remove(start, end)
        return True

    def _protect_again(self, start: int, end: int) -> None:
        """Give host pages the permissions of the guest's, after a look the other way."""
        while start < end:
            permission = self.perm[start >> PAGE_BITS] & _ACCESS_BITS
            after = start
            while after < end and self.perm[after >> PAGE_BITS] & _ACCESS_BITS == permission:
                after += PAGE_BYTES
            self._protect_host(start, after - start, permission)
            start = after

    # -- dirty pages ----------------------------------------------------------------------------------------------

    def dirty_pages(self) -> list[int]:
        """Return the addresses of the pages written since `clear_dirty`, ascending."""
        found = []
        for start, end in self.regions():
            flags = self.perm[start >> PAGE_BITS : end >> PAGE_BITS].translate(_ONLY_DIRTY)
            at = flags.find(DIRTY)
            while at >= 0:
                found.append(start + at * PAGE_BYTES)
                at = flags.find(DIRTY, at + 1)
        return found

    def clear_dirty(self) -> None:
        self.unguard()
        for start, end in self.regions():
            first, last = start >> PAGE_BITS, end >> PAGE_BITS
            self.perm[first:last] = self.perm[first:last].translate(_CLEAR_DIRTY)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _first_failure(self, address: int, size: int, bit: int) -> int | None:
        """The first address of the range whose page lacks `bit`, or None."""
        if address < 0 or address >= self.limit:
            return address
        first = address >> PAGE_BITS
        last = min((address + size - 1) >> PAGE_BITS, (self.limit >> PAGE_BITS) - 1)
        if self.perm[first : last + 1].translate(None, _WITHOUT[bit]):
            page = next(p for p in range(first, last + 1) if not self.perm[p] & bit)
            return max(address, page << PAGE_BITS)
        return None if address + size <= self.limit else self.limit

    def _require(self, address: int, size: int, access: Access) -> None:
        if size:
            failure = self._first_failure(address, size, _BIT_OF[access])
            if failure is not None:
                raise MemoryFault(failure, access)

    def _written(self, address: int, size: int) -> None:
        if not size:
            return
        code = self._clear_code(address, size)
        first, end = address >> PAGE_BITS, ((address + size - 1) >> PAGE_BITS) + 1
        self.perm[first:end] = self.perm[first:end].translate(_SET_DIRECT)
        if code:
            self._tell(address, size)

    def _clear_code(self, address: int, size: int) -> bool:
        first, end = address >> PAGE_BITS, ((address + size - 1) >> PAGE_BITS) + 1
        flags = self.perm[first:end]
        if not flags.translate(None, _LACK[HAS_CODE]):
            return False
        self.perm[first:end] = flags.translate(_CLEAR_CODE)
        return True

    def _tell(self, address: int, size: int) -> None:
        """Whole pages, since `HAS_CODE` is theirs."""
        start = address & -PAGE_BYTES
        end = (address + size + PAGE_BYTES - 1) & -PAGE_BYTES
        for listener in self.code_listeners:
            listener(start, end - start)

    def _set(self, address: int, size: int, flags: int) -> None:
        pages = size >> PAGE_BITS
        first = address >> PAGE_BITS
        self.perm[first : first + pages] = bytes((flags,)) * pages

    def _check_range(self, address: int, size: int) -> None:
        if address % PAGE_BYTES or size % PAGE_BYTES or size <= 0:
            raise ValueError(f"range {address:#x} + {size:#x} is not one or more whole pages of {PAGE_BYTES} bytes")
        if address < 0 or address + size > self.limit:
            raise ValueError(f"range {address:#x} + {size:#x} leaves the address space [0, {self.limit:#x})")


_STRUCT: Final = {1: struct.Struct("<B"), 2: struct.Struct("<H"), 4: struct.Struct("<I"), 8: struct.Struct("<Q")}
_UNPACK: Final = {size: layout.unpack_from for size, layout in _STRUCT.items()}
_PACK: Final = {size: layout.pack_into for size, layout in _STRUCT.items()}
_MASK: Final = {size: (1 << (8 * size)) - 1 for size in (1, 2, 4, 8)}
_HOST_PROTECTION: Final = {0: 0, READ: 1, READ | WRITE: 3, READ | EXEC: 1}
"""PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE by permission, where the host can hold it for compiled code."""
_ONLY_DIRTY: Final = bytes(b & DIRTY for b in range(256))


def _check_permission(permission: int) -> None:
    if permission & ~_ACCESS_BITS:
        raise ValueError(f"permission {permission:#x}; must be an OR of READ=1, WRITE=2, EXEC=4")


def _reserve(size: int) -> mmap.mmap:
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE
    try:
        return mmap.mmap(-1, size, flags=flags, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    except OSError as error:
        raise MemoryError(
            f"cannot reserve {size:#x} bytes of address space ({error.strerror}); lift `ulimit -v` or "
            f"vm.overcommit_memory=2, or use AddressSpace(bits=…) with fewer bits"
        ) from error


def _mprotect(address: int, size: int, protection: int) -> int:
    """0, or -1 where the host refuses."""
    result: int = _libc().mprotect(address, size, protection)
    return result


@once
def _libc() -> Any:
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return libc


def _address_of(region: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(region))


def _discard(region: mmap.mmap, start: int, size: int) -> None:
    """Give pages back to the host; they read as zero afterwards."""
    if sys.platform == "linux":
        region.madvise(mmap.MADV_DONTNEED, start, size)
    else:
        for at in range(start, start + size, 1 << 20):
            region[at : at + min(1 << 20, start + size - at)] = bytes(min(1 << 20, start + size - at))
