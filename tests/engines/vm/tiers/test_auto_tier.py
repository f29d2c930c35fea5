"""The tiers together: same results as the interpreter, whichever code runs, from quick code through LLVM's to kept."""

from __future__ import annotations

import math
import platform

import pytest

from engines.vm.aot.image import Kind, StoredRegion
from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.record import replace
from engines.vm.tiers import auto, trial
from engines.vm.tiers.auto import AutoTier
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm import compiler
from engines.vm.tiers.trial import Trial
from fuzz.strategies.riscv64 import generate
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_reference import ReferenceExecutor

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, DATA = 0x1000, 0x8000
FIELDS = ("end", "trap", "tval", "state", "memory", "retired")


def eager(llvm_after: int, capacity_bytes: int = 1 << 20) -> AutoTier:
    return AutoTier(40, share=math.inf, llvm_after=llvm_after, background=False, capacity_bytes=capacity_bytes)


def hart_with(code: bytes, *, guarded: bool = False) -> Hart:
    memory = AddressSpace(guarded=guarded)
    memory.map(CODE, 0x1000, READ | EXEC if guarded else READ | WRITE | EXEC)
    memory.map(DATA, 0x1000, READ | WRITE)
    memory.place(CODE, code)
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][11] = DATA
    return hart


def nested() -> bytes:
    """A loop that calls a function with a loop, for ever."""
    return assemble(
        "addi a0, a0, 3\njal ra, 16\nadd a3, a3, a2\nsd a3, 8(a1)\njal zero, -16\n"
        "addi a2, zero, 9\nld a4, 8(a1)\nadd a4, a4, a2\nsd a4, 16(a1)\naddi a2, a2, -1\nbne a2, zero, -16\n"
        "jalr zero, 0(ra)"
    )


def state(hart: Hart) -> bytes:
    return bytes(hart.cpu.tobytes()) + hart.memory.read(CODE, 0x1000) + hart.memory.read(DATA, 0x1000)


@pytest.mark.parametrize(("llvm_after", "turn_insns"), [(0, None), (1 << 60, None), (0, 200)])
def test_generated_programs(monkeypatch: pytest.MonkeyPatch, llvm_after: int, turn_insns: int | None) -> None:
    """Also where trials change what is installed all the time."""
    for module in (trial, auto) if turn_insns else ():
        monkeypatch.setattr(module, "TURN_INSNS", turn_insns)
    batch = generate(31, 0, 24, "jit")
    expected = InterpreterExecutor().run_batch(batch)
    found = ReferenceExecutor(eager(llvm_after=llvm_after, capacity_bytes=1 << 17)).run_batch(batch)
    assert [
        f"case {i}: {name}"
        for i in range(len(batch))
        for name in FIELDS
        if getattr(expected, name)[i].tobytes() != getattr(found, name)[i].tobytes()
    ] == []


@pytest.mark.parametrize("guarded", [False, True])
def test_quick_code_first_then_llvm_then_both_kept(guarded: bool) -> None:
    alone = hart_with(nested())
    InterpreterTier().run(alone, 30_001)
    tier, hart = eager(llvm_after=3_000), hart_with(nested(), guarded=guarded)
    tier.run(hart, 2_000)
    assert hart.memory.guarded is guarded
    assert tier.quick.compiled and not tier.compiled
    assert any(region.faults for region in tier.quick.compiled) is guarded
    tier.run(hart, 28_001)
    assert tier.compiled
    assert state(hart) == state(alone)
    space = next(iter(tier.cache._spaces.values()))
    heads = {head for head, handle in space.heads.items() if handle.tier == "llvm"}
    quick = [handle for handle in space.handles if handle.tier != "llvm"]
    assert not any(start <= head < end for handle in quick for head in heads for start, end in handle.ranges)

    again, hart = eager(llvm_after=0), hart_with(nested(), guarded=guarded)
    again.offer(tier.compiled)
    again.quick.offer(tier.quick.compiled)
    again.run(hart, 30_001)
    assert again.counters.stored
    assert state(hart) == state(alone)


