"""Branches whose arms are executed both: every register, and every count of instructions, is the interpreter's."""

from __future__ import annotations

import platform

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm import lowering
from engines.vm.tiers.llvm.arms import MOST_INSNS, Arms, arms_of
from engines.vm.tiers.llvm.region import Block, Region, form
from engines.vm.tiers.llvm.tier import LlvmTier

needs_x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")

CODE = 0x1000
RANDOM = ["slli x7, x6, 13", "xor x6, x6, x7", "srli x7, x6, 7", "xor x6, x6, x7", "andi x7, x6, 1"]
GOES_ON, ENDS = "goes on", "ends"
"""The two places: the loop's next part, and behind the loop."""


def program(first: list[str], second: list[str], *, turned: tuple[bool, bool] = (False, True)) -> str:
    """A loop with a branch to `second`, which nobody predicts, or on to `first`; both then look at x10. Behind the loop
    comes what begins it anew, 60 times. Smaller loops ask for the budget behind them. `turned`: whether an
    arm's branch is taken to where the loop ends."""
    lines: list[str | tuple[str, str]] = [*RANDOM, ("bne x7, zero", "second"), *first]
    lines += [("bne x10, zero", GOES_ON), ("jal zero", ENDS)] if not turned[0] else [("beq x10, zero", ENDS)]
    lines += [("jal zero", GOES_ON)] if turned[0] else []
    places = {"second": len(lines)}
    lines += [*second, *([("beq x10, zero", ENDS)] if turned[1] else [("bne x10, zero", GOES_ON), ("jal zero", ENDS)])]
    places[GOES_ON] = len(lines)
    lines += ["add x15, x15, x12", ("bne x15, zero", "last"), "addi x15, x15, 1"]
    places["last"] = len(lines)
    lines += ["xor x15, x15, x14", ("jal zero", "start")]
    places |= {ENDS: len(lines), "start": 0}
    lines += [
        "addi x12, zero, 90",
        "beq x9, x12, 8",
        "addi x14, zero, 70",
        "addi x9, x9, -1",
        ("bne x9, zero", "start"),
        "ebreak",
    ]
    return "\n".join(
        line if isinstance(line, str) else f"{line[0]}, {4 * (places[line[1]] - at)}" for at, line in enumerate(lines)
    )


STEPS = (["addi x12, x12, -1", "slt x10, zero, x12"], ["addi x14, x14, -3", "slt x10, zero, x14"])


def region_of(text: str) -> Region:
    code = assemble(text)
    return form(CODE, lambda pc, size: code[pc - CODE : pc - CODE + size], lambda _: True, lambda _: True)


def found_in(text: str) -> list[Arms]:
    region = region_of(text)
    return [arms for block in region.blocks.values() if (arms := arms_of(region, block)) is not None]


def test_arms_that_branch_to_the_same_places_are_found() -> None:
    (found,) = found_in(program(*STEPS))
    assert [len(arm.block.insns) for arm in found.arms] == [3, 3]
    assert [arm.is_turned for arm in found.arms] == [False, True]
    assert [[len(way) for way in arm.ways] for arm in found.arms] == [[1, 1], [2, 1]]


@pytest.mark.parametrize(
    "step",
    [
        ["ld x10, 0(x5)"],
        ["sd x10, 0(x5)"],
        ["fcvt.d.l f1, x10, dyn"],
        ["mul x10, x10, x10"],
        ["add x10, x10, x12"] * MOST_INSNS,
    ],
    ids=["loads", "stores", "floating point", "costs much", "long"],
)
def test_arms_that_do_more_stay_apart(step: list[str]) -> None:
    assert not found_in(program(STEPS[0], step))


def hart_with(text: str) -> Hart:
    memory = AddressSpace(guarded=True)
    memory.map(CODE, 0x1000, READ | EXEC)
    memory.place(CODE, assemble(text))
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][6], hart.cpu["x"][9] = 0x1234_5678_9ABC_DEF1, 60
    hart.cpu["x"][12], hart.cpu["x"][14] = 100, 100
    return hart


def runs_alike(text: str, limits: list[int]) -> None:
    joined, original = 0, vars(lowering)["arms_of"]  # an injected bug may have replaced it

    def counted(region: Region, block: Block) -> Arms | None:
        nonlocal joined
        found: Arms | None = original(region, block)
        joined += found is not None
        return found

    hart, alone = hart_with(text), hart_with(text)
    tier = LlvmTier(slice_insns=60, batch=1, only_executed=False, background=False)
    interpreter = InterpreterTier()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lowering, "arms_of", counted)
        for most in limits:
            assert tier.run(hart, most) == interpreter.run(alone, most)
            assert hart.cpu.tobytes() == alone.cpu.tobytes()
    assert tier.counters.installed
    assert joined


@needs_x86_64
@pytest.mark.parametrize("turned", [(False, True), (True, False), (False, False), (True, True)])
def test_both_arms_are_what_one_of_them_would_be(turned: tuple[bool, bool]) -> None:
    runs_alike(program(*STEPS, turned=turned), [1_000, *range(1, 60), 5_000, *range(60), 1_000_000])


steps = st.lists(
    st.builds(
        "{} x{}, x{}, x{}".format,
        st.sampled_from(("add", "sub", "xor", "or", "sltu", "slt", "addw")),
        st.sampled_from((7, 10, 11, 12, 14)),
        st.sampled_from((0, 6, 7, 10, 11, 12, 14)),
        st.sampled_from((7, 10, 11, 12, 14)),
    ),
    max_size=MOST_INSNS - 2,
)


@needs_x86_64
@settings(deadline=None, max_examples=15, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # short as they are
@given(steps, steps, st.tuples(st.booleans(), st.booleans()), st.lists(st.integers(1, 400), max_size=30))
def test_any_arms_are_what_one_of_them_would_be(
    first: list[str], second: list[str], turned: tuple[bool, bool], limits: list[int]
) -> None:
    text = program([*first, "addi x12, x12, -1"], [*second, "sub x10, x12, x14"], turned=turned)
    runs_alike(text, [2_000, *limits, 20_000])
