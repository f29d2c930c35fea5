"""The judge of programs leaves other judges of its process what they need."""

from __future__ import annotations

import pytest

from engines.vm.tiers.interpreter import build
from fuzz.sabotage.judges import programs
from fuzz.sabotage.judges.programs import Programs


def test_harts_with_vectors_keep_their_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """It had them run in the one without: every vector instruction was illegal, and their tests could judge nothing."""
    monkeypatch.setattr(build, "interpreter", lambda cache=None, *, has_vectors=False: f"with vectors: {has_vectors}")
    monkeypatch.setattr(programs, "EXPECTED", {})
    monkeypatch.setattr(programs, "_WAYS", ())
    monkeypatch.setattr(programs, "_built", lambda name: name)
    monkeypatch.setattr(programs, "_under_qemu", lambda case: case)
    monkeypatch.setattr(programs, "_run", lambda case: (case.stdout, case.status))
    Programs().prepare()
    assert str(build.interpreter(has_vectors=True)) == "with vectors: True"
    assert str(build.interpreter()) == "with vectors: False"
