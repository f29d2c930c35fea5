"""Assembly templates: the operand column of a table row, read once and used in both directions.

`rd, imm(rs1)` is three fields and punctuation; `rm=dyn` may be left out and then means `dyn` (all such fields of a
template stand at its end and are given or left out together); a name that is no field (`sp` in c.addi16sp) is written
and expected as it stands; `-` is no operand at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

from engines.vm.isa.describe import Field, Instruction, OperandKind, TableError

_TOKEN: Final = re.compile(r"\s*(?:(?P<name>[A-Za-z][A-Za-z0-9']*)(?:=(?P<default>\w+))?|(?P<mark>[,()-]))")


class Spelling(Protocol):
    """How an ISA writes operands."""

    def spell(self, instruction: Instruction, field: Field, value: int) -> str | None:
        """The text of a field's value; None if no text means it (a reserved rounding mode)."""
        ...

    def is_literal(self, name: str) -> bool:
        """Whether `name` may stand in a template without being a field."""
        ...


@dataclass(frozen=True)
class Part:
    """A field (with or without a default), or text that stands for itself."""

    text: str
    field: Field | None = None
    default: str | None = None


class Template:
    """The operands of one instruction.

    Raises:
        TableError: the column names something that is neither a field nor a literal of the ISA.
    """

    def __init__(self, instruction: Instruction, spelling: Spelling) -> None:
        self.instruction = instruction
        self.parts = tuple(_parse(instruction, spelling))

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(part.field for part in self.parts if part.field is not None)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches operand text; group i is the text of the i-th field or literal, None where it was left out."""
        expression = ""
        optional = False
        pending = ""
        for part in self.parts:
            if part.text in {",", "(", ")"}:
                expression += pending
                pending = rf"\s*{re.escape(part.text)}\s*"
                continue
            if part.default is not None and not optional:
                expression += "(?:"
                optional = True
            is_list = part.field is not None and part.field.kind is OperandKind.VTYPE
            expression += pending + (r"([^()]*?)" if is_list else r"([^,()]*?)")
            pending = ""
        return re.compile(expression + pending + (")?" if optional else ""))


def _parse(instruction: Instruction, spelling: Spelling) -> list[Part]:
    fields = {field.name: field for field in instruction.fields}
    parts = []
    position = 0
    text = instruction.assembly
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise TableError(f"{instruction.name}: {text[position:]!r} in assembly {text!r} is no operand")
        position = found.end()
        name = found["name"]
        if name in fields:
            parts.append(Part(name, fields[name], found["default"]))
        elif name is None or spelling.is_literal(name):
            parts.append(Part(name or found["mark"]))
        else:
            known = ", ".join(fields) or "none"
            raise TableError(f"{instruction.name}: {name!r} in assembly {text!r} is no field; fields: {known}")
    return [] if [part.text for part in parts] == ["-"] else parts
