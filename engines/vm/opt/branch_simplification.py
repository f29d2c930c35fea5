"""Branch simplification: conditions without detours, branches without conditions."""

from __future__ import annotations

from typing import Final

from engines.vm.opt.rewriting import rules

RULES: Final = rules("""
    ne-of-zext-bit       | i32 i64 | ne.T(zext.i1.T(c), 0) => c
    eq-of-zext-bit       | i32 i64 | eq.T(zext.i1.T(c), 0) => xor.i1(c, 1)
    eq-one-of-zext-bit   | i32 i64 | eq.T(zext.i1.T(c), 1) => c
    ne-one-of-zext-bit   | i32 i64 | ne.T(zext.i1.T(c), 1) => xor.i1(c, 1)
    not-eq               | i32 i64 | xor.i1(eq.T(x, y), 1) => ne.T(x, y)
    not-ne               | i32 i64 | xor.i1(ne.T(x, y), 1) => eq.T(x, y)
    not-ult              | i32 i64 | xor.i1(ult.T(x, y), 1) => ule.T(y, x)
    not-ule              | i32 i64 | xor.i1(ule.T(x, y), 1) => ult.T(y, x)
    not-slt              | i32 i64 | xor.i1(slt.T(x, y), 1) => sle.T(y, x)
    not-sle              | i32 i64 | xor.i1(sle.T(x, y), 1) => slt.T(y, x)
    not-of-not           | -       | xor.i1(xor.i1(c, 1), 1) => c
    zext-not-of-bit      | -       | xor.i64(zext.i1.i64(c), 1) => zext.i1.i64(xor.i1(c, 1))
    ne-of-sub            | i32 i64 | ne.T(sub.T(x, y), 0) => ne.T(x, y)
    eq-of-sub            | i32 i64 | eq.T(sub.T(x, y), 0) => eq.T(x, y)
    eq-of-xor            | i32 i64 | eq.T(xor.T(x, y), 0) => eq.T(x, y)
    ne-of-xor            | i32 i64 | ne.T(xor.T(x, y), 0) => ne.T(x, y)
    ult-one              | i32 i64 | ult.T(x, 1) => eq.T(x, 0)
    zero-ult             | i32 i64 | ult.T(0, x) => ne.T(x, 0)
    branch-same          | -       | branch(c, P, P, N) => jump(P, N, 0)
    branch-one           | -       | branch(1, P, Q, N) => jump(P, N, 0)
    branch-zero          | -       | branch(0, P, Q, N) => jump(Q, N, 0)
    branch-not           | -       | branch(xor.i1(c, 1), P, Q, N) => branch(c, Q, P, N)
    exitif-one           | -       | exitif(1, P, N) => jump(P, N, 0)
    jumpto-constant      | -       | jumpto(A, N, H) => jump({A}, N, H)
""")
"""`exitif-zero` and `leaveif-zero`, which leave nothing behind, are in `engines.vm.opt.forward`."""
