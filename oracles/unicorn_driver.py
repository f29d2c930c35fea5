"""The native loop around Unicorn: many cases per call, no Python per case.

Unicorn takes callbacks by C function pointer, so the loop and its callbacks are written in LLVM's textual IR and
compiled by llvmlite when the oracle is first used. The loop loads a case's state, restores the data window, starts the
emulator, and stores what came out; the callbacks note which trap ended the case. Everything passes through one block of
64-bit words, the control block, whose indices are `Control`.

Python's only part while the loop runs is a watchdog thread: it calls `uc_emu_stop` when the case number stands still.
"""

from __future__ import annotations

import ctypes
from enum import IntEnum
from typing import Any, Final

ENGINE_FUNCTIONS: Final = (
    "uc_emu_start",
    "uc_emu_stop",
    "uc_hook_add",
    "uc_hook_del",
    "uc_reg_read",
    "uc_reg_read_batch",
    "uc_reg_write",
    "uc_reg_write_batch",
)


class Control(IntEnum):
    """Words of the control block."""

    CASE = 0
    """Index of the case that runs; the watchdog reads it."""
    EVENT = 1
    """What ended the case: a member of `Event`."""
    NUMBER = 2
    """INTERRUPT: Unicorn's exception number. MEMORY: Unicorn's `uc_mem_type`."""
    ADDRESS = 3
    """MEMORY: the address that Unicorn names."""
    RETIRED = 4
    """Instructions retired before the current block (block counting) or so far (instruction counting)."""
    LIMIT = 5
    """Stop before more than this many instructions have retired."""
    BLOCK_ADDRESS = 6
    """Where the current block starts."""
    BLOCK_BYTES = 7
    BLOCK_INSNS = 8
    CODE_BIAS = 9
    """Host address minus guest address of the code arena: block counting reads instruction lengths there."""
    PENDING = 10
    """1 + the register whose result must be boxed once the current instruction is done; 0 for none."""
    RESTORE_1 = 11
    """1 + the operand register that holds the canonical NaN in place of SAVED_1; 0 for none."""
    SAVED_1 = 12
    RESTORE_2 = 13
    SAVED_2 = 14
    REGISTER = 15
    WORDS = 16


class Event(IntEnum):
    """How Unicorn left a case."""

    NONE = 0
    """Neither a trap nor the limit: the watchdog stopped it, or Unicorn returned an error of its own."""
    INTERRUPT = 1
    BREAKPOINT = 2
    MEMORY = 3
    LIMIT = 4
    MISALIGNED_SC = 5


