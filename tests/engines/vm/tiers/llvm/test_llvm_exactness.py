"""Compiled loops stop at any count, and round each operation as its own mode says, whatever the dynamic mode is."""

from __future__ import annotations

import platform
import struct
from collections.abc import Iterable

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.tier import LlvmTier
from harness.subjects.riscv64_llvm import EagerLlvmTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")


def hart_with(text: str, frm: int = 0) -> Hart:
    memory = AddressSpace()
    memory.map(0x1000, 0x1000, READ | WRITE | EXEC)
    memory.write(0x1000, assemble(text))
    hart = Hart(memory)
    hart.cpu["pc"] = 0x1000
    hart.cpu["frm"] = frm
    for number, value in ((1, 1.0), (2, 3.0), (3, 0.1)):
        hart.cpu["f"][number] = int.from_bytes(struct.pack("<d", value), "little")
    return hart


def runs_alike(tier: LlvmTier, hart: Hart, alone: Hart, limits: Iterable[int]) -> None:
    """Run `hart` in `tier`, and `alone` in the interpreter, to each of these limits in turn: all state is the same."""
    interpreter = InterpreterTier()
    for limit in limits:
        tier.run(hart, limit)
        interpreter.run(alone, limit)
        assert hart.cpu.tobytes() == alone.cpu.tobytes(), f"after {limit} more instructions"
    assert tier.counters.installed


def test_a_compiled_loop_stops_at_any_count() -> None:
    text = "addi a0, a0, 1\nxori a1, a0, 5\nadd a2, a2, a1\naddi a4, a4, -1\nbne a4, zero, -16\nebreak"
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    hart, alone = hart_with(text), hart_with(text)
    hart.cpu["x"][14] = alone.cpu["x"][14] = 1_000  # a loop that misses its stop ends all the same
    runs_alike(tier, hart, alone, (500, *range(1, 24)))


def test_loops_in_loops_stop_at_any_count() -> None:
    """Where a loop ends, what follows has a check of its own."""
    inner = "addi a1, zero, 3\naddi a0, a0, 1\naddi a1, a1, -1\nbne a1, zero, -8"
    text = f"{inner}\nxori a2, a0, 5\nadd a3, a3, a2\naddi a4, a4, -1\nbne a4, zero, -28\nebreak"
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    hart, alone = hart_with(text), hart_with(text)
    hart.cpu["x"][14] = alone.cpu["x"][14] = 200
    runs_alike(tier, hart, alone, (500, *range(1, 50)))


WAYS = (
    "andi a1, a0, 1\nbeq a1, zero, 16\naddi a2, a2, 3\nadd a3, a3, a2\njal zero, 12\n"
    "addi a4, a4, 5\nfadd.d f4, f4, f1\n"  # the other way
    "addi a5, a5, 7\n{between}\naddi a0, a0, 1\nandi t1, a0, 3\nbne t1, zero, -44\n"
    "xor a7, a7, a2\nfadd.d f5, f4, f2\njal zero, -56"
)
"""A loop with two ways through it that write different registers, and a loop around it."""


@pytest.mark.parametrize("between", ["csrrs a6, fflags, zero", "addi a6, a6, 1"])
def test_ways_that_write_different_registers_stop_at_any_count(between: str) -> None:
    """Once the loop is left in every round, for an instruction of the interpreter, once it is not."""
    text = WAYS.format(between=between)
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    hart, alone = hart_with(text), hart_with(text)
    runs_alike(tier, hart, alone, (2_000, *range(1, 60)))


def test_a_function_that_returns_behind_the_next_instruction_stops_at_any_count() -> None:
    """Each call has its copy of the function, whose return goes where its register says all the same."""
    text = (
        "jal ra, 28\naddi a0, a0, 1\nxori a1, a1, 9\njal ra, 16\nadd a2, a2, a0\nbne a6, zero, -20\nebreak\n"
        "addi a6, a6, -1\nandi a7, a6, 4\nbeq a7, zero, 8\nadd a3, a3, a6\nadd ra, ra, a7\njalr zero, 0(ra)"
    )
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    hart, alone = hart_with(text), hart_with(text)
    hart.cpu["x"][16] = alone.cpu["x"][16] = 900
    runs_alike(tier, hart, alone, (2_000, *range(1, 60)))


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_loops_with_all_registers_stop_at_any_count(rounds: int) -> None:
    """LLVM keeps some of so many values in stack slots: what a way out needs must be right there, too."""
    body = [f"add x{1 + i % 29}, x{1 + i % 29}, x{1 + (i + 1 + i // 29) % 29}" for i in range(29 * rounds)]
    loop = "\n".join([*body, "addi x30, x30, -1", f"bne x30, zero, {-4 * (len(body) + 1)}"])
    text = f"{loop}\naddi x30, x30, 9\njal zero, {-4 * (len(body) + 3)}"  # a loop around the loop: two checks
    hart, alone = hart_with(text), hart_with(text)
    for number in range(1, 31):
        hart.cpu["x"][number] = alone.cpu["x"][number] = 3 * number if number < 30 else 5
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    runs_alike(tier, hart, alone, (2_000, *range(1, 2 * len(body), 3)))


