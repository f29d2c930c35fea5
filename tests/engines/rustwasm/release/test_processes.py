"""Optimising in several processes: the same bytes, and what becomes of a build that loses one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from corpus.rust import rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.release.errands import Errand, Jobs, LostProcessError, run
from engines.rustwasm.release.packed import copied, packed, unpacked
from engines.rustwasm.release.pipeline import _First
from engines.rustwasm.release.tree import grow
from engines.rustwasm.wasm.text import parse_module
from engines.rustwasm.wasm.validate import validate

PROGRAMS = ("bank", "expression", "shapes")
"""Trait objects, recursion through several functions, generics: what functions take from each other."""


def source_of(name: str) -> str:
    return next(one.source for one in rust_programs() if one.name == name)


@pytest.mark.evidence("WR-08")
@pytest.mark.parametrize("lowering", ["linear", "gc"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_bytes_do_not_depend_on_the_number_of_processes(name: str, lowering: str) -> None:
    compilation = check_source(source_of(name))
    for profile in ("dev", "release"):
        one, two, three = (build_bytes(compilation, profile, True, lowering, Jobs(jobs)) for jobs in (1, 2, 3))
        assert one == two == three


class _Chains(Errand):
    """Each number is told as its own and those of what it comes after."""

    def __init__(self) -> None:
        self.found: dict[int, int] = {}
        self.after: dict[int, list[int]] = {}
        self.parent = os.getpid()
        self.here: set[int] = set()

    def work(self, function: int) -> None:
        self.found[function] = function + sum(self.found[one] for one in self.after.get(function, ()))
        self.here.add(function)

    def tell(self, function: int) -> int:
        return self.found[function]

    def take(self, function: int, told: int) -> None:
        self.found[function] = told


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_each_comes_after_what_it_needs(jobs: int) -> None:
    errand = _Chains()
    errand.after = {number: [number - 1, number // 2] for number in range(2, 300)} | {400: [299, 7]}
    order = [*range(300), 400]
    run(errand, order, jobs, errand.after)
    expected = _Chains()
    expected.after = errand.after
    for one in order:
        expected.work(one)
    assert errand.found == expected.found
    assert errand.here == (set(order) if jobs == 1 else set())


class _Fails(_Chains):
    def work(self, function: int) -> None:
        if function == 3:
            raise ZeroDivisionError("three")
        super().work(function)


class _Dies(_Chains):
    def work(self, function: int) -> None:
        if function == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        super().work(function)


def _without_children() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return True


def test_what_work_raises_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError, match="three") as raised:
        run(_Fails(), range(20), 2)
    assert "in work" in "".join(raised.value.__notes__)
    assert _without_children()


def test_a_process_that_dies_is_an_error() -> None:
    with pytest.raises(LostProcessError, match="ended by signal 9; with fewer jobs"):
        run(_Dies(), range(20), 2)
    assert _without_children()


def test_a_process_that_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    with pytest.raises(LostProcessError, match="Resource temporarily unavailable; build with fewer jobs"):
        run(_Chains(), range(20), 2)


def test_where_there_is_no_fork_one_process_does_it_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    said: list[str] = []
    assert Jobs(2, said.append).count(1) == 1
    assert said == ["this system has no fork"]


@pytest.mark.parametrize("jobs", [0, -1])
def test_jobs_have_a_range(jobs: int) -> None:
    with pytest.raises(ValueError, match=f"jobs is {jobs}; the legal range is 1 and more"):
        Jobs(jobs)


def test_a_large_module_takes_the_processors_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.rustwasm.release.errands.processors", lambda: 7)
    assert [Jobs(None).count(size) for size in (100, 1_000_000)] == [1, 7]
    assert [Jobs(3).count(size) for size in (100, 1_000_000)] == [3, 3]


SLEEPS = """
import os, sys, time
from engines.rustwasm.release.errands import Errand, run
class Sleeps(Errand):
    def work(self, function):
        os.write(1, b"%d\\n" % os.getpid())
        time.sleep(float(sys.argv[1]))
try:
    run(Sleeps(), range(2), 2)
except KeyboardInterrupt:
    sys.exit(130)
"""


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _sleeping(seconds: float) -> tuple[subprocess.Popen[str], list[int]]:
    """A process, in a session of its own, whose two forks each work so long; and the forks."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEPS, str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdout is not None
    return process, [int(process.stdout.readline()) for _ in range(2)]


def test_an_interrupt_ends_all_processes() -> None:
    process, forks = _sleeping(60.0)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=50)
    assert (process.returncode, said) == (130, "")
    assert not any(map(_alive, forks))


def test_forks_end_with_their_work_where_the_parent_is_killed() -> None:
    process, forks = _sleeping(0.5)
    process.kill()
    process.communicate(timeout=50)
    deadline = time.monotonic() + 50
    while any(map(_alive, forks)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_alive, forks))


def test_trees_survive_being_packed() -> None:
    context_of = parse_module(
        "(module (memory 1) (func (param i32) (result i32) (local f64) (loop $again"
        " (if (i32.load8_u offset=3 (local.get 0)) (then (local.set 0 (i32.const -1))) (else (return (i32.const 7))))"
        " (br_if $again (local.get 0))) (block $b (br_table $b $b (local.get 0))) (i32.const 3)))"
    )
    tree = grow(validate(context_of), context_of.functions[0])
    for other in (unpacked(packed(tree)), copied(tree)):
        assert repr(other.body) == repr(tree.body)
        assert (other.parameters, other.locals, other.results, other.labels) == (1, tree.locals, (-1,), tree.labels)
        assert other.body[0] is not tree.body[0]


def test_a_build_that_loses_a_process_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    parent, work = os.getpid(), _First.work

    def dies(self: _First, function: int) -> None:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        work(self, function)

    monkeypatch.setattr(_First, "work", dies)
    with pytest.raises(LostProcessError):
        build_bytes(check_source(source_of("bank")), "release", jobs=Jobs(2))
