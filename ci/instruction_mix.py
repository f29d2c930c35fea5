"""What instructions a program consists of as it runs: shares of kinds, by the effects that the ISA's tables have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.derive.effects import Control
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import decode
from engines.vm.tiers.executor import TierExecutor
from engines.vm.tiers.stop import Stop, StopReason
from engines.vm.user.launch import Launch, start

BEGINNING: Final = 2_000_000
"""Instructions that are not looked at: those of the C library, and of what a loop prepares."""
LOOKED_AT: Final = 20_000
KINDS: Final = ("load", "store", "branch", "jump", "indirect", "multiply", "float", "atomic", "trap", "other")
"""`trap`: system calls and breakpoints."""
_BY_EXTENSION: Final = {"M": "multiply", "F": "float", "D": "float"}


@cache
def kind(name: str) -> str:
    """One of `KINDS`, for an instruction's name; a compressed one is what it stands for."""
    instruction = INSTRUCTIONS[name]
    instruction = INSTRUCTIONS[instruction.expands_to] if instruction.expands_to else instruction
    effects = instruction.effects
    if effects.atomic:
        return "atomic"
    if effects.load_bytes or effects.store_bytes:
        return "load" if effects.load_bytes else "store"
    if effects.control is not Control.NONE:
        return effects.control.value
    return _BY_EXTENSION.get(instruction.extension, "other")


def mix(program: Path, arguments: Sequence[str], beginning: int = BEGINNING) -> dict[str, float]:
    """Share of each kind among `LOOKED_AT` instructions after the first `beginning`; kinds without any are left out."""
    counts: Counter[str] = Counter()
    fast, exact = TierExecutor("interpreter"), TierExecutor("reference")

    def run(hart: Hart, limit: int) -> Stop:
        left = beginning - int(hart.cpu["retired"])
        if left > 0:
            return fast.run(hart, min(limit, left))
        stop = Stop(StopReason.LIMIT)
        for _ in range(limit):
            pc = int(hart.cpu["pc"])
            found = decode(hart.memory.fetch16(pc) | hart.memory.fetch16(pc + 2) << 16)
            stop = exact.run(hart, 1)
            if found is not None:
                counts[kind(found.instruction.name)] += 1
            if stop.reason is StopReason.TRAP:
                break
        return stop

    launch = Launch(program=str(program), arguments=tuple(arguments), limit_insns=beginning + LOOKED_AT)
    process, _ = start(launch, fast)
    process.run_tier = run
    try:
        process.run()
    finally:
        process.close()
    total = sum(counts.values())
    return {name: counts[name] / total for name in KINDS if counts[name]}


def shown(shares: Mapping[str, float]) -> str:
    """`load 25 %, branch 12 %, …`, the greatest first."""
    return ", ".join(f"{name} {share:.0%}" for name, share in sorted(shares.items(), key=lambda one: -one[1]))


__all__ = ["KINDS", "kind", "mix", "shown"]
