"""The initial stack of a Linux process: argument strings, argv, envp and the auxiliary vector.

Source: System V ABI, "Process initialization"; RISC-V psABI; uapi/linux/auxvec.h; fs/binfmt_elf.c for the order.
"""

from __future__ import annotations

import _struct as struct

from engines.vm.enumeration import IntEnum
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.record import record
from engines.vm.user.elf import ElfError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

STACK_BYTES: Final = 8 << 20
GUARD_BYTES: Final = 1 << 20
"""Never mapped, directly below the stack."""
_MAX_ARGUMENT_BYTES: Final = STACK_BYTES // 4
"""Strings and pointers together, as the kernel's limit of a quarter of the stack."""


class Auxiliary(IntEnum):
    """a_type of the auxiliary vector."""

    NULL = 0
    PHDR = 3
    PHENT = 4
    PHNUM = 5
    PAGESZ = 6
    BASE = 7
    FLAGS = 8
    ENTRY = 9
    UID = 11
    EUID = 12
    GID = 13
    EGID = 14
    HWCAP = 16
    CLKTCK = 17
    SECURE = 23
    RANDOM = 25
    EXECFN = 31


@record(frozen=True)
class StartupImage:
    """What the auxiliary vector tells about the program. Addresses are the guest's, the bias applied."""

    phdr: int
    phdr_count: int
    entry: int
    interpreter_base: int = 0
    hwcap: int = 0


@record(frozen=True)
class Credentials:
    """The user and group ids that the guest sees."""

    uid: int
    euid: int
    gid: int
    egid: int


@record(frozen=True)
class InitialStack:
    """`pointer` is the stack pointer at entry, 16-byte aligned, at argc; `low` the lowest mapped stack address."""

    pointer: int
    low: int
    top: int
    auxiliary_vector: bytes


def check_arguments(argv: Sequence[bytes], environment: Sequence[bytes], executable: bytes) -> None:
    """Refuse what `build_stack` would refuse, before anything is mapped.

    Raises:
        ElfError, ValueError: as `build_stack`.
    """
    texts = (*argv, *environment, executable)
    if any(0 in text for text in texts):
        raise ValueError("an argument or environment string contains a NUL byte")
    total = sum(len(text) + 1 for text in texts) + 8 * (len(argv) + len(environment) + 3)
    if total > _MAX_ARGUMENT_BYTES:
        raise ElfError(f"arguments and environment take {total} bytes; at most {_MAX_ARGUMENT_BYTES}")


def build_stack(
    memory: AddressSpace,
    top: int,
    image: StartupImage,
    argv: Sequence[bytes],
    environment: Sequence[bytes],
    executable: bytes,
    random: bytes,
    credentials: Credentials,
    *,
    executable_stack: bool = False,
) -> InitialStack:
    """Map `STACK_BYTES` below `top` (page-aligned) and fill in what the program finds at its start.

    Args:
        environment: `NAME=VALUE` strings.
        executable: the path for AT_EXECFN.
        random: 16 bytes for AT_RANDOM.

    Raises:
        ElfError: arguments and environment take more than a quarter of the stack.
        ValueError: `random` has another length than 16, or a string contains a NUL byte.
    """
    if len(random) != 16:
        raise ValueError(f"AT_RANDOM is {len(random)} bytes; must be 16")
    check_arguments(argv, environment, executable)
    low = top - STACK_BYTES
    memory.map(low, STACK_BYTES, READ | WRITE | (EXEC if executable_stack else 0))

    at = top - 8  # the kernel leaves a null word at the very top
    addresses: dict[str, list[int]] = {"argv": [], "environment": []}

    def put(text: bytes) -> int:
        nonlocal at
        at -= len(text) + 1
        memory.place(at, text + b"\0")
        return at

    executable_address = put(executable)
    for name, texts in (("environment", environment), ("argv", argv)):
        addresses[name] = [put(text) for text in reversed(texts)][::-1]
    at = (at - 16) & -16
    memory.place(at, random)
    pairs = (
        (Auxiliary.HWCAP, image.hwcap),
        (Auxiliary.PAGESZ, PAGE_BYTES),
        (Auxiliary.CLKTCK, 100),
        (Auxiliary.PHDR, image.phdr),
        (Auxiliary.PHENT, 56),
        (Auxiliary.PHNUM, image.phdr_count),
        (Auxiliary.BASE, image.interpreter_base),
        (Auxiliary.FLAGS, 0),
        (Auxiliary.ENTRY, image.entry),
        (Auxiliary.UID, credentials.uid),
        (Auxiliary.EUID, credentials.euid),
        (Auxiliary.GID, credentials.gid),
        (Auxiliary.EGID, credentials.egid),
        (Auxiliary.SECURE, 0),
        (Auxiliary.RANDOM, at),
        (Auxiliary.EXECFN, executable_address),
        (Auxiliary.NULL, 0),
    )
    auxiliary = b"".join(struct.pack("<QQ", kind, value) for kind, value in pairs)
    pointers = [len(argv), *addresses["argv"], 0, *addresses["environment"], 0]
    block = struct.pack(f"<{len(pointers)}Q", *pointers) + auxiliary
    pointer = (at - len(block)) & -16
    memory.place(pointer, block)
    return InitialStack(pointer, low, top, auxiliary)