_CALLBACKS = """
; Unicorn reports most exceptions here. `number` is the cause as the privileged manual numbers it.
define void @on_interrupt(ptr %uc, i32 %number, ptr %control) {
  %event = getelementptr i64, ptr %control, i64 <EVENT>
  store i64 <INTERRUPT>, ptr %event
  %slot = getelementptr i64, ptr %control, i64 <NUMBER>
  %wide = zext i32 %number to i64
  store i64 %wide, ptr %slot
  %status = call i32 @uc_emu_stop(ptr %uc)
  ret void
}

; ebreak comes through the invalid-instruction callback; answering false makes Unicorn stop.
define zeroext i1 @on_breakpoint(ptr %uc, ptr %control) {
  %event = getelementptr i64, ptr %control, i64 <EVENT>
  store i64 <BREAKPOINT>, ptr %event
  ret i1 false
}

define zeroext i1 @on_memory(ptr %uc, i32 %type, i64 %address, i32 %size, i64 %value, ptr %control) {
  %event = getelementptr i64, ptr %control, i64 <EVENT>
  store i64 <MEMORY>, ptr %event
  %slot = getelementptr i64, ptr %control, i64 <NUMBER>
  %wide = zext i32 %type to i64
  store i64 %wide, ptr %slot
  %where = getelementptr i64, ptr %control, i64 <ADDRESS>
  store i64 %address, ptr %where
  ret i1 false
}

; Instructions in `bytes` bytes at guest address `address`: 4 bytes long when the two low bits are set, else 2.
define internal i64 @count_insns(ptr %control, i64 %address, i64 %bytes) {
entry:
  %slot = getelementptr i64, ptr %control, i64 <CODE_BIAS>
  %bias = load i64, ptr %slot
  %host = add i64 %address, %bias
  %end = add i64 %host, %bytes
  br label %head
head:
  %at = phi i64 [ %host, %entry ], [ %next, %body ]
  %count = phi i64 [ 0, %entry ], [ %more, %body ]
  %inside = icmp ult i64 %at, %end
  br i1 %inside, label %body, label %done
body:
  %pointer = inttoptr i64 %at to ptr
  %low = load i8, ptr %pointer
  %bits = and i8 %low, 3
  %long = icmp eq i8 %bits, 3
  %length = select i1 %long, i64 4, i64 2
  %next = add i64 %at, %length
  %more = add i64 %count, 1
  br label %head
done:
  ret i64 %count
}

; Block counting: the previous block is complete, the one at `address` begins. Stop when it could pass the limit.
define void @on_block(ptr %uc, i64 %address, i32 %bytes, ptr %control) {
  %p.retired = getelementptr i64, ptr %control, i64 <RETIRED>
  %p.insns = getelementptr i64, ptr %control, i64 <BLOCK_INSNS>
  %p.address = getelementptr i64, ptr %control, i64 <BLOCK_ADDRESS>
  %p.bytes = getelementptr i64, ptr %control, i64 <BLOCK_BYTES>
  %p.limit = getelementptr i64, ptr %control, i64 <LIMIT>
  %before = load i64, ptr %p.retired
  %previous = load i64, ptr %p.insns
  %retired = add i64 %before, %previous
  %wide = zext i32 %bytes to i64
  %insns = call i64 @count_insns(ptr %control, i64 %address, i64 %wide)
  store i64 %retired, ptr %p.retired
  store i64 %insns, ptr %p.insns
  store i64 %address, ptr %p.address
  store i64 %wide, ptr %p.bytes
  %limit = load i64, ptr %p.limit
  %reach = add i64 %retired, %insns
  %over = icmp ugt i64 %reach, %limit
  br i1 %over, label %stop, label %go
stop:
  %event = getelementptr i64, ptr %control, i64 <EVENT>
  store i64 <LIMIT_EVENT>, ptr %event
  %status = call i32 @uc_emu_stop(ptr %uc)
  ret void
go:
  ret void
}

; Instruction counting: called before each instruction. RETIRED counts those that were begun and were not the last.
define void @on_instruction(ptr %uc, i64 %address, i32 %bytes, ptr %control) {
  %p.retired = getelementptr i64, ptr %control, i64 <RETIRED>
  %p.insns = getelementptr i64, ptr %control, i64 <BLOCK_INSNS>
  %p.address = getelementptr i64, ptr %control, i64 <BLOCK_ADDRESS>
  %p.bytes = getelementptr i64, ptr %control, i64 <BLOCK_BYTES>
  %p.limit = getelementptr i64, ptr %control, i64 <LIMIT>
  %before = load i64, ptr %p.retired
  %previous = load i64, ptr %p.insns
  %retired = add i64 %before, %previous
  %wide = zext i32 %bytes to i64
  store i64 %retired, ptr %p.retired
  store i64 %address, ptr %p.address
  store i64 %wide, ptr %p.bytes
  %limit = load i64, ptr %p.limit
  %over = icmp uge i64 %retired, %limit
  br i1 %over, label %stop, label %go
stop:
  store i64 0, ptr %p.insns
  %event = getelementptr i64, ptr %control, i64 <EVENT>
  store i64 <LIMIT_EVENT>, ptr %event
  %status = call i32 @uc_emu_stop(ptr %uc)
  ret void
go:
  store i64 1, ptr %p.insns
  ret void
}
"""

