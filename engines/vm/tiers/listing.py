"""Listings of compiled code: guest instructions, the IR before and after its passes, and host code side by side.

The host code is that of the region itself, byte for byte. The IR is made again from the guest code; where that yields
other host code (the region was made in another rounding mode, or beside other regions) the listing says so.
"""

from __future__ import annotations

import importlib
import platform
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from engines.vm.errors import MachineError
from engines.vm.ir.block import Block
from engines.vm.ir.printer import print_instruction
from engines.vm.isa.riscv64.coding import disassemble_all
from engines.vm.tiers.baseline.options import CompileError, Options

if TYPE_CHECKING:
    from engines.vm.aot.image import StoredRegion
    from engines.vm.hosts.host import Host
    from engines.vm.hosts.region import RegionCode
    from engines.vm.tiers.baseline.compiler import Compiled
    from engines.vm.tiers.llvm.compiler import LlvmCompiler
    from engines.vm.tiers.llvm.region import Region

Fetch = Callable[[int, int], bytes]
Handler = Callable[[int, int, int], int]
_ARCHITECTURES: Final = {
    "x86_64": ("CS_ARCH_X86", ("CS_MODE_64",)),
    "arm64": ("CS_ARCH_ARM64", ("CS_MODE_ARM",)),
    "riscv64": ("CS_ARCH_RISCV", ("CS_MODE_RISCV64", "CS_MODE_RISCVC")),
}
_TARGET: Final = re.compile(r"(?:^|[ #])(-?(?:0x[0-9a-f]+|[0-9]+))$")
_GAP: Final = "  "
_NARROWEST: Final = 22
_WIDEST: Final = 100


class ListingError(MachineError, ValueError):
    """No listing can be made; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """Columns that belong together, each with a heading and its lines."""

    title: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A region.

    Attributes:
        notes: what is special about it.
    """

    title: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()


@dataclass
class Marks:
    """Offsets in host code that have names, in the order in which the code stands."""

    names: dict[int, str] = field(default_factory=dict)

    def add(self, offset: int, name: str) -> None:
        there = self.names.get(offset)
        self.names[offset] = f"{there}, {name}" if there else name


# -- disassembly ------------------------------------------------------------------------------------------------------


@lru_cache
def _disassembler(host: str) -> Any:
    try:
        capstone: Any = importlib.import_module("capstone")
    except ImportError:
        raise ListingError("capstone is not installed; `pip install counterproof[oracles]` brings it") from None
    architecture, modes = _ARCHITECTURES[host]
    found = capstone.Cs(getattr(capstone, architecture), sum(getattr(capstone, mode) for mode in modes))
    found.skipdata = True
    return found


def host_lines(host: str, code: bytes | memoryview, start: int, end: int, marks: Marks) -> tuple[str, ...]:
    """Host instructions from offset `start` to `end`; jumps to a named offset carry its name."""
    lines = []
    for address, _, mnemonic, operands in _disassembler(host).disasm_lite(bytes(code[start:end]), start):
        if address in marks.names:
            lines.append(f"{marks.names[address]}:")
        target = _TARGET.search(operands) if mnemonic[0] in "jbct" else None
        name = ""
        if target is not None:
            distance = int(target[1], 0)
            name = marks.names.get(address + distance if host == "riscv64" else distance, "")
        lines.append(f"{address:5x} {mnemonic} {operands}".rstrip() + (f"  -> {name}" if name else ""))
    return tuple(lines)


def guest_lines(code: bytes, pc: int) -> tuple[str, ...]:
    """Guest instructions."""
    return tuple(f"{address:8x} {text}" for address, _, text in disassemble_all(code, pc))


def ir_lines(block: Block) -> tuple[str, ...]:
    """IR instructions, as `engines.vm.ir.printer` spells them."""
    return tuple(print_instruction(block.state, i, number) for number, i in enumerate(block.code))


# -- the baseline tier ------------------------------------------------------------------------------------------------


