"""The registry: lazy, complete, and clear about what is missing."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.contract import Executor
from harness.registry import ExecutorUnavailableError, UnknownExecutorError, create, describe, names

ROOT = Path(__file__).parents[2]


def test_every_name_is_described_and_its_module_exists() -> None:
    for name in names():
        description = describe(name)
        assert description.name == name
        assert description.summary
        module = description.target.partition(":")[0]
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file() or description.role == "third party"


def test_listing_imports_no_executor() -> None:
    script = (
        "import sys, harness.registry as r; [r.describe(n) for n in r.names()]; "
        "print(sorted(m for m in sys.modules if m.split('.')[0] in "
        "('numpy', 'unicorn', 'qiling', 'llvmlite', 'oracles', 'engines')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_reference_is_built_in_this_process() -> None:
    executor = create("riscv64-reference", isolated=False)
    assert isinstance(executor, Executor)
    assert executor.name == "riscv64-reference"
    executor.close()


def test_an_adapters_own_name_is_understood() -> None:
    assert describe("unicorn").name == "unicorn-riscv64"


def test_an_unknown_name_lists_the_known_ones_and_the_closest() -> None:
    with pytest.raises(UnknownExecutorError, match=r"'unicron-riscv64'\. Did you mean unicorn-riscv64\?") as caught:
        create("unicron-riscv64")
    assert all(name in str(caught.value) for name in names())
    with pytest.raises(UnknownExecutorError, match=r"'zzz'\. Known:"):
        describe("zzz")


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unicorn", None)
    with pytest.raises(ExecutorUnavailableError, match=r"'unicorn', which is not installed: pip install 'counterproof"):
        create("unicorn-riscv64", isolated=False)


def test_a_missing_program_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ExecutorUnavailableError, match=r"'qemu-system-riscv64', which is not on PATH.*system-misc"):
        create("qemu-system-riscv64")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("toy_executors:Nobody", "has no 'Nobody'"),
        ("toy_executors:NotAnExecutor", "makes a NotAnExecutor, which is no executor: it needs name"),
        ("toy_executors:NeedsMissingLibrary", "'no_such_library_for_counterproof', which is not installed"),
        ("no_such_package_for_counterproof:X", "'no_such_package_for_counterproof', which is not installed"),
        ("harness.no_such_module:X", "is not part of this installation"),
    ],
)
def test_a_path_that_leads_nowhere_says_so(target: str, message: str) -> None:
    with pytest.raises(ExecutorUnavailableError, match=message):
        create(target, isolated=False)


def test_third_parties_join_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = importlib.metadata.EntryPoint("my-toy", "toy_executors:ToyMachine", registry.ENTRY_POINT_GROUP)

    def entry_points(**selection: Any) -> tuple[importlib.metadata.EntryPoint, ...]:
        assert selection == {"group": "counterproof.executors"}
        return (entry,)

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    assert "my-toy" in names()
    assert describe("my-toy").role == "third party"
    assert create("my-toy", isolated=False).name == "toy"
