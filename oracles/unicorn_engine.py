"""One Unicorn riscv64 engine in U-mode, over the C interface: memory of our own, native callbacks, a case loop.

Unicorn has no U-mode switch of its own that a user meets, but its debug register PRIV sets the privilege level; with
`mstatus.FS` not Off, programs then run as the unprivileged manual describes, and privileged instructions are illegal.
"""

from __future__ import annotations

import ctypes
import mmap
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES, PAGE_BYTES
from harness.contract.states import state_dtype
from oracles.unicorn_driver import END_WORDS, FMV_W_X, FSGNJ_S, HOOKS_PER_CASE, SC, Control, Driver
from oracles.unicorn_repair import Repair

MSTATUS_FS_DIRTY: Final = 0x6000
"""mstatus.FS = 3 (Dirty), privileged manual §3.1.6.6: floating point is on, and nothing changes the field again."""
UNWATCHED_INSNS: Final = 10_000_000
"""So many instructions, counted one by one, end by themselves within a fraction of a second."""
_REGISTERS_WRITTEN: Final = 66
_REGISTERS_READ: Final = 65


class Counting(Enum):
    """How instructions are counted while a case runs."""

    NONE = "none"
    BLOCKS = "blocks"
    """Per translated block: the exact count at the end of a case, and a case that could pass its limit is cut short."""
    INSTRUCTIONS = "instructions"
    """Per instruction: exact, and stops exactly at the limit; several times slower."""


class UnicornError(Exception):
    """Unicorn refused one of our own calls (not: a guest trapped)."""


@dataclass(frozen=True)
class RawRun:
    """What the loop stored: row i belongs to case i. `ends` has the columns event, number, address, retired, status."""

    state: NDArray[np.void]
    memory: NDArray[np.uint8]
    ends: NDArray[np.uint64]
    instruction: NDArray[np.uint64]
    """The bits at the final pc."""


