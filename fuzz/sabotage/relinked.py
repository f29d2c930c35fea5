"""The native interpreter with an injected bug in it, without compiling all of it again.

The interpreter's text is generated anew with the bug on; only the functions whose text differs from the honest one are
compiled, and linked in front of the honest object file, whose functions are weak and so give way.
"""

from __future__ import annotations

import platform
import re
import time
from dataclasses import dataclass
from typing import Any, Final

from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.runtime.llvm import compile_object, host_features, host_target
from engines.vm.runtime.object_cache import ObjectCache, content_key
from engines.vm.tiers.interpreter import build
from engines.vm.tiers.interpreter.float_unit import float_support
from engines.vm.tiers.interpreter.module import Source, generate
from engines.vm.tiers.interpreter.shapes import base_of

_DEFINITION: Final = re.compile(r"\n(?=define )")
_ATTRIBUTES: Final = re.compile(r"\b(nounwind|cold|noinline|alwaysinline|willreturn|memory\(none\))")
_NAME: Final = re.compile(r"@([\w.]+)\(")
_USED: Final = re.compile(r"@([\w.]+)")


@dataclass(frozen=True)
class Parts:
    """A module's text: its functions by name, and everything else."""

    functions: dict[str, str]
    rest: str

    @classmethod
    def of(cls, text: str) -> Parts:
        functions: dict[str, str] = {}
        rest = []
        for part in _DEFINITION.split(text):
            if not part.startswith("define "):
                rest.append(part)
                continue
            end = part.index("\n}") + 2
            found = _NAME.search(part)
            assert found is not None, part[:80]
            functions[found[1]] = part[:end]
            rest.append(part[end:])
        return cls(functions, "\n".join(line for line in "\n".join(rest).splitlines() if line))


class LinkedObjects:
    """Several object files made executable together; of a symbol defined twice the first file's counts."""

    def __init__(self, *objects: bytes) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine(reloc="pic", codemodel="small")
        self._engine: Any = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        for content in objects:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(content))
        self._engine.finalize_object()

    def address(self, symbol: str) -> int:
        found = int(self._engine.get_function_address(symbol))
        if not found:
            raise KeyError(f"compiled code defines no symbol {symbol!r}")
        return found


class RelinkedInterpreter:
    """Prepared without a bug; `current` gives the interpreter as the process now generates it."""

    def __init__(self, cache: ObjectCache | None = None) -> None:
        source = _source()
        self._parts = Parts.of(source.text)
        self._complete = not source.escapes
        self._rows = {instruction: _row(instruction) for instruction in INSTRUCTIONS}
        weak = [_linked_as("weak ", body) for body in self._parts.functions.values()]
        text = "\n".join([self._parts.rest, *weak])
        cache = cache or ObjectCache()
        target = host_target()
        key = content_key(["weak interpreter", text, target.triple, target.cpu, target.features])
        found = cache.get(key)
        if found is None:
            found = compile_object(text, target)
            cache.put(key, found)
        self._object = found

    def changed(self, only_rows: bool = False) -> dict[str, str]:
        """The functions that the bugs that are on have changed or added, see `current`."""
        return self._changed(_source(self._altered() if only_rows else None))

    def current(self, only_rows: bool = False) -> build.Interpreter:
        """Generate, compile what changed, link.

        Args:
            only_rows: the bugs that are on have changed nothing but rows of the instruction table, so handlers of
                rows that are as they were are not written again.

        Raises:
            RuntimeError: LLVM refuses the text that the bug leads to.
        """
        begun = time.perf_counter()
        source = _source(self._altered() if only_rows else None)
        rest, changed = Parts.of(source.text).rest, self._changed(source)
        objects = [self._object]
        if changed:
            used = {name for body in changed.values() for name in _USED.findall(body)} - changed.keys()
            there = self._parts.functions
            outside = [_declaration(there[name]) for name in sorted(used & there.keys())]
            bodies = [_linked_as("", body) for body in changed.values()]
            objects.insert(0, compile_object("\n".join([rest, *outside, *bodies]), host_target()))
        return build.Interpreter(LinkedObjects(*objects), source.escapes, False, time.perf_counter() - begun)

    def _changed(self, source: Source) -> dict[str, str]:
        written = Parts.of(source.text).functions
        return {name: body for name, body in written.items() if self._parts.functions.get(name) != body}

    def _altered(self) -> frozenset[str] | None:
        """The base instructions whose rows, or those of whose compressed forms, are not as they were; None where
        there are handlers that only all rows together tell."""
        if not self._complete:
            return None
        rows = (i for i in INSTRUCTIONS if _row(i) != self._rows[i])
        return frozenset(base_of(i, INSTRUCTIONS).name for i in rows)


def _row(instruction: Instruction) -> tuple[Any, ...]:
    return instruction.semantics, instruction.mask, instruction.match, instruction.fields, instruction.operands


def _source(only: frozenset[str] | None = None) -> Source:
    machine = platform.machine()
    return generate(INSTRUCTIONS, machine, float_support(machine, host_features()), only)


def _linked_as(linkage: str, body: str) -> str:
    return re.sub(r"^define (internal )?", f"define {linkage}", body, count=1)


def _declaration(body: str) -> str:
    head = re.sub(r"^define (internal )?", "declare ", body[: body.index("{\n")], count=1)
    return _ATTRIBUTES.sub("", head)
