"""Errata records: refused with the record's name, or an erratum whose witness is a case that can be run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files

from fuzz.strategies.json_documents import mutate_json
from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from harness.contract import MachineCase
    from oracles.errata import records
    from oracles.errata.records import Erratum, parse_erratum


def one_input(data: bytes) -> None:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return
    try:
        erratum = parse_erratum("unicorn", record)
    except ValueError as error:
        if not str(error).startswith("erratum "):
            raise FindingError(f"an error without the record's name: {error}") from None
        return
    if not (isinstance(erratum, Erratum) and isinstance(erratum.witness.case, MachineCase)):
        raise FindingError(f"{erratum!r} is no erratum")
    texts = (erratum.id, erratum.summary, erratum.manual_section, erratum.manual_sentence)
    if not all(isinstance(text, str) for text in texts):
        raise FindingError(f"text that is no text in {texts}")
    erratum.concerns("unicorn-counting", "Unicorn 2.1.4")


def seeds() -> Iterable[bytes]:
    document = json.loads((files("oracles.errata") / "unicorn.json").read_text(encoding="utf-8"))
    chosen = document["errata"][::4]
    return [json.dumps(record).encode() for record in chosen]


def planted() -> None:
    replace(records, "_text", lambda original: lambda value: value)


TARGET = Target(
    one_input,
    "errata records: refused with the record's name, or usable",
    ("oracles.errata.records",),
    seeds,
    planted,
    "the type of texts is not checked",
    mutate=mutate_json,
    max_bytes=3000,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
