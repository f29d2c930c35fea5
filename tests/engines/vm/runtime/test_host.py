"""What is said of the host: one processor's description, in the words that code depends on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from engines.vm.runtime.host import host_description


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says")
def test_the_description_is_of_the_first_processor() -> None:
    host_description.cache_clear()
    first, *rest = host_description().split("\n")
    assert first == os.uname().machine
    paragraphs = Path("/proc/cpuinfo").read_text().split("\n\n")
    assert set(rest[1:]) <= set(paragraphs[0].splitlines())
    names = [line.partition(":")[0].strip() for line in rest[1:]]
    assert len(names) == len(set(names))
    if os.uname().machine == "x86_64":
        assert names == ["model name", "flags"]
