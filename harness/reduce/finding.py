"""From a diverging case to a finding on disk: signature, reduction, reproducer."""

from __future__ import annotations

from pathlib import Path

from harness.compare.describe import compare_case
from harness.compare.errata import errata_of, explain
from harness.compare.first_difference import first_difference, observe
from harness.contract import Executor, MachineCase, Verdict
from harness.reduce.machine import Reduction, reduce_machine_case
from harness.reduce.remembering import Remembering
from harness.reduce.search import Signature
from harness.report.reproducer import write_reproducer
from harness.triage.signature import machine_signature
from oracles.elf_image import standalone_image
from oracles.errata import Erratum


def signature_function(subject: Executor, oracle: Executor, *, errata: tuple[Erratum, ...] | None = None) -> Signature:
    """The signature of a case on these two executors: None where they agree, have nothing to compare, or where
    `errata` (those that the oracle shows, if None) explain every difference."""
    errata = errata_of(oracle) if errata is None else errata
    # Bisections of one case and of its prefixes ask for the same states over and over.
    subject, oracle = Remembering(subject), Remembering(oracle)

    def signature_of(case: MachineCase) -> str | None:
        ours, theirs = observe(subject, case), observe(oracle, case)
        comparison = compare_case(case, ours, theirs)
        if comparison.verdict is not Verdict.DIVERGED:
            return None
        if errata:
            judged = explain(case, subject, oracle, errata, (ours, theirs))
            if judged.explained:
                return None
            found = judged.left
        else:
            found = first_difference(case, subject, oracle, (ours, theirs))
        return machine_signature(case.isa, found, comparison, ours, theirs)

    return signature_of


def reduce_and_write(
    case: MachineCase,
    subject: Executor,
    oracle: Executor,
    directory: Path,
    *,
    command: str,
    max_attempts: int = 2_000,
    use_errata: bool = True,
) -> Reduction:
    """Reduce `case` and write the result's reproducer into `directory`.

    Raises:
        ValueError: the case does not diverge.
        OSError: the directory cannot be written.
    """
    signature_of = signature_function(subject, oracle, errata=None if use_errata else ())
    reduction = reduce_machine_case(case, subject, signature_of, max_attempts=max_attempts, oracle=oracle)
    write_reproducer(
        directory,
        reduction.case,
        subject,
        oracle,
        signature=reduction.signature,
        instructions=reduction.instructions,
        command=command,
        elf=standalone_image(reduction.case),
    )
    return reduction
