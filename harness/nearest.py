"""Which name was meant: the hint that goes with every refusal of an unknown one.

The names are compounds of words, where what two share tells more than how many letters differ. The compiler has a
measure of its own (`engines.rustwasm.resolve.nearest`), since it has to suggest what rustc does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean NAME?` with the known name that is most like `name`; empty where none is like it."""
    close = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f" Did you mean {close[0]}?" if close else ""
