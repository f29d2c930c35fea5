"""Injected bugs in images of compiled code: what a file may be loaded for, what is in it, and where it may run."""

from __future__ import annotations

from typing import Any, Final

from engines.vm.record import replace
from fuzz.sabotage.bug import Area, Catalogue, replace_method

PLANS: Final = "tests/engines/vm/aot/test_program_regions.py"
LINKED: Final = "tests/engines/vm/aot/test_linked_regions.py"

BUGS: Final = Catalogue(("fuzz.sabotage.image_judge:judge",))


def _believed(*names: str) -> None:
    """An image says itself for what it was made."""
    import json

    from engines.vm.aot import image

    def wrapper(original: Any) -> Any:
        def decode(content: bytes, expected: image.Origin, name: str, known: bytes = b"") -> Any:
            line = content[len(image.MAGIC) + 32 :].partition(b"\n")[0]
            try:
                said = json.loads(line)
                expected = replace(expected, **{field: said[field] for field in names})
            except (ValueError, KeyError, TypeError):
                pass
            return original(content, expected, name, known)

        return decode

    replace_method(image, "decode", wrapper)


def _read(**changes: Any) -> None:
    """Regions are read with changed parts."""
    from engines.vm.aot import image

    original = image.StoredRegion.from_bytes

    def from_bytes(data: bytes | memoryview, at: int) -> tuple[image.StoredRegion, int]:
        region, end = original(data, at)
        return replace(region, **{name: change(region) for name, change in changes.items()}), end

    image.StoredRegion.from_bytes = staticmethod(from_bytes)  # type: ignore[method-assign]


@BUGS.action(
    "image-mapped",
    Area.AOT,
    "what is checked is not what is used",
    judges=("tests/engines/vm/aot/test_image.py",),
    description="regions are of what the image's file has when they are installed",
)
def _() -> None:
    from engines.vm.aot import store
    from engines.vm.runtime.object_cache import private_view

    store._content = private_view


@BUGS.action("image-digest-unchecked", Area.AOT, "damage goes unnoticed", description="the digest is not compared")
def _() -> None:
    from engines.vm.aot import image
    from engines.vm.runtime.digest import digest

    def wrapper(original: Any) -> Any:
        def decode(content: bytes, expected: Any, name: str, known: bytes = b"") -> Any:
            body = content[len(image.MAGIC) + 32 :]
            return original(content[: len(image.MAGIC)] + digest(body) + body, expected, name, known)

        return decode

    replace_method(image, "decode", wrapper)


@BUGS.action("image-digest-of-the-beginning", Area.AOT, "damage goes unnoticed",
             description="the digest covers the first 200 bytes only")  # fmt: skip
def _() -> None:
    from engines.vm.aot import image

    replace_method(image, "digest", lambda original: lambda data: original(data[:200]))


@BUGS.action("image-of-another-executable", Area.AOT, "foreign code accepted", description="the guest is not compared")
def _() -> None:
    _believed("guest")


@BUGS.action("image-of-another-machine", Area.AOT, "foreign code accepted", description="the machine is not compared")
def _() -> None:
    _believed("machine")


@BUGS.action("image-of-another-version", Area.AOT, "outdated code accepted", description="the maker is not compared")
def _() -> None:
    _believed("made_by")


@BUGS.action("image-format-unchecked", Area.AOT, "outdated code accepted",
             description="any number of the format is read as this one")  # fmt: skip
def _() -> None:
    from engines.vm.aot import image

    kind = image.MAGIC[: image.MAGIC.rindex(b" ") + 1]

    def wrapper(original: Any) -> Any:
        def decode(content: bytes, expected: Any, name: str, known: bytes = b"") -> Any:
            if content.startswith(kind):
                content = image.MAGIC + content[len(image.MAGIC) :]
            return original(content, expected, name, known)

        return decode

    replace_method(image, "decode", wrapper)


@BUGS.action("image-last-entry-lost", Area.AOT, "a field of the file misread", description="the last entry is dropped")
def _() -> None:
    _read(entries=lambda region: region.entries[:-1])


