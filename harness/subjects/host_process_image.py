"""A static Linux program of a few hundred bytes that lends its processor: it stores, answers and calls on request.

Requests come on standard input as three little-endian words: operation, address, size. `STORE` is followed by `size`
bytes for that address; `SEND` answers `size` bytes from there on standard output; `CALL` calls the gateway with the six
words at the address as arguments and puts its answer in the first; `FLUSH` makes `size` bytes of new code visible to
instruction fetch. The program ends with its input. It is made by our own encoders (ELF gABI, "Program Header").
"""

from __future__ import annotations

import struct
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Final

STORE, SEND, CALL, FLUSH = range(4)
SERVER: Final = 0x2000_0000
_HEADER: Final = SERVER + 0x1000
_PAGE: Final = 4096
_READ, _WRITE, _EXIT = 63, 64, 93
"""System calls of all newer Linux architectures (include/uapi/asm-generic/unistd.h)."""
_LINE_BYTES: Final = 16
"""No cache line is shorter (Arm ARM, CTR_EL0)."""
MACHINES: Final = {"arm64": (183, 0), "riscv64": (243, 5)}
"""ELF machine and flags: riscv64 says RVC and double floats in registers (RISC-V psABI, "File Header")."""


class _Server:
    """Writes the program by a few macros that each host spells its own way.

    Saved registers: `h` the header, `a` an address, `n` a size, `op` the operation.
    """

    def __init__(self, asm: Any, gateway: int) -> None:
        self.asm = asm
        self.gateway = gateway

    @abstractmethod
    def system_call(self, number: int, descriptor: int) -> None:
        """With `a` and `n` as arguments; adds the answer to `a`, takes it from `n`; ends if it is not above 0."""

    @abstractmethod
    def load_header(self) -> None: ...

    @abstractmethod
    def set_transfer(self, address: int, size: int) -> None: ...

    @abstractmethod
    def if_size(self, label: int) -> None:
        """Jump where `n` is not 0."""

    @abstractmethod
    def unless_operation(self, operation: int, label: int) -> None: ...

    @abstractmethod
    def jump(self, label: int) -> None: ...

    @abstractmethod
    def call(self) -> None: ...

    @abstractmethod
    def flush(self) -> None: ...

    @abstractmethod
    def leave(self) -> None: ...

    def transfer(self, number: int, descriptor: int) -> None:
        again, test = self.asm.label(), self.asm.label()
        self.jump(test)
        self.asm.bind(again)
        self.system_call(number, descriptor)
        self.asm.bind(test)
        self.if_size(again)

    def write(self) -> bytes:
        asm = self.asm
        loop, self.end = asm.label(), asm.label()
        asm.bind(loop)
        self.set_transfer(_HEADER, 24)
        self.transfer(_READ, 0)
        self.load_header()
        bodies: tuple[tuple[int, Callable[[], None]], ...] = (
            (STORE, lambda: self.transfer(_READ, 0)),
            (SEND, lambda: self.transfer(_WRITE, 1)),
            (CALL, self.call),
            (FLUSH, self.flush),
        )
        for operation, body in bodies:
            onward = asm.label()
            self.unless_operation(operation, onward)
            body()
            self.jump(loop)
            asm.bind(onward)
        asm.bind(self.end)
        self.leave()
        return bytes(asm.link())


