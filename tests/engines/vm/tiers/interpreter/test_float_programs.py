"""Programs of floating point and fcsr accesses: flags and modes are right at every point where a guest can see them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from riscv64_cases import case, differences, word

from engines.vm.isa.riscv64 import INSTRUCTIONS
from harness.contract import MachineBatch, MachineCase
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_reference import ReferenceExecutor

CASES = 1000
RM_SHIFT, DYNAMIC = 12, 7


@pytest.fixture(scope="module")
def tiers() -> Iterator[tuple[InterpreterExecutor, ReferenceExecutor]]:
    native, reference = InterpreterExecutor(), ReferenceExecutor()
    yield native, reference
    native.close()
    reference.close()


MEMORY_ACCESS = {"flw", "fsw", "fld", "fsd"}
FLOAT = [i for i in INSTRUCTIONS.instructions if i.extension in {"F", "D"} and i.name not in MEMORY_ACCESS]
CSR = [i for i in INSTRUCTIONS.instructions if i.extension == "Zicsr"]


def float_program(rng: random.Random, count: int) -> bytes:
    """Arithmetic mostly in the dynamic mode, as compilers write it, so that the host's unit is used; now and then an
    fcsr access, whose `csr` field is fflags, frm or fcsr."""
    code = b""
    for _ in range(count):
        if rng.random() < 0.15:
            bits = word(rng, rng.choice(CSR))
            bits = (bits & 0xFFFFF) | rng.choice((1, 2, 3)) << 20
            if rng.random() < 0.5:  # csrrwi with a small constant: most modes and flags become legal ones
                bits = (bits & ~0xFF000) | rng.choice((0, 1, 2, 3, 4)) << 15 | 5 << RM_SHIFT
        else:
            instruction = rng.choice(FLOAT)
            bits = word(rng, instruction)
            if any(f.name == "rm" for f in instruction.fields) and rng.random() < 0.8:
                bits |= DYNAMIC << RM_SHIFT
        code += bits.to_bytes(4, "little")
    return code


def test_programs_stopped_anywhere(tiers: tuple[Any, Any], boundary_floats: Any) -> None:
    native, reference = tiers
    doubles = boundary_floats(64, 32 * CASES, 300)[0].reshape(CASES, 32)
    singles = boundary_floats(32, 32 * CASES, 301)[0].reshape(CASES, 32) | np.uint64(0xFFFF_FFFF_0000_0000)
    for limit in (1, 3, 8, 25):
        rng = random.Random(limit)
        cases: list[MachineCase] = []
        for index in range(CASES):
            one = case(float_program(rng, 25), slot=index, rng=rng, limit=limit)
            single = np.array([rng.random() < 0.4 for _ in range(32)])
            one.state["f"] = np.where(single, singles[index], doubles[index])
            one.state["fcsr"] = rng.choice((0, 0, 0, 1, 2, 3, 4)) << 5
            cases.append(one)
        batch = MachineBatch.of(cases)
        ours, theirs = native.run_batch(batch), reference.run_batch(batch)
        found = differences(batch, ours, theirs)
        assert not found, "\n".join(found)
        assert len(np.unique(theirs.state["fcsr"])) > 20
        assert np.mean(theirs.retired >= min(limit, 8)) > 0.5
