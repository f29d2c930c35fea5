"""Which registers hold addresses near the arena, so that an access off them needs no comparison in guarded memory.

`GUARD_BYTES` on both sides of the arena are inaccessible. An access that was made shows that its base is within its
offset of the arena, and so are, for as long as the sum of the distances is small, what constants and small indexes are
added to. Where blocks meet, what all of them know remains.

Where loops begin and regions are entered, every base is made known that is sure to be used from there: on the ways
there that do not know it, it is compared. So the comparison of a loop's pointer is made before the loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from engines.vm.isa.describe import OperandKind
from engines.vm.memory.address_space import ADDRESS_BITS, GUARD_BYTES
from engines.vm.tiers.llvm.region import Block, Decoded, End, Region, successors

ACCESSES: Final = frozenset(
    {"lb", "lh", "lw", "ld", "lbu", "lhu", "lwu", "flw", "fld", "sb", "sh", "sw", "sd", "fsw", "fsd"}
)
STACK: Final = 2
"""The stack pointer is compared when a region is entered that uses it."""
_FURTHEST: Final = GUARD_BYTES >> 1
_AT_CHECKS: Final = 1 << 20
"""How far what is known there may be away: other ways there compare anew."""
_MOST_CHANGES: Final = 4
_LOADED: Final = {"lbu": 0xFF, "lhu": 0xFFFF}
_FLAGS: Final = frozenset({"slt", "sltu", "slti", "sltiu", "feq_d", "flt_d", "fle_d", "feq_s", "flt_s", "fle_s"})
_LIMIT: Final = 1 << ADDRESS_BITS


@dataclass
class Known:
    """What is known at a place.

    Attributes:
        near: by register, how far away from the arena its value is at most.
        small: by register, the largest that its value may be.
    """

    near: dict[int, int] = field(default_factory=dict)
    small: dict[int, int] = field(default_factory=dict)

    def copy(self) -> Known:
        return Known(dict(self.near), dict(self.small))

    def meet(self, other: Known) -> Known:
        """What both know."""
        near = {r: max(n, other.near[r]) for r, n in self.near.items() if r in other.near}
        return Known(near, {r: max(n, other.small[r]) for r, n in self.small.items() if r in other.small})

    def compared(self, register: int) -> None:
        """It is below the arena's end."""
        self.near[register] = 0

    def execute(self, insn: Decoded) -> None:
        """Go on behind an instruction; the base of its access was known, or compared."""
        used = base_of(insn)
        if used is not None and used[0]:
            self.near[used[0]] = min(self.near.get(used[0], 0), abs(used[1]))
        rd = written_integer(insn)
        if rd is None:
            return
        near, small = self._result(insn)
        self.near.pop(rd, None)
        self.small.pop(rd, None)
        if near is not None and near <= _FURTHEST:
            self.near[rd] = near
        if small is not None and small <= _FURTHEST:
            self.small[rd] = small
            self.near.setdefault(rd, 0)

    def _result(self, insn: Decoded) -> tuple[int | None, int | None]:
        """How near and how small the result is; None for not known."""
        name = insn.base.name
        if name in _LOADED or name in _FLAGS:
            return 0, _LOADED.get(name, 1)
        if name == "lwu":
            return 0, None
        if name in ("lui", "auipc"):
            value = insn.argument("imm") + (insn.pc if name == "auipc" else 0)
            return (0 if 0 <= value < _LIMIT else None), None
        if name == "addi":
            return self._sum(insn.argument("rs1"), insn.argument("imm"))
        if name == "add":
            return self._sum_of(insn.argument("rs1"), insn.argument("rs2"))
        if name == "andi" and insn.argument("imm") >= 0:
            return 0, insn.argument("imm")
        if name == "and":
            sizes = [self.small[r] for r in (insn.argument("rs1"), insn.argument("rs2")) if r in self.small]
            return (0, min(sizes)) if sizes else (None, None)
        if name in ("slli", "srli", "srliw"):
            return self._shifted(name, insn.argument("rs1"), insn.argument("shamt"))
        return None, None

    def _sum(self, register: int, constant: int) -> tuple[int | None, int | None]:
        if register == 0:
            return (0, constant) if constant >= 0 else (None, None)
        near, small = self.near.get(register), self.small.get(register)
        total = small + constant if small is not None and constant >= 0 else None
        return None if near is None else near + abs(constant), total

    def _sum_of(self, a: int, b: int) -> tuple[int | None, int | None]:
        if a == 0 or b == 0:
            return self._sum(a or b, 0)
        small = self.small.get(a), self.small.get(b)
        near = [
            self.near[r] + size for r, size in ((a, small[1]), (b, small[0])) if r in self.near and size is not None
        ]
        both = small[0] + small[1] if small[0] is not None and small[1] is not None else None
        return (min(near) if near else None), both

    def _shifted(self, name: str, register: int, amount: int) -> tuple[int | None, int | None]:
        small = self.small.get(register)
        if name == "slli":
            return None, None if small is None else small << amount
        if small is not None:
            return 0, small >> amount
        bits = (64 if name == "srli" else 32) - amount
        if bits > (ADDRESS_BITS if name == "srli" else 31):
            return None, None
        return 0, (1 << bits) - 1


