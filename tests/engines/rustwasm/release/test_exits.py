"""Values of blocks in locals and back, branches past tests, statements out of operands, calls of several results."""

from __future__ import annotations

from typing import Final

import pytest

from engines.rustwasm.release.exits import join_values, split_values
from engines.rustwasm.release.flatten import flatten
from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.release.propagate import propagate
from engines.rustwasm.release.tree import Block, Node, Tree, fell, grow, walk
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import parse_module
from engines.rustwasm.wasm.types import I32
from engines.rustwasm.wasm.validate import validate
from tests.wasm_function import exported

BODIES: Final = {
    "value": "(local.set $a (block $l (result i32) (drop (br_if $l (i32.const 7) (local.get 0)))"
    " (drop (br_if $l (i32.const 9) (i32.eq (local.get 0) (i32.const 2)))) (i32.const 3))) (local.get $a)",
    "test": "(block $l (local.set $a (i32.const 0)) (br_if $l (i32.lt_s (local.get 0) (i32.const 3)))"
    " (if (i32.eq (local.get 0) (i32.const 5)) (then (local.set $a (i32.const 1)) (br $l)))"
    " (local.set $a (local.get 0)))"
    " (if (local.get $a) (then (local.set $b (i32.const 40))) (else (local.set $b (i32.const 50))))"
    " (i32.add (local.get $a) (local.get $b))",
    "arms": "(if (i32.gt_s (local.get 0) (i32.const 2))"
    " (then (local.set $a (i32.const 1)) (local.set $b (i32.const 6)))"
    " (else (local.set $a (i32.const 0)))) (if (local.get $a) (then (return (local.get $b)))) (i32.const 11)",
    "loop": "(loop $l (if (i32.lt_s (local.get $b) (local.get 0)) (then (local.set $a (i32.const 1))"
    " (local.set $b (i32.add (local.get $b) (i32.const 1)))) (else (local.set $a (i32.const 0))))"
    " (if (local.get $a) (then (local.set $c (i32.add (local.get $c) (local.get $b))) (br $l))))"
    " (local.get $c)",
    "operand": "(local.set $a (local.get 0)) (i32.sub (local.get $a)"
    " (block (result i32) (local.set $a (i32.const 5)) (i32.mul (local.get $a) (local.get 0))))",
    "results": "(call $two (local.get 0)) (local.set $b) (local.set $a)"
    " (i32.sub (i32.mul (local.get $a) (i32.const 10)) (local.get $b))",
}
TWO: Final = (
    "(func $two (param i32) (result i32 i32) (if (local.get 0) (then (return (i32.const 4)"
    " (i32.add (local.get 0) (i32.const 1))))) (i32.const 8) (i32.const 2))"
)
BIG_TWO: Final = TWO.replace("(i32.const 8)", "(i32.popcnt " * 20 + "(i32.const 8)" + ")" * 20)


def module(body: str, two: str = TWO) -> Module:
    return parse_module(
        f'(module {two} (func $f (export "f") (param i32) (result i32) (local $a i32) (local $b i32) (local $c i32)'
        f' {body}) (func (export "g") (param i32) (result i32) (call $f (call $f (local.get 0)))))'
    )


def results(made: Module, name: str = "f") -> list[int]:
    function = exported(made, name)
    return [function(argument) for argument in (0, 1, 2, 3, 5, -4)]


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("passes", ["split", "join", "both", "threads", "flat", "all"])
def test_every_pass_keeps_what_functions_give(name: str, passes: str) -> None:
    made = module(BODIES[name])
    wanted = results(made)
    if passes == "all":
        assert results(optimise(made)[0]) == wanted
        return
    tree = grow(validate(made), made.functions[1])
    if passes in ("split", "both", "threads"):
        split_values(tree)
    if passes == "threads":
        propagate(tree)
    if passes == "flat":
        flatten(tree, split=True)
    if passes in ("join", "both"):
        join_values(tree)
    made.functions[1] = fell(tree, made.functions[1].type)
    validate(made)
    assert results(made) == wanted


@pytest.mark.parametrize("two", [TWO, BIG_TWO], ids=["inlined", "called"])
def test_calls_of_several_results(two: str) -> None:
    made = module(BODIES["results"], two)
    assert results(optimise(made)[0], "g") == results(made, "g")


def test_a_test_whose_outcome_every_way_knows_goes() -> None:
    made = module(BODIES["loop"])
    better, _ = optimise(made)
    tree = grow(validate(better), better.functions[0])
    assert sum(node.op in ("if", "br_if") for node in walk(tree.body)) == 1


@pytest.mark.parametrize(("before", "after"), [(1, "block"), (0, "i32.const")], ids=["noticed", "unnoticed"])
def test_statements_leave_operands_only_where_nobody_notices(before: int, after: str) -> None:
    inner = [Node("local.set", (1,), [Node("i32.const", (5,), (), I32)]), Node("i32.const", (2,), (), I32)]
    first = Node("local.get", (before,), (), I32)
    body = [Node("i32.sub", (), [first, Block("block", 1, inner, I32)], I32)]
    tree = Tree(1, [I32, I32], body, (I32,))
    flatten(tree)
    assert tree.body[-1].args[1].op == after
