"""Templates: an instruction's IR with holes, as a Python function that appends it to a block.

A template is made once per shape of an instruction (`Shape` in the guest's lifter) and instantiated for every
occurrence. Instantiation is the hot path of the lifter: one call that extends a list by tuples.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from engines.vm.ir.ops import OPS
from engines.vm.lift.legalise import Operation
from engines.vm.runtime.generated_code import GENERATED

Emit = Callable[..., None]
"""`(code, base, n, pc, *operands)`: append the instruction to `code`, whose length is `base`; `n` instructions of the
block come before it; it stands at `pc`. Operands as in `Instruction.operands`, registers as slots."""

_RESERVED: Final = ("code", "b", "n", "pc")


def compile_template(
    key: tuple[str, Hashable], parameters: Sequence[str], operations: Sequence[Operation], form: str = "emit"
) -> Emit:
    """The function that instantiates these operations.

    Args:
        key: which template it is, the instruction's name first: it decides all others together with `form`.
        parameters: names of the operands, as immediates use them.
    """

    def write() -> str:
        return template_source(key[0], parameters, operations)

    namespace: dict[str, Emit] = {}
    GENERATED.execute_written((form, *key), write, f"<template {key[0]}>", namespace)
    return namespace["emit"]


def template_source(name: str, parameters: Sequence[str], operations: Sequence[Operation]) -> str:
    """Python source of `emit`.

    Raises:
        ValueError: a parameter has a name that is taken.
    """
    taken = set(parameters) & set(_RESERVED)
    if taken:
        raise ValueError(f"operand {', '.join(taken)} of {name} has a name that templates use themselves")
    head = f"def emit({', '.join((*_RESERVED, *parameters))}):"
    if not operations:
        return f"{head}\n    pass\n"
    rows = [_row(operation) for operation in operations]
    return f"{head}\n    code += ({', '.join(rows)},)\n"


def _row(operation: Operation) -> str:
    opcode, operands, immediates = operation
    parts = [str(opcode), *(f"b + {number}" if number else "b" for number in operands), *map(str, immediates)]
    return f"({', '.join(parts)},)" if len(parts) == 1 else f"({', '.join(parts)})"


def describe(operations: Sequence[Operation]) -> str:
    """The template as text, for people: immediates stay expressions."""
    lines = []
    for number, (opcode, operands, immediates) in enumerate(operations):
        op = OPS[opcode]
        arguments = ", ".join((*(f"%{o}" for o in operands), *map(str, immediates)))
        lines.append(f"{f'%{number} = ' if op.result else ''}{op.name} {arguments}".rstrip())
    return "\n".join(lines)
