"""Fold constants and rewrite expressions into shorter ones that give the same value.

Every rule holds for all operands, traps included; `tests/engines/rustwasm/release/test_fold.py` tries them all against
an engine. Source: WebAssembly 3.0 §4.3.2 (integer operations).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Final

from engines.rustwasm.release.effects import effects_of
from engines.rustwasm.release.tree import If, Node, Tree
from engines.rustwasm.wasm.types import F32, F64, I32, I64

_BITS: Final = {"i32": 32, "i64": 64}
_TYPES: Final = {"i32": I32, "i64": I64, "f32": F32, "f64": F64}


def constant(type_: str, value: int) -> Node:
    """An integer constant, `value` taken modulo the width."""
    bits = _BITS[type_]
    value &= (1 << bits) - 1
    return Node(f"{type_}.const", (value - (1 << bits) if value >> (bits - 1) else value,), (), _TYPES[type_])


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _divide(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return -quotient if (left < 0) != (right < 0) else quotient


_Binary = Callable[[int, int, int], int | None]
"""(left, right, bits) → value, operands signed; None where it traps."""

_BINARY: Final[dict[str, _Binary]] = {
    "add": lambda a, b, n: a + b,
    "sub": lambda a, b, n: a - b,
    "mul": lambda a, b, n: a * b,
    "div_s": lambda a, b, n: None if not b or (b == -1 and a == -(1 << (n - 1))) else _divide(a, b),
    "div_u": lambda a, b, n: None if not b else (a % (1 << n)) // (b % (1 << n)),
    "rem_s": lambda a, b, n: None if not b else a - b * _divide(a, b),
    "rem_u": lambda a, b, n: None if not b else (a % (1 << n)) % (b % (1 << n)),
    "and": lambda a, b, n: a & b,
    "or": lambda a, b, n: a | b,
    "xor": lambda a, b, n: a ^ b,
    "shl": lambda a, b, n: a << (b % n),
    "shr_s": lambda a, b, n: a >> (b % n),
    "shr_u": lambda a, b, n: (a % (1 << n)) >> (b % n),
    "rotl": lambda a, b, n: (a % (1 << n)) << (b % n) | (a % (1 << n)) >> (-b % n),
    "rotr": lambda a, b, n: (a % (1 << n)) >> (b % n) | (a % (1 << n)) << (-b % n),
}
_COMPARE: Final[dict[str, _Binary]] = {
    "eq": lambda a, b, n: a == b,
    "ne": lambda a, b, n: a != b,
    "lt_s": lambda a, b, n: a < b,
    "gt_s": lambda a, b, n: a > b,
    "le_s": lambda a, b, n: a <= b,
    "ge_s": lambda a, b, n: a >= b,
    "lt_u": lambda a, b, n: a % (1 << n) < b % (1 << n),
    "gt_u": lambda a, b, n: a % (1 << n) > b % (1 << n),
    "le_u": lambda a, b, n: a % (1 << n) <= b % (1 << n),
    "ge_u": lambda a, b, n: a % (1 << n) >= b % (1 << n),
}
_UNARY: Final[dict[str, Callable[[int, int], int]]] = {
    "clz": lambda a, n: n - (a % (1 << n)).bit_length(),
    "ctz": lambda a, n: n if not a else (a & -a).bit_length() - 1,
    "popcnt": lambda a, n: (a % (1 << n)).bit_count(),
    "extend8_s": lambda a, n: _signed(a, 8),
    "extend16_s": lambda a, n: _signed(a, 16),
    "extend32_s": lambda a, n: _signed(a, 32),
}
_INVERSE: Final = {
    "eq": "ne",
    "ne": "eq",
    "lt_s": "ge_s",
    "ge_s": "lt_s",
    "gt_s": "le_s",
    "le_s": "gt_s",
    "lt_u": "ge_u",
    "ge_u": "lt_u",
    "gt_u": "le_u",
    "le_u": "gt_u",
}
"""Integer comparisons and their negations; floats have none, since NaN is neither less nor not less."""
_COMMUTES: Final = frozenset({"add", "mul", "and", "or", "xor", "eq", "ne"})
_MIRRORED: Final = {
    "lt_s": "gt_s", "gt_s": "lt_s", "le_s": "ge_s", "ge_s": "le_s",
    "lt_u": "gt_u", "gt_u": "lt_u", "le_u": "ge_u", "ge_u": "le_u",
}  # fmt: skip
"""Comparisons with their operands the other way round."""
_SHIFTS: Final = frozenset({"shl", "shr_s", "shr_u", "rotl", "rotr"})
_ZERO_TESTS: Final = {("lt_u", 1): "eq", ("le_u", 0): "eq", ("ge_u", 1): "ne", ("gt_u", 0): "ne"}
"""Comparisons with a constant that ask whether the value is zero."""
_RIGHT_IDENTITY: Final = {"add": 0, "sub": 0, "or": 0, "xor": 0, "shl": 0, "shr_s": 0, "shr_u": 0, "mul": 1, "and": -1}


def _value(node: Node) -> int | None:
    return node.imm[0] if node.op in ("i32.const", "i64.const") else None


def fold_node(node: Node) -> Node:
    """`node`, or something shorter that does the same; its operands are folded already."""
    type_, _, action = node.op.partition(".")
    if type_ in _BITS and len(node.args) == 2:
        return _binary(node, type_, action)
    if type_ in _BITS and len(node.args) == 1 and action in _UNARY:
        value = _value(node.args[0])
        if value is None:
            return _extend_low(node) if node.op in _EXTENSIONS else node
        return constant(type_, _UNARY[action](value, _BITS[type_]))
    if type_ in _FLOATS and len(node.args) == 2 and action in _FLOAT_BINARY:
        return _float_binary(node, type_, action)
    rule = _RULES.get(node.op)
    return node if rule is None else rule(node)


def _rotated(first: Node, second: Node, type_: str, either: bool) -> Node | None:
    """`x << n | x >> bits - n` of a local x as one rotation, n being a number, or a local if `either`: only the low
    bits of a count count, so for a rotation by none both parts are x. `first` may put x and n into their locals."""
    operations = (f"{type_}.shl", f"{type_}.shr_u")
    if (first.op, second.op) not in (operations, operations[::-1]):
        return None
    local, bits = _local(first.args[0]), _BITS[type_]
    if local is None or second.args[0].op != "local.get" or second.args[0].imm[0] != local:
        return None
    way = {"shl": "rotl", "shr_u": "rotr"}
    by, rest = _value(first.args[1]), _value(second.args[1])
    if by is not None and rest is not None:
        made = Node(f"{type_}.{way[first.op[4:]]}", (), first.args, first.type)
        return made if by + rest == bits and 0 < by < bits else None
    if not either:
        return None
    one, other = _counted(first.args[1], bits), _counted(second.args[1], bits)
    if local in effects_of(first.args[1]).writes:
        return None
    if _is_rest(other, one, bits):
        return Node(f"{type_}.{way[first.op[4:]]}", (), first.args, first.type)
    if other.op == "local.get" and _is_rest(one, other, bits):
        return Node(f"{type_}.{way[second.op[4:]]}", (), [first.args[0], second.args[1]], first.type)
    return None


def _local(node: Node) -> int | None:
    return node.imm[0] if node.op in ("local.get", "local.tee") else None


def _counted(count: Node, bits: int) -> Node:
    """What the low bits of a count are those of."""
    while count.op in ("i32.and", "i64.and", "i64.extend_i32_u", "i64.extend_i32_s"):
        if count.op.endswith("and") and (_value(count.args[1]) or 0) & (bits - 1) != bits - 1:
            break
        count = count.args[0]
    return count


def _is_rest(count: Node, other: Node, bits: int) -> bool:
    """Whether a count is `bits` less the other, which is a local."""
    if not count.op.endswith(".sub") or _local(other) is None:
        return False
    whole, less = _value(count.args[0]), _counted(count.args[1], bits)
    return whole is not None and whole % bits == 0 and less.op == "local.get" and less.imm[0] == _local(other)


def _binary(node: Node, type_: str, action: str) -> Node:
    if action not in _BINARY and action not in _COMPARE:
        return node
    left, right = node.args
    a, b = _value(left), _value(right)
    if action in ("or", "xor", "add"):
        rotated = _rotated(left, right, type_, action == "or")
        if rotated is not None:
            return rotated
    operand = left.op.partition(".")[0]
    bits = _BITS[type_]
    if a is not None and b is not None:
        table = _BINARY if action in _BINARY else _COMPARE
        value = table[action](a, b, bits)
        return node if value is None else constant("i32" if action in _COMPARE else type_, int(value))
    if a is not None and action in _COMMUTES:
        node.args = [right, left]
        left, right, a, b = right, left, b, a
        operand = left.op.partition(".")[0]
    if action in _SHIFTS and right.op == f"{type_}.and":
        mask = _value(right.args[1])
        if mask is not None and mask & (bits - 1) == bits - 1:
            node.args[1] = right.args[0]
            return node
    if a is not None and action in _MIRRORED:
        return fold_node(Node(f"{type_}.{_MIRRORED[action]}", (), [right, left], I32))
    if b is None:
        return node
    if (action, b) in _ZERO_TESTS:
        return fold_node(Node(f"{type_}.{_ZERO_TESTS[action, b]}", (), [left, constant(type_, 0)], I32))
    if _RIGHT_IDENTITY.get(action) == b:
        return left
    if type_ == "i32" and b in (0, 1) and action in ("eq", "ne", "and") and is_test(left):
        if action == "and":
            return left if b else node
        return left if (action == "eq") == (b == 1) else fold_node(Node("i32.eqz", (), [left], I32))
    if action in ("eq", "ne") and left.op == f"{type_}.add" and _value(left.args[1]) is not None:
        # Both sides wrap, so the constants may meet on the right.
        inner = _value(left.args[1])
        assert inner is not None
        return fold_node(Node(node.op, (), [left.args[0], constant(type_, b - inner)], I32))
    if action == "eq" and not b:
        return fold_node(Node(f"{type_}.eqz", (), [left], I32))
    if action == "sub":
        return fold_node(Node(f"{type_}.add", (), [left, constant(type_, -b)], node.type))
    if action in ("add", "and", "or", "xor", "mul") and left.op == node.op and operand == type_:
        inner = _value(left.args[1])
        if inner is not None:
            combined = _BINARY[action](inner, b, bits)
            assert combined is not None
            return fold_node(Node(node.op, (), [left.args[0], constant(type_, combined)], node.type))
    if node.op == "i32.and" and b in (0xFF, 0xFFFF):
        node.args[0] = low_bits(left, b.bit_length())
    if action in ("div_u", "mul") and b > 1 and not b & (b - 1):
        shift = "shr_u" if action == "div_u" else "shl"
        return Node(f"{type_}.{shift}", (), [left, constant(type_, b.bit_length() - 1)], node.type)
    if action == "rem_u" and b > 0 and not b & (b - 1):
        return Node(f"{type_}.and", (), [left, constant(type_, b - 1)], node.type)
    return node


def _float_binary(node: Node, type_: str, action: str) -> Node:
    """Arithmetic on constants in binary64; rounding that to binary32 is exact for these operations (S. A. Figueroa,
    "When is double rounding innocuous?", 1995). What is NaN or infinite stays."""
    if any(one.op != f"{type_}.const" for one in node.args):
        return node
    whole, part = _FLOATS[type_]
    a, b = (struct.unpack(part, one.imm[0].to_bytes(whole, "little"))[0] for one in node.args)
    if action == "div" and b == 0:
        return node
    value = {"add": a + b, "sub": a - b, "mul": a * b, "div": a / b if b else 0.0}[action]
    if not math.isfinite(value):
        return node
    try:
        packed = struct.pack(part, value)
    except OverflowError:
        return node
    return Node(f"{type_}.const", (int.from_bytes(packed, "little"),), (), node.type)


_FLOATS: Final = {"f32": (4, "<f"), "f64": (8, "<d")}
_FLOAT_BINARY: Final = frozenset({"add", "sub", "mul", "div"})
_TESTS: Final = frozenset({"eq", "ne", "lt", "gt", "le", "ge", "eqz"})


def is_test(node: Node) -> bool:
    """Whether the value is 0 or 1."""
    if node.op == "i32.const":
        return node.imm[0] in (0, 1)
    if node.op in ("i32.and", "i32.or", "i32.xor"):
        return all(is_test(one) for one in node.args)
    return node.op.partition(".")[2].partition("_")[0] in _TESTS and node.type == I32


def _eqz(node: Node) -> Node:
    (operand,) = node.args
    value = _value(operand)
    if value is not None:
        return constant("i32", int(not value))
    if operand.op == "i32.eqz" and is_test(operand.args[0]):
        return operand.args[0]
    type_, _, action = operand.op.partition(".")
    if type_ in _BITS and action in _INVERSE:
        return Node(f"{type_}.{_INVERSE[action]}", (), operand.args, I32)
    return node


_LOW: Final = frozenset({"i32.add", "i32.sub", "i32.mul", "i32.or", "i32.xor", "i32.and"})
"""Operations whose low bits depend on the low bits of the operands only."""
_EXTENSIONS: Final = {"i32.extend8_s": 8, "i32.extend16_s": 16}


def low_bits(node: Node, bits: int) -> Node:
    """Something that has the same low bits, of which so many count."""
    mask = (1 << bits) - 1
    while True:
        masked = node.op == "i32.and" and (_value(node.args[1]) or 0) & mask == mask
        if not masked and _EXTENSIONS.get(node.op, 0) < bits:
            break
        node = node.args[0]
    if node.op in _LOW:
        node.args = [low_bits(one, bits) for one in node.args]
    elif node.op == "select" and node.type == I32:
        node.args[:2] = [low_bits(one, bits) for one in node.args[:2]]
    elif isinstance(node, If) and node.type == I32:
        for arm in (node.then, node.other):
            if arm and arm[-1].type == I32:
                arm[-1] = low_bits(arm[-1], bits)
    return node


def _fill(node: Node) -> Node:
    """A fill of as many bytes as a number has is a store of the number."""
    place, value, count = node.args[0], _value(node.args[1]), _value(node.args[2])
    if value is None or count not in (1, 2, 4, 8) or node.imm != (0,) or (count == 8 and value):
        return node
    type_, suffix = ("i64", "") if count == 8 else ("i32", {1: "8", 2: "16", 4: ""}[count])
    repeated = int.from_bytes(bytes([value & 255]) * count, "little")
    return Node(f"{type_}.store{suffix}", (0, 0, 0), (place, constant(type_, repeated)))


def _store(node: Node) -> Node:
    node.args[1] = low_bits(node.args[1], 8 if node.op.endswith("8") else 16)
    return node


def _extend_low(node: Node) -> Node:
    bits = _EXTENSIONS[node.op]
    node.args[0] = low_bits(node.args[0], bits)
    return node


def _wrap(node: Node) -> Node:
    (operand,) = node.args
    value = _value(operand)
    if value is not None:
        return constant("i32", value)
    return operand.args[0] if operand.op in ("i64.extend_i32_s", "i64.extend_i32_u") else node


def _extend_s(node: Node) -> Node:
    value = _value(node.args[0])
    return node if value is None else constant("i64", value)


def _extend_u(node: Node) -> Node:
    value = _value(node.args[0])
    return node if value is None else constant("i64", value % (1 << 32))


def condition(node: Node) -> Node:
    """`node` as a condition, where only zero or not counts."""
    while node.op == "i32.eqz" and node.args[0].op == "i32.eqz":
        node = node.args[0].args[0]
    if node.op == "i32.ne" and _value(node.args[1]) == 0:
        return condition(node.args[0])
    return node


def negated(node: Node) -> Node:
    """The opposite condition."""
    if node.op == "i32.eqz":
        return condition(node.args[0])
    return fold_node(Node("i32.eqz", (), [node], I32))


def _select(node: Node) -> Node:
    first, second, test = node.args
    test = node.args[2] = condition(test)
    value = _value(test)
    if value is not None:
        kept, lost = (first, second) if value else (second, first)
        return node if effects_of(lost).matter else kept
    if first == second and not effects_of(first).matter and not effects_of(test).matter:
        return first
    return node


def _if(node: Node) -> Node:
    assert isinstance(node, If)
    node.args[0] = condition(node.args[0])
    return node


def _br_if(node: Node) -> Node:
    node.args[0] = condition(node.args[0])
    return node


_RULES: Final[dict[str, Callable[[Node], Node]]] = {
    "i32.eqz": _eqz,
    "i64.eqz": _eqz,
    "i32.wrap_i64": _wrap,
    "i64.extend_i32_s": _extend_s,
    "i64.extend_i32_u": _extend_u,
    "select": _select,
    "if": _if,
    "br_if": _br_if,
    "memory.fill": _fill,
    "i32.store8": _store,
    "i32.store16": _store,
}


def fold(tree: Tree) -> None:
    """Fold the whole tree."""
    _fold(tree.body)


def _fold(body: list[Node]) -> None:
    for index, node in enumerate(body):
        if node.__class__ is not Node:
            for inner in node.bodies():
                _fold(inner)
        if not node.args:
            continue  # nothing is shorter than a constant or what a local holds
        _fold(node.args)
        made = fold_node(node)
        if made is not node:
            body[index] = made
            if hasattr(node, "span") and not hasattr(made, "span"):
                made.span = node.span
