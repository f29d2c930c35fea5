"""Injected bugs in the cache of compiled code: what goes when its guest code changes, its memory, what is kept."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

CACHE: Final = "tests/engines/vm/tiers/test_code_cache.py"
AUTO: Final = "tests/engines/vm/tiers/test_auto_tier.py"
CONDITIONS: Final = "tests/engines/vm/tiers/llvm/test_llvm_conditions.py"
PROGRAMS: Final = "tests/engines/vm/tiers/llvm/test_llvm_against_interpreter.py"
COPIES: Final = "tests/engines/vm/tiers/llvm/test_copied_functions.py"

BUGS: Final = Catalogue(judges=("riscv64-llvm", PROGRAMS, CONDITIONS))


@BUGS.action(
    "llvm-copied-code-not-watched",
    Area.CODE_CACHE,
    "stale code",
    description="a region does not depend on the code of functions that it has copies of",
    judges=(COPIES,),
)
def _() -> None:
    from engines.vm.tiers.llvm.region import Region, address

    def wrapper(original: Any) -> Any:
        def ranges(self: Any) -> Any:
            return original(Region({pc: block for pc, block in self.blocks.items() if pc == address(pc)}, self.heads))

        return ranges

    replace_method(Region, "ranges", wrapper)


@BUGS.action(
    "llvm-invalidation-forgotten",
    Area.CODE_CACHE,
    "stale code",
    description="compiled code stays when its guest code is written",
    judges=(CACHE,),
)
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    replace_method(CodeCache, "invalidate", lambda _: lambda self, space, address, size: None)


@BUGS.action(
    "auto-guarded-code-outlives-the-guards",
    Area.CODE_CACHE,
    "a permission not checked",
    description="code that leaves checks to the host stays when the host no longer checks",
    judges=(AUTO,),
)
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    def wrapper(original: Any) -> Any:
        def listen(self: Any, space: Any) -> None:
            original(self, space)
            space.memory.unguarded_listeners.clear()

        return listen

    replace_method(CodeCache, "_listen", wrapper)


@BUGS.action(
    "llvm-eviction-leaves-entries",
    Area.CODE_CACHE,
    "a link left behind",
    description="entries still lead to code whose memory was given to other code",
)
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    def wrapper(original: Any) -> Any:
        def remove(self: Any, handle: Any, first: int = 0, end: int = 0) -> None:
            handle.heads = ()
            original(self, handle, first, end)

        return remove

    replace_method(CodeCache, "remove", wrapper)


@BUGS.action(
    "llvm-space-not-given-back",
    Area.CODE_CACHE,
    "memory lost",
    description="the memory of removed code is not free again",
    judges=(CACHE,),
)
def _() -> None:
    from engines.vm.tiers.code_cache import CodeCache

    def wrapper(original: Any) -> Any:
        return lambda self, address, size: original(self, address, size // 2)

    replace_method(CodeCache, "_release", wrapper)


@BUGS.action(
    "llvm-stored-code-not-compared",
    Area.AOT,
    "stale code",
    description="kept code is installed although the guest's code is another",
    judges=(CONDITIONS,),
)
def _() -> None:
    from engines.vm.tiers.code_cache import CompiledSpace

    replace_method(CompiledSpace, "is_current", lambda original: lambda space, region: True)


@BUGS.action(
    "llvm-stored-heads-shifted",
    Area.AOT,
    "a jump to the wrong place",
    description="an entry of kept code is read as that of the pc two bytes on",
    judges=(CONDITIONS,),
)
def _() -> None:
    from engines.vm.aot.image import StoredRegion

    def wrapper(original: Any) -> Any:
        def read(data: bytes, at: int) -> Any:
            region, end = original(data, at)
            entries = tuple((pc + 2, offset) for pc, offset in region.entries)
            return StoredRegion(region.code, entries, region.ranges, region.exits, region.guest), end

        return staticmethod(read)

    replace_method(StoredRegion, "from_bytes", wrapper)


@BUGS.action(
    "latest-space-for-all-memory",
    Area.CODE_CACHE,
    "stale state",
    description="a run takes the decoded and installed code of the run before, whatever memory its hart has",
    judges=(AUTO,),
)
def _() -> None:
    from engines.vm.tiers.compiling import CompilingTier

    def wrapper(original: Any) -> Any:
        def run(self: Any, hart: Any, *limit: int) -> Any:
            held, _, decoded = self._latest
            if held() is not None:
                self._latest = held, hart.layout, lambda: hart.memory.decoded_by
            try:
                return original(self, hart, *limit)
            finally:
                self._latest = self._latest[0], hart.layout, decoded

        return run

    replace_method(CompilingTier, "run", wrapper)


@BUGS.action(
    "latest-hart-for-all-harts",
    Area.CODE_CACHE,
    "a check left out",
    description="after the first run of a tier no hart is refused",
    judges=(AUTO,),
)
def _() -> None:
    from engines.vm.tiers.compiling import CompilingTier

    def wrapper(original: Any) -> Any:
        def refuse_other(self: Any, hart: Any) -> None:
            if not self.runs:
                original(self, hart)

        return refuse_other

    replace_method(CompilingTier, "refuse_other", wrapper)


@BUGS.action(
    "kept-modules-outlive-their-sources",
    Area.CODE_CACHE,
    "stale code",
    description="kept bytecode of a module is used whatever its source is now",
    judges=("tests/engines/vm/runtime/test_kept_modules.py",),
)
def _() -> None:
    from pathlib import Path

    from engines.vm.runtime.kept_modules import KeptModules

    def wrapper(original: Any) -> Any:
        def piece(self: Any, row: Any) -> Any:
            status = Path(row[0]).stat()
            return original(self, (*row[:3], status.st_size, status.st_mtime_ns, *row[5:]))

        return piece

    replace_method(KeptModules, "_piece", wrapper)


@BUGS.action(
    "fault-lists-outlive-their-code",
    Area.CODE_CACHE,
    "an effect left out",
    description="the exits of code with many stay in force when other code takes its place",
    judges=("fresh tests/engines/vm/runtime/test_fault_exits.py",),
)
def _() -> None:
    from engines.vm.runtime.fault_exits import FaultExits

    replace_method(FaultExits, "remove", lambda original: lambda self, offset: None)


@BUGS.action(
    "fault-lists-lack-their-first-exit",
    Area.CODE_CACHE,
    "a constant off by one",
    description="the list of code with many exits leaves the first one out",
    judges=("fresh tests/engines/vm/runtime/test_fault_exits.py",),
)
def _() -> None:
    from engines.vm.runtime import fault_exits

    replace_method(fault_exits, "_packed", lambda original: lambda exits: b"\xff" * 8 + original(exits)[8:])
