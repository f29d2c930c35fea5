"""WebAssembly validation: our verdict on a module is wasmtime's."""

from __future__ import annotations

from functools import cache
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    import wasmtime

    from engines.rustwasm.wasm.binary import MalformedModuleError, decode
    from engines.rustwasm.wasm.types import F64
    from engines.rustwasm.wasm.validate import InvalidModuleError, validate
    from fuzz.strategies.wasm_mutations import mutate_module
    from fuzz.targets.wasm_modules import binaries


@cache
def _engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.wasm_threads = False
    return wasmtime.Engine(config)


def one_input(data: bytes) -> None:
    ours = theirs = ""
    try:
        validate(decode(data))
    except (MalformedModuleError, InvalidModuleError) as error:
        ours = str(error)
    try:
        wasmtime.Module.validate(_engine(), data)
    except wasmtime.WasmtimeError as error:
        theirs = str(error)
    if bool(ours) != bool(theirs):
        raise FindingError(f"we say {ours or 'valid'!r}, wasmtime says {theirs or 'valid'!r}: {data.hex()}")


def planted() -> None:
    from engines.rustwasm.wasm.validate.body import BodyValidator

    def wrapper(original: Any) -> Any:
        def pop(self: BodyValidator, wanted: Any) -> Any:
            return self.pop_any() if wanted == F64 else original(self, wanted)

        return pop

    replace(BodyValidator, "pop", wrapper)


TARGET = Target(
    one_input,
    "WebAssembly validation: our verdict is wasmtime's",
    ("engines.rustwasm.wasm.validate", "engines.rustwasm.wasm.binary"),
    binaries,
    planted,
    "operands of type f64 are not checked",
    mutate=mutate_module,
    max_bytes=1200,
    packages=("wasmtime",),
    requires=("wasmtime",),
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
