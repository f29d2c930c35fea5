"""The functions that Python calls: `run` executes one hart, `run_batch` a whole batch of cases without coming back."""

from __future__ import annotations

from typing import Final

from engines.vm.guests.riscv64.state import NO_RESERVATION
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.handlers import Bodies
from engines.vm.tiers.interpreter.layout import (
    ARCH_PRCTL,
    ARCH_SET_GS,
    BATCH_OFFSETS,
    CONTEXT_OFFSETS,
    CPU_OFFSETS,
    ENTRY_BYTES,
    ESCAPE,
    PC_SHIFT,
    STATE_LAYOUT,
    STATE_OFFSETS,
    Segment,
)
from engines.vm.tiers.interpreter.machine import FloatEnvironment
from engines.vm.tiers.interpreter.values import LlvmValue

X86_64: Final = ("x86_64", "AMD64")
_WRGSBASE_RAX: Final = ".byte 0xf3, 0x48, 0x0f, 0xae, 0xd8"
"""Spelt out, as assemblers know it for processors that have it only."""


def drivers(bodies: Bodies, environment: FloatEnvironment, machine: str) -> None:
    """What Python calls, for a host named as `platform.machine()` does."""
    _execute(bodies, environment, machine)
    _run(bodies)
    _run_batch(bodies)
    _for_compilers(bodies)


def _execute(bodies: Bodies, environment: FloatEnvironment, machine: str) -> None:
    """`execute(context, limit) -> reason`: run the context's hart, and account for what retired."""
    emitter = Emitter()
    limit = emitter.named("%limit", 64)
    pointers = {
        name: emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS[name]))
        for name in ("cpu", "memory", "permissions", "table")
    }
    retired_at = emitter.offset(pointers["cpu"], CPU_OFFSETS["retired"])
    retired = emitter.load(retired_at, 64)
    emitter.store(emitter.offset("%context", CONTEXT_OFFSETS["retired_at_zero"]), retired + limit)
    environment.enter(emitter, "%context", pointers["cpu"])
    if machine in X86_64:
        _set_segment(emitter, pointers["memory"])
    pc_at = emitter.offset(pointers["cpu"], CPU_OFFSETS["pc"])
    pc = emitter.load(pc_at, 64) & ~1
    emitter.store(pc_at, pc)
    code_limit = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["code_limit"]), 64)
    beyond, inside, left = emitter.label("beyond"), emitter.label("inside"), emitter.label("left")
    emitter.branch(code_limit.ule(pc), beyond, inside, unlikely=True)

    def enter(handler: str, entry: str) -> LlvmValue:
        return emitter.value(
            f"call {bodies.convention} i64 {handler}(ptr {pointers['cpu']}, ptr {entry}, i64 %limit, "
            f"ptr {pointers['memory']}, ptr {pointers['permissions']}, ptr @decode, ptr %context)",
            64,
        )

    emitter.begin(beyond)
    stopped = enter("@fetch_beyond", pointers["table"])
    emitter.jump(left)
    emitter.begin(inside)
    entry = emitter.offset(pointers["table"], pc.shl(PC_SHIFT))
    handler = emitter.offset("@decode", emitter.load(entry, 32).sext(64))
    ran = enter(handler, entry)
    emitter.jump(left)
    emitter.begin(left)
    reason = emitter.phi(64, [(stopped, beyond), (ran, inside)])
    environment.leave(emitter, "%context", pointers["cpu"])
    budget = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["budget"]), 64)
    emitter.store(retired_at, retired + (limit - budget))
    emitter.line(f"ret i64 {reason.text}")
    bodies.define("internal i64", "execute", "ptr %context, i64 %limit", "nounwind noinline", emitter)


