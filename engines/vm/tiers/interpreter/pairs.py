"""Which pairs of instructions get a handler of their own.

One row per pair: the symbols of the two shapes, then the register operands of the second that are what the first wrote.
Mined by single-stepping samples of real programs (musl's printf, qsort, malloc and strtod; sieve, CRC, SHA-256, LZ,
matrices, a bytecode loop), each with and without compressed code, weighted equally; the commonest that do not begin
with a control transfer.
"""

from __future__ import annotations

from typing import Final

PAIRS: Final = """
addi_4 addi_4
sd_4 sd_4
ld_4 ld_4
ld_2_o1is2 ld_2_o1is2
sd_2_o0is2 sd_2_o0is2
lbu_4 lbu_4
add_4 add_4
srli_4 sb_4
add_2_o1is0 add_2_o1is0
addi_2_o1aso0 addi_2_o1aso0
auipc_4 jalr_4 rs1
sb_4 sb_4
slli_4 add_4 rs2
add_4 lw_4 rs1
sd_4 addi_4
lw_4 addi_4
add_4 add_2
ld_4 addi_4
add_2 lw_2 rs1
add_4 lbu_4 rs1
sb_4 addi_4
addi_4 xor_4
add_4 srli_4 rs1
xor_4 xor_4
add_2 srli_4 rs1
sb_4 beq_4_o1is0
sb_4 beq_2_o1is0
or_4 slli_4
addi_4 sd_4 rs1
addi_4 addiw_4
addi_2_o1aso0 addiw_2_o1aso0
addi_4 jalr_4_o0is0_o2is0
sd_2_o0is2 addi_2_o1is2
srliw_4 addi_4
srliw_4 addi_2_o1aso0
srliw_4 or_4
sb_4 addi_2_o1aso0
lw_4 lw_4
srliw_4 slli_4
slli_4 srliw_4
slli_2 add_2 rs1
andi_4 slli_4 rs1
lw_4 srliw_4
lw_2 srliw_4
addi_2_o1aso0 xor_2_o1aso0
addi_4 slli_4
andi_4 slli_2 rs1
xor_4 andi_4 rs1
xor_2_o1aso0 andi_4 rs1
xor_4 bne_4
lbu_4 xor_4 rs1
xor_2_o1aso0 bne_4
lbu_4 xor_2_o1aso0 rs1
lbu_4 sb_4
addi_4 bne_4 rs1
addi_2_o1aso0 bne_4 rs1
addi_4 auipc_4
addi_4 bne_4
addi_4_o1is0 addi_4_o1is0
addi_4 addi_4_o1is0
slli_4 or_4
addi_2_o1aso0 bne_4
or_4 srliw_4
lbu_4 addi_4
sub_4 sd_4 rs1
lw_4 addi_2_o1aso0
lbu_4 addi_2_o1aso0
addi_2_o0is2_o1is2 jalr_2_o0is0_o2is0
ld_2_o1is2 addi_2_o0is2_o1is2
addi_4 blt_4
lui_4 sub_4 rs2
addi_2_o1aso0 sd_2_o0is2 rs1
addiw_4 addi_4
addi_2_o1is0 addi_2_o1is0
lw_2 addi_2_o1aso0
addi_2_o1aso0 blt_4
addiw_2_o1aso0 addi_2_o1aso0
slt_4 slt_4
addi_4 add_4
add_2 add_2
addiw_4 blt_4
addiw_2_o1aso0 blt_4
lui_2 sub_4 rs2
slli_4 add_2 rs1
addi_4 beq_4
add_2_o1is0 auipc_4
addi_2_o0is2_o1is2 sd_2_o0is2 rs1
addi_2_o1aso0 beq_4
slli_4 or_4 rs1
lbu_4 beq_4_o1is0 rs1
lbu_4 beq_2_o1is0 rs1
addi_4 beq_4 rs1
addi_2_o1aso0 beq_4 rs1
sub_4 ld_4 rs1
addi_4 mul_4
ld_2_o1is2 addi_2_o1aso0
lui_4 addi_4 rs1
addi_2_o1aso0 jalr_2_o0is0_o2is0
lw_2 lw_2
add_4 addi_4
add_4 ld_4
add_4 sb_4 rs1
add_2_o1is0 addi_4
add_2_o1is0 addi_2_o1aso0
addi_4 add_2
addi_2_o1is2 addi_2_o1is0
addi_2_o1aso0 auipc_4
add_2 ld_2_o1is2
addi_4_o1is0 blt_4 rs2
add_2 bltu_4
add_4 bltu_4
addi_2_o1is0 blt_4 rs2
addi_4_o1is0 addi_4
addi_4 ld_4
add_2 addi_2_o1aso0
addi_4 sub_4 rs2
addi_4 lw_4
mul_4 add_4 rs1
sltu_4 sub_4 rs2
slt_4 sub_2_o1aso0 rs1
lw_2 slt_4 rs2
sub_2_o1aso0 ld_2_o1is2
addi_2_o1is2 lw_2
sub_4 ld_4
lw_4 slt_4 rs2
slt_4 sub_4 rs1
ld_2 add_2_o1is0
mul_4 add_2 rs1
sw_4 sw_4
mul_4 mul_4
add_4 add_4 rs1
add_2 lw_4 rs1
addi_2_o1is0 add_2_o1is0
addi_4 lui_4
addi_4 beq_4_o1is0
lbu_4 bne_4 rs2
and_4 xor_4 rs1
sw_4 addi_4
xor_4 and_4
xor_4 lw_4
and_2_o1aso0 xor_4 rs1
sub_4 ori_4 rs1
srli_4 srli_4
addi_2_o1is2 add_2_o1is0
sw_2 addi_2_o1aso0
xor_4 add_4
addi_4 bne_4_o1is0
lbu_4 sb_4 rs2
add_4 lbu_4
add_2_o1is0 jalr_2_o0is1_o2is0
addi_4 addi_2_o1is0
add_2_o1is0 beq_2_o1is0
addi_4_o1is0 bltu_4 rs1
sw_4 blt_4
sw_2 blt_4
sw_4 sw_2
addi_4 jalr_4
xor_2_o1aso0 xor_2_o1aso0
sd_2 addi_2_o1aso0
srli_4 addi_4
add_2 bne_4
sb_4 add_2_o1is0
lw_4 add_4
add_4 srliw_4
xor_4 srliw_4
srliw_4 srliw_4
add_4 bne_4
mul_4 mulhu_4
add_2 add_4
addi_2_o1is0 bltu_4 rs1
"""