@pytest.mark.parametrize("frm", [0, 1, 2, 3])
def test_operations_round_as_their_own_mode_says(frm: int) -> None:
    text = "".join(
        f"fdiv.d f{4 + mode}, f1, f2, {name}\nfadd.d f{10 + mode}, f{10 + mode}, f3, {name}\n"
        for mode, name in enumerate(("rne", "rtz", "rdn", "rup", "rmm"))
    )
    text += "fdiv.d f20, f1, f2, dyn\nfadd.d f21, f21, f3, dyn\naddi a4, a4, -1\nbne a4, zero, -52\nebreak"
    hart, alone = hart_with(text, frm), hart_with(text, frm)
    hart.cpu["x"][14] = alone.cpu["x"][14] = 3_000
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    runs_alike(tier, hart, alone, [40_000])


@pytest.mark.parametrize("kind", ["s", "d"])
def test_extremes_of_zeros_and_infinities(kind: str) -> None:
    """Each of min and max, of operands that compare equal, too; what is left to the interpreter are NaNs."""
    box = 0xFFFF_FFFF_0000_0000 if kind == "s" else 0
    patterns = [0, 1 << 31, 0x7F80_0000, 0xFF80_0000, 0x3F80_0000]
    if kind == "d":
        patterns = [pattern << 32 for pattern in patterns]
    pairs = [(a, b) for a in range(5) for b in range(5)]
    for name in ("fmin", "fmax"):
        text = "".join(f"{name}.{kind} f{5 + at % 25}, f{a}, f{b}\n" for at, (a, b) in enumerate(pairs))
        text += "addi a4, a4, -1\nbne a4, zero, -104\nebreak"
        hart, alone = hart_with(text), hart_with(text)
        for number, pattern in enumerate(patterns):
            hart.cpu["f"][number] = alone.cpu["f"][number] = pattern | box
        hart.cpu["x"][14] = alone.cpu["x"][14] = 100
        tier = LlvmTier(slice_insns=40, batch=1, background=False)
        runs_alike(tier, hart, alone, [40_000])


@pytest.mark.parametrize(
    "body", ["fcvt.l.d x10, f4, dyn\nadd x11, x11, x10", "fdiv.d f4, f1, f2, rne\nfadd.d f5, f5, f4, rne"]
)
def test_code_for_one_rounding_mode_is_not_entered_under_another(body: str) -> None:
    text = f"fdiv.d f4, f2, f1, dyn\nfadd.d f4, f4, f3, dyn\n{body}\naddi x6, x6, -1\nbne x6, zero, -20\nebreak"
    tier = EagerLlvmTier(10_000)
    hart, alone = hart_with(text), hart_with(text)
    hart.cpu["x"][6] = alone.cpu["x"][6] = 1_000
    for frm in (0, 2, 3, 1, 0):
        hart.cpu["frm"] = alone.cpu["frm"] = frm
        runs_alike(tier, hart, alone, [90])


@pytest.mark.parametrize(
    "text",
    [
        # Two calls of one function in a loop: each returns to its own place.
        "jal ra, 24\naddi x10, x10, 1\njal ra, 16\naddi x11, x11, 1\nbne x6, zero, -16\nebreak\n"
        "addi x6, x6, -1\njalr zero, 0(ra)",
        # The same, to addresses whose bit 0 does not count.
        "jal ra, 24\naddi x10, x10, 1\njal ra, 16\naddi x11, x11, 1\nbne x6, zero, -16\nebreak\n"
        "addi x6, x6, -1\njalr zero, 1(ra)",
        # A return to the second instruction behind the call.
        "jal ra, 24\naddi x10, x10, 1\njal ra, 16\naddi x11, x11, 1\nbne x6, zero, -16\nebreak\n"
        "addi x6, x6, -1\njalr zero, 4(ra)",
        # `auipc` before a jump that does not use its register.
        "auipc x5, 0\njalr zero, 8(x7)\nebreak\nebreak\naddi x6, x6, -1\nbne x6, zero, -20\nebreak",
    ],
)
def test_jumps_go_where_their_register_says(text: str) -> None:
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    hart, alone = hart_with(text), hart_with(text)
    for one in (hart, alone):
        one.cpu["x"][6], one.cpu["x"][7] = 900, 0x1008
    runs_alike(tier, hart, alone, (300, 500, 7, 300))
