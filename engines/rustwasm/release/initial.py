"""Constants that are stored one after the other come from a data segment instead, where that is shorter.

    (f64.store offset=8 p (f64.const 4.84))
    (f64.store offset=16 p (f64.const -1.16))    →    (memory.init $segment (i32.add p (i32.const 8)) ...)
    ...

Source: WebAssembly 3.0 §4.4.10 (`memory.init` copies from a passive segment, `memory.fill` sets bytes).
"""

from __future__ import annotations

from typing import Final

from engines.rustwasm.release.fold import constant
from engines.rustwasm.release.tree import Node, Tree
from engines.rustwasm.wasm.types import I32

SEGMENT_COST: Final = 8
"""Bytes that a passive segment costs besides its contents: its header, and a share of the data count section."""
COPY_COST: Final = 14
"""About what one `memory.init` or `memory.fill` costs, operands included."""
ZEROS: Final = 16
"""A run of so many zeros is filled and not copied."""

_STORES: Final = {1: "i32.store8", 2: "i32.store16", 4: "i32.store", 8: "i64.store"}
"""How a piece of so many bytes is stored as one number."""

_WIDTHS: Final = {
    "i32.store": 4, "i64.store": 8, "f32.store": 4, "f64.store": 8, "i32.store8": 1, "i32.store16": 2,
    "i64.store8": 1, "i64.store16": 2, "i64.store32": 4,
}  # fmt: skip


def store_together(tree: Tree, segments: list[bytes], before: int) -> None:
    """Rewrite runs of stores of constants to places behind the same local; contents of new segments are appended to
    `segments`; the module has so many others `before` them."""
    _lists(tree.body, segments, before)


def _lists(body: list[Node], segments: list[bytes], before: int) -> None:
    out: list[Node] = []
    run: list[Node] = []
    for node in body:
        for argument in node.args:
            _lists([argument], segments, before)
        for inner in node.bodies():
            _lists(inner, segments, before)
        base = _base(node)
        if run and (base is None or base != _base(run[0]) or node.args[0].op != "local.get"):
            out += _together(run, segments, before)
            run = []
        if base is None:
            out.append(node)
        else:
            run.append(node)
    body[:] = [*out, *(_together(run, segments, before) if run else [])]


def _base(node: Node) -> int | None:
    """The local behind which a statement stores a constant."""
    if node.op not in _WIDTHS or not node.args[1].op.endswith(".const") or node.imm[2:] not in ((), (0,)):
        return None
    address = node.args[0]
    return address.imm[0] if address.op in ("local.get", "local.tee") else None


def _together(run: list[Node], segments: list[bytes], before: int) -> list[Node]:
    """The statements that a run becomes."""
    content: dict[int, int] = {}
    cost = 0
    for node in run:
        width = _WIDTHS[node.op]
        value = node.args[1].imm[0] & ((1 << 8 * width) - 1)
        content.update(zip(range(node.imm[1], node.imm[1] + width), value.to_bytes(width, "little"), strict=True))
        constant = node.args[1]
        plain = constant.op[0] == "i"
        cost += 6 + (1 + constant.imm[0].bit_length() // 7 if plain else 8 if constant.op == "f64.const" else 4)
    pieces = [piece for start, whole in _whole(content) for piece in _pieces(start, whole)]
    if sum(map(_cost, (piece for _, piece in pieces))) >= cost:
        return run
    address = run[0].args[0]
    out = [] if address.op == "local.get" else [Node("local.set", address.imm, address.args)]
    for start, piece in pieces:
        if len(piece) in _STORES:
            out.append(_stored(address.imm[0], start, piece))
            continue
        place = Node("local.get", address.imm, (), I32)
        if start:
            place = Node("i32.add", (), (place, _i32(start)), I32)
        if any(piece):
            out.append(Node("memory.init", (before + len(segments), 0), (place, _i32(0), _i32(len(piece)))))
            segments.append(piece)
        else:
            out.append(Node("memory.fill", (0,), (place, _i32(0), _i32(len(piece)))))
    return out


def _cost(piece: bytes) -> int:
    """About the bytes that storing a piece costs."""
    if len(piece) in _STORES:
        return 6 + _number(piece).bit_length() // 7 + 1
    return COPY_COST + (SEGMENT_COST + len(piece) if any(piece) else 0)


def _number(piece: bytes) -> int:
    return int.from_bytes(piece, "little", signed=True)


def _stored(local: int, start: int, piece: bytes) -> Node:
    """The store of a piece that is as long as a number."""
    name = _STORES[len(piece)]
    value = constant(name[:3], _number(piece))
    return Node(name, (0, start, 0), (Node("local.get", (local,), (), I32), value))


def _i32(value: int) -> Node:
    return Node("i32.const", (value,), (), I32)


def _whole(content: dict[int, int]) -> list[tuple[int, bytes]]:
    """Stretches without gaps: where they start, and what they hold."""
    out: list[tuple[int, bytearray]] = []
    for at in sorted(content):
        if not out or out[-1][0] + len(out[-1][1]) != at:
            out.append((at, bytearray()))
        out[-1][1].append(content[at])
    return [(start, bytes(held)) for start, held in out]


def _pieces(start: int, content: bytes) -> list[tuple[int, bytes]]:
    """A stretch split at long runs of zeros."""
    at = content.find(bytes(ZEROS))
    if at < 0:
        return [(start, content)]
    end = at
    while end < len(content) and not content[end]:
        end += 1
    before = [(start, content[:at])] if at else []
    after = _pieces(start + end, content[end:]) if end < len(content) else []
    return [*before, (start + at, content[at:end]), *after]
