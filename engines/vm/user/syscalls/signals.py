"""Signals: dispositions, masks, sending, waiting, the alternate stack, returning from handlers.

Source: rt_sigaction(2), rt_sigprocmask(2), kill(2), tgkill(2), sigaltstack(2), rt_sigtimedwait(2).
"""

from __future__ import annotations

import os
import struct

from engines.vm.memory.address_space import MemoryFault
from engines.vm.user import riscv64, signals
from engines.vm.user.errno import Errno
from engines.vm.user.signals import Action, AlternateStack, Code, Signal, SignalInfo
from engines.vm.user.syscalls.table import system_call
from engines.vm.user.task import Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_SIGACTION: Final = struct.Struct("<QQQ")
"""asm-generic without a restorer, as riscv has it: handler, flags, mask."""
_STACK_T: Final = struct.Struct("<QiIQ")
_NS: Final = 1_000_000_000


def read_mask(process: Process, address: int) -> int:
    """The 64-bit sigset at `address`."""
    return int.from_bytes(process.memory.read(address, signals.SIGSET_BYTES), "little")


@system_call(134, "rt_sigaction", "signal ptr ptr size")
def rt_sigaction(process: Process, number: int, new: int, old: int, size: int) -> int:
    if size != signals.SIGSET_BYTES or not 1 <= number <= signals.SIGNAL_COUNT:
        return -Errno.EINVAL
    if new and number in (Signal.SIGKILL, Signal.SIGSTOP):
        return -Errno.EINVAL
    before = process.actions.get(number, signals.DEFAULT_ACTION)
    wanted = Action(*_SIGACTION.unpack(process.memory.read(new, _SIGACTION.size))) if new else None
    if wanted is not None:
        process.set_action(number, Action(wanted.handler, wanted.flags, wanted.mask & ~signals.UNBLOCKABLE))
    if old:
        process.memory.write(old, _SIGACTION.pack(before.handler, before.flags, before.mask))
    return 0


@system_call(135, "rt_sigprocmask", "how ptr ptr size")
def rt_sigprocmask(process: Process, how: int, new: int, old: int, size: int) -> int:
    if size != signals.SIGSET_BYTES:
        return -Errno.EINVAL
    task = process.current
    before = task.blocked
    if new:
        mask = read_mask(process, new)
        if how == signals.SIG_BLOCK:
            wanted = before | mask
        elif how == signals.SIG_UNBLOCK:
            wanted = before & ~mask
        elif how == signals.SIG_SETMASK:
            wanted = mask
        else:
            return -Errno.EINVAL
        process.set_blocked(task, wanted)
    if old:
        process.memory.write(old, before.to_bytes(8, "little"))
    return 0


@system_call(139, "rt_sigreturn")
def rt_sigreturn(process: Process) -> None:
    task = process.current
    try:
        mask, alternate = riscv64.pop_signal_frame(process.memory, task.words)
    except MemoryFault as fault:
        process.force(task, SignalInfo(Signal.SIGSEGV, Code.SI_KERNEL, address=fault.address))
        return
    if not alternate.flags & signals.SS_ONSTACK:
        task.alternate = alternate
    process.set_blocked(task, mask)


@system_call(136, "rt_sigpending", "ptr size")
def rt_sigpending(process: Process, buffer: int, size: int) -> int:
    if size > signals.SIGSET_BYTES:
        return -Errno.EINVAL
    pending = process.pending.mask | process.current.pending.mask
    if process.host_signals is not None:
        pending |= process.host_signals.pending()
    pending &= process.current.blocked
    process.memory.write(buffer, pending.to_bytes(8, "little")[:size])
    return 0


@system_call(133, "rt_sigsuspend", "ptr size")
def rt_sigsuspend(process: Process, mask: int, size: int) -> int:
    if size != signals.SIGSET_BYTES:
        return -Errno.EINVAL
    wait_with_mask(process, read_mask(process, mask))
    process.pause(None)
    raise Interrupted(restarts=False)


def wait_with_mask(process: Process, mask: int) -> None:
    """Install `mask` for the system call that is being executed; delivery puts the old one back."""
    task = process.current
    if task.saved_mask is None:
        task.saved_mask = task.blocked
        process.set_blocked(task, mask)


