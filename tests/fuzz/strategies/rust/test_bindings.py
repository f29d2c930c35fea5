"""Bindings: rustc accepts them all, and binds what the generator says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program
from fuzz.strategies.rust import gather
from fuzz.strategies.rust.bindings import CHANGED, COPIED, LENT, MAYBE, NUMBER, Arm, Name, Patterns, _run, bindings
from fuzz.strategies.rust.generate import ValidProgram, generate_dense
from fuzz.strategies.wasm.choices import ChoiceSequence


def programs(count: int) -> list[ValidProgram]:
    return [generate_dense(ChoiceSequence(seed=seed), bindings, 4) for seed in range(count)]


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_rustc_accepts_them_and_prints_what_the_patterns_say(tmp_path: Path) -> None:
    whole = gather(programs(60))
    (tmp_path / "p.rs").write_text(whole.source)
    command = ["rustc", "--edition", "2021", "-Awarnings", "-o", "p", "p.rs"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
    done = subprocess.run([tmp_path / "p"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == (whole.stdout, 0)


def test_our_interpreter_prints_what_the_patterns_say() -> None:
    whole = gather(programs(30))
    compilation = check_source(whole.source, "p.rs")
    assert not compilation.diagnostics.errors
    code, output, errors = run_program(compilation)
    assert (output.decode(), code, errors) == (whole.stdout, 0, b"")


def test_every_kind_of_pattern_is_there() -> None:
    text = "\n".join(line for one in programs(60) for line in one.lines)
    for wanted in (
        "ref mut ",
        "(ref ",
        " @ Some(",
        " @ ..",
        "match items",
        "match *items",
        "[(",
        " | ",
        "] | [",
        "if *",
    ):
        assert wanted in text, wanted


def test_ways_come_in_the_order_of_their_alternatives_and_the_first_that_a_guard_takes_counts() -> None:
    patterns = Patterns(ChoiceSequence(seed=1), default=False)
    name = Name("a", NUMBER, CHANGED)
    first = "[Some((ref mut a, _))]", lambda place: iter([{"a": (place[0][place[1]][0][0], 0)}])
    second = "[Some((_, ref mut a))]", lambda place: iter([{"a": (place[0][place[1]][0][0], 1)}])
    text, ways = patterns._either([first, second])
    assert text == "([Some((ref mut a, _))] | [Some((_, ref mut a))])"
    items = [[[3, 7]]]
    assert _run([Arm(text, ways, (name,), 5, 4)], items) == "0 7"
    assert items == [[[3, (7 * 3 + 4) % 10]]]
    assert _run([Arm(text, ways, (name,), 8, 4)], items) == "none"


def test_a_name_holds_others_where_rustc_lets_it() -> None:
    patterns = Patterns(ChoiceSequence(seed=1), default=False)
    for own, inner, may in (
        *((COPIED, COPIED, True), (LENT, COPIED, True), (LENT, LENT, True), (COPIED, LENT, False)),
        *((CHANGED, COPIED, False), (LENT, CHANGED, False), (COPIED, CHANGED, False)),
    ):
        whole, part = Name("a", MAYBE, own), Name("b", NUMBER, inner)
        assert patterns._may_hold(whole, (whole, part)) == may
