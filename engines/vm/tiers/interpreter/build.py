"""Builds the interpreter's object code and loads it."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from engines.vm.runtime.native_code import LoadedObject


@dataclass(frozen=True)
class Interpreter:
    """Loaded native code, and the instructions that it leaves to the reference tier, by escape number."""

    code: LoadedObject
    escapes: tuple[str, ...]

    def address(self, symbol: str) -> int:
        return self.code.address(symbol)


def load() -> Interpreter:
    from engines.vm.isa.riscv64 import INSTRUCTIONS
    from engines.vm.runtime.llvm import compile_object, host_target
    from engines.vm.tiers.interpreter.module import generate

    source = generate(INSTRUCTIONS, platform.machine())
    return Interpreter(LoadedObject(compile_object(source.text, host_target())), source.escapes)
