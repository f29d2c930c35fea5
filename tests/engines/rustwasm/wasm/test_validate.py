"""Our validator's verdict against wasmtime's, on valid, invalid and mutated modules."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest
import wasmtime

from engines.rustwasm.wasm.binary import MalformedModuleError, decode
from engines.rustwasm.wasm.text import parse_module
from engines.rustwasm.wasm.validate import InvalidModuleError, validate
from tests.engines.rustwasm.wasm.samples import EVERYTHING

JUDGE = """
import json, sys, wasmtime
config = wasmtime.Config()
config.wasm_threads = False
engine = wasmtime.Engine(config)
def verdict(text):
    try:
        wasmtime.Module.validate(engine, bytes.fromhex(text))
    except wasmtime.WasmtimeError:
        return False
    return True
json.dump([verdict(text) for text in json.load(sys.stdin)], sys.stdout)
"""
"""wasmtime may abort on bad input, so it judges in a process of its own."""


def wasmtime_accepts(modules: list[bytes]) -> list[bool]:
    asked = json.dumps([module.hex() for module in modules])
    done = subprocess.run([sys.executable, "-c", JUDGE], input=asked, capture_output=True, text=True, check=True)
    verdicts: list[bool] = json.loads(done.stdout)
    return verdicts


def problem(module: bytes) -> str | None:
    try:
        validate(decode(module))
    except (MalformedModuleError, InvalidModuleError) as error:
        return str(error)
    return None


def mutants(seed: bytes, count: int, rng: random.Random) -> list[bytes]:
    out = []
    for _ in range(count):
        data = bytearray(seed)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            place = rng.randrange(8, len(data))
            match rng.randrange(5):
                case 0:
                    del data[place]
                case 1:
                    data.insert(place, rng.randrange(256))
                case 2:
                    data[place] ^= 1 << rng.randrange(8)
                case 3:
                    data[place] = (data[place] + 1) & 0xFF
                case _:
                    data[place] = rng.randrange(256)
        out.append(bytes(data))
    return out


def test_mutated_modules_get_wasmtimes_verdict() -> None:
    seed = bytes(wasmtime.wat2wasm(EVERYTHING))
    modules = [seed, *mutants(seed, 3000, random.Random(20261121))]
    accepted = wasmtime_accepts(modules)
    differing = [
        (module.hex(), ours, theirs)
        for module, theirs in zip(modules, accepted, strict=True)
        if ((ours := problem(module)) is None) != theirs
    ]
    assert not differing
    assert accepted[0]
    assert 100 < sum(accepted) < len(accepted) - 100


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(func (result i32))", "an operand is missing"),
        ("(func i32.const 1)", "left over"),
        ("(func (drop (i32.add (i64.const 1) (i32.const 1))))", "found i64 where i32 is needed"),
        ("(func br 3)", "label 3; 1 blocks are open"),
        ("(func (param i32) local.get 1 drop)", "local 1; the function has 1"),
        ("(func (local (ref func)) local.get 0 drop)", "read before it is set"),
        ("(global i32 (i32.const 0)) (func (global.set 0 (i32.const 1)))", "global 0 is immutable"),
        ("(func (drop (ref.func 0)))", "not declared"),
        ("(func (i32.load (i32.const 0)) drop)", "memory 0; the module has 0"),
        ("(memory 1) (func (i32.load align=8 (i32.const 0)) drop)", "alignment"),
        ("(type (sub final (struct))) (type (sub 0 (struct)))", "is final"),
        ("(type (sub (struct))) (type (sub 0 (array i8)))", "does not match its supertype"),
        ('(func (export "a") (export "a"))', "occurs twice"),
        ("(memory 65537)", "size 65537; at most 65536"),
        ("(memory 2 1)", "minimum 2 is over the maximum 1"),
        ("(func (param i32)) (start 0)", "start"),
        ("(global i32 (i32.clz (i32.const 0)))", "i32.clz is not constant"),
        (
            "(type $s (struct (field i8))) (func (param (ref $s)) (drop (struct.get $s 0 (local.get 0))))",
            "signed or unsigned",
        ),
        (
            "(type $a (array i8)) (func (param (ref $a)) (array.set $a (local.get 0) (i32.const 0) (i32.const 0)))",
            "immutable",
        ),
        ("(func (select (ref.null func) (ref.null func) (i32.const 0)) drop)", "takes numbers"),
        ("(tag (result i32))", "has results"),
    ],
)
def test_invalid_modules_are_refused_with_the_reason(text: str, why: str) -> None:
    module = parse_module(text)
    with pytest.raises(InvalidModuleError, match=why):
        validate(module)
    assert wasmtime_accepts([bytes(wasmtime.wat2wasm(text))]) == [False]


@pytest.mark.parametrize(
    "text",
    [
        "(func (result i32) unreachable)",
        "(func (result i32) (block (result i32) (br 0 (i32.const 1))) (drop) unreachable i32.add)",
        "(rec (type $a (struct (field (ref null $b)))) (type $b (struct)))"
        "(func (param (ref $a)) (result structref) local.get 0)",
        "(type $a (func)) (type $b (func)) (func $f (type $a)) (table funcref (elem $f))"
        "(func (call_indirect (type $b) (i32.const 0)))",
        "(func (local (ref func)) (block) (local.set 0 (ref.func 0)) (drop (local.get 0))) (elem declare func 0)",
    ],
)
def test_valid_modules_are_accepted(text: str) -> None:
    validate(parse_module(text))
    assert wasmtime_accepts([bytes(wasmtime.wat2wasm(text))]) == [True]
