"""Regions: the guest code that is compiled as one LLVM function. Blocks of instructions that direct jumps connect.

Calls are followed into the called function, and a return goes to the places after the calls that are in the region: a
call and its return are then jumps inside one function. Code that was never executed stays outside, because most
branches to it are never taken.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final

from engines.vm.isa.describe import Instruction, OperandKind
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import decode

LINKS: Final = (1, 5)
"""ra and t0: a jump that writes one of them is a call, an indirect jump through one is a return (ISA §2.5.1)."""
MOST_INSNS: Final = 600
LOOP_BLOCKS: Final = 4
LOOP_WAYS_OUT: Final = 2
"""A loop of no more blocks and ways out is asked for the budget of its rounds alone."""
BRANCHES: Final = frozenset({"beq", "bne", "blt", "bge", "bltu", "bgeu"})
KEY_BITS: Final = 64
"""A block's key is its address; that of a copy, see `copies`, has its number above these bits."""
LEFT: Final = frozenset({"ecall", "ebreak", "csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci", "fence_i"})
"""Instructions that the interpreter executes: the world changes with them, or may."""

Fetch = Callable[[int, int], bytes]
"""`(pc, size) -> bytes`: what may be fetched from pc on, up to size."""

DecodeWord = Callable[[int], "tuple[Instruction, tuple[int, ...]] | None"]
"""`word ->` the base instruction that it is or expands to, and its arguments; None if it is none."""

Targets = Callable[[int], Iterable[int]]
"""`pc ->` where the indirect jump at pc was seen to go."""


def unseen(_: int) -> Iterable[int]:
    """No indirect jump was seen to go anywhere."""
    return ()


class End(Enum):
    """How a block goes on."""

    FALL = "fall"
    JUMP = "jump"
    BRANCH = "branch"
    INDIRECT = "indirect"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Decoded:
    """An instruction at a pc. `base` is the one that it expands to; `arguments` are those of the base's semantics."""

    pc: int
    word: int
    length: int
    base: Instruction
    arguments: tuple[int, ...]

    @property
    def next_pc(self) -> int:
        return self.pc + self.length

    def argument(self, name: str) -> int:
        """The operand `name`: a register number, or an immediate."""
        index = next(i for i, operand in enumerate(self.base.operands) if operand.name == name)
        return self.arguments[index]


@dataclass(slots=True)
class Block:
    """Instructions that are executed one after the other.

    Attributes:
        pc: its key, by which the region and other blocks' targets know it.
        insns: may be empty where `end` is LEAVE: the interpreter executes the first instruction already.
        targets: pcs that the block may go to; for a branch the one where it is taken comes first; for an indirect jump
            those inside the region that it was seen to go to, or for a return those that it may go to.
        links: whether the last instruction is a call.
    """

    pc: int
    insns: list[Decoded]
    end: End
    targets: tuple[int, ...] = ()
    links: bool = False

    @property
    def next_pc(self) -> int:
        return self.insns[-1].next_pc if self.insns else self.pc

    @property
    def is_return(self) -> bool:
        """Whether it ends with an indirect jump through a link register that is no call."""
        return self.end is End.INDIRECT and not self.links and self.insns[-1].argument("rs1") in LINKS


@dataclass(slots=True)
class Region:
    """Blocks by pc.

    Attributes:
        heads: where the region may be entered; the root is first.
        checks: blocks that a cycle comes back to, which ask for the budget; so does who enters at another one.
        longest: by pc of a block, the most instructions until the next check.
        returns: where calls inside the region come back to.
        taken: code that is reached from the region by other ways than its jumps: after a call, after an instruction
            that is left to the interpreter, or because the region computes its address.
        returned_to: outside, where its returns most likely go.
    """

    blocks: dict[int, Block]
    heads: list[int]
    checks: set[int] = field(default_factory=set)
    longest: dict[int, int] = field(default_factory=dict)
    returns: list[int] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    returned_to: tuple[int, ...] = ()

    @property
    def insns(self) -> int:
        return sum(len(block.insns) for block in self.blocks.values())

    def contains(self, pc: int) -> bool:
        """Whether an instruction at `pc` would be part of it."""
        return any(address(block.pc) <= pc < block.next_pc for block in self.blocks.values())

    def inside(self) -> frozenset[int]:
        """Every even address in it."""
        return frozenset(pc for start, end in self.ranges() for pc in range(start, end, 2))

    def ranges(self) -> list[tuple[int, int]]:
        """The guest bytes that the region was made from, [start, end), joined."""
        found: list[tuple[int, int]] = []
        for pc, end in sorted((address(block.pc), block.next_pc) for block in self.blocks.values() if block.insns):
            if found and found[-1][1] >= pc:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((pc, end))
        return found


