"""Injected bugs: what the harness must find. `BUGS` lists them, `apply` switches one on in this process.

A process that runs with the environment variable `COUNTERPROOF_SABOTAGE=NAME` calls `apply_from_environment` before it
builds an engine; nothing in an engine knows of this.
"""

from __future__ import annotations

import importlib
import os
from typing import Final

from fuzz.sabotage.bug import Area, Bug

VARIABLE: Final = "COUNTERPROOF_SABOTAGE"

CATALOGUES: Final = (
    "riscv64_decoding",
    "riscv64_semantics",
    "riscv64_machine",
    "riscv64_altered",
    "riscv64_encodings",
    "riscv64_source",
    "user_mode",
    "harness_source",
    "harness_by_hand",
    "fixed",
    "ir_lifting",
    "ir_passes",
    "native_baseline",
    "native_policy",
    "native_llvm",
    "native_llvm_floats",
    "native_llvm_loops",
    "native_llvm_memory",
    "vectors",
    "native_code_cache",
    "native_hosts",
    "native_images",
    "large_pages",
    "native_assembly",
    "comparator",
    "rustwasm",
    "rustwasm_passes",
    "rustwasm_processes",
    "rustwasm_borrow",
    "rustwasm_called",
    "rustwasm_rules",
    "rustwasm_values",
    "rustwasm_written",
)
"""The modules of this package that have a list `BUGS`."""


def _collected() -> dict[str, Bug]:
    """Every catalogue's bugs by name.

    Raises:
        ValueError: two bugs have the same name.
    """
    found: dict[str, Bug] = {}
    for name in CATALOGUES:
        for bug in importlib.import_module(f"fuzz.sabotage.{name}").BUGS:
            if found.setdefault(bug.name, bug) is not bug:
                raise ValueError(f"two injected bugs are called {bug.name!r}, the second in fuzz.sabotage.{name}")
    return found


BUGS: Final = _collected()


def apply(name: str) -> Bug:
    """Switch the bug `name` on, for the rest of this process.

    Raises:
        ValueError: there is no such bug; the message lists those there are.
    """
    if name not in BUGS:
        raise ValueError(f"no injected bug is called {name!r}; there are: {', '.join(sorted(BUGS))}")
    bug = BUGS[name]
    bug.switch_on()
    return bug


def apply_from_environment() -> Bug | None:
    """Switch on the bug that `COUNTERPROOF_SABOTAGE` names, if it names one."""
    name = os.environ.get(VARIABLE, "")
    return apply(name) if name else None


__all__ = ["BUGS", "CATALOGUES", "VARIABLE", "Area", "Bug", "apply", "apply_from_environment"]
