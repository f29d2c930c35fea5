"""Linux signals of a guest process: numbers, siginfo, dispositions, masks and pending queues.

Nothing here knows an architecture or a host; frames on the guest's stack are the ABI's (`riscv64.py`), and signals that
arrive from outside come through `host_signals.py`.

Source: uapi/asm-generic/signal.h, siginfo.h; signal(7).
"""

from __future__ import annotations

import _struct as struct

from engines.vm.enumeration import IntEnum
from engines.vm.record import made, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

SIGNAL_COUNT: Final = 64
SIGSET_BYTES: Final = 8
_FIRST_REALTIME: Final = 32


class Signal(IntEnum):
    """Signal numbers of asm-generic (not those of alpha, mips, parisc, sparc)."""

    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGILL = 4
    SIGTRAP = 5
    SIGABRT = 6
    SIGBUS = 7
    SIGFPE = 8
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGSTKFLT = 16
    SIGCHLD = 17
    SIGCONT = 18
    SIGSTOP = 19
    SIGTSTP = 20
    SIGTTIN = 21
    SIGTTOU = 22
    SIGURG = 23
    SIGXCPU = 24
    SIGXFSZ = 25
    SIGVTALRM = 26
    SIGPROF = 27
    SIGWINCH = 28
    SIGIO = 29
    SIGPWR = 30
    SIGSYS = 31


class Code(IntEnum):
    """si_code values that we produce; the numbers repeat between signals, hence the aliases."""

    SI_USER = 0
    SI_KERNEL = 0x80
    SI_QUEUE = -1
    SI_TKILL = -6
    ILL_ILLOPC = 1
    TRAP_BRKPT = 1
    SEGV_MAPERR = 1
    SEGV_ACCERR = 2
    BUS_ADRALN = 1


SIG_DFL: Final = 0
SIG_IGN: Final = 1
SIG_BLOCK: Final = 0
SIG_UNBLOCK: Final = 1
SIG_SETMASK: Final = 2

SA_NOCLDSTOP: Final = 0x1
SA_NOCLDWAIT: Final = 0x2
SA_SIGINFO: Final = 0x4
SA_ONSTACK: Final = 0x0800_0000
SA_RESTART: Final = 0x1000_0000
SA_NODEFER: Final = 0x4000_0000
SA_RESETHAND: Final = 0x8000_0000

SS_ONSTACK: Final = 1
SS_DISABLE: Final = 2
SS_AUTODISARM: Final = 1 << 31
MINSIGSTKSZ: Final = 2048

IGNORED_BY_DEFAULT: Final = frozenset((Signal.SIGCHLD, Signal.SIGURG, Signal.SIGWINCH, Signal.SIGCONT))
STOPS_BY_DEFAULT: Final = frozenset((Signal.SIGSTOP, Signal.SIGTSTP, Signal.SIGTTIN, Signal.SIGTTOU))
DUMPS_CORE: Final = frozenset(
    Signal[f"SIG{name}"] for name in ("QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "SEGV", "XCPU", "XFSZ", "SYS")
)
"""Signals whose default action says that the program is at fault."""
SYNCHRONOUS: Final = frozenset((Signal.SIGSEGV, Signal.SIGBUS, Signal.SIGILL, Signal.SIGTRAP, Signal.SIGFPE))
UNBLOCKABLE: Final = 1 << (Signal.SIGKILL - 1) | 1 << (Signal.SIGSTOP - 1)

_SIGINFO_FAULT: Final = struct.Struct("<iiiiQ")
_SIGINFO_USER: Final = struct.Struct("<iiiiiIQ")
SIGINFO_BYTES: Final = 128


def bit(number: int) -> int:
    """The signal's bit in a 64-bit sigset."""
    return 1 << (number - 1)


def name(number: int) -> str:
    """`SIGSEGV`, or `SIG34` for those without a name."""
    return Signal(number).name if number in Signal._value2member_map_ else f"SIG{number}"


@record(frozen=True)
class SignalInfo:
    """One pending signal, as `siginfo_t` tells it to a handler.

    `address` is meant for the synchronous signals, `pid`, `uid`, `status` and `value` for the others.
    """

    number: int
    code: int = Code.SI_USER
    pid: int = 0
    uid: int = 0
    value: int = 0
    address: int = 0
    raw: bytes = b""
    """The whole siginfo when the guest made it up itself (rt_sigqueueinfo)."""

    def pack(self) -> bytes:
        """The 128 bytes of `siginfo_t` on a 64-bit guest."""
        if self.raw:
            return self.raw
        if self.number in SYNCHRONOUS and self.code > 0:
            packed = _SIGINFO_FAULT.pack(self.number, 0, self.code, 0, self.address)
        else:
            value = self.value & 0xFFFF_FFFF_FFFF_FFFF
            packed = _SIGINFO_USER.pack(self.number, 0, self.code, 0, self.pid, self.uid, value)
        return packed.ljust(SIGINFO_BYTES, b"\0")


@record(frozen=True)
class Action:
    """A signal's disposition: `handler` is SIG_DFL, SIG_IGN or a guest address; `mask` is blocked while it runs."""

    handler: int = SIG_DFL
    flags: int = 0
    mask: int = 0


DEFAULT_ACTION: Final = Action()


@record()
class PendingSignals:
    """Signals that wait for delivery, in arrival order. A standard signal is pending once, realtime ones queue."""

    queue: list[SignalInfo] = made(default_factory=list)
    mask: int = 0

    def post(self, info: SignalInfo) -> None:
        if info.number < _FIRST_REALTIME and self.mask & bit(info.number):
            return
        self.queue.append(info)
        self.mask |= bit(info.number)

    def take(self, allowed: int) -> SignalInfo | None:
        """Remove and return the next signal whose bit is in `allowed`: synchronous ones first, then lowest number."""
        if not self.mask & allowed:
            return None
        candidates = [(s.number not in SYNCHRONOUS, s.number, i) for i, s in enumerate(self.queue)]
        chosen = min((c for c in candidates if bit(c[1]) & allowed), key=lambda c: c)
        info = self.queue.pop(chosen[2])
        if not any(s.number == info.number for s in self.queue):
            self.mask &= ~bit(info.number)
        return info

    def drop(self, number: int) -> None:
        """Forget every pending `number`: its disposition became SIG_IGN."""
        self.queue = [s for s in self.queue if s.number != number]
        self.mask &= ~bit(number)

    def __iter__(self) -> Iterator[SignalInfo]:
        return iter(self.queue)


@record()
class AlternateStack:
    """What sigaltstack set; `flags` is SS_DISABLE when there is none."""

    pointer: int = 0
    flags: int = SS_DISABLE
    size: int = 0

    def contains(self, stack_pointer: int) -> bool:
        return not self.flags & SS_DISABLE and 0 < stack_pointer - self.pointer <= self.size
