"""What native code and Python agree on: the decoded entry, the context record, and the registers of a handler.

The table of decoded code has one 16-byte entry for every 2 bytes of guest address: the entry of `pc` is at
`table + 8 * pc`, so the pc is never stored and a relative jump is an addition. A handler of 0 means "not decoded".

====== ===== ==================================================================================
offset bytes content
====== ===== ==================================================================================
0      4     handler, signed distance from `decode` (0 is `decode` itself)
4      4     four byte slots: register numbers (a destination x0 is number 32), rounding mode
8      4     immediate, signed
12     2     CSR number
14     2     two more byte slots
====== ===== ==================================================================================
"""

from __future__ import annotations

from engines.vm.enumeration import IntEnum
from engines.vm.guests.riscv64.state import VECTOR_CPU_LAYOUT
from engines.vm.guests.words import WordLayout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

ENTRY_BYTES: Final = 16
HANDLER_BYTES: Final = 4
"""Zeros there mean "not decoded", whatever operands stay behind."""
PARCEL_BYTES: Final = 2
PC_SHIFT: Final = 3
"""Entries are 16 bytes per 2 bytes of code: `entry - table == pc << PC_SHIFT`."""
SLOT_OFFSETS: Final = (4, 5, 6, 7, 14, 15)
IMMEDIATE_OFFSET: Final = 8
CSR_OFFSET: Final = 12
GUARD_BYTES: Final = 1 << 24
"""Table space before the first and after the last entry, for relative jumps (±1 MiB) that leave the address space."""
OVERLAP_BYTES: Final = 6
"""An entry this far before a changed byte may depend on it: two fused instructions have up to 8 bytes."""

CONTEXT_LAYOUT: Final = WordLayout(
    (
        ("cpu", 0),
        ("memory", 0),
        ("permissions", 0),
        ("table", 0),
        ("code_limit", 0),
        ("retired_at_zero", 0),
        ("budget", 0),
        ("escape", 0),
        ("decoded", 0),
        ("code_writes", 0),
        ("fuse", 0),
        ("scratch", 2),
        ("float_saved", 4),
        ("stop_unseen", 0),
        ("invalidate", 0),
        ("compiled", 0),
        ("decode", 0),
        ("segment", 0),
    )
)
"""What a run needs, one per address space.

- `cpu`, `memory`, `permissions`, `table`: host addresses.
- `code_limit`: a pc at or above it has no entry; jumping there is a fetch fault.
- `retired_at_zero`: what `instret` reads when the budget is 0.
- `budget`: instructions that may still retire; in and out.
- `escape`: why a run was handed back with `ESCAPE`: the mnemonic's index.
- `decoded`, `code_writes`: counters: entries decoded; stores that fell on pages with decoded code.
- `fuse`: 0 leaves every instruction its own handler. `scratch`: room for the decoder's look at the next instruction.
- `float_saved`: room for the floating-point unit (host control word at entry).
- `stop_unseen`: not 0 hands a run back with `UNSEEN` at an instruction that was not decoded yet.
- `invalidate`: a C function `(address, size)` to call when a store fell on a page with compiled code; 0 for none.
- `compiled`: counter: instructions that retired in code compiled by LLVM.
- `decode`: address of the interpreter's `decode`, for code that keeps it nowhere.
- `segment`: how a run makes `memory` the base of the x86_64 host's segment gs, see `Segment`.
"""

CPU_OFFSETS: Final[dict[str, int]] = VECTOR_CPU_LAYOUT.offsets
CONTEXT_OFFSETS: Final[dict[str, int]] = CONTEXT_LAYOUT.offsets

TRAP: Final = 1
LIMIT: Final = 2
ESCAPE: Final = 3
UNSEEN: Final = 4
"""What native `run` answers; `ESCAPE` asks for exactly one instruction by the reference tier, `UNSEEN` for a decision
what becomes of the instruction at the pc: see `stop_unseen`."""

ARGUMENTS: Final = "ptr noalias %cpu, ptr %entry, i64 %budget, ptr %memory, ptr %permissions, ptr %decode, ptr %context"
"""The registers of a handler. `budget` counts the instructions that may still retire, this one included."""


def forward(entry: str = "%entry", budget: str = "%budget") -> str:
    """The arguments of a tail call to the next handler."""
    return f"ptr %cpu, ptr {entry}, i64 {budget}, ptr %memory, ptr %permissions, ptr %decode, ptr %context"


def convention(machine: str) -> str:
    """The calling convention of handlers on a host, by `platform.machine()`: as many arguments in registers as it has.

    x86_64 and arm64 have one that preserves nothing, so a handler needs no prologue. Elsewhere `fastcc` keeps
    `musttail` possible at the price of saved registers in some handlers.
    """
    return "preserve_nonecc" if machine in {"x86_64", "AMD64", "aarch64", "arm64"} else "fastcc"


STATE_LAYOUT: Final = WordLayout((("pc", 0), ("x", 32), ("f", 32), ("fcsr", 0)))
"""A row of initial or final state in a batch."""

BATCH_LAYOUT: Final = WordLayout(
    [
        ("index", 0),
        ("count", 0),
        ("limit", 0),
        ("window", 0),
        ("window_bytes", 0),
        ("initial", 0),
        ("code", 0),
        ("code_stride", 0),
        ("code_bytes", 0),
        ("code_address", 0),
        ("memory", 0),
        ("memory_stride", 0),
        ("out_reason", 0),
        ("out_cause", 0),
        ("out_value", 0),
        ("out_state", 0),
        ("out_memory", 0),
        ("out_retired", 0),
    ]
)
"""A batch of cases for native `run_batch`. Members are 64 bits; the arrays are given by host address.

- `index`: the case to run next; in and out. `count`: how many there are. `limit`: instructions, for each.
- `window`, `window_bytes`: guest address and size of the memory that each case starts with.
- `initial`, `out_state`: `STATE` rows. `memory`, `out_memory`: `window_bytes` each; `memory_stride` 0 shares one row.
- `code`: rows of `code_stride` bytes; `code_bytes` (u4) of each are placed at `code_address` (u8).
- `out_reason` (u1): `TRAP` or `LIMIT`; `out_cause` (u1), `out_value` (u8), `out_retired` (u8).
"""
BATCH_OFFSETS: Final[dict[str, int]] = BATCH_LAYOUT.offsets
STATE_OFFSETS: Final[dict[str, int]] = STATE_LAYOUT.offsets


class Segment(IntEnum):
    """How native code on x86_64 sets the base of gs, which nothing else in user mode of Linux uses."""

    NONE = 0
    BY_INSTRUCTION = 1
    BY_SYSTEM = 2


ARCH_PRCTL: Final = 158
ARCH_SET_GS: Final = 0x1001
"""The system call of x86_64 that does it and its code, arch_prctl(2)."""


_DTYPES: Final = {"CONTEXT": CONTEXT_LAYOUT, "STATE": STATE_LAYOUT, "BATCH": BATCH_LAYOUT}


def __getattr__(name: str) -> Any:
    """`CONTEXT`, `STATE` and `BATCH`: the layouts as numpy dtypes, made when first asked for."""
    if name not in _DTYPES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = made = _DTYPES[name].dtype()
    return made
