"""Loops over all cases of a batch, written in LLVM's textual IR: what is per case or per slot, and not per gadget.

numpy makes a pass over a batch for every operation; for short programs that costs more than anything else they need.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class NativeModule:
    """Functions of i64 and pointers that return an i64, compiled when this is made.

    Args:
        source: LLVM IR, in which `<NAME>` stands for a number.
        numbers: those numbers.
        names: of the functions to call.
    """

    def __init__(self, source: str, numbers: Mapping[str, int], names: Iterable[str]) -> None:
        import llvmlite.binding as llvm

        for key, number in numbers.items():
            source = source.replace(f"<{key}>", str(int(number)))
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple().create_target_machine(opt=2, jit=True)
        module = llvm.parse_assembly(source)
        builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=2))
        builder.getModulePassManager().run(module, builder)
        library = llvm.JITLibraryBuilder().add_ir(str(module))
        for name in names:
            library.export_symbol(name)
        self._compiler = llvm.create_lljit_compiler(target)
        self._tracker = library.link(self._compiler, "counterproof_" + "_".join(names))
        self._functions: dict[str, Any] = {}
        for name in names:
            arguments = len(list(module.get_function(name).arguments))
            prototype = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * arguments)
            self._functions[name] = prototype(int(self._tracker[name]))

    def call(self, name: str, *arguments: int | NDArray[Any]) -> int:
        """Call a function; of an array, which must be contiguous, it gets the address. Releases the GIL."""
        plain = [_address(one) if isinstance(one, np.ndarray) else one for one in arguments]
        result: int = self._functions[name](*plain)
        return result


def _address(array: NDArray[Any]) -> int:
    assert array.flags.c_contiguous
    return int(array.ctypes.data)
