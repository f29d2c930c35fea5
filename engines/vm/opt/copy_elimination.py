"""Copy elimination: operations that give one of their operands, or undo each other."""

from __future__ import annotations

from typing import Final

from engines.vm.opt.rewriting import rules

RULES: Final = rules("""
    add-zero             | i32 i64 | add.T(x, 0) => x
    sub-zero             | i32 i64 | sub.T(x, 0) => x
    sub-itself           | i32 i64 | sub.T(x, x) => 0
    or-zero              | i32 i64 i1 | or.T(x, 0) => x
    or-itself            | i32 i64 i1 | or.T(x, x) => x
    xor-zero             | i32 i64 i1 | xor.T(x, 0) => x
    xor-itself           | i32 i64 i1 | xor.T(x, x) => 0
    and-ones             | i32 i64 i1 | and.T(x, -1) => x
    and-zero             | i32 i64 i1 | and.T(x, 0) => 0
    and-itself           | i32 i64 i1 | and.T(x, x) => x
    mul-one              | i32 i64 | mul.T(x, 1) => x
    mul-zero             | i32 i64 | mul.T(x, 0) => 0
    shl-zero             | i32 i64 | shl.T(x, 0) => x
    lshr-zero            | i32 i64 | lshr.T(x, 0) => x
    ashr-zero            | i32 i64 | ashr.T(x, 0) => x
    udiv-one             | i32 i64 | udiv.T(x, 1) => x
    sdiv-one             | i32 i64 | sdiv.T(x, 1) => x
    select-one           | i32 i64 | select.T(1, x, y) => x
    select-zero          | i32 i64 | select.T(0, x, y) => y
    select-itself        | i32 i64 | select.T(c, x, x) => x
    eq-itself            | i32 i64 | eq.T(x, x) => 1
    ne-itself            | i32 i64 | ne.T(x, x) => 0
    ult-itself           | i32 i64 | ult.T(x, x) => 0
    slt-itself           | i32 i64 | slt.T(x, x) => 0
    ule-itself           | i32 i64 | ule.T(x, x) => 1
    sle-itself           | i32 i64 | sle.T(x, x) => 1
    trunc-of-sext        | -       | trunc.i64.i32(sext.i32.i64(x)) => x
    trunc-of-zext        | -       | trunc.i64.i32(zext.i32.i64(x)) => x
    trunc-of-and         | -       | trunc.i64.i32(and.i64(x, A)) => trunc.i64.i32(x) | A & 0xffffffff == 0xffffffff
    and-of-zext          | -       | and.i64(zext.i32.i64(x), A) => zext.i32.i64(x) | A & 0xffffffff == 0xffffffff
    and-of-zext-bit      | -       | and.i64(zext.i1.i64(x), A) => zext.i1.i64(x) | A & 1 == 1
    sext-of-zext-bit     | -       | sext.i32.i64(trunc.i64.i32(zext.i1.i64(x))) => zext.i1.i64(x)
    unbox-of-nanbox      | -       | unbox.f64.f32(nanbox.f32.f64(x)) => x
    low-of-nanbox        | -       | low.f64.f32(nanbox.f32.f64(x)) => x
    bits-of-float.f32    | -       | bits.f32.i32(float.i32.f32(x)) => x
    bits-of-float.f64    | -       | bits.f64.i64(float.i64.f64(x)) => x
    float-of-bits.f32    | -       | float.i32.f32(bits.f32.i32(x)) => x
    float-of-bits.f64    | -       | float.i64.f64(bits.f64.i64(x)) => x
    fneg-of-fneg         | f32 f64 | fneg.T(fneg.T(x)) => x
    fabs-of-fneg         | f32 f64 | fabs.T(fneg.T(x)) => fabs.T(x)
    fabs-of-fabs         | f32 f64 | fabs.T(fabs.T(x)) => fabs.T(x)
    fcopysign-of-itself  | f32 f64 | fcopysign.T(x, x) => x
""")