def base_of(insn: Decoded) -> tuple[int, int] | None:
    """The base register and offset of a load or store."""
    return (insn.argument("rs1"), insn.argument("imm")) if insn.base.name in ACCESSES else None


def written_integer(insn: Decoded) -> int | None:
    """The integer register that an instruction writes, unless that is x0."""
    for operand, value in zip(insn.base.operands, insn.arguments, strict=True):
        if operand.name == "rd" and operand.kind is OperandKind.X:
            return value or None
    return None


class Bounds:
    """What is known where the blocks of a region begin.

    Attributes:
        before: by pc of a block. wanted: by pc of a check or head, the bases that all ways there must know.
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        used = {base for block in region.blocks.values() for base, _ in map(_base, block.insns) if base}
        sure = _sure(region)
        self.wanted = {pc: frozenset(sure[pc]) for pc in region.checks.union(region.heads)}
        self._always = {STACK} & used
        self.before: dict[int, Known] = {}
        self._find()

    def missing(self, known: Known, target: int) -> list[int]:
        """The registers to compare on a way to `target` with what is known there."""
        wanted = self.wanted.get(target, frozenset())
        return sorted(r for r in wanted if known.near.get(r, _AT_CHECKS + 1) > _AT_CHECKS)

    def at_head(self, head: int) -> list[int]:
        """The registers to compare when the region is entered there."""
        return sorted(self.wanted[head] | self._always)

    def after(self, block: Block) -> Known:
        """What is known at the end of a block."""
        known = self.before[block.pc].copy()
        for insn in block.insns:
            known.execute(insn)
        return known

    def _find(self) -> None:
        region = self._region
        todo = list(region.heads)
        changes = dict.fromkeys(region.blocks, 0)
        for head in region.heads:
            self.before[head] = self._entered(head, Known(dict.fromkeys(self._always, 0)))
        while todo:
            block = region.blocks[todo.pop()]
            after = self.after(block)
            for pc in successors(region, block):
                old = self.before.get(pc)
                new = after if old is None else after.meet(old)
                if old is not None and changes[pc] > _MOST_CHANGES:
                    new = Known(
                        {r: n for r, n in new.near.items() if n == old.near[r]},
                        {r: n for r, n in new.small.items() if n == old.small[r]},
                    )
                new = self._entered(pc, new)
                if new != old:
                    changes[pc] += 1
                    self.before[pc] = new.copy()
                    todo.append(pc)

    def _entered(self, pc: int, known: Known) -> Known:
        for register in self.wanted.get(pc, ()):
            known = known.copy()
            known.near[register] = _AT_CHECKS
        return known


def _base(insn: Decoded) -> tuple[int, int]:
    return base_of(insn) or (0, 0)


def _sure(region: Region) -> dict[int, set[int]]:
    """By pc of a block, the registers that are used as bases, as they are at its beginning, on every way from there."""
    everything = set(range(1, 32))
    some: dict[int, set[int]] = {}  # on one way at least: no way leaves an endless loop, so all hold everything
    made: dict[int, set[int]] = {}
    kept: dict[int, set[int]] = {}
    for pc, block in region.blocks.items():
        made[pc], kept[pc] = set(), set(everything)
        for insn in block.insns:
            base, _ = _base(insn)
            if base in kept[pc]:
                made[pc].add(base)
            kept[pc].discard(written_integer(insn) or 0)
        some[pc] = set(made[pc])
    sure = {pc: set(everything) for pc in region.blocks}
    changed = True
    while changed:
        changed = False
        for pc, block in region.blocks.items():
            onward = [sure.get(target, set()) for target in block.targets]
            if block.end in (End.INDIRECT, End.LEAVE) or not onward:
                onward = [set()]
            new = made[pc] | (set.intersection(*onward) & kept[pc])
            reached = some[pc].union(*(some.get(target, set()) for target in block.targets))
            if (new, reached) != (sure[pc], some[pc]):
                sure[pc], some[pc], changed = new, reached, True
    return {pc: sure[pc] & some[pc] for pc in sure}


__all__ = ["ACCESSES", "Bounds", "Known", "base_of", "written_integer"]
