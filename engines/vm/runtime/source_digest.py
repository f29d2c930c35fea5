"""A digest of source files, kept from one start to the next as long as no file's size or time of change differs.

What native code depends on is read and hashed once; later starts only look the files up. The memory is a file named by
the files' names, sizes and times, in the cache directory; one that is not a digest counts as absent.
"""

from __future__ import annotations

import os

from engines.vm.runtime.digest import digest
from engines.vm.runtime.object_cache import cache_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Final

_FOLDER: Final = "sources"
_DIGEST_CHARACTERS: Final = 64


known: Final[dict[tuple[str | Path, tuple[str, ...]], str]] = {}
"""What this process found: it keeps to the sources that it began with."""


def source_digest(root: str | Path, sources: Sequence[str]) -> str:
    """A digest over names and content of the files that `sources` name below `root`: files, and folders of modules.

    Raises:
        OSError: a file is missing.
    """
    asked = (root, tuple(sources))
    found = known.get(asked)
    if found is None:
        found = known[asked] = _digest(root, sources)
    return found


def _digest(root: str | Path, sources: Sequence[str]) -> str:
    found = sorted(_files(root, sources))
    look = digest("\n".join(found).encode()).hex()
    memory = f"{cache_folder()}/{_FOLDER}/{look}"
    try:
        with open(memory, encoding="utf-8") as file:
            kept = file.read()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if len(kept) == _DIGEST_CHARACTERS and not kept.strip("0123456789abcdef"):
        return kept
    named = (_name_and_size(line) for line in found)
    made = digest(*(part for name, size in named for part in (f"{name} {size}\n".encode(), _content(root, name)))).hex()
    _remember(memory, made)
    return made


def _content(root: str | Path, name: str) -> bytes:
    with open(f"{root}/{name}", "rb") as file:
        return file.read()


def _name_and_size(line: str) -> tuple[str, str]:
    """Of a line that `_files` makes."""
    name, size, _ = line.rsplit(" ", 2)
    return name, size


def _files(root: str | Path, sources: Sequence[str]) -> list[str]:
    """Name below `root`, size and time of change of each file: two hundred lines in every start, made in one go."""
    found: list[str] = []
    todo = list(sources)
    while todo:
        name = todo.pop()
        if name.endswith(".py"):
            status = os.stat(f"{root}/{name}")
            found.append(f"{name} {status.st_size} {status.st_mtime_ns}")
            continue
        with os.scandir(f"{root}/{name}") as entries:
            for entry in entries:
                file = entry.name
                if file.endswith(".py"):
                    status = entry.stat()
                    found.append(f"{name}/{file} {status.st_size} {status.st_mtime_ns}")
                elif file != "__pycache__" and entry.is_dir():
                    todo.append(f"{name}/{file}")
    return found


def _remember(memory: str, made: str) -> None:
    """Keep a digest; a cache that cannot be written keeps nothing, and whoever keeps native code there says so."""
    aside = f"{memory}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(memory), exist_ok=True)
        with open(aside, "w", encoding="utf-8") as file:
            file.write(made)
        os.replace(aside, memory)
    except OSError:
        return
