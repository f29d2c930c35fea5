"""Memory for host code that is made while the guest runs: never writable and executable at once.

One reservation near other code, so that 32-bit distances reach it, with an inaccessible page at each end. Everything in
it is executable and read-only; `write` makes the pages concerned writable for as long as the copy takes. The guest does
not run meanwhile: code is installed between runs, on the guest's thread.

Address spaces of guests have tens of gigabytes, and the system puts them side by side with everything else: what is
near some code may be taken later. So code that others must reach is loaded at the beginning of a `Window`, which keeps
the addresses after it.

Large memories there are made of large pages of the host, where the system gives them: the code of an image is written
with one fault instead of hundreds, and needs fewer translations of addresses. Such a page stays whole only as long as
all of it may be used alike, so that `write` changes the protection of whole ones.
"""

from __future__ import annotations

import mmap
import os
import sys

import engines.vm.quick_ctypes as ctypes
from engines.vm.errors import MachineError
from engines.vm.quick import once
from engines.vm.runtime import host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

_PROT_NONE: Final = 0
_REACH: Final = (1 << 31) - (1 << 24)
"""Distances from `near` that 32 bits hold, with room to spare."""
_STEP: Final = 1 << 24
_MAP_FIXED: Final = 0x10
_MAP_FIXED_NOREPLACE: Final = 0x100000
_MAP_NORESERVE: Final = 0x4000
_MADV_HUGEPAGE: Final = 14
MADV_POPULATE_WRITE: Final = 23
LARGE_PAGE_BYTES: Final = 1 << 21
"""On x86_64; elsewhere large pages may be others, and there are none where they do not fit."""
_LARGE_BYTES: Final = 4 * LARGE_PAGE_BYTES
"""Memories of this size and more get large pages."""
_MANY_BYTES: Final = 1 << 16
_RISCV_FLUSH_ICACHE: Final = 259


WINDOW_BYTES: Final = 1 << 30


class ExecutableMemoryError(MachineError, RuntimeError):
    """The system refuses executable memory; the message says what and why."""


