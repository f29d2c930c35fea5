"""`counterproof diff rust --judged`: functions of unknown validity, judged by our checker and by rustc."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from engines.rustwasm.compilation import library
from harness.campaign.forked_pool import ForkedPool, Lost
from harness.campaign.rust_verdicts import VerdictError, VerdictTotals, WrongVerdict, compared, reduced, said
from harness.registry import create

FORMAT: Final = "counterproof-rust-verdicts"
VERSION: Final = 1
PER_CRATE: Final = 80
KEPT: Final = 40
REDUCED: Final = 12
"""Wrong verdicts that are reduced, one of a signature first."""
TRIES = 400
"""Sources that a reduction may ask about."""
UNIT_SECONDS: Final = 1_200.0
PROGRESS_SECONDS: Final = 5.0


class JudgedFunctions:
    """One run of the command.

    Args:
        subject, judge: names of executors.
        out: directory for `findings/judged-NN` and `verdicts.json`.
    """

    def __init__(self, subject: str, judge: str, out: Path, fail_fast: bool) -> None:
        self._subject, self._judge, self._out, self._fail_fast = subject, judge, out, fail_fast
        self._totals = VerdictTotals()
        self._wrong: list[WrongVerdict] = []
        self._lost: list[str] = []

    def run(self, seeds: range, jobs: int, budget_seconds: float) -> int:
        """Judge the functions of these seeds. Returns the exit status: 0 no wrong verdict, 1 some, 3 none at all, 130
        interrupted.

        Raises:
            OSError: the directory cannot be written.
        """
        library()  # before the forks, which share it
        (self._out / "findings").mkdir(parents=True, exist_ok=True)
        print(f"functions of seeds from {seeds.start}", flush=True)
        started = shown = time.monotonic()
        crates = [seeds[at : at + PER_CRATE] for at in range(0, len(seeds), PER_CRATE)]
        deadline = started + budget_seconds if budget_seconds else float("inf")
        pool = ForkedPool(lambda: _Crate(self._subject, self._judge, crates), jobs, UNIT_SECONDS)
        interrupted, done = False, 0
        try:
            for unit, result in pool.results(_until(deadline, len(crates))):
                self._take(crates[unit], result)
                done = unit + 1
                if self._fail_fast and (self._wrong or self._lost):
                    break
                if time.monotonic() - shown >= PROGRESS_SECONDS:
                    shown = time.monotonic()
                    print(self._line(len(seeds)), flush=True)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            pool.close()
        document = self._document(seeds, crates[done].start if done < len(crates) else seeds.stop)
        document["seconds"] = round(time.monotonic() - started, 1)
        (self._out / "verdicts.json").write_text(json.dumps(document, indent=2) + "\n")
        print(json.dumps(document, indent=2))
        if interrupted:
            return 130
        if self._wrong or self._lost:
            return 1
        return 0 if self._totals.functions else 3

    def _take(self, seeds: range, result: Any) -> None:
        """Count a crate in and write what it found."""
        if isinstance(result, (Lost, str)):
            why = result.why if isinstance(result, Lost) else result
            self._lost.append(f"seeds {seeds.start} to {seeds[-1]}: {why}")
            print(f"NOT JUDGED {self._lost[-1]}", flush=True)
            return
        totals, wrong = result
        assert isinstance(totals, VerdictTotals)
        self._totals.add(totals)
        for one in wrong:
            assert isinstance(one, WrongVerdict)
            self._wrong.append(one)
            print(f"WRONG seed {one.seed}: {one.signature}", flush=True)
            if len(self._wrong) <= KEPT:
                self._write(one, self._out / "findings" / f"judged-{len(self._wrong):02}")

    def _write(self, wrong: WrongVerdict, place: Path) -> None:
        first = sum(one.signature == wrong.signature for one in self._wrong) == 1
        if first and len({one.signature for one in self._wrong}) <= REDUCED:
            with closing(create(self._subject, isolated=False)) as ours, closing(create(self._judge)) as judge:
                wrong = reduced(wrong, ours, judge, TRIES)
        place.mkdir(parents=True, exist_ok=True)
        (place / "main.rs").write_text(wrong.source)
        if wrong.reduced:
            (place / "reduced.rs").write_text(wrong.reduced)
        document = {
            "format": FORMAT,
            "version": VERSION,
            "signature": wrong.signature,
            "subject": self._subject,
            "oracle": self._judge,
            "found": said(wrong.ours),
            "expected": said(wrong.judges),
            "repro": f"counterproof diff rust --judged 1 --seed {wrong.seed}",
        }
        (place / "finding.json").write_text(json.dumps(document, indent=1) + "\n")

    def _line(self, whole: int) -> str:
        totals = self._totals
        return (
            f"{totals.functions}/{whole} functions: {totals.accepted} accepted, {totals.rejected} rejected, "
            f"{totals.other.total()} with other codes; {len(self._wrong)} wrong"
        )

    def _document(self, seeds: range, following: int) -> dict[str, Any]:
        counts = asdict(self._totals)
        counts["codes"] = dict(Counter(self._totals.codes).most_common())
        counts["other"] = dict(Counter(self._totals.other).most_common(KEPT))
        return {
            "format": FORMAT,
            "version": VERSION,
            "subject": self._subject,
            "judge": self._judge,
            "seeds": [seeds.start, following],
            "complete": following >= seeds.stop,
            **counts,
            "other_codes": self._totals.other.total(),
            "wrong": dict(Counter(one.signature for one in self._wrong).most_common()),
            "not_judged": self._lost,
        }


class _Crate:
    """In a worker: judges crates."""

    def __init__(self, subject: str, judge: str, crates: Sequence[range]) -> None:
        self._ours, self._judge = create(subject, isolated=False), create(judge, isolated=False)
        self._crates = crates

    def __call__(self, unit: int, _: Any) -> tuple[VerdictTotals, list[WrongVerdict]] | str:
        totals = VerdictTotals()
        try:
            return totals, compared(self._ours, self._judge, self._crates[unit], totals)
        except VerdictError as error:
            return str(error)


def _until(deadline: float, count: int) -> Iterator[int]:
    for unit in range(count):
        if time.monotonic() > deadline:
            return
        yield unit