def test_code_that_is_written_goes_whatever_tier_made_it() -> None:
    tier, interpreter = eager(llvm_after=1_000), InterpreterTier()
    hart, alone = hart_with(nested()), hart_with(nested())
    for step in range(4):
        tier.run(hart, 3_007)
        interpreter.run(alone, 3_007)
        for one in (hart, alone):
            one.memory.write(CODE + 20, assemble(f"addi a2, zero, {5 + step}"))
    assert tier.counters.invalidated
    assert state(hart) == state(alone)


def test_quick_code_finds_a_page_gone_while_guarded_and_after() -> None:
    for keeps_guards in (True, False):
        tier, hart, alone = eager(llvm_after=1 << 60), hart_with(nested(), guarded=True), hart_with(nested())
        tier.run(hart, 3_001)
        assert any(handle.guarded for handle in tier.cache.handles)
        if not keeps_guards:
            hart.memory.unguard()
            assert not any(handle.guarded for handle in tier.cache.handles)
        InterpreterTier().run(alone, 3_001)
        for one in (hart, alone):
            one.memory.unmap(DATA, 0x1000)
        assert tier.run(hart, 3_000) == InterpreterTier().run(alone, 3_000)
        assert hart.cpu.tobytes() == alone.cpu.tobytes()
        assert hart.cpu["trap_value"] // 0x1000 == DATA // 0x1000


@pytest.mark.parametrize("verdict", [True, False])
def test_code_that_fails_its_trial_goes_and_is_never_tried_again(
    monkeypatch: pytest.MonkeyPatch, verdict: bool
) -> None:
    monkeypatch.setattr(Trial, "verdict", lambda _: verdict)
    monkeypatch.setattr(trial, "TURN_INSNS", 500)
    tier, hart, alone = eager(llvm_after=2_000), hart_with(nested()), hart_with(nested())
    tier.run(hart, 60_000)
    InterpreterTier().run(alone, 60_000)
    assert state(hart) == state(alone)
    tier.finish()
    assert all(bool(region.code) is verdict for region in tier.compiled[:1])
    space = next(iter(tier.cache._spaces.values()))
    assert any(handle.tier == "llvm" for handle in space.handles) is verdict

    again, hart = eager(llvm_after=0), hart_with(nested())
    again.offer(tier.compiled)
    assert bool(again.rejected) is not verdict
    again.run(hart, 60_000)
    assert state(hart) == state(alone)
    assert bool(again.counters.stored) is verdict


def run_before() -> tuple[AutoTier, StoredRegion]:
    """A tier that ran the nested loops, and LLVM's code of both, untried."""
    tier, hart = eager(llvm_after=1 << 60), hart_with(nested())
    tier.run(hart, 30_000)
    hart.cpu["pc"] = CODE
    region = tier.compile(hart, CODE)
    assert region is not None and tier.quick.compiled
    return tier, replace(region, kind=Kind.UNTRIED)


def test_what_was_never_tried_runs_at_once_in_the_next_run_and_comes_on_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "TRIED_INSNS", 0)
    first, untried = run_before()
    second, hart, alone = eager(llvm_after=0), hart_with(nested()), hart_with(nested())
    second.offer([untried])
    second.quick.offer(first.quick.compiled)
    second.run(hart, 30_000)
    InterpreterTier().run(alone, 30_000)
    assert second.counters.stored
    assert [region.entries for region in second.trial.regions] == [untried.entries]
    assert any(region.kind is Kind.BASELINE for region in second.trial.other)  # what there was in its place
    assert state(hart) == state(alone)
    second.finish()
    assert second.compiled == []  # it stays untried, as it was kept


