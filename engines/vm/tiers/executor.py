"""The single entry to the tiers: picks one by name, runs harts on it, counts what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from engines.vm.guests.riscv64.state import Hart
from engines.vm.tiers.stop import Stop, StopReason

NO_LIMIT: Final = (1 << 63) - 1
DEFAULT: Final = "interpreter"


class Tier(Protocol):
    """A way to run harts. State moves between tiers freely: it is all in the hart."""

    def run(self, hart: Hart, limit_insns: int) -> Stop:
        """Run until the first trap or until exactly `limit_insns` more instructions have retired."""
        ...


@dataclass
class Counters:
    """What an executor did.

    Attributes:
        retired: instructions, over all runs.
        runs: how often a tier was entered.
        traps: how often a run ended in each exception cause.
        escapes: instructions that the tier left to the reference tier, by name.
    """

    retired: int = 0
    runs: int = 0
    traps: Counter[int] = field(default_factory=Counter)
    escapes: Counter[str] = field(default_factory=Counter)


class TierExecutor:
    """Runs harts on the tier called `name`.

    Attributes:
        name: the tier's name, after `default` was resolved.
        counters: since this executor was made.

    Raises:
        ValueError: no such tier; the message lists them.
    """

    def __init__(self, name: str = "default") -> None:
        self.name = DEFAULT if name == "default" else name
        if self.name not in _TIERS:
            raise ValueError(f"no tier is called {name!r}; there are: default ({DEFAULT}), {', '.join(sorted(_TIERS))}")
        self.counters = Counters()
        self.tier: Tier = _TIERS[self.name](self.counters)

    def run(self, hart: Hart, limit_insns: int = NO_LIMIT) -> Stop:
        """Run until the first trap or until exactly `limit_insns` more instructions have retired.

        After a trap the pc is that of the instruction that raised it. After an environment call the caller answers it,
        adds 4 to the pc, and runs again.

        Raises:
            ValueError: `limit_insns` is negative.
        """
        before = int(hart.cpu["retired"])
        stop = self.tier.run(hart, limit_insns)
        counters = self.counters
        counters.retired += int(hart.cpu["retired"]) - before
        counters.runs += 1
        if stop.reason is StopReason.TRAP:
            counters.traps[int(stop.cause)] += 1
        return stop


def _reference(counters: Counters) -> Tier:
    from engines.vm.tiers.reference import ReferenceTier

    return ReferenceTier()


def _interpreter(counters: Counters) -> Tier:
    from engines.vm.tiers.interpreter.tier import InterpreterTier

    tier = InterpreterTier()
    counters.escapes = tier.escapes
    return tier


def _baseline(counters: Counters) -> Tier:
    from engines.vm.tiers.baseline.tier import BaselineTier

    tier = BaselineTier()
    counters.escapes = tier.escapes
    return tier


def _llvm(counters: Counters) -> Tier:
    from engines.vm.tiers.llvm.tier import LlvmTier

    tier = LlvmTier()
    counters.escapes = tier.escapes
    return tier


_TIERS: Final[dict[str, Callable[[Counters], Tier]]] = {
    "baseline": _baseline,
    "interpreter": _interpreter,
    "llvm": _llvm,
    "reference": _reference,
}


def tier_names() -> tuple[str, ...]:
    """The names that `TierExecutor` takes, besides `default`."""
    return tuple(sorted(_TIERS))
