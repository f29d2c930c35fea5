"""Architectural state of one RISC-V hart: a C-layout record that Python and native code share, and its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engines.vm.memory.address_space import AddressSpace

CPU: Final[np.dtype[Any]] = np.dtype(
    [
        ("x", "<u8", (33,)),
        ("f", "<u8", (32,)),
        ("pc", "<u8"),
        ("fflags", "<u8"),
        ("frm", "<u8"),
        ("reservation", "<u8"),
        ("reservation_bytes", "<u8"),
        ("retired", "<u8"),
        ("trap_cause", "<u8"),
        ("trap_value", "<u8"),
        ("instruction", "<u8"),
    ],
    align=True,
)
"""One hart. All members are 64 bits wide; offsets are those of a C struct.

- `x`: `x[0]` is always 0; `x[32]` is where native code drops writes to x0, its value means nothing.
- `f`: raw bits, FLEN = 64.
- `pc`: next instruction; after a trap, the instruction that trapped.
- `fflags`, `frm`: the two fields of fcsr, each on its own.
- `reservation`, `reservation_bytes`: address and size of the load reservation; `NO_RESERVATION` and 0 when none.
- `retired`: instructions retired since reset; the one that traps does not count. cycle, time and instret read it.
- `trap_cause`, `trap_value`, `instruction`: of the last trap; `instruction` holds the trapping instruction's bits
  (16 or 32), 0 for a fetch fault.
"""

NO_RESERVATION: Final = 0xFFFF_FFFF_FFFF_FFFF
SINK: Final = 32
"""Index into `x` that receives what is written to x0."""


def word_of(name: str) -> int:
    """Index of CPU member `name` in `Hart.words`; of its first element, if it has several."""
    assert CPU.fields is not None
    return int(CPU.fields[name][1]) // 8


class Hart:
    """One hart: the CPU record and the memory that it sees.

    Attributes:
        storage: the (1,) array of `CPU` that owns the record; its address goes to native code.
        cpu: the record itself, a view of `storage[0]`.
        memory: the guest's address space.
        words: the record as 64-bit words, which Python reads and writes several times faster than numpy's fields.
        address: host address of the record.
    """

    __slots__ = ("address", "cpu", "memory", "storage", "words")

    def __init__(self, memory: AddressSpace) -> None:
        self.storage: NDArray[np.void] = np.zeros(1, CPU)
        self.cpu: Any = self.storage[0]
        self.memory = memory
        self.words = self.storage.data.cast("B").cast("Q")
        self.address = int(self.storage.ctypes.data)
        self.cpu["reservation"] = NO_RESERVATION

    def reset(self) -> None:
        """All registers 0, no reservation, nothing retired. Memory is left alone."""
        self.storage[:] = np.zeros(1, CPU)
        self.cpu["reservation"] = NO_RESERVATION
