"""The field names of the RISC-V manuals (Unprivileged ISA §2.2, §27.2) and the names of registers and CSRs."""

from __future__ import annotations

from typing import Final

from engines.vm.isa.describe import FieldType, OperandKind

MANUAL: Final = "Unprivileged ISA"
"""Sections are those of the RISC-V Unprivileged ISA, version 20240411."""

FIELDS: Final[dict[str, FieldType]] = {
    "rd": FieldType(OperandKind.X, 5),
    "rs1": FieldType(OperandKind.X, 5),
    "rs2": FieldType(OperandKind.X, 5),
    "rs3": FieldType(OperandKind.X, 5),
    "rd'": FieldType(OperandKind.X, 3, base=8),
    "rs1'": FieldType(OperandKind.X, 3, base=8),
    "rs2'": FieldType(OperandKind.X, 3, base=8),
    "imm": FieldType(OperandKind.IMMEDIATE, signed=True),
    "nzimm": FieldType(OperandKind.IMMEDIATE, signed=True, nonzero=True),
    "uimm": FieldType(OperandKind.IMMEDIATE),
    "nzuimm": FieldType(OperandKind.IMMEDIATE, nonzero=True),
    "shamt": FieldType(OperandKind.IMMEDIATE),
    "csr": FieldType(OperandKind.CSR, 12),
    "rm": FieldType(OperandKind.ROUNDING, 3),
    "aq": FieldType(OperandKind.ORDERING, 1),
    "rl": FieldType(OperandKind.ORDERING, 1),
    "fm": FieldType(OperandKind.BITS, 4),
    "pred": FieldType(OperandKind.FENCE_SET, 4),
    "succ": FieldType(OperandKind.FENCE_SET, 4),
    "vd": FieldType(OperandKind.V, 5),
    "vs1": FieldType(OperandKind.V, 5),
    "vs2": FieldType(OperandKind.V, 5),
    "vs3": FieldType(OperandKind.V, 5),
    "vm": FieldType(OperandKind.MASK, 1),
    "vtypei": FieldType(OperandKind.VTYPE),
}


def _numbered(prefix: str, first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{n}" for n in range(first, last + 1))


X_NAMES: Final = (
    *("zero", "ra", "sp", "gp", "tp"),
    *_numbered("t", 0, 2),
    *_numbered("s", 0, 1),
    *_numbered("a", 0, 7),
    *_numbered("s", 2, 11),
    *_numbered("t", 3, 6),
)
"""ABI names of the integer registers, by number (RISC-V psABI, register convention)."""

F_NAMES: Final = (
    *_numbered("ft", 0, 7),
    *_numbered("fs", 0, 1),
    *_numbered("fa", 0, 7),
    *_numbered("fs", 2, 11),
    *_numbered("ft", 8, 11),
)

CSR_NAMES: Final[dict[int, str]] = {
    0x001: "fflags",
    0x002: "frm",
    0x003: "fcsr",
    0xC00: "cycle",
    0xC01: "time",
    0xC02: "instret",
}
"""The CSRs that exist in U-mode here (Unprivileged ISA §8.1, §20.2)."""

VECTOR_CSR_NAMES: Final[dict[int, str]] = {
    0x008: "vstart",
    0x009: "vxsat",
    0x00A: "vxrm",
    0x00F: "vcsr",
    0xC20: "vl",
    0xC21: "vtype",
    0xC22: "vlenb",
}
"""Those of V (V 1.0 §3); they exist where the machine has V."""

ROUNDING_NAMES: Final[dict[int, str]] = {0: "rne", 1: "rtz", 2: "rdn", 3: "rup", 4: "rmm", 7: "dyn"}
"""Values of the rm field; 5 and 6 are reserved (§20.2)."""
