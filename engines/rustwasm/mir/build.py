"""From the checked syntax tree to MIR: one body per function, closure and constant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.build_expressions import ExpressionBuilder
from engines.rustwasm.mir.promotion import is_constant, may_let_out
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import ClosureDef, ConstDef, FnDef
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.typing.check import BodyChecker


def build_body(checker: BodyChecker) -> m.Body:
    """The MIR of a checked function, and of the closures in it (`ClosureDef.body.mir`)."""
    function = checker.function
    closures = list(checker.closures)
    for closure in closures:
        closure_definition(checker, closure)
    for closure in closures[::-1]:
        closure.body.mir = _build_closure(checker, closure)
    syntax = function.syntax
    body = m.Body(function.path, function, len(checker.parameters), function.span)
    body.closures = closures
    builder = _Builder(checker, body, None)
    source = syntax.body if isinstance(syntax, t.FnItem) else syntax.value
    builder.run(checker.final(checker.return_ty), checker.parameters, source)
    return body


def closure_self(closure: ClosureDef, closure_ty: Ty) -> Ty:
    """The type of the closure parameter of its body."""
    if closure.trait_kind == "FnOnce":
        return closure_ty
    return ty.ref(closure_ty, closure.trait_kind == "FnMut")


def closure_path(function: FnDef, closure: ClosureDef) -> str:
    """What the body of a closure in a function is called."""
    return f"{function.path}::{{closure@{closure.name}}}"


def closure_definition(checker: BodyChecker, closure: ClosureDef) -> None:
    """Make the function that a closure's body is."""
    function = checker.function
    body = FnDef("{closure}", closure.span, function.module)
    body.path = closure_path(function, closure)
    body.generics = function.generics
    body.lifetimes = function.lifetimes
    generic = tuple(ty.param(i, n) for i, n in enumerate(function.generics.names))
    closure_ty = ty.intern(ty.CLOSURE, closure, generic)
    body.inputs = (closure_self(closure, closure_ty), *closure.inputs)
    body.output = closure.output
    body.owner = function.owner
    body.gc = function.gc
    closure.body = body


def _build_closure(checker: BodyChecker, closure: ClosureDef) -> m.Body:
    definition = closure.body
    body = m.Body(definition.path, definition, len(definition.inputs), closure.span)
    builder = _Builder(checker, body, closure)
    environment = Variable("{environment}", definition.inputs[0], False, closure.span, closure)
    patterns = [p for p, _ in closure.syntax.parameters]
    parameters: list[tuple[Any, Ty]] = [(environment, definition.inputs[0])]
    parameters += list(zip(patterns, closure.inputs, strict=True))
    builder.run(closure.output, parameters, closure.syntax.body)
    return body


