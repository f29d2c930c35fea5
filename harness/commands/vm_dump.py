"""`counterproof vm dump`: what a tier makes of a piece of a program, without running it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from engines.vm.tiers.listing import Listing

HOSTS: Final = ("x86_64", "arm64", "riscv64")
_BOLD: Final = "\x1b[1m{}\x1b[0m"


class DumpError(ValueError):
    """Nothing can be shown; the message is one line that says why."""


def address(text: str) -> int:
    """The number of `--pc`.

    Raises:
        DumpError: it is none.
    """
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if value < 0 or value & 1:
        raise DumpError(f"--pc {text}: must be an even number from 0 on, such as 0x10400")
    return value


def address_of(program: str, name: str) -> int:
    """The address of the function `name`, as the symbol table says.

    Raises:
        DumpError: there is no such function, or no symbol table.
    """
    from difflib import get_close_matches

    from engines.vm.aot.functions import named_functions
    from engines.whole_file import read_whole

    there = dict(named_functions(read_whole(program)))
    if name in there:
        return there[name]
    like = get_close_matches(name, there, 3)
    hint = f"; did you mean {', '.join(like)}?" if like else f"; it names {len(there):,} functions"
    raise DumpError(f"--function {name}: the symbol table of {program} has no such function{hint}")


def listings(
    program: str, tier_name: str, host: str, pcs: Sequence[int], functions: Sequence[str]
) -> Iterator[Listing]:
    """A listing of the region at each pc and each function, or at the entry point if none is named.

    Raises:
        DumpError, LaunchError, ListingError: see there.
    """
    from engines.vm.guests.riscv64.state import word_of
    from engines.vm.tiers.listing import baseline_listing
    from engines.vm.user.dump import fetcher
    from engines.vm.user.dump import listings as listings_of
    from engines.vm.user.launch import Launch, start
    from engines.whole_file import read_whole

    if host not in HOSTS:
        raise DumpError(f"--host {host}: must be one of {', '.join(HOSTS)}")
    is_here = host == this_host()
    if not is_here and tier_name != "baseline":
        raise DumpError(f"--host {host}: only the baseline tier generates code for other hosts; use --tier baseline")
    process, executor = start(Launch(program=program, tier=tier_name if is_here else "interpreter"))
    try:
        if is_here and not executor.compiles:
            raise DumpError(f"--tier {tier_name}: it compiles nothing; use --tier baseline or llvm")
        hart = process.current.hart
        fetch = fetcher(hart.memory)
        entry = hart.words[word_of("pc")]
        bias = entry - int.from_bytes(read_whole(program)[24:32], "little")
        roots = [*pcs, *(bias + address_of(program, name) for name in functions)] or [entry]
        for root in roots:
            if not fetch(root, 2):
                raise DumpError(f"--pc {root:#x}: there is no executable code at that address")
            if not is_here:
                yield baseline_listing(_generator(host), root, fetch, 0, lambda *_: 0)
                continue
            tier: Any = executor.tier
            tier.decoded_code(hart.memory)
            region = tier.compile(hart, root)
            if region is None:
                reasons = ", ".join(tier.counters.refused) or "no reason was given"
                raise DumpError(f"{root:#x}: left to the interpreter: {reasons}")
            yield from listings_of(executor, hart, [region])
    finally:
        process.close()


def show(texts: Iterator[Listing], out: str) -> None:
    """Write listings to the file `out`; `-` is standard output, as wide as the terminal if it is one.

    Raises:
        OSError: the file cannot be written.
    """
    from engines.vm.tiers.listing import render

    if out != "-":
        Path(out).write_text(render(texts))
    elif sys.stdout.isatty():
        print(render(texts, os.get_terminal_size(1).columns, _BOLD.format), end="")
    else:
        print(render(texts), end="")


def this_host() -> str:
    """This machine, by our name."""
    return {"AMD64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def _generator(host: str) -> Any:
    from engines.vm.hosts import host as hosts
    from engines.vm.tiers.baseline.tier import LAYOUT as NATIVE
    from harness.subjects.virtual_host import LAYOUT

    return hosts.x86_64(NATIVE) if host == "x86_64" else getattr(hosts, host)(LAYOUT)
