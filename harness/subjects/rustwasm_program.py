"""Our Rust-subset compiler as a subject that runs: what the MIR interpreter says, and a module per build.

`CompiledProgram` checks a source once and gives every build of it, which is what a campaign wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engines.rustwasm import driver
from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.instances import Instances
from engines.rustwasm.mir.interpreter import Interpreter, OutOfFuel, run_main
from harness.contract import End, ProgramCase, ProgramObservation

FUEL: Final = 20_000_000
"""Steps of the interpreter, and instructions of an engine, after which a program is said not to end."""
FIELDS: Final = frozenset(("exit_status", "stdout", "stderr"))


@dataclass(frozen=True)
class Build:
    """A way to compile: profile and lowering.

    Attributes:
        profile: of `engines.rustwasm.driver`: `dev` checks arithmetic, `release` wraps and is optimised.
        lowering: `linear` or `gc`.
    """

    profile: str = "dev"
    lowering: str = "linear"

    @property
    def name(self) -> str:
        return self.profile if self.lowering == "linear" else f"{self.profile}-{self.lowering}"

    @property
    def checks(self) -> bool:
        """Whether arithmetic overflow panics."""
        return self.profile == "dev"


BUILDS: Final = (Build("dev"), Build("release"), Build("dev", "gc"), Build("release", "gc"))
"""The builds that the driver can make."""


class CompiledProgram:
    """One checked source.

    Args:
        source: the program's only file, called `name` in panics.
    """

    def __init__(self, source: str, name: str = "main.rs") -> None:
        self.compilation = check_source(source, name)

    @property
    def errors(self) -> tuple[tuple[str, int], ...]:
        """(code, line) of each error."""
        locate = self.compilation.sources.locate
        return tuple((error.code or "", locate(error.span[0])[1]) for error in self.compilation.diagnostics.errors)

    @property
    def messages(self) -> str:
        return "\n".join(error.message for error in self.compilation.diagnostics.errors)

    def interpret(self, checks: bool = True, fuel: int = FUEL) -> ProgramObservation:
        """What the reference interpreter does with `main`."""
        interpreter = Interpreter(self.compilation, Instances(self.compilation), checks, fuel)
        try:
            status, output, errors = run_main(interpreter)
        except OutOfFuel:
            output, errors = bytes(interpreter.output[1]), bytes(interpreter.output[2])
            return ProgramObservation(-1, 0, output, errors, End.LIMIT, observed=FIELDS)
        return ProgramObservation(status, 0, output, errors, observed=FIELDS)

    def module(self, build: Build) -> bytes:
        """The WASI command that `build` makes of it."""
        return driver.build_bytes(self.compilation, build.profile, lowering=build.lowering)


def program_case(module: bytes, label: str = "") -> ProgramCase:
    """A module as a case for engines."""
    return ProgramCase("wasm32", module, ("program",), limit_insns=FUEL, label=label)
