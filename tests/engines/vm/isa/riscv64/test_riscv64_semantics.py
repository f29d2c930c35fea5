"""The rules of the manual that surprise, one by one, on the reference tier; and what every algebra must keep."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.bits import Bits
from engines.vm.guests.riscv64.state import NO_RESERVATION, Hart
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.isa.riscv64.i import ENVIRONMENT
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.reference import FCSR, ReferenceMachine, ReferenceTier
from engines.vm.tiers.stop import StopReason

CODE, DATA = 0x10000, 0x20000
ONES = 0xFFFF_FFFF_FFFF_FFFF
BOX = 0xFFFF_FFFF_0000_0000
NX, UF, OF, DZ, NV = 1, 2, 4, 8, 16
ONE, HALF, QUIET, SIGNALLING, CANONICAL = 0x3F80_0000, 0x3F00_0000, 0x7FC0_1234, 0x7F80_0001, 0x7FC0_0000
ONE_D, SIGNALLING_D, CANONICAL_D = 0x3FF0 << 48, (0x7FF0 << 48) | 1, 0x7FF8 << 48


@pytest.fixture(scope="module")
def memory() -> AddressSpace:
    space = AddressSpace(bits=20)
    space.map(CODE, 0x1000, READ | EXEC)
    space.map(DATA, 0x2000, READ | WRITE)
    return space


@pytest.fixture
def hart(memory: AddressSpace) -> Hart:
    memory.place(DATA, bytes(0x2000))
    return Hart(memory)


def execute(hart: Hart, text: str, **registers: int) -> int:
    """Run `text` with `a0=…, fa0=…, fcsr=…` set, to its end or a trap. Gives the trap's cause, or -1."""
    code = assemble(text, CODE)
    hart.memory.place(CODE, code.ljust(0x1000, b"\0"))
    hart.cpu["pc"] = CODE
    for name, value in registers.items():
        if name == "fcsr":
            hart.cpu["fflags"], hart.cpu["frm"] = value & 31, value >> 5
        elif name.startswith("fa"):
            hart.cpu["f"][10 + int(name[2:])] = value & ONES
        else:
            hart.cpu["x"][10 + int(name[1:])] = value & ONES
    tier = ReferenceTier()
    while int(hart.cpu["pc"]) != CODE + len(code):
        stop = tier.step(hart)
        if stop is not None:
            return stop.cause
    return -1


def a(hart: Hart, number: int = 0) -> int:
    return int(hart.cpu["x"][10 + number])


def fa(hart: Hart, number: int = 0) -> int:
    return int(hart.cpu["f"][10 + number])


