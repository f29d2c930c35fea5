"""Processes and threads: clone, execve, wait, and what prctl knows.

A guest process is a host process: fork is the host's fork. Guest threads are tasks of one host thread.

Source: clone(2), execve(2), wait4(2), waitid(2), prctl(2).
"""

from __future__ import annotations

import fcntl
import os
import struct

from engines.vm.memory.address_space import PAGE_BYTES, Access
from engines.vm.user import riscv64
from engines.vm.user.elf import ElfError, Machine
from engines.vm.user.errno import Errno, GuestError
from engines.vm.user.signals import AlternateStack
from engines.vm.user.syscalls.places import AT_FDCWD, directory
from engines.vm.user.syscalls.table import system_call
from engines.vm.user.task import NAME_BYTES, Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    import resource
    from typing import Final, NoReturn

    from engines.vm.user.process import Process

_CLONE_VM: Final = 0x100
_CLONE_FS: Final = 0x200
_CLONE_FILES: Final = 0x400
_CLONE_SIGHAND: Final = 0x800
_CLONE_VFORK: Final = 0x4000
_CLONE_THREAD: Final = 0x10000
_CLONE_SYSVSEM: Final = 0x40000
_CLONE_SETTLS: Final = 0x80000
_CLONE_PARENT_SETTID: Final = 0x100000
_CLONE_CHILD_CLEARTID: Final = 0x200000
_CLONE_DETACHED: Final = 0x400000
_CLONE_CHILD_SETTID: Final = 0x1000000
_CLONE_NAMESPACES: Final = 0x7E020000
_THREAD_FLAGS: Final = _CLONE_VM | _CLONE_FS | _CLONE_FILES | _CLONE_SIGHAND | _CLONE_THREAD
_MAX_ARGUMENTS: Final = 1 << 17
_MAX_SCRIPT_DEPTH: Final = 4
_CANNOT_EXECUTE: Final = 127
_HOST_MACHINES: Final = {"x86_64": Machine.X86_64, "aarch64": Machine.AARCH64, "riscv64": Machine.RISCV}
_WAIT_OPTIONS: Final = 0x1 | 0x2 | 0x4 | 0x8 | 0x01000000 | 0x20000000 | 0x40000000 | 0x80000000
_RUSAGE: Final = struct.Struct("<4q14q")
_PR_SET_DUMPABLE, _PR_GET_DUMPABLE = 4, 3
_PR_SET_NAME, _PR_GET_NAME = 15, 16
_PR_SET_NO_NEW_PRIVS, _PR_GET_NO_NEW_PRIVS = 38, 39
_PR_SET_PDEATHSIG: Final = 1


@system_call(220, "clone", "hex ptr ptr ptr ptr")
def clone(process: Process, flags: int, stack: int, parent_tid: int, tls: int, child_tid: int) -> int | None:
    """riscv's argument order: flags, stack, parent_tid, tls, child_tid."""
    if flags & _CLONE_NAMESPACES:
        return -Errno.EPERM
    if flags & _CLONE_THREAD:
        if flags & _THREAD_FLAGS != _THREAD_FLAGS or not stack:
            return -Errno.EINVAL
        return _new_thread(process, flags, stack, parent_tid, tls, child_tid)
    if flags & _CLONE_VM and not flags & _CLONE_VFORK:
        return -Errno.EINVAL  # a second process in the same memory, and no thread
    return _fork(process, flags, stack, parent_tid, tls, child_tid)


def _new_thread(process: Process, flags: int, stack: int, parent_tid: int, tls: int, child_tid: int) -> int:
    memory = process.memory
    for flag, address in ((_CLONE_PARENT_SETTID, parent_tid), (_CLONE_CHILD_SETTID, child_tid)):
        if flags & flag:
            memory.view(address, 4, Access.STORE)
    task = process.spawn_task(stack, tls if flags & _CLONE_SETTLS else None)
    if flags & _CLONE_PARENT_SETTID:
        memory.store(parent_tid, task.tid, 4)
    if flags & _CLONE_CHILD_SETTID:
        memory.store(child_tid, task.tid, 4)
    if flags & _CLONE_CHILD_CLEARTID:
        task.clear_child_tid = child_tid
    return task.tid


