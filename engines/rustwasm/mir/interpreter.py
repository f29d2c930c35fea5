"""The reference interpreter: what a program means, written to be read (docs/reference/mir.md).

Values: integers, bool (0, 1) and char are ints; floats are floats; structs, enums, tuples, arrays and closures are
`Aggregate`s that own a list of fields; references, boxes and raw pointers are `Pointer`s to a slot of some list. A slot
without value holds None: moved out, or not written yet. Drops happen where MIR says, for what is still there.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir import intrinsics
from engines.rustwasm.mir.instances import Callee, Instances
from engines.rustwasm.mir.operators import binary, numeric_cast, unary
from engines.rustwasm.mir.panics import OutOfFuel, Panic, UnsoundError
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.mir.values import Aggregate, Middle, Pointer, duplicate
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

__all__ = ["Aggregate", "Interpreter", "OutOfFuel", "Panic", "Pointer", "UnsoundError", "run_program"]


class Frame:
    __slots__ = ("block", "body", "consumed", "destination", "locals", "span", "target", "tracked")

    def __init__(self, body: m.Body) -> None:
        self.body = body
        self.locals: list[Any] = [None] * len(body.locals)
        self.block = 0
        self.destination: tuple[Any, Any] | None = None
        self.consumed: tuple[list[Any], Ty] | None = None
        self.target: int | None = None
        self.span: m.Span = (0, 0)
        self.tracked = "track_caller" in body.definition.attributes


class _Whole:
    """Key of a place that is all of what a slice or `dyn` pointer points to."""


WHOLE = _Whole()


class Interpreter:
    """Runs concrete bodies. `checks` says whether arithmetic overflow panics (profile dev) or wraps (release)."""

    def __init__(
        self, compilation: Compilation, instances: Instances, checks: bool = True, fuel: int = 50_000_000
    ) -> None:
        self.compilation = compilation
        self.instances = instances
        self.checks = checks
        self.fuel = fuel
        self.frames: list[Frame] = []
        self.output = {1: bytearray(), 2: bytearray()}
        self.statics: dict[Any, list[Any]] = {}
        self.callees: dict[Any, Callee] = {}
        self.bodies: dict[Callee, m.Body] = {}

    # Running

    def run_constant(self, function: FnDef, args: tuple[Ty, ...] = ()) -> Any:
        """Call a function without parameters, for these generic arguments, and give its value."""
        return self.call_function(function, args, [])

    def call_function(self, definition: FnDef, args: tuple[Ty, ...], arguments: list[Any]) -> Any:
        """Run a call to its end and give the result."""
        slot: list[Any] = [None]
        depth = len(self.frames)
        self.enter(Callee("function", definition, args), arguments, (slot, 0), None, definition.span)
        while len(self.frames) > depth:
            self.step_block()
        return slot[0]

    def panic(self, message: str, span: m.Span) -> Panic:
        """The panic with the location to blame: that of the caller of `#[track_caller]` functions."""
        for frame in self.frames[::-1]:
            if not frame.tracked:
                break
            span = frame.span
        return Panic(message, self.compilation.sources.locate(span[0]))

    def unsound(self, frame: Frame, place: m.Place, span: m.Span) -> UnsoundError:
        """The error of a use of what is gone."""
        file, line, column = self.compilation.sources.locate(span[0])
        where = f"{file}:{line}:{column}: {frame.body.name}"
        return UnsoundError(f"{where} uses what is in _{place.local} or where that leads, and nothing is there")

    def step_block(self) -> None:
        frame = self.frames[-1]
        block = frame.body.blocks[frame.block]
        self.fuel -= len(block.statements) + 1
        if self.fuel < 0:
            raise OutOfFuel("the program ran longer than the interpreter was allowed to")
        statement: Any
        for statement in block.statements:
            kind = type(statement)
            if kind is m.Assign:
                value = self.rvalue(frame, statement.rvalue, statement.span)
                place = statement.place
                if place.projection:
                    container, key = self.locate(frame, place, statement.span)
                    container[key] = value
                else:
                    frame.locals[place.local] = value
            elif kind is not m.FakeRead:
                frame.locals[statement.local] = None
        self.terminator(frame, block.terminator)

    def terminator(self, frame: Frame, terminator: m.Terminator) -> None:
        if type(terminator) is m.Goto:
            frame.block = terminator.target
        elif type(terminator) is m.Switch:
            value = self.operand(frame, terminator.operand)
            for wanted, target in zip(terminator.values, terminator.targets, strict=True):
                if value == wanted:
                    frame.block = target
                    return
            assert terminator.otherwise is not None, "a switch without a case for its value"
            frame.block = terminator.otherwise
        elif isinstance(terminator, m.Drop):
            frame.block = terminator.target
            container, key = self.locate(frame, terminator.place, terminator.span)
            self.drop_slot(container, key, place_type(frame.body, terminator.place))
        elif isinstance(terminator, m.Call):
            self.call(frame, terminator)
        elif isinstance(terminator, m.Return):
            self.frames.pop()
            if frame.consumed is not None:
                self.drop_slot(frame.consumed[0], 0, frame.consumed[1])
            if frame.destination is not None:
                container, key = frame.destination
                container[key] = frame.locals[0]
            if self.frames and frame.target is not None:
                self.frames[-1].block = frame.target
        else:
            raise AssertionError(f"{frame.body.name} reached what its MIR says is unreachable")

    def call(self, frame: Frame, call: m.Call) -> None:
        function = call.function
        callee: Any = self.callees.get(function)
        if callee is None:
            if isinstance(function, m.Constant):
                callee = self.callees[function] = self.instances.resolve(function.ty.data, function.ty.args)
            else:
                callee = self.operand(frame, function)
        arguments = [self.operand(frame, a, call.span) for a in call.arguments]
        place = call.destination
        destination = self.locate(frame, place, call.span) if place.projection else (frame.locals, place.local)
        if callee.kind == "function":
            self.enter_function(callee, arguments, destination, call.target, call.location)
            return
        self.enter(callee, arguments, destination, call.target, call.location)

    def enter(self, callee: Any, arguments: list[Any], destination: Any, target: int | None, span: m.Span) -> None:
        kind = callee.kind
        if kind == "function":
            self.enter_function(callee, arguments, destination, target, span)
            return
        if kind == "virtual":
            shared = arguments[0]
            # An `Rc` is an aggregate around its pointer.
            receiver = shared.fields[0] if isinstance(shared, Aggregate) else shared
            concrete = receiver.dyn
            args = (concrete, *callee.args[1:])
            owner = callee.definition.owner
            own = len(owner.generics.names)
            args = (concrete, *callee.args[1:own], *callee.args[own:])
            thin: Any = Pointer(receiver.container, receiver.key, None, None)
            if shared is not receiver:
                thin = Aggregate([thin, *shared.fields[1:]], shared.variant)
            arguments = [thin, *arguments[1:]]
            if callee.definition.receiver.kind == ty.PARAM:
                arguments[0] = receiver.container[receiver.key]
                receiver.container[receiver.key] = None
            self.enter(self.instances.resolve(callee.definition, args), arguments, destination, target, span)
            return
        if kind == "closure":
            closure = callee.definition
            spread = list(arguments[1].fields)
            environment = arguments[0]
            wanted = closure.trait_kind
            slot = [environment]
            by_reference = callee.by == "FnOnce" and wanted != "FnOnce"
            if by_reference:
                environment = Pointer(slot, 0, None, None)
            self.push(closure.body, callee.args, [environment, *spread], destination, target, span)
            if by_reference:
                # `call_once` consumes the closure, whose body only borrows it: what it captured is dropped at its end.
                self.frames[-1].consumed = (slot, ty.intern(ty.CLOSURE, closure, callee.args))
            return
        if kind == "callable":
            value = arguments[0]
            if callee.by != "FnOnce":
                value = value.container[value.key]
            one = callee.definition
            inner = value if one.kind == ty.FNPTR else Callee("item", one, ())
            self.enter(inner, list(arguments[1].fields), destination, target, span)
            return
        if kind == "item":
            one = callee.definition
            if hasattr(one.data, "fields"):
                container, key = destination
                made = Aggregate(arguments, one.data.index)
                container[key] = Pointer([made], 0, None, None) if one.data.owner.gc else made
                if target is not None:
                    self.frames[-1].block = target
                return
            self.enter(self.instances.resolve(one.data, one.args), arguments, destination, target, span)
            return
        if kind == "capture_free":
            environment = Aggregate([], 0)
            if callee.definition.trait_kind != "FnOnce":
                environment = Pointer([environment], 0, None, None)
            self.push(callee.definition.body, callee.args, [environment, *arguments], destination, target, span)
            return
        if kind == "copy":
            container, key = destination
            source = arguments[0]
            container[key] = duplicate(source.container[source.key])
            if target is not None:
                self.frames[-1].block = target
            return
        raise ValueError(f"no such kind of callee: {kind!r}; see the table of mir.instances")

    def enter_function(
        self, callee: Callee, arguments: list[Any], destination: Any, target: int | None, span: m.Span
    ) -> None:
        definition = callee.definition
        if definition.intrinsic is not None:
            if self.frames and target is not None:
                self.frames[-1].block = target
            result = intrinsics.TABLE[definition.intrinsic](self, callee.args, arguments, span)
            container, key = destination
            container[key] = result
            return
        body = self.bodies.get(callee)
        if body is None:
            body = self.bodies[callee] = self.concrete_body(definition, callee.args)
        self.start(body, arguments, destination, target, span)

    def push(
        self, definition: FnDef, args: tuple[Ty, ...], arguments: list[Any], destination: Any, target: Any, span: m.Span
    ) -> None:
        self.start(self.concrete_body(definition, args), arguments, destination, target, span)

    def concrete_body(self, definition: FnDef, args: tuple[Ty, ...]) -> m.Body:
        body = self.instances.body(definition, args)
        if body is None:
            raise ValueError(f"{definition.path} has no body: {self.compilation.diagnostics.render()}")
        return body

    def start(self, body: m.Body, arguments: list[Any], destination: Any, target: Any, span: m.Span) -> None:
        if len(self.frames) > 20_000:
            raise Panic("stack overflow", self.compilation.sources.locate(span[0]))
        frame = Frame(body)
        frame.locals[1 : 1 + len(arguments)] = arguments
        frame.destination = destination
        frame.target = target
        frame.span = span
        self.frames.append(frame)

    # Places

    def locate(self, frame: Frame, place: m.Place, span: m.Span) -> tuple[Any, Any]:
        """The list and index (or pointer and WHOLE) that a place is."""
        container: Any = frame.locals
        key: Any = place.local
        try:
            for step in place.projection:
                kind = step[0]
                if kind == m.DEREF:
                    pointer = container[key]
                    if pointer.length is not None or pointer.dyn is not None:
                        container, key = pointer, WHOLE
                    else:
                        container, key = pointer.container, pointer.key
                elif kind == m.FIELD:
                    container, key = container[key].fields, step[1]
                elif kind == m.INDEX or kind == m.CONSTANT_INDEX:
                    whole = container if key is WHOLE else container[key]
                    length = whole.length if key is WHOLE else len(whole.fields)
                    index = frame.locals[step[1]] if kind == m.INDEX else (length - step[1] if step[2] else step[1])
                    if not 0 <= index < length:
                        raise self.panic(f"index out of bounds: the len is {length} but the index is {index}", span)
                    if key is WHOLE:
                        container, key = whole.container, whole.key + index
                    else:
                        container, key = whole.fields, index
                elif kind == m.SUBSLICE:
                    if key is WHOLE:
                        container = Pointer(
                            container.container, container.key + step[1], container.length - step[1] - step[2], None
                        )
                    else:
                        fields = container[key].fields
                        container, key = Middle(fields, step[1], len(fields) - step[2]), 0
        except (AttributeError, IndexError) as error:  # of None, and of an array that was freed
            raise self.unsound(frame, place, span) from error
        return container, key

    def operand(self, frame: Frame, operand: Any, span: m.Span = (0, 0)) -> Any:
        if type(operand) is m.Constant:
            value = operand.value
            return value if type(value) is int else self.constant(operand)
        place = operand.place
        if place.projection:
            container, key = self.locate(frame, place, operand.span or span)
        else:
            container, key = frame.locals, place.local
        if key is WHOLE:
            return container  # an unsized value moves as the pointer to it: `(*boxed)(..)` of a `Box<dyn FnOnce()>`
        try:
            value = container[key]
        except IndexError:  # of an array that was freed
            value = None
        if value is None:
            raise self.unsound(frame, place, operand.span or span)
        if type(operand) is m.Copy:
            return duplicate(value) if type(value) is Aggregate else value
        container[key] = None
        return value

    def constant(self, constant: m.Constant) -> Any:
        value = constant.value
        if value is None:
            return Aggregate([], 0)
        if isinstance(value, bytes):
            target = constant.ty.args[0] if constant.ty.kind == ty.REF else constant.ty
            if target.kind == ty.ARRAY:
                return Pointer([Aggregate(list(value), 0)], 0, None, None)
            return Pointer(value, 0, len(value), None)
        if isinstance(value, (int, float)):
            return value
        slot = self.statics.get(value)
        if slot is None:
            slot = self.statics[value] = [None]
            slot[0] = self.call_function(value.body, (), [])
        return Pointer(slot, 0, None, None)

    # Rvalues

    def rvalue(self, frame: Frame, rvalue: m.Rvalue, span: m.Span) -> Any:
        if type(rvalue) is m.Use:
            return self.operand(frame, rvalue.operand, span)
        if type(rvalue) is m.BinaryOp:
            left = self.operand(frame, rvalue.left, span)
            right = self.operand(frame, rvalue.right, span)
            one = self.operand_type(frame, rvalue.left)
            result, problem = binary(rvalue.op, left, right, one, self.checks)
            if problem:
                raise self.panic(problem, span)
            return result
        if type(rvalue) is m.Ref:
            container, key = self.locate(frame, rvalue.place, span)
            if key is WHOLE:
                return container
            return Pointer(container, key, None, None)
        if isinstance(rvalue, m.Aggregate):
            fields = [self.operand(frame, o, span) for o in rvalue.operands]
            return Aggregate(fields, rvalue.variant)
        if isinstance(rvalue, m.Discriminant):
            container, key = self.locate(frame, rvalue.place, span)
            return container[key].variant
        if isinstance(rvalue, m.UnaryOp):
            value = self.operand(frame, rvalue.operand, span)
            result, problem = unary(rvalue.op, value, self.operand_type(frame, rvalue.operand), self.checks)
            if problem:
                raise self.panic(problem, span)
            return result
        if isinstance(rvalue, m.Len):
            container, key = self.locate(frame, rvalue.place, span)
            return container.length if key is WHOLE else len(container[key].fields)
        if isinstance(rvalue, m.Repeat):
            value = self.operand(frame, rvalue.operand, span)
            return Aggregate([duplicate(value) for _ in range(rvalue.count.data)], 0)
        assert isinstance(rvalue, m.Cast)
        return self.cast(frame, rvalue, span)

    def operand_type(self, frame: Frame, operand: m.Operand) -> Ty:
        return operand.ty if isinstance(operand, m.Constant) else place_type(frame.body, operand.place)

    def cast(self, frame: Frame, cast: m.Cast, span: m.Span) -> Any:
        source = self.operand_type(frame, cast.operand)
        value = self.operand(frame, cast.operand, span)
        if cast.kind == "numeric":
            return numeric_cast(value, source, cast.ty)
        if cast.kind == "enum":
            return numeric_cast(source.data.variants[value.variant].discriminant, ty.I128, cast.ty)
        if cast.kind == "fn_pointer":
            if source.kind == ty.CLOSURE:
                return Callee("capture_free", source.data, source.args)
            return Callee("item", source, ())
        if cast.kind == "pointer":
            return value
        return self.unsize(value, source, cast.ty)

    def unsize(self, value: Any, source: Ty, target: Ty) -> Any:
        """A thin pointer to a slice or trait object pointer; for Rc the pointer inside changes."""
        have, want = source.args[0], target.args[0]
        if have.kind == ty.DYN:
            return value  # `write!` to a `dyn Write`
        if source.kind == ty.ADT and source.data.lang in ("Rc", "GcBox", "GcRc"):
            return Aggregate([_fat(value.fields[0], have, want)], 0)
        return _fat(value, have, want)

    # Drops

    def drop_slot(self, container: Any, key: Any, one: Ty) -> None:
        """Drop what a slot holds, and leave it without value."""
        if key is WHOLE:
            return
        value = container[key]
        if value is None or isinstance(value, (int, float)):
            return
        kind = one.kind
        if kind == ty.ADT and one.data.lang == "Box":
            self.drop_pointee(value, one.args[0])
        elif kind == ty.ADT and one.data.gc:
            return
        elif kind == ty.ADT:
            if one.data.drop is not None:
                trait = self.compilation.lang("Drop")
                callee = self.instances.resolve(trait.methods["drop"], (one,))
                self.call_function(callee.definition, callee.args, [Pointer(container, key, None, None)])
            for i in range(len(value.fields)):
                self.drop_slot(value.fields, i, self.instances.field_type(one, value.variant, i))
        elif kind in (ty.TUPLE, ty.CLOSURE):
            for i in range(len(value.fields)):
                self.drop_slot(value.fields, i, self.instances.field_type(one, 0, i))
        elif kind == ty.ARRAY:
            for i in range(len(value.fields)):
                self.drop_slot(value.fields, i, one.args[0])
        container[key] = None

    def drop_pointee(self, pointer: Pointer, one: Ty) -> None:
        """Drop what a box (of a sized value, slice or trait object) owns."""
        if pointer.dyn is not None:
            self.drop_slot(pointer.container, pointer.key, pointer.dyn)
        elif pointer.length is not None:
            for i in range(pointer.length):
                self.drop_slot(pointer.container, pointer.key + i, one.args[0] if one.args else ty.U8)
        else:
            self.drop_slot(pointer.container, pointer.key, one)


def _fat(pointer: Pointer, have: Ty, want: Ty) -> Pointer:
    """The pointer to a slice or trait object that a thin one becomes."""
    if want.kind == ty.SLICE:
        array = pointer.container[pointer.key]
        return Pointer(array.fields, 0, len(array.fields), None, pointer.container)
    return Pointer(pointer.container, pointer.key, None, have)


def run_program(compilation: Compilation, checks: bool = True, fuel: int = 50_000_000) -> tuple[int, bytes, bytes]:
    """Run `main`: (exit code, standard output, standard error). A panic is exit code 101, as rustc's programs do."""
    interpreter = Interpreter(compilation, Instances(compilation), checks, fuel)
    return run_main(interpreter)


def run_main(interpreter: Interpreter) -> tuple[int, bytes, bytes]:
    """`run_program` with an interpreter of one's own, whose `output` tells what was printed if it raises OutOfFuel."""
    from engines.rustwasm.compilation import quiet_runtime
    from engines.rustwasm.entry import entry_of

    main = entry_of(interpreter.compilation)
    code = 0
    with quiet_runtime():
        try:
            interpreter.call_function(main, (), [])
        except Panic as panic:
            file, line, column = panic.location
            text = f"\nthread 'main' panicked at {file}:{line}:{column}:\n{panic.message}\n"
            interpreter.output[2] += text.encode("utf-8", "surrogatepass")
            code = 101
        except intrinsics.Exit as leave:
            code = leave.code
    return code, bytes(interpreter.output[1]), bytes(interpreter.output[2])


def float_bits(value: float, bits: int) -> int:
    """The IEEE-754 pattern of a float."""
    return int.from_bytes(struct.pack("<d" if bits == 64 else "<f", value), "little")
