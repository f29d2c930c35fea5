"""Advice on conversions and garbage: what is advised, and that it costs what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from corpus.rust import gc_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.modes.advice import advise, loop_depths
from engines.rustwasm.typing import types as ty
from harness.commands.wasm import app

COSTLY = (Path(__file__).parent / "costly.rs").read_text()
WANTED = [(i, line.split("//~ ")[1]) for i, line in enumerate(COSTLY.splitlines(), 1) if "//~ " in line]


@pytest.mark.evidence("WR-04")
def test_costly_conversions_are_named_and_nothing_else_is() -> None:
    compilation = check_source(COSTLY)
    assert not compilation.diagnostics.messages
    found = advise(compilation)
    assert sorted((compilation.sources.locate(one.span[0])[1], one.code) for one in found) == sorted(WANTED)
    assert all(one.level == "warning" and one.label and one.helps for one in found)
    assert not compilation.diagnostics.has_errors


def test_advice_is_off_the_way_of_programs_that_convert_little() -> None:
    for program in gc_programs():
        if program.name in ("aliases", "company", "doubly_linked", "huffman", "sieve"):
            assert not advise(check_source(program.source)), program.name


def test_the_command_gives_advice_as_text_and_as_json(tmp_path: Path) -> None:
    crate = tmp_path / "main.rs"
    crate.write_text(COSTLY)
    runner = CliRunner()
    silent = runner.invoke(app, ["check", str(crate)])
    assert (silent.exit_code, silent.output) == (0, "")
    shown = runner.invoke(app, ["check", "--advice", str(crate)])
    assert shown.exit_code == 0
    assert shown.output.count("warning[GC10") == len(WANTED)
    lines = runner.invoke(app, ["check", "--advice", "--json", str(crate)]).output.splitlines()
    assert sorted(json.loads(line)["code"]["code"] for line in lines) == sorted(code for _, code in WANTED)


def test_the_command_sets_the_mode_of_the_crate(tmp_path: Path) -> None:
    crate = tmp_path / "main.rs"
    crate.write_text(
        'struct N { v: i32 }\nfn main() { let a = N { v: 1 }; let b = a; b.v = 2; println!("{}", a.v); }\n'
    )
    runner = CliRunner()
    assert runner.invoke(app, ["check", str(crate)]).exit_code == 1
    done = runner.invoke(app, ["run", "--mode", "gc", str(crate)])
    assert (done.exit_code, done.output) == (0, "2\n")
    assert runner.invoke(app, ["build", "--mode", "gc", "--lowering", "gc", str(crate)]).exit_code == 0
    wrong = runner.invoke(app, ["check", "--mode", "owned", str(crate)])
    assert wrong.exit_code == 2
    assert "there are ownership, gc" in wrong.output


@pytest.mark.parametrize(("conversion", "allowed"), [
    ("GcArray::from(items)", 60), ("GcArray::from(&items[..])", None), ("GcArray::from(items).to_vec()", None),
])  # fmt: skip
def test_a_free_conversion_takes_as_long_for_many_elements_as_for_few(conversion: str, allowed: int | None) -> None:
    def steps(count: int) -> int:
        source = 'fn main() { let items: Vec<u8> = vec![7; COUNT]; let made = CONVERSION; println!("{}", made.len()); }'
        whole = check_source(source.replace("COUNT", str(count)).replace("CONVERSION", conversion))
        bare = check_source(source.replace("COUNT", str(count)).replace("CONVERSION", "items"))
        return used(whole) - used(bare)

    grown = steps(400) - steps(10)
    if allowed is None:
        assert grown >= 390
    else:
        assert abs(grown) <= allowed


def used(compilation: object) -> int:
    """Steps that the interpreter needs to run a program."""
    from engines.rustwasm.mir.instances import Instances
    from engines.rustwasm.mir.interpreter import Interpreter, run_main

    fuel = 10_000_000
    interpreter = Interpreter(compilation, Instances(compilation), fuel=fuel)  # type: ignore[arg-type]
    assert run_main(interpreter)[0] == 0
    return fuel - interpreter.fuel


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(0, 11), max_size=3), min_size=12, max_size=12))
def test_a_block_is_in_a_loop_exactly_if_it_reaches_itself(graph: list[list[int]]) -> None:
    body = m.Body("b", None, 0, (0, 0))
    for targets in graph:
        block = m.Block()
        block.terminator = m.Return()
        if targets:
            block.terminator = m.Switch(m.Constant(ty.I32, 0), list(range(len(targets) - 1)), targets[:-1], targets[-1])
        body.blocks.append(block)
    depths = loop_depths(body)
    for start in range(12):
        reached: set[int] = set()
        work = list(graph[start])
        while work:
            at = work.pop()
            if at not in reached:
                reached.add(at)
                work += graph[at]
        assert (depths[start] > 0) == (start in reached)


def test_what_the_interpreter_says_of_the_costly_program() -> None:
    assert run_program(check_source(COSTLY))[0] == 0
