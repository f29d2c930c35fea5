"""Whether a concrete body is well formed: types of every statement, values there before they are read, targets.

Rules: docs/reference/mir.md. What is checked is the body of an instance (`mir.instances`), where every type is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.instances import Callee, Instances
from engines.rustwasm.mir.printer import print_statement, print_terminator
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

_COMPARISONS: Final = ("eq", "ne", "lt", "le", "gt", "ge")
_SHIFTS: Final = ("shl", "shr")
_POINTERS: Final = (ty.REF, ty.RAW)
_SWITCHED: Final = (ty.INT, ty.BOOL, ty.CHAR)
_REFERENCE_KINDS: Final = ("shared", "mut", "two_phase", "raw")


class MalformedBodyError(ValueError):
    """A place, an operand or a statement means nothing; the message says why."""


class Verifier:
    """Checks concrete bodies of one program."""

    def __init__(self, instances: Instances) -> None:
        self.instances = instances

    def problems(self, body: m.Body) -> Iterator[str]:
        """Everything that is wrong, each with the block and the statement."""
        shape = list(self._shape(body))
        yield from shape
        if shape:
            return
        for number, block in enumerate(body.blocks):
            for statement in block.statements:
                yield from self._told(body, number, print_statement, statement, lambda one: self._statement(body, one))
            yield from self._told(
                body, number, print_terminator, block.terminator, lambda one: self._terminator(body, one)
            )
        yield from self._definedness(body)

    def _told(
        self, body: m.Body, number: int, show: Callable[[Any], str], one: Any, check: Callable[[Any], Iterator[str]]
    ) -> Iterator[str]:
        where = f"{body.name}, bb{number}, `{show(one)}`"
        try:
            for problem in check(one):
                yield f"{where}: {problem}"
        except MalformedBodyError as error:
            yield f"{where}: {error}"

    # -- Shape

    def _shape(self, body: m.Body) -> Iterator[str]:
        if not body.blocks:
            yield f"{body.name}: no blocks; the entry is block 0"
        if not 0 <= body.arg_count < len(body.locals):
            yield f"{body.name}: {body.arg_count} parameters in {len(body.locals)} locals, of which one is the result"
        for number, block in enumerate(body.blocks):
            if block.terminator is None:
                yield f"{body.name}, bb{number}: no terminator"
                continue
            for target in m.successors(block.terminator):
                if not 0 <= target < len(body.blocks):
                    yield f"{body.name}, bb{number}: goes to bb{target}; the last is bb{len(body.blocks) - 1}"
            for local in _locals_in(block):
                if not 0 <= local < len(body.locals):
                    yield f"{body.name}, bb{number}: names _{local}; the last is _{len(body.locals) - 1}"

    # -- Types

    def place_type(self, body: m.Body, place: m.Place) -> Ty:
        """The type of a place.

        Raises:
            MalformedBodyError: a step of it is not possible.
        """
        one, variant = body.locals[place.local].ty, -1
        for step in place.projection:
            one, variant = self._step(body, one, variant, step)
        return one

    def _step(self, body: m.Body, one: Ty, variant: int, step: m.Projection) -> tuple[Ty, int]:
        kind = step[0]
        if kind == m.DEREF:
            if one.kind in _POINTERS:
                return one.args[0], -1
            if one.kind == ty.ADT and (one.data.lang == "Box" or one.data.gc):
                return (one.args[0] if one.data.lang == "Box" else ty.pointee(one)), -1
            raise MalformedBodyError(f"{ty.show(one)} cannot be dereferenced")
        if kind == m.DOWNCAST:
            if one.kind != ty.ADT or not one.data.is_enum or not 0 <= step[1] < len(one.data.variants):
                raise MalformedBodyError(f"{ty.show(one)} has no variant {step[1]}")
            return one, step[1]
        if kind == m.FIELD:
            return self._field(one, variant, step), -1
        if kind == m.SUBSLICE:
            if one.kind not in (ty.ARRAY, ty.SLICE):
                raise MalformedBodyError(f"{ty.show(one)} has no part from {step[1]} to {step[2]} before its end")
            if one.kind == ty.SLICE:
                return one, -1
            return ty.array(one.args[0], one.args[1].data - step[1] - step[2]), -1
        if one.kind not in (ty.ARRAY, ty.SLICE):
            raise MalformedBodyError(f"{ty.show(one)} has no elements")
        if kind == m.INDEX and body.locals[step[1]].ty is not ty.USIZE:
            raise MalformedBodyError(f"the index _{step[1]} is a {ty.show(body.locals[step[1]].ty)}, must be a usize")
        return one.args[0], -1

    def _field(self, one: Ty, variant: int, step: m.Projection) -> Ty:
        enum = one.kind == ty.ADT and one.data.is_enum
        if enum and variant < 0:
            raise MalformedBodyError(f"a field of {ty.show(one)} without the variant that it is of")
        chosen = max(variant, 0)
        if one.kind == ty.ADT:
            self.instances.compilation.collector.ensure_fields(one.data)
            count = len(one.data.variants[chosen].fields)
        elif one.kind == ty.TUPLE:
            count = len(one.args)
        elif one.kind == ty.CLOSURE:
            count = len(one.data.captures)
        else:
            raise MalformedBodyError(f"{ty.show(one)} has no fields")
        if not 0 <= step[1] < count:
            raise MalformedBodyError(f"{ty.show(one)} has {count} fields; there is no field {step[1]}")
        actual = self.instances.field_type(one, chosen, step[1])
        if not _same(actual, step[2]):
            raise MalformedBodyError(f"field {step[1]} is a {ty.show(actual)}, not a {ty.show(step[2])}")
        return actual

    def operand_type(self, body: m.Body, operand: m.Operand) -> Ty:
        """The type of an operand.

        Raises:
            MalformedBodyError: its place is not possible.
        """
        return operand.ty if isinstance(operand, m.Constant) else self.place_type(body, operand.place)

    def _statement(self, body: m.Body, statement: m.Statement) -> Iterator[str]:
        if isinstance(statement, m.Assign):
            target = self.place_type(body, statement.place)
            for wanted in self._rvalue(body, statement.rvalue, target):
                if isinstance(wanted, str):
                    yield wanted
                elif not _same(wanted, target):
                    yield f"a {ty.show(wanted)} is assigned to a {ty.show(target)}"
        elif isinstance(statement, m.FakeRead):
            self.place_type(body, statement.place)

    def _rvalue(self, body: m.Body, rvalue: m.Rvalue, target: Ty) -> Iterator[Ty | str]:
        """The type that it gives, and in words what is wrong with it."""
        if isinstance(rvalue, m.Use):
            yield self.operand_type(body, rvalue.operand)
        elif isinstance(rvalue, m.Ref):
            yield from self._reference(body, rvalue, target)
        elif isinstance(rvalue, m.BinaryOp):
            left, right = self.operand_type(body, rvalue.left), self.operand_type(body, rvalue.right)
            if rvalue.op not in m.BINARY_OPS:
                yield f"there is no operation {rvalue.op!r}"
            if rvalue.op not in _SHIFTS and not _same(left, right):
                yield f"{rvalue.op} of a {ty.show(left)} and a {ty.show(right)}"
            yield ty.BOOL_TY if rvalue.op in _COMPARISONS else left
        elif isinstance(rvalue, m.UnaryOp):
            one = self.operand_type(body, rvalue.operand)
            if one.kind not in ((ty.INT, ty.FLOAT) if rvalue.op == "neg" else (ty.INT, ty.BOOL)):
                yield f"{rvalue.op} of a {ty.show(one)}"
            yield one
        elif isinstance(rvalue, m.Cast):
            yield from self._cast(self.operand_type(body, rvalue.operand), rvalue)
        elif isinstance(rvalue, m.Aggregate):
            yield from self._aggregate(body, rvalue)
        elif isinstance(rvalue, m.Repeat):
            yield ty.array(self.operand_type(body, rvalue.operand), rvalue.count)
        elif isinstance(rvalue, m.Discriminant):
            one = self.place_type(body, rvalue.place)
            if one.kind != ty.ADT or not one.data.is_enum:
                yield f"{ty.show(one)} has no variants"
            yield target if target.kind == ty.INT else ty.PRIMITIVES["i32"]
        else:
            one = self.place_type(body, rvalue.place)
            if one.kind not in (ty.ARRAY, ty.SLICE):
                yield f"{ty.show(one)} has no length"
            yield ty.USIZE

    def _reference(self, body: m.Body, rvalue: m.Ref, target: Ty) -> Iterator[Ty | str]:
        one = self.place_type(body, rvalue.place)
        if rvalue.kind not in _REFERENCE_KINDS:
            yield f"there is no borrow of kind {rvalue.kind!r}"
        if rvalue.kind == "raw":
            yield ty.raw(one, bool(target.data)) if target.kind == ty.RAW else ty.raw(one, True)
        else:
            yield ty.ref(one, rvalue.kind != "shared")

    def _cast(self, one: Ty, cast: m.Cast) -> Iterator[Ty | str]:
        if cast.kind not in m.CAST_KINDS:
            yield f"there is no cast of kind {cast.kind!r}"
        numbers = (ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR)
        if cast.kind == "numeric" and not (one.kind in numbers and cast.ty.kind in numbers):
            yield f"a numeric cast from {ty.show(one)} to {ty.show(cast.ty)}"
        if cast.kind == "enum" and not (one.kind == ty.ADT and one.data.is_enum and cast.ty.kind == ty.INT):
            yield f"an enum cast from {ty.show(one)} to {ty.show(cast.ty)}"
        if cast.kind == "fn_pointer" and cast.ty.kind != ty.FNPTR:
            yield f"a cast to a function pointer gives a {ty.show(cast.ty)}"
        yield cast.ty

    def _aggregate(self, body: m.Body, rvalue: m.Aggregate) -> Iterator[Ty | str]:
        one = rvalue.ty
        given = [self.operand_type(body, operand) for operand in rvalue.operands]
        if one.kind == ty.ARRAY:
            wanted = [one.args[0]] * one.args[1].data
        elif one.kind == ty.ADT:
            self.instances.compilation.collector.ensure_fields(one.data)
            if not 0 <= rvalue.variant < len(one.data.variants):
                raise MalformedBodyError(f"{ty.show(one)} has no variant {rvalue.variant}")
            count = len(one.data.variants[rvalue.variant].fields)
            wanted = [self.instances.field_type(one, rvalue.variant, i) for i in range(count)]
        elif one.kind in (ty.TUPLE, ty.CLOSURE):
            count = len(one.args) if one.kind == ty.TUPLE else len(one.data.captures)
            wanted = [self.instances.field_type(one, 0, i) for i in range(count)]
        else:
            raise MalformedBodyError(f"{ty.show(one)} is no aggregate")
        if len(given) != len(wanted):
            yield f"{ty.show(one)} has {len(wanted)} fields, {len(given)} are given"
        for index, (have, want) in enumerate(zip(given, wanted, strict=False)):
            if not _same(have, want):
                yield f"field {index} is a {ty.show(want)}, given is a {ty.show(have)}"
        yield one

    def _terminator(self, body: m.Body, terminator: m.Terminator) -> Iterator[str]:
        if isinstance(terminator, m.Switch):
            one = self.operand_type(body, terminator.operand)
            if one.kind not in _SWITCHED:
                yield f"a switch on a {ty.show(one)}"
            if len(terminator.values) != len(terminator.targets):
                yield f"{len(terminator.values)} values for {len(terminator.targets)} targets"
            if len(set(terminator.values)) != len(terminator.values):
                yield f"a value twice in {terminator.values}"
        elif isinstance(terminator, m.Drop):
            self.place_type(body, terminator.place)
        elif isinstance(terminator, m.Call):
            yield from self._call(body, terminator)

    def _call(self, body: m.Body, call: m.Call) -> Iterator[str]:
        given = [self.operand_type(body, one) for one in call.arguments]
        result = self.place_type(body, call.destination)
        function = self.operand_type(body, call.function)
        if function.kind == ty.FNPTR:
            yield from _passed(given, list(function.args[:-1]), result, function.args[-1])
            return
        if function.kind != ty.FNDEF:
            yield f"a call of a {ty.show(function)}"
            return
        callee = self.instances.resolve(function.data, function.args)
        if callee.kind == "function" and callee.definition is not None and callee.definition.intrinsic is None:
            target = self.instances.body(callee.definition, callee.args)
            if target is not None:
                inputs = [target.locals[i].ty for i in range(1, target.arg_count + 1)]
                yield from _passed(given, inputs, result, target.locals[0].ty, call.target is None)

    # -- Values that are there

    def _definedness(self, body: m.Body) -> Iterator[str]:
        """Every local that is read has been written on each way there. What was moved out since is the borrow
        checker's."""
        whole = (1 << len(body.locals)) - 1
        before = [whole] * len(body.blocks)
        before[0] = (1 << (body.arg_count + 1)) - 2
        work, seen = [0], {0}
        while work:
            number = work.pop()
            known = _after(body.blocks[number], before[number])
            for target in m.successors(body.blocks[number].terminator):
                if target not in seen or before[target] & known != before[target]:
                    seen.add(target)
                    before[target] &= known
                    work.append(target)
        for number in sorted(seen):
            yield from self._read_early(body, number, before[number])

    def _read_early(self, body: m.Body, number: int, known: int) -> Iterator[str]:
        block = body.blocks[number]
        for statement in block.statements:
            yield from _missing(body, number, print_statement(statement), _reads(statement), known)
            known = _written(statement, known)
        terminator = block.terminator
        yield from _missing(body, number, print_terminator(terminator), _terminator_reads(terminator), known)
        if isinstance(terminator, m.Return) and not known & 1 and not _is_zero_sized(body.locals[0].ty):
            yield f"{body.name}, bb{number}: returns without a result"