class Window:
    """Code, and inaccessible address space after it for memory that it must reach. It is never given back.

    Args:
        code: written to the beginning, which becomes executable.
        size: of the address space. Where the system limits that, only what the code needs is taken.
        filled: other bytes for some offsets of the code.

    Attributes:
        base: host address of the code.

    Raises:
        ExecutableMemoryError: no address space, or the system forbids such memory.
    """

    def __init__(
        self, code: bytes | memoryview, size: int = WINDOW_BYTES, filled: Mapping[int, bytes] | None = None
    ) -> None:
        page = mmap.PAGESIZE
        needed = -(-len(code) // page) * page
        try:
            self.base = _reserve(needed + size, 0)
            self.size = needed + size
        except ExecutableMemoryError:
            self.base, self.size = _reserve(needed, 0), needed
        _protect(self.base, needed, mmap.PROT_READ | mmap.PROT_WRITE)
        _populate(self.base, needed)
        ctypes.memmove(self.base, _source(code), len(code))
        for offset, other in (filled or {}).items():
            ctypes.memmove(self.base + offset, other, len(other))
        _protect(self.base, needed, mmap.PROT_READ | mmap.PROT_EXEC)
        flush_instruction_cache(self.base, self.base + len(code))
        self._free = [(self.base + needed, self.size - needed)]
        _windows.append(self)

    def take(self, size: int, grain: int = mmap.PAGESIZE) -> int | None:
        """The address of `size` inaccessible bytes, whole pages, of which the second one begins at a multiple of
        `grain`; None if there are none."""
        for index, (first, length) in enumerate(self._free):
            start = -(-(first + mmap.PAGESIZE) // grain) * grain - mmap.PAGESIZE
            if start + size <= first + length:
                parts = (first, start - first), (start + size, first + length - start - size)
                self._free[index : index + 1] = [part for part in parts if part[1]]
                return start
        return None

    def give_back(self, start: int, size: int) -> None:
        """Make [start, start + size), which `take` gave, inaccessible and free again."""
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE | _MAP_FIXED
        _libc().mmap(start, size, _PROT_NONE, flags, -1, 0)
        joined: list[tuple[int, int]] = []
        for at, length in sorted([*self._free, (start, size)]):
            if joined and sum(joined[-1]) == at:
                at, length = joined[-1][0], joined.pop()[1] + length
            joined.append((at, length))
        self._free = joined


_windows: list[Window] = []


class ExecutableMemory:
    """`size` bytes for code, within reach of `near`: in its window, if it is in one. Lives as long as this value.

    Attributes:
        base: host address of the first byte; the byte before it and the one after the last are inaccessible.
        size: a multiple of the page size.

    Raises:
        ExecutableMemoryError: no address space, or the system forbids such memory.
    """

    _held: tuple[Window | None, int, int] | None = None

    def __init__(self, size: int, near: int = 0) -> None:
        page = mmap.PAGESIZE
        self.size = max(-(-size // page) * page, page)
        whole = self.size + 2 * page
        window = next((w for w in _windows if w.base <= near < w.base + w.size), None)
        start = window.take(whole, LARGE_PAGE_BYTES) if window and self.size >= _LARGE_BYTES else None
        self._grain = page if start is None else LARGE_PAGE_BYTES
        if start is None and window:
            start = window.take(whole)
        if start is None:
            window, start = None, _reserve(whole, near)
        self.base = start + page
        self._held = (window, start, whole)
        try:
            _protect(self.base, self.size, mmap.PROT_READ | mmap.PROT_EXEC)
        except ExecutableMemoryError:
            self.close()
            raise
        if self._grain > page and (sys.platform != "linux" or _libc().madvise(self.base, self.size, _MADV_HUGEPAGE)):
            self._grain = page

    def write(self, address: int, data: bytes | memoryview) -> None:
        """Put code at `address`; instruction caches are told.

        Raises:
            ValueError: not inside this memory.
            ExecutableMemoryError: the system refuses the change of protection; nothing was written.
        """
        end = address + len(data)
        if not self.base <= address <= end <= self.base + self.size:
            raise ValueError(f"[{address:#x}, {end:#x}) is not inside [{self.base:#x}, {self.base + self.size:#x})")
        if not data:
            return
        first = address & -self._grain
        length = min(-(-end // self._grain) * self._grain, self.base + self.size) - first
        _protect(first, length, mmap.PROT_READ | mmap.PROT_WRITE)
        _populate(address & -mmap.PAGESIZE, -(-end // mmap.PAGESIZE) * mmap.PAGESIZE - (address & -mmap.PAGESIZE))
        ctypes.memmove(address, _source(data), len(data))
        _protect(first, length, mmap.PROT_READ | mmap.PROT_EXEC)
        flush_instruction_cache(address, end)

    def close(self) -> None:
        """Give the memory back. Nothing may run in it any more. Idempotent."""
        if self._held is not None:
            held, self._held = self._held, None
            _release(*held)

    def __del__(self) -> None:
        if not sys.is_finalizing():  # at the end of the process a thread may still be in it
            self.close()


def _release(window: Window | None, start: int, size: int) -> None:
    if window is None:
        _libc().munmap(start, size)
    else:
        window.give_back(start, size)


@once
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return libc


def _reserve(size: int, near: int) -> int:
    """Inaccessible address space, as close after or before `near` as is free; anywhere if `near` is 0."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE
    hints = [0]
    if near:
        flags |= _MAP_FIXED_NOREPLACE
        centre = near & -_STEP
        hints = [centre + sign * k * _STEP for k in range(1, _REACH // _STEP) for sign in (1, -1)]
    for hint in hints:
        if hint < 0 or (near and not abs(hint - near) + size < _REACH):
            continue
        found = _libc().mmap(hint or None, size, _PROT_NONE, flags, -1, 0)
        if found in (None, ctypes.c_void_p(-1).value):
            continue
        if near and abs(found - near) + size >= _REACH:  # kernels before 4.17 take the address as a hint
            _libc().munmap(found, size)
            continue
        return int(found)
    reason = os.strerror(ctypes.get_errno())
    raise ExecutableMemoryError(f"cannot reserve {size:#x} bytes for code ({reason}); lift `ulimit -v`")


def _source(data: bytes | memoryview) -> bytes | int:
    """What `memmove` takes of it. That of a view of bytes that may not be written is a copy."""
    if isinstance(data, memoryview) and not data.readonly:
        return ctypes.addressof(ctypes.c_char.from_buffer(data))
    return bytes(data)


def _populate(address: int, size: int) -> None:
    """Ask for many pages at once, since touching one after the other takes several times as long. It is but an advice:
    systems before Linux 5.14 do not know it."""
    if size >= _MANY_BYTES and sys.platform == "linux":
        _libc().madvise(address, size, MADV_POPULATE_WRITE)


def _protect(address: int, size: int, protection: int) -> None:
    if _libc().mprotect(address, size, protection):
        reason = os.strerror(ctypes.get_errno())
        raise ExecutableMemoryError(f"the system refuses executable memory ({reason}); a security policy may forbid it")


def flush_instruction_cache(start: int, end: int) -> None:
    """Make this processor fetch what was written to [start, end). x86_64 needs nothing (Intel SDM Vol. 3 §12.6)."""
    machine = host.machine()
    if machine in {"aarch64", "arm64"}:
        clear = ctypes.CDLL("libgcc_s.so.1").__clear_cache
        clear.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        clear(start, end)
    elif machine == "riscv64":
        syscall = _libc().syscall
        syscall(ctypes.c_long(_RISCV_FLUSH_ICACHE), ctypes.c_void_p(start), ctypes.c_void_p(end), ctypes.c_long(0))


__all__ = ["ExecutableMemory", "ExecutableMemoryError", "Window", "flush_instruction_cache"]
