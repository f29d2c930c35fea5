"""Bugs that this project had and fixed, put back: each names the commit that fixed it."""

from __future__ import annotations

import os
from typing import Any, Final

from fuzz.sabotage.bug import REFERENCE, Area, Catalogue, replace_method

BUGS: Final = Catalogue()
_UNICORN: Final = ("fresh tests/oracles/test_conformance.py,tests/oracles/test_unicorn_oracle.py",)


@BUGS.action(
    "fault-value-is-the-accesss-own-address",
    Area.TRAPS,
    "a wrong cause or trap value",
    description="08fc504: where only the second page fails, the trap value was the access's own address",
)
def _() -> None:
    from engines.vm.tiers.interpreter.machine import HandlerMachine

    def wrapper(original: Any) -> Any:
        def admit(self: Any, address: Any, size_bytes: int, needed: int, cause: int) -> Any:
            trap_if = self.trap_if
            self.trap_if = lambda condition, number, value: trap_if(condition, number, address)
            try:
                return original(self, address, size_bytes, needed, cause)
            finally:
                self.trap_if = trap_if

        return admit

    replace_method(HandlerMachine, "_admit", wrapper)


@BUGS.action(
    "reference-fault-value-is-the-accesss-own-address",
    Area.TRAPS,
    "a wrong cause or trap value",
    description="08fc504, in the reference tier",
    judges=REFERENCE,
)
def _() -> None:
    from engines.vm.memory.address_space import AddressSpace, MemoryFault

    def wrapper(original: Any) -> Any:
        def access(self: Any, address: int, *rest: int) -> Any:
            try:
                return original(self, address, *rest)
            except MemoryFault as fault:
                raise MemoryFault(address, fault.access) from None

        return access

    replace_method(AddressSpace, "load", wrapper)
    replace_method(AddressSpace, "store", wrapper)


@BUGS.action(
    "vfork-childs-writes-lost",
    Area.SYSTEM_CALLS,
    "an effect left out",
    description="9719695: a vfork child's writes did not reach its parent",
    judges=("programs",),
)
def _() -> None:
    from engines.vm.user.process import Process

    def release_vfork(self: Any) -> None:
        if self.vfork_done >= 0:
            os.close(self.vfork_done)
            self.vfork_done = -1

    Process.release_vfork = release_vfork  # type: ignore[method-assign]


@BUGS.action(
    "decoded-code-of-another-tier-stays",
    Area.CODE_CACHE,
    "stale code",
    description="c183993: tiers that took turns on one address space kept decoded code that the other had changed",
    judges=("tests/engines/vm/tiers/interpreter/test_decoded_code.py",),
)
def _() -> None:
    from engines.vm.tiers.interpreter.decoded_code import DecodedCode

    def take(self: Any, memory: Any) -> None:
        memory.decoded_by = self

    DecodedCode.take = take  # type: ignore[method-assign]


@BUGS.action(
    "unicorn-amo-traps-are-loads",
    Area.ADAPTERS,
    "a defect of the oracle taken for the truth",
    description="7ee6ab7: Unicorn reports the faults of atomics as loads",
    judges=_UNICORN,
    equivalent="The adapter then reports what the erratum of unrepaired Unicorn says, which the comparison explains "
    "and counts: two campaigns of 6,144 programs and the conformance suite agree, and no agreement is wrong.",
)
def _() -> None:
    from oracles import unicorn_oracle

    unicorn_oracle._amo_traps_are_store_traps = lambda trap, instruction: None


def _source_replaced(old: str, new: str) -> None:
    """Change the LLVM text of the functions that repair Unicorn."""
    from oracles import unicorn_repair

    def wrapper(original: Any) -> Any:
        def source() -> str:
            text: str = original()
            if old not in text:
                raise ValueError(f"the repair of Unicorn has no {old!r} any more: state this bug anew")
            return text.replace(old, new)

        return source

    replace_method(unicorn_repair, "_source", wrapper)


@BUGS.action(
    "unicorn-operands-boxed-or-not",
    Area.ADAPTERS,
    "a defect of the oracle taken for the truth",
    description="499ee28: Unicorn does not check that singles are boxed",
    judges=_UNICORN,
)
def _() -> None:
    _source_replaced("select i1 %boxed, i64 %low", "select i1 true, i64 %low")


@BUGS.action(
    "unicorn-results-not-boxed",
    Area.ADAPTERS,
    "a defect of the oracle taken for the truth",
    description="499ee28: Unicorn does not box single results",
    judges=_UNICORN,
)
def _() -> None:
    from oracles import unicorn_repair

    for name, (floats, others, _) in list(unicorn_repair._WITH_ENVIRONMENT.items()):
        unicorn_repair._WITH_ENVIRONMENT[name] = (floats, others, False)


@BUGS.action(
    "sum-not-halfway-ties-away",
    Area.FLOAT,
    "a rounding mode not honoured",
    description="18fa79b: the generator never made sums that fall halfway, so that RMM taken for RNE went unnoticed",
    judges=REFERENCE,
)
def _() -> None:
    from engines.vm import softfloat

    def wrapper(original: Any) -> Any:
        def total(f: Any, na: bool, ma: int, qa: int, nb: bool, mb: int, qb: int, rm: int) -> Any:
            return original(f, na, ma, qa, nb, mb, qb, 0 if rm == softfloat.RMM else rm)

        return total

    replace_method(softfloat, "_sum", wrapper)
