"""`counterproof doctor`: what it says and exits with where something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cli import main
from harness.commands import doctor
from harness.commands.doctor import Check, State


def _doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *checks: Check) -> tuple[int, str]:
    def examine() -> Iterator[Check]:
        return iter(checks)

    monkeypatch.setattr(doctor, "examine", examine)
    with pytest.raises(SystemExit) as ended:
        main(["doctor"])
    assert isinstance(ended.value.code, int)
    return ended.value.code, capsys.readouterr().out


def test_only_what_is_needed_decides_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, absent = Check("a", State.GOOD, "fine", "unused"), Check("b", State.ABSENT, "no", "install b")
    code, text = _doctor(monkeypatch, capsys, good, absent)
    assert code == 0
    assert "unused" not in text
    assert "→ install b" in text
    code, text = _doctor(monkeypatch, capsys, good, absent, Check("c", State.BAD, "broken", "mend c"))
    assert code == 1
    assert "BAD    c  broken" in text
    assert "→ mend c" in text


def test_a_cache_that_cannot_be_written_is_reported_with_advice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path / "file" / "cache"))
    check = doctor._cache()
    assert check.state is State.ABSENT
    assert str(tmp_path) in check.detail
    assert "COUNTERPROOF_CACHE" in check.advice


def test_a_usable_cache_is_left_clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path / "new" / "cache"))
    assert doctor._cache().state is State.GOOD
    assert list((tmp_path / "new" / "cache").iterdir()) == []


def test_a_missing_program_comes_with_the_package_that_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("harness.registry.names", lambda: ("qemu-system-riscv64", "qemu-riscv64"))
    checks = list(doctor._executors())
    assert [check.state for check in checks] == [State.ABSENT, State.ABSENT]
    assert "apt-get install qemu-system-misc" in checks[0].advice
    assert "apt-get install qemu-user" in checks[1].advice


def test_a_missing_library_of_an_oracle_is_absent_and_of_a_subject_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    from harness import registry

    def broken(name: str, isolated: bool = True) -> object:
        raise registry.ExecutorUnavailableError(f"{name} needs a library")

    monkeypatch.setattr(registry, "create", broken)
    found = {check.name: check for check in doctor._executors()}
    assert found["riscv64-interpreter"].state is State.BAD
    assert found["unicorn-riscv64"].state is State.ABSENT
    assert found["unicorn-riscv64"].advice == "unicorn-riscv64 needs a library"


@pytest.mark.parametrize("error", [OSError("no memory"), RuntimeError("wrong result"), ImportError("no llvmlite")])
def test_a_check_that_fails_is_bad_and_says_why(error: Exception) -> None:
    def fails() -> str:
        raise error

    check = doctor._attempt("thing", fails, "mend it")
    assert (check.state, check.advice) == (State.BAD, "mend it")
    assert str(error) in check.detail


def test_the_native_interpreter_and_guest_memory_are_really_tried() -> None:
    assert doctor._guest_memory().endswith("address space can be reserved")
    assert doctor._native_interpreter() == "runs"
