"""What is compiled ahead of time: functions, tables of computed jumps, loops that can be entered."""

from __future__ import annotations

import errno
import multiprocessing.context
import platform
import struct
from collections.abc import Callable

import pytest

from engines.vm.aot import program_regions
from engines.vm.aot.functions import functions, named_functions
from engines.vm.aot.image import Kind
from engines.vm.aot.jump_tables import JumpTables
from engines.vm.aot.program_regions import ProgramRegions, constants, resumed_at
from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.ahead import AheadTier
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.stop import StopReason

CODE, TABLE = 0x10000, 0x20000
NESTED = """
addi s0, zero, 200
addi s1, zero, 40
addi s2, zero, 30
add a0, a0, s2
xor a0, a0, s1
addi s2, s2, -1
bne s2, zero, -12
addi s1, s1, -1
bne s1, zero, -24
addi s0, s0, -1
bne s0, zero, -36
ebreak
"""
SWITCH = f"""
lui t0, {TABLE >> 12}
slli t1, a0, 2
add t1, t1, t0
lw t2, 8(t1)
jalr zero, 0(t2)
addi a1, a1, 1
addi a1, a1, 2
addi a1, a1, 3
ebreak
"""


def loaded(code: str, table: bytes = b"", permissions: int = READ) -> Hart:
    memory = AddressSpace(bits=24)
    memory.map(CODE, 1 << 12, READ | WRITE | EXEC)
    memory.write(CODE, assemble(code, CODE))
    memory.map(TABLE, 1 << 12, READ | WRITE)
    memory.write(TABLE + 8, table)
    memory.protect(TABLE, 1 << 12, permissions)
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    return hart


def tables(hart: Hart, *starts: int) -> JumpTables:
    end = CODE + (1 << 12)
    fetch = lambda at, size: hart.memory.read(at, min(size, end - at))  # noqa: E731
    return JumpTables(starts, fetch, lambda at, size: constants(hart.memory, at, size))


def words(*targets: int) -> bytes:
    return struct.pack(f"<{len(targets)}I", *targets)


def test_entries_of_a_table_are_where_a_jump_may_go() -> None:
    places = (CODE + 20, CODE + 24, CODE + 28, CODE + 20)
    hart = loaded(SWITCH, words(*places, 7))
    assert tables(hart, CODE).targets(CODE + 16) == tuple(dict.fromkeys(places))


@pytest.mark.parametrize(
    ("table", "permissions", "starts"),
    [
        (words(CODE + 21), READ, (CODE,)),
        (words(CODE + 20), READ | WRITE, (CODE,)),
        (words(CODE + 20), READ, (CODE, CODE + 20)),
    ],
    ids=["odd", "writable", "in another function"],
)
def test_what_is_no_table_of_the_function_is_left_alone(table: bytes, permissions: int, starts: tuple[int]) -> None:
    assert tables(loaded(SWITCH, table, permissions), *starts).targets(CODE + 16) == ()


def test_a_table_of_functions_is_one_for_calls() -> None:
    code = SWITCH.replace("jalr zero", "jalr ra").replace("lw t2", "ld t2").replace("t1, a0, 2", "t1, a0, 3")
    hart = loaded(code, struct.pack("<3Q", CODE + 24, CODE + 28, CODE + 22))
    assert tables(hart, CODE, CODE + 24, CODE + 28).targets(CODE + 16) == (CODE + 24, CODE + 28)


needs_x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="translates for x86_64 and runs it")


def planned(hart: Hart, *starts: int) -> ProgramRegions:
    tier = LlvmTier()
    tier.decoded_code(hart.memory)
    return ProgramRegions(tier, hart, starts)


@needs_x86_64
def test_where_a_call_through_a_pointer_comes_back_to_is_entered_though_the_region_has_whom_it_expects() -> None:
    code = """
    auipc t0, 0
    addi t0, t0, 20
    jalr ra, 0(a0)
    addi a1, a1, 1
    ebreak
    addi a2, a2, 1
    jalr zero, 0(ra)
    """
    regions = planned(loaded(code), CODE, CODE + 20).plan([CODE])
    (caller,) = (region for region, own in regions if own[0] == CODE)
    assert caller.contains(CODE + 20)
    assert any(CODE + 12 in own for _, own in regions)


@needs_x86_64
def test_loops_around_others_can_be_entered_and_innermost_ones_have_regions_of_their_own() -> None:
    (region, own), (loop, resumed) = planned(loaded(NESTED), CODE).plan([CODE])
    assert resumed_at(region) == [CODE + 4, CODE + 8]
    assert own == (CODE, CODE + 4, CODE + 8)
    assert [insn.pc - CODE for block in loop.blocks.values() for insn in block.insns] == [12, 16, 20, 24]
    assert resumed == (CODE + 12,)


@needs_x86_64
def test_innermost_loops_that_call_can_be_entered() -> None:
    """How long they run is their callees' affair: an interpreter's loop is one."""
    calling = (
        "addi s0, zero, 200\naddi s1, zero, 40\njal ra, 24\naddi s1, s1, -1\nbne s1, zero, -8\n"
        "addi s0, s0, -1\nbne s0, zero, -20\nebreak\nadd a0, a0, s1\njalr zero, 0(ra)"
    )
    ((region, own),) = planned(loaded(calling), CODE).plan([CODE])
    assert resumed_at(region) == [CODE + 4, CODE + 8]
    assert own == (CODE, CODE + 4, CODE + 8)


