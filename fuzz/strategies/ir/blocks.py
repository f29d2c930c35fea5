"""Blocks of IR from choices: seeded for campaigns, drawn by hypothesis where they should shrink.

The dynamic rounding mode is used only where a `checkmode` has found it legal. Values are taken from the recent ones,
constants from a pool of edges, registers and addresses from a few: passes must find something to do, and accesses must
meet.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st

from engines.vm.ir.block import Block, GuestState, Slot
from engines.vm.ir.ops import HINTS, MODES, OPCODE, OPS, QUIET, REASONS, Effect, Imm, Instruction, Op
from engines.vm.ir.types import Type

Choose = Callable[[int], int]
"""`choose(k)` is one of 0 … k-1; 0 is the simplest."""

STATE: Final = GuestState(
    "toy",
    (
        *(Slot(f"r{i}", Type.I64, 8 * i) for i in range(4)),
        *(Slot(f"f{i}", Type.F64, 32 + 8 * i) for i in range(3)),
    ),
)
"""A guest of four integer and three floating-point registers."""

WINDOW: Final = 0x9000_2000
"""Where generated accesses go, mostly: the harness's data window."""
MAX_INSNS: Final = 6

_TO_PC: Final = ("exitif", "jump", "branch", "jumpto")
_ENDS: Final = tuple(op for op in OPS if op.effects & Effect.ENDS)
_BODY: Final = tuple(op for op in OPS if not op.effects & Effect.ENDS)
_FREQUENT: Final = tuple(
    OPS[OPCODE[name]]
    for name in (
        *("get.i64", "put.i64", "get.i64", "put.i64", "get.f64", "put.f64", "load.i64", "store.i64", "load.s32"),
        *("store.32", "add.i64", "add.i64", "xor.i64", "eq.i64", "ult.i64", "zext.i1.i64", "sext.i32.i64"),
        *("trunc.i64.i32", "add.i32", "shl.i64", "fadd.f64", "nanbox.f32.f64", "unbox.f64.f32", "exitif", "leaveif"),
    )
)
_EDGES: Final = (0, 1, -1, 2, 8, 31, 32, 63, 0xFF, -8, 0x7FFF_FFFF, 0x8000_0000, -0x8000_0000, 1 << 63, (1 << 63) - 1)
_FLOATS: Final = (0x3FF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FF0_0000_0000_0001, 0xFFFF_FFFF_3F80_0000, 1)
_OFFSETS: Final = (0, 4, 8, -8, 3, 2047, -2048, 0x7FFF_FFFF, -0x8000_0000)


