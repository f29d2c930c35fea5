"""The baseline compiler's code for arm64 and riscv64 hosts as executors: machine cases, block by block.

A driver enters compiled regions through the host's gateway, and executes by the interpreter what they leave to it. On
a machine of the host's architecture the code runs directly; elsewhere under QEMU's user mode (see `host_process`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from engines.vm.aot.foreign import GENERATORS, LAYOUT, constant_code
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.hosts.load_store import INTERPRET
from engines.vm.memory.address_space import AddressSpace
from engines.vm.tiers.baseline.compiler import BaselineCompiler
from engines.vm.tiers.baseline.options import CompileError, Options
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.stop import Stop, StopReason
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.subjects.host_process import HostProcess
from harness.subjects.riscv64_reference import ReferenceExecutor

HOSTS: Final = GENERATORS
WINDOWS: Final = ((CODE_BASE, CODE_BYTES), (DATA_BASE, DATA_BYTES))
_PC, _RETIRED, _FRM = (word_of(name) for name in ("pc", "retired", "frm"))


@dataclass
class HostCounters:
    """What a tier did.

    Attributes:
        regions: compiled. entered: times that compiled code was entered. retired: instructions that retired in it.
        interpreted: instructions that the interpreter executed. refused: regions not compiled, by reason.
    """

    regions: int = 0
    entered: int = 0
    retired: int = 0
    interpreted: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class HostTier:
    """Runs harts on one host.

    Pages that are executable and writable are left to the interpreter, so code never changes below a region.

    Args:
        name: `arm64` or `riscv64`.

    Attributes:
        counters: since it was made.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.counters = HostCounters()
        self.compiler = BaselineCompiler(HOSTS[name](LAYOUT), Options(check=True))
        self._interpreter = InterpreterTier()
        self._memory: AddressSpace | None = None
        self._machine: HostProcess | None = None
        self._entries: dict[int, int] = {}
        self._refused: set[int] = set()

    def close(self) -> None:
        """End the host's process."""
        if self._machine is not None:
            self._machine.close()
        self._machine = self._memory = None

    def run(self, hart: Hart, limit_insns: int) -> Stop:
        """Run until the first trap or until exactly `limit_insns` more instructions have retired.

        What was compiled in earlier runs is forgotten: their code may be another now.

        Raises:
            ValueError: `limit_insns` is negative.
        """
        if limit_insns < 0:
            raise ValueError(f"limit_insns is {limit_insns}, must be at least 0")
        machine, words, counters = self.ready(hart), hart.words, self.counters
        left = limit_insns
        while left:
            code = self._entry(hart, machine)
            if code is not None:
                before = words[_RETIRED]
                answer, rest = machine.run(words, code, left, before + left)
                words[_RETIRED] = before + left - rest
                counters.entered += 1
                counters.retired += left - rest
                left = rest
                if answer != INTERPRET or not left:
                    continue
            counters.interpreted += 1
            stop = self._interpreter.run(hart, 1)
            if stop.reason is StopReason.TRAP:
                return stop
            left -= 1
        return Stop(StopReason.LIMIT)

    def ready(self, hart: Hart) -> HostProcess:
        """The host's process with the hart's memory, and without any code."""
        if self._machine is None or hart.memory is not self._memory:
            self.close()
            self._memory = hart.memory
            self._machine = HostProcess(self.name, hart.memory, WINDOWS)
        self._machine.clear()
        self._entries.clear()
        self._refused.clear()
        return self._machine

    def compiled(self, hart: Hart, pc: int) -> tuple[bytes, dict[int, int]]:
        """Code and offsets of its entries by pc; without `pc` among them if there is none, which is counted."""
        try:
            made = self.compiler.compile(
                pc,
                lambda address, size: constant_code(hart.memory, address, size),
                hart.words[_FRM],
                lambda *_: INTERPRET,
            )
        except CompileError as error:
            self.counters.refused[str(error)] += 1
            return b"", {}
        self.counters.regions += 1
        return made.code, made.heads

    def _entry(self, hart: Hart, machine: HostProcess) -> int | None:
        """Where the code for the hart's pc is entered on the host, compiled now if need be; None if there is none."""
        pc = hart.words[_PC]
        if pc in self._entries or pc in self._refused:
            return self._entries.get(pc)
        code, heads = self.compiled(hart, pc)
        if pc in heads:
            try:
                address = machine.install(code)
            except MemoryError:
                self.counters.refused["the code cache was full"] += 1
                machine.clear()
                self._entries.clear()
                address = machine.install(code)
            for head, offset in heads.items():
                self._entries.setdefault(head, address + offset)
            return self._entries[pc]
        self._refused.add(pc)
        return None


class OnHostExecutor(ReferenceExecutor):
    """Runs machine cases on a `HostTier`."""

    def __init__(self, host: str) -> None:
        self.name = f"riscv64-baseline-on-{host}"
        self.tier = HostTier(host)
        super().__init__(self.tier)

    def close(self) -> None:
        """End the host's process and give the guest memory back."""
        self.tier.close()
        super().close()


def arm64() -> OnHostExecutor:
    """Compiled for arm64."""
    return OnHostExecutor("arm64")


def riscv64() -> OnHostExecutor:
    """Compiled for riscv64."""
    return OnHostExecutor("riscv64")
