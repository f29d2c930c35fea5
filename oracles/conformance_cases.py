"""What the manuals say about single RV64GC instructions: the rows of `conformance_cases.toml`.

Each expectation is a few instructions in raw encodings, the state before, and what the manual says of the state after.
Nothing here comes from an engine's tables: the words were made by LLVM's assembler, and a test has capstone read them
back. An `ebreak` follows every expectation's instructions, so one that does not trap ends there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from harness.contract.case import MachineCase
from harness.contract.layout import DATA_BASE, DATA_BYTES
from harness.contract.observation import MachineObservation
from harness.contract.states import state_dtype
from harness.contract.traps import End, Trap

EBREAK: Final = bytes.fromhex("73001000")


@dataclass(frozen=True)
class Expectation:
    """Instructions, the state before, the state after.

    Attributes:
        name: says what is expected.
        extension: the extension that an executor must declare.
        assembly: for people.
        words: the instructions, 16 or 32 bits each.
        before, after: what is set, as the table's tokens: `x10`, `f10`, `fcsr`, `@90002000`, `trap`, `tval`, `pc`,
            `retired`.
    """

    name: str
    extension: str
    assembly: str
    words: tuple[int, ...]
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def code(self) -> bytes:
        return b"".join(word.to_bytes(4 if word & 3 == 3 else 2, "little") for word in self.words)

    def case(self, address: int, limit_insns: int = 100) -> MachineCase:
        """The machine case with its code at `address`."""
        state = np.zeros(1, state_dtype("riscv64"))[0]
        state["pc"] = address
        memory = _set(state, bytes(DATA_BYTES), self.before, address)
        return MachineCase("riscv64", state, self.code + EBREAK, address, memory, limit_insns, self.name)

    def right(self, case: MachineCase) -> MachineObservation:
        """What the manual says of `case`, which `case` made."""
        address = case.code_address
        state = case.state.copy()
        state["pc"] = address + len(self.code)
        memory = _set(state, case.memory, self.after, address)
        return MachineObservation(
            End.TRAP,
            Trap[self.after.get("trap", "BREAKPOINT")],
            _number(self.after.get("tval", "0"), address),
            state,
            memory,
            int(self.after.get("retired", f"{len(self.words):x}"), 16),
        )


def trap_values(right: MachineObservation) -> frozenset[int]:
    """Every tval that the manual allows (privileged manual, mtval: the bits and the address are optional)."""
    if right.trap is Trap.ILLEGAL_INSTRUCTION:
        return frozenset({0, right.tval})
    if right.trap is Trap.BREAKPOINT:
        return frozenset({0, int(right.state["pc"])})
    return frozenset({right.tval})


@cache
def expectations() -> tuple[Expectation, ...]:
    """Every row of the table, in its order.

    Raises:
        ValueError: a row that is not of the table's form; the message names it.
    """
    table = tomllib.loads(files(__package__).joinpath("conformance_cases.toml").read_text(encoding="utf-8"))
    return tuple(_parse(extension, row) for extension, rows in table.items() for row in rows)


def _parse(extension: str, row: list[str]) -> Expectation:
    try:
        name, assembly, words, before, after = row
        tokens = [dict(token.split("=") for token in text.split()) for text in (before, after)]
        return Expectation(name, extension, assembly, tuple(int(w, 16) for w in words.split()), tokens[0], tokens[1])
    except ValueError as error:
        raise ValueError(f"conformance_cases.toml, {extension}: row {row}: {error}") from error


def _number(text: str, address: int) -> int:
    return address + int(text[1:], 16) if text.startswith("+") else int(text, 16)


def _set(state: np.void, memory: bytes, tokens: Mapping[str, str], address: int) -> bytes:
    """Set registers of `state` in place; return the window with its bytes changed."""
    window = bytearray(memory)
    for name, text in tokens.items():
        if name.startswith("@"):
            data = bytes.fromhex(text)
            offset = int(name[1:], 16) - DATA_BASE
            window[offset : offset + len(data)] = data
        elif name in ("pc", "fcsr"):
            state[name] = _number(text, address)
        elif name[0] in "xf":
            state[name[0]][int(name[1:])] = _number(text, address)
        elif name not in ("trap", "tval", "retired"):
            raise ValueError(f"unknown token {name!r} in a row of conformance_cases.toml")
    return bytes(window)
