"""LLVM's code without checks of permissions refuses what the interpreter refuses, with the state that it has then."""

from __future__ import annotations

import ctypes
import platform
import random

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.runtime.host import sets_segments
from engines.vm.tiers import code_cache
from engines.vm.tiers.interpreter.layout import Segment
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.accesses import LOADS, STORES
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.stop import Stop, StopReason

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, DATA, READ_ONLY = 0x10000, 0x40000, 0x60000
DATA_BYTES = 4 * PAGE_BYTES
WILD = (0, 8, 0x7FFF_FFFF, 0x8000_0000, 1 << 36, (1 << 36) - 4, (1 << 36) + 0x7FFF_FFF8, 1 << 37, 1 << 47, 1 << 63)
STORING = "addi a0, a0, 8\nsd t6, 0(a0)\naddi t6, t6, -1\nbne t6, zero, -12\nebreak"


def program(rng: random.Random, *, around: bool = False) -> str:
    """A loop of accesses off a few bases that move, some of them skipped at times; t6 counts down. `around`: it is
    around another loop, and so accesses memory through a segment."""
    body: list[str] = []
    for _ in range(rng.randrange(3, 14)):
        base, other = rng.choice(("a0", "a1", "a2")), rng.choice(("a3", "a4", "a5"))
        offset = rng.choice((0, 8, -8, 2047, -2048, rng.randrange(-2048, 2048)))
        kind = rng.randrange(10)
        if kind < 3:
            name = rng.choice(list(LOADS))
            body.append(f"{name} {f'f{other}' if name[0] == 'f' else other}, {offset}({base})")
        elif kind == 3:
            name = rng.choice(list(STORES))
            body.append(f"{name} {f'f{other}' if name[0] == 'f' else other}, {offset}({base})")
        elif kind < 6:
            body.append(f"addi {base}, {base}, {rng.choice((1, 8, -8, 64, 2047, -2048))}")
        elif kind == 6:
            body.append(f"amoadd.d {other}, {other}, ({base})")
        elif kind == 7:
            body.append(f"bge {other}, zero, {4 * rng.randrange(2, 4)}")
            body += [f"ld {other}, {offset}({base})", f"addi {base}, {base}, {rng.choice((8, -8, 16))}"]
        elif kind == 8:
            body += [f"andi {other}, {other}, 255", f"slli {other}, {other}, 3", f"add {base}, {base}, {other}"]
            body += [f"ld {other}, {offset}({base})"]
        else:
            body.append(f"addi {other}, {other}, {rng.randrange(-99, 99)}")
    if around:
        body += ["addi t5, zero, 2", "addi t5, t5, -1", "bne t5, zero, -4"]
    body.append("addi t6, t6, -1")
    return "\n".join([*body, f"bne t6, zero, {-4 * len(body)}", "ebreak"])


def hart_for(text: str, seed: int = 1, *, guarded: bool = True) -> Hart:
    rng = random.Random(seed)
    memory = AddressSpace(guarded=guarded)
    memory.map(CODE, PAGE_BYTES, READ | EXEC)
    memory.place(CODE, assemble(text))
    memory.map(DATA, DATA_BYTES, READ | WRITE)
    memory.write(DATA, rng.randbytes(DATA_BYTES))
    memory.map(READ_ONLY, 2 * PAGE_BYTES, READ)
    memory.map(READ_ONLY + PAGE_BYTES, PAGE_BYTES, 0)
    hart = Hart(memory)
    x = hart.cpu["x"]
    hart.cpu["pc"] = CODE
    for register in (10, 11, 12):
        near = rng.choice((DATA, DATA + DATA_BYTES, READ_ONLY, READ_ONLY + PAGE_BYTES))
        x[register] = rng.choice((*WILD, *[near + rng.randrange(-2060, 2060)] * 15, *[DATA + 0x2000] * 15))
    for register in (13, 14, 15):
        x[register] = rng.getrandbits(64)
        hart.cpu["f"][register] = rng.getrandbits(64)
    x[31] = 300
    return hart


def eager(slice_insns: int = 8) -> LlvmTier:
    return LlvmTier(slice_insns=slice_insns, batch=1, background=False)


def compiled_at_once(hart: Hart) -> LlvmTier:
    """A tier that has compiled the code already."""
    tier = LlvmTier(only_executed=False, batch=1, background=False)
    tier.request(tier.cache.space(hart.memory, tier.decoded_code(hart.memory), kept=True), CODE, 0)
    return tier


def outcome(tier: InterpreterTier, hart: Hart) -> tuple[object, ...]:
    stop = tier.run(hart, 20_000)
    memory = hart.memory
    return stop, hart.cpu.tobytes(), memory.read(DATA, DATA_BYTES) + memory.read(READ_ONLY, PAGE_BYTES)


@pytest.mark.parametrize("around", [True, False])
@pytest.mark.parametrize("guarded", [True, False])
def test_accesses_off_moving_bases(guarded: bool, around: bool) -> None:
    rng = random.Random(5)
    interpreter = InterpreterTier()
    stops = set()
    for case in range(30):
        text = program(rng, around=around)
        expected = outcome(interpreter, hart_for(text, case, guarded=False))
        hart = hart_for(text, case, guarded=guarded)
        tier = compiled_at_once(hart)
        assert outcome(tier, hart) == expected, f"case {case}:\n{text}"
        assert hart.memory.guarded == guarded
        stop = expected[0]
        assert isinstance(stop, Stop)
        stops.add(stop.cause)
        assert tier.counters.installed and all((region.faults is not None) is guarded for region in tier.compiled)
    assert {3, 5, 7} <= stops


