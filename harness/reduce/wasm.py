"""Reduction of a Wasm case: fewer calls, then smaller bodies, as long as it still fails.

A piece of a body is deleted, or replaced by a constant or a trap; or a block is, and its contents stay. What our
validator then accepts is tried. So the reducer knows nothing of stacks: what does not stand alone is simply not valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from engines.rustwasm.wasm.binary import decode, encode
from engines.rustwasm.wasm.module import Expression, Function
from engines.rustwasm.wasm.ops import BLOCKS
from engines.rustwasm.wasm.types import F32, F64, I32, I64, FunctionType, Ref
from engines.rustwasm.wasm.validate import InvalidModuleError, validate, validate_function
from harness.contract import WasmCase

Fails = Callable[[WasmCase], bool]

_ZEROS: Final = {I32: ("i32.const", 0), I64: ("i64.const", 0), F32: ("f32.const", 0), F64: ("f64.const", 0)}
_REPLACEMENTS: Final[tuple[Expression, ...]] = ([], *([zero] for zero in _ZEROS.values()), [("unreachable",)])
_SMALL: Final = 6
"""Pieces of every length up to this are tried; longer ones in powers of two."""


class _WasmReduction:
    """The best case so far, decoded, and how many runs are left."""

    def __init__(self, case: WasmCase, fails: Fails, tries: int) -> None:
        self.case = case
        self.module = decode(case.module)
        self.context = validate(self.module)
        self._fails = fails
        self.left = tries

    def better(self, case: WasmCase) -> bool:
        if self.left <= 0:
            return False
        self.left -= 1
        if not self._fails(case):
            return False
        self.case = case
        return True

    def fewer_calls(self) -> None:
        position = 0
        while position < len(self.case.calls) > 1:
            rest = self.case.calls[:position] + self.case.calls[position + 1 :]
            if not self.better(replace(self.case, calls=rest)):
                position += 1

    def smaller_bodies(self) -> None:
        functions = self.module.functions
        for number in sorted(range(len(functions)), key=lambda n: -len(functions[n].body)):
            if not self._emptied(number):
                self._smaller_body(number)

    def _emptied(self, number: int) -> bool:
        """The function gives zeros and does nothing."""
        definition = self.context.types.definitions[self.module.functions[number].type].composite
        assert isinstance(definition, FunctionType)
        zeros = [_ZEROS[type_] for type_ in definition.results if not isinstance(type_, Ref) and type_ in _ZEROS]
        return len(zeros) == len(definition.results) and self._try(number, list(zeros))

    def _try(self, number: int, body: Expression) -> bool:
        """Whether the case still fails with this body; then it stays."""
        old = self.module.functions[number]
        if body == old.body:
            return False
        new = Function(old.type, old.locals, body)
        try:
            validate_function(self.context, new, "")
        except InvalidModuleError:
            return False
        self.module.functions[number] = new
        if self.better(replace(self.case, module=encode(self.module))):
            return True
        self.module.functions[number] = old
        return False

    def _smaller_body(self, number: int) -> None:
        size = 1
        while size < len(self.module.functions[number].body):
            size *= 2
        while size and self.left > 0:
            start = len(self.module.functions[number].body) - size
            while start >= 0 and self.left > 0:
                body = self.module.functions[number].body
                for replacement in _REPLACEMENTS:
                    candidate = [*body[:start], *replacement, *body[start + size :]]
                    if len(replacement) < size and self._try(number, candidate):
                        break
                start -= 1
            self._unwrap(number)
            size = size // 2 if size > 2 * _SMALL else min(size - 1, _SMALL)

    def _unwrap(self, number: int) -> None:
        """Blocks go, their contents stay."""
        place = len(self.module.functions[number].body) - 1
        while place >= 0 and self.left > 0:
            body = self.module.functions[number].body
            if place < len(body) and body[place][0] in BLOCKS:
                edges = {place, *_edges(body, place)}
                kept = [one for index, one in enumerate(body) if index not in edges]
                if not self._try(number, kept) and body[place][0] == "if":
                    self._try(
                        number,
                        [("drop",) if i == place else one for i, one in enumerate(body) if i not in edges - {place}],
                    )
            place -= 1


def _edges(body: Expression, opening: int) -> Iterator[int]:
    """Where the block's `else` and `end` are."""
    depth = 0
    for index in range(opening, len(body)):
        name = body[index][0]
        if name in BLOCKS:
            depth += 1
        elif name == "else" and depth == 1:
            yield index
        elif name == "end":
            depth -= 1
            if not depth:
                yield index
                return


def reduce_wasm(case: WasmCase, fails: Fails, tries: int = 1_000) -> WasmCase:
    """The smallest case found within `tries` runs of `fails`; its module has to be valid.

    Raises:
        ValueError: `case` does not fail.
        InvalidModuleError, MalformedModuleError: its module is none.
    """
    if not fails(case):
        raise ValueError("the case to reduce does not fail")
    reduction = _WasmReduction(case, fails, tries)
    before = None
    while before != reduction.case and reduction.left > 0:
        before = reduction.case
        reduction.fewer_calls()
        reduction.smaller_bodies()
    return reduction.case
