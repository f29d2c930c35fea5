"""What programs need at run time and cannot say themselves: memory blocks, writing, panics.

Memory blocks have power-of-two sizes of 16 bytes and more. Four bytes before a block's payload say where the list of
free ones of its size starts: four times the leading zeros of the size less one. A free block's payload starts with the
address of the next free one. Payloads are aligned to 8.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.lower_linear.layout import POINTER, Storage
from engines.rustwasm.lower_linear.requests import Requests
from engines.rustwasm.release.tree import Block, If, Node, Tree
from engines.rustwasm.release.writes import ATOMIC_BYTES
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.program import Program

_HALF: Final = Storage(w.I32, 2)
_BYTE: Final = Storage(w.I32, 1)
LARGEST_BLOCK: Final = (1 << 31) - 32
"""Bytes of a memory block at most; with its header it is less than 2^31."""
ERROR_STREAM: Final = 2


def get(local: int) -> Node:
    """A local of type i32."""
    return n.get(local, w.I32)


def _free_lists(program: Program) -> int:
    address = program.reserved.get("free lists")
    if address is None:
        address = program.reserved["free lists"] = program.reserve(128, 4)
    return address


def _alloc(program: Program) -> Tree:
    """alloc(size) -> address; size is at most LARGEST_BLOCK. A program out of memory traps."""
    lists = _free_lists(program)
    size, place, block, length = 0, 1, 2, 3
    wanted = n.op("i32.or", n.op("i32.add", get(size), n.i32(3)), n.i32(15))
    zeros = n.op("i32.clz", wanted)
    heap = program.global_get("heap")
    left = n.op("i32.sub", n.op("i32.shl", Node("memory.size", (0,), (), w.I32), n.i32(16)), heap)
    pages = n.op("i32.add", n.op("i32.shr_u", get(length), n.i32(16)), n.i32(1))
    failed = n.op("i32.lt_s", Node("memory.grow", (0,), (pages,), w.I32), n.i32(0))
    body: list[Node] = [
        n.set_(length, zeros),
        n.set_(place, n.op("i32.shl", get(length), n.i32(2))),
        n.set_(block, n.load(POINTER, get(place), lists)),
        If(
            get(block),
            [
                n.store(POINTER, get(place), lists, n.load(POINTER, get(block), 0)),
                Node("return", (), (get(block),)),
            ],
            [],
            None,
        ),
        n.set_(length, n.op("i32.rotr", n.i32(1), get(length))),
        If(n.op("i32.gt_u", get(length), left), [If(failed, [Node("unreachable")], [], None)], [], None),
        n.set_(block, n.copied(heap)),
        n.store(POINTER, get(block), 0, get(place)),
        program.global_set("heap", n.op("i32.add", get(block), get(length))),
        n.op("i32.add", get(block), n.i32(4)),
    ]
    return Tree(1, [w.I32, w.I32, w.I32, w.I32], body, (w.I32,))


def _alloc_array(program: Program) -> Tree:
    """alloc_array(count, size) -> address of room for so many values of so many bytes, one at least; none stands for
    16 bytes. More than LARGEST_BLOCK is out of reach: a trap."""
    count, size = 0, 1
    product = n.op("i64.mul", n.op("i64.extend_i32_u", get(count)), n.op("i64.extend_i32_u", get(size)))
    body: list[Node] = [
        n.set_(2, product),
        If(n.op("i64.gt_u", n.get(2, w.I64), n.i64(LARGEST_BLOCK)), [Node("unreachable")], [], None),
        program.call(("runtime", "alloc"), [n.op("i32.mul", get(count), get(size))], w.I32),
    ]
    return Tree(2, [w.I32, w.I32, w.I64], body, (w.I32,))


def _free(program: Program) -> Tree:
    """free(address); 8 stands for no block."""
    lists = _free_lists(program)
    place = 1
    body: list[Node] = [
        If(
            n.op("i32.ne", get(0), n.i32(8)),
            [
                n.set_(place, n.load(POINTER, n.op("i32.sub", get(0), n.i32(4)), 0)),
                n.store(POINTER, get(0), 0, n.load(POINTER, get(place), lists)),
                n.store(POINTER, get(place), lists, get(0)),
            ],
            [],
            None,
        ),
    ]
    return Tree(1, [w.I32, w.I32], body, ())


def _write(program: Program) -> Tree:
    """write(stream, address, length): everything, in as many writes as the system wants; errors end it.

    What fits a pipe's atomic write (POSIX, `PIPE_BUF` is 4096 on Linux) is written at once.
    """
    done = n.load(POINTER, n.i32(0), 8)
    arguments = [get(0), n.i32(0), n.i32(1), n.i32(8)]
    once: list[Node] = [
        n.store(POINTER, n.i32(0), 0, get(1)),
        n.store(POINTER, n.i32(0), 4, get(2)),
        Node("drop", (), (program.call(("import", "fd_write"), [n.copied(one) for one in arguments], w.I32),)),
    ]
    loop: list[Node] = [
        Block(
            "loop",
            1,
            [
                n.store(POINTER, n.i32(0), 0, get(1)),
                n.store(POINTER, n.i32(0), 4, get(2)),
                If(program.call(("import", "fd_write"), arguments, w.I32), [Node("return")], [], None),
                n.set_(1, n.op("i32.add", get(1), done)),
                n.set_(2, n.op("i32.sub", get(2), n.copied(done))),
                Node("br_if", (1,), (get(2),)),
            ],
            None,
        )
    ]
    return Tree(3, [w.I32] * 3, [If(n.op("i32.le_u", get(2), n.i32(ATOMIC_BYTES)), once, loop, None)], ())


def _say(program: Program, text: bytes) -> Node:
    return program.call(
        ("runtime", "write"), [n.i32(ERROR_STREAM), program.bytes_address(text), n.i32(len(text))], None
    )


def _panic_start(program: Program) -> Tree:
    """panic_start(location): the first line."""
    length = n.load(_HALF, get(0), 0)
    body: list[Node] = [
        _say(program, b"\nthread 'main' panicked at "),
        program.call(("runtime", "write"), [n.i32(ERROR_STREAM), n.add_offset(get(0), 2), length], None),
        _say(program, b":\n"),
    ]
    return Tree(1, [w.I32], body, ())


def end(program: Requests, say: Callable[[bytes], Node]) -> list[Node]:
    """The end of a panic: the last line's end, by `say`, and the program's."""
    return [say(b"\n"), program.call(("import", "proc_exit"), [n.i32(101)], None)]


def _panic(program: Program) -> Tree:
    """panic(location, message, its length): say it and end the program."""
    body: list[Node] = [
        program.call(("runtime", "panic_start"), [get(0)], None),
        program.call(("runtime", "write"), [n.i32(ERROR_STREAM), get(1), get(2)], None),
        *end(program, partial(_say, program)),
    ]
    return Tree(3, [w.I32] * 3, body, ())


def panic_bounds(program: Requests, say: Callable[[bytes], Node]) -> Tree:
    """panic_bounds(location, index, length), where `say` says constant text."""
    body: list[Node] = [
        program.call(("runtime", "panic_start"), [get(0)], None),
        say(b"index out of bounds: the len is "),
        program.call(("runtime", "say_number"), [get(2)], None),
        say(b" but the index is "),
        program.call(("runtime", "say_number"), [get(1)], None),
        *end(program, say),
    ]
    return Tree(3, [w.I32] * 3, body, ())


def _panic_bounds(program: Program) -> Tree:
    return panic_bounds(program, partial(_say, program))


def _say_number(program: Program) -> Tree:
    """say_number(value): its decimal digits, to the error stream."""
    rest = n.op("i32.div_u", get(0), n.i32(10))
    digit = n.op("i32.add", n.op("i32.rem_u", get(0), n.i32(10)), n.i32(ord("0")))
    body: list[Node] = [
        If(
            n.op("i32.gt_u", get(0), n.i32(9)),
            [program.call(("runtime", "say_number"), [rest], None)],
            [],
            None,
        ),
        n.store(_BYTE, n.i32(0), 12, digit),
        program.call(("runtime", "write"), [n.i32(ERROR_STREAM), n.i32(12), n.i32(1)], None),
    ]
    return Tree(1, [w.I32], body, ())


def repeated(program: Program, element: Ty, vector: Ty) -> Tree:
    """vec_from_elem(value, count) of numbers, as the library has it, without a loop where a byte or zero is repeated.

    A block of more than LARGEST_BLOCK bytes is out of reach: a trap.
    """
    storage = _only_part(program, element)
    value, count, block, at = 0, 1, 2, 3
    shift = storage.bytes.bit_length() - 1
    size = get(count) if not shift else n.op("i32.shl", get(count), n.i32(shift))
    given = n.get(value, storage.type)
    fill = Node("memory.fill", (0,), (get(block), n.i32(0) if shift else given, n.copied(size)))
    body: list[Node] = [
        If(n.op("i32.gt_u", get(count), n.i32(LARGEST_BLOCK >> shift)), [Node("unreachable")], [], None),
        n.set_(block, program.call(("runtime", "alloc"), [size], w.I32)),
    ]
    if shift:
        bits = {w.F32: "i32.reinterpret_f32", w.F64: "i64.reinterpret_f64"}.get(storage.type)
        plain = given if bits is None else n.op(bits, given)
        zero = n.op("i64.eqz" if storage.bytes == 8 else "i32.eqz", plain)
        step = n.op("i32.add", get(at), n.i32(storage.bytes))
        loop = Block(
            "loop",
            1,
            [
                n.store(storage, get(at), 0, n.copied(given)),
                Node("br_if", (1,), (n.op("i32.lt_u", Node("local.tee", (at,), (step,), w.I32), get(4)),)),
            ],
            None,
        )
        end = n.op("i32.add", get(block), n.copied(size))
        several = If(get(count), [n.set_(at, get(block)), n.set_(4, end), loop], [], None)
        body.append(If(zero, [fill], [several], None))
    else:
        body.append(fill)
    layout = program.layouts.of(vector)
    ((array,), (length,), (capacity,)) = (one or () for one in layout.variants[0].parts)
    values = {array: get(block), length: get(count), capacity: get(count)}
    body.append(Node("return", (), [values[i] for i in range(3)]))
    return Tree(2, [storage.type, w.I32, w.I32, w.I32, w.I32], body, (w.I32, w.I32, w.I32))


def _only_part(program: Program, ty: Ty) -> Storage:
    parts = program.layouts.of(ty).parts
    assert parts is not None
    return parts[0].storage


def is_number(ty: Ty) -> bool:
    """Whether values of the type are one scalar that copies as its bytes do."""
    return ty.kind in (t.BOOL, t.CHAR, t.FLOAT) or (ty.kind == t.INT and ty.data[0] <= 64)


TABLE: Final[dict[str, Callable[[Program], Tree]]] = {
    "alloc": _alloc,
    "alloc_array": _alloc_array,
    "free": _free,
    "write": _write,
    "panic_start": _panic_start,
    "panic": _panic,
    "panic_bounds": _panic_bounds,
    "say_number": _say_number,
}
