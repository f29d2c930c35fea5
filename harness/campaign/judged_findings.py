"""What is kept of a function that two judges say different things of: a row of the findings store, and a directory as
those of other findings of Rust programs (`harness.campaign.rust_findings`), which `counterproof repro` runs again."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from harness.campaign.rust_findings import FORMAT, VERSION
from harness.campaign.rust_verdicts import ROOT, VERDICT, WrongVerdict, said
from harness.case_file import write_case
from harness.contract import SourceCase, SourceObservation
from harness.observation_file import write_observation
from harness.triage.store import Finding, FindingsStore


@dataclass(frozen=True)
class JudgedFinding:
    """A wrong verdict, and what each said of the function alone.

    Attributes:
        subject, judge: names of executors.
    """

    wrong: WrongVerdict
    subject: str
    judge: str
    seen: SourceObservation
    expected: SourceObservation

    @property
    def label(self) -> str:
        return f"seed {self.wrong.seed} {VERDICT}"

    @property
    def case(self) -> SourceCase:
        return SourceCase("rust", ((ROOT, self.wrong.source),), ROOT, label=self.label)

    def into_store(self, store: FindingsStore, campaign: int) -> bool:
        """Durably keep it. False where the campaign has it.

        Raises:
            StoreError: the store cannot be written.
        """
        lines = f"; {len(self.wrong.reduced.splitlines())} lines show it" if self.wrong.reduced else ""
        finding = Finding(
            self.label,
            self.subject,
            self.judge,
            self.wrong.signature,
            ("accepted",),
            f"{self.label}: {self.wrong.signature}; {self.subject} says {said(self.wrong.ours)}, "
            f"{self.judge} {said(self.wrong.judges)}{lines}",
            store.put_blob(write_case(self.case)),
            store.put_blob(write_observation(self.seen)),
            store.put_blob(write_observation(self.expected)),
        )
        return store.add(campaign, finding)

    def write(self, place: Path) -> None:
        """Write the finding's directory.

        Raises:
            OSError: it cannot be written.
        """
        place.mkdir(parents=True, exist_ok=True)
        (place / "main.rs").write_text(self.wrong.source)
        if self.wrong.reduced:
            (place / "reduced.rs").write_text(self.wrong.reduced)
        (place / "case.json").write_text(write_case(self.case))
        (place / "reference.json").write_text(write_observation(self.expected))
        document = {
            "format": FORMAT,
            "version": VERSION,
            "signature": self.wrong.signature,
            "program": self.label,
            "subject": self.subject,
            "oracle": self.judge,
            "engine": "checker",
            "found": said(self.wrong.ours),
            "expected": said(self.wrong.judges),
            "drawn_again": f"counterproof diff rust --judged 1 --seed {self.wrong.seed}",
            "repro": shlex.join(["counterproof", "repro", str(place)]),
        }
        (place / "finding.json").write_text(json.dumps(document, indent=1) + "\n")
