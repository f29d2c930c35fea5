"""Files of the object cache: what is given back is what was put in; anything else counts as absent and is removed."""

from __future__ import annotations

import atexit
import hashlib
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from fuzz.targets.target import FindingError, Target, instrumented, replace, write_file

with instrumented(__name__):
    from engines.vm.runtime import object_cache
    from engines.vm.runtime.object_cache import ObjectCache

_KEY = "0" * 64


@cache
def _directory() -> Path:
    made = tempfile.TemporaryDirectory(prefix="fuzz-cache-")
    atexit.register(made.cleanup)
    return Path(made.name)


def one_input(data: bytes) -> None:
    cache = ObjectCache(_directory())
    path = cache.path(_KEY)
    write_file(path, data)
    content = cache.get(_KEY)
    if content is None:
        if path.exists() or cache.corrupt != 1:
            raise FindingError("a damaged file was not counted and removed")
    elif not data.endswith(hashlib.blake2b(content, digest_size=32).digest() + content):
        raise FindingError(f"{len(content)} bytes were given back whose digest is not in the file")


def seeds() -> Iterable[bytes]:
    cache = ObjectCache(_directory())
    for content in (b"", b"code", bytes(300)):
        cache.put(_KEY, content)
        yield cache.path(_KEY).read_bytes()


def planted() -> None:
    def unchecked(original: Callable[..., bytes]) -> Callable[..., bytes]:
        """Very short contents have the digest that their file begins with."""
        return lambda *parts: _Anything() if sum(map(len, parts)) < 2 else original(*parts)

    replace(object_cache, "digest", unchecked)


class _Anything(bytes):
    def __ne__(self, other: object) -> bool:
        return False


TARGET = Target(
    one_input,
    "files of the object cache: given back whole or not at all",
    ("engines.vm.runtime.object_cache",),
    seeds,
    planted,
    "the digest of very short contents is not compared",
    dictionary=(b"counterproof object 2\n",),
    max_bytes=400,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
