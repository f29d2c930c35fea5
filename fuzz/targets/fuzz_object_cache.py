"""Files of the object cache: what is given back is what was put in; anything else counts as absent and is removed."""

from __future__ import annotations

import atexit
import hashlib
import os
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fuzz.targets.target import FindingError, Target, instrumented, replace, write_file

with instrumented(__name__):
    from engines.vm.runtime import object_cache
    from engines.vm.runtime.digest import DIGEST_BYTES, FileDigests
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
    class Believing(FileDigests):
        def of(self, status: os.stat_result, content: bytes | memoryview, begin: int = 0) -> str:
            """A file that ends within the digest has that one."""
            if len(content) < begin:
                return bytes(content[begin - DIGEST_BYTES : begin]).hex()
            return super().of(status, content, begin)

    replace(object_cache, "FileDigests", lambda original: Believing)


TARGET = Target(
    one_input,
    "files of the object cache: given back whole or not at all",
    ("engines.vm.runtime.object_cache",),
    seeds,
    planted,
    "the digest of files that end within it is not compared",
    dictionary=(b"counterproof object 2\n",),
    max_bytes=400,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
