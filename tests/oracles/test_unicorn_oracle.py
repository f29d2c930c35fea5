"""The Unicorn adapter: batches, counting, endless cases, limits, repair; beside what the conformance suite asks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.contract import (
    BatchObservation,
    End,
    MachineBatch,
    MachineCase,
    MachineObservation,
    ProgramCase,
    Trap,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES
from oracles.errata import differences
from oracles.unicorn_engine import Counting, UnicornEngine, watched_addresses
from oracles.unicorn_oracle import UnicornRiscv64

EBREAK = 0x00100073
BOX = 0xFFFF_FFFF_0000_0000
ADDI_A0 = 0x00150513
LOOP = 0xFFDFF06F  # jal zero, -4


@pytest.fixture(scope="module")
def counting() -> Iterator[UnicornRiscv64]:
    oracle = UnicornRiscv64()
    yield oracle
    oracle.close()


@pytest.fixture(scope="module")
def plain() -> Iterator[UnicornRiscv64]:
    oracle = UnicornRiscv64(count_retired=False)
    yield oracle
    oracle.close()


def case(*words: int, slot: int = 0, limit: int = 1000, x: dict[int, int] | None = None, **f: int) -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    address = CODE_BASE + slot * CODE_SLOT_BYTES
    state["pc"] = address
    for number, bits in (x or {}).items():
        state["x"][number] = bits
    for name, bits in f.items():
        state["f"][int(name[1:])] = bits
    code = b"".join(word.to_bytes(4 if word & 3 == 3 else 2, "little") for word in words)
    return MachineCase("riscv64", state, code, address, bytes(DATA_BYTES), limit)


def run(oracle: UnicornRiscv64, one: MachineCase) -> MachineObservation:
    seen = oracle.run(one)
    assert isinstance(seen, MachineObservation)
    return seen


# Words that keep a program inside its slot and its window: x2 is the window's middle, branches go forward.
ALU = st.builds(
    lambda f, rd, a, b: f | rd << 7 | a << 15 | b << 20,
    st.sampled_from([0x33, 0x40000033, 0x02004033, 0x3B, 0x02000033, 0x4033, 0x0000502F & 0x33 | 0x5000]),
    st.integers(3, 31), st.integers(0, 31), st.integers(0, 31),
)  # fmt: skip
FLOAT = st.builds(
    lambda f, rd, a, b: f | rd << 7 | a << 15 | b << 20 | 7 << 12,
    st.sampled_from([0x53, 0x08000053, 0x10000053, 0x02000053, 0x12000053]),
    st.integers(0, 31), st.integers(0, 31), st.integers(0, 31),
)  # fmt: skip
SIGN = st.builds(
    lambda f, rd, a, b: 0x20000053 | f << 12 | rd << 7 | a << 15 | b << 20,
    st.integers(0, 2), st.integers(0, 31), st.integers(0, 31), st.integers(0, 31),
)  # fmt: skip
MOVE = st.builds(lambda rd, a: 0xF0000053 | rd << 7 | a << 15, st.integers(0, 31), st.integers(0, 31))
LOAD = st.builds(lambda rd, o: 0x00013003 | rd << 7 | o * 8 << 20, st.integers(3, 31), st.integers(0, 200))
BRANCH = st.builds(lambda f, a: 0x00000463 | f << 12 | a << 15, st.sampled_from([0, 1, 4, 5]), st.integers(0, 31))
RESERVED = st.sampled_from([0xFFFFFFFF, 0x00000000, 0x8000])
PROGRAM = st.lists(st.one_of(ALU, FLOAT, SIGN, MOVE, LOAD, BRANCH, RESERVED), min_size=1, max_size=24)


@given(
    programs=st.lists(PROGRAM, min_size=1, max_size=6),
    values=st.lists(st.integers(0, 2**64 - 1), min_size=60, max_size=60),
)
@settings(deadline=None, max_examples=40)
def test_counting_or_not_batched_or_not_the_answers_are_one(
    counting: UnicornRiscv64, plain: UnicornRiscv64, programs: list[list[int]], values: list[int]
) -> None:
    cases = []
    for slot, program in enumerate(programs):
        one = case(*program, EBREAK, EBREAK, slot=slot, x={2: DATA_BASE + 0x1000})
        one.state["x"][3:] = values[:29]
        one.state["f"][:] = values[28:]
        cases.append(one)
    batch = MachineBatch.of(cases)
    counted, uncounted = counting.run_batch(batch), plain.run_batch(batch)
    for row, one in enumerate(cases):
        single = run(counting, one)
        assert differences(single, counted.row(row)) == frozenset()
        assert differences(single, uncounted.row(row)) == frozenset()


def test_retired_counts_blocks_and_parts_of_blocks(counting: UnicornRiscv64) -> None:
    program = case(
        ADDI_A0, 0x0505, 0x00000463, 0x0505, 0x0505, 0x0001, ADDI_A0, 0x00053583, EBREAK, x={10: 7}
    )  # addi; c.addi; beq +8 over two c.addi and…; c.nop; addi; ld of address 9
    for seen in (run(counting, program), counting.run_batch(MachineBatch.of([program])).row(0)):
        assert (seen.trap, seen.tval, seen.retired) == (Trap.LOAD_FAULT, 10, 5)


def test_an_uncounted_batch_answers_endless_cases_exactly(plain: UnicornRiscv64) -> None:
    cases = [case(ADDI_A0, LOOP, slot=s, limit=501, x={10: s}) for s in (0, 2)] + [
        case(ADDI_A0, EBREAK, slot=1, limit=501)
    ]
    seen = plain.run_batch(MachineBatch.of(cases))
    assert [End(e) for e in seen.end] == [End.LIMIT, End.LIMIT, End.TRAP]
    assert seen.state["x"][:, 10].tolist() == [251, 253, 1]
    assert seen.retired.tolist() == [0, 0, 0]
    assert "retired" not in seen.observed


def test_a_case_beyond_the_time_limit_is_a_timeout() -> None:
    oracle = UnicornRiscv64(timeout_s=0.05)
    seen = run(oracle, case(ADDI_A0, LOOP, limit=1 << 62))
    assert seen.end is End.TIMEOUT
    assert run(oracle, case(ADDI_A0, EBREAK)).trap is Trap.BREAKPOINT
    oracle.close()


def test_an_unknown_kind_or_isa_is_refused(plain: UnicornRiscv64) -> None:
    seen = plain.run(ProgramCase("riscv64", b""))
    assert seen.end is End.REFUSED  # type: ignore[union-attr]
    assert "machine cases, not program cases" in seen.detail


def test_a_batch_of_another_isa_is_refused(plain: UnicornRiscv64) -> None:
    batch = MachineBatch.of([case(EBREAK)])
    object.__setattr__(batch, "isa", "riscv64")
    seen = plain.run_batch(batch)
    assert isinstance(seen, BatchObservation)
    assert seen.end[0] == End.TRAP


def test_code_is_gone_after_its_batch(plain: UnicornRiscv64) -> None:
    plain.run_batch(MachineBatch.of([case(ADDI_A0, ADDI_A0, EBREAK, slot=5)]))
    jump = case(0x00058067, slot=6, x={11: CODE_BASE + 5 * CODE_SLOT_BYTES})  # jalr zero, 0(a1)
    seen = plain.run_batch(MachineBatch.of([jump])).row(0)
    assert (seen.trap, int(seen.state["pc"])) == (Trap.ILLEGAL_INSTRUCTION, CODE_BASE + 5 * CODE_SLOT_BYTES)


def test_close_twice_and_run_again() -> None:
    oracle = UnicornRiscv64()
    for _ in range(2):
        assert run(oracle, case(EBREAK)).trap is Trap.BREAKPOINT
        oracle.close()
        oracle.close()


# fsgnj.s fa0, fa1, fa2 and what surrounds it: the operands keep their own bits, the result is boxed.
FSGNJ_S = 0x20C58553


@pytest.mark.parametrize("function", [0, 1, 2])
@pytest.mark.parametrize("rd", [10, 11, 12])
@pytest.mark.parametrize(("first", "second"), [(0x3F800000, BOX | 0xC0000000), (BOX | 0x3F800000, 0xC0000000), (1, 2)])
def test_sign_injection_restores_its_operands(
    counting: UnicornRiscv64, function: int, rd: int, first: int, second: int
) -> None:
    word = FSGNJ_S & ~0xF80 | rd << 7 | function << 12
    seen = run(counting, case(word, EBREAK, f11=first, f12=second))

    def unboxed(value: int) -> int:
        return value & 0xFFFFFFFF if value >> 32 == 0xFFFFFFFF else 0x7FC00000

    a, b = unboxed(first), unboxed(second)
    sign = [b, ~b, a ^ b][function] & 0x80000000
    expected = {11: first, 12: second} | {rd: BOX | sign | a & 0x7FFFFFFF}
    assert {n: int(seen.state["f"][n]) for n in expected} == expected


def test_a_chain_of_watched_instructions(counting: UnicornRiscv64, plain: UnicornRiscv64) -> None:
    # fmv.w.x fa0, a0; fsgnjn.s fa1, fa0, fa0; fsgnjx.s fa1, fa1, fa0; c.nop; fmv.w.x fa2, a0; illegal
    chain = case(0xF0050553, 0x20A515D3, 0x20A5A5D3, 0x0001, 0xF0050653, 0x00000000, x={10: 0xABCDEF01_3F800000})
    for oracle in (counting, plain):
        seen = oracle.run_batch(MachineBatch.of([chain])).row(0)
        assert [hex(int(v)) for v in seen.state["f"][10:13]] == [
            hex(BOX | v) for v in (0x3F800000, 0xBF800000, 0x3F800000)
        ]
        assert seen.trap is Trap.ILLEGAL_INSTRUCTION


def test_the_limit_before_a_watched_instruction_leaves_its_result_alone(counting: UnicornRiscv64) -> None:
    seen = run(counting, case(ADDI_A0, 0xF0050553, EBREAK, limit=1, f10=0x1234))  # addi; fmv.w.x fa0, a0
    assert (seen.end, int(seen.state["f"][10])) == (End.LIMIT, 0x1234)


@pytest.mark.parametrize("function", [3, 4, 5, 6, 7])
def test_the_reserved_siblings_of_sign_injection_change_nothing(counting: UnicornRiscv64, function: int) -> None:
    word = FSGNJ_S | function << 12
    seen = run(counting, case(word, EBREAK, f10=0x1234, f11=1, f12=2))
    assert (seen.trap, seen.tval) == (Trap.ILLEGAL_INSTRUCTION, word)
    assert seen.state["f"][10:13].tolist() == [0x1234, 1, 2]


@pytest.mark.parametrize("csr", [0xC03, 0xC1F])
def test_hpmcounters_are_repaired_to_be_illegal(counting: UnicornRiscv64, csr: int) -> None:
    seen = run(counting, case(ADDI_A0, csr << 20 | 0x2573, EBREAK))
    assert (seen.trap, seen.tval, int(seen.state["x"][10])) == (Trap.ILLEGAL_INSTRUCTION, csr << 20 | 0x2573, 1)


SC_W, SC_D, LR_W = 0x18B6252F, 0x18B6352F, 0x1006252F  # sc a0, a1, (a2); lr.w a0, (a2)


@pytest.mark.parametrize("offset", range(9))
@pytest.mark.parametrize("word", [SC_W, SC_D, SC_W | 1 << 26, SC_D | 3 << 25])
def test_a_misaligned_sc_traps_where_it_stands(
    counting: UnicornRiscv64, plain: UnicornRiscv64, offset: int, word: int
) -> None:
    one = case(ADDI_A0, 0x00058593, word, ADDI_A0, EBREAK, x={12: DATA_BASE + 8 + offset})
    aligned = offset % (8 if word & 0x1000 else 4) == 0
    end = (Trap.BREAKPOINT, 0, 16) if aligned else (Trap.STORE_MISALIGNED, DATA_BASE + 8 + offset, 8)
    for seen in (run(counting, one), *(o.run_batch(MachineBatch.of([one])).row(0) for o in (counting, plain))):
        assert (seen.trap, seen.tval, int(seen.state["pc"]) - one.code_address) == end
        assert int(seen.state["x"][10]) == (2 if aligned else 1)
        if "retired" in seen.observed:
            assert seen.retired == (4 if aligned else 2)


def test_an_sc_after_its_lr_still_succeeds(counting: UnicornRiscv64) -> None:
    seen = run(counting, case(LR_W, SC_W, EBREAK, x={10: 5, 11: 9, 12: DATA_BASE}))
    assert (int(seen.state["x"][10]), seen.memory[0]) == (0, 9)


def test_watched_addresses_are_the_instructions_and_their_successors() -> None:
    code = np.zeros((4, 15), np.uint8)
    code[3, 4:8] = np.frombuffer(SC_D.to_bytes(4, "little"), np.uint8)
    code[1, 2:6] = np.frombuffer((0xF0050553).to_bytes(4, "little"), np.uint8)
    code[2, :8] = np.frombuffer((FSGNJ_S.to_bytes(4, "little")) * 2, np.uint8)
    address = np.array([0x1000, 0x2000, 0x3000, 0x4000], np.uint64)
    first, last, places = watched_addresses(code, np.full(4, 15, np.uint32), address)
    got = [[int(p) for p in places[int(a) : int(b)]] for a, b in zip(first, last, strict=True)]
    assert got == [[], [0x2002, 0x2006], [0x3000, 0x3004, 0x3008], [0x4004]]


def test_an_unrepaired_engine_beside_a_repaired_one() -> None:
    fadd = case(0x00C58553, EBREAK, f11=BOX | 0x3F800000, f12=BOX | 0x3F800000)
    repaired, raw = UnicornRiscv64(), UnicornRiscv64(repair=False)
    results = [hex(int(run(oracle, fadd).state["f"][10])) for oracle in (repaired, raw, repaired, raw)]
    assert results == [hex(BOX | 0x40000000), hex(0x40000000)] * 2
    repaired.close()
    raw.close()


def test_the_driver_needs_no_until_address() -> None:
    engine = UnicornEngine(Counting.BLOCKS, 1.0, repair=False)
    to_zero = MachineBatch.of([case(0x00000067)])
    with engine.placed(to_zero.code, to_zero.code_bytes, to_zero.code_address):
        raw = engine.run(to_zero.initial, to_zero.memory, 10, np.arange(1))
    assert int(raw.state["pc"][0]) == 0
    engine.close()
