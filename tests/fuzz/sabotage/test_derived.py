"""Bugs that are derived: each place exists, each changes something, each argument is about something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.sabotage import BUGS, equivalent, harness_source, riscv64_altered, riscv64_encodings, riscv64_source
from fuzz.sabotage.altered import MACHINE_STEPS, VALUE_STEPS
from fuzz.sabotage.source import all_bugs, changed_code, function_of

ROOT = Path(__file__).parents[3]


def test_there_are_at_least_four_hundred_bugs_that_count() -> None:
    assert sum(not bug.equivalent for bug in BUGS.values()) >= 400


def test_every_bug_says_what_it_is() -> None:
    assert not [bug.name for bug in BUGS.values() if not bug.stands_for or not bug.judges]
    derived = [*riscv64_altered.BUGS, *riscv64_encodings.BUGS, *riscv64_source.BUGS, *harness_source.BUGS]
    assert not [bug.name for bug in derived if not bug.description]


def test_every_argument_is_about_a_bug_that_could_be_chosen() -> None:
    altered = [name for i in INSTRUCTIONS if i.expands_to is None for name, _, _ in riscv64_altered.possible(i)]
    assert equivalent.unused(equivalent.ALTERED, altered) == []
    modules = (
        *("softfloat", "tiers.reference", "tiers.interpreter.machine", "tiers.interpreter.float_unit_x86_64"),
        *("lift.legalise", "lift.machine", "opt.forward"),
    )
    places = [name for module in modules for name, _, _ in all_bugs(f"engines.vm.{module}")]
    assert equivalent.unused(equivalent.SOURCE, places) == []
    assert equivalent.unused(equivalent.HARNESS, [bug.name for bug in harness_source.BUGS]) == []
    assert equivalent.unused(equivalent.ENCODINGS, [bug.name for bug in riscv64_encodings.BUGS]) == []
    assert set(equivalent.GAPS) <= set(BUGS)
    assert equivalent.unused({"no-such-bug": "why"}, altered) == ["no-such-bug"]


def test_every_kind_of_step_can_be_altered_somewhere() -> None:
    used = {name.split("-", 1)[1] for i in INSTRUCTIONS if i.expands_to is None
            for name, _, _ in riscv64_altered.possible(i)}  # fmt: skip
    names = {a.name for kind in (VALUE_STEPS, MACHINE_STEPS) for steps in kind.values() for a in steps}
    # Signed division is never done as unsigned by chance: every alteration that is listed must occur in some name.
    unused = {name for name in names if not any(u.endswith(name) for u in used)}
    assert unused <= {"sub-swapped", "lshr-as-shl", "lshr-as-ashr", "ne-as-eq", "ule-as-sle", "sle-as-ule"}


@pytest.mark.parametrize("module", ["engines.vm.softfloat", "harness.compare.machine", "engines.vm.tiers.reference"])
def test_every_source_bug_changes_the_code_of_its_function(module: str) -> None:
    names = set()
    for number, (name, qualified, place) in enumerate(all_bugs(module)):
        names.add(name)
        if number % 23 == 0:
            before = function_of(module, qualified).__code__
            after = changed_code(module, qualified, place.at, place.kind)
            assert (after.co_code, after.co_consts, after.co_names) != (
                before.co_code,
                before.co_consts,
                before.co_names,
            )
            assert (after.co_freevars, after.co_firstlineno) == (before.co_freevars, before.co_firstlineno)
    assert len(names) > 40


def test_altering_a_row_reaches_the_decoder_and_the_tables() -> None:
    script = (
        "from fuzz.sabotage import apply\n"
        "from engines.vm.isa.riscv64.coding import decode, encode\n"
        "word = encode('slliw', rd=7, rs1=11, shamt=3) | 1 << 25\n"
        "assert decode(word) is None\n"
        "apply('slliw-accepts-shamt-bit-5')\n"
        "assert decode(word) is not None\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_an_injected_source_bug_shows_at_once() -> None:
    script = (
        "from engines.vm import softfloat\n"
        "from fuzz.sabotage.source import all_bugs, _inject\n"
        "assert softfloat.eq(32, 3, 4) == (0, 0)\n"
        "name, function, place = next(b for b in all_bugs('engines.vm.softfloat', ('eq',)) if 'eq-as-ne' in b[0])\n"
        "_inject('engines.vm.softfloat', function, place)()\n"
        "assert softfloat.eq(32, 3, 4) == (1, 0)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
