"""Generated Rust programs are what they are said to be: rustc is the judge."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from fuzz.strategies.rust import FAULTS, generate_crate, generate_faulty, generate_program
from fuzz.strategies.rust.items import ITEMS
from fuzz.strategies.rust.statements import PRELUDE
from fuzz.strategies.wasm.choices import ChoiceSequence

needs_rustc = pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")


def test_the_same_seed_is_the_same_program() -> None:
    for seed in range(20):
        draw = ChoiceSequence(seed=seed)
        program = generate_program(draw)
        assert generate_program(ChoiceSequence(given=draw.drawn)) == program
        assert generate_faulty(ChoiceSequence(seed=seed)) == generate_faulty(ChoiceSequence(seed=seed))


def test_zeros_are_a_program() -> None:
    assert generate_program(ChoiceSequence()).exit_status == 0


def test_programs_differ_and_do_everything() -> None:
    programs = [generate_program(ChoiceSequence(seed=seed)) for seed in range(300)]
    assert len({p.source for p in programs}) >= 295
    text = "\n".join(p.source.partition("fn main()")[2] for p in programs)
    for wanted in (
        "noisy(",
        "&mut ",
        "move ||",
        ".push(",
        "largest(",
        "Box<dyn Area>",
        "Shape::Named",
        "while ",
        "match ",
    ):
        assert wanted in text, wanted
    panics = Counter(p.panic for p in programs)
    assert len(panics) > 9 and panics[""] > 200


def test_most_loops_run() -> None:
    """A loop that never runs hides what its body does wrong."""
    programs = [generate_program(ChoiceSequence(seed=seed)) for seed in range(400)]
    text = "\n".join(program.source.partition("fn main()")[2] for program in programs)
    rounds = [int(n) for n in re.findall(r"(?:in 0\.\.|while c\w* < |if c\w* == )(\d+)", text)]
    never = rounds.count(0)
    assert len(rounds) > 200
    assert 0 < never < len(rounds) / 8


def test_no_variable_has_the_name_of_a_function() -> None:
    """A statement after it would call the variable (`diff rust` found `turned` to be both)."""
    functions = {name for text in (PRELUDE, *ITEMS.values()) for name in re.findall(r"^fn (\w+)", text, re.MULTILINE)}
    assert len(functions) > 12
    for seed in range(400):
        body = "\n".join(generate_program(ChoiceSequence(seed=seed)).lines)
        assert not functions & set(re.findall(r"\blet (?:mut )?(\w+)", body)), seed


def test_faults_are_of_many_kinds() -> None:
    assert len({f.name for f in FAULTS}) == len(FAULTS) >= 90
    assert len({f.code for f in FAULTS}) >= 25


@needs_rustc
@pytest.mark.parametrize("first", range(0, 12, 4))
def test_rustc_prints_what_the_generator_says(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + 4):
        program = generate_program(ChoiceSequence(seed=seed))
        (tmp_path / "p.rs").write_text(program.source)
        command = ["rustc", "--edition", "2021", "-Awarnings", "-o", "p", "p.rs"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
        done = subprocess.run([tmp_path / "p"], capture_output=True, text=True, timeout=60, check=False)
        assert (done.stdout, done.returncode) == (program.stdout, program.exit_status), program.source
        assert program.panic in done.stderr


@needs_rustc
@pytest.mark.parametrize("fault", FAULTS[::4], ids=lambda fault: fault.name)
def test_rustc_finds_the_planted_error_alone(fault: object, tmp_path: Path) -> None:
    program = generate_faulty(ChoiceSequence(seed=FAULTS.index(fault)), fault)  # type: ignore[arg-type]
    (tmp_path / "p.rs").write_text(program.source)
    command = ["rustc", "--edition", "2021", "-Awarnings", "--emit=metadata", "--error-format=json", "p.rs"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    found = []
    for line in done.stderr.splitlines():
        message = json.loads(line)
        primary = [span for span in message["spans"] if span["is_primary"]]
        if message["level"] == "error" and primary:
            found.append(((message["code"] or {}).get("code", ""), primary[0]["line_start"]))
    assert found == [(program.code, program.line)], program.source


def test_programs_hold_what_the_language_has() -> None:
    text = "\n".join(generate_program(ChoiceSequence(seed=seed)).source for seed in range(150))
    for wanted in (
        *("f64", "f32", "u128", "i8", "'rows:", "let Some(n)", "classify(", "BTreeMap", "HashMap", "BinaryHeap"),
        *("VecDeque", "impl Iterator for", "impl Fn(", "type Unit", "RefCell", "Rc::clone", "Tree::Node", "{:#b}"),
        *("checked_add", "overflowing_sub", "early(", "Two {", ".windows(", "fn(i32)", "while let", "?;"),
    ):
        assert wanted in text, wanted


@needs_rustc
def test_rustc_runs_a_crate_as_the_generator_says(tmp_path: Path) -> None:
    whole, _ = generate_crate(range(40, 56))
    (tmp_path / "p.rs").write_text(whole.source)
    command = ["rustc", "--edition", "2021", "-Awarnings", "-o", "p", "p.rs"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
    done = subprocess.run([tmp_path / "p"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == (whole.stdout, whole.exit_status)
