"""Building blocks by hand: for tests, generators and lifters that are not in a hurry."""

from __future__ import annotations

from engines.vm.errors import MachineError
from engines.vm.ir.block import Block, GuestState
from engines.vm.ir.ops import OPCODE, OPS, RESULT, Effect, Instruction
from engines.vm.ir.types import Type


class BuildError(MachineError, ValueError):
    """An operation was asked for that the table does not have, or with the wrong number or types of operands."""


class Builder:
    """Builds one block, instruction by instruction.

    Attributes:
        code: the instructions so far; the value number of the next one is its length.
        n: number of the current guest instruction, so how many have retired before it.
    """

    def __init__(self, state: GuestState, pc: int) -> None:
        self.state = state
        self.pc = pc
        self.code: list[Instruction] = []
        self.pcs: list[int] = []

    @property
    def n(self) -> int:
        return len(self.pcs) - 1

    def insn(self, pc: int) -> int:
        """Begin the guest instruction at `pc`; returns its number `n`."""
        self.pcs.append(pc)
        return self.n

    def emit(self, name: str, *arguments: int) -> int:
        """Append an operation; returns its value number.

        Raises:
            BuildError: no such operation, or arguments that do not fit it.
        """
        code = OPCODE.get(name)
        if code is None:
            close = [known for known in OPCODE if known.partition(".")[0] == name.partition(".")[0]]
            hint = f"; there are {', '.join(close)}" if close else "; see docs/reference/ir.md"
            raise BuildError(f"no operation is called {name!r}{hint}")
        op = OPS[code]
        if len(arguments) != op.length - 1:
            raise BuildError(
                f"{name} takes {op.arity} operands and {len(op.immediates)} immediates; given {len(arguments)}"
            )
        for position, (value, wanted) in enumerate(zip(arguments, op.operands, strict=False)):
            actual = RESULT[self.code[value][0]] if 0 <= value < len(self.code) else Type.VOID
            if actual is not wanted:
                raise BuildError(
                    f"operand {position} of {name} is %{value}, {actual.spelling}; needs {wanted.spelling}"
                )
        self.code.append((code, *arguments))
        return len(self.code) - 1

    def get(self, register: str) -> int:
        """The value of a guest register by name."""
        slot = self.state.index[register]
        return self.emit(f"get.{self.state.slots[slot].type.spelling}", slot)

    def put(self, register: str, value: int) -> None:
        """Set a guest register by name."""
        slot = self.state.index[register]
        self.emit(f"put.{self.state.slots[slot].type.spelling}", value, slot)

    def const(self, value: int, type: Type = Type.I64) -> int:
        """A constant; wraps."""
        return self.emit(f"const.{type.spelling}", value & (1 << type.width) - 1)

    def finish(self, end: int) -> Block:
        """The block, which must end in an operation that ends blocks.

        Raises:
            BuildError: it does not, or no guest instruction was begun.
        """
        if not self.code or not OPS[self.code[-1][0]].effects & Effect.ENDS:
            raise BuildError("the last operation must be jump, branch, jumpto or interpret")
        if not self.pcs:
            raise BuildError("a block has at least one guest instruction; call insn() first")
        return Block(self.state, self.pc, self.code, self.pcs, end)
