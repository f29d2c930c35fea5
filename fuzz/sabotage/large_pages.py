"""Injected bugs in what the host is told of large pages, and in how memory is given back to it."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

BUGS: Final = Catalogue(judges=("fresh tests/engines/vm/memory/test_large_pages.py",))
"""They look at all that is mapped, which is much in a process that has judged other bugs."""


@BUGS.action(
    "advice-outlives-its-mapping",
    Area.MEMORY,
    "an effect left out",
    description="what is unmapped keeps the advice for large pages, which is counted for ever",
)
def _() -> None:
    from engines.vm.memory.address_space import AddressSpace

    replace_method(AddressSpace, "_renew", lambda original: lambda self, start, end, advice: False)


@BUGS.action(
    "large-pages-without-a-limit",
    Area.MEMORY,
    "a limit ignored",
    description="every large mapping is advised, however much was before",
)
def _() -> None:
    from engines.vm.memory.large_pages import LargePages

    def prefer(self: Any, address: int, size: int) -> bool:
        return bool(self.advise(address, size, is_wanted=True))

    replace_method(LargePages, "prefer", lambda original: prefer)


@BUGS.action(
    "cleared-pages-keep-decoded-code",
    Area.MEMORY,
    "stale code",
    description="AddressSpace.clear does not tell who holds decoded code of the pages",
)
def _() -> None:
    from engines.vm.memory.address_space import AddressSpace, _discard

    def clear(self: Any, address: int, size: int) -> None:
        _discard(self._region, self._before + address, size)

    replace_method(AddressSpace, "clear", lambda original: clear)


@BUGS.action(
    "cleared-pages-keep-contents",
    Area.MEMORY,
    "an effect left out",
    description="AddressSpace.clear leaves the pages as they are",
    judges=("tests/engines/vm/user/test_large_mappings.py", "programs"),
)
def _() -> None:
    from engines.vm.memory.address_space import AddressSpace

    replace_method(AddressSpace, "clear", lambda original: lambda self, address, size: self._written(address, size))