def address(key: int) -> int:
    """The guest address of a block."""
    return key & (1 << KEY_BITS) - 1


@lru_cache(maxsize=1 << 16)
def decoded_word(word: int) -> tuple[Instruction, tuple[int, ...]] | None:
    """The base instruction that a word is or expands to, and its arguments."""
    found = decode(word)
    if found is None:
        return None
    instruction = found.instruction
    base = INSTRUCTIONS[instruction.expands_to] if instruction.expands_to else instruction
    return base, found.arguments


def decoder_with_vectors() -> DecodeWord:
    """`decoded_word` for harts with V."""
    from engines.vm.isa.riscv64.vector_coding import decode as decode_with_vectors

    def decoded(word: int) -> tuple[Instruction, tuple[int, ...]] | None:
        without = decoded_word(word)
        found = decode_with_vectors(word) if without is None else None
        return (found.instruction, found.arguments) if found is not None else without

    return lru_cache(maxsize=1 << 12)(decoded)


def decoded_at(pc: int, fetch: Fetch, decode: DecodeWord = decoded_word) -> Decoded | None:
    """The instruction at `pc`; None if there is none, or it cannot be fetched."""
    code = fetch(pc, 4)
    if len(code) < 2:
        return None
    length = 4 if code[0] & 3 == 3 else 2
    if len(code) < length:
        return None
    word = int.from_bytes(code[:length], "little")
    found = decode(word)
    return Decoded(pc, word, length, *found) if found else None


def direct_target(insn: Decoded, previous: Decoded | None) -> int | None:
    """Where an unconditional jump goes, if that is known: `jal`, or `jalr` after the `auipc` that made its base."""
    if insn.base.name == "jal":
        return insn.pc + insn.argument("imm")
    if insn.base.name == "jalr" and previous is not None and previous.base.name == "auipc":
        base = insn.argument("rs1")
        if base and base == previous.argument("rd"):
            return (previous.pc + previous.argument("imm") + insn.argument("imm")) & 0xFFFF_FFFF_FFFF_FFFE
    return None


def _constant(insn: Decoded, constants: dict[int, int]) -> int | None:
    """The constant that the instruction computes from `constants`, values of registers, if it adds to an upper part."""
    name = insn.base.name
    registers = [o.name for o in insn.base.operands if o.name == "rd" and o.kind is OperandKind.X]
    if not registers:
        return None
    rd = insn.argument("rd")
    base = constants.get(insn.argument("rs1")) if name == "addi" else None
    constants.pop(rd, None)
    if name in ("lui", "auipc"):
        constants[rd] = insn.argument("imm") + (insn.pc if name == "auipc" else 0)
    elif base is not None:
        constants[rd] = base + insn.argument("imm")
        return constants[rd] if constants[rd] >= 0 else None
    return None


