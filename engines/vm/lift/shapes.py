"""Shapes of RISC-V instructions: what decides the form of a template; and fast functions from words to shapes.

`splitter` writes, per instruction, a Python function that takes a word apart into operands and a key. The key decides
the shape; computing the shape itself is left to the first word with that key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from engines.vm.ir.ops import HINTS
from engines.vm.isa.derive.effects import Control
from engines.vm.isa.describe import Field, Instruction, OperandKind
from engines.vm.runtime.generated_code import GENERATED

FLOAT_BASE: Final = 32
"""Slot of f0; that of x0 is 0."""

_LINK: Final = (1, 5)
"""ra and t0: the link registers of the return-address prediction hints (Unprivileged ISA §2.5.1, table 3)."""
_LAST_STATIC_MODE: Final = 4
_REGISTERS: Final = (OperandKind.X, OperandKind.F)
_JUMPS: Final = (Control.JUMP, Control.INDIRECT)


@dataclass(frozen=True)
class Shape:
    """What decides the form of an instruction's template.

    Attributes:
        zeros: per operand, whether it is x0.
        alias: per operand, the first operand that names the same register; only instructions with f registers look.
        known: per operand, its value where the template fixes it (CSR, rounding mode that is dynamic or reserved,
            constants of CSR instructions); None where it stays symbolic.
        hint: of an unconditional jump, an index into `HINTS`.
    """

    zeros: tuple[bool, ...]
    alias: tuple[int, ...]
    known: tuple[int | None, ...]
    hint: int


def shape_of(instruction: Instruction, values: tuple[int, ...]) -> Shape:
    """The shape of an instruction with these operands, in the order of `instruction.operands`."""
    operands = instruction.operands
    registers = [(o.kind, v) if o.kind in _REGISTERS else None for o, v in zip(operands, values, strict=True)]
    looks = any(o.kind is OperandKind.F for o in operands)
    known: list[int | None] = []
    for operand, value in zip(operands, values, strict=True):
        fixed = _is_fixed(instruction, operand.kind)
        if operand.kind is OperandKind.ROUNDING:
            fixed = value > _LAST_STATIC_MODE
        known.append(value if fixed else None)
    return Shape(
        tuple(o.kind is OperandKind.X and v == 0 for o, v in zip(operands, values, strict=True)),
        tuple(registers.index(r) if r and looks else i for i, r in enumerate(registers)),
        tuple(known),
        _hint(instruction, values),
    )


def _is_fixed(instruction: Instruction, kind: OperandKind) -> bool:
    return kind is OperandKind.CSR or (kind is OperandKind.IMMEDIATE and instruction.effects.csr)


def _hint(instruction: Instruction, values: tuple[int, ...]) -> int:
    """The return-address hint of a jump (Unprivileged ISA §2.5.1, table 3)."""
    control = instruction.effects.control
    if control not in _JUMPS:
        return 0
    named = {o.name: v for o, v in zip(instruction.operands, values, strict=True)}
    rd, rs1 = named["rd"], named.get("rs1", 0)
    returns = control is Control.INDIRECT and rs1 in _LINK
    if rd in _LINK:
        return HINTS.index("return-call" if returns and rs1 != rd else "call")
    return HINTS.index("return" if returns else "plain")


Splitter = Callable[[int], tuple[Hashable, tuple[int, ...]]]
"""A word's key and its operands, registers as slots."""


def splitter(instruction: Instruction) -> Splitter:
    """The function that takes words of `instruction` apart."""
    namespace: dict[str, Splitter] = {}
    name = instruction.name
    GENERATED.execute_written(("split", name), lambda: splitter_source(instruction), f"<split {name}>", namespace)
    return namespace["split"]


def splitter_source(instruction: Instruction) -> str:
    """Python source of `split`."""
    lines = ["def split(w):"]
    key: list[str] = []
    seen: dict[OperandKind, list[str]] = {}
    looks = any(o.kind is OperandKind.F for o in instruction.operands)
    jumps = instruction.effects.control in _JUMPS
    for i, operand in enumerate(instruction.operands):
        name = f"o{i}"
        constant = operand.constant + (FLOAT_BASE if operand.kind is OperandKind.F else 0)
        lines.append(f"    {name} = {extraction(operand.field, operand.kind) if operand.field else constant}")
        if operand.kind is OperandKind.X:
            key.append(f"{name} if {name} in {_LINK} else -(not {name})" if jumps else f"not {name}")
        if operand.kind in _REGISTERS and looks:
            key += [f"{name} == {other}" for other in seen.setdefault(operand.kind, [])]
            seen[operand.kind].append(name)
        if operand.kind is OperandKind.ROUNDING:
            key.append(f"{name} if {name} > {_LAST_STATIC_MODE} else -1")
        elif _is_fixed(instruction, operand.kind):
            key.append(name)
    operands = "".join(f"o{i}, " for i in range(len(instruction.operands)))
    lines.append(f"    return ({''.join(f'{part}, ' for part in key)}), ({operands})")
    return "\n".join(lines) + "\n"


def extraction(field: Field, kind: OperandKind) -> str:
    """Source of a field's value in the word `w`."""
    parts = []
    for piece in field.pieces:
        mask = (1 << piece.width) - 1
        shifted = f"w >> {piece.word_low} & {mask:#x}" if piece.word_low else f"w & {mask:#x}"
        parts.append(f"({shifted}) << {piece.value_low}" if piece.value_low else f"({shifted})")
    value = " | ".join(parts)
    base = field.base + (FLOAT_BASE if kind is OperandKind.F else 0)
    if field.signed:
        sign = 1 << field.bits - 1
        return f"(({value}) ^ {sign:#x}) - {sign:#x}" + (f" + {base}" if base else "")
    return f"({value}) + {base}" if base else value