@needs_x86_64
@pytest.mark.parametrize("rounds", [30, 2000])
@pytest.mark.parametrize("make", [AheadTier, LlvmTier], ids=["ahead", "llvm"])
def test_slices_of_any_length_come_back_to_compiled_code(make: Callable[[], LlvmTier], rounds: int) -> None:
    """A slice that ends in the innermost loop must not leave the guest in the interpreter."""
    code = NESTED.replace("200", str(6000 // rounds)).replace("30", str(rounds))
    hart, other = loaded(code), loaded(code)
    program = planned(hart, CODE)
    regions, insns, _ = program.compile(program.plan([CODE]), 1, lambda done, left: None)
    assert insns == 11 + 4 and [region.kind for region in regions] == [Kind.LLVM] * 2
    tier, plain = make(), InterpreterTier()
    tier.offer(regions)
    while (stop := tier.run(hart, 5_000)).reason is StopReason.LIMIT:
        assert plain.run(other, 5_000).reason is StopReason.LIMIT
        assert bytes(hart.cpu) == bytes(other.cpu)
    assert plain.run(other, 5_000) == stop
    retired = hart.cpu["retired"]
    assert tier.decoded_code(hart.memory).context["compiled"] > 0.9 * retired


@needs_x86_64
def test_what_is_all_translated_is_not_looked_through() -> None:
    """Slices double, and none is followed by the short ones that look for what is interpreted."""
    hart = loaded(NESTED.replace("30", "2000"))
    program, tier = planned(hart, CODE), AheadTier()
    tier.offer(program.compile(program.plan([CODE]), 1, lambda done, left: None)[0])
    assert tier.run(hart).reason is StopReason.TRAP
    assert hart.cpu["retired"] > 64_000_000
    assert tier.counters.samples <= 11


@needs_x86_64
def test_where_a_table_leads_is_planned_though_the_region_is_full() -> None:
    places = (CODE + 20, CODE + 24, CODE + 28)
    hart = loaded(SWITCH, words(*places))
    program = planned(hart, CODE)
    program.compiler.most_insns = 5
    plan = program.plan([CODE])
    assert [insn.pc for block in plan[0][0].blocks.values() for insn in block.insns] == [CODE + 4 * n for n in range(5)]
    assert set(places) <= {pc for _, own in plan for pc in own}


@needs_x86_64
def test_where_calls_come_back_to_is_planned_though_the_region_is_full() -> None:
    function = "addi a1, a1, 1\njalr zero, 0(ra)\n"
    hart = loaded("jal ra, 16\naddi a0, a0, 1\njalr ra, 0(a2)\naddi a0, a0, 2\n" + function)
    program = planned(hart, CODE)
    program.compiler.most_insns = 1
    assert {pc - CODE for _, own in program.plan([CODE]) for pc in own} >= {0, 4, 8, 12, 16, 20}


@needs_x86_64
def test_what_follows_instructions_left_to_the_interpreter_is_planned() -> None:
    hart = loaded("addi a0, a0, 1\nfence.i\nfence.i\naddi a0, a0, 2\nebreak\n")
    plan = planned(hart, CODE).plan([CODE])
    assert {pc for _, own in plan for pc in own} == {CODE, CODE + 12}


@needs_x86_64
def test_several_processes_compile_what_one_does() -> None:
    program = planned(loaded(NESTED + NESTED), CODE, CODE + 48)
    plan = program.plan([CODE, CODE + 48])
    one, two = (program.compile(plan, jobs, lambda done, left: None) for jobs in (1, 2))
    assert len(one[0]) == 4
    assert one == two


@needs_x86_64
def test_processes_that_the_system_refuses_are_told_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where /dev/shm cannot be written, which their locks lie in."""

    def refuses(*arguments: object, **options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    program = planned(loaded(NESTED), CODE)
    plan = program.plan([CODE])
    alone = program.compile(plan, 1, lambda done, left: None)
    monkeypatch.setattr(multiprocessing.context.BaseContext, "Pool", refuses)
    with pytest.warns(RuntimeWarning, match="fewer processes than planned: .*Read-only"):
        assert program.compile(plan, 2, lambda done, left: None) == alone


def test_what_is_no_elf_file_has_no_functions() -> None:
    assert not functions(b"\x7fELF")
    assert not named_functions(b"\x7fELF" + bytes(60))


@needs_x86_64
def test_places_of_a_large_function_get_regions_that_lead_to_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """None begins where another one does, though the function is a loop, and any of it is in a region."""
    monkeypatch.setattr(program_regions, "MOST_INSNS", 12)
    long_loop = "addi a0, a0, 1\nbeq a0, a1, 8\naddi a2, a2, 1\n" * 8 + "bne a0, zero, -96\nebreak\n"
    program = planned(loaded(long_loop), CODE, CODE + 0x200)
    found = [each for _, each in program.plan_hot([CODE + 72, CODE + 4])]
    regions = [each[0] for each in found if each is not None]
    assert len(regions) == len(found) > 1
    assert all(any(region.contains(pc) for region in regions) for pc in range(CODE, CODE + 100, 4))
    assert [region.contains(CODE) for region in regions].count(True) == 1
    heads = [head for each in found if each is not None for head in each[1]]
    assert len(heads) == len(set(heads))