_BOXING = """
; Called before FMV.W.X and FSGNJ[N|X].S, and before the instruction behind each: finish the former, prepare the latter.
; Called before SC: a misaligned address ends the case.
define void @on_watched(ptr %uc, i64 %address, i32 %bytes, ptr %control) {
entry:
  call void @finish_boxing(ptr %uc, ptr %control)
  %p.event = getelementptr i64, ptr %control, i64 <EVENT>
  %event = load i64, ptr %p.event
  %stopped = icmp eq i64 %event, <LIMIT_EVENT>
  br i1 %stopped, label %done, label %look
look:
  %p.bias = getelementptr i64, ptr %control, i64 <CODE_BIAS>
  %bias = load i64, ptr %p.bias
  %host = add i64 %address, %bias
  %pointer = inttoptr i64 %host to ptr
  %bits = load i32, ptr %pointer, align 2
  %move.bits = and i32 %bits, <FMV_W_X_MASK>
  %move = icmp eq i32 %move.bits, <FMV_W_X>
  br i1 %move, label %prepare, label %sign
sign:
  %sign.bits = and i32 %bits, <FSGNJ_S_MASK>
  %family = icmp eq i32 %sign.bits, <FSGNJ_S>
  %funct3.field = lshr i32 %bits, 12
  %funct3 = and i32 %funct3.field, 7
  %defined = icmp ult i32 %funct3, 3
  %inject = and i1 %family, %defined
  br i1 %inject, label %exchange, label %conditional
conditional:
  %sc.bits = and i32 %bits, <SC_MASK>
  %is.sc = icmp eq i32 %sc.bits, <SC>
  br i1 %is.sc, label %align, label %done
align:
  %base.field = lshr i32 %bits, 15
  %base = and i32 %base.field, 31
  %base.name = add i32 %base, <X0>
  %p.base = getelementptr i64, ptr %control, i64 <REGISTER>
  %read.base = call i32 @uc_reg_read(ptr %uc, i32 %base.name, ptr %p.base)
  %sc.address = load i64, ptr %p.base
  %is.word = icmp eq i32 %funct3, 2
  %low.bits = select i1 %is.word, i64 3, i64 7
  %excess = and i64 %sc.address, %low.bits
  %aligned = icmp eq i64 %excess, 0
  br i1 %aligned, label %done, label %misaligned
misaligned:
  store i64 <MISALIGNED_SC>, ptr %p.event
  %sc.status = call i32 @uc_emu_stop(ptr %uc)
  br label %done
exchange:
  %rs1.field = lshr i32 %bits, 15
  %rs1 = and i32 %rs1.field, 31
  call void @exchange_unboxed(ptr %uc, ptr %control, i32 %rs1, i64 <RESTORE_1>)
  %rs2.field = lshr i32 %bits, 20
  %rs2 = and i32 %rs2.field, 31
  call void @exchange_unboxed(ptr %uc, ptr %control, i32 %rs2, i64 <RESTORE_2>)
  br label %prepare
prepare:
  %rd.field = lshr i32 %bits, 7
  %rd = and i32 %rd.field, 31
  %one.more = add i32 %rd, 1
  %pending = zext i32 %one.more to i64
  %p.pending = getelementptr i64, ptr %control, i64 <PENDING>
  store i64 %pending, ptr %p.pending
  br label %done
done:
  ret void
}

; Where f`register` is not boxed: keep it in the words at `slot`, and put the canonical NaN in its place.
define internal void @exchange_unboxed(ptr %uc, ptr %control, i32 %register, i64 %slot) {
entry:
  %p.value = getelementptr i64, ptr %control, i64 <REGISTER>
  %name = add i32 %register, <F0>
  %read = call i32 @uc_reg_read(ptr %uc, i32 %name, ptr %p.value)
  %value = load i64, ptr %p.value
  %upper = lshr i64 %value, 32
  %boxed = icmp eq i64 %upper, 4294967295
  br i1 %boxed, label %done, label %exchange
exchange:
  %p.restore = getelementptr i64, ptr %control, i64 %slot
  %one.more = add i32 %register, 1
  %restore = zext i32 %one.more to i64
  store i64 %restore, ptr %p.restore
  %p.saved = getelementptr i64, ptr %p.restore, i64 1
  store i64 %value, ptr %p.saved
  store i64 <BOXED_NAN>, ptr %p.value
  %wrote = call i32 @uc_reg_write(ptr %uc, i32 %name, ptr %p.value)
  br label %done
done:
  ret void
}

; Box the result that is pending, and give the exchanged operands their values back unless one of them is the result.
define internal void @finish_boxing(ptr %uc, ptr %control) {
entry:
  %p.pending = getelementptr i64, ptr %control, i64 <PENDING>
  %pending = load i64, ptr %p.pending
  %none = icmp eq i64 %pending, 0
  br i1 %none, label %done, label %finish
finish:
  call void @restore_operand(ptr %uc, ptr %control, i64 <RESTORE_1>, i64 %pending)
  call void @restore_operand(ptr %uc, ptr %control, i64 <RESTORE_2>, i64 %pending)
  %p.value = getelementptr i64, ptr %control, i64 <REGISTER>
  %short = trunc i64 %pending to i32
  %name = add i32 %short, <F0_LESS_1>
  %read = call i32 @uc_reg_read(ptr %uc, i32 %name, ptr %p.value)
  %value = load i64, ptr %p.value
  %boxed = or i64 %value, -4294967296
  store i64 %boxed, ptr %p.value
  %wrote = call i32 @uc_reg_write(ptr %uc, i32 %name, ptr %p.value)
  store i64 0, ptr %p.pending
  br label %done
done:
  ret void
}

define internal void @restore_operand(ptr %uc, ptr %control, i64 %slot, i64 %pending) {
entry:
  %p.restore = getelementptr i64, ptr %control, i64 %slot
  %restore = load i64, ptr %p.restore
  store i64 0, ptr %p.restore
  %none = icmp eq i64 %restore, 0
  %is.result = icmp eq i64 %restore, %pending
  %keep = or i1 %none, %is.result
  br i1 %keep, label %done, label %write
write:
  %short = trunc i64 %restore to i32
  %name = add i32 %short, <F0_LESS_1>
  %p.saved = getelementptr i64, ptr %p.restore, i64 1
  %wrote = call i32 @uc_reg_write(ptr %uc, i32 %name, ptr %p.saved)
  br label %done
done:
  ret void
}
"""