def _fork(process: Process, flags: int, stack: int, parent_tid: int, tls: int, child_tid: int) -> int:
    """The host forks. A vfork child has a copy of memory; the parent waits for its end and takes its writes over."""
    done_read, done_write = os.pipe() if flags & _CLONE_VFORK else (-1, -1)
    pid = os.fork()
    if pid:
        if flags & _CLONE_VFORK:
            os.close(done_write)
            _take_over_writes(process, done_read)
        process.children.add(pid)
        if flags & _CLONE_PARENT_SETTID:
            process.memory.store(parent_tid, pid, 4)
        return pid
    if flags & _CLONE_VFORK:
        os.close(done_read)
        process.memory.clear_dirty()
        process.vfork_done = done_write
    process.after_fork()
    words = process.current.words
    if stack:
        words[riscv64.SP] = stack
    if flags & _CLONE_SETTLS:
        words[riscv64.TP] = tls
    if flags & _CLONE_CHILD_SETTID:
        process.memory.store(child_tid, process.pid, 4)
    process.current.clear_child_tid = child_tid if flags & _CLONE_CHILD_CLEARTID else 0
    return 0


def _take_over_writes(process: Process, pipe: int) -> None:
    """Wait until a vfork child ends or runs execve; what it wrote until then is written here too."""
    with os.fdopen(pipe, "rb") as pages:
        while len(record := pages.read(8 + PAGE_BYTES)) == 8 + PAGE_BYTES:
            address = int.from_bytes(record[:8], "little")
            if process.memory.mapped(address, PAGE_BYTES):
                process.memory.place(address, record[8:])


def _strings(process: Process, vector: int) -> list[bytes]:
    """The strings of a NULL-terminated pointer array."""
    found: list[bytes] = []
    while vector:
        pointer = (
            process.memory.load(vector + 8 * len(found), 8)
            if process.memory.permitted(vector + 8 * len(found), 8, Access.LOAD)
            else None
        )
        if pointer is None:
            raise GuestError(Errno.EFAULT)
        if not pointer:
            break
        if len(found) >= _MAX_ARGUMENTS:
            raise GuestError(Errno.E2BIG)
        found.append(process.read_string(pointer, _MAX_ARGUMENTS))
    return found


@system_call(221, "execve", "path ptr ptr")
def execve(process: Process, path: int, argv: int, environment: int) -> int | None:
    return _execute(process, process.read_string(path), _strings(process, argv), _strings(process, environment))


@system_call(281, "execveat", "dirfd path ptr ptr atflags")
def execveat(process: Process, dirfd: int, path: int, argv: int, environment: int, flags: int) -> int | None:
    name = process.read_string(path)
    if not name:
        name = os.readlink(b"/proc/self/fd/%d" % process.files.get(dirfd))
    elif dirfd != AT_FDCWD and not name.startswith(b"/"):
        name = os.readlink(b"/proc/self/fd/%d" % (directory(process, dirfd, name) or 0)) + b"/" + name
    return _execute(process, name, _strings(process, argv), _strings(process, environment))


def _execute(process: Process, path: bytes, argv: list[bytes], environment: list[bytes]) -> int | None:
    argv = argv or [b""]
    for _ in range(_MAX_SCRIPT_DEPTH):
        if process.paths.proc_self(path, process.pid) == b"exe":
            path = process.executable
        host_path = os.fsdecode(process.paths.locate(path))
        if not os.access(host_path, os.X_OK) and os.path.exists(host_path):
            return -Errno.EACCES
        if os.path.isdir(host_path):
            return -Errno.EACCES
        with open(host_path, "rb") as file:
            image = file.read()
        if not image.startswith(b"#!"):
            break
        words = image[2:256].split(b"\n", 1)[0].strip().split(None, 1)
        if not words:
            return -Errno.ENOEXEC
        argv = [*words, path, *argv[1:]]
        path = words[0]
    else:
        return -Errno.ELOOP
    try:
        process.load(image, path, argv, environment)
    except ElfError:
        if _is_for_the_host(image) and not process.options.confined:
            _become_host_program(process, host_path, argv, environment)
        return -Errno.ENOEXEC
    process.become_only_task()
    process.files.close_marked()
    process.reset_handlers()
    process.current.alternate = AlternateStack()
    process.attention = True
    return None


