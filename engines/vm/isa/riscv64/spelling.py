"""How RISC-V assembly writes operands (RISC-V Assembly Programmer's Manual; what GNU as and LLVM accept)."""

from __future__ import annotations

from typing import Final

from engines.vm.isa.derive.effects import Control
from engines.vm.isa.describe import EncodingError, Field, Instruction, OperandKind
from engines.vm.isa.riscv64.fields import CSR_NAMES, F_NAMES, ROUNDING_NAMES, VECTOR_CSR_NAMES, X_NAMES

_X: Final = {name: number for number, name in enumerate(X_NAMES)} | {f"x{n}": n for n in range(32)} | {"fp": 8}
_F: Final = {name: number for number, name in enumerate(F_NAMES)} | {f"f{n}": n for n in range(32)}
_ROUNDING: Final = {name: number for number, name in ROUNDING_NAMES.items()}
_CSR: Final = {name: number for number, name in (CSR_NAMES | VECTOR_CSR_NAMES).items()}
_V: Final = {f"v{n}": n for n in range(32)}
_MASKS: Final = ("v0.t", "unmasked")
"""By the vm bit; the second is what is meant where nothing is written."""
_SEW: Final = ("e8", "e16", "e32", "e64")
_LMUL: Final = ("m1", "m2", "m4", "m8", "", "mf8", "mf4", "mf2")
_TAIL: Final = ("tu", "ta")
_INACTIVE: Final = ("mu", "ma")
_VTYPE_BITS: Final = 8
_UPPER_LOW: Final = 12
_UPPER_VALUES: Final = 1 << 20


def is_upper(field: Field) -> bool:
    """Whether text writes this immediate without its 12 low zero bits (`lui`, `auipc`, `c.lui`)."""
    return field.kind is OperandKind.IMMEDIATE and field.low == _UPPER_LOW


def is_pc_relative(instruction: Instruction, field: Field) -> bool:
    """Whether this immediate is the distance to a target, so that text may name a label."""
    jumps = instruction.effects.control in (Control.BRANCH, Control.JUMP)
    return jumps and field.kind is OperandKind.IMMEDIATE


class RiscvSpelling:
    """ABI register names; CSRs by name where they exist here; distances as `.+8`; fence sets as `rw`."""

    def spell(self, instruction: Instruction, field: Field, value: int) -> str | None:
        match field.kind:
            case OperandKind.X:
                return X_NAMES[value]
            case OperandKind.F:
                return F_NAMES[value]
            case OperandKind.CSR:
                return CSR_NAMES.get(value) or VECTOR_CSR_NAMES.get(value, f"{value:#x}")
            case OperandKind.V:
                return f"v{value}"
            case OperandKind.MASK:
                return _MASKS[value]
            case OperandKind.VTYPE:
                return _spelt_vtype(value)
            case OperandKind.ROUNDING:
                return ROUNDING_NAMES.get(value)
            case OperandKind.FENCE_SET:
                return "".join(letter for bit, letter in zip((8, 4, 2, 1), "iorw", strict=True) if value & bit) or "0"
            case _:
                if is_upper(field):
                    return f"{value >> _UPPER_LOW & _UPPER_VALUES - 1:#x}"
                return f".{value:+d}" if is_pc_relative(instruction, field) else str(value)

    def is_literal(self, name: str) -> bool:
        return name in _X or name in _V

    def same_literal(self, expected: str, text: str) -> bool:
        """Whether `text` names the register that a template fixes."""
        return text == expected if expected in _V else _X.get(text) == _X[expected]

    def named(self, field: Field, text: str) -> int | None:
        """The value that a name means for a field that is not a number; None if `text` must be an expression.

        Raises:
            EncodingError: not a name of this kind; the message lists what is.
        """
        match field.kind:
            case OperandKind.X:
                return _known(text, _X, "integer register", "x0 … x31 or an ABI name")
            case OperandKind.F:
                return _known(text, _F, "floating-point register", "f0 … f31 or an ABI name")
            case OperandKind.ROUNDING:
                return _known(text, _ROUNDING, "rounding mode", ", ".join(_ROUNDING))
            case OperandKind.FENCE_SET:
                return _fence_set(text)
            case OperandKind.CSR:
                return _CSR.get(text)
            case OperandKind.V:
                return _known(text, _V, "vector register", "v0 … v31")
            case OperandKind.MASK:
                return _known(text, {name: bit for bit, name in enumerate(_MASKS)}, "mask", "v0.t, or nothing")
            case OperandKind.VTYPE:
                return _named_vtype(text)
            case _:
                return None

    def from_number(self, field: Field, value: int) -> int:
        """The field's value for a number that text gives.

        Raises:
            EncodingError: an upper immediate outside 0 … 0xfffff.
        """
        if not is_upper(field):
            return value
        if not 0 <= value < _UPPER_VALUES:
            raise EncodingError(f"{field.name} = {value} has no encoding: 0 … {_UPPER_VALUES - 1:#x}, bits 31:12")
        value <<= _UPPER_LOW
        return value - (1 << 32) if value >> 31 else value


def _known(text: str, names: dict[str, int], what: str, legal: str) -> int:
    if text not in names:
        raise EncodingError(f"{text!r} is no {what}; {legal}")
    return names[text]


def _fence_set(text: str) -> int:
    if text == "0":
        return 0
    letters = "iorw"
    if not text or any(letter not in letters for letter in text) or len(set(text)) != len(text):
        raise EncodingError(f"{text!r} is no set of accesses; letters out of 'iorw', or 0")
    return sum(8 >> letters.index(letter) for letter in text)


def _spelt_vtype(value: int) -> str:
    """`e32, m1, ta, ma`; the number where it is reserved."""
    sew, lmul = value >> 3 & 7, _LMUL[value & 7]
    if value >> _VTYPE_BITS or sew >= len(_SEW) or not lmul:
        return str(value)
    return f"{_SEW[sew]}, {lmul}, {_TAIL[value >> 6 & 1]}, {_INACTIVE[value >> 7]}"


def _named_vtype(text: str) -> int | None:
    words = [word.strip() for word in text.split(",")]
    if len(words) == 1:
        return None
    value = 0
    for words_of, low in ((_SEW, 3), (_LMUL, 0), (_TAIL, 6), (_INACTIVE, 7)):
        word = words.pop(0) if words else ""
        if not word or word not in words_of:
            raise EncodingError(f"{word!r} in vtype {text!r}; legal there: {', '.join(filter(None, words_of))}")
        value |= words_of.index(word) << low
    if words:
        raise EncodingError(f"{', '.join(words)!r} behind vtype {text!r}; it has four parts, as e32, m1, ta, ma")
    return value