@pytest.mark.parametrize(
    ("text", "registers", "result"),
    [
        ("sltiu a0, a1, -1", {"a1": 5}, 1),
        ("lui a0, 0x80000", {}, ONES << 31 & ONES),
        ("auipc a0, 0xfffff", {}, CODE - 0x1000),
        ("sll a0, a1, a2", {"a1": 1, "a2": 65}, 2),
        ("sra a0, a1, a2", {"a1": 1 << 63, "a2": 127}, ONES),
        ("sllw a0, a1, a2", {"a1": 1, "a2": 63}, ONES << 31 & ONES),
        ("srlw a0, a1, a2", {"a1": ONES, "a2": 32}, ONES),
        ("srliw a0, a1, 1", {"a1": ONES}, 0x7FFF_FFFF),
        ("sraiw a0, a1, 31", {"a1": 0x8000_0000}, ONES),
        ("addiw a0, a1, 1", {"a1": 0x7FFF_FFFF}, ONES << 31 & ONES),
        ("addw a0, a1, a2", {"a1": 0xFFFF_FFFF, "a2": 1}, 0),
        ("subw a0, a1, a2", {"a1": 0, "a2": 1 << 31}, ONES << 31 & ONES),
        ("mulh a0, a1, a2", {"a1": -1, "a2": -1}, 0),
        ("mulhu a0, a1, a2", {"a1": -1, "a2": -1}, ONES - 1),
        ("mulhsu a0, a1, a2", {"a1": -1, "a2": -1}, ONES),
        ("mulhsu a0, a1, a2", {"a1": 2, "a2": 1 << 63}, 1),
        ("mulw a0, a1, a2", {"a1": 1 << 16, "a2": 1 << 15}, ONES << 31 & ONES),
        ("div a0, a1, a2", {"a1": 7, "a2": 0}, ONES),
        ("div a0, a1, a2", {"a1": 1 << 63, "a2": -1}, 1 << 63),
        ("div a0, a1, a2", {"a1": -7, "a2": 2}, -3 & ONES),
        ("divu a0, a1, a2", {"a1": 7, "a2": 0}, ONES),
        ("divu a0, a1, a2", {"a1": 1 << 63, "a2": -1}, 0),
        ("rem a0, a1, a2", {"a1": -7, "a2": 0}, -7 & ONES),
        ("rem a0, a1, a2", {"a1": 1 << 63, "a2": -1}, 0),
        ("rem a0, a1, a2", {"a1": -7, "a2": 2}, ONES),
        ("remu a0, a1, a2", {"a1": 7, "a2": 0}, 7),
        ("divw a0, a1, a2", {"a1": 1 << 31, "a2": -1}, ONES << 31 & ONES),
        ("divw a0, a1, a2", {"a1": 1 << 31, "a2": 1 << 32}, ONES),
        ("divuw a0, a1, a2", {"a1": 1 << 31, "a2": 1}, ONES << 31 & ONES),
        ("divuw a0, a1, a2", {"a1": 5, "a2": 0}, ONES),
        ("remw a0, a1, a2", {"a1": 1 << 31, "a2": -1}, 0),
        ("remuw a0, a1, a2", {"a1": 0x8000_0005, "a2": 0}, 0xFFFF_FFFF_8000_0005),
    ],
)
def test_integer_results(hart: Hart, text: str, registers: dict[str, int], result: int) -> None:
    assert execute(hart, text, **registers) == -1
    assert a(hart) == result


def test_jalr_reads_its_target_before_it_links_and_clears_bit_0(hart: Hart) -> None:
    assert execute(hart, "jalr a0, 8(a0)\nebreak\nnop\nnop", a0=CODE + 1) == -1
    assert a(hart) == CODE + 4
    assert int(hart.cpu["retired"]) == 3


def test_links_follow_the_instruction_length(hart: Hart) -> None:
    assert execute(hart, "c.jalr a0\nebreak\nc.nop", a0=CODE + 6) == -1
    assert int(hart.cpu["x"][1]) == CODE + 2
    assert execute(hart, "jal a0, .+8\nebreak\nnop") == -1
    assert a(hart) == CODE + 4


def test_x0_stays_zero_but_its_load_still_faults(hart: Hart) -> None:
    assert execute(hart, "addi zero, a0, 1\nadd a1, zero, zero", a0=5, a1=9) == -1
    assert (int(hart.cpu["x"][0]), a(hart, 1)) == (0, 0)
    assert execute(hart, "lw zero, 0(a0)", a0=0) == ExceptionCause.LOAD_ACCESS_FAULT


def test_jumps_wrap_around_the_address_space(hart: Hart) -> None:
    assert execute(hart, "jalr zero, -2(zero)") == ExceptionCause.INSTRUCTION_ACCESS_FAULT
    assert int(hart.cpu["pc"]) == ONES - 1
    assert int(hart.cpu["trap_value"]) == ONES - 1


@pytest.mark.parametrize("text", ["fence iorw, iorw", ".word 0x8330000f", ".word 0xfff0878f", ".word 0xfff0978f"])
def test_fences_with_reserved_fields_are_fences(hart: Hart, text: str) -> None:
    assert execute(hart, text, a5=3) == -1
    assert a(hart, 5) == 3


@pytest.mark.parametrize("text", ["c.nop 5", "c.li zero, 3", "c.lui zero, 1", "c.mv zero, a0", "c.slli zero, 4"])
def test_hints_change_nothing(hart: Hart, text: str) -> None:
    before = hart.cpu["x"][:32].tolist()
    assert execute(hart, text) == -1
    assert hart.cpu["x"][:32].tolist() == before


