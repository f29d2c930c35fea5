"""`counterproof coverage` as users run it: of a fresh generation and of a campaign; text, JSON, exit statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from harness.triage.store import FindingsStore

SMALL = ("--cases", "192", "--profile", "short")


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["coverage", *arguments])
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def _document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    status, text, error = _run(capsys, *arguments, "--json")
    assert status == 0, error
    document: dict[str, Any] = json.loads(text)
    return document


@pytest.mark.evidence("HX-09")
def test_a_fresh_generation_is_measured_and_holes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, text, _ = _run(capsys, *SMALL)
    assert status == 0
    for dimension in ("operand classes", "hazards", "exceptions", "rounding mode changes", "CSR access pairs"):
        assert f"\n{dimension} " in text
    assert "never: " in text and "more; --all lists them" in text
    document = _document(capsys, *SMALL)
    assert document["cases"] == 192
    for name, dimension in document["dimensions"].items():
        assert dimension["possible"] - dimension["met"] == len(dimension["never"]), name
    holes = sum(len(dimension["never"]) for dimension in document["dimensions"].values())
    assert _run(capsys, *SMALL, "--all")[1].count("never: ") == holes > 100


@pytest.mark.evidence("HX-09")
def test_the_suite_covers_every_dimension(capsys: pytest.CaptureFixture[str]) -> None:
    """All but what a load relative to x2 into x2 would be: x2 is a pointer that programs keep."""
    never = {name: d["never"] for name, d in _document(capsys, "--cases", "20480")["dimensions"].items()}
    assert {name: holes for name, holes in never.items() if holes} == {
        "hazards": ["c.lwsp rd_is_rs1", "c.ldsp rd_is_rs1"]
    }


def test_more_programs_never_cover_less(capsys: pytest.CaptureFixture[str]) -> None:
    few, more = (_document(capsys, "--cases", count, "--profile", "fp,traps") for count in ("64", "1024"))
    for name, dimension in few["dimensions"].items():
        assert dimension["met"] <= more["dimensions"][name]["met"], name
    assert few["dimensions"]["operand classes"]["met"] < more["dimensions"]["operand classes"]["met"]


@pytest.mark.evidence("HX-09")
def test_a_campaign_is_measured_as_far_as_it_came(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    document = _plan("short", 128)
    store = FindingsStore(tmp_path)
    number = store.campaign(document)
    store.write_stable_point(number, {"next_chunk": 3}, {})
    store.close()
    found = _document(capsys, str(tmp_path))
    assert found["cases"] == 96
    assert found["of"].startswith(f"campaign {number} in")
    fresh = _document(capsys, "--cases", "96", "--profile", "short", "--seed", "5")
    assert found["counts"] == fresh["counts"]


def _plan(profile: str, cases: int) -> dict[str, Any]:
    from harness.campaign.plan import Plan

    return Plan("riscv64-interpreter", ("unicorn-riscv64",), (5,), cases, profile=profile, batch_cases=32).document()


def test_bad_input_is_refused_with_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store = FindingsStore(tmp_path)
    store.close()
    for arguments, message in (
        ((str(tmp_path / "none"),), "holds no campaign"),
        ((str(tmp_path),), "holds no campaign of generated RISC-V programs"),
        (("--profile", "nix"), "unknown profile 'nix'"),
        (("--executor", "nix"), "nix"),
    ):
        status, _, error = _run(capsys, *arguments)
        assert (status, message in error, "Traceback" in error) == (2, True, False), error
    store = FindingsStore(tmp_path)
    store.campaign(_plan("short", 64))
    store.close()
    assert "has compared nothing yet" in _run(capsys, str(tmp_path))[2]


@pytest.mark.evidence("HX-09")
def test_programs_are_compiled_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    document = _document(capsys, *SMALL, "--compiled", "24")
    operations = document["dimensions"]["IR operations"]
    assert operations["met"] + len(operations["never"]) == operations["possible"]
    assert {host: forms["met"] > 20 for host, forms in document["host forms"].items()} == {
        "x86_64": True,
        "arm64": True,
        "riscv64": True,
    }
    text = _run(capsys, *SMALL, "--compiled", "24")[1]
    assert "\nblock shapes " in text and "\narm64 forms " in text
