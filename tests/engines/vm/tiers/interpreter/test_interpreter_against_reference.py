"""The native interpreter equals the reference tier, in everything that can be observed."""

from __future__ import annotations

import platform
import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from riscv64_cases import EBREAK, MEMORY, case, differences, program, state, word

from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import decode
from harness.contract import End, MachineBatch, MachineCase, MachineObservation, Trap
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES, MAX_BATCH_CASES
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_reference import ReferenceExecutor

HOST = {"AMD64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


@pytest.fixture(scope="module")
def native() -> Iterator[InterpreterExecutor]:
    executor = InterpreterExecutor()
    yield executor
    executor.close()


@pytest.fixture(scope="module")
def reference() -> Iterator[ReferenceExecutor]:
    executor = ReferenceExecutor()
    yield executor
    executor.close()


def agree(native: InterpreterExecutor, reference: ReferenceExecutor, cases: list[MachineCase]) -> set[Trap]:
    """Assert that both tiers see the same; return the traps that ended the cases."""
    batch = MachineBatch.of(cases)
    ours, theirs = native.run_batch(batch), reference.run_batch(batch)
    found = differences(batch, ours, theirs)
    assert not found, "\n".join(found)
    return {Trap(t) for t in np.unique(theirs.trap)}


@pytest.mark.evidence(f"VM-08 {HOST} interpreted")
@pytest.mark.parametrize("limit", [1, 2, 5, 60])
def test_random_programs(native: InterpreterExecutor, reference: ReferenceExecutor, limit: int) -> None:
    rng = random.Random(limit)
    cases = [case(program(rng, rng.choice((1, 3, 10, 40))), slot=i, rng=rng, limit=limit) for i in range(800)]
    traps = agree(native, reference, cases)
    assert traps >= {Trap.NONE, Trap.ILLEGAL_INSTRUCTION, Trap.LOAD_FAULT, Trap.STORE_FAULT, Trap.STORE_MISALIGNED}


@pytest.mark.parametrize("name", list(INSTRUCTIONS.by_name))
def test_every_instruction(native: InterpreterExecutor, reference: ReferenceExecutor, name: str) -> None:
    instruction, rng = INSTRUCTIONS[name], random.Random(name)
    words = [word(rng, instruction).to_bytes(instruction.length, "little") for _ in range(60)]
    agree(native, reference, [case(w, slot=i, rng=rng, limit=2) for i, w in enumerate(words)])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**64 - 1), st.integers(1, 25), st.integers(1, 30))
def test_programs_that_shrink(seed: int, count: int, limit: int) -> None:
    rng = random.Random(seed)
    one = case(program(rng, count), rng=rng, limit=limit)
    agree(_shared_native(), _shared_reference(), [one])


_executors: dict[str, object] = {}


def _shared_native() -> InterpreterExecutor:
    found = _executors.setdefault("native", InterpreterExecutor())
    assert isinstance(found, InterpreterExecutor)
    return found


def _shared_reference() -> ReferenceExecutor:
    found = _executors.setdefault("reference", ReferenceExecutor())
    assert isinstance(found, ReferenceExecutor)
    return found


def test_every_16_bit_word_that_is_illegal_traps_and_no_other(native: InterpreterExecutor) -> None:
    words = [w for w in range(1 << 16) if w & 3 != 3]
    for start in range(0, len(words), MAX_BATCH_CASES):
        chunk = words[start : start + MAX_BATCH_CASES]
        cases = [case(w.to_bytes(2, "little"), slot=i, limit=1) for i, w in enumerate(chunk)]
        trapped = native.run_batch(MachineBatch.of(cases)).trap == Trap.ILLEGAL_INSTRUCTION
        assert trapped.tolist() == [decode(w) is None for w in chunk]


def test_random_16_bit_words(native: InterpreterExecutor, reference: ReferenceExecutor) -> None:
    rng = random.Random(16)
    words = rng.sample([w for w in range(1 << 16) if w & 3 != 3], 3000)
    agree(native, reference, [case(w.to_bytes(2, "little"), slot=i, rng=rng, limit=2) for i, w in enumerate(words)])


def test_random_32_bit_words_decode_alike(native: InterpreterExecutor, reference: ReferenceExecutor) -> None:
    rng = random.Random(32)
    cases = []
    for slot in range(2500):
        raw = rng.getrandbits(32) | 3
        if slot % 2:  # one bit away from an instruction
            instruction = rng.choice([i for i in INSTRUCTIONS if i.length == 4])
            raw = word(rng, instruction) ^ 1 << rng.randrange(2, 32)
        cases.append(case(raw.to_bytes(4, "little"), slot=slot, rng=rng, limit=1))
    agree(native, reference, cases)


def test_the_limit_is_exact_at_every_count(native: InterpreterExecutor, reference: ReferenceExecutor) -> None:
    rng = random.Random(99)
    for _ in range(12):
        code, seed = program(rng, 20), rng.random()
        cases = [case(code, rng=random.Random(seed), limit=limit) for limit in range(1, 24)]
        for one in cases:
            agree(native, reference, [one])


