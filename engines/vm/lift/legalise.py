"""From a template's graph, of any widths, to operations of the IR. Idioms of the semantics become one operation.

Each idiom is a function with a name; tests prove the whole templates against the semantics by SMT, so an idiom that
matches too much is refuted there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engines.vm.ir.ops import OPCODE, OPS, Imm
from engines.vm.ir.types import Type
from engines.vm.lift.nodes import Expression, LiftError, Node

Operation = tuple[int, tuple[int, ...], tuple[Expression, ...]]
"""Opcode, operands (numbers within the template), immediates."""

BOX: Final = 0xFFFF_FFFF_0000_0000
CANONICAL_NAN: Final = 0x7FC0_0000
_INTEGER: Final = {1: Type.I1, 32: Type.I32, 64: Type.I64}
_FLOAT: Final = {32: Type.F32, 64: Type.F64}
_BINARY: Final = frozenset(
    ("add", "sub", "mul", "and", "or", "xor", "udiv", "urem", "sdiv", "srem", "eq", "ne", "ult", "ule", "slt", "sle")
)
_SHIFTS: Final = frozenset(("shl", "lshr", "ashr"))


class Legaliser:
    """Writes the operations of one template.

    Attributes:
        operations: so far.
        n: expression of the count of retired instructions before this one.
    """

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._integers: dict[int, int] = {}
        self._floats: dict[int, int] = {}

    def emit(self, name: str, operands: tuple[int, ...] = (), immediates: tuple[Expression, ...] = ()) -> int:
        code = OPCODE.get(name)
        if code is None:
            raise LiftError(f"the IR has no operation {name}")
        self.operations.append((code, operands, immediates))
        return len(self.operations) - 1

    # -- effects --------------------------------------------------------------------------------------------------

    def effect(self, node: Node) -> None:
        """Write one effect."""
        handler = _EFFECTS.get(node.op)
        if handler is not None:
            handler(self, node)
        else:
            self._operation(node)

    def _operation(self, node: Node) -> None:
        """A floating-point operation, or one without operands that the IR has by this name."""
        op = OPS[OPCODE[node.op]] if node.op in OPCODE else None
        if op is None:
            op = OPS[OPCODE[f"{node.op}.{_FLOAT[node.width].spelling}"]]
        operands = tuple(
            self.as_float(arg) if wanted.is_float else self.as_integer(arg)
            for arg, wanted in zip(node.args, op.operands, strict=True)
        )
        immediates = node.immediates
        if Imm.RETIRED in op.immediates:
            immediates = ("n",)
        number = self.emit(op.name, operands, immediates)
        if node.width:
            (self._floats if op.result.is_float else self._integers)[id(node)] = number

    def _get(self, node: Node) -> None:
        if node.is_float:
            self._floats[id(node)] = self.emit("get.f64", (), node.immediates)
        else:
            self._integers[id(node)] = self.emit("get.i64", (), node.immediates)

    def _put(self, node: Node) -> None:
        if node.is_float:
            self.emit("put.f64", (self.as_float(node.args[0]),), node.immediates)
        else:
            self.emit("put.i64", (self.as_integer(node.args[0]),), node.immediates)

    def _load(self, node: Node) -> None:
        base, offset = self.address(node.args[0])
        suffix, stands_for = _load_form(node)
        number = self.emit(f"load.{suffix}", (base,), (offset, "n"))
        (self._floats if suffix.startswith("f") else self._integers)[id(stands_for)] = number

    def _store(self, node: Node) -> None:
        address, value = node.args
        base, offset = self.address(address)
        if value.op == "extract" and value.immediates == (0,) and value.args[0].width == 64:
            whole = value.args[0]
            if not is_float(whole):
                self.emit(f"store.{value.width}", (base, self.as_integer(whole)), (offset, "n"))
                return
        if is_float(value):
            self.emit(f"store.{_FLOAT[value.width].spelling}", (base, self.as_float(value)), (offset, "n"))
        elif value.op == "const" and value.width < 64:
            whole = value.graph.const(value.immediates[0], 64)
            self.emit(f"store.{value.width}", (base, self.as_integer(whole)), (offset, "n"))
        else:
            self.emit(f"store.i{value.width}", (base, self.as_integer(value)), (offset, "n"))

    def _store_if(self, node: Node) -> None:
        condition, address, value = node.args
        base, offset = self.address(address)
        operands = (self.as_integer(condition), base, self.as_integer(value))
        self.emit(f"storeif.i{value.width}", operands, (offset, "n"))

    def _leave_if(self, node: Node) -> None:
        if not node.args[0].is_known(0):
            self.emit("leaveif", (self.as_integer(node.args[0]),), ("n",))

    def address(self, node: Node) -> tuple[int, Expression]:
        """Base value and offset of an access. A constant operand field beside a sum becomes the offset."""
        if node.op == "add":
            constant = node.args[1].constant
            if isinstance(constant, str) and constant.isidentifier() and constant != "pc":
                return self.as_integer(node.args[0]), constant
        return self.as_integer(node), 0

    # -- values ---------------------------------------------------------------------------------------------------

    def as_integer(self, node: Node) -> int:
        """The number of `node` in an integer register."""
        number = self._integers.get(id(node))
        if number is None:
            number = self._integers[id(node)] = self._integer(node)
        return number

    def as_float(self, node: Node) -> int:
        """The number of `node` in a floating-point register."""
        number = self._floats.get(id(node))
        if number is None:
            number = self._floats[id(node)] = self._float(node)
        return number

    def _integer(self, node: Node) -> int:
        if id(node) in self._floats:
            return self._bits(node)
        if is_float(node):
            self.as_float(node)
            return self._bits(node)
        type = _INTEGER.get(node.width)
        if type is None:
            raise LiftError(f"{node!r} has a width that the IR lacks")
        if node.op == "const":
            return self.emit(f"const.{type.spelling}", (), (masked(node.immediates[0], node.width),))
        for idiom in INTEGER_IDIOMS:
            number = idiom(self, node)
            if number is not None:
                return number
        if node.op in _BINARY:
            a, b = node.args
            name = f"{node.op}.{_INTEGER[a.width].spelling}"
            return self.emit(name, (self.as_integer(a), self.as_integer(b)))
        if node.op in _SHIFTS:
            return self.emit(f"{node.op}.{type.spelling}", tuple(map(self.as_integer, node.args)))
        if node.op == "select":
            return self.emit(f"select.{type.spelling}", tuple(map(self.as_integer, node.args)))
        if node.op in ("zext", "sext"):
            return self.emit(f"{node.op}.i{node.args[0].width}.i{node.width}", (self.as_integer(node.args[0]),))
        if node.op == "extract" and node.immediates == (0,):
            return self.emit(f"trunc.i{node.args[0].width}.i{node.width}", (self.as_integer(node.args[0]),))
        raise LiftError(f"the IR has no operation for {node!r}")

    def _bits(self, node: Node) -> int:
        return self.emit(f"bits.f{node.width}.i{node.width}", (self._floats[id(node)],))

    def _float(self, node: Node) -> int:
        type = _FLOAT.get(node.width)
        if type is None:
            raise LiftError(f"{node!r} has a width that no floating-point register has")
        if node.op == "const":
            return self.emit(f"const.{type.spelling}", (), (masked(node.immediates[0], node.width),))
        for idiom in FLOAT_IDIOMS:
            number = idiom(self, node)
            if number is not None:
                return number
        return self.emit(f"float.i{node.width}.f{node.width}", (self.as_integer(node),))


def masked(value: Expression, width: int) -> Expression:
    """The constant modulo 2**width."""
    return value & (1 << width) - 1 if isinstance(value, int) else f"({value}) & {(1 << width) - 1:#x}"


def is_float(node: Node) -> bool:
    """Whether `node` is best had in a floating-point register: it is made there, or is the low half of such a one."""
    low = node.op == "extract" and node.width == 32 and node.immediates == (0,)
    return node.is_float or (low and is_float(node.args[0])) or _is_unbox(node)


def _load_form(node: Node) -> tuple[str, Node]:
    """The suffix of the load, and the node that its result is: the load, or its only use if that extends it."""
    if node.width < 64 and len(node.users) == 1:
        user = node.users[0]
        if user.op in ("sext", "zext") and user.width == 64:
            boxes = [u for u in user.users if u.op == "or" and u.args[1].is_known(BOX)]
            if user.op == "zext" and boxes and len(user.users) == 1:
                return "f32", node
            return f"{'s' if user.op == 'sext' else 'u'}{node.width}", user
    if node.width == 64 and node.users and all(u.op == "put" and u.is_float for u in node.users):
        return "f64", node
    if node.width == 64 and not node.users:
        return "i64", node
    if node.width not in _INTEGER:
        raise LiftError(f"{node!r} is used in {len(node.users)} ways; only an extension to 64 bits has an operation")
    return f"i{node.width}", node


# -- idioms: integer ----------------------------------------------------------------------------------------------


def multiply_high(writer: Legaliser, node: Node) -> int | None:
    """The upper half of a product of extended operands."""
    if node.op != "extract" or node.immediates != (64,) or node.width != 64 or node.args[0].op != "mul":
        return None
    (a_kind, a), (b_kind, b) = map(_extended, node.args[0].args)
    pair = (a_kind or b_kind, b_kind or a_kind)
    name = {("sext", "sext"): "mulhs", ("sext", "zext"): "mulhsu", ("zext", "zext"): "mulhu"}.get(pair)
    if name is None or a is None or b is None:
        return None
    return writer.emit(f"{name}.i64", (writer.as_integer(a), writer.as_integer(b)))


def _extended(node: Node) -> tuple[str, Node | None]:
    """How a factor was extended from 64 bits, and from what; a small constant may have been extended either way."""
    constant = node.constant
    if isinstance(constant, int):
        return "", node.graph.const(constant, 64) if constant < 1 << 63 else None
    if node.op in ("sext", "zext") and node.args[0].width == 64:
        return node.op, node.args[0]
    return "none", None


def guarded_division(writer: Legaliser, node: Node) -> int | None:
    """A division whose divisor was made safe, with the results that the IR's total division has by itself."""
    if node.op != "select" or node.args[2].op not in ("udiv", "urem", "sdiv", "srem"):
        return None
    by_zero, special, division = node.args
    a, divisor = division.args
    if divisor.op != "select" or not divisor.args[1].is_known(1):
        return None
    guard, b = divisor.args[0], divisor.args[2]
    if by_zero is not b.eq(0):
        return None
    wanted = by_zero
    if division.op in ("sdiv", "srem"):
        wanted = by_zero | (a.eq(1 << a.width - 1) & b.eq(-1))
    if guard is not wanted or not (special.is_known(-1) if division.op.endswith("div") else special is a):
        return None
    return writer.emit(f"{division.op}.i{a.width}", (writer.as_integer(a), writer.as_integer(b)))


