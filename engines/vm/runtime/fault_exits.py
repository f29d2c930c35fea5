"""Faults of compiled code become side exits: where the host refuses an access, code goes on at a place named before.

Compiled code for guarded address spaces (`engines.vm.memory.address_space`) accesses guest memory without a check. The
host's SIGSEGV arrives at a handler of a few instructions, made here: it looks the faulting host pc up in the table of
the code memory that it lies in and lets the interrupted code continue at the exit found there, all registers as they
were. What lies elsewhere goes to the handler that was there before, or has its default effect.

A code memory's table has 4 bytes for each byte of code: the exit's offset, 0 for none. It is reserved, not committed.

Source: sigaction(2), sigreturn(2); uapi/asm-generic/ucontext.h and asm/sigcontext.h (`REG_RIP` at 168).
"""

from __future__ import annotations

import ctypes
import mmap
import sys
import weakref
from functools import cache

from engines.vm.hosts.x86_64 import encode as x86
from engines.vm.hosts.x86_64.registers import R8, R9, R10, RAX, RCX, RDI, RDX, RSI
from engines.vm.runtime.executable_memory import ExecutableMemory
from engines.vm.runtime.host import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final

_SIGSEGV: Final = 11
_SA_SIGINFO: Final = 4
_SA_ONSTACK: Final = 0x0800_0000
_RT_SIGACTION: Final = 13
_RIP: Final = 168
"""Offset of the interrupted instruction's address in a `ucontext_t`."""
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


class FaultExits:
    """The exits of one code memory of `size` bytes at `base`; it forgets them all when it is collected.

    Raises:
        OSError: the host is none that this is made for, has no room, or more code memories have tables than there can
            be.
        ExecutableMemoryError: it refuses executable memory.
    """

    def __init__(self, base: int, size: int) -> None:
        if sys.platform != "linux" or machine() not in {"x86_64", "AMD64"}:
            raise OSError(f"no handler of faults for {sys.platform} on {machine()}, there is linux on x86_64")
        handler = _handler()
        self._table = mmap.mmap(-1, 4 * size, flags=_OWN | _NORESERVE)
        self._words = memoryview(self._table).cast("I")
        self._row = handler.enter(base, size, ctypes.addressof(ctypes.c_char.from_buffer(self._table)))
        self._finalizer = weakref.finalize(self, handler.leave, self._row)

    def add(self, offset: int, exits: Iterable[tuple[int, int]]) -> None:
        """Name exits: pairs of a faulting instruction's and its exit's offset in code that was put at `offset`."""
        words = self._words
        for at, out in exits:
            words[offset + at] = offset + out

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
    """`handler(signal, info, context)` in rdi, rsi, rdx (System V ABI §3.2.3)."""
    asm = x86.Assembler()
    row, onward, other, default = asm.label(), asm.label(), asm.label(), asm.label()
    asm.load(RAX, RDX, _RIP)
    asm.imm(RCX, address + _ROWS_AT)
    asm.imm(R10, address + _ROWS_AT + _ROW_BYTES * MOST_TABLES)
    asm.bind(row)
    asm.mov(R8, RAX)
    asm.rm(0x2B, R8, RCX, 0)
    asm.rm(0x3B, R8, RCX, 8)
    asm.jcc(x86.AE, onward)
    asm.load(R9, RCX, 16)
    asm.rm(0x8B, R9, R9, 0, 0, index=R8, scale=2)
    asm.test(R9, R9, 0)
    asm.jcc(x86.E, other)
    asm.rm(0x03, R9, RCX, 0)
    asm.store(R9, RDX, _RIP)
    asm.ret()
    asm.bind(onward)
    asm.alu_imm(x86.ADD, RCX, _ROW_BYTES)
    asm.alu(x86.CMP, RCX, R10)
    asm.jcc(x86.B, row)
    asm.bind(other)  # not ours: whoever was there before
    asm.imm(RAX, address + _PREVIOUS_AT)
    asm.load(RAX, RAX, 0)
    asm.alu_imm(x86.CMP, RAX, 1)
    asm.jcc(x86.BE, default)
    asm.jmp_reg(RAX)
    asm.bind(default)  # rt_sigaction(SIGSEGV, SIG_DFL); the instruction faults once more
    asm.imm(RDI, _SIGSEGV)
    asm.imm(RSI, address + _NO_ACTION_AT)
    asm.alu(x86.XOR, RDX, RDX, 0)
    asm.imm(R10, 8)
    asm.imm(RAX, _RT_SIGACTION)
    asm.code += b"\x0f\x05"  # syscall
    asm.ret()
    return asm.link()


@cache
def _handler() -> _Handler:
    return _Handler()


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


__all__ = ["MOST_TABLES", "FaultExits"]
