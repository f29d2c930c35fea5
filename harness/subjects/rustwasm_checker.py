"""Our Rust front end and borrow checker as a subject: a verdict on source programs."""

from __future__ import annotations

from engines.rustwasm.compilation import check_source
from harness.contract import (
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    MachineBatch,
    Observation,
    SourceCase,
    SourceObservation,
)
from harness.contract.executor import run_each
from harness.contract.refusal import refusal, why_refused


class RustwasmChecker:
    """Accepts or rejects a `SourceCase` of language `rust` in one file, without options; runs nothing."""

    name = "rustwasm-check"
    capabilities = Capabilities(
        kinds=frozenset((CaseKind.SOURCE,)),
        observes=frozenset(("accepted", "diagnostics")),
        isolated=True,
        version="counterproof",
    )

    def run(self, case: Case) -> Observation:
        why = why_refused(self.name, self.capabilities, case)
        if why is None and isinstance(case, SourceCase):
            if case.language != "rust":
                why = f"{self.name} compiles rust, not {case.language!r}"
            elif len(case.files) != 1 or case.files[0][0] != case.root:
                why = f"{self.name} checks one file; this program has {', '.join(name for name, _ in case.files)}"
            elif case.options:
                why = f"{self.name} knows no option {', '.join(case.options)}"
        if why is not None or not isinstance(case, SourceCase):
            return refusal(case, why or "")
        compilation = check_source(case.files[0][1], case.root)
        errors = compilation.diagnostics.errors
        return SourceObservation(
            not errors,
            tuple((error.code or "", compilation.sources.locate(error.span[0])[1]) for error in errors),
            observed=frozenset(("accepted", "diagnostics")),
            detail="\n".join(error.message for error in errors),
        )

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        """Nothing is held."""
