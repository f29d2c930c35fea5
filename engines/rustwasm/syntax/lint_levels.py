"""Lint levels that an outer `forbid` does not let inner attributes change: E0453.

Source: The Rust Reference, "Lint check attributes". Attributes of statements and expressions are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from engines.rustwasm.syntax.diagnostics import Diagnostics, Span
from engines.rustwasm.syntax.meta import read

_WEAKER: Final = ("allow", "warn", "expect")
Attributes = list[tuple[str, str, Span]]


def check_forbidden(attributes: Attributes, items: Iterable[Any], diagnostics: Diagnostics) -> None:
    """Report lints that these items allow, warn of or expect, and that the file's own attributes or an item around
    forbid."""
    _inside({}, attributes, items, diagnostics)


def _inside(outer: dict[str, Span], attributes: Attributes, items: Iterable[Any], diagnostics: Diagnostics) -> None:
    forbidden = dict(outer)
    for name, text, span in attributes:
        if name == "forbid":
            forbidden |= {one.name: span for one in read(name, text).items}
    for item in items:
        own: Attributes = getattr(item, "attributes", [])
        for name, text, span in own:
            if name not in _WEAKER:
                continue
            for one in read(name, text).items:
                if one.name in forbidden:
                    message = f"{name}({one.name}) incompatible with previous forbid"
                    error = diagnostics.error("E0453", message, span, "overruled by previous forbid")
                    error.labels.append((forbidden[one.name], "`forbid` level set here"))
        _inside(forbidden, own, getattr(item, "items", None) or [], diagnostics)
