"""Programs with one memory block at a time: when it always has the same place, and when it must not."""

from __future__ import annotations

import pytest
import wasmtime

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import print_module
from tests.wasm_function import exported


def made(body: str, rest: str = "") -> Module:
    source = f"#[no_mangle]\npub fn work(n: u32) -> u32 {{ {body} }}\n{rest}\nfn main() {{}}\n"
    compilation = check_source(source)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    return build(compilation, "freestanding")


def calls(module: Module, arguments: list[int]) -> list[int]:
    work = exported(module, "work")
    return [work(one) for one in arguments]


SUM = "let mut sum = 0; for one in &v { sum += *one; } sum"


@pytest.mark.parametrize(
    ("body", "one"),
    [
        (f"let mut v = vec![1u32; n as usize]; if n > 3 {{ v[3] = 9; }} {SUM}", True),
        ("let mut all = 0; for i in 0..n { let v = vec![i; 5]; all += v[2]; } all", True),
        (f"let v = vec![1u32; n as usize]; let w = vec![2u32; n as usize]; {SUM} + w.len() as u32", False),
        ("let mut v = Vec::new(); for i in 0..n { v.push(i); } v.len() as u32", False),
        ("let v = vec![1u32; n as usize]; let k = v.len() as u32; std::mem::forget(v); k", False),
        ("let mut kept = vec![0u32; 1]; for i in 0..n { kept = vec![i; 2]; } kept[0]", False),
    ],
)
def test_one_block_at_a_time_needs_no_allocator(body: str, one: bool) -> None:
    module = made(body)
    assert ("heap" not in print_module(module)) == one
    results = calls(module, [0, 1, 4, 7, 100])
    assert results == [calls(made(body), [n])[0] for n in (0, 1, 4, 7, 100)]


def test_a_block_that_does_not_fit_makes_memory_grow() -> None:
    module = made(f"let v = vec![1u32; n as usize]; {SUM}")
    assert "heap" not in print_module(module)
    assert calls(module, [3, 1_000_000, 3, 2_000_000]) == [3, 1_000_000, 3, 2_000_000]


def test_a_block_that_cannot_be_traps() -> None:
    module = made("let v = vec![1u8; n as usize]; let mut sum = 0; for one in &v { sum += *one as u32; } sum")
    with pytest.raises(wasmtime.Trap):
        calls(module, [0xFFFFFFF0])


def test_functions_that_call_each_other_keep_the_allocator() -> None:
    rest = (
        "#[inline(never)] fn depth(n: u32) -> u32 { let v = vec![n; 3]; if n == 0 { 0 } else { depth(n - 1) + v[1] } }"
    )
    module = made("depth(n)", rest)
    assert "heap" in print_module(module)
    assert calls(module, [0, 5, 100]) == [0, 15, 5050]
