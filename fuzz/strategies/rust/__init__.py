"""Rust programs: valid ones with known output, and ones with one planted error of known kind and place.

A program is drawn from a `ChoiceSequence`, as WebAssembly modules are: every list of numbers means a program, and zero
is always the simplest choice.
"""

from fuzz.strategies.rust.faults import FAULTS, FaultyProgram, generate_faulty
from fuzz.strategies.rust.gather import gather, generate_crate, generate_modes
from fuzz.strategies.rust.generate import Outcome, ValidProgram, generate_program

__all__ = [
    "FAULTS",
    "FaultyProgram",
    "Outcome",
    "ValidProgram",
    "gather",
    "generate_crate",
    "generate_faulty",
    "generate_modes",
    "generate_program",
]
