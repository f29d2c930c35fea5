"""The native loop of `draw`: one pass over the cases, all choices of a case at once.

What a word decides is said here and nowhere else. Word `site` of a case is `counter_random`'s: the mixed value of its
key plus (site + 1) * GOLDEN. Compiled when the first batch is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.choices import SLOT_FIELDS, STATE
from fuzz.strategies.riscv64.counter_random import FIRST, GOLDEN, SECOND
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.native_loop import NativeModule
from fuzz.strategies.riscv64.registers import VARIANTS
from harness.contract.layout import MAX_BATCH_CASES

if TYPE_CHECKING:
    from fuzz.strategies.riscv64.draw import Tables
    from fuzz.strategies.riscv64.profiles import Profile

SLOT_SITE: Final = 144
"""Sites of a case: 0 … 7 the case itself, from SLOT_SITE one per slot, and a second one from SLOT_SITE + 256."""
KIND_BITS: Final = 12
INSN_BITS: Final = 10
POOL_BITS: Final = 12
"""Entries of a table of kinds, of a kind's table of instructions, and register files of a pool, as powers of two."""
FILE_BYTES: Final = 256

_SOURCE: Final = """
define internal i64 @word(i64 %key, i64 %site) alwaysinline {
  %next = add i64 %site, 1
  %step = mul i64 %next, <GOLDEN>
  %a = add i64 %key, %step
  %a.high = lshr i64 %a, 30
  %b = xor i64 %a, %a.high
  %c = mul i64 %b, <FIRST>
  %c.high = lshr i64 %c, 27
  %d = xor i64 %c, %c.high
  %e = mul i64 %d, <SECOND>
  %e.high = lshr i64 %e, 31
  %f = xor i64 %e, %e.high
  ret i64 %f
}

; low ... low + span - 1, from the 16 bits of `word` at `shift`
define internal i64 @from_16_bits(i64 %word, i64 %shift, i64 %low, i64 %span) alwaysinline {
  %moved = lshr i64 %word, %shift
  %part = and i64 %moved, 65535
  %product = mul i64 %part, %span
  %share = ashr i64 %product, 16
  %value = add i64 %low, %share
  ret i64 %value
}

; byte `shift` / 8 of `word`, looked up in `table`
define internal i8 @byte_of(ptr %table, i64 %word, i64 %shift) alwaysinline {
  %moved = lshr i64 %word, %shift
  %index = and i64 %moved, 255
  %place = getelementptr i8, ptr %table, i64 %index
  %value = load i8, ptr %place
  ret i8 %value
}

define internal void @put_byte(ptr %array, i64 %index, i8 %value) alwaysinline {
  %place = getelementptr i8, ptr %array, i64 %index
  store i8 %value, ptr %place
  ret void
}

define internal void @put_number(ptr %record, i64 %offset, i64 %value, i1 %wide) alwaysinline {
  %place = getelementptr i8, ptr %record, i64 %offset
  br i1 %wide, label %two, label %one
one:
  %byte = trunc i64 %value to i8
  store i8 %byte, ptr %place
  ret void
two:
  %half = trunc i64 %value to i16
  store i16 %half, ptr %place, align 1
  ret void
}

; The slots of one case, of which column `j` of each array is at `at` + j.
define internal void @draw_slots(i64 %key, i64 %at, i64 %width, ptr %kinds, ptr %insns, ptr %registers, ptr %roundings,
                                 ptr %keep, ptr %add, ptr noalias %kind, ptr noalias %insn, ptr noalias %rd,
                                 ptr noalias %rs1, ptr noalias %rs2, ptr noalias %rs3, ptr noalias %rm,
                                 ptr noalias %length, ptr noalias %aux, ptr noalias %imm) alwaysinline {
entry:
  br label %head
head:
  %j = phi i64 [ 0, %entry ], [ %following, %body ]
  %previous = phi i8 [ 0, %entry ], [ %named, %body ]
  %more = icmp ult i64 %j, %width
  br i1 %more, label %body, label %done
body:
  %i = add i64 %at, %j
  %site = add i64 %j, <SLOT_SITE>
  %first = call i64 @word(i64 %key, i64 %site)
  %other.site = add i64 %j, <SECOND_SITE>
  %second = call i64 @word(i64 %key, i64 %other.site)
  ; kind and instruction
  %low = and i64 %first, 65535
  %choice = lshr i64 %low, <KIND_SHIFT>
  %p.kind = getelementptr i8, ptr %kinds, i64 %choice
  %the.kind = load i8, ptr %p.kind
  call void @put_byte(ptr %kind, i64 %i, i8 %the.kind)
  %wide.kind = zext i8 %the.kind to i64
  %row = shl i64 %wide.kind, <INSN_BITS>
  %moved = lshr i64 %first, 16
  %part = and i64 %moved, 65535
  %column = lshr i64 %part, <INSN_SHIFT>
  %entry.of = or i64 %row, %column
  %p.insn = getelementptr i8, ptr %insns, i64 %entry.of
  %the.insn = load i8, ptr %p.insn
  call void @put_byte(ptr %insn, i64 %i, i8 %the.insn)
  ; Neighbours depend on each other more often than chance: rd feeds the next slot, operands coincide.
  %named = call i8 @byte_of(ptr %registers, i64 %first, i64 32)
  %named.1 = call i8 @byte_of(ptr %registers, i64 %first, i64 40)
  %named.2 = call i8 @byte_of(ptr %registers, i64 %first, i64 48)
  %named.3 = call i8 @byte_of(ptr %registers, i64 %first, i64 56)
  %hazard = lshr i64 %second, 59
  %feeding = and i64 %hazard, 3
  %feeds = icmp eq i64 %feeding, 0
  %one = select i1 %feeds, i8 %previous, i8 %named.1
  %pair = lshr i64 %hazard, 2
  %onto = icmp eq i64 %pair, 0
  %result = select i1 %onto, i8 %one, i8 %named
  %twice = icmp eq i64 %pair, 1
  %two.a = select i1 %twice, i8 %one, i8 %named.2
  %fed = icmp eq i64 %pair, 2
  %two = select i1 %fed, i8 %previous, i8 %two.a
  call void @put_byte(ptr %rd, i64 %i, i8 %result)
  call void @put_byte(ptr %rs1, i64 %i, i8 %one)
  call void @put_byte(ptr %rs2, i64 %i, i8 %two)
  call void @put_byte(ptr %rs3, i64 %i, i8 %named.3)
  %mode.bits = lshr i64 %second, 56
  %mode.index = and i64 %mode.bits, 7
  %mode = call i8 @byte_of(ptr %roundings, i64 %mode.index, i64 0)
  call void @put_byte(ptr %rm, i64 %i, i8 %mode)
  %length.bits = lshr i64 %second, 48
  %the.length = trunc i64 %length.bits to i8
  call void @put_byte(ptr %length, i64 %i, i8 %the.length)
  %aux.bits = lshr i64 %second, 40
  %the.aux = trunc i64 %aux.bits to i8
  call void @put_byte(ptr %aux, i64 %i, i8 %the.aux)
  ; the immediate: random bits & keep[class] + add[class]
  %class.bits = lshr i64 %second, 32
  %class = and i64 %class.bits, 255
  %p.keep = getelementptr i32, ptr %keep, i64 %class
  %the.keep = load i32, ptr %p.keep
  %p.add = getelementptr i32, ptr %add, i64 %class
  %the.add = load i32, ptr %p.add
  %random = trunc i64 %second to i32
  %kept = and i32 %random, %the.keep
  %value = add i32 %kept, %the.add
  %p.imm = getelementptr i32, ptr %imm, i64 %i
  store i32 %value, ptr %p.imm
  %following = add i64 %j, 1
  br label %head
done:
  ret void
}

; The record of one case, without its registers; returns how many slots it uses.
define internal i64 @draw_state(i64 %key, i64 %home, i64 %least.slots, i64 %slots.span, ptr %state) alwaysinline {
  %w2 = call i64 @word(i64 %key, i64 2)
  %w3 = call i64 @word(i64 %key, i64 3)
  %w4 = call i64 @word(i64 %key, i64 4)
  %mode = call i64 @from_16_bits(i64 %w2, i64 0, i64 0, i64 5)
  %some = call i64 @from_16_bits(i64 %w2, i64 16, i64 0, i64 32)
  %any = call i64 @from_16_bits(i64 %w2, i64 32, i64 0, i64 2)
  %flags = mul i64 %some, %any
  %frm = shl i64 %mode, 5
  %fcsr = or i64 %frm, %flags
  call void @put_number(ptr %state, i64 <FCSR>, i64 %fcsr, i1 false)
  %variant = call i64 @from_16_bits(i64 %w2, i64 48, i64 0, i64 <VARIANTS>)
  call void @put_number(ptr %state, i64 <VARIANT>, i64 %variant, i1 false)
  %stack = call i64 @from_16_bits(i64 %w3, i64 0, i64 0, i64 256)
  call void @put_number(ptr %state, i64 <STACK>, i64 %stack, i1 false)
  ; seven of eight bases are multiples of 8
  %base = lshr i64 %w3, 16
  %base.aligned = and i64 %base, -8
  %odd = call i64 @from_16_bits(i64 %w3, i64 48, i64 0, i64 8)
  %aligned = icmp ne i64 %odd, 0
  %the.base = select i1 %aligned, i64 %base.aligned, i64 %base
  call void @put_number(ptr %state, i64 <BASE>, i64 %the.base, i1 true)
  %start = lshr i64 %w3, 32
  call void @put_number(ptr %state, i64 <ENTRY>, i64 %start, i1 true)
  %the.home = and i64 %home, <HOME_MASK>
  call void @put_number(ptr %state, i64 <HOME>, i64 %the.home, i1 true)
  %used = call i64 @from_16_bits(i64 %w4, i64 0, i64 %least.slots, i64 %slots.span)
  call void @put_number(ptr %state, i64 <SLOTS>, i64 %used, i1 false)
  ret i64 %used
}

; Divide the used slots into a main part and at most `most` functions, each begun by a SECTION; returns the main part's
; length.
define internal i64 @place_sections(i64 %key, i64 %used, i64 %most, i64 %at, ptr %kind) alwaysinline {
entry:
  %word = call i64 @word(i64 %key, i64 6)
  %span = add i64 %most, 1
  %functions = call i64 @from_16_bits(i64 %word, i64 0, i64 0, i64 %span)
  %share = call i64 @from_16_bits(i64 %word, i64 16, i64 55, i64 31)
  %some = icmp ugt i64 %functions, 0
  %long = icmp uge i64 %used, 4
  %divided = and i1 %some, %long
  br i1 %divided, label %divide, label %whole
whole:
  ret i64 %used
divide:
  %hundredfold = mul i64 %used, %share
  %main = udiv i64 %hundredfold, 100
  %rest = sub i64 %used, %main
  br label %head
head:
  %ordinal = phi i64 [ 0, %divide ], [ %following, %next ]
  %more = icmp ult i64 %ordinal, %functions
  br i1 %more, label %body, label %done
body:
  %taken = mul i64 %rest, %ordinal
  %before = udiv i64 %taken, %functions
  %slot = add i64 %main, %before
  %inside = icmp ult i64 %slot, %used
  br i1 %inside, label %put, label %next
put:
  %index = add i64 %at, %slot
  call void @put_byte(ptr %kind, i64 %index, i8 <SECTION>)
  br label %next
next:
  %following = add i64 %ordinal, 1
  br label %head
done:
  ret i64 %main
}

; Draw `count` cases. `home` is that of the first.
define i64 @draw_cases(ptr %keys, i64 %count, i64 %home, i64 %width, i64 %least.slots, i64 %slots.span,
                        i64 %functions, i64 %trap.percent, ptr %kinds, ptr %traps, ptr %insns, ptr %registers,
                        ptr %roundings, ptr %keep, ptr %add, ptr %integers, ptr %floats, ptr noalias %states,
                        ptr noalias %kind, ptr noalias %insn, ptr noalias %rd, ptr noalias %rs1, ptr noalias %rs2,
                        ptr noalias %rs3, ptr noalias %rm, ptr noalias %length, ptr noalias %aux, ptr noalias %imm) {
entry:
  br label %head
head:
  %case = phi i64 [ 0, %entry ], [ %following, %next ]
  %more = icmp ult i64 %case, %count
  br i1 %more, label %body, label %done
body:
  %p.key = getelementptr i64, ptr %keys, i64 %case
  %key = load i64, ptr %p.key
  %at = mul i64 %case, %width
  call void @draw_slots(i64 %key, i64 %at, i64 %width, ptr %kinds, ptr %insns, ptr %registers, ptr %roundings,
                        ptr %keep, ptr %add, ptr %kind, ptr %insn, ptr %rd, ptr %rs1, ptr %rs2, ptr %rs3, ptr %rm,
                        ptr %length, ptr %aux, ptr %imm)
  %offset = mul i64 %case, <STATE_BYTES>
  %state = getelementptr i8, ptr %states, i64 %offset
  %home.sum = add i64 %home, %case
  %used = call i64 @draw_state(i64 %key, i64 %home.sum, i64 %least.slots, i64 %slots.span, ptr %state)
  ; the registers: one file of each pool
  %picks = call i64 @word(i64 %key, i64 5)
  %x.file = and i64 %picks, <POOL_MASK>
  %x.offset = mul i64 %x.file, <FILE_BYTES>
  %x.source = getelementptr i8, ptr %integers, i64 %x.offset
  %x.target = getelementptr i8, ptr %state, i64 <X>
  call void @llvm.memcpy.p0.p0.i64(ptr align 1 %x.target, ptr align 8 %x.source, i64 <FILE_BYTES>, i1 false)
  %f.pick = lshr i64 %picks, <POOL_BITS>
  %f.file = and i64 %f.pick, <POOL_MASK>
  %f.offset = mul i64 %f.file, <FILE_BYTES>
  %f.source = getelementptr i8, ptr %floats, i64 %f.offset
  %f.target = getelementptr i8, ptr %state, i64 <F>
  call void @llvm.memcpy.p0.p0.i64(ptr align 1 %f.target, ptr align 8 %f.source, i64 <FILE_BYTES>, i1 false)
  %main = call i64 @place_sections(i64 %key, i64 %used, i64 %functions, i64 %at, ptr %kind)
  ; a slot of the main part that traps
  %word = call i64 @word(i64 %key, i64 7)
  %percent = call i64 @from_16_bits(i64 %word, i64 0, i64 0, i64 100)
  %traps.here = icmp ult i64 %percent, %trap.percent
  br i1 %traps.here, label %trap, label %next
trap:
  %slot = call i64 @from_16_bits(i64 %word, i64 16, i64 0, i64 %main)
  %which.bits = lshr i64 %word, 32
  %which = and i64 %which.bits, <KIND_MASK>
  %p.trap = getelementptr i8, ptr %traps, i64 %which
  %the.trap = load i8, ptr %p.trap
  %index = add i64 %at, %slot
  call void @put_byte(ptr %kind, i64 %index, i8 %the.trap)
  br label %next
next:
  %following = add i64 %case, 1
  br label %head
done:
  ret i64 %count
}

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


@cache
def _loop() -> NativeModule:
    assert STATE.fields is not None
    numbers: dict[str, int] = {"GOLDEN": GOLDEN, "FIRST": int(FIRST), "SECOND": int(SECOND), "SLOT_SITE": SLOT_SITE}
    numbers |= {"SECOND_SITE": SLOT_SITE + 256, "KIND_SHIFT": 16 - KIND_BITS, "INSN_SHIFT": 16 - INSN_BITS}
    numbers |= {"INSN_BITS": INSN_BITS, "KIND_MASK": (1 << KIND_BITS) - 1, "SECTION": Kind.SECTION}
    numbers |= {"POOL_BITS": POOL_BITS, "POOL_MASK": (1 << POOL_BITS) - 1, "FILE_BYTES": FILE_BYTES}
    numbers |= {"VARIANTS": VARIANTS, "STATE_BYTES": STATE.itemsize, "HOME_MASK": MAX_BATCH_CASES - 1}
    numbers |= {name.upper(): int(field[1]) for name, field in STATE.fields.items()}
    return NativeModule(_SOURCE, numbers, ("draw_cases",))


def draw_cases(
    keys: NDArray[np.uint64],
    home: int,
    profile: Profile,
    tables: Tables,
    files: tuple[NDArray[np.uint64], NDArray[np.uint64]],
    slots: Mapping[str, NDArray[Any]],
    state: NDArray[np.void],
) -> None:
    """Draw the choices of the cases with `keys` into `slots` and `state`, contiguous arrays of as many rows.

    Args:
        home: of the first; each next one has the next.
        files: integer and floating-point register files to pick from, `1 << POOL_BITS` of each.
    """
    least, most = profile.slots
    _loop().call(
        "draw_cases",
        *(keys, len(keys), home, most, least, most - least + 1, profile.functions, profile.trap_percent),
        *(tables.kinds, tables.traps, tables.insns, tables.registers, tables.rounding, tables.keep, tables.add),
        *(*files, state, *(slots[name] for name in SLOT_FIELDS)),
    )