@BUGS.action("image-ways-out-lost", Area.AOT, "a field of the file misread",
             description="no code is taken to be for guarded memory")  # fmt: skip
def _() -> None:
    _read(faults=lambda region: None)


@BUGS.action("image-code-cut", Area.AOT, "a field of the file misread", description="the last byte of code is missing")
def _() -> None:
    _read(code=lambda region: region.code[:-1])


@BUGS.action("image-installed-over-other-code", Area.AOT, "outdated code accepted",
             description="a stored region is not compared with the code in memory")  # fmt: skip
def _() -> None:
    from engines.vm.tiers.baseline import tier

    def wrapper(original: Any) -> Any:
        def offer(self: Any, regions: Any) -> None:
            original(self, regions)
            self.stored = {pc: replace(region, ranges=(), guest=b"") for pc, region in self.stored.items()}

        return offer

    replace_method(tier.BaselineTier, "offer", wrapper)


@BUGS.action("image-entries-at-the-first", Area.AOT, "linked to the wrong block",
             description="every entry of a stored region leads to its first")  # fmt: skip
def _() -> None:
    from engines.vm.tiers.baseline import tier

    def wrapper(original: Any) -> Any:
        def offer(self: Any, regions: Any) -> None:
            first = [replace(r, entries=tuple((pc, r.entries[0][1]) for pc, _ in r.entries)) for r in regions]
            original(self, first)

        return offer

    replace_method(tier.BaselineTier, "offer", wrapper)


@BUGS.action("image-kept-regions-forgotten", Area.AOT, "what was kept is lost",
             description="a run keeps its own regions only")  # fmt: skip
def _() -> None:
    from engines.vm.aot import store

    def wrapper(original: Any) -> Any:
        def keep(self: Any, compiled: Any) -> None:
            self._regions = []
            original(self, compiled)

        return keep

    replace_method(store.RegionStore, "keep", wrapper)


@BUGS.action("program-digest-by-size", Area.AOT, "foreign code accepted",
             description="a program that changed keeps its digest if its size is the same")  # fmt: skip
def _() -> None:
    from types import SimpleNamespace

    from engines.vm.runtime import digest

    def wrapper(original: Any) -> Any:
        def of(self: Any, status: Any, content: bytes, begin: int = 0) -> Any:
            seen = {"st_dev": status.st_dev, "st_ino": status.st_ino, "st_size": status.st_size}
            return original(self, SimpleNamespace(**seen, st_mtime_ns=1, st_ctime_ns=1), content, begin)

        return of

    replace_method(digest.FileDigests, "of", wrapper)


@BUGS.action("program-digest-within-a-tick", Area.AOT, "foreign code accepted",
             description="the digest of a program that was just written is remembered")  # fmt: skip
def _() -> None:
    from engines.vm.runtime import digest

    replace_method(digest, "_SETTLED_NS", lambda original: 0)


@BUGS.action("image-bundle-of-one", Area.AOT, "a field of the file misread",
             description="of regions that are put together, only the first can be entered")  # fmt: skip
def _() -> None:
    from engines.vm.aot import bundles

    def wrapper(original: Any) -> Any:
        return lambda group: replace(original(group), entries=group[0].entries)

    replace_method(bundles, "_joined", wrapper)


@BUGS.action("image-run-over-other-code", Area.AOT, "outdated code accepted",
             description="LLVM's code of an image is not compared with the code in memory")  # fmt: skip
def _() -> None:
    from engines.vm.tiers.code_cache import CompiledSpace

    replace_method(CompiledSpace, "is_current", lambda original: lambda space, region: True)


@BUGS.action("image-entry-passed-by", Area.AOT, "compiled code not entered",
             description="the interpreter's pairs pass the entries of compiled code by")  # fmt: skip
