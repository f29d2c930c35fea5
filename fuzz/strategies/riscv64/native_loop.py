"""Loops over all cases of a batch, written in LLVM's textual IR: what is per case or per slot, and not per gadget.

numpy makes a pass over a batch for every operation; for short programs that costs more than the programs do elsewhere.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray


class NativeLoop:
    """One exported function of a module, compiled when this is made. Calls release the GIL.

    Args:
        name: of the function.
        source: LLVM IR, in which `<NAME>` stands for a number.
        numbers: those numbers.
        parameters: ctypes types of the function's parameters; the result is an i64.
    """

    def __init__(self, name: str, source: str, numbers: Mapping[str, int], parameters: tuple[type, ...]) -> None:
        import llvmlite.binding as llvm

        for key, number in numbers.items():
            source = source.replace(f"<{key}>", str(int(number)))
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple().create_target_machine(opt=2, jit=True)
        module = llvm.parse_assembly(source)
        builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=2))
        builder.getModulePassManager().run(module, builder)
        library = llvm.JITLibraryBuilder().add_ir(str(module)).export_symbol(name)
        self._compiler = llvm.create_lljit_compiler(target)
        self._tracker = library.link(self._compiler, f"counterproof_{name}")
        self._call: Any = ctypes.CFUNCTYPE(ctypes.c_int64, *parameters)(int(self._tracker[name]))

    def __call__(self, *arguments: int | NDArray[Any]) -> int:
        """Call it; an array is passed by its address and must be contiguous."""
        plain = []
        for one in arguments:
            if isinstance(one, int):
                plain.append(one)
            else:
                assert one.flags.c_contiguous
                plain.append(one.ctypes.data)
        result: int = self._call(*plain)
        return result
