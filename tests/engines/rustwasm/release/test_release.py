"""The release passes: what they make of small bodies, and that modules do the same before and after."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.release.fold import fold
from engines.rustwasm.release.merge import pack_data
from engines.rustwasm.release.pipeline import optimise, optimise_function
from engines.rustwasm.release.tree import NotATreeError, fell, grow
from engines.rustwasm.wasm.binary import decode, encode
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.ops import OPERATIONS
from engines.rustwasm.wasm.text import parse_module
from engines.rustwasm.wasm.types import I32, I64
from engines.rustwasm.wasm.validate import validate, validate_function
from fuzz.strategies.wasm import ChoiceSequence, generate_module
from harness.compare.wasm import compare_wasm
from harness.contract import Verdict, WasmCase, WasmObservation
from oracles.wasmtime_oracle import WasmtimeOracle


def lines(text: str) -> list[str]:
    """The instructions of function 0 of `(module text)` after optimisation, one string each."""
    body = optimise_function(parse_module(text), 0).body
    return [" ".join(map(str, one)) for one in body]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(func (result i32) i32.const 2 i32.const 3 i32.mul)", ["i32.const 6"]),
        ("(func (result i32) i32.const 1 i32.const 0 i32.div_s)", ["i32.const 1", "i32.const 0", "i32.div_s"]),
        (
            "(func (param i32) (result i32) i32.const 7 local.get 0 i32.add i32.const -7 i32.add)",
            ["local.get 0"],
        ),
        (
            "(func (param i32) (result i32) (local i32) local.get 0 local.set 1 local.get 1)",
            ["local.get 0"],
        ),
        (
            "(func (param i32) (result i32) (local i32) (local.set 1 (i32.clz (local.get 0)))"
            " (i32.mul (local.get 1) (local.get 1)))",
            ["local.get 0", "i32.clz", "local.tee 0", "local.get 0", "i32.mul"],
        ),
        ("(func (param i32) (drop (i32.add (local.get 0) (i32.const 1))))", []),
        ("(func (param i32) (result i32) (block (result i32) (br 0 (local.get 0))))", ["local.get 0"]),
        ("(func (param i32) (result i32) (return (local.get 0)))", ["local.get 0"]),
        (
            "(func (param i32) (block (if (i32.eqz (local.get 0)) (then (br 1))) (call 0 (i32.const 1))))",
            ["local.get 0", "if -64", "i32.const 1", "call 0", "end"],
        ),
        (
            "(func (param i32) (result i32) (local i32) (if (local.get 0) (then (local.set 1 (i32.const 3)))"
            " (else (local.set 1 (i32.const 4)))) local.get 1)",
            ["i32.const 3", "i32.const 4", "local.get 0", "select"],
        ),
    ],
)
def test_bodies_become_what_a_person_would_write(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        # A write to memory, a global or a local may not be passed by a read of it.
        "(memory 1) (func (result i32) (local i32) (local.set 0 (i32.load (i32.const 0)))"
        " (i32.store (i32.const 0) (i32.const 1)) local.get 0)",
        "(global $g (mut i32) (i32.const 0)) (func (result i32) (local i32) (local.set 0 (global.get $g))"
        " (global.set $g (i32.const 1)) local.get 0)",
        # A trap stays where it is.
        "(memory 1) (func (param i32) (result i32) (local i32) (local.set 1 (i32.div_s (i32.const 1) (local.get 0)))"
        " (i32.store (i32.const 0) (i32.const 1)) local.get 1)",
    ],
)
def test_order_that_can_be_seen_is_kept(text: str) -> None:
    body = lines(text)
    write = next(i for i, one in enumerate(body) if one.startswith(("i32.store", "global.set")))
    read = next(i for i, one in enumerate(body) if one.startswith(("i32.load", "global.get", "i32.div_s")))
    assert read < write


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, operation in OPERATIONS.items()
        if operation.signature is not None
        and not operation.immediates
        and operation.signature.results
        and operation.signature.operands
        and {*operation.signature.operands, *operation.signature.results} <= {I32, I64}
    ],
)
@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_constants_fold_to_what_an_engine_calculates(name: str, data: st.DataObject) -> None:
    signature = OPERATIONS[name].signature
    assert signature is not None
    edges = {
        I32: [0, 1, -1, -(1 << 31), (1 << 31) - 1, 31, 32, 33],
        I64: [0, 1, -1, -(1 << 63), (1 << 63) - 1, 63, 64, 65],
    }
    operands = [data.draw(st.sampled_from(edges[type_]) | st.integers(-99, 99)) for type_ in signature.operands]  # type: ignore[index]
    words = {I32: "i32", I64: "i64"}
    pushes = " ".join(f"{words[t]}.const {v}" for t, v in zip(signature.operands, operands, strict=True))  # type: ignore[index]
    module = parse_module(f'(func (export "f") (result {words[signature.results[0]]}) {pushes} {name})')  # type: ignore[index]
    tree = grow(validate(module), module.functions[0])
    fold(tree)
    before = encode(module)
    module.functions[0] = fell(tree, module.functions[0].type)
    calls = (("f", ()),)
    engine = WasmtimeOracle()
    seen = [engine.run(WasmCase(binary, calls)) for binary in (before, encode(module))]
    assert seen[0].calls == seen[1].calls  # type: ignore[union-attr]
    trapped = seen[0].calls[0][0].startswith("trap")  # type: ignore[union-attr]
    assert trapped or len(module.functions[0].body) == 1


def test_comparisons_with_the_constant_first_are_those_with_it_last() -> None:
    bits = {"i32": 32, "i64": 64}
    for type_, width in bits.items():
        for name in ("lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"):
            for value in (0, 1, -1, 1 << (width - 2)):
                made = lines(f"(func (param {type_}) (result i32) {type_}.const {value} local.get 0 {type_}.{name})")
                assert made[0] == "local.get 0", (name, value, made)


def test_an_iterator_of_an_iterator_makes_no_option() -> None:
    source = """
    #[no_mangle]
    pub fn work(n: u32) -> u32 {
        let v: [u32; 9] = [n; 9];
        v.iter().map(|x| x >> 3).sum::<u32>() + v.iter().enumerate().map(|(i, x)| x * i as u32).sum::<u32>()
    }
    fn main() {}
    """
    module = decode(build_bytes(check_source(source), "freestanding", names=False))
    assert sum(one[0] == "block" for function in module.functions for one in function.body) == 0


def test_trees_give_back_a_body_that_does_the_same() -> None:
    grown = 0
    for seed in range(40):
        module = generate_module(ChoiceSequence(seed=seed)).module
        context = validate(module)
        for function in module.functions:
            try:
                tree = grow(context, function)
            except NotATreeError:
                continue
            grown += 1
            validate_function(context, fell(tree, function.type), f"seed {seed}")
    assert grown > 40


def observed(engine: WasmtimeOracle, module: Module, calls: tuple[tuple[str, tuple[str, ...]], ...]) -> WasmObservation:
    seen = engine.run(WasmCase(encode(module), calls, fuel=100_000_000))
    assert isinstance(seen, WasmObservation)
    return seen


@pytest.mark.evidence("WR-08")
def test_optimised_modules_do_the_same_and_are_smaller() -> None:
    engine = WasmtimeOracle()
    before = after = agreed = 0
    for seed in range(120):
        generated = generate_module(ChoiceSequence(seed=seed))
        module, _ = optimise(decode(generated.binary))
        validate(module)
        found = compare_wasm(
            observed(engine, generated.module, generated.calls), observed(engine, module, generated.calls)
        )
        assert found.verdict is not Verdict.DIVERGED, f"seed {seed}: {found.fields}"
        agreed += found.verdict is Verdict.AGREE
        before += len(generated.binary)
        after += len(encode(module))
    assert agreed > 100
    assert after < before


def test_what_nothing_reaches_goes_and_the_rest_is_renumbered() -> None:
    module = parse_module("""
        (type $unused (struct)) (type $a (func)) (type $b (func))
        (global $dead i32 (i32.const 1)) (global $live (mut i32) (i32.const 2))
        (memory 1) (data (i32.const 0) "x")
        (func $dead1 (call $dead2)) (func $dead2 (i32.store (i32.const 0) (i32.const 1)))
        (func $used (type $b) (global.set $live (i32.const 3)) (call $used))
        (func $main (export "main") (type $a) (call $used) (call $used))""")
    out, _ = optimise(module)
    validate(out)
    assert len(out.functions) == 2
    assert len(out.defined_types()) == 1
    assert len(out.globals) == 1
    assert not out.memories
    assert not out.data


def test_equal_functions_become_one() -> None:
    body = "(param i32) (result i32) " + "(i32.mul (local.get 0) (i32.clz (local.get 0)))" * 1
    wide = f"{body} " + "(i32.add (i32.popcnt (local.get 0)))" * 8
    text = f'(func $a {wide}) (func $b {wide}) (func (export "f") (param i32) (result i32) ' + (
        "(i32.add (i32.add (call $a (local.get 0)) (call $a (local.get 0)))"
        " (i32.add (call $b (local.get 0)) (call $b (local.get 0)))))"
    )
    out, _ = optimise(parse_module(text))
    assert len(out.functions) == 2


def test_a_function_with_one_caller_moves_there_with_its_returns() -> None:
    text = """(func $callee (param i32) (result i32) (local i32)
        (if (local.get 0) (then (return (i32.const 5))))
        (local.set 1 (i32.add (local.get 1) (i32.const 1))) (local.get 1))
        (func (export "f") (param i32) (result i32) (local i32)
        (loop (local.set 1 (i32.add (local.get 1) (call $callee (i32.and (local.get 0) (i32.const 1)))))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))"""
    module = parse_module(text)
    out, _ = optimise(module)
    assert len(out.functions) == 1
    engine = WasmtimeOracle()
    calls = (("f", ("i32:0x6",)),)
    assert observed(engine, module, calls).calls == observed(engine, out, calls).calls == (("i32:0x12",),)


def test_data_loses_its_zeros_and_memory_starts_the_same() -> None:
    text = (
        '(memory (export "m") 1) (func (export "f")) (data (i32.const 8) "\\00\\00a\\00b' + "\\00" * 20 + 'c\\00\\00")'
    )
    module = parse_module(text)
    packed = pack_data(module)
    assert [(one.offset[0][1], one.content) for one in packed.data] == [(10, b"a\0b"), (33, b"c")]
    engine = WasmtimeOracle()
    calls = (("f", ()),)
    assert observed(engine, module, calls).digests == observed(engine, packed, calls).digests
