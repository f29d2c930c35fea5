"""C, compressed instructions (Unprivileged ISA chapter 27): each stands for one 32-bit instruction.

`≠`, `nzimm` and `nzuimm` mark *reserved* encodings, which are illegal here. HINT encodings (§27.7: c.nop with a
constant; c.addi, c.slli, c.srli and c.srai of 0; c.li, c.lui, c.mv, c.add and c.slli to x0) execute as their expansion,
which changes nothing but the pc.
"""

from __future__ import annotations

from typing import Final

from engines.vm.isa.describe import Extension
from engines.vm.isa.riscv64.d import D
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL
from engines.vm.isa.riscv64.i import I

C: Final = Extension("C", MANUAL, FIELDS)
BASE: Final = {instruction.mnemonic: instruction for extension in (I, D) for instruction in extension}

C.expansions(
    "27.3.1",
    """
    c.fldsp | 001 uimm[5] rd uimm[4:3|8:6] 10   | rd, uimm(sp)  | fld rd=rd rs1=x2 imm=uimm
    c.lwsp  | 010 uimm[5] rd≠0 uimm[4:2|7:6] 10 | rd, uimm(sp)  | lw rd=rd rs1=x2 imm=uimm
    c.ldsp  | 011 uimm[5] rd≠0 uimm[4:3|8:6] 10 | rd, uimm(sp)  | ld rd=rd rs1=x2 imm=uimm
    c.fsdsp | 101 uimm[5:3|8:6] rs2 10          | rs2, uimm(sp) | fsd rs2=rs2 rs1=x2 imm=uimm
    c.swsp  | 110 uimm[5:2|7:6] rs2 10          | rs2, uimm(sp) | sw rs2=rs2 rs1=x2 imm=uimm
    c.sdsp  | 111 uimm[5:3|8:6] rs2 10          | rs2, uimm(sp) | sd rs2=rs2 rs1=x2 imm=uimm
    """,
    BASE,
)

C.expansions(
    "27.3.2",
    """
    c.fld | 001 uimm[5:3] rs1' uimm[7:6] rd' 00  | rd', uimm(rs1')  | fld rd=rd' rs1=rs1' imm=uimm
    c.lw  | 010 uimm[5:3] rs1' uimm[2|6] rd' 00  | rd', uimm(rs1')  | lw rd=rd' rs1=rs1' imm=uimm
    c.ld  | 011 uimm[5:3] rs1' uimm[7:6] rd' 00  | rd', uimm(rs1')  | ld rd=rd' rs1=rs1' imm=uimm
    c.fsd | 101 uimm[5:3] rs1' uimm[7:6] rs2' 00 | rs2', uimm(rs1') | fsd rs2=rs2' rs1=rs1' imm=uimm
    c.sw  | 110 uimm[5:3] rs1' uimm[2|6] rs2' 00 | rs2', uimm(rs1') | sw rs2=rs2' rs1=rs1' imm=uimm
    c.sd  | 111 uimm[5:3] rs1' uimm[7:6] rs2' 00 | rs2', uimm(rs1') | sd rs2=rs2' rs1=rs1' imm=uimm
    """,
    BASE,
)

C.expansions(
    "27.4",
    """
    c.j    | 101 imm[11|4|9:8|10|6|7|3:1|5] 01     | imm       | jal rd=x0 imm=imm
    c.jr   | 100 0 rs1≠0 00000 10                  | rs1       | jalr rd=x0 rs1=rs1 imm=0
    c.jalr | 100 1 rs1≠0 00000 10                  | rs1       | jalr rd=x1 rs1=rs1 imm=0
    c.beqz | 110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01 | rs1', imm | beq rs1=rs1' rs2=x0 imm=imm
    c.bnez | 111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01 | rs1', imm | bne rs1=rs1' rs2=x0 imm=imm
    """,
    BASE,
)

C.expansions(
    "27.5.1",
    """
    c.li  | 010 imm[5] rd imm[4:0] 01          | rd, imm   | addi rd=rd rs1=x0 imm=imm
    c.lui | 011 nzimm[17] rd≠2 nzimm[16:12] 01 | rd, nzimm | lui rd=rd imm=nzimm
    """,
    BASE,
)

C.expansions(
    "27.5.2",
    """
    c.addi     | 000 imm[5] rs1/rd≠0 imm[4:0] 01        | rd, imm         | addi rd=rd rs1=rd imm=imm
    c.addiw    | 001 imm[5] rs1/rd≠0 imm[4:0] 01        | rd, imm         | addiw rd=rd rs1=rd imm=imm
    c.addi16sp | 011 nzimm[9] 00010 nzimm[4|6|8:7|5] 01 | sp, nzimm       | addi rd=x2 rs1=x2 imm=nzimm
    c.addi4spn | 000 nzuimm[5:4|9:6|2|3] rd' 00         | rd', sp, nzuimm | addi rd=rd' rs1=x2 imm=nzuimm
    c.slli     | 000 shamt[5] rs1/rd shamt[4:0] 10      | rd, shamt       | slli rd=rd rs1=rd shamt=shamt
    c.srli     | 100 shamt[5] 00 rs1'/rd' shamt[4:0] 01 | rd', shamt      | srli rd=rd' rs1=rd' shamt=shamt
    c.srai     | 100 shamt[5] 01 rs1'/rd' shamt[4:0] 01 | rd', shamt      | srai rd=rd' rs1=rd' shamt=shamt
    c.andi     | 100 imm[5] 10 rs1'/rd' imm[4:0] 01     | rd', imm        | andi rd=rd' rs1=rd' imm=imm
    """,
    BASE,
)

C.expansions(
    "27.5.3",
    """
    c.mv   | 100 0 rd rs2≠0 10            | rd, rs2   | add rd=rd rs1=x0 rs2=rs2
    c.add  | 100 1 rs1/rd rs2≠0 10        | rd, rs2   | add rd=rd rs1=rd rs2=rs2
    c.and  | 100 0 11 rs1'/rd' 11 rs2' 01 | rd', rs2' | and rd=rd' rs1=rd' rs2=rs2'
    c.or   | 100 0 11 rs1'/rd' 10 rs2' 01 | rd', rs2' | or rd=rd' rs1=rd' rs2=rs2'
    c.xor  | 100 0 11 rs1'/rd' 01 rs2' 01 | rd', rs2' | xor rd=rd' rs1=rd' rs2=rs2'
    c.sub  | 100 0 11 rs1'/rd' 00 rs2' 01 | rd', rs2' | sub rd=rd' rs1=rd' rs2=rs2'
    c.addw | 100 1 11 rs1'/rd' 01 rs2' 01 | rd', rs2' | addw rd=rd' rs1=rd' rs2=rs2'
    c.subw | 100 1 11 rs1'/rd' 00 rs2' 01 | rd', rs2' | subw rd=rd' rs1=rd' rs2=rs2'
    """,
    BASE,
)

C.expansions(
    "27.5.5",
    """
    c.nop | 000 imm[5] 00000 imm[4:0] 01 | imm=0 | addi rd=x0 rs1=x0 imm=imm
    """,
    BASE,
)

C.expansions(
    "27.5.6",
    """
    c.ebreak | 100 1 00000 00000 10 | - | ebreak
    """,
    BASE,
)
