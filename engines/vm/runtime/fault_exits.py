"""Faults of compiled code become side exits: where the host refuses an access, code goes on at a place named before.

Compiled code for guarded address spaces (`engines.vm.memory.address_space`) accesses guest memory without a check. The
host's SIGSEGV arrives at a handler of a few instructions, made here: it looks the faulting host pc up in the table of
the code memory that it lies in and lets the interrupted code continue at the exit found there, all registers as they
were. What lies elsewhere goes to the handler that was there before, or has its default effect.

A code memory's table has 4 bytes for each byte of code: the exit's offset, 0 for none. It is reserved, not committed.
Code with many exits, as a whole image is, has a list of its own instead, which is installed as it is and searched from
the end: to fill the table with six thousand took a thirtieth of a start, and four times the memory of the code.

Source: sigaction(2), sigreturn(2); uapi/asm-generic/ucontext.h and asm/sigcontext.h (`REG_RIP` at 168 of a
`ucontext_t`); asm/sigframe.h (`rt_sigframe`: the return address, then the `ucontext_t`).
"""

from __future__ import annotations

import _struct as struct
import mmap
import sys

import engines.vm.quick_ctypes as ctypes
from engines.vm.quick import once
from engines.vm.runtime.executable_memory import ExecutableMemory
from engines.vm.runtime.host import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final, Protocol

    class Exits(Protocol):
        """Pairs: a tuple of them, or what `bytes` gives packed."""

        def __len__(self) -> int: ...

        def __iter__(self) -> Iterator[tuple[int, int]]: ...


