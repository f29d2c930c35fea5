"""Every operation of WebAssembly, said once: name, opcode, immediates, and the stack signature where it is a fixed one.

A row reads `name | opcode | immediates | operands -> results`. An opcode is one byte, or a prefix byte and a number.
`A` is the address type of the memory. Rows without a signature are polymorphic or structured and have a rule of their
own in `validate`.

Immediates stand in the order of the binary format, which is also their order in an instruction tuple:

- `s32 s64 u32`: an integer; `f32bits f64bits`: the bits of a float as an unsigned integer, so that NaN payloads
  survive;
- `type function table memoryindex global local tag element data field label`: an index;
- `labels`: a tuple of labels and a default label, two values in the tuple;
- `blocktype`: `EMPTY`, a value type, or a type index ≥ 0;
- `valuetypes`: a tuple of value types; `heap`: a heap type; `reference`: a `Ref`; `castflags`: label, source `Ref`,
  target `Ref`;
- `memory:a`: alignment exponent (at most `a`), offset, memory index: three values in the tuple;
- `catches`: a tuple of `(kind, tag or None, label)`; `lane:n`: a lane below n; `lanes16:n`, `bytes16`: 16 bytes.

Source: WebAssembly 3.0 §5.4 (binary format of instructions), §3.3 (their types).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engines.rustwasm.wasm.simd import ROWS as VECTOR_ROWS
from engines.rustwasm.wasm.types import ARRAY as ARRAY_HEAP
from engines.rustwasm.wasm.types import EQREF, F32, F64, I31, I31REF, I32, I64, V128, Ref, ValueType

ADDRESS: Final = 0
"""Stands for the memory's address type in a signature."""

_SIGNATURE_WORDS: Final[dict[str, ValueType]] = {
    "i32": I32,
    "i64": I64,
    "f32": F32,
    "f64": F64,
    "v128": V128,
    "eqref": EQREF,
    "i31ref": I31REF,
    "i31": Ref(False, I31),
    "arrayref": Ref(True, ARRAY_HEAP),
    "A": ADDRESS,
}

IMMEDIATE_WORDS: Final = {"memory": 3, "labels": 2, "castflags": 3}
"""How many values of the tuple an immediate takes, where it is not one."""


@dataclass(frozen=True)
class Immediate:
    """One immediate: its kind, and the parameter after the colon of its row (0 without one)."""

    kind: str
    parameter: int = 0


@dataclass(frozen=True)
class Signature:
    operands: tuple[ValueType, ...]
    results: tuple[ValueType, ...]


@dataclass(frozen=True)
class Operation:
    """One row. `opcode` is its bytes as they start every encoding of it."""

    name: str
    prefix: int | None
    code: int
    immediates: tuple[Immediate, ...]
    signature: Signature | None

    @property
    def tuple_length(self) -> int:
        """Number of values in an instruction tuple of this operation, the name included."""
        return 1 + sum(IMMEDIATE_WORDS.get(one.kind, 1) for one in self.immediates)


def _parse(rows: str) -> Iterator[Operation]:
    for row in rows.strip().splitlines():
        name, opcode, immediates, signature = ([part.strip() for part in row.split("|")] + ["", "", ""])[:4]
        numbers = [int(word, 16) for word in opcode.split()]
        parsed = []
        for word in immediates.split():
            kind, _, parameter = word.partition(":")
            parsed.append(Immediate(kind, int(parameter or 0)))
        types = None
        if signature:
            operands, _, results = signature.partition("->")
            types = Signature(
                tuple(_SIGNATURE_WORDS[word] for word in operands.split()),
                tuple(_SIGNATURE_WORDS[word] for word in results.split()),
            )
        yield Operation(name, numbers[0] if len(numbers) == 2 else None, numbers[-1], tuple(parsed), types)


