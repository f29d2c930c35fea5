"""What every error says of its place, over all tables of faulty programs: a code that is explained, spans of whole
tokens within the file, and a fix that mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.rustwasm.compilation import Compilation, check_source
from engines.rustwasm.syntax.diagnostics import Diagnostic, Diagnostics, SourceFile, SourceMap, Span
from engines.rustwasm.syntax.explanations import explained_codes, explanation
from engines.rustwasm.syntax.lexer import Tokens, tokenize
from fuzz.strategies.rust import FAULTS, generate_faulty
from fuzz.strategies.wasm import ChoiceSequence

TABLES = Path(__file__).parent
PIECES = {
    "fixes.rs": "//= ",
    "refused.rs": "//= ",
    "typing/common_errors.rs": "//= ",
    "typing/refused.rs": "//= ",
    "modes/rejected.rs": "//--- ",
}
WHOLE = ("typing/coherence.rs", "typing/slices.rs", "borrow/programs/matched.rs", "borrow/programs/rejected.rs")
GENERATED = range(0, len(FAULTS), 8)


def programs() -> Iterator[str]:
    for name, mark in PIECES.items():
        for part in (TABLES / name).read_text().split(mark)[1:]:
            yield part.partition("\n")[2]
    for name in WHOLE:
        yield (TABLES / name).read_text()
    for code in explained_codes():
        found = re.search(r"^```rust,\S+\n(.*?)^```$", explanation(code) or "", re.DOTALL | re.MULTILINE)
        assert found is not None
        yield found[1]
    for n in GENERATED:
        yield generate_faulty(ChoiceSequence(seed=n), FAULTS[n]).source


def tokens_of(text: str) -> tuple[Tokens, bool]:
    """The tokens, and whether there is nothing else."""
    diagnostics = Diagnostics(SourceMap())
    diagnostics.sources.add("main.rs", text)
    tokens = tokenize(text, 0, diagnostics)
    return tokens, not tokens.broken and not diagnostics.has_errors


def place_of(span: Span, file: SourceFile, tokens: Tokens, readable: bool) -> str:
    """What is wrong with a span; empty where nothing is. An empty one says where something is missing."""
    start, end = span[0] - file.base, span[1] - file.base
    if not 0 <= start <= end <= len(file.text):
        return "outside of its file"
    if start == end:
        return "" if start in (*tokens.ends, len(file.text)) else "empty and not behind a token"
    if readable and (start not in tokens.starts or end not in tokens.ends):
        return "of parts of tokens"
    return ""


def remains(error: Diagnostic, file: SourceFile) -> str:
    """What is wrong with a fix: the text that it makes, where that says the same there."""
    assert error.suggestion is not None
    (first, last), text, _ = error.suggestion
    start, end = first - file.base, last - file.base
    fixed = file.text[:start] + text + file.text[end:]
    again = check_source(fixed)
    place = error.span[0] - file.base
    if place >= end:
        place += len(text) - (end - start)
    base = main_of(again).base
    for other in again.diagnostics.errors:
        same = (other.code, other.message) == (error.code, error.message)
        if same and abs(other.span[0] - base - place) <= len(text):
            return fixed
    return "" if tokens_of(fixed)[1] or not tokens_of(file.text)[1] else fixed


def main_of(compilation: Compilation) -> SourceFile:
    return next(file for file in compilation.sources.files if file.name == "main.rs")


@pytest.mark.evidence("P15")
def test_every_error_has_a_code_a_place_and_a_fix_that_mends_it() -> None:
    errors = fixes = 0
    for program in programs():
        compilation = check_source(program)
        file = main_of(compilation)
        tokens, readable = tokens_of(file.text)
        for error in compilation.diagnostics.errors:
            said = f"{error.render(compilation.sources)}{program if len(program) < 1000 else ''}"
            assert error.code is None or explanation(error.code), said
            assert not place_of(error.span, file, tokens, readable), said
            for span, label in error.labels:
                if compilation.sources.file_of(span[0]) is file:  # or it shows the library's declaration
                    assert not place_of(span, file, tokens, readable), f"{label}: {said}"
            if error.suggestion is not None:
                assert not remains(error, file), said
                fixes += 1
            errors += 1
    assert errors > 1_000
    assert fixes > 300
