"""Injected bugs in Linux user mode: system calls that do nothing, or answer wrongly; C programs must find them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from engines.vm.record import replace
from engines.vm.user.syscalls import table
from fuzz.sabotage.bug import Area, Bug

IDLE: Final = (
    *("read", "write", "openat", "close", "lseek", "pread64", "pwrite64", "readv", "writev", "fstat", "newfstatat"),
    *("getdents64", "mkdirat", "unlinkat", "dup3", "fcntl", "pipe2", "ftruncate", "getcwd"),
    *("mmap", "munmap", "mprotect", "mremap", "clone", "execve", "wait4", "futex"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "kill", "tgkill", "sigaltstack"),
    *("getpid", "gettid", "ppoll", "socket", "bind", "sendto", "recvfrom", "exit_group"),
)
"""Calls that return 0 and do nothing."""
OFF_BY_ONE: Final = ("read", "write", "lseek", "openat", "getpid", "wait4", "recvfrom", "getdents64", "mmap", "dup3")
"""Calls that do what they should and return one more."""
UNKNOWN: Final = ("openat", "clone", "rt_sigaction", "mprotect", "pipe2", "socketpair", "ppoll")
"""Calls that do not exist: ENOSYS."""
_ENOSYS: Final = 38


def _idle(original: Callable[..., Any], *arguments: Any) -> Any:
    return 0


def _one_more(original: Callable[..., Any], *arguments: Any) -> Any:
    result = original(*arguments)
    return result + 1 if isinstance(result, int) and result >= 0 else result


def _unknown(original: Callable[..., Any], *arguments: Any) -> Any:
    return -_ENOSYS


def _replace(name: str, wrong: Callable[..., Any]) -> None:
    """Let the system call `name` be `wrong(original, process, *arguments)`.

    Raises:
        LookupError: there is no such call.
    """
    number = next((n for n, entry in table.load().items() if entry.name == name), None)
    if number is None:
        raise LookupError(f"no system call is called {name!r}: state this bug anew")
    entry = table.TABLE[number]
    table.TABLE[number] = replace(entry, implementation=partial(wrong, entry.implementation))


def _bugs(names: tuple[str, ...], wrong: Callable[..., Any], suffix: str, stands_for: str, what: str) -> list[Bug]:
    return [
        Bug(
            f"syscall-{name.replace('_', '-')}-{suffix}",
            Area.SYSTEM_CALLS,
            stands_for,
            partial(_replace, name, wrong),
            f"{name} {what}",
            ("programs",),
        )
        for name in names
    ]


BUGS: Final = [
    *_bugs(IDLE, _idle, "idle", "an effect left out", "does nothing and returns 0"),
    *_bugs(OFF_BY_ONE, _one_more, "one-more", "a constant off by one", "returns one more than it should"),
    *_bugs(UNKNOWN, _unknown, "unknown", "a system call that does not exist", "returns ENOSYS"),
]