_LOOP = """
; Run cases `first` to `last` - 1.
;   names, values   the registers written and read per case, `count` of them: x0-x31, f0-f31, fcsr; the last of the
;                   `written` is the privilege level, whose writing also ends the reservation
;   record          the words that `values` points into, laid out as the state record: pc, x, f, fcsr; then 0 (U-mode)
;   initial, final  arrays of state records
;   window          the data window in host memory; `memory` its initial contents, `stride` bytes from case to case
;   ends            per case: event, number, address, retired, engine status
;   watch.from, watch.to   per case: its part of `watched`, the addresses that `on_watched` must see
define void @run_cases(ptr %uc, ptr %control, i64 %first, i64 %last,
                       ptr %names, ptr %values, i32 %written, i32 %count, ptr %record, ptr %initial, ptr %final,
                       ptr %window, ptr %memory, i64 %stride, ptr %after, ptr %ends, i32 %pc_name,
                       ptr %watch.from, ptr %watch.to, ptr %watched) {
entry:
  %hooks = alloca i64, i64 <HOOKS_PER_CASE>
  %p.case = getelementptr i64, ptr %control, i64 <CASE>
  %p.event = getelementptr i64, ptr %control, i64 <EVENT>
  %p.number = getelementptr i64, ptr %control, i64 <NUMBER>
  %p.address = getelementptr i64, ptr %control, i64 <ADDRESS>
  %p.retired = getelementptr i64, ptr %control, i64 <RETIRED>
  %p.block = getelementptr i64, ptr %control, i64 <BLOCK_ADDRESS>
  %p.bytes = getelementptr i64, ptr %control, i64 <BLOCK_BYTES>
  %p.insns = getelementptr i64, ptr %control, i64 <BLOCK_INSNS>
  br label %head
head:
  %case = phi i64 [ %first, %entry ], [ %following, %store_end ]
  %more = icmp ult i64 %case, %last
  br i1 %more, label %start, label %done
start:
  store volatile i64 %case, ptr %p.case
  %row = mul i64 %case, <RECORD_BYTES>
  %source = getelementptr i8, ptr %initial, i64 %row
  call void @llvm.memcpy.p0.p0.i64(ptr %record, ptr %source, i64 <RECORD_BYTES>, i1 false)
  %p.x0 = getelementptr i64, ptr %record, i64 1
  store i64 0, ptr %p.x0
  %skip = mul i64 %case, %stride
  %contents = getelementptr i8, ptr %memory, i64 %skip
  call void @llvm.memcpy.p0.p0.i64(ptr %window, ptr %contents, i64 <WINDOW_BYTES>, i1 false)
  store i64 0, ptr %p.event
  store i64 0, ptr %p.number
  store i64 0, ptr %p.address
  store i64 0, ptr %p.retired
  store i64 0, ptr %p.block
  store i64 0, ptr %p.bytes
  store i64 0, ptr %p.insns
  %p.watch = getelementptr i64, ptr %watch.from, i64 %case
  %watch.first = load i64, ptr %p.watch
  %p.watch.end = getelementptr i64, ptr %watch.to, i64 %case
  %watch.last = load i64, ptr %p.watch.end
  br label %watch
watch:
  %watch.at = phi i64 [ %watch.first, %start ], [ %watch.next, %watch.one ]
  %watch.more = icmp ult i64 %watch.at, %watch.last
  br i1 %watch.more, label %watch.one, label %go
watch.one:
  %p.place = getelementptr i64, ptr %watched, i64 %watch.at
  %place = load i64, ptr %p.place
  %hook.index = sub i64 %watch.at, %watch.first
  %p.hook = getelementptr i64, ptr %hooks, i64 %hook.index
  %added = call i32 (ptr, ptr, i32, ptr, ptr, i64, i64, ...) @uc_hook_add(
      ptr %uc, ptr %p.hook, i32 <HOOK_CODE>, ptr @on_watched, ptr %control, i64 %place, i64 %place)
  %watch.next = add i64 %watch.at, 1
  br label %watch
go:
  %pc = load i64, ptr %record
  %wrote = call i32 @uc_reg_write_batch(ptr %uc, ptr %names, ptr %values, i32 %written)
  %status = call i32 @uc_emu_start(ptr %uc, i64 %pc, i64 0, i64 0, i64 0)
  call void @finish_boxing(ptr %uc, ptr %control)
  %hooked = sub i64 %watch.last, %watch.first
  br label %unwatch
unwatch:
  %unwatch.at = phi i64 [ 0, %go ], [ %unwatch.next, %unwatch.one ]
  %unwatch.more = icmp ult i64 %unwatch.at, %hooked
  br i1 %unwatch.more, label %unwatch.one, label %spill
unwatch.one:
  %p.unhook = getelementptr i64, ptr %hooks, i64 %unwatch.at
  %unhook = load i64, ptr %p.unhook
  %removed = call i32 @uc_hook_del(ptr %uc, i64 %unhook)
  %unwatch.next = add i64 %unwatch.at, 1
  br label %unwatch
spill:
  %read = call i32 @uc_reg_read_batch(ptr %uc, ptr %names, ptr %values, i32 %count)
  %read.pc = call i32 @uc_reg_read(ptr %uc, i32 %pc_name, ptr %record)
  %event = load i64, ptr %p.event
  %interrupt = icmp eq i64 %event, <INTERRUPT>
  br i1 %interrupt, label %back, label %settle
back:
  ; Unicorn moves the pc four bytes on before it calls the interrupt callback, whatever the instruction's length.
  %moved = load i64, ptr %record
  %trapped = sub i64 %moved, 4
  store i64 %trapped, ptr %record
  br label %settle
settle:
  %target = getelementptr i8, ptr %final, i64 %row
  call void @llvm.memcpy.p0.p0.i64(ptr %target, ptr %record, i64 <RECORD_BYTES>, i1 false)
  %window.row = mul i64 %case, <WINDOW_BYTES>
  %left = getelementptr i8, ptr %after, i64 %window.row
  call void @llvm.memcpy.p0.p0.i64(ptr %left, ptr %window, i64 <WINDOW_BYTES>, i1 false)
  ; Retired: whole blocks, and the part of the last block before the trapping instruction.
  %whole = load i64, ptr %p.retired
  %block = load i64, ptr %p.block
  %bytes = load i64, ptr %p.bytes
  %insns = load i64, ptr %p.insns
  %end.pc = load i64, ptr %record
  %offset = sub i64 %end.pc, %block
  %within = icmp ult i64 %offset, %bytes
  %at.start = icmp eq i64 %offset, 0
  %inside = or i1 %within, %at.start
  br i1 %inside, label %partial, label %complete
partial:
  %part = call i64 @count_insns(ptr %control, i64 %block, i64 %offset)
  br label %store_end
complete:
  br label %store_end
store_end:
  %tail = phi i64 [ %part, %partial ], [ %insns, %complete ]
  %retired = add i64 %whole, %tail
  %number = load i64, ptr %p.number
  %address = load i64, ptr %p.address
  %wide = sext i32 %status to i64
  %end.row = mul i64 %case, 5
  %e0 = getelementptr i64, ptr %ends, i64 %end.row
  store i64 %event, ptr %e0
  %e1 = getelementptr i64, ptr %e0, i64 1
  store i64 %number, ptr %e1
  %e2 = getelementptr i64, ptr %e0, i64 2
  store i64 %address, ptr %e2
  %e3 = getelementptr i64, ptr %e0, i64 3
  store i64 %retired, ptr %e3
  %e4 = getelementptr i64, ptr %e0, i64 4
  store i64 %wide, ptr %e4
  %following = add i64 %case, 1
  br label %head
done:
  ret void
}

; Copy (or, where `clear` is 1, zero) each case's code in the arena.
;   code, stride    the batch's code rows; lengths, addresses per case; bias as in the control block
define void @place_code(ptr %code, i64 %stride, ptr %lengths, ptr %addresses, i64 %bias, i64 %cases, i1 %clear) {
entry:
  br label %head
head:
  %case = phi i64 [ 0, %entry ], [ %following, %next ]
  %more = icmp ult i64 %case, %cases
  br i1 %more, label %body, label %done
body:
  %p.length = getelementptr i32, ptr %lengths, i64 %case
  %short = load i32, ptr %p.length
  %length = zext i32 %short to i64
  %p.address = getelementptr i64, ptr %addresses, i64 %case
  %address = load i64, ptr %p.address
  %host = add i64 %address, %bias
  %target = inttoptr i64 %host to ptr
  br i1 %clear, label %zero, label %copy
zero:
  call void @llvm.memset.p0.i64(ptr %target, i8 0, i64 %length, i1 false)
  br label %next
copy:
  %row = mul i64 %case, %stride
  %source = getelementptr i8, ptr %code, i64 %row
  call void @llvm.memcpy.p0.p0.i64(ptr %target, ptr %source, i64 %length, i1 false)
  br label %next
next:
  %following = add i64 %case, 1
  br label %head
done:
  ret void
}

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare i32 @uc_emu_start(ptr, i64, i64, i64, i64)
declare i32 @uc_emu_stop(ptr)
declare i32 @uc_reg_write_batch(ptr, ptr, ptr, i32)
declare i32 @uc_reg_read_batch(ptr, ptr, ptr, i32)
declare i32 @uc_reg_read(ptr, i32, ptr)
declare i32 @uc_reg_write(ptr, i32, ptr)
declare i32 @uc_hook_add(ptr, ptr, i32, ptr, ptr, i64, i64, ...)
declare i32 @uc_hook_del(ptr, i64)
"""

