"""`json.loads` for texts of our own, by the scanner that the standard module is built on.

The module itself imports regular expressions and enumerations: a tenth of what a start of a program executes.
"""

from __future__ import annotations

from _json import make_scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Settings:
    """As `json.JSONDecoder` has them."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


_settings: Any = _Settings()
_scan = make_scanner(_settings)


def loads(data: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises:
        ValueError: no such text.
        RecursionError: it is nested too deeply.
    """
    try:
        text = data.decode()
        found, end = _scan(text, 0)
        if end == len(text):
            return found
    except (StopIteration, SystemError):  # the scanner takes its error from the module, which is not there yet
        pass
    from json import loads as judged

    return judged(data)


__all__ = ["loads"]
