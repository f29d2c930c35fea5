"""Compiled code that is installed: where it is, which guest bytes it depends on, and which entries lead to it.

Compiled code is a handler. The entry of a head holds the distance to it instead of the interpreter's handler, so
jumps, calls and returns of every tier find it without further ado, and taking it away is zeroing the entry. Pages with
compiled code have `HAS_COMPILED`: whoever writes there tells us, and what was made from those bytes goes.
"""

from __future__ import annotations

import _struct as struct
import sys

import engines.vm.quick_ctypes as ctypes
from engines.vm.memory.address_space import (
    ADDRESS_BITS,
    DIRECT,
    EXEC,
    HAS_CODE,
    HAS_COMPILED,
    PAGE_BITS,
    PAGE_BYTES,
    AddressSpace,
)
from engines.vm.quick import Counter, WeakKeyDictionary, once, ref
from engines.vm.record import made, record
from engines.vm.runtime.executable_memory import ExecutableMemory, ExecutableMemoryError
from engines.vm.runtime.host import machine, sets_segments
from engines.vm.tiers.interpreter.build import Interpreter
from engines.vm.tiers.interpreter.decoded_code import DecodedCode
from engines.vm.tiers.interpreter.layout import (
    ARCH_PRCTL,
    ARCH_SET_GS,
    ENTRY_BYTES,
    HANDLER_BYTES,
    OVERLAP_BYTES,
    PC_SHIFT,
    Segment,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from typing import Any, Final

    from engines.vm.aot.image import StoredRegion
    from engines.vm.runtime.fault_exits import Exits, FaultExits

ALIGN: Final = 64
_Invalidate: Final = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_uint64)


@record(eq=False)
class CodeHandle:
    """Installed code.

    Attributes:
        heads: the pcs whose entries lead here. ranges: guest bytes that it was made from, [start, end).
        address, size: where its host code is.
        used: when a sample last fell into it, by the cache's clock.
        tier: whose code it is. guarded: whether it leaves it to the host to refuse accesses, see `guards`.
    """

    heads: tuple[int, ...]
    ranges: list[tuple[int, int]]
    address: int
    size: int
    space: ref[CompiledSpace]
    used: int = 0
    tier: str = "llvm"
    guarded: bool = False
    pcs: frozenset[int] = frozenset()

    def inside(self) -> frozenset[int]:
        """Every even address in it, as a set that is made once."""
        if not self.pcs:
            self.pcs = frozenset(pc for start, end in self.ranges for pc in range(start, end, 2))
        return self.pcs

    @property
    def guest_bytes(self) -> int:
        """How much guest code it was made from."""
        return sum(end - start for start, end in self.ranges)


@record(eq=False)
class CompiledSpace:
    """What is installed for one address space.

    Attributes:
        held: the address space, which it does not keep alive.
        heads: code by the pc of an entry. pages: by guest page, oldest first.
        version: counts changes of guest code; code compiled from an older version may not be installed.
    """

    held: ref[AddressSpace]
    decoded: DecodedCode
    heads: dict[int, CodeHandle] = made(default_factory=dict)
    pages: dict[int, dict[CodeHandle, None]] = made(default_factory=dict)
    handles: set[CodeHandle] = made(default_factory=set)
    version: int = 0
    callback: Any = None

    @property
    def memory(self) -> AddressSpace:
        """The address space, which must still be in use."""
        memory = self.held()
        assert memory is not None
        return memory

    def fetch(self, pc: int, size: int) -> bytes:
        """The bytes from `pc` on that may be executed, up to `size`."""
        memory, end = self.memory, pc
        if pc >> PAGE_BITS == (pc + size - 1) >> PAGE_BITS and 0 <= pc < memory.limit:  # as nearly all are
            is_code = memory.perm[pc >> PAGE_BITS] & EXEC
            return ctypes.string_at(memory.host_base + pc, size) if is_code else b""
        while end < pc + size and end < memory.limit and memory.perm[end >> PAGE_BITS] & EXEC:
            end = min(pc + size, (end | PAGE_BYTES - 1) + 1)
        return ctypes.string_at(memory.host_base + pc, end - pc) if end > pc else b""

    def handle_at(self, pc: int) -> CodeHandle | None:
        """Installed code that has the instruction at `pc`: of several, the oldest."""
        for handle in self.pages.get(pc >> PAGE_BITS, ()):
            if any(start <= pc < end for start, end in handle.ranges):
                return handle
        return None

    def tier_at(self, pc: int) -> str:
        """The tier whose installed code has the instruction at `pc`; empty for none."""
        handle = self.handle_at(pc)
        return handle.tier if handle is not None else ""

    def is_current(self, region: StoredRegion) -> bool:
        """Whether memory holds the guest code that `region` was made from."""
        return b"".join([self.fetch(start, end - start) for start, end in region.ranges]) == region.guest

    def executed(self, pc: int) -> bool:
        """Whether the instruction at `pc` was ever decoded, which happens when it is executed."""
        return ctypes.c_uint32.from_address(self.decoded.table + (pc << PC_SHIFT)).value != 0