def masked_shift(writer: Legaliser, node: Node) -> int | None:
    """A shift amount that is masked to the width: shifts of the IR do that by themselves."""
    if node.op not in _SHIFTS or node.args[1].op != "and" or not node.args[1].args[1].is_known(node.width - 1):
        return None
    return writer.emit(
        f"{node.op}.i{node.width}", (writer.as_integer(node.args[0]), writer.as_integer(node.args[1].args[0]))
    )


# -- idioms: floating point ---------------------------------------------------------------------------------------


def _is_unbox(node: Node) -> bool:
    if node.op != "select" or node.width != 32 or not node.args[2].is_known(CANONICAL_NAN):
        return False
    boxed, low, _ = node.args
    if low.op != "extract" or low.immediates != (0,) or low.args[0].width != 64:
        return False
    return boxed is low.args[0].extract(32, 32).eq(0xFFFF_FFFF)


def unbox(writer: Legaliser, node: Node) -> int | None:
    """A single out of its box, or the canonical NaN."""
    if not _is_unbox(node):
        return None
    return writer.emit("unbox.f64.f32", (writer.as_float(node.args[1].args[0]),))


def nanbox(writer: Legaliser, node: Node) -> int | None:
    """A single into its box."""
    if (
        node.op != "or"
        or not node.args[1].is_known(BOX)
        or node.args[0].op != "zext"
        or node.args[0].args[0].width != 32
    ):
        return None
    return writer.emit("nanbox.f32.f64", (writer.as_float(node.args[0].args[0]),))


