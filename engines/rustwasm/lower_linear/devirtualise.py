"""Method calls on trait objects of which a program has only one kind become plain calls (whole programs only).

A trait object's vtable comes from where a reference was made into one. If that happened for one type only, every method
called on such objects is that type's. Objects that were cast to another kind of trait object take their vtables along,
so neither kind counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.release.tree import Node, walk
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.program import Program


class VirtualCalls:
    """Calls through vtables that a program has so far."""

    def __init__(self) -> None:
        self.calls: list[tuple[Ty, int, Node, Node]] = []
        """The kind of object, the method's offset in its vtables, the reading of the table's index, the call."""
        self.cast: set[Ty] = set()
        """Kinds of objects that became others, and those others."""

    def called(self, dyn: Ty, offset: int, index: Node, call: Node) -> None:
        """A method is called: `index` reads its number from the vtable, `call` is the `call_indirect`."""
        self.calls.append((dyn, offset, index, call))

    def was_cast(self, source: Ty, target: Ty) -> None:
        if source is not target:
            self.cast |= {source, target}

    def call_directly(self, program: Program) -> None:
        """Call what can only be one function; table entries that nobody calls through any more become a living one's,
        or the table goes."""
        sources: dict[Ty, list[int]] = {}
        for (_, dyn), address in program.vtables.items():
            sources.setdefault(dyn, []).append(address)
        single = {dyn: found[0] for dyn, found in sources.items() if len(found) == 1 and dyn not in self.cast}
        keys = {index: key for key, index in program.table.items()}
        for dyn, offset, index, call in self.calls:
            if dyn in single:
                at = single[dyn] + offset
                key = keys[int.from_bytes(program.data[at : at + 4], "little")]
                index.op, index.imm, index.args = "i32.const", (0,), []
                call.op, call.imm, call.args = "call", (key, *call.imm[2:]), call.args[:-1]
        self._drop_entries(program, single, keys)

    def _drop_entries(self, program: Program, single: dict[Ty, int], keys: dict[int, Any]) -> None:
        living = {key for key in program.table if key[0] != "method"}
        slots = []
        for (_, dyn), address in program.vtables.items():
            for offset, called in program.virtual[dyn].values():
                if called and dyn in single:
                    slots.append(address + offset)
                elif called:
                    living.add(keys[int.from_bytes(program.data[address + offset : address + offset + 4], "little")])
        for at in slots:
            program.data[at : at + 4] = bytes(4)
        if not living:
            # What drops objects still looks into the table, where their kinds may need that.
            if not any(one.op == "call_indirect" for tree, _ in program.trees.values() for one in walk(tree.body)):
                program.table.clear()
            return
        one = next(key for key in program.table if key in living)
        program.entries = {key: key if key in living else one for key in program.table}