@record()
class CacheCounters:
    """What a cache did.

    Attributes:
        installed: regions. invalidated: thrown away because their code was changed. evicted: thrown away to make room.
        refused: not installed, by reason. code_bytes: that are installed now. unguarded: why code for guarded memory
            cannot be installed; empty if it can.
    """

    installed: int = 0
    invalidated: int = 0
    evicted: int = 0
    code_bytes: int = 0
    refused: Counter[str] = made(default_factory=Counter)
    unguarded: str = ""


class CodeCache:
    """Executable memory of `capacity` bytes for any number of address spaces.

    Raises:
        ExecutableMemoryError: the system refuses executable memory.
    """

    def __init__(self, code: Interpreter, capacity: int) -> None:
        self.decode = int(ctypes.CFUNCTYPE(ctypes.c_uint64)(code.address("decode_address"))())
        fill = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)
        self._fill = fill(code.address("fill"))
        lead = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64)
        self._lead = lead(code.address("lead"))
        self._memory = ExecutableMemory(capacity, self.decode)
        self._free = [(self._memory.base, self._memory.size)]
        self._spaces: WeakKeyDictionary[AddressSpace, CompiledSpace] = WeakKeyDictionary()
        self._clock = 0
        self._fault_exits: FaultExits | None = None
        self.handles: dict[CodeHandle, None] = {}
        self._handlers: dict[tuple[int, int], int] = {}
        self.counters = CacheCounters()

    def handler(self, word: int, length: int) -> int:
        """The interpreter's handler of an instruction, as its distance from `decode`. Any thread may ask."""
        found = self._handlers.get((word, length))
        if found is None:
            scratch = ctypes.create_string_buffer(ENTRY_BYTES)
            self._fill(ctypes.addressof(scratch), word, length)
            found = self._handlers[word, length] = int.from_bytes(scratch.raw[:4], "little", signed=True)
        return found

    def space(self, memory: AddressSpace, decoded: DecodedCode, *, kept: bool) -> CompiledSpace:
        """What is installed for `memory`. `kept`: its decoded entries are the ones that we left there."""
        found = self._spaces.get(memory)
        if found is None:
            found = self._spaces[memory] = CompiledSpace(ref(memory), decoded)
            self._listen(found)
        elif not kept:
            for handle in list(found.handles):
                self.remove(handle)
            found.version += 1
        return found

    def _listen(self, space: CompiledSpace) -> None:
        held, cache = ref(space), ref(self)

        def changed(address: int, size: int) -> None:
            space, owner = held(), cache()
            if space is not None and owner is not None:
                owner.invalidate(space, address, size)

        def unguarded() -> None:
            space, owner = held(), cache()
            if space is not None and owner is not None:
                for handle in [handle for handle in space.handles if handle.guarded]:
                    owner.remove(handle)

        space.memory.code_listeners.append(changed)
        space.memory.unguarded_listeners.append(unguarded)
        space.callback = _Invalidate(changed)
        space.decoded.context["decode"] = self.decode
        space.decoded.context["segment"] = segment()
        space.decoded.context["invalidate"] = ctypes.cast(space.callback, ctypes.c_void_p).value or 0

    def guards(self, memory: AddressSpace) -> bool:
        """Whether code may leave it to the host to refuse accesses to `memory`: a fault leads to its way out."""
        if not memory.guarded or memory.bits != ADDRESS_BITS:
            return False
        if self._fault_exits is None and not self.counters.unguarded:
            from engines.vm.runtime.fault_exits import FaultExits

            try:
                if segment() is Segment.NONE:
                    raise ExecutableMemoryError("arch_prctl sets no segment for guest memory")
                self._fault_exits = FaultExits(self._memory.base, self._memory.size)
            except (OSError, ExecutableMemoryError) as error:
                self.counters.unguarded = str(error)
        return self._fault_exits is not None

    def suits(self, space: CompiledSpace, region: StoredRegion) -> bool:
        """Whether `region` may be installed: its guest code is in memory, which is guarded if the region needs that."""
        return space.is_current(region) and (region.faults is None or self.guards(space.memory))

    # -- installing -----------------------------------------------------------------------------------------------

    def install(
        self,
        space: CompiledSpace,
        code: bytes | memoryview,
        heads: dict[int, int],
        ranges: list[tuple[int, int]],
        tier: str = "llvm",
        faults: Exits | None = None,
    ) -> CodeHandle | None:
        """Put `code` into executable memory and lead the entries of `heads` there; None where that is refused.

        Args:
            heads: by guest pc, the offset of its entry in `code`.
            ranges: the guest bytes that it depends on, all executable now.
            tier: whose code it is.
            faults: of code for guarded memory, see `StoredRegion`; only where `guards` says so.
        """
        size = -(-len(code) // ALIGN) * ALIGN
        address = self._allocate(size)
        if address is None:
            self.counters.refused["larger than the code cache"] += 1
            return None
        try:
            self._memory.write(address, code)
        except ExecutableMemoryError as error:
            self._release(address, size)
            self.counters.refused[str(error)] += 1
            return None
        guarded = faults is not None
        handle = CodeHandle(tuple(heads), ranges, address, size, ref(space), self._tick(), tier, guarded)
        if faults and self._fault_exits is not None:
            self._fault_exits.add(address - self._memory.base, size, faults)
        self.handles[handle] = None
        space.handles.add(handle)
        memory = space.memory
        for page in _pages(ranges):
            memory.perm[page] = (memory.perm[page] | HAS_CODE | HAS_COMPILED) & ~DIRECT & 0xFF
            space.pages.setdefault(page, {})[handle] = None
        replaced = {space.heads[head] for head in heads if head in space.heads}
        self._lead_all(space, {head: address + offset - self.decode for head, offset in heads.items()})
        space.heads.update(dict.fromkeys(heads, handle))
        self.counters.installed += 1
        self.counters.code_bytes += size
        for old in replaced:
            if all(space.heads.get(head) is not old for head in old.heads):
                self.remove(old)
        return handle

    def touch(self, handle: CodeHandle) -> None:
        """A sample fell into it."""
        handle.used = self._tick()

    def _tick(self) -> int:
        self._clock += 1
        return self._clock

    def _allocate(self, size: int) -> int | None:
        """First fit; makes room by evicting what was not sampled for longest."""
        if size > self._memory.size:
            return None
        while True:
            for index, (start, length) in enumerate(self._free):
                if length >= size:
                    rest = [(start + size, length - size)] if length > size else []
                    self._free[index : index + 1] = rest
                    return start
            self.counters.evicted += 1
            self.remove(min(self.handles, key=lambda handle: handle.used))

    def _lead_all(self, space: CompiledSpace, distances: dict[int, int]) -> None:
        """Lead entries to compiled code, by pc its distance from `decode`, and undo the fusion of what falls into them:
        a pair's handler would pass the head's entry by. One call does all but those at the ends of pages."""
        table = space.decoded.table
        within = {pc: d for pc, d in distances.items() if 4 <= pc % PAGE_BYTES <= PAGE_BYTES - 4}
        kept = self._before(space, within) if space.heads else {}
        numbers = [0] * (2 * len(within))
        numbers[::2], numbers[1::2] = within.keys(), within.values()
        self._lead(table, space.memory.host_base, struct.pack(f"={len(numbers)}q", *numbers), len(within))
        for entry, content in kept.items():
            ctypes.memmove(entry, content, ENTRY_BYTES)
        others = distances.keys() - within.keys()
        for pc in others:
            self._decode_at(space, pc, space.fetch(pc, 4))
            self._part(space, pc, (space.heads, within))
        for pc in others:
            ctypes.memmove(table + (pc << PC_SHIFT), distances[pc].to_bytes(4, "little", signed=True), HANDLER_BYTES)

    def _before(self, space: CompiledSpace, heads: Iterable[int]) -> dict[int, bytes]:
        """By address, the entries right before `heads` that lead to compiled code now."""
        before = {pc - back for pc in heads for back in (2, 4)} & space.heads.keys()
        entries = [space.decoded.table + (pc << PC_SHIFT) for pc in before - set(heads)]
        return {entry: ctypes.string_at(entry, ENTRY_BYTES) for entry in entries}

    def _decode_at(self, space: CompiledSpace, pc: int, code: bytes) -> None:
        """Make an entry what the interpreter makes of `code`, the bytes from `pc` on."""
        wide = code[0] & 3 == 3
        word = int.from_bytes(code if wide else code[:2], "little")
        self._fill(space.decoded.table + (pc << PC_SHIFT), word, 4 if wide else 2)

    def _part(self, space: CompiledSpace, head: int, known: Sequence[Container[int]]) -> None:
        """Undo the fusion of whatever falls into `head` and is in none of `known`; not all around it need be code."""
        before = space.fetch(head - 4, 4) if head >= 4 else b""
        if len(before) == 4 and before[0] & 3 == 3 and not any(head - 4 in heads for heads in known):
            self._decode_at(space, head - 4, before)
        half = before[2:] if len(before) == 4 else space.fetch(head - 2, 2) if head >= 2 else b""
        if len(half) == 2 and half[0] & 3 != 3 and not any(head - 2 in heads for heads in known):
            self._decode_at(space, head - 2, half)

    # -- removing -------------------------------------------------------------------------------------------------

    def invalidate(self, space: CompiledSpace, address: int, size: int) -> None:
        """Guest code changed: remove what was made from it, or from bytes that an instruction may share with it."""
        first, end = address - OVERLAP_BYTES, address + size + OVERLAP_BYTES
        space.version += 1
        gone: set[CodeHandle] = set()
        pages = range(max(first, 0) >> PAGE_BITS, (end - 1 >> PAGE_BITS) + 1)
        for page in pages if len(pages) < len(space.pages) else list(space.pages):
            for handle in space.pages.get(page, ()):
                if any(start < end and first < stop for start, stop in handle.ranges):
                    gone.add(handle)
        for handle in gone:
            self.remove(handle, first, end)
        self.counters.invalidated += len(gone)

    def remove(self, handle: CodeHandle, first: int = 0, end: int = 0) -> None:
        """Lead its entries back to the interpreter and free its memory. It must not be running.

        Entries of code from `first` to `end` get decoded anew when control comes there. All keep operands: the
        interpreter's handler of a fused pair reads those of both entries.
        """
        self.handles.pop(handle)
        space = handle.space()
        if space is not None:
            space.handles.discard(handle)
            for page in _pages(handle.ranges):
                space.pages[page].pop(handle, None)
            for head in handle.heads:
                if space.heads.get(head) is handle:
                    del space.heads[head]
                    code = b"" if first <= head < end else space.fetch(head, 4)
                    if len(code) < 2:
                        ctypes.memset(space.decoded.table + (head << PC_SHIFT), 0, HANDLER_BYTES)
                    else:
                        self._decode_at(space, head, code)
        if handle.guarded and self._fault_exits is not None:
            self._fault_exits.remove(handle.address - self._memory.base)
        self._release(handle.address, handle.size)
        self.counters.code_bytes -= handle.size

    def _release(self, address: int, size: int) -> None:
        spans = sorted([*self._free, (address, size)])
        joined = [spans[0]]
        for start, length in spans[1:]:
            last, last_length = joined[-1]
            if last + last_length == start:
                joined[-1] = (last, last_length + length)
            else:
                joined.append((start, length))
        self._free = joined


@once
def segment() -> Segment:
    """How this machine lets native code set the base of gs. Not every system that runs programs for Linux does."""
    if machine() not in ("x86_64", "AMD64") or sys.platform != "linux":
        return Segment.NONE
    if sets_segments():
        return Segment.BY_INSTRUCTION
    return Segment.NONE if ctypes.CDLL(None).syscall(ARCH_PRCTL, ARCH_SET_GS, 0) else Segment.BY_SYSTEM


def _pages(ranges: list[tuple[int, int]]) -> set[int]:
    return {page for start, end in ranges for page in range(start >> PAGE_BITS, (end - 1 >> PAGE_BITS) + 1)}


__all__ = ["CacheCounters", "CodeCache", "CodeHandle", "CompiledSpace"]
