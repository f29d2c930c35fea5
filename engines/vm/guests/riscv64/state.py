"""Architectural state of one RISC-V hart: a C-layout record that Python and native code share, and its memory."""

from __future__ import annotations

from engines.vm.guests.words import WORD_BYTES, WordLayout, WordRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from engines.vm.memory.address_space import AddressSpace

CPU_LAYOUT: Final = WordLayout(
    (
        ("x", 33),
        ("f", 32),
        ("pc", 0),
        ("fflags", 0),
        ("frm", 0),
        ("reservation", 0),
        ("reservation_bytes", 0),
        ("retired", 0),
        ("trap_cause", 0),
        ("trap_value", 0),
        ("instruction", 0),
    )
)
"""One hart; `CPU` is the same as a numpy dtype. All members are 64 bits wide; offsets are those of a C struct.

- `x`: `x[0]` is always 0; `x[32]` is where native code drops writes to x0, its value means nothing.
- `f`: raw bits, FLEN = 64.
- `pc`: next instruction; after a trap, the instruction that trapped.
- `fflags`, `frm`: the two fields of fcsr, each on its own.
- `reservation`, `reservation_bytes`: address and size of the load reservation; `NO_RESERVATION` and 0 when none.
- `retired`: instructions retired since reset; the one that traps does not count. cycle, time and instret read it.
- `trap_cause`, `trap_value`, `instruction`: of the last trap; `instruction` holds the trapping instruction's bits
  (16 or 32), 0 for a fetch fault.
"""

VECTOR_CPU_LAYOUT: Final = WordLayout(
    (
        *CPU_LAYOUT.members,
        ("v", 64),
        ("vl", 0),
        ("vtype", 0),
        ("vstart", 0),
        ("vxrm", 0),
        ("vxsat", 0),
        ("vs", 0),
    )
)
"""A hart with V: the same record, and behind it what V adds (V 1.0 §3), so that all else stands where it always does.

- `v`: v0 … v31, 16 bytes each (VLEN = 128), element 0 lowest.
- `vl`, `vtype` (bit 63 is vill), `vstart`, `vxrm`, `vxsat`: the CSRs.
- `vs`: mstatus.VS: 0 is Off, all vector instructions and CSRs are illegal; else `VS_DIRTY`, the only other state.
"""

VLEN_BYTES: Final = 16
VILL: Final = 1 << 63
VS_DIRTY: Final = 3
NO_RESERVATION: Final = 0xFFFF_FFFF_FFFF_FFFF
SINK: Final = 32
"""Index into `x` that receives what is written to x0."""


def word_of(name: str) -> int:
    """Index of CPU member `name` in `Hart.words`; of its first element, if it has several."""
    return VECTOR_CPU_LAYOUT.offsets[name] // WORD_BYTES


def __getattr__(name: str) -> Any:
    """`CPU`, made when it is first asked for: numpy is slow to import."""
    if name != "CPU":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = made = CPU_LAYOUT.dtype()
    return made


class Hart:
    """One hart: the CPU record and the memory that it sees.

    Args:
        has_vectors: the hart has V; its record is `VECTOR_CPU_LAYOUT`, else `CPU_LAYOUT`.

    Attributes:
        memory: the guest's address space.
        layout: of the record.
        words: the record as 64-bit words, which Python reads and writes several times faster than numpy's fields.
        address: host address of the record.
    """

    __slots__ = ("_cpu", "_record", "address", "layout", "memory", "words")

    def __init__(self, memory: AddressSpace, *, has_vectors: bool = False) -> None:
        self.layout = VECTOR_CPU_LAYOUT if has_vectors else CPU_LAYOUT
        self._record = WordRecord(self.layout)
        self._cpu: Any = None
        self.memory = memory
        self.words = self._record.words
        self.address = self._record.address
        self._set_first()

    @property
    def has_vectors(self) -> bool:
        """Whether the hart has V."""
        return self.layout is VECTOR_CPU_LAYOUT

    @property
    def cpu(self) -> Any:
        """The record as numpy's, a view of the same memory."""
        if self._cpu is None:
            import numpy as np

            self._cpu = np.frombuffer(self.words, self.layout.dtype())[0]
        return self._cpu

    def reset(self) -> None:
        """All registers 0, no reservation, nothing retired, vtype illegal. Memory is left alone."""
        self.words[:] = memoryview(bytes(self.layout.itemsize)).cast("Q")
        self._set_first()

    def _set_first(self) -> None:
        """What is not 0 at reset; V is on, as Linux gives it to programs."""
        self._record["reservation"] = NO_RESERVATION
        if self.has_vectors:
            self._record["vtype"] = VILL
            self._record["vs"] = VS_DIRTY
