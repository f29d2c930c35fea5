"""Programs of vector instructions for user mode: each writes out all vector state, so two machines compare bytes.

A program is a number of *sequences*: all registers get data, vtype and vl are set, a few instructions are executed with
any operands, most of them legal, and the state is written down. An illegal instruction raises SIGILL, whose handler
counts it and goes on behind it.

Left out, because QEMU 7.2 does otherwise than V 1.0 says: whole-register moves where vtype is illegal (§3.4.4; QEMU
executes them), and vstart other than 0 (§3.7; QEMU keeps it where vl is 0).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from random import Random
from typing import Final

from engines.vm.isa.describe import Instruction, OperandKind
from engines.vm.isa.riscv64.vector_coding import VECTOR_INSTRUCTIONS, assemble_with_labels, disassemble

CODE_ADDRESS: Final = 0x10000
DATA_ADDRESS: Final = 0x40000
QEMU_CPU: Final = "rv64,v=true,vlen=128,vext_spec=v1.0"
INSTRUCTIONS: Final = tuple(i for i in VECTOR_INSTRUCTIONS if i.extension == "V")

_ACTION_BYTES: Final = 64
_SOURCE_BYTES: Final = 2048
_SPARE_BYTES: Final = 256
_SOURCE: Final = DATA_ADDRESS + _ACTION_BYTES
_SPARE: Final = _SOURCE + _SOURCE_BYTES
_OUTPUT: Final = _SPARE + _SPARE_BYTES
_WORDS: Final = ("vl", "vtype", "vstart", "t0", "t1", "illegal")
_FILE_BYTES: Final = 512
_GROUP_BYTES: Final = 128
RECORD_BYTES: Final = 8 * len(_WORDS) + _FILE_BYTES + _GROUP_BYTES
"""Of one sequence in the output: `_WORDS`, v0 … v31, and 128 bytes that stores went to."""
_VLS: Final = (0, 1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 64, 100, 127, 128, 1000)
_LMULS: Final = (0, 0, 0, 1, 1, 2, 3, 5, 6, 7)

_BEGIN: Final = f"""
  li s0, {_SOURCE}
  li s1, {_OUTPUT}
  la t0, handler
  li a1, {DATA_ADDRESS}
  sd t0, 0(a1)
  li t0, 4
  sd t0, 8(a1)
  li s11, 0
  li a0, 4
  li a2, 0
  li a3, 8
  li a7, 134
  ecall
"""
_END: Final = f"""
  li a0, 1
  li a1, {_OUTPUT}
  sub a2, s1, a1
  li a7, 64
  ecall
  li a0, 0
  li a7, 93
  ecall
handler:
  ld t0, 176(a2)
  addi t0, t0, 4
  sd t0, 176(a2)
  ld t0, 392(a2)
  addi t0, t0, 1
  sd t0, 392(a2)
  ret
"""
"""The handler adds 4 to the pc, and 1 to s11, in the ucontext."""
_RECORD: Final = f"""
  csrr a3, vl
  csrr a4, vtype
  csrr a5, vstart
  sd a3, 0(s1)
  sd a4, 8(s1)
  sd a5, 16(s1)
  sd t0, 24(s1)
  sd t1, 32(s1)
  sd s11, 40(s1)
  addi s1, s1, {8 * len(_WORDS)}
  vs8r.v v0, (s1)
  addi s1, s1, 128
  vs8r.v v8, (s1)
  addi s1, s1, 128
  vs8r.v v16, (s1)
  addi s1, s1, 128
  vs8r.v v24, (s1)
  addi s1, s1, 128
  li a2, {_SPARE}
  vl8re8.v v0, (a2)
  vs8r.v v0, (s1)
  addi s1, s1, 128
