"""Makes compiled code callable in this process: from a flat image, or from an object file through llvmlite."""

from __future__ import annotations

import engines.vm.quick_ctypes as ctypes
from engines.vm.runtime.executable_memory import Window
from engines.vm.runtime.host import machine
from engines.vm.runtime.image import Image

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class NativeCode(Protocol):
        """Executable code. It lives as long as this value."""

        def address(self, symbol: str) -> int:
            """Host address of an external symbol.

            Raises:
                KeyError: the code does not define it.
            """
            ...


class LoadedImage:
    """A flat image at the beginning of a `Window`; written first, then made executable and never written again."""

    def __init__(self, image: Image) -> None:
        self._symbols = image.symbols
        process = ctypes.CDLL(None, use_errno=True)
        filled = {}
        for name, slot in image.imports.items():
            try:
                function = getattr(process, name)
            except AttributeError:
                raise KeyError(f"this process has no function {name!r}, which the compiled code calls") from None
            address = ctypes.cast(function, ctypes.c_void_p).value or 0
            filled[slot] = address.to_bytes(8, "little")
        self._base = Window(image.content, filled=filled).base

    def address(self, symbol: str) -> int:
        if symbol not in self._symbols:
            raise KeyError(f"compiled code defines no symbol {symbol!r}")
        return self._base + self._symbols[symbol]


class LoadedObject:
    """An object file that llvmlite linked and made executable."""

    def __init__(self, object_code: bytes) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine(reloc="pic", codemodel="small")
        self._engine: Any = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(object_code))
        self._engine.finalize_object()

    def address(self, symbol: str) -> int:
        found = int(self._engine.get_function_address(symbol))
        if not found:
            raise KeyError(f"compiled code defines no symbol {symbol!r}")
        return found


def links_images(kind: str) -> bool:
    """Whether hosts of this kind, as `platform.machine()` names them, have flat images, which are linked here."""
    return kind in {"x86_64", "AMD64"}


def prepare(*objects: bytes) -> bytes:
    """The form of object files that `load` takes and that is worth keeping: a flat image where hosts have one.

    Raises:
        ValueError: several files on a host without flat images.
    """
    if links_images(machine()):
        from engines.vm.runtime.linker import link

        return b"I" + link(*objects).to_bytes()
    if len(objects) != 1:
        raise ValueError(f"{len(objects)} object files: {machine()} hosts take one, as they have no images")
    return b"O" + objects[0]


def load(prepared: bytes | memoryview) -> NativeCode:
    """Make code from `prepare` callable."""
    if prepared[:1] == b"I":
        return LoadedImage(Image.from_bytes(prepared[1:]))
    return LoadedObject(bytes(prepared[1:]))
