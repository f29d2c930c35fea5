"""Tokens, by one regular expression (The Rust Reference, "Lexical structure").

A token's kind is its own text for keywords and punctuation, else `id`, `life`, `int`, `float`, `str`, `bstr`,
`char`, `byte`.
"""

from __future__ import annotations

import re
from itertools import accumulate, compress
from operator import add
from typing import Final

from engines.rustwasm.syntax.diagnostics import Diagnostics

KEYWORDS: Final = frozenset(
    """as break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref
    return self Self static struct super trait true type unsafe use where while async await""".split()  # noqa: SIM905 -- read best as text
)
RESERVED: Final = frozenset(
    "abstract become box do final macro override priv try typeof unsized virtual yield".split()  # noqa: SIM905 -- read best as text
)
"""Words that mean nothing and may not be names."""
_WORDS: Final = KEYWORDS | RESERVED

_REST: Final = r"""
     |(?!b["']|c"|[bc]?r\#*")(?:r\#)?[^\W\d]\w*                                                            # word
     |0x[0-9a-fA-F_]+[g-zA-Z_]*\w*|0[bo][0-9_]+\w*
     |[0-9][0-9_]*(?:\.(?![._a-zA-Z])[0-9_]*)?(?:[eE][+-]?[0-9_]*[0-9][0-9_]*)?\w*                        # number
     |'[^\W\d]\w*                                                                                         # lifetime
     |<<=|>>=|\.\.\.|\.\.=|->|=>|==|!=|<=|>=|&&|\|\||\+=|-=|\*=|/=(?!\*)|%=|\^=|&=|\|=|::|\.\.|<<|>>
     |/\*|[-+*/%^!&|=<>@.,;:\#$?~(){}\[\]]                                                                # punctuation
"""
_QUOTED: Final = r"""
     |b?"(?:[^"\\]|\\(?:.|\n))*"|b?'(?:[^'\\\n]|\\(?:u\{[^}']*\}|x..|.))'                                # text
"""
_TOKEN: Final = re.compile(
    r"""((?:[ \t\r\n]+|//[^\n]*)*+)  # 1 what is between tokens
    (b?r(\#*)"(?:.|\n)*?"\3(?!\#)"""
    + _QUOTED
    + _REST
    + r"|\Z)",
    re.VERBOSE,
)
_WITH_SPACE: Final = re.compile(
    r"""(?:[^\W\d]\w*+(?!["'\#])                                                                         # most words
     |[(){}\[\],;]
     |//[^\n]*
     |b?r"[^"]*"(?!\#)|b?r\#"(?:.|\n)*?"\#(?!\#)"""
    + _QUOTED
    + _REST
    + r")[ \t\r\n]*+",
    re.VERBOSE,
)
"""A token, or a comment to the end of its line, and the space behind it. It has no group, so that all of a text are
found as texts, not as tuples; raw strings with two `#` or more are left to `_TOKEN`."""
_COMMENT_MARK = re.compile(r"/\*|\*/")
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "0": "\0", "'": "'", '"': '"'}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F_]{1,8})\}|(\n)\s*|(.))", re.DOTALL)
_TRIVIA = re.compile(r"(?:[ \t\r\n]+|//[^\n]*)*")
_SPACE = re.compile(r"[ \t\r\n]*")
_OPENS: Final = "/*"
_COMMENT: Final = "//"

_kinds: dict[str, str] = {}
"""Kinds of tokens that were seen, raw identifiers left out."""
_KINDS_LIMIT: Final = 1 << 16


class Tokens:
    """Parallel lists; the last token is `eof`. `broken`: something has no end, so what follows it was not read."""

    __slots__ = ("broken", "ends", "kinds", "starts", "texts")

    def __init__(self) -> None:
        self.broken = False
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
    at = 0
    if text.startswith("\ufeff"):
        at = 1
    if text.startswith("#!", at) and not text.startswith("#![", at):
        at = text.find("\n")
        at = len(text) if at < 0 else at
    found = None if _OPENS in text else _all_at_once(text, at, base)
    return _one_by_one(text, at, base, diagnostics) if found is None else found


def _all_at_once(text: str, at: int, base: int) -> Tokens | None:
    """The tokens from `at` on; None where the text has anything else in it."""
    begin = _SPACE.match(text, at)
    assert begin is not None
    found = _WITH_SPACE.findall(text, begin.end())
    starts = list(accumulate(map(len, found), initial=begin.end() + base))
    end = starts.pop()
    if end != len(text) + base:  # something between the tokens was passed over
        return None
    texts = list(map(str.rstrip, found))
    if _COMMENT in text:
        kept = [word[:2] != _COMMENT for word in texts]
        texts, starts = list(compress(texts, kept)), list(compress(starts, kept))
    kinds = list(map(_kinds.get, texts))
    tokens = Tokens()
    tokens.ends = list(map(add, starts, map(len, texts)))
    if None in kinds:
        for i, kind in enumerate(kinds):
            if kind is None:
                kinds[i], texts[i] = _new_kind(texts[i])
    tokens.kinds, tokens.texts, tokens.starts = kinds, texts, starts  # type: ignore[assignment]  # none is None any more
    tokens.add("eof", "", end, end)
    return tokens


