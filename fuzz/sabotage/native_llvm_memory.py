"""Injected bugs in how code of the LLVM tier asks what it may read and write, and leaves where it may not."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

GUARDED: Final = "tests/engines/vm/tiers/llvm/test_llvm_in_guarded_memory.py"
JOINED: Final = "tests/engines/vm/tiers/llvm/test_joined_loads.py"

BUGS: Final = Catalogue(judges=(GUARDED,))


@BUGS.action(
    "llvm-permission-not-asked",
    Area.MEMORY,
    "a permission not checked",
    description="any page that has a permission bit may be read and written",
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionMachine

    def wrapper(original: Any) -> Any:
        def flags(self: Any, address: Any) -> Any:
            found = original(self, address)
            return found.ne(0).select(self.const(0xFF, 8), self.const(0, 8))

        return flags

    replace_method(RegionMachine, "flags", wrapper)


@BUGS.action(
    "llvm-fault-leaves-elsewhere",
    Area.CODE_CACHE,
    "state lost at an exit",
    description="a refused access goes on where the first one of the region would",
)
def _() -> None:
    from engines.vm.runtime import linker

    def wrapper(original: Any) -> Any:
        def faults(files: Any, bases: Any) -> Any:
            found = original(files, bases)
            return tuple((at, found[0][1]) for at, _ in found)

        return faults

    replace_method(linker, "_faults", wrapper)


@BUGS.action(
    "llvm-base-is-never-compared",
    Area.MEMORY,
    "a permission not checked",
    description="in guarded memory any base is taken to be near the arena",
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
    "llvm-word-read-across-a-store",
    Area.MEMORY,
    "a load before a store that it must see",
    description="bytes that are put together are read at once though one is stored between",
    judges=(JOINED,),
)
def _() -> None:
    from dataclasses import replace

    from engines.vm.isa.riscv64 import INSTRUCTIONS
    from engines.vm.tiers.llvm import lowering

    nothing = INSTRUCTIONS["addi"]

    def wrapper(original: Any) -> Any:
        def joined(insns: Any) -> Any:
            pairs = [(insn, insn.base.effects.store_bytes) for insn in insns]
            return original([replace(i, base=nothing, arguments=(0, 0, 0)) if s else i for i, s in pairs])

        return joined

    replace_method(lowering, "joined_loads", wrapper)


@BUGS.action(
    "llvm-word-leaves-with-later-registers",
    Area.CODE_CACHE,
    "state lost at an exit",
    description="what leaves before the first byte of a word saves registers as they are behind it",
    judges=(JOINED,),
)
def _() -> None:
    from engines.vm.tiers.llvm import lowering

    replace_method(lowering, "_Leave", lambda original: lambda *values: original(*values[:7]))


@BUGS.action(
    "llvm-word-leaves-with-later-budget",
    Area.CODE_CACHE,
    "retired count off by one",
    description="what is executed again from the first byte of a word on was taken from the budget already",
    judges=(JOINED,),
)
def _() -> None:
    from engines.vm.tiers.llvm import lowering

    def wrapper(original: Any) -> Any:
        def leave(*values: Any) -> Any:
            is_again = len(values) > 7 and values[7]
            return original(*values[:4], values[4] - 1, *values[5:]) if is_again else original(*values)

        return leave

    replace_method(lowering, "_Leave", wrapper)


@BUGS.action(
    "llvm-word-without-sign",
    Area.MEMORY,
    "a loaded value extended wrongly",
    description="the upper byte of a word is extended with zeros though it is loaded with its sign",
    judges=(JOINED,),
)
def _() -> None:
    from engines.vm.tiers.llvm import joined_loads

    replace_method(joined_loads, "Word", lambda original: lambda *values: original(*values[:3], False))


@BUGS.action(
    "llvm-segment-of-another-address-space",
    Area.MEMORY,
    "state of another machine used",
    description="native code is not told to make its memory the base of the segment that compiled code accesses",
)
def _() -> None:
    from engines.vm.tiers import code_cache
    from engines.vm.tiers.interpreter.layout import Segment

    replace_method(code_cache, "segment", lambda original: lambda: original() and Segment.NONE)


@BUGS.action(
    "llvm-access-through-the-segment-without-its-offset",
    Area.MEMORY,
    "a wrong address",
    description="outside of innermost loops, accesses through the segment leave out what is added to the base",
)
def _() -> None:
    from engines.vm.tiers.llvm.accesses import GuardedMachine

    def wrapper(original: Any) -> Any:
        return lambda self, offset: original(self, offset if self.in_loop else 0)

    replace_method(GuardedMachine, "_place", wrapper)


@BUGS.action(
    "llvm-endless-loops-use-everything",
    Area.CODE_CACHE,
    "code refused that need not be",
    description="a loop that no way leaves compares all registers where it is entered",
    judges=("tests/engines/vm/tiers/llvm/test_compared_bases.py",),
)
def _() -> None:
    from engines.vm.tiers.llvm import bounds

    def wrapper(original: Any) -> Any:
        def sure(region: Any) -> dict[int, set[int]]:
            endless = {pc for pc, block in region.blocks.items() if set(block.targets) == {pc}}
            return {pc: set(range(1, 32)) if pc in endless else used for pc, used in original(region).items()}

        return sure

    replace_method(bounds, "_sure", wrapper)
