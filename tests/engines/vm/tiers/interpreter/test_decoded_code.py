"""Decoded entries follow the code: stores by the guest, writes and mapping changes by Python, all count at once."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.memory.address_space import DIRECT, EXEC, HAS_CODE, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.layout import PC_SHIFT
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.reference import ReferenceTier
from engines.vm.tiers.stop import Stop, StopReason

CODE = 0x10000
ALL = READ | WRITE | EXEC
BREAKPOINT = Stop(StopReason.TRAP, ExceptionCause.BREAKPOINT, 0)


def assemble(*instructions: tuple[str, dict[str, int]]) -> bytes:
    code = b""
    for name, operands in instructions:
        instruction = INSTRUCTIONS[name]
        code += instruction.encode(**operands).to_bytes(instruction.length, "little")
    return code


def li(rd: int, value: int) -> tuple[str, dict[str, int]]:
    return "addi", {"rd": rd, "rs1": 0, "imm": value}


EBREAK: tuple[str, dict[str, int]] = ("ebreak", {})


@pytest.fixture(scope="module")
def tier() -> InterpreterTier:
    return InterpreterTier()


@pytest.fixture
def hart() -> Hart:
    memory = AddressSpace()
    memory.map(CODE, 0x3000, ALL)
    return Hart(memory)


def start(hart: Hart, pc: int = CODE) -> None:
    hart.reset()
    hart.cpu["pc"] = pc


def test_a_guest_store_into_decoded_code_takes_effect_at_once(tier: InterpreterTier, hart: Hart) -> None:
    """A loop whose second round runs what its first round wrote over an instruction already decoded."""
    replacement = int.from_bytes(assemble(li(10, 2)), "little")
    code = assemble(
        li(10, 1),  # overwritten
        ("add", {"rd": 11, "rs1": 11, "rs2": 10}),
        ("sw", {"rs1": 5, "rs2": 6, "imm": 0}),
        ("addi", {"rd": 7, "rs1": 7, "imm": -1}),
        ("bne", {"rs1": 7, "rs2": 0, "imm": -16}),
        EBREAK,
    )
    for runner in (tier, ReferenceTier()):
        hart.memory.place(CODE, code)
        start(hart)
        hart.cpu["x"][5], hart.cpu["x"][6], hart.cpu["x"][7] = CODE, replacement, 3
        assert runner.run(hart, 1000) == BREAKPOINT
        assert hart.cpu["x"][11] == 1 + 2 + 2
        assert hart.cpu["retired"] == 15


@pytest.mark.parametrize("distance", range(-7, 5))
def test_a_store_discards_every_instruction_that_it_touches(tier: InterpreterTier, hart: Hart, distance: int) -> None:
    """An 8-byte store at every distance from a decoded instruction, across a page boundary."""
    at = CODE + 0xFFE
    code = assemble(li(10, 1), EBREAK)
    for runner in (tier, ReferenceTier()):
        hart.memory.place(CODE, bytes(0x3000))
        hart.memory.place(at, code)
        start(hart, at)
        assert tier.run(hart, 10) == BREAKPOINT
        old = hart.memory.load(at + distance, 8)
        shift = -8 * distance + 20  # bits 31:20 of the addi are its immediate
        new = old ^ ((6 << shift) if shift >= 0 else 0) & (2**64 - 1)
        patch = CODE + 0x2800
        hart.memory.place(patch, assemble(("sd", {"rs1": 5, "rs2": 6, "imm": 0}), ("jalr", {"rs1": 7}), EBREAK))
        start(hart, patch)
        hart.cpu["x"][5], hart.cpu["x"][6], hart.cpu["x"][7] = at + distance, new, at
        stop = runner.run(hart, 10)
        seen = (stop, int(hart.cpu["x"][10]), hart.memory.read(CODE, 0x3000))
        if runner is tier:
            expected = seen
    assert seen == expected


def test_a_page_with_code_takes_the_slow_way_only_for_stores_on_it(tier: InterpreterTier, hart: Hart) -> None:
    hart.memory.place(CODE, assemble(EBREAK))
    start(hart)
    hart.memory.store(CODE + 0x1000, 1, 8)
    tier.run(hart, 1)
    perm = hart.memory.perm
    assert perm[CODE >> 12] & HAS_CODE
    assert not perm[CODE >> 12] & DIRECT
    assert perm[(CODE >> 12) + 1] & DIRECT


def test_changes_by_python_take_effect(tier: InterpreterTier, hart: Hart) -> None:
    memory = hart.memory

    def run() -> tuple[Stop, int]:
        start(hart)
        return tier.run(hart, 10), int(hart.cpu["x"][10])

    memory.place(CODE, assemble(li(10, 1), EBREAK))
    assert run() == (BREAKPOINT, 1)
    memory.write(CODE, assemble(li(10, 2)))
    assert run() == (BREAKPOINT, 2)
    memory.store(CODE, int.from_bytes(assemble(li(10, 3)), "little"), 4)
    assert run() == (BREAKPOINT, 3)
    memory.protect(CODE, 0x1000, READ | WRITE)
    assert run() == (Stop(StopReason.TRAP, ExceptionCause.INSTRUCTION_ACCESS_FAULT, CODE), 0)
    memory.protect(CODE, 0x1000, READ | EXEC)
    assert run() == (BREAKPOINT, 3)
    memory.unmap(CODE, 0x1000)
    assert run() == (Stop(StopReason.TRAP, ExceptionCause.INSTRUCTION_ACCESS_FAULT, CODE), 0)
    memory.map(CODE, 0x1000, EXEC)
    assert run() == (Stop(StopReason.TRAP, ExceptionCause.ILLEGAL_INSTRUCTION, 0), 0)


def test_an_instruction_across_pages_depends_on_both(tier: InterpreterTier, hart: Hart) -> None:
    at = CODE + 0xFFE
    hart.memory.place(at, assemble(li(10, 1), EBREAK))
    start(hart, at)
    assert tier.run(hart, 10) == BREAKPOINT
    hart.memory.protect(CODE + 0x1000, 0x1000, READ | WRITE)
    start(hart, at)
    assert tier.run(hart, 10) == Stop(StopReason.TRAP, ExceptionCause.INSTRUCTION_ACCESS_FAULT, CODE + 0x1000)
    assert hart.cpu["pc"] == at


def test_write_only_memory_and_execute_only_code(tier: InterpreterTier) -> None:
    memory = AddressSpace()
    memory.map(CODE, 0x1000, EXEC)
    memory.map(CODE + 0x1000, 0x1000, WRITE)
    memory.place(CODE, assemble(("sw", {"rs1": 5, "rs2": 6, "imm": 0}), ("lw", {"rd": 7, "rs1": 5, "imm": 0})))
    for runner in (tier, ReferenceTier()):
        hart = Hart(memory)
        start(hart)
        hart.cpu["x"][5] = CODE + 0x1000
        assert runner.run(hart, 10) == Stop(StopReason.TRAP, ExceptionCause.LOAD_ACCESS_FAULT, CODE + 0x1000)
        assert hart.cpu["retired"] == 1


def test_a_smaller_address_space_faults_beyond_its_end(tier: InterpreterTier) -> None:
    memory = AddressSpace(bits=20)
    memory.map(0xFF000, 0x1000, ALL)
    memory.place(0xFFFF8, assemble(("lw", {"rd": 7, "rs1": 5, "imm": 0}), ("addi", {})))
    for address, stop in (
        (0xFFFFC, Stop(StopReason.TRAP, ExceptionCause.INSTRUCTION_ACCESS_FAULT, 0x100000)),
        (0x100000, Stop(StopReason.TRAP, ExceptionCause.LOAD_ACCESS_FAULT, 0x100000)),
        (0xFFFFE, Stop(StopReason.TRAP, ExceptionCause.LOAD_ACCESS_FAULT, 0x100000)),
    ):
        for runner in (tier, ReferenceTier()):
            hart = Hart(memory)
            start(hart, 0xFFFF8)
            hart.cpu["x"][5] = address
            assert runner.run(hart, 10) == stop


def test_several_address_spaces_at_once(tier: InterpreterTier) -> None:
    harts = []
    for value in (1, 2, 3):
        memory = AddressSpace()
        memory.map(CODE, 0x1000, EXEC)
        memory.place(CODE, assemble(li(10, value), EBREAK))
        harts.append(Hart(memory))
    for _ in range(2):
        for value, hart in enumerate(harts, 1):
            start(hart)
            assert tier.run(hart, 10) == BREAKPOINT
            assert hart.cpu["x"][10] == value


def test_retired_counts_add_up_over_runs(tier: InterpreterTier, hart: Hart) -> None:
    hart.memory.place(
        CODE, assemble(*[("addi", {"rd": 10, "rs1": 10, "imm": 1})] * 9, ("csrrs", {"rd": 5, "csr": 0xC02}), EBREAK)
    )
    start(hart)
    for limit in (0, 1, 3, 0, 5):
        assert tier.run(hart, limit) == Stop(StopReason.LIMIT)
    assert (hart.cpu["retired"], hart.cpu["x"][10], hart.cpu["pc"]) == (9, 9, CODE + 36)
    assert tier.run(hart) == BREAKPOINT
    assert (hart.cpu["retired"], hart.cpu["x"][5]) == (10, 9)
    with pytest.raises(ValueError, match=r"limit_insns is -1"):
        tier.run(hart, -1)


def test_a_limit_beyond_64_bits_is_no_limit(tier: InterpreterTier, hart: Hart) -> None:
    hart.memory.place(CODE, assemble(EBREAK))
    start(hart)
    assert tier.run(hart, 1 << 80) == BREAKPOINT


def test_a_store_into_the_second_page_of_an_instruction_that_alone_reaches_there(
    tier: InterpreterTier, hart: Hart
) -> None:
    """The jump's last parcel is the only decoded code of its page; its offset is rewritten from 0 to 8."""
    at, landing, patch = CODE + 0xFFE, CODE + 0x100, CODE + 0x200
    jump = assemble(("jalr", {"rd": 0, "rs1": 7, "imm": 0}))
    hart.memory.place(at, jump)
    hart.memory.place(landing, assemble(EBREAK, EBREAK, EBREAK))
    hart.memory.place(patch, assemble(("sh", {"rs1": 5, "rs2": 6, "imm": 0}), ("jalr", {"rd": 0, "rs1": 8, "imm": 0})))
    rewritten = assemble(("jalr", {"rd": 0, "rs1": 7, "imm": 8}))
    for pc, expected in ((at, landing), (patch, landing + 8)):
        start(hart, pc)
        hart.cpu["x"][5:9] = CODE + 0x1000, int.from_bytes(rewritten[2:], "little"), landing, at
        hart.memory.store(CODE + 0x2000, 0, 1)
        assert tier.run(hart, 10) == BREAKPOINT
        assert hart.cpu["pc"] == expected


