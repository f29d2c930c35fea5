"""128-bit integers as two i64 parts, low half first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.mir import body as m
from engines.rustwasm.release.tree import Node
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.numbers import Numbers

_WORDS = {"add": "add", "sub": "subtract", "mul": "multiply"}
Half = tuple[Node, Node]


def _c(node: Node) -> Node:
    return n.copied(node)


def add(fn: Numbers, a: Half, b: Half) -> Half:
    low = fn.stash(n.op("i64.add", _c(a[0]), _c(b[0])))
    carry = n.op("i64.extend_i32_u", n.op("i64.lt_u", _c(low), _c(a[0])))
    return low, fn.stash(n.op("i64.add", n.op("i64.add", _c(a[1]), _c(b[1])), carry))


def subtract(fn: Numbers, a: Half, b: Half) -> Half:
    borrow = n.op("i64.extend_i32_u", n.op("i64.lt_u", _c(a[0]), _c(b[0])))
    high = fn.stash(n.op("i64.sub", n.op("i64.sub", _c(a[1]), _c(b[1])), borrow))
    return fn.stash(n.op("i64.sub", _c(a[0]), _c(b[0]))), high


def wide_product(fn: Numbers, a: Node, b: Node) -> Half:
    """The 128-bit product of two unsigned i64."""
    mask = n.i64(0xFFFFFFFF)

    def low(x: Node) -> Node:
        return n.op("i64.and", _c(x), _c(mask))

    def high(x: Node) -> Node:
        return n.op("i64.shr_u", _c(x), n.i64(32))

    first = fn.stash(n.op("i64.mul", low(a), low(b)))
    middle = fn.stash(n.op("i64.add", n.op("i64.mul", high(a), low(b)), high(first)))
    other = fn.stash(n.op("i64.add", n.op("i64.mul", low(a), high(b)), low(middle)))
    top = n.op("i64.add", n.op("i64.add", n.op("i64.mul", high(a), high(b)), high(middle)), high(other))
    return fn.stash(n.op("i64.mul", _c(a), _c(b))), fn.stash(top)


def multiply(fn: Numbers, a: Half, b: Half) -> Half:
    low, high = wide_product(fn, a[0], b[0])
    cross = n.op("i64.add", n.op("i64.mul", _c(a[0]), _c(b[1])), n.op("i64.mul", _c(a[1]), _c(b[0])))
    return low, fn.stash(n.op("i64.add", _c(high), cross))


def less(a: Half, b: Half, signed: bool) -> Node:
    below = n.op(f"i64.lt_{'s' if signed else 'u'}", _c(a[1]), _c(b[1]))
    low = n.op("i64.lt_u", _c(a[0]), _c(b[0]))
    return n.select(low, below, n.op("i64.eq", _c(a[1]), _c(b[1])))


def equal(a: Half, b: Half) -> Node:
    both = n.op("i64.or", n.op("i64.xor", _c(a[0]), _c(b[0])), n.op("i64.xor", _c(a[1]), _c(b[1])))
    return n.op("i64.eqz", both)


def overflowing(fn: Numbers, op: str, a: Half, b: Half, signed: bool) -> tuple[Half, Node]:
    """The wrapped result and whether it is not the exact one."""
    if op == "mul":
        return _multiplied(fn, a, b, signed)
    result = add(fn, a, b) if op == "add" else subtract(fn, a, b)
    if not signed:
        return result, less(result, a, False) if op == "add" else less(a, b, False)
    moved = n.op("i64.xor", _c(a[1]), _c(result[1]))
    other = n.op("i64.xor", _c(b[1]), _c(result[1]) if op == "add" else _c(a[1]))
    return result, n.op("i64.lt_s", n.op("i64.and", moved, other), n.i64(0))


def _magnitude(fn: Numbers, a: Half) -> Half:
    sign = fn.stash(n.op("i64.shr_s", _c(a[1]), n.i64(63)))
    flipped = (fn.stash(n.op("i64.xor", _c(a[0]), _c(sign))), fn.stash(n.op("i64.xor", _c(a[1]), _c(sign))))
    return subtract(fn, flipped, (sign, sign))


def _multiplied(fn: Numbers, a: Half, b: Half, signed: bool) -> tuple[Half, Node]:
    result = multiply(fn, a, b)
    x, y = (_magnitude(fn, a), _magnitude(fn, b)) if signed else (a, b)
    both = n.op("i32.and", n.op("i64.ne", _c(x[1]), n.i64(0)), n.op("i64.ne", _c(y[1]), n.i64(0)))
    one = wide_product(fn, x[1], y[0])
    two = wide_product(fn, x[0], y[1])
    lost = n.op("i64.ne", n.op("i64.or", _c(one[1]), _c(two[1])), n.i64(0))
    exact = multiply(fn, x, y)
    base = wide_product(fn, x[0], y[0])
    middle = fn.stash(n.op("i64.add", _c(one[0]), _c(two[0])))
    carried = n.op("i64.lt_u", _c(exact[1]), _c(base[1]))
    wrapped = n.op("i32.or", n.op("i64.lt_u", _c(middle), _c(one[0])), carried)
    wrong = n.op("i32.or", n.op("i32.or", both, lost), wrapped)
    if signed:
        negative = n.op("i64.xor", _c(a[1]), _c(b[1]))
        fits = n.op("i64.eqz", n.op("i64.or", _c(result[0]), _c(result[1])))
        sign = n.op("i64.lt_s", n.op("i64.xor", negative, _c(result[1])), n.i64(0))
        big = n.op("i64.lt_s", _c(exact[1]), n.i64(0))
        minimum = n.op(
            "i32.and", equal(exact, (n.i64(0), n.i64(-(1 << 63)))), n.op("i64.lt_s", _c(result[1]), n.i64(0))
        )
        minimum = n.op("i32.and", minimum, n.op("i64.lt_s", n.op("i64.xor", _c(a[1]), _c(b[1])), n.i64(0)))
        wrong = n.op("i32.or", wrong, n.op("i32.and", big, n.op("i32.eqz", minimum)))
        wrong = n.op("i32.or", wrong, n.op("i32.and", sign, n.op("i32.eqz", fits)))
    return result, wrong


def binary(fn: Numbers, op: str, left: list[Node], right: list[Node], signed: bool, span: m.Span) -> list[Node]:
    a = (fn.stash(left[0]), fn.stash(left[1]))
    if op in ("shl", "shr"):
        return list(_shift(fn, op, a, right[0], signed, span))
    b = (fn.stash(right[0]), fn.stash(right[1]))
    if op in ("eq", "ne"):
        same = equal(a, b)
        return [same if op == "eq" else n.op("i32.eqz", same)]
    if op in ("lt", "gt"):
        return [less(a, b, signed) if op == "lt" else less(b, a, signed)]
    if op in ("le", "ge"):
        return [n.op("i32.eqz", less(b, a, signed) if op == "le" else less(a, b, signed))]
    if op in ("and", "or", "xor"):
        return [n.op(f"i64.{op}", _c(x), _c(y)) for x, y in zip(a, b, strict=True)]
    if op in ("div", "rem"):
        return list(_divide(fn, op, a, b, signed, span))
    if fn.checks:
        result, wrong = overflowing(fn, op, a, b, signed)
        fn.panic_if(wrong, f"attempt to {_WORDS[op]} with overflow", span)
        return list(result)
    return list({"add": add, "sub": subtract, "mul": multiply}[op](fn, a, b))


def _shift(fn: Numbers, op: str, a: Half, right: Node, signed: bool, span: m.Span) -> Half:
    amount = fn.stash(right if right.type == w.I64 else n.op("i64.extend_i32_u", right))
    if fn.checks:
        word = "left" if op == "shl" else "right"
        fn.panic_if(n.op("i64.ge_u", _c(amount), n.i64(128)), f"attempt to shift {word} with overflow", span)
    amount = fn.stash(n.op("i64.and", _c(amount), n.i64(127)))
    far = n.op("i64.ge_u", _c(amount), n.i64(64))
    none = n.op("i64.eqz", _c(amount))
    back = n.op("i64.sub", n.i64(64), _c(amount))
    if op == "shl":
        shifted = fn.stash(n.op("i64.shl", _c(a[0]), _c(amount)))
        carried = n.select(n.i64(0), n.op("i64.shr_u", _c(a[0]), back), none)
        near = n.op("i64.or", n.op("i64.shl", _c(a[1]), _c(amount)), carried)
        return n.select(n.i64(0), _c(shifted), far), n.select(_c(shifted), near, _c(far))
    sign = "s" if signed else "u"
    shifted = fn.stash(n.op(f"i64.shr_{sign}", _c(a[1]), _c(amount)))
    carried = n.select(n.i64(0), n.op("i64.shl", _c(a[1]), back), none)
    near = n.op("i64.or", n.op("i64.shr_u", _c(a[0]), _c(amount)), carried)
    fill = n.op("i64.shr_s", _c(a[1]), n.i64(63)) if signed else n.i64(0)
    return n.select(_c(shifted), near, far), n.select(fill, _c(shifted), _c(far))


def _divide(fn: Numbers, op: str, a: Half, b: Half, signed: bool, span: m.Span) -> Half:
    text = "attempt to divide by zero" if op == "div" else "attempt to calculate the remainder with a divisor of zero"
    fn.panic_if(n.op("i64.eqz", n.op("i64.or", _c(b[0]), _c(b[1]))), text, span)
    x, y = a, b
    if signed:
        word = "divide" if op == "div" else "calculate the remainder"
        least = equal(a, (n.i64(0), n.i64(-(1 << 63))))
        fn.panic_if(n.op("i32.and", least, equal(b, (n.i64(-1), n.i64(-1)))), f"attempt to {word} with overflow", span)
        x, y = _magnitude(fn, a), _magnitude(fn, b)
    call = fn.program.call(("runtime", f"u128_{op}"), [_c(x[0]), _c(x[1]), _c(y[0]), _c(y[1])], w.I64)
    low, high = fn.results(call, (w.I64, w.I64))
    if not signed:
        return low, high
    of = n.op("i64.xor", _c(a[1]), _c(b[1])) if op == "div" else _c(a[1])
    sign = fn.stash(n.op("i64.shr_s", of, n.i64(63)))
    flipped = (fn.stash(n.op("i64.xor", _c(low), _c(sign))), fn.stash(n.op("i64.xor", _c(high), _c(sign))))
    return subtract(fn, flipped, (sign, sign))


def unary(fn: Numbers, op: str, value: list[Node], span: m.Span) -> list[Node]:
    a = (fn.stash(value[0]), fn.stash(value[1]))
    if op == "not":
        return [n.op("i64.xor", _c(x), n.i64(-1)) for x in a]
    if fn.checks:
        fn.panic_if(equal(a, (n.i64(0), n.i64(-(1 << 63)))), "attempt to negate with overflow", span)
    return list(subtract(fn, (n.i64(0), n.i64(0)), a))


def to_float(fn: Numbers, value: list[Node], signed: bool, bits: int) -> list[Node]:
    a = (fn.stash(value[0]), fn.stash(value[1]))
    x = _magnitude(fn, a) if signed else a
    call = fn.program.call(("runtime", f"u128_to_f{bits}"), [_c(x[0]), _c(x[1])], w.F64 if bits == 64 else w.F32)
    if not signed:
        return [call]
    result = fn.stash(call)
    return [n.select(n.op(f"f{bits}.neg", _c(result)), _c(result), n.op("i64.lt_s", _c(a[1]), n.i64(0)))]


def from_float(fn: Numbers, value: Node, source: int, signed: bool) -> list[Node]:
    one = value if source == 64 else n.op("f64.promote_f32", value)
    call = fn.program.call(("runtime", "f64_to_i128" if signed else "f64_to_u128"), [one], w.I64)
    return fn.results(call, (w.I64, w.I64))
