"""`generate`: reproducible to the byte, case by case, and refusing what it cannot do."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.choices import GENERATOR_VERSION
from fuzz.strategies.riscv64.profiles import PROFILES
from harness.contract import state_dtype
from harness.contract.case import MachineBatch
from harness.contract.layout import CODE_BASE, CODE_BYTES, CODE_SLOT_BYTES, MAX_BATCH_CASES

GOLDEN_FILE = Path(__file__).with_name("generator_golden.json")


def digest(batch: MachineBatch) -> str:
    """A hash of everything that a batch says, independent of how its arrays are padded."""
    sha = hashlib.sha256()
    for i in range(len(batch)):
        case = batch.case(i)
        sha.update(case.code + case.code_address.to_bytes(8, "little"))
        sha.update(
            b"".join(np.ascontiguousarray(case.state[n]).astype("<u8").tobytes() for n in case.state.dtype.names or ())
        )
    sha.update(batch.memory.tobytes())
    return sha.hexdigest()


def test_fixed_seeds_give_the_committed_programs() -> None:
    """After an intended change: raise GENERATOR_VERSION and run with COUNTERPROOF_BLESS=1."""
    actual = {
        "version": GENERATOR_VERSION,
        "digests": {
            f"{name} seed {seed} from {first}": digest(generate(seed, first, 40, name))
            for name in PROFILES
            for seed, first in ((0, 0), (12345678901234567890123, 4090))
        },
    }
    if os.environ.get("COUNTERPROOF_BLESS") == "1":
        GOLDEN_FILE.write_text(json.dumps(actual, indent=1) + "\n")
    assert actual == json.loads(GOLDEN_FILE.read_text())


@pytest.mark.parametrize("profile", PROFILES)
def test_a_case_alone_equals_its_row(profile: str) -> None:
    batch = generate(3, 4000, 300, profile)
    # The home address wraps at row 96, and rows are drawn in blocks of 256.
    for row in (0, 1, 95, 96, 255, 256, 299):
        alone = generate(3, 4000 + row, 1, profile).case(0)
        case = batch.case(row)
        assert alone.code == case.code
        assert alone.code_address == case.code_address
        assert alone.memory == case.memory
        assert all(np.array_equal(alone.state[n], case.state[n]) for n in state_dtype("riscv64").names or ())


def test_seeds_and_profiles_differ() -> None:
    digests = {digest(generate(seed, 0, 4, name)) for seed in range(4) for name in PROFILES}
    assert len(digests) == 4 * len(PROFILES)


def test_a_full_batch_lies_in_the_arena_without_overlap() -> None:
    batch = generate(9, 17, MAX_BATCH_CASES, "short")
    start = batch.code_address.astype(np.int64)
    end = start + batch.code_bytes
    assert start.min() >= CODE_BASE
    assert end.max() <= CODE_BASE + CODE_BYTES
    assert len(np.unique(start // CODE_SLOT_BYTES)) == MAX_BATCH_CASES
    assert np.array_equal(start // CODE_SLOT_BYTES, (end - 1) // CODE_SLOT_BYTES)
    assert np.array_equal(batch.initial["pc"], batch.code_address)
    assert len(np.unique(start % CODE_SLOT_BYTES)) > 1000
    assert not (start & 1).any()


def test_what_cannot_be_generated_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown profile 'fast'\..*Known: default, short"):
        generate(0, 0, 1, "fast")
    with pytest.raises(ValueError, match="4097 programs; a batch holds 1 … 4096"):
        generate(0, 0, MAX_BATCH_CASES + 1, "short")
    with pytest.raises(ValueError, match="must not be negative"):
        generate(0, -1, 1)
