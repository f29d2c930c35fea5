"""The text format (WebAssembly 3.0 chapter 6): `print_module` and `parse_module`."""

from engines.rustwasm.wasm.text.parser import TextError, parse_module
from engines.rustwasm.wasm.text.printer import print_module

__all__ = ["TextError", "parse_module", "print_module"]
