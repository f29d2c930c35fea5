"""Tokens: kinds and positions, and that a whole text at once and one token after the other are the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.rust import rust_programs
from engines.rustwasm.syntax import lexer
from engines.rustwasm.syntax.diagnostics import Diagnostics, SourceMap
from engines.rustwasm.syntax.lexer import Tokens, tokenize

PIECES = st.sampled_from(
    [
        *("fn", "r#fn", "r", "b", "br", "x_1", "²", "é", "'a", "'a'", "'\\u{41}'", "b'x'", '"a//b"', 'r#"a"b"#'),
        *("1", "0x1f", "1.5", "1..2", "1e9f32", "2u64", "..=", "<<=", "/", "//c\n", "\n", "\t", " ", "#", "{", "'"),
        *('"', "/*", "*/", "\\", "\0", "\ufeff", "#!", "r#", "`", 'br"c"'),
    ]
)  # fmt: skip


def read(text: str, base: int = 0) -> tuple[Tokens, list[str | None]]:
    diagnostics = Diagnostics(SourceMap())
    return tokenize(text, base, diagnostics), [one.code for one in diagnostics.messages]


def columns(tokens: Tokens) -> list[tuple[str, str, int, int]]:
    return list(zip(tokens.kinds, tokens.texts, tokens.starts, tokens.ends, strict=True))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("let", "let"), ("r#let", "id"), ("r", "id"), ("_", "_"), ("'a", "life"), ("'a'", "char"), ("b'\\''", "byte"),
        ('"//"', "str"), ('r##"a"#b"##', "str"), ('b"a"', "bstr"), ('br#"a"#', "bstr"), ("0xe5", "int"),
        ("1e5", "float"), ("1.", "float"), ("1f64", "float"), ("1usize", "int"), ("..=", "..="), (">>=", ">>="),
    ],
)  # fmt: skip
def test_kinds(text: str, kind: str) -> None:
    expected = ["id" if kind == "_" else kind, "eof"]
    assert read(text)[0].kinds == expected
    assert read(f"/**/{text}")[0].kinds == expected


@given(st.lists(PIECES, max_size=8).map("".join), st.integers(0, 50))
@settings(deadline=None, max_examples=300)
def test_all_at_once_is_one_by_one(text: str, base: int) -> None:
    diagnostics = Diagnostics(SourceMap())
    slow = lexer._one_by_one(text, 0, base, diagnostics)
    fast = lexer._all_at_once(text, 0, base)
    if fast is not None and "/*" not in text:
        assert columns(fast) == columns(slow)
        assert diagnostics.messages == []
    else:
        assert "/*" in text or "##" in text or diagnostics.messages


@given(st.lists(PIECES, max_size=8).map("".join))
@settings(deadline=None, max_examples=300)
def test_a_token_says_where_it_is(text: str) -> None:
    for kind, word, start, end in columns(read(text, 7)[0])[:-1]:
        written = text[start - 7 : end - 7]
        assert written == word or (kind == "id" and written == f"r#{word}")


def test_what_is_between_tokens_is_told() -> None:
    tokens, codes = read("a ` b")
    assert (tokens.texts, codes) == (["a", "b", ""], [None])
    assert read('a "b')[1] == ["E0765"]
    assert read("a ' b")[1] == ["E0762"]
    assert read("a /* b")[1] == ["E0758"]


def test_programs_are_read_at_once() -> None:
    source = next(program.source for program in rust_programs() if "/*" not in program.source)
    found = lexer._all_at_once(source, 0, 0)
    assert found is not None
    assert columns(found) == columns(read(source)[0])
