"""Linux programs on arm64 and riscv64 hosts: user mode here, the program's code there.

The code is that of an image (`counterproof vm aot --host`), or is compiled when it is met; what neither has, the
interpreter of this machine executes, one instruction at a time, and counts. The guest's memory travels as far as it
changes, so this is for tests and small programs.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engines.vm.aot.foreign import constant_code, origin
from engines.vm.aot.image import ImageRefusedError, StoredRegion, decode
from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import PAGE_BITS, AddressSpace
from engines.vm.tiers.executor import Counters, TierExecutor
from engines.whole_file import read_whole
from harness.subjects.host_process import HostProcess
from harness.subjects.riscv64_on_host import HostTier

if TYPE_CHECKING:
    from engines.vm.tiers.executor import Tier


def read_image(path: str, executable: bytes, host: str) -> list[StoredRegion]:
    """The regions of the image file at `path`, which must have been made for `executable` on `host`.

    Raises:
        ImageRefusedError: it was not, or is damaged, or cannot be read.
    """
    try:
        content = read_whole(path)
    except OSError as error:
        raise ImageRefusedError(f"{path}: {error.strerror}") from None
    return decode(content, origin(executable, host), path)


class ProgramTier(HostTier):
    """Runs the harts of a process on one host.

    Args:
        name: `arm64` or `riscv64`.
        stored: regions that need not be compiled.
        compiles: whether others are.

    Attributes:
        stored_used, stale: stored regions that were entered, and that did not fit the code in memory.
    """

    def __init__(self, name: str, stored: Sequence[StoredRegion] = (), *, compiles: bool = True) -> None:
        super().__init__(name)
        self.compiles = compiles
        self.stored_used = 0
        self.stale = 0
        self._stored: dict[int, StoredRegion] = {}
        for region in stored:
            for pc, _ in region.entries:
                self._stored.setdefault(pc, region)
        self._pid = os.getpid()
        self._shape: tuple[tuple[tuple[int, int], ...], bytes] = ((), b"")

    def ready(self, hart: Hart) -> HostProcess:
        """The process with the hart's memory as it is now; another one where it was mapped, unmapped or protected."""
        memory = hart.memory
        if self._pid != os.getpid():  # the guest forked: the process belongs to the parent
            self._pid, self._machine = os.getpid(), None
        windows = tuple((start, end - start) for start, end in memory.regions())
        kinds = bytes(p & 7 for at, size in windows for p in memory.perm[at >> PAGE_BITS : at + size >> PAGE_BITS])
        if self._machine is None or memory is not self._memory or (windows, kinds) != self._shape:
            self.close()
            self._memory, self._shape = memory, (windows, kinds)
            self._machine = HostProcess(self.name, memory, windows, follow=True)
            self._entries.clear()
            self._refused.clear()
        return self._machine

    def compiled(self, hart: Hart, pc: int) -> tuple[bytes, dict[int, int]]:
        """As `HostTier.compiled`, stored code first."""
        stored = self._stored.get(pc)
        if stored is not None:
            if self._fits(hart.memory, stored):
                self.stored_used += 1
                return bytes(stored.code), dict(stored.entries)
            self.stale += 1
        if not self.compiles:
            return b"", {}
        return super().compiled(hart, pc)

    def _fits(self, memory: AddressSpace, region: StoredRegion) -> bool:
        return b"".join(constant_code(memory, start, end - start) for start, end in region.ranges) == region.guest


class HostExecutor(TierExecutor):
    """Stands in for the executor of a tier of this machine.

    Args:
        host: `arm64` or `riscv64`.
        program: path of the executable. image: path of its translation; without one, code is compiled when it is met.

    Raises:
        ImageRefusedError: see `read_image`.
        ValueError: there is no such host.
    """

    def __init__(self, host: str, program: str, image: str = "") -> None:
        from harness.subjects.riscv64_on_host import HOSTS

        if host not in HOSTS:
            raise ValueError(f"--host {host}: must be one of {', '.join(HOSTS)}")
        stored = read_image(image, read_whole(program), host) if image else []
        self.name = f"{'image' if image else 'baseline'} on {host}"
        self.degraded = ""
        self.counters = Counters()
        self.host_tier = ProgramTier(host, stored, compiles=not image)
        self.tier: Tier = self.host_tier
        self._stores = {}

    @property
    def compiles(self) -> bool:
        """Nothing is kept."""
        return False

    def keep(self) -> None:
        """End the host's process."""
        self.host_tier.close()

    def compiled_counters(self) -> dict[str, int]:
        """What was entered, and what was not compiled, by reason."""
        tier, counters = self.host_tier, self.host_tier.counters
        found = {
            "regions compiled": counters.regions,
            "regions stored": tier.stored_used,
            "regions stale": tier.stale,
            "entered on the host": counters.entered,
            "retired on the host": counters.retired,
            "interpreted here": counters.interpreted,
        }
        return found | {f"refused: {reason}": times for reason, times in counters.refused.most_common()}
