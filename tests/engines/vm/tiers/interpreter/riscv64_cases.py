"""Programs for comparing tiers: valid encodings of the whole table, biased fields, some raw words, wild registers."""

from __future__ import annotations

import random

import numpy as np

from engines.vm.isa.describe import Instruction, OperandKind
from engines.vm.isa.riscv64 import INSTRUCTIONS
from harness.contract import BatchObservation, MachineBatch, MachineCase, state_dtype
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES

EBREAK = (0x00100073).to_bytes(4, "little")
POINTERS = (8, 9, 10)
"""Registers that start at or near the data window; all compressed instructions can name them."""
CSRS = (0x001, 0x002, 0x003, 0xC00, 0xC01, 0xC02)
MEMORY = bytes(np.random.default_rng(7).integers(0, 256, DATA_BYTES, np.uint8))
WORDS = (
    0, 1, 2, -1, -2, 1 << 63, (1 << 63) - 1, 1 << 31, (1 << 31) - 1, 0xFFFF_FFFF,
    0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FF0_0000_0000_0001, 0x3FF0_0000_0000_0000, 0x000F_FFFF_FFFF_FFFF,
    0xFFFF_FFFF_3F80_0000, 0xFFFF_FFFF_7F80_0001, 0xFFFF_FFFF_7FC0_0000, 0x3F80_0000, 0xFFFF_FFFF_0000_0001,
)  # fmt: skip
EDGES = (0, 8, 64, 4092, 4093, 4096, DATA_BYTES - 8, DATA_BYTES - 4, DATA_BYTES - 1, DATA_BYTES)


def word(rng: random.Random, instruction: Instruction) -> int:
    """A word of `instruction`: random fields, often small, often pointing into the window."""
    while True:
        bits = instruction.match | (rng.getrandbits(8 * instruction.length) & ~instruction.mask)
        for field in instruction.fields:
            choices: tuple[int, ...] = ()
            if field.kind is OperandKind.ROUNDING and rng.random() < 0.7:
                choices = (0, 1, 2, 3, 4, 7, 7)
            elif field.kind is OperandKind.CSR and rng.random() < 0.8:
                choices = CSRS
            elif field.kind is OperandKind.IMMEDIATE and rng.random() < 0.7:
                choices = tuple(n * field.step for n in (0, 1, 2, 3, 4, 8, -1, -2, -8))
            elif field.name in {"rs1", "rs1'"} and rng.random() < 0.5:
                choices = POINTERS
            choices = tuple(c for c in choices if c in field.values and c not in field.excluded)
            if choices:
                bits = (bits & ~field.mask) | field.insert(rng.choice(choices))
        if instruction.matches(bits):
            return bits


def program(rng: random.Random, count: int) -> bytes:
    """`count` instructions; one in twenty is a raw word."""
    code = b""
    while count:
        count -= 1
        if rng.random() < 0.05:
            length = rng.choice((2, 4))
            code += rng.getrandbits(8 * length).to_bytes(length, "little")
            continue
        instruction = rng.choice(INSTRUCTIONS.instructions)
        if instruction.name in {"ecall", "ebreak", "c_ebreak"} and rng.random() < 0.8:
            continue
        code += word(rng, instruction).to_bytes(instruction.length, "little")
    return code


def value(rng: random.Random) -> int:
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(WORDS) & 0xFFFF_FFFF_FFFF_FFFF
    if kind < 0.5:
        return DATA_BASE + rng.randrange(-64, DATA_BYTES + 64)
    return rng.getrandbits(32 if kind < 0.6 else 64)


def state(rng: random.Random, pc: int) -> np.void:
    record = np.zeros(1, state_dtype("riscv64"))
    registers = [0] + [value(rng) for _ in range(31)]
    for pointer in POINTERS:
        registers[pointer] = DATA_BASE + rng.choice((*EDGES, rng.randrange(DATA_BYTES)))
    record["x"], record["f"], record["pc"] = registers, [value(rng) for _ in range(32)], pc
    record["fcsr"] = rng.randrange(32) | rng.choice((0, 0, 0, 1, 2, 3, 4, 5, 6, 7)) << 5
    row: np.void = record[0]
    return row


def case(code: bytes, *, slot: int = 0, rng: random.Random | None = None, limit: int = 100) -> MachineCase:
    """`code` followed by ebreak, in its slot, with registers from `rng` (zeros without one)."""
    address = CODE_BASE + slot * CODE_SLOT_BYTES + (2 * rng.randrange(900) if rng else 0)
    record = state(rng, address) if rng else np.zeros(1, state_dtype("riscv64"))[0]
    record["pc"] = address
    return MachineCase("riscv64", record, code + EBREAK, address, MEMORY, limit)


def differences(batch: MachineBatch, ours: BatchObservation, theirs: BatchObservation) -> list[str]:
    """What differs, one line per case and field, with the code to look at."""
    found = []
    for name in ("end", "trap", "tval", "retired", "memory", "pc", "x", "f", "fcsr"):
        a, b = (getattr(o, name) if hasattr(o, name) else o.state[name] for o in (ours, theirs))
        rows = np.flatnonzero((a != b).reshape(len(batch), -1).any(axis=1))
        for row in rows[:3]:
            code = batch.code[row, : batch.code_bytes[row]].tobytes().hex()
            where = np.flatnonzero(np.atleast_1d(a[row] != b[row]))[:4].tolist()
            pair = [np.atleast_1d(v[row])[where].tolist() for v in (a, b)]
            found.append(f"case {row} {name}{where}: {pair[0]} != {pair[1]}; limit {batch.limit_insns}, code {code}")
    return found
