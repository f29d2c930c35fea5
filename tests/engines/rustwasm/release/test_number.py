"""Value numbers: what is calculated once, which tests are decided, and what memory and branches forbid."""

from __future__ import annotations

import pytest

from engines.rustwasm.release.number import number_values
from engines.rustwasm.release.pipeline import optimise_function
from engines.rustwasm.release.tree import fell, grow, walk
from engines.rustwasm.wasm.text import parse_module
from engines.rustwasm.wasm.validate import validate, validate_function


def operations(text: str, share: bool = True) -> list[str]:
    """The operations of function 0 after numbering alone, and then after all passes."""
    module = parse_module(text)
    context = validate(module)
    tree = grow(context, module.functions[0])
    number_values(tree, share)
    made = fell(tree, module.functions[0].type)
    validate_function(context, made, "numbered")
    module.functions[0] = made
    return [one[0] for one in optimise_function(module, 0).body]


HEAD = "(module (memory 1) (func (param i32 i32) (result i32) (local i32 i32) "
ADDRESS = "(i32.add (local.get 1) (i32.mul (local.get 0) (i32.const 56)))"


def test_an_address_is_calculated_once() -> None:
    body = operations(HEAD + f"(i32.sub (i32.load {ADDRESS}) (i32.load offset=8 {ADDRESS}))))")
    assert body.count("i32.mul") == 1
    assert body.count("i32.load") == 2


def test_equal_reads_are_one_unless_something_was_written() -> None:
    twice = f"(i32.add (i32.load {ADDRESS}) (i32.load {ADDRESS}))"
    assert operations(HEAD + twice + "))").count("i32.load") == 1
    written = (
        f"(local.set 2 (i32.load {ADDRESS})) (i32.store (local.get 1) (i32.const 7))"
        f" (i32.add (local.get 2) (i32.load {ADDRESS}))"
    )
    assert operations(HEAD + written + "))").count("i32.load") == 2


def test_what_was_stored_is_read_from_the_local() -> None:
    text = "(i32.store offset=4 (local.get 1) (local.get 0)) (i32.load offset=4 (local.get 1))"
    assert "i32.load" not in operations(HEAD + text + "))")
    other = "(i32.store8 offset=4 (local.get 1) (local.get 0)) (i32.load8_u offset=4 (local.get 1))"
    assert "i32.load8_u" in operations(HEAD + other + "))")


@pytest.mark.parametrize(
    ("told", "asked", "decided"),
    [
        ("i32.ge_u (local.get 0) (i32.const 5)", "i32.ge_u (local.get 0) (i32.const 5)", True),
        ("i32.ge_u (local.get 0) (i32.const 5)", "i32.gt_u (i32.const 9) (local.get 0)", True),
        ("i32.ge_u (local.get 0) (i32.const 5)", "i32.ge_u (local.get 0) (i32.const 4)", False),
        ("i32.ge_u (local.get 0) (local.get 1)", "i32.lt_u (local.get 0) (local.get 1)", True),
        ("i32.ge_u (local.get 0) (local.get 1)", "i32.ge_u (i32.add (local.get 0) (i32.const 1)) (local.get 1)", False),
        ("i32.ge_u (local.get 0) (i32.const 5)", "i32.ge_u (i32.add (local.get 0) (i32.const 1)) (i32.const 6)", True),
        ("i32.ge_s (local.get 0) (i32.const 5)", "i32.ge_u (local.get 0) (i32.const 5)", False),
        ("i32.ne (local.get 0) (i32.const 5)", "i32.ge_u (local.get 0) (i32.const 6)", True),
        ("i32.eqz (local.get 0)", "i32.lt_u (local.get 0) (i32.const 1)", True),
        ("i32.eqz (local.get 0)", "i32.lt_s (local.get 0) (i32.const 1)", False),
        ("i32.eqz (local.get 0)", "i32.lt_u (local.get 0) (i32.const 2)", False),
        ("i32.ge_u (local.get 0) (i32.const 5)", "i32.eqz (i32.sub (i32.const 5) (local.get 0))", False),
        ("i32.eq (local.get 0) (i32.const 0)", "i32.gt_u (i32.const 1) (local.get 0)", True),
        ("i32.eq (i32.const -1) (local.get 0)", "i32.gt_u (local.get 0) (i32.const -2)", True),
    ],
)
def test_a_test_that_was_passed_decides_others(told: str, asked: str, decided: bool) -> None:
    text = f"(if ({told}) (then unreachable)) (if ({asked}) (then unreachable)) (local.get 0)))"
    assert operations(HEAD + text).count("if") == 2 - decided


def test_a_local_that_was_not_zero_decides_a_branch_on_it() -> None:
    text = "(if (local.get 0) (then (if (local.get 0) (then (i32.store (local.get 1) (local.get 0)))))) (local.get 0)))"
    assert operations(HEAD + text).count("if") == 1
    changed = "(if (local.get 0) (then (local.set 0 (i32.load (local.get 1))) (if (local.get 0) (then unreachable))))"
    assert operations(HEAD + changed + " (local.get 0)))").count("if") == 2


