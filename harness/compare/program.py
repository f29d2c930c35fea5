"""Comparison of two observations of one whole program."""

from __future__ import annotations

from dataclasses import dataclass

from harness.contract import PROGRAM_FIELDS, End, ProgramObservation, Verdict


@dataclass(frozen=True)
class ProgramComparison:
    """The verdict on one program run.

    Attributes:
        verdict: AGREE, DIVERGED or INCOMPARABLE.
        fields: the differing names out of `PROGRAM_FIELDS`, or `end`, or `checkpoints`.
        discard: why it is incomparable.
        first_checkpoint: retired instructions at the first state hash that differs; 0 where none does.
    """

    verdict: Verdict
    fields: tuple[str, ...] = ()
    discard: str = ""
    first_checkpoint: int = 0


def compare_programs(subject: ProgramObservation, oracle: ProgramObservation) -> ProgramComparison:
    """Compare what two executors saw of one program: streams, status, files, and state hashes where both have them."""
    discard = _discard(subject.end, oracle.end)
    if discard:
        return ProgramComparison(Verdict.INCOMPARABLE, discard=discard)
    if End.CRASH in (subject.end, oracle.end) or subject.end != oracle.end:
        return ProgramComparison(Verdict.DIVERGED, fields=("end",))
    compared = subject.observed & oracle.observed
    if not compared:
        return ProgramComparison(Verdict.INCOMPARABLE, discard="unobserved")
    fields = [name for name in PROGRAM_FIELDS if name in compared and _value(subject, name) != _value(oracle, name)]
    first = _first_differing_checkpoint(subject.checkpoints, oracle.checkpoints)
    if first:
        fields.append("checkpoints")
    return ProgramComparison(Verdict.DIVERGED if fields else Verdict.AGREE, tuple(fields), first_checkpoint=first)


def _value(seen: ProgramObservation, name: str) -> object:
    return dict(seen.files) if name == "files" else getattr(seen, name)


def _discard(subject: End, oracle: End) -> str:
    if End.REFUSED in (subject, oracle):
        if subject == oracle:
            return "both_refused"
        return "subject_refused" if subject is End.REFUSED else "oracle_refused"
    ends = {subject, oracle}
    if End.TIMEOUT in ends and ends <= {End.TIMEOUT, End.LIMIT}:
        return "no_end"
    return "both_crashed" if ends == {End.CRASH} else ""


def _first_differing_checkpoint(left: tuple[tuple[int, str], ...], right: tuple[tuple[int, str], ...]) -> int:
    """Counts that only one side has are not compared: executors may stop at different multiples."""
    there = dict(right)
    return next((count for count, digest in left if there.get(count, digest) != digest), 0)
