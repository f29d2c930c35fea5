"""The capability matrix: what is evidence, what is not, and that a false page is caught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ci import capability_matrix

REQUIREMENTS: dict[str, dict[str, object]] = {
    "HX": {"title": "Harness", "rows": [["HX-01", "a contract"], ["HX-02", "suites"]]},
    "P": {"title": "Properties", "rows": [["P1", "size"], ["P10", "speed"]]},
}

pytest_plugins = ["pytester"]


def test_a_row_works_only_with_evidence() -> None:
    page = capability_matrix.matrix(REQUIREMENTS, {"HX-01": ["tests/a.py::test_x", "tests/a.py::test_y"]})
    assert "| HX-01 | a contract | works | [tests/a.py](../../tests/a.py) (2) |" in page
    assert "| HX-02 | suites | roadmap |  |" in page


def test_evidence_for_a_part_of_a_row_is_for_the_row() -> None:
    """As "VM-08 arm64 JIT" is; and P1 is not P10."""
    page = capability_matrix.matrix(REQUIREMENTS, {"HX-02 arm64": ["tests/a.py::test_x"], "P1": ["tests/b.py::test_y"]})
    assert capability_matrix.works(page) == {"HX-02", "P1"}


def test_evidence_for_an_unknown_row_is_refused() -> None:
    with pytest.raises(ValueError, match="HX-99"):
        capability_matrix.matrix(REQUIREMENTS, {"HX-99": ["tests/a.py::test_x"]})


@pytest.mark.evidence("HX-16")
def test_a_page_that_claims_more_than_the_run_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capability_matrix, "MATRIX", tmp_path / "matrix.md")
    monkeypatch.setattr(capability_matrix, "ROOT", tmp_path)
    full, less = tmp_path / "full.json", tmp_path / "less.json"
    full.write_text(json.dumps({"rows": {"HX-01": ["tests/a.py::test_x"], "P1": ["tests/a.py::test_y"]}}))
    less.write_text(json.dumps({"rows": {"HX-01": ["tests/a.py::test_x"]}}))
    assert capability_matrix.main(["--evidence", str(full), "--write"]) == 0
    assert capability_matrix.main(["--evidence", str(full)]) == 0
    assert capability_matrix.main(["--evidence", str(less)]) == 1
    assert capability_matrix.main(["--evidence", str(tmp_path / "missing.json")]) == 2


def test_skipped_and_failed_tests_are_no_evidence(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.evidence("HX-01")
        def test_passes(): pass

        @pytest.mark.evidence("HX-02")
        def test_fails(): assert False

        @pytest.mark.evidence("HX-03")
        def test_skips(): pytest.skip("no")

        @pytest.mark.evidence("HX-04")
        @pytest.mark.parametrize("n", [1, 2])
        def test_half(n): assert n == 1
        """
    )
    pytester.makeini("[pytest]\nmarkers = evidence(row): evidence")
    # A faulthandler installed by it would take SIGILL from Wasmtime, whose next trap in this process would end it.
    pytester.runpytest("-p", "no:faulthandler", "-p", "ci.evidence", "--evidence-out", "e.json")
    rows = json.loads((pytester.path / "e.json").read_text())["rows"]
    assert list(rows) == ["HX-01"]
