"""What an injected bug is, and the ways to inject one without editing source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.runtime.generated_code import GENERATED

INTERPRETER: Final = ("riscv64-interpreter",)
"""Judged by generated programs on the native interpreter."""
REFERENCE: Final = ("riscv64-reference",)
"""Judged by generated programs on the reference tier: for what only that tier runs."""


class Area(StrEnum):
    """The part of the system that an injected bug sits in."""

    DECODER = "decoder"
    ENCODER = "encoder"
    INTEGER = "integer"
    FLOAT = "float"
    MEMORY = "memory"
    ATOMICS = "atomics"
    TRAPS = "traps"
    CSRS = "csrs"
    SYSTEM_CALLS = "system calls"
    INTERPRETER = "interpreter"
    IR = "ir"
    OPTIMISER = "optimiser"
    CODE_GENERATOR = "code generator"
    ALLOCATOR = "register allocator"
    SCHEDULER = "scheduler"
    HOST_ENCODER = "host encoder"
    CODE_CACHE = "code cache"
    AOT = "ahead of time"
    COMPARATOR = "comparator"
    TRIAGE = "triage"
    REDUCER = "reducer"
    CAMPAIGN = "campaign"
    ADAPTERS = "oracle adapters"
    RUST_FRONT_END = "Rust front end"
    RUST_MIR = "Rust MIR"
    RUST_LOWERING = "Rust lowering"
    RUST_RELEASE = "Rust release passes"
    RUST_CONTROL = "Rust control flow and encoding"


@dataclass(frozen=True)
class Bug:
    """One injected bug.

    Attributes:
        name: unique, says what is wrong; lower case, digits and hyphens.
        area: where it sits.
        stands_for: the class of real bugs that it represents; results are summed up by it.
        inject: makes the change, in this process only and for good.
        description: one line; what exactly is changed.
        judges: who is asked to find it, in this order: names of `fuzz.sabotage.judges`, of executors in the registry
            that run machine cases, or `module:factory` of a judge of one's own.
        equivalent: why nobody can find it, as it changes nothing that can be observed: a proof or an argument; empty
            for all others. A bug with such an argument that is found all the same fails the run.
        only_rows: it changes nothing but rows of the instruction table, by `change`: what is generated from the others
            stays as it is.
    """

    name: str
    area: Area
    stands_for: str
    inject: Callable[[], None]
    description: str = ""
    judges: tuple[str, ...] = INTERPRETER
    equivalent: str = ""
    only_rows: bool = False

    def switch_on(self) -> None:
        """Make the change; what others wrote from the unchanged source is not taken any more."""
        GENERATED.distrust()
        self.inject()


class Catalogue(list[Bug]):
    """The bugs of one file, collected by decorators.

    Attributes:
        judges: for bugs that name none of their own.
    """

    def __init__(self, judges: tuple[str, ...] = INTERPRETER) -> None:
        super().__init__()
        self.judges = judges

    def semantics(
        self, name: str, area: Area, stands_for: str, *mnemonics: str
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """The decorated `(m, op, operands…)` replaces the semantics of `mnemonics`, and of the compressed instructions
        that expand to them."""

        def collect(function: Callable[..., None]) -> Callable[..., None]:
            def inject() -> None:
                for mnemonic in mnemonics:
                    replace_semantics(mnemonic, _bound(function, mnemonic))

            description = f"{', '.join(mnemonics)} replaced"
            self.append(Bug(name, area, stands_for, inject, description, self.judges, only_rows=True))
            return function

        return collect

    def action(
        self,
        name: str,
        area: Area,
        stands_for: str,
        *,
        description: str = "",
        judges: tuple[str, ...] = (),
        equivalent: str = "",
    ) -> Callable[[Callable[[], None]], Callable[[], None]]:
        """The decorated function injects the bug by itself."""

        def collect(function: Callable[[], None]) -> Callable[[], None]:
            self.append(Bug(name, area, stands_for, function, description, judges or self.judges, equivalent))
            return function

        return collect


def _bound(function: Callable[..., None], mnemonic: str) -> Callable[..., None]:
    def semantics(m: Any, *operands: Any) -> None:
        function(m, mnemonic, *operands)

    return semantics


def replace_semantics(mnemonic: str, semantics: Callable[..., None]) -> None:
    """Give an instruction, and the compressed ones that expand to it, other semantics."""
    base = INSTRUCTIONS.by_mnemonic[mnemonic]
    for instruction in INSTRUCTIONS:
        if instruction is base or instruction.expands_to == base.name:
            change(instruction, semantics=semantics)


def change(instruction: Instruction, **attributes: Any) -> None:
    """Change a record in place; what was derived from it and cached on it is forgotten, and so is the decoder."""
    for name, value in attributes.items():
        object.__setattr__(instruction, name, value)
    for derived in ("effects", "constrained"):
        instruction.__dict__.pop(derived, None)
    if attributes.keys() & {"mask", "match", "fields"}:
        from engines.vm.isa.derive.decode import build_tree
        from engines.vm.isa.riscv64 import coding

        for length in coding.DECODER.trees:
            coding.DECODER.trees[length] = build_tree(i for i in INSTRUCTIONS if i.length == length)


def replace_method(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
    """Replace the attribute `name` of a class or module by `wrapper(original)`."""
    setattr(owner, name, wrapper(getattr(owner, name)))
