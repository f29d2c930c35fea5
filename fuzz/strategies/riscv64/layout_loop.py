"""The native loops of `program_layout` and `emit`: what depends on the other slots of a program, slot by slot, and the
state that a program starts from.

Compiled when the first batch is laid out. Arrays are contiguous; N programs of S slots.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from fuzz.strategies.riscv64.choices import SLOT, SLOT_FIELDS, STATE
from fuzz.strategies.riscv64.gadgets import LOOP_TAIL_PARCELS, Kind
from fuzz.strategies.riscv64.native_loop import NativeModule
from fuzz.strategies.riscv64.registers import FUNCTIONS, VARIANTS, Role
from harness.contract.layout import CODE_SLOT_BYTES
from harness.contract.states import RISCV64

MARGIN_BYTES: Final = 64
"""Bytes of the home slot kept free before and after the code: loads from the code's neighbourhood stay at home."""
END_PARCELS: Final = 2
MAX_PARCELS: Final = (CODE_SLOT_BYTES - 2 * MARGIN_BYTES) // 2
BODY_SLOTS: Final = 6
"""A loop's body has 1 … BODY_SLOTS slots."""
BRANCH_SLOTS: Final = 4
"""A branch skips at most this many slots; few enough for the compressed form's range of 254 bytes."""
COPIED_FIELDS: Final = tuple(name for name in SLOT_FIELDS if name != "kind")
"""What `sort_slots` copies of choices."""

