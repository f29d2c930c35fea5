"""What the compiling tiers go through for a batch of programs: IR operations, block shapes, host instruction forms.

Every program of the batch is compiled by the baseline compiler from its entry on, for each host, and thrown away. An
operation counts where it stands in a block after the passes; a form is a mnemonic with the kinds and widths of its
operands, as capstone disassembles the code: `add r64, m64`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from engines.vm.hosts import host as hosts
from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPCODE, OPS
from engines.vm.tiers.baseline import tier
from engines.vm.tiers.baseline.compiler import BaselineCompiler
from engines.vm.tiers.baseline.options import CompileError
from harness.contract import MachineBatch
from harness.subjects import virtual_host

ENDS: Final = ("jump", "branch", "jumpto")
SIZES: Final = (1, 2, 4, 8, 16, 32)
"""Block lengths in guest instructions, each up to below the next."""
_WIDEST: Final = "riscv64"
"""The host that has a lowering for every operation."""
_LOADS: Final = frozenset(op.code for op in OPS if op.operation == "load")
_STORES: Final = frozenset(op.code for op in OPS if op.operation == "store")
_BRANCH: Final = OPCODE["branch"]
_DISTANCE: Final = -(1 << 28)
"""Stands for the way to the interpreter's handlers; the code is not run."""
_ARCHITECTURES: Final = {
    "x86_64": ("CS_ARCH_X86", "CS_MODE_64"),
    "arm64": ("CS_ARCH_ARM64", "CS_MODE_ARM"),
    "riscv64": ("CS_ARCH_RISCV", "CS_MODE_RISCV64"),
}


@dataclass(frozen=True, eq=False)
class Translation:
    """Counts over the regions of all programs.

    Attributes:
        operations: IR operations after the passes, for the host that lowers them all.
        shapes: the same blocks by `shape_of`.
        forms: by host, instruction forms in the generated code.
        refused: by reason, programs with no region.
    """

    operations: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    forms: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in _ARCHITECTURES})
    refused: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Translation) -> Translation:
        forms = {name: self.forms[name] + other.forms[name] for name in self.forms}
        shapes = self.shapes + other.shapes
        return Translation(self.operations + other.operations, shapes, forms, self.refused + other.refused)

    def missing_operations(self) -> list[str]:
        """IR operations in no block."""
        return [op.name for op in OPS if op.name not in self.operations]

    def missing_shapes(self) -> list[str]:
        """Shapes that no block has."""
        return [shape for shape in possible_shapes() if shape not in self.shapes]

    def figures(self) -> dict[str, tuple[int, int]]:
        """(met, possible) of each dimension that has an end."""
        return {
            "IR operations": (len(self.operations), len(OPS)),
            "block shapes": (len(self.shapes), len(possible_shapes())),
        }

    def rare_forms(self, host: str, most: int = 3) -> list[str]:
        """Forms of a host met at most `most` times, the rarest first."""
        return [f"{form} ({count})" for form, count in reversed(self.forms[host].most_common()) if count <= most]


def possible_shapes() -> list[str]:
    """Every shape that `shape_of` can give."""
    found = []
    for end in ENDS:
        for size in SIZES:
            for memory in ("no memory", "loads", "stores", "loads and stores"):
                if memory == "loads and stores" and size == 1:
                    continue  # the atomics have operations of their own
                found.append(f"{size}+ {end}, {memory}")
                if end == "branch":  # a jump to itself never ends
                    found.append(f"{size}+ {end} to itself, {memory}")
    return found


def shape_of(block: Block) -> str:
    """`4+ branch to itself, loads`: length, how it ends, what it does to memory."""
    size = max(least for least in SIZES if least <= max(block.insns, 1))
    last = block.code[-1]
    end = OPS[last[0]].operation
    own = last[0] == _BRANCH and block.pc in last[2:4]
    opcodes = {instruction[0] for instruction in block.code}
    loads, stores = bool(opcodes & _LOADS), bool(opcodes & _STORES)
    memory = "loads and stores" if loads and stores else "loads" if loads else "stores" if stores else "no memory"
    return f"{size}+ {end}{' to itself' if own else ''}, {memory}"


def translation_of(batch: MachineBatch) -> Translation:
    """Compile every program of a batch for every host."""
    found = Translation()
    layouts = {"x86_64": tier.LAYOUT, "arm64": virtual_host.LAYOUT, "riscv64": virtual_host.LAYOUT}
    compilers = {name: BaselineCompiler(getattr(hosts, name)(layout)) for name, layout in layouts.items()}
    disassemblers = {name: _disassembler(name) for name in _ARCHITECTURES}
    frm = batch.initial["fcsr"] >> 5 & 7
    for row in range(len(batch)):
        code = batch.code[row, : batch.code_bytes[row]].tobytes()
        base = int(batch.code_address[row])

        def fetch(pc: int, size: int, code: bytes = code, base: int = base) -> bytes:
            return code[pc - base : pc - base + size] if base <= pc < base + len(code) else b""

        for name, compiler in compilers.items():
            try:
                made = compiler.compile(int(batch.initial["pc"][row]), fetch, int(frm[row]), lambda *_: _DISTANCE)
            except CompileError as error:
                found.refused[f"{name}: {error}"] += 1
                continue
            if name == _WIDEST:
                for block in made.blocks:
                    found.shapes[shape_of(block)] += 1
                    found.operations.update(OPS[instruction[0]].name for instruction in block.code)
            found.forms[name].update(_forms(disassemblers[name], made.code))
    return found


def _disassembler(host: str) -> Any:
    import capstone

    architecture, mode = (getattr(capstone, constant) for constant in _ARCHITECTURES[host])
    made = capstone.Cs(architecture, mode)
    made.detail = True
    made.skipdata = True
    return made


def _forms(disassembler: Any, code: bytes) -> Iterator[str]:
    """`add r64, m64` for each instruction."""
    from capstone import CS_OP_FP, CS_OP_IMM, CS_OP_MEM, CS_OP_REG

    letters = {CS_OP_REG: "r", CS_OP_IMM: "i", CS_OP_MEM: "m", CS_OP_FP: "f"}
    for instruction in disassembler.disasm(code, 0):
        if not instruction.id:
            continue  # data behind the code
        kinds = []
        for operand in instruction.operands:
            width = getattr(operand, "size", 0) * 8
            kinds.append(f"{letters.get(operand.type, '?')}{width or ''}")
        yield f"{instruction.mnemonic} {', '.join(kinds)}".rstrip()


__all__ = ["ENDS", "SIZES", "Translation", "possible_shapes", "shape_of", "translation_of"]
