"""Wait for what children write, whatever the numbers of the descriptors: `select.select` ends at 1,023, and a process
that has prepared all judges of injected bugs has more open files than that."""

from __future__ import annotations

import select
from collections.abc import Iterable


def readable(descriptors: Iterable[int], seconds: float) -> list[int]:
    """Those of `descriptors` that have something to read, or were closed at the other end; none after `seconds`."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(max(0.0, seconds) * 1000)]
