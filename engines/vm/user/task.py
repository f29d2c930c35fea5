"""A guest thread: its hart, its signal state, and what it waits for."""

from __future__ import annotations

from engines.vm.errors import MachineError
from engines.vm.guests.riscv64.state import NO_RESERVATION, Hart
from engines.vm.record import made, record
from engines.vm.user.riscv64 import RESERVATION
from engines.vm.user.signals import AlternateStack, PendingSignals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

NAME_BYTES: Final = 15


@record(frozen=True)
class Wait:
    """Why a task does not run: until `host_fd` is ready for `events`, `until()` holds, or the deadline passes.

    `host_fds` are (host descriptor, poll events); `deadline_ns` is on the monotonic clock, None for ever.
    """

    host_fds: tuple[tuple[int, int], ...] = ()
    deadline_ns: int | None = None
    until: Callable[[], bool] | None = None


class WouldBlock(MachineError):  # noqa: N818  (EWOULDBLOCK's word)
    """The running system call has to wait while other tasks run; it is executed again afterwards."""

    def __init__(self, wait: Wait) -> None:
        super().__init__(wait)
        self.wait = wait


class Interrupted(MachineError):  # noqa: N818  (not an error: a signal wants to be delivered)
    """A signal ends the running system call.

    Attributes:
        restarts: it is executed again afterwards when the handler has SA_RESTART.
    """

    def __init__(self, *, restarts: bool = True) -> None:
        super().__init__(restarts)
        self.restarts = restarts


@record()
class FutexWait:
    """The queue entry of FUTEX_WAIT; `woken` once FUTEX_WAKE chose it."""

    address: int
    bitset: int
    woken: bool = False


@record(eq=False)
class Task:
    """One guest thread.

    Attributes:
        words: the CPU record as 64-bit words (indices in the ABI's module).
        views: (i32, u32, i64, u64) of the argument registers; 32-bit ones take every second element.
        blocked: signal mask.
        saved_mask: to be restored after the handler that interrupts rt_sigsuspend or ppoll, else None.
        clear_child_tid: guest address that gets 0 and a futex wake when the task ends.
        deadline_ns: of the system call that is being executed, kept while it waits.
    """

    tid: int
    hart: Hart
    words: memoryview
    views: tuple[memoryview, memoryview, memoryview, memoryview]
    blocked: int = 0
    saved_mask: int | None = None
    pending: PendingSignals = made(default_factory=PendingSignals)
    alternate: AlternateStack = made(default_factory=AlternateStack)
    clear_child_tid: int = 0
    robust_list: int = 0
    name: bytes = b""
    wait: Wait | None = None
    futex: FutexWait | None = None
    deadline_ns: int | None = None

    def lose_reservation(self) -> None:
        """Another task runs, so a store-conditional must fail."""
        self.words[RESERVATION] = NO_RESERVATION


def new_task(tid: int, hart: Hart, first_argument: int) -> Task:
    """A task around `hart`; `first_argument` is the word index of the first system-call argument."""
    words = hart.words
    arguments = words.cast("B")[8 * first_argument : 8 * (first_argument + 6)]
    return Task(
        tid=tid,
        hart=hart,
        words=words,
        views=(arguments.cast("i")[::2], arguments.cast("I")[::2], arguments.cast("q"), arguments.cast("Q")),
    )
