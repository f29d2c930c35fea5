"""Injected bugs in the LLVM tier's loops that run without checks, and in the use that it makes of registers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

LOOPS: Final = "tests/engines/vm/tiers/llvm/test_unchecked_loops.py"

BUGS: Final = Catalogue(judges=(LOOPS,))


def _change_loops(change: Any) -> None:
    """Have `change` make another loop of each that is found."""
    from engines.vm.tiers.llvm import unchecked

    def wrapper(original: Any) -> Any:
        def counted(block: Any) -> Any:
            found = original(block)
            return found if found is None else change(found)

        return counted

    replace_method(unchecked, "counted", wrapper)


@BUGS.action(
    "loops-budget-not-asked",
    Area.CODE_CACHE,
    "retired count off by one",
    description="a loop without checks runs all its rounds, whatever the budget is",
)
def _() -> None:
    from engines.vm.tiers.llvm.unchecked import UncheckedLoop

    def wrapper(original: Any) -> Any:
        return lambda self, machine, budget, left_over, instead: original(
            self, machine, machine.const(-1), left_over, instead
        )

    replace_method(UncheckedLoop, "enter", wrapper)


@BUGS.action(
    "loops-retire-too-little",
    Area.CODE_CACHE,
    "retired count off by one",
    description="a loop without checks counts one instruction less for each round",
)
def _() -> None:
    from engines.vm.tiers.llvm.unchecked import UncheckedLoop

    def wrapper(original: Any) -> Any:
        def enter(self: Any, machine: Any, *rest: Any) -> Any:
            retired = original(self, machine, *rest)
            return retired - machine.emitter.value(f"udiv i64 {retired.text}, {len(self.loop.block.insns)}", 64)

        return enter

    replace_method(UncheckedLoop, "enter", wrapper)


@BUGS.action(
    "loops-one-round-less",
    Area.CODE_GENERATOR,
    "a loop that ends early",
    description="the last round of a loop without checks is left out",
)
def _() -> None:
    from engines.vm.tiers.llvm.unchecked import UncheckedLoop

    replace_method(UncheckedLoop, "_rounds", lambda original: lambda self, *rest: original(self, *rest) - 1)


@BUGS.action(
    "loops-rest-left-out",
    Area.CODE_GENERATOR,
    "a loop that ends early",
    description="of many rounds, those that are left behind the widest vectors are not made",
)
def _() -> None:
    from engines.vm.tiers.llvm import unchecked

    def wrapper(original: Any) -> Any:
        class Forgetful(original):  # type: ignore[misc]  # its base is Any
            def branch(self, condition: Any, one: str, zero: str, **rest: Any) -> None:
                super().branch(self.const(1, 1) if one == "end" else condition, one, zero, **rest)

        return Forgetful

    replace_method(unchecked, "Emitter", wrapper)


@BUGS.action(
    "loops-stores-of-another-range",
    Area.MEMORY,
    "accesses in the wrong order",
    description="LLVM is told that what a loop without checks stores to one range is apart from what it loads there",
)
def _() -> None:
    from engines.vm.isa.riscv64.i import STORES

    def change(loop: Any) -> Any:
        names = [insn.base.name for insn in loop.block.insns]
        moved = {at: (number + (names[at] in STORES)) % len(loop.ranges) for at, number in loop.by_access.items()}
        return replace(loop, by_access=moved)

    _change_loops(change)


@BUGS.action(
    "loops-overlap-not-asked",
    Area.MEMORY,
    "accesses in the wrong order",
    description="what a loop without checks stores to may be what else it loads",
)
def _() -> None:
    from engines.vm.tiers.llvm import unchecked

    replace_method(unchecked, "combinations", lambda _: lambda *_: ())


@BUGS.action(
    "loops-store-to-read-only",
    Area.MEMORY,
    "a permission not checked",
    description="pages that a loop without checks stores to are asked for permission to load only",
)
def _() -> None:
    from engines.vm.tiers.llvm import unchecked

    replace_method(unchecked, "DIRECT", lambda _: 0)


@BUGS.action(
    "loops-pages-between-not-asked",
    Area.MEMORY,
    "a permission not checked",
    description="of the pages of a range only the first and the last are asked",
)
def _() -> None:
    from engines.vm.tiers.llvm.unchecked import UncheckedLoop

    def wrapper(original: Any) -> Any:
        def admit(self: Any, machine: Any, *rest: Any) -> Any:
            emitter, branch = machine.emitter, machine.emitter.branch

            def never(condition: Any, one: str, zero: str, **rest: Any) -> None:
                branch(emitter.const(0, 1) if one.startswith("each") else condition, one, zero, **rest)

            emitter.branch = never
            try:
                return original(self, machine, *rest)
            finally:
                del emitter.branch

        return admit

    replace_method(UncheckedLoop, "_admit", wrapper)


@BUGS.action(
    "loops-last-access-not-in-range",
    Area.MEMORY,
    "a permission not checked",
    description="a range ends where its last access begins",
)
def _() -> None:
    _change_loops(lambda loop: replace(loop, ranges=tuple(replace(each, size=1) for each in loop.ranges)))


@BUGS.action(
    "loops-end-between-rounds",
    Area.CODE_GENERATOR,
    "a loop that ends early",
    description="a loop that counts to what it does not meet ends where it would be beyond that",
)
def _() -> None:
    from engines.vm.tiers.llvm.unchecked import UncheckedLoop

    def wrapper(original: Any) -> Any:
        def rounds(self: Any, machine: Any, instead: str) -> Any:
            loop = self.loop
            if loop.comparison == "bne" and loop.step < -1:
                self.loop = replace(loop, comparison="bltu")
            try:
                return original(self, machine, instead)
            finally:
                self.loop = loop

        return rounds

    replace_method(UncheckedLoop, "_rounds", wrapper)


@BUGS.action(
    "llvm-comparison-to-a-mask",
    Area.CODE_GENERATOR,
    "a register of the wrong class",
    description="comparisons may give their result to registers above 15, where AVX-512 has masks instead",
    judges=("tests/engines/vm/tiers/llvm/test_llvm_nans.py",),
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionFloatUnit

    def wrapper(_: Any) -> Any:
        def asm(self: Any, result: str, template: str, constraints: str, *operands: str) -> Any:
            return super(RegionFloatUnit, self)._asm(result, template, constraints.replace("x", "v"), *operands)

        return asm

    replace_method(RegionFloatUnit, "_asm", wrapper)