def baseline_listing(
    host: Host,
    root: int,
    fetch: Fetch,
    frm: int,
    handler: Handler,
    ran: StoredRegion | None = None,
    options: Options | None = None,
) -> Listing:
    """The region that the baseline compiler makes of the code at `root`.

    Args:
        ran: the region to list, if there is one already; its blocks limit what is compiled.

    Raises:
        ListingError: it compiles nothing there; or there is no disassembler.
    """
    from engines.vm.lift.riscv64 import Lifter
    from engines.vm.tiers.baseline.compiler import BaselineCompiler

    generators: list[RegionCode] = []

    def recording(*arguments: Any) -> RegionCode:
        generators.append(host.region(*arguments))
        return generators[-1]

    starts = None if ran is None else {start for start, _ in ran.ranges}
    compiler = BaselineCompiler(replace(host, region=recording), options)
    try:
        outside = _Without(starts) if starts else frozenset[int]()
        guarded = ran is not None and ran.faults is not None
        made = compiler.compile(root, fetch, frm, handler, outside, guarded=guarded)
    except CompileError as error:
        if ran is None:
            raise ListingError(f"{root:#x}: left to the interpreter: {error}") from None
        return guest_and_host(ran, host.name, f"the IR cannot be made again: {error}")
    code = made.code if ran is None else ran.code
    if code != made.code:
        return guest_and_host(ran or _stored(made), host.name, "the IR cannot be made again: compiled otherwise now")
    marks, offsets = _marks(made, generators[-1])
    lifter = Lifter()
    cuts = sorted((*offsets.values(), min(_after(generators[-1], offsets), len(code))))
    parts = [Part("entries", (("host", host_lines(host.name, code, 0, cuts[0], marks)),))]
    for block in sorted(made.blocks, key=lambda b: offsets[b.pc]):
        guest = fetch(block.pc, block.end - block.pc)
        lifted = lifter.block(guest, block.pc, limit_insns=len(block.pcs))
        start = offsets[block.pc]
        end = next(cut for cut in (*cuts, len(code)) if cut > start or cut == len(code))
        columns = (
            ("guest", guest_lines(guest, block.pc)),
            ("IR", ir_lines(lifted)),
            ("IR after the passes", ir_lines(block)),
            ("host", host_lines(host.name, code, start, end, marks)),
        )
        parts.append(Part(f"block {block.pc:#x}", columns))
    parts.append(Part("ways out", (("host", host_lines(host.name, code, cuts[-1], len(code), marks)),)))
    return Listing(_title("baseline", root, host.name, made.insns, len(code)), tuple(parts))


class _Without:
    """All pcs but some, as what is outside of a region."""

    def __init__(self, inside: set[int]) -> None:
        self.inside = inside

    def __contains__(self, pc: object) -> bool:
        return pc not in self.inside


def _marks(made: Compiled, generator: RegionCode) -> tuple[Marks, dict[int, int]]:
    """Names of offsets; and by pc of a block where it begins."""
    marks = Marks()
    offsets = {pc: generator.asm.offset_of(label) for pc, label in generator.labels.items()}
    for pc, offset in made.heads.items():
        marks.add(offset, f"enter {pc:#x}")
    for pc, offset in offsets.items():
        marks.add(offset, f"block {pc:#x}")
    for (pc, unused, interpret), offset in generator.ways_out().items():
        way = f"interpret {pc:#x}" if interpret else f"go to {pc:#x}"
        marks.add(offset, way + (f", {unused} unused" if unused else ""))
    return marks, offsets


def _after(generator: RegionCode, offsets: dict[int, int]) -> int:
    """Where the blocks end: the first way out behind the last of them."""
    last = max(offsets.values())
    return min((offset for offset in generator.ways_out().values() if offset > last), default=1 << 62)


def _stored(made: Compiled) -> StoredRegion:
    from engines.vm.aot.image import StoredRegion

    return StoredRegion(made.code, tuple(made.heads.items()), tuple(made.ranges), made.exits, b"")


def guest_and_host(region: StoredRegion, host: str, note: str) -> Listing:
    """A region from what is stored of it alone."""
    marks = Marks()
    for pc, offset in region.entries:
        marks.add(offset, f"enter {pc:#x}")
    columns = (("guest", _guest(region)), ("host", host_lines(host, region.code, 0, len(region.code), marks)))
    root = region.entries[0][0]
    return Listing(f"region {root:#x} on {host}, {len(region.code)} bytes", (Part("all of it", columns),), (note,))