def _set_segment(emitter: Emitter, memory: str) -> None:
    """Make `memory` the base of gs, as the context's `segment` says: another address space may have been run last.

    Source: Intel SDM Vol. 2, "WRFSBASE/WRGSBASE"; arch_prctl(2).
    """
    way = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["segment"]), 64)
    by_instruction, by_system, onward = (emitter.label(h) for h in ("by_instruction", "by_system", "onward"))
    cases = f"i64 {Segment.BY_INSTRUCTION}, label %{by_instruction} i64 {Segment.BY_SYSTEM}, label %{by_system}"
    emitter.line(f"switch i64 {way.text}, label %{onward} [ {cases} ]")
    emitter.begin(by_instruction)
    emitter.line(f'call void asm sideeffect "{_WRGSBASE_RAX}", "{{rax}},~{{memory}}"(ptr {memory})')
    emitter.jump(onward)
    emitter.begin(by_system)
    registers = "={rax},{rax},{rdi},{rsi},~{rcx},~{r11},~{memory}"
    arguments = f"i64 {ARCH_PRCTL}, i64 {ARCH_SET_GS}, ptr {memory}"
    emitter.name(f'call i64 asm sideeffect "syscall", "{registers}"({arguments})')
    emitter.jump(onward)
    emitter.begin(onward)


def _run(bodies: Bodies) -> None:
    emitter = Emitter()
    result = emitter.call("i64", "execute", ["ptr %context", "i64 %limit"], declare=False)
    emitter.line(f"ret i64 {result}")
    bodies.define("i64", "run", "ptr %context, i64 %limit", "nounwind", emitter)


