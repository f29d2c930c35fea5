"""What is inside an attribute: words, `name = value`, `name(...)` and literals; whether the condition of a `cfg` holds.

Source: The Rust Reference, "Meta Item Attribute Syntax", "Conditional compilation".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(r'b?"(?:[^"\\]|\\.)*"|\w+(?:\s*::\s*\w+)*|[^\s\w]', re.DOTALL)


@dataclass(slots=True)
class Meta:
    """`form` is word, value (`name = value`), list (`name(items)`) or literal (`value` alone)."""

    name: str
    form: str
    value: str = ""
    items: list[Meta] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        """Is the value a string literal?"""
        return self.value.startswith('"')


class BadCondition(ValueError):  # noqa: N818 -- named by what it says
    """A condition that cannot be read; `code` is rustc's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read(name: str, text: str) -> Meta:
    """An attribute of which `text` follows the name."""
    tokens = _TOKEN.findall(text)
    return _read(name, tokens)[0]


def _read(name: str, tokens: list[str]) -> tuple[Meta, list[str]]:
    """A meta item whose name was read, and the tokens after it."""
    if tokens[:1] == ["="]:
        return Meta(name, "value", "".join(tokens[1:2])), tokens[2:]
    if tokens[:1] not in (["("], ["["], ["{"]):
        return Meta(name, "word"), tokens
    made = Meta(name, "list")
    tokens = tokens[1:]
    while tokens and tokens[0] not in (")", "]", "}"):
        first, tokens = tokens[0], tokens[1:]
        if first[0] in "0123456789" or first[:1] == '"' or first[:2] == 'b"':
            item = Meta("", "literal", first)
        else:
            item, tokens = _read(first.replace(" ", ""), tokens)
        made.items.append(item)
        while tokens and tokens[0] not in (",", ")", "]", "}"):
            tokens = tokens[1:]
        if tokens[:1] == [","]:
            tokens = tokens[1:]
    return made, tokens[1:]


def holds(condition: Meta, settings: frozenset[str]) -> bool:
    """Does `cfg(...)`, of which this is the whole, hold?

    Raises:
        BadCondition: it cannot be read.
    """
    if condition.form != "list":
        raise BadCondition("E0539", "malformed `cfg` attribute input: it has no condition in parentheses")
    if len(condition.items) != 1:
        raise BadCondition("E0805", "malformed `cfg` attribute input: it must hold exactly one condition")
    return _holds(condition.items[0], settings)


def _holds(one: Meta, settings: frozenset[str]) -> bool:
    if one.form == "list":
        if one.name not in ("not", "all", "any"):
            raise BadCondition("E0537", f"invalid predicate `{one.name}`: the legal ones are `not`, `all` and `any`")
        if one.name == "not" and len(one.items) != 1:
            raise BadCondition("E0805", "malformed `cfg` attribute input: `not` takes one condition")
        values = [_holds(each, settings) for each in one.items]
        return not values[0] if one.name == "not" else all(values) if one.name == "all" else any(values)
    if one.form == "literal" or "::" in one.name or (one.form == "value" and not one.is_text):
        raise BadCondition("E0539", f"malformed `cfg` attribute input: `{one.name or one.value}` is no condition")
    if one.form == "value":
        return f"{one.name}={one.value}" in settings
    return one.name == "true" or one.name in settings