class _Builder(ExpressionBuilder):
    """One body."""

    _lets_out: bool | None = None
    """Whether references may leave the function; None before somebody asks."""
    _may_lie = False
    """Whether constants of the function may be statics, if somebody asked."""

    def lasting(self, node: Any) -> Place | None:
        function = self.checker.function
        constant = isinstance(function.syntax, t.ConstItem) and self.closure is None
        if self._lets_out is None:
            types = [one.ty for one in self.body.locals[: self.body.arg_count + 1]]
            own = self.compilation.base is not None and not function.gc
            self._may_lie = own
            self._lets_out = own and (constant or may_let_out(types[1:], types[0]))
        table = self._may_lie and type(node) is t.PathExpr and self.type_of(node).kind == ty.ARRAY
        if not (self._lets_out or table) or not is_constant(self, node, constant):
            return None
        if not table:
            return self.static(self._constant(node), node).deref()
        named = (node.target[1], node.target[2])
        if named not in self.tables:
            self.tables[named] = self._constant(node)
        return self.static(self.tables[named], node).deref()

    def _constant(self, node: Any) -> ConstDef:
        """A nameless static of the value of `node`."""
        function, span = self.checker.function, node.span
        self.checker.promoted += 1
        const = ConstDef(f"CONSTANT{self.checker.promoted}", span, function.module, True)
        const.path = f"{function.path}::{const.name}"
        const.ty = self.type_of(node)
        const.body = FnDef(const.name, span, function.module)
        const.body.path = const.path
        const.body.output = const.ty
        const.body.mir = m.Body(const.path, const.body, 0, span)
        builder = _Builder(self.checker, const.body.mir, None)
        builder._lets_out = True
        builder.local(const.ty, None, True, span)
        builder.push(temporaries=True)
        builder.raw_into(Place(0), node)
        builder.pop(span)
        builder.end(m.Return())
        _prune(const.body.mir)
        self.compilation.declarations.consts.append(const)
        return const

    def run(self, output: Ty, parameters: list[tuple[Any, Ty]], source: Any) -> None:
        body = self.body
        span = source.span
        self.local(output, None, True, span)
        outer = self.push(temporaries=True)
        for pattern, one in parameters:
            one = self.checker.final(one)
            simple = isinstance(pattern, Variable) or (
                isinstance(pattern, t.BindingPattern) and isinstance(pattern.target, Variable) and pattern.sub is None
                and pattern.mode is None
            )  # fmt: skip
            variable = pattern if isinstance(pattern, Variable) else pattern.target
            if simple:
                local = self.local(one, variable.name, variable.mutable, variable.span)
                self.places[variable] = Place(local)
            else:
                local = self.local(one, None, False, pattern.span)
        for i, (pattern, _) in enumerate(parameters):
            # What a pattern binds is dropped just before the parameter that it is taken from.
            outer.locals.append((i + 1, self.needs_drop(body.locals[i + 1].ty)))
            if not isinstance(pattern, Variable) and Place(i + 1) not in (self.places.get(pattern.target),):
                self.bind_irrefutable(pattern, Place(i + 1), outer)
        self.push(temporaries=True)
        self.into(Place(0), source)
        self.pop(span)
        self.pop(span)
        self.end(m.Return())
        _prune(body)


def _prune(body: m.Body) -> None:
    """Drop blocks that nothing reaches and follow chains of empty gotos; renumber."""
    blocks = body.blocks
    final = list(range(len(blocks)))
    for index, block in enumerate(blocks):
        last = block.terminator
        if last is None:
            block.terminator = m.Unreachable()
        elif isinstance(last, m.Goto) and not block.statements:
            final[index] = last.target

    def target(index: int) -> int:
        following = final[index]
        if following == index:
            return index
        passed = [index]
        while final[following] != following and following not in passed:
            passed.append(following)
            following = final[following]
        for one in passed:
            final[one] = following
        return following

    numbers: dict[int, int] = {}
    order: list[m.Block] = []
    stack = [target(0)]
    while stack:
        index = stack.pop()
        if index in numbers:
            continue
        numbers[index] = len(order)
        block = blocks[index]
        order.append(block)
        terminator: m.Terminator = block.terminator
        if isinstance(terminator, (m.Call, m.Drop, m.Goto)):
            following = terminator.target
            if following is not None:
                if final[following] != following:
                    terminator.target = following = target(following)
                stack.append(following)
        elif isinstance(terminator, m.Switch):
            targets = terminator.targets = [x if final[x] == x else target(x) for x in terminator.targets]
            if terminator.otherwise is not None:
                terminator.otherwise = target(terminator.otherwise)
                stack.append(terminator.otherwise)
            stack += targets[::-1]
    for block in order:
        terminator = block.terminator
        if isinstance(terminator, (m.Call, m.Drop, m.Goto)):
            following = terminator.target
            if following is not None:
                terminator.target = numbers[following]
        elif isinstance(terminator, m.Switch):
            terminator.targets = [numbers[x] for x in terminator.targets]
            terminator.otherwise = None if terminator.otherwise is None else numbers[terminator.otherwise]
    body.blocks = order
