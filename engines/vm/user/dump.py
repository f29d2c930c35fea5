"""What `--dump` shows: a listing of every region that was compiled for a program."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engines.vm.aot.image import Kind
from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.memory.address_space import EXEC, PAGE_BITS, PAGE_BYTES, AddressSpace
from engines.vm.tiers.listing import Listing, baseline_listing, guest_and_host, llvm_listing

if TYPE_CHECKING:
    from engines.vm.aot.image import StoredRegion
    from engines.vm.tiers.executor import TierExecutor


def fetcher(memory: AddressSpace) -> Callable[[int, int], bytes]:
    """`(pc, size) -> bytes`: what may be executed from pc on, up to size."""

    def fetch(pc: int, size: int) -> bytes:
        end = pc
        while end < pc + size and end < memory.limit and memory.perm[end >> PAGE_BITS] & EXEC:
            end = min(pc + size, (end | PAGE_BYTES - 1) + 1)
        return ctypes.string_at(memory.host_base + pc, end - pc) if end > pc else b""

    return fetch


def listings(executor: TierExecutor, hart: Hart, regions: Sequence[StoredRegion]) -> Iterator[Listing]:
    """Listings of regions that the executor's tier compiled for the code in the hart's memory.

    Raises:
        ListingError: no disassembler is installed.
    """
    tier: Any = executor.tier
    fetch, frm = fetcher(hart.memory), hart.words[word_of("frm")]

    def handler(_: int, word: int, length: int) -> int:
        distance: int = tier.handler_distance(word, length)
        return distance

    for region in regions:
        now = b"".join(fetch(start, end - start) for start, end in region.ranges)
        if now != region.guest:
            yield guest_and_host(region, platform.machine(), "the guest code is another now, so there is no IR")
        elif region.kind is not Kind.BASELINE:
            yield llvm_listing(tier.compiler, region, fetch, frm, handler)
        else:
            compiler = tier.quick.compiler if executor.name == "auto" else tier.compiler
            root = region.entries[0][0]
            yield baseline_listing(compiler.host, root, fetch, frm, handler, region, compiler.options)
