"""A small memory for generated blocks: four pieces with all combinations of permissions, everything else faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from engines.vm.ir.evaluator import Access, MemoryFault
from fuzz.strategies.ir.blocks import WINDOW

PIECE: Final = 1024
_READABLE: Final = (True, True, False, True)
_WRITABLE: Final = (True, True, True, False)


@dataclass
class Window:
    """`PIECE` bytes each: readable and writable twice, write-only, read-only; begins `PIECE` bytes before `WINDOW`."""

    content: bytearray = field(default_factory=lambda: bytearray((7 * i + i // 256) & 0xFF for i in range(4 * PIECE)))

    def load(self, address: int, size_bytes: int) -> int:
        at = self._check(address, size_bytes, _READABLE, Access.LOAD)
        return int.from_bytes(self.content[at : at + size_bytes], "little")

    def store(self, address: int, value: int, size_bytes: int) -> None:
        at = self._check(address, size_bytes, _WRITABLE, Access.STORE)
        self.content[at : at + size_bytes] = value.to_bytes(size_bytes, "little")

    def _check(self, address: int, size_bytes: int, permitted: tuple[bool, ...], access: Access) -> int:
        at = address - WINDOW + PIECE
        for byte in (at, at + size_bytes - 1):
            if not 0 <= byte < len(self.content) or not permitted[byte // PIECE]:
                raise MemoryFault(address, access)
        return at