END_WORDS: Final = 5
"""64-bit words per case in `ends`."""


FMV_W_X: Final = (0xF000_0053, 0xFFF0_707F)
"""FMV.W.X: (bits, mask), unprivileged manual, instruction set listings."""
FSGNJ_S: Final = (0x2000_0053, 0xFE00_007F)
"""FSGNJ.S, FSGNJN.S and FSGNJX.S (funct3 0, 1, 2), and their reserved siblings (3 to 7), which are left alone."""
SC: Final = (0x1800_202F, 0xF800_607F)
"""SC.W and SC.D."""
HOOKS_PER_CASE: Final = 512
"""At most so many addresses of one case are watched."""
_BOXED_NAN: Final = 0xFFFF_FFFF_7FC0_0000


def driver_source(record_bytes: int, window_bytes: int, register_x0: int, register_f0: int, hook_code: int) -> str:
    """The driver as LLVM IR text.

    Args:
        record_bytes, window_bytes: sizes of a state record and of the data window.
        register_x0, register_f0, hook_code: Unicorn's numbers for these and for the per-instruction callback.
    """
    numbers = {control.name: int(control) for control in Control}
    numbers |= {event.name: int(event) for event in Event if event is not Event.LIMIT}
    numbers |= {"LIMIT_EVENT": int(Event.LIMIT), "RECORD_BYTES": record_bytes, "WINDOW_BYTES": window_bytes}
    numbers |= {"F0": register_f0, "F0_LESS_1": register_f0 - 1, "HOOK_CODE": hook_code, "BOXED_NAN": _BOXED_NAN}
    numbers |= {"FMV_W_X": FMV_W_X[0], "FMV_W_X_MASK": FMV_W_X[1], "FSGNJ_S": FSGNJ_S[0], "FSGNJ_S_MASK": FSGNJ_S[1]}
    numbers |= {"SC": SC[0], "SC_MASK": SC[1], "X0": register_x0}
    numbers |= {"HOOKS_PER_CASE": HOOKS_PER_CASE}
    source = _CALLBACKS + _BOXING + _LOOP
    for name, number in numbers.items():
        source = source.replace(f"<{name}>", str(number))
    return source


