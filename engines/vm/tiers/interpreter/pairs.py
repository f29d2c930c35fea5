"""Which pairs of instructions get a handler of their own.

One row per pair: the symbols of the two shapes, then the register operands of the second that are what the first wrote.
Mined by single-stepping samples of real programs (the kernels of corpus/programs, lz4, zstd, and a program around
musl's printf, qsort, malloc and strtod), each with and without compressed code, weighted alike; the commonest that do
not begin with a jump.
"""

from __future__ import annotations

from typing import Final

PAIRS: Final = """
lbu_4 lbu_4
addi_4 addi_4
addi_2_o1aso0 addi_2_o1aso0
sb_4 sb_4
fmul_d_4_o3is7 fadd_d_4_o3is7 rs2
ld_4 ld_4
ld_2_o1is2 ld_2_o1is2
sd_2_o0is2 sd_2_o0is2
slli_4 slli_4
slli_2 slli_2
sd_4 sd_4
or_4 or_4
sb_4 addi_2_o1aso0
add_4 add_4
add_4 lbu_4 rs1
lw_4 lw_4
addi_4 bne_4
add_2_o1is0 add_2_o1is0
srli_4 srli_4
lbu_4 sb_4
sd_4 addi_4
slli_4 add_4 rs2
addi_2_o1aso0 bne_4
slli_2 add_2 rs1
fld_4 fld_4
slli_4 or_4 rs1
srli_4 xor_4 rs1
add_4 addi_4
add_2 add_2
ld_4 addi_4
or_4 slli_4
addi_4 beq_4
addi_2_o1aso0 bne_2_o1is0
auipc_4 jalr_4 rs1
add_2 bne_4
fmul_d_4_o3is7 fmul_d_4_o3is7
sd_2_o0is2 addi_2_o1is2
addi_4 jalr_4_o0is0_o2is0
add_4 bne_4
slli_4 or_4
sb_4 addi_4
addi_4 sd_4 rs1
lbu_4 lb_4
lhu_4 lhu_4
srli_4 xor_2_o1aso0 rs2
fsgnj_d_4 bne_4
mul_4 slli_4 rs1
fld_4 addi_4
add_4 lw_4 rs1
fadd_d_4_o3is7 fmul_d_4_o3is7
fadd_d_4_o3is7 fsgnj_d_4
addi_2_o1aso0 sd_2_o0is2 rs1
addi_4 mul_4
add_2 lw_2 rs1
addi_4_o1is0 fadd_d_4_o3is7
fsub_d_4_o3is7 fadd_d_4_o3is7
fmul_d_4_o3is7 addi_4_o1is0
addi_2_o1aso0 fmul_d_4_o3is7
fadd_d_4_o3is7 add_2
fld_2 fld_2
fadd_d_4_o3is7 flt_d_4 rs1
fld_2 addi_2_o1aso0
fadd_d_4_o3is7 add_4
addi_4 fmul_d_4_o3is7
lbu_4 addi_2_o1aso0
lbu_4 addi_4
srliw_4 slli_4
xor_4 mul_4 rs1
lw_4 addi_4
or_4 lbu_4
xor_4 xor_4
ld_2_o1is2 addi_2_o1aso0
andi_4 slli_4 rs1
addi_2_o1aso0 jalr_2_o0is0_o2is0
srli_4 sb_4
slli_4 slli_2
lbu_4 bne_4 rs2
lw_4 srliw_4
andi_4 slli_2 rs1
addi_4 add_4
add_2 addi_2_o1aso0
srliw_4 or_4
add_4 sb_4 rs1
xor_4 slli_4 rs1
lbu_4 slli_2
fld_4 fmul_d_4_o3is7
addi_4 xor_4
mul_4 add_4 rs1
addi_4 beq_4_o1is0
or_2_o1aso0 slli_2
srliw_4 addi_2_o1aso0
mul_4 srli_4 rs1
mul_4 andi_4
beq_4 srli_4
slli_2 or_2_o1aso0 rs1
slli_2 or_2_o1aso0 rs2
sb_4 add_4
sd_4 ld_4
lw_2 lw_2
fmul_d_4_o3is7 fmul_d_4_o3is7 rs2
addi_4 sd_4 rs2
bne_4 addi_2_o1aso0
sw_4 sw_4
or_4 srliw_4
xor_2_o1aso0 mul_4 rs1
mul_4 srli_2_o1aso0 rs1
lbu_4 slli_4
slli_4 xor_4 rs1
xor_4 srli_4 rs1
xor_2_o1aso0 srli_4 rs1
slli_4 xor_2_o1aso0 rs2
addi_2_o1aso0 bne_4 rs1
mul_4 add_2 rs2
addi_2_o1aso0 xor_2_o1aso0
add_4 lbu_4
lui_4 addi_4 rs1
mul_4 mul_4
addi_4 ld_4
sb_4 add_2
slli_4 srli_4
srliw_4 addi_4
add_4 bgeu_4
add_2 addi_4
slli_4 srliw_4
add_4 ld_4 rs1
addi_2_o1aso0 beq_4
add_4 add_4 rs1
fsd_4 fld_4
ld_4 beq_4_o1is0 rs1
addi_4 bne_4 rs1
xor_4 andi_4 rs1
slli_2 srli_2_o1aso0
addi_2_o1aso0 mul_4
xor_2_o1aso0 slli_4 rs1
addi_4 auipc_4
slli_2 or_4
add_2_o1is0 auipc_4
or_2_o1aso0 or_2_o1aso0
sub_4 sd_4 rs1
srli_2_o1aso0 srli_2_o1aso0
lw_2 srliw_4
lhu_4 addi_2_o1aso0
srli_2_o1aso0 mul_4 rs2
flt_d_4 beq_4_o1is0 rs1
addiw_4 addiw_4
slt_4 slt_4
flt_d_4 beq_2_o1is0 rs1
xor_2_o1aso0 andi_4 rs1
add_2 bgeu_4
lui_2 sub_4 rs2
beq_4 addi_4
lbu_4 sb_4 rs2
srli_4 addi_4
srli_4 mul_4 rs2
lhu_4 addi_4
addi_4 addi_4_o1is0
add_4 add_2
lui_4 sub_4 rs2
slli_4 add_4
ld_4 add_4 rs1
add_4 slli_4
beq_4_o1is0 fsub_d_4_o3is7
fadd_d_4_o3is7 addi_4
addi_4 fadd_d_4_o3is7
beq_2_o1is0 fsub_d_4_o3is7
fadd_d_4_o3is7 addi_2_o1aso0
addi_4 bne_4_o1is0
addi_2_o1aso0 fadd_d_4_o3is7
sub_4 ld_4
addi_4 lw_4
add_2_o1is0 add_4
sltu_4 addi_4
addi_2_o1aso0 addi_4
sub_4 ld_4 rs1
or_4 or_2_o1aso0
addi_4 blt_4
addi_4 slli_4
addi_4 addiw_4
sd_4 lwu_4
lwu_4 andi_4 rs1
ld_4 bne_4 rs1
addi_4_o1is0 addi_4_o1is0
sb_4 add_2_o1is0
beq_4 add_2_o1is0
addi_2_o0is2_o1is2 jalr_2_o0is0_o2is0
beq_2_o1is0 beq_2_o1is0
ld_2_o1is2 addi_2_o0is2_o1is2
add_2_o1is0 jalr_2_o0is1_o2is0
add_2 ld_2 rs1
beq_4_o1is0 addi_4
lb_4 slli_2
lbu_4 bne_2_o1is0 rs1
beq_2_o1is0 lbu_4
sub_2_o1aso0 ld_2_o1is2
addi_4 jalr_4
lbu_4 add_4
sw_4 addi_4
beq_4_o1is0 lbu_4
add_2_o1is0 beq_2_o1is0
or_4 bne_4 rs2
subw_4 andi_4 rs1
andi_4 beq_4 rs1
ld_2 beq_2_o1is0 rs1
andi_4 srli_4
add_4 srli_4 rs1
lbu_4 bne_4_o1is0 rs1
ld_2 ld_2
beq_4_o1is0 beq_4_o1is0
beq_2_o1is0 ld_2
bne_4 addi_4
andi_4 srli_2_o1aso0
xor_4 sltu_4 rs2
addiw_4 blt_4
or_2_o1aso0 or_4
srli_4 bne_4_o1is0
xor_2_o1aso0 beq_4
xor_4 beq_4
srli_2_o1aso0 bne_2_o1is0
sltu_4 sltu_4
fmul_d_4_o3is7 fsub_d_4_o3is7 rs2
fsub_d_4_o3is7 fsd_4 rs2
fadd_d_4_o3is7 fsd_4 rs2
add_2_o1is0 blt_4
lw_2 add_2_o1is0
blt_4 addi_4
sd_2 addi_2_o1aso0
slli_2 or_4 rs1
blt_4 add_2_o1is0
addiw_4 addi_4
mul_4 add_2 rs1
addi_4 sltu_4
add_2 lbu_4 rs1
addi_4 sub_4 rs2
ld_4 blt_4
beq_4_o1is0 ld_4
addi_2_o0is2_o1is2 sd_2_o0is2 rs1
addi_2_o1aso0 add_2
add_2_o1is0 sltu_4
srli_4 add_4 rs2
add_2_o1is0 bne_2_o1is0
sd_2 ld_2
ld_2 blt_4
lb_4 slli_4
slli_4 srli_4 rs1
addi_2_o1is0 bltu_4 rs1
bgeu_4 add_4
lw_4 sw_4
addi_2_o1aso0 addiw_2_o1aso0
srli_4 slli_4 rs1
addi_2_o1is0 addi_2_o1is0
addi_4 jal_4_o0is0
slt_4 sub_2_o1aso0 rs1
lw_2 slt_4 rs2
srli_2_o1aso0 addi_4
addi_2_o1is2 lw_2
add_4 ld_4
addi_4_o1is0 addi_4
slli_4 addiw_4
addiw_4 bgeu_4
addi_2_o1is2 add_2_o1is0
bltu_4 addiw_4
or_2_o1aso0 lbu_4
srli_2_o1aso0 slli_4 rs1
lhu_4 ld_4
or_4 or_4 rs1
ld_2 add_2_o1is0
mul_4 add_4
slli_4 add_4 rs1
addi_4 srli_4
sb_4 srli_4
srli_4 add_4
addiw_4 bltu_4
lw_4 slt_4 rs2
slt_4 sub_4 rs1
add_4 or_4
slli_4 lbu_4
addi_4 lui_4
sb_4 lbu_4
beq_2_o1is0 add_2_o1is0
addi_4 bltu_4
lw_2 addi_4
sltu_4 sub_4 rs2
xor_4 add_4
beq_4_o1is0 srli_4
ld_4 add_2 rs1
add_2 srli_4 rs1
addi_4_o1is0 bgeu_4 rs2
subw_4 addiw_4 rs1
srli_2_o1aso0 addi_2_o1aso0
bltu_4 slli_4
addi_4 sd_4
add_2_o1is0 srli_2_o1aso0
fsub_d_4_o3is7 fsub_d_4_o3is7
addi_4 addi_2_o1is0
fadd_d_4_o3is7 fadd_d_4_o3is7 rs1
addi_2_o1aso0 beq_2_o1is0
sb_4 beq_4_o1is0
addi_2_o1aso0 xori_4
sb_4 beq_2_o1is0
beq_2_o1is0 srli_4
ld_2 bne_2_o1is0
xori_4 add_2 rs2
slli_2 or_2_o1aso0
mul_4 bne_4
slli_4 add_2 rs1
ld_4 srli_4
ld_2 srli_2_o1aso0
addi_4 jalr_2_o0is1_o2is0
sub_4 ori_4 rs1
sw_4 add_4
beq_4 addi_2_o1is0
or_4 addi_4
beq_4_o1is0 bne_4
slli_2 srli_2_o1aso0 rs1
addi_2_o1is0 bgeu_4 rs2
beq_4 addi_4_o1is0
andi_4 bltu_4 rs1
add_2 add_2 rs1
lbu_4 add_2
sw_4 add_2
sd_2 add_2_o1is0
srli_2_o1aso0 mul_4 rs1
srli_4 mul_4 rs1
lui_2 addi_4 rs1
addi_2_o1is2 lw_4
add_2_o1is0 ld_2
addi_2_o1aso0 sd_2
fsd_4 fsd_4
mul_4 mulhu_4
bge_4 lbu_4
add_4 subw_4 rs2
sw_4 lw_4
or_2_o1aso0 bne_4 rs2
addi_4_o1is0 bltu_4 rs1
addi_2_o1aso0 bltu_4
addiw_2_o1aso0 addi_2_o1aso0
or_4 add_4
ld_2 add_2 rs1
add_2 subw_4 rs2
slli_4 add_2
or_4 xor_4
add_4 sw_4
lw_4 addi_4 rs1
addi_4 jal_2_o0is0
srli_2_o1aso0 add_2 rs1
beq_4_o1is0 addiw_4
addi_4 lbu_4
sub_4 mul_4
sub_4 sub_4
xor_4 lw_4
"""