class UnicornEngine:
    """An engine with the two regions of `layout`: an arena to read and execute, a window to read and write."""

    def __init__(self, counting: Counting, stall_s: float, repair: bool) -> None:
        from unicorn import riscv_const, unicorn_const
        from unicorn.unicorn_py3.unicorn import uclib

        self._library: Any = uclib
        self._handle = ctypes.c_void_p()
        self._stall_s = stall_s
        # Before the first uc_open, which copies pointers: an engine that is older than the redirection would not find
        # the functions that its translator is then led to.
        self._repair = Repair.installed(uclib) if repair else Repair.installed_where_possible(uclib)
        self._repairing = repair
        self._watch_from = self._watch_to = self._watched = np.zeros(0, np.uint64)
        dtype = state_dtype("riscv64")
        self._driver = _driver(dtype.itemsize)
        self._counting = counting
        riscv64 = unicorn_const.UC_ARCH_RISCV, unicorn_const.UC_MODE_RISCV64
        self._check(uclib.uc_open(*riscv64, ctypes.byref(self._handle)))
        self._arena_map = mmap.mmap(-1, CODE_BYTES + PAGE_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._window_map = mmap.mmap(-1, DATA_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._arena = np.frombuffer(self._arena_map, np.uint8)  # a page more: 4-byte reads of the last 2 bytes
        self._window = np.frombuffer(self._window_map, np.uint8)
        self._bias = (self._arena.ctypes.data - CODE_BASE) % (1 << 64)
        read_execute = unicorn_const.UC_PROT_READ | unicorn_const.UC_PROT_EXEC
        read_write = unicorn_const.UC_PROT_READ | unicorn_const.UC_PROT_WRITE
        self._map(CODE_BASE, CODE_BYTES, read_execute, self._arena)
        self._map(DATA_BASE, DATA_BYTES, read_write, self._window)
        self._control = np.zeros(Control.WORDS, np.uint64)
        self._control[Control.CODE_BIAS] = self._bias
        self._hook(unicorn_const.UC_HOOK_INTR, self._driver.on_interrupt)
        self._hook(unicorn_const.UC_HOOK_INSN_INVALID, self._driver.on_breakpoint)
        self._hook(unicorn_const.UC_HOOK_MEM_INVALID, self._driver.on_memory)
        if counting is Counting.BLOCKS:
            self._hook(unicorn_const.UC_HOOK_BLOCK, self._driver.on_block)
        elif counting is Counting.INSTRUCTIONS:
            self._hook(unicorn_const.UC_HOOK_CODE, self._driver.on_instruction)
        status = ctypes.c_uint64(MSTATUS_FS_DIRTY)
        self._check(uclib.uc_reg_write(self._handle, riscv_const.UC_RISCV_REG_MSTATUS, ctypes.byref(status)))
        # No address ends a run: without this, a jump to the `until` address would stop instead of faulting.
        self._control_call(unicorn_const.UC_CTL_UC_USE_EXITS, unicorn_const.UC_CTL_IO_WRITE, 1)
        self._flush_code = (unicorn_const.UC_CTL_TB_FLUSH, unicorn_const.UC_CTL_IO_WRITE)
        self._pc_name = riscv_const.UC_RISCV_REG_PC
        names = [riscv_const.UC_RISCV_REG_X0 + n for n in range(32)]
        names += [riscv_const.UC_RISCV_REG_F0 + n for n in range(32)]
        names += [riscv_const.UC_RISCV_REG_FCSR, riscv_const.UC_RISCV_REG_PRIV]
        self._names = np.array(names, np.int32)
        self._record = np.zeros(1 + len(names), np.uint64)
        self._values = self._record.ctypes.data + 8 * (1 + np.arange(len(names), dtype=np.uint64))

    @contextmanager
    def placed(
        self, code: NDArray[np.uint8], code_bytes: NDArray[np.uint32], code_address: NDArray[np.uint64]
    ) -> Iterator[None]:
        """Have code in the arena for a while; arrays as in `MachineBatch`. Afterwards the arena is zero again."""
        code = np.ascontiguousarray(code)
        lengths, addresses = np.ascontiguousarray(code_bytes, np.uint32), np.ascontiguousarray(code_address, np.uint64)
        place = (code.ctypes.data, code.shape[1], lengths.ctypes.data, addresses.ctypes.data, self._bias, len(code))
        self._driver.place_code(*place, False)
        if self._repairing:
            self._watch_from, self._watch_to, self._watched = watched_addresses(code, lengths, addresses)
        else:
            self._watch_from = self._watch_to = np.zeros(len(code), np.uint64)
        try:
            yield
        finally:
            self._driver.place_code(*place, True)
            self._control_call(*self._flush_code)

    def run(
        self, initial: NDArray[np.void], memory: NDArray[np.uint8], limit_insns: int, cases: NDArray[np.intp]
    ) -> RawRun:
        """Run the code in the arena once per row of `initial`; `memory` has as many rows, or one for all.

        `cases` says of which placed case each row is. `limit_insns` has no effect with `Counting.NONE`.
        """
        count = len(initial)
        watch_from, watch_to = self._watch_from[cases], self._watch_to[cases]
        if self._repair is not None:
            self._repair.set(repairing=self._repairing, short_programs=True)
        initial, memory = np.ascontiguousarray(initial), np.ascontiguousarray(memory)
        state = np.empty(count, state_dtype("riscv64"))
        after = np.empty((count, DATA_BYTES), np.uint8)
        ends = np.empty((count, END_WORDS), np.uint64)
        self._control[Control.LIMIT] = limit_insns
        counted = self._counting is Counting.INSTRUCTIONS and limit_insns * count <= UNWATCHED_INSNS
        with nullcontext() if counted else self._watchdog():
            self._driver.run_cases(
                self._handle, self._control.ctypes.data, 0, count,
                self._names.ctypes.data, self._values.ctypes.data, _REGISTERS_WRITTEN, _REGISTERS_READ,
                self._record.ctypes.data, initial.ctypes.data, state.ctypes.data, self._window.ctypes.data,
                memory.ctypes.data, 0 if len(memory) == 1 else DATA_BYTES, after.ctypes.data, ends.ctypes.data,
                self._pc_name, watch_from.ctypes.data, watch_to.ctypes.data, self._watched.ctypes.data,
            )  # fmt: skip
        return RawRun(state, after, ends, self._instructions_at(state["pc"]))

    def _instructions_at(self, pc: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The 16 or 32 bits at each address, 0 outside the arena."""
        offset = pc - np.uint64(CODE_BASE)
        inside = offset <= np.uint64(CODE_BYTES - 4)
        at = np.where(inside, offset, np.uint64(0)).astype(np.int64)
        low = self._arena[at].astype(np.uint64) | self._arena[at + 1].astype(np.uint64) << np.uint64(8)
        high = self._arena[at + 2].astype(np.uint64) | self._arena[at + 3].astype(np.uint64) << np.uint64(8)
        bits = np.where(low & np.uint64(3) == 3, low | high << np.uint64(16), low)
        return np.where(inside, bits, np.uint64(0))

    def close(self) -> None:
        """Release the engine. Idempotent."""
        if self._handle:
            self._check(self._library.uc_close(self._handle))
            self._handle = ctypes.c_void_p()

    @contextmanager
    def _watchdog(self) -> Iterator[None]:
        """Stop the emulator whenever one case has been running for `stall_s`."""
        finished = threading.Event()
        thread = threading.Thread(target=self._watch, args=(finished,), name="unicorn-watchdog", daemon=True)
        self._control[Control.CASE] = 0
        thread.start()
        try:
            yield
        finally:
            finished.set()
            thread.join()

    def _watch(self, finished: threading.Event) -> None:
        seen = -1
        while not finished.wait(self._stall_s):
            case = int(self._control[Control.CASE])
            if case == seen:
                self._library.uc_emu_stop(self._handle)
            seen = case

    def _map(self, address: int, size: int, permissions: int, buffer: NDArray[np.uint8]) -> None:
        host = ctypes.c_void_p(buffer.ctypes.data)
        self._check(self._library.uc_mem_map_ptr(self._handle, address, size, permissions, host))

    def _hook(self, kind: int, callback: int) -> None:
        hook = ctypes.c_size_t()
        function, data = ctypes.c_void_p(callback), ctypes.c_void_p(self._control.ctypes.data)
        everywhere = ctypes.c_uint64(1), ctypes.c_uint64(0)
        self._check(self._library.uc_hook_add(self._handle, ctypes.byref(hook), kind, function, data, *everywhere))

    def _control_call(self, what: int, direction: int, *arguments: int) -> None:
        code = what | len(arguments) << 26 | direction << 30
        self._check(self._library.uc_ctl(self._handle, code, *(ctypes.c_int(a) for a in arguments)))

    def _check(self, status: int) -> None:
        if status != 0:
            text = self._library.uc_strerror(status)
            raise UnicornError(f"Unicorn answered status {status}: {text.decode() if text else 'unknown'}")


@cache
def _driver(record_bytes: int) -> Driver:
    """Compiled once per process."""
    from unicorn.unicorn_py3.unicorn import uclib

    return Driver(uclib, record_bytes, DATA_BYTES)


def watched_addresses(
    code: NDArray[np.uint8], code_bytes: NDArray[np.uint32], code_address: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
    """Where the driver needs a callback: at each FMV.W.X and FSGNJ.S and behind it, and at each SC.

    Returns:
        first, last, addresses: case i is watched at `addresses[first[i]:last[i]]`, `HOOKS_PER_CASE` places at most.
    """
    count, width = code.shape
    padded = np.zeros((count, width + width % 2 + 2), np.uint8)
    padded[:, :width] = code
    parcels = padded.view("<u2").astype(np.uint32)
    words = parcels[:, :-1] | parcels[:, 1:] << np.uint32(16)
    boxing, conditional = np.zeros(words.shape, np.bool_), np.zeros(words.shape, np.bool_)
    for found, (bits, mask) in ((boxing, FMV_W_X), (boxing, FSGNJ_S), (conditional, SC)):
        found |= words & np.uint32(mask) == np.uint32(bits)
    places = np.zeros((count, words.shape[1] + 2), np.bool_)
    places[:, :-2] = boxing | conditional
    places[:, 2:] |= boxing
    case, parcel = np.nonzero(places)
    first = np.searchsorted(case, np.arange(count)).astype(np.uint64)
    last = np.searchsorted(case, np.arange(count), side="right").astype(np.uint64)
    addresses = code_address[case] + np.uint64(2) * parcel.astype(np.uint64)
    return first, np.minimum(last, first + np.uint64(HOOKS_PER_CASE)), addresses
