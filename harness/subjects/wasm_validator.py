"""Our WebAssembly decoder, validator, encoder, printer and parser as a subject: a verdict on modules.

A valid module also goes through every codec and has to come back unchanged; where it does not, the codec is broken and
says so by dying, which a campaign reports as a divergence.
"""

from __future__ import annotations

from engines.rustwasm.wasm.binary import MalformedModuleError, decode, encode
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import parse_module, print_module
from engines.rustwasm.wasm.validate import InvalidModuleError, validate
from harness.contract import (
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    End,
    MachineBatch,
    Observation,
    WasmCase,
    WasmObservation,
)
from harness.contract.executor import run_each
from harness.contract.refusal import refusal, why_refused
from harness.contract.wasm_traps import INVALID


class BrokenCodecError(AssertionError):
    """A codec gave back another module than it was given."""


class WasmValidator:
    """Gives `INVALID` or nothing for a case without calls; cases with calls need an engine and are refused."""

    name = "wasm-validator"
    capabilities = Capabilities(
        kinds=frozenset((CaseKind.WASM,)), observes=frozenset(("calls",)), isolated=True, version="counterproof"
    )

    def run(self, case: Case) -> Observation:
        why = why_refused(self.name, self.capabilities, case)
        if why is None and isinstance(case, WasmCase) and case.calls:
            why = f"{self.name} validates modules and calls nothing"
        if why is not None or not isinstance(case, WasmCase):
            return refusal(case, why or "")
        try:
            module = decode(case.module)
            validate(module)
        except (MalformedModuleError, InvalidModuleError) as error:
            return WasmObservation(((INVALID,),), End.TRAP, observed=frozenset(("calls",)), detail=str(error))
        survives(module)
        return WasmObservation((), End.TRAP, observed=frozenset(("calls",)))

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        """Nothing is held."""


def survives(module: Module) -> None:
    """A module comes back equal from the binary and from the text format.

    Raises:
        BrokenCodecError: it does not.
    """
    if decode(encode(module)) != module:
        raise BrokenCodecError("the module changes when it is encoded and decoded")
    again = parse_module(print_module(module))
    again.customs, again.names, again.data_count = module.customs, module.names, module.data_count
    if again != module:
        raise BrokenCodecError("the module changes when it is printed and parsed")