def _guest(region: StoredRegion) -> tuple[str, ...]:
    lines: list[str] = []
    at = 0
    for start, end in region.ranges:
        lines += guest_lines(region.guest[at : at + end - start], start)
        at += end - start
    return tuple(lines)


# -- the LLVM tier ----------------------------------------------------------------------------------------------------


def llvm_listing(compiler: LlvmCompiler, region: StoredRegion, fetch: Fetch, frm: int, handler: Handler) -> Listing:
    """A region that the LLVM tier compiled for this machine; LLVM keeps no account of which block an instruction is of.

    Raises:
        ListingError: there is no disassembler.
    """
    from engines.vm.runtime.llvm import host_target
    from engines.vm.tiers.llvm.passes import optimised_text

    root = region.entries[0][0]
    ranges = region.ranges
    formed: Region = compiler.form(root, fetch, lambda pc: any(start <= pc < end for start, end in ranges), frm)
    text = compiler.lower(formed, frm, handler, guarded=region.faults is not None).text
    marks = Marks()
    for pc, offset in region.entries:
        marks.add(offset, f"enter {pc:#x}")
    host = "x86_64" if platform.machine() == "AMD64" else platform.machine()
    parts = (
        Part(
            "code",
            (
                ("guest", _guest(region)),
                ("LLVM after the passes", _text_lines(optimised_text(text, host_target()))),
                ("host", host_lines(host, region.code, 0, len(region.code), marks)),
            ),
        ),
        Part("as lowered", (("LLVM", _text_lines(text)),)),
    )
    insns = sum(len(block.insns) for block in formed.blocks.values())
    return Listing(_title("llvm", root, host, insns, len(region.code)), parts)


def _text_lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())


# -- as text ----------------------------------------------------------------------------------------------------------


def _title(tier: str, root: int, host: str, insns: int, size: int) -> str:
    return f"region {root:#x}, tier {tier}, host {host}: {insns} instructions, {size} bytes"


def render(listings: Iterable[Listing], width: int = 0, heading: Callable[[str], str] = str) -> str:
    """The text of listings.

    Args:
        width: columns of the terminal, in which longer lines wrap; 0 for columns as wide as `_WIDEST`.
        heading: marks headings, for terminals.
    """
    lines: list[str] = []
    for listing in listings:
        lines.append(heading(listing.title))
        lines += [f"  ({note})" for note in listing.notes]
        for part in listing.parts:
            if any(column for _, column in part.columns):
                lines += ["", heading(part.title), *_side_by_side(part, width, heading)]
        lines.append("")
    return "\n".join(lines)


def _side_by_side(part: Part, width: int, heading: Callable[[str], str]) -> list[str]:
    columns = [[name, *column] for name, column in part.columns]
    widths = [min(_WIDEST, max(len(line) for line in column)) for column in columns]
    if width:
        widths = _fitted(widths, max(width - len(_GAP) * (len(columns) - 1), _NARROWEST * len(columns)))
    columns = [
        [piece for line in column for piece in (_wrapped(line, w) if len(line) > w else [line])]
        for column, w in zip(columns, widths, strict=True)
    ]
    rows = [
        _GAP.join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in zip_longest(*columns, fillvalue="")
    ]
    return [heading(rows[0]), *rows[1:]]


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, subsequent_indent="      ", replace_whitespace=False, drop_whitespace=False)


def _fitted(widths: Sequence[int], room: int) -> list[int]:
    """Widths that fit into `room`: the widest give way."""
    limit = max(widths)
    while limit > _NARROWEST and sum(min(w, limit) for w in widths) > room:
        limit -= 1
    return [min(w, limit) for w in widths]


__all__ = [
    "Listing",
    "ListingError",
    "Part",
    "baseline_listing",
    "guest_and_host",
    "guest_lines",
    "host_lines",
    "llvm_listing",
    "render",
]
