"""The records: every Unicorn witness reproduces on the live oracle, and bad records are refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from harness.contract import MachineObservation
from oracles.errata import Erratum, ErratumKind, answers, load_errata, reproduces
from oracles.errata.records import _refuse_duplicates, parse_erratum, version_number
from oracles.unicorn_oracle import UnicornRiscv64

UNICORN_ERRATA = load_errata("unicorn")


@pytest.fixture(scope="module")
def unicorn() -> Iterator[UnicornRiscv64]:
    oracle = UnicornRiscv64(repair=False)
    yield oracle
    oracle.close()


@pytest.mark.parametrize("erratum", UNICORN_ERRATA, ids=lambda e: e.id)
def test_a_witness_reproduces(erratum: Erratum, unicorn: UnicornRiscv64) -> None:
    assert erratum.concerns(unicorn.name, unicorn.capabilities.version)
    seen = unicorn.run(erratum.witness.case)
    assert isinstance(seen, MachineObservation)
    assert reproduces(erratum, unicorn), f"{erratum.id} no longer reproduces: remove it or end its versions"
    assert not answers(seen, erratum.witness.right), f"{erratum.id}: the oracle gives the right answer"


def test_a_repaired_unicorn_shows_only_what_is_not_repaired() -> None:
    repaired = UnicornRiscv64()
    left = {e.id for e in UNICORN_ERRATA if reproduces(e, repaired)}
    repaired.close()
    assert left == {
        "unicorn-c-reserved-quadrant-0",
        "unicorn-c-reserved-quadrant-1",
        "unicorn-cycle-and-instret-are-host-ticks",
        "unicorn-fetch-fault-imprecise",
        "unicorn-misaligned-store-fault-partial",
        "unicorn-sc-compares-value",
        "unicorn-sc-ignores-size",
    }


def test_an_answer_about_nothing_is_refused(unicorn: UnicornRiscv64) -> None:
    seen = unicorn.run(UNICORN_ERRATA[0].witness.case)
    assert isinstance(seen, MachineObservation)
    with pytest.raises(ValueError, match="'v\\[1\\]'"):
        answers(seen, {"v[1]": "0x0"})


@pytest.mark.parametrize("erratum", UNICORN_ERRATA, ids=lambda e: e.id)
def test_a_witness_contains_an_instruction_of_its_record(erratum: Erratum) -> None:
    code = erratum.witness.case.code
    found = []
    for offset in range(0, len(code) - 1, 2):
        low = int.from_bytes(code[offset : offset + 2], "little")
        bits = int.from_bytes(code[offset : offset + 4], "little") if low & 3 == 3 else low
        found.append(any(pattern.matches(bits) for pattern in erratum.instructions))
    assert any(found)


def test_every_known_defect_of_the_field_is_recorded() -> None:
    ids = {e.id for e in UNICORN_ERRATA}
    assert {
        "unicorn-fp32-result-not-boxed",
        "unicorn-fmin-fmax-s-signaling-nan",
        "unicorn-fmin-fmax-d-signaling-nan",
    } <= ids
    assert {e.kind for e in UNICORN_ERRATA} == set(ErratumKind)


RECORD = json.loads(files("oracles.errata").joinpath("unicorn.json").read_text())["errata"][0]


def spoiled(path: str, value: object) -> dict[str, Any]:
    record: dict[str, Any] = copy.deepcopy(RECORD)
    place = record
    *way, last = path.split(".")
    for key in way:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return record


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("id", "nobody-defect", "begins with 'unicorn-'"),
        ("kind", "mistake", "'mistake'"),
        ("fields", ["everything"], "'everything'"),
        ("fields", ["x[10]"], "x\\[10\\]"),
        ("condition", "__import__('os')", "no name '__import__'"),
        ("condition", "f[rs1] +", "rule"),
        ("condition", "[x for x in (1,)]", "ListComp is not allowed"),
        ("expect", "oracle.memory", "'memory'"),
        ("expect", "undefined == 1", "'undefined'"),
        ("final", {"field": "pc", "rule": "subject == oracle"}, "'pc'"),
        ("final", {"field": "f", "rule": "subject == 1 and oracle == 2"}, "BoolOp"),
        ("manual.sentence", None, "sentence"),
        ("witness", None, "witness"),
        ("versions.from", "new", "'new'"),
        ("instructions", [{"match": "fadd.s", "mask": "0x7f"}], "fadd.s"),
    ],
)
def test_a_bad_record_is_refused_with_its_value(path: str, value: object, shown: str) -> None:
    with pytest.raises(ValueError, match=shown) as caught:
        parse_erratum("unicorn", spoiled(path, value))
    assert str(caught.value).startswith("erratum ")


def test_an_id_is_used_once() -> None:
    with pytest.raises(ValueError, match="unicorn-a is recorded twice"):
        _refuse_duplicates(["unicorn-a", "unicorn-b", "unicorn-a"])


def test_versions_bound_a_record() -> None:
    bounded = parse_erratum("unicorn", spoiled("versions", {"from": "2.1.0", "to": "2.1.4"}))
    concerns = {v: bounded.concerns("unicorn", f"Unicorn {v}") for v in ("2.0.9", "2.1.0", "2.1.4", "2.1.5", "3")}
    assert concerns == {"2.0.9": False, "2.1.0": True, "2.1.4": True, "2.1.5": False, "3": False}
    assert bounded.concerns("unicorn-counting", "2.1.4")
    assert not bounded.concerns("unicorns", "2.1.4")
    assert not bounded.concerns("qemu", "2.1.4")
    assert version_number("QEMU emulator version 7.2.15 (Debian)") == (7, 2, 15)
    with pytest.raises(ValueError, match="no version number in 'unknown'"):
        version_number("unknown")
