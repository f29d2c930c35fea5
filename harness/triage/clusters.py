"""Clusters: buckets that look like one root cause although their signatures differ.

A wrong instruction spoils its compressed forms, too; one wrong line of semantics spoils all instructions that share it;
one wrong adapter spoils every oracle's answer alike. Buckets are put together when

- their instructions are one (a compressed form counts as what it expands to) and part in the same way, or
- bisection found the same first bad commit for both.

A cluster is a proposal for people: the buckets in it keep their own state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from harness.triage.ledger import Entry, Key
from harness.triage.store import Bucket

_PARTS: Final = re.compile(r"riscv64 (?P<mnemonic>\S+): (?P<how>.*)")


@dataclass(frozen=True)
class Cluster:
    """Buckets of one supposed cause, the most frequent first."""

    buckets: tuple[Bucket, ...]

    @property
    def count(self) -> int:
        return sum(bucket.count for bucket in self.buckets)

    @property
    def name(self) -> str:
        """The signature of its most frequent bucket, and how many others there are."""
        others = len({b.signature for b in self.buckets}) - 1
        return self.buckets[0].signature + (f" and {others} more" if others else "")


def clusters(buckets: Iterable[Bucket], entries: Mapping[Key, Entry]) -> list[Cluster]:
    """The buckets, put together; the largest cluster first."""
    members = list(buckets)
    leader = list(range(len(members)))

    def find(index: int) -> int:
        while leader[index] != index:
            index = leader[index]
        return index

    for cause in (_clause, lambda bucket: _first_bad(bucket, entries)):
        first: dict[str, int] = {}
        for index, bucket in enumerate(members):
            name = cause(bucket)
            if name:
                leader[find(index)] = find(first.setdefault(name, index))
    groups: dict[int, list[Bucket]] = {}
    for index, bucket in enumerate(members):
        groups.setdefault(find(index), []).append(bucket)
    made = [Cluster(tuple(sorted(g, key=lambda b: (-b.count, b.signature)))) for g in groups.values()]
    return sorted(made, key=lambda cluster: (-cluster.count, cluster.name))


def _clause(bucket: Bucket) -> str:
    """Subject, clause and way of parting; empty where the signature names no instruction that we know."""
    parts = _PARTS.fullmatch(bucket.signature)
    if parts is None:
        return ""
    clause = clause_of(parts["mnemonic"])
    return f"{bucket.first.subject} {clause}: {parts['how']}" if clause else ""


def clause_of(mnemonic: str) -> str:
    """What an instruction and its compressed forms share in the description; empty for an unknown one."""
    from engines.vm.isa.riscv64 import INSTRUCTIONS

    found = INSTRUCTIONS.by_mnemonic.get(mnemonic)
    if found is None:
        return ""
    base = next((i for i in INSTRUCTIONS if i.name == found.expands_to), found)
    return _name(base.semantics)


def _name(semantics: Callable[..., None]) -> str:
    return f"{semantics.__module__}.{semantics.__qualname__}"


def _first_bad(bucket: Bucket, entries: Mapping[Key, Entry]) -> str:
    entry = entries.get(Key.of(bucket.first))
    return "" if entry is None or " " in entry.first_bad else entry.first_bad
