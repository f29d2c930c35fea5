"""Pseudo-instructions against LLVM's, and `li` against what it is for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble, assembler
from engines.vm.isa.riscv64.pseudo import PSEUDO, ROWS
from engines.vm.memory.address_space import EXEC, READ, AddressSpace
from engines.vm.tiers.reference import ReferenceTier
from oracles.llvm_assembler import assemble_riscv64

INTEGER = {"rd": "a0", "rs": "s1", "rt": "t6", "to": ".+16", "csr": "fcsr", "imm": "5"}
FLOATING = {"rd": "fa0", "rs": "fs1", "rt": "ft11"}


def examples() -> list[str]:
    """One statement per row of the table."""
    lines = []
    for row in ROWS.strip().splitlines():
        mnemonic, _, operands = row.partition("|")[0].strip().partition(" ")
        floating = mnemonic.startswith("f") and mnemonic.endswith((".s", ".d"))
        names = {**INTEGER, **FLOATING} if floating else INTEGER
        chosen = [names[name.strip()] for name in operands.split(",") if name.strip()]
        if mnemonic in ("fgt.s", "fge.s", "fgt.d", "fge.d"):
            chosen[0] = "a0"
        lines.append(f"{mnemonic} {', '.join(chosen)}".strip())
    return lines


def test_every_row_means_what_llvm_means() -> None:
    lines = examples()
    assert {line.split()[0] for line in lines} | {"li", "la", "call", "tail"} == set(PSEUDO)
    ours = [assemble(line) for line in lines]
    theirs = assemble_riscv64(".option norvc\n" + "\n".join(lines))
    assert all(len(code) == 4 for code in ours)
    given = [theirs[i : i + 4] for i in range(0, len(theirs), 4)]
    assert [(t, o.hex()) for t, o in zip(lines, ours, strict=True)] == [
        (t, g.hex()) for t, g in zip(lines, given, strict=True)
    ]


def test_addresses_as_llvm_links_them() -> None:
    text = "start:\nla a0, end\ncall end\ntail start\nla t0, start\n" + "nop\n" * 700 + "end: ret"
    base = 0x8800_0000
    assert assemble(text, base) == assemble_riscv64(".option norvc\n" + text, base=base)


@settings(deadline=None, max_examples=150)
@given(
    st.integers(-(1 << 63), (1 << 64) - 1)
    | st.sampled_from([(1 << k) + d for k in (11, 12, 31, 32, 43, 63) for d in (-2049, -2048, -1, 0, 1, 2047)])
)
def test_li_loads_its_constant(value: int) -> None:
    code = assemble(f"li t3, {value}")
    assert len(code) <= 4 * 8
    memory = AddressSpace(bits=20)
    memory.map(0x1000, 0x1000, READ | EXEC)
    memory.place(0x1000, code)
    hart = Hart(memory)
    hart.cpu["pc"] = 0x1000
    ReferenceTier().run(hart, len(code) // 4)
    assert int(hart.cpu["pc"]) == 0x1000 + len(code)
    assert int(hart.cpu["x"][28]) == value % (1 << 64)


def test_li_is_short_for_short_constants() -> None:
    assert [len(assemble(f"li a0, {v}")) for v in (0, -2048, 2048, 0x12345000, 0x7FFFFFFF, 1 << 40)] == [
        4,
        4,
        8,
        4,
        8,
        8,
    ]


def test_pseudo_and_real_forms_share_mnemonics() -> None:
    """`jal`, `jalr` and `fence` are instructions too: the operands decide."""
    assert assemble("jalr a0") == assemble("jalr ra, 0(a0)")
    assert assemble("jalr a0, a1") == assemble("jalr a0, 0(a1)")
    assert assemble("jal .+8") == assemble("jal ra, .+8")
    assert assembler().assemble("fence.tso") == assemble(".word 0x8330000f")
