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
from engines.vm.hosts.host import Host
from engines.vm.hosts.load_store import INTERPRET, ONWARD
from engines.vm.hosts.selection import PUTS, select
from engines.vm.ir.block import Block
from engines.vm.ir.evaluator import Exit, GuestValues, evaluate
from engines.vm.ir.ops import EFFECTS, OPCODE, OPS, QUIET, RETIRED_AT, Effect, Imm
from engines.vm.ir.types import Type
from engines.vm.memory.address_space import READ, WRITE, AddressSpace
from engines.vm.regalloc import checker
from engines.vm.regalloc.linear_scan import Registers, allocate
from fuzz.strategies.ir.blocks import STATE, WINDOW, guest_words, random_block
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


@dataclass(frozen=True)
class Outcome:
    """What a block came to: where the guest goes on, what retired, its registers, flags and mode, its memory."""

    pc: int
    retired: int
    slots: tuple[int, ...]
    flags: int
    mode: int
    memory: bytes


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
    selection = select(block, plan)
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
    """

    def __init__(self, name: str) -> None:
        self.host = HOSTS[name](LAYOUT)
        self.memory = AddressSpace()
        self.memory.map(FIRST, PAGES * PAGE, READ | WRITE)
        self.memory.write(FIRST, bytes(PAGES * PAGE))  # so that stores need no further look
        self.memory.protect(FIRST + 3 * PAGE, PAGE, READ)
        self._fill = bytes((7 * i + i // 256) & 0xFF for i in range(PAGES * PAGE))
        self.machine = VirtualHost(name, self.memory)

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
        rng = random.Random(seed)
        block = prepared(random_block(seed, size), self.host.modes)
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
