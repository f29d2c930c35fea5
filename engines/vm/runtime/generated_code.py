"""Python functions of generated source, which is compiled once and kept for other runs.

The lifter's templates of instructions and the optimiser's rules are written as Python source when they first occur.
Compiling such source takes Python as long as much of what else is done for the first region, so `use` takes compiled
code from the disk cache and keeps what is new there when the process ends. Code is found by the source itself: another
source is never given for it. Where writing the source takes longer than what it is for, code is found by a key instead;
the cache is that of the modules that write (`SOURCES`), and is not used once one of them was changed in the process.
"""

from __future__ import annotations

import atexit
import marshal
from collections.abc import Callable, Hashable
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any, Final

from engines.vm.runtime.object_cache import ObjectCache, content_key
from engines.vm.runtime.source_digest import source_digest

ROOT: Final = str(Path(__file__).parents[1])
SOURCES: Final = (
    *("bits.py", "float_unit.py", "guests/riscv64/state.py", "ir", "isa", "lift", "opt"),
    *("memory/address_space.py", "runtime/generated_code.py"),
)
"""What generated source depends on: files and folders under `engines/vm`."""
MOST_BYTES: Final = 4 << 20
"""Of code that is kept; more is compiled again by each run."""


class GeneratedCode:
    """Code by name and source.

    Attributes:
        compiled: how many sources had to be compiled.
        trusts: whether what writes the source is what stands in the files of `SOURCES`.
        unwritable: why code could not be kept; empty if it could.
    """

    def __init__(self) -> None:
        self.compiled = 0
        self.unwritable = ""
        self.trusts = True
        self._code: dict[Hashable, CodeType] = {}
        self._cache: ObjectCache | None = None
        self._key = ""

    def execute(self, source: str, name: str, namespace: dict[str, Any]) -> None:
        """Execute `source` in `namespace`; `name` is what tracebacks and profiles call it."""
        code = self._code.get((name, source))
        if code is None:
            code = self._code[name, source] = compile(source, name, "exec")
            self.compiled += 1
        exec(code, namespace)

    def execute_written(self, key: Hashable, write: Callable[[], str], name: str, namespace: dict[str, Any]) -> None:
        """As `execute`, of the source that `write` writes, which is asked for once for each `key`.

        Args:
            key: of what `marshal` takes; it decides what is written.
        """
        code = self._code.get(key) if self.trusts else None
        if code is None:
            code = compile(write(), name, "exec")
            self.compiled += 1
            if self.trusts:
                self._code[key] = code
        exec(code, namespace)

    def distrust(self) -> None:
        """What writes source is being changed in this process: ask it each time, and neither take nor keep anything."""
        self.trusts = False
        self._code.clear()

    def use(self, cache: ObjectCache) -> None:
        """Take what is kept in `cache`, and keep there what is new when the process ends; the first cache is used."""
        if self._cache is not None or not self.trusts:
            return
        self._cache = cache
        self._key = content_key(("generated Python", MAGIC_NUMBER, source_digest(ROOT, SOURCES)))
        content = cache.get(self._key)
        if content is not None:
            self._code = marshal.loads(content) | self._code
        atexit.register(self.keep)

    def keep(self) -> None:
        """Write what was compiled since. Nothing is lost where that fails: the next run compiles it again."""
        if self._cache is None or not self.compiled or not self.trusts:
            return
        content = marshal.dumps(self._code)
        if len(content) > MOST_BYTES:
            return
        try:
            self._cache.put(self._key, content)
            self.compiled = 0
        except OSError as error:
            self.unwritable = str(error)


GENERATED: Final = GeneratedCode()
"""This process's."""
