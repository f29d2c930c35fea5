"""The reference page of the IR (docs/reference/ir.md), derived from the table."""

from __future__ import annotations

from typing import Final

from engines.vm.ir.ops import HINTS, MODES, OPS, REASONS, Effect, Imm, Op

HEAD: Final = """# The IR

Generated from `engines/vm/ir/ops.py` by `python -m engines.vm.ir.listing > docs/reference/ir.md`; a test compares them.

**A block** is an extended basic block of one guest: entered at its top, left in the middle by every operation marked
*may leave*, ended by one operation marked *ends*. In memory, an instruction is a tuple
`(opcode, *operands, *immediates)`; an operand is the index of an earlier instruction of the same block. Values do not
cross blocks: guest registers do.

**Guest state.** `get` and `put` name slots of the block's `GuestState` (registers by name, each with a type and an
offset in the CPU record). The IR knows no ISA. A `put` takes effect where it stands; generators of host code may delay
it, as long as the state is right wherever the block may be left (`engines/vm/ir/exits.py`).

**Leaving.** Every operation that may leave carries `n`, the number of guest instructions of the block that have retired
when it does. Faulting loads and stores, `leaveif`, `checkmode` and `interpret` leave *to the interpreter*, which
executes the guest instruction at `pcs[n]` again: so trap causes and values are written in one place. Nothing of a guest
instruction may have taken effect before its last operation that may leave to the interpreter. A host may leave there
also where the evaluator does not: on misaligned accesses, on stores to pages that need a look, on a rounding mode that
it lacks. `exitif`, `jump`, `branch` and `jumpto` go to a guest pc with `n` retired, the instruction that they end
included.

**Totality.** Every operation has a result for all operands: shift amounts count modulo the width; division by zero
gives all bits set and the dividend as remainder; signed overflow gives the dividend and 0. Addresses wrap at 2^64.

**Floating point.** Values are raw bits; f32 and f64 say in which register class they live. Operations that round carry
a mode: {modes}; `dyn` is the guest's own, which `setmode` sets and `checkmode` has found legal. They OR their
exceptions into sticky flags unless marked `quiet`. Results that are NaN are canonical.

**Jump hints**: {hints}. **Reasons** of `interpret`: {reasons}.

**Text.** `engines.vm.ir.printer` and `engines.vm.ir.parser`:

```
block 0x10000 end 0x1000a {{
  pcs 0x10000 0x10002 0x10006
  %0 = get.i64 a0
  %1 = const.i64 8
  %2 = add.i64 %0, %1
  put.i64 %2, a0
  %4 = load.s32 %2, 4, @1
  put.i64 %4, a1
  %6 = eq.i64 %4, %1
  branch %6, 0x10000, 0x1000a, @3
}}
```

| operation | operands | immediates | result | effects | |
|---|---|---|---|---|---|
"""


def effects_of(op: Op) -> str:
    """The effects in words, `—` for none."""
    return ", ".join(e.name.lower().replace("_", " ") for e in Effect if e in op.effects and e.name) or "—"


def row(op: Op) -> str:
    """One line of the table."""
    operands = ", ".join(t.spelling for t in op.operands) or "—"
    immediates = ", ".join(op.immediates) or "—"
    result = op.result.spelling if op.result else "—"
    return f"| `{op.name}` | {operands} | {immediates} | {result} | {effects_of(op)} | {op.doc} |"


def page() -> str:
    """The whole page."""
    head = HEAD.format(modes=", ".join(MODES.values()), hints=", ".join(HINTS), reasons=", ".join(REASONS))
    kinds = "\n".join(f"- `{kind}`: {_DOC[kind]}" for kind in Imm)
    return head + "\n".join(row(op) for op in OPS) + "\n\nImmediates:\n\n" + kinds + "\n"


_DOC: Final[dict[Imm, str]] = {
    Imm.CONSTANT: "a value of the result's type, unsigned.",
    Imm.SLOT: "a guest register, written by name.",
    Imm.OFFSET: "signed 32 bits, added to an address modulo 2^64.",
    Imm.PC: "a guest address.",
    Imm.RETIRED: "`n`, written `@n`.",
    Imm.MODE: "a rounding mode; `quiet` after it where nobody needs the flags.",
    Imm.FLAGS: "`loud`, or `quiet` where nobody needs the flags.",
    Imm.HINT: "the kind of jump, for return-address prediction; no meaning for the result.",
    Imm.REASON: "why the interpreter must take over.",
}

COMMAND: Final = "python -m engines.vm.ir.listing > docs/reference/ir.md"

if __name__ == "__main__":
    print(page(), end="")
