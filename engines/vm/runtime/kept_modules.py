"""The bytecode of our modules in one file of the cache, for starts that import the same sixty each time.

Python's own finder looks for each module in its folder and opens a file of bytecode for it: a tenth of a start. This
one asks the system for the source's size and time of change, as that does to judge bytecode, and takes a piece of one
file, which is mapped. Modules that it does not have or that changed are left to Python, and kept when the run is over.

A file is named by the folder of our packages, the version of bytecode and the level of optimisation. It holds `MAGIC`,
the index's size and hash, the index, and pieces of `marshal` data whose hashes the index has: what is damaged counts as
absent. It appears whole, by renaming, and is not written under `PYTHONDONTWRITEBYTECODE`.
"""

from __future__ import annotations

import _frozen_importlib_external as finders
import _imp
import marshal
import mmap
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec
    from types import CodeType
    from typing import Any, Final

    Row = tuple[str, str, bool, int, int, int, int, bytes]
    """Path of the source and of Python's own file of bytecode, whether it is a package, the source's size and time of
    change in nanoseconds, offset and size of the piece, its hash."""

ROOT: Final = os.path.abspath(f"{__file__}/../../../..")
"""The folder that our packages are in."""
MAGIC: Final = b"counterproof modules 1\n"
_FOLDER: Final = "modules"
_HASH_KEY: Final = 1
_HASH_BYTES: Final = 8
_SIZE_BYTES: Final = 4
_HEAD_BYTES: Final = len(MAGIC) + _SIZE_BYTES + _HASH_BYTES


def _hash(data: bytes | memoryview) -> bytes:
    """SipHash, as Python's own bytecode has it (PEP 552)."""
    return _imp.source_hash(_HASH_KEY, data)


class KeptModules:
    """A finder of modules in `packages` in the folder `root`, which keeps their bytecode below the folder `cache`.

    Attributes:
        path: of the file.
    """

    def __init__(self, packages: tuple[str, ...], cache: str, root: str = ROOT) -> None:
        self._root = root + os.sep
        self._packages = packages
        named = os.fsencode(f"{root}\n{sys.flags.optimize}\n") + finders.MAGIC_NUMBER
        self.path = f"{cache}/{_FOLDER}/{_hash(named).hex()}.bin"
        self._rows: dict[str, Row] = {}
        self._missed: list[str] = []
        self._pieces = memoryview(b"")
        try:
            with open(self.path, "rb", buffering=0) as file:
                whole = memoryview(mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ))
            self._rows, self._pieces = self._index(whole)
        except (OSError, ValueError, EOFError, TypeError):  # absent, empty or damaged
            return

    def _index(self, whole: memoryview) -> tuple[dict[str, Row], memoryview]:
        """The index of a file, and its pieces."""
        head = bytes(whole[:_HEAD_BYTES])
        size = int.from_bytes(head[len(MAGIC) : len(MAGIC) + _SIZE_BYTES], "little")
        index = whole[_HEAD_BYTES : _HEAD_BYTES + size]
        if not head.startswith(MAGIC) or _hash(index) != head[len(MAGIC) + _SIZE_BYTES :]:
            raise ValueError(f"{self.path} is damaged")
        return marshal.loads(index), whole[_HEAD_BYTES + size :]

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """As `importlib.abc.MetaPathFinder` has it."""
        row = self._rows.get(name)
        piece = self._piece(row) if row is not None else None
        if row is None or piece is None:
            if name.partition(".")[0] in self._packages:
                self._missed.append(name)
            return None
        source, cached, is_package = row[:3]
        within = [os.path.dirname(source)] if is_package else None
        loader = _Loader(name, source)
        loader.piece = piece
        spec = finders.spec_from_file_location(name, source, loader=loader, submodule_search_locations=within)
        if spec is not None:
            spec.cached = cached
        return spec

    def _piece(self, row: Row) -> memoryview | None:
        """The bytecode of a row, if it is that of the source still."""
        source, _, _, size, changed_ns, at, length, hashed = row
        try:
            status = os.stat(source)
            if status.st_size != size or status.st_mtime_ns != changed_ns:
                return None
        except OSError:
            return None
        piece = self._pieces[at : at + length]
        return piece if _hash(piece) == hashed else None

    def keep(self) -> None:
        """Write what this finder was asked for in vain, and Python found, beside what is there.

        Where that cannot be written nothing is: whoever keeps native code there says so.
        """
        imported = {} if sys.dont_write_bytecode else dict(self._imported())
        if not imported:
            return
        there = {name: (row, self._piece(row)) for name, row in self._rows.items() if name not in imported}
        rows: dict[str, Row] = {}
        pieces: list[bytes | memoryview] = []
        at = 0
        for name, (row, piece) in (there | imported).items():
            if piece is not None:
                rows[name] = (*row[:5], at, len(piece), _hash(piece))
                pieces.append(piece)
                at += len(piece)
        self._write(marshal.dumps(rows), pieces)

    def _imported(self) -> Iterator[tuple[str, tuple[Row, bytes]]]:
        """Modules that this finder was asked for and Python's own loader took from source files."""
        for name in self._missed:
            spec: Any = getattr(sys.modules.get(name), "__spec__", None)
            loader = getattr(spec, "loader", None)
            if type(loader) is not finders.SourceFileLoader or not loader.path.startswith(self._root):
                continue
            try:
                status = os.stat(loader.path)
                piece = marshal.dumps(loader.get_code(name))
            except (OSError, ImportError, SyntaxError):  # gone or changed meanwhile
                continue
            is_package = spec.submodule_search_locations is not None
            yield name, ((loader.path, spec.cached, is_package, status.st_size, status.st_mtime_ns, 0, 0, b""), piece)

    def _write(self, index: bytes, pieces: list[bytes | memoryview]) -> None:
        head = MAGIC + len(index).to_bytes(_SIZE_BYTES, "little") + _hash(index)
        aside = f"{self.path}.{os.getpid()}.tmp"
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            with open(aside, "wb") as file:
                file.write(b"".join((head, index, *pieces)))
            os.replace(aside, self.path)
        except OSError:
            return


class _Loader(finders.SourceFileLoader):
    """Python's own, whose bytecode is there already."""

    piece: memoryview

    def get_code(self, fullname: str) -> CodeType | None:
        code: CodeType = marshal.loads(self.piece)
        return code


__all__ = ["KeptModules"]
