"""Tokens, by one regular expression (The Rust Reference, "Lexical structure").

A token's kind is its own text for keywords and punctuation, else `id`, `life`, `int`, `float`, `str`, `bstr`,
`char`, `byte`.
"""

from __future__ import annotations

import re
from typing import Final

from engines.rustwasm.syntax.diagnostics import Diagnostics

KEYWORDS: Final = frozenset(
    """as break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref
    return self Self static struct super trait true type unsafe use where while async await""".split()  # noqa: SIM905
)

_TOKEN = re.compile(
    r"""(?:[ \t\r\n]+|//[^\n]*)*+
    (?:
      (b?r(\#*)"(?:.|\n)*?"\2(?!\#)|b?"(?:[^"\\]|\\(?:.|\n))*"|b?'(?:[^'\\\n]|\\(?:u\{[^}']*\}|x..|.))')  # 1 text
     |((?:r\#)?[^\W\d]\w*)                                                                                  # 3 word
     |(0x[0-9a-fA-F_]+[g-zA-Z_]*\w*|0[bo][0-9_]+\w*|
        [0-9][0-9_]*(?:\.(?![._a-zA-Z])[0-9_]*)?(?:[eE][+-]?[0-9_]*[0-9][0-9_]*)?\w*)                       # 4 number
     |('[^\W\d]\w*)                                                                                         # 5 lifetime
     |(<<=|>>=|\.\.\.|\.\.=|->|=>|==|!=|<=|>=|&&|\|\||\+=|-=|\*=|/=(?!\*)|%=|\^=|&=|\|=|::|\.\.|<<|>>
        |/\*|[-+*/%^!&|=<>@.,;:\#$?~(){}\[\]])  # 6 punctuation
    )""",
    re.VERBOSE,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "0": "\0", "'": "'", '"': '"'}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F_]{1,8})\}|(\n)\s*|(.))", re.DOTALL)
_TRIVIA = re.compile(r"(?:[ \t\r\n]+|//[^\n]*)*")


class Tokens:
    """Parallel lists; the last token is `eof`."""

    __slots__ = ("ends", "kinds", "starts", "texts")

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, kind: str, text: str, start: int, end: int) -> None:
        self.kinds.append(kind)
        self.texts.append(text)
        self.starts.append(start)
        self.ends.append(end)


def tokenize(text: str, base: int, diagnostics: Diagnostics) -> Tokens:
    """The tokens of `text`, positions counted from `base`. Bad characters are reported and skipped."""
    tokens = Tokens()
    kinds, texts, starts, ends = tokens.kinds, tokens.texts, tokens.starts, tokens.ends
    add_kind, add_text, add_start, add_end = kinds.append, texts.append, starts.append, ends.append
    match = _TOKEN.match
    keywords = KEYWORDS
    at = 0
    if text.startswith("\ufeff"):
        at = 1
    if text.startswith("#!", at) and not text.startswith("#![", at):
        at = text.find("\n")
        at = len(text) if at < 0 else at
    while True:
        found = match(text, at)
        if found is None:
            trivia = _TRIVIA.match(text, at)
            assert trivia is not None
            at = trivia.end()
            if at >= len(text):
                break
            at = _bad(text, at, base, diagnostics)
            continue
        group = found.lastindex
        if group == 3:
            start, at = found.span(3)
            word = text[start:at]
            if word[:2] == "r#":
                add_kind("id")
                word = word[2:]
            else:
                add_kind(word if word in keywords else "id")
            add_text(word)
        elif group == 6:
            start, at = found.span(6)
            word = text[start:at]
            if word == "/*":
                at = _skip_comment(text, start, base, diagnostics)
                continue
            add_kind(word)
            add_text(word)
        elif group == 4:
            start, at = found.span(4)
            word = text[start:at]
            is_float = word[:2] not in ("0x", "0b", "0o") and (
                "." in word or word.endswith(("f32", "f64")) or (("e" in word or "E" in word) and "s" not in word)
            )
            add_kind("float" if is_float else "int")
            add_text(word)
        elif group == 5:
            start, at = found.span(5)
            word = text[start:at]
            add_kind("life")
            add_text(word)
        else:
            start, at = found.span(1)
            word = text[start:at]
            quote = word[1] if word[0] == "b" else word[0]
            if quote == "'":
                add_kind("byte" if word[0] == "b" else "char")
            else:
                add_kind("bstr" if word[0] == "b" else "str")
            add_text(word)
        add_start(start + base)
        add_end(at + base)
    tokens.add("eof", "", len(text) + base, len(text) + base)
    return tokens


def _bad(text: str, at: int, base: int, diagnostics: Diagnostics) -> int:
    """Report what no token starts with; the offset after it."""
    rest = text[at : at + 3]
    if rest[0] == '"' or rest[:2] in ('b"', 'r"', "r#"):
        span = (at + base, len(text) + base)
        diagnostics.error("E0765", "unterminated double quote string", span)
        return len(text)
    if rest[0] == "'":
        diagnostics.error("E0762", "unterminated character literal", (at + base, at + base + 1))
        return at + 1
    diagnostics.error(None, f"unknown start of token: {rest[0]}", (at + base, at + base + 1))
    return at + 1


def _skip_comment(text: str, start: int, base: int, diagnostics: Diagnostics) -> int:
    depth = 1
    at = start + 2
    while depth:
        mark = _COMMENT_MARK.search(text, at)
        if mark is None:
            diagnostics.error("E0758", "unterminated block comment", (start + base, len(text) + base))
            return len(text)
        depth += 1 if mark.group() == "/*" else -1
        at = mark.end()
    return at


class BadLiteral(ValueError):  # noqa: N818 -- named by what it says
    """A literal that the grammar accepts and the language does not; the message says why."""


def unescape(body: str, is_bytes: bool) -> str:
    """The characters that the inside of a quoted literal means."""
    if "\\" not in body:
        return body.replace("\r\n", "\n")

    def one(found: re.Match[str]) -> str:
        hexadecimal, unicode, newline, single = found.groups()
        if hexadecimal is not None:
            value = int(hexadecimal, 16)
            if value > 127 and not is_bytes:
                raise BadLiteral("out of range hex escape: must be a character in the range [\\x00-\\x7f]")
            return chr(value)
        if unicode is not None:
            value = int(unicode.replace("_", "") or "0", 16)
            if value > 0x10FFFF or 0xD800 <= value < 0xE000:
                raise BadLiteral(f"invalid unicode character escape: {value:x} is no Unicode scalar value")
            return chr(value)
        if newline is not None:
            return ""
        if single not in _ESCAPES:
            raise BadLiteral(
                f"unknown character escape: `{single}`; known are \\n \\r \\t \\\\ \\0 \\' \\\" \\xNN \\u{{...}}"
            )
        return _ESCAPES[single]

    return _ESCAPE.sub(one, body)


def literal_text(token: str) -> str:
    """What a string, byte string, char or byte token means, as characters (bytes as characters below 256)."""
    is_bytes = token[0] == "b"
    if is_bytes:
        token = token[1:]
    if token[0] == "r":
        hashes = token.index('"')
        return token[hashes + 1 : len(token) - hashes].replace("\r\n", "\n")
    return unescape(token[1:-1], is_bytes)
