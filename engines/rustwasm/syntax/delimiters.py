"""Brackets that do not pair: a parser would speak of something else, so this is said in its place."""

from __future__ import annotations

from typing import Final

from engines.rustwasm.syntax.diagnostics import Diagnostics, Span
from engines.rustwasm.syntax.lexer import Tokens

_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


def report_unpaired(tokens: Tokens, diagnostics: Diagnostics) -> bool:
    """Report the first bracket of a file that has none to close it, or closes none; False if all of them pair."""
    opened: list[tuple[str, Span]] = []
    for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
        if kind in _CLOSING:
            opened.append((kind, (start, end)))
        elif kind in (")", "]", "}"):
            if not opened:
                message = f"unexpected closing delimiter: `{kind}`"
                diagnostics.error(None, message, (start, end), "unexpected closing delimiter")
                return True
            opening, span = opened.pop()
            if _CLOSING[opening] != kind:
                message = f"mismatched closing delimiter: `{kind}`"
                error = diagnostics.error(None, message, span, "unclosed delimiter")
                error.labels.append(((start, end), "mismatched closing delimiter"))
                return True
    if opened:
        end = tokens.starts[-1]
        if diagnostics.sources.snippet((end - 1, end)) == "\n":
            end -= 1
        error = diagnostics.error(None, "this file contains an unclosed delimiter", (end, end))
        error.labels.append((opened[-1][1], "unclosed delimiter"))
    return bool(opened)
