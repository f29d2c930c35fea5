"""A disassembler derived from an instruction table: words to text that assembles to the same word."""

from __future__ import annotations

from engines.vm.isa.derive.decode import Decoder
from engines.vm.isa.derive.template import Spelling, Template
from engines.vm.isa.describe import Instruction, OperandKind

_DATA = {2: ".half", 4: ".word"}


class Disassembler:
    """Turns words into text. What text cannot say (an illegal word, reserved bits that are set) becomes data."""

    def __init__(self, decoder: Decoder, instructions: tuple[Instruction, ...], spelling: Spelling) -> None:
        self._decoder = decoder
        self._spelling = spelling
        self._templates = {i.name: Template(i, spelling) for i in instructions}

    def text(self, word: int, length: int) -> str:
        """One line: `addi a0, a0, 1`, or `.word 0x…` / `.half 0x…`."""
        instruction = self._decoder.find(word, length)
        text = None if instruction is None else self._instruction(instruction, word)
        return text if text is not None else f"{_DATA[length]} {word:#0{2 + 2 * length}x}"

    def _instruction(self, instruction: Instruction, word: int) -> str | None:
        template = self._templates[instruction.name]
        spelt = template.fields
        ordering = {}
        for field in instruction.fields:
            value = field.extract(word)
            if field.kind is OperandKind.ORDERING:
                ordering[field.name] = value
            elif field not in spelt and value:
                return None
        operands = ""
        required = None
        shortened = True
        for part in template.parts:
            if part.field is None:
                operands += ", " if part.text == "," else part.text
                continue
            text = self._spelling.spell(instruction, part.field, part.field.extract(word))
            if text is None:
                return None
            if part.default is not None:
                required = operands if required is None else required
                shortened = shortened and text == part.default
            operands += text
        if required is not None and shortened:
            operands = required.removesuffix(", ")
        suffix = "".join(name for name in ("aq", "rl") if ordering.get(name))
        mnemonic = instruction.mnemonic + (f".{suffix}" if suffix else "")
        return f"{mnemonic} {operands}".rstrip()
