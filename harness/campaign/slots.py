"""Shared memory for batches: a slot holds a batch's input arrays and room for its observation.

A slot is an anonymous memory file (memfd), mapped by campaign and worker; it has no name, so nothing is left behind
when either is killed. Both sides compute the same `Layout` from the same few numbers. The arrays of an observation are
views into the slot, which returns to its pool when the last of them is gone: the campaign copies no result.
"""

from __future__ import annotations

import itertools
import math
import mmap
import os
import weakref
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.contract import BatchObservation, MachineBatch, state_dtype
from harness.contract.layout import DATA_BYTES
from harness.strict_json import Node

ALIGNMENT: Final = 64
_MAX_CASES: Final = 1 << 20
_NUMBERS: Final = itertools.count()


@dataclass(frozen=True)
class Layout:
    """Where the arrays of one batch lie in a slot, from the numbers that determine it."""

    isa: str
    count: int
    code_width: int
    memory_rows: int

    @classmethod
    def of(cls, batch: MachineBatch) -> Layout:
        return cls(batch.isa, len(batch), batch.code.shape[1], len(batch.memory))

    @classmethod
    def from_document(cls, node: Node) -> Layout:
        return cls(
            isa=node.field("isa").string(),
            count=node.field("count").integer(0, _MAX_CASES),
            code_width=node.field("code_width").integer(0, 1 << 20),
            memory_rows=node.field("memory_rows").integer(0, _MAX_CASES),
        )

    def document(self) -> dict[str, Any]:
        return {
            "isa": self.isa,
            "count": self.count,
            "code_width": self.code_width,
            "memory_rows": self.memory_rows,
        }

    def inputs(self) -> dict[str, tuple[np.dtype[Any], tuple[int, ...]]]:
        """Dtype and shape of each array of the batch."""
        return {
            "initial": (state_dtype(self.isa), (self.count,)),
            "code": (np.dtype(np.uint8), (self.count, self.code_width)),
            "code_bytes": (np.dtype(np.uint32), (self.count,)),
            "code_address": (np.dtype(np.uint64), (self.count,)),
            "memory": (np.dtype(np.uint8), (self.memory_rows, DATA_BYTES)),
        }

    def outputs(self) -> dict[str, tuple[np.dtype[Any], tuple[int, ...]]]:
        """Dtype and shape of each array of the observation."""
        return {
            "end": (np.dtype(np.uint8), (self.count,)),
            "trap": (np.dtype(np.uint8), (self.count,)),
            "tval": (np.dtype(np.uint64), (self.count,)),
            "state": (state_dtype(self.isa), (self.count,)),
            "memory": (np.dtype(np.uint8), (self.count, DATA_BYTES)),
            "retired": (np.dtype(np.uint64), (self.count,)),
        }

    def size_bytes(self) -> int:
        arrays = [*self.inputs().values(), *self.outputs().values()]
        return sum(_padded(dtype, shape) for dtype, shape in arrays)

    def views(self, base: NDArray[np.uint8]) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
        """The input and output arrays inside `base`."""
        offset = 0
        groups: list[dict[str, NDArray[Any]]] = []
        for arrays in (self.inputs(), self.outputs()):
            group: dict[str, NDArray[Any]] = {}
            for name, (dtype, shape) in arrays.items():
                size = dtype.itemsize * math.prod(shape)
                group[name] = base[offset : offset + size].view(dtype).reshape(shape)
                offset += _padded(dtype, shape)
            groups.append(group)
        return groups[0], groups[1]


def _padded(dtype: np.dtype[Any], shape: tuple[int, ...]) -> int:
    return -(-dtype.itemsize * math.prod(shape) // ALIGNMENT) * ALIGNMENT


class Slot:
    """One memory file and its mapping."""

    def __init__(self, size_bytes: int) -> None:
        self.number = next(_NUMBERS)
        self.size_bytes = max(size_bytes, mmap.PAGESIZE)
        self.descriptor = os.memfd_create("counterproof-batch", os.MFD_CLOEXEC)
        try:
            os.ftruncate(self.descriptor, self.size_bytes)
            self.mapping = mmap.mmap(self.descriptor, self.size_bytes)
        except OSError:
            os.close(self.descriptor)
            raise
        self._closer = weakref.finalize(self, os.close, self.descriptor)

    def base(self) -> NDArray[np.uint8]:
        """A new array over the whole mapping; every view into it keeps it alive."""
        return np.frombuffer(self.mapping, np.uint8)


class SlotPool:
    """Slots that wait for reuse; the smallest that fits is taken."""

    def __init__(self) -> None:
        self._free: list[Slot] = []

    def lease(self, layout: Layout) -> Lease:
        """A slot large enough for `layout`, until nothing refers to its arrays."""
        size = layout.size_bytes()
        fitting = [slot for slot in self._free if slot.size_bytes >= size]
        if fitting:
            slot = min(fitting, key=lambda s: s.size_bytes)
            self._free.remove(slot)
        else:
            slot = Slot(size)
        return Lease(self, slot, layout)

    def put_back(self, slot: Slot) -> None:
        self._free.append(slot)

    def __len__(self) -> int:
        return len(self._free)


class Lease:
    """A slot in use for one batch."""

    def __init__(self, pool: SlotPool, slot: Slot, layout: Layout) -> None:
        self.slot = slot
        self.layout = layout
        base = slot.base()
        weakref.finalize(base, pool.put_back, slot).atexit = False
        self.inputs, self._outputs = layout.views(base)

    def fill(self, batch: MachineBatch) -> None:
        """Copy the batch's arrays in."""
        for name, array in self.inputs.items():
            np.copyto(array, getattr(batch, name))

    def observation(self, observed: frozenset[str]) -> BatchObservation:
        """The observation that the worker has written."""
        return BatchObservation(**self._outputs, observed=observed)