class _Arm64(_Server):
    a, n, op = 20, 21, 22

    def system_call(self, number: int, descriptor: int) -> None:
        from engines.vm.hosts.arm64 import encode as arm

        asm = self.asm
        asm.imm(8, number)
        asm.imm(0, descriptor)
        asm.mov(1, self.a)
        asm.mov(2, self.n)
        asm.word(0xD400_0001)  # svc #0
        asm.add_imm(arm.SUBS, 31, 0, 0)
        asm.b_if(arm.LE, self.end)
        asm.rrr(arm.ADD, self.a, self.a, 0)
        asm.rrr(arm.SUB, self.n, self.n, 0)

    def load_header(self) -> None:
        from engines.vm.hosts.arm64.encode import LOADS

        self.asm.imm(19, _HEADER)
        for at, register in enumerate((self.op, self.a, self.n)):
            self.asm.access(LOADS["i64"], register, 19, 8 * at)

    def set_transfer(self, address: int, size: int) -> None:
        self.asm.imm(self.a, address)
        self.asm.imm(self.n, size)

    def if_size(self, label: int) -> None:
        self.asm.cbnz(self.n, label)

    def unless_operation(self, operation: int, label: int) -> None:
        from engines.vm.hosts.arm64 import encode as arm

        self.asm.add_imm(arm.SUBS, 31, self.op, operation)
        self.asm.b_if(arm.NE, label)

    def jump(self, label: int) -> None:
        self.asm.b(label)

    def call(self) -> None:
        from engines.vm.hosts.arm64.encode import LOADS, STORES

        asm = self.asm
        for register in range(6):
            asm.access(LOADS["i64"], register, self.a, 8 * register)
        asm.imm(9, self.gateway)
        asm.blr(9)
        asm.access(STORES["i64"], 0, self.a, 0)

    def flush(self) -> None:
        from engines.vm.hosts.arm64 import encode as arm

        asm = self.asm
        for instruction in (0xD50B_7B20, 0xD50B_7520):  # dc cvau, ic ivau
            again = asm.label()
            asm.rrr(arm.ADD, 9, self.a, self.n)
            asm.mov(10, self.a)
            asm.bind(again)
            asm.word(instruction | 10)
            asm.add_imm(arm.ADD, 10, 10, _LINE_BYTES)
            asm.rrr(arm.SUBS, 31, 10, 9)
            asm.b_if(arm.LO, again)
            asm.word(0xD503_3B9F)  # dsb ish
        asm.word(0xD503_3FDF)  # isb

    def leave(self) -> None:
        self.asm.imm(8, _EXIT)
        self.asm.imm(0, 0)
        self.asm.word(0xD400_0001)


class _Riscv64(_Server):
    a, n, op = 18, 19, 20

    def system_call(self, number: int, descriptor: int) -> None:
        from engines.vm.hosts.riscv64.encode import WORDS

        asm = self.asm
        asm.imm(17, number)
        asm.imm(10, descriptor)
        asm.i("addi", 11, self.a, 0)
        asm.i("addi", 12, self.n, 0)
        asm.word(WORDS["ecall"])
        asm.branch("bge", 0, 10, self.end)
        asm.r("add", self.a, self.a, 10)
        asm.r("sub", self.n, self.n, 10)

    def load_header(self) -> None:
        self.asm.imm(9, _HEADER)
        for at, register in enumerate((self.op, self.a, self.n)):
            self.asm.i("ld", register, 9, 8 * at)

    def set_transfer(self, address: int, size: int) -> None:
        self.asm.imm(self.a, address)
        self.asm.imm(self.n, size)

    def if_size(self, label: int) -> None:
        self.asm.branch("bne", self.n, 0, label)

    def unless_operation(self, operation: int, label: int) -> None:
        self.asm.imm(5, operation)
        self.asm.branch("bne", self.op, 5, label)

    def jump(self, label: int) -> None:
        self.asm.j(label)

    def call(self) -> None:
        asm = self.asm
        for number in range(6):
            asm.i("ld", 10 + number, self.a, 8 * number)
        asm.imm(5, self.gateway)
        asm.call(5)
        asm.s("sd", 10, self.a, 0)

    def flush(self) -> None:
        from engines.vm.hosts.riscv64.encode import WORDS

        self.asm.word(WORDS["fence_i"])

    def leave(self) -> None:
        from engines.vm.hosts.riscv64.encode import WORDS

        self.asm.imm(17, _EXIT)
        self.asm.imm(10, 0)
        self.asm.word(WORDS["ecall"])


def image(host: str, gateway: int, room: Sequence[tuple[int, int]]) -> bytes:
    """The program as an ELF file.

    Args:
        host: `arm64` or `riscv64`.
        gateway: address of the function that `CALL` calls.
        room: `(address, bytes)` of zeroed memory that it needs beside its own, all of it executable.
    """
    server: _Server
    if host == "arm64":
        from engines.vm.hosts.arm64.encode import Assembler as Arm64Assembler

        server = _Arm64(Arm64Assembler(), gateway)
    else:
        from engines.vm.hosts.riscv64.encode import Assembler as Riscv64Assembler

        server = _Riscv64(Riscv64Assembler(), gateway)
    code = server.write()
    assert len(code) <= _PAGE
    machine, flags = MACHINES[host]
    segments = [(SERVER, _PAGE, len(code), 2 * _PAGE), *((address, 0, 0, size) for address, size in room)]
    segments.sort()
    header = struct.pack(
        "<4sBBBB8xHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 0, 2, machine, 1, SERVER, 64, 0, flags, 64, 56, len(segments),
        64, 0, 0,
    )  # fmt: skip
    for address, offset, stored, size in segments:
        header += struct.pack("<IIQQQQQQ", 1, 7, offset, address, address, stored, size, _PAGE)
    return header.ljust(_PAGE, b"\0") + code