_LAY_OUT: Final = """
; Resolve the gadgets of each program, and count parcels.
;   used        (N,) u8, slots in use; named, length: (N, S) u8, as choices say
;   parcels     u8 by kind
;   kind, region, inner, functions, region.end   as `Layout` describes them
;   place       (N, S + 1) i32, counted from the start of the program
;   loops       case, head and last slot of each loop; the result is how many there are
;   counts      i64 by kind, 0 at first: how many slots have it
define i64 @lay_out(i64 %count, i64 %width, ptr %used, ptr %named, ptr %length, ptr %parcels, ptr noalias %kind,
                    ptr noalias %region, ptr noalias %inner, ptr noalias %functions, ptr noalias %region.end,
                    ptr noalias %place, ptr noalias %loops, ptr noalias %counts) {
entry:
  br label %head
head:
  %case = phi i64 [ 0, %entry ], [ %following, %next ]
  %found = phi i64 [ 0, %entry ], [ %found.now, %next ]
  %more = icmp ult i64 %case, %count
  br i1 %more, label %body, label %done
body:
  %at = mul i64 %case, %width
  %kinds = getelementptr i8, ptr %kind, i64 %at
  %regions = getelementptr i8, ptr %region, i64 %at
  %inners = getelementptr i8, ptr %inner, i64 %at
  %names = getelementptr i8, ptr %named, i64 %at
  %lengths = getelementptr i8, ptr %length, i64 %at
  %ends.at = mul i64 %case, <REGIONS>
  %ends = getelementptr i64, ptr %region.end, i64 %ends.at
  %columns = add i64 %width, 1
  %place.at = mul i64 %case, %columns
  %places = getelementptr i32, ptr %place, i64 %place.at
  %p.used = getelementptr i8, ptr %used, i64 %case
  %used.byte = load i8, ptr %p.used
  %used.here = zext i8 %used.byte to i64
  call void @resolve_sections(i64 %width, i64 %used.here, ptr %names, ptr %parcels, ptr %kinds, ptr %regions,
                              ptr %inners, ptr %ends, ptr %places)
  ; The region behind the last slot's gadget says how many functions there are.
  %last.slot = sub i64 %width, 1
  %p.last = getelementptr i8, ptr %regions, i64 %last.slot
  %last.region = load i8, ptr %p.last
  %p.last.kind = getelementptr i8, ptr %kinds, i64 %last.slot
  %last.kind = load i8, ptr %p.last.kind
  %is.section = icmp eq i8 %last.kind, <SECTION>
  %one.more = zext i1 %is.section to i8
  %there = add i8 %last.region, %one.more
  %p.functions = getelementptr i8, ptr %functions, i64 %case
  store i8 %there, ptr %p.functions
  %wide.there = zext i8 %there to i64
  %found.now = call i64 @resolve_loops(i64 %width, i64 %wide.there, i64 %case, ptr %lengths, ptr %kinds, ptr %regions,
                                       ptr %inners, ptr %ends, ptr %places, ptr %loops, i64 %found)
  br label %place.head
place.head:
  %j = phi i64 [ 0, %body ], [ %j.next, %place.body ]
  %sum = phi i32 [ 0, %body ], [ %sum.now, %place.body ]
  %p.sum = getelementptr i32, ptr %places, i64 %j
  %tail = load i32, ptr %p.sum
  %sum.here = add i32 %sum, %tail
  store i32 %sum.here, ptr %p.sum
  %j.more = icmp ult i64 %j, %width
  br i1 %j.more, label %place.body, label %next
place.body:
  %p.kind = getelementptr i8, ptr %kinds, i64 %j
  %the.kind = load i8, ptr %p.kind
  %kind.index = zext i8 %the.kind to i64
  %p.size = getelementptr i8, ptr %parcels, i64 %kind.index
  %size = load i8, ptr %p.size
  %wide.size = zext i8 %size to i32
  %sum.now = add i32 %sum.here, %wide.size
  %p.count = getelementptr i64, ptr %counts, i64 %kind.index
  %count.before = load i64, ptr %p.count
  %count.now = add i64 %count.before, 1
  store i64 %count.now, ptr %p.count
  %j.next = add i64 %j, 1
  br label %place.head
next:
  %following = add i64 %case, 1
  br label %head
done:
  ret i64 %found
}

; Gadgets by remainder; none behind the used slots, nor where the program would outgrow its home. Number the regions;
; sections beyond the last possible function vanish. Places begin as 0.
define internal void @resolve_sections(i64 %width, i64 %used, ptr %names, ptr %parcels, ptr %kinds, ptr %regions,
                                       ptr %inners, ptr %ends, ptr %places) {
entry:
  br label %end.head
end.head:
  %e = phi i64 [ 0, %entry ], [ %e.next, %end.head ]
  %p.e = getelementptr i64, ptr %ends, i64 %e
  store i64 %width, ptr %p.e
  %e.next = add i64 %e, 1
  %e.more = icmp ult i64 %e.next, <REGIONS>
  br i1 %e.more, label %end.head, label %start
start:
  store i32 0, ptr %places
  br label %head
head:
  %j = phi i64 [ 0, %start ], [ %following, %next ]
  %total = phi i64 [ 0, %start ], [ %total.now, %next ]
  %region = phi i8 [ 0, %start ], [ %region.now, %next ]
  %more = icmp ult i64 %j, %width
  br i1 %more, label %body, label %done
body:
  %p.name = getelementptr i8, ptr %names, i64 %j
  %name = load i8, ptr %p.name
  %named = urem i8 %name, <KINDS>
  %in.use = icmp ult i64 %j, %used
  %wanted = select i1 %in.use, i8 %named, i8 <NONE>
  %wide = zext i8 %wanted to i64
  %p.size = getelementptr i8, ptr %parcels, i64 %wide
  %size.byte = load i8, ptr %p.size
  %size = zext i8 %size.byte to i64
  %is.loop = icmp eq i8 %wanted, <LOOP>
  %tail = select i1 %is.loop, i64 <LOOP_TAIL>, i64 0
  %size.all = add i64 %size, %tail
  %total.now = add i64 %total, %size.all
  %outgrown = icmp ugt i64 %total.now, <ROOM>
  %fitting = select i1 %outgrown, i8 <NONE>, i8 %wanted
  %p.region = getelementptr i8, ptr %regions, i64 %j
  store i8 %region, ptr %p.region
  %p.inner = getelementptr i8, ptr %inners, i64 %j
  store i8 0, ptr %p.inner
  %p.kind = getelementptr i8, ptr %kinds, i64 %j
  store i8 %fitting, ptr %p.kind
  %following = add i64 %j, 1
  %p.place = getelementptr i32, ptr %places, i64 %following
  store i32 0, ptr %p.place
  %is.section = icmp eq i8 %fitting, <SECTION>
  br i1 %is.section, label %section, label %next
section:
  %surplus = icmp uge i8 %region, <FUNCTIONS>
  br i1 %surplus, label %vanish, label %begin
vanish:
  store i8 <NONE>, ptr %p.kind
  br label %next
begin:
  %ordinal = zext i8 %region to i64
  %p.end = getelementptr i64, ptr %ends, i64 %ordinal
  store i64 %j, ptr %p.end
  %region.next = add i8 %region, 1
  br label %next
next:
  %region.now = phi i8 [ %region, %body ], [ %region, %vanish ], [ %region.next, %begin ]
  br label %head
done:
  ret void
}

; First come, first served: a loop without room before its region's end vanishes, and so does one in a function that may
; call others, whose loop would use the same counter. Inside another's body it does unless it ends before that one does,
; no third is around it, and the program has no function: it uses the counter of the last one. Places become the parcels
; that loops add to their last slots.
define internal i64 @resolve_loops(i64 %width, i64 %functions, i64 %case, ptr %lengths, ptr %kinds, ptr %regions,
                                   ptr %inners, ptr %ends, ptr %places, ptr %loops, i64 %found) {
entry:
  br label %head
head:
  %j = phi i64 [ 0, %entry ], [ %following, %next ]
  %count = phi i64 [ %found, %entry ], [ %count.now, %next ]
  %outer.end = phi i64 [ -1, %entry ], [ %outer.now, %next ]
  %inner.end = phi i64 [ -1, %entry ], [ %inner.now, %next ]
  %following = add i64 %j, 1
  %more = icmp ult i64 %j, %width
  br i1 %more, label %body, label %done
body:
  %p.kind = getelementptr i8, ptr %kinds, i64 %j
  %kind = load i8, ptr %p.kind
  %is.loop = icmp eq i8 %kind, <LOOP>
  br i1 %is.loop, label %loop, label %next
loop:
  %p.region = getelementptr i8, ptr %regions, i64 %j
  %region.byte = load i8, ptr %p.region
  %region = zext i8 %region.byte to i64
  %p.end = getelementptr i64, ptr %ends, i64 %region
  %end = load i64, ptr %p.end
  %p.length = getelementptr i8, ptr %lengths, i64 %j
  %length = load i8, ptr %p.length
  %more.slots = urem i8 %length, <BODY_SLOTS>
  %wide.slots = zext i8 %more.slots to i64
  %wanted = add i64 %following, %wide.slots
  %room = sub i64 %end, 1
  %short = icmp slt i64 %wanted, %room
  %last = select i1 %short, i64 %wanted, i64 %room
  %is.main = icmp eq i64 %region, 0
  %is.leaf = icmp eq i64 %region, %functions
  %allowed = or i1 %is.main, %is.leaf
  %has.body = icmp sgt i64 %last, %j
  %fits = and i1 %allowed, %has.body
  br i1 %fits, label %place, label %vanish
place:
  %outside = icmp slt i64 %outer.end, %j
  br i1 %outside, label %keep, label %nest
nest:
  %no.function = icmp eq i64 %functions, 0
  %alone = icmp slt i64 %inner.end, %j
  %around = icmp sgt i64 %outer.end, %following
  %free.a = and i1 %no.function, %alone
  %free = and i1 %free.a, %around
  br i1 %free, label %keep.inner, label %vanish
keep.inner:
  %inside = sub i64 %outer.end, 1
  %shorter = icmp slt i64 %last, %inside
  %last.inner = select i1 %shorter, i64 %last, i64 %inside
  %p.inner = getelementptr i8, ptr %inners, i64 %j
  store i8 1, ptr %p.inner
  br label %keep
keep:
  %last.kept = phi i64 [ %last, %place ], [ %last.inner, %keep.inner ]
  %outer.kept = phi i64 [ %last, %place ], [ %outer.end, %keep.inner ]
  %inner.kept = phi i64 [ %inner.end, %place ], [ %last.inner, %keep.inner ]
  %triple = mul i64 %count, 3
  %p.case = getelementptr i64, ptr %loops, i64 %triple
  store i64 %case, ptr %p.case
  %p.head = getelementptr i64, ptr %p.case, i64 1
  store i64 %j, ptr %p.head
  %p.last = getelementptr i64, ptr %p.case, i64 2
  store i64 %last.kept, ptr %p.last
  %behind = add i64 %last.kept, 1
  %p.place = getelementptr i32, ptr %places, i64 %behind
  store i32 <LOOP_TAIL>, ptr %p.place
  %count.more = add i64 %count, 1
  br label %next
vanish:
  store i8 <NONE>, ptr %p.kind
  br label %next
next:
  %count.now = phi i64 [ %count, %body ], [ %count.more, %keep ], [ %count, %vanish ]
  %outer.now = phi i64 [ %outer.end, %body ], [ %outer.kept, %keep ], [ %outer.end, %vanish ]
  %inner.now = phi i64 [ %inner.end, %body ], [ %inner.kept, %keep ], [ %inner.end, %vanish ]
  br label %head
done:
  ret i64 %count
}
"""