def _() -> None:
    import ctypes

    from engines.vm.tiers.code_cache import CodeCache
    from engines.vm.tiers.interpreter.layout import HANDLER_BYTES, PC_SHIFT

    def lead_all(self: Any, space: Any, distances: dict[int, int]) -> None:
        for pc, distance in distances.items():
            self._decode_at(space, pc, space.fetch(pc, 4))
            content = distance.to_bytes(HANDLER_BYTES, "little", signed=True)
            ctypes.memmove(space.decoded.table + (pc << PC_SHIFT), content, HANDLER_BYTES)

    replace_method(CodeCache, "_lead_all", lambda original: lead_all)


@BUGS.action("image-entries-of-others-lost", Area.AOT, "compiled code not entered",
             description="entries right behind those of other code lead those back to the interpreter",
             judges=("tests/engines/vm/tiers/test_code_cache.py",))  # fmt: skip
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    replace_method(CodeCache, "_before", lambda original: lambda self, space, heads: {})


@BUGS.action("image-calls-never-come-back", Area.AOT, "compiled code not entered", judges=(PLANS,),
             description="where calls of a full region come back to is not planned")  # fmt: skip
def _() -> None:
    from engines.vm.tiers.llvm import compiler

    def wrapper(original: Any) -> Any:
        def form(*arguments: Any) -> Any:
            region = original(*arguments)
            region.taken -= {block.next_pc for block in region.blocks.values() if block.links}
            return region

        return form

    replace_method(compiler, "form", wrapper)


def _bundled_with(change: Any) -> None:
    """Regions are changed before they are put together."""
    from engines.vm.aot import bundles

    def wrapper(original: Any) -> Any:
        return lambda group: original([change(region, group) for region in group])

    replace_method(bundles, "_joined", wrapper)


@BUGS.action(
    "image-link-to-another-entry",
    Area.AOT,
    "a jump to the wrong place",
    description="a way out that is linked leads to the entry after the one that it is for",
    judges=(LINKED,),
)
def _() -> None:
    def change(region: Any, group: Any) -> Any:
        pcs = sorted({pc for other in group for pc, _ in other.inner})
        after = {pc: pcs[(place + 1) % len(pcs)] for place, pc in enumerate(pcs)}
        return replace(region, links=tuple((at, after.get(pc, pc)) for at, pc in region.links))

    _bundled_with(change)


@BUGS.action(
    "image-link-counts-twice",
    Area.AOT,
    "an entry for other ways in",
    description="linked ways out lead to the entries for handlers, which count what retires a second time",
    judges=(LINKED,),
)
def _() -> None:
    _bundled_with(lambda region, group: replace(region, inner=region.entries))


@BUGS.action(
    "image-linked-code-takes-memory-from-its-caller",
    Area.AOT,
    "an entry for other ways in",
    description="a region that is linked takes for the address of memory what it was given, which only handlers give",
    judges=(LINKED,),
)
def _() -> None:
    from engines.vm.tiers.llvm.links import Links

    def wrapper(original: Any) -> Any:
        def begin(self: Any) -> None:
            first = len(self.emitter.lines)
            original(self)
            for at in range(first, len(self.emitter.lines)):
                self.emitter.lines[at] = self.emitter.lines[at].replace("= load", "= freeze ptr null ; load")

        return begin

    replace_method(Links, "begin", wrapper)


@BUGS.action(
    "image-return-goes-to-its-caller-unasked",
    Area.AOT,
    "a jump to the wrong place",
    description="a return that leaves its region goes behind the call that is known, wherever its register says",
    judges=(LINKED,),
)
def _() -> None:
    from engines.vm.tiers.llvm.lowering import Lowering

    def wrapper(original: Any) -> Any:
        def switch(self: Any, block: Any, places: Any, other: str) -> None:
            is_outside = places.keys() <= set(self.region.returned_to)
            original(self, block, places, next(iter(places.values())) if is_outside else other)

        return switch

    replace_method(Lowering, "_switch", wrapper)


@BUGS.action(
    "image-returns-know-no-caller",
    Area.AOT,
    "compiled code not entered",
    description="returns that leave their region ask the table of entries, whoever calls it",
    judges=(LINKED,),
)
def _() -> None:
    from engines.vm.aot import program_regions

    replace_method(program_regions, "find_callers", lambda _: lambda planned: None)