def _new_kind(word: str) -> tuple[str, str]:
    """Kind and text of a word that was not seen yet."""
    kind = _kind(word)
    if word[:2] == "r#" and kind == "id":
        return kind, word[2:]
    if len(_kinds) >= _KINDS_LIMIT:
        _kinds.clear()
    _kinds[word] = kind
    return kind, word


def _one_by_one(text: str, at: int, base: int, diagnostics: Diagnostics) -> Tokens:
    """The tokens from `at` on, comments with `/*` and what no token starts with passed over."""
    tokens = Tokens()
    while True:
        found = _TOKEN.match(text, at)
        if found is None:
            trivia = _TRIVIA.match(text, at)
            assert trivia is not None
            at = _bad(text, trivia.end(), base, diagnostics, tokens)
            continue
        start, at = found.span(2)
        word = text[start:at]
        if not word:
            break
        if word == _OPENS:
            at = _skip_comment(text, start, base, diagnostics, tokens)
            continue
        kind = _kind(word)
        if word[:2] == "r#" and kind == "id":
            word = word[2:]
        tokens.add(kind, word, start + base, at + base)
    tokens.add("eof", "", len(text) + base, len(text) + base)
    return tokens


def _kind(word: str) -> str:
    first = word[0]
    if first == '"':
        return "str"
    if first == "'":
        return "char" if word[-1] == "'" and len(word) > 1 else "life"
    if first in "0123456789":
        is_float = word[:2] not in ("0x", "0b", "0o") and (
            "." in word or word.endswith(("f32", "f64")) or (("e" in word or "E" in word) and "s" not in word)
        )
        return "float" if is_float else "int"
    if first != "_" and not first.isalnum():
        return word
    if first == "b" and ('"' in word or "'" in word):
        return "byte" if word[1] == "'" else "bstr"
    if first == "r" and '"' in word:
        return "str"
    return word if word in _WORDS else "id"


_UNTERMINATED: Final = {
    '"': ("E0765", "unterminated double quote string"),
    "'": ("E0762", "unterminated character literal"),
    'b"': ("E0766", "unterminated double quote byte string"),
    "b'": ("E0763", "unterminated byte constant"),
}
_PREFIXES: Final = ("br", "cr", "b", "c", "r")


def _bad(text: str, at: int, base: int, diagnostics: Diagnostics, tokens: Tokens) -> int:
    """Report what no token starts with; the offset after it. Nothing is read after what has no end."""
    prefix = next((one for one in _PREFIXES if text.startswith(one, at)), "")
    quote = text[at + len(prefix)]
    if prefix[:1] == "c":
        diagnostics.error(None, "C string literals are outside the subset", (at + base, at + base + 1))
    elif prefix[-1:] == "r":
        diagnostics.error("E0748", "unterminated raw string", (at + base, at + base + 1), "unterminated raw string")
    elif quote == "'" and tokens.kinds[-1:] == ["life"] and tokens.ends[-1] == at + base:
        start = tokens.starts[-1]
        for column in (tokens.kinds, tokens.texts, tokens.starts, tokens.ends):
            column.pop()
        diagnostics.error(None, "character literal may only contain one codepoint", (start, at + base + 1))
        tokens.add("char", text[start - base : at + 1], start, at + base + 1)
        return at + 1
    elif text.startswith("''", at):
        diagnostics.error(None, "empty character literal", (at + base, at + base + 2))
        tokens.add("char", "''", at + base, at + base + 2)
        return at + 2
    elif prefix + quote in _UNTERMINATED:
        code, message = _UNTERMINATED[prefix + quote]
        start = at + base + len(prefix)
        diagnostics.error(code, message, (start, start + 1 if quote == "'" else len(text) + base))
    else:
        diagnostics.error(None, f"unknown start of token: {text[at]}", (at + base, at + base + 1))
        return at + 1
    tokens.broken = True
    return len(text)


def _skip_comment(text: str, start: int, base: int, diagnostics: Diagnostics, tokens: Tokens) -> int:
    depth = 1
    at = start + 2
    while depth:
        mark = _COMMENT_MARK.search(text, at)
        if mark is None:
            diagnostics.error("E0758", "unterminated block comment", (start + base, len(text) + base))
            tokens.broken = True
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
