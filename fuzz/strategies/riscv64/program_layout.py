"""The layout of programs: from choices to the place of every gadget, before anything is encoded.

Emission works on flat arrays over all slots of all programs of a chunk. `Layout` resolves what depends on other slots:
sections, loops, places, targets. Nothing is refused: a gadget that cannot be where its choice puts it becomes
`Kind.NONE`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.choices import SLOT_FIELDS, Choices
from fuzz.strategies.riscv64.gadgets import PARCELS, Kind
from fuzz.strategies.riscv64.layout_loop import END_PARCELS, MARGIN_BYTES, layout_loops
from fuzz.strategies.riscv64.registers import FUNCTIONS, VARIANTS
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, MAX_BATCH_CASES

Index = NDArray[np.intp]

LEAST_BASE: Final = 2080
GREATEST_BASE: Final = 6112
"""Where BASE may point in the data window: every 12-bit offset stays inside, and three of them reach past either
edge."""


class Layout:
    """N programs of S slots, laid out.

    Attributes:
        kind: (N * S,) gadgets after resolution; `kind_counts` how many there are of each.
        place: (N, S + 1) first parcel of each slot, counted from the start of all code; column S is the final end.
        region: (N * S,) 0 main part, 1 … FUNCTIONS functions.
        functions: (N,) how many functions follow the main part.
        region_end: (N, FUNCTIONS + 1) slot of each region's end.
        inner: (N * S,) heads of loops inside another's body.
        loop_case, loop_head, loop_last: one entry per loop: its program, the slot of its head, the last slot of its
            body.
        code_address: (N,) where each program's code starts.
        base, stack: (N,) offset of BASE in the data window; of x2 from BASE.
        row_parcels: parcels of the longest program.
    """

    def __init__(self, choices: Choices) -> None:
        state = choices.state
        self.count, self.width = len(choices), choices.width
        self.fields: dict[str, NDArray[Any]] = {
            n: np.ascontiguousarray(choices.slots[n]).reshape(-1) for n in SLOT_FIELDS
        }
        self.variant = state["variant"] % np.uint8(VARIANTS)
        self.base = LEAST_BASE + state["base"].astype(np.int64) % (GREATEST_BASE - LEAST_BASE + 1)
        self.stack = (state["stack"].astype(np.int64) % 127 - 63) * 16

        shape = self.count, self.width
        used = np.ascontiguousarray(state["slots"])
        named, length = self.fields["kind"], self.fields["length"]
        kind, region, inner = (np.empty(shape, np.uint8) for _ in range(3))
        self.functions = np.empty(self.count, np.uint8)
        self.region_end = np.empty((self.count, FUNCTIONS + 1), np.intp)
        self.place = np.empty((self.count, self.width + 1), np.int32)
        loops = np.empty((kind.size, 3), np.intp)
        self.kind_counts = np.zeros(len(Kind), np.intp)
        resolved = (kind, region, inner, self.functions, self.region_end, self.place, loops, self.kind_counts)
        found = layout_loops().call("lay_out", *shape, used, named, length, PARCELS, *resolved)
        self.loop_case, self.loop_head, self.loop_last = loops[:found].T
        self.kind, self.region, self.inner = kind.reshape(-1), region.reshape(-1), inner.reshape(-1).view(np.bool_)

        self.parcels = self.place[:, -1] + END_PARCELS
        self.row_parcels = int(self.parcels.max(initial=END_PARCELS))
        self.row = np.arange(self.count, dtype=np.int32) * np.int32(self.row_parcels)
        self.place += self.row[:, None]
        self.code_address = self._addresses(state)

    def _addresses(self, state: NDArray[np.void]) -> NDArray[np.int64]:
        home = state["home"].astype(np.int64) % MAX_BATCH_CASES
        if int(np.bincount(home, minlength=1).max()) > 1:
            home = np.arange(self.count, dtype=np.int64)
        room = CODE_SLOT_BYTES - 2 * MARGIN_BYTES - 2 * self.parcels.astype(np.int64)
        entry = MARGIN_BYTES + state["entry"].astype(np.int64) % (room + 1) // 2 * 2
        return CODE_BASE + home * CODE_SLOT_BYTES + entry
