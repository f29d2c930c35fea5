"""Guest-register caching: inside a block, a guest register is read once and its last value is known.

`dead-put` is sound because a put is visible only where the block may be left.
"""

from __future__ import annotations

from typing import Final

from engines.vm.opt.witness import Witness

WITNESSES: Final = (
    Witness(
        "get-after-get",
        "%0 = get.i64 a\n%1 = get.i64 a\n%2 = add.i64 %0, %1\nput.i64 %2, b\njump 0x2000, @1, plain",
        "%0 = get.i64 a\n%1 = add.i64 %0, %0\nput.i64 %1, b\njump 0x2000, @1, plain",
    ),
    Witness(
        "get-after-put",
        "%0 = get.i64 a\nput.i64 %0, b\n%2 = get.i64 b\nput.i64 %2, c\njump 0x2000, @1, plain",
        "%0 = get.i64 a\nput.i64 %0, b\nput.i64 %0, c\njump 0x2000, @1, plain",
    ),
    Witness(
        "put-of-what-it-holds",
        "%0 = get.i64 a\nput.i64 %0, a\njump 0x2000, @1, plain",
        "jump 0x2000, @1, plain",
    ),
    Witness(
        "dead-put",
        "%0 = get.i64 a\n%1 = get.i64 b\nput.i64 %0, c\nput.i64 %1, c\njump 0x2000, @1, plain",
        "%0 = get.i64 b\nput.i64 %0, c\njump 0x2000, @1, plain",
    ),
    Witness(
        "put-is-visible-where-a-load-may-leave",
        "%0 = get.i64 a\nput.i64 %0, c\n%2 = load.i64 %0, 0, @0\nput.i64 %2, c\njump 0x2000, @1, plain",
        "%0 = get.i64 a\nput.i64 %0, c\n%2 = load.i64 %0, 0, @0\nput.i64 %2, c\njump 0x2000, @1, plain",
    ),
)
