"""The single entry to the tiers: picks one by name, runs harts on it, counts what happened."""

from __future__ import annotations

from engines.vm.guests.riscv64.state import Hart
from engines.vm.quick import Counter
from engines.vm.record import made, record
from engines.vm.runtime.executable_memory import ExecutableMemoryError
from engines.vm.runtime.host import machine
from engines.vm.tiers.stop import NO_LIMIT, Stop, StopReason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final, Protocol

    from engines.vm.aot.store import RegionStore

    class Tier(Protocol):
        """A way to run harts. State moves between tiers freely: it is all in the hart."""

        def run(self, hart: Hart, limit_insns: int) -> Stop:
            """Run until the first trap or until exactly `limit_insns` more instructions have retired."""
            ...


DEFAULT: Final = "auto" if machine() == "x86_64" else "interpreter"
"""The quickest tier that this machine can run."""
_SLOWEST: Final = "reference"
"""Needs nothing of the host."""
COMPILING: Final = ("baseline", "llvm", "auto")
"""Tiers whose compiled code is kept for the next run: they have `offer`, `compiled`, `finish`, `measurements`."""


@record()
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
    traps: Counter[int] = made(default_factory=Counter)
    escapes: Counter[str] = made(default_factory=Counter)


class TierExecutor:
    """Runs harts on the tier called `name`.

    Args:
        has_image: `prepare` will be given an image: `auto` then runs that, and compiles baseline code alone.
        has_vectors: the harts have V.

    Attributes:
        name: the tier's name, after `default` was resolved.
        counters: since this executor was made.
        degraded: why the reference tier runs instead of the one that was asked for; empty if it does not.

    Raises:
        ValueError: no such tier; the message lists them.
    """

    def __init__(self, name: str = "default", *, has_image: bool = False, has_vectors: bool = False) -> None:
        self.name = DEFAULT if name == "default" else name
        if self.name not in _TIERS:
            raise ValueError(f"no tier is called {name!r}; there are: default ({DEFAULT}), {', '.join(sorted(_TIERS))}")
        self.counters = Counters()
        self.degraded = ""
        try:
            make = _ahead if has_image and self.name == "auto" else _TIERS[self.name]
            self.tier: Tier = make(self.counters, has_vectors)
        except (ExecutableMemoryError, ImportError) as error:
            self._degrade(error)
        self._stores: dict[str, RegionStore] = {}
        self._translated = 0

    def _degrade(self, error: Exception) -> None:
        """No native code can run here: do without, slowly."""
        self.degraded = f"{self.name} tier: {error}"
        self.name = _SLOWEST
        self.tier = _TIERS[_SLOWEST](self.counters, False)

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

    @property
    def compiles(self) -> bool:
        """Whether the tier compiles code that is worth keeping."""
        return self.name in COMPILING

    def prepare(self, executable: bytes, image: str = "", *, use_kept: bool = True, guest: str = "") -> None:
        """Give the tier the code that was compiled before for `executable`: that of `image`, and what is in the cache.

        Without `use_kept`, what is in the cache stays there. `guest` is the executable's digest, if it is known.

        Raises:
            ImageRefusedError: the image was not made for this executable and machine, or is damaged.
            ValueError: there is an image, and the tier runs no such code.
        """
        if self.degraded:
            return
        if not self.compiles:
            raise ValueError(
                f"--aot {image}: the tier {self.name!r} runs no compiled code; use --tier {' or '.join(COMPILING)}"
            )
        from engines.vm.aot.image import Origin
        from engines.vm.aot.store import RegionStore, read_image

        tier: Any = self.tier
        origin = Origin.here(executable, guest=guest)
        if image:
            tier.offer(read_image(image, executable, origin))
        for name, part in self._parts(has_image=bool(image)).items():
            store = self._stores[name] = RegionStore(executable, name, origin=origin)
            if use_kept and part is tier:
                tier.offer(store.regions)
            elif use_kept:
                part.offer_later(store)

    def loaded(self, end: int) -> None:
        """The executable is in the guest's memory, below the address `end`."""
        if "auto" in self._stores:
            tier: Any = self.tier
            tier.program_end = end

    def _parts(self, *, has_image: bool) -> dict[str, Any]:
        """What compiles regions, by the name that they are kept under."""
        tier: Any = self.tier
        if self.name != "auto":
            return {self.name: tier}
        return {"baseline": tier.quick} if has_image else {"auto": tier, "baseline": tier.quick}

    def keep(self) -> None:
        """Keep what was compiled, for the next run of the same executable."""
        if self._stores:
            tier: Any = self.tier
            tier.finish()
            parts = self._parts(has_image="auto" not in self._stores)
            for name, store in self._stores.items():
                store.keep(parts[name].compiled)

    def translate_hot(self, program: str) -> None:
        """Have what was hot in the executable at the path `program` translated, by a process of its own.

        Not where nothing can be kept, and so would be asked for by every run.
        """
        store = self._stores.get("auto")
        if store is None or store.problem:
            return
        tier: Any = self.tier
        places = tier.hot_places()
        if places:
            from engines.vm.aot.afterwards import begin

            self._translated = begin(program, places)

    def compiled_counters(self) -> dict[str, int]:
        """What was compiled, by name; empty for tiers that compile nothing."""
        if self.degraded:
            return {f"instead of the {self.degraded}": 1}
        if not self._stores:
            return {}
        tier: Any = self.tier
        counters = tier.counters
        found = {f"regions {name}": getattr(counters, name) for name in ("installed", "stored", "stale", "invalidated")}
        found |= tier.measurements()
        found |= {"hot places being translated": self._translated} if self._translated else {}
        found |= {f"refused: {reason}": times for reason, times in counters.refused.most_common()}
        return found | {store.problem: 1 for store in self._stores.values() if store.problem}


def _reference(counters: Counters, has_vectors: bool) -> Tier:
    from engines.vm.tiers.reference import ReferenceTier

    return ReferenceTier()


def _interpreter(counters: Counters, has_vectors: bool) -> Tier:
    from engines.vm.tiers.interpreter.tier import InterpreterTier

    tier = InterpreterTier(has_vectors=has_vectors)
    counters.escapes = tier.escapes
    return tier


def _baseline(counters: Counters, has_vectors: bool) -> Tier:
    from engines.vm.tiers.baseline.tier import BaselineTier

    tier = BaselineTier(has_vectors=has_vectors)
    counters.escapes = tier.escapes
    return tier


def _llvm(counters: Counters, has_vectors: bool) -> Tier:
    from engines.vm.tiers.llvm.tier import LlvmTier

    tier = LlvmTier(has_vectors=has_vectors)
    counters.escapes = tier.escapes
    return tier


def _auto(counters: Counters, has_vectors: bool) -> Tier:
    from engines.vm.tiers.auto import AutoTier

    tier = AutoTier(has_vectors=has_vectors)
    counters.escapes = tier.escapes
    return tier


def _ahead(counters: Counters, has_vectors: bool) -> Tier:
    from engines.vm.tiers.ahead import AheadTier

    tier = AheadTier()
    counters.escapes = tier.escapes
    return tier


_TIERS: Final[dict[str, Callable[[Counters, bool], Tier]]] = {
    "auto": _auto,
    "baseline": _baseline,
    "interpreter": _interpreter,
    "llvm": _llvm,
    "reference": _reference,
}


def tier_names() -> tuple[str, ...]:
    """The names that `TierExecutor` takes, besides `default`."""
    return tuple(sorted(_TIERS))
