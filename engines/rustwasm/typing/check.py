"""Check one body: its parameters and result, and what is left to solve at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import expressions as e
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.callables import settle_kinds
from engines.rustwasm.typing.captures import find_captures
from engines.rustwasm.typing.casts import MAY_NOT_CAPTURE, check_cast, check_closure_casts, check_literal_range
from engines.rustwasm.typing.const_context import constant_context
from engines.rustwasm.typing.definitions import ClosureDef, FnDef, Generics, TraitDef
from engines.rustwasm.typing.exhaustiveness import check_irrefutable, check_match
from engines.rustwasm.typing.opaque_types import refuse_endless
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.statements import StatementChecker
from engines.rustwasm.typing.types import Ty, shallow
from engines.rustwasm.typing.undecided import check_bound_types, check_sizes, report_undecided, report_variables

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation


_OPEN: Final = ty.HAS_INFER | ty.HAS_PROJECTION


class BodyChecker(StatementChecker):
    """The types of one function's body, kept in the tree until its MIR is built."""

    def __init__(self, compilation: Compilation, function: FnDef) -> None:
        super().__init__(compilation, function.generics.predicates)
        self.function = function
        env = compilation.collector.envs[function]
        self.type_env = env
        env.infer = ty.variable
        env.elide = lambda: ""
        self.scopes: list[dict[str, Variable]] = [{}]
        self.pending: list[tuple[TraitDef, tuple[Ty, ...], t.Span]] = []
        self.loops: list[Any] = []
        self.loops_outside: list[list[Any]] = []
        """What closures around this place are in."""
        self.closure: Any = None
        self.closures: list[ClosureDef] = []
        """In the order in which they begin."""
        self.checked_closures: list[ClosureDef] = []
        """In the order in which they end: what a closure has in it, or may call, is before it."""
        self.selections = 0
        self.promoted = 0
        """How many constants of the body live as long as the program (`mir.promotion`)."""
        self.trait_selves: list[tuple[Ty, TraitDef]] = []
        self.instantiated: list[tuple[Generics, tuple[Ty, ...], t.Span]] = []
        self.left_open: list[tuple[Ty, t.Span]] = []
        self.bound_types: list[tuple[TraitDef, str, tuple[Ty, ...], Ty, t.Span]] = []
        self.diverging: list[Ty] = []
        self.called_closures: list[tuple[ClosureDef, str]] = []
        """Closures that are passed to what calls them, and as what."""
        if compilation.base is not None:
            self.constant = constant_context(function)
            self.is_library = False
            self.unsafe = function.unsafe
            if function.gc:
                self.nodes = []
        self.unknown = False
        self.errors_before = len(compilation.diagnostics.errors)
        self.closure_parents: dict[Any, Any] = {}
        self.copied_closures: list[tuple[TraitDef, tuple[Ty, ...], t.Span]] = []
        """Obligations that closures be Clone or Copy, which what they capture decides."""
        self.pointers: list[tuple[ClosureDef, Any, Ty]] = []
        """Closures fitted to function pointers, with expression and pointer: they may not capture."""
        self.returned = False
        """Has a `return` of the body, or closure, that is checked given a value?"""
        self.declared: dict[t.LetStatement, Ty] = {}
        self.said: list[tuple[int, Ty]] = []
        self.annotations: dict[Any, list[tuple[int, Ty]]] = {}
        """Types that `let` statements give, where they name lifetimes."""
        self.closure_kinds: list[tuple[ClosureDef, str, t.Span]] = []
        self.literals: list[tuple[Any, bool]] = []
        self.copies: list[tuple[Any, Ty]] = []
        self.casts: list[tuple[Any, Ty, Ty]] = []
        self.matches: list[t.Match] = []
        self.irrefutable: list[tuple[Any, str, Any]] = []
        """Patterns that have to match, where they are, and the expression that they match, if there is one."""
        self.pattern_names: dict[str, Variable] = {}
        self.parameters: list[tuple[Any, Ty]] = []
        self.float_variables: list[Ty] = []
        self.formatted: list[tuple[Any, Ty, t.Span]] = []
        self.opened: list[tuple[Any, Ty]] = []
        self.annotated: list[tuple[Any, Ty]] = []

    def definition_generics(self) -> Any:
        return self.function.generics

    def run(self) -> None:
        """Check the whole body; errors go to the diagnostics."""
        function = self.function
        item = function.syntax
        inputs = [self.normalize(ty.erase(i)) for i in function.inputs]
        if isinstance(item, t.FnItem) and item.self_param is not None:
            variable = Variable(
                "self", inputs[0], bool(item.self_param[1]) and item.self_param[0] != "ref", item.self_param[4], None
            )
            self.scopes[0]["self"] = variable
            self.parameters.append((variable, inputs[0]))
            inputs = inputs[1:]
        if isinstance(item, t.FnItem):
            for (_, syntax), one in zip(item.params, inputs, strict=True):
                self.require_size(one, syntax)
            self.bind_parameters([pattern for pattern, _ in item.params], inputs)
            for (pattern, _), one in zip(item.params, inputs, strict=True):
                self.parameters.append((pattern, one))
                self.irrefutable.append((pattern, "function argument", None))
        output = self.normalize(ty.erase(function.output))
        if isinstance(item, t.FnItem) and item.result is not None:
            self.require_size(output, item.result, True)
            if output.kind == ty.DYN:
                output = ty.ERROR_TY  # what the body gives is not said to be wrong, too
        self.return_ty = output
        if output.flags & ty.HAS_OPAQUE:
            self.open_opaques(output)
        body = item.body if isinstance(item, t.FnItem) else item.value
        self.check_body(body, self.return_ty)
        self.finish()

    def require_size(self, one: Ty, syntax: Any, result: bool = False) -> None:
        """E0277 for a parameter, variable or result that has no size of its own; E0746 for a result of `dyn Trait`."""
        if result and one.kind == ty.DYN:
            message = "return type cannot be a trait object without pointer indirection"
            self.error("E0746", message, syntax.span, "doesn't have a size known at compile-time")
        elif one.kind in (ty.STR, ty.SLICE, ty.DYN):
            message = f"the size for values of type `{self.show(one)}` cannot be known at compilation time"
            self.error("E0277", message, syntax.span, "doesn't have a size known at compile-time")

    def open_opaques(self, output: Ty) -> None:
        """Inside its function an opaque result is a variable that has to meet the bounds."""

        def change(one: Ty) -> Ty | None:
            if one.kind == ty.OPAQUE and one.data.function is self.function:
                var = ty.variable()
                self.opened.append((one.data, var))
                for p in one.data.bounds:
                    if p.trait is not None:
                        self.pending.append((p.trait, (var, *p.args), one.data.span))
                        for name, value in p.bindings:
                            self.require_projection(p.trait, name, (var, *p.args), value, one.data.span)
                return var
            return None

        self.return_ty = ty.rewrite(output, change)

    def check_body(self, body: Any, result: Ty) -> None:
        actual = self.check(body, result)
        item = self.function.syntax
        if (
            isinstance(item, t.FnItem)
            and body is item.body
            and body.tail is None
            and item.result is not None
            and shallow(actual) is ty.UNIT
            and not self.can_unify(result, ty.UNIT)
        ):
            error = self.mismatch(result, actual, item.result.span)
            if error is not None:
                text = "implicitly returns `()` as its body has no tail or `return` expression"
                error.labels.append((self.function.span, text))
                self.suggest_tail(error, body, result)
            return
        self.coerce(body, actual, result)

    def suggest_tail(self, error: Any, body: t.Block, result: Ty) -> None:
        """Say that the last statement's semicolon is too much, if its value is what is wanted."""
        unit = result.kind == ty.ADT and result.data.lang in ("Option", "Result") and (
            self.can_unify(result.args[0], ty.UNIT)
        )  # fmt: skip
        if unit and self.compilation.diagnostics.sources.snippet(body.span)[-1:] == "}":
            end = body.span[1] - 1
            text = "Ok(())" if result.data.lang == "Result" else "Some(())"
            error.suggestion = ((end, end), f"{text} ", "try adding an expression at the end of the block")
            return
        last = body.statements[-1] if body.statements else None
        if last is None or isinstance(last, t.LetStatement) or not last.semicolon or last.expr.ty is None:
            return
        if self.can_unify(result, last.expr.ty):
            end = last.expr.span[1]
            if self.compilation.diagnostics.sources.snippet((end, end + 1)) == ";":
                error.suggestion = ((end, end + 1), "", "remove this semicolon to return this value")

    # The end of a body

    def finish(self) -> None:
        for trait, one, span in self.formatted:
            self.pending.append((trait, (one,), span))
        self.select_pending()
        self.default_numbers()
        self.select_pending()
        for one in self.diverging:
            if shallow(one).kind == ty.INFER:
                self.unify(one, ty.UNIT)
        check_bound_types(self)
        check_sizes(self)
        for node, actual, to in self.casts:
            check_cast(self, node, ty.deep(actual), to)
        self.select_pending()  # what casts to trait objects ask of closures and others
        if not self.said_errors():
            report_undecided(self)
        decided, self.pending = not self.pending, []
        if decided and not self.said_errors():
            report_variables(self)
        for node, negative in self.literals:
            check_literal_range(self, node, negative)
        for node, one in self.copies:
            if not self.is_copy(one) and not isinstance(node, t.Literal):
                message = f"the trait bound `{self.show(one)}: Copy` is not satisfied"
                self.error("E0277", message, node.span, f"the trait `Copy` is not implemented for `{self.show(one)}`")
        for closure in self.checked_closures:
            find_captures(self, closure)
        settle_kinds(self)
        for trait, args, span in self.copied_closures:
            if self.select(trait, args) is None:
                self.report_unmet(trait, args, span)
        for closure, node, pointer in self.pointers:
            if closure.captures and any(step[0] == "fn_pointer" for step in node.adjust or ()):
                error = self.mismatch(pointer, ty.intern(ty.CLOSURE, closure), node.span, node)
                if error is not None:
                    error.labels.append((closure.captures[0].span, MAY_NOT_CAPTURE))
        check_closure_casts(self)
        for closure in self.closures:
            closure.inputs = tuple([self.final(i) for i in closure.inputs])
            closure.output = self.final(closure.output)
        for opaque, var in self.opened:
            opaque.hidden = self.final(var)
        for opaque, _ in self.opened:
            refuse_endless(self, opaque)
        if not self.said_errors():
            for node in self.matches:
                check_match(self, node)
            for pattern, where, value in self.irrefutable:
                check_irrefutable(self, pattern, where, value)

    def default_numbers(self) -> None:
        for node, _ in self.literals:
            one = shallow(node.ty)
            if one.kind == ty.INFER and one.data == "int":
                self.bind(one, ty.I32)
        for var in self.float_variables:
            one = shallow(var)
            if one.kind == ty.INFER and one.data == "float":
                self.bind(one, ty.F64)

    def final(self, one: Ty) -> Ty:
        """The type with everything inferred; leftover number variables take their default."""
        if not one.flags & _OPEN:
            return one
        one = ty.deep(one)
        if one.flags & ty.HAS_INFER:

            def change(part: Ty) -> Ty | None:
                part = shallow(part)
                if part.kind == ty.INFER:
                    return {"int": ty.I32, "float": ty.F64}.get(part.data, ty.UNIT)
                return None

            one = ty.rewrite(one, change)
        if one.flags & ty.HAS_PROJECTION:
            one = self.normalize(one)
        return one


