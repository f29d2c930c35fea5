"""RISC-V words: decoded, encoded, disassembled and assembled again, every word must come back as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from engines.vm.isa.riscv64 import INSTRUCTIONS
    from engines.vm.isa.riscv64.coding import assemble, decode, disassemble_all, length_of


def one_input(data: bytes) -> None:
    rebuilt = b""
    for _, word, text in disassemble_all(data):
        size = len(data) - len(rebuilt) if len(data) - len(rebuilt) < 2 else length_of(word & 0xFFFF)
        if len(data) - len(rebuilt) >= size:
            found = decode(word) if size > 1 else None
            if found is not None and found.instruction.encode(**found.fields) != word:
                raise FindingError(
                    f"{word:#x} decodes as {found.instruction.name} {found.fields}, which is another word"
                )
        rebuilt += assemble(text)
    if rebuilt != data:
        raise FindingError(f"{data.hex()} disassembles to text that assembles to {rebuilt.hex()}")


def seeds() -> Iterable[bytes]:
    """Words of four instructions each, of the whole table: the bits of their patterns with the free ones set to 0."""
    words = [i.match.to_bytes(i.length, "little") for i in INSTRUCTIONS]
    return [b"".join(words[at : at + 4]) for at in range(0, len(words), 4)]


def planted() -> None:
    from engines.vm.isa.derive.disassemble import Disassembler

    def wrapper(original: Any) -> Any:
        def text(self: Disassembler, word: int, length: int) -> str:
            shown: str = original(self, word, length)
            return shown.replace("-", "") if shown.startswith("c.addi16sp") else shown

        return text

    replace(Disassembler, "text", wrapper)


TARGET = Target(
    one_input,
    "RISC-V words: decoder, encoder, disassembler and assembler agree",
    ("engines.vm.isa.riscv64.coding",),
    seeds,
    planted,
    "the sign of one instruction's immediate is not printed",
    max_bytes=64,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
