"""Redundant load elimination: memory that was read before, and not written since, need not be read again.

A value that was stored replaces a load only where an earlier load has shown that the address is readable: a page may be
writable and not readable, and then the load must leave.
"""

from __future__ import annotations

from typing import Final

from engines.vm.opt.witness import Witness

WITNESSES: Final = (
    Witness(
        "load-after-load",
        "%0 = get.i64 a\n%1 = load.s32 %0, 8, @0\n%2 = load.s32 %0, 8, @0\n%3 = add.i64 %1, %2\nput.i64 %3, b\n"
        "jump 0x2000, @1, plain",
        "%0 = get.i64 a\n%1 = load.s32 %0, 8, @0\n%2 = add.i64 %1, %1\nput.i64 %2, b\njump 0x2000, @1, plain",
    ),
    Witness(
        "load-after-load-and-store-beside",
        "%0 = get.i64 a\n%1 = load.u8 %0, 3, @0\nstore.32 %0, %1, 4, @0\n%3 = load.u8 %0, 3, @1\nput.i64 %3, b\n"
        "jump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = load.u8 %0, 3, @0\nstore.32 %0, %1, 4, @0\nput.i64 %1, b\njump 0x2000, @2, plain",
    ),
    Witness(
        "load-after-store-to-what-was-loaded",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.i64 %0, 16, @0\nstore.i64 %0, %1, 16, @0\n%4 = load.i64 %0, 16, @1\n"
        "%5 = add.i64 %2, %4\nput.i64 %5, c\njump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.i64 %0, 16, @0\nstore.i64 %0, %1, 16, @0\n%4 = add.i64 %2, %1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
    ),
    Witness(
        "a-store-elsewhere-may-be-here",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.i64 %0, 0, @0\nstore.i64 %1, %2, 0, @0\n%4 = load.i64 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.i64 %0, 0, @0\nstore.i64 %1, %2, 0, @0\n%4 = load.i64 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
    ),
    Witness(
        "a-store-overlaps-by-a-byte",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.i64 %0, 0, @0\nstore.8 %0, %1, 7, @0\n%4 = load.i64 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.i64 %0, 0, @0\nstore.8 %0, %1, 7, @0\n%4 = load.i64 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
    ),
    Witness(
        "a-long-store-reaches-here",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.u8 %0, 0, @0\nstore.i64 %0, %1, -7, @0\n%4 = load.u8 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.u8 %0, 0, @0\nstore.i64 %0, %1, -7, @0\n%4 = load.u8 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
    ),
    Witness(
        "a-narrow-store-gives-no-register",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.s32 %0, 0, @0\nstore.32 %0, %1, 0, @0\n%4 = load.s32 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.s32 %0, 0, @0\nstore.32 %0, %1, 0, @0\n%4 = load.s32 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
    ),
    Witness(
        "a-page-may-be-write-only",
        "%0 = get.i64 a\n%1 = get.i64 b\nstore.i64 %0, %1, 0, @0\n%3 = load.i64 %0, 0, @1\n"
        "put.i64 %3, c\njump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = get.i64 b\nstore.i64 %0, %1, 0, @0\n%3 = load.i64 %0, 0, @1\n"
        "put.i64 %3, c\njump 0x2000, @2, plain",
    ),
    Witness(
        "a-store-ends-where-the-load-begins",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.u8 %0, 8, @0\nstore.i64 %0, %1, 0, @0\n%4 = load.u8 %0, 8, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.u8 %0, 8, @0\nstore.i64 %0, %1, 0, @0\n"
        "put.i64 %2, c\njump 0x2000, @2, plain",
    ),
    Witness(
        "a-store-begins-where-the-load-ends",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.i64 %0, 0, @0\nstore.8 %0, %1, 8, @0\n%4 = load.i64 %0, 0, @1\n"
        "put.i64 %4, c\njump 0x2000, @2, plain",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = load.i64 %0, 0, @0\nstore.8 %0, %1, 8, @0\n"
        "put.i64 %2, c\njump 0x2000, @2, plain",
    ),
)
