"""Injected bugs in the harness, by hand: blindness and trust where there should be none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

_COMPARE: Final = ("tests/harness/compare",)
_REDUCTION: Final = ("tests/harness/reduce/test_machine_reduction.py",)
_UNICORN: Final = ("fresh tests/oracles/test_conformance.py",)
_JOURNAL: Final = ("tests/harness/triage/test_findings_journal.py",)
_INPUTS: Final = ("tests/fuzz/targets/test_damaged_corpus.py",)
BUGS: Final = Catalogue(judges=_COMPARE)


@BUGS.action("canaries-are-never-planted", Area.COMPARATOR, "a check that cannot fail",
             description="blind_spots plants nothing, and so misses nothing")  # fmt: skip
def _() -> None:
    from harness.compare import canary

    replace_method(canary, "_plant", lambda original: lambda seen, row, planted: None)


@BUGS.action("canaries-of-registers-only", Area.COMPARATOR, "part of what matters not checked",
             description="no canary is planted into memory")  # fmt: skip
def _() -> None:
    from harness.compare import canary

    def wrapper(original: Any) -> Any:
        def canaries(observed: frozenset[str], random: Any) -> Iterator[Any]:
            return (c for c in original(observed, random) if c.field != "memory")

        return canaries

    replace_method(canary, "canaries", wrapper)


@BUGS.action("unseen-blindness", Area.COMPARATOR, "a check that cannot fail",
             description="what blind_spots finds is thrown away")  # fmt: skip
def _() -> None:
    from harness.compare import canary

    canary._blind_fields = lambda batch, seen, random: []
    canary._blind_rows = lambda batch, seen, random: []


@BUGS.action("both-refused-agrees", Area.COMPARATOR, "nothing compared taken for agreement",
             description="rows that nobody ran count as agreeing", judges=("comparison", *_COMPARE))  # fmt: skip
def _() -> None:
    from harness.compare import machine

    def wrapper(original: Any) -> Any:
        def discards(subject: Any, oracle: Any) -> Any:
            return original(subject, oracle) * 0

        return discards

    replace_method(machine, "_discards", wrapper)


@BUGS.action("reducer-keeps-what-agrees", Area.REDUCER, "a reduction to something else",
             description="a candidate is kept whatever it shows", judges=_REDUCTION)  # fmt: skip
def _() -> None:
    from harness.reduce.search import Search

    def keep(self: Any, candidate: Any) -> bool:
        self.best = candidate
        self.attempts += 1
        return int(self.attempts) < 50

    replace_method(Search, "keep", lambda original: keep)


@BUGS.action("reducer-keeps-another-signature", Area.REDUCER, "a reduction to something else",
             description="a candidate is kept if it diverges, no matter how", judges=_REDUCTION)  # fmt: skip
def _() -> None:
    from harness.reduce.search import Search

    def keep(self: Any, candidate: Any) -> bool:
        if self.left == 0:
            return False
        self.left -= 1
        self.attempts += 1
        if self.signature_of(candidate) is None:
            return False
        self.best = candidate
        return True

    replace_method(Search, "keep", lambda original: keep)


@BUGS.action("reducer-finds-no-window", Area.REDUCER, "a pass that does nothing",
             description="the window pass gives up", judges=_REDUCTION)  # fmt: skip
def _() -> None:
    from harness.reduce import windows

    windows._suffix = lambda case, steps, start, stop: None


@BUGS.action("reducer-looks-once", Area.REDUCER, "a pass that does nothing",
             description="what deletion left is not looked at again", judges=_REDUCTION)  # fmt: skip
def _() -> None:
    from harness.reduce import machine

    replace_method(machine, "nearer", lambda original: lambda search, steps: False)


@BUGS.action("reducer-deletes-what-was-made", Area.REDUCER, "a pass that does nothing",
             description="an instruction is deleted without bringing its result along", judges=_REDUCTION)  # fmt: skip
def _() -> None:
    from harness.reduce import machine

    replace_method(machine, "without_what_it_made", lambda original: lambda case, steps, index: None)


@BUGS.action("reducer-asks-the-subject-alone", Area.REDUCER, "a pass that does nothing",
             description="where the subject crashes nobody is asked for the states before",
             judges=_REDUCTION)  # fmt: skip
def _() -> None:
    from harness.reduce import machine

    replace_method(machine, "Steps", lambda original: lambda subject, other=None: original(subject))


@BUGS.action("reducer-keeps-the-state", Area.REDUCER, "a pass that does nothing",
             description="registers and memory stay as they were", judges=_REDUCTION)  # fmt: skip
def _() -> None:
    from harness.reduce import machine

    machine._state = lambda search: None


@BUGS.action("unicorn-rows-shifted", Area.ADAPTERS, "an answer that belongs to another case",
             description="row i of a batch is what case i-1 gave", judges=_UNICORN)  # fmt: skip
def _() -> None:
    from oracles.unicorn_oracle import UnicornRiscv64

    def wrapper(original: Any) -> Any:
        def run_batch(self: Any, batch: Any) -> Any:
            seen = original(self, batch)
            names = ("end", "trap", "tval", "state", "memory", "retired")
            return replace(seen, **{n: getattr(seen, n)[[-1, *range(len(batch) - 1)]] for n in names})

        return run_batch

    replace_method(UnicornRiscv64, "run_batch", wrapper)


@BUGS.action("unicorn-claims-to-see-all", Area.ADAPTERS, "a capability that is not there",
             description="the uncounted Unicorn says that it observes `retired`", judges=_UNICORN)  # fmt: skip
def _() -> None:
    from harness.contract import MACHINE_FIELDS
    from oracles.unicorn_oracle import UnicornRiscv64

    def wrapper(original: Any) -> Any:
        def init(self: Any, *arguments: Any, **named: Any) -> None:
            original(self, *arguments, **named)
            self.capabilities = replace(self.capabilities, observes=frozenset(MACHINE_FIELDS))

        return init

    replace_method(UnicornRiscv64, "__init__", wrapper)


@BUGS.action("unicorn-memory-of-the-start", Area.ADAPTERS, "an observation that is not one",
             description="the final memory is the initial one", judges=_UNICORN)  # fmt: skip
def _() -> None:
    import numpy as np

    from oracles.unicorn_oracle import UnicornRiscv64

    def wrapper(original: Any) -> Any:
        def run_batch(self: Any, batch: Any) -> Any:
            seen = original(self, batch)
            return replace(seen, memory=np.broadcast_to(batch.memory, seen.memory.shape).copy())

        return run_batch

    replace_method(UnicornRiscv64, "run_batch", wrapper)


@BUGS.action("journal-never-written", Area.TRIAGE, "something promised and not done", judges=_JOURNAL,
             description="acknowledged findings are in the database only, and gone with it")  # fmt: skip
def _() -> None:
    from harness.triage.journal import Journal

    replace_method(Journal, "append", lambda original: lambda self, record: self.path.touch())


@BUGS.action("journal-believes-damaged-lines", Area.TRIAGE, "a check that cannot fail", judges=_JOURNAL,
             description="the digest of a journal's line is not compared")  # fmt: skip
def _() -> None:
    from harness.triage import journal

    replace_method(journal, "_digest", lambda original: lambda record: "0")


@BUGS.action("journal-goes-on-after-half-a-line", Area.TRIAGE, "what was cut off spoils what follows", judges=_JOURNAL,
             description="a line is appended to one that a full disk cut off")  # fmt: skip
def _() -> None:
    import json

    from harness.triage import journal

    def append(self: Any, record: dict[str, Any]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(record | {"sha256": journal._digest(record)}, sort_keys=True) + "\n")

    replace_method(journal.Journal, "append", lambda original: append)


@BUGS.action("changed-inputs-are-replayed", Area.CAMPAIGN, "a check that cannot fail", judges=_INPUTS,
             description="kept inputs are not held against their names, which are their digests")  # fmt: skip
def _() -> None:
    from fuzz.targets import stored

    class Anything(str):
        __slots__ = ()

        def __ne__(self, other: object) -> bool:
            return False

        __hash__ = str.__hash__

    replace_method(stored, "name_of", lambda original: lambda data: Anything(original(data)))