def _same(left: Ty, right: Ty) -> bool:
    """Equal but for lifetimes; `!` stands for anything."""
    if left is right or left.kind == ty.NEVER or right.kind == ty.NEVER:
        return True
    return ty.erase(left) is ty.erase(right)


def _is_zero_sized(one: Ty) -> bool:
    return one.kind == ty.NEVER or one is ty.UNIT


def _passed(given: list[Ty], inputs: list[Ty], result: Ty, output: Ty, never: bool = False) -> Iterator[str]:
    if len(given) != len(inputs):
        yield f"{len(given)} arguments for {len(inputs)} parameters"
    for index, (have, want) in enumerate(zip(given, inputs, strict=False)):
        if not _same(have, want):
            yield f"argument {index} is a {ty.show(have)}, must be a {ty.show(want)}"
    if not never and not _same(result, output):
        yield f"the result is a {ty.show(output)}, the destination a {ty.show(result)}"


def _operands(rvalue: m.Rvalue) -> list[m.Operand]:
    if isinstance(rvalue, (m.Use, m.UnaryOp, m.Cast, m.Repeat)):
        return [rvalue.operand]
    if isinstance(rvalue, m.BinaryOp):
        return [rvalue.left, rvalue.right]
    return rvalue.operands if isinstance(rvalue, m.Aggregate) else []


