"""Every code that the compiler gives is explained, and each explanation's examples are what it says of them."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import engines.rustwasm
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build
from engines.rustwasm.modes.advice import advise
from engines.rustwasm.syntax.explanations import explained_codes, explanation, pointer, title

SOURCES = Path(engines.rustwasm.__path__[0])
CODE = re.compile(r"(?<![\w#])(?:E\d{4}|GC\d{3})(?!\w)")
BLOCK = re.compile(r"^```(\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@cache
def given_codes() -> frozenset[str]:
    """The codes in all texts of the compiler's sources that are no docstrings."""
    found: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and not isinstance(node, ast.Expr):
                    found.update(CODE.findall(part.value))
    return frozenset(found)


def test_codes_and_explanations_are_the_same() -> None:
    assert sorted(given_codes()) == explained_codes()


def blocks(code: str) -> list[tuple[str, str]]:
    text = explanation(code)
    assert text is not None
    return BLOCK.findall(text)


@pytest.mark.parametrize("code", explained_codes())
def test_an_explanation_is_a_rule_and_two_examples(code: str) -> None:
    (kind, wrong), (right_kind, right) = blocks(code)
    assert title(code)
    assert right_kind == "rust"
    language, state, *more = kind.split(",")
    assert (language, state) in (("rust", "rejected"), ("rust", "warned"))
    assert_accepted(right, advice=state == "warned")
    if more == ["lowering=gc"]:
        assert_accepted(wrong, advice=False)
        with pytest.raises(ValueError, match=rf"error\[{code}\]"):
            build(check_source(wrong), "dev", "gc")
        build(check_source(right), "dev", "gc")
        return
    compilation = check_source(wrong)
    if state == "warned":
        advise(compilation)
    messages = compilation.diagnostics.messages
    level = "error" if state == "rejected" else "warning"
    assert {one.code for one in messages if one.level == level} == {code, *more}


def assert_accepted(source: str, advice: bool) -> None:
    compilation = check_source(source)
    if advice:
        advise(compilation)
    assert compilation.diagnostics.render() == ""


def test_reports_say_where_codes_are_explained() -> None:
    one = check_source('fn main() { let n: u8 = "a"; let m: u8 = "b"; }').diagnostics
    assert one.render().endswith("\n\nFor more information about this error, try `counterproof wasm explain E0308`.\n")
    two = check_source('fn main() { let n: u8 = "a"; m; }').diagnostics
    assert two.render().endswith(
        "\n\nSome errors have detailed explanations: E0308, E0425.\n"
        "For more information about an error, try `counterproof wasm explain E0308`.\n"
    )
    assert check_source("fn main() { let }").diagnostics.render().count("explain") == 0
    assert pointer([], "error") == ""
    assert [line["code"]["explanation"] for line in [one.messages[0].to_json(one.sources)]] == [explanation("E0308")]
