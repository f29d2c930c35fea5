"""An executor that is not asked twice: reduction looks at the same case under many limits, again and again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from harness.contract import BatchObservation, Capabilities, Case, Executor, MachineBatch, MachineCase, Observation

KEPT: Final = 512
"""Observations; one has the memory of its case, some ten kilobytes."""


class Remembering:
    """`executor`, with its latest answers to machine cases remembered. What it answers must not depend on how often it
    is asked: a flaky case is told by running it again, not by reducing it."""

    def __init__(self, executor: Executor, kept: int = KEPT) -> None:
        self._executor = executor
        self._kept = kept
        self._answers: OrderedDict[tuple[object, ...], Observation] = OrderedDict()

    @property
    def name(self) -> str:
        return self._executor.name

    @property
    def capabilities(self) -> Capabilities:
        return self._executor.capabilities

    def run(self, case: Case) -> Observation:
        """As the executor; from memory where the same case was run before. Nobody changes an observation."""
        if not isinstance(case, MachineCase):
            return self._executor.run(case)
        key = (case.isa, case.code, case.code_address, case.limit_insns, case.state.tobytes(), case.memory)
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        seen = self._answers[key] = self._executor.run(case)
        if len(self._answers) > self._kept:
            self._answers.popitem(last=False)
        return seen

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        """As the executor; not remembered."""
        return self._executor.run_batch(batch)

    def close(self) -> None:
        """End the executor. Idempotent."""
        self._executor.close()

    def __getattr__(self, name: str) -> Any:
        """What else the executor can (`path`)."""
        return getattr(self._executor, name)
