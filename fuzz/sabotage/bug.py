"""What an injected bug is, and the ways to inject one without editing source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS


class Area(StrEnum):
    """The part of the system that an injected bug sits in."""

    DECODER = "decoder"
    INTEGER = "integer"
    FLOAT = "float"
    MEMORY = "memory"
    ATOMICS = "atomics"
    TRAPS = "traps"
    COMPARATOR = "comparator"


@dataclass(frozen=True)
class Bug:
    """One injected bug.

    Attributes:
        name: unique, says what is wrong.
        stands_for: the class of real bugs that it represents.
        inject: makes the change, in this process only and for good.
    """

    name: str
    area: Area
    stands_for: str
    inject: Callable[[], None]


class Catalogue(list[Bug]):
    """The bugs of one file, collected by decorators."""

    def semantics(
        self, name: str, area: Area, stands_for: str, *mnemonics: str
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """The decorated `(m, op, operands…)` replaces the semantics of `mnemonics`, and of the compressed instructions
        that expand to them."""

        def collect(function: Callable[..., None]) -> Callable[..., None]:
            def inject() -> None:
                for mnemonic in mnemonics:
                    base = INSTRUCTIONS.by_mnemonic[mnemonic]
                    for instruction in INSTRUCTIONS:
                        if instruction is base or instruction.expands_to == base.name:
                            change(instruction, semantics=_bound(function, mnemonic))

            self.append(Bug(name, area, stands_for, inject))
            return function

        return collect

    def action(self, name: str, area: Area, stands_for: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
        """The decorated function injects the bug by itself."""

        def collect(function: Callable[[], None]) -> Callable[[], None]:
            self.append(Bug(name, area, stands_for, function))
            return function

        return collect


def _bound(function: Callable[..., None], mnemonic: str) -> Callable[..., None]:
    def semantics(m: Any, *operands: Any) -> None:
        function(m, mnemonic, *operands)

    return semantics


def change(instruction: Instruction, **attributes: Any) -> None:
    """Change a record in place; what was derived from it and cached on it is forgotten."""
    for name, value in attributes.items():
        object.__setattr__(instruction, name, value)
    for derived in ("effects", "constrained"):
        instruction.__dict__.pop(derived, None)


def replace_method(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
    """Replace the attribute `name` of a class or module by `wrapper(original)`."""
    setattr(owner, name, wrapper(getattr(owner, name)))
