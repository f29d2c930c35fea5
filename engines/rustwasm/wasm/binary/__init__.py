"""The binary format (WebAssembly 3.0 chapter 5): `encode` and `decode`."""

from engines.rustwasm.wasm.binary.decoder import MalformedModule, decode
from engines.rustwasm.wasm.binary.encoder import encode

__all__ = ["MalformedModule", "decode", "encode"]
