"""Which name was meant: one that is written nearly so, or one of another module.

Source: rustc's `find_best_match_for_name` (compiler/rustc_span/src/edit_distance.rs): up to a third of the letters may
differ. What programs are advised has to be what rustc advises; names on the command line have another measure
(`harness.nearest`).
"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is most likely a slip of: one that differs in case, in a third of its letters at
    most, or in the order of its words; None if there is none."""
    names = sorted({n for n in known if n != name and n[:1].isalpha() and "{" not in n})
    for one in names:
        if one.upper() == name.upper():
            return one
    limit = max(len(name), 3) // 3
    best = None
    for one in names:
        away = distance(name, one, limit)
        if away <= limit:
            best, limit = one, away - 1
    if best is not None:
        return best
    words = sorted(name.split("_"))
    for one in names:
        if len(words) > 1 and sorted(one.split("_")) == words:
            return one
    return None


def distance(first: str, second: str, limit: int) -> int:
    """How many letters are to be changed, put in, left out or swapped with their neighbour; no more exact than
    `limit + 1` where it is more than `limit`."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first):
        older, before, row = before, row, [i + 1]
        for j, b in enumerate(second):
            best = min(before[j] + (a != b), before[j + 1] + 1, row[j] + 1)
            if i and j and a == second[j - 1] and first[i - 1] == b:
                best = min(best, older[j - 1] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return row[-1]
