"""Two shifts become a rotation if they are of one value and make it whole; else they stay what they are."""

from __future__ import annotations

import pytest

from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import parse_module
from tests.wasm_function import exported

X, N = "(local.get 0)", "(local.get 1)"
REST = "(i32.sub (i32.const 32) (local.get 1))"
CALLS = [(value, by) for value in (0, 1, -0x7FFFFFFF, 0x12345678) for by in (0, 1, 17, 31, 32, 33, -1)]


def called(module: Module) -> list[int]:
    function = exported(module)
    return [function(*each) for each in CALLS]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"(i32.or (i32.shl {X} {N}) (i32.shr_u {X} {REST}))", {"i32.rotl"}),
        (f"(i32.or (i32.shl {X} (i32.and {N} (i32.const 31))) (i32.shr_u {X} {REST}))", {"i32.rotl"}),
        (f"(i32.xor (i32.shr_u {X} {N}) (i32.shl {X} (i32.sub (i32.const 0) {N})))", set()),
        (f"(i32.or (i32.shr_u {X} {N}) (i32.shl {X} (i32.sub (i32.const 0) {N})))", {"i32.rotr"}),
        (f"(i32.or (i32.shl {X} {REST}) (i32.shr_u {X} {N}))", {"i32.rotr"}),
        (f"(i32.or (i32.shl (local.tee 0 (i32.popcnt {X})) {N}) (i32.shr_u {X} {REST}))", {"i32.rotl"}),
        (f"(i32.or (i32.shl {X} {N}) (i32.shr_u {X} (i32.sub (i32.const 31) {N})))", set()),
        (f"(i32.or (i32.shl {X} {N}) (i32.shr_u {N} {REST}))", set()),
        (f"(i32.or (i32.shl {X} {N}) (i32.shr_s {X} {REST}))", set()),
        (f"(i32.or (i32.shl {X} (local.tee 0 {N})) (i32.shr_u {X} (i32.sub (i32.const 32) {X})))", set()),
    ],
)
def test_two_shifts_are_a_rotation_where_that_is_the_same(body: str, wanted: set[str]) -> None:
    made = parse_module(f'(module (func (export "f") (param i32 i32) (result i32) {body}))')
    before = called(made)
    better, _ = optimise(made)
    assert {one[0] for one in better.functions[0].body} & {"i32.rotl", "i32.rotr"} == wanted
    assert called(better) == before
