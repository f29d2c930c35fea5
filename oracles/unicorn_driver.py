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

ENGINE_FUNCTIONS: Final = ("uc_emu_start", "uc_emu_stop", "uc_reg_write_batch", "uc_reg_read_batch", "uc_reg_read")


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
    WORDS = 10


class Event(IntEnum):
    """How Unicorn left a case."""

    NONE = 0
    """Neither a trap nor the limit: the watchdog stopped it, or Unicorn returned an error of its own."""
    INTERRUPT = 1
    BREAKPOINT = 2
    MEMORY = 3
    LIMIT = 4


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

_LOOP = """
; Run cases `first` to `last` - 1.
;   names, values   the registers written and read per case, `count` of them: x0-x31, f0-f31, fcsr; the last of the
;                   `written` is the privilege level, whose writing also ends the reservation
;   record          the words that `values` points into, laid out as the state record: pc, x, f, fcsr; then 0 (U-mode)
;   initial, final  arrays of state records
;   window          the data window in host memory; `memory` its initial contents, `stride` bytes from case to case
;   ends            per case: event, number, address, retired, engine status
define void @run_cases(ptr %uc, ptr %control, i64 %first, i64 %last,
                       ptr %names, ptr %values, i32 %written, i32 %count, ptr %record, ptr %initial, ptr %final,
                       ptr %window, ptr %memory, i64 %stride, ptr %after, ptr %ends, i32 %pc_name) {
entry:
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
  %pc = load i64, ptr %record
  %wrote = call i32 @uc_reg_write_batch(ptr %uc, ptr %names, ptr %values, i32 %written)
  %status = call i32 @uc_emu_start(ptr %uc, i64 %pc, i64 0, i64 0, i64 0)
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
"""

END_WORDS: Final = 5
"""64-bit words per case in `ends`."""


def driver_source(record_bytes: int, window_bytes: int) -> str:
    """The driver as LLVM IR text, for state records and a data window of these sizes."""
    numbers = {control.name: int(control) for control in Control}
    numbers |= {event.name: int(event) for event in Event if event is not Event.LIMIT}
    numbers |= {"LIMIT_EVENT": int(Event.LIMIT), "RECORD_BYTES": record_bytes, "WINDOW_BYTES": window_bytes}
    source = _CALLBACKS + _LOOP
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

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        builder = llvm.JITLibraryBuilder()
        builder.add_ir(driver_source(record_bytes, window_bytes))
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
        run_cases = ctypes.CFUNCTYPE(None, p, p, n, n, p, p, w, w, p, p, p, p, p, n, p, p, w)
        place_code = ctypes.CFUNCTYPE(None, p, n, p, p, n, n, ctypes.c_bool)
        self.run_cases: Any = run_cases(address["run_cases"])
        self.place_code: Any = place_code(address["place_code"])


def _address(function: Any) -> int:
    address = ctypes.cast(function, ctypes.c_void_p).value
    if address is None:
        raise OSError(f"{function} has no address in the Unicorn library")
    return address