def test_code_without_checks_is_given_up_when_the_host_no_longer_holds_permissions() -> None:
    hart = hart_for(STORING)
    hart.cpu["x"][10], hart.cpu["x"][31] = DATA - 8, 1 << 20
    tier = eager(64)
    assert tier.run(hart, 1000).reason is StopReason.LIMIT
    assert [region.faults is None for region in tier.compiled] == [False]
    hart.memory.map(READ_ONLY + 4 * PAGE_BYTES, PAGE_BYTES, READ | WRITE | EXEC)
    stop = tier.run(hart, 1 << 30)
    assert (stop.reason, stop.cause, stop.value) == (StopReason.TRAP, 7, DATA + DATA_BYTES)


def test_stored_code_without_checks_is_for_guarded_memory_only() -> None:
    maker = eager(64)
    hart = hart_for(STORING)
    hart.cpu["x"][10] = DATA
    maker.run(hart, 600)
    assert maker.compiled
    for guarded in (True, False):
        user = eager(1 << 30)
        user.offer(maker.compiled)
        hart = hart_for(STORING, guarded=guarded)
        hart.cpu["x"][10] = DATA
        user.run(hart, 600)
        assert (user.counters.stored, user.counters.stale) == ((1, 0) if guarded else (0, 1))


@pytest.mark.parametrize(
    "text",
    [
        "ld a3, 0(a0)\naddi t6, t6, -1\nbne t6, zero, -8\nebreak",
        "ld a1, 0(a5)\nadd a0, a1, zero\nld a3, 0(a0)\naddi t6, t6, -1\nbne t6, zero, -16\nebreak",
        "add a2, a5, zero\nld a3, 0(a2)\nld a2, 0(a5)\nld a3, 0(a2)\naddi t6, t6, -1\nbne t6, zero, -20\nebreak",
        "bne a4, zero, 8\nadd a0, a5, zero\nld a3, 0(a0)\naddi t6, t6, -1\nbne t6, zero, -16\nebreak",
    ],
)
def test_an_address_that_leads_to_other_memory_of_the_process_faults(text: str) -> None:
    """Far from the guest's address space the host has memory too: an unchecked access there would not fault."""
    hart = hart_for(text)
    x = hart.cpu["x"]
    x[10], x[14], x[15], x[31] = DATA, 0, DATA + 64, 1 << 20
    hart.memory.store(DATA + 64, DATA + 128, 8)
    tier = compiled_at_once(hart)
    assert tier.run(hart, 1000).reason is StopReason.LIMIT
    assert tier.compiled[-1].faults
    secret = (ctypes.c_uint64 * 8)(*range(8))
    distance = (ctypes.addressof(secret) - hart.memory.host_base) % (1 << 64)
    x[10], x[14] = distance, 1
    hart.memory.store(DATA + 64, distance, 8)
    stop = tier.run(hart, 1000)
    assert (stop.reason, stop.cause, stop.value) == (StopReason.TRAP, 5, distance)
    assert int(hart.cpu["retired"]) < 1010


SUMMING = "ld a3, 0(a0)\nadd a4, a4, a3\nsd a4, 8(a0)\necall\nebreak"


@pytest.mark.parametrize("way", [None, Segment.BY_INSTRUCTION, Segment.BY_SYSTEM])
def test_address_spaces_that_run_by_turns_have_memory_of_their_own(way: Segment | None) -> None:
    """Each entry into native code makes its memory the segment's: as this system lets it, None, and in each way."""
    if way is Segment.BY_INSTRUCTION and not sets_segments():
        pytest.skip("this system does not let programs set segments")
    spaces = []
    for number in range(2):
        hart = hart_for(SUMMING)
        hart.cpu["x"][10], hart.cpu["x"][14] = DATA, 0
        hart.memory.store(DATA, 100 + number, 8)
        tier = compiled_at_once(hart)
        if way is not None:
            tier.decoded_code(hart.memory).context["segment"] = way
        assert uses_segment(tier)
        spaces.append((tier, hart))
    for turn in range(1, 4):
        for number, (tier, hart) in enumerate(spaces):
            hart.cpu["pc"] = CODE
            assert tier.run(hart, 1000).cause == ExceptionCause.ENVIRONMENT_CALL_FROM_U
            assert hart.memory.load(DATA + 8, 8) == turn * (100 + number)


def test_where_no_segment_can_be_set_code_checks_permissions_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every system that runs programs for Linux lets them."""
    monkeypatch.setattr(code_cache, "segment", lambda: Segment.NONE)
    hart = hart_for(SUMMING)
    hart.cpu["x"][10], hart.cpu["x"][14] = DATA, 0
    hart.memory.store(DATA, 100, 8)
    tier = compiled_at_once(hart)
    assert tier.run(hart, 1000).cause == ExceptionCause.ENVIRONMENT_CALL_FROM_U
    assert hart.memory.load(DATA + 8, 8) == 100
    assert tier.compiled[-1].faults is None
    assert tier.cache.counters.unguarded == "arch_prctl sets no segment for guest memory"


def test_memory_needs_a_register_in_innermost_loops_only() -> None:
    rows = "\n".join(f"ld a{n}, {8 * n}(a0)\naddi a0, a0, 8" for n in range(1, 6))
    assert uses_segment(compiled_at_once(hart_for(f"{rows}\nebreak")))
    assert not uses_segment(compiled_at_once(hart_for(f"{rows}\nbne t6, zero, -40\nebreak")))


def uses_segment(tier: LlvmTier) -> bool:
    """Whether the accesses of the region that was compiled last, of which there are some, go through gs."""
    region = tier.compiled[-1]
    assert region.faults
    prefixes = {region.code[at] == 0x65 for at, _ in region.faults}
    assert len(prefixes) == 1
    return prefixes.pop()
