"""Expression trees for the lowering: constants, locals, loads, stores, arithmetic."""

from __future__ import annotations

import struct
from typing import Final

from engines.rustwasm.lower_linear.layout import Storage, access
from engines.rustwasm.lower_linear.linked import Linked, Number
from engines.rustwasm.release.tree import Node
from engines.rustwasm.wasm import types as w


def i32(value: Number) -> Node:
    if type(value) is not int and isinstance(value, Linked):
        return Node("i32.const", (value,), (), w.I32)
    value &= 0xFFFFFFFF
    return Node("i32.const", (value - (1 << 32) if value >> 31 else value,), (), w.I32)


def i64(value: int) -> Node:
    value &= (1 << 64) - 1
    return Node("i64.const", (value - (1 << 64) if value >> 63 else value,), (), w.I64)


def f32(value: float) -> Node:
    return Node("f32.const", (int.from_bytes(struct.pack("<f", value), "little"),), (), w.F32)


def f64(value: float) -> Node:
    return Node("f64.const", (int.from_bytes(struct.pack("<d", value), "little"),), (), w.F64)


def integer(type_: int, value: int) -> Node:
    return i64(value) if type_ == w.I64 else i32(value)


def zero(type_: int) -> Node:
    return Node(_ZEROS[type_], (0,), (), type_)


_ZEROS: Final = {w.I32: "i32.const", w.I64: "i64.const", w.F32: "f32.const", w.F64: "f64.const"}


def get(local: int, type_: w.ValueType) -> Node:
    return Node("local.get", (local,), (), type_)


_gets: dict[tuple[int, w.ValueType], Node] = {}
_GETS_LIMIT: Final = 1 << 14


def shared_get(local: int, type_: w.ValueType) -> Node:
    """`get`, for a tree in which a node may stand in several places: one that nothing changes."""
    found = _gets.get((local, type_))
    if found is None:
        if len(_gets) >= _GETS_LIMIT:
            _gets.clear()
        found = _gets[local, type_] = Node("local.get", (local,), (), type_)
    return found


def set_(local: int, value: Node) -> Node:
    return Node("local.set", (local,), (value,))


def load(storage: Storage, address: Node, offset: int) -> Node:
    name, _, exponent = access(storage)
    return Node(name, (exponent, offset, 0), (address,), storage.type)


def store(storage: Storage, address: Node, offset: int, value: Node) -> Node:
    _, name, exponent = access(storage)
    return Node(name, (exponent, offset, 0), (address, value))


def op(name: str, *args: Node) -> Node:
    """An operation without immediates; the type of its value follows from its name."""
    type_ = _types.get(name)
    if type_ is None:
        type_ = _types[name] = _type_of(name)
    return Node(name, (), args, type_)


_types: dict[str, int] = {}


def _type_of(name: str) -> int:
    prefix, _, action = name.partition(".")
    type_: int = {"i32": w.I32, "i64": w.I64, "f32": w.F32, "f64": w.F64}[prefix]
    if (
        action in _TESTS
        or (action.partition("_")[0] in _COMPARISONS and prefix in ("i32", "i64"))
        or (prefix in ("f32", "f64") and action in ("eq", "ne", "lt", "gt", "le", "ge"))
    ):
        type_ = w.I32
    return type_


_TESTS: Final = ("eqz",)
_COMPARISONS: Final = ("eq", "ne", "lt", "gt", "le", "ge")


def select(yes: Node, no: Node, condition: Node) -> Node:
    return Node("select", (), (yes, no, condition), yes.type)


def add_offset(address: Node, offset: int) -> Node:
    if offset == 0:
        return address
    if address.op == "i32.const":
        return i32(address.imm[0] + offset)
    return op("i32.add", address, i32(offset))


def copied(node: Node) -> Node:
    """The same tree again; only for trees without blocks."""
    if not node.args:
        return Node(node.op, node.imm, (), node.type)
    return Node(node.op, node.imm, [copied(one) for one in node.args], node.type)


def pure(node: Node) -> bool:
    """Whether evaluating it twice, or later, is the same as now, as long as no local is written."""
    return node.op in ("local.get", "i32.const", "i64.const", "f32.const", "f64.const") or (
        node.op == "i32.add" and all(pure(one) for one in node.args)
    )
