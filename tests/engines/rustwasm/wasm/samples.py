"""Modules that the tests of the Wasm chapters share: one of most constructs, and an instruction of each operation."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.wasm.module import Instruction
from engines.rustwasm.wasm.ops import BLOCKS, OPERATIONS, Operation
from engines.rustwasm.wasm.types import EMPTY, FUNC, I32, Ref

EVERYTHING = """
(module
  (rec (type $t (sub (struct (field $a (mut i32)) (field (ref null $u)) (field i8)))) (type $u (array (mut i16))))
  (type $t2 (sub $t (struct (field (mut i32)) (field (ref $u)) (field i8) (field (mut f64)))))
  (type $f (func (param i32 i64) (result f64)))
  (type $v (func))
  (import "env" "log" (func $log (param i32)))
  (import "env" "g" (global $g (mut i64)))
  (table $tab 3 10 funcref)
  (table $tab2 2 (ref $v) (ref.func $nop))
  (memory 1 4) (memory i64 1)
  (global $h (mut i32) (i32.const 7))
  (global (ref $u) (array.new_fixed $u 2 (i32.const 1) (i32.const 2)))
  (tag $e (param i32))
  (elem (i32.const 0) $nop $a)
  (elem declare func $b)
  (elem $pe funcref (ref.func $a) (ref.null func))
  (data (i32.const 0) "hello\\00\\ff") (data $pd "passive")
  (func $nop (type $v))
  (func $a (type $f) (local i32 (ref $t)) local.get 0 i32.const 3 i32.add local.set 2
    (block $x (result i32) (loop $l (result i32)
      local.get 2 i32.const 1 i32.sub local.tee 2 br_if $l i32.const 5 local.get 2 br_table $x $x)) drop
    (f64.convert_i64_s (local.get 1)) return)
  (func $b (export "b") (param (ref null any)) (result i32) (local $s (ref null $t))
    (block $bl (result (ref $t))
      (br_on_cast $bl (ref null any) (ref $t) (local.get 0)) drop (return (i32.const 0)))
    (local.tee $s) (struct.get_u $t 2)
    (if (result i32) (then (struct.get $t $a (local.get $s))) (else i32.const 4))
    ref.func $b drop
    (call_indirect (type $v) (i32.const 1))
    (memory.init $pd (i32.const 0) (i32.const 1) (i32.const 2))
    (i64.store 1 (i64.const 8) (i64.const 1))
    (i32.load8_u offset=4 (i32.const 3)) drop)
  (func (result i32)
    (block $h (result i32 exnref)
      (try_table (result i32) (catch_ref $e $h) (throw $e (i32.const 4))) ref.null exn) drop)
  (func (result (ref $t2))
    (struct.new $t2 (i32.const 1) (array.new_default $u (i32.const 4)) (i32.const 2) (f64.const nan:0x123)))
  (func (param i32) (result i32) (ref.i31 (local.get 0)) i31.get_s return_call 6)
  (func (result v128) v128.const i32x4 1 2 3 4 i32.const 3 i8x16.splat i8x16.add
    (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (v128.const i32x4 0 0 0 0)))
)
"""
"""Valid; its function 6 calls itself in tail position."""

_VALUES: dict[str, tuple[Any, ...]] = {
    "s32": (-5,),
    "s64": (-5,),
    "u32": (2,),
    "f32bits": (0x3FC0_0000,),
    "f64bits": (0x3FF8_0000_0000_0000,),
    "labels": ((0, 1), 0),
    "blocktype": (EMPTY,),
    "valuetypes": ((I32,),),
    "heap": (FUNC,),
    "reference": (Ref(True, FUNC),),
    "castflags": (0, Ref(True, FUNC), Ref(False, FUNC)),
    "catches": ((("catch", 0, 1), ("catch_all_ref", None, 0)),),
    "lane": (1,),
    "lanes16": (bytes(range(16)),),
    "bytes16": (bytes(range(16)),),
}


def sample(operation: Operation) -> list[Instruction]:
    """An instruction of the operation with plain immediates, and what closes it if it is a block."""
    values: list[Any] = [operation.name]
    for immediate in operation.immediates:
        if immediate.kind == "memory":
            values += (0, 8, 0)
        else:
            values += _VALUES.get(immediate.kind, (0,))
    out: list[Instruction] = [tuple(values)]
    return [*out, ("end",)] if operation.name in BLOCKS else out


def plain_operations() -> list[str]:
    """Operations that may stand alone: all but `else` and `end`."""
    return [name for name in OPERATIONS if name not in ("else", "end")]
