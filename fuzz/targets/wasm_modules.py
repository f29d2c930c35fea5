"""Seeds of the WebAssembly targets: modules in the text format, of most constructs."""

from __future__ import annotations

from typing import Final

TEXTS: Final = (
    '(module (func (export "f") (param i32) (result i32) local.get 0 i32.const 1 i32.add))',
    """(module (import "m" "f" (func $i (param f32))) (memory 1 2) (data (i32.const 8) "x\\00\\ff")
    (table 2 funcref) (elem (i32.const 0) $f $g)
    (global $n (mut i64) (i64.const -1))
    (func $f (param i32) (result i32) (block $out (result i32) (loop $again (result i32)
    (br_if $again (i32.eqz (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (br_table $out $out (local.get 0)
    (i32.const 3)))))
    (func $g (result f64) (f64.promote_f32 (f32.load offset=4 (i32.const 0))) (call $i (f32.const nan:0x200001)))
    (func (export "h") (global.set $n (i64.extend_i32_s (call_indirect (param i32) (result i32) (i32.const 1)
    (i32.const 0))))))""",
    """(module (rec (type $t (sub (struct (field (mut i32)) (field (ref null $u))))) (type $u (array (mut i16))))
    (type $s (sub $t (struct (field (mut i32)) (field (ref $u)) (field (mut f64)))))
    (func (param (ref null any)) (result i32) (local $x (ref null $t)) (block $no (result (ref null any))
    (local.set $x (br_on_cast_fail $no (ref null any) (ref null $t) (local.get 0)))
    (return (struct.get $t 0 (local.get $x)))) (drop) (array.len (array.new_default $u (i32.const 3)))))""",
    """(module (tag $e (param i32)) (memory i64 1) (func (result i32) (block $h (result i32) (try_table (result i32)
    (catch $e $h) (throw $e (i32.const 4))))) (func (result v128) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
    (v128.const i32x4 0 1 2 3) (i32x4.splat (i32.const 7)))) (func (i64.store (i64.const 0) (i64.const 1))))""",
    """(module (func $a (param i32) (result i32) (if (result i32) (local.get 0) (then (return_call $a (i32.const 0)))
    (else (select (i32.const 1) (i32.const 2) (local.get 0))))) (func (unreachable) (drop) (nop)) (start 1)
    (func (result f64 f32) f64.const -0.1 f32.const 1.5 f32.const 7.3 f32.add))""",
)


def binaries() -> list[bytes]:
    """The same modules in the binary format."""
    from engines.rustwasm.wasm.binary import encode
    from engines.rustwasm.wasm.text import parse_module

    return [encode(parse_module(text)) for text in TEXTS]
