"""The whole interpreter as one LLVM module, from the instruction table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engines.vm.errors import MachineError
from engines.vm.isa.describe import Instruction, InstructionSet, OperandKind
from engines.vm.runtime.llvm import Module
from engines.vm.tiers.interpreter.decoder import Choice, decoder
from engines.vm.tiers.interpreter.drivers import drivers
from engines.vm.tiers.interpreter.emitter import BRANCH_WEIGHTS, Emitter
from engines.vm.tiers.interpreter.float_unit import FloatSupport
from engines.vm.tiers.interpreter.fusion import Handled, fused_handler, pair_kinds, pairs
from engines.vm.tiers.interpreter.handlers import Bodies
from engines.vm.tiers.interpreter.layout import convention
from engines.vm.tiers.interpreter.machine import DYNAMIC, NO_CSRS, HandlerMachine
from engines.vm.tiers.interpreter.parts import Cutter
from engines.vm.tiers.interpreter.shapes import Shape, base_of, shape_of
from engines.vm.tiers.interpreter.vectors import READ_CSRS

SPECIALISED: Final[Mapping[str, tuple[dict[str, int], ...]]] = {
    "jal": ({"rd": 0},),
    "jalr": ({"rd": 0, "imm": 0}, {"rd": 0}),
    "addi": ({"rs1": 0},),
    "beq": ({"rs2": 0},),
    "bne": ({"rs2": 0},),
    "blt": ({"rs2": 0},),
    "bge": ({"rs2": 0},),
}
"""Operand values that get a handler of their own, because they are common and save work."""
PART_CHARACTERS: Final = 100_000
"""Of one of the modules of `parts`, at least."""
TOWARDS_ZERO: Final = 1
"""The `rm` value that gets a handler of its own in conversions to integers, as the dynamic one does everywhere."""
_TO_INTEGERS: Final = ("fcvt_w", "fcvt_l")
_EXACT: Final = ("fcvt_d_s", "fcvt_d_w", "fcvt_d_wu")
"""Assemblers write a static mode for these, whose results are exact in all modes."""
RARE: Final = ("amo", "csr", "ebreak", "fclass", "fence", "lr_", "mulhsu", "sc_", "vdiv", "vmulh", "vrem")
"""How the names of instructions begin that no program spends its time in: LLVM compiles their handlers quickly."""


class NoFloat:
    """A floating-point unit that has nothing: instructions that need one are left to the reference tier."""

    def enter(self, emitter: Emitter, context: str, cpu: str) -> None:
        """The host's control word stays as it is."""

    leave = enter


class LeftToReferenceError(MachineError):
    """Raised while a handler is generated: the instruction has none."""


@dataclass(frozen=True)
class Source:
    """A module's text, and the names of the instructions that it leaves to the reference tier, by escape number."""

    text: str
    escapes: tuple[str, ...]


def generate(
    table: InstructionSet,
    machine: str,
    floats: FloatSupport | None = None,
    only: Collection[str] | None = None,
) -> Source:
    """Generate the interpreter of `table` for a host, named as `platform.machine()` does.

    Args:
        floats: floating point; without it, instructions that use it escape.
        only: names of base instructions: handlers that execute none of them are left out. The others are then for a
            module in which all handlers are, as none may escape.
    """
    escapes: list[str] = []
    *_, bodies = _written(table, machine, floats, escapes, only)
    functions, declarations = list(bodies.functions), set(bodies.declarations)
    if floats:
        functions.extend(floats.functions)
        declarations |= floats.declarations
    return Source("\n".join([*sorted(declarations), *functions, BRANCH_WEIGHTS]) + "\n", tuple(escapes))


