"""Injected bugs derived from the source of the harness itself: comparison, reduction, signatures, oracles' adapters.

No campaign can find these by what it compares. Comparison is judged by its canaries and by what is known to agree,
everything else by the tests that the harness has for itself, and the adapters by the conformance suite.
"""

from __future__ import annotations

from typing import Final

from fuzz.sabotage.bug import Area, Bug
from fuzz.sabotage.equivalent import HARNESS
from fuzz.sabotage.source import source_bugs

_COMPARISON: Final = ("comparison", "tests/harness/compare")
_COMPARE: Final = ("tests/harness/compare",)
_REDUCTION: Final = ("tests/harness/reduce/test_machine_reduction.py",)
_SIGNATURE: Final = ("tests/harness/triage/test_signature.py",)
_UNICORN: Final = ("tests/oracles/test_conformance.py", "tests/oracles/test_unicorn_oracle.py")
_QEMU: Final = ("tests/oracles/test_qemu_conformance.py", "tests/oracles/test_qemu_system.py")


def _of(module: str, area: Area, judges: tuple[str, ...], count: int, *without: str) -> list[Bug]:
    return source_bugs(module, area, judges, count, without=without, equivalent=HARNESS)


BUGS: Final = [
    *_of("harness.compare.machine", Area.COMPARATOR, _COMPARISON, 12),
    *_of("harness.compare.canary", Area.COMPARATOR, _COMPARE, 6, "Canary.__str__"),
    *_of("harness.compare.first_difference", Area.COMPARATOR, _COMPARE, 6),
    *_of("harness.compare.errata", Area.COMPARATOR, _COMPARE, 5),
    *_of("harness.compare.legal", Area.COMPARATOR, _COMPARE, 6),
    *_of("harness.compare.vote", Area.COMPARATOR, _COMPARE, 4),
    *_of("harness.reduce.machine", Area.REDUCER, _REDUCTION, 12),
    *_of("harness.reduce.riscv64", Area.REDUCER, _REDUCTION, 3),
    *_of("harness.triage.signature", Area.TRIAGE, _SIGNATURE, 5),
    *_of("oracles.unicorn_oracle", Area.ADAPTERS, _UNICORN, 8, "unrepaired", "uncounted"),
    *_of("oracles.unicorn_engine", Area.ADAPTERS, _UNICORN, 8),
    *_of("oracles.unicorn_driver", Area.ADAPTERS, _UNICORN, 3),
    *_of("oracles.unicorn_repair", Area.ADAPTERS, _UNICORN, 3),
    *_of("oracles.qemu_oracle", Area.ADAPTERS, _QEMU, 6),
    *_of("oracles.qemu_system", Area.ADAPTERS, _QEMU, 3),
]
