"""Injected bugs in vector instructions: order of lanes, tail, mask, and what compiled regions take for granted."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

PROGRAMS: Final = "tests/engines/vm/tiers/test_vector_programs.py"
REGIONS: Final = "tests/engines/vm/tiers/llvm/test_vector_regions.py"

BUGS: Final = Catalogue(judges=(PROGRAMS,))


@BUGS.action(
    "vector-lanes-reversed",
    Area.INTEGER,
    "lanes in the wrong order",
    description="the reference tier takes element 0 of a register from its upper end",
)
def _() -> None:
    from engines.vm.tiers.reference_vectors import ReferenceVectors

    def wrapper(original: Any) -> Any:
        def get(self: Any, register: int, index: int, size_bytes: int) -> int:
            return int(original(self, register, 16 // size_bytes - 1 - index, size_bytes))

        return get

    replace_method(ReferenceVectors, "get", wrapper)


@BUGS.action(
    "vector-tail-is-written",
    Area.INTEGER,
    "an element too many",
    description="the reference tier's body has one element more than vl",
)
def _() -> None:
    from engines.vm.tiers.reference_vectors import ReferenceVectors

    def wrapper(original: Any) -> Any:
        def active(self: Any, vm: Any, count: int | None = None) -> Any:
            return original(self, vm, min(self.state["vl"] + 1, 128) if count is None else count)

        return active

    replace_method(ReferenceVectors, "active", wrapper)


@BUGS.action(
    "vector-mask-bit-of-the-neighbour",
    Area.INTEGER,
    "the wrong bit of a mask",
    description="element i is masked by bit i ^ 1 of v0",
)
def _() -> None:
    from engines.vm.tiers.reference_vectors import ReferenceVectors

    def wrapper(original: Any) -> Any:
        def bit(self: Any, register: int, index: int) -> int:
            return int(original(self, register, index ^ 1))

        return bit

    replace_method(ReferenceVectors, "bit", wrapper)


@BUGS.action(
    "vector-region-forgets-fractions",
    Area.CODE_CACHE,
    "a fast path that is taken too often",
    description="compiled regions take VLMAX of LMUL 1 for that of a fraction, so the full path writes behind vl",
    judges=(REGIONS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.vectors import RegionVectors

    def wrapper(original: Any) -> Any:
        def active(self: Any, vm: Any, vl: Any, sew: int, step: Any) -> Any:
            found = original(self, vm, vl, sew, step)
            return found.constant(1) if self._is_full and not self.is_masked(vm) else found

        return active

    replace_method(RegionVectors, "_active", wrapper)


@BUGS.action(
    "vector-region-trusts-its-vtype",
    Area.CODE_CACHE,
    "an assumption that nothing checks",
    description="compiled regions do not compare vtype with the one that they were compiled for",
    judges=(REGIONS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.vectors import RegionVectors

    def wrapper(original: Any) -> Any:
        def ascertain(self: Any) -> None:
            self.certain = True

        return ascertain

    replace_method(RegionVectors, "_ascertain", wrapper)


@BUGS.action(
    "vector-region-keeps-the-old-vtype",
    Area.CODE_CACHE,
    "an assumption that nothing checks",
    description="behind vsetvli, compiled regions go on with the vtype of before",
    judges=(REGIONS,),
)
def _() -> None:
    from engines.vm.tiers.llvm.vectors import RegionVectors

    def wrapper(original: Any) -> Any:
        def executed(self: Any, insn: Any) -> None:
            self.certain = self.certain or insn.base.name.startswith("vset")

        return executed

    replace_method(RegionVectors, "executed", wrapper)
