"""Generated blocks of IR, compiled for arm64 and riscv64 and run by Unicorn, against the reference evaluator.

Every block gets pins, a schedule or none, and an allocation that the independent checker has judged. A host may leave
to the interpreter for reasons of its own (misaligned, two pages, a rounding mode that it lacks): then the guest's state
must be exactly what the evaluator has at that operation.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from engines.vm.guests.riscv64.state import CPU_LAYOUT
from engines.vm.hosts import host as hosts
from engines.vm.hosts.contents import PUTS, Contents
from engines.vm.hosts.host import Host
from engines.vm.hosts.load_store import INTERPRET, ONWARD
from engines.vm.hosts.selection import select
from engines.vm.ir.block import Block
from engines.vm.ir.evaluator import Exit, GuestValues, evaluate
from engines.vm.ir.ops import EFFECTS, OPCODE, OPS, QUIET, RETIRED_AT, Effect, Imm
from engines.vm.ir.types import Type
from engines.vm.memory.address_space import READ, WRITE, AddressSpace
from engines.vm.regalloc import checker
from engines.vm.regalloc.linear_scan import Registers, allocate
from fuzz.strategies.ir.blocks import STATE, WINDOW, guest_words, random_block
from harness.subjects.host_process import HostProcess
from harness.subjects.virtual_host import LAYOUT, VirtualHost

PAGE: Final = 4096
PAGES: Final = 4
FIRST: Final = WINDOW - PAGE
RETIRED_AT_ZERO: Final = 1 << 40
HOSTS: Final[dict[str, Callable[..., Host]]] = {"arm64": hosts.arm64, "riscv64": hosts.riscv64}
_INTERPRET_OP: Final = OPCODE["interpret"]
_HEAD: Final = 0x1000
_ELSEWHERE: Final = 0x1040
_LARGEST_MODE: Final = 4
_COMPUTES: Final = (
    Effect.NONE,
    Effect.RAISES_FLAGS,
    Effect.RAISES_FLAGS | Effect.READS_MODE,
)


@dataclass(frozen=True)
class Outcome:
    """What a block came to: where the guest goes on, what retired, its registers, flags and mode, its memory."""

    pc: int
    retired: int
    slots: tuple[int, ...]
    flags: int
    mode: int
    memory: bytes


_FLOAT_OPS: Final = tuple(
    op for op in OPS if op.operands and op.operands[0] in (Type.F32, Type.F64) and op.effects in _COMPUTES
)
_FORMATS: Final = {Type.F32: (23, 127, 32), Type.F64: (52, 1023, 64)}
"""Fraction bits, bias, width."""
_PER_BLOCK: Final = 8


def _edge(rng: random.Random, kind: Type) -> int:
    """A number near a border of the format, or a NaN, or any bits."""
    fraction, bias, width = _FORMATS[kind]
    sign = rng.randrange(2) << width - 1
    exponent = rng.choice((0, 0, 1, 2, bias - 1, bias, bias + 1, bias + 31, bias + 63, 2 * bias, 2 * bias + 1))
    low = rng.choice((0, 1, (1 << fraction) - 1, 1 << fraction - 1, rng.getrandbits(fraction)))
    if rng.randrange(8) == 0:
        return rng.getrandbits(width)
    return sign | exponent << fraction | low


def _near_the_least(rng: random.Random, kind: Type) -> list[int]:
    """Factors whose product lies around the least normal number, and an addend of that size."""
    fraction, bias, width = _FORMATS[kind]
    e = rng.randrange(1, bias)
    a = e << fraction | rng.getrandbits(fraction)
    significand = (1 << 2 * fraction + 1) // (1 << fraction | a & (1 << fraction) - 1)
    b = (bias - e << fraction) - (1 << fraction) + significand + rng.randrange(-1, 2)
    c = rng.choice((0, 1, 1 << fraction, rng.getrandbits(4)))
    return [v | rng.randrange(2) << width - 1 for v in (a & (1 << width - 1) - 1, b & (1 << width - 1) - 1, c)]


_INTEGER_OPS: Final = tuple(
    op for op in OPS if op.operands and op.effects == Effect.NONE and not {*op.operands, op.result} & _FORMATS.keys()
)
_WORDS: Final = (
    *(0, 1, 2, 7, 31, 32, 33, 63, 64, 0xFFF, 0x1000, 0x1001, 0x7F_F000, 0xFFF000, 0xFF, 0xFF00, 0x7FF, 0x800),
    *((1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - 0x1000),
)


def integer_block(seed: int) -> Block:
    """Eight integer operations: constants at the borders of immediates, halves of registers with anything above them,
    comparisons as values and as ways out."""
    rng = random.Random(seed)
    code: list[tuple[int, ...]] = []

    def operand(kind: Type) -> int:
        if rng.randrange(3) == 0:
            value = rng.choice(_WORDS) ^ -rng.randrange(2)
            code.append((OPCODE[f"const.{kind.spelling}"], value & (1 << kind.width) - 1))
            return len(code) - 1
        code.append((OPCODE["get.i64"], rng.randrange(4)))
        if kind is not Type.I64:
            code.append((OPCODE[f"trunc.i64.{kind.spelling}"], len(code) - 1))
        return len(code) - 1

    for _ in range(_PER_BLOCK):
        op = rng.choice(_INTEGER_OPS)
        operands = [operand(kind) for kind in op.operands]
        if op.operands[0] is Type.I1 and len(op.operands) == 3 and rng.randrange(2):
            kind = rng.choice((Type.I32, Type.I64))
            a, b = operand(kind), operand(kind)
            code.append((OPCODE[f"{rng.choice(('eq', 'ne', 'ult', 'ule', 'slt', 'sle'))}.{kind.spelling}"], a, b))
            operands[0] = len(code) - 1
        code.append((op.code, *operands))
        if op.result is Type.I1 and rng.randrange(2):
            code.append((OPCODE["exitif"], len(code) - 1, _ELSEWHERE + 4, 1))
            continue
        if op.result is not Type.I64:
            code.append((OPCODE[f"zext.{op.result.spelling}.i64"], len(code) - 1))
        code.append((OPCODE["put.i64"], len(code) - 1, rng.randrange(4)))
    code.append((OPCODE["jump"], _ELSEWHERE, 1, 0))
    return Block(STATE, _HEAD, code, [_HEAD], _HEAD + 4)


def float_block(seed: int) -> Block:
    """Eight operations of floating point at the borders of their formats, and the flags that they leave."""
    rng = random.Random(seed)
    code: list[tuple[int, ...]] = [(OPCODE["checkmode"], 0)]
    for n in range(_PER_BLOCK):
        op = rng.choice(_FLOAT_OPS)
        kind = op.operands[0]
        if len(op.operands) > 1 and rng.randrange(3) == 0:
            values = _near_the_least(rng, kind)
        elif op.name == "fnarrow.f64.f32" and rng.randrange(2):
            values = [(1023 - 127 << 52 | (1 << 52) - 1) - rng.getrandbits(30)]
        else:
            values = [_edge(rng, kind) for _ in op.operands]
        first = len(code)
        code.extend((OPCODE[f"const.{kind.spelling}"], value) for value in values[: len(op.operands)])
        operands = range(first, len(code))
        rest = [rng.choice((0, 1, 2, 3, 4, 7)) if k is Imm.MODE else 0 for k in op.immediates]
        code.append((op.code, *operands, *rest))
        at = len(code) - 1
        if op.result is Type.F32:
            code.append((OPCODE["nanbox.f32.f64"], at))
        elif op.result in (Type.I1, Type.I32):
            code.append((OPCODE["zext.i1.i64" if op.result is Type.I1 else "zext.i32.i64"], at))
        is_float = op.result in (Type.F32, Type.F64)
        slot = 4 + n % 3 if is_float else n % 3
        code.append((OPCODE["put.f64" if is_float else "put.i64"], len(code) - 1, slot))
        code.append((OPCODE["getflags"],))
        code.append((OPCODE["put.i64"], len(code) - 1, 3))
    code.append((OPCODE["jump"], _ELSEWHERE, 1, 0))
    return Block(STATE, _HEAD, code, [_HEAD], _HEAD + 4)


class BlockDivergence(AssertionError):  # noqa: N818  (says what was found)
    """A compiled block did something else; the message tells the seed and what differs."""


def prepared(block: Block, modes: frozenset[int]) -> Block:
    """The block with all flags wanted, with rounding modes that the host has, and without jumps to its own head."""
    code = []
    for instruction in block.code:
        op = OPS[instruction[0]]
        changed = list(instruction)
        for at, kind in enumerate(op.immediates, 1 + op.arity):
            if kind in (Imm.MODE, Imm.FLAGS):
                changed[at] &= ~QUIET
                if changed[at] == _LARGEST_MODE and _LARGEST_MODE not in modes and not op.operation.startswith("f2"):
                    changed[at] = 0
            elif kind is Imm.PC and changed[at] == _HEAD:
                changed[at] = _ELSEWHERE
        code.append(tuple(changed))
    return block.with_code(code)


def compile_block(host: Host, block: Block, rng: random.Random) -> tuple[bytes, int]:
    """Code of a block, and where it is entered."""
    plan = host.schedule(block) if rng.randrange(2) else None
    selection = select(Contents(block), plan)
    integers = [s for s, slot in enumerate(STATE.slots) if slot.type is Type.I64 and rng.randrange(2)]
    floats = [s for s, slot in enumerate(STATE.slots) if slot.type is Type.F64 and rng.randrange(2)]
    pins = dict(zip(integers, host.integer_pins, strict=False)) | dict(zip(floats, host.float_pins, strict=False))
    few = rng.choice((1, 3, 99))
    registers = Registers(
        pins,
        tuple(r for r in host.integers if r not in pins.values())[:few],
        tuple(r for r in host.floats if r not in pins.values())[:few],
        host.stack_slots,
    )
    allocation = allocate(selection.steps, registers)
    checker.check(selection.steps, pins, allocation.places, allocation.in_place)
    written = frozenset(i[2] for i in block.code if i[0] in PUTS)
    region = host.region(STATE.slots, pins, written, {block.pc: 0}, frozenset(), None)
    code, heads = region.generate([(block, selection, allocation)])
    return code, heads[block.pc]


class BlockJudge:
    """Runs seeds on one host.

    Args:
        name: `arm64` or `riscv64`.
        unicorn: run the code under Unicorn instead of in a process of that architecture.
        patience_seconds: see `HostProcess`.
    """

    def __init__(self, name: str, unicorn: bool = False, patience_seconds: float = 60.0) -> None:
        self.host = HOSTS[name](LAYOUT)
        self.memory = AddressSpace()
        self.memory.map(FIRST, PAGES * PAGE, READ | WRITE)
        self.memory.write(FIRST, bytes(PAGES * PAGE))  # so that stores need no further look
        self.memory.protect(FIRST, PAGE, READ)  # below the window: negative offsets lead there
        self._fill = bytes((7 * i + i // 256) & 0xFF for i in range(PAGES * PAGE))
        windows = ((FIRST, PAGES * PAGE),)
        self.machine: VirtualHost | HostProcess = (
            VirtualHost(name, self.memory) if unicorn else HostProcess(name, self.memory, windows, patience_seconds)
        )

    def __enter__(self) -> BlockJudge:
        return self

    def __exit__(self, *_: object) -> None:
        self.machine.close()

    def _restore(self) -> None:
        self.memory.place(FIRST, self._fill)

    def _evaluated(self, block: Block, guest: GuestValues) -> tuple[Exit, Outcome]:
        self._restore()
        before = guest.retired
        left = evaluate(block, guest, self.memory)
        content = self.memory.read(FIRST, PAGES * PAGE)
        retired = guest.retired - before
        return left, Outcome(left.pc, retired, tuple(guest.slots), guest.flags, guest.mode, content)

    def run(self, seed: int, size: int = 30) -> None:
        """Judge the block of a seed.

        Raises:
            BlockDivergence: it did something else.
        """
        self.judge(random_block(seed, size), seed)

    def judge(self, block: Block, seed: int) -> None:
        """Judge a block over `STATE`; the seed decides over registers, schedule and the guest's state.

        Raises:
            BlockDivergence: it did something else.
        """
        rng = random.Random(seed)
        block = prepared(block, self.host.modes)
        code, head = compile_block(self.host, block, rng)
        slots, mode, flags = guest_words(seed), rng.randrange(8), rng.randrange(32)
        budget = rng.choice((block.insns, block.insns + 5, 1 << 40, block.insns - 1))
        guest = GuestValues(slots, flags, mode, RETIRED_AT_ZERO - budget)
        native = self._native(code, head, guest, budget)
        if budget < block.insns:
            self._restore()
            content = self.memory.read(FIRST, PAGES * PAGE)
            expected = Outcome(block.pc, 0, tuple(slots), flags, mode, content)
            if native != (INTERPRET, expected):
                raise BlockDivergence(f"seed {seed} on {self.host.name}: ran without budget: {native[1]}")
            return
        left, expected = self._evaluated(block, guest.copy())
        if native[1] == expected and (native[0] == ONWARD or left.interpret):
            return
        for cut in self._own_reasons(block):
            if self._evaluated(cut, guest.copy())[1] == native[1]:
                return
        raise BlockDivergence(f"seed {seed} on {self.host.name}: {difference(expected, native[1])}")

    def _native(self, code: bytes, head: int, guest: GuestValues, budget: int) -> tuple[int, Outcome]:
        self._restore()
        self.machine.clear()
        words = memoryview(bytearray(CPU_LAYOUT.itemsize)).cast("Q")
        for n, value in enumerate(guest.slots):
            words[n] = value
        names = {name: CPU_LAYOUT.offsets[name] // 8 for name in ("pc", "frm", "fflags")}
        words[names["frm"]], words[names["fflags"]] = guest.mode, guest.flags
        answer, left = self.machine.run(words, self.machine.install(code) + head, budget, RETIRED_AT_ZERO)
        slots = tuple(words[: len(guest.slots)])
        content = self.memory.read(FIRST, PAGES * PAGE)
        outcome = Outcome(
            words[names["pc"]], budget - left, slots, words[names["fflags"]], words[names["frm"]], content
        )
        return answer, outcome

    def _own_reasons(self, block: Block) -> Iterator[Block]:
        """The block, ended where a host may leave although the evaluator goes on."""
        for number, instruction in enumerate(block.code):
            opcode = instruction[0]
            memory = EFFECTS[opcode] & (Effect.READS_MEMORY | Effect.WRITES_MEMORY)
            if memory or opcode == OPCODE["checkmode"]:
                n = instruction[RETIRED_AT[opcode]]
                yield block.with_code([*block.code[:number], (_INTERPRET_OP, n, 0)])


def difference(expected: Outcome, found: Outcome) -> str:
    """What differs, member by member."""
    parts = []
    for name in ("pc", "retired", "slots", "flags", "mode"):
        a, b = getattr(expected, name), getattr(found, name)
        if a != b:
            text = (f"[{', '.join(map(hex, v))}]" if isinstance(v, tuple) else hex(v) for v in (a, b))
            parts.append(f"{name} {' but is '.join(text)}")
    if expected.memory != found.memory:
        at = next(i for i, (a, b) in enumerate(zip(expected.memory, found.memory, strict=True)) if a != b)
        parts.append(f"memory at {FIRST + at:#x}: {expected.memory[at]:#x} but is {found.memory[at]:#x}")
    return "; ".join(parts) or "left to the interpreter without need"
