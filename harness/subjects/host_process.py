"""A host of another architecture: a process that runs the code our generators made for it.

Where this machine is of that architecture the process runs directly; elsewhere QEMU's user mode runs it. The guest's
memory is copied there before a run and back after it, as far as it changed.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from engines.vm.guests.riscv64.state import CPU_LAYOUT
from engines.vm.memory.address_space import DIRECT, DIRTY, PAGE_BITS, PAGE_BYTES, AddressSpace
from engines.vm.tiers.interpreter.layout import CONTEXT_LAYOUT, CONTEXT_OFFSETS
from harness.contract.waiting import readable
from harness.subjects.host_process_image import CALL, FLUSH, SEND, STORE, image
from harness.subjects.virtual_host import CODE_BYTES, LAYOUT, VirtualHostError

_MACHINES: Final = {"arm64": ("aarch64", "arm64"), "riscv64": ("riscv64",)}
_EMULATORS: Final = {"arm64": "qemu-aarch64", "riscv64": "qemu-riscv64"}
_RECORDS: Final = 0x1000_0000
_CONTEXT: Final = _RECORDS + 0x800
_ARGUMENTS: Final = _RECORDS + 0x1000
_CODE: Final = 0x4000_0000
_PERMISSIONS: Final = 0x8000_0000
_PERMISSION_BYTES: Final = 1 << 24
_ARENA: Final = 0x10_0000_0000
ALWAYS_COMPARED: Final = 1 << 16
"""Larger windows of machine cases hold code, which stays as it is between two calls of `clear`."""


def _view(address: int, size: int) -> memoryview:
    """Memory of this process."""
    return memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")


def _runs(permissions: bytes, bit: int) -> list[tuple[int, int]]:
    """Runs of pages that have a bit of `engines.vm.memory.address_space`: offset and bytes."""
    marks = permissions.translate(bytes(p & bit and 1 for p in range(256)))
    return [(m.start() << PAGE_BITS, m.end() - m.start() << PAGE_BITS) for m in re.finditer(b"\x01+", marks)]


def command(name: str, file: str) -> list[str]:
    """How a program of a host is run here.

    Raises:
        FileNotFoundError: this machine is none of its kind and QEMU is not installed.
    """
    if platform.machine() in _MACHINES[name]:
        return [file]
    emulator = shutil.which(_EMULATORS[name])
    if emulator is None:
        raise FileNotFoundError(f"{_EMULATORS[name]} is not on PATH; install Debian's qemu-user")
    return [emulator, file]


class HostProgram:
    """The process itself: it stores, answers and calls on request; use as a context manager, or call `close`.

    Args:
        name: `arm64` or `riscv64`.
        gateway: address of the function that `CALL` calls.
        room: `(address, bytes)` of zeroed memory that it gets.
        patience_seconds: a run that takes longer counts as hung.

    Raises:
        FileNotFoundError: see `command`.
    """

    def __init__(self, name: str, gateway: int, room: Sequence[tuple[int, int]], patience_seconds: float) -> None:
        self.name = name
        self._patience = patience_seconds
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name, "host")
        file.write_bytes(image(name, gateway, room))
        file.chmod(0o700)
        self._process = subprocess.Popen(
            command(name, os.fspath(file)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._pending = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        process = self._process
        if process.stdin is not None and process.stdout is not None:
            process.stdin.close()
            process.stdout.close()
        process.kill()
        process.wait()
        self._folder.cleanup()

    def ask(self, operation: int, address: int, size: int, content: bytes = b"") -> None:
        """Request an operation; it is sent with the next `exchange`."""
        self._pending += operation.to_bytes(8, "little") + address.to_bytes(8, "little") + size.to_bytes(8, "little")
        self._pending += content

    def exchange(self, sizes: Sequence[int]) -> list[bytes]:
        """Send what was requested; the answers, of so many bytes each.

        Raises:
            VirtualHostError: the process died or hangs.
        """
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        try:
            view = memoryview(self._pending)
            while view:
                view = view[process.stdin.write(view) or 0 :]
        except BrokenPipeError:
            raise self._died() from None
        self._pending = bytearray()
        answers = []
        for size in sizes:
            content = bytearray()
            while len(content) < size:
                if not readable([process.stdout.fileno()], self._patience):
                    raise VirtualHostError(f"the {self.name} process hangs: no answer for {self._patience} s")
                part = process.stdout.read(size - len(content))
                if not part:
                    raise self._died()
                content += part
            answers.append(bytes(content))
        return answers

    def _died(self) -> VirtualHostError:
        status = self._process.wait()
        return VirtualHostError(f"the {self.name} process ended with status {status} while it ran generated code")


class HostProcess(HostProgram):
    """One process with one address space of the guest.

    Args:
        name: `arm64` or `riscv64`.
        memory: of the guest. windows: `(address, bytes)` of it that the code may touch, whole pages.
        follow: look before each run at all pages that were written; else only at small windows, and after `clear` at
            all, which is enough where only the data window changes.
        patience_seconds: a run that takes longer counts as hung.

    Raises:
        FileNotFoundError: see `command`.
    """

    def __init__(
        self,
        name: str,
        memory: AddressSpace,
        windows: Sequence[tuple[int, int]],
        patience_seconds: float = 60.0,
        follow: bool = False,
    ) -> None:
        if name == "arm64":
            from engines.vm.hosts.arm64.abi import gateway
        else:
            from engines.vm.hosts.riscv64.abi import gateway
        self._memory = memory
        self._follow = follow
        self._windows = tuple(windows)
        self._gateway = gateway(LAYOUT)
        room = [
            (_RECORDS, 0x2000),
            (_CODE, CODE_BYTES),
            (_PERMISSIONS, _PERMISSION_BYTES),
            *((_ARENA + address, size) for address, size in windows),
        ]
        super().__init__(name, _CODE, room, patience_seconds)
        self._views = [_view(memory.host_base + address, size) for address, size in windows]
        self._known = [bytearray(size) for _, size in windows]
        self._permissions = [bytearray(size >> PAGE_BITS) for _, size in windows]
        self._writable: list[list[tuple[int, int]]] = [[] for _ in windows]
        self._used = 0
        self.clear()

    def clear(self) -> None:
        """Forget all code, and look at all of the guest's memory before the next run."""
        self._moved = True
        self._used = 0
        self.install(self._gateway)

    def install(self, code: bytes) -> int:
        """The host address of `code`.

        Raises:
            MemoryError: there is no room; `clear` makes some.
        """
        if self._used + len(code) > CODE_BYTES:
            raise MemoryError(f"{len(code)} bytes of code, but {CODE_BYTES - self._used} of {CODE_BYTES} are left")
        address = _CODE + self._used
        self.ask(STORE, address, len(code), code)
        self.ask(FLUSH, address, len(code))
        self._used += len(code) + 15 & -16
        return address

    def _update(self) -> list[tuple[int, int, int]]:
        """Tell the process of changed guest memory; the pages that it may write, as (window, offset, bytes)."""
        writable: list[tuple[int, int, int]] = []
        for number, (address, size) in enumerate(self._windows):
            first = address >> PAGE_BITS
            permissions = self._memory.perm[first : first + (size >> PAGE_BITS)]
            if permissions != self._permissions[number]:
                self._permissions[number][:] = permissions
                self._writable[number] = _runs(permissions, DIRECT)
                self.ask(STORE, _PERMISSIONS + first, len(permissions), bytes(permissions))
            if self._moved or size <= ALWAYS_COMPARED:
                self._compare(number, 0, size)
            elif self._follow:
                for offset, length in _runs(permissions, DIRTY):
                    self._compare(number, offset, length)
            writable.extend((number, offset, length) for offset, length in self._writable[number])
        self._moved = False
        return writable

    def _compare(self, number: int, first: int, size: int) -> None:
        """Send the pages of a part of a window that are other than the process knows them."""
        address, known = self._windows[number][0], self._known[number]
        content = self._views[number][first : first + size]
        if content == memoryview(known)[first : first + size]:
            return
        for offset in range(first, first + size, PAGE_BYTES):
            page = bytes(content[offset - first : offset - first + PAGE_BYTES])
            if page != known[offset : offset + PAGE_BYTES]:
                known[offset : offset + PAGE_BYTES] = page
                self.ask(STORE, _ARENA + address + offset, PAGE_BYTES, page)

    def run(self, words: memoryview, code: int, budget: int, retired_at_zero: int) -> tuple[int, int]:
        """Run installed code once; `words`, the guest's CPU record, and the guest's memory change.

        Returns: how the guest goes on (`engines.vm.hosts.load_store`), and what is left of the budget.

        Raises:
            VirtualHostError: the process died or hangs.
        """
        writable = self._update()
        context = bytearray(CONTEXT_LAYOUT.itemsize)
        at = CONTEXT_OFFSETS["retired_at_zero"]
        context[at : at + 8] = retired_at_zero.to_bytes(8, "little")
        arguments = (_RECORDS, budget, _ARENA, _PERMISSIONS, _CONTEXT, code)
        self.ask(STORE, _RECORDS, CPU_LAYOUT.itemsize, bytes(words))
        self.ask(STORE, _CONTEXT, len(context), bytes(context))
        self.ask(STORE, _ARGUMENTS, 48, b"".join(value.to_bytes(8, "little") for value in arguments))
        self.ask(CALL, _ARGUMENTS, 0)
        wanted = [(_RECORDS, CPU_LAYOUT.itemsize), (_CONTEXT + CONTEXT_OFFSETS["budget"], 8), (_ARGUMENTS, 8)]
        for number, offset, size in writable:
            wanted.append((_ARENA + self._windows[number][0] + offset, size))
        for address, size in wanted:
            self.ask(SEND, address, size)
        answers = self.exchange([size for _, size in wanted])
        words[:] = memoryview(answers[0]).cast("Q")
        for (number, offset, size), content in zip(writable, answers[3:], strict=True):
            known = self._known[number]
            if known[offset : offset + size] != content:
                known[offset : offset + size] = content
                self._memory.place(self._windows[number][0] + offset, content)
        return int.from_bytes(answers[2], "little"), int.from_bytes(answers[1], "little")
