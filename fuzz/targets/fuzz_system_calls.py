"""System calls with any arguments: a result or an error number, no error of ours, and a consistent memory map.

Only calls that keep to the guest are made: no path names, no other processes, nothing that waits or ends.
"""

from __future__ import annotations

import atexit
import os
import random
import struct
import tempfile
from collections.abc import Iterable
from functools import cache
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from engines.vm.memory.address_space import PAGE_BYTES, READ, WRITE, AddressSpace
    from engines.vm.user import riscv64
    from engines.vm.user.file_table import FileTable
    from engines.vm.user.paths import GuestPaths
    from engines.vm.user.process import Options, Process
    from engines.vm.user.strace import Strace
    from engines.vm.user.syscalls import table

_NAMES = words(
    """
    brk mmap munmap mprotect mremap madvise mincore msync getrandom uname sysinfo getcwd getpid gettid getuid
    clock_gettime clock_getres gettimeofday times getrusage getrlimit rt_sigaction rt_sigprocmask rt_sigpending
    sigaltstack read write readv writev pread64 pwrite64 lseek ftruncate fstat dup dup3 fcntl ioctl close pipe2
    sched_getaffinity sched_getparam getpriority prctl getgroups set_tid_address set_robust_list eventfd2
    epoll_create1 epoll_ctl getitimer capget personality membarrier socketpair getsockname getsockopt socket
    """
)
_CALL = struct.Struct("<B6Q")
_MAX_CALLS = 24
_DATA = 0x20000
_POINTERS = (
    0,
    1,
    _DATA,
    _DATA + 0x1FF8,
    _DATA + PAGE_BYTES,
    0x30000,
    0x40000,
    1 << 35,
    (1 << 36) - 4096,
    1 << 36,
    1 << 63,
)
_SIZES = (0, 1, 8, 16, 4096, 8192, 65536, 1 << 31, 1 << 32, 1 << 36, (1 << 63) - 1, (1 << 64) - 1, (1 << 64) - 4096)


@cache
def _numbers() -> tuple[int, ...]:
    return tuple(sorted(number for number, entry in table.load().items() if entry.name.encode() in _NAMES))


@cache
def _log() -> int:
    return os.open(os.devnull, os.O_RDWR)


def _guest() -> Process:
    """A process with two pages of data, a file, a pipe and the null device."""
    file = tempfile.TemporaryFile(dir=_folder())  # noqa: SIM115
    file.write(bytes(range(256)) * 20)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    hosts = {i: os.dup(_log()) for i in range(3)} | {3: os.dup(file.fileno()), 4: reading, 5: writing}
    file.close()
    options = Options(random=bytes, confined=True, strace=Strace(_log(), 1))
    memory = AddressSpace()
    process = Process(_never, memory, FileTable(hosts), GuestPaths(), options)
    process.files.limit = 64
    memory.map(0x10000, PAGE_BYTES, READ)
    memory.map(_DATA, 2 * PAGE_BYTES, READ | WRITE)
    memory.place(_DATA, struct.pack("<6Q", _DATA + 0x100, 8, 1 << 63, 1 << 63, _DATA + 0x200, (1 << 64) - 1))
    process.map.brk = process.map.brk_start = 0x30000
    process.map.mmap_top = 0xF_0000_0000
    return process


@cache
def _folder() -> str:
    made = tempfile.TemporaryDirectory(prefix="fuzz-calls-")
    atexit.register(made.cleanup)
    return made.name


def _never(hart: Any, limit: int) -> Any:
    raise AssertionError("no instruction is run here")


def one_input(data: bytes) -> None:
    process = _guest()
    try:
        for at in range(0, min(len(data), _MAX_CALLS * _CALL.size) - _CALL.size + 1, _CALL.size):
            number, *arguments = _CALL.unpack_from(data, at)
            _call(process, _numbers()[number % len(_numbers())], arguments)
            _check(process)
    finally:
        process.close()


def _call(process: Process, number: int, arguments: list[int]) -> None:
    words = process.current.words
    for index, value in enumerate(arguments):
        words[riscv64.A0 + index] = value
    words[riscv64.NUMBER] = number
    pc = words[riscv64.PC]
    process._system_call(process.current)
    process.current.wait, process.current.deadline_ns, process.attention = None, None, False
    if words[riscv64.PC] not in (pc, pc + riscv64.ECALL_BYTES):
        raise FindingError(f"{table.name_of(number)} left the pc at {words[riscv64.PC]:#x}")
    words[riscv64.PC] = pc
    result = words[riscv64.A0]
    if -4095 <= result - (1 << 64) < 0 and result - (1 << 64) < -133:
        raise FindingError(f"{table.name_of(number)} answered {result - (1 << 64)}, which is no error number")


