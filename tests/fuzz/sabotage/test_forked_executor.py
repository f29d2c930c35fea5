"""The executor in a fork: whatever its runs do to it, the next one gets an answer, and their time is counted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from fuzz.sabotage import forked
from fuzz.sabotage.forked import ForkedExecutor
from fuzz.strategies.riscv64 import generate
from harness.contract import Case, End, MachineBatch, MachineCase, MachineObservation, Observation
from harness.subjects.riscv64_reference import ReferenceExecutor

DIE, HANG, RAISE = 11, 12, 13


ILLEGAL = (0x0000_0000).to_bytes(4, "little")


class _Fatal(ReferenceExecutor):
    """Dies, hangs or raises as the limit of the case says; dies of the last code below, too."""

    def run(self, case: Case) -> Observation:
        assert isinstance(case, MachineCase)
        if case.limit_insns == DIE or case.code == ILLEGAL:
            os.kill(os.getpid(), signal.SIGKILL)
        while case.limit_insns == HANG:
            pass
        if case.limit_insns == RAISE:
            raise RuntimeError("as asked")
        return super().run(case)


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch) -> ForkedExecutor:
    monkeypatch.setattr(forked, "CASE_SECONDS", 0.3)
    return ForkedExecutor(_Fatal)


@pytest.mark.parametrize(("limit", "end"), [(DIE, End.CRASH), (HANG, End.TIMEOUT), (RAISE, End.CRASH)])
def test_what_ends_a_run_is_seen_and_the_next_is_answered(subject: ForkedExecutor, limit: int, end: End) -> None:
    case = generate(1, 0, 1).case(0)
    wanted = ReferenceExecutor().run(case)
    assert isinstance(wanted, MachineObservation)
    for _ in range(2):
        seen = subject.run(case.with_limit(limit))
        assert isinstance(seen, MachineObservation)
        assert seen.end is end
        again = subject.run(case)
        assert isinstance(again, MachineObservation)
        assert (again.retired, again.state.tobytes(), again.memory) == (
            wanted.retired,
            wanted.state.tobytes(),
            wanted.memory,
        )
    subject.close()


def test_a_batch_is_refused_after_the_case_that_ends_it(subject: ForkedExecutor) -> None:
    cases = [generate(1, 0, 4).case(row) for row in range(4)]
    batch = MachineBatch.of([*cases[:2], replace(cases[2], code=ILLEGAL), cases[3]])
    seen = subject.run_batch(batch)
    assert list(seen.end[2:]) == [End.CRASH, End.REFUSED]
    assert np.array_equal(seen.retired[:2], ReferenceExecutor().run_batch(batch.rows(0, 2)).retired)
    subject.close()


def test_the_fork_ends_with_the_process_that_asked() -> None:
    """Killed, it leaves no fork behind, which would hold its pipes open."""
    code = (
        "import os\nfrom fuzz.sabotage.forked import ForkedExecutor\nfrom fuzz.strategies.riscv64 import generate\n"
        "from harness.subjects.riscv64_reference import ReferenceExecutor\n"
        "s = ForkedExecutor(ReferenceExecutor)\ns.run(generate(1, 0, 1).case(0))\n"
        "print('ran', flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (-9, b"ran\n")


def test_runs_of_one_case_after_the_other_share_a_fork_whose_time_is_counted(subject: ForkedExecutor) -> None:
    case = generate(1, 0, 1).case(0)
    assert subject.living_seconds == 0
    subject.run(case)
    first = subject.living_seconds
    subject.run(case)
    assert subject.living_seconds >= first > 0
    ended = sum(os.times()[2:4])
    subject.close()
    assert subject.living_seconds == 0
    assert sum(os.times()[2:4]) >= ended
