"""Minimal static riscv64 ELF executables around a machine case, for user-mode emulators and for reproducers.

Two forms. `case_image` holds the code arena and the data window and leaves the registers to a debugger; its entry is
the case's pc. `standalone_image` begins with a prologue that loads every register from a state record and then jumps
to the case, so that any RISC-V Linux runs it without help; it lies in the page before the code's first page.

Sources: "System V Application Binary Interface", chapters 4 and 5; "RISC-V ELF psABI", section "File Header".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from harness.contract.case import MachineCase
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, PAGE_BYTES
from harness.contract.states import RISCV64

READ: Final = 4
WRITE: Final = 2
EXECUTE: Final = 1
_EM_RISCV: Final = 243
_FLAGS_RVC_DOUBLE: Final = 0x5
_HEADER: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM_HEADER: Final = struct.Struct("<IIQQQQQQ")
_PT_LOAD: Final = 1
_PT_GNU_STACK: Final = 0x6474E551
_T0: Final = 5
_T1: Final = 6
_RECORD_OFFSET: Final = 1024
"""Where the state record lies in the prologue's page: in reach of a 12-bit offset, behind the code."""


@dataclass(frozen=True)
class Segment:
    """A range of memory: `data` at its start, zeros up to `memory_bytes`; `access` out of READ, WRITE, EXECUTE."""

    address: int
    data: bytes
    memory_bytes: int
    access: int


def elf_executable(entry: int, segments: list[Segment]) -> bytes:
    """An ET_EXEC file for RV64GC Linux with one PT_LOAD per segment and a stack that is not executable.

    Raises:
        ValueError: a segment that is not page aligned, overlaps the one before, or holds more data than memory.
    """
    end = 0
    for segment in sorted(segments, key=lambda s: s.address):
        if segment.address % PAGE_BYTES or segment.address < end or len(segment.data) > segment.memory_bytes:
            raise ValueError(
                f"segment [{segment.address:#x}, {segment.address + segment.memory_bytes:#x}) with {len(segment.data)} "
                f"bytes of data must be page aligned, lie after {end:#x} and hold its data"
            )
        end = segment.address + segment.memory_bytes
    count = len(segments) + 1
    header = _HEADER.pack(
        b"\x7fELF\x02\x01\x01".ljust(16, b"\0"), 2, _EM_RISCV, 1, entry, _HEADER.size, 0, _FLAGS_RVC_DOUBLE,
        _HEADER.size, _PROGRAM_HEADER.size, count, 0, 0, 0,
    )  # fmt: skip
    offset = -(-(_HEADER.size + count * _PROGRAM_HEADER.size) // PAGE_BYTES) * PAGE_BYTES
    headers, body = [], b""
    for segment in segments:
        place = offset + len(body) if segment.data else 0
        # Whole pages: loaders differ in what they do with zeros behind the data of a segment that is not writable.
        data = segment.data + bytes(-len(segment.data) % PAGE_BYTES)
        sizes = (len(data), max(segment.memory_bytes, len(data)))
        headers.append(
            _PROGRAM_HEADER.pack(_PT_LOAD, segment.access, place, segment.address, segment.address, *sizes, PAGE_BYTES)
        )
        body += data
    headers.append(_PROGRAM_HEADER.pack(_PT_GNU_STACK, READ | WRITE, 0, 0, 0, 0, 0, 16))
    return (header + b"".join(headers)).ljust(offset, b"\0") + body


def case_image(case: MachineCase) -> bytes:
    """The whole code arena and the data window of `case`, entered at its pc with the registers of any new process."""
    return elf_executable(int(case.state["pc"]), _case_segments(case, None))


def standalone_image(case: MachineCase) -> bytes:
    """As `case_image`, with a prologue that loads `x`, `f` and `fcsr`.

    The prologue and the state record occupy the page before the code; where that page belongs to the arena, a case that
    reads or jumps there sees them instead of zeros.
    """
    page = case.code_address // PAGE_BYTES * PAGE_BYTES - PAGE_BYTES
    return elf_executable(page, _case_segments(case, page))


def _case_segments(case: MachineCase, prologue_page: int | None) -> list[Segment]:
    first = case.code_address // PAGE_BYTES * PAGE_BYTES
    last = -(-(case.code_address + max(len(case.code), 1)) // PAGE_BYTES) * PAGE_BYTES
    code = (bytes(case.code_address - first) + case.code).ljust(last - first, b"\0")
    before = first
    segments = []
    if prologue_page is not None:
        before = prologue_page
        segments.append(Segment(prologue_page, _prologue(case, prologue_page), PAGE_BYTES, READ | EXECUTE))
    if before > CODE_BASE:
        segments.insert(0, Segment(CODE_BASE, b"", before - CODE_BASE, READ | EXECUTE))
    segments.append(Segment(first, code, last - first, READ | EXECUTE))
    if last < CODE_BASE + CODE_BYTES:
        segments.append(Segment(last, b"", CODE_BASE + CODE_BYTES - last, READ | EXECUTE))
    segments.append(Segment(DATA_BASE, case.memory, len(case.memory), READ | WRITE))
    return segments


def _prologue(case: MachineCase, page: int) -> bytes:
    """Instructions at `page` that load the state record behind them and jump to the pc; t0, the pointer, comes last.

    Raises:
        ValueError: the pc is out of reach of a `jal`.
    """
    fields = RISCV64.fields
    assert fields is not None
    x, f, fcsr = (_RECORD_OFFSET + fields[name][1] for name in ("x", "f", "fcsr"))
    words = [0x00000297, _load(0x03, _T1, fcsr), 0x00331073]  # auipc t0, 0; ld t1, fcsr(t0); csrrw x0, fcsr, t1
    words += [_load(0x07, n, f + 8 * n) for n in range(32)]
    words += [_load(0x03, n, x + 8 * n) for n in range(1, 32) if n != _T0]
    words.append(_load(0x03, _T0, x + 8 * _T0))
    words.append(_jump(int(case.state["pc"]) - (page + 4 * len(words))))
    code = b"".join(word.to_bytes(4, "little") for word in words)
    return code.ljust(_RECORD_OFFSET, b"\0") + case.state.tobytes()


def _load(opcode: int, register: int, offset: int) -> int:
    """`ld` (opcode 0x03) or `fld` (0x07) from `offset(t0)`: I-type (Unprivileged ISA, "Base Instruction Formats")."""
    return offset << 20 | _T0 << 15 | 3 << 12 | register << 7 | opcode


def _jump(offset: int) -> int:
    """`jal x0, offset`: J-type (Unprivileged ISA, "Immediate Encoding Variants")."""
    if not -(1 << 20) <= offset < 1 << 20 or offset % 2:
        raise ValueError(f"the case's pc is {offset} bytes from its prologue; a jal reaches even offsets below 1 MiB")
    bits = offset & 0x1F_FFFF
    return (bits >> 20) << 31 | (bits >> 1 & 0x3FF) << 21 | (bits >> 11 & 1) << 20 | (bits >> 12 & 0xFF) << 12 | 0x6F
