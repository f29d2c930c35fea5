"""The interpreter's module in parts: the same functions, every one in one part, and nothing undeclared."""

from __future__ import annotations

import re

import pytest

from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.tiers.interpreter.float_unit import float_support
from engines.vm.tiers.interpreter.module import generate, parts
from engines.vm.tiers.interpreter.parts import Cutter

DEFINED = re.compile(r"^define (?:internal |hidden )?[^@\n]*@([\w.]+)", re.MULTILINE)
DECLARED = re.compile(r"^declare [^@\n]*@([\w.]+)", re.MULTILINE)


def test_parts_together_are_the_module() -> None:
    whole = generate(INSTRUCTIONS, "x86_64", float_support("x86_64", {}))
    escapes: list[str] = []
    modules = list(parts(INSTRUCTIONS, "x86_64", escapes, float_support("x86_64", {})))
    assert len(modules) > 4
    assert tuple(escapes) == whole.escapes
    texts = [module.text for module in modules]
    defined = [name for text in texts for name in DEFINED.findall(text)]
    assert len(defined) == len(set(defined))
    assert set(defined) == set(DEFINED.findall(whole.text))
    for module in modules:
        known = {*DEFINED.findall(module.text), *DECLARED.findall(module.text)}
        assert set(re.findall(r"@([\w.]+)", module.text)) <= known
        assert all((" cold " in line) == module.quick for line in re.findall(r"^define.*", module.text, re.MULTILINE))
    assert modules == list(parts(INSTRUCTIONS, "x86_64", [], float_support("x86_64", {})))


def test_a_call_of_what_comes_later_is_refused() -> None:
    cutter = Cutter()
    cutter.add(["define internal i64 @early() nounwind {\nstart:\n  %r = call i64 @late()\n  ret i64 %r\n}"])
    with pytest.raises(ValueError, match=r"late: called by an earlier part"):
        list(cutter.cut([]))


def test_other_text_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no LLVM function: 'declare"):
        Cutter().add(["declare void @f()"])
