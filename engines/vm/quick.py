"""What every start of a program uses of `collections`, `functools` and `weakref`, without all that they import.

Together they are three milliseconds, a tenth of a start (docs/decisions/0018-what-a-start-imports.md). A test
compares what they answer.
"""

from __future__ import annotations

from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from functools import cache as once
    from typing import Generic, TypeVar

    Key = TypeVar("Key")
    Value = TypeVar("Value")

    # What of the standard classes there is here.
    class Counter(dict[Key, int]):
        def __init__(self, counted: Mapping[Key, int] | Iterable[Key] = ()) -> None: ...
        def update(self, counted: Mapping[Key, int] | Iterable[Key]) -> None: ...  # type: ignore[override]  # adds
        def most_common(self, most: int | None = None) -> list[tuple[Key, int]]: ...
        def copy(self) -> Counter[Key]: ...

    class WeakKeyDictionary(Generic[Key, Value]):
        def __len__(self) -> int: ...
        def __contains__(self, key: Key) -> bool: ...
        def __getitem__(self, key: Key) -> Value: ...
        def __setitem__(self, key: Key, value: Value) -> None: ...
        def get(self, key: Key) -> Value | None: ...
        def setdefault(self, key: Key, value: Value) -> Value: ...
        def values(self) -> list[Value]: ...

else:

    class Counter(dict):
        """How often each key was counted; a key that never was has 0, and no entry."""

        __slots__ = ()
        __or__ = __ior__ = None
        """Not a dictionary's: the standard class takes the greater counts."""

        def __init__(self, counted=()):
            super().__init__()
            self.update(counted)

        def __missing__(self, key):
            return 0

        def update(self, counted):
            """Add the counts of a mapping, or one for each element."""
            if isinstance(counted, dict):
                for key, times in counted.items():
                    self[key] += times
                return
            for key in counted:
                self[key] += 1

        def most_common(self, most=None):
            """(key, times), the most frequent first, and what is equally frequent in the order of first counts."""
            return sorted(self.items(), key=lambda item: item[1], reverse=True)[:most]

        def copy(self):
            return Counter(self)

        __copy__ = copy

        def __reduce__(self):
            return Counter, (dict(self),)

        def __repr__(self):
            return f"Counter({dict(self.most_common())!r})" if self else "Counter()"

    class once:  # noqa: N801  (a decorator)
        """`functools.cache` for a function without arguments: its first result is that of each later call.

        A failure is not kept.
        """

        __slots__ = ("__wrapped__", "_kept")

        def __init__(self, function):
            self.__wrapped__ = function
            self._kept = []

        def __call__(self):
            if not self._kept:
                self._kept.append(self.__wrapped__())
            return self._kept[0]

        def cache_clear(self):
            """Find out anew at the next call."""
            self._kept.clear()

    class WeakKeyDictionary:
        """Values by keys that are not kept alive; an entry goes with its key. Keys are compared as their class does."""

        __slots__ = ("_drop", "_held")

        def __init__(self):
            self._held = held = {}
            self._drop = lambda key: held.pop(key, None)

        def __len__(self):
            return len(self._held)

        def __contains__(self, key):
            return ref(key) in self._held

        def __getitem__(self, key):
            return self._held[ref(key)]

        def __setitem__(self, key, value):
            self._held[ref(key, self._drop)] = value

        def get(self, key):
            return self._held.get(ref(key))

        def setdefault(self, key, value):
            return self._held.setdefault(ref(key, self._drop), value)

        def values(self):
            """Those of keys that are there now."""
            return list(self._held.values())


__all__ = ["Counter", "WeakKeyDictionary", "once", "ref"]
