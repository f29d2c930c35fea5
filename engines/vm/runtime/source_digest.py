"""A digest of source files, kept from one start to the next as long as no file's size or time of change differs.

What native code depends on is read and hashed once; later starts only look the files up. The memory is a file named by
the files' names, sizes and times, in the cache directory; one that is not a digest counts as absent.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from engines.vm.runtime.object_cache import cache_directory

_FOLDER: Final = "sources"
_DIGEST_CHARACTERS: Final = 64


@lru_cache
def source_digest(root: Path, sources: Sequence[str]) -> str:
    """SHA-256 over names and content of the files that `sources` name below `root`: files, and folders of modules.

    Raises:
        OSError: a file is missing.
    """
    found = sorted(_files(root, sources))
    look = hashlib.sha256("\n".join(f"{name} {size} {changed}" for name, size, changed in found).encode()).hexdigest()
    memory = cache_directory() / _FOLDER / look
    try:
        known = memory.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        known = ""
    if len(known) == _DIGEST_CHARACTERS and not known.strip("0123456789abcdef"):
        return known
    digest = hashlib.sha256()
    for name, size, _ in found:
        digest.update(f"{name} {size}\n".encode())
        digest.update((root / name).read_bytes())
    made = digest.hexdigest()
    _remember(memory, made)
    return made


def _files(root: Path, sources: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Name below `root`, size and time of change of each file."""
    todo = list(sources)
    while todo:
        name = todo.pop()
        if name.endswith(".py"):
            status = (root / name).stat()
            yield name, status.st_size, status.st_mtime_ns
            continue
        with os.scandir(f"{root}/{name}") as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    yield f"{name}/{entry.name}", status.st_size, status.st_mtime_ns
                elif entry.is_dir() and entry.name != "__pycache__":
                    todo.append(f"{name}/{entry.name}")


def _remember(memory: Path, made: str) -> None:
    """Keep a digest; a cache that cannot be written keeps nothing, and whoever keeps native code there says so."""
    aside = memory.with_name(f"{memory.name}.{os.getpid()}.tmp")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(made)
        aside.replace(memory)
    except OSError:
        return
