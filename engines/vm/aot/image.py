"""Compiled regions as bytes: what `counterproof vm aot` writes, and what runs keep for the next run of a program.

A file begins with `MAGIC` and the digest of all that follows: a line of JSON (`Origin`), then the regions. A region
holds the guest bytes that it was made from, and is used only where memory holds the same bytes.
"""

from __future__ import annotations

import _struct as struct

from engines.vm.enumeration import IntEnum
from engines.vm.errors import MachineError
from engines.vm.record import record, values
from engines.vm.runtime.digest import DIGEST_BYTES, digest
from engines.vm.runtime.host import machine
from engines.vm.runtime.quick_json import loads
from engines.vm.runtime.source_digest import source_digest
from engines.vm.tiers.interpreter.build import ROOT, cache_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Final

FORMAT: Final = 4
MAGIC: Final = b"counterproof image %d\n" % FORMAT
SUFFIX: Final = ".cpi"
HEAD_BYTES: Final = len(MAGIC) + DIGEST_BYTES
"""Before what the digest is of."""
_MOST_ORIGIN_BYTES: Final = 4096
_COUNTS: Final = struct.Struct("<7I")
"""Bytes of code, entries, ranges, exits, bytes of guest code, exits of faults or `_CHECKS`, kind."""
_WAY_OUT: Final = struct.Struct("<2I")
_CHECKS: Final = 0xFFFF_FFFF
"""The code checks permissions itself."""
SOURCES: Final = ("aot", "hosts", "ir", "lift", "opt", "regalloc", "tiers/baseline", "tiers/llvm")
"""What compiled code depends on beside the interpreter: folders under `engines/vm`."""


class Kind(IntEnum):
    """Whose code a region is, and what is known of it: LLVM's may be untried yet, or have failed its trial."""

    BASELINE = 0
    LLVM = 1
    UNTRIED = 2
    FAILED = 3


class WaysOut:
    """The pairs of `StoredRegion.faults` as an image holds them: thousands, of which most runs need none as values."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: bytes | memoryview) -> None:
        self._pairs = pairs

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return _WAY_OUT.iter_unpack(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs) // _WAY_OUT.size

    def __bytes__(self) -> bytes:
        """Two 32-bit words for each, little-endian."""
        return bytes(self._pairs)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (tuple, WaysOut)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


class ImageRefusedError(MachineError, ValueError):
    """A file that is no image, or not one for this program and this machine; the message says which and why."""


@record(frozen=True)
class StoredRegion:
    """One compiled region; its code runs anywhere.

    Attributes:
        entries: (guest pc, offset in the code).
        ranges: guest code that it was made from, as (start, end); `guest` is that code, one range after the other.
        exits: guest pcs that it may lead to directly.
        faults: of code for guarded memory, offsets of each instruction that may fault and of its way out; None for code
            that checks permissions itself, which runs in any memory.
        kind: see `Kind`; a region that failed has no code.
        inner, links: what `engines.vm.aot.bundles` links regions by, and no file keeps: by pc the offset of another
            entry, for code that is linked with this; offsets of distances of jumps, and the pc that each leads to.
    """

    code: bytes | memoryview
    entries: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, int], ...]
    exits: tuple[int, ...]
    guest: bytes
    faults: tuple[tuple[int, int], ...] | WaysOut | None = None
    kind: Kind = Kind.BASELINE
    inner: tuple[tuple[int, int], ...] = ()
    links: tuple[tuple[int, int], ...] = ()

    def to_bytes(self) -> bytes:
        numbers = [n for pair in (*self.entries, *self.ranges) for n in pair]
        numbers += self.exits
        faults = [n for pair in self.faults or () for n in pair]
        counts = (len(self.code), len(self.entries), len(self.ranges), len(self.exits), len(self.guest))
        head = _COUNTS.pack(*counts, _CHECKS if self.faults is None else len(self.faults), self.kind)
        body = struct.pack(f"<{len(numbers)}Q{len(faults)}I", *numbers, *faults)
        return head + body + self.guest + self.code

    @staticmethod
    def from_bytes(data: bytes | memoryview, at: int) -> tuple[StoredRegion, int]:
        """The region at offset `at`, and the offset after it. Of a memoryview, the code stays where it is."""
        code, entries, ranges, exits, guest, faults, kind = _COUNTS.unpack_from(data, at)
        pairs_end = 2 * (entries + ranges)
        form = struct.Struct(f"<{pairs_end + exits}Q")
        n = form.unpack_from(data, at + _COUNTS.size)
        ways_out = at + _COUNTS.size + form.size
        at = ways_out + (0 if faults == _CHECKS else _WAY_OUT.size * faults)
        pairs = tuple(zip(n[:pairs_end:2], n[1:pairs_end:2], strict=True))
        end = at + guest + code
        region = StoredRegion(
            data[at + guest : end], pairs[:entries], pairs[entries:], n[pairs_end : pairs_end + exits],
            bytes(data[at : at + guest]), None if faults == _CHECKS else WaysOut(data[ways_out:at]),
            Kind(kind),
        )  # fmt: skip
        return region, end


@record(frozen=True)
class Origin:
    """What an image was made for and from.

    Attributes:
        guest: digest of the executable. machine: of the host. made_by: hash of the code generator's sources, of the
            interpreter that the code returns to, and of the host's processor.
        insns: guest instructions that were translated.
    """

    guest: str
    machine: str
    made_by: str
    insns: int

    @staticmethod
    def here(executable: bytes, insns: int = 0, guest: str = "") -> Origin:
        """For an executable, on this machine, by this version. `guest` is the executable's digest, if it is known."""
        return Origin(guest or digest(executable).hex(), machine(), maker(), insns)


