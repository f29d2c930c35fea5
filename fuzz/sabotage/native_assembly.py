"""Injected bugs between blocks of IR and bytes: the scheduler's orders, parallel moves, x86_64 encodings, linking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

BUGS: Final = Catalogue(judges=("riscv64-baseline",))
_REGIONS: Final = ("tests/engines/vm/tiers/baseline/test_baseline_rewritten_code.py", "riscv64-baseline")
_ENCODINGS: Final = ("riscv64-baseline", "tests/engines/vm/hosts/test_x86_64_encode.py")
_LINKS: Final = ("tests/engines/vm/runtime/test_native_code.py",)
_SCHEDULES: Final = ("tests/engines/vm/hosts/test_list_scheduling.py", "riscv64-baseline")


# -- scheduling -------------------------------------------------------------------------------------------------------


def _neighbours_swapped(may_swap: Callable[[Any, Any], bool]) -> None:
    """A schedule has neighbours `first`, `second` the other way round wherever `may_swap` says so; no operand is
    read before it is there."""
    from engines.vm.hosts import list_scheduling
    from engines.vm.ir.ops import ARITY

    def wrapper(original: Any) -> Any:
        def schedule(block: Any, model: Any) -> list[int] | None:
            order: list[int] | None = original(block, model)
            if order is None:
                return None
            at = 0
            while at < len(order) - 2:
                first, second = block.code[order[at]], block.code[order[at + 1]]
                if order[at] not in second[1 : 1 + ARITY[second[0]]] and may_swap(first, second):
                    order[at : at + 2] = order[at + 1], order[at]
                    at += 1
                at += 1
            return order

        return schedule

    replace_method(list_scheduling, "schedule", wrapper)


@BUGS.action(
    "native-writes-pass-exits",
    Area.SCHEDULER,
    "state wrong at a side exit",
    description="a write of a guest register moves behind the way out that follows it",
    judges=_SCHEDULES,
)
def _() -> None:
    from engines.vm.hosts.contents import PUTS
    from engines.vm.ir.ops import LEAVES

    _neighbours_swapped(lambda first, second: first[0] in PUTS and bool(LEAVES[second[0]]))


@BUGS.action(
    "native-exits-pass-writes",
    Area.SCHEDULER,
    "state wrong at a side exit",
    description="a write of a guest register moves before the way out that precedes it",
    judges=_SCHEDULES,
)
def _() -> None:
    from engines.vm.hosts.contents import PUTS
    from engines.vm.ir.ops import LEAVES

    _neighbours_swapped(lambda first, second: second[0] in PUTS and bool(LEAVES[first[0]]))


@BUGS.action(
    "native-write-passes-read",
    Area.SCHEDULER,
    "an old value read anew",
    description="a write of a guest register moves before a read of the same",
    judges=_SCHEDULES,
)
def _() -> None:
    from engines.vm.hosts.contents import GETS, PUTS

    _neighbours_swapped(lambda first, second: first[0] in GETS and second[0] in PUTS and first[1] == second[-1])


# -- moves ------------------------------------------------------------------------------------------------------------


def _moves(change: Callable[[list[tuple[int, int]], int], list[tuple[int, int]]]) -> None:
    from engines.vm.hosts import region

    def wrapper(original: Any) -> Any:
        def sequence(moves: Mapping[int, int], scratch: int) -> list[tuple[int, int]]:
            return change(original(moves, scratch), scratch)

        return sequence

    replace_method(region, "sequence", wrapper)


@BUGS.action(
    "native-chain-backwards",
    Area.ALLOCATOR,
    "a source overwritten before it is read",
    description="a chain of moves is made from its other end",
    judges=_REGIONS,
)
def _() -> None:
    _moves(lambda out, scratch: out if any(scratch in move for move in out) else out[::-1])


# -- encoding ---------------------------------------------------------------------------------------------------------


def _assembler(name: str, wrapper: Callable[[Any], Any]) -> None:
    from engines.vm.hosts.x86_64.encode import Assembler

    replace_method(Assembler, name, wrapper)


@BUGS.action(
    "x86-index-register-confused",
    Area.HOST_ENCODER,
    "a field misplaced",
    description="an index register of the upper eight is encoded as one of the lower",
    # Such code reads and writes anywhere in the host: what it does to a program differs from run to run.
    judges=_ENCODINGS[::-1],
)
def _() -> None:
    def wrapper(original: Any) -> Any:
        def rm(
            s: Any, o: int, reg: int, base: int, disp: int, w: int = 1, index: int = -1, *rest: Any, **n: Any
        ) -> None:
            original(s, o, reg, base, disp, w, index & 7 if index > 8 else index, *rest, **n)

        return rm

    _assembler("rm", wrapper)


@BUGS.action(
    "x86-displacement-128-as-byte",
    Area.HOST_ENCODER,
    "a boundary off by one",
    description="a displacement of 128 is encoded as the byte that means -128",
    judges=_ENCODINGS,
)
def _() -> None:
    from engines.vm.hosts.x86_64 import encode

    def wrapper(original: Any) -> Any:
        return lambda reg, base, disp, *rest: original(reg, base, -128 if disp == 128 else disp, *rest)

    replace_method(encode, "_address", wrapper)


@BUGS.action(
    "x86-multiplies-half",
    Area.HOST_ENCODER,
    "a width confused",
    description="imul is encoded for 32 bits",
    judges=_ENCODINGS,
)
def _() -> None:
    _assembler("imul", lambda original: lambda s, d, a, w=1: original(s, d, a, 0))


@BUGS.action(
    "x86-vex-source-confused",
    Area.HOST_ENCODER,
    "a field misplaced",
    description="the second source of a VEX instruction loses its highest bit",
    judges=_ENCODINGS,
)
def _() -> None:
    _assembler(
        "vex", lambda original: lambda s, pp, o, d, a, b, w=0, table=1: original(s, pp, o, d, a, b & 7, w, table)
    )


# -- linking ----------------------------------------------------------------------------------------------------------


@BUGS.action(
    "link-symbols-of-the-first-object",
    Area.CODE_CACHE,
    "linked to the wrong block",
    description="symbols of every object file are looked for where the first one's code is",
    judges=_LINKS,
)
def _() -> None:
    from engines.vm.runtime import linker

    replace_method(linker, "_defined", lambda original: lambda files, bases: original(files, [bases[0] for _ in bases]))


@BUGS.action(
    "link-hidden-symbols-exported",
    Area.CODE_CACHE,
    "linked to the wrong block",
    description="what objects define for each other only is exported",
    judges=_LINKS,
)
def _() -> None:
    from engines.vm.runtime import linker

    replace_method(linker, "_STV_HIDDEN", lambda original: 3)
