"""Where computed jumps may go, found without running: entries of the tables that their targets are loaded from.

Compilers scale an index, add it to the table's constant address, load an entry and jump to it. The address may have
been made far before, outside a loop; then what was last written to that register, in the order of addresses, is taken
for it. A wrong guess does no harm: compiled code compares where it goes, and goes elsewhere by itself.

Source: RISC-V Unprivileged ISA, §2.4.1 (LUI and AUIPC make the upper part of an address, ADDI adds the lower).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from typing import Final

from engines.vm.tiers.llvm.region import LINKS, Decoded, Fetch, decoded_at

MOST_ENTRIES: Final = 256
LONGEST_BYTES: Final = 1 << 18
"""Of a function that is looked through: what is behind one need not be code."""
_LOADS: Final = {"lw": 4, "lwu": 4, "ld": 8}
_NEAR: Final = 16
"""Instructions before a jump among which the load of its target is looked for, and before the load its index."""


class JumpTables:
    """Of one program.

    Args:
        starts: where its functions begin, in order.
        fetch: its code. read: `(address, size) -> bytes`, of its constants; empty where there are none.
    """

    def __init__(self, starts: Sequence[int], fetch: Fetch, read: Callable[[int, int], bytes]) -> None:
        self._starts = starts
        self._known: Collection[int] = frozenset(starts)
        self._fetch = fetch
        self._read = read
        self._bodies: dict[int, list[Decoded]] = {}

    def function(self, pc: int) -> tuple[int, int]:
        """The function that has `pc`, as [start, end)."""
        index = bisect_right(self._starts, pc) - 1
        if index < 0:
            return pc, pc
        start = self._starts[index]
        following = self._starts[index + 1] if index + 1 < len(self._starts) else start + LONGEST_BYTES
        return start, min(following, start + LONGEST_BYTES)

    def targets(self, pc: int) -> tuple[int, ...]:
        """Where the indirect jump at `pc` may go; nothing if no table is found."""
        start, end = self.function(pc)
        body = self._body(start, end)
        place = next((n for n, insn in enumerate(body) if insn.pc == pc), None)
        if place is None:
            return ()
        jump = body[place]
        loaded = _last_write(body, place, jump.argument("rs1"), _NEAR)
        if loaded is None or body[loaded].base.name not in _LOADS:
            return ()
        size, offset = _LOADS[body[loaded].base.name], body[loaded].argument("imm")
        added = _last_write(body, loaded, body[loaded].argument("rs1"), _NEAR)
        if added is None or body[added].base.name != "add":
            return ()
        for register in (body[added].argument("rs1"), body[added].argument("rs2")):
            table = _constant(body, added, register)
            if table is not None:
                calls = jump.argument("rd") in LINKS
                return self._entries(
                    table + offset, size, (lambda to: to in self._known) if calls else (lambda to: start <= to < end)
                )
        return ()

    def _entries(self, table: int, size: int, is_target: Callable[[int], bool]) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for number in range(MOST_ENTRIES):
            entry = self._read(table + number * size, size)
            to = int.from_bytes(entry, "little")
            if len(entry) < size or to & 1 or not is_target(to):
                break
            found[to] = None
        return tuple(found)

    def _body(self, start: int, end: int) -> list[Decoded]:
        if start not in self._bodies:
            found: list[Decoded] = []
            pc = start
            while pc < end:
                insn = decoded_at(pc, self._fetch)
                if insn is None:
                    pc += 2
                    continue
                found.append(insn)
                pc = insn.next_pc
            self._bodies[start] = found
        return self._bodies[start]


def _last_write(body: list[Decoded], before: int, register: int, most: int) -> int | None:
    """The last of at most `most` instructions before that number that writes an integer register."""
    for place in range(before - 1, max(before - 1 - most, -1), -1):
        if _written(body[place]) == register:
            return place
    return None


def _written(insn: Decoded) -> int | None:
    return next(
        (n for o, n in zip(insn.base.operands, insn.arguments, strict=True) if o.name == "rd" and o.kind.name == "X"),
        None,
    )


def _constant(body: list[Decoded], before: int, register: int) -> int | None:
    """The constant that was last written to a register, if it was made by an upper and a lower part."""
    place = _last_write(body, before, register, before)
    if place is None:
        return None
    insn = body[place]
    name = insn.base.name
    if name in ("lui", "auipc"):
        return insn.argument("imm") + (insn.pc if name == "auipc" else 0)
    if name == "addi":
        upper = _constant(body, place, insn.argument("rs1")) if insn.argument("rs1") else None
        return None if upper is None else upper + insn.argument("imm")
    return None


__all__ = ["JumpTables"]
