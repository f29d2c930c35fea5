"""Translation ahead of time for hosts of another kind than this machine, by the baseline compiler.

Such code is entered through the host's gateway (`engines.vm.hosts.load_store`) and answers how the guest goes on, so
it depends on no interpreter's build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engines.vm.aot.image import SOURCES, Origin, StoredRegion
from engines.vm.guests.riscv64.state import CPU_LAYOUT, Hart, word_of
from engines.vm.hosts import host as hosts
from engines.vm.hosts.load_store import INTERPRET
from engines.vm.memory.address_space import EXEC, PAGE_BITS, PAGE_BYTES, WRITE, AddressSpace
from engines.vm.runtime.digest import digest
from engines.vm.runtime.source_digest import source_digest
from engines.vm.tiers.baseline.compiler import BaselineCompiler
from engines.vm.tiers.baseline.options import CompileError, Options
from engines.vm.tiers.interpreter.build import ROOT
from engines.vm.tiers.interpreter.layout import CONTEXT_OFFSETS

MACHINES: Final = {"arm64": "aarch64", "riscv64": "riscv64"}
"""Hosts, as `platform.machine()` names them."""
LAYOUT: Final[Mapping[str, int]] = {
    **{name: CPU_LAYOUT.offsets[name] for name in ("pc", "frm", "fflags")},
    **{name: CONTEXT_OFFSETS[name] for name in ("budget", "retired_at_zero")},
}
"""What gateways and regions need to know of the records."""
GENERATORS: Final[Mapping[str, Callable[[Mapping[str, int]], Any]]] = {"arm64": hosts.arm64, "riscv64": hosts.riscv64}


@dataclass
class ForeignCounters:
    """Regions that were not compiled, by reason."""

    refused: Counter[str] = field(default_factory=Counter)


class ForeignTranslator:
    """Compiles regions for one host; what the translation of programs asks of a tier.

    Args:
        host: `arm64` or `riscv64`.
    """

    def __init__(self, host: str, options: Options | None = None) -> None:
        self.compiler = BaselineCompiler(GENERATORS[host](LAYOUT), options)
        self.counters = ForeignCounters()

    def compile(self, hart: Hart, pc: int, outside: Container[int] = frozenset()) -> StoredRegion | None:
        """The region around `pc`; None if it was refused, which is counted."""
        memory = hart.memory

        def fetch(address: int, size: int) -> bytes:
            return constant_code(memory, address, size)

        try:
            made = self.compiler.compile(pc, fetch, hart.words[word_of("frm")], lambda *_: INTERPRET, outside)
        except CompileError as error:
            self.counters.refused[str(error)] += 1
            return None
        guest = b"".join(fetch(start, end - start) for start, end in made.ranges)
        return StoredRegion(made.code, tuple(made.heads.items()), tuple(made.ranges), made.exits, guest)


def constant_code(memory: AddressSpace, pc: int, size: int) -> bytes:
    """The bytes from `pc` on that may be executed and not written, up to `size`."""
    end = pc
    while end < pc + size and end < memory.limit and memory.perm[end >> PAGE_BITS] & (EXEC | WRITE) == EXEC:
        end = min(pc + size, (end | PAGE_BYTES - 1) + 1)
    return memory.read(pc, end - pc) if end > pc else b""


def origin(executable: bytes, host: str, insns: int = 0) -> Origin:
    """What an image for `host`, made here by this version, says of itself."""
    made_by = source_digest(ROOT, (*SOURCES, "tiers/interpreter/layout.py", "guests/riscv64/state.py"))
    return Origin(digest(executable).hex(), MACHINES[host], made_by, insns)
