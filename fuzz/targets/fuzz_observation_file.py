"""Observation files: refused with the place, or an observation that is written and read back the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.strategies.json_documents import mutate_json
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    import numpy as np

    from harness.contract import (
        End,
        MachineObservation,
        ProgramObservation,
        SourceObservation,
        Trap,
        WasmObservation,
        state_dtype,
    )
    from harness.contract.layout import DATA_BYTES
    from harness.observation_file import read_observation, write_observation
    from harness.strict_json import DocumentError


def one_input(data: bytes) -> None:
    try:
        seen = read_observation(data, "fuzz")
    except DocumentError as error:
        if not str(error).startswith("fuzz"):
            raise FindingError(f"an error that does not say where: {error}") from None
        return
    text = write_observation(seen)
    if write_observation(read_observation(text)) != text:
        raise FindingError(f"an observation that changes when it is written and read: {text[:200]}")


def seeds() -> Iterable[bytes]:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    program = ProgramObservation(3, 0, b"out", b"", End.TRAP, (("f", b"x"),), 10, ((1000, 2),), ((4, "00ff"),))
    for seen in (
        MachineObservation(End.TRAP, Trap.BREAKPOINT, 1, state, bytes(DATA_BYTES), 4, frozenset(("x", "pc")), "why"),
        program,
        WasmObservation((("i32:1",), ("trap",)), End.TRAP, (("memory", "00"),)),
        SourceObservation(True, (("E0382", 3),), program),
        SourceObservation(False),
    ):
        yield write_observation(seen).encode()


def planted() -> None:
    from harness.strict_json import Node

    def wrapper(original: Any) -> Any:
        def choice(self: Node, legal: tuple[str, ...]) -> str:
            return self.string() if self.path.endswith(".trap") else str(original(self, legal))

        return choice

    replace(Node, "choice", wrapper)


TARGET = Target(
    one_input,
    "observation files: refused with the place, or the same after writing and reading",
    ("harness.observation_file",),
    seeds,
    planted,
    "a trap's name is not checked",
    dictionary=words('"kind" "machine" "program" "wasm" "source" "0x null [] -1 "run" "end" "CRASH" "trap" "NONE"'),
    mutate=mutate_json,
    max_bytes=6000,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
