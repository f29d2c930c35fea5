"""The hunt: the vote names the one that is wrong, what is found becomes a record with a witness, each cause once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzz.strategies.riscv64 import generate
from harness.cli import main
from harness.registry import create
from harness.triage.hunt import VOTERS, Hunt
from oracles.errata.records import parse_erratum
from oracles.errata.reproduction import answers, reproduces

RIGHT, ALSO_RIGHT, WRONG = "riscv64-interpreter", "riscv64-reference", "wrong_reference:wrong_addw"


@pytest.fixture(scope="module")
def hunt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hunt]:
    made = Hunt((RIGHT, ALSO_RIGHT, WRONG), generate, tmp_path_factory.mktemp("hunt"))
    yield made
    made.close()


@pytest.mark.evidence("HX-05")
def test_the_guilty_is_named_and_its_defect_written_down(hunt: Hunt) -> None:
    candidates = list(hunt.batch(7, 0, 200, "default"))
    assert {candidate.guilty for candidate in candidates} == {WRONG}
    assert set(hunt.statistics.named) == {WRONG}
    assert {c.signature for c in candidates} <= {"riscv64 addw: x differs", "riscv64 c.addw: x differs"}
    assert len({c.signature for c in candidates}) == len(candidates), "one candidate per cause"
    first = candidates[0]
    assert first.path.is_file()
    record = dict(first.record) | {"condition": None}
    erratum = parse_erratum("wrong-addw", record)
    wrong, right = create(WRONG, isolated=False), create(ALSO_RIGHT, isolated=False)
    assert reproduces(erratum, wrong)
    assert not reproduces(erratum, right)
    seen = right.run(erratum.witness.case)
    assert answers(seen, erratum.witness.right)  # type: ignore[arg-type]
    assert erratum.manual_sentence == "", "the manual's words are for a person to add"


def test_what_was_found_is_not_found_again(hunt: Hunt) -> None:
    known = hunt.statistics.again
    assert list(hunt.batch(7, 0, 200, "default")) == []
    assert hunt.statistics.again > known


def test_ours_is_named_where_it_is_ours(tmp_path: Path) -> None:
    """Nobody is above the vote: two copies of one mistake outvote the right one, and the report says whom they name."""
    made = Hunt((WRONG, "wrong_reference:wrong_addw_again", ALSO_RIGHT), generate, tmp_path)
    try:
        named = {candidate.guilty for candidate in made.batch(7, 0, 64, "default")}
    finally:
        made.close()
    assert named == {ALSO_RIGHT}


def test_two_voters_can_name_nobody(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least three different voters"):
        Hunt((RIGHT, RIGHT, WRONG), generate, tmp_path)
    assert len(VOTERS) == 3


@pytest.mark.parametrize("arguments", [["--voter", RIGHT], ["--profile", "nothing"], ["--voter", "x"] * 3])
def test_wrong_usage_is_one_line(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["hunt", *arguments, "--out", str(tmp_path / "out")])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("counterproof hunt: ")
    assert len(error.splitlines()) == 1