@pytest.mark.parametrize(
    ("word", "length"),
    [
        *((0x0000, 2), (0x6281, 2), (0x8002, 2), (0x2001, 2), (0x4002, 2), (0x6002, 2), (0x6101, 2)),
        *((0xFFFF_FFFF, 4), (0x30200073, 4), (0x10500073, 4), (0x0000_001F, 4), (0x0205_151B, 4), (0xC000_1073, 4)),
    ],
)
def test_reserved_and_privileged_words_are_illegal(hart: Hart, word: int, length: int) -> None:
    directive = ".half" if length == 2 else ".word"
    assert execute(hart, f"{directive} {word:#x}") == ExceptionCause.ILLEGAL_INSTRUCTION
    assert int(hart.cpu["trap_value"]) == int(hart.cpu["instruction"]) == word


def test_environment_causes_are_the_manuals() -> None:
    assert ENVIRONMENT == {
        "ecall": ExceptionCause.ENVIRONMENT_CALL_FROM_U,
        "ebreak": ExceptionCause.BREAKPOINT,
    }


# -- CSRs ---------------------------------------------------------------------------------------------------------


@pytest.mark.evidence("VM-01")
@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("csrrs a0, cycle, zero", True),
        ("csrrc a0, time, zero", True),
        ("csrrsi a0, instret, 0", True),
        ("csrrs a0, cycle, a1", False),
        ("csrrci a0, cycle, 1", False),
        ("csrrw zero, cycle, zero", False),
        ("csrrwi zero, instret, 0", False),
        ("csrrs a0, 0x300, zero", False),
        ("csrrs a0, 0x000, zero", False),
        ("csrrs a0, 0x004, zero", False),
        ("csrrs a0, 0xc03, zero", False),
    ],
)
def test_which_csr_accesses_are_legal(hart: Hart, text: str, legal: bool) -> None:
    """A mask of 0 in a register other than x0 still counts as a write (§7.1)."""
    expected = -1 if legal else ExceptionCause.ILLEGAL_INSTRUCTION
    assert execute(hart, text, a0=7, a1=0) == expected
    assert (a(hart) == 7) is not legal


@pytest.mark.parametrize(
    ("name", "rd", "source", "reads", "writes"),
    [
        ("csrrw", 0, 5, 0, 1),
        ("csrrw", 1, 0, 1, 1),
        ("csrrs", 0, 0, 1, 0),
        ("csrrs", 0, 5, 1, 1),
        ("csrrc", 1, 0, 1, 0),
        ("csrrwi", 0, 0, 0, 1),
        ("csrrwi", 1, 0, 1, 1),
        ("csrrsi", 0, 0, 1, 0),
        ("csrrci", 1, 1, 1, 1),
    ],
)
def test_what_a_csr_instruction_asks_for(name: str, rd: int, source: int, reads: int, writes: int) -> None:
    """§7.1's table of reads and writes. No CSR here has side effects on reads, so only the request shows the rule."""
    asked: list[tuple[int, int]] = []

    class Recorder(ReferenceMachine):
        def csr_exchange(self, csr: Any, rd: Any, update: Any, *, reads: Bits, writes: Bits) -> None:
            asked.append((reads.value, writes.value))

    arguments = (rd, Bits(FCSR, 12), Bits(source, 64) if name.endswith("i") else source)
    INSTRUCTIONS[name].run(Recorder(AddressSpace(bits=13)), arguments)
    assert asked == [(reads, writes)]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("csrrw a0, fcsr, a1", 0xE5, 0xFF),
        ("csrrw a0, frm, a1", 0x7, 0xE5),
        ("csrrw a0, fflags, a1", 0x5, 0xFF),
        ("csrrs a0, fflags, a2", 0x5, 0xE7),
        ("csrrc a0, frm, a2", 0x7, 0xA5),
        ("csrrwi a0, frm, 9", 0x7, 0x25),
        ("csrrci a0, fcsr, 31", 0xE5, 0xE0),
        ("csrrsi a0, fcsr, 2", 0xE5, 0xE7),
    ],
)
def test_fcsr_and_its_fields(hart: Hart, text: str, old: int, new: int) -> None:
    assert execute(hart, text, a1=ONES, a2=2, fcsr=0xE5) == -1
    assert a(hart) == old
    assert int(hart.cpu["frm"]) << 5 | int(hart.cpu["fflags"]) == new


