"""What native code and Python agree on: the decoded entry, the context record, and the registers of a handler.

The table of decoded code has one 16-byte entry for every 2 bytes of guest address: the entry of `pc` is at
`table + 8 * pc`, so the pc is never stored and a relative jump is an addition. An entry of zeros means "not decoded".

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

from typing import Any, Final

import numpy as np

from engines.vm.guests.riscv64.state import CPU

ENTRY_BYTES: Final = 16
PC_SHIFT: Final = 3
"""Entries are 16 bytes per 2 bytes of code: `entry - table == pc << PC_SHIFT`."""
SLOT_OFFSETS: Final = (4, 5, 6, 7, 14, 15)
IMMEDIATE_OFFSET: Final = 8
CSR_OFFSET: Final = 12
GUARD_BYTES: Final = 1 << 24
"""Table space before the first and after the last entry, for relative jumps (±1 MiB) that leave the address space."""
OVERLAP_BYTES: Final = 6
"""An entry this far before a changed byte may depend on it: two fused instructions have up to 8 bytes."""

CONTEXT: Final[np.dtype[Any]] = np.dtype(
    [
        ("cpu", "<u8"),
        ("memory", "<u8"),
        ("permissions", "<u8"),
        ("table", "<u8"),
        ("code_limit", "<u8"),
        ("retired_at_zero", "<u8"),
        ("budget", "<u8"),
        ("escape", "<u8"),
        ("decoded", "<u8"),
        ("code_writes", "<u8"),
        ("fuse", "<u8"),
        ("scratch", "<u8", (2,)),
        ("float_saved", "<u8", (4,)),
    ],
    align=True,
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
"""

CPU_OFFSETS: Final[dict[str, int]] = {name: int(CPU.fields[name][1]) for name in CPU.names or () if CPU.fields}
CONTEXT_OFFSETS: Final[dict[str, int]] = {
    name: int(CONTEXT.fields[name][1]) for name in CONTEXT.names or () if CONTEXT.fields
}

TRAP: Final = 1
LIMIT: Final = 2
ESCAPE: Final = 3
"""What native `run` answers; `ESCAPE` asks for exactly one instruction by the reference tier."""

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


STATE: Final[np.dtype[Any]] = np.dtype([("pc", "<u8"), ("x", "<u8", (32,)), ("f", "<u8", (32,)), ("fcsr", "<u8")])
"""A row of initial or final state in a batch."""

BATCH: Final[np.dtype[Any]] = np.dtype(
    [
        ("index", "<u8"),
        ("count", "<u8"),
        ("limit", "<u8"),
        ("window", "<u8"),
        ("window_bytes", "<u8"),
        ("initial", "<u8"),
        ("code", "<u8"),
        ("code_stride", "<u8"),
        ("code_bytes", "<u8"),
        ("code_address", "<u8"),
        ("memory", "<u8"),
        ("memory_stride", "<u8"),
        ("out_reason", "<u8"),
        ("out_cause", "<u8"),
        ("out_value", "<u8"),
        ("out_state", "<u8"),
        ("out_memory", "<u8"),
        ("out_retired", "<u8"),
    ],
    align=True,
)
"""A batch of cases for native `run_batch`. Members are 64 bits; the arrays are given by host address.

- `index`: the case to run next; in and out. `count`: how many there are. `limit`: instructions, for each.
- `window`, `window_bytes`: guest address and size of the memory that each case starts with.
- `initial`, `out_state`: `STATE` rows. `memory`, `out_memory`: `window_bytes` each; `memory_stride` 0 shares one row.
- `code`: rows of `code_stride` bytes; `code_bytes` (u4) of each are placed at `code_address` (u8).
- `out_reason` (u1): `TRAP` or `LIMIT`; `out_cause` (u1), `out_value` (u8), `out_retired` (u8).
"""
BATCH_OFFSETS: Final[dict[str, int]] = {name: int(BATCH.fields[name][1]) for name in BATCH.names or () if BATCH.fields}
STATE_OFFSETS: Final[dict[str, int]] = {name: int(STATE.fields[name][1]) for name in STATE.names or () if STATE.fields}
