"""Injected bugs in the baseline tier on x86_64: lowering, allocator, moves, scheduler, encoder, links, invalidation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

BUGS: Final = Catalogue(judges=("riscv64-baseline",))
_SCHEDULES: Final = ("tests/engines/vm/hosts/test_list_scheduling.py",)
_ACCESSES: Final = ("tests/engines/vm/tiers/baseline/test_baseline_in_guarded_memory.py", "riscv64-baseline")
_LOOSE: Final = ("tests/engines/vm/tiers/baseline/test_loose_doubles.py", "riscv64-baseline")
_GUESSES: Final = ("tests/engines/vm/tiers/baseline/test_guessed_jumps.py", "riscv64-baseline")
_KNOWN: Final = ("tests/engines/vm/tiers/baseline/test_known_blocks.py",)
_REGIONS: Final = ("tests/engines/vm/tiers/baseline/test_baseline_rewritten_code.py", "riscv64-baseline")


# -- passes -----------------------------------------------------------------------------------------------------------


@BUGS.action("native-written-register-forgotten", Area.OPTIMISER, "an old value kept",
             description="passes that are written out do not note what a guest register was given",
             judges=("riscv64-baseline", "tests/engines/vm/opt/test_template_passes.py"))  # fmt: skip
def _() -> None:
    import re

    from engines.vm.opt import templates

    def wrapper(original: Any) -> Any:
        return lambda *a: re.sub(r"(if registers\[\w+\] != v\d+:\n) +registers.*\n", r"\1", original(*a))

    replace_method(templates, "step_source", wrapper)


# -- lowering ---------------------------------------------------------------------------------------------------------


@BUGS.action("native-sub-operands-swapped", Area.CODE_GENERATOR, "the order of operands",
             description="subtraction computes b - a")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.encode import SUB
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        return lambda e, v, a, b, n, w: original(e, v, b, a, n, w) if n == SUB else original(e, v, a, b, n, w)

    replace_method(Lowering, "alu", wrapper)


@BUGS.action("native-sraw-as-srlw", Area.CODE_GENERATOR, "sign of an extension",
             description="32-bit arithmetic shifts shift zeros in")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import _SHIFTS, Lowering

    def wrapper(original: Any) -> Any:
        return lambda e, v, a, b, kind, w: original(e, v, a, b, kind if w else (_SHIFTS["lshr"], kind)[kind[0] < 7], w)

    replace_method(Lowering, "shift", wrapper)


@BUGS.action("native-constant-shift-masked-to-31", Area.CODE_GENERATOR, "a width confused",
             description="64-bit shifts by a constant use five bits of it")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.encode import Assembler

    replace_method(
        Assembler, "shift_imm", lambda original: lambda s, n, d, count, w=1: original(s, n, d, count & 31, w)
    )


@BUGS.action("native-divw-unsigned", Area.CODE_GENERATOR, "sign of an extension",
             description="32-bit signed division and remainder are unsigned")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        return lambda e, v, a, b, name, w: original(e, v, a, b, name if w else "u" + name[1:], w)

    replace_method(Lowering, "divide", wrapper)


@BUGS.action("native-remainder-is-quotient", Area.CODE_GENERATOR, "an operator confused",
             description="64-bit unsigned remainder gives the quotient")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        return lambda e, v, a, b, name, w: original(e, v, a, b, "udiv" if name == "urem" and w else name, w)

    replace_method(Lowering, "divide", wrapper)


@BUGS.action("native-mulhsu-unsigned", Area.CODE_GENERATOR, "sign of an extension",
             description="mulhsu takes both operands as unsigned")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    replace_method(Lowering, "high_mixed", lambda original: lambda e, v, a, b: e.high(v, a, b, False))


@BUGS.action("native-slt-unsigned", Area.CODE_GENERATOR, "a condition confused",
             description="signed 64-bit comparisons look at the carry flag")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64 import encode, lower
    from engines.vm.ir.ops import OPCODE

    lower._COMPARE[OPCODE["slt.i64"]] = (encode.B, 1)


@BUGS.action("native-lb-zero-extends", Area.CODE_GENERATOR, "sign of an extension",
             description="loads of signed bytes extend with zeros")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        return lambda e, v, i, opcode, w, size: original(e, v, i, 0x1B6 if opcode == 0x1BE else opcode, w, size)

    replace_method(Lowering, "load", wrapper)


@BUGS.action("native-branch-sense-lost", Area.CODE_GENERATOR, "a condition the wrong way round",
             description="a branch whose target comes next jumps when it should go on")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    replace_method(
        Lowering, "jump_if", lambda original: lambda e, value, label, *, sense=True: original(e, value, label)
    )


@BUGS.action("native-stores-need-no-permission", Area.CODE_GENERATOR, "a fault optimised away",
             description="stores check that the page may be read, not that it may be written directly")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64 import lower

    replace_method(lower, "_DIRECT", lambda original: lower._READ)


@BUGS.action("native-misaligned-access-unchecked", Area.CODE_GENERATOR, "an access over the end of a page",
             description="every access is checked as if it were one byte long",
             judges=_ACCESSES)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        def address(e: Any, number: int, base: int, offset: int, size: int, n: int, *, store: bool) -> Any:
            return original(e, number, base, offset, 1, n, store=store)

        return address

    replace_method(Lowering, "address", wrapper)


@BUGS.action("native-joint-check-too-short", Area.CODE_GENERATOR, "an access over the end of a page",
             description="accesses that are checked together are checked at the lowest address only",
             judges=_ACCESSES)  # fmt: skip
def _() -> None:
    from engines.vm.hosts import selection

    def wrapper(original: Any) -> Any:
        def spans(*arguments: Any) -> dict[int, tuple[int, int] | None]:
            return {n: span and (span[0], span[0]) for n, span in original(*arguments).items()}

        return spans

    replace_method(selection, "_spans", wrapper)


@BUGS.action("native-fault-leads-to-another-exit", Area.CODE_GENERATOR, "state wrong at a trap",
             description="faults of unchecked accesses leave at the first access of the region",
             judges=_ACCESSES)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        def fault_exits(e: Any) -> Any:
            found = original(e)
            return found and [(at, found[0][1]) for at, _ in found]

        return fault_exits

    replace_method(Lowering, "fault_exits", wrapper)


@BUGS.action("native-distant-addresses-unchecked", Area.CODE_GENERATOR, "a fault optimised away",
             description="unchecked accesses trust every base to lie between the guards", judges=_ACCESSES)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64 import lower

    replace_method(lower, "_FAR", lambda original: 0)


@BUGS.action("native-base-changed-in-a-loop", Area.CODE_GENERATOR, "a fault optimised away",
             description="a base that a loop computes anew is taken to be near because the old one was",
             judges=_ACCESSES)  # fmt: skip
def _() -> None:
    from engines.vm.hosts import near_bases

    replace_method(near_bases, "FAR", lambda original: near_bases.NEAR)


@BUGS.action("native-loop-entered-with-distant-bases", Area.CODE_GENERATOR, "a fault optimised away",
             description="ways into a loop do not look at the bases that its head takes for granted",
             judges=_ACCESSES)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    replace_method(Lowering, "_check", lambda original: lambda e, pc, slots: None)


@BUGS.action("native-scaled-operand-unscaled", Area.CODE_GENERATOR, "an address computed wrongly",
             description="sums with a scaled operand scale it by one bit too few",
             judges=("tests/engines/vm/hosts/test_selection.py",))  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    replace_method(
        Lowering, "scaled_sum", lambda original: lambda e, v, base, index, scale: original(e, v, base, index, scale - 1)
    )


@BUGS.action("native-comparison-of-the-later-value", Area.CODE_GENERATOR, "a boundary off by one",
             description="a counter is compared after its step with what it was to be compared with before",
             judges=("tests/engines/vm/hosts/test_selection.py",))  # fmt: skip
def _() -> None:
    from engines.vm.hosts import selection

    def wrapper(original: Any) -> Any:
        def shifted(code: Any, constants: Any, *rest: Any) -> dict[int, tuple[int, int]]:
            found = original(code, constants, *rest)
            return {number: (later, constants[code[number][2]]) for number, (later, _) in found.items()}

        return shifted

    replace_method(selection, "_shifted", wrapper)


@BUGS.action("native-rotation-the-other-way", Area.CODE_GENERATOR, "an operator confused",
             description="two shifts that make a rotation rotate to the left",
             judges=("tests/engines/vm/hosts/test_selection.py",))  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        def rotation(e: Any, number: int, w: int, value: int, right: int, extended: bool) -> Any:
            return original(e, number, w, value, (64 if w and not extended else 32) - right, extended)

        return rotation

    replace_method(Lowering, "rotation", wrapper)


@BUGS.action("native-guarded-code-kept-when-unguarded", Area.CODE_CACHE, "stale code executed",
             description="code without checks is made for memory whose permissions the host no longer holds",
             judges=_ACCESSES)  # fmt: skip
def _() -> None:
    from weakref import WeakSet

    from engines.vm.tiers.code_cache import CodeCache

    held: WeakSet[Any] = WeakSet()

    def wrapper(original: Any) -> Any:
        def guards(cache: Any, memory: Any) -> bool:
            if original(cache, memory):
                held.add(memory)
            return memory in held

        return guards

    replace_method(CodeCache, "guards", wrapper)


@BUGS.action("native-nan-kept", Area.CODE_GENERATOR, "a NaN that is not canonical",
             description="results that are NaN stay what the host made of them")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower_float import FloatLowering

    replace_method(FloatLowering, "canonical", lambda original: lambda e, number, d, double: None)


@BUGS.action("native-loose-nan-at-a-trap", Area.CODE_GENERATOR, "state wrong at a trap",
             description="ways out of a block's middle do not settle the NaNs that it put off",
             judges=_LOOSE)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower_float import FloatLowering

    replace_method(FloatLowering, "settled", lambda original: lambda e, label: label)


@BUGS.action("native-loose-nan-stored", Area.CODE_GENERATOR, "a NaN that is not canonical",
             description="a NaN that was put off is stored and moved as it is",
             judges=_LOOSE)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower_float import FloatLowering

    replace_method(FloatLowering, "settle", lambda original: lambda e, value: None)


@BUGS.action("native-nan-boxes-unchecked", Area.CODE_GENERATOR, "NaN boxes not checked",
             description="unboxing takes the low half of whatever is there")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower_float import FloatLowering

    replace_method(FloatLowering, "unbox", lambda original: FloatLowering.low)


@BUGS.action("native-fsgnj-operands-swapped", Area.CODE_GENERATOR, "the order of operands",
             description="the sign is taken from the first operand, the rest from the second")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower_float import FloatLowering

    replace_method(FloatLowering, "copy_sign", lambda original: lambda e, v, a, b, double: original(e, v, b, a, double))


@BUGS.action("native-rounding-mode-assumed", Area.CODE_GENERATOR, "a rounding mode kept",
             description="code for one rounding mode is entered in another")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        def entry(e: Any, pc: int) -> None:
            e.frm = None
            original(e, pc)

        return entry

    replace_method(Lowering, "entry", wrapper)


# -- allocation and moves ---------------------------------------------------------------------------------------------


@BUGS.action("native-register-freed-early", Area.ALLOCATOR, "a register given away while in use",
             description="a value's last use but one counts as its last")  # fmt: skip
def _() -> None:
    from engines.vm.regalloc import linear_scan

    def wrapper(original: Any) -> Any:
        def early(steps: Any) -> Any:
            found = original(steps)
            earlier = [(*life[:4], life[4] - (life[0] in found.last), life[5]) for life in found.results]
            return found._replace(last={value: last - 1 for value, last in found.last.items()}, results=earlier)

        return early

    replace_method(linear_scan, "lives", wrapper)


@BUGS.action("native-computed-in-place-over-an-exit", Area.ALLOCATOR, "state wrong at a trap",
             description="a guest register gets its new value in its pin although the block may be left")  # fmt: skip
def _() -> None:
    from engines.vm.regalloc import linear_scan

    replace_method(linear_scan, "LEAVE", lambda original: -1)


@BUGS.action("native-read-in-place-after-write", Area.ALLOCATOR, "an old value read anew",
             description="a guest register read before a write and used after it stays in its pin")  # fmt: skip
def _() -> None:
    from engines.vm.regalloc import linear_scan
    from engines.vm.regalloc.liveness import NEVER

    def wrapper(original: Any) -> Any:
        def lives(steps: Any) -> Any:
            found = original(steps)
            return found._replace(results=[(*life[:5], NEVER) for life in found.results])

        return lives

    replace_method(linear_scan, "lives", wrapper)


@BUGS.action("native-move-cycle-broken", Area.ALLOCATOR, "a cycle of moves done one after the other",
             description="moves are made in the order in which they were asked for",
             judges=_REGIONS)  # fmt: skip
def _() -> None:
    from engines.vm.hosts import region

    def in_order(moves: Mapping[int, int], scratch: int) -> list[tuple[int, int]]:
        return [(target, source) for target, source in moves.items() if target != source]

    replace_method(region, "sequence", lambda original: in_order)


@BUGS.action("native-pin-not-written-back", Area.ALLOCATOR, "state lost at an exit",
             description="one pinned guest register is not stored where a region is left")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.region import RegionCode

    def store_pins(e: Any) -> None:
        for slot, place in [(s, p) for s, p in e.pins.items() if s in e.written][1:]:
            e.store_pin(place, e.slots[slot].offset)

    replace_method(RegionCode, "store_pins", lambda original: store_pins)


# -- scheduling -------------------------------------------------------------------------------------------------------


def _moves_freely(*operations: str) -> None:
    from engines.vm.hosts import list_scheduling
    from engines.vm.ir.ops import OPS

    replace_method(
        list_scheduling,
        "PURE",
        lambda original: tuple(original[op.code] or op.operation in operations for op in OPS),
    )


@BUGS.action("native-loads-pass-stores", Area.SCHEDULER, "memory operations reordered",
             description="loads move over stores and exits as operands allow",
             judges=(*_SCHEDULES, "riscv64-baseline"))  # fmt: skip
def _() -> None:
    _moves_freely("load")


@BUGS.action("native-reads-pass-writes", Area.SCHEDULER, "an old value read anew",
             description="reads of guest registers move over writes of the same",
             judges=_SCHEDULES)  # fmt: skip
def _() -> None:
    _moves_freely("get")


# -- encoding ---------------------------------------------------------------------------------------------------------


@BUGS.action("native-immediate-128-as-byte", Area.HOST_ENCODER, "a boundary off by one",
             description="an immediate of 128 gets the form with a signed byte")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.encode import Assembler

    def wrapper(original: Any) -> Any:
        return lambda s, n, d, value, w=1: original(s, n, d, -128 if value == 128 else value, w)

    replace_method(Assembler, "alu_imm", wrapper)


@BUGS.action("native-constant-sign-extended", Area.HOST_ENCODER, "sign of an extension",
             description="constants from 2**31 up to 2**32 get the form that extends the sign")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.encode import Assembler

    def wrapper(original: Any) -> Any:
        return lambda s, d, value: original(s, d, value - (1 << 32) & (1 << 64) - 1 if value >> 31 == 1 else value)

    replace_method(Assembler, "imm", wrapper)


@BUGS.action("native-rex-w-forgotten", Area.HOST_ENCODER, "a width confused",
             description="64-bit products are truncated to 32 bits")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.encode import Assembler

    replace_method(Assembler, "imul", lambda original: lambda s, d, t, w=1: original(s, d, t, 0))


# -- linking and retired counts ---------------------------------------------------------------------------------------


@BUGS.action("native-budget-not-given-back", Area.CODE_CACHE, "retired count wrong",
             description="a block left in its middle counts as executed to its end")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    replace_method(Lowering, "give_back", lambda original: lambda e, insns: None)


@BUGS.action("native-budget-off-by-one", Area.CODE_CACHE, "retired count wrong",
             description="each block takes one instruction less than it has")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    replace_method(Lowering, "take_budget", lambda original: lambda e, insns, out: original(e, insns - 1, out))


@BUGS.action("native-exit-at-block-start", Area.CODE_CACHE, "linked to the wrong block",
             description="a way out in a block's middle goes to where the block begins")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.region import RegionCode

    replace_method(RegionCode, "interpret_label", lambda original: lambda e, n: original(e, 0))


@BUGS.action("native-entry-of-another-block", Area.CODE_CACHE, "linked to the wrong block",
             description="indirect jumps inside a region arrive at its first block")  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        return lambda e, pc: original(e, next(iter(e.labels)))

    replace_method(Lowering, "arrival", wrapper)


@BUGS.action("native-guess-not-compared", Area.CODE_CACHE, "linked to the wrong block",
             description="returns of a region with few calls go to the first of them",
             judges=_GUESSES)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.x86_64.lower import Lowering

    def wrapper(original: Any) -> Any:
        def jumpto(e: Any, value: int, hint: int) -> None:
            if e.guesses.get(hint):
                e.asm.jmp(e.arrival(e.guesses[hint][0]))
            else:
                original(e, value, hint)

        return jumpto

    replace_method(Lowering, "jumpto", wrapper)


# -- invalidation -----------------------------------------------------------------------------------------------------


@BUGS.action("native-stale-code", Area.CODE_CACHE, "stale code executed",
             description="only what the last byte that was written is part of is thrown away",
             judges=_REGIONS)  # fmt: skip
def _() -> None:
    # Generated programs cannot write to their code: it shows there only where a program has the place of another.
    from engines.vm.tiers.code_cache import CodeCache

    def wrapper(original: Any) -> Any:
        return lambda cache, space, address, size: original(cache, space, address + size - 1, 1)

    replace_method(CodeCache, "invalidate", wrapper)


@BUGS.action("native-only-first-block-watched", Area.CODE_CACHE, "stale code executed",
             description="a region depends on the bytes of its first block only",
             judges=_REGIONS)  # fmt: skip
def _() -> None:
    from dataclasses import replace

    from engines.vm.tiers.baseline.tier import BaselineTier

    def wrapper(original: Any) -> Any:
        return lambda t, space, pc, made: original(t, space, pc, replace(made, ranges=made.ranges[:1]))

    replace_method(BaselineTier, "_place", wrapper)


@BUGS.action("native-entries-stay-linked", Area.CODE_CACHE, "stale code executed",
             description="entries still lead to a region that was thrown away",
             judges=_REGIONS)  # fmt: skip
def _() -> None:
    import ctypes

    from engines.vm.tiers.code_cache import CodeCache
    from engines.vm.tiers.interpreter.layout import PC_SHIFT

    def wrapper(original: Any) -> Any:
        def remove(cache: Any, handle: Any, first: int = 0, end: int = 0) -> None:
            space = handle.space()
            entries = [] if space is None else [space.decoded.table + (head << PC_SHIFT) for head in handle.heads]
            kept = [ctypes.string_at(entry, 4) for entry in entries]
            original(cache, handle, first, end)
            for entry, content in zip(entries, kept, strict=True):
                ctypes.memmove(entry, content, 4)

        return remove

    replace_method(CodeCache, "remove", wrapper)


@BUGS.action("native-entries-wiped", Area.CODE_CACHE, "operands of a fused pair lost",
             description="giving a region up wipes its entries, which the pair before them reads",
             judges=("tests/engines/vm/tiers/test_rewritten_pairs.py", "riscv64-baseline"),
             equivalent="Installing parts the pair before an entry, and no other forms while the code is there: an "
             "entry is decoded again only after a write near it, which takes the code away.")  # fmt: skip
def _() -> None:
    import ctypes

    from engines.vm.tiers.code_cache import CodeCache
    from engines.vm.tiers.interpreter.layout import ENTRY_BYTES, PC_SHIFT

    def wrapper(original: Any) -> Any:
        def remove(cache: Any, handle: Any, first: int = 0, end: int = 0) -> None:
            space = handle.space()
            original(cache, handle, first, end)
            for head in handle.heads if space is not None else ():
                if head not in space.heads:
                    ctypes.memset(space.decoded.table + (head << PC_SHIFT), 0, ENTRY_BYTES)

        return remove

    replace_method(CodeCache, "remove", wrapper)


@BUGS.action("native-known-block-rewritten", Area.CODE_CACHE, "stale code executed",
             description="the compiler knows a block again by where it stands, whatever it consists of now",
             judges=_KNOWN)  # fmt: skip
def _() -> None:
    from engines.vm.tiers.baseline.compiler import BaselineCompiler

    def wrapper(original: Any) -> Any:
        def look(compiler: Any, outline: Any) -> Any:
            return compiler._known.get((outline.pc, outline.end, outline.closing)) or original(compiler, outline)

        return look

    replace_method(BaselineCompiler, "_look", wrapper)


@BUGS.action("native-known-block-of-other-memory", Area.CODE_GENERATOR, "a fault optimised away",
             description="what was chosen for a block in guarded memory is generated for unguarded memory too, and the "
             "other way round",
             judges=_KNOWN)  # fmt: skip
def _() -> None:
    from engines.vm.tiers.baseline.compiler import BaselineCompiler

    def wrapper(original: Any) -> Any:
        def assign(compiler: Any, known: Any, registers: Any, guarded: bool) -> Any:
            return original(compiler, known, registers, next(iter(known.selected), guarded))

        return assign

    replace_method(BaselineCompiler, "_assign", wrapper)
