"""Values of expressions, statements and control flow."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.build_control import ControlBuilder
from engines.rustwasm.mir.operators import round_float
from engines.rustwasm.mir.scopes import Scope
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
_SCALARS: Final = frozenset((ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR))


class ExpressionBuilder(ControlBuilder):
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

    def operand(self, node: Any) -> m.Operand:
        if not node.adjust:
            if isinstance(node, t.Literal):
                return self.literal(node)
            if is_place(node):
                return self.read(self.read_place(node), self.type_of(node), node.span)
            if (
                isinstance(node, t.Unary)
                and node.op == "-"
                and isinstance(node.operand, t.Literal)
                and node.target is None
            ):
                return self.negated(node)
            if isinstance(node, t.PathExpr) and self.type_of(node).kind == ty.FNDEF:
                return m.Constant(self.type_of(node), None, self.written(node))
        elif node.adjust[-1][0] == "joined":
            return m.Copy(self.adjusted_place(node))
        one = self.adjusted_type(node)
        place = self.temp(one, node.span)
        self.into(place, node)
        return m.Copy(place) if one.kind in _SCALARS else m.Move(place)

    def literal(self, node: t.Literal) -> m.Constant:
        one = self.type_of(node)
        if one.kind == ty.FLOAT:
            return m.Constant(one, round_float(float(node.value), one))
        return m.Constant(one, node.value)

    def negated(self, node: t.Unary) -> m.Constant:
        """A literal with a minus before it."""
        constant = self.literal(node.operand)
        return m.Constant(constant.ty, -constant.value)

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

    def stable(self, operand: m.Operand, node: Any, may_change: bool) -> m.Operand:
        """Read a variable now if evaluating another expression may change it."""
        if isinstance(operand, m.Copy) and may_change and not self._temporary(operand.place):
            one = self.adjusted_type(node)
            while one.kind == ty.REF:
                one = one.args[0]
            saved = Place(self.local(one, None, False, node.span))
            self.assign(saved, m.Use(operand), node.span)
            return m.Copy(saved)
        return operand

    def _temporary(self, place: Place) -> bool:
        """Whether the place holds a value that no other expression knows of."""
        return not place.projection and self.body.locals[place.local].name is None

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
        left = self.stable(self.scalar(node.left), node.left, not is_calm(node.right))
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
                    value = self.saved(value, node.right)
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

    def operands(self, nodes: list[Any], last: Any = None) -> list[m.Operand]:
        """The operands of these expressions, in their order; `last` is evaluated after them."""
        rest = nodes if last is None else [*nodes, last]
        self.pending.append((len(self.scopes), []))
        found = [self.held(self.early(self.operand(node), node, rest[i + 1 :])) for i, node in enumerate(nodes)]
        self.pending.pop()
        return found

    def arguments(self, nodes: list[Any], receiver: m.Operand | None = None) -> list[m.Operand]:
        """The operands of a call, as above, behind its receiver if that has been evaluated."""
        self.pending.append((len(self.scopes), []))
        found = [] if receiver is None else [self.held(receiver)]
        for i, node in enumerate(nodes):
            found.append(self.held(self.early(self.argument(node), node, nodes[i + 1 :])))
        self.pending.pop()
        return found

    def held(self, operand: m.Operand) -> m.Operand:
        """The operand, whose temporary drops first of all where an expression further right leaves the call."""
        if isinstance(operand, m.Move) and not operand.place.projection:
            local = self.body.locals[operand.place.local]
            if local.name is None and self.needs_drop(local.ty):
                self.pending[-1][1].append(operand.place.local)
        return operand

    def argument(self, node: Any, receives: bool = False) -> m.Operand:
        """An operand of a call, perhaps the receiver. What is lent to it without being written so is lent for changes
        from the call on only: operands further right may look at it (rustc-dev-guide, "Two-phase borrows")."""
        if not node.adjust:
            return self.operand(node)
        source, rvalue, one = self.adjusted(node)
        if rvalue is None:
            assert source is not None
            return self.read(source, one)
        # A trait object is passed on by an unsizing coercion, which lends at once.
        if isinstance(rvalue, m.Ref) and rvalue.kind == "mut" and (receives or one.args[0].kind != ty.DYN):
            rvalue.kind = "two_phase"
        held = self.temp(one, node.span)
        self.assign(held, rvalue, node.span)
        return m.Copy(held) if one.kind in _SCALARS else m.Move(held)

    def early(self, operand: m.Operand, node: Any, later: list[Any]) -> m.Operand:
        """The operand as it is before the expressions further right: these may change its place, look at it, or fill it
        again (The Rust Reference, "Evaluation order of operands")."""
        if isinstance(operand, m.Copy):
            behind = any(step[0] in (m.DEREF, m.INDEX) for step in operand.place.projection)
            # What is behind a reference may be lent to another operand, which is used from the call on.
            if behind or (self.body.locals[operand.place.local].mutable and not all(map(is_calm, later))):
                return self.saved(operand, node)
        elif (
            isinstance(operand, m.Move)
            and is_place(node)
            and not node.adjust
            and any(not isinstance(one, (t.Literal, t.PathExpr)) for one in later)
        ):
            return self.moved(operand, node)
        return operand

    def saved(self, operand: m.Copy, node: Any) -> m.Operand:
        one = self.adjusted_type(node)
        held = Place(self.local(one, None, False, node.span))
        self.assign(held, m.Use(operand), node.span)
        return m.Copy(held)

    def moved(self, operand: m.Move, node: Any) -> m.Operand:
        held = self.temp(self.adjusted_type(node), node.span)
        self.assign(held, m.Use(operand), node.span)
        return m.Move(held, node.span)

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
        if not isinstance(first, m.Copy) or not all(map(is_calm, node.args)):
            first = self.early(first, receiver, node.args)
        arguments = self.arguments(node.args, first)
        function = m.Constant(self.function(method, args).ty, None, self.written(node))
        self.finish_call(function, arguments, place, node)

    # Control flow

    def block_expression(self, place: Place, node: t.Block) -> None:
        depth = len(self.scopes)
        done: int | None = None
        if node.label is not None:
            done = self.block()
            self.loops.append((node, done, None, place, depth))
        scope = self.push()
        for statement in node.statements:
            if isinstance(statement, t.LetStatement):
                self.let_statement(statement, scope)
            else:
                self.push(temporaries=True)
                self.statement(statement.expr)
                self.pop(statement.span)
        if node.tail is not None:
            self.into(place, node.tail)
        elif self.type_of(node) is ty.UNIT:
            self.assign(place, m.Aggregate(ty.UNIT, []), node.span)
        self.pop(node.span)
        if done is not None:
            self.loops.pop()
            self.goto(done, done)

    def let_statement(self, node: t.LetStatement, scope: Scope) -> None:
        pattern = node.pattern
        simple = isinstance(pattern, t.BindingPattern) and isinstance(pattern.target, Variable) and pattern.sub is None
        if node.value is None:
            self.body.deferred = True
            for variable in _variables(pattern):
                place = self.declare_variable(variable, scope)
                if simple:
                    self.declared(node, place.local)
            return
        self.push(temporaries=True)
        inner = self.temporaries[-1]
        if type(node.value) in _EXTENDING and _extend(node.value, self.kept, scope):
            self.body.deferred = True
        if simple and pattern.mode is None:
            variable = pattern.target
            local = self.local(self.checker.final(variable.ty), variable.name, variable.mutable, variable.span)
            self.declared(node, local)
            self.emit(m.StorageLive(local))
            self.into(Place(local), node.value)
            if type(node.value) in _ENDING:
                self.emit(m.FakeRead(Place(local), node.span))
            self.pop(node.span)
            scope.locals.append((local, self.needs_drop(self.body.locals[local].ty)))
            self.places[variable] = Place(local)
            return
        if is_place(node.value):
            place = self.adjusted_place(node.value)
        else:
            one = self.adjusted_type(node.value)
            local = self.local(one, None, False, node.value.span)
            self.declared(node, local)
            self.emit(m.StorageLive(local))
            holder = scope if _borrows(pattern) else inner
            place = Place(local)
            self.into(place, node.value)
            holder.locals.append((local, self.needs_drop(one)))
        if node.otherwise is None:
            if not isinstance(pattern, t.WildPattern):
                self.bind_irrefutable(pattern, place, scope)
            self.pop(node.span)
            return
        fail = self.block()
        self.scrutinee = node.value.span
        self.bind(self.test_pattern(pattern, place, fail, scope), scope)
        following = self.block()
        self.leave(inner, node.span)
        self.goto(following, fail)
        self.leave(inner, node.span)
        self.into(Place(self.local(ty.NEVER_TY, None, False, node.span)), node.otherwise)
        self.end(m.Unreachable(), following)
        self.scopes.pop()
        self.temporaries.pop()

    def declared(self, node: t.LetStatement, local: int) -> None:
        """Keep the lifetimes that a `let` gives to a local."""
        one = self.checker.declared.get(node)
        if one is not None:
            self.body.declared.append((local, one))


_EXTENDING: Final = frozenset((t.Borrow, t.Tuple, t.Array, t.StructLiteral, t.Block, t.If, t.Match, t.Call, t.Cast))
"""What a `let`'s value may be that keeps temporaries inside it."""
_BRANCHING: Final = frozenset((t.If, t.Match))
_ENDING: Final = frozenset((t.Block, t.If, t.Match))
"""What ends variables of its own: a `let` reads the value that it has after that."""