_SIGSEGV: Final = 11
_SA_SIGINFO: Final = 4
_SA_ONSTACK: Final = 0x0800_0000
MOST_TABLES: Final = 1024
_OWN: Final = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
"""Not shared with forks: they have code memories of their own, and say nothing about the code of this process."""
_NORESERVE: Final = 0x4000
MOST_LISTS: Final = 64
MANY_EXITS: Final = 512
"""Code with so many has a list, as long as there is room for one more."""
_ROW_BYTES: Final = 32
"""Base and size of a code memory, address of its table, 0; or of installed code, of its list, and how many are in that.
The rows with lists come first: they hold where a table still has what was there before."""
_PREVIOUS_AT: Final = 0
"""The handler before: 0 and 1 are SIG_DFL and SIG_IGN. Behind it the one that was there when this was installed first:
a handler that came between the two hands on to this one what it does not know, and would be handed it for ever."""
_NO_ACTION_AT: Final = 64
"""Zeros: a kernel's `struct sigaction` for SIG_DFL."""
_ROWS_AT: Final = 128
_BYTES: Final = _ROWS_AT + _ROW_BYTES * (MOST_LISTS + MOST_TABLES + 1)
_PAIR: Final = struct.Struct("<2I")
_LISTING: Final = """\
488b82a8000000   mov rax, [rdx + 168]  the interrupted instruction
48b9{rows}       movabs rcx, rows
49ba{end}        movabs r10, rows' end
4989c0           mov r8, rax           row:
4c2b01           sub r8, [rcx]
4c3b4108         cmp r8, [rcx + 8]
0f834d000000     jae onward
4c8b4910         mov r9, [rcx + 16]
4c8b5918         mov r11, [rcx + 24]
4d85db           test r11, r11
0f8518000000     jne pair
478b0c81         mov r9d, [r9 + 4*r8]
4585c9           test r9d, r9d
0f843c000000     je other
4c0309           add r9, [rcx]         found:
4c898aa8000000   mov [rdx + 168], r9
c3               ret
473b44d9f8       cmp r8d, [r9 + 8*r11 - 8]  pair:
0f840f000000     je hit
4983eb01         sub r11, 1
0f85ebffffff     jne pair
e917000000       jmp other
478b4cd9fc       mov r9d, [r9 + 8*r11 - 4]  hit:
e9d1ffffff       jmp found
4883c120         add rcx, 32           onward:
4c39d1           cmp rcx, r10
0f8296ffffff     jb row
488d442408       lea rax, [rsp + 8]    other: not ours, so whoever was there before
4839d0           cmp rax, rdx          the kernel's own frame has the context there
48b8{previous}   movabs rax, previous
0f8404000000     je straight
4883c008         add rax, 8            called by a handler that was handed it, so whoever was there first
488b00           mov rax, [rax]        straight:
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
        self._base = base
        self._row = handler.enter(base, size, ctypes.addressof(ctypes.c_char.from_buffer(self._table)))
        self._lists: dict[int, tuple[int, object]] = {}
        self._handler = handler

    def add(self, offset: int, size: int, exits: Exits) -> None:
        """Name exits: pairs of a faulting instruction's and its exit's offset in `size` bytes of code at `offset`."""
        if len(exits) >= MANY_EXITS and self._handler is not None and self._handler.has_room:
            pairs = _packed(exits)
            held = ctypes.create_string_buffer(len(pairs))
            ctypes.memmove(held, pairs, len(pairs))
            row = self._handler.enter(self._base + offset, size, ctypes.addressof(held), len(exits))
            self._lists[offset] = row, held
            return
        words = self._words
        for at, out in exits:
            words[offset + at] = offset + out

    def remove(self, offset: int) -> None:
        """The code that was put at `offset` is not there any more."""
        row, _ = self._lists.pop(offset, (-1, None))
        if row >= 0 and self._handler is not None:
            self._handler.leave(row)

    def close(self) -> None:
        """Forget the exits: faults in that code memory are not its own any more. Idempotent."""
        if self._handler is not None:
            handler, self._handler = self._handler, None
            for row in (self._row, *(row for row, _ in self._lists.values())):
                handler.leave(row)
            self._lists.clear()

    def __del__(self) -> None:
        self.close()

    def clear(self) -> None:
        """No code is there any more."""
        for offset in list(self._lists):
            self.remove(offset)
        self._table.madvise(mmap.MADV_DONTNEED)


class _Handler:
    """The handler's code, and the tables that it looks into."""

    def __init__(self) -> None:
        self._data = mmap.mmap(-1, _BYTES, flags=_OWN)
        data = ctypes.addressof(ctypes.c_char.from_buffer(self._data))
        self._words = memoryview(self._data).cast("Q")
        self._free = list(range(MOST_LISTS + MOST_TABLES - 1, MOST_LISTS - 1, -1))
        self._free_lists = list(range(MOST_LISTS - 1, -1, -1))
        code = _code(data)
        self._memory = ExecutableMemory(len(code))
        self._memory.write(self._memory.base, code)
        self._address = self._memory.base
        self._is_installed = False

    def install(self) -> None:
        """Become the process's handler of SIGSEGV, before the one that is there, unless it is this."""
        libc = _libc()
        action = _Sigaction()
        if libc.sigaction(_SIGSEGV, None, ctypes.byref(action)):
            raise OSError(ctypes.get_errno(), "sigaction refused")
        if action.handler == self._address:
            return
        self._words[_PREVIOUS_AT // 8] = action.handler or 0
        if not self._is_installed:
            self._words[_PREVIOUS_AT // 8 + 1] = action.handler or 0
        new = _Sigaction(self._address, (ctypes.c_uint64 * 16)(), _SA_SIGINFO | _SA_ONSTACK, None)
        if libc.sigaction(_SIGSEGV, ctypes.byref(new), None):
            raise OSError(ctypes.get_errno(), "sigaction refused")
        self._is_installed = True

    @property
    def has_room(self) -> bool:
        """Whether there is room for one more list."""
        return bool(self._free_lists)

    def enter(self, base: int, size: int, address: int, count: int = 0) -> int:
        """The number of a new row: of the table at `address`, or of a list of `count` pairs there."""
        free = self._free_lists if count else self._free
        if not free:
            raise OSError(f"{MOST_TABLES} code memories have tables of exits already; close some")
        self.install()
        row = free.pop()
        at = (_ROWS_AT + _ROW_BYTES * row) // 8
        self._words[at], self._words[at + 2], self._words[at + 3] = base, address, count
        self._words[at + 1] = size
        return row

    def leave(self, row: int) -> None:
        self._words[(_ROWS_AT + _ROW_BYTES * row) // 8 + 1] = 0
        (self._free_lists if row < MOST_LISTS else self._free).append(row)


class _Sigaction(ctypes.Structure):
    _fields_ = (
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_uint64 * 16),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


def _packed(exits: Any) -> bytes:
    """Pairs as a list has them; what is read from an image has that form already."""
    return bytes(exits) if hasattr(exits, "__bytes__") else b"".join(_PAIR.pack(*pair) for pair in exits)


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
