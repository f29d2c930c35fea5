"""Constants, copies and frame slots: what becomes a local, and what must not."""

from __future__ import annotations

import pytest
import wasmtime

from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.release.promote import join_frames
from engines.rustwasm.release.tree import fell, grow
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import parse_module, print_module
from engines.rustwasm.wasm.validate import validate

HEAD = "(module (memory 1) (global $stack (mut i32) (i32.const 4096)) (func $leak (param i32) (drop (local.get 0)))"


def module(body: str) -> Module:
    return parse_module(f'{HEAD} (func (export "f") (param i32) (result i32) (local $p i32) {body}))')


def call(made: Module, argument: int) -> int:
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, encode(made)), [])
    function = instance.exports(store)["f"]
    assert isinstance(function, wasmtime.Func)
    result = function(store, argument)
    assert isinstance(result, int)
    return result


ENTER = "(local.set $p (i32.sub (global.get $stack) (i32.const 16))) (global.set $stack (local.get $p))"
LEAVE = "(global.set $stack (i32.add (local.get $p) (i32.const 16)))"


def test_slots_that_only_the_function_reaches_become_locals() -> None:
    made = module(
        f"{ENTER} (i32.store offset=4 (local.get $p) (local.get 0)) (i32.store8 (local.get $p) (i32.const 300))"
        f" (local.set 0 (i32.add (i32.load offset=4 (local.get $p)) (i32.load8_u (local.get $p)))) {LEAVE}"
        " (local.get 0)"
    )
    better, _ = optimise(made, "stack")
    text = print_module(better)
    assert "load" not in text
    assert "store" not in text
    assert "global" not in text
    assert call(better, 5) == call(made, 5) == 49


def test_slots_whose_address_goes_elsewhere_stay() -> None:
    made = module(
        f"{ENTER} (i32.store (local.get $p) (local.get 0)) (i32.store offset=4 (i32.add (local.get $p) (i32.const -4))"
        f" (i32.const 7)) (local.set 0 (i32.load (local.get $p))) {LEAVE} (local.get 0)"
    )
    better, _ = optimise(made, "stack")
    assert "i32.store" in print_module(better)
    assert call(better, 5) == call(made, 5) == 7


def test_slots_of_two_shapes_stay_and_the_others_go() -> None:
    made = module(
        f"{ENTER} (i64.store (local.get $p) (i64.const 0x500000003)) (i32.store offset=8 (local.get $p) (local.get 0))"
        f" (local.set 0 (i32.add (i32.load offset=4 (local.get $p)) (i32.load offset=8 (local.get $p)))) {LEAVE}"
        " (local.get 0)"
    )
    better, _ = optimise(made, "stack")
    assert "offset=8" not in print_module(better)
    assert call(better, 4) == call(made, 4) == 9


def test_without_a_stack_nothing_is_promoted() -> None:
    made = module(
        f"{ENTER} (i32.store (local.get $p) (local.get 0)) (local.set 0 (i32.load (local.get $p))) {LEAVE}"
        " (local.get 0)"
    )
    assert "i32.store" in print_module(optimise(made)[0])


def test_constants_do_not_cross_a_loop_that_changes_them() -> None:
    made = module(
        "(local.set $p (i32.const 3)) (loop $l (local.set $p (i32.add (local.get $p) (i32.const 1)))"
        " (br_if $l (i32.lt_u (local.get $p) (local.get 0)))) (local.get $p)"
    )
    better, _ = optimise(made)
    assert [call(better, one) for one in (0, 10)] == [call(made, one) for one in (0, 10)] == [4, 10]


def test_constants_join_where_arms_agree() -> None:
    made = module(
        "(if (local.get 0) (then (local.set $p (i32.const 3))) (else (local.set $p (i32.const 4))))"
        " (block $b (br_if $b (local.get 0)) (local.set $p (i32.const 9))) (local.get $p)"
    )
    better, _ = optimise(made)
    assert [call(better, one) for one in (0, 1)] == [call(made, one) for one in (0, 1)] == [9, 3]