def maker() -> str:
    """A hash of everything that compiled code depends on."""
    return digest(f"{cache_key()} {source_digest(ROOT, SOURCES)}".encode()).hex()


def encode(origin: Origin, regions: Iterable[StoredRegion]) -> bytes:
    """An image file's content."""
    body = body_of(origin, regions)
    return MAGIC + digest(body) + body


def body_of(origin: Origin, regions: Iterable[StoredRegion]) -> bytes:
    """What follows the digest in it."""
    from json import dumps

    return dumps(values(origin)).encode() + b"\n" + b"".join(region.to_bytes() for region in regions)


def decode(content: bytes | memoryview, expected: Origin, name: str, known: bytes = b"") -> list[StoredRegion]:
    """The regions of an image.

    Args:
        expected: what it must have been made for; its number of instructions does not matter.
        name: for messages.
        known: the digest of what follows on the one that it names, where that was taken before.

    Raises:
        ImageRefusedError: the content is damaged, or was made for something else.
    """
    head = bytes(content[:HEAD_BYTES])
    kind = MAGIC[: MAGIC.rindex(b" ") + 1]
    if not head.startswith(kind):
        raise ImageRefusedError(f"{name}: not an image of compiled code: it begins with {head[:12]!r}, not {kind!r}")
    if not head.startswith(MAGIC):
        version = head[len(kind) : len(kind) + 8].split(b"\n")[0].decode("ascii", "replace")
        raise ImageRefusedError(
            f"{name}: has format {version}, this version reads {FORMAT}; translate the program again"
        )
    if (known or digest(memoryview(content)[HEAD_BYTES:])) != head[len(MAGIC) :]:
        raise ImageRefusedError(
            f"{name}: damaged: it does not have the digest that it names; translate the program again"
        )
    return regions_of(content, expected, name, HEAD_BYTES)


def regions_of(content: bytes | memoryview, expected: Origin, name: str, at: int = 0) -> list[StoredRegion]:
    """The regions of an image whose digest was found right: of what follows that, which begins at the offset `at`.

    The other arguments and errors are those of `decode`.
    """
    line = bytes(content[at : at + _MOST_ORIGIN_BYTES]).partition(b"\n")[0]
    origin = Origin(**loads(line))
    if origin.machine != expected.machine:
        raise ImageRefusedError(f"{name}: made for {origin.machine}, this machine is {expected.machine}")
    if origin.guest != expected.guest:
        differ = f"digest {origin.guest[:12]}…, not {expected.guest[:12]}…"
        raise ImageRefusedError(f"{name}: made from another executable ({differ})")
    if origin.made_by != expected.made_by:
        raise ImageRefusedError(
            f"{name}: made by another version, or for another processor; translate the program again"
        )
    regions = []
    at += len(line) + 1
    while at < len(content):
        region, at = StoredRegion.from_bytes(content, at)
        regions.append(region)
    return regions
