"""The typed choice sequence of a program.

A program is never generated directly: first its *choices* are (by `draw`, by hypothesis, by a mutator, by decoding
bytes), then `emit` turns them into code. Emission is total: every value of every field means something, by remainder
or by clamping. So reduction, shrinking and mutation work on choices and need no repair step, and they see slots and
operands and not bits.

`SLOT` and `STATE` are the record layouts, also on disk (little-endian, packed).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

GENERATOR_VERSION: Final = 4
"""Raised whenever the same choices or the same seed would give other programs."""

SLOT_FIELDS: Final = ("kind", "insn", "rd", "rs1", "rs2", "rs3", "rm", "length", "aux", "imm")

SLOT: Final[np.dtype[Any]] = np.dtype([(n, "<u4" if n == "imm" else "u1") for n in SLOT_FIELDS])
"""One slot. `kind`: a `gadgets.Kind`. `insn`: which instruction of the kind's pool. `rd` … `rs3`, `rm`: register
numbers and rounding mode. `length`: slots to branch over or to repeat, or which function to call. `aux`: the gadget's
variations. `imm`: immediate, of which gadgets use as many low bits as they need."""

STATE: Final[np.dtype[Any]] = np.dtype(
    [
        ("x", "<u8", (32,)),
        ("f", "<u8", (32,)),
        ("fcsr", "u1"),
        ("variant", "u1"),
        ("stack", "u1"),
        ("slots", "u1"),
        ("base", "<u2"),
        ("entry", "<u2"),
        ("home", "<u2"),
    ]
)
"""The rest of a program. `x`, `f`, `fcsr`: initial registers (kept ones are overridden). `variant`: register roles.
`base`, `stack`: where the window pointers point. `slots`: slots in use. `entry`: where in its 4 KiB the code starts.
`home`: which 4 KiB; where two programs of a batch name the same, `emit` places all of them by their row."""

_HEADER: Final = struct.Struct("<4sHHQ")
_MAGIC: Final = b"cprv"


@dataclass(frozen=True, eq=False)
class Choices:
    """Choices of N programs of up to S slots.

    Attributes:
        slots: field name of `SLOT` → (N, S) array.
        state: (N,) records of `STATE`.
        memory_seed: which data window all of them start from.
    """

    slots: dict[str, NDArray[Any]]
    state: NDArray[np.void]
    memory_seed: int = 0

    def __post_init__(self) -> None:
        shape = (len(self.state), self.width)
        wrong = [n for n in SLOT_FIELDS if n not in self.slots or self.slots[n].shape != shape]
        if wrong or self.state.dtype != STATE:
            raise ValueError(f"choices need a state of dtype STATE and {SLOT_FIELDS} of shape {shape}; wrong: {wrong}")

    def __len__(self) -> int:
        return len(self.state)

    @property
    def width(self) -> int:
        """Slots per program, used or not."""
        return int(self.slots["kind"].shape[1])

    def row(self, index: int) -> Self:
        """Program `index` alone, its unused slots cut off."""
        used = min(int(self.state["slots"][index]), self.width)
        slots = {n: a[index : index + 1, :used].copy() for n, a in self.slots.items()}
        return replace(self, slots=slots, state=self.state[index : index + 1].copy())

    def records(self, index: int) -> NDArray[np.void]:
        """(used,) records of `SLOT` of program `index`."""
        used = min(int(self.state["slots"][index]), self.width)
        rows = np.zeros(used, SLOT)
        for name in SLOT_FIELDS:
            rows[name] = self.slots[name][index, :used]
        return rows

    @classmethod
    def of(cls, programs: list[tuple[NDArray[np.void], np.void]], memory_seed: int = 0) -> Self:
        """Stack programs given as (slot records, state record).

        Raises:
            ValueError: no programs, or more slots than 255.
        """
        if not programs:
            raise ValueError("choices need at least one program")
        width = max(len(records) for records, _ in programs)
        if width > 255:
            raise ValueError(f"a program has {width} slots; at most 255")
        state = np.zeros(len(programs), STATE)
        slots = {n: np.zeros((len(programs), width), SLOT[n]) for n in SLOT_FIELDS}
        for i, (records, one) in enumerate(programs):
            state[i] = one
            state["slots"][i] = len(records)
            for name in SLOT_FIELDS:
                slots[name][i, : len(records)] = records[name]
        return cls(slots, state, memory_seed)

    def to_bytes(self, index: int = 0) -> bytes:
        """Program `index` as bytes: header with version, memory seed and slot count, state, slots."""
        records = self.records(index)
        header = _HEADER.pack(_MAGIC, GENERATOR_VERSION, len(records), self.memory_seed & (1 << 64) - 1)
        body: bytes = self.state[index].tobytes() + records.tobytes()
        return header + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: not such bytes, another generator version, or truncated; the message says which.
        """
        fixed = _HEADER.size + STATE.itemsize
        if len(data) < fixed:
            raise ValueError(f"{len(data)} bytes are too short for choices: the header and state take {fixed}")
        magic, version, count, memory_seed = _HEADER.unpack_from(data)
        if magic != _MAGIC:
            raise ValueError(f"choices begin with {_MAGIC!r}, this with {magic!r}")
        if version != GENERATOR_VERSION:
            raise ValueError(
                f"choices of generator version {version}; this is version {GENERATOR_VERSION}: draw them again"
            )
        if len(data) != fixed + count * SLOT.itemsize or count > 255:
            raise ValueError(
                f"{len(data)} bytes do not hold {count} slots (at most 255) of {SLOT.itemsize} bytes after {fixed}"
            )
        state = np.frombuffer(data, STATE, 1, _HEADER.size)[0]
        if state["slots"] != count:
            raise ValueError(f"the state speaks of {state['slots']} slots, the header of {count}")
        records = np.frombuffer(data, SLOT, count, fixed)
        return cls.of([(records, state)], memory_seed)

    @classmethod
    def from_noise(cls, data: bytes, memory_seed: int = 0) -> Self:
        """A program out of any bytes at all: missing ones are zero, those after the 255th slot are ignored."""
        count = max(1, min(255, (len(data) - STATE.itemsize) // SLOT.itemsize))
        padded = data.ljust(STATE.itemsize + count * SLOT.itemsize, b"\0")
        state = np.frombuffer(padded, STATE, 1)[0]
        return cls.of([(np.frombuffer(padded, SLOT, count, STATE.itemsize), state)], memory_seed)
