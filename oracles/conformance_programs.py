"""Whole programs for the conformance suite: riscv64 ELF images made byte by byte, and what Linux makes of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from harness.contract.case import ProgramCase

_LOAD_ADDRESS: Final = 0x10000
_HEADERS_BYTES: Final = 64 + 56
_EM_RISCV: Final = 243
_EF_RISCV_RVC_DOUBLE: Final = 5
SIGILL, SIGSEGV = 4, 11

# addi a7, zero, 64; addi a0, zero, 1; auipc a1, 0; addi a1, a1, 28; addi a2, zero, 12; ecall;
# addi a7, zero, 93; addi a0, zero, 42; ecall
_WRITE_AND_EXIT: Final = (
    0x04000893, 0x00100513, 0x00000597, 0x01C58593, 0x00C00613, 0x00000073, 0x05D00893, 0x02A00513, 0x00000073,
)  # fmt: skip
# addi a7, zero, 64; addi a0, zero, 2; auipc a1, 0; addi a1, a1, 28; addi a2, zero, 3; ecall;
# addi a7, zero, 94; addi a0, zero, 0x103; ecall
_COMPLAIN: Final = (
    0x04000893, 0x00200513, 0x00000597, 0x01C58593, 0x00300613, 0x00000073, 0x05E00893, 0x10300513, 0x00000073,
)  # fmt: skip
# addi sp, sp, -64; addi a7, zero, 63; addi a0, zero, 0; addi a1, sp, 0; addi a2, zero, 64; ecall;
# addi a2, a0, 0; addi a7, zero, 64; addi a0, zero, 1; ecall; addi a7, zero, 93; addi a0, zero, 0; ecall
_ECHO: Final = (
    0xFC010113, 0x03F00893, 0x00000513, 0x00010593, 0x04000613, 0x00000073, 0x00050613, 0x04000893, 0x00100513,
    0x00000073, 0x05D00893, 0x00000513, 0x00000073,
)  # fmt: skip
# ld a0, 0(sp); addi a7, zero, 93; ecall
_EXIT_WITH_ARGC: Final = (0x00013503, 0x05D00893, 0x00000073)
# sd zero, 0(zero)
_STORE_TO_NULL: Final = (0x00003023,)
_ILLEGAL: Final = (0xFFFFFFFF,)
# jal zero, .
_ENDLESS: Final = (0x0000006F,)


@dataclass(frozen=True)
class ProgramExpectation:
    """A program and what it does; `signal` is 0 where it exits."""

    name: str
    case: ProgramCase
    exit_status: int = -1
    signal: int = 0
    stdout: bytes = b""
    stderr: bytes = b""


def elf_image(words: tuple[int, ...], data: bytes = b"") -> bytes:
    """A static riscv64 executable with one segment, readable and executable: the headers, the code, `data`."""
    contents = b"".join(word.to_bytes(4, "little") for word in words) + data
    entry = _LOAD_ADDRESS + _HEADERS_BYTES
    size = _HEADERS_BYTES + len(contents)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        b"\x7fELF\x02\x01\x01", 2, _EM_RISCV, 1, entry, 64, 0, _EF_RISCV_RVC_DOUBLE, 64, 56, 1, 0, 0, 0,
    )  # fmt: skip
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _LOAD_ADDRESS, _LOAD_ADDRESS, size, size, 0x1000)
    return header + segment + contents


def program_expectations() -> tuple[ProgramExpectation, ...]:
    """The programs that end."""

    def case(name: str, words: tuple[int, ...], data: bytes = b"", **more: object) -> ProgramCase:
        return ProgramCase(isa="riscv64", image=elf_image(words, data), label=name, **more)  # type: ignore[arg-type]

    return (
        ProgramExpectation(
            "write to standard output and exit",
            case("write", _WRITE_AND_EXIT, b"conformance\n"),
            42,
            0,
            b"conformance\n",
        ),
        ProgramExpectation(
            "write to standard error; the exit status has eight bits",
            case("complain", _COMPLAIN, b"no\n"),
            3,
            0,
            b"",
            b"no\n",
        ),
        ProgramExpectation("read standard input", case("echo", _ECHO, stdin=b"some input\n"), 0, 0, b"some input\n"),
        ProgramExpectation("standard input is empty", case("echo", _ECHO), 0),
        ProgramExpectation("argc", case("argc", _EXIT_WITH_ARGC, argv=("program", "one", "two")), 3),
        ProgramExpectation("die by an illegal instruction", case("illegal", _ILLEGAL), -1, SIGILL),
        ProgramExpectation("die by a store to nowhere", case("null", _STORE_TO_NULL), -1, SIGSEGV),
    )


def endless_program(limit_insns: int) -> ProgramCase:
    return ProgramCase(isa="riscv64", image=elf_image(_ENDLESS), limit_insns=limit_insns, label="endless")


def bad_images() -> dict[str, bytes]:
    """Files that are no riscv64 executable, by what is wrong with them."""
    good = elf_image(_WRITE_AND_EXIT, b"conformance\n")
    return {
        "empty": b"",
        "not an ELF": b"#!/bin/sh\nexit 0\n",
        "a cut header": good[:40],
        "a cut segment": good[: _HEADERS_BYTES + 4],
        "another machine": good[:18] + (62).to_bytes(2, "little") + good[20:],
        "another class": good[:4] + b"\x01" + good[5:],
    }