def _place_reads(place: m.Place) -> list[int]:
    """The local, and those that its indices are in."""
    return [place.local, *(step[1] for step in place.projection if step[0] == m.INDEX)]


def _operand_reads(operands: list[m.Operand]) -> list[int]:
    return [local for one in operands if not isinstance(one, m.Constant) for local in _place_reads(one.place)]


def _target_reads(place: m.Place) -> list[int]:
    """What a write to the place reads: its indices, and the local where a pointer in it is followed."""
    through = any(step[0] == m.DEREF for step in place.projection)
    return _place_reads(place) if through else _place_reads(place)[1:]


def _reads(statement: m.Statement) -> list[int]:
    if isinstance(statement, m.Assign):
        rvalue = statement.rvalue
        found = _operand_reads(_operands(rvalue)) + _target_reads(statement.place)
        return found + (_place_reads(rvalue.place) if isinstance(rvalue, (m.Ref, m.Discriminant, m.Len)) else [])
    return _place_reads(statement.place) if isinstance(statement, m.FakeRead) else []


def _terminator_reads(terminator: m.Terminator) -> list[int]:
    if isinstance(terminator, m.Switch):
        return _operand_reads([terminator.operand])
    if isinstance(terminator, m.Call):
        return _operand_reads([terminator.function, *terminator.arguments]) + _target_reads(terminator.destination)
    return []


