"""What every Wasm engine must do, from the specification: expectations for calls and for WASI preview 1 programs.

The modules are written as text and assembled by wasmtime's `wat2wasm`, so nothing of ours stands between the
specification and the engine.

Source: WebAssembly 3.0 §4.3 (numerics), §4.6 (instructions); WASI preview 1.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass

from harness.contract.case import ProgramCase, WasmCase
from harness.contract.wasm_traps import INVALID, WasmTrap, trap_text

PAGE = 65_536
ENDLESS = '(module (func (export "f") (loop (br 0))))'


@dataclass(frozen=True)
class CallExpectation:
    """A module, calls, and what each gives; `digests` are those of exported memories and globals afterwards."""

    name: str
    text: str
    calls: tuple[tuple[str, tuple[str, ...]], ...]
    results: tuple[tuple[str, ...], ...]
    digests: tuple[tuple[str, str], ...] = ()

    @functools.cached_property
    def case(self) -> WasmCase:
        import wasmtime

        return WasmCase(bytes(wasmtime.wat2wasm(self.text)), self.calls, label=self.name)


def _one(name: str, body: str, arguments: tuple[str, ...], *results: str) -> CallExpectation:
    """One function `f` with this signature and body, called once."""
    return CallExpectation(name, f'(module (func (export "f") {body}))', (("f", arguments),), (results,))


def _trap(name: str, fields: str, trap: WasmTrap) -> CallExpectation:
    """One call of `f`, which the fields define, traps."""
    return CallExpectation(name, f"(module {fields})", (("f", ()),), ((trap_text(trap),),))


def call_expectations() -> tuple[CallExpectation, ...]:
    """Calls and what they give, one row a rule of the specification."""
    memory = bytearray(PAGE)
    memory[8:12] = b"\x78\x56\x34\x12"
    return (
        _one(
            "shift counts are taken modulo the width",
            "(param i32) (result i32) (i32.shl (local.get 0) (i32.const 33))",
            ("i32:0x80000001",),
            "i32:0x2",
        ),
        _one(
            "the remainder of INT_MIN and -1 is 0",
            "(result i64) (i64.rem_s (i64.const -9223372036854775808) (i64.const -1))",
            (),
            "i64:0x0",
        ),
        _one("f32 results keep their sign", "(result f32) (f32.neg (f32.const 0))", (), "f32:0x80000000"),
        _one("a NaN is a NaN", "(result f64) (f64.div (f64.const 0) (f64.const 0))", (), "f64:nan"),
        _one(
            "min of zeros is the negative one",
            "(param f64 f64) (result f64) (f64.min (local.get 0) (local.get 1))",
            ("f64:0x0", "f64:0x8000000000000000"),
            "f64:0x8000000000000000",
        ),
        _one("nearest rounds ties to even", "(result f32) (f32.nearest (f32.const 2.5))", (), "f32:0x40000000"),
        _one(
            "saturating truncation of NaN is 0",
            "(result i32) (i32.trunc_sat_f32_s (f32.const nan))",
            (),
            "i32:0x0",
        ),
        _one("several results", "(result i32 i64) (i32.const -1) (i64.const 2)", (), "i32:0xffffffff", "i64:0x2"),
        _one(
            "i31 is sign extended", "(result i32) (i31.get_s (ref.i31 (i32.const 0x4000_0000)))", (), "i32:0xc0000000"
        ),
        CallExpectation(
            "stores are little-endian and survive between calls",
            """(module (memory (export "m") 1) (global $g (export "g") (mut i32) (i32.const 5))
               (func (export "put") (i32.store (i32.const 8) (i32.const 0x12345678)) (global.set $g (i32.const -1)))
               (func (export "get") (result i32) (i32.load8_u (i32.const 9))))""",
            (("put", ()), ("get", ())),
            ((), ("i32:0x56",)),
            (("g", "i32:0xffffffff"), ("m", hashlib.sha256(memory).hexdigest())),
        ),
        _trap("unreachable traps", '(func (export "f") unreachable)', WasmTrap.UNREACHABLE),
        _trap(
            "division by zero traps",
            '(func (export "f") (result i32) (i32.div_u (i32.const 1) (i32.const 0)))',
            WasmTrap.DIVIDE_BY_ZERO,
        ),
        _trap(
            "INT_MIN / -1 traps",
            '(func (export "f") (result i32) (i32.div_s (i32.const 0x80000000) (i32.const -1)))',
            WasmTrap.UNREPRESENTABLE,
        ),
        _trap(
            "truncation out of range traps",
            '(func (export "f") (result i32) (i32.trunc_f64_s (f64.const 2147483648)))',
            WasmTrap.UNREPRESENTABLE,
        ),
        _trap(
            "truncation of NaN traps",
            '(func (export "f") (result i64) (i64.trunc_f32_u (f32.const nan)))',
            WasmTrap.UNREPRESENTABLE,
        ),
        _trap(
            "a load over the end traps",
            '(memory 1) (func (export "f") (result i32) (i32.load (i32.const 65533)))',
            WasmTrap.MEMORY_BOUNDS,
        ),
        _trap(
            "a table access over the end traps",
            '(table 2 funcref) (func (export "f") (call_indirect (i32.const 2)))',
            WasmTrap.TABLE_BOUNDS,
        ),
        _trap(
            "a null entry is not called",
            '(table 2 funcref) (func (export "f") (call_indirect (i32.const 1)))',
            WasmTrap.INDIRECT_CALL,
        ),
        _trap(
            "an entry of another type is not called",
            '(table funcref (elem $g)) (func $g (param i32)) (func (export "f") (call_indirect (i32.const 0)))',
            WasmTrap.INDIRECT_CALL,
        ),
        _trap(
            "an array access over the end traps",
            '(type $a (array i8)) (func (export "f") '
            "(drop (array.get_u $a (array.new_default $a (i32.const 1)) (i32.const 1))))",
            WasmTrap.ARRAY_BOUNDS,
        ),
        _trap(
            "a null struct has no fields",
            '(type $s (struct (field i32))) (func (export "f") (struct.get $s 0 (ref.null $s)) drop)',
            WasmTrap.NULL_REFERENCE,
        ),
        _trap(
            "a wrong cast traps",
            '(type $s (struct)) (func (export "f") (ref.cast (ref $s) (ref.i31 (i32.const 1))) drop)',
            WasmTrap.CAST_FAILURE,
        ),
        _trap(
            "an uncaught exception ends the call",
            '(tag $e) (func (export "f") (throw $e))',
            WasmTrap.EXCEPTION,
        ),
        _trap(
            "endless recursion ends the call",
            '(func $f (export "f") (call $f))',
            WasmTrap.EXHAUSTED,
        ),
    )


def invalid_module() -> WasmCase:
    """A module whose function lacks its result, and what it gives: `INVALID_RESULT`."""
    import wasmtime

    return WasmCase(bytes(wasmtime.wat2wasm('(module (func (export "f") (result i32)))')), (("f", ()),))


INVALID_RESULT = ((INVALID,),)


@dataclass(frozen=True)
class CommandExpectation:
    """A WASI command and what it does."""

    name: str
    text: str
    exit_status: int
    stdout: bytes
    stderr: bytes = b""
    stdin: bytes = b""

    @functools.cached_property
    def case(self) -> ProgramCase:
        import wasmtime

        return ProgramCase("wasm32", bytes(wasmtime.wat2wasm(self.text)), stdin=self.stdin, label=self.name)


_IMPORTS = """
(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
(memory (export "memory") 1)
"""


def _command(name: str, fields: str, exit_status: int, stdout: bytes, **streams: bytes) -> CommandExpectation:
    return CommandExpectation(name, f"(module {_IMPORTS} {fields})", exit_status, stdout, **streams)


def command_expectations() -> tuple[CommandExpectation, ...]:
    """Commands and what they do."""
    return (
        _command(
            "hello",
            '(data (i32.const 8) "\\10\\00\\00\\00\\06\\00\\00\\00hello\\n") (func (export "_start") '
            "(drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0))))",
            0,
            b"hello\n",
        ),
        _command(
            "standard error and an exit status",
            '(data (i32.const 8) "\\10\\00\\00\\00\\03\\00\\00\\00bad") (func (export "_start") '
            "(drop (call $write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 0))) (call $exit (i32.const 7)))",
            7,
            b"",
            stderr=b"bad",
        ),
        _command(
            "echo",
            '(data (i32.const 8) "\\20\\00\\00\\00\\40\\00\\00\\00") (func (export "_start") '
            "(drop (call $read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 12)))"
            "(drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0))))",
            0,
            b"line\n",
            stdin=b"line\n",
        ),
        _command("a trap", '(func (export "_start") unreachable)', 134, b""),
    )