@system_call(137, "rt_sigtimedwait", "ptr ptr ptr size")
def rt_sigtimedwait(process: Process, wanted: int, info: int, timeout: int, size: int) -> int:
    if size != signals.SIGSET_BYTES:
        return -Errno.EINVAL
    mask = read_mask(process, wanted)
    limit_ns = None
    if timeout:
        seconds, nanoseconds = struct.unpack("<qq", process.memory.read(timeout, 16))
        if seconds < 0 or not 0 <= nanoseconds < _NS:
            return -Errno.EINVAL
        limit_ns = seconds * _NS + nanoseconds
    found = process.current.pending.take(mask) or process.pending.take(mask)
    if found is None and process.host_signals is not None:
        number = process.host_signals.take(mask, limit_ns / _NS if limit_ns is not None else None)
        found = SignalInfo(number) if number else None
    elif found is None and limit_ns != 0:
        process.block((), limit_ns)
    if found is None:
        return -Errno.EAGAIN
    if info:
        process.memory.write(info, found.pack())
    return found.number


@system_call(132, "sigaltstack", "ptr ptr")
def sigaltstack(process: Process, new: int, old: int) -> int:
    task = process.current
    before = task.alternate
    on_it = before.contains(task.words[riscv64.SP])
    wanted = None
    if new:
        pointer, flags, _, size = _STACK_T.unpack(process.memory.read(new, _STACK_T.size))
        flags &= 0xFFFF_FFFF
        mode = flags & ~signals.SS_AUTODISARM
        if on_it:
            return -Errno.EPERM
        if mode not in (0, signals.SS_ONSTACK, signals.SS_DISABLE):
            return -Errno.EINVAL
        if mode == signals.SS_DISABLE:
            wanted = AlternateStack()
        elif size < signals.MINSIGSTKSZ:
            return -Errno.ENOMEM
        else:
            wanted = AlternateStack(pointer, 0, size)
    if old:
        flags = signals.SS_ONSTACK if on_it else before.flags
        process.memory.write(old, _STACK_T.pack(before.pointer, flags, 0, before.size))
    if wanted is not None:
        task.alternate = wanted
    return 0


def _known(number: int) -> bool:
    return 0 <= number <= signals.SIGNAL_COUNT


def _own(process: Process, number: int, code: int) -> SignalInfo:
    return SignalInfo(number, code, pid=process.pid, uid=os.getuid())


@system_call(129, "kill", "pid signal")
def kill(process: Process, pid: int, number: int) -> int:
    if not _known(number):
        return -Errno.EINVAL
    if pid == process.pid:
        if number:
            process.post(_own(process, number, Code.SI_USER))
        return 0
    if process.options.confined and pid not in process.children and pid != 0:
        return -Errno.EPERM
    os.kill(pid, number)
    return 0


@system_call(130, "tkill", "pid signal")
def tkill(process: Process, tid: int, number: int) -> int:
    return _send_to_task(process, process.pid, tid, number)


@system_call(131, "tgkill", "pid pid signal")
def tgkill(process: Process, pid: int, tid: int, number: int) -> int:
    if pid <= 0:
        return -Errno.EINVAL
    return _send_to_task(process, pid, tid, number)


def _send_to_task(process: Process, pid: int, tid: int, number: int) -> int:
    if not _known(number) or tid <= 0:
        return -Errno.EINVAL
    task = process.tasks.get(tid)
    if pid != process.pid or task is None:
        return -Errno.ESRCH
    if number:
        process.post(_own(process, number, Code.SI_TKILL), task)
    return 0


@system_call(138, "rt_sigqueueinfo", "pid signal ptr")
def rt_sigqueueinfo(process: Process, pid: int, number: int, info: int) -> int:
    if not _known(number):
        return -Errno.EINVAL
    raw = process.memory.read(info, signals.SIGINFO_BYTES)
    if pid != process.pid:
        return -Errno.ESRCH
    if number:
        code = struct.unpack_from("<i", raw, 8)[0]
        process.post(SignalInfo(number, code, raw=struct.pack("<i", number) + raw[4:]))
    return 0