def _extend(node: Any, kept: dict[Any, Scope], scope: Scope) -> bool:
    """Add what the value of a `let` keeps, and in which scope: operands of its borrows, in its parts and in the ends of
    its branches. True if some of it may not be made (The Rust Reference, "Temporary lifetime extension")."""
    kind = type(node)
    parts: list[Any] = []
    if kind is t.Borrow:
        inner = node.operand
        while isinstance(inner, (t.Field, t.Index)) or (isinstance(inner, t.Unary) and inner.op == "*"):
            inner = inner.operand if isinstance(inner, t.Unary) else inner.base
        if not isinstance(inner, t.PathExpr) or not is_place(inner):
            kept[inner] = scope
        parts = [inner]
    elif kind is t.Tuple or kind is t.Array:
        parts = node.elements
    elif kind is t.StructLiteral:
        parts = [part for _, part, _ in node.fields]
    elif kind is t.Cast:
        parts = [node.operand]
    elif kind is t.Block:
        parts = [node.tail]
    elif kind is t.If:
        parts = [node.then, node.otherwise]
    elif kind is t.Match:
        parts = [arm.body for arm in node.arms]
    elif kind is t.Call and isinstance(node.callee, t.PathExpr):
        target = node.callee.target
        if isinstance(target, tuple) and target[0] == "variant":
            parts = node.args
    known = len(kept)
    deferred = [_extend(part, kept, scope) for part in parts]
    return any(deferred) or (kind in _BRANCHING and len(kept) > known)