def _run_batch(bodies: Bodies) -> None:
    """`run_batch(context, batch, resume) -> reason`: run the cases from `index` on.

    Returns 0 when all are done, or `ESCAPE` with the hart of case `index` in the CPU record; the caller then runs it to
    its end by other means and calls again with the reason of that end as `resume`.
    """
    emitter = Emitter()

    def member(name: str) -> LlvmValue:
        return emitter.load(emitter.offset("%batch", BATCH_OFFSETS[name]), 64)

    def array(name: str) -> str:
        return emitter.load_pointer(emitter.offset("%batch", BATCH_OFFSETS[name]))

    cpu = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["cpu"]))
    memory = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["memory"]))
    table = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["table"]))
    code_limit = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["code_limit"]), 64)
    count, limit = member("count"), member("limit")
    window, window_bytes = emitter.offset(memory, member("window")), member("window_bytes")
    initial, code, lengths, addresses = array("initial"), array("code"), array("code_bytes"), array("code_address")
    templates, stride, code_stride = array("memory"), member("memory_stride"), member("code_stride")
    index_at = emitter.offset("%batch", BATCH_OFFSETS["index"])

    loop, begin, escaped, finish, done = (emitter.label(h) for h in ("loop", "begin", "escaped", "finish", "done"))
    first = emitter.load(index_at, 64)
    emitter.branch(emitter.named("%resume", 64).eq(0), loop, finish)

    emitter.begin(loop)
    index = emitter.named("%index", 64)
    emitter.line(f"%index = phi i64 [ {first.text}, %start ], [ %following, %{finish} ]")
    emitter.branch(index.ult(count), begin, done)

    emitter.begin(begin)
    place = emitter.load(emitter.offset(addresses, index.shl(3)), 64)
    length = emitter.load(emitter.offset(lengths, index.shl(2)), 32).zext(64)
    _copy(emitter, emitter.offset(memory, place), emitter.offset(code, index * code_stride), length)
    _copy(emitter, window, emitter.offset(templates, index * stride), window_bytes)
    row = emitter.offset(initial, index * STATE_LAYOUT.itemsize)
    for name in ("x", "f"):
        target = emitter.offset(cpu, CPU_OFFSETS[name])
        _copy(emitter, target, emitter.offset(row, STATE_OFFSETS[name]), emitter.const(256))
    fcsr = emitter.load(emitter.offset(row, STATE_OFFSETS["fcsr"]), 64)
    for name, value in (
        ("x", emitter.const(0)),
        ("pc", emitter.load(emitter.offset(row, STATE_OFFSETS["pc"]), 64)),
        ("fflags", fcsr & 31),
        ("frm", fcsr.lshr(5) & 7),
        ("reservation", emitter.const(NO_RESERVATION)),
        ("reservation_bytes", emitter.const(0)),
        ("retired", emitter.const(0)),
        ("trap_cause", emitter.const(0)),
        ("trap_value", emitter.const(0)),
        ("instruction", emitter.const(0)),
    ):
        emitter.store(emitter.offset(cpu, CPU_OFFSETS[name]), value)
    answer = LlvmValue(
        emitter, emitter.call("i64", "execute", ["ptr %context", f"i64 {limit.text}"], declare=False), 64
    )
    emitter.branch(answer.eq(ESCAPE), escaped, finish, unlikely=True)

    emitter.begin(escaped)
    emitter.store(index_at, index)
    emitter.line(f"ret i64 {ESCAPE}")

    emitter.begin(finish)
    case = emitter.phi(64, [(first, "start"), (index, begin)])
    reason = emitter.phi(64, [(emitter.named("%resume", 64), "start"), (answer, begin)])
    pc = emitter.load(emitter.offset(cpu, CPU_OFFSETS["pc"]), 64)
    row = emitter.offset(array("out_state"), case * STATE_LAYOUT.itemsize)
    for name in ("x", "f"):
        source = emitter.offset(cpu, CPU_OFFSETS[name])
        _copy(emitter, emitter.offset(row, STATE_OFFSETS[name]), source, emitter.const(256))
    fflags = emitter.load(emitter.offset(cpu, CPU_OFFSETS["fflags"]), 64)
    fcsr = emitter.load(emitter.offset(cpu, CPU_OFFSETS["frm"]), 64).shl(5) | fflags
    emitter.store(emitter.offset(row, STATE_OFFSETS["fcsr"]), fcsr)
    emitter.store(emitter.offset(row, STATE_OFFSETS["pc"]), pc)
    _copy(emitter, emitter.offset(array("out_memory"), case * window_bytes), window, window_bytes)
    emitter.store(emitter.offset(array("out_reason"), case), reason.trunc(8))
    trapped = reason.eq(1)
    for name, source_name, size in (
        ("out_cause", "trap_cause", 1),
        ("out_value", "trap_value", 8),
        ("out_retired", "retired", 8),
    ):
        value = emitter.load(emitter.offset(cpu, CPU_OFFSETS[source_name]), 64)
        if source_name != "retired":
            value = trapped.select(value, emitter.const(0))
        emitter.store(emitter.offset(array(name), case * size), value.trunc(8 * size))
    place = emitter.load(emitter.offset(addresses, case.shl(3)), 64)
    length = emitter.load(emitter.offset(lengths, case.shl(2)), 32).zext(64)
    _clear(emitter, emitter.offset(memory, place), length)
    _clear(emitter, emitter.offset(table, place.shl(PC_SHIFT)), (length + 1).lshr(1).shl(4))
    outside = code_limit.ule(pc).select(place, pc)
    emitter.store(emitter.offset(table, outside.shl(PC_SHIFT)), emitter.const(0, 8 * ENTRY_BYTES), align=8)
    following = case + 1
    emitter.line(f"%following = add i64 {following.text}, 0")
    emitter.store(index_at, following)
    emitter.jump(loop)

    emitter.begin(done)
    emitter.line("ret i64 0")
    bodies.define("i64", "run_batch", "ptr %context, ptr %batch, i64 %resume", "nounwind", emitter)


def _copy(emitter: Emitter, target: str, source: str, size: LlvmValue) -> None:
    arguments = [f"ptr {target}", f"ptr {source}", f"i64 {size.text}", "i1 false"]
    emitter.declarations.add("declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1 immarg)")
    emitter.call("void", "llvm.memcpy.p0.p0.i64", arguments, declare=False)


def _clear(emitter: Emitter, target: str, size: LlvmValue) -> None:
    arguments = [f"ptr {target}", "i8 0", f"i64 {size.text}", "i1 false"]
    emitter.declarations.add("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1 immarg)")
    emitter.call("void", "llvm.memset.p0.i64", arguments, declare=False)


