"""WebAssembly modules that are valid, end, and mean one thing on every engine.

A module is drawn from a `ChoiceSequence`: a list of small numbers. Every list means a module (numbers are taken by
remainder, a list that is too short goes on with zeros, and zero is always the simplest choice), so reduction deletes
and lowers numbers and never needs a repair step.

Modules end: calls go to functions of lower index only, loops count down from a small number. They mean one thing: every
operation that may make a NaN of undetermined bits is followed by the canonical NaN; relaxed SIMD and limits of engines
(stack, memory growth) are left out. They trap where the draw says so: traps are part of what is compared.
"""

from fuzz.strategies.wasm.choices import ChoiceSequence
from fuzz.strategies.wasm.generate import GeneratedModule, generate_module

__all__ = ["ChoiceSequence", "GeneratedModule", "generate_module"]
