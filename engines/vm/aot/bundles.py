"""Regions that are loaded together: one after the other in one piece of code, so that an image is installed at once.

As they are installed and taken away together, a way out of one that leads to an entry of another jumps there itself.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from engines.vm.aot.image import StoredRegion

MOST_BYTES: Final = 2 << 20
"""Of code in a bundle: what is installed, and given up when its guest code changes, as a whole."""
_ALIGN: Final = 64
_DISTANCE: Final = struct.Struct("<i")
"""Of a jump, from behind it."""


def bundled(regions: Iterable[StoredRegion]) -> list[StoredRegion]:
    """The same code in fewer regions; those of different kinds, or that check accesses differently, stay apart."""
    return [_joined(group) for group in _groups(regions)]


def _groups(regions: Iterable[StoredRegion]) -> Iterator[list[StoredRegion]]:
    open_: dict[tuple[int, bool], list[StoredRegion]] = {}
    for region in regions:
        group = open_.setdefault((region.kind, region.faults is None), [])
        if group and sum(len(other.code) for other in group) + len(region.code) > MOST_BYTES:
            yield list(group)
            group.clear()
        group.append(region)
    yield from open_.values()


def _joined(group: Sequence[StoredRegion]) -> StoredRegion:
    code = bytearray()
    inner: dict[int, int] = {}
    links: list[tuple[int, int]] = []
    entries: list[tuple[int, int]] = []
    faults: list[tuple[int, int]] = []
    for region in group:
        base = len(code)
        entries += [(pc, base + offset) for pc, offset in region.entries]
        faults += [(base + at, base + to) for at, to in region.faults or ()]
        inner |= {pc: base + offset for pc, offset in region.inner}
        links += [(base + at, pc) for at, pc in region.links]
        code += bytes(region.code) + bytes(-len(region.code) % _ALIGN)
    for at, pc in links:
        if pc in inner:
            _DISTANCE.pack_into(code, at, inner[pc] - at - _DISTANCE.size)
    guest = _guest(group)
    exits = {exit for region in group for exit in region.exits} - {pc for pc, _ in entries}
    return StoredRegion(
        bytes(code),
        tuple(entries),
        tuple((start, start + len(content)) for start, content in guest),
        tuple(sorted(exits)),
        b"".join(content for _, content in guest),
        None if group[0].faults is None else tuple(faults),
        group[0].kind,
    )


def _guest(group: Sequence[StoredRegion]) -> list[tuple[int, bytes]]:
    """The guest code that the regions were made from, by address; what several were made from is in it once."""
    pieces: list[tuple[int, bytes]] = []
    for region in group:
        at = 0
        for start, end in region.ranges:
            pieces.append((start, region.guest[at : at + end - start]))
            at += end - start
    found: list[tuple[int, bytes]] = []
    for start, content in sorted(pieces):
        if found and start <= found[-1][0] + len(found[-1][1]):
            first, before = found[-1]
            found[-1] = (first, before + content[first + len(before) - start :])  # nothing, if it ends before
        else:
            found.append((start, content))
    return found


__all__ = ["bundled"]
