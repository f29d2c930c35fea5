"""Loops whose accesses are checked before they begin leave the state that the interpreter leaves, wherever they end."""

from __future__ import annotations

import platform
import random
from dataclasses import dataclass

import pytest

from engines.vm.aot.image import StoredRegion
from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble, decode
from engines.vm.isa.riscv64.i import LOADS, STORES
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.counted import Counted, Linear, counted
from engines.vm.tiers.llvm.region import Block, Decoded, End
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.llvm.unchecked import FEWEST_ROUNDS, MANY, PlainMachine
from engines.vm.tiers.stop import StopReason

CODE, DATA, READ_ONLY = 0x10000, 0x40000, 0x60000
DATA_BYTES = 6 * PAGE_BYTES
END = 1 << 36
A0, A1, A2, S1, T0, T1 = 10, 11, 12, 9, 5, 6
on_x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")


def block_of(text: str) -> Block:
    """A loop's body and branch as a block that goes back to itself."""
    code = assemble(text)
    insns = []
    for at in range(0, len(code), 4):
        word = int.from_bytes(code[at : at + 4], "little")
        found = decode(word)
        assert found is not None
        insns.append(Decoded(CODE + at, word, 4, found.instruction, found.arguments))
    return Block(CODE, insns, End.BRANCH, (CODE, CODE + len(code)))


def loop_of(text: str) -> Counted | None:
    """What is found of a loop; the branch's offset is written for it."""
    lines = text.splitlines()
    return counted(block_of("\n".join([*lines[:-1], f"{lines[-1]}, {-4 * (len(lines) - 1)}"])))


# -- what such a loop is ----------------------------------------------------------------------------------------------


def test_a_loop_over_two_arrays_has_two_ranges() -> None:
    found = loop_of("lhu t2, 4(a0)\nlhu t3, 0(a1)\naddi a0, a0, 2\nsh t2, -2(a0)\naddi a1, a1, 48\nbne a0, a2")
    assert found is not None
    assert (found.comparison, found.step) == ("bne", -2)
    assert found.compared == (Linear(((A0, 1),), 2), Linear(((A2, 1),)))
    a, b = found.ranges
    assert (a.start, a.size, a.step, a.is_stored) == (Linear(((A0, 1),), 0), 6, 2, True)
    assert (b.start, b.size, b.step, b.is_stored) == (Linear(((A1, 1),), 0), 2, 48, False)
    assert found.by_access == {0: 0, 1: 1, 3: 0}


def test_an_address_may_be_a_sum_of_what_is_scaled() -> None:
    found = loop_of("slli t2, t0, 3\nadd t3, t2, a0\nld t4, 8(t3)\naddi t0, t0, -1\nbne t0, zero")
    assert found is not None
    (only,) = found.ranges
    assert (only.start, only.step, found.step) == (Linear(((T0, 8), (A0, 1)), 8), -8, 1)


@pytest.mark.parametrize(
    "text",
    [
        "ld t2, 0(a0)\nadd a0, a0, t2\nbne a0, a2",
        "ld a0, 0(a0)\naddi t0, t0, -1\nbne t0, zero",
        "lb t2, 0(a0)\naddi a0, a0, 1\nbne t2, zero",
        "ld t2, 0(a0)\naddi a0, a0, 8\nbne t0, a2",
        "ld t2, 0(a0)\naddi a0, a0, 8\nblt a2, a0",
        "ld t2, 0(a0)\naddi a0, a0, -8\nbltu a0, a2",
        "ld t2, 0(a0)\naddi a0, a0, 8\naddi a2, a2, 4\nblt a0, a2",
        "ld t2, 0(a0)\naddi a0, a0, 8\nbge a0, a2",
        "addi a0, a0, 8\nbne a0, a2",
        "amoadd.d t2, t3, (a0)\naddi a0, a0, 8\nbne a0, a2",
        "div t2, t2, t3\nld t3, 0(a0)\naddi a0, a0, 8\nbne a0, a2",
        "slli t3, t0, 13\nadd t3, t3, a0\nld t4, 0(t3)\naddi t0, t0, -1\nbne t0, zero",
    ],
    ids=[
        *("a step that is loaded", "a list", "an end that is loaded", "an end that never comes", "upward to below"),
        *("downward to above", "two ends that move", "the other comparison", "no access", "an atomic", "a division"),
        "pages left out",
    ],
)
def test_other_loops_are_left_as_they_are(text: str) -> None:
    assert loop_of(text) is None


