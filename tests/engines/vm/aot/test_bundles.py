"""Regions that are put together stay what they were."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.aot import bundles
from engines.vm.aot.bundles import bundled
from engines.vm.aot.image import Kind, StoredRegion

MEMORY = bytes(range(256)) * 2


@st.composite
def regions(draw: st.DrawFn) -> StoredRegion:
    """Made from parts of one program."""
    cuts = sorted(set(draw(st.lists(st.integers(0, len(MEMORY)), min_size=2, max_size=6))))
    ranges = tuple(zip(cuts[::2], cuts[1::2], strict=False)) or ((0, 2),)
    code = draw(st.binary(min_size=1, max_size=90))
    offsets = st.integers(0, len(code) - 1)
    pcs = draw(st.lists(st.integers(0, 400), min_size=1, max_size=4, unique=True))
    faults = draw(st.none() | st.lists(st.tuples(offsets, offsets), max_size=3).map(tuple))
    return StoredRegion(
        code,
        tuple((pc, draw(offsets)) for pc in pcs),
        ranges,
        tuple(draw(st.lists(st.integers(0, 400), max_size=4))),
        b"".join(MEMORY[start:end] for start, end in ranges),
        faults,
        draw(st.sampled_from((Kind.BASELINE, Kind.LLVM))),
    )


@given(st.lists(regions(), max_size=8), st.sampled_from((100, 1 << 20)))
@settings(deadline=None)
def test_every_entry_leads_to_its_code(given_: list[StoredRegion], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "MOST_BYTES", most)
        made = bundled(given_)
    there = [
        (pc, region.kind, region.faults is None, bytes(region.code[at:]))
        for region in made
        for pc, at in region.entries
    ]
    for region in given_:
        for pc, at in region.entries:
            wanted = (pc, region.kind, region.faults is None)
            assert any(code.startswith(bytes(region.code[at:])) for *found, code in there if tuple(found) == wanted)
    for region in made:
        assert region.guest == b"".join(MEMORY[start:end] for start, end in region.ranges)
        assert all(end < after for (_, end), (after, _) in zip(region.ranges, region.ranges[1:], strict=False))
        assert not set(region.exits) & {pc for pc, _ in region.entries}
        assert len(region.code) <= max(most + 64 * len(region.entries), 128)
    whole = {pc for region in given_ for start, end in region.ranges for pc in range(start, end)}
    assert whole == {pc for region in made for start, end in region.ranges for pc in range(start, end)}
    assert sum(len(r.faults or ()) for r in made) == sum(len(r.faults or ()) for r in given_)


def test_ways_out_move_with_their_code() -> None:
    one = StoredRegion(b"a" * 10, ((0, 0),), ((0, 2),), (), MEMORY[:2], ((3, 7),))
    two = StoredRegion(b"b" * 10, ((8, 1),), ((8, 10),), (0, 6), MEMORY[8:10], ((2, 9),))
    (both,) = bundled([one, two])
    assert both.faults == ((3, 7), (66, 73))
    assert both.entries == ((0, 0), (8, 65))
    assert both.exits == (6,)