class _Drawing:
    """One block in the making."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.code: list[Instruction] = []
        self.values: dict[Type, list[int]] = {type: [] for type in Type}
        self.n = 0
        self.stored = False
        self.mode_checked = False
        self.addresses: list[int] = []

    def value(self, type: Type) -> int:
        """A value of this type, one of the last four; a constant is made where there is none."""
        known = self.values[type]
        if not known or self.choose(8) == 7:
            self.append(OPS[OPCODE[f"const.{type.spelling}"]], ())
        return self.values[type][-1 - self.choose(min(4, len(self.values[type])))]

    def address(self) -> int:
        """An address, mostly in the window."""
        if self.addresses and self.choose(3):
            return self.addresses[self.choose(len(self.addresses))]
        if self.choose(4) == 3:
            return self.value(Type.I64)
        self.code.append((OPCODE["const.i64"], WINDOW + 8 * self.choose(4)))
        self.values[Type.I64].append(len(self.code) - 1)
        if self.choose(3) == 2:
            base = len(self.code) - 1
            self.append(OPS[OPCODE["const.i64"]], ())
            self.append(OPS[OPCODE["add.i64"]], (base, base + 1))
        self.addresses.append(len(self.code) - 1)
        return len(self.code) - 1

    def append(self, op: Op, operands: tuple[int, ...]) -> None:
        immediates = tuple(self.immediate(op, kind) for kind in op.immediates)
        self.code.append((op.code, *operands, *immediates))
        if op.result:
            self.values[op.result].append(len(self.code) - 1)
        if op.operation in ("checkmode", "setmode"):
            self.mode_checked = op.operation == "checkmode"

    def immediate(self, op: Op, kind: Imm) -> int:
        choose = self.choose
        match kind:
            case Imm.CONSTANT:
                pool = _FLOATS if op.result.is_float else _EDGES
                return pool[choose(len(pool))] & (1 << op.result.width) - 1
            case Imm.SLOT:
                wanted = op.operands[0] if op.operands else op.result
                slots = [i for i, slot in enumerate(STATE.slots) if slot.type is wanted]
                return slots[choose(len(slots))]
            case Imm.OFFSET:
                return _OFFSETS[choose(len(_OFFSETS))]
            case Imm.PC:
                return 0x1000 + 4 * choose(8)
            case Imm.RETIRED:
                return self.n + 1 if op.operation in _TO_PC else self.n
            case Imm.MODE:
                mode = tuple(MODES)[choose(len(MODES) if self.mode_checked else len(MODES) - 1)]
                return mode | (QUIET if choose(6) == 5 else 0)
            case Imm.FLAGS:
                return QUIET if choose(6) == 5 else 0
            case Imm.HINT:
                return choose(len(HINTS))
            case Imm.REASON:
                return choose(len(REASONS))

    def operation(self, op: Op, insns: int) -> None:
        """Append `op` with operands made as needed; guest instructions are begun where the rules want it."""
        leaves = op.effects & (Effect.MAY_LEAVE | Effect.ENDS)
        if leaves and self.stored and op.operation not in _TO_PC:
            if self.n + 1 >= insns:
                return
            self.n, self.stored = self.n + 1, False
        if Imm.MODE in op.immediates and not self.mode_checked and not self.stored and self.choose(2):
            self.append(OPS[OPCODE["checkmode"]], ())
        memory = op.memory_bytes > 0
        if op.operation in ("leaveif", "exitif", "storeif") and self.choose(4) < 3:
            compare = OPS[OPCODE[("ult.i64", "ne.i64", "eq.i64")[self.choose(3)]]]
            self.append(compare, (self.value(Type.I64), self.value(Type.I64)))
        first = 1 if op.operation == "storeif" else 0
        operands = tuple(
            self.address() if memory and k == first else self.value(type) for k, type in enumerate(op.operands)
        )
        self.append(op, operands)
        if op.effects & Effect.WRITES_MEMORY:
            self.stored = True
        if self.choose(5) == 4 and self.n + 1 < insns:
            self.n, self.stored = self.n + 1, False


def draw_block(choose: Choose, size: int) -> Block:
    """A well-formed block over `STATE` of about `size` operations."""
    insns = 1 + choose(MAX_INSNS)
    drawing = _Drawing(choose)
    for _ in range(size):
        pool = _FREQUENT if choose(3) else _BODY
        drawing.operation(pool[choose(len(pool))], insns)
    end = _ENDS[choose(len(_ENDS))]
    if drawing.stored and end.operation not in _TO_PC:
        end = OPS[OPCODE["jump"]]
    drawing.operation(end, insns)
    return Block(STATE, 0x1000, drawing.code, [0x1000 + 4 * i for i in range(insns)], 0x1000 + 4 * insns)


def random_block(seed: int, size: int = 30) -> Block:
    """The block of a seed: the same for ever."""
    return draw_block(random.Random(seed).randrange, size)


@st.composite
def blocks(draw: st.DrawFn, max_size: int = 30) -> Block:
    """Well-formed blocks, which shrink towards few operations and simple constants."""
    size = draw(st.integers(0, max_size))
    return draw_block(lambda k: draw(st.integers(0, k - 1)), size)


def guest_words(seed: int) -> list[int]:
    """Contents of `STATE`'s registers: edges, addresses in the window, floating-point numbers."""
    rng = random.Random(seed)
    pool = [*(edge & (1 << 64) - 1 for edge in _EDGES), WINDOW, WINDOW + 8, WINDOW + 0xFFD, *_FLOATS]
    return [rng.choice(pool) if rng.random() < 0.8 else rng.getrandbits(64) for _ in STATE.slots]
