"""Signals that reach the emulator from outside and belong to the guest.

The host's dispositions follow the guest's: what the guest leaves at its default or ignores, the host treats so itself
(Ctrl-C then ends the emulator as it ends a native process); what the guest handles is caught here and becomes pending.
The guest's signal mask is the host's mask. Only the main thread of the main interpreter can use this.
"""

from __future__ import annotations

import os

from engines.vm.user.signals import SIG_DFL, SIG_IGN, SYNCHRONOUS, UNBLOCKABLE, Signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as host
    from collections.abc import Callable
    from types import FrameType
    from typing import Final
else:
    import _signal as host  # what `signal` wraps into enumerations

_NEVER_FORWARDED: Final = SYNCHRONOUS | {Signal.SIGKILL, Signal.SIGSTOP, Signal.SIGPIPE}
_MASKABLE: Final = tuple(int(n) for n in sorted(host.valid_signals()) if int(n) not in _NEVER_FORWARDED)
"""Without 32 and 33, which the C library keeps for itself: nobody outside sends them."""
POLLIN: Final = 1
POLLOUT: Final = 4
"""As poll(2) has them on every host: `select` is imported by those who wait."""


class HostSignals:
    """Forwards host signals to `post(number)`.

    Attributes:
        watching: the guest has handlers for signals from outside, so a blocking call must wait through `wait`.
    """

    def __init__(self, post: Callable[[int], None]) -> None:
        self._post = post
        self._saved: dict[int, object] = {}
        self._saved_mask = host.pthread_sigmask(host.SIG_BLOCK, ())
        self._caught: set[int] = set()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._saved_wakeup = host.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        self.watching = False
        self.set_handler(Signal.SIGINT, SIG_DFL)

    def set_handler(self, number: int, handler: int) -> None:
        """Follow the guest's new disposition of `number`."""
        if number not in _MASKABLE:
            return
        target: object
        if handler == SIG_DFL:
            target = host.SIG_DFL
        elif handler == SIG_IGN:
            target = host.SIG_IGN
        else:
            target = self._caught_signal
        previous = host.signal(number, target)
        self._saved.setdefault(number, previous)
        if handler in (SIG_DFL, SIG_IGN):
            self._caught.discard(number)
        else:
            self._caught.add(number)
        self.watching = bool(self._caught)

    def set_mask(self, mask: int) -> None:
        """Make the guest's signal mask the host's."""
        host.pthread_sigmask(host.SIG_SETMASK, [n for n in _MASKABLE if mask >> (n - 1) & 1])

    def pending(self) -> int:
        """Signals that are pending at the host, blocked there, as a sigset."""
        pending: int = sum(1 << (n - 1) for n in host.sigpending())
        return pending & ~UNBLOCKABLE

    def take(self, mask: int, timeout: float | None) -> int:
        """Wait for a signal of the set `mask` that is blocked at the host; 0 when the time is over."""
        wanted = [n for n in _MASKABLE if mask >> (n - 1) & 1]
        if timeout is None:
            return int(host.sigwaitinfo(wanted).si_signo)
        found = host.sigtimedwait(wanted, timeout)
        return int(found.si_signo) if found else 0

    def wait(self, host_fd: int, events: int, timeout: float | None) -> bool:
        """Wait until `host_fd` (-1: none) is ready for `events`; False when a signal or the time came first."""
        import select

        poll = select.poll()
        poll.register(self._wake_read, POLLIN)
        if host_fd >= 0:
            poll.register(host_fd, events)
        ready = poll.poll(None if timeout is None else max(0, timeout * 1000))
        self.drain()
        return any(fd == host_fd for fd, _ in ready)

    @property
    def wake_fd(self) -> int:
        """Readable once a caught signal arrived: for calls that wait for many descriptors."""
        return self._wake_read

    def drain(self) -> None:
        """Empty the wake-up pipe."""
        try:
            while os.read(self._wake_read, 512):
                pass
        except BlockingIOError:
            return

    def close(self) -> None:
        """Put back the dispositions, the mask and the wake-up descriptor found at the start. Idempotent."""
        if self._wake_read < 0:
            return
        for number, previous in self._saved.items():
            host.signal(number, previous if previous is not None else host.SIG_DFL)  # type: ignore[arg-type]
        host.pthread_sigmask(host.SIG_SETMASK, self._saved_mask)
        host.set_wakeup_fd(self._saved_wakeup)
        os.close(self._wake_read)
        os.close(self._wake_write)
        self._wake_read = -1

    def _caught_signal(self, number: int, _: FrameType | None) -> None:
        self._post(number)


def die_by(number: int) -> None:
    """End this process by signal `number` with its default action, without a core of the emulator; does not return
    for signals that end a process."""
    import contextlib
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError):
        host.signal(number, host.SIG_DFL)
    host.pthread_sigmask(host.SIG_UNBLOCK, (number,))
    os.kill(os.getpid(), number)