def _variables(pattern: Any) -> list[Variable]:
    out = [pattern.target] if isinstance(pattern, t.BindingPattern) and isinstance(pattern.target, Variable) else []
    for part in _parts(pattern):
        out += _variables(part)
    return out


def _parts(pattern: Any) -> list[Any]:
    """The patterns inside a pattern."""
    parts = [getattr(pattern, "sub", None), getattr(pattern, "inner", None), *getattr(pattern, "elements", ())]
    parts += [inner for _, inner, _ in getattr(pattern, "fields", ())]
    return [part for part in parts if part is not None]


def is_calm(node: Any) -> bool:
    """Whether evaluating an expression changes no variable, and lends none to be changed."""
    if isinstance(node, t.Field):
        return is_calm(node.base)
    if isinstance(node, t.Index):
        return is_calm(node.base) and is_calm(node.index)
    if isinstance(node, t.Borrow):
        return not node.mutable and is_calm(node.operand)
    return isinstance(node, (t.Literal, t.PathExpr))


def _is_still(node: Any) -> bool:
    """Whether finding the place runs nothing: a variable, or a field of one."""
    if isinstance(node, t.Field):
        return _is_still(node.base) and not any(one[0] == "overloaded" for one in node.base.adjust or ())
    return isinstance(node, t.PathExpr)


def _borrows(pattern: Any) -> bool:
    """Does the pattern say `ref` anywhere? Then the value it takes apart lives as long as its variables."""
    if isinstance(pattern, t.BindingPattern) and pattern.by_ref:
        return True
    return any(_borrows(part) for part in _parts(pattern))


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
