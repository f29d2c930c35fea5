"""Courses: rustc accepts them all, and drops what they hold where the generator says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program
from fuzz.strategies.rust import gather
from fuzz.strategies.rust.course_flow import Label, Number
from fuzz.strategies.rust.course_machine import Effect, ExitError, Kept, Machine, mix
from fuzz.strategies.rust.courses import Course, courses
from fuzz.strategies.rust.generate import ValidProgram, generate_dense
from fuzz.strategies.rust.items import ITEMS
from fuzz.strategies.wasm.choices import ChoiceSequence


def programs(count: int) -> list[ValidProgram]:
    return [generate_dense(ChoiceSequence(seed=seed), courses, 4) for seed in range(count)]


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_rustc_accepts_them_and_prints_what_the_machine_says(tmp_path: Path) -> None:
    whole = gather(programs(60))
    (tmp_path / "p.rs").write_text(whole.source)
    command = ["rustc", "--edition", "2021", "-Awarnings", "-o", "p", "p.rs"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
    done = subprocess.run([tmp_path / "p"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == (whole.stdout, 0)


def test_our_interpreter_prints_what_the_machine_says() -> None:
    whole = gather(programs(40))
    compilation = check_source(whole.source, "p.rs")
    assert not compilation.diagnostics.errors
    code, output, errors = run_program(compilation)
    assert (output.decode(), code, errors) == (whole.stdout, 0, b"")


def test_every_kind_of_statement_and_way_out_is_there() -> None:
    text = "\n".join(line for one in programs(80) for line in one.lines)
    for wanted in (
        *(")?", ".half()?", ".ok_or(", "else { return ", "else { break 'g", "else { continue 'g", "{ drop(g"),
        *(".pop() {", " in 0..", "if let Some(", "(match maybe(", "if below(", ".absorb(", ".turn(", "unite("),
        *("= move |mut g", "(|g", "Duo { left: ", ", ..g", ", _) = (", "= &mut keeper(", ".right", "= vec!["),
    ):
        assert wanted in text, wanted


def test_what_a_call_was_given_drops_before_other_temporaries_where_it_is_left() -> None:
    machine = Machine()
    with pytest.raises(ExitError), machine.terminating(), machine.block():
        machine.declare("a", Kept("a", 1))
        machine.temporary(Kept("t", 2))
        with machine.operands() as given:
            given(Kept("x", 3))
            machine.temporary(Kept("u", 4))
            raise ExitError("")
    assert machine.output == ["end x 3", "end a 1", "end u 4", "end t 2"]


def test_the_item_and_its_model_are_the_same() -> None:
    assert "(a * 31 + b * 7 + 3) % 1000" in ITEMS["Kept"] and mix(2, 3) == 86


@pytest.mark.parametrize("form", ["_chosen", "_matched", "_matched_whole", "_if_let"])
def test_no_way_counts_on_what_another_filled(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each arm starts with what held a value before them all, and what only some fill is not full after them."""
    course = Course(ChoiceSequence(seed=1), "i32", "g")
    ways = 3 if "matched" in form else 2
    found: list[frozenset[str]] = []

    def branch(depth: int) -> Number:
        found.append(course.whole & {"first", "all but the last"})
        course.whole |= {"first"} if not found[1:] else set()
        course.whole |= {"all but the last"} if len(found) < ways else set()
        return Number("{ 0 }", lambda machine: 0)

    monkeypatch.setattr(course, "branch", branch)
    getattr(course, form)(1)
    assert found == [frozenset()] * ways
    assert not course.whole & {"first", "all but the last"}


def test_a_loop_does_not_go_on_where_a_value_from_outside_was_moved() -> None:
    """`drop(a); return { .. continue 'l .. }`: the next round would find it moved."""
    for seed in range(300):
        course = Course(ChoiceSequence(seed=seed), "i32", "g")
        outside = course.declare("a", "kept", True)
        with course.labelled(Label("'l", 0, valued=False, loop=True)), course.fenced():
            inside = course.declare("b", "kept", True)
            text, _ = course.leaving(3)
            moved, _, after = text.partition("; ")
            if moved == f"{{ drop({outside.name})":
                assert "return" in after or "break 'l" in after
                assert "continue 'l" not in after
            assert course.left_for_good(outside.key) == ()
            assert course.left_for_good(inside.key) == course.labels


def test_a_loop_does_not_count_on_what_only_its_last_value_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course(ChoiceSequence(seed=1), "i32", "g")
    found = []

    def number(depth: int) -> Number:
        course.whole |= {"filled"}
        return Number("0", lambda machine: 0)

    def statements(most: int, depth: int) -> tuple[str, Effect]:
        found.append("filled" in course.whole)
        return "", lambda machine: None

    monkeypatch.setattr(course, "number", number)
    monkeypatch.setattr(course, "statements", statements)
    course._looped(1)
    assert found == [False]
    assert "filled" not in course.whole
