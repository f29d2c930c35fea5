"""What may be asked of the baseline compiler, apart from it: a run whose regions are all stored never imports it."""

from __future__ import annotations

from dataclasses import dataclass

from engines.vm.errors import MachineError


class CompileError(MachineError):
    """A region that this tier leaves to the interpreter; the message is the reason that is counted."""


@dataclass(frozen=True)
class Options:
    """What may be turned off, for measurements and tests.

    Attributes:
        allocator: off keeps every value that is not pinned on the stack, and pins nothing.
        scheduler: off generates operations in the block's order.
        passes: off generates the IR as it was lifted.
        check: judge every allocation by the independent checker.
        most_blocks, most_insns: size of a region.
    """

    allocator: bool = True
    scheduler: bool = True
    passes: bool = True
    check: bool = False
    most_blocks: int = 48
    most_insns: int = 400
