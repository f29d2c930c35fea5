"""Python functions of generated source, which is compiled once and kept for other runs.

The lifter's templates of instructions and the optimiser's rules are written as Python source when they first occur.
Compiling such source takes Python as long as much of what else is done for the first region, so `use` takes compiled
code from the disk cache and keeps what is new there when the process ends. Code is found by the source itself: another
source is never given for it.
"""

from __future__ import annotations

import atexit
import marshal
from importlib.util import MAGIC_NUMBER
from types import CodeType
from typing import Any, Final

from engines.vm.runtime.object_cache import ObjectCache, content_key

_KEY: Final = content_key(("generated Python", MAGIC_NUMBER))
MOST_BYTES: Final = 4 << 20
"""Of code that is kept; more is compiled again by each run."""


class GeneratedCode:
    """Code by name and source.

    Attributes:
        compiled: how many sources had to be compiled.
        unwritable: why code could not be kept; empty if it could.
    """

    def __init__(self) -> None:
        self.compiled = 0
        self.unwritable = ""
        self._code: dict[tuple[str, str], CodeType] = {}
        self._cache: ObjectCache | None = None

    def execute(self, source: str, name: str, namespace: dict[str, Any]) -> None:
        """Execute `source` in `namespace`; `name` is what tracebacks and profiles call it."""
        code = self._code.get((name, source))
        if code is None:
            code = self._code[name, source] = compile(source, name, "exec")
            self.compiled += 1
        exec(code, namespace)

    def use(self, cache: ObjectCache) -> None:
        """Take what is kept in `cache`, and keep there what is new when the process ends; the first cache is used."""
        if self._cache is not None:
            return
        self._cache = cache
        content = cache.get(_KEY)
        if content is not None:
            self._code = marshal.loads(content) | self._code
        atexit.register(self.keep)

    def keep(self) -> None:
        """Write what was compiled since. Nothing is lost where that fails: the next run compiles it again."""
        if self._cache is None or not self.compiled:
            return
        content = marshal.dumps(self._code)
        if len(content) > MOST_BYTES:
            return
        try:
            self._cache.put(_KEY, content)
            self.compiled = 0
        except OSError as error:
            self.unwritable = str(error)


GENERATED: Final = GeneratedCode()
"""This process's."""
