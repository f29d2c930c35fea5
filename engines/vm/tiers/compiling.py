"""What the tiers that install compiled code have in common: a code cache, what is counted, and that they do without.

They are interpreters whose table of decoded code leads to compiled regions where there are some.
"""

from __future__ import annotations

from abc import abstractmethod

from engines.vm.guests.riscv64.state import word_of
from engines.vm.guests.words import WORD_BYTES
from engines.vm.quick import Counter, ref
from engines.vm.record import made, record
from engines.vm.runtime.executable_memory import ExecutableMemoryError
from engines.vm.tiers.code_cache import CodeCache
from engines.vm.tiers.interpreter.layout import CONTEXT_OFFSETS
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.measurements import compiled_measurements
from engines.vm.tiers.stop import NO_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    from engines.vm.aot.image import StoredRegion
    from engines.vm.guests.riscv64.state import Hart
    from engines.vm.memory.address_space import AddressSpace
    from engines.vm.tiers.code_cache import CompiledSpace
    from engines.vm.tiers.stop import Stop

_RETIRED: Final = word_of("retired")
_CPU: Final = CONTEXT_OFFSETS["cpu"] // WORD_BYTES


def _none() -> None:
    """No reference yet."""


@record()
class TierCounters:
    """What a tier did.

    Attributes:
        samples: slices that ended in the middle of the program.
        installed: regions, of which stored were not compiled. stale: regions whose guest code is another now.
        invalidated: regions thrown away because their code was written or unmapped. evicted: thrown away to make room.
        refused: regions that were not compiled, or not installed, by reason.
    """

    samples: int = 0
    installed: int = 0
    stored: int = 0
    stale: int = 0
    invalidated: int = 0
    evicted: int = 0
    refused: Counter[str] = made(default_factory=Counter)


class CompilingTier(InterpreterTier):
    """Runs harts on this machine, which must be x86_64.

    Args:
        capacity_bytes: of the code cache.

    Attributes:
        unavailable: why nothing is compiled; empty while all is well. The interpreter runs alone then.
        stored: regions that need not be compiled, by the pcs of their entries. compiled: what was compiled, to be kept.
    """

    def __init__(self, capacity_bytes: int, *, has_vectors: bool = False) -> None:
        super().__init__(has_vectors=has_vectors)
        self.unavailable = ""
        try:
            self.cache = CodeCache(self._code, capacity_bytes)
        except ExecutableMemoryError as error:
            self.unavailable = str(error)
        self.stored: dict[int, StoredRegion] = {}
        self.compiled: list[StoredRegion] = []
        self._counters = TierCounters()
        self._compiler: Any = None
        self._latest: tuple[Callable[[], CompiledSpace | None], Any, Callable[[], object]] = (_none, None, _none)
        """What `run` found last, for the next one: after a system call all of it is the same."""

    @property
    def counters(self) -> TierCounters:
        """What was done until now."""
        self._sum_up()
        return self._counters

    def _sum_up(self) -> None:
        """Bring the counters up to date with those of the cache and the compiler."""
        found = self._counters
        if self.unavailable:
            found.refused = Counter({self.unavailable: 1})
            return
        cache = self.cache.counters
        found.installed, found.invalidated, found.evicted = cache.installed, cache.invalidated, cache.evicted
        found.refused = Counter(cache.refused)
        if self._compiler is not None:
            found.refused.update(self._compiler.counters.refused)

    def measurements(self) -> dict[str, int]:
        """What `--stats` shows beside the counters of regions."""
        if self.unavailable:
            return {}
        cache = self.cache.counters
        found = {"regions evicted": cache.evicted, "code bytes installed": cache.code_bytes}
        found["samples"] = self._counters.samples
        if self._compiler is not None:
            found |= compiled_measurements(self._compiler.counters)
        if cache.unguarded:
            found[f"checks permissions itself: {cache.unguarded}"] = 1
        return found

    def run(self, hart: Hart, limit_insns: int = NO_LIMIT) -> Stop:
        """Run until the first trap, or until exactly `limit_insns` instructions have retired.

        Raises:
            ValueError: `limit_insns` is negative.
        """
        if limit_insns < 0:
            raise ValueError(f"limit_insns is {limit_insns}, must be at least 0")
        if self.unavailable:
            return super().run(hart, limit_insns)
        held, layout, decoded = self._latest
        space = held()
        if space is None or hart.memory.decoded_by is not decoded() or hart.layout is not layout:
            self.refuse_other(hart)
            space = self.space(hart.memory)
            self._latest = ref(space), hart.layout, ref(space.decoded)
        space.decoded.context.words[_CPU] = hart.address
        return self._run_compiled(space, hart, hart.words[_RETIRED] + min(limit_insns, NO_LIMIT))

    @abstractmethod
    def _run_compiled(self, space: CompiledSpace, hart: Hart, end: int) -> Stop:
        """Run until the first trap, or until `end` instructions have retired since the hart was made."""

    def space(self, memory: AddressSpace) -> CompiledSpace:
        """What is installed for `memory`, less what another tier's decoding overwrote."""
        known = self._decoded.get(memory)
        kept = known is not None and memory.decoded_by is known
        return self.cache.space(memory, self.decoded_code(memory), kept=kept)


__all__ = ["CompilingTier", "TierCounters"]
