"""Injected bugs in the LLVM tier's regions: what they may retire, what leaves save, where jumps go, joined arms."""

from __future__ import annotations

import itertools
from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

EXACTNESS: Final = "tests/engines/vm/tiers/llvm/test_llvm_exactness.py"
PROFILE: Final = "tests/engines/vm/tiers/llvm/test_llvm_profile.py"
CONDITIONS: Final = "tests/engines/vm/tiers/llvm/test_llvm_conditions.py"
PROGRAMS: Final = "tests/engines/vm/tiers/llvm/test_llvm_against_interpreter.py"
SAMPLES: Final = "tests/engines/vm/tiers/llvm/test_llvm_samples.py"
ARMS: Final = "tests/engines/vm/tiers/llvm/test_joined_arms.py"
FETCHED: Final = "tests/engines/vm/tiers/llvm/test_fetched_registers.py"
UNCHECKED: Final = "tests/engines/vm/tiers/llvm/test_unchecked_loops.py"

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
    "llvm-short-entry-keeps-what-it-took",
    Area.CODE_CACHE,
    "retired count off by one",
    description="who enters behind a check with too little budget leaves with what was left after taking too much",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        def write(self: Any) -> None:
            self.detours = [(label, place, 0) for label, place, _ in self.detours]
            original(self)

        return write

    replace_method(Lowering, "_write_detours", wrapper)


@BUGS.action(
    "llvm-return-forgets-its-distance",
    Area.CODE_CACHE,
    "a jump to the wrong place",
    description="places behind calls are compared with a return's register, whatever the return adds to it",
    judges=(EXACTNESS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        def switch(self: Any, block: Any, places: Any, other: str) -> None:
            moved = {pc + block.insns[-1].argument("imm"): label for pc, label in places.items()}
            original(self, block, moved, other)

        return switch

    replace_method(Lowering, "_switch", wrapper)


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
    "llvm-slices-end-in-vain",
    Area.CODE_CACHE,
    "code compiled again in vain",
    description="what is interpreted only because a slice ended is taken for code that nothing was compiled for",
    judges=(SAMPLES,),
)
def _() -> None:
    from engines.vm.tiers.llvm import tier

    replace_method(tier, "LANDING_INSNS", lambda _: 0)
    replace_method(tier.LlvmTier, "_inside_at", lambda _: lambda *_: None)


@BUGS.action(
    "llvm-lost-guest-is-not-noticed",
    Area.CODE_CACHE,
    "compiled code not entered",
    description="a guest within the instructions of a region is taken to run its code, though it came to no entry",
    judges=(SAMPLES,),
)
def _() -> None:
    from engines.vm.tiers.llvm.tier import LlvmTier

    def wrapper(original: Any) -> Any:
        def inside(self: Any, *place: Any) -> Any:
            self._is_lost = False
            return original(self, *place)

        return inside

    replace_method(LlvmTier, "_inside_at", wrapper)


@BUGS.action(
    "llvm-little-is-not-looked-for",
    Area.CODE_CACHE,
    "compiled code not entered",
    description="one instruction in 25 may be interpreted for good",
    judges=(SAMPLES,),
)
def _() -> None:
    from engines.vm.tiers.llvm import tier

    replace_method(tier, "COLD_SHARE", lambda _: 0.04)


@BUGS.action(
    "llvm-oldest-kept-code-wins",
    Area.CODE_CACHE,
    "compiled code not entered",
    description="of regions that were kept for one entry the one that was made first is installed",
    judges=(SAMPLES,),
)
def _() -> None:
    from engines.vm.tiers.llvm.tier import LlvmTier

    replace_method(LlvmTier, "offer", lambda original: lambda self, regions: original(self, [*regions][::-1]))


@BUGS.action(
    "llvm-earlier-request-stays",
    Area.CODE_CACHE,
    "code compiled again in vain",
    description="a region that waits to be compiled is not exchanged for one that knows more of where jumps go",
    judges=("tests/engines/vm/tiers/llvm/test_llvm_background.py",),
)
def _() -> None:
    from engines.vm.tiers.llvm.background import BackgroundCompiler

    def wrapper(original: Any) -> Any:
        def ask(self: Any, request: Any) -> None:
            place = request.space, request.root
            original(self, self._latest.get(place, request))

        return ask

    replace_method(BackgroundCompiler, "ask", wrapper)


@BUGS.action(
    "llvm-kept-code-forgets",
    Area.CODE_CACHE,
    "code compiled again in vain",
    description="what only ran compiled counts as never executed: what is compiled again has less than before",
    judges=(SAMPLES,),
)
def _() -> None:
    from engines.vm.tiers.llvm.tier import LlvmTier

    replace_method(LlvmTier, "_executed", lambda _: lambda self, space: space.executed)


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
    "llvm-way-does-not-fetch",
    Area.CODE_CACHE,
    "state lost where ways meet",
    description="a way to a block that takes a register's variable to hold its value does not fetch it",
    judges=(FETCHED,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        def go_on(self: Any, block: Any, target: int, *rest: Any) -> None:
            before = frozenset(self.fetched)
            self._hold(before | self.held.get(target, before))
            original(self, block, target, *rest)
            self._hold(before)

        return go_on

    replace_method(Lowering, "_go_on", wrapper)


@BUGS.action(
    "llvm-counted-loop-passes-what-it-writes",
    Area.CODE_CACHE,
    "a register read that nothing holds",
    description="a loop without checks is given the registers, too, that a round writes before it reads them",
    judges=(UNCHECKED,),
)
def _() -> None:
    from engines.vm.tiers.llvm import unchecked
    from engines.vm.tiers.llvm.operands import written

    def wrapper(original: Any) -> Any:
        return lambda insns: original(insns) | {name for insn in insns for name in written(insn)}

    replace_method(unchecked, "read_first", wrapper)
