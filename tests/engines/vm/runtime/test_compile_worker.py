"""Modules compiled side by side: in their order, whatever happens to the processes."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from engines.vm.runtime.compile_worker import compile_all
from engines.vm.runtime.llvm import Module, host_target
from engines.vm.runtime.native_code import load, prepare

TEXTS = [
    "define i64 @top(i64 %a) { %r = call i64 @f1(i64 %a)\n ret i64 %r }\ndeclare hidden i64 @f1(i64)",
    *(
        f"define hidden i64 @f{n}(i64 %a) {{ %b = mul i64 %a, 3\n %c = add i64 %b, {n}\n"
        f" %r = call i64 @f{n + 1}(i64 %c)\n ret i64 %r }}\ndeclare hidden i64 @f{n + 1}(i64)"
        for n in range(1, 6)
    ),
    "define hidden i64 @f6(i64 %a) { ret i64 %a }",
]
MODULES = [Module(text, quick=number % 3 == 0) for number, text in enumerate(TEXTS)]
needs_x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="flat images are x86-64 code")


def expected(value: int) -> int:
    for n in range(1, 6):
        value = value * 3 + n
    return value


@needs_x86_64
def test_parts_are_linked_into_the_same_image_by_any_number_of_processes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        images = [prepare(*compile_all(iter(MODULES), host_target(), workers)) for workers in (1, 2, 3)]
    assert images[0] == images[1] == images[2]
    code = load(images[0])
    assert ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_uint64)(code.address("top"))(7) == expected(7)
    with pytest.raises(KeyError, match=r"no symbol 'f1'"):
        code.address("f1")


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
def test_processes_that_do_not_work_are_told_and_replaced(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = compile_all(MODULES, host_target(), 1)
    monkeypatch.setattr(sys, "executable", program)
    with pytest.warns(RuntimeWarning, match=f"fewer processes than planned: .*{program}"):
        assert compile_all(MODULES, host_target(), 2) == alone


def test_what_llvm_refuses_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"parsing"):
        compile_all([*MODULES, Module("define nonsense")], host_target(), 2)


def test_a_process_ends_with_its_input() -> None:
    target = host_target()
    command = [sys.executable, "-m", "engines.vm.runtime.compile_worker", target.triple, target.cpu, target.features]
    root = Path(__file__).parents[4]
    for given in (b"", b"\5\0\0\0\0\0\0\0abc"):
        ended = subprocess.run(command, input=given, capture_output=True, check=True, cwd=root)
        assert ended.stdout == ended.stderr == b""
