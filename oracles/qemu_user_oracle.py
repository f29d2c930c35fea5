"""qemu-riscv64, QEMU's user mode: whole programs by running them, machine cases instruction by instruction over GDB."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from harness.contract.case import Case, CaseKind, MachineBatch, MachineCase, ProgramCase
from harness.contract.executor import Capabilities, run_each
from harness.contract.observation import PROGRAM_FIELDS, BatchObservation, Observation
from harness.contract.refusal import refusal, why_refused
from harness.contract.traps import End
from oracles.bounded_process import Limits, confine, observe_program
from oracles.elf_image import case_image
from oracles.gdb_executor import OBSERVED, GdbExecutor
from oracles.gdb_remote import GdbRemote
from oracles.native_oracle import why_not_elf

PROGRAM: Final = "qemu-riscv64"
CPU: Final = "rv64,zba=off,zbb=off,zbc=off,zbs=off"
_DEATH_NOTE: Final = re.compile(rb"qemu: uncaught target signal \d+ \([^)\n]*\) - (core dumped|stopped)\n\Z")
"""What QEMU adds to the guest's stderr when a signal ends the guest."""


class QemuUserError(RuntimeError):
    """qemu-riscv64 is missing or does not answer."""


class QemuUserOracle(GdbExecutor):
    """Both kinds of cases on qemu-riscv64; a fresh process for each, with limits."""

    def __init__(self, limits: Limits | None = None, timeout_s: float = 30.0) -> None:
        super().__init__(timeout_s)
        self._limits = limits or Limits(address_space_bytes=0)
        self._capabilities: Capabilities | None = None

    @property
    def name(self) -> str:
        return "qemu-riscv64"

    @property
    def capabilities(self) -> Capabilities:
        if self._capabilities is None:
            self._capabilities = Capabilities(
                kinds=frozenset((CaseKind.MACHINE, CaseKind.PROGRAM)),
                isas=frozenset(("riscv64",)),
                extensions=frozenset(("I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei")),
                observes=OBSERVED | frozenset(PROGRAM_FIELDS),
                exact_limit=True,
                isolated=True,
                version=program_version(),
            )
        return self._capabilities

    def run(self, case: Case) -> Observation:
        refused = why_refused(self.name, self.capabilities, case)
        if refused is not None:
            return refusal(case, refused)
        if isinstance(case, MachineCase):
            return self.run_machine(case)
        if not isinstance(case, ProgramCase):
            return refusal(case, f"{self.name} runs machine and program cases")
        wrong = why_not_elf(case.image, case.isa)
        if wrong is not None:
            return refusal(case, wrong)
        program = program_path()
        seen = observe_program(case, lambda image: [program, "-0", case.argv[0], str(image)], self._limits)
        if seen.signal and seen.end is End.TRAP:
            note = _DEATH_NOTE.search(seen.stderr)
            if note is None:
                return replace(seen, end=End.CRASH, detail="QEMU itself died: it reported no signal of the guest")
            return replace(seen, stderr=seen.stderr[: note.start()], detail=note.group().decode().strip())
        return seen

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        return

    def launch(self, case: MachineCase) -> AbstractContextManager[GdbRemote]:
        return stopped_in_qemu(case_image(case), self._limits, self._timeout_s)


@contextmanager
def stopped_in_qemu(image: bytes, limits: Limits, timeout_s: float) -> Iterator[GdbRemote]:
    """A debugger's connection to `image` in qemu-riscv64, stopped before its first instruction."""
    with tempfile.TemporaryDirectory(prefix="counterproof-gdb-") as folder:
        program, stub = Path(folder, "image"), str(Path(folder, "stub"))
        program.write_bytes(image)
        program.chmod(0o755)
        process = subprocess.Popen(
            [program_path(), "-cpu", CPU, "-g", stub, str(program)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={},
            start_new_session=True,
            preexec_fn=confine(limits),
        )
        try:
            with GdbRemote.connect(stub, timeout_s) as remote:
                yield remote
        finally:
            process.kill()
            process.wait()


def program_path() -> str:
    """Where qemu-riscv64 is.

    Raises:
        QemuUserError: nowhere; the message names the package.
    """
    path = shutil.which(PROGRAM)
    if path is None:
        raise QemuUserError(f"{PROGRAM} is not installed; on Debian: apt-get install qemu-user")
    return os.fspath(path)


def program_version() -> str:
    """`QEMU 7.2.22`: from the program's own first line."""
    command = [program_path(), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout
    found = re.search(r"version (\S+)", answer)
    if found is None:
        raise QemuUserError(f"{PROGRAM} --version answered {answer[:80]!r}")
    return f"QEMU {found.group(1)}"
