"""The binary format (WebAssembly 3.0 chapter 5): `encode` and `decode`."""

from engines.rustwasm.wasm.binary.decoder import decode
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.binary.reader import MalformedModuleError

__all__ = ["MalformedModuleError", "decode", "encode"]
