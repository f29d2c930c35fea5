"""The values over which a semantics function is evaluated to make a template: a graph, hash-consed, of any widths.

Operand fields stay symbolic: a constant is an integer or a Python expression over the names of the operands and `pc`,
which is evaluated when the template is instantiated. Such an expression is taken modulo 2**width only then, so it is
composed by operations that commute with that.
"""

from __future__ import annotations

import re
from typing import Final

from engines.vm.bits import Bits
from engines.vm.errors import MachineError

Expression = int | str
"""The value of a constant: known, or source text over the operands' names and `pc`."""

_SYMBOLIC: Final = {"add": "+", "sub": "-", "mul": "*", "and": "&", "or": "|", "xor": "^"}
_NAME: Final = re.compile(r"\w+")


class LiftError(MachineError):
    """Semantics do something that templates cannot express. The message names it."""


class Node:
    """A value of `width` bits; implements `engines.vm.isa.algebra.Value`.

    Attributes:
        op: `const`, the name of an operation of the algebra, or of an effect that has a result (`get`, `load`, …).
        args: operand nodes.
        immediates: integers or expressions.
        is_float: lives in a floating-point register.
        users: nodes made from this one.
    """

    __slots__ = ("args", "graph", "immediates", "is_float", "op", "users", "width")

    def __init__(
        self,
        graph: Graph,
        op: str,
        width: int,
        args: tuple[Node, ...],
        immediates: tuple[Expression, ...] = (),
        is_float: bool = False,
    ) -> None:
        self.graph = graph
        self.op = op
        self.width = width
        self.args = args
        self.immediates = immediates
        self.is_float = is_float
        self.users: list[Node] = []
        for arg in args:
            arg.users.append(self)

    def __repr__(self) -> str:
        return f"({' '.join([f'{self.op}.{self.width}', *map(repr, self.args), *map(str, self.immediates)])})"

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} has no truth value; use select")

    @property
    def constant(self) -> Expression | None:
        """The constant that this is; None if it is none."""
        return self.immediates[0] if self.op == "const" else None

    def is_known(self, value: int) -> bool:
        """Whether this is the constant `value`, modulo the width."""
        return self.op == "const" and self.immediates[0] == value & (1 << self.width) - 1

    # -- the algebra ----------------------------------------------------------------------------------------------

    def _binary(self, op: str, other: Node | int, width: int | None = None) -> Node:
        if isinstance(other, int):
            other = self.graph.const(other, self.width)
        if other.width != self.width:
            raise TypeError(f"operands of {self.width} and {other.width} bits in {op}")
        return self.graph.pure(op, self.width if width is None else width, (self, other))

    def __add__(self, other: Node | int) -> Node:
        return self._binary("add", other)

    def __sub__(self, other: Node | int) -> Node:
        return self._binary("sub", other)

    def __mul__(self, other: Node | int) -> Node:
        return self._binary("mul", other)

    def __and__(self, other: Node | int) -> Node:
        return self._binary("and", other)

    def __or__(self, other: Node | int) -> Node:
        return self._binary("or", other)

    def __xor__(self, other: Node | int) -> Node:
        return self._binary("xor", other)

    def __invert__(self) -> Node:
        return self ^ -1

    def __neg__(self) -> Node:
        return self.graph.const(0, self.width) - self

    def shl(self, amount: Node | int) -> Node:
        return self._binary("shl", amount)

    def lshr(self, amount: Node | int) -> Node:
        return self._binary("lshr", amount)

    def ashr(self, amount: Node | int) -> Node:
        return self._binary("ashr", amount)

    def udiv(self, other: Node | int) -> Node:
        return self._binary("udiv", other)

    def urem(self, other: Node | int) -> Node:
        return self._binary("urem", other)

    def sdiv(self, other: Node | int) -> Node:
        return self._binary("sdiv", other)

    def srem(self, other: Node | int) -> Node:
        return self._binary("srem", other)

    def eq(self, other: Node | int) -> Node:
        return self._binary("eq", other, 1)

    def ne(self, other: Node | int) -> Node:
        return self._binary("ne", other, 1)

    def ult(self, other: Node | int) -> Node:
        return self._binary("ult", other, 1)

    def ule(self, other: Node | int) -> Node:
        return self._binary("ule", other, 1)

    def slt(self, other: Node | int) -> Node:
        return self._binary("slt", other, 1)

    def sle(self, other: Node | int) -> Node:
        return self._binary("sle", other, 1)

    def zext(self, width: int) -> Node:
        return self if width == self.width else self.graph.pure("zext", width, (self,))

    def sext(self, width: int) -> Node:
        return self if width == self.width else self.graph.pure("sext", width, (self,))

    def trunc(self, width: int) -> Node:
        return self if width == self.width else self.graph.pure("extract", width, (self,), (0,))

    def extract(self, low: int, width: int) -> Node:
        return self if width == self.width else self.graph.pure("extract", width, (self,), (low,))

    def select(self, if_one: Node, if_zero: Node) -> Node:
        if if_one is if_zero:
            return if_one
        return self.graph.pure("select", if_one.width, (self, if_one, if_zero))


class Graph:
    """The nodes of one template.

    Attributes:
        effects: what happens, in order: nodes that read or change the guest, those with a result included.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Node] = {}
        self.effects: list[Node] = []

    def const(self, value: Expression, width: int) -> Node:
        """A constant; a known one wraps."""
        if isinstance(value, int):
            value &= (1 << width) - 1
        return self._shared("const", width, (), (value,))

    def pure(self, op: str, width: int, args: tuple[Node, ...], immediates: tuple[Expression, ...] = ()) -> Node:
        """The node of an operation without effect; equal ones are one. Constants are computed."""
        constants = [arg.constant for arg in args]
        if None not in constants:
            folded = _fold(op, width, args, immediates)
            if folded is not None:
                return self.const(folded, width)
        return self._shared(op, width, args, immediates)

    def effect(
        self,
        op: str,
        width: int,
        args: tuple[Node, ...] = (),
        immediates: tuple[Expression, ...] = (),
        is_float: bool = False,
    ) -> Node:
        """Something that happens here; never merged. `width` is 0 where it has no result."""
        node = Node(self, op, width, args, immediates, is_float)
        self.effects.append(node)
        return node

    def _shared(self, op: str, width: int, args: tuple[Node, ...], immediates: tuple[Expression, ...]) -> Node:
        key = (op, width, tuple(map(id, args)), immediates)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Node(self, op, width, args, immediates)
        return found


def _fold(op: str, width: int, args: tuple[Node, ...], immediates: tuple[Expression, ...]) -> Expression | None:
    """The constant that an operation on constants gives; None where it must wait until values are known."""
    values = [arg.immediates[0] for arg in args]
    if all(isinstance(value, int) for value in values):
        bits = [Bits(int(value), arg.width) for value, arg in zip(values, args, strict=True)]
        first, rest = bits[0], bits[1:]
        if op == "extract":
            return first.extract(int(immediates[0]), width).value
        if op in ("zext", "sext"):
            return int(getattr(first, op)(width).value)
        names = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "and": "__and__", "or": "__or__"}
        method = {**names, "xor": "__xor__"}.get(op, op)
        return int(getattr(first, method)(*rest).value)
    if op in _SYMBOLIC:
        left, right = (str(v) if isinstance(v, int) or _NAME.fullmatch(v) else f"({v})" for v in values)
        if op == "add" and "0" in (left, right):
            return right if left == "0" else left
        return f"{left} {_SYMBOLIC[op]} {right}"
    if op == "extract" and immediates[0] == 0:
        return values[0]
    return None
