"""docs/trophies.md says what the errata records say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ci import trophies
from oracles.errata import ErratumKind, load_errata
from oracles.errata.disassemblers import load_disassembler_defects


def test_the_committed_page_is_up_to_date() -> None:
    assert trophies.main([]) == 0


def test_every_defect_is_listed_and_nothing_else() -> None:
    page = trophies.trophies(load_errata())
    listed = {line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")}
    tools = {defect.id for defect in load_disassembler_defects()}
    assert listed == {e.id for e in load_errata() if e.kind is ErratumKind.DEFECT} | tools


def test_a_stale_page_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trophies, "PAGE", tmp_path / "trophies.md")
    assert trophies.main([]) == 1
    assert trophies.main(["--write"]) == 0
    assert trophies.main([]) == 0


@pytest.mark.evidence("HX-05")
def test_every_record_quotes_the_manual_and_says_where() -> None:
    for erratum in load_errata():
        assert re.search(r"chapter |Privileged ISA", erratum.manual_section), erratum.id
        assert "..." not in erratum.manual_sentence, f"{erratum.id}: what is left out is marked […]"
        assert "…" not in erratum.manual_sentence.replace("[…]", ""), erratum.id
        assert erratum.manual_sentence.endswith("."), f"{erratum.id}: quotes whole sentences"


def test_there_are_at_least_ten_confirmed_defects() -> None:
    defects = [e for e in load_errata() if e.kind is ErratumKind.DEFECT]
    assert len(defects) >= 24
    count = len(defects) + len(load_disassembler_defects())
    assert f"**{count} confirmed defects**" in trophies.trophies(load_errata())
