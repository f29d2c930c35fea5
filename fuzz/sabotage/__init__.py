"""Injected bugs: what the harness must find. `BUGS` lists them, `apply` switches one on in this process.

A process that runs with the environment variable `COUNTERPROOF_SABOTAGE=NAME` calls `apply_from_environment` before it
builds an engine; nothing in an engine knows of this.
"""

from __future__ import annotations

import os
from typing import Final

from fuzz.sabotage import comparator, riscv64_decoding, riscv64_machine, riscv64_semantics
from fuzz.sabotage.bug import Area, Bug

VARIABLE: Final = "COUNTERPROOF_SABOTAGE"

BUGS: Final[dict[str, Bug]] = {
    bug.name: bug
    for module in (riscv64_decoding, riscv64_semantics, riscv64_machine, comparator)
    for bug in module.BUGS
}


def apply(name: str) -> Bug:
    """Switch the bug `name` on, for the rest of this process.

    Raises:
        ValueError: there is no such bug; the message lists those there are.
    """
    if name not in BUGS:
        raise ValueError(f"no injected bug is called {name!r}; there are: {', '.join(sorted(BUGS))}")
    bug = BUGS[name]
    bug.inject()
    return bug


def apply_from_environment() -> Bug | None:
    """Switch on the bug that `COUNTERPROOF_SABOTAGE` names, if it names one."""
    name = os.environ.get(VARIABLE, "")
    return apply(name) if name else None


__all__ = ["BUGS", "VARIABLE", "Area", "Bug", "apply", "apply_from_environment"]