def test_places_in_the_frame_of_a_function_put_inside_an_operand_are_known_there() -> None:
    """The frame is made inside the operand's block; the addresses in it must not be computed only behind that."""
    inner = (
        "(func $inner (param i32) (result i32) (local $p i32) (local $o i32)"
        f" {ENTER} (local.set $o (i32.add (local.get $p) (i32.const 8)))"
        " (i32.store (local.get $o) (local.get 0)) (call $leak (local.get $o))"
        f" (local.set 0 (i32.load (local.get $o))) {LEAVE}"
        " (if (result i32) (local.get 0) (then (i32.add (local.get 0) (i32.const 1))) (else (i32.const 9))))"
    )
    made = parse_module(
        f'{HEAD} {inner} (func (export "f") (param i32) (result i32)'
        " (i32.mul (i32.const 3) (call $inner (i32.add (local.get 0) (i32.const 1))))))"
    )
    better, _ = optimise(made, "stack")
    assert [call(better, one) for one in (-1, 0, 6)] == [27, 6, 24]


def test_an_object_that_nobody_else_reaches_leaves_a_frame_that_others_reach() -> None:
    keep = '(func $keep (export "keep") (param i32) (i32.store (i32.const 64) (local.get 0)))'
    made = parse_module(
        f'{HEAD} {keep} (func (export "f") (param i32) (result i32) (local $p i32) (local $o i32) (local $q i32)'
        f" {ENTER} (local.set $o (i32.add (local.get $p) (i32.const 4)))"
        " (local.set $q (i32.add (local.get $p) (i32.const 8))) (i32.store (local.get $o) (local.get 0))"
        " (call $keep (local.get $q)) (i32.store (local.get $q) (i32.const 5))"
        f" (local.set 0 (i32.add (i32.load (local.get $o)) (i32.load (local.get $q)))) {LEAVE} (local.get 0)))"
    )
    better, _ = optimise(made, "stack")
    assert call(better, 7) == 12
    assert "offset=4" not in print_module(better)


def _two_frames(between: str) -> Module:
    """A function with a frame $p, and one $q that is made after `between`; $below writes where the stack is free."""
    keep = "(func $keep (param i32) (i32.store (i32.const 0) (local.get 0)))"
    below = (
        '(func $below (export "below") (i32.store (i32.sub (global.get $stack) (i32.const 16)) (i32.const 99))'
        " (i32.store (i32.sub (global.get $stack) (i32.const 8)) (i32.const 99)))"
    )
    enter_q, leave_q = ENTER.replace("$p", "$q"), LEAVE.replace("$p", "$q")
    return parse_module(
        f'{HEAD} {keep} {below} (func (export "f") (param i32) (result i32) (local $p i32) (local $q i32)'
        f" {ENTER} (i32.store (local.get $p) (i32.const 1)) (call $keep (local.get $p)) {between}"
        f" {enter_q} (i32.store (local.get $q) (local.get 0)) (call $keep (local.get $q)) (call $below)"
        f" (local.set 0 (i32.load (local.get $q))) {leave_q} (local.get 0)))"
    )


@pytest.mark.parametrize(
    "between",
    [
        LEAVE,
        f"(block $b (br_if $b (i32.eqz (local.get 0))) {LEAVE})",
        f"(if (local.get 0) (then {LEAVE}) (else {LEAVE}))",
        f"(block $b (loop $l {LEAVE} (br $b)))",
    ],
)
def test_a_frame_made_after_the_first_was_given_back_is_no_place_in_it(between: str) -> None:
    """What is called meanwhile has the memory of the first (found by `diff rust`: a table of methods overwritten)."""
    made = _two_frames(between)
    assert call(made, 5) == 5
    better, _ = optimise(made, "stack")
    assert call(better, 5) == 5


def test_a_frame_made_before_the_first_is_given_back_is_a_place_in_it() -> None:
    made = _two_frames("")
    better, _ = optimise(made, "stack")
    assert call(better, 5) == 5
    assert "i32.const -32" in print_module(better)


def test_frames_are_not_joined_where_the_stack_pointer_is_set_from_a_local() -> None:
    """A place that has its own local is no return that would be made larger with the frame (found by `diff rust`)."""
    made = _two_frames("(local.set 0 (i32.add (local.get $p) (i32.const 16))) (global.set $stack (local.get 0))")
    tree = grow(validate(made), made.functions[-1])
    before = fell(tree, 0).body
    join_frames(tree, 0)
    assert fell(tree, 0).body == before
    known = _two_frames("(global.set $stack (i32.add (local.get $p) (i32.const 16)))")
    tree = grow(validate(known), known.functions[-1])
    before = fell(tree, 0).body
    join_frames(tree, 0)
    assert fell(tree, 0).body == before  # the second is made after the first went
    joined = _two_frames("")
    tree = grow(validate(joined), joined.functions[-1])
    before = fell(tree, 0).body
    join_frames(tree, 0)
    assert fell(tree, 0).body != before
