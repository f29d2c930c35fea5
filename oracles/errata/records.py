"""The records and their JSON form.

A file `<oracle>.json` holds `{"oracle": name, "errata": [record, …]}`; numbers are hexadecimal strings. A record:

    id            unique, kebab case, begins with the oracle's name
    kind          `defect`: the manual forbids it. `permitted`: the manual allows both answers. `environment`: the value
                  depends on the machine that runs the oracle (clocks and counters)
    versions      {"from": "2.1.0", "to": "2.1.4"}; both ends belong to it, `to` may be null
    summary       one sentence
    manual        {"section": …, "sentence": …}: the words that decide
    instructions  [{"match": bits, "mask": bits}, …]: the record is about instructions with `bits & mask == match`
    condition     a rule over the state before the instruction (`oracles.errata.rules`), or null for every state
    fields        what may differ: "end", "trap", "tval", "pc", "retired", "memory", "fflags", "frm", "x[rd]", "x[*]",
                  "f[rd]", "f[*]"
    expect        a rule over the results that the oracle's answer satisfies, or null
    final         {"field": "f", "rule": rule over `subject` and `oracle`}: differences of final states that need no
                  single-stepping to be this record's; may be left out
    witness       {"code": hex, "x": {register: bits}, "f": {register: bits}, "fcsr": bits, "address": bits,
                   "limit_insns": n, "oracle": answer, "right": answer}, where an answer gives the fields that
                   differ: {"x[10]": …, "f[10]": …, "fflags": …, "trap": name, "tval": …, "pc": …,
                   "memory": {"address": hex bytes}}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from harness.contract.case import MachineCase
from harness.contract.layout import CODE_BASE, DATA_BASE, DATA_BYTES
from harness.contract.states import state_dtype
from oracles.errata.rules import ElementRule, Rule

_FIELD = re.compile(r"end|trap|tval|pc|retired|memory|fflags|frm|[xf]\[(rd|\*)\]")


class ErratumKind(StrEnum):
    DEFECT = "defect"
    PERMITTED = "permitted"
    ENVIRONMENT = "environment"


@dataclass(frozen=True)
class InstructionPattern:
    """Instructions whose bits under `mask` are `match`."""

    match: int
    mask: int

    def matches(self, bits: int) -> bool:
        return bits & self.mask == self.match


@dataclass(frozen=True)
class FinalTolerance:
    """Elements of a final state's `field` that may differ where `rule` holds."""

    field: str
    rule: ElementRule


@dataclass(frozen=True)
class Witness:
    """A case on which the oracle shows the behaviour, its answer, and the manual's."""

    case: MachineCase
    oracle: Mapping[str, Any]
    right: Mapping[str, Any]


@dataclass(frozen=True)
class Erratum:
    """One record; the attributes are those of the JSON form."""

    id: str
    oracle: str
    kind: ErratumKind
    first_version: tuple[int, ...]
    last_version: tuple[int, ...] | None
    summary: str
    manual_section: str
    manual_sentence: str
    instructions: tuple[InstructionPattern, ...]
    fields: frozenset[str]
    condition: Rule | None
    expect: Rule | None
    final: FinalTolerance | None
    witness: Witness = field(compare=False)

    def concerns(self, oracle: str, version: str) -> bool:
        """Whether this is about executor `oracle` at `version` (`Capabilities.version`: `Unicorn 2.1.4`).

        Executors of one engine may be told apart by what follows its name: `unicorn` and `unicorn-counting`.
        """
        if oracle != self.oracle and not oracle.startswith(self.oracle + "-"):
            return False
        number = version_number(version)
        return self.first_version <= number and (self.last_version is None or number <= self.last_version)


def version_number(text: str) -> tuple[int, ...]:
    """The first dotted number in `text`.

    Raises:
        ValueError: there is none.
    """
    found = re.search(r"\d+(\.\d+)*", text)
    if found is None:
        raise ValueError(f"no version number in {text!r}; a capability's version looks like 'Unicorn 2.1.4'")
    return tuple(int(part) for part in found.group().split("."))


def parse_erratum(oracle: str, record: Mapping[str, Any]) -> Erratum:
    """Read one record.

    Raises:
        ValueError: a value that the schema does not allow; the message names the record and the value.
    """
    if not isinstance(record, Mapping):
        raise ValueError(f"erratum ?: {type(record).__name__} is no record; a record is an object")
    name = str(record.get("id", "?"))
    try:
        fields = frozenset(record["fields"])
        for text in fields:
            if _FIELD.fullmatch(text) is None:
                raise ValueError(f"unknown field {text!r}")
        if not name.startswith(oracle + "-"):
            raise ValueError(f"the id of an erratum of {oracle} begins with {oracle + '-'!r}")
        last = record["versions"]["to"]
        return Erratum(
            id=name,
            oracle=oracle,
            kind=ErratumKind(record["kind"]),
            first_version=version_number(record["versions"]["from"]),
            last_version=None if last is None else version_number(last),
            summary=_text(record["summary"]),
            manual_section=_text(record["manual"]["section"]),
            manual_sentence=_text(record["manual"]["sentence"]),
            instructions=tuple(
                InstructionPattern(int(i["match"], 16), int(i["mask"], 16)) for i in record["instructions"]
            ),
            fields=fields,
            condition=None if record["condition"] is None else Rule(record["condition"]),
            expect=None if record["expect"] is None else Rule(record["expect"]),
            final=_parse_final(record.get("final")),
            witness=_parse_witness(record["witness"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(f"erratum {name}: {type(error).__name__}: {error}") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _parse_final(record: Mapping[str, str] | None) -> FinalTolerance | None:
    if record is None:
        return None
    if record["field"] not in ("x", "f", "fcsr"):
        raise ValueError(f"unknown field {record['field']!r} of a final state; there are x, f and fcsr")
    return FinalTolerance(record["field"], ElementRule(record["rule"]))


def _parse_witness(record: Mapping[str, Any]) -> Witness:
    address = int(record.get("address", hex(CODE_BASE)), 16)
    state = np.zeros(1, state_dtype("riscv64"))
    state["pc"] = address
    state["fcsr"] = int(record.get("fcsr", "0"), 16)
    for file in ("x", "f"):
        for register, bits in record.get(file, {}).items():
            state[file][0, int(register)] = int(bits, 16)
    memory = bytearray(DATA_BYTES)
    for where, contents in record.get("memory", {}).items():
        data = bytes.fromhex(contents)
        offset = int(where, 16) - DATA_BASE
        memory[offset : offset + len(data)] = data
    case = MachineCase(
        isa="riscv64",
        state=state[0],
        code=bytes.fromhex(record["code"]),
        code_address=address,
        memory=bytes(memory),
        limit_insns=int(record.get("limit_insns", 100)),
    )
    return Witness(case, dict(record["oracle"]), dict(record["right"]))


def load_errata(oracle: str | None = None) -> tuple[Erratum, ...]:
    """All records of `oracle`, or of every oracle, in the order of the files.

    Raises:
        ValueError: a record that the schema does not allow, or an id used twice.
    """
    return tuple(e for e in _all_errata() if oracle is None or e.oracle == oracle)


@cache
def _all_errata() -> tuple[Erratum, ...]:
    found: list[Erratum] = []
    for entry in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".json"):
            document = json.loads(entry.read_text(encoding="utf-8"))
            found += [parse_erratum(document["oracle"], record) for record in document["errata"]]
    _refuse_duplicates(e.id for e in found)
    return tuple(found)


def _refuse_duplicates(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise ValueError(f"erratum {name} is recorded twice")
        seen.add(name)
