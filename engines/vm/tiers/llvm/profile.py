"""What the LLVM tier knows of the guest's behaviour: what runs outside compiled code, and where indirect jumps go.

After a sample of interpreted code a few hundred instructions are executed one at a time. Of each it is known whether
compiled code, installed or asked for, would have executed it: code is entered at its heads, and left with the first
instruction outside. What remains begins there or where control was transferred to: that is where regions may begin.
"""

from __future__ import annotations

import engines.vm.quick_ctypes as ctypes
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.quick import Counter
from engines.vm.tiers.interpreter.layout import LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Final

    from engines.vm.tiers.code_cache import CompiledSpace
    from engines.vm.tiers.llvm.region import Region

TRACE: Final = 300
"""Instructions of a trace; it goes on to the first transfer of control, but no longer than `LONGEST` of these."""
LONGEST: Final = 6
_PC, _RA = word_of("pc"), word_of("x") + 1


class Profile:
    """What traces found, for one version of the guest's code.

    Args:
        insns: of a trace.

    Attributes:
        seen: by pc of an indirect jump, where it went.
        uncovered: how often control came to a pc that is in no compiled code, by a jump or from such code.
        links: what the return address register held at such a pc.
        asked: by root of a region that was asked for, every even address in it.
        distrusts: whether indirect jumps are taken to leave compiled code, since it runs less than it seems to.
    """

    def __init__(self, insns: int = TRACE) -> None:
        self.insns = insns
        self.seen: dict[int, set[int]] = {}
        self.uncovered: Counter[int] = Counter()
        self.links: dict[int, int] = {}
        self.asked: dict[int, frozenset[int]] = {}
        self.distrusts = False

    def targets(self, pc: int) -> Iterable[int]:
        """Where the indirect jump at `pc` was seen to go."""
        return self.seen.get(pc, ())

    def covering(self, space: CompiledSpace, pc: int) -> frozenset[int] | None:
        """The instructions of LLVM's code that is entered at `pc`, or of what it was asked to compile."""
        handle = space.heads.get(pc)
        if handle is None or handle.tier != "llvm":
            return self.asked.get(pc)
        return handle.inside()

    def ask(self, root: int, region: Region) -> None:
        """The region of `root` is being compiled."""
        self.asked[root] = region.inside()

    def choose(self) -> list[tuple[int, int]]:
        """Where uncovered code begins, most frequent first, with the return address there; begins to count anew."""
        found = [(pc, self.links[pc]) for pc, _ in self.uncovered.most_common()]
        self.uncovered.clear()
        self.links.clear()
        return found

    def trace(
        self,
        run: Callable[[int, int], int],
        context: int,
        space: CompiledSpace,
        hart: Hart,
        most: int,
        inside: frozenset[int] | None = None,
    ) -> int:
        """Execute instructions one at a time by `run(context, 1)`, at most `most`; what the last one answered.

        `inside` are the instructions of the compiled code that the guest is in, if it is in any.
        """
        words, base, limit = hart.words, hart.memory.host_base, hart.memory.limit
        read: Any = ctypes.c_uint32.from_address
        transfers = 0
        reason = LIMIT
        for count in range(min(most, self.insns * LONGEST)):
            if count >= self.insns and transfers:
                break
            pc = words[_PC]
            reason = run(context, 1)
            if reason != LIMIT:
                break
            to = words[_PC]
            if pc < to <= pc + 4:
                if inside is not None and to not in inside:
                    inside = self.covering(space, to)
                    if inside is None:
                        self.uncovered[to] += 1
                        self.links[to] = words[_RA]
                continue
            if to >= limit:
                break
            transfers += 1
            word = read(base + pc).value
            if word & 0x7F == 0x67 or word & 0xE07F == 0x8002:  # jalr; c.jr or c.jalr
                self.seen.setdefault(pc, set()).add(to)
                if self.distrusts:
                    inside = None
            if inside is None or to not in inside:
                inside = self.covering(space, to)
                if inside is None:
                    self.uncovered[to] += 1
                    self.links[to] = words[_RA]
        return reason


__all__ = ["TRACE", "Profile"]
