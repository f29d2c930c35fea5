"""An assembler derived from an instruction table: labels, data directives, pseudo-instructions.

It emits exactly what is named: `add` is four bytes and `c.add` two, nothing is compressed or relaxed. One statement
per line, labels end with `:`, comments start with `#` or `//`. Directives: `.byte`, `.half`, `.word`, `.dword` with
lists of expressions, `.zero N`, `.balign N`. Expressions: integers, labels, `.` (the statement itself), `+` and `-`.

A branch or jump target is a label expression (`loop`, `.+8`), or a bare number, which is the distance in bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeAlias

from engines.vm.errors import MachineError
from engines.vm.isa.derive.template import Part, Spelling, Template
from engines.vm.isa.describe import EncodingError, Field, Instruction, OperandKind

_LABEL: Final = re.compile(r"\s*([A-Za-z_.$][\w.$]*)\s*:")
_COMMENT: Final = re.compile(r"(#|//).*")
_TERM: Final = re.compile(r"\s*([+-]?)\s*(0[xX][0-9a-fA-F_]+|0[bB][01_]+|\d[\d_]*|[A-Za-z_.$][\w.$]*)")
MAX_CODE_BYTES: Final = 1 << 24
"""The most that one text may assemble to."""
_DATA_BYTES: Final = {".byte": 1, ".half": 2, ".word": 4, ".dword": 8}
_SUFFIXES: Final = {".aqrl": (1, 1), ".aq": (1, 0), ".rl": (0, 1)}


class AssemblyError(MachineError, ValueError):
    """Text that cannot be assembled. The message gives line number, line, offending part and what is legal."""


class Number(NamedTuple):
    """An expression's value; `is_address` where it is a place and not a distance (one label more than subtracted)."""

    value: int
    is_address: bool


Computed: TypeAlias = Callable[[Callable[[str], int], int], int]
"""An operand that is computed once labels are known: `(value of an expression, address of the statement) -> number`."""


class Step(NamedTuple):
    """One instruction that a statement stands for: mnemonic, and operand text in which `{}` takes `computed`."""

    mnemonic: str
    operands: str
    computed: Computed | None = None


class AssemblySpelling(Spelling, Protocol):
    """`Spelling` in the other direction."""

    def same_literal(self, expected: str, text: str) -> bool: ...
    def named(self, field: Field, text: str) -> int | None: ...
    def from_number(self, field: Field, value: int) -> int: ...


Pseudo: TypeAlias = Callable[[str], "list[Step]"]
"""Operand text of a pseudo-instruction to the instructions that it stands for."""


@dataclass(frozen=True)
class _Statement:
    """Something that occupies bytes, waiting for labels."""

    line: int
    source: str
    address: int
    emit: Callable[[_Symbols], bytes]


class _Symbols:
    """Evaluates expressions at one address."""

    def __init__(self, labels: Mapping[str, int], address: int) -> None:
        self.labels = labels
        self.address = address

    def number(self, text: str) -> Number:
        value = places = position = 0
        while position < len(text) or position == 0:
            term = _TERM.match(text, position)
            if term is None or (position and not term[1]):
                raise EncodingError(f"{text!r} is no expression: integers, labels and '.', joined by + or -")
            position = term.end()
            sign = -1 if term[1] == "-" else 1
            word = term[2]
            if word[0].isdigit():
                value += sign * _integer(word)
                continue
            if word != "." and word not in self.labels:
                raise EncodingError(f"undefined label {word!r}; defined: {', '.join(sorted(self.labels)) or 'none'}")
            value += sign * (self.address if word == "." else self.labels[word])
            places += sign
        return Number(value, places == 1)

    def value(self, text: str) -> int:
        return self.number(text).value


def _integer(word: str) -> int:
    try:
        return int(word, 0)
    except ValueError:
        raise EncodingError(f"{word!r} is no integer; write 10, 0x1f or 0b101") from None


