"""What samples of a running guest have compiled: what is interpreted again and again, and nothing that is not."""

from __future__ import annotations

import platform

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.background import Request
from engines.vm.tiers.llvm.tier import COLD_SHARE, LlvmTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE = 0x1000
SLICE = 50_000
INNER = CODE + 4
INNER_INSNS = 4

NESTED = (
    "addi t0, a6, 0\n"  # rounds of the inner loop, which has no entry of its own
    "addi a0, a0, 3\nxor a1, a1, a0\naddi t0, t0, -1\nbne t0, zero, -12\n"
    "addi a2, a2, 1\n"
    "bltu a2, a3, -24\n"  # as often as a3 says only that, then this as well
    "addi t1, zero, 15\n"
    "addi a4, a4, 5\nxor a5, a5, a4\naddi t1, t1, -1\nbne t1, zero, -12\n"
    "jal zero, -48\n"
)


def hart_with(inner: int, alone: int) -> Hart:
    """`inner` rounds of the inner loop in each of the outer one's, of which the first `alone` do nothing else."""
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | WRITE | EXEC)
    memory.write(CODE, assemble(NESTED))
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][13], hart.cpu["x"][16] = alone, inner
    return hart


def compiled_of(tier: LlvmTier, hart: Hart, insns: int) -> int:
    """How many of the next `insns` instructions retire in compiled code."""
    context = tier.decoded_code(hart.memory).context
    before = int(context["compiled"])
    tier.run(hart, insns)
    return int(context["compiled"]) - before


def roots_of(tier: LlvmTier) -> list[int]:
    return [region.entries[0][0] for region in tier.compiled]


@pytest.mark.parametrize("inner", [1_000, 10_000])
def test_what_is_interpreted_because_a_slice_ended_is_not_compiled_again(inner: int) -> None:
    hart = hart_with(inner, 1 << 40)
    tier = LlvmTier(slice_insns=SLICE, background=False)
    tier.run(hart, 20_000_000)
    assert roots_of(tier) == [CODE]


def test_slices_grow_where_all_is_compiled_but_the_way_to_the_next_entry() -> None:
    hart = hart_with(1_000, 1 << 40)
    tier = LlvmTier(slice_insns=SLICE, background=False)
    tier.run(hart, 2_000_000)
    before = tier.counters.samples
    tier.run(hart, 8_000_000)
    assert tier.counters.samples - before <= 10


def test_a_loop_that_does_not_come_to_an_entry_for_long_gets_one() -> None:
    hart = hart_with(1_000, 1 << 40)
    tier = LlvmTier(slice_insns=SLICE, background=False)
    tier.run(hart, 1_000_000)
    assert roots_of(tier) == [CODE]
    hart.cpu["x"][16] = 1 << 40
    tier.run(hart, 10_000_000)
    assert compiled_of(tier, hart, 2_000_000) > 1_900_000
    assert roots_of(tier) == [CODE, INNER]


def test_a_small_part_of_a_run_that_is_interpreted_is_compiled_too() -> None:
    inner, alone = 1_000, 1_000
    hart, other = hart_with(inner, alone), hart_with(inner, alone)
    tier = LlvmTier(slice_insns=SLICE, background=False)
    insns = 40_000_000
    tier.run(hart, insns)
    share = 60 / (inner * INNER_INSNS)
    assert COLD_SHARE < share < 4 * COLD_SHARE
    measured = 8_000_000
    assert compiled_of(tier, hart, measured) > (1 - share / 2) * measured
    InterpreterTier().run(other, insns + measured)
    assert hart.cpu.tobytes() == other.cpu.tobytes()


def test_of_kept_regions_the_latest_is_taken() -> None:
    hart = hart_with(1_000, 1_000)
    maker = LlvmTier()
    small, large = maker.compile(hart, CODE, range(CODE + 24, CODE + 64)), maker.compile(hart, CODE)
    inner = maker.compile(hart, INNER)
    assert small is not None and large is not None and inner is not None and len(small.guest) < len(large.guest)
    tier = LlvmTier(slice_insns=SLICE, background=False)
    tier.offer([small, inner, large])
    tier.run(hart, 100)
    heads = tier.space(hart.memory).heads
    assert heads[CODE].ranges == list(large.ranges)
    assert heads[INNER].ranges == list(inner.ranges)


def test_what_is_asked_for_again_counts_as_asked_for_until_it_is_there() -> None:
    hart = hart_with(1_000, 1_000)
    tier = LlvmTier(slice_insns=SLICE)
    space = tier.space(hart.memory)
    compiler, frm = tier.compiler, 0
    small = compiler.region(CODE, space.fetch, lambda pc: pc < CODE + 24, frm)
    large = compiler.region(CODE, space.fetch, lambda _: True, frm)
    assert small.inside() < large.inside()
    for region in (small, large):
        tier.profile.ask(CODE, region)
    for region, asked in ((small, {CODE: large.inside()}), (large, {})):
        guest = b"".join(space.fetch(start, end - start) for start, end in region.ranges())
        request = Request(CODE, region, guest, frm, id(space), space.version)
        tier._take(space, request, tier._compile(request))
        assert tier.profile.asked == asked


def test_what_an_earlier_run_compiled_counts_as_executed() -> None:
    hart = hart_with(1_000, 1_000)
    kept = LlvmTier().compile(hart, CODE)
    assert kept is not None
    tier = LlvmTier(slice_insns=SLICE, background=False)
    tier.offer([kept])
    tier.run(hart, 10_000)
    space = tier.space(hart.memory)
    assert not space.executed(CODE + 32)
    assert tier._form(space, CODE, 0).ranges() == list(kept.ranges)


@pytest.mark.parametrize(("unseen", "root"), [(0, CODE), (CODE + 4, CODE + 12)])
def test_a_region_is_not_compiled_again_with_less_than_it_has(
    monkeypatch: pytest.MonkeyPatch, unseen: int, root: int
) -> None:
    """What an earlier run saw, this one may not have seen."""
    hart = hart_with(0, 0)
    both = "bne a0, zero, 12\naddi a1, a1, 1\njal zero, -8\naddi a2, a2, 1\njal zero, -16\n"
    hart.memory.write(CODE, assemble(both))
    kept = LlvmTier().compile(hart, CODE, (CODE + 12,))
    assert kept is not None and kept.ranges == ((CODE, CODE + 12),)
    tier = LlvmTier(slice_insns=SLICE, background=False)
    tier.offer([kept])
    tier.run(hart, 1)
    monkeypatch.setattr(tier, "_executed", lambda _: lambda pc: pc != unseen)
    monkeypatch.setattr(tier, "_root", lambda *_: CODE)
    tier._ask(tier.space(hart.memory), 0, [(CODE + 12, 0)])
    assert roots_of(tier) == [root]