"""


@dataclass(frozen=True)
class VectorProgram:
    """What to place where, and where the program begins: at the first byte of `code`.

    Attributes:
        code: for `CODE_ADDRESS`, executable.
        data: for `DATA_ADDRESS`, writable.
        sequences: the instructions of each, as text.
        starts: the address of each.
    """

    code: bytes
    data: bytes
    sequences: tuple[tuple[str, ...], ...]
    starts: tuple[int, ...]


def vector_program(seed: int, sequences: int = 30, repeat: int = 1) -> VectorProgram:
    """A program; the same for the same arguments. With `repeat`, all sequences are executed so often, which shows
    compiling tiers what is hot, and the output is that of the last time."""
    random = Random(seed)
    source = bytes(random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256))) for _ in range(_SOURCE_BYTES))
    texts, shown = [], []
    for number in range(sequences):
        text, instructions = _sequence(random)
        texts.append(f"start{number}:\n{text}")
        shown.append(instructions)
    again = f"  addi s10, s10, -1\n  beq s10, zero, out\n  li s1, {_OUTPUT}\n  li s11, 0\n  j again\nout:\n"
    text = f"{_BEGIN}  li s10, {repeat}\nagain:\n{''.join(texts)}{again}{_END}"
    data = bytes(_ACTION_BYTES) + source + bytes(_SPARE_BYTES + sequences * RECORD_BYTES)
    code, labels = assemble_with_labels(text, CODE_ADDRESS)
    starts = tuple(labels[f"start{number}"] for number in range(sequences))
    return VectorProgram(code, data, tuple(shown), starts)


def _sequence(random: Random) -> tuple[str, tuple[str, ...]]:
    lines = ["vsetvli t0, zero, e8, m8, ta, ma"]
    for group in range(0, 32, 8):
        lines += [f"addi a1, s0, {16 * group + random.randrange(256)}", f"vle8.v v{group}, (a1)"]
    lmul = random.choice(_LMULS)
    vtype = random.randrange(4) << 6 | random.randrange(4) << 3 | lmul
    lines += [f"li a0, {random.choice(_VLS)}", f"li a1, {vtype}"]
    configured = VECTOR_INSTRUCTIONS["vsetvli"].encode(rd=5, rs1=10, vtypei=vtype)
    shown = [f"{lines[-2]}; {disassemble(configured)}"]
    lines.append(random.choice(("vsetvl t0, a0, a1", f".word {configured:#x}")))
    for _ in range(random.randrange(1, 6)):
        instruction = random.choice(INSTRUCTIONS)
        word = instruction.encode(**_operands(random, instruction, vtype, 1 << (lmul & 3 if lmul < 4 else 0)))
        shown.append(disassemble(word))
        if instruction.name.startswith("vmv") and instruction.name.endswith("r_v"):
            lines.append("vsetivli t1, 9, e16, m2, ta, ma")
        effects = instruction.effects
        if effects.load_bytes or effects.store_bytes:
            lines += [f"li a2, {_SOURCE if effects.load_bytes else _SPARE}", f"addi a2, a2, {random.randrange(64)}"]
        lines += [f"li t3, {random.getrandbits(64) - (1 << 63)}", f"li t4, {random.choice((0, 1, -1, 5, 127, 128))}"]
        lines += [f"li t5, {random.getrandbits(31)}", "li t6, 3", f".word {word:#x}"]
    return "".join(f"  {line}\n" for line in lines) + _RECORD, tuple(shown)


def _operands(random: Random, instruction: Instruction, vtype: int, group: int) -> dict[str, int]:
    """Fields of an instruction: groups of registers begin where they may, most times."""
    accesses = instruction.effects.load_bytes or instruction.effects.store_bytes
    found = {}
    for field in instruction.fields:
        match field.kind:
            case OperandKind.V:
                value = random.randrange(0, 32, 1 if random.random() < 0.08 else group)
            case OperandKind.MASK:
                value = random.randrange(2)
            case OperandKind.VTYPE:
                value = random.choice((vtype, vtype, vtype, random.randrange(256), random.randrange(1 << field.bits)))
            case OperandKind.X if field.name == "rd":
                value = random.choice((0, 5, 6))
            case OperandKind.X if accesses:
                value = 12
            case OperandKind.X if instruction.name.startswith("vset"):
                value = 11 if field.name == "rs2" else random.choice((0, 10))
            case OperandKind.X:
                value = random.choice((28, 29, 30, 31))
            case _:
                value = random.choice(field.values)
        found[field.name] = value
    return found


def elf_image(program: VectorProgram) -> bytes:
    """A static executable for Linux."""
    code_at = 0x1000
    data_at = code_at + (len(program.code) + 0xFFF & ~0xFFF)
    head = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, 243, 1, CODE_ADDRESS, 64, 0, 5, 64, 56, 2, 0, 0, 0)
    for flags, offset, address, content in (
        (5, code_at, CODE_ADDRESS, program.code),
        (6, data_at, DATA_ADDRESS, program.data),
    ):
        head += struct.pack("<IIQQQQQQ", 1, flags, offset, address, 0, len(content), len(content), 0x1000)
    return head.ljust(code_at, b"\0") + program.code.ljust(data_at - code_at, b"\0") + program.data


def difference(program: VectorProgram, one: bytes, other: bytes) -> str:
    """Where two outputs of a program differ first, for people; empty if they do not."""
    for number, instructions in enumerate(program.sequences):
        a, b = (output[number * RECORD_BYTES : (number + 1) * RECORD_BYTES] for output in (one, other))
        if a != b:
            return f"sequence {number}: {'; '.join(instructions)}: " + ", ".join(_differences(a, b))
    return "" if one == other else f"outputs of {len(one)} and {len(other)} bytes"


def _differences(one: bytes, other: bytes) -> list[str]:
    found = []
    for index, name in enumerate(_WORDS):
        a, b = (int.from_bytes(record[8 * index : 8 * index + 8], "little") for record in (one, other))
        if a != b:
            found.append(f"{name} {a:#x} and {b:#x}")
    for number in range((_FILE_BYTES + _GROUP_BYTES) // 16):
        at = 8 * len(_WORDS) + 16 * number
        a_bytes, b_bytes = one[at : at + 16], other[at : at + 16]
        if a_bytes != b_bytes:
            name = f"v{number}" if number < 32 else f"memory + {16 * (number - 32)}"
            found.append(f"{name} {a_bytes[::-1].hex()} and {b_bytes[::-1].hex()}")
    return found


__all__ = ["INSTRUCTIONS", "QEMU_CPU", "RECORD_BYTES", "VectorProgram", "difference", "elf_image", "vector_program"]