def _check(process: Process) -> None:
    """Regions ascend, do not touch or overlap, and their pages are mapped by the permissions; only such have advice."""
    memory, last = process.memory, -1
    for start, end in memory.regions():
        if not last < start < end <= memory.limit or start % PAGE_BYTES or end % PAGE_BYTES:
            raise FindingError(f"regions out of order: [{start:#x}, {end:#x}) after {last:#x}")
        if not memory.mapped(start, end - start):
            raise FindingError(f"[{start:#x}, {end:#x}) is listed and not mapped")
        last = end
    for start, end in memory.advised():
        if not memory.mapped(start, end - start):
            raise FindingError(f"[{start:#x}, {end:#x}) has advice for the host and is not mapped")
    if not process.map.brk_start <= process.map.brk <= process.map.mmap_top:
        raise FindingError(f"the heap ends at {process.map.brk:#x}")


def _argument(chance: random.Random) -> int:
    kind = chance.randrange(5)
    if kind == 0:
        return chance.choice(_POINTERS) + chance.choice((0, 0, 1, 8, 4096))
    if kind == 1:
        return chance.choice(_SIZES)
    if kind == 2:
        return chance.randrange(-1, 8) % (1 << 64)
    return 1 << chance.randrange(64) if kind == 3 else chance.getrandbits(chance.choice((4, 12, 16, 32, 64)))


def _mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
    """Calls inserted, removed, repeated, or one of their arguments exchanged."""
    chance = random.Random(seed)
    calls = [list(_CALL.unpack_from(data, at)) for at in range(0, len(data) - _CALL.size + 1, _CALL.size)]
    for _ in range(chance.randint(1, 4)):
        what = chance.randrange(5)
        if what == 0 or not calls:
            new = [chance.randrange(256), *(_argument(chance) % (1 << 64) for _ in range(6))]
            calls.insert(chance.randrange(len(calls) + 1), new)
        elif what == 1 and len(calls) > 1:
            del calls[chance.randrange(len(calls))]
        elif what == 2:
            calls.insert(chance.randrange(len(calls) + 1), list(chance.choice(calls)))
        else:
            chance.choice(calls)[chance.randrange(1, 7)] = _argument(chance) % (1 << 64)
    return b"".join(_CALL.pack(*call) for call in calls[: min(max_bytes // _CALL.size, _MAX_CALLS)])


def seeds() -> Iterable[bytes]:
    numbers = {table.TABLE[number].name: index for index, number in enumerate(_numbers())}
    mapped = (numbers["mmap"], 0x40000, 8192, 3, 0x32, 0, 0)
    yield b"".join(_CALL.pack(*call) for call in (mapped, (numbers["munmap"], 0x41000, 4096, 0, 0, 0, 0)))
    yield _CALL.pack(*mapped) + _CALL.pack(numbers["mremap"], 0x40000, 8192, 65536, 1, 0, 0)
    yield _CALL.pack(numbers["brk"], 0x34567, 0, 0, 0, 0, 0) + _CALL.pack(numbers["brk"], 0x30000, 0, 0, 0, 0, 0)
    large = (numbers["mmap"], 0x400000, 0x600000, 3, 0x32, 0, 0)
    yield b"".join(_CALL.pack(*call) for call in (large, (numbers["munmap"], 0x500000, 0x200000, 0, 0, 0, 0)))
    yield b"".join(_CALL.pack(*call) for call in (large, (numbers["madvise"], 0x401000, 0x1000, 4, 0, 0, 0)))
    yield _CALL.pack(numbers["readv"], 3, _DATA, 2, 0, 0, 0) + _CALL.pack(numbers["lseek"], 3, 5, 0, 0, 0, 0)
    yield from (_CALL.pack(index, 3, _DATA + 64, 8, 0, 8, 0) for index in range(len(_numbers())))


def planted() -> None:
    from engines.vm.memory.address_space import AddressSpace

    def wrapper(original: Any) -> Any:
        def unmap(self: AddressSpace, address: int, size: int) -> None:
            original(self, address, size)
            if size == 2 * PAGE_BYTES:
                self._mapped.insert(address, address + PAGE_BYTES)

        return unmap

    replace(AddressSpace, "unmap", wrapper)


TARGET = Target(
    one_input,
    "system calls with any arguments: an answer, and a consistent memory map",
    (
        "engines.vm.user.process",
        "engines.vm.user.syscalls.files",
        "engines.vm.user.syscalls.transfers",
        "engines.vm.user.syscalls.memory",
    ),
    seeds,
    planted,
    "unmapping two pages leaves one in the list",
    mutate=_mutate,
    max_bytes=_MAX_CALLS * _CALL.size,
    modules=tuple(f"engines.vm.user.syscalls.{family}" for family in table.FAMILIES),
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
