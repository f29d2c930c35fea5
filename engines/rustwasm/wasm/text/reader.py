"""Tokens and nested lists of the text format, with places for messages.

Source: WebAssembly 3.0 §6.2 (lexical structure).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

MAX_NESTING: Final = 500
"""Nested parentheses that the reader accepts; far more than any person or printer writes."""

_TOKEN: Final = re.compile(
    r"""
      (?P<space>[ \t\r\n]+|;;[^\n]*)
    | (?P<block>\(;)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<word>(?:[0-9A-Za-z!\#$%&'*+\-./:<=>?@\\^_`|~]|"(?:[^"\\\n]|\\.)*")+)
    """,
    re.VERBOSE,
)
_COMMENT_EDGE: Final = re.compile(r"\(;|;\)")
_ESCAPE: Final = re.compile(r"\\(u\{[0-9a-fA-F_]+\}|[0-9a-fA-F]{2}|.)", re.DOTALL)
_SIMPLE_ESCAPES: Final = {"t": b"\t", "n": b"\n", "r": b"\r", '"': b'"', "'": b"'", "\\": b"\\"}


class TextError(ValueError):
    """Text that is no module. The message gives line and column, what was found and what is legal there."""

    def __init__(self, line: int, column: int, problem: str) -> None:
        super().__init__(f"line {line}, column {column}: {problem}")
        self.line = line
        self.column = column


class Word(NamedTuple):
    """A token that is no parenthesis: a keyword, identifier, number or string."""

    text: str
    position: int


class Group(NamedTuple):
    """A parenthesised list."""

    items: list[Node]
    position: int

    @property
    def head(self) -> str:
        """The keyword that the list starts with; empty if it starts with none."""
        first = self.items[0] if self.items else None
        return first.text if isinstance(first, Word) else ""


Node: TypeAlias = Word | Group


class Source:
    """The text, and messages about places in it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def error(self, position: int, problem: str) -> TextError:
        line = self.text.count("\n", 0, position) + 1
        column = position - (self.text.rfind("\n", 0, position) + 1) + 1
        return TextError(line, column, problem)

    def _comment_end(self, start: int) -> int:
        depth, position = 1, start + 2
        while depth:
            match = _COMMENT_EDGE.search(self.text, position)
            if match is None:
                raise self.error(start, "a block comment is not closed")
            depth += 1 if match[0] == "(;" else -1
            position = match.end()
        return position

    def _tokens(self) -> Iterator[tuple[str, Word]]:
        position, text = 0, self.text
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                shown = text[position]
                problem = "a string is not closed" if shown == '"' else f"character {shown!r} is not legal here"
                raise self.error(position, problem)
            kind = match.lastgroup or ""
            if kind == "block":
                position = self._comment_end(position)
                continue
            if kind != "space":
                yield kind, Word(match[0], position)
            position = match.end()

    def nodes(self) -> list[Node]:
        """The text as nested lists.

        Raises:
            TextError: parentheses, strings or comments do not close, or nest too deeply.
        """
        stack: list[Group] = [Group([], 0)]
        for kind, word in self._tokens():
            if kind == "open":
                if len(stack) > MAX_NESTING:
                    raise self.error(word.position, f"more than {MAX_NESTING} nested parentheses")
                stack.append(Group([], word.position))
            elif kind == "close":
                if len(stack) == 1:
                    raise self.error(word.position, "')' closes nothing")
                closed = stack.pop()
                stack[-1].items.append(closed)
            else:
                stack[-1].items.append(word)
        if len(stack) > 1:
            raise self.error(stack[-1].position, "'(' is not closed")
        return stack[0].items

    def string(self, word: Word) -> bytes:
        """The bytes of a string literal.

        Raises:
            TextError: the word is no string, or an escape in it is unknown.
        """
        text = word.text
        if (
            len(text) < 2
            or text[0] != '"'
            or text[-1] != '"'
            or '"' in text[1:-1].replace('\\"', "").replace("\\\\", "")
        ):
            raise self.error(word.position, f"{text} is no string")

        out, last = b"", 0
        inner = text[1:-1]
        for match in _ESCAPE.finditer(inner):
            out += inner[last : match.start()].encode()
            last = match.end()
            out += self._escape(match[1], word.position + 1 + match.start())
        return out + inner[last:].encode()

    def _escape(self, escape: str, position: int) -> bytes:
        if escape in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[escape]
        if escape.startswith("u{"):
            code = int(escape[2:-1].replace("_", "") or "0", 16)
            if code > 0x10FFFF or 0xD800 <= code < 0xE000:
                raise self.error(position, f"\\{escape} is no Unicode scalar value")
            return chr(code).encode()
        if len(escape) == 2:
            return bytes((int(escape, 16),))
        raise self.error(
            position,
            f"escape \\{escape} is unknown; legal are \\t \\n \\r \\\" \\' \\\\ \\u{{…}} and two hexadecimal digits",
        )
