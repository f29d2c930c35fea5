"""Waiting for pipes: also those whose descriptors have large numbers."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from harness.contract.waiting import readable


@pytest.fixture
def pipe() -> object:
    read_end, write_end = os.pipe()
    yield read_end, write_end
    for descriptor in (read_end, write_end):
        try:
            os.close(descriptor)
        except OSError:
            continue


def test_what_has_something_to_read_is_told(pipe: tuple[int, int]) -> None:
    read_end, write_end = pipe
    assert readable([read_end], 0.0) == []
    os.write(write_end, b"x")
    assert readable([read_end], -1.0) == [read_end]
    os.read(read_end, 1)
    os.close(write_end)
    assert readable([read_end], 1.0) == [read_end]


def test_nobody_waits_with_select() -> None:
    """It fails from descriptor 1,024 on, and only in processes that have so many files open."""
    root = Path(__file__).parents[3]
    sources = [path for room in ("harness", "oracles", "fuzz", "engines") for path in (root / room).rglob("*.py")]
    assert [str(path.relative_to(root)) for path in sources if "select.select(" in path.read_text()] == []


def test_descriptors_may_have_large_numbers(pipe: tuple[int, int]) -> None:
    read_end, write_end = pipe
    large = 1_500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard <= large:
        pytest.skip(f"no descriptor {large} under a limit of {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, large + 1), hard))
    os.dup2(read_end, large)
    try:
        os.write(write_end, b"x")
        assert readable([large], 1.0) == [large]
    finally:
        os.close(large)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