def parts(
    table: InstructionSet, machine: str, escapes: list[str], floats: FloatSupport | None = None
) -> Iterator[Module]:
    """Generate the same in several modules, each as soon as it is written; `escapes` gets what `Source` calls so."""
    cutter = Cutter()
    taken: set[str] = set()
    for bodies in _written(table, machine, floats, escapes):
        functions = [*bodies.functions, *(floats.functions if floats else ())]
        cutter.add(function for function in functions if function not in taken)
        taken.update(functions)
        declarations = bodies.declarations | (floats.declarations if floats else set())
        yield from cutter.cut(declarations, PART_CHARACTERS)
    yield from cutter.cut(declarations)


def _written(
    table: InstructionSet,
    machine: str,
    floats: FloatSupport | None,
    escapes: list[str],
    only: Collection[str] | None = None,
) -> Iterator[Bodies]:
    """The module's functions, which grow from one time to the next; what they call is there by then."""

    def no_fp(handler: HandlerMachine) -> Any:
        raise LeftToReferenceError

    has_vectors = any(i.extension == "V" for i in table)
    bodies = Bodies(convention(machine), floats.unit if floats else no_fp, READ_CSRS if has_vectors else NO_CSRS)
    bodies.shared(floats or NoFloat())
    shapes: dict[Shape, bool] = {}
    choices: list[Choice] = []
    handled: dict[str, Handled] = {}
    kinds = pair_kinds()
    escaping = ("V", "Zicsr") if has_vectors else ()
    for instruction in table:
        base = base_of(instruction, table)
        is_masked = any(operand.kind is OperandKind.MASK for operand in instruction.operands)
        for fixed in (*specialisations(instruction, base), *([] if is_masked else [{}])):
            shape = shape_of(instruction, fixed)
            if shape not in shapes:
                try:
                    if only is None or base.name in only:
                        escape = _number(base, escapes) if base.extension in escaping else None
                        bodies.pair(base, shape, rare=is_rare(base, fixed), escape=escape)
                    shapes[shape] = True
                except LeftToReferenceError:
                    shapes[shape] = False
            if shapes[shape]:
                symbol = shape.symbol
                kind = kinds.get(symbol, 0)
                if kind:
                    handled.setdefault(symbol, Handled(shape, base, kind))
                choices.append(Choice(instruction, tuple(fixed.items()), shape, kind=kind))
            else:
                choices.append(Choice(instruction, tuple(fixed.items()), None, _number(base, escapes)))
        yield bodies
    fused = list(pairs(handled)) if floats else []
    for pair in fused:
        if only is None or {pair.first.instruction.name, pair.second.instruction.name} & set(only):
            fused_handler(bodies, pair)
            yield bodies
    decoder(bodies, choices, fused)
    drivers(bodies, floats or NoFloat(), machine)
    yield bodies


def _number(base: Instruction, escapes: list[str]) -> int:
    """The number under which an instruction is left to the reference tier."""
    if base.name not in escapes:
        escapes.append(base.name)
    return escapes.index(base.name)


def specialisations(instruction: Instruction, base: Instruction) -> list[dict[str, int]]:
    """The `SPECIALISED` operand values that `instruction` itself can encode."""
    named = {o.name: o.field for o in instruction.operands}
    found = [
        fixed
        for fixed in (SPECIALISED.get(base.name, ()) if base is instruction else ())
        if all(field is not None and field.name == name for name, field in named.items() if name in fixed)
    ]
    for operand in instruction.operands:
        if operand.kind is OperandKind.MASK:
            return [{operand.name: 0}, {operand.name: 1}]
        if operand.kind is OperandKind.ROUNDING and operand.field is not None:
            found.append({operand.name: DYNAMIC})
            if base.name.startswith(_TO_INTEGERS):
                found.append({operand.name: TOWARDS_ZERO})
    return found


def is_rare(base: Instruction, fixed: Mapping[str, int]) -> bool:
    """Whether the handler of `base` with the operand values in `fixed` needs no good code.

    Static rounding modes are rare but for `TOWARDS_ZERO` and in `_EXACT`: compilers write the dynamic one.
    """
    is_static = any(operand.kind is OperandKind.ROUNDING and operand.name not in fixed for operand in base.operands)
    return (is_static and base.name not in _EXACT) or base.name.startswith(RARE)