def test_two_tiers_may_take_turns_on_one_address_space(tier: InterpreterTier, hart: Hart) -> None:
    """What one decoded is stale once the other's guest has rewritten the code."""
    other = InterpreterTier()
    code = assemble(li(10, 1), ("sw", {"rs1": 5, "rs2": 6, "imm": 0}), EBREAK)
    hart.memory.place(CODE, code)
    for runner, value in ((tier, 1), (other, 2), (tier, 3), (tier, 4), (other, 5)):
        start(hart)
        hart.cpu["x"][5], hart.cpu["x"][6] = CODE, int.from_bytes(assemble(li(10, value + 1)), "little")
        assert runner.run(hart, 10) == BREAKPOINT
        assert hart.cpu["x"][10] == value


def test_what_another_tier_rewrote_is_decoded_again(tier: InterpreterTier, hart: Hart) -> None:
    """Found missing by an injected bug: above, every run rewrites its own code, and so forgets it by itself."""
    other = InterpreterTier()
    hart.memory.place(CODE, assemble(li(10, 1), ("sw", {"rs1": 5, "rs2": 6, "imm": 0}), EBREAK))
    for runner, target, value in ((tier, CODE + 0x800, 1), (other, CODE, 1), (tier, CODE + 0x800, 2)):
        start(hart)
        hart.cpu["x"][5], hart.cpu["x"][6] = target, int.from_bytes(assemble(li(10, 2)), "little")
        assert runner.run(hart, 10) == BREAKPOINT
        assert hart.cpu["x"][10] == value


