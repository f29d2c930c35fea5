"""Loads object code into this process through llvmlite, on every host."""

from __future__ import annotations

from typing import Any


class LoadedObject:
    """An object file made executable. Its code lives as long as this value."""

    def __init__(self, object_code: bytes) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine(reloc="pic", codemodel="small")
        self._engine: Any = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(object_code))
        self._engine.finalize_object()

    def address(self, symbol: str) -> int:
        """Host address of an external symbol.

        Raises:
            KeyError: the object does not define it.
        """
        found = int(self._engine.get_function_address(symbol))
        if not found:
            raise KeyError(f"object code defines no symbol {symbol!r}")
        return found
