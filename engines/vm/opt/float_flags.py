"""Flag elimination: floating-point flags that nobody can see are not raised, and modes are checked once.

The flags are sticky, so raising the same ones twice is raising them once. Between two places where the guest's state
can be seen, flags that a `setflags` overwrites unread are dead.
"""

from __future__ import annotations

from typing import Final

from engines.vm.opt.witness import Witness

WITNESSES: Final = (
    Witness(
        "float-operation-twice",
        "%0 = get.f64 p\n%1 = get.f64 q\n%2 = fadd.f64 %0, %1, dyn\n%3 = fadd.f64 %0, %1, dyn\n"
        "%4 = fmul.f64 %2, %3, rne\nput.f64 %4, q\njump 0x2000, @1, plain",
        "%0 = get.f64 p\n%1 = get.f64 q\n%2 = fadd.f64 %0, %1, dyn\n%3 = fmul.f64 %2, %2, rne\nput.f64 %3, q\n"
        "jump 0x2000, @1, plain",
    ),
    Witness(
        "flags-overwritten-unread",
        "%0 = get.f64 p\n%1 = get.i64 a\n%2 = fsqrt.f64 %0, rne\nput.f64 %2, q\nsetflags %1\njump 0x2000, @1, plain",
        "%0 = get.f64 p\n%1 = get.i64 a\n%2 = fsqrt.f64 %0, rne quiet\nput.f64 %2, q\nsetflags %1\n"
        "jump 0x2000, @1, plain",
    ),
    Witness(
        "setflags-overwritten-unread",
        "%0 = get.i64 a\n%1 = get.i64 b\nsetflags %0\nsetflags %1\njump 0x2000, @1, plain",
        "%0 = get.i64 b\nsetflags %0\njump 0x2000, @1, plain",
    ),
    Witness(
        "quiet-float-operation-unused",
        "%0 = get.f64 p\n%1 = get.i64 a\n%2 = fsqrt.f64 %0, rne\nsetflags %1\njump 0x2000, @1, plain",
        "%0 = get.i64 a\nsetflags %0\njump 0x2000, @1, plain",
    ),
    Witness(
        "checkmode-twice",
        "checkmode @0\n%1 = get.f64 p\n%2 = fadd.f64 %1, %1, dyn\nput.f64 %2, q\ncheckmode @1\n"
        "%5 = fmul.f64 %2, %2, dyn\nput.f64 %5, p\njump 0x2000, @2, plain",
        "checkmode @0\n%1 = get.f64 p\n%2 = fadd.f64 %1, %1, dyn\nput.f64 %2, q\n"
        "%4 = fmul.f64 %2, %2, dyn\nput.f64 %4, p\njump 0x2000, @2, plain",
    ),
    Witness(
        "a-mode-set-in-between",
        "%0 = get.i64 a\ncheckmode @0\nsetmode %0\ncheckmode @1\n%4 = get.f64 p\n%5 = fadd.f64 %4, %4, dyn\n"
        "put.f64 %5, q\njump 0x2000, @2, plain",
        "%0 = get.i64 a\ncheckmode @0\nsetmode %0\ncheckmode @1\n%4 = get.f64 p\n%5 = fadd.f64 %4, %4, dyn\n"
        "put.f64 %5, q\njump 0x2000, @2, plain",
    ),
    Witness(
        "flags-cleared-in-between",
        "%0 = get.f64 p\n%1 = get.i64 a\n%2 = fadd.f64 %0, %0, rne\nsetflags %1\n%4 = fadd.f64 %0, %0, rne\n"
        "%5 = fmul.f64 %2, %4, rne\nput.f64 %5, q\njump 0x2000, @1, plain",
        "%0 = get.f64 p\n%1 = get.i64 a\n%2 = fadd.f64 %0, %0, rne quiet\nsetflags %1\n%4 = fadd.f64 %0, %0, rne\n"
        "%5 = fmul.f64 %2, %4, rne\nput.f64 %5, q\njump 0x2000, @1, plain",
    ),
)