def _written(statement: m.Statement, known: int) -> int:
    if isinstance(statement, m.Assign):
        return known | 1 << statement.place.local
    if isinstance(statement, (m.StorageLive, m.StorageDead)):
        return known & ~(1 << statement.local)
    return known


def _after(block: m.Block, known: int) -> int:
    for statement in block.statements:
        known = _written(statement, known)
    if isinstance(block.terminator, m.Call):
        known |= 1 << block.terminator.destination.local
    return known


def _missing(body: m.Body, number: int, text: str, reads: list[int], known: int) -> Iterator[str]:
    for local in dict.fromkeys(reads):
        if not known >> local & 1 and not _is_zero_sized(body.locals[local].ty):
            yield f"{body.name}, bb{number}, `{text}`: _{local} is read, and not written on every way here"


def _locals_in(block: m.Block) -> Iterator[int]:
    for statement in block.statements:
        if isinstance(statement, (m.StorageLive, m.StorageDead)):
            yield statement.local
        else:
            yield from _reads(statement)
            yield statement.place.local
    yield from _terminator_reads(block.terminator)
    if isinstance(block.terminator, m.Drop):
        yield block.terminator.place.local
    elif isinstance(block.terminator, m.Call):
        yield block.terminator.destination.local


def program_bodies(compilation: Compilation, instances: Instances) -> Iterator[m.Body]:
    """The concrete bodies that `main` reaches by calls that are known when compiling, each once."""
    from engines.rustwasm.entry import entry_of

    seen: set[int] = set()
    work: list[Callee] = [Callee("function", entry_of(compilation), ())]
    while work:
        callee = work.pop()
        definition = callee.definition.body if callee.kind == "closure" else callee.definition
        if callee.kind not in ("function", "closure") or definition is None or definition.intrinsic is not None:
            continue
        body = instances.body(definition, callee.args)
        if body is None or id(body) in seen:
            continue
        seen.add(id(body))
        yield body
        for block in body.blocks:
            call = block.terminator
            if isinstance(call, m.Call) and isinstance(call.function, m.Constant):
                work.append(instances.resolve(call.function.ty.data, call.function.ty.args))


def verify_program(compilation: Compilation) -> list[str]:
    """What is wrong with the bodies of a program without errors."""
    instances = Instances(compilation)
    verifier = Verifier(instances)
    return [problem for body in program_bodies(compilation, instances) for problem in verifier.problems(body)]


__all__ = ["MalformedBodyError", "Verifier", "program_bodies", "verify_program"]