def test_what_an_arm_learned_ends_with_it() -> None:
    text = (
        "(if (i32.lt_u (local.get 0) (i32.const 5)) (then (i32.store (local.get 1) (local.get 0))))"
        " (if (i32.lt_u (local.get 0) (i32.const 5)) (then (i32.store8 (local.get 1) (local.get 0)))) (local.get 0)))"
    )
    assert operations(HEAD + text).count("if") == 2


def test_a_loop_forgets_what_it_changes() -> None:
    text = (
        "(if (i32.ge_u (local.get 0) (i32.const 5)) (then unreachable))"
        " (loop (if (i32.ge_u (local.get 0) (i32.const 5)) (then unreachable))"
        " (local.set 0 (i32.add (local.get 0) (i32.const 1)))"
        " (br_if 0 (i32.load (local.get 1)))) (local.get 0)))"
    )
    assert operations(HEAD + text).count("if") == 2


def test_not_a_number_is_not_equal_to_itself() -> None:
    text = "(func (param f64) (result i32) (if (f64.eq (local.get 0) (local.get 0)) (then (return (i32.const 1))))"
    assert "f64.eq" in operations(f"(module {text} (i32.const 2)))")


def test_a_value_of_one_arm_is_not_used_behind_it() -> None:
    text = (
        f"(if (local.get 0) (then (i32.store (i32.const 8) {ADDRESS}) (i32.store (i32.const 16) {ADDRESS})))"
        f" (i32.load {ADDRESS})))"
    )
    module = parse_module(HEAD + text)
    tree = grow(validate(module), module.functions[0])
    number_values(tree, share=True)
    assert sum(node.op == "i32.mul" for node in walk(tree.body)) == 2


OBJECTS = (
    "(module (type $s (struct (field (mut i32)))) (type $a (array (mut (ref null $s))))"
    " (func $other) (func (param (ref null $a) i32) (result i32) (local (ref null $s)) "
)
ELEMENT = "(array.get $a (local.get 0) (local.get 1))"


@pytest.mark.parametrize(
    ("between", "reads"),
    [
        ("", 1),
        (f"(struct.set $s 0 {ELEMENT} (i32.const 5))", 1),
        (f"(array.set $a (local.get 0) (local.get 1) (local.get 2)) (struct.set $s 0 {ELEMENT} (i32.const 5))", 3),
        ("(call $other)", 2),
        ("(local.set 1 (i32.const 3))", 2),
    ],
)
def test_an_element_is_read_once_unless_an_array_was_written(between: str, reads: int) -> None:
    text = f"{OBJECTS} (struct.set $s 0 {ELEMENT} (i32.const 4)) {between} (struct.get $s 0 {ELEMENT})))"
    module = parse_module(text)
    tree = grow(validate(module), module.functions[1])
    number_values(tree, share=True)
    module.functions[1] = fell(tree, module.functions[1].type)
    validate(module)
    wanted = reads - (reads == 3)  # the read after the array's write is shared with the last
    assert [one[0] for one in module.functions[1].body].count("array.get") == wanted


def test_a_field_is_read_again_after_a_struct_was_written() -> None:
    field = "(struct.get $s 0 (local.get 2))"
    for between, reads in (("", 1), ("(struct.set $s 0 (local.get 2) (i32.const 1))", 2), ("(call $other)", 2)):
        text = f"{OBJECTS} (drop (i32.add {field} (i32.const 1))) {between} (i32.add {field} (i32.const 2))))"
        module = parse_module(text)
        tree = grow(validate(module), module.functions[1])
        number_values(tree, share=True)
        module.functions[1] = fell(tree, module.functions[1].type)
        validate(module)
        assert [one[0] for one in module.functions[1].body].count("struct.get") == reads, between


def test_a_reference_is_taken_from_locals_of_its_type_only() -> None:
    """A local of a wider type may hold the same reference; there it is not known what it is."""
    text = f"{OBJECTS} (local eqref) (local.set 3 {ELEMENT}) (struct.get $s 0 {ELEMENT})))"
    module = parse_module(text)
    tree = grow(validate(module), module.functions[1])
    number_values(tree, share=False)
    module.functions[1] = fell(tree, module.functions[1].type)
    validate(module)
    assert [one[0] for one in module.functions[1].body].count("array.get") == 2


def test_a_decided_test_leaves_what_its_operands_do() -> None:
    text = HEAD + (
        "(if (i32.lt_u (local.tee 2 (i32.rem_u (local.get 0) (i32.const 10))) (i32.const 10))"
        " (then (return (local.get 2)))) (i32.const 77)))"
    )
    module = parse_module(text)
    tree = grow(validate(module), module.functions[0])
    number_values(tree, share=False)
    assert not any(node.op == "i32.lt_u" for node in walk(tree.body))
    assert any(node.op == "local.tee" and node.imm == (2,) for node in walk(tree.body))
    assert operations(text) == ["local.get", "i32.const", "i32.rem_u"]


def test_what_divided_was_not_zero() -> None:
    text = "(drop (i32.div_u (i32.const 1) (local.get 0))) (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))"
    assert "if" not in operations(HEAD + text + " (local.get 0)))")
    early = "(if (i32.eqz (local.get 0)) (then (return (i32.const 7)))) (drop (i32.div_u (i32.const 1) (local.get 0)))"
    assert "if" in operations(HEAD + early + " (local.get 0)))")
