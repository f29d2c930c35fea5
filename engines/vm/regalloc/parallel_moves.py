"""Parallel moves: order simultaneous assignments of registers so that none reads what another has overwritten."""

from __future__ import annotations

from collections.abc import Mapping


def sequence(moves: Mapping[int, int], scratch: int) -> list[tuple[int, int]]:
    """The moves `(target, source)`, one after the other, that equal all of `moves` at once.

    Args:
        moves: source by target. A source may occur more often than once and may be a target.
        scratch: a register that no move names; a cycle passes through it.

    Raises:
        ValueError: a move names the scratch register.
    """
    left = {target: source for target, source in moves.items() if target != source}
    readers: dict[int, int] = {}
    for source in left.values():
        readers[source] = readers.get(source, 0) + 1
    if scratch in left or scratch in readers:
        raise ValueError(f"register {scratch} is the scratch register and also part of the moves {dict(moves)}")
    out: list[tuple[int, int]] = []
    ready = [target for target in left if target not in readers]
    while left:
        while ready:
            target = ready.pop()
            source = left.pop(target)
            out.append((target, source))
            readers[source] -= 1
            if not readers[source] and source in left:
                ready.append(source)
        if left:  # every target left is read by another: only cycles remain
            target = next(iter(left))
            out.append((scratch, target))
            for reader, source in left.items():
                if source == target:
                    left[reader] = scratch
                    readers[scratch] = readers.get(scratch, 0) + 1
            readers[target] = 0
            ready.append(target)
    return out