def test_a_csr_swap_with_one_register(hart: Hart) -> None:
    assert execute(hart, "csrrw a0, fcsr, a0", a0=3, fcsr=0x61) == -1
    assert (a(hart), int(hart.cpu["fflags"]), int(hart.cpu["frm"])) == (0x61, 3, 0)


def test_counters_count_retired_instructions(hart: Hart) -> None:
    assert execute(hart, "nop\nnop\nrdinstret a0\nrdcycle a1\nrdtime a2") == -1
    assert (a(hart, 0), a(hart, 1), a(hart, 2)) == (2, 3, 4)


# -- atomics ------------------------------------------------------------------------------------------------------


def test_a_reservation_is_used_once(hart: Hart) -> None:
    text = "lr.w a0, (a1)\nsc.w a2, a3, (a1)\nsc.w a4, a3, (a1)"
    assert execute(hart, text, a1=DATA, a3=0x8000_0001) == -1
    assert (a(hart, 2), a(hart, 4)) == (0, 1)
    assert hart.memory.load(DATA, 8) == 0x8000_0001


@pytest.mark.evidence("VM-01")
@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ("lr.d a0, (a1)\nsc.d a2, a3, (a1)", 0),
        ("lr.d a0, (a1)\nsc.w a2, a3, (a1)", 1),
        ("lr.w a0, (a1)\nsc.w a2, a3, (a4)", 1),
        ("lr.w a0, (a1)\nsd a3, 0(a1)\nsc.w a2, a3, (a1)", 0),
        ("lr.w a0, (a1)\nlr.w a0, (a4)\nsc.w a2, a3, (a4)", 0),
        ("lr.w a0, (a1)\namoadd.w a0, a3, (a1)\nsc.w a2, a3, (a1)", 0),
        ("sc.w a2, a3, (a1)", 1),
        ("sc.w a2, a3, (zero)", 1),
    ],
)
def test_when_sc_succeeds(hart: Hart, text: str, fails: int) -> None:
    """A failing sc accesses no memory, so it does not fault either."""
    assert execute(hart, text, a1=DATA, a4=DATA + 8) == -1
    assert a(hart, 2) == fails
    assert int(hart.cpu["reservation"]) == NO_RESERVATION


def test_a_trap_ends_the_reservation(hart: Hart) -> None:
    assert execute(hart, "lr.w a0, (a1)\necall", a1=DATA) == ExceptionCause.ENVIRONMENT_CALL_FROM_U
    assert (int(hart.cpu["reservation"]), int(hart.cpu["reservation_bytes"])) == (NO_RESERVATION, 0)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("lr.w a0, (a1)", ExceptionCause.LOAD_ADDRESS_MISALIGNED),
        ("lr.d a0, (a2)", ExceptionCause.LOAD_ADDRESS_MISALIGNED),
        ("sc.w a0, a0, (a1)", ExceptionCause.STORE_ADDRESS_MISALIGNED),
        ("amoor.d a0, a0, (a2)", ExceptionCause.STORE_ADDRESS_MISALIGNED),
        ("lr.w a0, (a3)", ExceptionCause.LOAD_ACCESS_FAULT),
        ("amoor.w a0, a0, (a3)", ExceptionCause.STORE_ACCESS_FAULT),
        ("amoor.w a0, a0, (a4)", ExceptionCause.STORE_ACCESS_FAULT),
        ("amoor.w a0, a0, (a5)", ExceptionCause.STORE_ADDRESS_MISALIGNED),
    ],
)
def test_atomics_that_trap(hart: Hart, text: str, cause: ExceptionCause) -> None:
    """Misaligned atomics trap, before any access fault; an AMO's faults are store faults, its load's too."""
    assert execute(hart, text, a1=DATA + 2, a2=DATA + 4, a3=0, a4=CODE, a5=1) == cause
    assert hart.memory.read(DATA, 16) == bytes(16)


