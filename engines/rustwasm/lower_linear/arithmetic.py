"""Arithmetic on the scalars of integers, floats, bool and char (The Rust Reference, "Operator expressions").

A narrow integer is kept extended to 32 bits as its type says, so every operation that may leave its range narrows.
128-bit integers are two i64 parts, low half first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.lower_linear import wide
from engines.rustwasm.mir import body as m
from engines.rustwasm.release.tree import If, Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.numbers import Numbers

_WORDS: Final = {"add": "add", "sub": "subtract", "mul": "multiply"}
_COMPARISONS: Final = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})


def bits_and_sign(ty: Ty) -> tuple[int, bool]:
    """Width and signedness of what an integer, bool, char or pointer is kept as."""
    if ty.kind == t.INT:
        return ty.data[0], ty.data[1]
    return (8 if ty.kind == t.BOOL else 32), False


def wasm_name(bits: int) -> str:
    return "i64" if bits == 64 else "i32"


def narrow(value: Node, bits: int, signed: bool) -> Node:
    """The value of 32 bits cut to `bits` and extended again."""
    if bits >= 32:
        return value
    if signed:
        return n.op(f"i32.extend{bits}_s", value)
    return n.op("i32.and", value, n.i32((1 << bits) - 1))


def binary(fn: Numbers, op: str, left: list[Node], right: list[Node], ty: Ty, span: m.Span) -> list[Node]:
    """The parts of `left op right` for operands of type `ty`."""
    if ty.kind == t.FLOAT:
        return [_float(fn, op, left[0], right[0], ty.data)]
    if ty.kind == t.TUPLE:
        return [n.i32(op in ("eq", "le", "ge"))]
    bits, signed = bits_and_sign(ty)
    if bits == 128:
        return wide.binary(fn, op, left, right, signed, span)
    if len(left) > 1:
        same = n.op("i32.and", *[n.op("i32.eq", a, b) for a, b in zip(left, right, strict=True)])
        return [same if op == "eq" else n.op("i32.eqz", same)]
    return [_integer(fn, op, left[0], right, bits, signed, span)]


def _integer(fn: Numbers, op: str, left: Node, rights: list[Node], bits: int, signed: bool, span: m.Span) -> Node:
    name = wasm_name(bits)
    right = rights[0]
    if op in _COMPARISONS:
        suffix = "" if op in ("eq", "ne") else "_s" if signed else "_u"
        return n.op(f"{name}.{op}{suffix}", left, right)
    if op in ("and", "or", "xor"):
        return n.op(f"{name}.{op}", left, right)
    if op in ("shl", "shr"):
        return _shift(fn, op, left, right, bits, signed, span)
    if op in ("div", "rem"):
        return _divide(fn, op, left, right, bits, signed, span)
    if not fn.checks:
        return narrow(n.op(f"{name}.{op}", left, right), bits, signed)
    return checked(fn, op, left, right, bits, signed, span)


def checked(fn: Numbers, op: str, left: Node, right: Node, bits: int, signed: bool, span: m.Span) -> Node:
    """Add, sub or mul that panics when the result does not fit."""
    result, wrong = overflowing(fn, op, left, right, bits, signed)
    fn.panic_if(wrong, f"attempt to {_WORDS[op]} with overflow", span)
    return result


def overflowing(fn: Numbers, op: str, left: Node, right: Node, bits: int, signed: bool) -> tuple[Node, Node]:
    """The wrapped result, to be evaluated as often as wanted, and whether it is not the exact one."""
    name = wasm_name(bits)
    left, right = fn.stash(left), fn.stash(right)
    if bits < 32:
        exact = fn.stash(n.op(f"i32.{op}", left, right))
        result = fn.stash(narrow(n.copied(exact), bits, signed))
        return result, n.op("i32.ne", n.copied(exact), n.copied(result))
    if op == "mul" and bits == 32:
        extend = "i64.extend_i32_s" if signed else "i64.extend_i32_u"
        exact = fn.stash(n.op("i64.mul", n.op(extend, left), n.op(extend, right)))
        result = fn.stash(n.op("i32.wrap_i64", n.copied(exact)))
        return result, n.op("i64.ne", n.copied(exact), n.op(extend, n.copied(result)))
    result = fn.stash(n.op(f"{name}.{op}", n.copied(left), n.copied(right)))
    if op == "mul":
        return result, _product_wraps(left, right, result, signed)
    if not signed:
        if op == "add":
            return result, n.op(f"{name}.lt_u", n.copied(result), n.copied(left))
        return result, n.op(f"{name}.lt_u", n.copied(left), n.copied(right))
    moved = n.op(f"{name}.xor", n.copied(left), n.copied(result))
    other = n.op(f"{name}.xor", n.copied(right), n.copied(result) if op == "add" else n.copied(left))
    both = n.op(f"{name}.and", moved, other)
    return result, n.op(f"{name}.lt_s", both, n.integer(w.I64 if bits == 64 else w.I32, 0))


def _product_wraps(left: Node, right: Node, result: Node, signed: bool) -> Node:
    """Whether a 64-bit product is not the exact one: division does not give the factor back."""
    # A zero divisor becomes one: the product is zero then, and so is the quotient, which the factor has to be compared
    # with only otherwise.
    is_zero = n.op("i64.extend_i32_u", n.op("i64.eqz", n.copied(right)))
    if not signed:
        back = n.op("i64.div_u", n.copied(result), n.op("i64.or", n.copied(right), is_zero))
        return n.op("i32.and", n.op("i64.ne", back, n.copied(left)), n.op("i64.ne", n.copied(right), n.i64(0)))
    # MIN * -1 is the one product whose division traps, and it is its own wrapped result.
    minus = n.op("i64.eq", n.copied(right), n.i64(-1))
    divisor = n.select(n.i64(1), n.op("i64.or", n.copied(right), is_zero), minus)
    dividend = n.op("i64.div_s", n.copied(result), divisor)
    ordinary = n.op("i32.and", n.op("i64.ne", dividend, n.copied(left)), n.op("i64.ne", n.copied(right), n.i64(0)))
    minimum = n.op("i64.eq", n.copied(left), n.i64(-(1 << 63)))
    return n.select(minimum, ordinary, n.op("i64.eq", n.copied(right), n.i64(-1)))


def _shift(fn: Numbers, op: str, left: Node, right: Node, bits: int, signed: bool, span: m.Span) -> Node:
    name = wasm_name(bits)
    amount = right if right.type == w.I32 else None
    if fn.checks:
        right = fn.stash(right)
        big = n.op(f"{'i64' if right.type == w.I64 else 'i32'}.ge_u", n.copied(right), n.integer(_of(right), bits))
        fn.panic_if(big, f"attempt to shift {'left' if op == 'shl' else 'right'} with overflow", span)
        amount = n.copied(right) if right.type == w.I32 else n.op("i32.wrap_i64", n.copied(right))
    elif amount is None:
        amount = n.op("i32.wrap_i64", right)
    if not fn.checks and bits < 32:
        amount = n.op("i32.and", amount, n.i32(bits - 1))
    if bits == 64:
        amount = n.op("i64.extend_i32_u", amount)
    if op == "shl":
        return narrow(n.op(f"{name}.shl", left, amount), bits, signed)
    return n.op(f"{name}.shr_{'s' if signed else 'u'}", left, amount)


def _of(node: Node) -> int:
    assert isinstance(node.type, int)
    return node.type


def _divide(fn: Numbers, op: str, left: Node, right: Node, bits: int, signed: bool, span: m.Span) -> Node:
    name = wasm_name(bits)
    known = right.imm[0] if right.op.endswith(".const") else None
    word = "divide" if op == "div" else "calculate the remainder"
    if known is None or known == 0:
        left, right = fn.stash(left), fn.stash(right)
        text = (
            "attempt to divide by zero" if op == "div" else "attempt to calculate the remainder with a divisor of zero"
        )
        fn.panic_if(n.op(f"{name}.eqz", n.copied(right)), text, span)
    if signed and known in (None, -1):
        left, right = fn.stash(left), fn.stash(right)
        type_ = w.I64 if bits == 64 else w.I32
        least = n.op(f"{name}.eq", n.copied(left), n.integer(type_, -(1 << (bits - 1))))
        minus = n.op(f"{name}.eq", n.copied(right), n.integer(type_, -1))
        fn.panic_if(n.op("i32.and", least, minus), f"attempt to {word} with overflow", span)
    return n.op(f"{name}.{op}_{'s' if signed else 'u'}", n.copied(left), n.copied(right))


def _float(fn: Numbers, op: str, left: Node, right: Node, bits: int) -> Node:
    name = f"f{bits}"
    if op != "rem":
        return n.op(f"{name}.{op}", left, right)
    if bits == 32:
        left, right = n.op("f64.promote_f32", left), n.op("f64.promote_f32", right)
    rest = fn.program.call(("runtime", "fmod"), [left, right], w.F64)
    return n.op("f32.demote_f64", rest) if bits == 32 else rest


def unary(fn: Numbers, op: str, value: list[Node], ty: Ty, span: m.Span) -> list[Node]:
    """The parts of `-value` or `!value`."""
    if ty.kind == t.FLOAT:
        return [n.op(f"f{ty.data}.neg", value[0])]
    if ty.kind == t.BOOL:
        return [n.op("i32.eqz", value[0])]
    bits, signed = bits_and_sign(ty)
    if bits == 128:
        return wide.unary(fn, op, value, span)
    name = wasm_name(bits)
    type_ = w.I64 if bits == 64 else w.I32
    if op == "not":
        ones = n.integer(type_, -1 if signed or bits >= 32 else (1 << bits) - 1)
        return [n.op(f"{name}.xor", value[0], ones)]
    one = fn.stash(value[0]) if fn.checks else value[0]
    if fn.checks:
        least = n.op(f"{name}.eq", n.copied(one), n.integer(type_, -(1 << (bits - 1))))
        fn.panic_if(least, "attempt to negate with overflow", span)
    return [narrow(n.op(f"{name}.sub", n.integer(type_, 0), n.copied(one)), bits, signed)]


def numeric_cast(fn: Numbers, value: list[Node], source: Ty, target: Ty) -> list[Node]:
    """`value as target` between numbers, bool and char."""
    if source is target:
        return value
    if source.kind == t.FLOAT and target.kind == t.FLOAT:
        if source.data == target.data:
            return value
        return [n.op("f64.promote_f32" if target.data == 64 else "f32.demote_f64", value[0])]
    if source.kind == t.FLOAT:
        return _from_float(fn, value[0], source.data, *bits_and_sign(target))
    bits, signed = bits_and_sign(source)
    if target.kind == t.FLOAT:
        if bits == 128:
            return wide.to_float(fn, value, signed, target.data)
        return [n.op(f"f{target.data}.convert_{wasm_name(bits)}_{'s' if signed else 'u'}", value[0])]
    wanted, to_signed = bits_and_sign(target)
    if wanted == 128:
        if bits == 128:
            return value
        low = fn.stash(value[0] if bits == 64 else n.op(f"i64.extend_i32_{'s' if signed else 'u'}", value[0]))
        return [low, n.op("i64.shr_s", n.copied(low), n.i64(63)) if signed else n.i64(0)]
    one = value[0]
    if bits >= 64 and wanted == 64:
        return [one]
    if bits >= 64:
        return [narrow(n.op("i32.wrap_i64", one), wanted, to_signed)]
    if wanted == 64:
        return [n.op(f"i64.extend_i32_{'s' if signed else 'u'}", one)]
    if (
        wanted < bits
        or (wanted == bits and signed != to_signed and bits < 32)
        or (signed and wanted < 32 and not to_signed)
    ):
        return [narrow(one, wanted, to_signed)]
    return [one]


def _from_float(fn: Numbers, value: Node, source: int, bits: int, signed: bool) -> list[Node]:
    sign = "s" if signed else "u"
    if bits == 128:
        return wide.from_float(fn, value, source, signed)
    if bits >= 32:
        return [n.op(f"{wasm_name(bits)}.trunc_sat_f{source}_{sign}", value)]
    exact = fn.stash(n.op(f"i32.trunc_sat_f{source}_s", value))
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    capped = fn.stash(n.select(n.copied(exact), n.i32(high), n.op("i32.lt_s", n.copied(exact), n.i32(high))))
    return [n.select(n.copied(capped), n.i32(low), n.op("i32.gt_s", n.copied(capped), n.i32(low)))]


def choose(condition: Node, then: list[Node], other: list[Node]) -> If:
    return If(condition, then, other, None)
