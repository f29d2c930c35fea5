"""What the allocator is told of a block's steps is what their definition says, step by step."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.regalloc.liveness import GET, INTEGER, LEAVE, NEVER, NONE, PLAIN, PUT, Step, lives


@given(st.integers(0, 1 << 32), st.integers(1, 40))
@settings(deadline=None, max_examples=200)
def test_lives_are_what_their_definition_says(seed: int, size: int) -> None:
    pick = random.Random(seed)
    steps: list[Step] = []
    for number in range(size):
        kind = pick.choice((PLAIN, GET, PUT, PUT, LEAVE))
        uses = tuple(pick.randrange(number) for _ in range(pick.randrange(3))) if number and kind != GET else ()
        slot = pick.randrange(3) if kind in (GET, PUT) else -1
        result = NONE if kind == PUT or (kind == LEAVE and pick.random() < 0.5) else INTEGER
        steps.append(Step(number, uses, result, kind, slot))
    found = lives(steps)
    joined = [i > 0 and steps[i].kind == PUT and steps[i - 1].kind == PUT for i in range(size)]
    at = [i - sum(joined[: i + 1]) for i in range(size)]
    users = {v: [i for i, step in enumerate(steps) for use in step.uses if use == v] for v in range(size)}
    assert found.last == {v: at[where[-1]] for v, where in users.items() if where}
    assert found.counts == {v: len(where) for v, where in users.items() if where}
    assert found.marks == [
        (step.kind, i, step.slot, step.uses[0] if step.kind == PUT and step.uses else -1,
         at[i] - (step.kind == LEAVE and step.result != NONE))
        for i, step in enumerate(steps)
        if step.kind != PLAIN
    ]  # fmt: skip
    results = [(i, step) for i, step in enumerate(steps) if step.result != NONE]
    assert found.born == {i: (at[i], step.result, step.slot) for i, step in results}
    assert [life[:5] for life in found.results] == [
        (i, step.result, step.slot, at[i], found.last.get(i, at[i])) for i, step in results
    ]
    for i, _, slot, _, _, until in found.results:
        puts = [at[k] for k in range(i, size) if (steps[k].kind, steps[k].slot) == (PUT, slot)]
        assert until == (puts[0] if puts and steps[i].kind == GET else NEVER)