def _is_for_the_host(image: bytes) -> bool:
    """An executable for the host's machine, which is not the guest's."""
    host = _HOST_MACHINES.get(os.uname().machine)
    is_elf = image[:6] == b"\x7fELF\x02\x01" and len(image) >= 20
    return is_elf and host != riscv64.ELF_MACHINE and struct.unpack_from("<H", image, 18)[0] == host


def _become_host_program(process: Process, path: str, argv: list[bytes], environment: list[bytes]) -> NoReturn:
    """Let the host execute its own program with the guest's files. Does not return: status 127 if the host cannot
    execute it after all."""
    kept = {fd: host for fd, host in process.files.host.items() if fd not in process.files.close_on_exec}
    clear = max([*kept, *kept.values(), 2]) + 1
    parked = {fd: fcntl.fcntl(host, fcntl.F_DUPFD_CLOEXEC, clear) for fd, host in kept.items()}
    if process.host_signals is not None:
        process.host_signals.close()
    for fd in range(3):
        if fd not in parked and fd not in process.files.host:
            os.set_inheritable(fd, False)
    for fd, host in parked.items():
        os.dup2(host, fd, inheritable=True)
    process.release_vfork()
    import signal

    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python ignores
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execve(path, argv, dict(setting.split(b"=", 1) for setting in environment if b"=" in setting))
    except OSError:
        os._exit(_CANNOT_EXECUTE)


def pack_rusage(usage: resource.struct_rusage) -> bytes:
    """`struct rusage`: 144 bytes."""
    times: list[int] = []
    for seconds in (usage.ru_utime, usage.ru_stime):
        microseconds = round(seconds * 1_000_000)
        times += divmod(microseconds, 1_000_000)
    return _RUSAGE.pack(*times, *(int(value) for value in usage[2:16]))


@system_call(260, "wait4", "pid ptr int ptr")
def wait4(process: Process, pid: int, status: int, options: int, usage: int) -> int:
    if options & 0xFFFF_FFFF & ~_WAIT_OPTIONS:
        return -Errno.EINVAL
    for address, size in ((status, 4), (usage, 144)):
        if address:
            process.memory.view(address, size, Access.STORE)
    found, raw, used = _wait(process, pid, options)
    if found:
        if status:
            process.memory.store(status, raw, 4)
        if usage:
            process.memory.write(usage, pack_rusage(used))
    return found


def _wait(process: Process, pid: int, options: int) -> tuple[int, int, resource.struct_rusage]:
    """Wait for a child; while signals or other tasks need a turn, look without blocking and come again."""
    options &= 0x0100_000F
    if not process.must_wait or options & os.WNOHANG:
        return os.wait4(pid, options)
    while True:
        answer = os.wait4(pid, options | os.WNOHANG)
        if answer[0]:
            return answer
        try:
            process.pause(_CHILD_POLL_NS)
        except Interrupted:
            answer = os.wait4(pid, options | os.WNOHANG)  # the signal may be SIGCHLD, and the child's end comes first
            if answer[0]:
                return answer
            raise


_CHILD_POLL_NS: Final = 2_000_000


@system_call(95, "waitid", "int pid ptr int ptr")
def waitid(process: Process, kind: int, number: int, info: int, options: int, usage: int) -> int:
    if kind not in (0, 1, 2) or not options & (os.WEXITED | os.WSTOPPED | os.WCONTINUED):
        return -Errno.EINVAL
    found = os.waitid((os.P_ALL, os.P_PID, os.P_PGID)[kind], number, options & 0x0100_000F)
    if info:
        data = bytearray(128)
        if found is not None:
            struct.pack_into("<iiixxxxiIi", data, 0, 17, 0, found.si_code, found.si_pid, found.si_uid, found.si_status)
        process.memory.write(info, data)
    return 0


@system_call(167, "prctl", "int ulong ulong ulong ulong")
def prctl(process: Process, option: int, first: int, second: int, third: int, fourth: int) -> int:
    task = process.current
    if option == _PR_SET_NAME:
        task.name = process.memory.read(first, NAME_BYTES + 1).split(b"\0", 1)[0][:NAME_BYTES]
        return 0
    if option == _PR_GET_NAME:
        process.memory.write(first, task.name.ljust(NAME_BYTES + 1, b"\0"))
        return 0
    if option in (_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_SET_PDEATHSIG):
        return 0
    if option == _PR_GET_DUMPABLE:
        return 1
    if option == _PR_GET_NO_NEW_PRIVS:
        return 0
    return -Errno.EINVAL
