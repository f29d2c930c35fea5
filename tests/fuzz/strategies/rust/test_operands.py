"""Operands that change what stands left of them: rustc accepts them all, and says the same of their order."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from fuzz.strategies.rust import gather
from fuzz.strategies.rust.generate import ValidProgram, generate_dense
from fuzz.strategies.rust.items import ITEMS
from fuzz.strategies.rust.operand_places import STEPS, Access, first_values, nudge, weigh, weight
from fuzz.strategies.rust.operand_terms import LeftError, Place, State, Term, assigned, binary, compound, labelled, read
from fuzz.strategies.rust.operands import operands
from fuzz.strategies.wasm.choices import ChoiceSequence


def programs(count: int) -> list[ValidProgram]:
    return [generate_dense(ChoiceSequence(seed=seed), operands, 3) for seed in range(count)]


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_rustc_accepts_them_and_prints_what_the_evaluator_says(tmp_path: Path) -> None:
    whole = gather(programs(100))
    (tmp_path / "p.rs").write_text(whole.source)
    command = ["rustc", "--edition", "2021", "-Awarnings", "-o", "p", "p.rs"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
    done = subprocess.run([tmp_path / "p"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == (whole.stdout, 0)


def test_every_kind_of_operand_is_there() -> None:
    text = "\n".join(line for one in programs(150) for line in one.lines)
    for wanted in (
        *("weigh(", "weigh_two((", "weigh_row([", "weigh_some(&vec![", "weigh_range(", "Pack { ", ", ..p", ", ..{ "),
        *("nudge(&mut ", "nudged_by(", "peek(&", ".weight(", ".raised(", ".push(", ".step)(", "called(|", "let mut g_"),
        *("(if ", "(match (", "break 'l_", "] += Coin(", ".plus(", ".grown(", "(-w", "heard(glued(", "weigh_box("),
        *("told(", "let m_", "] = [", ") = (", ".set(", "&& ", "|| ", ".max(", "Some(", "format!(", "; 3])"),
    ):
        assert wanted in text, wanted
    assert all(re.search(rf"\]? {re.escape(op)}= ", text) for op in "^|&%/")


def test_primitive_compound_assignments_take_the_right_side_first() -> None:
    at = Place("r[i]", "r", lambda s: (s.values["r"], s.values["i"]))
    index = Place("i", "i", lambda s: (s.values, "i"))
    _, change, _ = assigned(index, Term("2", lambda s: 2, 2))

    def moved(state: State) -> int:
        change(state)
        return 5

    state = State(first_values())
    compound("|", at, Term("{ i = 2; 5 }", moved, 5))[1](state)
    assert state.values["r"] == [10, 20, 30 | 5, 40]


def test_operands_that_are_places_are_read_in_their_turn() -> None:
    place = Place("a", "a", lambda s: (s.values, "a"))
    _, change, _ = assigned(place, Term("9", lambda s: 9, 9))

    def changed(state: State) -> int:
        change(state)
        return 2

    later = Term("{ a = 9; 2 }", changed, 2)
    assert binary("*", read(place), later).run(State(first_values())) == 3 * 2
    assert binary("*", later, read(place)).run(State(first_values())) == 2 * 9


def test_a_block_is_left_through_those_within_it() -> None:
    def leave(state: State) -> int:
        raise LeftError("'a", 7)

    inner = labelled("'b", Term("break 'a 7", leave, 7))
    assert labelled("'a", inner).run(State({})) == 7
    with pytest.raises(LeftError):
        inner.run(State({}))


def test_access() -> None:
    held = Access().holding("a").without("b")
    assert held.reads("a") and not held.writes("a") and not held.reads("b")
    closure = Term("", lambda s: 0, 0, frozenset("c"), frozenset("d"))
    beside = held.beside(closure)
    assert beside.reads("c") and not beside.writes("c") and not beside.reads("d")


def test_the_items_and_their_model_are_the_same() -> None:
    assert "(x * 100 + y * 10 + z) % 10007" in ITEMS["Pack"] and weigh(1, 2, 3) == 123
    assert "(*n * 3 + by) % 256" in ITEMS["Pack"] and nudge([5], 0, 4) == weigh(19, 4, 1)
    assert set(re.findall(r"^fn (\w+_step)", ITEMS["Pack"], re.MULTILINE)) == set(STEPS)
    assert weight(first_values()["p"], 1) == weigh(weigh(1, 2, 6), weigh(3, 4, 5), 3)
