"""Modules that were built before, on disk: found again by the content of everything that they were made from.

Two kinds of entries: which files a crate has, by its main file; and the module, by the names and texts of those files,
the options, and the compiler's own sources. So nothing has to be parsed to find a module again, and one is found only
if building would give the same bytes.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engines.vm.runtime.object_cache import ObjectCache, cache_directory, content_key

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

_COMPILER: Final = Path(__file__).parent


@dataclass(frozen=True)
class BuildOptions:
    """What decides about the bytes besides the sources; as `driver.build_bytes` takes them."""

    profile: str = "dev"
    names: bool = True
    lowering: str = "linear"


class BuildCache:
    """Modules by content, in `directory`, else in the directory of caches."""

    def __init__(self, directory: Path | None = None) -> None:
        self._store = ObjectCache(directory or cache_directory() / "rust")

    def find(self, main: Path, options: BuildOptions) -> bytes | None:
        """The module that building the crate would give; None if it was not built from these sources before."""
        listed = self._store.get(_crate_key(main))
        if listed is None:
            return None
        files = [Path(name) for name in json.loads(listed)]
        if any(path.name == "mod.rs" and path.parent.with_suffix(".rs").exists() for path in files):
            return None  # the other place of a module's file comes first
        try:
            texts = [path.read_bytes() for path in files]
        except OSError:
            return None
        return self._store.get(_module_key(files, texts, options))

    def keep(self, compilation: Compilation, main: Path, options: BuildOptions, content: bytes) -> None:
        """Keep the module of a crate that was checked without a message; of any other nothing is kept.

        Raises:
            OSError: the directory of caches cannot be written.
        """
        if compilation.diagnostics.messages or compilation.base is None:
            return
        own = compilation.sources.files[len(compilation.base.sources.files) :]
        files = [Path(file.name) for file in own]
        self._store.put(_crate_key(main), json.dumps([str(path) for path in files]).encode())
        self._store.put(_module_key(files, [file.text.encode() for file in own], options), content)


@cache
def compiler_digest() -> str:
    """A hash of the compiler's and its library's sources, and of the Python that runs them."""
    sources = sorted(path for path in _COMPILER.rglob("*") if path.suffix in (".py", ".rs"))
    parts: list[str | bytes] = [platform.python_version()]
    for path in sources:
        parts += [str(path.relative_to(_COMPILER)), path.read_bytes()]
    return content_key(parts)


def _crate_key(main: Path) -> str:
    return content_key(["files of a crate", compiler_digest(), str(main), os.path.realpath(main)])


def _module_key(files: list[Path], texts: list[bytes], options: BuildOptions) -> str:
    parts: list[str | bytes] = ["module", compiler_digest(), repr(astuple(options))]
    for path, text in zip(files, texts, strict=True):
        parts += [str(path), text]
    return content_key(parts)
