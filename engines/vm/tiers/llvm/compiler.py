"""The LLVM compiler: forms a region around a pc, lowers it, and has LLVM optimise and encode it."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from engines.vm.errors import MachineError
from engines.vm.runtime.image import LinkError
from engines.vm.runtime.linker import link
from engines.vm.runtime.llvm import HostTarget, host_features, host_target
from engines.vm.tiers.interpreter.float_unit_x86_64 import X86FloatSupport
from engines.vm.tiers.interpreter.layout import convention
from engines.vm.tiers.llvm.copies import copy_called
from engines.vm.tiers.llvm.lowering import Lowering, Module, usable
from engines.vm.tiers.llvm.region import (
    MOST_INSNS,
    Decoded,
    Fetch,
    Region,
    Targets,
    decoded_word,
    decoder_with_vectors,
    form,
    unseen,
)

Handler = Callable[[int, int, int], int]
"""`(pc, word, length)` → the interpreter's handler of that instruction, as its distance from `decode`."""


class CompileError(MachineError):
    """A region that this tier leaves to the interpreter; the message is the reason that is counted."""


@dataclass(frozen=True)
class Compiled:
    """Host code of a region, which runs anywhere.

    Attributes:
        heads: by guest pc, the offset of its entry.
        ranges: guest bytes that it was made from, as (start, end).
        exits: guest pcs that it may lead to directly.
        insns: guest instructions. seconds: what it took.
        faults, inner, links: see `StoredRegion`.
    """

    code: bytes
    heads: dict[int, int]
    ranges: list[tuple[int, int]]
    exits: tuple[int, ...]
    insns: int
    seconds: float
    faults: tuple[tuple[int, int], ...] | None = None
    inner: dict[int, int] = field(default_factory=dict)
    links: tuple[tuple[int, int], ...] = ()


@dataclass
class CompileCounters:
    """What a compiler did.

    Attributes:
        regions, insns, code_bytes, seconds: totals.
        interpreted: instructions left to the interpreter, by reason.
        refused: regions that were not compiled, by reason.
        milliseconds: per region.
    """

    regions: int = 0
    insns: int = 0
    code_bytes: int = 0
    seconds: float = 0.0
    interpreted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


class LlvmCompiler:
    """Compiles for this machine, which must be x86_64.

    Args:
        most_insns: size of a region, without copies of functions that it calls, which may be as many again.
        has_vectors: of harts with V.
    """

    name = "llvm"

    def __init__(self, most_insns: int = MOST_INSNS, *, has_vectors: bool = False) -> None:
        self._decode = decoder_with_vectors() if has_vectors else decoded_word
        self.most_insns = most_insns
        self.counters = CompileCounters()
        self._usable: dict[int, str | None] = {}

    @cached_property
    def _target(self) -> HostTarget:
        return host_target()

    @cached_property
    def _floats(self) -> X86FloatSupport:
        features = host_features()
        avx, fma, avx512 = (features.get(name, False) for name in ("avx", "fma", "avx512f"))
        return X86FloatSupport(avx=avx, fma=fma, avx512=avx512)

    def region(
        self, root: int, fetch: Fetch, executed: Callable[[int], bool], frm: int, targets: Targets = unseen
    ) -> Region:
        """The region around `root`. Reads guest memory; what comes after does not.

        Raises:
            CompileError: nothing to gain.
        """
        region = self.form(root, fetch, executed, frm, targets)
        if not region.blocks[root].insns:
            raise self._refuse("the first instruction is the interpreter's")
        copy_called(region, self.most_insns)
        return region

    def form(
        self, root: int, fetch: Fetch, executed: Callable[[int], bool], frm: int, targets: Targets = unseen
    ) -> Region:
        """The region around `root`, which may be empty."""
        floats, known = self._floats, self._usable

        def has_lowering(insn: Decoded) -> bool:
            key = insn.word << 3 | frm
            if key not in known:
                known[key] = usable(insn, frm, floats)
            reason = known[key]
            if reason:
                self.counters.interpreted[reason] += 1
            return reason is None

        return form(root, fetch, executed, has_lowering, self.most_insns, targets, self._decode)

    def lower(
        self, region: Region, frm: int, handler: Handler, *, guarded: bool = False, vtype: int | None = None
    ) -> Module:
        """The region as LLVM text; with `guarded`, for guarded memory; `vtype` is the hart's, if it has vectors."""
        insns = {insn.pc: insn for block in region.blocks.values() for insn in block.insns}

        def handler_of(pc: int) -> int:
            insn = insns[pc]
            return handler(pc, insn.word, insn.length)

        return Lowering(region, convention(platform.machine()), frm, self._floats, handler_of, guarded, vtype).module()

    def encode(self, region: Region, module: Module, *, guarded: bool = False, begun: float | None = None) -> Compiled:
        """Have LLVM compile the text. Needs no guest: may run on any thread.

        Raises:
            CompileError: LLVM, or the linker of flat images, refuses.
        """
        from engines.vm.tiers.llvm.passes import optimised_object

        begun = time.thread_time() if begun is None else begun
        try:
            instead = {symbol: other for symbol, (_, other) in module.links.items()}
            image = link(optimised_object(module.text, self._target), instead=instead)
        except (RuntimeError, LinkError) as error:
            raise self._refuse(f"LLVM: {str(error).splitlines()[0]}") from error
        if image.imports:
            raise self._refuse(f"calls {', '.join(sorted(image.imports))}")
        seconds = time.thread_time() - begun
        heads = {pc: image.symbols[symbol] for pc, symbol in module.heads.items()}
        exits = {pc for block in region.blocks.values() for pc in block.targets if pc not in region.blocks}
        exits |= region.taken - region.blocks.keys()
        faults = image.faults if guarded else None
        code, ranges = bytes(image.content), region.ranges()
        inner = {pc: image.symbols[symbol] for pc, symbol in module.inner.items()}
        links = tuple((at, module.links[symbol][0]) for at, symbol in image.links)
        made = Compiled(code, heads, ranges, tuple(sorted(exits)), region.insns, seconds, faults, inner, links)
        counters = self.counters
        counters.regions += 1
        counters.insns += made.insns
        counters.code_bytes += len(made.code)
        counters.seconds += seconds
        counters.milliseconds.append(seconds * 1e3)
        return made

    def check(self) -> None:
        """Whether there is an LLVM to compile with.

        Raises:
            CompileError: there is none; the message says why.
        """
        try:
            self._floats  # noqa: B018  (asks LLVM for this processor)
        except (ImportError, OSError, RuntimeError) as error:
            raise self._refuse(f"LLVM is missing: {error}") from error

    def _refuse(self, reason: str) -> CompileError:
        self.counters.refused[reason] += 1
        return CompileError(reason)