@pytest.mark.parametrize(
    ("mnemonic", "memory_after"),
    [
        ("amoswap.w", 0x0000_0001),
        ("amoadd.w", 0x8000_0001),
        ("amoxor.w", 0x8000_0001),
        ("amoand.w", 0),
        ("amoor.w", 0x8000_0001),
        ("amomin.w", 0x8000_0000),
        ("amomax.w", 0x0000_0001),
        ("amominu.w", 0x0000_0001),
        ("amomaxu.w", 0x8000_0000),
    ],
)
def test_amo_words(hart: Hart, mnemonic: str, memory_after: int) -> None:
    """rd gets the old value sign-extended, unsigned operations included; rd may be the address register."""
    hart.memory.store(DATA, 0xFFFF_FFFF_8000_0000, 8)
    assert execute(hart, f"{mnemonic}.aqrl a1, a2, (a1)", a1=DATA, a2=0xABCD_0000_0000_0001) == -1
    assert a(hart, 1) == ONES << 31 & ONES
    assert hart.memory.load(DATA, 8) == 0xFFFF_FFFF_0000_0000 | memory_after


# -- memory -------------------------------------------------------------------------------------------------------


def test_misaligned_accesses_across_pages(hart: Hart) -> None:
    assert execute(hart, "sd a1, -3(a0)\nld a2, -3(a0)\nlh a3, -1(a0)", a0=DATA + 0x1000, a1=0x8877665544332211) == -1
    assert (a(hart, 2), a(hart, 3)) == (0x8877665544332211, 0x4433)


def test_a_store_that_faults_in_its_second_page_changes_nothing(hart: Hart) -> None:
    assert execute(hart, "sd a1, -4(a0)", a0=DATA + 0x2000, a1=ONES) == ExceptionCause.STORE_ACCESS_FAULT
    assert int(hart.cpu["trap_value"]) == DATA + 0x2000, "the portion that failed (Privileged ISA §3.1.16)"
    assert hart.memory.read(DATA + 0x1FF8, 8) == bytes(8)


# -- floating point -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [5, 6])
@pytest.mark.parametrize("word", [0x0010_0053, 0xD200_0053, 0x4200_0053, 0x1800_0043])
def test_reserved_rounding_modes_are_illegal(hart: Hart, word: int, mode: int) -> None:
    """fadd.s; fcvt.d.w and fcvt.d.s, which never round; fmadd.s: static, and dynamic from frm."""
    for text in (f".word {word | mode << 12:#x}", f".word {word | 7 << 12:#x}"):
        assert execute(hart, text, fcsr=mode << 5) == ExceptionCause.ILLEGAL_INSTRUCTION
        assert execute(hart, f".word {word:#x}", fcsr=mode << 5) == -1
    assert execute(hart, f".word {word | 7 << 12:#x}", fcsr=7 << 5) == ExceptionCause.ILLEGAL_INSTRUCTION
    assert int(hart.cpu["fflags"]) == 0


