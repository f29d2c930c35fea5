"""Injected bugs in the LLVM tier: forming regions, lowering them, the code cache, and code that is kept."""

from __future__ import annotations

import itertools
from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

CACHE: Final = "tests/engines/vm/tiers/test_code_cache.py"
EXACTNESS: Final = "tests/engines/vm/tiers/llvm/test_llvm_exactness.py"
AUTO: Final = "tests/engines/vm/tiers/test_auto_tier.py"
PROFILE: Final = "tests/engines/vm/tiers/llvm/test_llvm_profile.py"
CONDITIONS: Final = "tests/engines/vm/tiers/llvm/test_llvm_conditions.py"
PROGRAMS: Final = "tests/engines/vm/tiers/llvm/test_llvm_against_interpreter.py"
NANS: Final = "tests/engines/vm/tiers/llvm/test_llvm_nans.py"
COPIES: Final = "tests/engines/vm/tiers/llvm/test_copied_functions.py"
ARMS: Final = "tests/engines/vm/tiers/llvm/test_joined_arms.py"
GUARDED: Final = "tests/engines/vm/tiers/llvm/test_llvm_in_guarded_memory.py"

BUGS: Final = Catalogue(judges=("riscv64-llvm", PROGRAMS, CONDITIONS))


@BUGS.action(
    "llvm-budget-check-short",
    Area.CODE_CACHE,
    "retired count off by one",
    description="a region asks for one instruction less than its longest path has",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm import region

    def wrapper(original: Any) -> Any:
        def find(found: Any) -> None:
            original(found)
            found.longest = {pc: n - 1 for pc, n in found.longest.items()}

        return find

    replace_method(region, "_find_checks", wrapper)


@BUGS.action(
    "llvm-entry-not-charged",
    Area.CODE_CACHE,
    "retired count off by one",
    description="who enters behind a check runs on to the next one without asking for the budget",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    replace_method(Lowering, "_take_at_head", lambda _: lambda *_: None)


@BUGS.action(
    "llvm-budget-lost-in-a-slot",
    Area.CODE_CACHE,
    "retired count off by one",
    description="the budget is what a callbr with a way out gives, which LLVM may keep in a slot that one way writes",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering, _Leave

    def wrapper(_: Any) -> Any:
        def take(self: Any, pc: int, budget: Any, insns: int, dirty: Any, loose: Any) -> Any:
            emitter = self.emitter
            short, onward = emitter.label("short"), emitter.label("on")
            text = r"subq $2, $0\0Ajb ${3:l}"
            asm = f'asm sideeffect "{text}", "=r,0,n,!i,~{{flags}}"(i64 {budget.text}, i64 {insns})'
            left = emitter.value(f"callbr i64 {asm} to label %{onward} [label %{short}]", 64)
            self.leaves.append(_Leave(short, pc, left, dirty, insns, True, loose))
            emitter.begin(onward)
            emitter.line(f"store i64 {left.text}, ptr %budget.")
            return left

        return take

    replace_method(Lowering, "_take", wrapper)


@BUGS.action(
    "llvm-way-out-not-charged",
    Area.CODE_CACHE,
    "retired count off by one",
    description="what follows a small loop is not asked for, though the loop's check leaves it out",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm import region

    def wrapper(original: Any) -> Any:
        def find(found: Any) -> None:
            plain = region.Region(found.blocks, found.heads)
            kept, region._ways_out = region._ways_out, lambda *_: set()
            try:
                original(plain)
            finally:
                region._ways_out = kept
            original(found)
            found.checks = plain.checks

        return find

    replace_method(region, "_find_checks", wrapper)


@BUGS.action(
    "llvm-float-registers-not-saved",
    Area.CODE_CACHE,
    "state lost at an exit",
    description="exits do not save written floating-point registers",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        return lambda self, dirty, *rest: original(self, frozenset(n for n in dirty if n[0] == "x"), *rest)

    replace_method(Lowering, "_save", wrapper)


@BUGS.action(
    "llvm-exit-forgets-a-register",
    Area.CODE_CACHE,
    "state lost at an exit",
    description="exits do not save x10",
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    replace_method(
        Lowering, "_save", lambda original: lambda self, dirty, *rest: original(self, dirty - {"x10"}, *rest)
    )


@BUGS.action(
    "llvm-way-does-not-save",
    Area.CODE_CACHE,
    "state lost at an exit",
    description="a way to a block that takes a register's value to be in the record does not save it",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        def go_on(self: Any, block: Any, target: int, budget: Any, dirty: Any, *rest: Any) -> None:
            original(self, block, target, budget, dirty & self.unsaved.get(target, dirty), *rest)

        return go_on

    replace_method(Lowering, "_go_on", wrapper)


@BUGS.action(
    "llvm-leave-saves-a-neighbour",
    Area.CODE_CACHE,
    "state lost at an exit",
    description="what leaves to the interpreter saves not a register that it wrote, but the one before",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm import lowering

    replace_method(lowering, "_bit", lambda original: lambda name: max(original(name) - 1, 0))


@BUGS.action(
    "llvm-copy-returns-unasked",
    Area.CODE_CACHE,
    "a jump to the wrong place",
    description="a function's copy returns behind its call, whatever the link register holds",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering
    from engines.vm.tiers.llvm.region import address

    def wrapper(original: Any) -> Any:
        def indirect(self: Any, block: Any, *rest: Any) -> None:
            if block.pc != address(block.pc):
                self.machine._target = self.machine.const(block.targets[0])
            original(self, block, *rest)

        return indirect

    replace_method(Lowering, "_indirect", wrapper)


@BUGS.action(
    "llvm-copied-code-not-watched",
    Area.CODE_CACHE,
    "stale code",
    description="a region does not depend on the code of functions that it has copies of",
    judges=(COPIES,),
)
def _() -> None:
    from engines.vm.tiers.llvm.region import Region, address

    def wrapper(original: Any) -> Any:
        def ranges(self: Any) -> Any:
            return original(Region({pc: block for pc, block in self.blocks.items() if pc == address(pc)}, self.heads))

        return ranges

    replace_method(Region, "ranges", wrapper)


@BUGS.action(
    "llvm-leaves-at-the-wrong-count",
    Area.CODE_CACHE,
    "retired count off by one",
    description="a place that leaves in the middle of a block counts one instruction too many",
)
def _() -> None:
    from engines.vm.tiers.llvm import lowering

    def wrapper(original: Any) -> Any:
        return lambda *a, **k: original(*a[:4], a[4] - 1, *a[5:], **k) if len(a) >= 6 else original(*a, **k)

    replace_method(lowering, "_Leave", wrapper)


@BUGS.action(
    "llvm-mode-not-checked",
    Area.CODE_CACHE,
    "an assumption not checked",
    description="a region compiled for one rounding mode is entered under any",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionFloatUnit, RegionMachine

    replace_method(RegionFloatUnit, "_uses_host", lambda _: lambda self, rm: rm.constant == self.machine.frm)

    def wrapper(original: Any) -> Any:
        def mode(self: Any, rm: Any) -> Any:
            found = original(self, rm)
            self.uses_frm = False
            return found

        return mode

    replace_method(RegionMachine, "rounding_mode", wrapper)


@BUGS.action(
    "llvm-static-mode-ignored",
    Area.FLOAT,
    "rounding mode ignored",
    description="operations with a static rounding mode use the dynamic one",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionFloatUnit

    def wrapper(_: Any) -> Any:
        def uses(self: Any, rm: Any) -> bool:
            self.machine.uses_frm = True
            return True

        return uses

    replace_method(RegionFloatUnit, "_uses_host", wrapper)


@BUGS.action(
    "llvm-minimum-of-zeros",
    Area.FLOAT,
    "signed zeros",
    description="the smaller of +0 and -0 is +0",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionFloatUnit

    replace_method(
        RegionFloatUnit,
        "minimum",
        lambda _: lambda self, fmt, a, b: self._extreme(fmt, a, b, a & b, smallest=True),
    )


@BUGS.action(
    "llvm-nan-stored-as-it-is",
    Area.FLOAT,
    "a NaN that is not canonical",
    description="what shows the bits of a NaN does not ask for one",
    judges=(NANS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.nans import Nans

    replace_method(Nans, "shown", lambda _: lambda self, insn, states: [])


@BUGS.action(
    "llvm-nan-left-as-it-is",
    Area.FLOAT,
    "a NaN that is not canonical",
    description="ways out of a region write NaNs as the host made them",
    judges=(NANS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        return lambda self, dirty, loose, chosen=None, *record: original(self, dirty, frozenset(), None, *record)

    replace_method(Lowering, "_save", wrapper)


@BUGS.action(
    "llvm-nan-comes-in",
    Area.FLOAT,
    "a NaN that is not canonical",
    description="a way on which a register may hold any NaN joins one where it holds the host's, and does not ask",
    judges=(NANS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.nans import Nans

    replace_method(Nans, "missing", lambda _: lambda self, states, target: [])


@BUGS.action(
    "llvm-nan-of-a-fused-operation",
    Area.FLOAT,
    "a flag is missing",
    description="multiplications with addition leave NaNs as the host makes them, which raises nothing for some",
    judges=(NANS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.nans import FUSED, Nans

    def wrapper(original: Any) -> Any:
        return lambda self, insn: insn.base.name.split("_")[0] in FUSED or original(self, insn)

    replace_method(Nans, "makes_loose", wrapper)


@BUGS.action(
    "llvm-arm-takes-the-others-branch",
    Area.CODE_GENERATOR,
    "a branch goes the wrong way",
    description="where both arms of a branch are executed, one whose own branch is taken elsewhere is not turned round",
    judges=(ARMS,),
)
def _() -> None:
    from dataclasses import replace

    from engines.vm.tiers.llvm import lowering

    def wrapper(original: Any) -> Any:
        def found(region: Any, block: Any) -> Any:
            arms = original(region, block)
            return arms and replace(arms, arms=tuple(replace(arm, is_turned=False) for arm in arms.arms))

        return found

    replace_method(lowering, "arms_of", wrapper)


@BUGS.action(
    "llvm-arm-jumps-for-nothing",
    Area.CODE_CACHE,
    "retired count off by one",
    description="where both arms of a branch are executed, a jump behind one of them does not count",
    judges=(ARMS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        return lambda self, block, way, place: original(self, block, way, place) + len(way) - 1

    replace_method(Lowering, "_given_back", wrapper)


@BUGS.action(
    "llvm-arms-one-after-the-other",
    Area.CODE_GENERATOR,
    "a stale register value",
    description="where both arms of a branch are executed, the second one goes on with what the first one wrote",
    judges=(ARMS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        turn = itertools.count()
        return lambda self, *rest: None if next(turn) % 3 == 1 else original(self, *rest)

    replace_method(Lowering, "_assign", wrapper)


@BUGS.action(
    "llvm-permission-not-asked",
    Area.MEMORY,
    "a permission not checked",
    description="any page that has a permission bit may be read and written",
    judges=(GUARDED,),
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionMachine

    def wrapper(original: Any) -> Any:
        def flags(self: Any, address: Any) -> Any:
            found = original(self, address)
            return found.ne(0).select(self.const(0xFF, 8), self.const(0, 8))

        return flags

    replace_method(RegionMachine, "_flags", wrapper)


@BUGS.action(
    "llvm-return-to-the-first-call",
    Area.CODE_CACHE,
    "a jump to the wrong place",
    description="an indirect jump through ra goes to the first return point of the region, whatever ra holds",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        def indirect(self: Any, block: Any, *rest: Any) -> None:
            if block.targets:
                self.machine._target = self.machine.const(block.targets[0])
            original(self, block, *rest)

        return indirect

    replace_method(Lowering, "_indirect", wrapper)


@BUGS.action(
    "llvm-indirect-call-forgets-its-link",
    Area.CODE_CACHE,
    "state lost at an exit",
    description="an indirect call to a place that traces saw does not write the link register",
    judges=(PROFILE,),
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionMachine

    def wrapper(original: Any) -> Any:
        return lambda self, keep=False: [] if keep else original(self)

    replace_method(RegionMachine, "commit", wrapper)


@BUGS.action(
    "llvm-seen-targets-are-all",
    Area.CODE_CACHE,
    "a jump to the wrong place",
    description="an indirect jump that was seen to go to one place only is taken to always go there",
    judges=(PROFILE,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        def indirect(self: Any, block: Any, *rest: Any) -> None:
            if block.links and len(block.targets) == 1:
                self.machine._target = self.machine.const(block.targets[0])
            original(self, block, *rest)

        return indirect

    replace_method(Lowering, "_indirect", wrapper)


@BUGS.action(
    "llvm-auipc-of-another-register",
    Area.CODE_CACHE,
    "a jump to the wrong place",
    description="jalr after auipc is taken for a direct jump whatever its base register is",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm import region

    def wrapper(original: Any) -> Any:
        def direct(insn: Any, previous: Any) -> int | None:
            if insn.base.name == "jalr" and previous is not None and previous.base.name == "auipc":
                return int(previous.pc + previous.argument("imm") + insn.argument("imm")) & 0xFFFF_FFFF_FFFF_FFFE
            found: int | None = original(insn, previous)
            return found

        return direct

    replace_method(region, "direct_target", wrapper)


@BUGS.action(
    "llvm-invalidation-forgotten",
    Area.CODE_CACHE,
    "stale code",
    description="compiled code stays when its guest code is written",
    judges=(CACHE,),
)
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    replace_method(CodeCache, "invalidate", lambda _: lambda self, space, address, size: None)


@BUGS.action(
    "auto-guarded-code-outlives-the-guards",
    Area.CODE_CACHE,
    "a permission not checked",
    description="code that leaves checks to the host stays when the host no longer checks",
    judges=(AUTO,),
)
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    def wrapper(original: Any) -> Any:
        def listen(self: Any, space: Any) -> None:
            original(self, space)
            space.memory.unguarded_listeners.clear()

        return listen

    replace_method(CodeCache, "_listen", wrapper)


@BUGS.action(
    "llvm-eviction-leaves-entries",
    Area.CODE_CACHE,
    "a link left behind",
    description="entries still lead to code whose memory was given to other code",
)
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    def wrapper(original: Any) -> Any:
        def remove(self: Any, handle: Any, first: int = 0, end: int = 0) -> None:
            handle.heads = ()
            original(self, handle, first, end)

        return remove

    replace_method(CodeCache, "remove", wrapper)


@BUGS.action(
    "llvm-space-not-given-back",
    Area.CODE_CACHE,
    "memory lost",
    description="the memory of removed code is not free again",
    judges=(CACHE,),
)
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    def wrapper(original: Any) -> Any:
        return lambda self, address, size: original(self, address, size // 2)

    replace_method(CodeCache, "_release", wrapper)


@BUGS.action(
    "llvm-stored-code-not-compared",
    Area.AOT,
    "stale code",
    description="kept code is installed although the guest's code is another",
    judges=(CONDITIONS,),
)
def _() -> None:
    from engines.vm.tiers.code_cache import CompiledSpace

    replace_method(CompiledSpace, "is_current", lambda original: lambda space, region: True)


@BUGS.action(
    "llvm-stored-heads-shifted",
    Area.AOT,
    "a jump to the wrong place",
    description="an entry of kept code is read as that of the pc two bytes on",
    judges=(CONDITIONS,),
)
def _() -> None:
    from engines.vm.aot.image import StoredRegion

    def wrapper(original: Any) -> Any:
        def read(data: bytes, at: int) -> Any:
            region, end = original(data, at)
            entries = tuple((pc + 2, offset) for pc, offset in region.entries)
            return StoredRegion(region.code, entries, region.ranges, region.exits, region.guest), end

        return staticmethod(read)

    replace_method(StoredRegion, "from_bytes", wrapper)


@BUGS.action(
    "llvm-fault-leaves-elsewhere",
    Area.CODE_CACHE,
    "state lost at an exit",
    description="a refused access goes on where the first one of the region would",
    judges=(GUARDED,),
)
def _() -> None:
    from engines.vm.runtime import image

    def wrapper(original: Any) -> Any:
        def faults(files: Any, bases: Any) -> Any:
            found = original(files, bases)
            return tuple((at, found[0][1]) for at, _ in found)

        return faults

    replace_method(image, "_faults", wrapper)


@BUGS.action(
    "llvm-base-is-never-compared",
    Area.MEMORY,
    "a permission not checked",
    description="in guarded memory any base is taken to be near the arena",
    judges=(GUARDED,),
)
def _() -> None:
    from engines.vm.tiers.llvm.bounds import Bounds, Known

    replace_method(Bounds, "missing", lambda _: lambda self, known, target: [])
    replace_method(Bounds, "at_head", lambda _: lambda self, head: [])

    def wrapper(original: Any) -> Any:
        def copy(self: Any) -> Any:
            return original(Known(dict.fromkeys(range(32), 0)))

        return copy

    replace_method(Known, "copy", wrapper)


@BUGS.action(
    "llvm-written-base-stays-near",
    Area.MEMORY,
    "a permission not checked",
    description="a register that was near the arena is taken to be so whatever is written to it",
    judges=(GUARDED,),
)
def _() -> None:
    from engines.vm.tiers.llvm.bounds import Known

    def wrapper(original: Any) -> Any:
        def execute(self: Any, insn: Any) -> None:
            near = dict(self.near)
            original(self, insn)
            self.near = near | self.near

        return execute

    replace_method(Known, "execute", wrapper)


@BUGS.action(
    "llvm-way-to-a-nan-keeps-the-budget",
    Area.CODE_CACHE,
    "retired count off by one",
    description="a way that ends before a block because of a NaN does not give back what the block was given",
    judges=(NANS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        def go_on(self: Any, block: Any, target: int, *rest: Any) -> None:
            begun = len(self.leaves)
            original(self, block, target, *rest)
            for leave in self.leaves[begun:]:
                if leave.pc == target:
                    leave.unspent = self._unspent(block, target)

        return go_on

    replace_method(Lowering, "_go_on", wrapper)
