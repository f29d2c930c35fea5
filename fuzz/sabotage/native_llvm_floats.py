"""Injected bugs in what the LLVM tier computes in floating point: rounding modes, signed zeros, NaNs."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

EXACTNESS: Final = "tests/engines/vm/tiers/llvm/test_llvm_exactness.py"
NANS: Final = "tests/engines/vm/tiers/llvm/test_llvm_nans.py"

BUGS: Final = Catalogue(judges=(NANS,))


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
)
def _() -> None:
    from engines.vm.tiers.llvm.nans import Nans

    replace_method(Nans, "shown", lambda _: lambda self, insn, states: [])


@BUGS.action(
    "llvm-nan-exchanged-for-itself",
    Area.FLOAT,
    "a NaN that is not canonical",
    description="where the guest's NaN is to be written, the host's is",
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionMachine

    replace_method(RegionMachine, "canonical", lambda _: lambda self, register, fmt: self.f.held(register))


@BUGS.action(
    "llvm-nan-shown-is-no-more",
    Area.FLOAT,
    "a NaN that is not canonical",
    description="a register whose bits an instruction showed as the guest's is taken for one that holds no NaN",
)
def _() -> None:
    from engines.vm.tiers.llvm.machine import RegionMachine
    from engines.vm.tiers.llvm.nans import Nans

    def exchanging(original: Any) -> Any:
        def create(self: Any, *arguments: Any) -> None:
            original(self, *arguments)
            self.exchanges_nans = True

        return create

    replace_method(RegionMachine, "__init__", exchanging)
    replace_method(Nans, "__init__", lambda original: lambda self, region, **_: original(self, region))


@BUGS.action(
    "llvm-nan-left-as-it-is",
    Area.FLOAT,
    "a NaN that is not canonical",
    description="ways out of a region write NaNs as the host made them",
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
)
def _() -> None:
    from engines.vm.tiers.llvm.nans import Nans

    replace_method(Nans, "missing", lambda _: lambda self, states, target: [])


@BUGS.action(
    "llvm-nan-of-a-fused-operation",
    Area.FLOAT,
    "a flag is missing",
    description="multiplications with addition leave NaNs as the host makes them, which raises nothing for some",
)
def _() -> None:
    from engines.vm.tiers.llvm.nans import FUSED, Nans

    def wrapper(original: Any) -> Any:
        return lambda self, insn: insn.base.name.split("_")[0] in FUSED or original(self, insn)

    replace_method(Nans, "makes_loose", wrapper)


@BUGS.action(
    "llvm-way-to-a-nan-keeps-the-budget",
    Area.CODE_CACHE,
    "retired count off by one",
    description="a way that ends before a block because of a NaN does not give back what the block was given",
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
