"""The conformance suite: the oracles pass it, and executors that are wrong in one way each do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from harness.contract import (
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    End,
    Executor,
    MachineBatch,
    MachineCase,
    MachineObservation,
    Observation,
    ProgramObservation,
    Trap,
)
from oracles.conformance import CHECKS, Check, NonConformanceError, checks_for, errata_of
from oracles.qiling_oracle import QilingOracle
from oracles.unicorn_oracle import UnicornRiscv64, uncounted, unrepaired
from oracles.wasmtime_oracle import WasmtimeOracle

ORACLES: dict[str, Callable[[], Executor]] = {
    "unicorn": UnicornRiscv64,
    "unicorn, not counting": uncounted,
    "unicorn, not repaired": unrepaired,
    "qiling": lambda: QilingOracle(timeout_s=30),
}
PAIRS = [(name, check) for name, make in ORACLES.items() for check in checks_for(make())]


@pytest.mark.parametrize(("name", "check"), PAIRS, ids=[f"{name}-{check}" for name, check in PAIRS])
@pytest.mark.evidence("HX-01")
def test_an_oracle_conforms(name: str, check: Check) -> None:
    oracle = ORACLES[name]()
    try:
        check.run(oracle)
    finally:
        oracle.close()


def test_every_check_concerns_some_oracle() -> None:
    assert {check for _, check in PAIRS} | set(checks_for(WasmtimeOracle())) == set(CHECKS)


class Wrong:
    """Unicorn with one thing wrong."""

    def __init__(self, spoil: Callable[[Wrong, MachineCase, MachineObservation], MachineObservation]) -> None:
        self._right = UnicornRiscv64()
        self._spoil = spoil
        self.ran = 0

    @property
    def name(self) -> str:
        return "unicorn-wrong"

    @property
    def capabilities(self) -> Capabilities:
        return self._right.capabilities

    def run(self, case: Case) -> Observation:
        seen = self._right.run(case)
        if not isinstance(seen, MachineObservation) or not isinstance(case, MachineCase):
            return seen
        self.ran += 1
        return self._spoil(self, case, seen)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        rows = [self.run(batch.case(i)) for i in range(len(batch))]
        return BatchObservation.of(batch.isa, [row for row in rows if isinstance(row, MachineObservation)])

    def close(self) -> None:
        self._right.close()


def _state(seen: MachineObservation, name: str, value: int, index: int | None = None) -> MachineObservation:
    state = seen.state.copy()
    if index is None:
        state[name] = value
    else:
        state[name][index] = value
    return replace(seen, state=state)


def _keeps_x31(wrong: Wrong, case: MachineCase, seen: MachineObservation) -> MachineObservation:
    kept = getattr(wrong, "kept", 0)
    wrong.kept = int(seen.state["x"][31])  # type: ignore[attr-defined]
    return _state(seen, "x", kept, 31) if kept and not case.state["x"][31] else seen


def _keeps_memory(wrong: Wrong, case: MachineCase, seen: MachineObservation) -> MachineObservation:
    memory = np.frombuffer(getattr(wrong, "kept", bytes(len(seen.memory))), np.uint8)
    mixed = (np.frombuffer(seen.memory, np.uint8) | memory).tobytes()
    wrong.kept = mixed  # type: ignore[attr-defined]
    return replace(seen, memory=mixed)


def _at(trap: Trap, /, **changes: object) -> Callable[[Wrong, MachineCase, MachineObservation], MachineObservation]:
    def spoil(_wrong: Wrong, _case: MachineCase, seen: MachineObservation) -> MachineObservation:
        return replace(seen, **changes) if seen.trap is trap else seen  # type: ignore[arg-type]

    return spoil


WRONG_IN_ONE_WAY = {
    "a breakpoint is an environment call": (
        _at(Trap.BREAKPOINT, trap=Trap.ENVIRONMENT_CALL),
        "single_instructions_do_what_the_manual_says",
    ),
    "a fault has no address": (_at(Trap.LOAD_FAULT, tval=0), "single_instructions_do_what_the_manual_says"),
    "illegal instructions are retired": (
        lambda _w, _c, s: replace(s, retired=s.retired + 1) if s.trap is Trap.ILLEGAL_INSTRUCTION else s,
        "a_batch_equals_its_cases",
    ),
    "a result is off by one in its upper half": (
        lambda _w, c, s: _state(s, "x", int(s.state["x"][10]) ^ 1 << 63, 10) if c.label.startswith("divw") else s,
        "single_instructions_do_what_the_manual_says",
    ),
    "flags are dropped": (
        lambda _w, _c, s: _state(s, "fcsr", int(s.state["fcsr"]) & ~1),
        "single_instructions_do_what_the_manual_says",
    ),
    "a register survives into the next case": (_keeps_x31, "nothing_leaks_between_cases"),
    "the window survives into the next case": (_keeps_memory, "nothing_leaks_between_cases"),
    "one instruction too many": (
        lambda w, c, s: w._right.run(c.with_limit(c.limit_insns + 1)) if s.end is End.LIMIT else s,
        "limits_are_exact",
    ),
    "an endless loop ends by a trap": (
        lambda _w, _c, s: replace(s, end=End.TRAP, trap=Trap.BREAKPOINT) if s.end is End.LIMIT else s,
        "a_case_that_never_ends_is_ended",
    ),
    "the window has a fixed beginning": (
        lambda _w, _c, s: replace(s, memory=bytes(16) + s.memory[16:]),
        "a_shared_window_serves_every_case",
    ),
    "the fetch fault is one byte early": (
        lambda _w, _c, s: replace(s, tval=s.tval - 1) if s.trap is Trap.FETCH_FAULT else s,
        "the_ends_of_the_arena",
    ),
    "x0 shows what the state said": (
        lambda _w, c, s: _state(s, "x", int(c.state["x"][0]), 0),
        "bad_cases_are_answered",
    ),
    "counters are missing": (
        lambda _w, c, s: replace(s, trap=Trap.ILLEGAL_INSTRUCTION) if c.code[:4] == bytes.fromhex("732520c0") else s,
        "counters_can_be_read",
    ),
}


@pytest.mark.parametrize("what", WRONG_IN_ONE_WAY)
def test_a_wrong_executor_is_caught(what: str) -> None:
    spoil, check_name = WRONG_IN_ONE_WAY[what]
    check = next(check for check in CHECKS if check.name == check_name)
    right = Wrong(lambda _wrong, _case, seen: seen)
    check.run(right)
    right.close()
    executor = Wrong(spoil)
    try:
        with pytest.raises(NonConformanceError, match="wrong"):
            check.run(executor)
    finally:
        executor.close()


class Accepting(Wrong):
    """Answers cases of kinds that it does not declare."""

    def run(self, case: Case) -> Observation:
        if case.kind is CaseKind.PROGRAM:
            return ProgramObservation(0, 0, b"", b"")
        return super().run(case)


def test_an_executor_that_accepts_everything_is_caught() -> None:
    executor = Accepting(lambda _wrong, _case, seen: seen)
    check = next(check for check in CHECKS if check.name == "other_kinds_are_refused")
    with pytest.raises(NonConformanceError, match="must be REFUSED"):
        check.run(executor)
    executor.close()


class Boasting(Wrong):
    """Declares an observation that the contract does not know."""

    @property
    def capabilities(self) -> Capabilities:
        return replace(self._right.capabilities, observes=frozenset({"everything"}))


def test_a_dishonest_declaration_is_caught() -> None:
    executor = Boasting(lambda _wrong, _case, seen: seen)
    check = next(check for check in CHECKS if check.name == "capabilities_are_honest")
    with pytest.raises(NonConformanceError, match="everything"):
        check.run(executor)
    executor.close()


class Misreporting(QilingOracle):
    """qiling, but every program exits with 0 and is quiet."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        if isinstance(seen, ProgramObservation) and seen.end is not End.REFUSED:
            return replace(seen, exit_status=0, stdout=b"")
        return ProgramObservation(0, 0, b"", b"") if case.kind is CaseKind.PROGRAM else seen


@pytest.mark.parametrize(
    ("check_name", "shown"),
    [("programs_do_what_linux_does", "exit_status is 0"), ("files_that_are_no_program_are_answered", "ran empty")],
)
def test_a_wrong_program_executor_is_caught(check_name: str, shown: str) -> None:
    check = next(check for check in CHECKS if check.name == check_name)
    with pytest.raises(NonConformanceError, match=shown):
        check.run(Misreporting())


@pytest.fixture
def unicorn() -> Iterator[UnicornRiscv64]:
    oracle = UnicornRiscv64(repair=False)
    yield oracle
    oracle.close()


def test_without_its_errata_unicorn_does_not_conform(unicorn: UnicornRiscv64, monkeypatch: pytest.MonkeyPatch) -> None:
    assert errata_of(unicorn)
    monkeypatch.setattr("oracles.conformance.errata_of", lambda _executor: ())
    check = next(check for check in CHECKS if check.name == "single_instructions_do_what_the_manual_says")
    with pytest.raises(NonConformanceError) as caught:
        check.run(unicorn)
    for defect in (
        "fadd.s boxes its result",
        "fmin.d of a signaling NaN",
        "misaligned AMO traps",
        "fclass.s of a value",
    ):
        assert defect in str(caught.value)
