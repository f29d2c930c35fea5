"""One kept program as a versioned JSON file: artefact, choices and generator version.

The artefact is the case itself, which any release can run. The choices are what can be mutated and reduced, and mean
the same only to the generator version that is named; under another one the entry is replayed and not mutated. So a
corpus survives changes of the generator.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Final, Self

from fuzz.strategies.riscv64.choices import GENERATOR_VERSION, Choices
from fuzz.strategies.riscv64.emit import emit
from harness.case_file import case_document, case_from
from harness.contract import MachineCase
from harness.strict_json import DocumentError, parse

FORMAT: Final = "counterproof-corpus-entry"
VERSION: Final = 1


@dataclass(frozen=True, eq=False)
class Entry:
    """A kept program.

    Attributes:
        case: the artefact.
        choices: serialised choices (`Choices.to_bytes`), or empty where the case did not come from any.
        generator: the `GENERATOR_VERSION` that the choices belong to.
    """

    case: MachineCase
    choices: bytes = b""
    generator: int = GENERATOR_VERSION

    @classmethod
    def of(cls, choices: Choices, limit_insns: int = 10_000, label: str = "") -> Self:
        """The entry of one program's choices."""
        return cls(emit(choices, limit_insns, label).case(0), choices.to_bytes())

    def current_choices(self) -> Choices | None:
        """The choices, where this generator understands them."""
        if not self.choices or self.generator != GENERATOR_VERSION:
            return None
        return Choices.from_bytes(self.choices)


def write_entry(entry: Entry) -> str:
    """The entry as text, ending in a newline; the same entry gives the same text."""
    head = {"format": FORMAT, "version": VERSION, "generator": entry.generator}
    choices = base64.b64encode(entry.choices).decode("ascii")
    return json.dumps(head | {"choices": choices, "case": case_document(entry.case)}, indent=1) + "\n"


def read_entry(text: bytes | str, source: str = "corpus entry") -> Entry:
    """Parse an entry; `source` names it in messages.

    Raises:
        DocumentError: with the place, the offending value and what is legal. Choices of this generator version are
            checked, those of others only carried.
    """
    node = parse(text, source)
    node.only("format", "version", "generator", "choices", "case")
    node.form(FORMAT, VERSION)
    case = case_from(node.field("case"))
    if not isinstance(case, MachineCase):
        raise node.field("case").error(f"holds a {case.kind} case; entries hold machine cases")
    entry = Entry(case, node.field("choices").base64(), node.field("generator").integer(0, 1 << 16))
    try:
        entry.current_choices()
    except ValueError as error:
        raise node.field("choices").error(str(error)) from None
    return entry


__all__ = ["FORMAT", "VERSION", "DocumentError", "Entry", "read_entry", "write_entry"]
