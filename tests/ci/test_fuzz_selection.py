"""Which fuzz targets a change concerns."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ci.fuzz_selection import ALWAYS, changed_paths, imports_of, main, reached, targets_of
from fuzz.targets.catalogue import names


@pytest.mark.parametrize(
    ("path", "concerned", "others"),
    [
        ("engines/vm/user/elf.py", {"elf_image", "system_calls"}, {"riscv64_words", "gdb_packets"}),
        ("engines/vm/isa/riscv64/m.py", {"riscv64_words", "riscv64_assembly", "machine_tiers"}, {"elf_image"}),
        ("oracles/gdb_packets.py", {"gdb_packets", "gdb_remote"}, {"errata_rule", "softfloat"}),
        ("oracles/errata/unicorn.json", {"errata_record", "machine_unicorn"}, {"elf_image", "softfloat"}),
        ("corpus/regressions/softfloat/0123", {"softfloat"}, {"elf_image"}),
        ("fuzz/targets/fuzz_strict_json.py", {"strict_json"}, {"case_file"}),
        (
            "harness/strict_json.py",
            {"strict_json", "case_file", "worker_wire", "corpus_entry"},
            {"softfloat", "elf_image"},
        ),
        ("engines/vm/tiers/interpreter/machine.py", {"machine_tiers", "machine_unicorn"}, {"riscv64_words"}),
    ],
)
def test_a_change_concerns_whoever_imports_it(path: str, concerned: set[str], others: set[str]) -> None:
    chosen = set(targets_of([path]))
    assert concerned <= chosen
    assert not others & chosen


def test_changes_that_concern_nobody_and_everybody() -> None:
    assert targets_of(["README.md", "docs/architecture.md", "tests/ci/test_workflows.py"]) == ()
    for path in ALWAYS:
        assert targets_of([path]) == names()


def test_imports_inside_functions_count() -> None:
    assert "fuzz.coverage.riscv64" in imports_of("fuzz.strategies.riscv64")
    assert "engines.vm.isa.derive.template" in reached(frozenset({"engines.vm.isa.riscv64.coding"}))


def test_differences_come_from_git(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q", "-b", "main"], cwd=tmp_path, check=True)
    (tmp_path / "a").write_text("1")
    subprocess.run([*git, "add", "."], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "one"], cwd=tmp_path, check=True)
    (tmp_path / "a").write_text("2")
    assert changed_paths("main", tmp_path) == ["a"]
    with pytest.raises(ValueError, match="git cannot compare with 'nowhere'"):
        changed_paths("nowhere", tmp_path)
    assert main(["no-such-revision"]) == 2