@pytest.mark.evidence("VM-02")
@pytest.mark.parametrize(
    ("text", "registers", "result", "flags"),
    [
        ("fadd.s fa0, fa1, fa2", {"fa1": BOX | ONE, "fa2": BOX | ONE}, BOX | 0x4000_0000, 0),
        ("fadd.s fa0, fa1, fa2", {"fa1": ONE, "fa2": BOX | ONE}, BOX | CANONICAL, 0),
        ("fadd.s fa0, fa1, fa2", {"fa1": BOX | SIGNALLING, "fa2": BOX | ONE}, BOX | CANONICAL, NV),
        ("fadd.s fa0, fa1, fa2", {"fa1": 0xFFFF_FFFE_3F80_0000, "fa2": BOX | ONE}, BOX | CANONICAL, 0),
        ("fsgnj.s fa0, fa1, fa2", {"fa1": BOX | QUIET, "fa2": BOX | 1 << 31}, BOX | QUIET | 1 << 31, 0),
        ("fsgnj.s fa0, fa1, fa2", {"fa1": QUIET, "fa2": BOX | 1 << 31}, BOX | CANONICAL | 1 << 31, 0),
        ("fsgnjn.s fa0, fa1, fa2", {"fa1": BOX | ONE, "fa2": 1 << 31}, BOX | ONE | 1 << 31, 0),
        ("fsgnjx.d fa0, fa1, fa2", {"fa1": ONE_D | 1 << 63, "fa2": ONE_D | 1 << 63}, ONE_D, 0),
        ("fmin.s fa0, fa1, fa2", {"fa1": BOX | SIGNALLING, "fa2": BOX | ONE}, BOX | ONE, NV),
        ("fmin.s fa0, fa1, fa2", {"fa1": BOX, "fa2": BOX | 1 << 31}, BOX | 1 << 31, 0),
        ("fmax.d fa0, fa1, fa2", {"fa1": CANONICAL_D | 5, "fa2": SIGNALLING_D}, CANONICAL_D, NV),
        ("fdiv.s fa0, fa1, fa2", {"fa1": BOX | ONE, "fa2": BOX}, BOX | 0x7F80_0000, DZ),
        ("fsqrt.d fa0, fa1", {"fa1": ONE_D | 1 << 63}, CANONICAL_D, NV),
        ("fmadd.s fa0, fa1, fa2, fa3", {"fa1": BOX | 0x7F80_0000, "fa2": BOX, "fa3": BOX | QUIET}, BOX | CANONICAL, NV),
        ("fmsub.s fa0, fa1, fa2, fa3", {"fa1": BOX | ONE, "fa2": BOX | ONE, "fa3": BOX | HALF}, BOX | HALF, 0),
        ("fnmsub.s fa0, fa1, fa2, fa3", {"fa1": BOX | ONE, "fa2": BOX | HALF, "fa3": BOX | ONE}, BOX | HALF, 0),
        (
            "fnmadd.s fa0, fa1, fa2, fa3",
            {"fa1": BOX | HALF, "fa2": BOX | ONE, "fa3": BOX | HALF},
            BOX | ONE | 1 << 31,
            0,
        ),
        ("fcvt.s.d fa0, fa1", {"fa1": CANONICAL_D | 7 | 1 << 63}, BOX | CANONICAL, 0),
        ("fcvt.d.s fa0, fa1", {"fa1": ONE}, CANONICAL_D, 0),
        ("fcvt.d.s fa0, fa1", {"fa1": BOX | SIGNALLING}, CANONICAL_D, NV),
        ("fcvt.s.lu fa0, a1", {"a1": ONES}, BOX | 0x5F80_0000, NX),
        ("fcvt.s.lu fa0, a1, rtz", {"a1": ONES}, BOX | 0x5F7F_FFFF, NX),
        ("fcvt.s.w fa0, a1", {"a1": 0xFFFF_FFFF}, BOX | ONE | 1 << 31, 0),
        ("fcvt.d.wu fa0, a1", {"a1": 0x5_FFFF_FFFF}, 0x41EF_FFFF_FFE0_0000, 0),
        ("fmv.w.x fa0, a1", {"a1": 0x1_2345_6789}, BOX | 0x2345_6789, 0),
        ("fmv.d.x fa0, a1", {"a1": SIGNALLING_D}, SIGNALLING_D, 0),
    ],
)
def test_float_results(hart: Hart, text: str, registers: dict[str, int], result: int, flags: int) -> None:
    assert execute(hart, text, **registers) == -1
    assert (fa(hart), int(hart.cpu["fflags"])) == (result, flags)


@pytest.mark.evidence("VM-02")
@pytest.mark.parametrize(
    ("text", "registers", "result", "flags"),
    [
        ("fcvt.w.s a0, fa1", {"fa1": ONE}, 0x7FFF_FFFF, NV),
        ("fcvt.wu.s a0, fa1", {"fa1": BOX | ONE | 1 << 31}, 0, NV),
        ("fcvt.wu.d a0, fa1", {"fa1": 0x41EF_FFFF_FFE0_0000}, ONES, 0),
        ("fcvt.wu.s a0, fa1", {"fa1": BOX | 0xFF80_0000}, 0, NV),
        ("fcvt.wu.s a0, fa1, rtz", {"fa1": BOX | HALF | 1 << 31}, 0, NX),
        ("fcvt.wu.s a0, fa1, rdn", {"fa1": BOX | HALF | 1 << 31}, 0, NV),
        ("fcvt.l.d a0, fa1", {"fa1": SIGNALLING_D | 1 << 63}, ONES >> 1, NV),
        ("fcvt.w.s a0, fa1, rmm", {"fa1": BOX | HALF}, 1, NX),
        ("fcvt.w.s a0, fa1, rne", {"fa1": BOX | HALF}, 0, NX),
        ("fmv.x.w a0, fa1", {"fa1": 0x1234_5678_8765_4321}, 0xFFFF_FFFF_8765_4321, 0),
        ("feq.s a0, fa1, fa1", {"fa1": BOX | QUIET}, 0, 0),
        ("feq.s a0, fa1, fa1", {"fa1": BOX | SIGNALLING}, 0, NV),
        ("flt.s a0, fa1, fa2", {"fa1": BOX | QUIET, "fa2": BOX | ONE}, 0, NV),
        ("fle.d a0, fa1, fa2", {"fa1": 1 << 63, "fa2": 0}, 1, 0),
        ("fclass.s a0, fa1", {"fa1": ONE}, 0x200, 0),
        ("fclass.s a0, fa1", {"fa1": BOX | SIGNALLING}, 0x100, 0),
        ("fclass.d a0, fa1", {"fa1": 1 << 63}, 0x008, 0),
    ],
)
def test_float_to_integer_results(hart: Hart, text: str, registers: dict[str, int], result: int, flags: int) -> None:
    assert execute(hart, text, **registers) == -1
    assert (a(hart), int(hart.cpu["fflags"])) == (result, flags)


