"""Variants of a program do the same, and are not the same program."""

from __future__ import annotations

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program
from fuzz.strategies.rust import generate_crate, generate_program
from fuzz.strategies.rust.scene import PLAIN
from fuzz.strategies.rust.variants import CLOSURES, INLINED, OUTLINED, RENAMED, STYLES
from fuzz.strategies.wasm.choices import ChoiceSequence


@pytest.mark.parametrize("seed", range(40))
def test_all_styles_of_a_program_print_the_same(seed: int) -> None:
    made = {style: generate_program(ChoiceSequence(seed=seed), style=style) for style in STYLES}
    alike = [made[style] for style in (PLAIN, OUTLINED, INLINED, CLOSURES)]
    assert len({(one.dev, one.release) for one in alike}) == 1
    names = made[RENAMED].dev.stdout.replace("_of_another_name_", "")
    assert len(names) == pytest.approx(len(made[PLAIN].dev.stdout), abs=8)
    assert len({one.source for one in made.values()}) >= 2


def test_every_style_changes_programs() -> None:
    plain = [generate_program(ChoiceSequence(seed=seed)).source for seed in range(30)]
    marks = {OUTLINED: "fn part1(", INLINED: " = { let n", CLOSURES: "(|| -> ", RENAMED: "_of_another_name_"}
    for style, mark in marks.items():
        other = [generate_program(ChoiceSequence(seed=seed), style=style).source for seed in range(30)]
        assert any(mark in one for one in other) and not any(mark in one for one in plain), style


@pytest.mark.parametrize("style", STYLES[1:])
def test_a_variant_is_accepted_and_prints_what_is_said(style: str) -> None:
    for seed in (3, 8):
        program = generate_program(ChoiceSequence(seed=seed), 12, False, style)
        assert run_program(check_source(program.source)) == (0, program.stdout.encode(), b"")


def test_a_crate_has_programs_of_both_modes() -> None:
    whole, members = generate_crate(range(4, 9), 6, 4)
    assert [one.label for one in members[:4]] == [
        "seed 4 in ownership types", "seed 4 in GC types", "seed 4 with aliases", "seed 8 in ownership types",
    ]  # fmt: skip
    assert len(members) == 11 and len({one.source for one in members}) == 11
    assert members[0].stdout == members[1].stdout != ""
    assert whole.stdout == "".join(one.stdout for one in members)
    status, output, _ = run_program(check_source(whole.source))
    assert (status, output.decode()) == (whole.exit_status, whole.stdout)