class Assembler:
    """Assembles text for one ISA.

    Args:
        instructions: the table's records, by mnemonic.
        spelling: how operands are written.
        is_pc_relative: whether a field is a distance from the instruction.
        pseudo: pseudo-instructions by mnemonic.
    """

    def __init__(
        self,
        instructions: Mapping[str, Instruction],
        spelling: AssemblySpelling,
        is_pc_relative: Callable[[Instruction, Field], bool],
        pseudo: Mapping[str, Pseudo],
    ) -> None:
        self._instructions = instructions
        self._spelling = spelling
        self._is_pc_relative = is_pc_relative
        self._pseudo = pseudo
        self._templates: dict[str, Template] = {}

    def assemble(self, text: str, base: int = 0) -> bytes:
        """Machine code of `text`, whose first byte stands at `base`.

        Raises:
            AssemblyError: unknown mnemonic, directive or label, an operand that does not fit, a label given twice, more
                than `MAX_CODE_BYTES` of code.
        """
        return self.assemble_with_labels(text, base)[0]

    def assemble_with_labels(self, text: str, base: int = 0) -> tuple[bytes, dict[str, int]]:
        """As `assemble`, with the addresses of the labels."""
        labels: dict[str, int] = {}
        statements: list[_Statement] = []
        address = base
        for line, source in enumerate(text.splitlines(), 1):
            try:
                rest = _COMMENT.sub("", source)
                while (label := _LABEL.match(rest)) is not None:
                    if label[1] in labels:
                        raise EncodingError(f"label {label[1]!r} is defined twice")
                    labels[label[1]] = address
                    rest = rest[label.end() :]
                if not rest.strip():
                    continue
                for length, emit in self._statement(rest.strip(), address):
                    if address + length - base > MAX_CODE_BYTES:
                        raise EncodingError(f"{address + length - base} bytes of code; at most {MAX_CODE_BYTES}")
                    statements.append(_Statement(line, source, address, emit))
                    address += length
            except EncodingError as error:
                raise _located(line, source, error) from None
        code = bytearray()
        for statement in statements:
            try:
                code += statement.emit(_Symbols(labels, statement.address))
            except EncodingError as error:
                raise _located(statement.line, statement.source, error) from None
        return bytes(code), labels

    def _statement(self, text: str, address: int) -> Iterator[tuple[int, Callable[[_Symbols], bytes]]]:
        mnemonic, operands = (*text.split(None, 1), "")[:2]
        if mnemonic.startswith("."):
            yield _directive(mnemonic, operands, address)
            return
        found = self._find(mnemonic)
        if found is None and mnemonic not in self._pseudo:
            raise EncodingError(f"unknown mnemonic {mnemonic!r}")
        if mnemonic in self._pseudo and (found is None or not self._accepts(found[0], operands)):
            steps = self._pseudo[mnemonic](operands)
        else:
            steps = [Step(mnemonic, operands)]
        for step in steps:
            if step.mnemonic.startswith("."):
                yield _directive(step.mnemonic, step.operands, address)
                continue
            target = self._find(step.mnemonic)
            if target is None:
                raise EncodingError(f"{mnemonic} stands for {step.mnemonic!r}, which this table does not have")
            instruction, ordering = target
            yield instruction.length, self._emitter(instruction, ordering, step)

    def _find(self, mnemonic: str) -> tuple[Instruction, dict[str, int]] | None:
        if mnemonic in self._instructions:
            return self._instructions[mnemonic], {}
        for suffix, (aq, rl) in _SUFFIXES.items():
            instruction = self._instructions.get(mnemonic.removesuffix(suffix))
            if instruction is None or not mnemonic.endswith(suffix):
                continue
            if any(field.kind is OperandKind.ORDERING for field in instruction.fields):
                return instruction, {"aq": aq, "rl": rl}
        return None

    def _template(self, instruction: Instruction) -> Template:
        template = self._templates.get(instruction.name)
        if template is None:
            template = self._templates[instruction.name] = Template(instruction, self._spelling)
        return template

    def _accepts(self, instruction: Instruction, operands: str) -> bool:
        return self._template(instruction).pattern.fullmatch(operands) is not None

    def _emitter(self, instruction: Instruction, ordering: dict[str, int], step: Step) -> Callable[[_Symbols], bytes]:
        def emit(symbols: _Symbols) -> bytes:
            operands = step.operands
            if step.computed is not None:
                operands = operands.replace("{}", str(step.computed(symbols.value, symbols.address)))
            values = self._operands(instruction, operands, symbols)
            word = instruction.encode(**values, **ordering)
            return word.to_bytes(instruction.length, "little")

        return emit

    def _operands(self, instruction: Instruction, operands: str, symbols: _Symbols) -> dict[str, int]:
        template = self._template(instruction)
        found = template.pattern.fullmatch(operands)
        if found is None:
            form = f"{instruction.mnemonic} {instruction.assembly}".removesuffix(" -")
            raise EncodingError(f"operands {operands!r} do not have the form `{form}`")
        values: dict[str, int] = {}
        named = [part for part in template.parts if part.text not in {",", "(", ")"}]
        for part, text in zip(named, found.groups(), strict=True):
            if part.field is None:
                if not self._spelling.same_literal(part.text, text):
                    raise EncodingError(f"{instruction.mnemonic} takes {part.text} here, not {text!r}")
            else:
                values[part.field.name] = self._operand(instruction, part.field, part, text, symbols)
        return values

    def _operand(self, instruction: Instruction, field: Field, part: Part, text: str | None, symbols: _Symbols) -> int:
        if not text:
            text = part.default or ("0" if f"{part.text}(" in instruction.assembly else "")
        value = self._spelling.named(field, text)
        if value is not None:
            return value
        number = symbols.number(text)
        if number.is_address and self._is_pc_relative(instruction, field):
            return number.value - symbols.address
        return self._spelling.from_number(field, number.value)


def _directive(name: str, operands: str, address: int) -> tuple[int, Callable[[_Symbols], bytes]]:
    constants = _Symbols({}, address)
    if name in _DATA_BYTES:
        size = _DATA_BYTES[name]
        items = [item.strip() for item in operands.split(",")]
        return size * len(items), lambda symbols: b"".join(_data(name, item, size, symbols) for item in items)
    if name == ".zero":
        count = constants.value(operands)
        if count < 0:
            raise EncodingError(f".zero {count}: must be 0 or more")
        return count, lambda symbols: bytes(count)
    if name == ".balign":
        alignment = constants.value(operands)
        if alignment < 1:
            raise EncodingError(f".balign {alignment}: must be 1 or more")
        padding = -address % alignment
        return padding, lambda symbols: bytes(padding)
    raise EncodingError(f"unknown directive {name!r}; known: {', '.join((*_DATA_BYTES, '.zero', '.balign'))}")


def _data(name: str, item: str, size: int, symbols: _Symbols) -> bytes:
    value = symbols.value(item)
    top = 1 << 8 * size
    if not -top // 2 <= value < top:
        raise EncodingError(f"{name} {value} does not fit: {-top // 2} … {top - 1:#x}")
    return (value % top).to_bytes(size, "little")


def _located(line: int, source: str, error: EncodingError) -> AssemblyError:
    return AssemblyError(f"line {line}: {source.strip()}: {error}")