def test_functions_that_share_code_are_tried_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """What calls others is not compared with itself that calls the others' other code."""
    first, outer = run_before()
    hart = hart_with(nested())
    inner = first.compile(hart, CODE + 20)
    assert inner is not None
    assert auto._within(outer.ranges, CODE + 20)
    for least in (0, 1 << 40):
        monkeypatch.setattr(auto, "TRIED_INSNS", least)
        second, hart, alone = eager(llvm_after=0), hart_with(nested()), hart_with(nested())
        second.offer([outer, replace(inner, kind=Kind.UNTRIED)])
        second.quick.offer(first.quick.compiled)
        second.run(hart, 30_000)
        InterpreterTier().run(alone, 30_000)
        tried = {region.entries[0][0] for region in second.trial.regions}
        assert tried == (set() if least else {CODE, CODE + 20})
        assert all(region.kind is Kind.BASELINE for region in second.trial.other)
        assert state(hart) == state(alone)


def test_what_llvm_compiled_beside_the_guest_is_translated_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a region around a trace would keep the whole function away in every later run."""
    monkeypatch.setattr(auto, "WORTH_INSNS", 1_000)
    monkeypatch.setattr(auto, "PROGRAM_AFTER_INSNS", 0)
    monkeypatch.setattr(Trial, "verdict", lambda _: True)
    monkeypatch.setattr(trial, "TURN_INSNS", 500)
    first = eager(llvm_after=2_000)
    first.program_end = CODE + 0x1000
    first.run(hart_with(nested()), 60_000)
    inside = [pair for region in first.compiled for pair in region.ranges]
    assert any(auto._within(inside, pc) for pc in first.hot_places())
    first.finish()
    later = eager(llvm_after=1 << 60)
    later.offer(first.compiled)
    later.program_end = first.program_end
    later.run(hart_with(nested()), 60_000)
    assert not any(auto._within(inside, pc) for pc in later.hot_places())


def test_looks_see_more_of_the_program_than_long_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice of 18 turns of the outer loop, each of 52 instructions, always ends at the same place."""
    places = []
    for looks in ((), (5, 7, 11)):
        monkeypatch.setattr(auto, "LOOKED_AT", 52)
        monkeypatch.setattr(auto, "LOOKS", looks)
        monkeypatch.setattr(auto, "LONGEST_SLICE", 18 * 52)
        tier, hart, alone = (
            AutoTier(18 * 52, share=math.inf, llvm_after=1 << 60),
            hart_with(nested()),
            hart_with(nested()),
        )
        tier.run(hart, 60_000)
        InterpreterTier().run(alone, 60_000)
        assert state(hart) == state(alone)
        places.append(len(tier._outside))
        assert sum(tier._outside.values()) == pytest.approx(60_000, rel=0.2)
    assert places[0] < places[1]


def test_where_code_was_kept_the_compiler_is_loaded_only_for_what_is_interpreted_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = eager(llvm_after=1 << 60)
    elsewhere = hart_with(nested())
    elsewhere.memory.place(CODE + 0x800, nested())
    elsewhere.cpu["pc"] = CODE + 0x800
    first.run(elsewhere, 5_000)
    assert first.quick.compiled
    for most in (auto.LOAD_INSNS, 2_000):
        monkeypatch.setattr(auto, "LOAD_INSNS", most)
        later = eager(llvm_after=1 << 60)
        later.quick.offer(first.quick.compiled)
        monkeypatch.setattr(auto, "LOOKED_AT", 100)
        later.run(hart_with(nested()), 4_000)
        assert bool(later.quick.compiled) is (most == 2_000)