def test_linear_sums_wrap_as_registers_do() -> None:
    half = Linear(((A0, 1 << 63),), 1 << 62)
    assert half.plus(half).plus(half, 2) == Linear()
    assert Linear(((A0, 3),), 5).plus(Linear(((A0, 1), (A1, 2)), -7), -3) == Linear(((A1, -6),), 26)


# -- what it does -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A program, what its registers hold at first, and after how many instructions it is stopped."""

    text: str
    registers: tuple[tuple[int, int], ...]
    limit: int


def case_of(rng: random.Random) -> Case:
    """A counted loop and code behind it, at addresses of which some are refused, overlap, or end with a page."""
    moved = {base: rng.choice((1, 2, 4, 8, 8, -8, -1, 12, 48, 1024)) for base in ("a0", "a1")}
    body = []
    for _ in range(rng.randrange(1, 5)):
        base, value = rng.choice(("a0", "a0", "a1", "a2")), rng.choice(("t2", "t3", "t4"))
        name = rng.choice(list(LOADS) if rng.random() < 0.6 else list(STORES))
        body.append(f"{name} {value}, {rng.choice((0, 0, 8, -8, 1, 100))}({base})")
        body.append(
            rng.choice((f"add t5, t5, {value}", f"mul {value}, {value}, t5", "xor t2, t3, t4", "addi t5, t5, 3"))
        )
    for base, distance in moved.items():
        body.insert(rng.randrange(len(body) + 1), f"addi {base}, {base}, {distance}")
    few, many = FEWEST_ROUNDS, MANY
    rounds = rng.choice((1, 2, few - 1, few, few + 1, 24, 33, many - 1, many, many + few, 100, 700))
    kind = rng.choice(("count", "bne", "bltu", "blt"))
    registers = {A0: _somewhere(rng), A1: _somewhere(rng), A2: _somewhere(rng), T1: 0}
    if kind == "count":
        body.insert(rng.randrange(len(body) + 1), "addi t0, t0, -1")
        branch, registers[T0] = "bne t0, zero", rounds
    elif kind == "bne" or moved["a0"] < 0:
        branch, registers[T0] = "bne a0, t0", registers[A0] + rounds * moved["a0"]
    else:
        branch, registers[T0] = f"{kind} a0, t0", registers[A0] + rounds * moved["a0"] - rng.choice((0, 0, 1, 5))
    text = "\n".join([*body, f"{branch}, {-4 * len(body)}", "addi t1, t1, 1", "ebreak"])
    exactly = rounds * (len(body) + 1)
    limit = rng.choice(
        (1 << 20, 1 << 20, exactly, exactly - 1, exactly + 1, exactly // 2, rng.randrange(1, 2 * exactly))
    )
    return Case(text, tuple((r, value % (1 << 64)) for r, value in registers.items()), max(limit, 1))


def _somewhere(rng: random.Random) -> int:
    """An address: mostly where there is memory for some rounds, sometimes near its ends, or anywhere."""
    inside = [DATA + 8 * rng.randrange(DATA_BYTES // 8) for _ in range(6)]
    edges = [DATA + rng.randrange(-64, 64), DATA + DATA_BYTES - rng.randrange(400), READ_ONLY + rng.randrange(4096)]
    wild = [0, END - rng.randrange(1, 2000), END, 1 << 62, (1 << 64) - rng.randrange(1, 2000), rng.getrandbits(64)]
    return rng.choice((*inside, *inside, *edges, rng.choice(wild)))


def hart_for(case: Case, *, guarded: bool = True) -> Hart:
    rng = random.Random(1)
    memory = AddressSpace(guarded=guarded)
    memory.map(CODE, PAGE_BYTES, READ | EXEC)
    memory.place(CODE, assemble(case.text))
    memory.map(DATA, DATA_BYTES, READ | WRITE)
    memory.write(DATA, rng.randbytes(DATA_BYTES))
    memory.map(READ_ONLY, PAGE_BYTES, READ)
    memory.map(0, PAGE_BYTES, READ | WRITE)
    memory.map(END - PAGE_BYTES, PAGE_BYTES, READ | WRITE)
    hart = Hart(memory)
    x = hart.cpu["x"]
    hart.cpu["pc"] = CODE
    for register in range(5, 32):
        x[register] = rng.getrandbits(64)
    for register, value in case.registers:
        x[register] = value
    return hart


def outcome(tier: InterpreterTier, hart: Hart, limit: int) -> tuple[object, ...]:
    """Where it stops first, and where it stops then."""
    memory, found = hart.memory, []
    for most in (limit, 1 << 14):
        stop = tier.run(hart, most)
        kept = [memory.read(start, size) for start, size in ((DATA, DATA_BYTES), (0, PAGE_BYTES))]
        found.append((stop, hart.cpu.tobytes(), *kept, memory.read(END - PAGE_BYTES, PAGE_BYTES)))
        if stop.reason is StopReason.TRAP:
            break
    return tuple(found)


def compiled_at_once(hart: Hart) -> LlvmTier:
    tier = LlvmTier(only_executed=False, batch=1, background=False)
    tier.request(tier.cache.space(hart.memory, tier.decoded_code(hart.memory), kept=True), CODE, 0)
    assert tier.compiled, tier.counters.refused
    return tier


def differ(case: Case, made: list[StoredRegion] | None = None) -> bool:
    """Whether compiled code, which may be `made` already, does something else than the interpreter."""
    hart = hart_for(case)
    expected = outcome(InterpreterTier(), hart_for(case, guarded=False), case.limit)
    if made is None:
        tier = compiled_at_once(hart)
    else:
        tier = LlvmTier(slice_insns=1 << 30)
        tier.offer(made)
    return outcome(tier, hart, case.limit) != expected


@on_x86_64
def test_loops_end_as_the_interpreter_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that this says something, many of the same loops must end otherwise where what they load is changed."""
    rng = random.Random(3)
    cases = [case_of(rng) for _ in range(90)]
    wrong = [case for case in cases if differ(case)]
    assert not wrong, f"{len(wrong)} of {len(cases)}, the first: {wrong[0]}"
    load = PlainMachine.load
    monkeypatch.setattr(PlainMachine, "load", lambda self, *what: load(self, *what) ^ 1)
    assert sum(differ(case) for case in cases[:45]) >= 8


SUM = "ld t2, 0(a0)\nadd t5, t5, t2\naddi a0, a0, 8\nbne a0, a2, -12\nebreak"
COPY = "ld t2, 0(a0)\nsd t2, 0(a1)\naddi a0, a0, 8\naddi a1, a1, 8\nbltu a0, a2, -16\nebreak"
SUMS = (
    "ld t3, 0(a1)\nld t2, 0(a0)\nadd t2, t2, t3\nsd t2, 8(a0)\naddi a0, a0, 8\naddi a1, a1, 8\nbne a0, a2, -24\n"
    "addi t0, t0, 1\nebreak"
)
"""Each round loads what the one before stored; with another offset, what some round before stored."""
TOTAL = "ld t3, 0(a1)\nld t2, 0(a0)\nadd t3, t3, t2\nsd t3, 0(a1)\naddi a0, a0, 8\nbne a0, a2, -20\nebreak"
"""Each round loads from one place what the one before stored there."""
INNER = (
    "addi a0, a1, 0\nlhu t2, 0(a0)\nadd t5, t5, t2\naddi a0, a0, 2\nbne a0, a2, -12\n"
    "addi t0, t0, -1\nbne t0, zero, -24\nebreak"
)


COPIES = (
    "addi t0, t0, 0\nld t2, 0(a0)\nsd t2, 0(a1)\naddi a0, a0, 8\naddi a1, a1, 8\nbltu a0, a2, -16\n"
    "jalr ra, 0(s1)\naddi a2, a2, 200\naddi t0, t0, -1\nbne t0, zero, -32\nebreak\njalr zero, 0(ra)"
)
"""The loop around it begins at the same block and is left for a call: not all that it copies with is held there."""


@on_x86_64
@pytest.mark.parametrize(
    ("text", "registers"),
    [
        (COPIES, {A0: DATA, A1: DATA + 3 * PAGE_BYTES, A2: DATA + 8 * 30, T0: 9, S1: CODE + 4 * 11}),
        (COPIES, {A0: DATA, A1: DATA + 8 * 4, A2: DATA + 8 * 4, T0: 9, S1: CODE + 4 * 11}),
        (SUM, {A0: DATA, A2: DATA + 8 * 25}),
        (SUM, {A0: DATA + 4, A2: DATA + 4 + 8 * 25 + 1}),
        (SUM, {A0: DATA + DATA_BYTES - 8 * 16, A2: DATA + DATA_BYTES + 8 * 4}),
        (SUM, {A0: DATA + DATA_BYTES - 8 * 20 + 4, A2: DATA + DATA_BYTES + 4}),
        (SUMS, {A0: DATA, A1: DATA + PAGE_BYTES, A2: DATA + 8 * 25}),
        (SUMS.replace("8(a0)", "24(a0)"), {A0: DATA, A1: DATA + PAGE_BYTES, A2: DATA + 8 * 25}),
        (TOTAL, {A0: DATA, A1: DATA + PAGE_BYTES, A2: DATA + 8 * 25}),
        (SUM, {A0: DATA - 8 * 20, A2: DATA + 8 * 20}),
        (SUM, {A0: END - 8 * 16, A2: END}),
        (SUM, {A0: (1 << 64) - 8 * 16, A2: 0}),
        (COPY, {A0: DATA, A1: DATA + 8, A2: DATA + 8 * 20}),
        (COPY, {A0: DATA, A1: DATA + 8 * 20, A2: DATA + 8 * 20}),
        (COPY, {A0: DATA, A1: DATA + 8 * 19, A2: DATA + 8 * 20}),
        (COPY, {A0: DATA, A1: READ_ONLY, A2: DATA + 8 * 20}),
        (COPY, {A0: DATA, A1: DATA + 2 * PAGE_BYTES, A2: DATA + 2 * PAGE_BYTES}),
        (COPY, {A0: DATA, A1: DATA + 5 * PAGE_BYTES, A2: DATA + 2 * PAGE_BYTES}),
        (COPY, {A0: DATA + 100, A1: DATA, A2: DATA}),
        (INNER, {A1: DATA + 9, A2: DATA + 9 + 2 * 24, T0: 3}),
    ],
)
def test_at_the_edges(text: str, registers: dict[int, int]) -> None:
    """Of memory, of what overlaps, and of the budget."""
    limits = (*range(60, 68), *range(79, 83), *range(96, 102), 1 << 16)
    cases = [Case(text, tuple(registers.items()), limit) for limit in limits]
    made = compiled_at_once(hart_for(cases[0])).compiled
    assert [case.limit for case in cases if differ(case, made)] == []


@on_x86_64
@pytest.mark.parametrize("size", ["b", "h", "w", "d"])
def test_rounds_of_every_number_are_made(size: str) -> None:
    """Of the loop by which libraries exchange what they sort, with accesses of every width: few in one vector and
    the rest one by one, many in wider ones; the registers have what the last round gave them."""
    width = {"b": 1, "h": 2, "w": 4, "d": 8}[size]
    text = f"l{size} t2, 0(a0)\nl{size} t3, 0(a1)\ns{size} t2, 0(a1)\ns{size} t3, 0(a0)\n"
    text += f"addi a0, a0, {width}\naddi a1, a1, {width}\nbne a0, a2, -24\nebreak"
    rounds = {*range(1, MANY + 10), *range(62, 67), 128, 3 * 64 + 13}
    start, other = DATA + 5, DATA + DATA_BYTES // 2
    cases = [Case(text, ((A0, start), (A1, other), (A2, start + n * width)), 1 << 14) for n in sorted(rounds)]
    made = compiled_at_once(hart_for(cases[0])).compiled
    assert [case.registers for case in cases if differ(case, made)] == []


@on_x86_64
def test_no_page_between_the_first_and_the_last_is_left_out() -> None:
    case = Case(SUM, ((A0, DATA), (A2, DATA + DATA_BYTES)), 1 << 16)
    expected, hart = hart_for(case, guarded=False), hart_for(case)
    for each in (expected, hart):
        each.memory.protect(DATA + 3 * PAGE_BYTES, PAGE_BYTES, 0)
    tier = compiled_at_once(hart)
    stops = [runner.run(each, 1 << 16) for runner, each in ((InterpreterTier(), expected), (tier, hart))]
    assert stops[0] == stops[1] and stops[0].value == DATA + 3 * PAGE_BYTES
    assert hart.cpu.tobytes() == expected.cpu.tobytes()


@on_x86_64
def test_memory_without_guards_has_no_such_loops() -> None:
    """Who writes to its pages may have to tell somebody."""
    for guarded in (False, True):
        hart = hart_for(Case(SUM, (), 1), guarded=guarded)
        tier = compiled_at_once(hart)
        fetch = tier.cache.space(hart.memory, tier.decoded_code(hart.memory), kept=True).fetch
        region = tier.compiler.form(CODE, fetch, lambda _: True, 0)
        assert ("@counted_0" in tier.compiler.lower(region, 0, lambda *_: 0, guarded=guarded).text) == guarded
