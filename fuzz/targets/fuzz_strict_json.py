"""The strict JSON reader against Python's own: it accepts no more, gives the same values, and says where it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from fuzz.strategies.json_documents import mutate_json
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from harness import strict_json
    from harness.strict_json import DocumentError, Node, parse


def one_input(data: bytes) -> None:
    try:
        root = parse(data, "fuzz")
    except DocumentError:
        return
    repeated: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in found}) != len(found):
            repeated.append(found[0][0])
        return dict(found)

    value = json.loads(data, object_pairs_hook=pairs)
    if repeated:
        raise FindingError(f"an object with a repeated key was accepted: {repeated[0]!r}")
    _visit(root, value)


def _visit(node: Node, value: Any) -> None:
    """Every reading of every value either gives what Python gives or is refused with the node's path."""
    readings = (
        (node.string, str), (node.boolean, bool), (lambda: node.integer(-(1 << 70), 1 << 70), int),
        (node.number, float), (node.word, int), (node.hexadecimal, bytes), (node.base64, bytes),
        (lambda: node.choice(("a", "b")), str),
    )  # fmt: skip
    for read, kind in readings:
        try:
            got = read()
        except DocumentError as error:
            if node.path not in str(error):
                raise FindingError(f"an error without its place {node.path}: {error}") from None
        else:
            if not isinstance(got, kind):
                raise FindingError(f"{node.path}: {value!r} was read as {got!r}, which is no {kind.__name__}")
    if isinstance(value, dict):
        for name, child in node.items():
            _visit(child, value[name])
    elif isinstance(value, list):
        for child, inner in zip(node.elements(), value, strict=True):
            _visit(child, inner)


def seeds() -> Iterable[bytes]:
    yield b'{"a": [1, -2.5e3, true, null, "x\\u00e9\\n"], "b": {"c": "0x1f", "d": "AAEC", "e": "00ff"}}'
    yield b'{"a": 123456789012345678901234567890, "": [[[[{}]]]]}'
    yield b'\xef\xbb\xbf{"a": NaN}'
    yield b'{"a": Infinity, "a": 1e999}'


def planted() -> None:
    replace(strict_json, "_without_repeats", lambda original: dict)


TARGET = Target(
    one_input,
    "strict JSON: accepts no more than Python's reader, gives the same values",
    ("harness.strict_json",),
    seeds,
    planted,
    "repeated keys are accepted",
    dictionary=words('"a": null true 1e999 -0 "0x "AA==" NaN \\ud800 [[ }}'),
    mutate=mutate_json,
    max_bytes=400,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
