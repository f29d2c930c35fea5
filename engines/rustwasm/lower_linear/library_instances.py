"""Functions of the library for types of the library, lowered once for many programs, as rustc has them in its `std`.

`Vec<i32>::push` is the same code in every program but for the answers to its events (see `development`), which are
asked again. What is kept here was lowered by the compiler at hand in this process, or comes from the directory of
caches, where it is found by the content of the compiler's sources. No program can have an impl of a library's trait for
types of the library only (`typing.coherence`, E0117), so such a function calls the same in each.

Only commands keep and read (`use_library_instances`): who changes the compiler while it runs, as tests do that plant
bugs, gets functions that were lowered by the compiler at hand.
"""

from __future__ import annotations

import marshal
import pickle
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.build_cache import compiler_digest
from engines.rustwasm.compilation import library
from engines.rustwasm.lower_linear.development import Lowered
from engines.rustwasm.lower_linear.library_bodies import Definitions, LibraryBodies
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.definitions import AdtDef, ConstDef, FnDef, TraitDef
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm.types import FunctionType
from engines.vm.runtime.object_cache import ObjectCache, cache_directory, content_key

if TYPE_CHECKING:
    from pathlib import Path

    from engines.rustwasm.compilation import Compilation

ENTRIES: Final = 20_000
"""So many functions are kept at most."""
_NO_DEFINITION: Final = (t.OPAQUE, t.CLOSURE, t.PARAM, t.INFER, t.PROJECTION, t.ERROR)
_PLAIN: Final = (str, int, bool, bytes, type(None))


class LibraryInstances:
    """Lowered functions by key (see `program`). `added` is how many were lowered since the last `load` or `save`."""

    def __init__(self, base: Compilation) -> None:
        self.base = base
        self.added = 0
        self._functions: dict[Any, Lowered] = {}
        self._stored: dict[str, bytes] = {}
        self._types: dict[Ty, bool] = {}
        self._names: dict[Ty, str | None] = {}
        self._definitions = Definitions(base)
        self._places = self._definitions.places
        self.bodies = LibraryBodies(self._definitions)

    def find(self, key: Any) -> Lowered | None:
        """The function with the key, if it is known."""
        found = self._functions.get(key)
        if found is None and self._stored:
            name = self._name(key)
            content = None if name is None else self._stored.get(name)
            if content is not None:
                found = self._functions[key] = self._restored(content)
        return found

    def keep(self, key: Any, made: Lowered) -> None:
        """Keep a function that was lowered just now, if it and all that it mentions are the library's."""
        if len(self._functions) < ENTRIES and self._ours(key) and all(self._ours(event[1:]) for event in made.events):
            self._functions[key] = made
            self.added += 1

    # What is the library's

    def _ours(self, one: Any) -> bool:
        if isinstance(one, Ty):
            found = self._types.get(one)
            if found is None:
                found = self._types[one] = self._is_our_type(one)
            return found
        if isinstance(one, tuple):
            return all(self._ours(part) for part in one)
        if isinstance(one, (FnDef, AdtDef, ConstDef, TraitDef)):
            return one.module.root is self.base.root
        return isinstance(one, (*_PLAIN, FunctionType))

    def _is_our_type(self, one: Ty) -> bool:
        return one.kind not in _NO_DEFINITION and self._ours(one.data) and self._ours(one.args)

    # On disk

    def load(self, content: bytes) -> None:
        """Know what `saved` wrote."""
        self._stored, self.bodies.stored = marshal.loads(content)

    def saved(self) -> bytes:
        """All that is known and can be found again, as bytes."""
        for key, one in self._functions.items():
            name = self._name(key)
            if name is not None and name not in self._stored and len(self._stored) < ENTRIES:
                with suppress(pickle.PicklingError):
                    self._stored[name] = self._written(one)
        self.bodies.keep_all()
        self.added = 0
        return marshal.dumps((self._stored, self.bodies.stored))

    def _name(self, key: Any) -> str | None:
        """A text that is the key's in every process; None for what a process makes for itself, such as closures."""
        if isinstance(key, Ty):
            if key not in self._names:
                parts = [self._name(key.data), self._name(key.args)]
                self._names[key] = None if None in parts else f"{key.kind}:{parts[0]}{parts[1]}"
            return self._names[key]
        if isinstance(key, tuple):
            names = [name for name in map(self._name, key) if name is not None]
            return f"({','.join(names)})" if len(names) == len(key) else None
        return repr(key) if isinstance(key, _PLAIN) else self._places.get(id(key))

    def _written(self, one: Lowered) -> bytes:
        type_ = (one.type.parameters, one.type.results)
        return self._definitions.written((type_, one.name, one.events, one.pieces, one.gaps, one.slots))

    def _restored(self, content: bytes) -> Lowered:
        (parameters, results), name, *rest = self._definitions.restored(content)
        made = Lowered(None, FunctionType(parameters, results), name)
        made.events, made.pieces, made.gaps, made.slots = rest
        return made


def _store(directory: Path | None) -> tuple[ObjectCache, str]:
    store = ObjectCache(directory or cache_directory() / "rust")
    parts = ["functions of the library", compiler_digest(), str(pickle.HIGHEST_PROTOCOL), sys.version]
    return store, content_key(parts)


def use_library_instances(directory: Path | None = None) -> LibraryInstances:
    """Have development builds use the functions in the directory of caches, and keep those that they lower."""
    base = library()
    made = LibraryInstances(base)
    store, key = _store(directory)
    content = store.get(key)
    if content is not None:
        made.load(content)
    base.instances = made
    return made


def save_library_instances(known: LibraryInstances, directory: Path | None = None) -> bool:
    """Write what was lowered since, where it is worth it; False where it is not.

    Raises:
        OSError: the directory of caches cannot be written.
    """
    if known.added < 20:
        return False
    store, key = _store(directory)
    store.put(key, known.saved())
    return True
