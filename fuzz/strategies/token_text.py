"""Mutations of text as tokens: words exchanged, repeated, moved and removed, so that most mutants are read some way."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

_TOKEN: Final = re.compile(rb"[\w.$+\-']+|\s+|.", re.DOTALL)
_NUMBERS: Final = (
    b"0", b"1", b"-1", b"2", b"7", b"31", b"32", b"63", b"64", b"127", b"128", b"255", b"256", b"-2048", b"65536",
    b"0x7fffffff", b"0x80000000", b"-2147483649", b"4294967296", b"0xffffffffffffffff", b"1e400",
    b"inf", b"-inf", b"nan", b"-0.0", b"0x1p-149", b"0.1",
)  # fmt: skip


def token_mutator(words: Sequence[bytes]) -> Callable[[bytes, int, int], bytes]:
    """A mutator `(data, max_bytes, seed) -> data` of text in a language that has these words."""

    def mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
        chance = random.Random(seed)
        tokens = _TOKEN.findall(data)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            tokens = _changed(tokens, words, chance)
        return b"".join(tokens)[:max_bytes]

    return mutate


def _changed(tokens: list[bytes], words: Sequence[bytes], chance: random.Random) -> list[bytes]:
    at = chance.randrange(len(tokens) + 1)
    end = min(len(tokens), at + chance.choice((1, 1, 2, 3, 8)))
    new = chance.choice(words) if words and chance.random() < 0.6 else chance.choice(_NUMBERS)
    match chance.randrange(9):
        case 0 | 1:
            return _exchanged(tokens, words, chance)
        case 2 | 8 if tokens:
            return _exchanged(tokens, tokens, chance)
        case 3:
            return [*tokens[:at], *tokens[end:]]
        case 4:
            to = chance.randrange(len(tokens) + 1)
            return [*tokens[:to], *tokens[at:end], *tokens[to:]]
        case 5:
            start, stop = _line(tokens, at)
            return [*tokens[:stop], b"\n", *tokens[start:stop], *tokens[stop:]]
        case 6:
            return [*tokens[:at], b" ", new, b" ", *tokens[at:]]
        case _:
            return [*tokens[:at], chance.randbytes(1), *tokens[at:]]


def _exchanged(tokens: list[bytes], words: Sequence[bytes], chance: random.Random) -> list[bytes]:
    """One token that is no blank replaced, a number mostly by a number."""
    places = [index for index, token in enumerate(tokens) if not token.isspace()]
    if not places:
        return [*tokens, chance.choice(words or _NUMBERS)]
    at = chance.choice(places)
    is_number = tokens[at].lstrip(b"+-")[:1].isdigit()
    new = chance.choice(_NUMBERS if is_number == (chance.random() < 0.9) or not words else words)
    return [*tokens[:at], new, *tokens[at + 1 :]]


def _line(tokens: list[bytes], at: int) -> tuple[int, int]:
    """The tokens of the line around `at`."""
    start = at
    while start and b"\n" not in tokens[start - 1]:
        start -= 1
    stop = at
    while stop < len(tokens) and b"\n" not in tokens[stop]:
        stop += 1
    return start, stop
