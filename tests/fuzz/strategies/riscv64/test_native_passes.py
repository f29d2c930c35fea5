"""The native passes of the generator, against the same said in numpy or in Python."""

from __future__ import annotations

import numpy as np
import pytest

from fuzz.strategies.riscv64.assembly import Code, Slots
from fuzz.strategies.riscv64.choices import SLOT_FIELDS, Choices
from fuzz.strategies.riscv64.counter_random import case_keys, words
from fuzz.strategies.riscv64.draw import REGISTER_POOL, draw
from fuzz.strategies.riscv64.drawing_loop import SLOT_SITE
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.native_loop import NativeModule
from fuzz.strategies.riscv64.profiles import profile_named
from fuzz.strategies.riscv64.program_layout import Layout


def test_slots_are_made_of_the_words_of_their_sites() -> None:
    choices = draw(7, 100, 50, profile_named("short"))
    keys = case_keys(7, 100, 50)
    first, second = (words(keys, site, choices.width) for site in (SLOT_SITE, SLOT_SITE + 256))
    assert np.array_equal(choices.slots["rs3"], REGISTER_POOL.take((first >> np.uint64(56)).astype(np.intp)))
    for name, byte in (("aux", 5), ("length", 6)):
        assert np.array_equal(choices.slots[name], (second >> np.uint64(8 * byte)).astype(np.uint8)), name


def test_a_batch_over_the_end_of_a_pool_of_registers_is_made_of_both() -> None:
    short = profile_named("short")
    both = draw(7, 65_500, 100, short)
    before, after = draw(7, 65_500, 36, short), draw(7, 65_536, 64, short)
    assert both.state.tobytes() == before.state.tobytes() + after.state.tobytes()
    for name in SLOT_FIELDS:
        assert np.array_equal(both.slots[name], np.concatenate([before.slots[name], after.slots[name]]))


def test_columns_hold_what_the_layout_says_of_each_slot() -> None:
    drawn = draw(3, 0, 300, profile_named("control"))
    fields = {name: values.copy() for name, values in drawn.slots.items()}
    fields["kind"][5] = 255  # a choice means its remainder
    layout = Layout(Choices(fields, drawn.state))
    slots = Slots(layout, Code(layout.count * layout.row_parcels))
    met = 0
    for kind in list(Kind)[1:]:
        expected = np.flatnonzero(layout.kind == kind)
        group = slots.group(kind)
        assert (group is None) == (not len(expected))
        if group is None:
            continue
        met += len(group)
        case, slot = np.divmod(expected, layout.width)
        assert np.array_equal(group.index, expected)
        assert np.array_equal(group.case, case)
        assert np.array_equal(group.place, layout.place[case, slot])
        assert np.array_equal(group.variant, layout.variant[case])
        assert np.array_equal(group.region, layout.region[expected])
        assert np.array_equal(group.raw("imm"), layout.fields["imm"][expected])
        ends = layout.region_end[case, layout.region[expected]]
        target = np.minimum(slot + 1 + layout.fields["length"][expected] % 5, ends)
        assert np.array_equal(group.forward, layout.place[case, target])
    assert met == int(layout.kind_counts[1:].sum()) == np.count_nonzero(layout.kind)


def test_arrays_go_by_address_and_must_be_contiguous() -> None:
    source = """
define i64 @second(ptr %array, i64 %more) {
  %place = getelementptr i64, ptr %array, i64 <AT>
  %value = load i64, ptr %place
  %sum = add i64 %value, %more
  ret i64 %sum
}
"""
    module = NativeModule(source, {"AT": 1}, ("second",))
    assert module.call("second", np.array([5, 7, 9]), 10) == 17
    with pytest.raises(AssertionError):
        module.call("second", np.arange(6)[::2], 10)
