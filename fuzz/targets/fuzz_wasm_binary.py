"""WebAssembly binaries: malformed with the offset, or a module that is encoded and decoded again the same."""

from __future__ import annotations

from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from engines.rustwasm.wasm.binary import MalformedModuleError, decode, encode
    from engines.rustwasm.wasm.binary.reader import Reader
    from fuzz.strategies.wasm_mutations import mutate_module
    from fuzz.targets.wasm_modules import binaries


def one_input(data: bytes) -> None:
    try:
        module = decode(data)
    except MalformedModuleError as error:
        if not 0 <= error.offset <= len(data):
            raise FindingError(f"offset {error.offset} of {len(data)} bytes: {error}") from None
        return
    again = encode(module)
    if decode(again) != module:
        raise FindingError(f"a module of {len(data)} bytes changes when it is encoded and decoded")
    if encode(decode(again)) != again:
        raise FindingError("a module is encoded in two ways")


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def signed(self: Reader, bits: int) -> int:
            value = int(original(self, bits))
            return value + (100 <= value < 1000)

        return signed

    replace(Reader, "signed", wrapper)


TARGET = Target(
    one_input,
    "WebAssembly binaries: malformed with the offset, or stable under encoding",
    ("engines.rustwasm.wasm.binary",),
    binaries,
    planted,
    "some signed numbers are read one too high",
    dictionary=(b"\0asm\x01\0\0\0", b"\x60", b"\x0b", b"\xfb", b"\xfd\x0c", b"\x04name", b"\x80\x80\x80\x80\x10"),
    mutate=mutate_module,
    max_bytes=1200,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
