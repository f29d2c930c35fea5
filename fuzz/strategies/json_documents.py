"""Mutations of JSON documents as trees: what flips bytes seldom gets past the parser.

A mutant changes one to four places: a value replaced by another kind or an extreme, an element or a field removed,
repeated, renamed or moved from elsewhere in the document. One mutant in eight is damaged as text instead.
"""

from __future__ import annotations

import json
import random
from typing import Any, Final

EXTREMES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 255, 256, 1 << 31, 1 << 32, 1 << 63, (1 << 64) - 1, 1 << 64, -(1 << 63), 10**30, 0.5,
    1e308, "", "0x", "0x0", "0xg", "0xffffffffffffffff", "0x10000000000000000", "a", "\0", "é", "\ud800", "AA==", "00",
    "0", [], [[]], {}, {"a": None}, [0] * 40, "x" * 300,
)  # fmt: skip
_JUNK: Final = (b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"NaN", b"1e999", b"\xff", b"\0", b"-", b"1" * 5000)

Path = tuple[str | int, ...]


def mutate_json(data: bytes, max_bytes: int, seed: int) -> bytes:
    """A mutant of the document `data`, of at most `max_bytes`; text that is no document is damaged further as text."""
    chance = random.Random(seed)
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return _damaged(data, chance)[:max_bytes]
    if chance.random() < 0.125:
        return _damaged(data, chance)[:max_bytes]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        tree = _mutated(tree, chance)
    text = json.dumps(tree).encode()
    return text if len(text) <= max_bytes else _damaged(data, chance)[:max_bytes]


def _damaged(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.randrange(9))
    return data[:at] + chance.choice((b"", chance.choice(_JUNK), chance.randbytes(2), data[at:end] * 2)) + data[end:]


def _places(tree: Any) -> list[Path]:
    """Every place of the tree, the root first."""
    found: list[Path] = [()]
    for place in found:
        value = _at(tree, place)
        if isinstance(value, dict):
            found += [(*place, key) for key in value]
        elif isinstance(value, list):
            found += [(*place, index) for index in range(min(len(value), 50))]
    return found


def _at(tree: Any, place: Path) -> Any:
    for step in place:
        tree = tree[step]
    return tree


def _mutated(tree: Any, chance: random.Random) -> Any:
    places = _places(tree)
    place = chance.choice(places)
    if not place:
        return chance.choice(EXTREMES) if chance.random() < 0.02 else tree
    parent = _at(tree, place[:-1])
    last: Any = place[-1]
    match chance.randrange(6):
        case 0 | 1:
            parent[last] = _changed(parent[last], chance)
        case 2:
            parent[last] = json.loads(json.dumps(_at(tree, chance.choice(places))))
        case 3:
            del parent[last]
        case 4 if isinstance(parent, list):
            parent.insert(chance.randrange(len(parent) + 1), json.loads(json.dumps(parent[last])))
        case 4 if isinstance(parent, dict):
            parent[chance.choice((*parent, "", "id", str(last) + "x"))] = parent.pop(last)
        case _:
            parent[last] = json.loads(json.dumps(chance.choice(EXTREMES)))
    return tree


def _changed(value: Any, chance: random.Random) -> Any:
    """A value of the same kind, near the old one."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + chance.choice((-1, 1, -256, 256, 1 << 31)) if chance.random() < 0.7 else -value
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        piece = chance.choice(("", "0", "f", "=", "\0", value[at], value[at:] * 2, value[at].swapcase()))
        return value[:at] + piece + value[at + chance.randrange(2) :]
    return value