def test_kept_baseline_code_comes_with_what_it_leads_to(monkeypatch: pytest.MonkeyPatch) -> None:
    hart = hart_with(nested())
    compiler = eager(llvm_after=1 << 60)
    space = compiler.cache.space(hart.memory, compiler.decoded_code(hart.memory), kept=True)
    outer = compiler.quick.compile(space, CODE, 0, lambda *_: 0, {CODE + 20}, guarded=False)
    inner = compiler.quick.compile(space, CODE + 20, 0, lambda *_: 0, set(), guarded=False)
    assert outer is not None and inner is not None and CODE + 20 in outer.exits
    for most in (1, auto.TOGETHER):
        monkeypatch.setattr(auto, "TOGETHER", most)
        tier, hart = eager(llvm_after=1 << 60), hart_with(nested())
        tier.quick.offer([inner, outer])
        space = tier.cache.space(hart.memory, tier.decoded_code(hart.memory), kept=True)
        assert tier._make_quick(space, 0, CODE)
        assert (CODE + 20 in space.heads) is (most > 1)
        assert tier.counters.stored == len(space.handles) == min(most, 2)


def test_kept_baseline_code_is_found_by_any_of_its_instructions_where_the_guest_was_seen() -> None:
    """A trace from there may not come to an entry of it again."""
    first, _ = run_before()
    tier, hart = eager(llvm_after=1 << 60), hart_with(nested())
    tier.quick.offer(first.quick.compiled)
    space = tier.cache.space(hart.memory, tier.decoded_code(hart.memory), kept=True)
    inside = CODE + 28
    assert not any(inside == pc for region in first.quick.compiled for pc, _ in region.entries)
    assert not tier._make_quick(space, 0, inside)
    tier._sampled = inside
    assert tier._make_quick(space, 0, inside)
    assert space.handle_at(inside) is not None


def test_a_trace_that_begins_in_llvm_code_asks_for_no_baseline_code() -> None:
    _, region = run_before()
    tier = eager(llvm_after=1 << 60)
    tier.offer([replace(region, kind=Kind.LLVM)])
    hart = hart_with(nested())
    tier.run(hart, 50)
    space = next(iter(tier.cache._spaces.values()))
    assert not tier._is_missed(space, CODE + 24)
    assert tier._is_missed(space, CODE + 0x800)
    tier.profile.distrusts = True
    assert tier._is_missed(space, CODE + 24)


