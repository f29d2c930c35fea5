"""A host of another architecture: Unicorn runs the code that our generators made for it.

Host memory as the code sees it: the CPU and context records, a stack, the code, the permission bytes and the guest's
arena, each at a fixed address. The permission bytes and the arena are those of the guest's address space itself, not
copies. Only worker processes and tests build one: Unicorn is under the GPL.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

from engines.vm.aot.foreign import LAYOUT
from engines.vm.guests.riscv64.state import CPU_LAYOUT
from engines.vm.memory.address_space import AddressSpace
from engines.vm.tiers.interpreter.layout import CONTEXT_LAYOUT, CONTEXT_OFFSETS

_RECORDS: Final = 0x1000_0000
_CONTEXT: Final = _RECORDS + 0x800
_STACK_TOP: Final = _RECORDS + 0x10000
_CODE: Final = 0x4000_0000
CODE_BYTES: Final = 1 << 20
_PERMISSIONS: Final = 0x8000_0000
_PERMISSION_BYTES: Final = 1 << 24
_ARENA: Final = 0x10_0000_0000
_PIECE: Final = 1 << 24
"""The arena is mapped in pieces of this size when they are first touched."""
_FLOAT_ON_RISCV64: Final = 0x6000
"""mstatus.FS: dirty."""
_LONGEST_US: Final = 60_000_000

assert CPU_LAYOUT.itemsize <= _CONTEXT - _RECORDS
assert CONTEXT_LAYOUT.itemsize <= 0x800


__all__ = ["CODE_BYTES", "LAYOUT", "VirtualHost", "VirtualHostError"]


class VirtualHostError(RuntimeError):
    """Host code did what it must not: the message says what Unicorn said, and where."""


class VirtualHost:
    """One virtual machine with one address space of the guest.

    Args:
        name: `arm64` or `riscv64`.
        memory: of the guest.

    Raises:
        ValueError: no such host.
    """

    def __init__(self, name: str, memory: AddressSpace) -> None:
        unicorn: Any = importlib.import_module("unicorn")

        if name == "arm64":
            from engines.vm.hosts.arm64.abi import gateway

            names: Any = importlib.import_module("unicorn.arm64_const")
            self._uc: Any = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
            numbers = [getattr(names, f"UC_ARM64_REG_X{n}") for n in range(6)]
            self._link, self._stack = names.UC_ARM64_REG_LR, names.UC_ARM64_REG_SP
        elif name == "riscv64":
            from engines.vm.hosts.riscv64.abi import gateway

            names = importlib.import_module("unicorn.riscv_const")
            self._uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64)
            numbers = [getattr(names, f"UC_RISCV_REG_A{n}") for n in range(6)]
            self._link, self._stack = names.UC_RISCV_REG_RA, names.UC_RISCV_REG_SP
            self._uc.reg_write(names.UC_RISCV_REG_MSTATUS, _FLOAT_ON_RISCV64)
        else:
            raise ValueError(f"host {name!r}, must be arm64 or riscv64")
        self.name = name
        self._arguments = numbers
        self._error = unicorn.UcError
        self._memory = memory
        uc = self._uc
        uc.mem_map(_RECORDS, 0x10000)
        uc.mem_map(_CODE, CODE_BYTES)
        uc.mem_map_ptr(_PERMISSIONS, _PERMISSION_BYTES, unicorn.UC_PROT_READ, memory.perm_base)
        uc.hook_add(unicorn.UC_HOOK_MEM_UNMAPPED, self._touched)
        self._read_write = unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE
        self._gateway = gateway(LAYOUT)
        self._used = 0
        self.clear()

    def _touched(self, uc: Any, access: int, address: int, size: int, value: int, data: object) -> bool:
        piece = (address - _ARENA) & -_PIECE
        if not 0 <= piece < self._memory.limit:
            return False
        uc.mem_map_ptr(_ARENA + piece, _PIECE, self._read_write, self._memory.host_base + piece)
        return True

    def close(self) -> None:
        """Nothing: the machine goes with the object."""

    def clear(self) -> None:
        """Forget all code."""
        self._uc.mem_write(_CODE, self._gateway)
        self._used = len(self._gateway) + 15 & -16

    def install(self, code: bytes) -> int:
        """The host address of `code`.

        Raises:
            MemoryError: there is no room; `clear` makes some.
        """
        if self._used + len(code) > CODE_BYTES:
            raise MemoryError(f"{len(code)} bytes of code, but {CODE_BYTES - self._used} of {CODE_BYTES} are left")
        address = _CODE + self._used
        self._uc.mem_write(address, code)
        self._uc.ctl_remove_cache(address, address + len(code))
        self._used += len(code) + 15 & -16
        return address

    def run(self, words: memoryview, code: int, budget: int, retired_at_zero: int) -> tuple[int, int]:
        """Run installed code once; `words`, the guest's CPU record, changes.

        Returns: how the guest goes on (`engines.vm.hosts.load_store`), and what is left of the budget.

        Raises:
            VirtualHostError: the code faulted or did not come back.
        """
        uc = self._uc
        uc.mem_write(_RECORDS, bytes(words))
        context = bytearray(CONTEXT_LAYOUT.itemsize)
        at = CONTEXT_OFFSETS["retired_at_zero"]
        context[at : at + 8] = retired_at_zero.to_bytes(8, "little")
        uc.mem_write(_CONTEXT, bytes(context))
        for register, value in zip(
            self._arguments, (_RECORDS, budget, _ARENA, _PERMISSIONS, _CONTEXT, code), strict=True
        ):
            uc.reg_write(register, value)
        end = _CODE + CODE_BYTES - 4
        uc.reg_write(self._link, end)
        uc.reg_write(self._stack, _STACK_TOP)
        try:
            uc.emu_start(_CODE, end, timeout=_LONGEST_US)
        except self._error as error:
            raise VirtualHostError(f"{self.name} code at {code:#x}: {error}") from None
        if uc.reg_read(self._stack) != _STACK_TOP:
            raise VirtualHostError(f"{self.name} code at {code:#x} did not come back, or lost its stack")
        words[:] = memoryview(uc.mem_read(_RECORDS, CPU_LAYOUT.itemsize)).cast("Q")
        left = int.from_bytes(uc.mem_read(_CONTEXT + CONTEXT_OFFSETS["budget"], 8), "little")
        return uc.reg_read(self._arguments[0]), left
