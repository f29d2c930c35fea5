"""Case files: refused with the place, or a case that is written and read back the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.strategies.json_documents import mutate_json
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    import numpy as np

    from harness.case_file import read_case, write_case
    from harness.contract import MachineCase, ProgramCase, SourceCase, WasmCase, state_dtype
    from harness.contract.layout import CODE_BASE, DATA_BYTES
    from harness.strict_json import DocumentError


def one_input(data: bytes) -> None:
    try:
        case = read_case(data, "fuzz")
    except DocumentError as error:
        if not str(error).startswith("fuzz"):
            raise FindingError(f"an error that does not say where: {error}") from None
        return
    text = write_case(case)
    if write_case(read_case(text)) != text:
        raise FindingError(f"a case that changes when it is written and read: {text[:200]}")


def seeds() -> Iterable[bytes]:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"], state["x"][5], state["f"][31], state["fcsr"] = CODE_BASE, 7, 1 << 63, 0xFF
    memory = bytes(16) + b"\x12\x34" + bytes(DATA_BYTES - 18)
    cases = (
        MachineCase("riscv64", state, b"\x73\0\x10\0", CODE_BASE, memory, 10, "seed"),
        ProgramCase("riscv64", b"\x7fELF", ("a", "b"), (("K", "v"),), b"in", (("f", b"x"),), 100, 10, "seed"),
        WasmCase(b"\0asm\x01\0\0\0", (("f", ("i32:1",)),), 10, "seed"),
        SourceCase("rust", (("main.rs", "fn main() {}"),), "main.rs", ("-O",), b"", "seed"),
    )
    return [write_case(case).encode() for case in cases]


def planted() -> None:
    from harness.strict_json import Node

    def wrapper(original: Any) -> Any:
        def word(self: Node, bits: int = 64) -> int:
            return int(original(self, 1 << 20 if self.path.startswith("$.state.x") else bits))

        return word

    replace(Node, "word", wrapper)


TARGET = Target(
    one_input,
    "case files: refused with the place, or the same after writing and reading",
    ("harness.case_file",),
    seeds,
    planted,
    "the width of registers is not checked",
    dictionary=words('"kind" "machine" "program" "wasm" "source" "0x null [] {} -1 1e5 "state" "memory" NaN'),
    mutate=mutate_json,
    max_bytes=6000,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