class Driver:
    """The compiled driver, bound to the Unicorn library whose functions it calls.

    Attributes:
        on_interrupt, on_breakpoint, on_memory, on_block, on_instruction: addresses, for `uc_hook_add`.
        run_cases, place_code: callable; their parameters are described in the source above. Both release the GIL.
    """

    def __init__(self, library: ctypes.CDLL, record_bytes: int, window_bytes: int) -> None:
        import llvmlite.binding as llvm
        from unicorn import riscv_const, unicorn_const

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        builder = llvm.JITLibraryBuilder()
        numbers = riscv_const.UC_RISCV_REG_X0, riscv_const.UC_RISCV_REG_F0, unicorn_const.UC_HOOK_CODE
        builder.add_ir(driver_source(record_bytes, window_bytes, *numbers))
        for name in ENGINE_FUNCTIONS:
            builder.import_symbol(name, _address(getattr(library, name)))
        callbacks = ("on_interrupt", "on_breakpoint", "on_memory", "on_block", "on_instruction")
        exported = (*callbacks, "run_cases", "place_code")
        for name in exported:
            builder.export_symbol(name)
        target = llvm.Target.from_default_triple().create_target_machine(opt=2, jit=True)
        self._jit = llvm.create_lljit_compiler(target)
        self._tracker = builder.link(self._jit, "counterproof_unicorn")
        address = {name: int(self._tracker[name]) for name in exported}
        self.on_interrupt = address["on_interrupt"]
        self.on_breakpoint = address["on_breakpoint"]
        self.on_memory = address["on_memory"]
        self.on_block = address["on_block"]
        self.on_instruction = address["on_instruction"]
        p, n, w = ctypes.c_void_p, ctypes.c_uint64, ctypes.c_int32
        run_cases = ctypes.CFUNCTYPE(None, p, p, n, n, p, p, w, w, p, p, p, p, p, n, p, p, w, p, p, p)
        place_code = ctypes.CFUNCTYPE(None, p, n, p, p, n, n, ctypes.c_bool)
        self.run_cases: Any = run_cases(address["run_cases"])
        self.place_code: Any = place_code(address["place_code"])


def _address(function: Any) -> int:
    address = ctypes.cast(function, ctypes.c_void_p).value
    if address is None:
        raise OSError(f"{function} has no address in the Unicorn library")
    return address
