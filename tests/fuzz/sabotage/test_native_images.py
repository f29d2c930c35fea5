"""The injected bugs in images of compiled code: each is found, and without one nothing is."""

from __future__ import annotations

import os
import platform

import pytest

from fuzz.sabotage.image_judge import judge
from fuzz.sabotage.judges import Budget
from fuzz.sabotage.native_images import BUGS

pytestmark = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="loads code for x86_64")
BUDGET = Budget(60.0, None, "")
OWN = [bug for bug in BUGS if not any(judge.startswith("tests/") for judge in bug.judges)]
"""Those that the judge of images is to find."""


def test_without_a_bug_there_is_nothing_to_find() -> None:
    examined = judge()
    examined.prepare()
    assert examined.examine(BUDGET) is None


@pytest.mark.parametrize("bug", OWN, ids=lambda bug: bug.name)
def test_each_is_found(bug: object) -> None:
    assert bug in BUGS
    reader, writer = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover
        text = "the judge ended"
        try:
            next(b for b in BUGS if b is bug).inject()
            kill = judge().examine(BUDGET)
            text = f"{kill.cases} {kill.signature}" if kill else "survived"
        finally:
            os.write(writer, text.encode())
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        found = answer.read()
    os.waitpid(child, 0)
    assert found.split()[0].isdecimal(), found
