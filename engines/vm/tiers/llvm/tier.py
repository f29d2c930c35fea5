"""The LLVM tier: the interpreter, and where the guest spends its time regions compiled by LLVM as its handlers."""

from __future__ import annotations

from collections import Counter
from typing import Final

from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.tiers.code_cache import CodeCache, CodeHandle, CompiledSpace
from engines.vm.tiers.interpreter.layout import LIMIT, TRAP
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.compiler import CompileError, LlvmCompiler
from engines.vm.tiers.stop import Stop, StopReason

NO_LIMIT: Final = (1 << 63) - 1
CAPACITY_BYTES: Final = 64 << 20
FIRST_SLICE: Final = 50_000
LONGEST_SLICE: Final = 1 << 22
HOT: Final = 2
"""Samples outside compiled code that make a pc the root of a region."""
STUCK: Final = 3
"""Samples of a pc inside compiled code, but at none of its entries, that make it the root of a region of its own."""
_RETIRED, _TRAP_CAUSE, _TRAP_VALUE, _PC, _FRM = (
    word_of(name) for name in ("retired", "trap_cause", "trap_value", "pc", "frm")
)


class LlvmTier(InterpreterTier):
    """Runs harts on this machine, which must be x86_64.

    Args:
        slice_insns: instructions of the first and shortest slice between samples.
        capacity_bytes: of the code cache.
        hot: samples that make a root.
        only_executed: compile only what was executed; else all that direct jumps reach.

    Raises:
        ExecutableMemoryError: the system refuses executable memory.
    """

    name = "llvm"

    def __init__(
        self,
        slice_insns: int = FIRST_SLICE,
        capacity_bytes: int = CAPACITY_BYTES,
        hot: int = HOT,
        only_executed: bool = True,
    ) -> None:
        super().__init__()
        self.compiler = LlvmCompiler()
        self.cache = CodeCache(self._code, capacity_bytes)
        self.hot = hot
        self.only_executed = only_executed
        self.samples: Counter[int] = Counter()
        self.refused: set[int] = set()
        self._first = self._slice = slice_insns
        self._version = 0

    def run(self, hart: Hart, limit_insns: int = NO_LIMIT) -> Stop:
        """Run until the first trap, or until exactly `limit_insns` instructions have retired.

        Raises:
            ValueError: `limit_insns` is negative.
        """
        if limit_insns < 0:
            raise ValueError(f"limit_insns is {limit_insns}, must be at least 0")
        memory = hart.memory
        known = self._decoded.get(memory)
        kept = known is not None and memory.decoded_by is known
        decoded = self.decoded_code(memory)
        space = self.cache.space(memory, decoded, kept=kept)
        decoded.context["cpu"] = hart.address
        words = hart.words
        end = words[_RETIRED] + min(limit_insns, NO_LIMIT)
        while True:
            self.runs += 1
            reason = self._run(decoded.context_address, min(end - words[_RETIRED], self._slice))
            if reason == LIMIT:
                if words[_RETIRED] == end:
                    return Stop(StopReason.LIMIT)
                self._sample(space, hart)
            elif reason == TRAP:
                return Stop(StopReason.TRAP, words[_TRAP_CAUSE], words[_TRAP_VALUE])
            else:
                stop = self._escape(hart, decoded)
                if stop.reason is StopReason.TRAP:
                    return stop

    def _sample(self, space: CompiledSpace, hart: Hart) -> None:
        pc = hart.words[_PC]
        if self._version != space.version:
            self._version = space.version
            self.refused.clear()
        handle = space.heads.get(pc)
        if handle is not None:
            self.cache.touch(handle)
        inside = space.known[pc] > 0
        if handle is not None or pc in self.refused or pc >= hart.memory.limit:
            self._slice = min(self._slice * 2, LONGEST_SLICE)
            return
        self.samples[pc] += 1
        if self.samples[pc] < (STUCK if inside else self.hot):
            if inside:
                self._slice = min(self._slice * 2, LONGEST_SLICE)
            return
        self._slice = self._first
        self.install(space, pc, hart.words[_FRM])

    def install(self, space: CompiledSpace, pc: int, frm: int) -> CodeHandle | None:
        """Compile the region around `pc` and lead its entries there; None if it was refused."""
        executed = space.executed if self.only_executed else _always
        try:
            made = self.compiler.compile(
                pc, space.fetch, executed, frm, lambda _, word, length: self.cache.handler(word, length)
            )
        except CompileError:
            self.refused.add(pc)
            return None
        return self.cache.install(space, made.code, made.heads, made.ranges, made.pcs)


def _always(_: int) -> bool:
    return True
