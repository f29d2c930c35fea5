"""The host itself as an oracle: a program built for this machine runs under its own kernel.

A riscv64 program and its twin, the same source built for the host, must do the same: output, exit status, files.
"""

from __future__ import annotations

import platform
from typing import Final

from harness.contract.case import Case, CaseKind, MachineBatch, ProgramCase
from harness.contract.executor import Capabilities, run_each
from harness.contract.observation import PROGRAM_FIELDS, BatchObservation, Observation
from harness.contract.refusal import refusal, why_refused
from oracles.bounded_process import Limits, observe_program

_ISA_OF_MACHINE: Final = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64", "riscv64": "riscv64"}
_ELF_MACHINES: Final = {"x86_64": 62, "arm64": 183, "riscv64": 243}


def host_isa() -> str:
    """This machine's ISA by our name.

    Raises:
        RuntimeError: a machine that we have no name for.
    """
    machine = platform.machine()
    if machine not in _ISA_OF_MACHINE:
        raise RuntimeError(f"machine {machine!r} is none of {', '.join(sorted(_ISA_OF_MACHINE))}")
    return _ISA_OF_MACHINE[machine]


class NativeOracle:
    """Runs program cases of the host's own ISA, each in a directory of its own with limits."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    @property
    def name(self) -> str:
        return "native"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            kinds=frozenset((CaseKind.PROGRAM,)),
            isas=frozenset((host_isa(),)),
            observes=frozenset(PROGRAM_FIELDS),
            isolated=True,
            version=f"{platform.system()} {platform.release()} {platform.machine()}",
        )

    def run(self, case: Case) -> Observation:
        refused = why_refused(self.name, self.capabilities, case)
        if refused is not None or not isinstance(case, ProgramCase):
            return refusal(case, refused or f"{self.name} runs program cases")
        wrong = why_not_elf(case.image, case.isa)
        if wrong is not None:
            return refusal(case, wrong)
        return observe_program(case, lambda image: [str(image)], self._limits)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        return


def why_not_elf(image: bytes, isa: str) -> str | None:
    """A sentence when `image` is no 64-bit little-endian ELF executable for `isa`, else None."""
    if image[:6] != b"\x7fELF\x02\x01" or len(image) < 64:
        return f"not a 64-bit little-endian ELF file: it begins with {image[:6].hex(' ') or 'nothing'}"
    kind, machine = int.from_bytes(image[16:18], "little"), int.from_bytes(image[18:20], "little")
    if kind not in (2, 3):
        return f"ELF type {kind} is not executable (2) or position-independent (3)"
    if machine != _ELF_MACHINES[isa]:
        return f"ELF machine {machine} is not {isa} ({_ELF_MACHINES[isa]})"
    return None
