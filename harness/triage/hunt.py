"""The search for defects of oracles that nobody has recorded: all vote, one is named, known errata are set aside.

Every batch runs on every voter. Where a majority agrees and somebody stands against it, the case is examined between a
member of the majority and the guilty one; what recorded errata explain is counted and dropped. The rest is reduced and
written as a *candidate*: a record in the format of `oracles.errata.records`, with the reduced case as its witness and
without the manual's sentence, which only a person who has read it can add. Candidates with one signature are one.

A vote is no proof: voters may share an ancestor and its mistakes. So ours may be named too, and a candidate is checked
by hand before it becomes a record.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from engines.whole_file import replace_whole
from harness.campaign.workers import IsolatedExecutor
from harness.compare.describe import compare_case, differences
from harness.compare.first_difference import observe
from harness.compare.vote import vote
from harness.contract import End, Executor, MachineBatch, MachineCase, MachineObservation
from harness.contract.layout import CODE_BASE, DATA_BASE
from harness.reduce import riscv64
from harness.reduce.finding import signature_function
from harness.reduce.machine import reduce_machine_case
from harness.registry import describe
from oracles.errata.records import version_number

VOTERS: Final = ("riscv64-interpreter", "unicorn-riscv64", "qemu-system-riscv64")
EXAMINED_PER_BATCH: Final = 12
Generate = Callable[[int, int, int, str], MachineBatch]


@dataclass(frozen=True)
class Candidate:
    """A supposed defect.

    Attributes:
        guilty: the voter that stands alone.
        signature: of the majority against the guilty one.
        record: an erratum without the manual's words.
        case: reduced.
        path: where it was written.
    """

    guilty: str
    signature: str
    record: dict[str, Any]
    case: MachineCase
    path: Path


@dataclass
class HuntStatistics:
    """What a hunt has done.

    Attributes:
        named: votes against each voter.
        undecided: disputed cases without a majority.
        known: disputed cases that recorded errata explain.
        again: disputed cases of a signature that has its candidate.
        passed_over: disputed cases that were not examined, as there were too many in one batch.
    """

    cases: int = 0
    named: Counter[str] = field(default_factory=Counter)
    undecided: int = 0
    known: int = 0
    again: int = 0
    passed_over: int = 0


class Hunt:
    """Lets `voters` vote and writes candidates into `out`.

    Raises:
        ValueError: fewer than three voters: nobody could be named.
        UnknownExecutorError, ExecutorUnavailableError: a voter cannot be had.
    """

    def __init__(self, voters: Sequence[str], generate: Generate, out: Path) -> None:
        for name in voters:
            describe(name)
        if len(set(voters)) < 3:
            raise ValueError(f"{', '.join(voters)}: a vote that names somebody takes at least three different voters")
        self.statistics = HuntStatistics()
        self._generate, self._out = generate, out
        self._voters: dict[str, IsolatedExecutor] = {}
        self._seen: set[tuple[str, str]] = set()
        self._opened = ExitStack()
        try:
            for name in dict.fromkeys(voters):
                self._voters[name] = self._opened.enter_context(closing(IsolatedExecutor(name)))
        except BaseException:
            self._opened.close()
            raise

    def close(self) -> None:
        """End every worker. Idempotent."""
        self._opened.close()

    def batch(self, seed: int, first: int, count: int, profile: str) -> Iterator[Candidate]:
        """Let all vote on a batch; yields what is new.

        Raises:
            OSError: `out` cannot be written.
        """
        batch = self._generate(seed, first, count, profile)
        tickets = {name: executor.submit(batch) for name, executor in self._voters.items()}
        seen = {name: self._voters[name].collect(ticket) for name, ticket in tickets.items()}
        outcome = vote(batch, seen)
        self.statistics.cases += count
        self.statistics.undecided += int(outcome.undecided.sum())
        rows = np.flatnonzero(outcome.guilty.any(axis=1)).tolist()
        for position, row in enumerate(rows):
            named = outcome.named(row)
            self.statistics.named.update(named)
            if position >= EXAMINED_PER_BATCH:
                self.statistics.passed_over += 1
                continue
            case = replace(batch.case(row), label=f"seed {seed} profile {profile} case {first + row}")
            for guilty in named:
                trusted = next(name for name in self._voters if name not in named)
                found = self._examine(case, trusted, guilty)
                if found is not None:
                    yield found

    def _examine(self, case: MachineCase, trusted: str, guilty: str) -> Candidate | None:
        """The candidate that `case` gives, None where errata explain it or its signature has one."""
        ours, theirs = self._voters[trusted], self._voters[guilty]
        signature_of = signature_function(ours, theirs)
        signature = signature_of(case)
        if signature is None or self._shared_mistake(case, guilty):
            self.statistics.known += 1
            return None
        if (guilty, signature) in self._seen:
            self.statistics.again += 1
            return None
        self._seen.add((guilty, signature))
        reduced = reduce_machine_case(case, ours, signature_of).case
        record = candidate_record(reduced, ours, theirs, signature)
        path = self._out / f"{record['id']}.json"
        self._out.mkdir(parents=True, exist_ok=True)
        replace_whole(path, (json.dumps({"oracle": guilty, "errata": [record]}, indent=2) + "\n").encode())
        return Candidate(guilty, signature, record, reduced, path)

    def _shared_mistake(self, case: MachineCase, guilty: str) -> bool:
        """Whether recorded errata of every other voter explain how it differs from the named one: then those who
        outvoted it share a mistake (QEMU and Unicorn have an ancestor in common), and it is the one that is right."""
        others = [name for name in self._voters if name != guilty]
        return all(signature_function(self._voters[guilty], self._voters[name])(case) is None for name in others)


def candidate_record(case: MachineCase, trusted: Executor, guilty: Executor, signature: str) -> dict[str, Any]:
    """An erratum of `guilty` whose witness is `case`; `manual` is left for the person who checks it."""
    right, wrong = observe(trusted, case), observe(guilty, case)
    comparison = compare_case(case, right, wrong)
    slug = "-".join("".join(c if c.isalnum() else " " for c in signature.lower()).split()[:8])
    numbered = any(c.isdigit() for c in guilty.capabilities.version)
    version = ".".join(map(str, version_number(guilty.capabilities.version))) if numbered else "0"
    bits = int.from_bytes(riscv64.at(case.code, int(case.state["pc"]) - case.code_address), "little")
    places = [d.place for d in differences(right, wrong, comparison.fields)]
    return {
        "id": f"{guilty.name}-{slug}",
        "kind": "defect",
        "versions": {"from": version, "to": version},
        "summary": f"{signature} (subject: {trusted.name})",
        "manual": {"section": "", "sentence": ""},
        "instructions": [{"match": hex(bits), "mask": "0xffff" if bits & 3 != 3 else "0xffffffff"}],
        "condition": None,
        "fields": sorted({_field(name) for name in comparison.fields}),
        "expect": None,
        "witness": _witness(case) | {"oracle": _answer(wrong, places), "right": _answer(right, places)},
    }


def _field(name: str) -> str:
    return {"x": "x[*]", "f": "f[*]", "fcsr": "fflags"}.get(name, name)


def _witness(case: MachineCase) -> dict[str, Any]:
    """The case as a witness; registers and memory that are zero are left out."""
    found: dict[str, Any] = {"code": case.code.hex()}
    for name in ("x", "f"):
        values = {str(i): hex(int(v)) for i, v in enumerate(case.state[name]) if v}
        if values:
            found[name] = values
    if case.state["fcsr"]:
        found["fcsr"] = hex(int(case.state["fcsr"]))
    words = {hex(DATA_BASE + at): case.memory[at : at + 8].hex() for at in range(0, len(case.memory), 8)}
    memory = {address: data for address, data in words.items() if data.strip("0")}
    if memory:
        found["memory"] = memory
    if case.code_address != CODE_BASE:
        found["address"] = hex(case.code_address)
    found["limit_insns"] = case.limit_insns
    return found


def _answer(seen: MachineObservation, places: Sequence[str]) -> dict[str, Any]:
    """What `seen` has in `places`, as witnesses write it."""
    found: dict[str, Any] = {}
    for place in places:
        if place.startswith("memory["):
            offset = int(place[7:-1], 16) - DATA_BASE
            found.setdefault("memory", {})[place[7:-1]] = seen.memory[offset : offset + 8].hex()
        elif place.startswith(("x[", "f[")):
            found[place] = hex(int(seen.state[place[0]][int(place[2:-1])]))
        elif place == "fcsr":
            found["fflags"] = hex(int(seen.state["fcsr"]) & 31)
            found["frm"] = hex(int(seen.state["fcsr"]) >> 5 & 7)
        elif place == "pc":
            found["pc"] = hex(int(seen.state["pc"]))
        elif place == "trap" or (place == "end" and seen.end in (End.TRAP, End.LIMIT)):
            found["trap"] = seen.trap.name
        elif place == "end":
            found["end"] = seen.end.name
        elif place == "tval":
            found["tval"] = hex(seen.tval)
        elif place == "retired":
            found["retired"] = hex(seen.retired)
    return found
