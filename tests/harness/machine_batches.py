"""Machine batches and observations for tests of the harness, with no engine and no generator behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.contract import BatchObservation, End, MachineBatch, Trap, state_dtype
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BYTES

EBREAK = (0x0010_0073).to_bytes(4, "little")


def batch_of(count: int, seed: int = 1, code: bytes = EBREAK, limit_insns: int = 100) -> MachineBatch:
    """`count` cases with random registers and one shared random window."""
    random = np.random.default_rng(seed)
    initial = np.zeros(count, state_dtype("riscv64"))
    addresses = CODE_BASE + CODE_SLOT_BYTES * np.arange(count, dtype=np.uint64)
    initial["pc"] = addresses
    initial["x"][:, 1:] = random.integers(0, 1 << 64, (count, 31), np.uint64)
    initial["f"] = random.integers(0, 1 << 64, (count, 32), np.uint64)
    return MachineBatch(
        isa="riscv64",
        initial=initial,
        code=np.tile(np.frombuffer(code, np.uint8), (count, 1)),
        code_bytes=np.full(count, len(code), np.uint32),
        code_address=addresses,
        memory=random.integers(0, 256, (1, DATA_BYTES), np.uint8),
        limit_insns=limit_insns,
        label=f"seed {seed}",
    )


def observation_of(batch: MachineBatch, seed: int = 2) -> BatchObservation:
    """A plausible observation of `batch`: every row trapped by ebreak with some state."""
    random = np.random.default_rng(seed)
    seen = BatchObservation.empty(batch.isa, len(batch))
    seen.end[:], seen.trap[:] = End.TRAP, Trap.LOAD_FAULT
    seen.tval[:] = random.integers(0, 1 << 64, len(batch), np.uint64)
    seen.state[:] = batch.initial
    seen.memory[:] = batch.memory
    seen.retired[:] = random.integers(0, 1000, len(batch))
    return seen


def copy_of(seen: BatchObservation, observed: frozenset[str] | None = None) -> BatchObservation:
    """An independent copy, optionally with other observed fields."""
    arrays = {name: getattr(seen, name).copy() for name in ("end", "trap", "tval", "state", "memory", "retired")}
    return replace(seen, **arrays, observed=seen.observed if observed is None else observed)
