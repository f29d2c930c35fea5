"""All passes over blocks that come from a lifter's templates, without the IR in between.

A template says which operations an instruction becomes, so the forward walk over them (`engines.vm.opt.forward`) can
be written out once: a Python function per template, which appends to a block what the walk would leave of those
operations there. It looks at no opcode, builds no instruction that something known replaces, and renumbers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence
from typing import Any, Final, Protocol

from engines.vm.ir.ops import OPS, Instruction
from engines.vm.opt import forward
from engines.vm.opt.dead_code import DeadCode
from engines.vm.opt.forward import Forward, Walk
from engines.vm.runtime.generated_code import GENERATED

Operation = tuple[int, tuple[int, ...], tuple[object, ...]]
"""Opcode, operands (numbers within the template), immediates: expressions over the parameters, `n` and `pc`."""
Step = Callable[..., None]
"""`(walk, out, known, registers, n, pc, *arguments)`: go on by an instruction. `registers` are the values of the
guest's registers by slot, -1 where unknown; `n` instructions of the block come before it; it stands at `pc`."""

_HEAD: Final = ("walk", "out", "known", "registers", "n", "pc")
_TAKEN: Final = frozenset((*_HEAD, "i", "rewrites"))


class Template(Protocol):
    """An instruction's IR, see `engines.vm.lift.riscv64`.

    Attributes:
        key: which it is: the instruction's name, and more. parameters: names of its operands, as immediates use them.
        operations: the IR.
    """

    key: tuple[str, Hashable]
    parameters: Sequence[str]
    operations: tuple[Operation, ...]


class TemplatePasses:
    """All passes.

    Args:
        walk: with every pass.
        slots: how many registers the guest has.
    """

    def __init__(self, walk: Forward, dead: DeadCode, slots: int) -> None:
        self._walk = walk
        self._dead = dead
        self._unknown = [-1] * slots
        self._steps: dict[Template, Step] = {}
        self._simplified = frozenset([opcode for opcode, rewrite in enumerate(walk.rewrites) if rewrite is not None])

    def code(self, words: Sequence[tuple[Any, ...]], pcs: Sequence[int], end: Instruction | None) -> list[Instruction]:
        """A block's code.

        Args:
            words: of each instruction its template and its operands, and what else a lifter knows of it. pcs: where
                they stand.
            end: what the block ends in, if not its last instruction.
        """
        walk = Walk(self._walk)
        out, known, registers, steps = walk.out, walk.known, self._unknown.copy(), self._steps
        for n, word in enumerate(words):
            step = steps.get(word[0]) or self._step(word[0])
            step(walk, out, known, registers, n, pcs[n], *word[1])
        if end is not None:
            walk.emit(end)
        return self._dead.code(out)

    def _step(self, template: Template) -> Step:
        """The walk over a template."""

        def write() -> str:
            return step_source(template.parameters, template.operations, self._simplified)

        namespace: dict[str, Any] = {"rewrites": self._walk.rewrites}
        GENERATED.execute_written(("walk", *template.key), write, f"<walk of {template.key[0]}>", namespace)
        step: Step = namespace["step"]
        self._steps[template] = step
        return step


def step_source(parameters: Sequence[str], operations: Sequence[Operation], simplified: Container[int]) -> str:
    """Python source of `step`; `simplified` are the opcodes that there are rules for.

    Raises:
        ValueError: the template leaves the block in its middle, or a parameter has a name that is taken.
    """
    taken = _TAKEN.intersection(parameters)
    if taken:
        raise ValueError(f"{', '.join(sorted(taken))} must have other names: these are the walk's own")
    lines = [f"def step({', '.join((*_HEAD, *parameters))}):", "    pass"]
    for number, (opcode, operands, immediates) in enumerate(operations):
        values = [f"v{operand}" for operand in operands]
        instruction = f"({', '.join((str(opcode), *values, *map(str, immediates)))},)"
        found = _operation(opcode, f"v{number}", instruction, operands, immediates, simplified)
        lines += ["    " + line for line in found]
    return "\n".join(lines) + "\n"


def _operation(
    opcode: int,
    result: str,
    instruction: str,
    operands: Sequence[int],
    immediates: Sequence[object],
    simplified: Container[int],
) -> list[str]:
    """Lines for one operation: `Forward.code`, written out."""
    kind = forward.kind_of(opcode)
    if kind == forward.GET:
        known = f"registers[{immediates[0]}]"
        return [
            f"{result} = {known}",
            f"if {result} < 0:",
            f"    {result} = {known} = len(out)",
            f"    out.append({instruction})",
        ]
    if kind == forward.PUT:
        known = f"registers[{immediates[0]}]"
        return [
            f"if {known} != v{operands[0]}:",
            f"    {known} = v{operands[0]}",
            f"    out.append({instruction})",
        ]
    if kind == forward.PURE:
        new = [f"{result} = known[i] = len(out)", "out.append(i)"]
        if opcode in simplified:
            new = [f"{result} = rewrites[{opcode}](out, walk.emit, i)", f"if {result} < 0:", *("    " + n for n in new)]
        lines = [f"i = {instruction}", f"{result} = known.get(i)", f"if {result} is None:"]
        return lines + ["    " + line for line in new]
    if kind == forward.LOAD:
        return [f"{result} = walk.load({instruction})"]
    if kind == forward.STORE:
        return [f"walk.store({instruction})"]
    if kind == forward.EXIT:
        raise ValueError(f"a template has {OPS[opcode].name} in its middle: what follows cannot be written out")
    return [f"{result} = walk.other({kind}, {instruction})"]


__all__ = ["Operation", "Step", "Template", "TemplatePasses", "step_source"]