def check_function(compilation: Compilation, function: FnDef) -> BodyChecker:
    """Check the body of a function (or of a const or static)."""
    compilation.collector.ensure_signature(function)
    checker = BodyChecker(compilation, function)
    compilation.checking.append(checker)
    checker.run()
    compilation.checking.pop()
    return checker


_C = BodyChecker
e._TABLE = {
    t.Literal: _C.literal, t.PathExpr: _C.path, t.Unary: _C.unary, t.Binary: _C.binary, t.Assignment: _C.assignment,
    t.CompoundAssignment: _C.compound, t.Call: _C.call, t.MethodCall: _C.method_call, t.Field: _C.field,
    t.Index: _C.index,
    t.Range: _C.range, t.Borrow: _C.borrow, t.Cast: _C.cast, t.Tuple: _C.tuple, t.Array: _C.array, t.Repeat: _C.repeat,
    t.StructLiteral: _C.struct_literal, t.Block: _C.block, t.If: _C.if_, t.Let: _C.let, t.While: _C.while_,
    t.Loop: _C.loop,
    t.For: _C.for_, t.Match: _C.match, t.Closure: _C.closure_expression, t.Return: _C.return_, t.Break: _C.break_,
    t.Continue: _C.continue_, t.Try: _C.try_, t.Format: _C.format, t.VecMacro: _C.vec,
}  # fmt: skip
