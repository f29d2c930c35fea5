"""A place in a token list: looking, taking, expecting, and the depth limit."""

from __future__ import annotations

from typing import Final

from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.syntax.lexer import RESERVED, Tokens

Span = tuple[int, int]
DEPTH_LIMIT: Final = 200
"""Nesting of expressions, types, patterns and blocks; more is refused with an error."""


class SyntaxStop(Exception):  # noqa: N818 -- not an error to show: that is reported already
    """The construct cannot be parsed; the message is already among the diagnostics."""


class Cursor:
    """Reads `tokens` from the front."""

    def __init__(self, tokens: Tokens, diagnostics: Diagnostics) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.texts = tokens.texts
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.at = 0
        self.depth = 0
        self.diagnostics = diagnostics

    def take(self) -> str:
        """The current token's text; go on."""
        text = self.texts[self.at]
        if self.kinds[self.at] != "eof":
            self.at += 1
        return text

    def accept(self, kind: str) -> bool:
        if self.kinds[self.at] == kind:
            self.at += 1
            return True
        return False

    def span_from(self, start: int) -> Span:
        return (start, self.ends[self.at - 1] if self.at else start)

    def here(self) -> Span:
        return (self.starts[self.at], self.ends[self.at])

    def describe(self) -> str:
        kind = self.kinds[self.at]
        if kind == "eof":
            return "end of file" if not self.texts[self.at] else "end of macro arguments"
        text = self.texts[self.at]
        if kind == text and text[0].isalpha():
            return f"{'reserved ' if text in RESERVED else ''}keyword `{text}`"
        return f"{'reserved identifier ' if text == '_' else ''}`{text[:60]}`"

    def fail(self, expected: str) -> SyntaxStop:
        self.diagnostics.unparsed = True
        self.diagnostics.error(
            None, f"expected {expected}, found {self.describe()}", self.here(), f"expected {expected}"
        )
        return SyntaxStop()

    def error(self, message: str, span: Span | None = None, code: str | None = None) -> SyntaxStop:
        self.diagnostics.unparsed = True
        self.diagnostics.error(code, message, span or self.here())
        return SyntaxStop()

    def expect(self, kind: str) -> None:
        if self.kinds[self.at] == kind:
            self.at += 1
        elif kind == ";" and self.at and self._on_new_line():
            end = self.ends[self.at - 1]
            error = self.diagnostics.error(None, f"expected `;`, found {self.describe()}", (end, end))
            error.suggestion = ((end, end), ";", "add `;` here")
            self.diagnostics.unparsed = True
            raise SyntaxStop()
        else:
            raise self.fail("identifier" if kind == "id" else f"`{kind}`")

    def _on_new_line(self) -> bool:
        """Is the current token not on the line of the one before?"""
        locate = self.diagnostics.sources.locate
        return locate(self.ends[self.at - 1])[1] != locate(self.starts[self.at])[1]

    def name(self) -> tuple[str, Span]:
        at = self.at
        if self.kinds[at] != "id" or self.texts[at] == "_":
            raise self.fail("identifier")
        self.at = at + 1
        return self.texts[at], (self.starts[at], self.ends[at])

    def split(self, first: str) -> bool:
        """Is the current token `first`, or does it begin with it? Then take that much of it."""
        kind = self.kinds[self.at]
        if kind == first:
            self.at += 1
            return True
        if kind.startswith(first) and not kind[0].isalnum():
            rest = kind[len(first) :]
            self.kinds[self.at] = rest
            self.texts[self.at] = rest
            self.starts[self.at] += len(first)
            return True
        return False

    def expect_split(self, first: str) -> None:
        if not self.split(first):
            raise self.fail(f"`{first}`")

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.error(f"nesting is deeper than {DEPTH_LIMIT} levels; split it into functions or bindings")

    def skip_group(self) -> None:
        """Take a whole bracketed group, the cursor being on its opening bracket."""
        depth = 0
        while True:
            kind = self.kinds[self.at]
            if kind == "eof":
                raise self.fail("a closing bracket")
            if kind in ("(", "[", "{"):
                depth += 1
            elif kind in (")", "]", "}"):
                depth -= 1
            self.at += 1
            if depth == 0:
                return