def _for_compilers(bodies: Bodies) -> None:
    """What the tiers that compile need: `decode_address() -> address`, and `fill(entry, word, length)`.

    `fill` writes the entry of an instruction that has not been run yet, unfused.
    """
    emitter = Emitter()
    emitter.line("ret i64 ptrtoint (ptr @decode to i64)")
    bodies.define("i64", "decode_address", "", "nounwind", emitter)
    emitter = Emitter()
    wide, narrow = emitter.label("wide"), emitter.label("narrow")
    emitter.branch(emitter.named("%length", 64).eq(4), wide, narrow)
    word = emitter.named("%word", 64)
    for length, label in ((4, wide), (2, narrow)):
        emitter.begin(label)
        arguments = ["ptr %entry", f"i32 {word.trunc(32).text}", "ptr @decode"]
        emitter.call("i32", f"fill_{length}", arguments, declare=False)
        emitter.line("ret void")
    bodies.define("void", "fill", "ptr %entry, i64 %word, i64 %length", "nounwind", emitter)
    _lead(bodies)


def _lead(bodies: Bodies) -> None:
    """`lead(table, memory, heads, count)`: lead entries to compiled code. `heads` has a pc and a distance for each.

    An entry keeps the operands of its own instruction, and what may fall into it, before it, gets entries that are not
    fused: a pair's handler would pass the head's entry by. Four bytes before and behind each pc are code.
    """
    emitter = Emitter()
    count = emitter.named("%count", 64)

    def begin(name: str, before: str) -> tuple[LlvmValue, LlvmValue, str]:
        """Begin a loop over the heads: the pc and the distance, and where it goes on behind the loop."""
        loop, onward = emitter.label(name), emitter.label("onward")
        emitter.branch(count.eq(0), onward, loop)
        emitter.begin(loop)
        emitter.line(f"%{name} = phi i64 [ 0, %{before} ], [ %{name}_following, %{name}_end ]")
        head = emitter.offset("%heads", emitter.named(f"%{name}", 64).shl(4))
        return emitter.load(head, 64), emitter.load(emitter.offset(head, 8), 64), onward

    def end(name: str, loop: str, onward: str) -> None:
        emitter.jump(f"{name}_end")
        emitter.begin(f"{name}_end")
        emitter.line(f"%{name}_following = add i64 %{name}, 1")
        emitter.branch(emitter.named(f"%{name}_following", 64).ult(count), loop, onward)
        emitter.begin(onward)

    def fill(pc: LlvmValue, length: int) -> None:
        word = emitter.load(emitter.offset("%memory", pc), 8 * length, align=2)
        entry = emitter.offset("%table", pc.shl(PC_SHIFT))
        text = (word if length == 4 else word.zext(32)).text
        emitter.call("i32", f"fill_{length}", [f"ptr {entry}", f"i32 {text}", "ptr @decode"], declare=False)

    def is_wide(pc: LlvmValue) -> LlvmValue:
        return (emitter.load(emitter.offset("%memory", pc), 8) & 3).eq(3)

    pc, _, onward = begin("decoded", emitter.block)
    first = emitter.block
    for place, lengths in ((pc, (4, 2)), (pc - 4, (4,)), (pc - 2, (2,))):
        behind = emitter.label("behind")
        labels = {length: emitter.label("fill") for length in lengths}
        emitter.branch(is_wide(place), labels.get(4, behind), labels.get(2, behind))
        for length, label in labels.items():
            emitter.begin(label)
            fill(place, length)
            emitter.jump(behind)
        emitter.begin(behind)
    end("decoded", first, onward)
    pc, distance, onward = begin("led", onward)
    first = emitter.block
    emitter.store(emitter.offset("%table", pc.shl(PC_SHIFT)), distance.trunc(32))
    end("led", first, onward)
    emitter.line("ret void")
    bodies.define("void", "lead", "ptr %table, ptr %memory, ptr %heads, i64 %count", "nounwind", emitter)
