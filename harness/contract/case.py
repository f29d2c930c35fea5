"""Cases: what an executor is asked to run."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.contract.states import STATE_DTYPES, state_dtype

PROGRAM_ISAS: Final = (*STATE_DTYPES, "wasm32")
"""What whole programs may be built for; `wasm32` is a WASI preview 1 command."""


class CaseKind(StrEnum):
    MACHINE = "machine"
    PROGRAM = "program"
    WASM = "wasm"
    SOURCE = "source"


@dataclass(frozen=True, eq=False)
class MachineCase:
    """A machine state and a few instructions, run until the first trap or until `limit_insns` have retired.

    Attributes:
        isa: key of `STATE_DTYPES`.
        state: one scalar record of that dtype; its `pc` is the entry point and lies inside the code.
        code: raw bytes placed at `code_address`.
        code_address: guest address inside the code arena (`layout`).
        memory: the whole initial data window, `DATA_BYTES` bytes at `DATA_BASE`.
        limit_insns: at most this many instructions retire.
        label: where the case came from (`seed 7 case 12`); never compared.
    """

    isa: str
    state: np.void = field(repr=False)
    code: bytes
    code_address: int
    memory: bytes = field(repr=False)
    limit_insns: int = 10_000
    label: str = ""

    kind = CaseKind.MACHINE

    def __post_init__(self) -> None:
        if self.state.dtype != state_dtype(self.isa):
            raise ValueError(f"state has dtype {self.state.dtype}, {self.isa} needs {state_dtype(self.isa)}")
        if self.isa == "riscv64" and self.state["x"][0]:
            raise ValueError(f"x[0] is {int(self.state['x'][0]):#x}; it is always 0")
        if not CODE_BASE <= self.code_address <= CODE_BASE + CODE_BYTES - len(self.code):
            raise ValueError(
                f"code of {len(self.code)} bytes at {self.code_address:#x} is outside the code arena "
                f"[{CODE_BASE:#x}, {CODE_BASE + CODE_BYTES:#x})"
            )
        if len(self.memory) != DATA_BYTES:
            raise ValueError(f"memory is {len(self.memory)} bytes, the data window at {DATA_BASE:#x} has {DATA_BYTES}")
        if self.limit_insns < 1:
            raise ValueError(f"limit_insns is {self.limit_insns}, must be at least 1")

    def with_limit(self, limit_insns: int) -> MachineCase:
        return replace(self, limit_insns=limit_insns)


@dataclass(frozen=True, eq=False)
class MachineBatch:
    """Many machine cases as arrays; row i of every array is case i.

    Attributes:
        isa: key of `STATE_DTYPES`.
        initial: (N,) state records; `pc` is each case's entry point.
        code: (N, C) u8, zero padded on the right.
        code_bytes: (N,) u4, the defined length of each row of `code`.
        code_address: (N,) u8, distinct, rows do not overlap.
        memory: (N, DATA_BYTES) u8, or (1, DATA_BYTES) when all cases start from the same window.
        limit_insns: for every case.
        label: `seed 7`; case i is labelled `seed 7 case i`.
    """

    isa: str
    initial: NDArray[np.void]
    code: NDArray[np.uint8]
    code_bytes: NDArray[np.uint32]
    code_address: NDArray[np.uint64]
    memory: NDArray[np.uint8]
    limit_insns: int = 10_000
    label: str = ""

    def __len__(self) -> int:
        return len(self.initial)

    def case(self, index: int) -> MachineCase:
        """Case `index` on its own, equal in effect to its row."""
        memory = self.memory[index if len(self.memory) > 1 else 0]
        return MachineCase(
            isa=self.isa,
            state=self.initial[index].copy(),
            code=self.code[index, : int(self.code_bytes[index])].tobytes(),
            code_address=int(self.code_address[index]),
            memory=memory.tobytes(),
            limit_insns=self.limit_insns,
            label=f"{self.label} case {index}".strip(),
        )

    def rows(self, start: int, end: int) -> MachineBatch:
        """Cases `start … end-1`, fewer where there are not so many, as a batch; its arrays are views of these."""
        return replace(
            self,
            initial=self.initial[start:end],
            code=self.code[start:end],
            code_bytes=self.code_bytes[start:end],
            code_address=self.code_address[start:end],
            memory=self.memory[start:end] if len(self.memory) > 1 else self.memory,
        )

    @classmethod
    def of(cls, cases: list[MachineCase]) -> MachineBatch:
        """Stack cases of one ISA and one limit into a batch.

        Raises:
            ValueError: no cases, mixed ISAs or limits, or code ranges that overlap.
        """
        if not cases:
            raise ValueError("a batch needs at least one case")
        first = cases[0]
        if any(c.isa != first.isa or c.limit_insns != first.limit_insns for c in cases):
            raise ValueError("the cases of a batch share one ISA and one limit_insns")
        ranges = sorted((c.code_address, c.code_address + len(c.code)) for c in cases)
        for (_, end), (start, _) in itertools.pairwise(ranges):
            if start < end:
                raise ValueError(f"code ranges overlap at {start:#x}")
        width = max(len(c.code) for c in cases)
        code = np.zeros((len(cases), width), np.uint8)
        for row, case in zip(code, cases, strict=True):
            row[: len(case.code)] = np.frombuffer(case.code, np.uint8)
        return cls(
            isa=first.isa,
            initial=np.array([c.state for c in cases], dtype=state_dtype(first.isa)),
            code=code,
            code_bytes=np.array([len(c.code) for c in cases], np.uint32),
            code_address=np.array([c.code_address for c in cases], np.uint64),
            memory=np.stack([np.frombuffer(c.memory, np.uint8) for c in cases]),
            limit_insns=first.limit_insns,
            label=first.label,
        )


@dataclass(frozen=True)
class ProgramCase:
    """A whole program under Linux user mode: argv, environment, standard input, and the files it may see."""

    isa: str
    image: bytes
    argv: tuple[str, ...] = ("program",)
    environment: tuple[tuple[str, str], ...] = ()
    stdin: bytes = b""
    files: tuple[tuple[str, bytes], ...] = ()
    limit_insns: int = 100_000_000_000
    checkpoint_insns: int = 0
    """When not 0, an executor that can takes a state hash every so many retired instructions."""
    label: str = ""

    kind = CaseKind.PROGRAM


@dataclass(frozen=True)
class WasmCase:
    """A Wasm module and the exports to call in order, with arguments as raw bits (`i32:…`, `f64:…`).

    A module without calls is validated and not instantiated.
    """

    module: bytes
    calls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fuel: int = 10_000_000
    label: str = ""

    kind = CaseKind.WASM


@dataclass(frozen=True)
class SourceCase:
    """A source program for a compiler under test: files by name, the root file, and how it is to be compiled."""

    language: str
    files: tuple[tuple[str, str], ...]
    root: str
    options: tuple[str, ...] = ()
    stdin: bytes = b""
    label: str = ""

    kind = CaseKind.SOURCE


Case: TypeAlias = MachineCase | ProgramCase | WasmCase | SourceCase

__all__ = [
    "PROGRAM_ISAS",
    "Case",
    "CaseKind",
    "MachineBatch",
    "MachineCase",
    "ProgramCase",
    "SourceCase",
    "WasmCase",
]
