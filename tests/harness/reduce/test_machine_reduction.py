"""Reduction: how small an injected bug becomes, and what no reduction may break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import wrong_reference as wrong
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.isa.riscv64.coding import decode
from fuzz.strategies.riscv64 import generate
from harness.campaign.workers import ended
from harness.case_file import write_case
from harness.compare.first_difference import continuation, observe, start_of
from harness.contract import Case, End, MachineCase, MachineObservation, Observation, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BASE, DATA_BYTES
from harness.reduce import riscv64
from harness.reduce.finding import signature_function
from harness.reduce.machine import reduce_machine_case
from harness.reduce.search import instruction_count
from harness.subjects.riscv64_reference import ReferenceExecutor

Make = Callable[[], wrong.WrongReference]


def _mnemonics(case: MachineCase) -> list[str]:
    found = [decode(int.from_bytes(i, "little")) for i in riscv64.split(case.code)]
    return ["?" if one is None else one.instruction.mnemonic for one in found]


def _word(*parts: int) -> bytes:
    return b"".join(part.to_bytes(4, "little") for part in parts)


@cache
def _diverging(make: Make, profile: str = "default", at_least: int = 60) -> MachineCase:
    """A generated case of so many instructions on which the wrong executor shows."""
    signature_of = signature_function(make(), ReferenceExecutor())
    for seed in range(1, 6):
        batch = generate(seed, 0, 300, profile)
        for index in range(len(batch)):
            case = batch.case(index)
            if instruction_count(case) >= at_least and signature_of(case) is not None:
                return case
    raise AssertionError(f"no case of profile {profile} shows {make.__name__}")


def _hand_made(code: bytes, **registers: int) -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    for name, value in registers.items():
        if name == "fcsr":
            state["fcsr"] = value
        else:
            state["x"][int(name[1:])] = value
    memory = bytes(range(256)) * (DATA_BYTES // 256)
    return MachineCase("riscv64", state, code, CODE_BASE, memory, limit_insns=300)


@pytest.mark.evidence("HX-06")
def test_a_hundred_instructions_become_one_with_only_what_it_reads() -> None:
    case = _diverging(wrong.wrong_addw, at_least=100)
    subject = wrong.wrong_addw()
    reduction = reduce_machine_case(case, subject, signature_function(subject, ReferenceExecutor()))
    assert reduction.instructions == 1
    name, last = _mnemonics(reduction.case)
    assert name in ("addw", "c.addw")
    assert last == "ebreak"
    state = reduction.case.state
    assert np.count_nonzero(state["x"]) <= 2
    assert not state["f"].any()
    assert state["fcsr"] == 0
    assert not any(reduction.case.memory)


@pytest.mark.parametrize(
    ("make", "names"),
    [(wrong.wrong_after_mul, ["mul", "add", "ebreak"]), (wrong.wrong_pair, ["lr.d", "sc.d", "ebreak"])],
)
@pytest.mark.evidence("HX-06")
def test_a_bug_with_a_history_keeps_its_history_and_no_more(make: Make, names: list[str]) -> None:
    # Ten additions to x5 between things that matter, the pair at the end.
    filler = _word(*[0x00128293] * 10)
    pair = {
        wrong.wrong_after_mul: _word(0x02B50333, 0x00C583B3),  # mul x6, x10, x11; add x7, x11, x12
        wrong.wrong_pair: _word(0x1005332F, 0x00128293, 0x18B533AF),  # lr.d x6, (x10); addi; sc.d x7, x11, (x10)
    }[make]
    case = _hand_made(filler + pair + filler + riscv64.EBREAK, x10=DATA_BASE + 64, x11=5, x12=9)
    subject = make()
    reduction = reduce_machine_case(case, subject, signature_function(subject, ReferenceExecutor()))
    assert reduction.instructions <= 3
    assert [name for name in _mnemonics(reduction.case) if name not in ("addi", "c.nop")] == names
    assert int(reduction.case.state["x"][5]) == 0


def test_a_state_that_the_bug_needs_stays() -> None:
    case = _hand_made(_word(*[0x00128293] * 5, 0x00C583B3) + riscv64.EBREAK, x11=5, x12=9, fcsr=0x7F)
    subject = wrong.wrong_mode()
    reduction = reduce_machine_case(case, subject, signature_function(subject, ReferenceExecutor()))
    assert reduction.instructions == 1
    assert int(reduction.case.state["fcsr"]) >> 5 == 3
    assert not reduction.case.state["x"].any()


class _WholeBlocks(ReferenceExecutor):
    """Wrong as `wrong_addw`, but only where the next eight instructions fit in the limit: a tier that runs blocks."""

    name = "whole-blocks"

    def run(self, case: Case) -> Observation:
        assert isinstance(case, MachineCase)
        whole = case.limit_insns // 8 * 8
        first = observe(wrong.wrong_addw(), case.with_limit(whole)) if whole else start_of(case)
        rest = continuation(case, first, whole)
        if rest is None:
            return first
        seen = observe(ReferenceExecutor(), rest)
        return replace(seen, retired=whole + seen.retired)


def test_a_difference_that_shows_late_is_led_back_to_where_it_arises() -> None:
    filler = _word(*[0x00128293] * 10)
    code = filler + _word(0x00C5833B) + filler + riscv64.EBREAK  # addw x6, x11, x12
    case = _hand_made(code, x11=0x7FFF_FFFF, x12=9)
    signature_of = signature_function(_WholeBlocks(), ReferenceExecutor())
    assert "addi" in str(signature_of(case))
    reduction = reduce_machine_case(case, _WholeBlocks(), signature_of)
    assert _mnemonics(reduction.case) == ["addw", "ebreak"]
    assert signature_of(reduction.case) == reduction.signature
    assert reduction.case.limit_insns == case.limit_insns


class _AllAtOnce(ReferenceExecutor):
    """Wrong as `make()`, but only where the case may run to its end: a tier that runs it as one block."""

    name = "all-at-once"

    def __init__(self, make: Make) -> None:
        super().__init__()
        self._make = make

    def run(self, case: Case) -> Observation:
        assert isinstance(case, MachineCase)
        whole = observe(self._make(), case)
        return whole if whole.end is End.TRAP else super().run(case)


def test_what_shows_at_the_end_alone_is_led_back_past_branches() -> None:
    # addw x6, x11, x12; beq x5, x0, +8; addi x5, x5, 1 twice; ecall: the window must end before what shows it.
    code = _word(0x00C5833B, 0x00028463, 0x00128293, 0x00128293, 0x00000073)
    case = _hand_made(code, x11=0x7FFF_FFFF, x12=9)
    subject = _AllAtOnce(wrong.wrong_addw)
    signature_of = signature_function(subject, ReferenceExecutor())
    assert str(signature_of(case)) == "riscv64 ecall: x differs where both trap environment_call"
    reduction = reduce_machine_case(case, subject, signature_of)
    assert _mnemonics(reduction.case) == ["addw", "ebreak"]
    assert signature_of(reduction.case) == reduction.signature


def test_what_is_made_between_two_that_matter_is_there_from_the_start() -> None:
    # lr.d x6, (x10); addi x18, x10, 0; sc.d x7, x11, (x18): no window leaves out the one in the middle.
    case = _hand_made(_word(0x1005332F, 0x00050913, 0x18B933AF) + riscv64.EBREAK, x10=DATA_BASE + 64, x11=5)
    subject = wrong.wrong_pair()
    reduction = reduce_machine_case(case, subject, signature_function(subject, ReferenceExecutor()))
    assert _mnemonics(reduction.case) == ["lr.d", "sc.d", "ebreak"]
    assert int(reduction.case.state["x"][18]) == DATA_BASE + 64


def test_where_the_subject_crashes_the_oracle_says_what_was_before() -> None:
    # addi x10, x10, 0, which is needed for the crash by its place alone, then addi x5, x5, 1 twice and the mul.
    case = _hand_made(_word(0x00050513, *[0x00128293] * 2, 0x02B50333) + riscv64.EBREAK, x10=3, x11=5)
    subject, oracle = _CrashingAtOnce(), ReferenceExecutor()
    reduction = reduce_machine_case(case, subject, signature_function(subject, oracle), oracle=oracle)
    assert _mnemonics(reduction.case) == ["mul", "ebreak"]


class _WrongAfterNinety(ReferenceExecutor):
    """Wrong about x6 from the ninetieth turn of a loop on, which must be whole: x7 counts."""

    name = "wrong-after-ninety"

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(case, MachineCase)
        assert isinstance(seen, MachineObservation)
        if len(case.code) < 24 or int(seen.state["x"][7]) < 90:
            return seen
        state = seen.state.copy()
        state["x"][6] ^= np.uint64(1)
        return replace(seen, state=state)


def test_a_loop_that_must_stay_is_started_late() -> None:
    # addi x6, x6, 2; addi x0, x0, 0 twice; addi x7, x7, 1; bne x7, x5, -16
    code = _word(0x00230313, 0x13, 0x13, 0x00138393, 0xFE5398E3) + riscv64.EBREAK
    case = replace(_hand_made(code, x5=100), limit_insns=3_000)
    signature_of = signature_function(_WrongAfterNinety(), ReferenceExecutor())
    reduction = reduce_machine_case(case, _WrongAfterNinety(), signature_of)
    assert signature_of(reduction.case) == reduction.signature
    assert int(reduction.case.state["x"][7]) >= 80


def test_one_start_gives_one_result() -> None:
    case = _diverging(wrong.wrong_addw)
    results = []
    for _ in range(2):
        subject = wrong.wrong_addw()
        results.append(reduce_machine_case(case, subject, signature_function(subject, ReferenceExecutor())))
    assert write_case(results[0].case) == write_case(results[1].case)
    assert results[0].passes == results[1].passes
    assert results[0].attempts == results[1].attempts


def test_the_start_is_unchanged() -> None:
    case = _diverging(wrong.wrong_store)
    before = write_case(case)
    subject = wrong.wrong_store()
    reduction = reduce_machine_case(case, subject, signature_function(subject, ReferenceExecutor()))
    assert write_case(case) == before
    assert reduction.instructions == 1


def test_a_case_that_agrees_is_refused() -> None:
    right = ReferenceExecutor()
    case = _hand_made(_word(0x00128293) + riscv64.EBREAK)
    with pytest.raises(ValueError, match="does not diverge"):
        reduce_machine_case(case, right, signature_function(right, ReferenceExecutor()))


@pytest.mark.parametrize("attempts", [0, 1, 7])
def test_a_budget_ends_the_search_with_a_case_that_still_diverges(attempts: int) -> None:
    case = _diverging(wrong.wrong_addw)
    subject = wrong.wrong_addw()
    signature_of = signature_function(subject, ReferenceExecutor())
    reduction = reduce_machine_case(case, subject, signature_of, max_attempts=attempts)
    assert signature_of(reduction.case) == reduction.signature == signature_of(case)
    assert instruction_count(reduction.case) <= instruction_count(case)


_INSTRUCTIONS = {
    "addi x5, x5, 1": 0x00128293,
    "addw x7, x11, x12": 0x00C583BB,
    "addw x12, x7, x12": 0x00C3863B,
    "add x7, x11, x12": 0x00C583B3,
    "mul x6, x10, x11": 0x02B50333,
    "sd x11, 8(x10)": 0x00B53423,
    "lr.d x6, (x10)": 0x1005332F,
    "sc.d x7, x11, (x10)": 0x18B533AF,
    "beq x5, x0, +8": 0x00028463,
}
_TRIGGERS = {
    wrong.wrong_addw: (0x000683BB,),  # addw x7, x13, x0
    wrong.wrong_store: (0x00B53423,),
    wrong.wrong_after_mul: (0x02B50333, 0x00C583B3),
    wrong.wrong_pair: (0x1005332F, 0x18B533AF),
    wrong.wrong_mode: (0x00C583B3,),
}


@settings(deadline=None, max_examples=40)
@given(
    make=st.sampled_from(wrong.ALL),
    words=st.lists(st.sampled_from(sorted(_INSTRUCTIONS.values())), min_size=1, max_size=25),
    values=st.tuples(*[st.sampled_from((0, 1, 1 << 31, (1 << 64) - 1))] * 2),
    frm=st.sampled_from((0, 3)),
)
def test_every_result_diverges_alike_and_is_no_larger(
    make: Make, words: list[int], values: tuple[int, int], frm: int
) -> None:
    trigger = _TRIGGERS[make]
    code = _word(*words, *trigger) + riscv64.EBREAK
    case = _hand_made(code, x10=DATA_BASE + 64, x11=values[0], x12=values[1], x13=1 << 31, fcsr=frm << 5)
    subject = make()
    signature_of = signature_function(subject, ReferenceExecutor())
    signature = signature_of(case)
    # A branch may jump into the trigger, and only frm 3 makes `wrong_mode` wrong.
    if signature is None:
        assert 0x00028463 in words or (make is wrong.wrong_mode and frm == 0)
        return
    reduction = reduce_machine_case(case, subject, signature_of)
    found = reduction.case
    assert reduction.signature == signature
    assert signature_of(found) == signature
    assert len(found.code) <= len(case.code)
    assert reduction.instructions == instruction_count(found) <= 3
    assert int(found.state["x"][0]) == 0
    assert found.code.endswith(riscv64.EBREAK)
    assert np.count_nonzero(found.state["x"]) <= 4
    counts = [count for _, count in reduction.passes]
    assert counts == sorted(counts, reverse=True)


@settings(deadline=None)
@given(code=st.binary(max_size=64))
def test_code_split_into_instructions_joins_to_itself(code: bytes) -> None:
    parts = riscv64.split(code)
    assert b"".join(parts) == code
    assert all(len(part) == riscv64.length_bytes(part[0]) for part in parts[:-1])


@pytest.mark.parametrize(("parcel", "length"), [(0x0000, 2), (0x4501, 2), (0xFFFE, 2), (0x0013, 4), (0xFFFF, 4)])
def test_lengths_follow_from_the_lowest_two_bits(parcel: int, length: int) -> None:
    assert riscv64.length_bytes(parcel) == length


def test_a_closing_ebreak_is_not_counted() -> None:
    case = _hand_made(_word(0x00128293, 0x00128293) + riscv64.EBREAK)
    assert instruction_count(case) == 2
    assert instruction_count(replace(case, code=_word(0x00128293))) == 1


class _Crashing(ReferenceExecutor):
    """Dies at `mul x6, x10, x11`, in code without branches."""

    def run(self, case: Case) -> Observation:
        assert isinstance(case, MachineCase)
        start = int(case.state["pc"]) - case.code_address
        reached = riscv64.split(case.code[start:])[: case.limit_insns]
        return ended(case, End.CRASH, "signal 11") if _word(0x02B50333) in reached else super().run(case)


class _CrashingAtOnce(ReferenceExecutor):
    """Dies before its first instruction where x5 is 2 after what comes before a `mul`: a compiler of whole blocks."""

    def run(self, case: Case) -> Observation:
        assert isinstance(case, MachineCase)
        code = riscv64.split(case.code)
        if _word(0x02B50333) not in code:
            return super().run(case)
        additions = code.count(_word(0x00128293))
        return ended(case, End.CRASH, "signal 11") if int(case.state["x"][5]) + additions == 2 else super().run(case)


def test_what_crashes_is_looked_for_from_its_instruction_on() -> None:
    code = _word(*[0x00128293] * 40, 0x02B50333, *[0x00128293] * 40, 0x00100073)
    case = _hand_made(code, x10=3, x11=5)
    subject = _Crashing()
    signature_of = signature_function(subject, ReferenceExecutor())
    reduction = reduce_machine_case(case, subject, signature_of)
    assert reduction.passes[0] == ("window", 1)
    assert _mnemonics(reduction.case)[0] == "mul"