_SORT_SLOTS: Final = """
; Put the slots that are not NONE in the order of their kinds: what choices say of each (`from.*` to `to.*`), and in i64
; columns what the layout does.
;   next       i64 by kind: where its first slot goes; changed
;   forward    places of forward targets: as many slots are skipped as `length` says by remainder, never past the end of
;              the region
define i64 @sort_slots(i64 %count, i64 %width, i64 %used, ptr %kind, ptr %region, ptr %place, ptr %variant,
                       ptr %length, ptr %region.end, ptr noalias %next, ptr noalias %indices, ptr noalias %cases,
                       ptr noalias %places, ptr noalias %variants, ptr noalias %regions, ptr noalias %forwards,
                       <FIELD_PARAMETERS>) {
entry:
  br label %case.head
case.head:
  %case = phi i64 [ 0, %entry ], [ %case.next, %case.tail ]
  %more = icmp ult i64 %case, %count
  br i1 %more, label %case.body, label %gather
case.body:
  %at = mul i64 %case, %width
  br label %head
head:
  %j = phi i64 [ 0, %case.body ], [ %j.next, %tail ]
  %j.more = icmp ult i64 %j, %width
  br i1 %j.more, label %body, label %case.tail
body:
  %at.slot = add i64 %at, %j
  %p.kind = getelementptr i8, ptr %kind, i64 %at.slot
  %kind.byte = load i8, ptr %p.kind
  %unused = icmp eq i8 %kind.byte, <NONE>
  br i1 %unused, label %tail, label %put
put:
  %the.kind = zext i8 %kind.byte to i64
  %p.next = getelementptr i64, ptr %next, i64 %the.kind
  %sorted = load i64, ptr %p.next
  %sorted.next = add i64 %sorted, 1
  store i64 %sorted.next, ptr %p.next
  %p.sorted.index = getelementptr i64, ptr %indices, i64 %sorted
  store i64 %at.slot, ptr %p.sorted.index
  %p.sorted.case = getelementptr i64, ptr %cases, i64 %sorted
  store i64 %case, ptr %p.sorted.case
  br label %tail
tail:
  %j.next = add i64 %j, 1
  br label %head
case.tail:
  %case.next = add i64 %case, 1
  br label %case.head

; Reads go anywhere, writes one after the other.
gather:
  %to = phi i64 [ 0, %case.head ], [ %to.next, %one ]
  %to.more = icmp ult i64 %to, %used
  br i1 %to.more, label %one, label %done
one:
  %p.index = getelementptr i64, ptr %indices, i64 %to
  %index = load i64, ptr %p.index
  %p.case = getelementptr i64, ptr %cases, i64 %to
  %its.case = load i64, ptr %p.case
  %p.variant = getelementptr i8, ptr %variant, i64 %its.case
  %variant.byte = load i8, ptr %p.variant
  %the.variant = zext i8 %variant.byte to i64
  %p.variants = getelementptr i64, ptr %variants, i64 %to
  store i64 %the.variant, ptr %p.variants
  %p.from = getelementptr i8, ptr %region, i64 %index
  %region.byte = load i8, ptr %p.from
  %the.region = zext i8 %region.byte to i64
  %p.region = getelementptr i64, ptr %regions, i64 %to
  store i64 %the.region, ptr %p.region
  %place.index = add i64 %index, %its.case
  %p.place = getelementptr i32, ptr %place, i64 %place.index
  %place.short = load i32, ptr %p.place
  %the.place = zext i32 %place.short to i64
  %p.places = getelementptr i64, ptr %places, i64 %to
  store i64 %the.place, ptr %p.places
  %p.length = getelementptr i8, ptr %length, i64 %index
  %length.byte = load i8, ptr %p.length
  %skip.byte = urem i8 %length.byte, <SKIPS>
  %skip = zext i8 %skip.byte to i64
  %first = mul i64 %its.case, %width
  %slot = sub i64 %index, %first
  %beyond = add i64 %slot, %skip
  %wanted = add i64 %beyond, 1
  %row.of.ends = mul i64 %its.case, <REGIONS>
  %end.index = add i64 %row.of.ends, %the.region
  %p.end = getelementptr i64, ptr %region.end, i64 %end.index
  %end = load i64, ptr %p.end
  %inside = icmp slt i64 %wanted, %end
  %target.slot = select i1 %inside, i64 %wanted, i64 %end
  %place.row = sub i64 %place.index, %slot
  %target.index = add i64 %place.row, %target.slot
  %p.target = getelementptr i32, ptr %place, i64 %target.index
  %target.short = load i32, ptr %p.target
  %target = zext i32 %target.short to i64
  %p.forward = getelementptr i64, ptr %forwards, i64 %to
  store i64 %target, ptr %p.forward
<FIELD_COPIES>
  %to.next = add i64 %to, 1
  br label %gather
done:
  ret i64 0
}
"""