def low_half(writer: Legaliser, node: Node) -> int | None:
    """The low half of a floating-point register as it is; of an integer register, through 32 bits."""
    if node.op != "extract" or node.width != 32 or node.immediates != (0,) or not is_float(node.args[0]):
        return None
    return writer.emit("low.f64.f32", (writer.as_float(node.args[0]),))


def sign_injection(writer: Legaliser, node: Node) -> int | None:
    """Magnitude of one value, sign of another, as `and`s with the two masks."""
    if node.op != "or" or any(arg.op != "and" for arg in node.args):
        return None
    (a, low), (b, high) = node.args[0].args, node.args[1].args
    sign = 1 << node.width - 1
    if not low.is_known(sign - 1) or not high.is_known(sign):
        return None
    if a is b:
        return writer.as_float(a)
    suffix = _FLOAT[node.width].spelling
    inverted = b.op == "xor" and b.args[1].is_known(-1)
    if inverted and b.args[0] is a:
        return writer.emit(f"fneg.{suffix}", (writer.as_float(a),))
    if b.op == "xor" and b.args == (a, a):
        return writer.emit(f"fabs.{suffix}", (writer.as_float(a),))
    source = writer.as_float(b.args[0] if inverted else b)
    b_number = writer.emit(f"fneg.{suffix}", (source,)) if inverted else source
    return writer.emit(f"fcopysign.{suffix}", (writer.as_float(a), b_number))


Idiom = Callable[[Legaliser, Node], int | None]
INTEGER_IDIOMS: Final[tuple[Idiom, ...]] = (multiply_high, guarded_division, masked_shift)
FLOAT_IDIOMS: Final[tuple[Idiom, ...]] = (unbox, nanbox, sign_injection, low_half)

_EFFECTS: Final[dict[str, Callable[[Legaliser, Node], None]]] = {
    "get": Legaliser._get,
    "put": Legaliser._put,
    "load": Legaliser._load,
    "store": Legaliser._store,
    "storeif": Legaliser._store_if,
    "leaveif": Legaliser._leave_if,
}
