"""Functions of lifetimes, moves and borrows whose validity nobody knows beforehand."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from contextlib import closing

import pytest

from engines.rustwasm.compilation import check_source
from fuzz.strategies.rust.erased_types import inferred, parse, substituted, unified, written
from fuzz.strategies.rust.generate import ALLOW
from fuzz.strategies.rust.ownership import gather_units, generate_unit
from fuzz.strategies.rust.ownership_rules import ACTIONS, ITEMS, RULES
from harness.campaign.rust_verdicts import TYPES, verdicts
from harness.registry import create

MANY = "".join(generate_unit(seed).text for seed in range(800))
WANTED = (
    r"<'a, 'b: 'a", r"where T: ", r"T: Look \+ Clone", r"for<'x> Lend", r"Out = &'a mut String",
    r"Item = &'\w String>", r"-> impl Iterator<Item = ", r"-> impl Fn\(\) -> ", r"Box<dyn Look \+ 'a>",
    r"dyn Fn\(&String\) -> &String \+ 'b", r"Makes<'a, ", r"&'static ", r"fn\(&'a String\)", r"move \|", r"= \|\| \{",
    r"let Some\(v\d+\) = .* else \{", r"while let Some", r"if let Some\(ref mut ", r"match .* \{ Some\(v\d+\) => \{",
    r"for mut v\d+ in ", r"for v\d+ in &mut ", r"while cond\(\)", r"break;", r"continue;", r"return ",
    r"mem::replace\(", r"mem::take\(", r"mem::swap\(", r"\.\.v?p?\d+", r"split_at_mut\(1\)", r"\.iter_mut\(\)",
    r"&mut \*", r"\(&'a mut self", r"trait Does<'r>", r"impl<'r.*> Does<'r> for Own<'s",
    r"struct Own<'s: 't, 't>|struct Own<'s, 't: 's>", r"let \(v\d+, v\d+\) = &mut ", r"Guard \{ m: ",
    r"Cell<&'a String>", r"impl FnMut\(&'a mut String", r"impl FnOnce", r"let mut v\d+;", r"drop\(", r"keep\(",
    r"forever\(",
)  # fmt: skip
"""What has to occur."""


def test_a_seed_is_a_function() -> None:
    assert generate_unit(7) == generate_unit(7)
    assert len({generate_unit(seed).text for seed in range(50)}) == 50


@pytest.mark.parametrize("wanted", WANTED)
def test_everything_occurs(wanted: str) -> None:
    assert re.search(wanted, MANY), wanted


def test_most_rules_are_used() -> None:
    """What a rule writes between what it needs stands somewhere."""
    missing = [one.text for one in (*RULES, *ACTIONS) if _longest(one.text) not in MANY]
    assert len(missing) <= 3


def _longest(text: str) -> str:
    """The longest part of a rule's text that is always the same."""
    return max((part.replace("{{", "{").replace("}}", "}") for part in re.split(r"\{\w+\}", text)), key=len)


def test_lines_tell_functions_apart() -> None:
    units = [generate_unit(seed) for seed in range(3)]
    source, lines = gather_units(units)
    text = source.splitlines()
    for one in units:
        own = lines[one.seed]
        assert text[own.start - 1] == f"mod unit{one.seed} {{" and text[own.stop - 2] == "}"
        assert one.text in source and one.text in one.alone


def test_the_items_are_right() -> None:
    assert check_source(f"{ALLOW}{ITEMS}fn main() {{}}\n").diagnostics.render() == ""


def test_types_are_read_and_written() -> None:
    given = parse("&mut Vec<(&String, Option<Both>)>")
    assert inferred(given) == "&mut Vec<(&String, Option<Both<'_, '_>>)>"
    names = iter(("'a", "", "'b", "'c"))
    assert written(given, lambda: next(names)) == "&'a mut Vec<(&String, Option<Both<'b, 'c>>)>"
    pattern = parse("&mut Vec<(A, Option<B>)>")
    known = unified(pattern, given, {})
    assert known == {"A": parse("&String"), "B": parse("Both")}
    assert substituted(pattern, known) == given
    assert unified(parse("(A, A)"), parse("(i32, String)"), {}) is None


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_rustc_accepts_many_and_rejects_many_for_many_reasons() -> None:
    with closing(create("rustc", isolated=False)) as judge:
        found = verdicts(judge, [generate_unit(seed) for seed in range(9_000, 9_200)])
    accepted = sum(not codes for codes in found.values())
    assert 60 <= accepted <= 140
    codes = Counter(code for one in found.values() for code in one)
    assert set(codes) >= {"E0382", "E0502", "E0505", "E0507", "E0515", "E0521", "E0594", "E0596", "E0621", ""}
    assert sum(bool(one & TYPES) for one in found.values()) <= 10