def test_a_limit_comes_before_a_trap(native: InterpreterExecutor) -> None:
    nop = (0x13).to_bytes(4, "little")
    assert native.run_batch(MachineBatch.of([case(nop, limit=1)])).row(0).end is End.LIMIT
    stopped = native.run_batch(MachineBatch.of([case(nop, limit=2)])).row(0)
    assert (stopped.end, stopped.trap, stopped.retired) == (End.TRAP, Trap.BREAKPOINT, 1)


@pytest.mark.parametrize("target", [0, 2, CODE_BASE - 2, DATA_BASE, 2**36 - 2, 2**36, 2**63, 2**64 - 2, 2**64 - 1])
@pytest.mark.parametrize("limit", [1, 2])
def test_wild_jumps(native: InterpreterExecutor, reference: ReferenceExecutor, target: int, limit: int) -> None:
    jalr = INSTRUCTIONS["jalr"]
    for rd in (0, 1, 5):
        one = case(jalr.encode(rd=rd, rs1=5, imm=0).to_bytes(4, "little"), limit=limit)
        one.state["x"][5] = target
        traps = agree(native, reference, [one])
        assert traps == ({Trap.NONE} if limit == 1 else {Trap.FETCH_FAULT})


def test_running_off_either_end_of_the_code(native: InterpreterExecutor, reference: ReferenceExecutor) -> None:
    rng = random.Random(5)
    last = CODE_BASE + (MAX_BATCH_CASES - 1) * CODE_SLOT_BYTES + CODE_SLOT_BYTES
    tail = (0x13).to_bytes(4, "little")
    half = (0x13).to_bytes(4, "little")[:2]  # the first parcel of a 32-bit instruction, and then nothing
    for code in (tail, half):
        record = state(rng, last - len(code))
        one = MachineCase("riscv64", record, code, last - len(code), MEMORY, 10)
        assert agree(native, reference, [one]) == {Trap.FETCH_FAULT}
    back = INSTRUCTIONS["jal"].encode(rd=0, imm=-4096).to_bytes(4, "little")
    assert agree(native, reference, [case(back, limit=10)]) == {Trap.FETCH_FAULT}


def test_a_crossing_store_into_a_forbidden_page_writes_nothing(native: InterpreterExecutor) -> None:
    for size, name in ((8, "sd"), (4, "sw"), (2, "sh")):
        store = INSTRUCTIONS[name].encode(rs1=5, rs2=6, imm=0).to_bytes(4, "little")
        one = case(store, limit=5)
        one.state["x"][5], one.state["x"][6] = DATA_BASE + DATA_BYTES - size + 1, 2**64 - 1
        seen = native.run_batch(MachineBatch.of([one])).row(0)
        assert (seen.trap, seen.tval) == (Trap.STORE_FAULT, DATA_BASE + DATA_BYTES)
        assert seen.memory == MEMORY


def test_cases_of_a_batch_do_not_see_each_other(native: InterpreterExecutor) -> None:
    """Each would read or execute its neighbour's code; alone, there is nothing but zeros."""
    load = INSTRUCTIONS["ld"].encode(rd=7, rs1=5, imm=0).to_bytes(4, "little")
    jump = INSTRUCTIONS["jalr"].encode(rd=0, rs1=5, imm=0).to_bytes(4, "little")
    cases = [case(load + jump + EBREAK, slot=slot) for slot in range(4)]
    for slot, one in enumerate(cases):
        one.state["x"][5] = CODE_BASE + (slot ^ 1) * CODE_SLOT_BYTES
    batch = MachineBatch.of(cases)
    for _ in range(2):
        seen = native.run_batch(batch)
        assert (seen.state["x"][:, 7] == 0).all()
        assert (seen.trap == Trap.ILLEGAL_INSTRUCTION).all()
        assert (seen.retired == 2).all()


def test_the_same_batch_twice_and_other_code_in_the_same_slots(
    native: InterpreterExecutor, reference: ReferenceExecutor
) -> None:
    for seed in (1, 2, 1):
        rng = random.Random(seed)
        agree(native, reference, [case(program(rng, 12), slot=i, rng=rng) for i in range(60)])


def test_bad_batches_are_refused(native: InterpreterExecutor) -> None:
    good = MachineBatch.of([case(EBREAK)])
    for address in (CODE_BASE - 2, CODE_BASE + 1, 2**63, DATA_BASE):
        wrong = MachineBatch.of([case(EBREAK)])
        wrong.code_address[0] = address
        with pytest.raises(ValueError, match=r"code arena"):
            native.run_batch(wrong)
    too_long = MachineBatch.of([case(EBREAK)])
    too_long.code_bytes[0] = 100
    with pytest.raises(ValueError, match=r"100 bytes of code"):
        native.run_batch(too_long)
    assert native.run_batch(good).row(0).trap is Trap.BREAKPOINT


def test_other_case_kinds_are_refused(native: InterpreterExecutor) -> None:
    from harness.contract import WasmCase

    refused = native.run(WasmCase(b""))
    assert isinstance(refused, MachineObservation)
    assert refused.end is End.REFUSED