def test_unmapping_much_memory_with_a_little_code_costs_no_memory(tier: InterpreterTier) -> None:
    memory = AddressSpace()
    size = 1 << 33
    memory.map(1 << 33, size, ALL)
    hart = Hart(memory)
    at = (1 << 33) + (size >> 1)
    memory.place(at, assemble(EBREAK))
    start(hart, at)
    assert tier.run(hart, 10) == BREAKPOINT
    assert any(tier.decoded_code(memory).entry(at))
    before = resident_bytes()
    memory.unmap(1 << 33, size)
    assert not any(tier.decoded_code(memory).entry(at))
    assert resident_bytes() - before < 64 << 20


def test_address_spaces_are_given_back(tier: InterpreterTier) -> None:
    """A 47-bit host has room for about 220 of them with their tables at a time."""
    for _ in range(600):
        memory = AddressSpace()
        memory.map(CODE, 0x1000, EXEC)
        memory.place(CODE, assemble(EBREAK))
        hart = Hart(memory)
        start(hart)
        assert tier.run(hart, 10) == BREAKPOINT


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _flags(address: int) -> set[str]:
    """The `VmFlags` of the mapping that holds `address`; proc(5), `/proc/PID/smaps`."""
    inside = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        head = line.split(maxsplit=1)[0]
        if "-" in head and ":" not in head:
            low, high = (int(part, 16) for part in head.split("-"))
            inside = low <= address < high
        elif inside and line.startswith("VmFlags:"):
            return set(line.split()[1:])
    raise AssertionError(f"nothing is mapped at {address:#x}")


@pytest.mark.skipif(not hasattr(mmap, "MADV_HUGEPAGE"), reason="needs Linux")
def test_code_that_is_expected_gets_huge_pages_and_runs_as_before(tier: InterpreterTier, hart: Hart) -> None:
    if not Path("/sys/kernel/mm/transparent_hugepage").is_dir():
        pytest.skip("the kernel has no transparent huge pages")
    hart.memory.write(CODE, assemble(li(10, 7), EBREAK))
    decoded = tier.decoded_code(hart.memory)
    assert "hg" not in _flags(decoded.table + (CODE << PC_SHIFT))
    decoded.expect(CODE, CODE + 0x2000)
    for address, expected in ((CODE, True), (CODE + 0x1FFE, True), (CODE + 0x2000 + mmap.PAGESIZE, False)):
        assert ("hg" in _flags(decoded.table + (address << PC_SHIFT))) == expected
    for _ in range(2):
        start(hart)
        assert tier.run(hart) == BREAKPOINT
        assert hart.cpu["x"][10] == 7
    hart.memory.write(CODE, assemble(li(10, 8), EBREAK))
    start(hart)
    assert tier.run(hart) == BREAKPOINT
    assert hart.cpu["x"][10] == 8