_ROWS: Final = """
unreachable | 00
nop | 01 | | ->
block | 02 | blocktype
loop | 03 | blocktype
if | 04 | blocktype
else | 05
throw | 08 | tag
throw_ref | 0A
end | 0B
br | 0C | label
br_if | 0D | label
br_table | 0E | labels
return | 0F
call | 10 | function
call_indirect | 11 | type table
return_call | 12 | function
return_call_indirect | 13 | type table
call_ref | 14 | type
return_call_ref | 15 | type
drop | 1A
select | 1B
select_typed | 1C | valuetypes
try_table | 1F | blocktype catches
local.get | 20 | local
local.set | 21 | local
local.tee | 22 | local
global.get | 23 | global
global.set | 24 | global
table.get | 25 | table
table.set | 26 | table
i32.load | 28 | memory:2 | A -> i32
i64.load | 29 | memory:3 | A -> i64
f32.load | 2A | memory:2 | A -> f32
f64.load | 2B | memory:3 | A -> f64
i32.load8_s | 2C | memory:0 | A -> i32
i32.load8_u | 2D | memory:0 | A -> i32
i32.load16_s | 2E | memory:1 | A -> i32
i32.load16_u | 2F | memory:1 | A -> i32
i64.load8_s | 30 | memory:0 | A -> i64
i64.load8_u | 31 | memory:0 | A -> i64
i64.load16_s | 32 | memory:1 | A -> i64
i64.load16_u | 33 | memory:1 | A -> i64
i64.load32_s | 34 | memory:2 | A -> i64
i64.load32_u | 35 | memory:2 | A -> i64
i32.store | 36 | memory:2 | A i32 ->
i64.store | 37 | memory:3 | A i64 ->
f32.store | 38 | memory:2 | A f32 ->
f64.store | 39 | memory:3 | A f64 ->
i32.store8 | 3A | memory:0 | A i32 ->
i32.store16 | 3B | memory:1 | A i32 ->
i64.store8 | 3C | memory:0 | A i64 ->
i64.store16 | 3D | memory:1 | A i64 ->
i64.store32 | 3E | memory:2 | A i64 ->
memory.size | 3F | memoryindex
memory.grow | 40 | memoryindex
i32.const | 41 | s32 | -> i32
i64.const | 42 | s64 | -> i64
f32.const | 43 | f32bits | -> f32
f64.const | 44 | f64bits | -> f64
i32.eqz | 45 | | i32 -> i32
i32.eq | 46 | | i32 i32 -> i32
i32.ne | 47 | | i32 i32 -> i32
i32.lt_s | 48 | | i32 i32 -> i32
i32.lt_u | 49 | | i32 i32 -> i32
i32.gt_s | 4A | | i32 i32 -> i32
i32.gt_u | 4B | | i32 i32 -> i32
i32.le_s | 4C | | i32 i32 -> i32
i32.le_u | 4D | | i32 i32 -> i32
i32.ge_s | 4E | | i32 i32 -> i32
i32.ge_u | 4F | | i32 i32 -> i32
i64.eqz | 50 | | i64 -> i32
i64.eq | 51 | | i64 i64 -> i32
i64.ne | 52 | | i64 i64 -> i32
i64.lt_s | 53 | | i64 i64 -> i32
i64.lt_u | 54 | | i64 i64 -> i32
i64.gt_s | 55 | | i64 i64 -> i32
i64.gt_u | 56 | | i64 i64 -> i32
i64.le_s | 57 | | i64 i64 -> i32
i64.le_u | 58 | | i64 i64 -> i32
i64.ge_s | 59 | | i64 i64 -> i32
i64.ge_u | 5A | | i64 i64 -> i32
f32.eq | 5B | | f32 f32 -> i32
f32.ne | 5C | | f32 f32 -> i32
f32.lt | 5D | | f32 f32 -> i32
f32.gt | 5E | | f32 f32 -> i32
f32.le | 5F | | f32 f32 -> i32
f32.ge | 60 | | f32 f32 -> i32
f64.eq | 61 | | f64 f64 -> i32
f64.ne | 62 | | f64 f64 -> i32
f64.lt | 63 | | f64 f64 -> i32
f64.gt | 64 | | f64 f64 -> i32
f64.le | 65 | | f64 f64 -> i32
f64.ge | 66 | | f64 f64 -> i32
i32.clz | 67 | | i32 -> i32
i32.ctz | 68 | | i32 -> i32
i32.popcnt | 69 | | i32 -> i32
i32.add | 6A | | i32 i32 -> i32
i32.sub | 6B | | i32 i32 -> i32
i32.mul | 6C | | i32 i32 -> i32
i32.div_s | 6D | | i32 i32 -> i32
i32.div_u | 6E | | i32 i32 -> i32
i32.rem_s | 6F | | i32 i32 -> i32
i32.rem_u | 70 | | i32 i32 -> i32
i32.and | 71 | | i32 i32 -> i32
i32.or | 72 | | i32 i32 -> i32
i32.xor | 73 | | i32 i32 -> i32
i32.shl | 74 | | i32 i32 -> i32
i32.shr_s | 75 | | i32 i32 -> i32
i32.shr_u | 76 | | i32 i32 -> i32
i32.rotl | 77 | | i32 i32 -> i32
i32.rotr | 78 | | i32 i32 -> i32
i64.clz | 79 | | i64 -> i64
i64.ctz | 7A | | i64 -> i64
i64.popcnt | 7B | | i64 -> i64
i64.add | 7C | | i64 i64 -> i64
i64.sub | 7D | | i64 i64 -> i64
i64.mul | 7E | | i64 i64 -> i64
i64.div_s | 7F | | i64 i64 -> i64
i64.div_u | 80 | | i64 i64 -> i64
i64.rem_s | 81 | | i64 i64 -> i64
i64.rem_u | 82 | | i64 i64 -> i64
i64.and | 83 | | i64 i64 -> i64
i64.or | 84 | | i64 i64 -> i64
i64.xor | 85 | | i64 i64 -> i64
i64.shl | 86 | | i64 i64 -> i64
i64.shr_s | 87 | | i64 i64 -> i64
i64.shr_u | 88 | | i64 i64 -> i64
i64.rotl | 89 | | i64 i64 -> i64
i64.rotr | 8A | | i64 i64 -> i64
f32.abs | 8B | | f32 -> f32
f32.neg | 8C | | f32 -> f32
f32.ceil | 8D | | f32 -> f32
f32.floor | 8E | | f32 -> f32
f32.trunc | 8F | | f32 -> f32
f32.nearest | 90 | | f32 -> f32
f32.sqrt | 91 | | f32 -> f32
f32.add | 92 | | f32 f32 -> f32
f32.sub | 93 | | f32 f32 -> f32
f32.mul | 94 | | f32 f32 -> f32
f32.div | 95 | | f32 f32 -> f32
f32.min | 96 | | f32 f32 -> f32
f32.max | 97 | | f32 f32 -> f32
f32.copysign | 98 | | f32 f32 -> f32
f64.abs | 99 | | f64 -> f64
f64.neg | 9A | | f64 -> f64
f64.ceil | 9B | | f64 -> f64
f64.floor | 9C | | f64 -> f64
f64.trunc | 9D | | f64 -> f64
f64.nearest | 9E | | f64 -> f64
f64.sqrt | 9F | | f64 -> f64
f64.add | A0 | | f64 f64 -> f64
f64.sub | A1 | | f64 f64 -> f64
f64.mul | A2 | | f64 f64 -> f64
f64.div | A3 | | f64 f64 -> f64
f64.min | A4 | | f64 f64 -> f64
f64.max | A5 | | f64 f64 -> f64
f64.copysign | A6 | | f64 f64 -> f64
i32.wrap_i64 | A7 | | i64 -> i32
i32.trunc_f32_s | A8 | | f32 -> i32
i32.trunc_f32_u | A9 | | f32 -> i32
i32.trunc_f64_s | AA | | f64 -> i32
i32.trunc_f64_u | AB | | f64 -> i32
i64.extend_i32_s | AC | | i32 -> i64
i64.extend_i32_u | AD | | i32 -> i64
i64.trunc_f32_s | AE | | f32 -> i64
i64.trunc_f32_u | AF | | f32 -> i64
i64.trunc_f64_s | B0 | | f64 -> i64
i64.trunc_f64_u | B1 | | f64 -> i64
f32.convert_i32_s | B2 | | i32 -> f32
f32.convert_i32_u | B3 | | i32 -> f32
f32.convert_i64_s | B4 | | i64 -> f32
f32.convert_i64_u | B5 | | i64 -> f32
f32.demote_f64 | B6 | | f64 -> f32
f64.convert_i32_s | B7 | | i32 -> f64
f64.convert_i32_u | B8 | | i32 -> f64
f64.convert_i64_s | B9 | | i64 -> f64
f64.convert_i64_u | BA | | i64 -> f64
f64.promote_f32 | BB | | f32 -> f64
i32.reinterpret_f32 | BC | | f32 -> i32
i64.reinterpret_f64 | BD | | f64 -> i64
f32.reinterpret_i32 | BE | | i32 -> f32
f64.reinterpret_i64 | BF | | i64 -> f64
i32.extend8_s | C0 | | i32 -> i32
i32.extend16_s | C1 | | i32 -> i32
i64.extend8_s | C2 | | i64 -> i64
i64.extend16_s | C3 | | i64 -> i64
i64.extend32_s | C4 | | i64 -> i64
ref.null | D0 | heap
ref.is_null | D1
ref.func | D2 | function
ref.eq | D3 | | eqref eqref -> i32
ref.as_non_null | D4
br_on_null | D5 | label
br_on_non_null | D6 | label
struct.new | FB 00 | type
struct.new_default | FB 01 | type
struct.get | FB 02 | type field
struct.get_s | FB 03 | type field
struct.get_u | FB 04 | type field
struct.set | FB 05 | type field
array.new | FB 06 | type
array.new_default | FB 07 | type
array.new_fixed | FB 08 | type u32
array.new_data | FB 09 | type data
array.new_elem | FB 0A | type element
array.get | FB 0B | type
array.get_s | FB 0C | type
array.get_u | FB 0D | type
array.set | FB 0E | type
array.fill | FB 10 | type
array.copy | FB 11 | type type
array.init_data | FB 12 | type data
array.init_elem | FB 13 | type element
array.len | FB 0F | | arrayref -> i32
ref.test | FB 14 | reference
ref.cast | FB 16 | reference
br_on_cast | FB 18 | castflags
br_on_cast_fail | FB 19 | castflags
any.convert_extern | FB 1A
extern.convert_any | FB 1B
ref.i31 | FB 1C | | i32 -> i31
i31.get_s | FB 1D | | i31ref -> i32
i31.get_u | FB 1E | | i31ref -> i32
i32.trunc_sat_f32_s | FC 00 | | f32 -> i32
i32.trunc_sat_f32_u | FC 01 | | f32 -> i32
i32.trunc_sat_f64_s | FC 02 | | f64 -> i32
i32.trunc_sat_f64_u | FC 03 | | f64 -> i32
i64.trunc_sat_f32_s | FC 04 | | f32 -> i64
i64.trunc_sat_f32_u | FC 05 | | f32 -> i64
i64.trunc_sat_f64_s | FC 06 | | f64 -> i64
i64.trunc_sat_f64_u | FC 07 | | f64 -> i64
memory.init | FC 08 | data memoryindex
data.drop | FC 09 | data | ->
memory.copy | FC 0A | memoryindex memoryindex
memory.fill | FC 0B | memoryindex
table.init | FC 0C | element table
elem.drop | FC 0D | element | ->
table.copy | FC 0E | table table
table.grow | FC 0F | table
table.size | FC 10 | table
table.fill | FC 11 | table
"""

OPERATIONS: Final = {operation.name: operation for operation in _parse(_ROWS.strip() + VECTOR_ROWS)}
"""Name to operation."""

BY_OPCODE: Final = {(operation.prefix, operation.code): operation for operation in OPERATIONS.values()}
"""`(prefix or None, code)` to operation. `ref.test` and `br_on_cast` stand for both of their nullable forms: see
`binary`."""

BLOCKS: Final = frozenset({"block", "loop", "if", "try_table"})
"""Operations that open a block, closed by `end`."""

CATCH_KINDS: Final = ("catch", "catch_ref", "catch_all", "catch_all_ref")
"""Clauses of `try_table`, by the number that the binary format gives them."""