def test_a_region_that_the_program_has_left_stays_and_is_tried_later(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (trial, auto):
        monkeypatch.setattr(module, "TURN_INSNS", 500)
    monkeypatch.setattr(auto, "TRIED_INSNS", 0)
    monkeypatch.setattr(trial, "LEAST_SHARE", 1.1)  # no turn says anything
    monkeypatch.setattr(trial, "SLOW", math.inf)
    first, untried = run_before()
    second, hart, alone = eager(llvm_after=1 << 60), hart_with(nested()), hart_with(nested())
    second.offer([untried])
    second.quick.offer(first.quick.compiled)
    begun: list[StoredRegion] = []
    begin = Trial.begin

    def counted(self: Trial, region: StoredRegion, without: list[StoredRegion], passes: float) -> None:
        begun.append(region)
        begin(self, region, without, passes)

    monkeypatch.setattr(Trial, "begin", counted)
    second.run(hart, 100_000)
    InterpreterTier().run(alone, 100_000)
    assert state(hart) == state(alone)
    assert len(begun) == auto.MOST_TRIALS
    assert not second.trial.regions
    space = next(iter(second.cache._spaces.values()))
    assert {handle.tier for handle in space.handles} == {"llvm"}


def test_a_trial_lays_both_ways_in_turns_and_keeps_the_better_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the seconds that the turns are said to take, whatever they took."""
    for module in (trial, auto):
        monkeypatch.setattr(module, "TURN_INSNS", 500)
    measure, layouts = Trial.measure, []
    for faster in (True, False):

        def timed(self: Trial, insns: int, inside: int, _: float, faster: bool = faster) -> bool:
            return measure(self, insns, inside, insns * (2.0 if self.regions and self.uses is not faster else 1.0))

        monkeypatch.setattr(Trial, "measure", timed)
        tier, hart, alone = eager(llvm_after=2_000), hart_with(nested()), hart_with(nested())
        tier.run(hart, 60_000)
        InterpreterTier().run(alone, 60_000)
        assert state(hart) == state(alone)
        assert not tier.trial.regions
        space = next(iter(tier.cache._spaces.values()))
        layouts.append({handle.tier for handle in space.handles})
        tier.finish()
        assert {region.kind for region in tier.compiled} == {Kind.LLVM if faster else Kind.FAILED}
    assert "llvm" in layouts[0]
    assert layouts[1] == {"baseline"}


def test_llvm_is_not_asked_again_for_what_an_earlier_run_had_compiled() -> None:
    first = eager(llvm_after=2_000)
    first.run(hart_with(nested()), 30_000)
    first.finish()
    assert first.compiled
    later = eager(llvm_after=0)
    later.offer(first.compiled)
    later.run(hart_with(nested()), 30_000)
    assert not later.compiled


def test_llvm_is_asked_for_baseline_code_that_much_of_the_time_goes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "HOT_SHARE", 1.1)
    tier = eager(llvm_after=0)
    tier.run(hart_with(nested()), 30_000)
    assert tier.quick.compiled
    assert not tier.compiled


def test_without_llvm_baseline_code_is_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> dict[str, bool]:
        raise ImportError("No module named 'llvmlite'")

    monkeypatch.setattr(compiler, "host_features", missing)
    tier, hart, alone = eager(llvm_after=500), hart_with(nested()), hart_with(nested())
    interpreter = InterpreterTier()
    for one in (hart, alone):
        one.memory.place(CODE + 0x800, nested())
    for runner, one in ((tier, hart), (interpreter, alone)):
        runner.run(one, 5_000)
        one.cpu["pc"] = CODE + 0x800
    before = len(tier.quick.compiled)
    tier.run(hart, 5_000)
    interpreter.run(alone, 5_000)
    assert tier.counters.refused == {"LLVM is missing: No module named 'llvmlite'": 1}
    assert len(tier.quick.compiled) > before > 0
    assert state(hart) == state(alone)


def test_the_guest_is_seldom_looked_at_in_code_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "LONGEST_SLICE", 1_000)
    monkeypatch.setattr(auto, "SETTLED_SLICE", 8_000)
    first = eager(llvm_after=2_000)
    first.run(hart_with(nested()), 30_000)
    samples = []
    for kind in (Kind.LLVM, Kind.FAILED):
        later = eager(llvm_after=0)
        later.offer(replace(region, kind=kind) for region in first.compiled)
        later.run(hart_with(nested()), 400_000)
        samples.append(later.counters.samples)
    assert samples[0] < 100 < 300 < samples[1]


def test_what_the_last_run_found_serves_no_other_memory() -> None:
    """Harts of two memories take turns on one tier, and another tier decodes between: each run finds its own code."""
    tier, other = eager(llvm_after=1_000), InterpreterTier()
    programs = nested(), assemble("addi a0, a0, 3") + nested()
    first, second = hart_with(programs[0]), hart_with(programs[1], guarded=True)
    for hart, limit_insns in ((first, 2_000), (second, 2_000), (first, 1), (second, 17)):
        tier.run(hart, limit_insns)
    other.run(first, 100)
    tier.run(first, 5_000)
    for hart, program in zip((first, second), programs, strict=True):
        alone = hart_with(program)
        other.run(alone, int(hart.cpu["retired"]))
        assert state(hart) == state(alone)


def test_a_hart_with_vectors_is_refused_after_one_without() -> None:
    tier, hart = eager(llvm_after=1_000), hart_with(nested())
    tier.run(hart, 10)
    with pytest.raises(ValueError, match="has_vectors"):
        tier.run(Hart(hart.memory, has_vectors=True), 10)
    tier.run(hart, 10)
    assert int(hart.cpu["retired"]) == 20
