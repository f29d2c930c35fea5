"""What programs need at run time and cannot say themselves: constants, writing, panics.

The only memory is one page: where `fd_write` finds what is to be written, and says how much it was.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.objects import BUFFER_BYTES, ERROR_STREAM
from engines.rustwasm.lower_linear.runtime import end, get, panic_bounds
from engines.rustwasm.release.tree import Block, If, Node, Tree
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_gc.program import Program

BUFFER: Final = 16
"""Where the buffer in memory starts: after the vector (address, length) and the count of written bytes."""


def _bytes(program: Program) -> w.Ref:
    return w.Ref(True, program.types.array_type(w.I8))


def constants(program: Program) -> Tree:
    """The module's start: the array of all constant bytes."""
    index = program.types.array_type(w.I8)
    made = Node("array.new_data", (index, 0), (n.i32(0), n.i32(len(program.constants))), w.Ref(True, index))
    return Tree(0, [], [program.global_set("constants", made)], ())


def _part(program: Program) -> Tree:
    """part(offset, length): an array of constant bytes."""
    array = _bytes(program)
    made = n.get(2, array)
    body = [
        n.set_(2, Node("array.new_default", (array.heap,), (get(1),), array)),
        Node("array.copy", (array.heap, array.heap), (made, n.i32(0), program.constants_array(), get(0), get(1))),
        n.copied(made),
    ]
    return Tree(2, [w.I32, w.I32, array], body, (array,))


def _store(address: Node, value: Node) -> Node:
    return Node("i32.store", (2, 0, 0), (address, value))


def _write(program: Program) -> Tree:
    """write(stream, array, start, length): everything, a buffer at a time; errors end it."""
    stream, array, start, length, count, at = range(6)
    kind = _bytes(program)
    byte = Node("array.get_u", (kind.heap,), (n.get(array, kind), n.op("i32.add", get(start), get(at))), w.I32)
    arguments = [get(stream), n.i32(0), n.i32(1), n.i32(8)]
    done = Node("i32.load", (2, 0, 0), (n.i32(8),), w.I32)
    copy = Block(
        "loop",
        2,
        [
            Node("i32.store8", (0, BUFFER, 0), (get(at), byte)),
            n.set_(at, n.op("i32.add", get(at), n.i32(1))),
            Node("br_if", (2,), (n.op("i32.lt_u", get(at), get(count)),)),
        ],
        None,
    )
    inner: list[Node] = [
        n.set_(count, n.select(get(length), n.i32(BUFFER_BYTES), n.op("i32.lt_u", get(length), n.i32(BUFFER_BYTES)))),
        n.set_(at, n.i32(0)),
        copy,
        _store(n.i32(0), n.i32(BUFFER)),
        _store(n.i32(4), get(count)),
        If(program.call(("import", "fd_write"), arguments, w.I32), [Node("return")], [], None),
        n.set_(start, n.op("i32.add", get(start), done)),
        n.set_(length, n.op("i32.sub", get(length), n.copied(done))),
        Node("br", (1,)),
    ]
    body: list[Node] = [Block("loop", 1, [If(get(length), inner, [], None)], None)]
    return Tree(4, [w.I32, kind, w.I32, w.I32, w.I32, w.I32], body, ())


def _say(program: Program, text: bytes) -> Node:
    offset = n.i32(program.bytes_offset(text))
    return program.call(("runtime", "say"), [offset, n.i32(len(text))], None)


def _put(program: Program) -> Tree:
    """put(stream, offset, length): so many constant bytes, at most `BUFFER_BYTES`; errors end it."""
    stream, offset, length = range(3)
    address = Node("i32.load", (2, 0, 0), (n.i32(0),), w.I32)
    rest = Node("i32.load", (2, 4, 0), (n.i32(0),), w.I32)
    done = Node("i32.load", (2, 8, 0), (n.i32(0),), w.I32)
    arguments = [get(stream), n.i32(0), n.i32(1), n.i32(8)]
    body: list[Node] = [
        Node("memory.init", (0, 0), (n.i32(BUFFER), get(offset), get(length))),
        _store(n.i32(0), n.i32(BUFFER)),
        _store(n.i32(4), get(length)),
        Block(
            "loop",
            1,
            [
                If(program.call(("import", "fd_write"), arguments, w.I32), [Node("return")], [], None),
                _store(n.i32(0), n.op("i32.add", address, done)),
                n.set_(length, n.op("i32.sub", rest, n.copied(done))),
                _store(n.i32(4), get(length)),
                Node("br_if", (1,), (get(length),)),
            ],
            None,
        ),
    ]
    return Tree(3, [w.I32] * 3, body, ())


def _say_constant(program: Program) -> Tree:
    """say(offset, length): constant bytes to the error stream."""
    return Tree(2, [w.I32] * 2, [program.call(("runtime", "put"), [n.i32(ERROR_STREAM), get(0), get(1)], None)], ())


def _panic_start(program: Program) -> Tree:
    """panic_start(location): the first line."""
    length = Node("i32.load16_u", (1, BUFFER, 0), (n.i32(0),), w.I32)
    body: list[Node] = [
        _say(program, b"\nthread 'main' panicked at "),
        Node("memory.init", (0, 0), (n.i32(BUFFER), get(0), n.i32(2))),
        program.call(("runtime", "say"), [n.op("i32.add", get(0), n.i32(2)), length], None),
        _say(program, b":\n"),
    ]
    return Tree(1, [w.I32], body, ())


def _panic(program: Program) -> Tree:
    """panic(location, array, start, length): say it and end the program."""
    array = _bytes(program)
    message = [n.i32(ERROR_STREAM), n.get(1, array), get(2), get(3)]
    body: list[Node] = [
        program.call(("runtime", "panic_start"), [get(0)], None),
        program.call(("runtime", "write"), message, None),
        *end(program, partial(_say, program)),
    ]
    return Tree(4, [w.I32, array, w.I32, w.I32], body, ())


def _panic_constant(program: Program) -> Tree:
    """panic_constant(location, offset, length): say constant bytes and end the program."""
    body: list[Node] = [
        program.call(("runtime", "panic_start"), [get(0)], None),
        program.call(("runtime", "say"), [get(1), get(2)], None),
        *end(program, partial(_say, program)),
    ]
    return Tree(3, [w.I32] * 3, body, ())


def _panic_bounds(program: Program) -> Tree:
    return panic_bounds(program, partial(_say, program))


def _say_number(program: Program) -> Tree:
    """say_number(value): its decimal digits, to the error stream."""
    digits = program.bytes_offset(b"0123456789")
    rest = n.op("i32.div_u", get(0), n.i32(10))
    digit = n.op("i32.add", n.op("i32.rem_u", get(0), n.i32(10)), n.i32(digits))
    more = [program.call(("runtime", "say_number"), [rest], None)]
    body: list[Node] = [
        If(n.op("i32.gt_u", get(0), n.i32(9)), more, [], None),
        program.call(("runtime", "say"), [digit, n.i32(1)], None),
    ]
    return Tree(1, [w.I32], body, ())


TABLE: Final[dict[str, Callable[[Program], Tree]]] = {
    "write": _write,
    "put": _put,
    "panic": _panic,
    "panic_constant": _panic_constant,
    "panic_bounds": _panic_bounds,
    "panic_start": _panic_start,
    "say": _say_constant,
    "say_number": _say_number,
    "part": _part,
}
