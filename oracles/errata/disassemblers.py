"""Known defects of disassemblers, as data with witnesses: `disassemblers.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from oracles.errata.records import version_number


@dataclass(frozen=True)
class WordWitness:
    """A word of `size` bytes, what the tool says of it, and what is right; empty text: that it is no instruction."""

    word: int
    answer: str
    right: str

    @property
    def size_bytes(self) -> int:
        return 4 if self.word & 3 == 3 else 2


@dataclass(frozen=True)
class DisassemblerDefect:
    """One record; the attributes are those of the file."""

    id: str
    tool: str
    first_version: tuple[int, ...]
    last_version: tuple[int, ...]
    summary: str
    section: str
    sentence: str
    witnesses: tuple[WordWitness, ...]

    def concerns(self, version: str) -> bool:
        """Whether this is about `version` of the tool (`5.0.7`)."""
        return self.first_version <= version_number(version) <= self.last_version

    def reproduces(self) -> bool:
        """Whether the installed capstone answers every witness as the record says.

        Raises:
            ImportError: it is not installed.
        """
        return all(_capstone_says(witness) == witness.answer for witness in self.witnesses)


def _capstone_says(witness: WordWitness) -> str:
    import capstone

    engine = capstone.Cs(capstone.CS_ARCH_RISCV, capstone.CS_MODE_RISCV64 | capstone.CS_MODE_RISCVC)
    found = next(engine.disasm(witness.word.to_bytes(witness.size_bytes, "little"), 0, 1), None)
    return "" if found is None else f"{found.mnemonic} {found.op_str}".strip()


def load_disassembler_defects() -> tuple[DisassemblerDefect, ...]:
    """Every record.

    Raises:
        ValueError: a record that lacks something.
    """
    text = files(__package__).joinpath("disassemblers.toml").read_text(encoding="utf-8")
    found = []
    for record in tomllib.loads(text)["defect"]:
        try:
            first, last = (version_number(v) for v in record["versions"])
            witnesses = tuple(WordWitness(int(w["word"], 16), w["answer"], w["right"]) for w in record["witnesses"])
            summary, section, sentence = (str(record[name]) for name in ("summary", "section", "sentence"))
            found.append(
                DisassemblerDefect(record["id"], record["tool"], first, last, summary, section, sentence, witnesses)
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"defect {record.get('id', '?')}: {type(error).__name__}: {error}") from error
    return tuple(found)
