"""The reference tier: precise stops, limits, shared state, counters; its speed is not asserted here."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import CPU, NO_RESERVATION, Hart, word_of
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.reference import ReferenceTier, prepare
from engines.vm.tiers.stop import Stop, StopReason

CODE, DATA = 0x10000, 0x20000
SUM = assemble("""
    li a0, 0
    li a1, 10
loop:
    add a0, a0, a1
    c.addi a1, -1
    bnez a1, loop
    sd a0, 0(a2)
    ebreak
""")
SUM_INSNS = 2 + 3 * 10 + 1


def hart_with(code: bytes) -> Hart:
    memory = AddressSpace(bits=20)
    memory.map(CODE, 0x1000, READ | WRITE | EXEC)
    memory.map(DATA, 0x1000, READ | WRITE)
    memory.write(CODE, code)
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][12] = DATA
    return hart


def test_a_program_runs_to_its_trap() -> None:
    hart = hart_with(SUM)
    stop = ReferenceTier().run(hart, 1000)
    assert stop == Stop(StopReason.TRAP, ExceptionCause.BREAKPOINT, 0)
    assert hart.memory.load(DATA, 8) == 55
    cpu = hart.cpu
    assert int(cpu["pc"]) == CODE + len(SUM) - 4
    assert int(cpu["retired"]) == SUM_INSNS
    assert (int(cpu["trap_cause"]), int(cpu["trap_value"]), int(cpu["instruction"])) == (3, 0, 0x00100073)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 15), max_size=8))
def test_stops_do_not_change_what_happens(limits: list[int]) -> None:
    """Running in pieces, a piece of 0 included, ends in the state of one run."""
    whole, pieces = hart_with(SUM), hart_with(SUM)
    tier = ReferenceTier()
    tier.run(whole, 1000)
    for limit in limits:
        before = int(pieces.cpu["retired"])
        stop = tier.run(pieces, limit)
        if stop.reason is StopReason.LIMIT:
            assert stop == Stop(StopReason.LIMIT, 0, 0)
            assert int(pieces.cpu["retired"]) == before + limit
        else:
            assert before + limit > SUM_INSNS
    tier.run(pieces, 1000)
    assert pieces.cpu.tobytes() == whole.cpu.tobytes()


def test_step_gives_none_until_the_trap() -> None:
    hart = hart_with(assemble("nop\necall\nnop"))
    tier = ReferenceTier()
    assert tier.step(hart) is None
    assert tier.step(hart) == Stop(StopReason.TRAP, ExceptionCause.ENVIRONMENT_CALL_FROM_U, 0)
    hart.cpu["pc"] += 4
    assert tier.step(hart) is None
    assert int(hart.cpu["retired"]) == 2


def test_a_limit_of_zero_and_a_negative_one() -> None:
    hart = hart_with(b"")
    assert ReferenceTier().run(hart, 0).reason is StopReason.LIMIT
    with pytest.raises(ValueError, match="limit_insns is -1"):
        ReferenceTier().run(hart, -1)


def test_all_of_the_state_goes_in_and_out() -> None:
    hart = hart_with(assemble("nop"))
    cpu = hart.cpu
    for name in CPU.fields or ():
        if name not in ("pc", "x"):
            cpu[name] = 5
    cpu["x"][1:32] = range(2**64 - 31, 2**64)
    cpu["f"] = range(2**63 - 16, 2**63 + 16)
    cpu["frm"] = 3
    before = hart.words.tolist()
    ReferenceTier().run(hart, 1)
    before[word_of("pc")] += 4
    before[word_of("retired")] += 1
    assert hart.words.tolist() == before


def test_reset_clears_all_but_memory() -> None:
    hart = hart_with(SUM)
    ReferenceTier().run(hart, 5)
    hart.reset()
    assert int(hart.cpu["reservation"]) == NO_RESERVATION
    assert int(hart.cpu["retired"]) == int(hart.cpu["pc"]) == 0
    assert hart.memory.load(CODE, 4) == int.from_bytes(SUM[:4], "little")
    assert hart.address == hart.cpu.__array_interface__["data"][0]


def test_stores_change_the_instructions_that_follow() -> None:
    """No decoded copy goes stale: self-modifying code is seen at once."""
    code = assemble("""
        lw a0, 0(a1)
        sw a0, 0(a3)
        addi a4, zero, 1
        ebreak
    """)
    hart = hart_with(code)
    hart.cpu["x"][11], hart.cpu["x"][13] = DATA, CODE + 8
    hart.memory.write(DATA, assemble("addi a4, zero, 2"))
    ReferenceTier().run(hart, 100)
    assert int(hart.cpu["x"][14]) == 2


@pytest.mark.parametrize(
    ("pc", "value"),
    [(0x5000, 0x5000), (CODE + 0xFFE, CODE + 0x1000), (1 << 40, 1 << 40), (2**64 - 2, 2**64 - 2)],
)
def test_fetch_faults_name_the_parcel(pc: int, value: int) -> None:
    hart = hart_with(b"\0" * 0xFFE + b"\x13\x00")
    hart.cpu["pc"] = pc
    stop = ReferenceTier().run(hart, 10)
    assert stop == Stop(StopReason.TRAP, ExceptionCause.INSTRUCTION_ACCESS_FAULT, value)
    assert (int(hart.cpu["pc"]), int(hart.cpu["instruction"]), int(hart.cpu["retired"])) == (pc, 0, 0)


def test_a_16_bit_instruction_at_the_end_of_a_page_needs_no_next_page() -> None:
    hart = hart_with(b"\0" * 0xFFE + b"\x01\x00")
    hart.cpu["pc"] = CODE + 0xFFE
    assert ReferenceTier().run(hart, 1).reason is StopReason.LIMIT


@pytest.mark.parametrize("bits", [0x0000, 0xFFFF_FFFF, 0x0000_100B])
def test_illegal_words_report_themselves(bits: int) -> None:
    size = 4 if bits & 3 == 3 else 2
    hart = hart_with(bits.to_bytes(size, "little"))
    stop = ReferenceTier().run(hart, 1)
    assert stop == Stop(StopReason.TRAP, ExceptionCause.ILLEGAL_INSTRUCTION, bits)
    assert int(hart.cpu["instruction"]) == bits
    assert prepare(bits) is None


def test_a_trap_leaves_registers_of_the_trapping_instruction_alone() -> None:
    hart = hart_with(assemble("lw a2, -1(zero)"))
    stop = ReferenceTier().run(hart, 1)
    assert stop == Stop(StopReason.TRAP, ExceptionCause.LOAD_ACCESS_FAULT, 2**64 - 1)
    assert int(hart.cpu["x"][12]) == DATA
