"""Values of expressions, statements and control flow."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.build_statements import StatementBuilder
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.coercion import is_place
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.types import Ty

_OPS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "&": "and", "|": "or", "^": "xor", "<<": "shl",
    ">>": "shr", "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
}  # fmt: skip
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


class ExpressionBuilder(StatementBuilder):
    """`into` evaluates an expression, adjustments included, into a place; `operand` gives it as an operand."""

    def __init__(self, checker: Any, body: m.Body, closure: Any) -> None:
        super().__init__(checker, body, closure)
        self.loops: list[tuple[Any, int, int | None, Place, int]] = []
        """(node, where break goes, where continue goes, where its value goes, scopes open outside)."""

    def into(self, place: Place, node: Any) -> None:
        if node.adjust:
            source, rvalue, one = self.adjusted(node)
            if rvalue is None:
                assert source is not None
                rvalue = m.Use(self.read(source, one))
            self.assign(place, rvalue, node.span)
            return
        self.raw_into(place, node)

    def raw_into(self, place: Place, node: Any) -> None:
        _TABLE[type(node)](self, place, node)

    # Simple values

    def literal_into(self, place: Place, node: t.Literal) -> None:
        self.assign(place, m.Use(self.literal(node)), node.span)

    def path(self, place: Place, node: t.PathExpr) -> None:
        target = node.target
        one = self.type_of(node)
        if isinstance(target, Variable) or (target[0] == "const" and target[1].is_static):
            self.assign(place, m.Use(self.read(self.place(node), one)), node.span)
        elif target[0] == "const_param":
            self.assign(place, m.Use(m.Constant(one, target[1])), node.span)
        elif target[0] == "variant" and target[1].shape == "unit":
            self.construct(place, one, [], target[1].index, node)
        elif target[0] == "const":
            const = target[1]
            value = self.compilation.const_scalar(const) if not target[2] else None
            if value is not None:
                self.assign(place, m.Use(m.Constant(one, value)), node.span)
            else:
                self.call_const(target, place, node.span)
        else:
            self.assign(place, m.Use(m.Constant(one, None, self.written(node))), node.span)

    def place_into(self, place: Place, node: Any) -> None:
        self.assign(place, m.Use(self.read(self.read_place(node), self.type_of(node), node.span)), node.span)

    def unary(self, place: Place, node: t.Unary) -> None:
        if node.op == "*":
            self.place_into(place, node)
            return
        if node.target is not None:
            method, args = node.target
            self.call(self.function(method, args), [self.operand(node.operand)], place, node.span)
            return
        if node.op == "-" and isinstance(node.operand, t.Literal):
            self.assign(place, m.Use(self.negated(node)), node.span)
            return
        operand = self.scalar(node.operand)
        self.assign(place, m.UnaryOp("neg" if node.op == "-" else "not", operand), node.span)

    def binary(self, place: Place, node: t.Binary) -> None:
        op = node.op
        if op == "&&" or op == "||":
            self.short_circuit(place, node)
            return
        if node.target is not None:
            method, args = node.target
            if op in _COMPARISONS:
                arguments: list[m.Operand] = []
                for side in (node.left, node.right):
                    held = self.temp(ty.ref(self.adjusted_type(side)), side.span)
                    self.assign(held, m.Ref("shared", self.adjusted_place(side)), side.span)
                    arguments.append(m.Copy(held))
            else:
                arguments = self.operands([node.left, node.right])
            self.call(self.function(method, args), arguments, place, node.span)
            return
        left = self.stable(self.scalar(node.left), node.left, not self.calm([node.right]))
        right = self.scalar(node.right)
        self.assign(place, m.BinaryOp(_OPS[op], left, right), node.span)

    def assignment(self, place: Place, node: t.Assignment) -> None:
        left = node.left
        if isinstance(left, t.PathExpr) and left.target is None:
            self.statement(node.right)
        else:
            one = self.type_of(left)
            value = self.operand(node.right)
            if not _is_still(left):
                if isinstance(value, m.Copy) and not self._temporary(value.place):
                    value = self.saved(value, self.adjusted_type(node.right), node.right.span)
                elif isinstance(value, m.Move) and value.place.projection:
                    value = self.moved(value, node.right)
            self.store(self.place(left), value, one, node.span)
        self.assign(place, m.Aggregate(ty.UNIT, []), node.span)

    def store(self, target: Place, value: m.Operand, one: Ty, span: Any) -> None:
        self.written_again(target)
        if self.needs_drop(one):
            following = self.block()
            self.end(m.Drop(target, following, span), following)
        self.assign(target, m.Use(value), span)

    def written_again(self, target: Place) -> None:
        """An assignment to a variable without `mut`: right only if its `let` left it without value."""
        variable = self.body.locals[target.local]
        own = not target.projection or target.projection[0][0] != m.DEREF
        if own and variable.name is not None and not variable.mutable:
            self.body.deferred = True

    def compound(self, place: Place, node: t.CompoundAssignment) -> None:
        if node.target is not None:
            method, args = node.target
            one = self.type_of(node.left)
            held = self.temp(ty.ref(one, True), node.left.span)
            self.assign(held, m.Ref("two_phase", self.place(node.left)), node.left.span)
            right = self.operand(node.right)
            self.call(self.function(method, args), [m.Move(held), right], place, node.span)
            return
        right = self.stable(self.scalar(node.right), node.right, not _is_still(node.left))
        target = self.place(node.left)
        self.written_again(target)
        self.assign(target, m.BinaryOp(_OPS[node.op], m.Copy(target), right), node.span)
        self.assign(place, m.Aggregate(ty.UNIT, []), node.span)

    def borrow(self, place: Place, node: t.Borrow) -> None:
        source = self.lasting(node.operand) if not node.mutable and not node.operand.adjust else None
        if source is None:
            self.changed = node.mutable and not node.operand.adjust
            source = self.adjusted_place(node.operand)
        self.assign(place, m.Ref("mut" if node.mutable else "shared", source), node.span)

    def cast(self, place: Place, node: t.Cast) -> None:
        said = self.written(node)
        if said and place.projection == () and not self.body.locals[place.local].name:
            self.body.declared.append((place.local, said[0][1]))
        elif said:
            held = self.temp(self.type_of(node), node.span)
            self.body.declared.append((held.local, said[0][1]))
            self._cast(held, node)
            self.assign(place, m.Use(self.read(held, self.type_of(node))), node.span)
            return
        self._cast(place, node)

    def _cast(self, place: Place, node: t.Cast) -> None:
        if node.target == "coerced":
            self.into(place, node.operand)
            return
        operand = self.operand(node.operand)
        if node.target == "enum" and ty.is_handle(self.adjusted_type(node.operand)):
            assert not isinstance(operand, m.Constant)
            operand = m.Copy(operand.place.deref())
        if self.adjusted_type(node.operand) is self.type_of(node):
            self.assign(place, m.Use(operand), node.span)
        else:
            self.assign(place, m.Cast(node.target, operand, self.type_of(node)), node.span)

    def aggregate(self, place: Place, node: Any) -> None:
        operands = self.operands(node.elements)
        self.assign(place, m.Aggregate(self.type_of(node), operands), node.span)

    def repeat(self, place: Place, node: t.Repeat) -> None:
        self.assign(place, m.Repeat(self.operand(node.element), self.checker.final(node.target)), node.span)

    def vec(self, place: Place, node: t.VecMacro) -> None:
        element = self.type_of(node).args[0]
        if isinstance(node.inner, t.Repeat):
            arguments = self.operands([node.inner.element, node.inner.count])
            self.call(self.function(self.compilation.lang("vec_from_elem"), (element,)), arguments, place, node.span)
            return
        array = ty.array(element, len(node.inner.elements))
        value = self.temp(array, node.span)
        self.assign(value, m.Aggregate(array, self.operands(node.inner.elements)), node.span)
        function = self.function(self.compilation.lang("vec_from_array"), (element, array.args[1]))
        self.call(function, [m.Move(value)], place, node.span)

    def range(self, place: Place, node: t.Range) -> None:
        operands = self.operands([e for e in (node.low, node.high) if e is not None])
        one = self.type_of(node)
        if node.inclusive and node.low is not None:
            operands.append(m.Constant(ty.BOOL_TY, 0))
        self.assign(place, m.Aggregate(one, operands), node.span)

    def struct_literal(self, place: Place, node: t.StructLiteral) -> None:
        one = self.type_of(node)
        variant = node.target
        given: dict[int, m.Operand] = {}
        values = self.operands([v for _, v, _ in node.fields], node.base)
        for (name, _, _), value in zip(node.fields, values, strict=True):
            given[variant.field_index(name)] = value
        if node.base is not None:
            base = self.inside(self.adjusted_place(node.base), self.adjusted_type(node.base))
            for i, field in enumerate(variant.fields):
                if i not in given:
                    field_ty = self.checker.final(self.checker.normal_subst(ty.erase(field.ty), one.args))
                    given[i] = self.read(base.field(i, field_ty), field_ty)
        operands = [given[i] for i in range(len(variant.fields))]
        self.construct(place, one, operands, variant.index, node)

    def closure_expression(self, place: Place, node: t.Closure) -> None:
        closure = node.target
        operands: list[m.Operand] = []
        for capture in closure.captures:
            source = self.capture_source(capture)
            if capture.mode == "move":
                operands.append(self.read(source, capture.ty))
            else:
                held = self.temp(ty.ref(capture.ty, capture.mode == "mut"), node.span)
                self.assign(held, m.Ref("mut" if capture.mode == "mut" else "shared", source), capture.span)
                operands.append(m.Move(held) if capture.mode == "mut" else m.Copy(held))
        self.assign(place, m.Aggregate(self.type_of(node), operands), node.span)

    def capture_source(self, capture: Any) -> Place:
        one = self.checker.final(capture.variable.ty)
        place: Place | None = None
        if self.uses is not None and self.uses.is_outer(capture.variable):
            place = self.captured((capture.variable, (), one))
        elif capture.variable in self.places or self.uses is None:
            place = self.variable_place(capture.variable)
        else:
            place = self.variable_place(capture.variable)
        path: tuple[Any, ...] = ()
        for step in capture.fields:
            path = (*path, step)
            if step == "*":
                one = one.args[0]
                place = place.deref() if place is not None else None
            else:
                if one.kind == ty.TUPLE:
                    one = one.args[step]
                else:
                    field = one.data.variants[0].fields[step]
                    one = self.checker.final(self.checker.normal_subst(ty.erase(field.ty), one.args))
                place = place.field(step, one) if place is not None else None
            if place is None:
                place = self.captured((capture.variable, path, one))
        assert place is not None, f"{capture.name} is not captured by the closure around"
        return place

    # Calls

    def call_expression(self, place: Place, node: t.Call) -> None:
        target = node.target
        callee_ty = self.adjusted_type(node.callee)
        if target is None and callee_ty.kind == ty.FNDEF and hasattr(callee_ty.data, "fields"):
            variant = callee_ty.data
            self.construct(place, self.type_of(node), self.arguments(node.args), variant.index, node)
            return
        subject = callee_ty
        if target is not None:
            kind = target[1].data.trait_kind if target[0] == "closure" else target[1]
            source = self.adjusted_place(node.callee)
        elif callee_ty.kind == ty.FNDEF and not (isinstance(node.callee, t.PathExpr) and not is_place(node.callee)):
            kind, source = "Fn", self.temp(subject, node.callee.span)  # a value that only stands for a function
            self.into(source, node.callee)
        else:
            function, *arguments = self.arguments([node.callee, *node.args])
            self.finish_call(function, arguments, place, node)
            return
        method = self.compilation.lang(kind).methods[{"Fn": "call", "FnMut": "call_mut", "FnOnce": "call_once"}[kind]]
        if kind == "FnOnce":
            held: m.Operand = self.read(source, subject)
        else:
            reference = self.temp(ty.ref(subject, kind == "FnMut"), node.callee.span)
            self.assign(reference, m.Ref("two_phase" if kind == "FnMut" else "shared", source), node.callee.span)
            held = m.Move(reference)
        tupled = ty.tuple_of(tuple([self.adjusted_type(a) for a in node.args]))
        arguments_place = self.temp(tupled, node.span)
        self.assign(arguments_place, m.Aggregate(tupled, self.arguments(node.args)), node.span)
        self.finish_call(self.function(method, (subject, tupled)), [held, m.Move(arguments_place)], place, node)

    def finish_call(self, function: m.Operand, arguments: list[m.Operand], place: Place, node: Any) -> None:
        location = (node.name_span[0], node.span[1]) if isinstance(node, t.MethodCall) else node.span
        if self.type_of(node).kind == ty.NEVER:
            self.end(m.Call(function, arguments, place, None, node.span, location))
        else:
            self.call(function, arguments, place, node.span, location)

    def method_call(self, place: Place, node: t.MethodCall) -> None:
        if node.target is None:
            # The receiver never gives a value: there is nothing to call.
            self.operand(node.receiver)
            for argument in node.args:
                self.operand(argument)
            return
        method, args = node.target
        receiver = node.receiver
        first = self.argument(receiver, True)
        if not isinstance(first, m.Copy) or not self.calm(node.args):
            first = self.early(first, receiver, node.args)
        arguments = self.arguments(node.args, first)
        function = m.Constant(self.function(method, args).ty, None, self.written(node))
        self.finish_call(function, arguments, place, node)

    # Control flow


def _is_still(node: Any) -> bool:
    """Whether finding the place runs nothing: a variable, or a field of one."""
    if isinstance(node, t.Field):
        return _is_still(node.base) and not any(one[0] == "overloaded" for one in node.base.adjust or ())
    return isinstance(node, t.PathExpr)


_B = ExpressionBuilder
_TABLE: dict[type, Any] = {
    t.Literal: _B.literal_into, t.PathExpr: _B.path, t.Unary: _B.unary, t.Binary: _B.binary,
    t.Assignment: _B.assignment,
    t.CompoundAssignment: _B.compound, t.Call: _B.call_expression, t.MethodCall: _B.method_call, t.Field: _B.place_into,
    t.Index: _B.place_into, t.Range: _B.range, t.Borrow: _B.borrow, t.Cast: _B.cast, t.Tuple: _B.aggregate,
    t.Array: _B.aggregate, t.Repeat: _B.repeat, t.StructLiteral: _B.struct_literal, t.Block: _B.block_expression,
    t.If: _B.if_, t.Let: _B.let, t.While: _B.while_, t.Loop: _B.loop, t.For: _B.for_, t.Match: _B.match,
    t.Closure: _B.closure_expression, t.Return: _B.return_, t.Break: _B.break_, t.Continue: _B.continue_,
    t.Try: _B.try_,
    t.Format: _B.format, t.VecMacro: _B.vec,
}  # fmt: skip
