"""The table of Linux system calls with the asm-generic numbers: name, argument kinds, implementation.

A family is a module of functions declared with `@system_call(number, name, kinds)`; `find` imports the one that a
number needs, `load` all of them. One number is declared once.

Source: uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

from engines.vm.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    Implementation = Callable[..., int | None]
    """`(process, arguments…) -> result`. None: the call set the registers itself (exit, execve, rt_sigreturn)."""


FAMILIES: Final[dict[str, tuple[int, ...]]] = {
    "files": (19, 23, 24, 25, 32, 45, 46, 47, 56, 57, 59, 62, 71, 81, 82, 83, 223, 279, 285, 436),
    "transfers": (63, 64, 65, 66, 67, 68, 69, 70, 286, 287),
    "directories": (17, 33, 34, 35, 36, 37, 49, 50, 61, 78, 166, 276),
    "metadata": (8, 9, 10, 43, 44, 48, 52, 53, 54, 55, 79, 80, 88, 291, 439),
    "terminals": (29,),
    "polling": (20, 21, 22, 72, 73, 85, 86, 87),
    "memory": (214, 215, 216, 222, 226, 227, 228, 229, 230, 231, 232, 233, 259, 284),
    "endings": (93, 94, 96, 99, 100),
    "processes": (95, 167, 220, 221, 260, 281),
    "identity": (143, 144, 145, 146, 147, 148, 149, 150, 154, 155, 156, 157, 158, 172, 173, 174, 175, 176, 177, 178),
    "system": (116, 160, 163, 164, 168, 179, 258, 261, 278, 283, 293),
    "scheduling": (98, 119, 120, 121, 122, 123, 124, 125, 126, 140, 141),
    "time": (101, 102, 103, 112, 113, 114, 115, 153, 165, 169),
    "signals": (129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139),
    "sockets": (198, 199, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 242),
}
"""The modules, and the numbers that each declares: most programs call a few, so families are imported when called."""
_FAMILY_OF: Final = {number: family for family, numbers in FAMILIES.items() for number in numbers}

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
        _import(family)
    return TABLE


def find(number: int) -> SystemCall | None:
    """The call of that number, whose family is imported if it was not; None if there is no such call."""
    found = TABLE.get(number)
    if found is None and number in _FAMILY_OF:
        _import(_FAMILY_OF[number])
        found = TABLE[number]
    return found


def _import(family: str) -> None:
    __import__(f"engines.vm.user.syscalls.{family}")


def name_of(number: int) -> str:
    """The call's name, or `unknown_N`."""
    entry = find(number)
    return entry.name if entry else f"unknown_{number}"