def test_float_memory_moves_bits_and_boxes_singles(hart: Hart) -> None:
    hart.memory.store(DATA, 0x1122_3344_7F80_0001, 8)
    text = "flw fa0, 0(a0)\nfld fa1, 0(a0)\nfsw fa1, 8(a0)\nfsd fa0, 16(a0)"
    assert execute(hart, text, a0=DATA) == -1
    assert (fa(hart), fa(hart, 1)) == (BOX | SIGNALLING, 0x1122_3344_7F80_0001)
    assert (hart.memory.load(DATA + 8, 8), hart.memory.load(DATA + 16, 8)) == (SIGNALLING, BOX | SIGNALLING)
    assert int(hart.cpu["fflags"]) == 0


def test_flags_accumulate(hart: Hart) -> None:
    assert execute(hart, "fdiv.s fa0, fa1, fa2\nfsqrt.s fa0, fa3", fa1=BOX | ONE, fa2=BOX, fa3=BOX | 0x4000_0000) == -1
    assert int(hart.cpu["fflags"]) == DZ | NX


def test_dynamic_rounding_reads_frm(hart: Hart) -> None:
    tiny = BOX | 0x3300_0000
    assert execute(hart, "fadd.s fa0, fa1, fa2", fa1=BOX | ONE, fa2=tiny, fcsr=3 << 5) == -1
    assert fa(hart) == BOX | ONE + 1
    assert execute(hart, "fadd.s fa0, fa1, fa2, rtz", fa1=BOX | ONE, fa2=tiny, fcsr=3 << 5) == -1
    assert fa(hart) == BOX | ONE


# -- all instructions ---------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_every_instruction_runs_on_any_operands(memory: AddressSpace, data: st.DataObject) -> None:
    """Each retires or takes an exception that its effects allow, and writes no register but the one it names."""
    record = data.draw(st.sampled_from(INSTRUCTIONS.instructions))
    values: dict[str, int] = {}
    for field in record.fields:
        value = data.draw(st.sampled_from(field.values))
        values[field.name] = field.maximum if value in field.excluded else value
    hart = Hart(memory)
    word = record.encode(**values)
    memory.place(CODE, word.to_bytes(record.length, "little"))
    contents = st.sampled_from((0, 1, DATA, DATA + 4, 1 << 63, ONES, BOX | ONE)) | st.integers(0, ONES)
    hart.cpu["x"][1:32] = data.draw(st.lists(contents, min_size=31, max_size=31))
    hart.cpu["f"] = data.draw(st.lists(contents, min_size=32, max_size=32))
    hart.cpu["pc"] = CODE
    x, f = hart.cpu["x"][:32].tolist(), hart.cpu["f"].tolist()
    stop = ReferenceTier().run(hart, 1)
    written: dict[str, set[int]] = {"x": set(), "f": set()}
    if stop.reason is StopReason.TRAP:
        assert record.effects.may_trap
        assert int(hart.cpu["pc"]) == CODE
    else:
        for operand in record.writes:
            written[operand.kind].add(operand.value(word))
    assert [r for r in range(32) if int(hart.cpu["x"][r]) != x[r] and r not in written["x"] - {0}] == []
    assert [r for r in range(32) if int(hart.cpu["f"][r]) != f[r] and r not in written["f"]] == []
