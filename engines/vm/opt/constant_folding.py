"""Constant folding: operations on constants are computed; constants move right and together."""

from __future__ import annotations

from typing import Final

from engines.vm.opt.rewriting import rules

RULES: Final = rules("""
    constant-right-add   | i32 i64 | add.T(A, x) => add.T(x, A)
    constant-right-mul   | i32 i64 | mul.T(A, x) => mul.T(x, A)
    constant-right-and   | i32 i64 i1 | and.T(A, x) => and.T(x, A)
    constant-right-or    | i32 i64 i1 | or.T(A, x) => or.T(x, A)
    constant-right-xor   | i32 i64 i1 | xor.T(A, x) => xor.T(x, A)
    constant-right-eq    | i32 i64 | eq.T(A, x) => eq.T(x, A)
    constant-right-ne    | i32 i64 | ne.T(A, x) => ne.T(x, A)
    sub-constant         | i32 i64 | sub.T(x, A) => add.T(x, {-A})
    add-of-add           | i32 i64 | add.T(add.T(x, A), B) => add.T(x, {A + B})
    and-of-and           | i32 i64 | and.T(and.T(x, A), B) => and.T(x, {A & B})
    or-of-or             | i32 i64 | or.T(or.T(x, A), B) => or.T(x, {A | B})
    xor-of-xor           | i32 i64 | xor.T(xor.T(x, A), B) => xor.T(x, {A ^ B})
    shl-of-shl           | i32 i64 | shl.T(shl.T(x, A), B) => shl.T(x, {A + B}) | (A < W) & (B < W) & (A + B < W)
    zext-by-shifts       | -       | lshr.i64(shl.i64(x, 32), 32) => zext.i32.i64(trunc.i64.i32(x))
    zext16-by-shifts     | -       | lshr.i64(shl.i64(x, 48), 48) => and.i64(x, 0xffff)
    sext-by-shifts       | -       | ashr.i64(shl.i64(x, 32), 32) => sext.i32.i64(trunc.i64.i32(x))
    sext16-by-shifts     | -       | ashr.i64(shl.i64(x, 48), 48) => sext16.i64(x)
    sext8-by-shifts      | -       | ashr.i64(shl.i64(x, 56), 56) => sext8.i64(x)
    eq-of-add            | i32 i64 | eq.T(add.T(x, A), B) => eq.T(x, {B - A})
    ne-of-add            | i32 i64 | ne.T(add.T(x, A), B) => ne.T(x, {B - A})
    narrow-add-of-sext   | -       | trunc.i64.i32(add.i64(sext.i32.i64(x), A)) => add.i32(x, {A})
""")
"""`fold` itself, operations on constants alone, needs no rule here: it asks the table's evaluator."""
