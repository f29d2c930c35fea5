"""The inputs that are kept with the source: `corpus/seeds`, `corpus/regressions`, `corpus/planted`.

Each has a folder per target. An input's name is the SHA-256 of its bytes, shortened, so that collections
merge by copying.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import corpus
from engines.whole_file import replace_whole

ROOT: Final = Path(corpus.__file__).parent
SEEDS: Final = ROOT / "seeds"
REGRESSIONS: Final = ROOT / "regressions"
PLANTED: Final = ROOT / "planted"
"""Per target the input by which its planted bug was found."""
NAME_DIGITS: Final = 16


def inputs(kind: Path, target: str) -> list[Path]:
    """The stored inputs of one kind for `target`, by name; none where there is no folder."""
    folder = kind / target
    return sorted(path for path in folder.iterdir() if not path.is_dir()) if folder.is_dir() else []


def name_of(data: bytes) -> str:
    """The file name of an input."""
    return hashlib.sha256(data).hexdigest()[:NAME_DIGITS]


def keep(folder: Path, data: bytes) -> Path:
    """Store an input, which appears whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name_of(data)
    if not path.exists():
        replace_whole(path, data)
    return path


def all_inputs(target: str, left_out: Callable[[str], object] | None = None) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every seed and regression of `target`.

    Args:
        left_out: told, in words, of an input that cannot be read, or whose bytes are not those that its name says; the
            others follow. Without it, such an input is an error.

    Raises:
        OSError: an input cannot be read, and nobody is told.
    """
    for kind in (SEEDS, REGRESSIONS):
        for path in inputs(kind, target):
            name = f"{kind.name}/{target}/{path.name}"
            try:
                data = path.read_bytes()
                if path.name != name_of(data):
                    raise OSError(f"its bytes have the name {name_of(data)}: it was changed on disk")
            except OSError as error:
                if left_out is None:
                    raise
                left_out(f"{name} is left out: {error.strerror or error}")
                continue
            yield name, data
