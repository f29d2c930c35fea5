# from "a test" \ with 'quotes' """: riscv64, at most 300 instructions
#
# initial state (what is not listed is 0)
#   pc    0x88000008
#   x11   0xffffffffffffffff

.org 0x88000008
    addw t2, a1, a2                      # 0x88000008: 00c583bb
    ebreak                               # 0x8800000c: 00100073

# executed                                      wrong-addw                                    riscv64-reference
# > 0x88000008: addw t2, a1, a2                 x[7] = 0xffffffff                             x[7] = 0xffffffffffffffff

# verdict: diverged in x
#   x[7]: 0xffffffff (wrong-addw), 0xffffffffffffffff (riscv64-reference)
