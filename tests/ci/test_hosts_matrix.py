"""docs/reference/hosts.md: every cell has evidence, the tests that it names are there, and a false page is caught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ci import hosts_matrix

ROOT = Path(__file__).parents[2]
ONE = {"VM-08 arm64 AOT": ["tests/a.py::test_x", "tests/b.py::test_y"]}


def test_every_cell_names_tests_that_exist() -> None:
    cells = hosts_matrix.filled(hosts_matrix.PAGE.read_text())
    assert set(cells) == {(host, way) for host in hosts_matrix.HOSTS for way in hosts_matrix.WAYS}
    for tests in cells.values():
        assert tests
        for test in tests:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / file).read_text(), test


def test_a_cell_lists_the_tests_that_passed() -> None:
    cells = hosts_matrix.filled(hosts_matrix.page(ONE | {"VM-10": ["tests/c.py::test_z"]}))
    assert cells["arm64", "AOT"] == set(ONE["VM-08 arm64 AOT"])
    assert cells["x86_64", "JIT"] == set()


def test_evidence_for_an_unknown_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="VM-08 vax JIT"):
        hosts_matrix.page({"VM-08 vax JIT": ["tests/a.py::test_x"]})


def test_a_page_that_claims_more_or_less_than_the_run_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts_matrix, "PAGE", tmp_path / "hosts.md")
    monkeypatch.setattr(hosts_matrix, "ROOT", tmp_path)
    full, less = tmp_path / "full.json", tmp_path / "less.json"
    full.write_text(json.dumps({"rows": ONE}))
    less.write_text(json.dumps({"rows": {}}))
    assert hosts_matrix.main(["--evidence", str(full), "--write"]) == 0
    assert hosts_matrix.main(["--evidence", str(full)]) == 0
    assert hosts_matrix.main(["--evidence", str(less)]) == 1
    assert hosts_matrix.main(["--evidence", str(less), "--write"]) == 0
    assert hosts_matrix.main(["--evidence", str(full)]) == 1
    assert hosts_matrix.main(["--evidence", str(tmp_path / "missing.json")]) == 2