def form(
    root: int,
    fetch: Fetch,
    executed: Callable[[int], bool],
    usable: Callable[[Decoded], bool],
    most_insns: int = MOST_INSNS,
    targets: Targets = unseen,
    decode: DecodeWord = decoded_word,
) -> Region:
    """The region of `root`.

    Args:
        executed: whether an instruction was ever executed; the root is taken to have been.
        usable: whether an instruction has a lowering; the others are left to the interpreter.
        targets: where indirect jumps were seen to go: they are followed there.
        decode: of the hart's instruction set.
    """
    seen: dict[int, tuple[int, ...]] = {}
    insns: dict[int, Decoded] = {}
    leaders = {root}
    after_leaving: list[int] = []
    returns: list[int] = []
    outgoing: list[int] = []
    called: dict[int, list[int]] = {}
    taken: set[int] = set()
    todo = deque([root])
    while todo:
        pc = todo.popleft()
        previous: Decoded | None = None
        constants: dict[int, int] = {}
        while pc not in insns and len(insns) < most_insns and (pc == root or executed(pc)):
            insn = decoded_at(pc, fetch, decode)
            if insn is None or insn.base.name in LEFT or not usable(insn):
                if insn is not None and insn.base.name not in ("ebreak",):
                    after_leaving.append(insn.next_pc)
                break
            insns[pc] = insn
            name = insn.base.name
            if name in BRANCHES:
                target = pc + insn.argument("imm")
                leaders |= {target, insn.next_pc}
                todo.appendleft(insn.next_pc) if target > pc else todo.append(insn.next_pc)
                todo.append(target)
                break
            direct = direct_target(insn, previous)
            if direct is not None:
                target = direct
                leaders |= {target, insn.next_pc}
                if insn.argument("rd") in LINKS:
                    called.setdefault(target, []).append(insn.next_pc)
                    todo.append(insn.next_pc)
                todo.append(target)
                break
            if name == "jalr":
                leaders.add(insn.next_pc)
                if insn.argument("rd") in LINKS or insn.argument("rs1") not in LINKS:
                    seen[pc] = tuple(sorted(targets(pc)))
                    leaders.update(seen[pc])
                    todo.extend(seen[pc])
                if insn.argument("rd") in LINKS:
                    todo.append(insn.next_pc)
                    for target in seen[pc]:
                        called.setdefault(target, []).append(insn.next_pc)
                    if not seen[pc]:
                        outgoing.append(insn.next_pc)
                break
            address = _constant(insn, constants)
            if address is not None and address not in insns and fetch(address, 2):
                taken.add(address & ~1)
            previous = insn
            pc = insn.next_pc
    for target, places in called.items():
        inside = [place for place in places if place in insns]
        if target in insns:
            returns += inside
        else:
            outgoing += inside
    # Where calls come back to, there may have been no room for.
    taken |= {pc for pc in (*after_leaving, *outgoing, *itertools.chain(*called.values())) if pc not in insns}
    heads = [root]
    for pc in (*outgoing, *after_leaving):
        if pc in insns and pc not in heads:
            heads.append(pc)
            leaders.add(pc)
    # What only follows an instruction left to the interpreter was not reached: it becomes a region when it is hot.
    blocks = _blocks(insns, leaders)
    if root not in blocks:
        blocks[root] = Block(root, [], End.LEAVE)
    region = Region(blocks, heads, returns=list(dict.fromkeys(returns)), taken=taken)
    for block in blocks.values():
        if block.end is End.INDIRECT:
            last = block.insns[-1]
            if last.pc in seen:
                block.targets = tuple(target for target in seen[last.pc] if target in blocks)
            elif last.argument("rd") == 0:
                block.targets = tuple(region.returns)
    finish(region)
    return region


def finish(region: Region) -> None:
    """Keep what is reached, and find where to ask for the budget."""
    _keep_reachable(region)
    region.checks.clear()
    region.longest.clear()
    _find_checks(region)


def loops_around(pc: int, region: Region) -> list[int]:
    """The targets of jumps from behind `pc`, or at it, to before it, or to it: where loops begin, outermost first."""
    found = set()
    for block in region.blocks.values():
        if block.insns and block.insns[-1].pc >= pc and block.end in (End.BRANCH, End.JUMP):
            found |= {target for target in block.targets if target <= pc and target in region.blocks}
    return sorted(found)


def root_around(pc: int, link: int, region_of: Callable[[int], Region]) -> int:
    """Where the region that contains `pc` best begins, so that samples of one loop agree.

    That is the outermost loop around `pc`; else around the call that the link register tells of, if that region
    contains `pc`; else the called function; else `pc` itself.
    """
    loops = loops_around(pc, region_of(pc))
    if loops:
        return loops[0]
    for call in (link - 4, link - 8):
        caller = region_of(call)
        block = caller.blocks[call]
        if block.links and block.next_pc == link and block.targets:
            break
    else:
        return pc
    loops = loops_around(call, caller)
    for root in (*loops[:1], *block.targets):
        if region_of(root).contains(pc):
            return root
    return pc


