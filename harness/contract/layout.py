"""Where machine cases live in guest memory: one layout, the same addresses in every executor.

RV64 machine cases run in U-mode without paging. Two regions are accessible, everything else faults:

- the code arena `[CODE_BASE, CODE_BASE + CODE_BYTES)`: readable and executable, never writable. Each case of a batch
  has its own slot; bytes that no case defines are zero (which is an illegal instruction).
- the data window `[DATA_BASE, DATA_BASE + DATA_BYTES)`: readable and writable, never executable; two pages, so that
  accesses can cross a page inside it and fall off either edge. Restored before every case.
"""

from __future__ import annotations

from typing import Final

PAGE_BYTES: Final = 4096
CODE_BASE: Final = 0x8800_0000
CODE_BYTES: Final = 0x0100_0000
CODE_SLOT_BYTES: Final = 4096
"""Distance between the slots of a batch; a case's code starts anywhere in its slot and must end inside it."""
DATA_BASE: Final = 0x9000_2000
DATA_BYTES: Final = 0x2000
MAX_BATCH_CASES: Final = CODE_BYTES // CODE_SLOT_BYTES