_START_STATES: Final = """
; Initial states: what the choices say, except for the kept registers.
;   states      (N,) STATE; initial: (N,) RISCV64
;   roles       (roles, VARIANTS) u32
;   pc, end, base, stack: (N,) u64
define i64 @start_states(i64 %count, ptr %states, ptr %variant, ptr %roles, ptr %pc, ptr %end, ptr %base, ptr %stack,
                         ptr noalias %initial) {
entry:
  br label %head
head:
  %case = phi i64 [ 0, %entry ], [ %following, %body ]
  %more = icmp ult i64 %case, %count
  br i1 %more, label %body, label %done
body:
  %from = mul i64 %case, <STATE_BYTES>
  %state = getelementptr i8, ptr %states, i64 %from
  %to = mul i64 %case, <RECORD_BYTES>
  %record = getelementptr i8, ptr %initial, i64 %to
  %x = getelementptr i8, ptr %record, i64 <RECORD_X>
  %x.from = getelementptr i8, ptr %state, i64 <X>
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %x, ptr align 1 %x.from, i64 256, i1 false)
  %f = getelementptr i8, ptr %record, i64 <RECORD_F>
  %f.from = getelementptr i8, ptr %state, i64 <F>
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %f, ptr align 1 %f.from, i64 256, i1 false)
  %p.fcsr = getelementptr i8, ptr %state, i64 <FCSR>
  %fcsr.byte = load i8, ptr %p.fcsr
  %fcsr = zext i8 %fcsr.byte to i64
  %p.record.fcsr = getelementptr i8, ptr %record, i64 <RECORD_FCSR>
  store i64 %fcsr, ptr %p.record.fcsr
  %p.pc = getelementptr i64, ptr %pc, i64 %case
  %the.pc = load i64, ptr %p.pc
  %p.record.pc = getelementptr i8, ptr %record, i64 <RECORD_PC>
  store i64 %the.pc, ptr %p.record.pc
  %p.variant = getelementptr i8, ptr %variant, i64 %case
  %variant.byte = load i8, ptr %p.variant
  %the.variant = zext i8 %variant.byte to i64
  %assignment = getelementptr i32, ptr %roles, i64 %the.variant
  %p.end = getelementptr i64, ptr %end, i64 %case
  %the.end = load i64, ptr %p.end
  %p.base = getelementptr i64, ptr %base, i64 %case
  %the.base = load i64, ptr %p.base
  %p.stack = getelementptr i64, ptr %stack, i64 %case
  %the.stack = load i64, ptr %p.stack
<ASSIGNMENTS>
  store i64 0, ptr %x
  %following = add i64 %case, 1
  br label %head
done:
  ret i64 %count
}

; The register that plays a role, `row` entries behind those of role 0.
define internal ptr @register(ptr %x, ptr %assignment, i64 %row) alwaysinline {
  %p.number = getelementptr i32, ptr %assignment, i64 %row
  %number = load i32, ptr %p.number
  %wide = zext i32 %number to i64
  %place = getelementptr i64, ptr %x, i64 %wide
  ret ptr %place
}

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


def _assignments() -> str:
    """The kept registers, one after the other."""
    lines = []
    values = dict.fromkeys((Role.LINK_1, Role.LINK_2, Role.LINK_3), "%the.end")
    values |= {Role.BASE: "%the.base", Role.STACK: "%the.stack"}
    for role in (*values, Role.COUNTER, Role.COUNTER_LEAF):
        name = role.name.lower()
        lines.append(f"  %place.{name} = call ptr @register(ptr %x, ptr %assignment, i64 {role * VARIANTS})")
        if role not in values:
            lines.append(f"  %{name}.drawn = load i64, ptr %place.{name}")
            lines.append(f"  %{name}.few = and i64 %{name}.drawn, 3")
        lines.append(f"  store i64 {values.get(role, f'%{name}.few')}, ptr %place.{name}")
    return "\n".join(lines)


def _fields() -> tuple[str, str]:
    """The parameters of `sort_slots` for the fields of choices that it copies, and the code that does."""
    parameters, copies = [], []
    for name in COPIED_FIELDS:
        bits = f"i{8 * SLOT[name].itemsize}"
        parameters.append(f"ptr %from.{name}, ptr noalias %to.{name}")
        copies.append(f"  %from.at.{name} = getelementptr {bits}, ptr %from.{name}, i64 %index")
        copies.append(f"  %copied.{name} = load {bits}, ptr %from.at.{name}")
        copies.append(f"  %to.at.{name} = getelementptr {bits}, ptr %to.{name}, i64 %to")
        copies.append(f"  store {bits} %copied.{name}, ptr %to.at.{name}")
    return ", ".join(parameters), "\n".join(copies)


@cache
def layout_loops() -> NativeModule:
    """`lay_out`, `sort_slots` and `start_states`."""
    assert STATE.fields is not None and RISCV64.fields is not None
    numbers: dict[str, int] = {kind.name: kind for kind in (Kind.NONE, Kind.LOOP, Kind.SECTION)}
    numbers |= {"KINDS": len(Kind), "FUNCTIONS": FUNCTIONS, "REGIONS": FUNCTIONS + 1, "BODY_SLOTS": BODY_SLOTS}
    numbers["SKIPS"] = BRANCH_SLOTS + 1
    numbers |= {"LOOP_TAIL": LOOP_TAIL_PARCELS, "ROOM": MAX_PARCELS - END_PARCELS}
    numbers |= {"STATE_BYTES": STATE.itemsize, "RECORD_BYTES": RISCV64.itemsize}
    numbers |= {name.upper(): int(field[1]) for name, field in STATE.fields.items()}
    numbers |= {f"RECORD_{name.upper()}": int(field[1]) for name, field in RISCV64.fields.items()}
    parameters, copies = _fields()
    sort_slots = _SORT_SLOTS.replace("<FIELD_PARAMETERS>", parameters).replace("<FIELD_COPIES>", copies)
    source = _LAY_OUT + sort_slots + _START_STATES.replace("<ASSIGNMENTS>", _assignments())
    return NativeModule(source, numbers, ("lay_out", "sort_slots", "start_states"))
