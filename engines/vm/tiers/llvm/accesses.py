"""Loads and stores of compiled regions in guarded memory: the access itself, and where to go on if the host refuses.

An access is `callbr`: LLVM's call of inline assembly that may go on elsewhere. The way out is a place of the function
as any other, so LLVM keeps whatever the exit saves; the assembly notes the addresses of the instruction and of the way
out in a section that is not loaded. The handler of `engines.vm.runtime.fault_exits` leads a fault there.

The host refuses only what lies in the arena or between its guards, so a base is compared with the arena's end unless
`bounds` knows that it is near. Memory is where the segment gs begins, so it needs no host register. In innermost loops
it has one, for an access to a segment that does not begin at zero takes longer. Atomics check permissions as in other
memory.

Source: LLVM Language Reference, "callbr Instruction" and "Inline Assembler Expressions".
"""

from __future__ import annotations

from typing import Final

from engines.vm.memory.address_space import ADDRESS_BITS
from engines.vm.runtime.linker import FAULTS
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.float_unit_x86_64 import X86FloatSupport
from engines.vm.tiers.interpreter.shapes import Constant
from engines.vm.tiers.interpreter.values import LlvmValue
from engines.vm.tiers.llvm.joined_loads import Word
from engines.vm.tiers.llvm.machine import RegionMachine
from engines.vm.tiers.llvm.region import Decoded

LOADS: Final = {
    "lb": ("movsbq", "${0:q}", "i64"),
    "lh": ("movswq", "${0:q}", "i64"),
    "lw": ("movslq", "${0:q}", "i64"),
    "ld": ("movq", "${0:q}", "i64"),
    "lbu": ("movzbl", "${0:k}", "i64"),
    "lhu": ("movzwl", "${0:k}", "i64"),
    "lwu": ("movl", "${0:k}", "i64"),
    "flw": ("movss", "$0", "float"),
    "fld": ("movsd", "$0", "double"),
}
"""By instruction: the host's, how its destination is written, and the type that it gives, integers with 64 bits."""
STORES: Final = {
    "sb": ("movb", "${0:b}"),
    "sh": ("movw", "${0:w}"),
    "sw": ("movl", "${0:k}"),
    "sd": ("movq", "${0:q}"),
    "fsw": ("movss", "$0"),
    "fsd": ("movsd", "$0"),
}
_FLOATS: Final = {32: "float", 64: "double"}
_WORDS: Final = {2: ("lhu", "lh"), 4: ("lwu", "lw"), 8: ("ld", "ld")}
"""The loads of a word by its bytes: extended with zeros, and with its sign."""