def _blocks(insns: dict[int, Decoded], leaders: set[int]) -> dict[int, Block]:
    blocks: dict[int, Block] = {}
    for start in sorted(leaders & insns.keys()):
        body: list[Decoded] = []
        pc = start
        while True:
            insn = insns[pc]
            body.append(insn)
            name = insn.base.name
            if name in BRANCHES:
                blocks[start] = Block(start, body, End.BRANCH, (pc + insn.argument("imm"), insn.next_pc))
                break
            direct = direct_target(insn, body[-2] if len(body) > 1 else None)
            if direct is not None:
                blocks[start] = Block(start, body, End.JUMP, (direct,), insn.argument("rd") in LINKS)
                break
            if name == "jalr":
                blocks[start] = Block(start, body, End.INDIRECT, (), insn.argument("rd") in LINKS)
                break
            pc = insn.next_pc
            if pc in leaders or pc not in insns:
                blocks[start] = Block(start, body, End.FALL, (pc,))
                break
    return blocks


def successors(region: Region, block: Block) -> list[int]:
    """The blocks of the region that `block` may go to."""
    return [pc for pc in block.targets if pc in region.blocks]


def _keep_reachable(region: Region) -> None:
    reached: set[int] = set()
    todo = list(region.heads)
    while todo:
        pc = todo.pop()
        if pc not in reached:
            reached.add(pc)
            todo += successors(region, region.blocks[pc])
    region.blocks = {pc: block for pc, block in region.blocks.items() if pc in reached}
    region.returns = [pc for pc in region.returns if pc in reached]
    for block in region.blocks.values():
        if block.end is End.INDIRECT:
            block.targets = tuple(pc for pc in block.targets if pc in reached)


def _find_checks(region: Region) -> None:
    """Cut every cycle at the block that depth-first search finds again; measure what lies between the cuts.

    The ways out of small loops are cut, too. The check of such a loop then takes what a round retires, and a round has
    nothing to give back.
    """
    state: dict[int, int] = {}
    order: list[int] = []
    back: list[tuple[int, int]] = []
    for head in region.heads:
        stack = [(head, iter(successors(region, region.blocks[head])))] if head not in state else []
        if stack:
            state[head] = 1
        while stack:
            pc, rest = stack[-1]
            for following in rest:
                if following not in state:
                    state[following] = 1
                    stack.append((following, iter(successors(region, region.blocks[following]))))
                    break
                if state[following] == 1:
                    back.append((pc, following))
            else:
                state[pc] = 2
                order.append(pc)
                stack.pop()
    region.checks |= {head for _, head in back}
    for last, head in back:
        region.checks |= _ways_out(region, last, head)
    for pc in order:
        block = region.blocks[pc]
        onward = [0 if after in region.checks else region.longest[after] for after in successors(region, block)]
        region.longest[pc] = len(block.insns) + max(onward, default=0)


def _ways_out(region: Region, last: int, head: int) -> set[int]:
    """The blocks behind a loop from `head` to `last` and back, if it has few blocks and no loop inside."""
    before: dict[int, list[int]] = {}
    for pc, block in region.blocks.items():
        for following in successors(region, block):
            before.setdefault(following, []).append(pc)
    inside, todo = {head}, [last]
    while todo:
        pc = todo.pop()
        if pc in inside:
            continue
        inside.add(pc)
        todo += before.get(pc, ())
        if len(inside) > LOOP_BLOCKS or pc in region.checks:
            return set()
    after = {following for pc in inside for following in successors(region, region.blocks[pc])} - inside
    return after if len(after) <= LOOP_WAYS_OUT else set()


__all__ = [
    "BRANCHES",
    "Block",
    "Decoded",
    "End",
    "Fetch",
    "Region",
    "Targets",
    "address",
    "decoded_at",
    "decoded_word",
    "decoder_with_vectors",
    "finish",
    "form",
    "loops_around",
    "root_around",
    "successors",
    "unseen",
]
