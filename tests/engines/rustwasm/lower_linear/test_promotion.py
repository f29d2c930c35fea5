"""References to constants outlive the functions that made them, in every build."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.promotion import may_hold_reference
from engines.rustwasm.typing import types as ty

PROGRAM = Path(__file__).parents[1] / "library" / "programs" / "constant_references.rs"


@pytest.mark.parametrize(("profile", "lowering"), [("dev", "linear"), ("release", "linear"), ("dev", "gc")])
def test_constants_that_are_lent_last(profile: str, lowering: str, tmp_path: Path) -> None:
    compilation = check_source(PROGRAM.read_text(), PROGRAM.name)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    config = wasmtime.Config()
    config.wasm_function_references = config.wasm_gc = True
    engine = wasmtime.Engine(config)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    store = wasmtime.Store(engine)
    wasi = wasmtime.WasiConfig()
    wasi.stdout_file = str(tmp_path / "out")
    store.set_wasi(wasi)
    module = wasmtime.Module(engine, build_bytes(compilation, profile, lowering=lowering))
    start = linker.instantiate(store, module).exports(store)["_start"]
    assert isinstance(start, wasmtime.Func)
    start(store)
    assert (tmp_path / "out").read_text() == PROGRAM.with_suffix(".expected").read_text()


def test_a_constant_in_the_frame_costs_no_static() -> None:
    source = "fn sum(v: &[i32]) -> i32 { v.iter().sum() }\nfn main() { println!(\"{}\", sum(&[1, 2])); }"
    compilation = check_source(source)
    assert not any(one.is_static for one in compilation.declarations.consts)


def test_what_may_hold_a_reference() -> None:
    text = ty.ref(ty.STR_TY)
    for one in (text, ty.tuple_of((ty.I32, text)), ty.array(text, 2), ty.param(0, "T"), ty.fn_ptr((), ty.UNIT)):
        assert may_hold_reference(one), ty.show(one)
    for one in (ty.I32, ty.UNIT, ty.tuple_of((ty.I32, ty.BOOL_TY)), ty.array(ty.F64, 3)):
        assert not may_hold_reference(one), ty.show(one)
