"""Dataflow over blocks with sets as integers: bit i of a state is fact i.

A block's transfer is `(state & ~kill) | gen`; joins are unions. Source: Aho, Lam, Sethi, Ullman, "Compilers",
section 9.2.
"""

from __future__ import annotations


def forward(successors: list[list[int]], entry: int, gens: list[int], kills: list[int]) -> list[int | None]:
    """The union of the facts that reach each block's start; None for blocks that nothing reaches."""
    states: list[int | None] = [None] * len(successors)
    if not successors:
        return states
    states[0] = entry
    work = [0]
    while work:
        block = work.pop()
        state = states[block]
        assert state is not None
        out = (state & ~kills[block]) | gens[block]
        for one in successors[block]:
            before = states[one]
            if before is None:
                states[one] = out
                work.append(one)
            elif out | before != before:
                states[one] = out | before
                work.append(one)
    return states


def backward(
    predecessors: list[list[int]], successors: list[list[int]], gens: list[int], kills: list[int]
) -> tuple[list[int], list[int]]:
    """The facts that hold at each block's start and end when they flow against the edges."""
    count = len(successors)
    starts = [0] * count
    ends = [0] * count
    pending = [True] * count
    work = list(range(count))
    while work:
        block = work.pop()
        pending[block] = False
        out = 0
        for one in successors[block]:
            out |= starts[one]
        ends[block] = out
        state = (out & ~kills[block]) | gens[block]
        if state != starts[block]:
            starts[block] = state
            for one in predecessors[block]:
                if not pending[one]:
                    pending[one] = True
                    work.append(one)
    return starts, ends


def bits(state: int) -> list[int]:
    """The numbers of the facts in a state, ascending."""
    out = []
    while state:
        low = state & -state
        out.append(low.bit_length() - 1)
        state ^= low
    return out
