"""RISC-V assembly text: either refused with a line, or code whose disassembly assembles to the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.strategies.token_text import token_mutator
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from engines.vm.isa.derive.assemble import AssemblyError
    from engines.vm.isa.riscv64 import INSTRUCTIONS
    from engines.vm.isa.riscv64.coding import assemble, disassemble_all

_BASE = 0x8000_0000


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        code = assemble(text, _BASE)
    except AssemblyError as error:
        if not str(error).startswith("line "):
            raise FindingError(f"an error without its line: {error}") from None
        return
    if len(code) > 4096:
        return
    again = assemble("\n".join(shown for _, _, shown in disassemble_all(code, _BASE)), _BASE)
    if again != code:
        raise FindingError(f"{text!r} gives {code.hex()}, whose disassembly gives {again.hex()}")


def seeds() -> Iterable[bytes]:
    yield b"start: li a0, 0x123456789abcdef0\n  la t0, start\n bnez a0, start # b\n.balign 8\n.dword start, .-start\n"
    yield b"amoadd.w.aqrl a0, a1, (a2)\nlr.d t0, (sp)\nfcvt.w.s a0, fa0, rtz\ncsrrw x0, fcsr, t1\n.byte 1,-1\n.zero 3\n"
    yield b"call f\ntail f\nf: ret\nc.addi4spn a0, sp, 16\nfmadd.d ft0, ft1, ft2, ft3, dyn\nfence rw, w\n"
    forms = [f"{i.mnemonic} {i.assembly}".removesuffix(" -").encode() for i in INSTRUCTIONS]
    yield from (b"\n".join(forms[at : at + 10]) for at in range(0, len(forms), 10))


def planted() -> None:
    from engines.vm.isa.derive import assemble as assembler

    def wrapper(original: Any) -> Any:
        def directive(name: str, operands: str, address: int) -> Any:
            if name == ".balign" and operands.strip().isdigit():
                return -address % int(operands), lambda symbols: bytes(-address % int(operands))
            return original(name, operands, address)

        return directive

    replace(assembler, "_directive", wrapper)


_WORDS = tuple(sorted({i.mnemonic.encode() for i in INSTRUCTIONS})) + words(
    ".balign .zero .byte .dword (sp) a0 ft0 0x 0b1 -2048 .aq // ,"
)

TARGET = Target(
    one_input,
    "RISC-V assembly text: refused with its line, or stable under disassembly",
    ("engines.vm.isa.riscv64.coding", "engines.vm.isa.riscv64.pseudo"),
    seeds,
    planted,
    "an alignment of 0 is not refused",
    dictionary=_WORDS,
    mutate=token_mutator(_WORDS),
    max_bytes=400,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
