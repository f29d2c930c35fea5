"""Objects that become locals, constant tables, and recursive groups split into small ones."""

from __future__ import annotations

from typing import Final

from engines.rustwasm.release.groups import split_groups
from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import parse_module
from engines.rustwasm.wasm.validate import validate
from tests.wasm_function import exported

PAIR: Final = """(module
  (rec (type $p (struct (field (mut i32)) (field (mut i32))))
       (type $list (struct (field (ref null $list)) (field i32))))
  (func (export "f") (param i32) (result i32) (local (ref null $p)) (local i32)
    i32.const 3 i32.const 4 struct.new $p local.set 1
    loop
      local.get 1 local.get 1 struct.get $p 1 struct.set $p 0
      local.get 1 struct.get $p 0 local.get 1 struct.get $p 1 i32.add
      local.get 1 struct.get $p 0 struct.new $p local.set 1
      local.get 2 i32.const 1 i32.add local.tee 2 local.get 0 i32.lt_s br_if 0
    end
    local.get 1 struct.get $p 0 i32.const 100 i32.mul local.get 1 struct.get $p 1 i32.add)
)"""
KEPT: Final = """(module
  (type $p (struct (field (mut i32))))
  (global $kept (mut (ref null $p)) ref.null $p)
  (func (export "f") (param i32) (result i32) (local (ref null $p))
    local.get 0 struct.new $p local.set 1
    local.get 1 global.set $kept
    global.get $kept i32.const 5 struct.set $p 0
    local.get 1 struct.get $p 0)
)"""
TABLE: Final = """(module
  (type $f (func (param i32) (result i32)))
  (type $t (struct (field (ref null $f))))
  (global $table (ref $t) ref.func $double struct.new $t)
  (func $double (type $f) local.get 0 i32.const 1 i32.shl)
  (func (export "f") (param i32) (result i32)
    local.get 0 global.get $table struct.get $t 0 call_ref $f)
)"""


def result(module: Module, argument: int) -> int:
    validate(module)
    return exported(module)(argument)


def operations(module: Module) -> set[str]:
    return {one[0] for function in module.functions for one in function.body}


def both(text: str, argument: int) -> tuple[int, int, Module]:
    module = parse_module(text)
    before = result(module, argument)
    optimised = optimise(module)[0]
    return before, result(optimised, argument), optimised


def test_an_object_that_stays_becomes_locals() -> None:
    for argument in (0, 1, 5):
        before, after, module = both(PAIR, argument)
        assert before == after
        assert not any(one.startswith("struct.") for one in operations(module))
        assert len(module.types) == 1


def test_an_object_that_somebody_else_has_stays_an_object() -> None:
    before, after, module = both(KEPT, 9)
    assert before == after == 5
    assert "struct.new" in operations(module)


def test_calls_through_a_constant_table_become_direct() -> None:
    before, after, module = both(TABLE, 21)
    assert before == after == 42
    assert "call_ref" not in operations(module)
    assert module.globals == []


def test_groups_hold_only_types_that_need_each_other() -> None:
    text = """(module
      (rec (type $c (struct (field (ref null $a)))) (type $a (struct (field (ref null $b))))
           (type $b (struct (field (ref null $a))))
           (type $n (array i32)) (type $f (func (param (ref null $c) (ref null $n)) (result (ref null $b)))))
      (global (ref null $b) ref.null $b)
      (func (export "f") (type $f) local.get 0 struct.get $c 0 struct.get $a 0)
    )"""
    module = split_groups(parse_module(text))
    validate(module)
    assert sorted(len(group) for group in module.types) == [1, 1, 1, 2]
    assert encode(split_groups(module)) == encode(module)
