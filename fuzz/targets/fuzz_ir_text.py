"""IR text: refused with line and column, or blocks whose text reads back; verified ones survive the passes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.strategies.token_text import token_mutator
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from engines.vm.ir.ops import OPCODE
    from engines.vm.ir.parser import IrSyntaxError, parse_blocks
    from engines.vm.ir.printer import print_block
    from engines.vm.ir.verifier import problems
    from fuzz.strategies.ir.blocks import STATE, random_block


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        found = parse_blocks(text, STATE)
    except IrSyntaxError as error:
        if not str(error).startswith(f"line {error.line}, column {error.column}: "):
            raise FindingError(f"an error without its place: {error}") from None
        return
    for block in found:
        shown = print_block(block)
        if parse_blocks(shown, STATE) != [block]:
            raise FindingError(f"{shown} does not read back")
        list(problems(block))


def seeds() -> Iterable[bytes]:
    yield b"; nothing\n"
    yield b"block 0x1000 end 0x1004 {\n  pcs 0x1000\n  jump 0x1004, @1, call\n}\n"
    yield from (print_block(random_block(seed, 12)).encode() for seed in range(12))


def planted() -> None:
    from engines.vm.ir import parser

    def wrapper(original: Any) -> Any:
        def operand(self: Any, line: Any, block: Any, wanted: Any) -> int:
            return int(self.names[line.next("value", "a value")])

        return operand

    replace(parser._Parser, "_operand", wrapper)


_WORDS = tuple(sorted(name.encode() for name in OPCODE)) + words(
    "block end { } pcs %0 %1 %2 = , @0 @1 0x1000 -1 r0 f0 rne dyn quiet loud plain call trap 0xffffffffffffffff"
)

TARGET = Target(
    one_input,
    "IR text: refused with line and column, or stable under printing",
    ("engines.vm.ir.parser", "engines.vm.ir.printer", "engines.vm.ir.verifier"),
    seeds,
    planted,
    "a value that is not defined is not refused",
    dictionary=_WORDS,
    mutate=token_mutator(_WORDS),
    max_bytes=1500,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
