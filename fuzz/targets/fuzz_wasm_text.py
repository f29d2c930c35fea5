"""WebAssembly text: refused with its place, or a module that is printed and parsed again the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.strategies.token_text import token_mutator
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from engines.rustwasm.wasm.binary import encode
    from engines.rustwasm.wasm.ops import OPERATIONS
    from engines.rustwasm.wasm.text import TextError, numbers, parse_module, print_module
    from fuzz.targets.wasm_modules import TEXTS


def one_input(data: bytes) -> None:
    try:
        module = parse_module(data.decode("utf-8", "replace"))
    except TextError:
        return
    shown = print_module(module)
    if encode(parse_module(shown)) != encode(module):
        raise FindingError(f"a module that changes when it is printed and parsed: {shown}")


def seeds() -> Iterable[bytes]:
    return [text.encode() for text in TEXTS]


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def float_text(bits: int, width: int) -> str:
            text = str(original(bits, width))
            return text.removeprefix("-") if bits % (1 << 20) == 0 else text

        return float_text

    from engines.rustwasm.wasm.text import printer

    replace(numbers, "float_text", wrapper)
    replace(printer, "float_text", lambda original: numbers.float_text)


_WORDS = (
    *(name.encode() for name in OPERATIONS),
    *words("(module (func (param (result (local (type (memory (table (elem (data (global (export (import (tag (rec"),
    *words(
        '(sub (struct (array (field (mut (ref null $x "\\00" ;; (; ;) offset= align= nan:0x -inf 0x1p-149 1e400 i32'
    ),
)

TARGET = Target(
    one_input,
    "WebAssembly text: refused with its place, or stable under printing",
    ("engines.rustwasm.wasm.text",),
    seeds,
    planted,
    "the sign of numbers of few digits is not printed",
    dictionary=_WORDS,
    mutate=token_mutator(_WORDS),
    max_bytes=900,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
