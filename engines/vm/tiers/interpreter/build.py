"""Builds the interpreter's native code, or takes it from the disk cache."""

from __future__ import annotations

import os
import sys
import time

from engines.vm.record import record
from engines.vm.runtime.host import host_description, machine
from engines.vm.runtime.native_code import links_images, load, prepare
from engines.vm.runtime.object_cache import VARIABLE as CACHE_VARIABLE
from engines.vm.runtime.object_cache import ObjectCache, content_key
from engines.vm.runtime.quick_json import loads
from engines.vm.runtime.source_digest import source_digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from engines.vm.isa.describe import InstructionSet
    from engines.vm.runtime.native_code import NativeCode

ROOT: Final = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
"""The folder `engines/vm`."""
SOURCES: Final = (
    "bits.py",
    "softfloat.py",
    "isa",
    "guests/riscv64",
    "memory",
    "runtime",
    "tiers/interpreter",
)
"""What the native code is made from, under `engines/vm`: files, and folders with all their modules."""
VARIANT_VARIABLE: Final = "COUNTERPROOF_SABOTAGE"
"""Names an injected bug, which changes the semantics without changing a source file, so it belongs into the key."""


_MOST_ESCAPES: Final = 1 << 16
"""Bytes of the line that names them."""
_NOT_IMPORTED: Final = object()


@record(frozen=True)
class Interpreter:
    """Loaded native code.

    Attributes:
        escapes: the instructions that it leaves to the reference tier, by escape number.
        cached: whether it came from the disk cache.
        seconds: what building or loading took.
    """

    code: NativeCode
    escapes: tuple[str, ...]
    cached: bool
    seconds: float

    def address(self, symbol: str) -> int:
        return self.code.address(symbol)


def cache_key(*, has_vectors: bool = False) -> str:
    """A hash of everything that the native code depends on."""
    variant = os.environ.get(VARIANT_VARIABLE, "") + ("+v" if has_vectors else "")
    return content_key([_llvmlite(), host_description(), variant, source_digest(ROOT, SOURCES)])


def _llvmlite() -> bytes:
    """What says which llvmlite there is, found where an import would find it: the import takes a millisecond.

    Raises:
        ImportError: there is none.
    """
    imported: Any = sys.modules.get("llvmlite", _NOT_IMPORTED)
    if imported is _NOT_IMPORTED:
        folders = sys.path
    elif imported is not None:  # where it is None, it may not be imported
        folders = [os.path.dirname(os.path.dirname(imported.__file__))]
    else:
        folders = []
    for folder in folders:
        try:
            with open(f"{folder or os.curdir}/llvmlite/_version.py", "rb") as file:
                return file.read()
        except OSError:
            continue
    import llvmlite

    return str(llvmlite.__version__).encode()


def build(*, floating_point: bool = True, has_vectors: bool = False) -> bytes:
    """Generate and compile the interpreter: the escapes as a line of JSON, then what `native_code.load` takes.

    Without `floating_point`, the instructions that compute with it are left to the reference tier.
    """
    from json import dumps

    from engines.vm.runtime.compile_worker import compile_all
    from engines.vm.runtime.llvm import compile_object, host_features, host_target
    from engines.vm.tiers.interpreter.float_unit import float_support
    from engines.vm.tiers.interpreter.module import generate, parts

    host = machine()
    floats = float_support(host, host_features()) if floating_point else None
    table = _table(has_vectors=has_vectors)
    if not links_images(host):
        source = generate(table, host, floats)
        return dumps(source.escapes).encode() + b"\n" + prepare(compile_object(source.text, host_target()))
    escapes: list[str] = []
    objects = compile_all(parts(table, host, escapes, floats), host_target())
    return dumps(escapes).encode() + b"\n" + prepare(*objects)


def _table(*, has_vectors: bool) -> InstructionSet:
    if has_vectors:
        from engines.vm.isa.riscv64.vector_coding import VECTOR_INSTRUCTIONS

        return VECTOR_INSTRUCTIONS
    from engines.vm.isa.riscv64 import INSTRUCTIONS

    return INSTRUCTIONS


def interpreter(cache: ObjectCache | None = None, *, has_vectors: bool = False) -> Interpreter:
    """The native interpreter for this host, from the cache if it holds one made from the same inputs.

    That of harts with V is another one, so that the one of harts without it stays as it is.

    Warns when the cache cannot be written.
    """
    begun = time.perf_counter()
    cache = cache or ObjectCache()
    key = cache_key(has_vectors=has_vectors)
    content: bytes | memoryview | None = cache.view(key)
    cached = content is not None
    if content is None:
        content = build(has_vectors=has_vectors)
        try:
            cache.put(key, content)
        except OSError as error:
            import warnings

            warnings.warn(
                f"cannot keep compiled code in {cache.path(key).parent} ({error.strerror}): each start compiles again; "
                f"make it writable or set {CACHE_VARIABLE} to a directory that is",
                RuntimeWarning,
                stacklevel=2,
            )
    code, escapes = loaded(content)
    return Interpreter(code, escapes, cached, time.perf_counter() - begun)


def loaded(content: bytes | memoryview) -> tuple[NativeCode, tuple[str, ...]]:
    """Make what `build` returned callable: the code, and the instructions that it leaves to the reference tier."""
    escapes = bytes(content[:_MOST_ESCAPES]).partition(b"\n")[0]
    return load(memoryview(content)[len(escapes) + 1 :]), tuple(loads(escapes))
