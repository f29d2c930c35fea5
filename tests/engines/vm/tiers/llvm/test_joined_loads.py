"""Bytes that a block loads one by one and puts together are read at once, and nothing that the guest sees tells."""

from __future__ import annotations

import platform
import random
from itertools import pairwise

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.joined_loads import Word, joined_loads, restarts
from engines.vm.tiers.llvm.region import Decoded, decoded_at
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.stop import StopReason

CODE, DATA = 0x10000, 0x40000
DATA_BYTES = 2 * PAGE_BYTES
BYTES = ("t0", "t1", "t2", "t3", "a3", "a4", "a5", "a6")
WORD = """
lbu t0, 0(a0)
lbu t1, 1(a0)
lbu t2, 2(a0)
lb t3, 3(a0)
slli t1, t1, 8
slli t2, t2, 16
slli t3, t3, 24
or t0, t0, t1
or t2, t2, t3
or t0, t0, t2
"""


def insns(text: str) -> list[Decoded]:
    code = assemble(text)
    found: list[Decoded] = []
    while 4 * len(found) < len(code):
        insn = decoded_at(4 * len(found), lambda pc, size: code[pc : pc + size])
        assert insn is not None
        found.append(insn)
    return found


def test_four_bytes_are_one_word_that_is_as_signed_as_its_upper_byte() -> None:
    assert joined_loads(insns(WORD)) == dict.fromkeys(range(4), Word(0, 4, 0, True))
    assert joined_loads(insns(WORD.replace("lb t3", "lbu t3"))) == dict.fromkeys(range(4), Word(0, 4, 0, False))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("lbu t2", "sb t4, 9(a1)\nlbu t2"),
        ("lbu t2", "fence rw, rw\nlbu t2"),
        ("lbu t2", "amoadd.w t4, t4, (a1)\nlbu t2"),
        ("lbu t2", "addi a0, a0, 1\nlbu t2"),
        ("lbu t2, 2", "lbu t2, 4"),
        ("slli t1, t1, 8\nslli t2, t2, 16", "slli t1, t1, 7\nslli t2, t2, 15"),
        ("slli t1, t1, 8\nslli t2, t2, 16", "add t1, t1, t1\nadd t2, t2, t1"),
    ],
    ids=["a store", "a fence", "an atomic", "another base", "a gap", "no whole bytes", "not put together"],
)
def test_what_is_no_word_is_read_byte_by_byte(before: str, after: str) -> None:
    assert 4 not in {word.size for word in joined_loads(insns(WORD.replace(before, after))).values()}


def test_what_leaves_between_begins_again_at_the_first_byte() -> None:
    text = f"add a7, a7, a1{WORD}ld t4, 0(t0)\nsd t4, 8(a1)\nld t5, 0(t4)"
    found = insns(text)
    again = restarts(found, joined_loads(found))
    assert again == dict.fromkeys(range(1, 12), range(1, 12))


def program(rng: random.Random) -> str:
    """A loop that puts words together from bytes, in both orders, off bases that move; t6 counts down."""
    body: list[str] = []
    for _ in range(rng.randrange(1, 5)):
        size, base, offset = rng.choice((2, 4, 4, 8)), rng.choice(("a0", "a1")), rng.randrange(-16, 16)
        upper = rng.choice(("lb", "lbu"))
        loads = [f"{upper if n == size - 1 else 'lbu'} {BYTES[n]}, {offset + n}({base})" for n in range(size)]
        rng.shuffle(loads)
        if rng.random() < 0.3:
            between = rng.choice((f"sb s2, {offset + rng.randrange(size)}({base})", "ld s3, 0(a2)", "sd s2, 0(a2)"))
            loads.insert(rng.randrange(size), between)
        order = range(size) if rng.random() < 0.6 else range(size - 1, -1, -1)
        shifts = [f"slli {BYTES[n]}, {BYTES[n]}, {8 * place}" for place, n in enumerate(order) if place]
        rng.shuffle(shifts)
        names = rng.sample(BYTES[:size], size)
        joins = [f"or {b}, {a}, {b}" for a, b in pairwise(names)]
        body += [*loads, *shifts, *joins, f"add s2, s2, {names[-1]}"]
        if rng.random() < 0.5:
            body.append(f"addi {base}, {base}, {rng.choice((1, 3, 8, -8, 40))}")
    body.append("addi t6, t6, -1")
    return "\n".join([*body, f"bne t6, zero, {-4 * len(body)}", "ebreak"])


def hart_for(text: str, seed: int, *, guarded: bool = True) -> Hart:
    rng = random.Random(seed)
    memory = AddressSpace(guarded=guarded)
    memory.map(CODE, PAGE_BYTES, READ | EXEC)
    memory.place(CODE, assemble(text))
    memory.map(DATA, DATA_BYTES, READ | WRITE)
    memory.write(DATA, rng.randbytes(DATA_BYTES))
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    x = hart.cpu["x"]
    for register in range(5, 31):
        x[register] = rng.getrandbits(64)
    edges = (DATA, DATA + DATA_BYTES, DATA + PAGE_BYTES)
    x[10], x[11], x[12] = (rng.choice((*edges, DATA + 500)) + rng.randrange(-20, 20) for _ in range(3))
    x[31] = 60
    return hart


needs_x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")


@needs_x86_64
def test_words_at_the_edges_of_memory_and_stops_at_any_count() -> None:
    rng = random.Random(11)
    interpreter = InterpreterTier()
    faults = stops = 0
    for case in range(40):
        text = program(rng)
        limit = rng.choice((7, 20, 61, 150, 20_000))
        harts = hart_for(text, case, guarded=False), hart_for(text, case)
        tier = LlvmTier(only_executed=False, batch=1, background=False)
        space = tier.cache.space(harts[1].memory, tier.decoded_code(harts[1].memory), kept=True)
        assert tier.request(space, CODE, 0)
        expected, found = interpreter.run(harts[0], limit), tier.run(harts[1], limit)
        assert found == expected, f"case {case}, {limit} instructions:\n{text}"
        assert harts[1].cpu.tobytes() == harts[0].cpu.tobytes(), f"case {case}, {limit} instructions:\n{text}"
        contents = [hart.memory.read(DATA, DATA_BYTES) for hart in harts]
        assert contents[1] == contents[0], f"case {case}:\n{text}"
        faults += found.cause in (5, 7)
        stops += found.reason is StopReason.LIMIT
    assert faults > 5
    assert stops > 5


@needs_x86_64
def test_a_word_is_one_load_of_the_host() -> None:
    """Only one instruction may fault; where a store is between, that and one for each half of the word may."""
    apart = WORD.replace("lbu t2", "sb t4, 9(a1)\nlbu t2")
    accesses = []
    for text in (WORD, apart):
        hart = hart_for(f"{text}add s2, s2, t0\nebreak", 1)
        tier = LlvmTier(only_executed=False, batch=1, background=False)
        tier.request(tier.cache.space(hart.memory, tier.decoded_code(hart.memory), kept=True), CODE, 0)
        (region,) = tier.compiled
        accesses.append(len(region.faults or ()))
    assert accesses == [1, 3]
