"""Validation: whether a module is well typed (WebAssembly 3.0 chapter 3).

`types` decides which type definitions are equal and which are subtypes, `body` checks one function or constant
expression with the algorithm of the appendix (§7.3), `module` checks everything else.
"""

from engines.rustwasm.wasm.validate.module import InvalidModuleError, validate, validate_function

__all__ = ["InvalidModuleError", "validate", "validate_function"]
