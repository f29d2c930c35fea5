"""docs/trophies.md says what the errata records say."""

from __future__ import annotations

import re
from dataclasses import replace
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
    page = trophies.trophies(load_errata())
    assert f"**{count} confirmed defects**" in page
    told = {name for pair in trophies.TOLD_AGAIN.items() for name in pair}
    assert told <= {e.id for e in defects}
    assert not set(trophies.TOLD_AGAIN) & set(trophies.TOLD_AGAIN.values()), "each names the first of its kind"
    assert f"**{count - len(trophies.TOLD_AGAIN)} are distinct**" in page
    assert count - len(trophies.TOLD_AGAIN) >= 10


def test_what_does_not_reproduce_fails_the_replay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("unicorn")
    first, *others = (e for e in load_errata("unicorn") if e.kind is ErratumKind.DEFECT)
    monkeypatch.setattr(trophies, "load_errata", lambda: (first, others[0]))
    monkeypatch.setattr(trophies, "load_disassembler_defects", tuple)
    assert trophies.main(["--replay"]) == 0
    assert "2 of 2 witnesses reproduce, 0 do not, 0 were not run" in capsys.readouterr().out
    wrong = replace(first, witness=replace(first.witness, oracle=first.witness.right))
    newer = replace(others[0], first_version=(99,))
    monkeypatch.setattr(trophies, "load_errata", lambda: (wrong, newer))
    assert trophies.main(["--replay"]) == 1
    said = capsys.readouterr().out
    assert "DOES NOT REPRODUCE: Unicorn" in said and "0 of 2 witnesses reproduce, 1 do not, 1 were not run" in said
