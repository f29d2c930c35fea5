"""Guest descriptors: lowest free first, limits, close-on-exec, and that nothing leaks at the host."""

from __future__ import annotations

import os

import pytest

from engines.vm.user.errno import Errno, GuestError
from engines.vm.user.file_table import MAX_FILES, FileTable
from engines.vm.user.launch import LaunchError, guest_files


def null() -> int:
    return os.open(os.devnull, os.O_RDONLY)


def is_open(host: int) -> bool:
    try:
        os.fstat(host)
    except OSError:
        return False
    return True


def test_the_lowest_free_descriptor_is_given() -> None:
    table = FileTable({0: null(), 2: null()})
    assert [table.add(null()), table.add(null()), table.add(null(), 10), table.add(null(), 10)] == [1, 3, 10, 11]
    table.close_all()
    assert table.host == {}


def test_replacing_closes_what_was_there() -> None:
    table = FileTable({})
    first, second = null(), null()
    fd = table.add(first, close_on_exec=True)
    table.replace(fd, second)
    assert (is_open(first), table.get(fd), fd in table.close_on_exec) == (False, second, False)
    table.close(fd)
    assert not is_open(second)


def test_a_full_table_refuses_and_leaks_nothing() -> None:
    table = FileTable({})
    table.limit = 1
    table.add(null())
    extra, other = null(), null()
    with pytest.raises(GuestError, match="EMFILE"):
        table.add(extra)
    with pytest.raises(GuestError, match="EBADF"):
        table.replace(1, other)
    assert not is_open(extra)
    assert not is_open(other)
    table.close_all()


def test_a_closed_descriptor_is_bad() -> None:
    table = FileTable({5: null()})
    table.close(5)
    for use in (table.get, table.close):
        with pytest.raises(GuestError) as caught:
            use(5)
        assert caught.value.number is Errno.EBADF


def test_execve_closes_the_marked_ones() -> None:
    table = FileTable({})
    kept, marked = table.add(null()), table.add(null(), close_on_exec=True)
    table.close_marked()
    assert (kept in table.host, marked in table.host, table.close_on_exec) == (True, False, set())
    table.close_all()


@pytest.mark.parametrize(("most", "room"), [(-1, MAX_FILES), (20_000, MAX_FILES), (1024, 1024 - 32), (64, 64 - 32)])
def test_a_guest_leaves_its_host_process_descriptors(most: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """For modules that are imported when it makes a call for the first time, and for compiling."""
    monkeypatch.setattr(os, "sysconf", {"SC_OPEN_MAX": most}.__getitem__)
    table = guest_files(-1)
    given = len(table.host)
    table.close_all()
    assert table.limit == (room if room == MAX_FILES else room - given)


def test_too_few_descriptors_for_both_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sysconf", {"SC_OPEN_MAX": 33}.__getitem__)
    with pytest.raises(LaunchError, match=r"`ulimit -n` is 33, too few descriptors.*raise it to 97"):
        guest_files(-1)
