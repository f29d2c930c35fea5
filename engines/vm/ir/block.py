"""Blocks of IR, the guest state that they work on, and regions of blocks.

A block is an extended basic block: it is entered at the top, may be left in the middle (every operation with
`MAY_LEAVE`) and ends in one operation with `ENDS`. Values do not cross blocks; guest registers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engines.vm.ir.ops import Instruction
from engines.vm.ir.types import Type


@dataclass(frozen=True)
class Slot:
    """A guest register that `get` and `put` name.

    Attributes:
        name: as the guest's manual spells it.
        type: I64 or F64.
        offset: bytes from the start of the guest's CPU record, where its 8 bytes live.
    """

    name: str
    type: Type
    offset: int


@dataclass(frozen=True)
class GuestState:
    """The registers of a guest, by index; all that `ir`, `opt` and `regalloc` know of it."""

    name: str
    slots: tuple[Slot, ...]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Slot number by register name."""
        return {slot.name: i for i, slot in enumerate(self.slots)}


class Block:
    """One translated block.

    Attributes:
        state: the guest's registers.
        pc: guest address of the first instruction.
        code: the instructions; see `engines.vm.ir.ops` for their form.
        pcs: guest addresses of the guest instructions, in order: leaving with `n` retired means standing at `pcs[n]`,
            except where the operation names the new pc itself.
        end: guest address after the last byte that was translated.
    """

    __slots__ = ("code", "end", "pc", "pcs", "state")

    def __init__(self, state: GuestState, pc: int, code: list[Instruction], pcs: list[int], end: int) -> None:
        self.state = state
        self.pc = pc
        self.code = code
        self.pcs = pcs
        self.end = end

    @property
    def insns(self) -> int:
        """Guest instructions: the most that one pass through the block retires."""
        return len(self.pcs)

    def with_code(self, code: list[Instruction]) -> Block:
        """The same guest instructions in other words."""
        return Block(self.state, self.pc, code, self.pcs, self.end)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Block):
            return NotImplemented
        mine = (self.state.name, self.pc, self.code, self.pcs, self.end)
        return mine == (other.state.name, other.pc, other.code, other.pcs, other.end)

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __repr__(self) -> str:
        return f"<Block {self.pc:#x}: {self.insns} guest instructions, {len(self.code)} of IR>"


@dataclass
class Region:
    """Blocks that are compiled together: an exit of one to the pc of another stays inside.

    Attributes:
        entry: pc of the block where it is entered.
        blocks: by pc.
    """

    entry: int
    blocks: dict[int, Block] = field(default_factory=dict)

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Region:
        """A region entered at the first block.

        Raises:
            ValueError: no block, or two blocks at the same pc.
        """
        by_pc: dict[int, Block] = {}
        for block in blocks:
            if block.pc in by_pc:
                raise ValueError(f"two blocks at {block.pc:#x}; a region has one per pc")
            by_pc[block.pc] = block
        if not by_pc:
            raise ValueError("a region needs a block; there is none")
        return cls(next(iter(by_pc)), by_pc)
