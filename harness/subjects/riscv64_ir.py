"""Our IR as an executor: machine cases on lifted and optimised blocks, evaluated over integers."""

from __future__ import annotations

from engines.vm.tiers.intermediate import IntermediateTier
from harness.subjects.riscv64_reference import ReferenceExecutor


class IrExecutor(ReferenceExecutor):
    """Runs machine cases on `engines.vm.tiers.intermediate`, with all passes."""

    name = "riscv64-ir"

    def __init__(self) -> None:
        super().__init__(IntermediateTier())


class LiftedExecutor(ReferenceExecutor):
    """The same without any pass, so that a mistake of the lifter shows alone."""

    name = "riscv64-ir-lifted"

    def __init__(self) -> None:
        super().__init__(IntermediateTier(lambda block: block))
