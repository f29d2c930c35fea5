"""Strict reading of JSON documents: every field is asked for by name and type, and an error says where it stands.

Paths in messages are JSONPath-like: `$.state.x[3]`. Unknown fields are errors, so a misspelt one is never ignored.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, Final

MAX_DOCUMENT_BYTES: Final = 256 << 20


class DocumentError(ValueError):
    """A document does not have the form that its reader demands; the message says where and what is legal."""


def parse(text: bytes | str, source: str) -> Node:
    """Parse one JSON document, which must be an object.

    Raises:
        DocumentError: not JSON, not an object, a repeated key, too deep or over `MAX_DOCUMENT_BYTES`.
    """
    if len(text) > MAX_DOCUMENT_BYTES:
        raise DocumentError(f"{source}: {len(text)} bytes, the limit is {MAX_DOCUMENT_BYTES}")
    try:
        value = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except DocumentError as error:
        raise DocumentError(f"{source}: {error}") from None
    except json.JSONDecodeError as error:
        raise DocumentError(f"{source}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise DocumentError(f"{source}: not UTF-8 text: byte {error.start} is {byte:#04x}") from None
    except RecursionError:
        raise DocumentError(f"{source}: nested too deeply to be a document of ours") from None
    except ValueError as error:  # an integer literal beyond Python's digit limit
        raise DocumentError(f"{source}: not JSON: {error}") from None
    if not isinstance(value, dict):
        raise DocumentError(f"{source}: the document is {_kind(value)}, must be an object")
    return Node(value, source, "$")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DocumentError(f"key {key!r} appears twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise DocumentError(f"{name} is not JSON")


def _kind(value: object) -> str:
    names: dict[type, str] = {dict: "an object", list: "an array", str: "a string", bool: "a boolean"}
    names |= {int: "an integer", float: "a number", type(None): "null"}
    return names.get(type(value), type(value).__name__)


def _shown(value: object) -> str:
    text = json.dumps(value, default=repr)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Node:
    """One value of a document and where it stands."""

    def __init__(self, value: object, source: str, path: str) -> None:
        self._value = value
        self._source = source
        self.path = path

    def error(self, message: str) -> DocumentError:
        return DocumentError(f"{self._source}: {self.path}: {message}")

    def field(self, name: str) -> Node:
        """The field `name` of an object.

        Raises:
            DocumentError: not an object, or no such field.
        """
        fields = self._object()
        if name not in fields:
            raise self.error(f"field {name!r} is missing; there are: {', '.join(fields) or 'none'}")
        return Node(fields[name], self._source, f"{self.path}.{name}")

    def optional(self, name: str) -> Node | None:
        """The field `name`, or None where the object lacks it."""
        return self.field(name) if name in self._object() else None

    def only(self, *names: str) -> None:
        """Refuse fields other than `names`."""
        unknown = [name for name in self._object() if name not in names]
        if unknown:
            raise self.error(f"unknown field {unknown[0]!r}; legal: {', '.join(names)}")

    def form(self, name: str, version: int) -> None:
        """That the document says to be of the format `name`, of this version.

        Raises:
            DocumentError: it says another, or none.
        """
        self.field("format").choice((name,))
        found = self.field("version")
        if found.integer(0, 1 << 31) != version:
            raise found.error(f"this release reads version {version}")

    def items(self) -> Iterator[tuple[str, Node]]:
        for name, value in self._object().items():
            yield name, Node(value, self._source, f"{self.path}.{name}")

    def elements(self, count: int | None = None) -> list[Node]:
        """The elements of an array, exactly `count` of them where given."""
        if not isinstance(self._value, list):
            raise self.error(f"{_shown(self._value)} is {_kind(self._value)}, must be an array")
        if count is not None and len(self._value) != count:
            raise self.error(f"has {len(self._value)} elements, must have {count}")
        return [Node(value, self._source, f"{self.path}[{i}]") for i, value in enumerate(self._value)]

    def string(self) -> str:
        if not isinstance(self._value, str):
            raise self.error(f"{_shown(self._value)} is {_kind(self._value)}, must be a string")
        return self._value

    def boolean(self) -> bool:
        if not isinstance(self._value, bool):
            raise self.error(f"{_shown(self._value)} is {_kind(self._value)}, must be true or false")
        return self._value

    def integer(self, low: int, high: int) -> int:
        """A JSON integer in `low … high`."""
        if not isinstance(self._value, int) or isinstance(self._value, bool):
            raise self.error(f"{_shown(self._value)} is {_kind(self._value)}, must be an integer")
        if not low <= self._value <= high:
            raise self.error(f"{self._value} is outside {low} … {high}")
        return self._value

    def number(self) -> float:
        if isinstance(self._value, bool) or not isinstance(self._value, int | float):
            raise self.error(f"{_shown(self._value)} is {_kind(self._value)}, must be a number")
        return float(self._value)

    def word(self, bits: int = 64) -> int:
        """An unsigned integer of at most `bits` bits, written as a hexadecimal string: `"0x1f"`."""
        text = self.string()
        digits = text.removeprefix("0x")
        if digits == text or not digits or any(c not in "0123456789abcdef" for c in digits):
            raise self.error(f'{_shown(text)} must be hexadecimal in lower case, such as "0x1f"')
        value = int(digits, 16)
        if value >> bits:
            raise self.error(f"{text[:40]} does not fit in {bits} bits")
        return value

    def hexadecimal(self) -> bytes:
        """Bytes written as an even number of hexadecimal digits."""
        text = self.string()
        try:
            return bytes.fromhex(text)
        except ValueError:
            raise self.error(f"{_shown(text)} must be an even number of hexadecimal digits") from None

    def base64(self) -> bytes:
        text = self.string()
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise self.error(f"{_shown(text)} is not base64: {error}") from None

    def is_present(self) -> bool:
        """False where the document says `null`."""
        return self._value is not None

    def choice(self, legal: tuple[str, ...]) -> str:
        text = self.string()
        if text not in legal:
            raise self.error(f"{_shown(text)} must be one of {', '.join(legal)}")
        return text

    def _object(self) -> dict[str, Any]:
        if not isinstance(self._value, dict):
            raise self.error(f"{_shown(self._value)} is {_kind(self._value)}, must be an object")
        return self._value