class GuardedMachine(RegionMachine):
    """A `RegionMachine` for guarded memory.

    Attributes:
        in_loop: whether the instruction is in an innermost loop.
        word: what the byte that the instruction loads is read with; None if it is read alone.
        is_first: whether the instruction reads that.
    """

    def __init__(self, emitter: Emitter, frm: int, floats: X86FloatSupport) -> None:
        super().__init__(emitter, frm, floats)
        self._vex = "v" if floats.avx else ""
        self.in_loop = False
        self.word: Word | None = None
        self.is_first = False
        self._words: dict[Word, str] = {}

    def begin(self, insn: Decoded) -> None:
        super().begin(insn)
        self.word = None

    def load(self, address: LlvmValue, size_bytes: int) -> LlvmValue:
        name = self.insn.base.name
        if name not in LOADS:
            return super().load(address, size_bytes)
        if self.word is not None:
            return self._byte(self.word)
        kind = LOADS[name][2]
        is_float = kind != "i64"
        result = self._load(name, self.insn.argument("imm"))
        width = 8 * size_bytes
        if is_float:
            return LlvmValue(self.emitter, self.emitter.name(f"bitcast {kind} {result} to i{width}"), width)
        return _Loaded(self.emitter, result, width, is_signed=name in ("lb", "lh", "lw"))

    def _load(self, name: str, offset: int) -> str:
        """What the load `name` reads, `offset` away from the instruction's base."""
        mnemonic, destination, kind = LOADS[name]
        is_float = kind != "i64"
        base = self._base()
        template = f"{self._vex if is_float else ''}{mnemonic} {self._place(offset)}, {destination}"
        return self._access(kind, template, "=v" if is_float else "=r", *self._operands(base))

    def _byte(self, word: Word) -> LlvmValue:
        """The byte that the instruction loads, of a word that it reads, or that one before it in the block has read."""
        emitter = self.emitter
        if self.is_first:
            self._words[word] = self._load(_WORDS[word.size][word.is_signed], word.offset)
        whole = LlvmValue(emitter, self._words[word], 64)
        number = self.insn.argument("imm") - word.offset
        is_signed = self.insn.base.name == "lb"
        moved = whole.lshr(8 * number) if number else whole
        if not is_signed:
            return _Loaded(emitter, (moved & 0xFF).text, 8, is_signed=False)
        # The upper byte of a word that is extended is what is left of it, which LLVM puts together again.
        upper = whole.ashr(8 * number) if number == word.size - 1 else moved.trunc(8).sext(64)
        return _Loaded(emitter, upper.text, 8, is_signed=True)

    def store(self, address: LlvmValue, value: LlvmValue) -> None:
        name = self.insn.base.name
        if name not in STORES:
            super().store(address, value)
            return
        mnemonic, source = STORES[name]
        base = self._base()
        if name[0] == "f":
            kind = _FLOATS[value.width]
            text, constraint = self.emitter.name(f"bitcast i{value.width} {value.text} to {kind}"), "v"
            mnemonic = self._vex + mnemonic
        else:
            wide = self.x[Constant(self.insn.argument("rs2"))]
            kind, text, constraint = "i64", wide.text, "re" if value.width == 64 else "r"
        places, operands = self._operands(base)
        template = f"{mnemonic} {source}, {self._place(self.insn.argument('imm'))}"
        self._access("void", template, "", f"{constraint},{places}", f"{kind} {text}, {operands}")

    def _base(self) -> LlvmValue:
        """The base register's value, which is near the arena."""
        register = self.insn.argument("rs1")
        base: LlvmValue = self.x[Constant(register)]
        if register and register not in self.known.near:
            self.bail_if(self.const((1 << ADDRESS_BITS) - 1).ult(base))
        return base

    def _operands(self, base: LlvmValue) -> tuple[str, str]:
        """The constraints and the operands of what `_place` writes."""
        return ("r,r", f"ptr %memory, i64 {base.text}") if self.in_loop else ("r", f"i64 {base.text}")

    def _place(self, offset: int) -> str:
        """The memory operand, of which operands 1 and, in a loop, 2 are parts."""
        return f"{offset}($1,$2)" if self.in_loop else f"%gs:{offset}($1)"

    def _access(self, kind: str, template: str, output: str, constraints: str, operands: str) -> str:
        emitter = self.emitter
        onward = emitter.label("on")
        self.fault = emitter.label("fault")
        where = constraints.count(",") + 1 + bool(output)
        text = rf"1: {template}\0A.pushsection {FAULTS},\22\22\0A.quad 1b\0A.quad ${{{where}:l}}\0A.popsection"
        parts = ",".join(part for part in (output, constraints, "!i,~{memory}") if part)
        call = f'callbr {kind} asm sideeffect "{text}", "{parts}"({operands}) to label %{onward} [label %{self.fault}]'
        result = ""
        if kind == "void":
            emitter.line(call)
        else:
            result = emitter.name(call)
        emitter.begin(onward)
        return result


class _Loaded(LlvmValue):
    """The low bits of what was loaded, which is extended to 64 bits already."""

    __slots__ = ("_is_signed", "_wide")

    def __init__(self, emitter: Emitter, wide: str, width: int, *, is_signed: bool) -> None:
        text = wide if width == 64 else emitter.name(f"trunc i64 {wide} to i{width}")
        super().__init__(emitter, text, width)
        self._wide = wide
        self._is_signed = is_signed

    def sext(self, width: int) -> LlvmValue:
        return LlvmValue(self.emitter, self._wide, 64) if self._is_signed and width == 64 else super().sext(width)

    def zext(self, width: int) -> LlvmValue:
        return super().zext(width) if self._is_signed or width != 64 else LlvmValue(self.emitter, self._wide, 64)


__all__ = ["LOADS", "STORES", "GuardedMachine"]
