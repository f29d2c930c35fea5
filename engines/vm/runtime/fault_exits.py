"""Faults of compiled code become side exits: where the host refuses an access, code goes on at a place named before.

Compiled code for guarded address spaces (`engines.vm.memory.address_space`) accesses guest memory without a check. The
host's SIGSEGV arrives at a handler of a few instructions, made here: it looks the faulting host pc up in the table of
the code memory that it lies in and lets the interrupted code continue at the exit found there, all registers as they
were. What lies elsewhere goes to the handler that was there before, or has its default effect.

A code memory's table has 4 bytes for each byte of code: the exit's offset, 0 for none. It is reserved, not committed.

Source: sigaction(2), sigreturn(2); uapi/asm-generic/ucontext.h and asm/sigcontext.h (`REG_RIP` at 168 of a
`ucontext_t`).
"""

from __future__ import annotations

import mmap
import sys

import engines.vm.quick_ctypes as ctypes
from engines.vm.quick import once
from engines.vm.runtime.executable_memory import ExecutableMemory
from engines.vm.runtime.host import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final

_SIGSEGV: Final = 11
_SA_SIGINFO: Final = 4
_SA_ONSTACK: Final = 0x0800_0000
MOST_TABLES: Final = 1024
_OWN: Final = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
"""Not shared with forks: they have code memories of their own, and say nothing about the code of this process."""
_NORESERVE: Final = 0x4000
_ROW_BYTES: Final = 24
"""Base and size of a code memory, address of its table."""
_PREVIOUS_AT: Final = 0
"""The handler before: 0 and 1 are SIG_DFL and SIG_IGN."""
_NO_ACTION_AT: Final = 64
"""Zeros: a kernel's `struct sigaction` for SIG_DFL."""
_ROWS_AT: Final = 128
_BYTES: Final = _ROWS_AT + _ROW_BYTES * (MOST_TABLES + 1)
_LISTING: Final = """\
488b82a8000000   mov rax, [rdx + 168]  the interrupted instruction
48b9{rows}       movabs rcx, rows
49ba{end}        movabs r10, rows' end
4989c0           mov r8, rax           row:
4c2b01           sub r8, [rcx]
4c3b4108         cmp r8, [rcx + 8]
0f831c000000     jae onward
4c8b4910         mov r9, [rcx + 16]
478b0c81         mov r9d, [r9 + 4*r8]
4585c9           test r9d, r9d
0f8418000000     je other
4c0309           add r9, [rcx]
4c898aa8000000   mov [rdx + 168], r9
c3               ret
4883c118         add rcx, 24           onward:
4c39d1           cmp rcx, r10
0f82c7ffffff     jb row
48b8{previous}   movabs rax, previous  other: not ours, so whoever was there before
488b00           mov rax, [rax]
4883f801         cmp rax, 1
0f8602000000     jbe default
ffe0             jmp rax
bf0b000000       mov edi, 11           default: rt_sigaction(SIGSEGV, SIG_DFL); the instruction faults once more
48be{no_action}  movabs rsi, no_action
31d2             xor edx, edx
41ba08000000     mov r10d, 8
b80d000000       mov eax, 13
0f05             syscall
c3               ret
"""
"""`handler(signal, info, context)` in rdi, rsi, rdx (System V ABI §3.2.3). Written out, as importing our assembler is
a fortieth of a start. A test assembles it."""


class FaultExits:
    """The exits of one code memory of `size` bytes at `base`; it forgets them all when it is collected.

    Raises:
        OSError: the host is none that this is made for, has no room, or more code memories have tables than there can
            be.
        ExecutableMemoryError: it refuses executable memory.
    """

    _handler: _Handler | None = None

    def __init__(self, base: int, size: int) -> None:
        if sys.platform != "linux" or machine() not in {"x86_64", "AMD64"}:
            raise OSError(f"no handler of faults for {sys.platform} on {machine()}, there is linux on x86_64")
        handler = _handler()
        self._table = mmap.mmap(-1, 4 * size, flags=_OWN | _NORESERVE)
        _ask_for_huge_pages(self._table)
        self._words = memoryview(self._table).cast("I")
        self._row = handler.enter(base, size, ctypes.addressof(ctypes.c_char.from_buffer(self._table)))
        self._handler = handler

    def add(self, offset: int, exits: Iterable[tuple[int, int]]) -> None:
        """Name exits: pairs of a faulting instruction's and its exit's offset in code that was put at `offset`."""
        words = self._words
        for at, out in exits:
            words[offset + at] = offset + out

    def close(self) -> None:
        """Forget the exits: faults in that code memory are not its own any more. Idempotent."""
        if self._handler is not None:
            handler, self._handler = self._handler, None
            handler.leave(self._row)

    def __del__(self) -> None:
        self.close()

    def clear(self) -> None:
        """No code is there any more."""
        self._table.madvise(mmap.MADV_DONTNEED)


class _Handler:
    """The handler's code, and the tables that it looks into."""

    def __init__(self) -> None:
        self._data = mmap.mmap(-1, _BYTES, flags=_OWN)
        data = ctypes.addressof(ctypes.c_char.from_buffer(self._data))
        self._words = memoryview(self._data).cast("Q")
        self._free = list(range(MOST_TABLES - 1, -1, -1))
        code = _code(data)
        self._memory = ExecutableMemory(len(code))
        self._memory.write(self._memory.base, code)
        self._address = self._memory.base

    def install(self) -> None:
        """Become the process's handler of SIGSEGV, before the one that is there, unless it is this."""
        libc = _libc()
        action = _Sigaction()
        if libc.sigaction(_SIGSEGV, None, ctypes.byref(action)):
            raise OSError(ctypes.get_errno(), "sigaction refused")
        if action.handler == self._address:
            return
        self._words[_PREVIOUS_AT // 8] = action.handler or 0
        new = _Sigaction(self._address, (ctypes.c_uint64 * 16)(), _SA_SIGINFO | _SA_ONSTACK, None)
        if libc.sigaction(_SIGSEGV, ctypes.byref(new), None):
            raise OSError(ctypes.get_errno(), "sigaction refused")

    def enter(self, base: int, size: int, table: int) -> int:
        """The number of a new row."""
        if not self._free:
            raise OSError(f"{MOST_TABLES} code memories have tables of exits already; close some")
        self.install()
        row = self._free.pop()
        at = (_ROWS_AT + _ROW_BYTES * row) // 8
        self._words[at], self._words[at + 2], self._words[at + 1] = base, table, size
        return row

    def leave(self, row: int) -> None:
        self._words[(_ROWS_AT + _ROW_BYTES * row) // 8 + 1] = 0
        self._free.append(row)


class _Sigaction(ctypes.Structure):
    _fields_ = (
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_uint64 * 16),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


def _code(address: int) -> bytes:
    """The handler's code, whose data is at `address`."""
    places = {"previous": _PREVIOUS_AT, "no_action": _NO_ACTION_AT, "rows": _ROWS_AT, "end": _BYTES - _ROW_BYTES}
    filled = _LISTING.format(**{name: (address + at).to_bytes(8, "little").hex() for name, at in places.items()})
    return bytes.fromhex("".join(line.partition(" ")[0] for line in filled.splitlines()))


def _ask_for_huge_pages(table: mmap.mmap) -> None:
    """A few are touched sooner than hundreds of small ones, which the exits of a large image are spread over."""
    try:
        table.madvise(mmap.MADV_HUGEPAGE)
    except (AttributeError, OSError):  # a system without them
        return


@once
def _handler() -> _Handler:
    return _Handler()


@once
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


__all__ = ["MOST_TABLES", "FaultExits"]
