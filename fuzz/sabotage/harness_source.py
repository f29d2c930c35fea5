"""Injected bugs derived from the source of the harness itself: comparison, reduction, signatures.

No campaign can find these by what it compares. Comparison is judged by its canaries and by what is known to agree,
everything else by the tests that the harness has for itself.
"""

from __future__ import annotations

from typing import Final

from fuzz.sabotage.bug import Area, Bug
from fuzz.sabotage.equivalent import HARNESS
from fuzz.sabotage.source import source_bugs

_COMPARISON: Final = ("comparison", "tests/harness/compare")
_COMPARE: Final = ("tests/harness/compare",)
_REDUCTION: Final = ("tests/harness/reduce/test_riscv64_code.py", "tests/harness/reduce/test_machine_reduction.py")
_SIGNATURE: Final = ("tests/harness/triage/test_signature.py",)


def _of(module: str, area: Area, judges: tuple[str, ...], count: int, *without: str) -> list[Bug]:
    return source_bugs(module, area, judges, count, without=without, equivalent=HARNESS)


BUGS: Final = [
    *_of("harness.compare.machine", Area.COMPARATOR, _COMPARISON, 8),
    *_of("harness.compare.errata", Area.COMPARATOR, _COMPARE, 4),
    *_of("harness.compare.vote", Area.COMPARATOR, _COMPARE, 4),
    *_of("harness.reduce.riscv64", Area.REDUCER, _REDUCTION, 3),
    *_of("harness.triage.signature", Area.TRIAGE, _SIGNATURE, 4),
]
