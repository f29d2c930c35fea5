"""The table of Linux system calls with the asm-generic numbers: name, argument kinds, implementation.

A family is a module of functions declared with `@system_call(number, name, kinds)`; `load` imports all families and
returns the table. One number is declared once.

Source: uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from engines.vm.record import record

if TYPE_CHECKING:
    pass

Implementation = Callable[..., int | None]
"""`(process, arguments…) -> result`. None: the call set the registers itself (exit, execve, rt_sigreturn)."""

FAMILIES: Final = (
    "files",
    "directories",
    "metadata",
    "terminals",
    "polling",
    "memory",
    "processes",
    "identity",
    "system",
    "scheduling",
    "time",
    "signals",
    "sockets",
)

VIEW_SIGNED_32, VIEW_UNSIGNED_32, VIEW_SIGNED_64, VIEW_UNSIGNED_64 = range(4)

ARGUMENT_VIEWS: Final[dict[str, int]] = {
    **dict.fromkeys(("fd", "dirfd", "int", "pid", "clock", "whence", "signal", "how"), VIEW_SIGNED_32),
    **dict.fromkeys(
        ("uint", "oflags", "atflags", "mode", "prot", "mapflags", "id", "futexop", "hex32", "ioctl"), VIEW_UNSIGNED_32
    ),
    **dict.fromkeys(("long", "offset"), VIEW_SIGNED_64),
    **dict.fromkeys(("size", "ptr", "path", "ulong", "hex"), VIEW_UNSIGNED_64),
}
"""Argument kinds: how the register is read, and (`strace.py`) how it is shown."""


@record(frozen=True)
class SystemCall:
    """One row. `plan` holds (view, argument index) pairs: how the dispatcher reads the registers."""

    number: int
    name: str
    kinds: tuple[str, ...]
    implementation: Implementation
    plan: tuple[tuple[int, int], ...]


TABLE: Final[dict[int, SystemCall]] = {}


def system_call(number: int, name: str, kinds: str = "") -> Callable[[Implementation], Implementation]:
    """Declare the function below as the implementation of system call `number`.

    Args:
        kinds: argument kinds out of `ARGUMENT_VIEWS`, separated by blanks; at most six.

    Raises:
        ValueError: an unknown kind, too many arguments, or a number that is taken.
    """
    parts = tuple(kinds.split())
    if len(parts) > 6:
        raise ValueError(f"{name} declares {len(parts)} arguments; at most 6")
    unknown = [kind for kind in parts if kind not in ARGUMENT_VIEWS]
    if unknown:
        raise ValueError(f"{name}: unknown argument kind {unknown[0]!r}; known: {', '.join(sorted(ARGUMENT_VIEWS))}")
    if number in TABLE and TABLE[number].name != name:
        raise ValueError(f"system call {number} is both {TABLE[number].name} and {name}")

    def declare(implementation: Implementation) -> Implementation:
        plan = tuple((ARGUMENT_VIEWS[kind], index) for index, kind in enumerate(parts))
        TABLE[number] = SystemCall(number, name, parts, implementation, plan)
        return implementation

    return declare


def load() -> dict[int, SystemCall]:
    """Import every family and return the whole table by number."""
    for family in FAMILIES:
        importlib.import_module(f"engines.vm.user.syscalls.{family}")
    return TABLE


def name_of(number: int) -> str:
    """The call's name, or `unknown_N`."""
    entry: Any = TABLE.get(number)
    return entry.name if entry else f"unknown_{number}"
