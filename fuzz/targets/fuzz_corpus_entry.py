"""Kept programs: refused with the place, or an entry that is written and read back the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace as replace_field
from typing import Any

from fuzz.strategies.json_documents import mutate_json
from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from fuzz.corpus import entry as entries
    from fuzz.corpus.entry import DocumentError, Entry, read_entry, write_entry
    from fuzz.strategies.riscv64.choices import GENERATOR_VERSION, Choices
    from harness.contract import MachineCase
    from harness.contract.layout import DATA_BYTES


def one_input(data: bytes) -> None:
    try:
        entry = read_entry(data, "fuzz")
    except DocumentError as error:
        if not str(error).startswith("fuzz"):
            raise FindingError(f"an error that does not say where: {error}") from None
        return
    text = write_entry(entry)
    again = read_entry(text)
    if write_entry(again) != text or again.case.limit_insns != entry.case.limit_insns:
        raise FindingError(f"an entry that changes when it is written and read: {text[:200]}")
    choices = entry.current_choices()
    if choices is not None and choices.to_bytes() != entry.choices:
        raise FindingError("choices that change when they are read and written")


def seeds() -> Iterable[bytes]:
    for noise in (b"", bytes(range(200)) * 4):
        choices = Choices.from_noise(noise)
        case = replace_field(Entry.of(choices, 254).case, memory=bytes(DATA_BYTES))
        for entry in (Entry(case, choices.to_bytes()), Entry(case), Entry(case, b"older", GENERATOR_VERSION - 1)):
            yield write_entry(entry).encode()


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def document(case: MachineCase) -> dict[str, Any]:
            found: dict[str, Any] = original(case)
            return found if case.limit_insns != 0xFF else found | {"limit_insns": 256}

        return document

    replace(entries, "case_document", wrapper)


TARGET = Target(
    one_input,
    "kept programs: refused with the place, or the same after writing and reading",
    ("fuzz.corpus.entry",),
    seeds,
    planted,
    "one limit is written as another",
    mutate=mutate_json,
    max_bytes=9000,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
