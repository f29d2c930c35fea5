"""Corpus entries survive changes of the generator; stores merge, keep a program once, and pass over damage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fuzz.corpus.entry import Entry, read_entry, write_entry
from fuzz.corpus.store import CorpusStore
from fuzz.strategies.riscv64.choices import GENERATOR_VERSION, Choices
from fuzz.strategies.riscv64.draw import draw
from fuzz.strategies.riscv64.profiles import profile_named
from fuzz.targets import machine_inputs
from harness.strict_json import DocumentError


def entries(count: int) -> list[Entry]:
    drawn = draw(5, 0, count, profile_named("short"))
    return [Entry.of(drawn.row(index), 100, f"case {index}") for index in range(count)]


@pytest.mark.evidence("HX-04")
def test_an_entry_of_another_generator_is_replayed_and_not_mutated() -> None:
    entry = entries(1)[0]
    document = json.loads(write_entry(entry))
    older = json.dumps(document | {"generator": GENERATOR_VERSION - 1}).encode()
    read = read_entry(older)
    assert read.current_choices() is None
    assert read.choices == entry.choices
    assert machine_inputs.case_of(older).code == entry.case.code
    assert machine_inputs.fuzzable(older) == b""
    current = write_entry(entry).encode()
    assert machine_inputs.fuzzable(current) == entry.choices
    mutant = machine_inputs.mutate(current, 2000, 7)
    assert Choices.from_bytes(mutant).to_bytes() == mutant
    assert machine_inputs.mutate(current, 2000, 7) == machine_inputs.mutate(entry.choices, 2000, 7)


def test_an_input_is_kept_with_its_artefact() -> None:
    choices = entries(1)[0].choices
    kept = machine_inputs.regression(choices)
    assert machine_inputs.regression(kept) == kept
    assert read_entry(kept).case.code == machine_inputs.case_of(choices).code == machine_inputs.case_of(kept).code
    assert machine_inputs.case_of(b"{ damaged").code == machine_inputs.case_of(b"{ damaged").code


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, r"\$\.version: this release reads version 1"),
        ({"choices": "xyz"}, r"\$\.choices: .* is not base64"),
        ({"choices": "AAAA"}, r"\$\.choices: 3 bytes are too short for choices"),
        ({"generator": -1}, r"\$\.generator: -1 is outside"),
        ({"extra": 1}, r"unknown field 'extra'"),
        ({"case": {"format": "counterproof-case", "version": 1, "kind": "wasm", "label": "", "fuel": 1, "calls": [],
                   "module": ""}}, r"\$\.case: holds a wasm case"),
    ],
)  # fmt: skip
def test_damage_is_refused_with_its_place(change: dict[str, object], message: str) -> None:
    document = json.loads(write_entry(entries(1)[0])) | change
    with pytest.raises(DocumentError, match=message):
        read_entry(json.dumps(document))


def test_stores_keep_once_merge_and_pass_over_damage(tmp_path: Path) -> None:
    first, second = CorpusStore(tmp_path / "a"), CorpusStore(tmp_path / "b")
    one, two, three = entries(3)
    assert list(first) == []
    assert first.add(one) == first.add(one)
    first.add(two)
    second.add(two)
    second.add(three)
    (tmp_path / "b" / "damaged.json").write_text("{")
    assert first.merge(second) == 1
    assert [path.name for path, _ in second.unreadable] == ["damaged.json"]
    assert {entry.choices for entry in first} == {one.choices, two.choices, three.choices}
    assert len(first) == 3
    assert not list((tmp_path / "a").glob("*.partial"))


def test_simpler_programs_are_simpler() -> None:
    choices = draw(5, 0, 1, profile_named("short")).row(0).to_bytes()
    sizes = [len(candidate) for candidate in machine_inputs.simpler(choices)]
    assert min(sizes) < len(choices)
    assert max(sizes) <= len(choices)
    assert all(Choices.from_bytes(candidate) for candidate in machine_inputs.simpler(choices))
