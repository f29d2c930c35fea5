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
from fuzz.strategies.riscv64.gadgets import LOOP_TAIL_PARCELS, PARCELS, Kind
from fuzz.strategies.riscv64.registers import FUNCTIONS, VARIANTS
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, MAX_BATCH_CASES

Index = NDArray[np.intp]

LEAST_BASE: Final = 2080
GREATEST_BASE: Final = 6112
"""Where BASE may point in the data window: every 12-bit offset stays inside, and three of them reach past either
edge."""
MARGIN_BYTES: Final = 64
"""Bytes of the home slot kept free before and after the code: loads from the code's neighbourhood stay at home."""
END_PARCELS: Final = 2
MAX_PARCELS: Final = (CODE_SLOT_BYTES - 2 * MARGIN_BYTES) // 2
BODY_SLOTS: Final = 6
"""A loop's body has 1 … BODY_SLOTS slots."""


class Layout:
    """N programs of S slots, laid out.

    Attributes:
        kind: (N * S,) gadgets after resolution.
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
        self.fields: dict[str, NDArray[Any]] = {n: choices.slots[n].reshape(-1) for n in SLOT_FIELDS}
        self.variant = state["variant"] % np.uint8(VARIANTS)
        self.base = LEAST_BASE + state["base"].astype(np.int64) % (GREATEST_BASE - LEAST_BASE + 1)
        self.stack = (state["stack"].astype(np.int64) % 127 - 63) * 16

        kind = np.remainder(choices.slots["kind"], np.uint8(len(Kind)))
        kind[np.arange(self.width, dtype=np.uint8)[None, :] >= state["slots"][:, None]] = Kind.NONE
        self._truncate(kind)
        self._resolve_sections(kind)
        self.kind = kind.reshape(-1)
        size = PARCELS.take(kind)
        self._resolve_loops(kind, size)

        self.place = np.zeros((self.count, self.width + 1), np.int32)
        np.cumsum(size, axis=1, dtype=np.int32, out=self.place[:, 1:])
        self.parcels = self.place[:, -1] + END_PARCELS
        self.row_parcels = int(self.parcels.max(initial=END_PARCELS))
        self.row = np.arange(self.count, dtype=np.int32) * np.int32(self.row_parcels)
        self.place += self.row[:, None]
        self.slot_place = self.place[:, :-1].reshape(-1)
        self.code_address = self._addresses(state)

    def _truncate(self, kind: NDArray[np.uint8]) -> None:
        """Cut programs that would not fit into their home."""
        largest = int(PARCELS.max()) + LOOP_TAIL_PARCELS
        if self.width * largest <= MAX_PARCELS - END_PARCELS:
            return
        size = PARCELS.take(kind) + np.uint8(LOOP_TAIL_PARCELS) * (kind == Kind.LOOP)
        kind[np.cumsum(size, axis=1, dtype=np.int32) > MAX_PARCELS - END_PARCELS] = Kind.NONE

    def _addresses(self, state: NDArray[np.void]) -> NDArray[np.int64]:
        home = state["home"].astype(np.int64) % MAX_BATCH_CASES
        if int(np.bincount(home, minlength=1).max()) > 1:
            home = np.arange(self.count, dtype=np.int64)
        room = CODE_SLOT_BYTES - 2 * MARGIN_BYTES - 2 * self.parcels.astype(np.int64)
        entry = MARGIN_BYTES + state["entry"].astype(np.int64) % (room + 1) // 2 * 2
        return CODE_BASE + home * CODE_SLOT_BYTES + entry

    def _resolve_sections(self, kind: NDArray[np.uint8]) -> None:
        """Number the regions; sections beyond the last possible function vanish."""
        section = kind == Kind.SECTION
        ordinal = np.cumsum(section, axis=1, dtype=np.uint8)
        surplus = section & (ordinal > FUNCTIONS)
        kind[surplus] = Kind.NONE
        section ^= surplus
        np.minimum(ordinal, np.uint8(FUNCTIONS), out=ordinal)
        self.functions = ordinal[:, -1].copy()
        ordinal -= section
        self.region = ordinal.reshape(-1)
        self.region_end = np.full((self.count, FUNCTIONS + 1), self.width, np.intp)
        case, slot = np.nonzero(section)
        self.region_end[case, ordinal[case, slot]] = slot

    def _resolve_loops(self, kind: NDArray[np.uint8], size: NDArray[np.uint8]) -> None:
        """First come, first served: a loop without room before its region's end vanishes, and so does one in a function
        that may call others, whose loop would use the same counter. Inside another's body it does unless it ends before
        that one does, no third is around it, and the program has no function: it uses the counter of the last one."""
        wanted = np.flatnonzero(kind == Kind.LOOP)
        case, slot = np.divmod(wanted, self.width)
        region = self.region.take(wanted)
        end = self.region_end[case, region]
        last = np.minimum(slot + 1 + self.fields["length"].take(wanted) % BODY_SLOTS, end - 1)
        fits = ((region == 0) | (region == self.functions.take(case))) & (last > slot)
        busy_until = np.full((2, self.count), -1, np.intp)
        alive = np.zeros(len(wanted), np.bool_)
        self.inner = np.zeros(self.kind.shape, np.bool_)
        first = np.flatnonzero(np.diff(case, prepend=-1))
        heads = np.diff(first, append=len(case))
        for rank in range(int(heads.max(initial=0))):
            at = first[heads > rank] + rank
            at = at[fits[at]]
            outside, around = busy_until[0, case[at]] < slot[at], busy_until[0, case[at]]
            free = (self.functions[case[at]] == 0) & (busy_until[1, case[at]] < slot[at]) & (around > slot[at] + 1)
            nested = at[~outside & free]
            last[nested] = np.minimum(last[nested], busy_until[0, case[nested]] - 1)
            at = at[outside]
            alive[at] = alive[nested] = True
            busy_until[0, case[at]] = last[at]
            busy_until[1, case[nested]] = last[nested]
            self.inner[wanted[nested]] = True
        self.kind[wanted[~alive]] = Kind.NONE
        size.reshape(-1)[wanted[~alive]] = 0
        self.loop_case, self.loop_head, self.loop_last = case[alive], slot[alive], last[alive]
        size[self.loop_case, self.loop_last] += np.uint8(LOOP_TAIL_PARCELS)
