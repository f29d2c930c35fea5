"""The ways in which a pattern with alternatives that bind variables may match.

Each way binds the variables from other places, and is tried as a whole: `(A(s) | B(s), 5)` takes nothing where the
second part does not match.

Source: The Rust Reference, "Or-patterns", "Static semantics" and "Dynamic semantics".
"""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing.captures import pattern_parts, variables

MOST_WAYS: Final = 4096
"""Each is built by itself."""

Way = dict[Any, Any]
"""The alternative that is meant, of each or-pattern that the way leads through."""


def ways_of(pattern: Any) -> list[Way]:
    """The ways, in the order of their trial; one where no alternative binds anything."""
    if isinstance(pattern, t.OrPattern):
        if not variables(pattern):
            return [{}]
        return [{pattern: one, **way} for one in pattern.alternatives for way in ways_of(one)]
    ways: list[Way] = [{}]
    for part in pattern_parts(pattern):
        more = ways_of(part)
        ways = [{**way, **other} for way in ways for other in more] if len(more) > 1 or more[0] else ways
    return ways


def count_ways(pattern: Any) -> int:
    """How many there are."""
    if isinstance(pattern, t.OrPattern):
        return sum(map(count_ways, pattern.alternatives)) if variables(pattern) else 1
    return reduce(mul, map(count_ways, pattern_parts(pattern)), 1)
