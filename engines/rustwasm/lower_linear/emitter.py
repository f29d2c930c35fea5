"""What both lowerings emit alike for one function: drop flags, and tests that panic."""

from __future__ import annotations

from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.mir import body as m
from engines.rustwasm.release.tree import If, Node


class Emitter:
    """Statements of a function so far, `out`. `flags` are the locals that say at run time whether a path of `Moves`
    holds a value; `messages`: a panic says where and why."""

    def __init__(self, messages: bool) -> None:
        self.messages = messages
        self.out: list[Node] = []
        self.flags: dict[int, int] = {}

    def set_flags(self, bits: int, value: int) -> None:
        for path, local in self.flags.items():
            if bits >> path & 1:
                self.out.append(n.set_(local, n.i32(value)))

    def check_index(self, index: Node, length: Node, span: m.Span) -> None:
        if index.op == length.op == "i32.const" and 0 <= index.imm[0] < length.imm[0]:
            return
        outside = n.op("i32.ge_u", n.copied(index), n.copied(length))
        self.out.append(If(outside, self.panic_bounds(span, n.copied(index), n.copied(length)), [], None))

    def panic_if(self, condition: Node, message: str, span: m.Span) -> None:
        if condition.op == "i32.const" and condition.imm[0] == 0:
            return
        self.out.append(If(condition, self.panic(message, span), [], None))

    def panic_bounds(self, span: m.Span, index: Node, length: Node) -> list[Node]:
        if not self.messages:
            return [Node("unreachable")]
        return [self.runtime("panic_bounds", [self.location_of(span), index, length]), Node("unreachable")]

    def panic(self, message: str, span: m.Span) -> list[Node]:
        """Statements that end the program."""
        raise NotImplementedError

    def location_of(self, span: m.Span) -> Node:
        """The location record to blame."""
        raise NotImplementedError

    def runtime(self, name: str, arguments: list[Node]) -> Node:
        """A call of a function of the lowering's `runtime` that gives nothing."""
        raise NotImplementedError
