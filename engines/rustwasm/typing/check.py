"""Check one body: statements, control flow, macros, and what is left to solve at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.resolve.modules import Module
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import expressions as e
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.callables import report_uncallable, settle_kinds
from engines.rustwasm.typing.captures import find_captures
from engines.rustwasm.typing.const_context import check_format, constant_context, refuse
from engines.rustwasm.typing.definitions import ClosureDef, FnDef, Generics, TraitDef
from engines.rustwasm.typing.exhaustiveness import check_irrefutable, check_match
from engines.rustwasm.typing.expressions import ExpressionChecker, Merge
from engines.rustwasm.typing.fixes import unmet_fix
from engines.rustwasm.typing.jumps import Target, check_return, find_target
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.traits import AMBIGUOUS
from engines.rustwasm.typing.types import Ty, shallow
from engines.rustwasm.typing.undecided import check_bound_types, check_sizes, report_undecided
from engines.rustwasm.typing.wellformed_types import check_type

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation


_OPEN: Final = ty.HAS_INFER | ty.HAS_PROJECTION
_OF_CLOSURES: Final = frozenset(("Clone", "Copy", "Fn", "FnMut", "FnOnce"))


class BodyChecker(ExpressionChecker):
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
        self.selections = 0
        self.promoted = 0
        """How many constants of the body live as long as the program (`mir.promotion`)."""
        self.trait_selves: list[tuple[Ty, TraitDef]] = []
        self.instantiated: list[tuple[Generics, tuple[Ty, ...], t.Span]] = []
        self.bound_types: list[tuple[TraitDef, str, tuple[Ty, ...], Ty, t.Span]] = []
        self.diverging: list[Ty] = []
        self.called_closures: list[tuple[ClosureDef, str]] = []
        """Closures that are passed to what calls them, and as what."""
        if compilation.base is not None:
            self.constant = constant_context(function)
            self.is_library = False
            self.unsafe = function.unsafe
        self.unknown = False
        self.errors_before = len(compilation.diagnostics.errors)
        self.closure_parents: dict[Any, Any] = {}
        self.copied_closures: list[tuple[TraitDef, tuple[Ty, ...], t.Span]] = []
        """Obligations that closures be Clone or Copy, which what they capture decides."""
        self.pointers: list[tuple[ClosureDef, Any, Ty]] = []
        """Closures fitted to function pointers, with expression and pointer: they may not capture."""
        self.declared: dict[t.LetStatement, Ty] = {}
        """Types that `let` statements give, where they name lifetimes."""
        self.closure_kinds: list[tuple[ClosureDef, str, t.Span]] = []
        self.literals: list[tuple[Any, bool]] = []
        self.copies: list[tuple[Any, Ty]] = []
        self.casts: list[tuple[Any, Ty, Ty]] = []
        self.matches: list[t.Match] = []
        self.irrefutable: list[tuple[Any, str]] = []
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
                self.irrefutable.append((pattern, "function argument"))
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

    # Statements

    def block(self, node: t.Block, expected: Ty | None) -> Ty:
        self.scopes.append({})
        unsafe, self.unsafe = self.unsafe, self.unsafe or node.unsafe
        saved_module = self.type_env.module
        if node.items:
            outer, self.declaring = self.declaring, node
            inner = self.compilation.block_items(node.items, saved_module)
            self.declaring = outer
            self.type_env.module = inner
        context = None
        if node.label is not None:
            context = Target(node.label, "block", Merge(expected), node)
            self.loops.append(context)
        diverges = False
        for statement in node.statements:
            diverges |= self.statement(statement)
        if node.tail is not None:
            result = self.check(node.tail, expected)
            if expected is not None and shallow(expected).kind != ty.INFER:
                mark = self.snapshot()
                if self.try_coerce(node.tail, shallow(result), shallow(expected)):
                    result = expected if shallow(result).kind != ty.NEVER else result
                else:
                    self.rollback(mark)
            if diverges:
                result = ty.NEVER_TY
        else:
            result = ty.NEVER_TY if diverges else ty.UNIT
        if context is not None:
            self.loops.pop()
            if context.breaks:
                self.merge(context.merge, node.tail, result, node.span)
                result = context.merge.ty or result
        self.scopes.pop()
        self.unsafe = unsafe
        self.type_env.module = saved_module
        return result

    def statement(self, statement: Any) -> bool:
        """Check a statement; True if nothing after it runs."""
        if type(statement) is t.LetStatement:
            return self.let_statement(statement)
        expr = statement.expr
        if statement.semicolon and type(expr) is not t.If:
            return shallow(self.check(expr)).kind == ty.NEVER
        actual = shallow(self.check(expr, ty.UNIT))
        if actual.kind not in (ty.NEVER, ty.ERROR):
            self.coerce(expr, actual, ty.UNIT)
        return actual.kind == ty.NEVER

    def let_statement(self, node: t.LetStatement) -> bool:
        diverges = False
        if node.annotation is not None:
            written = self.collector.lower(node.annotation, self.type_env)
            one = self.normalize(ty.erase(written))
            if ty.lifetimes(written):
                self.declared[node] = written
            self.require_size(one, node.pattern)
            if not self.is_library and self.compilation.type_rules.asks(one):
                check_type(self, one, self.function.generics, node.annotation.span)
            if node.value is not None:
                diverges = shallow(self.check_coerce(node.value, one)).kind == ty.NEVER
        elif node.value is not None:
            one = self.check(node.value)
            diverges = shallow(one).kind == ty.NEVER
            if diverges:
                one = ty.variable() if not isinstance(node.pattern, t.WildPattern) else one
                if shallow(one).kind == ty.INFER:
                    self.unify(one, ty.NEVER_TY)
        else:
            one = ty.variable()
        if node.otherwise is not None:
            result = shallow(self.check(node.otherwise))
            if result.kind not in (ty.NEVER, ty.ERROR):
                self.error(
                    "E0308",
                    "`else` clause of `let...else` does not diverge",
                    node.otherwise.span,
                    f"expected `!`, found `{self.show(result)}`",
                )
        else:
            self.irrefutable.append((node.pattern, "local binding"))
        self.bind_pattern(node.pattern, one)
        return diverges

    # Control flow

    def if_(self, node: t.If, expected: Ty | None) -> Ty:
        self.scopes.append({})
        self.check_coerce(node.condition, ty.BOOL_TY)
        if node.otherwise is None:
            then = shallow(self.check(node.then, ty.UNIT))
            fits = then.kind in (ty.NEVER, ty.ERROR) or self.try_coerce(node.then, then, ty.UNIT)
            if not fits and node.then.tail is not None:
                if expected is not None and shallow(expected) is ty.UNIT:
                    self.mismatch(ty.UNIT, then, node.then.tail.span)
                else:
                    label = f"expected `{self.show(then)}`, found `()`"
                    self.error("E0317", "`if` may be missing an `else` clause", node.span, label)
                    self.scopes.pop()
                    return ty.ERROR_TY
            self.scopes.pop()
            return ty.UNIT
        merge = Merge(expected)
        self.merge(merge, node.then, self.check(node.then, expected))
        self.scopes.pop()
        hint = merge.expected if merge.expected is not None else None
        actual = self.check(
            node.otherwise, hint if hint is not None else (merge.ty if merge.ty and merge.ty.kind != ty.NEVER else None)
        )
        before = len(self.compilation.diagnostics.messages)
        self.merge(merge, node.otherwise, actual)
        for message in self.compilation.diagnostics.messages[before:]:
            if message.code == "E0308" and (expected is None or shallow(expected).kind == ty.INFER):
                message.message = "`if` and `else` have incompatible types"
        return merge.ty or ty.NEVER_TY

    def let(self, node: t.Let, expected: Ty | None) -> Ty:
        one = self.check(node.value)
        self.bind_pattern(node.pattern, one)
        return ty.BOOL_TY

    def while_(self, node: t.While, expected: Ty | None) -> Ty:
        self.scopes.append({})
        target = Target(node.label, "while", Merge(None), node)
        target.in_condition = True
        self.loops.append(target)
        self.check_coerce(node.condition, ty.BOOL_TY)
        target.in_condition = False
        self.check_unit(node.body)
        self.loops.pop()
        self.scopes.pop()
        return ty.UNIT

    def check_unit(self, body: Any) -> None:
        actual = shallow(self.check(body, ty.UNIT))
        if actual.kind not in (ty.NEVER, ty.ERROR):
            self.coerce(body, actual, ty.UNIT)

    def loop(self, node: t.Loop, expected: Ty | None) -> Ty:
        context = Target(node.label, "loop", Merge(expected), node)
        self.loops.append(context)
        self.check_unit(node.body)
        self.loops.pop()
        if not context.breaks:
            return ty.NEVER_TY
        return context.merge.ty or ty.UNIT

    def for_(self, node: t.For, expected: Ty | None) -> Ty:
        iterable = self.check(node.iterable)
        into = self.compilation.lang("IntoIterator")
        iterator = self.compilation.lang("Iterator")
        self.select_pending()
        source = shallow(iterable)
        if source.kind != ty.ERROR and not self.holds(into, (source,)):
            error = self.error(
                "E0277",
                f"`{self.show(source)}` is not an iterator",
                node.iterable.span,
                f"`{self.show(source)}` is not an iterator",
            )
            error.helps.append(f"the trait `Iterator` is not implemented for `{self.show(source)}`")
            item: Ty = ty.ERROR_TY
            made: Ty = ty.ERROR_TY
        else:
            self.require(into, (source,), node.iterable.span)
            made = self.normalize(ty.projection(into, "IntoIter", (source,)))
            item = self.normalize(ty.projection(iterator, "Item", (made,)))
        node.target = (source, made, item)
        if self.constant:
            refuse(self, f"cannot use `for` loop on `{self.show(source)}`", node.iterable.span)
        self.scopes.append({})
        self.bind_pattern(node.pattern, item)
        self.irrefutable.append((node.pattern, "`for` loop binding"))
        self.loops.append(Target(node.label, "for", Merge(None), node))
        self.check_unit(node.body)
        self.loops.pop()
        self.scopes.pop()
        return ty.UNIT

    def match(self, node: t.Match, expected: Ty | None) -> Ty:
        scrutinee = self.check(node.scrutinee)
        merge = Merge(expected)
        self.matches.append(node)
        for arm in node.arms:
            self.scopes.append({})
            self.bind_pattern(arm.pattern, scrutinee)
            if arm.guard is not None:
                self.check_coerce(arm.guard, ty.BOOL_TY)
            hint = expected if expected is not None else (merge.ty if merge.ty and merge.ty.kind != ty.NEVER else None)
            actual = self.check(arm.body, hint)
            before = len(self.compilation.diagnostics.messages)
            self.merge(merge, arm.body, actual)
            for message in self.compilation.diagnostics.messages[before:]:
                if message.code == "E0308" and (expected is None or shallow(expected).kind == ty.INFER):
                    message.message = "`match` arms have incompatible types"
            self.scopes.pop()
        if merge.ty is None:
            return ty.NEVER_TY
        return merge.ty

    def break_(self, node: t.Break, expected: Ty | None) -> Ty:
        context = find_target(self, node, "break")
        if context is None:
            if node.value is not None:
                self.check(node.value)
            return ty.NEVER_TY
        node.target = context.node
        context.breaks = True
        if node.value is not None:
            if context.kind in ("while", "for"):
                message = f"`break` with value from a `{context.kind}` loop"
                self.error("E0571", message, node.span, "can only break with a value inside `loop` or breakable block")
            actual = self.check(node.value, context.merge.ty or context.merge.expected)
            self.merge(context.merge, node.value, actual)
        elif context.kind in ("loop", "block"):
            self.merge(context.merge, None, ty.UNIT, node.span)
        return ty.NEVER_TY

    def continue_(self, node: t.Continue, expected: Ty | None) -> Ty:
        context = find_target(self, node, "continue")
        node.target = context.node if context is not None else None
        return ty.NEVER_TY

    def return_(self, node: t.Return, expected: Ty | None) -> Ty:
        if not check_return(self, node):
            if node.value is not None:
                self.check(node.value)
            return ty.NEVER_TY
        if node.value is not None:
            self.check_coerce(node.value, self.return_ty)
        elif not self.unify(self.return_ty, ty.UNIT):
            message = "`return;` in a function whose return type is not `()`"
            self.error("E0069", message, node.span, "return type is not `()`")
        return ty.NEVER_TY

    def try_(self, node: t.Try, expected: Ty | None) -> Ty:
        operand = shallow(self.check(node.operand))
        if operand.kind == ty.INFER:
            self.select_pending()
            operand = shallow(operand)
        result = shallow(self.return_ty)
        option, result_adt = self.compilation.lang("Option"), self.compilation.lang("Result")
        if operand.kind != ty.ADT or operand.data not in (option, result_adt):
            if operand.kind not in (ty.ERROR, ty.NEVER):
                message = "the `?` operator can only be applied to values that implement `Try`"
                self.error(
                    "E0277", message, node.span, f"the `?` operator cannot be applied to type `{self.show(operand)}`"
                )
            return ty.ERROR_TY
        if self.constant:
            refuse(self, f"`?` is not allowed on `{self.show(operand)}`", (node.span[1] - 1, node.span[1]), "E0658")
        if result.kind == ty.INFER:
            made = ty.adt(operand.data, (ty.variable(), *((ty.variable(),) if operand.data is result_adt else ())))
            self.unify(result, made)
            result = made
        if result.kind != ty.ADT or result.data is not operand.data:
            if result.kind != ty.ERROR:
                where = "a closure" if self.closure is not None else "a function"
                message = (
                    f"the `?` operator can only be used in {where} that returns `Result` or `Option` "
                    "(or another type that implements `FromResidual`)"
                )
                if result.kind == ty.ADT and result.data in (option, result_adt):
                    kind = result.data.name
                    other = "Result" if kind == "Option" else "Option"
                    message = f"the `?` operator on a `{other}` cannot be used in {where} that returns `{kind}`"
                    message = (
                        f"the `?` operator can only be used on `{kind}`s, not `{other}`s, in {where} "
                        f"that returns `{kind}`"
                    )
                self.error(
                    "E0277",
                    message,
                    (node.span[1] - 1, node.span[1]),
                    f"cannot use the `?` operator in {where} that returns `{self.show(result)}`",
                )
            return operand.args[0]
        if operand.data is result_adt:
            source, target = operand.args[1], result.args[1]
            if not (shallow(target).kind == ty.INFER and self.unify(source, target)):
                trait = self.compilation.lang("From")
                node.target = (trait.methods["from"], (target, source))
                if not self.holds(trait, (target, source)):
                    message = f"`?` couldn't convert the error to `{self.show(target)}`"
                    label = f"the trait `From<{self.show(source)}>` is not implemented for `{self.show(target)}`"
                    self.error("E0277", message, (node.span[1] - 1, node.span[1]), label)
                else:
                    self.require(trait, (target, source), node.span)
        return operand.args[0]

    def format(self, node: t.Format, expected: Ty | None) -> Ty:
        types = [self.check(a) for a in node.args]
        calls: list[Any] = []
        for piece in node.pieces:
            if isinstance(piece, t.FormatSpec):
                trait = self.compilation.lang(piece.trait)
                one = types[piece.argument]
                self.formatted.append((trait, one, node.args[piece.argument].span))
                calls.append((trait.methods["fmt"], (one,)))
                for count in (piece.width, piece.precision):
                    if isinstance(count, tuple):
                        self.demand(ty.USIZE, types[count[1]], node.args[count[1]].span)
        node.target = calls
        if self.constant:
            check_format(self, node, types)
        if node.kind == "format":
            return ty.adt(self.compilation.lang("String"), ())
        if node.kind == "panic":
            return ty.NEVER_TY
        if node.kind != "write":
            return ty.UNIT
        destination = shallow(self.check(node.destination))
        chosen: Any = None
        for step, adjust in self.autoderef(destination):
            if step.kind == ty.REF:
                continue
            if step.kind == ty.ADT and step.data.lang in ("Formatter", "String"):
                chosen = (step, adjust, step.data.lang)
                break
            if step.kind != ty.REF and self.holds(self.compilation.lang("Write"), (step,)):
                chosen = (step, adjust, "Write")
                break
        if chosen is None:
            if destination.kind != ty.ERROR:
                message = f"cannot write into `{self.show(destination)}`"
                self.error("E0599", message, node.destination.span)
            return ty.ERROR_TY
        step, adjust, how = chosen
        node.destination.adjust = [*adjust, ("borrow", ty.ref(step, True), True)]
        self.use_mutably(node.destination)
        node.target = (calls, how, step)
        return ty.adt(self.compilation.lang("Result"), (ty.UNIT, ty.adt(self.compilation.lang("FmtError"), ())))

    # The end of a body

    def select_pending(self) -> bool:
        """Work through obligations until nothing changes; True if something was learnt."""
        any_progress = False
        progress = True
        while progress:
            progress = self.retry_projections() if self.pending_projections else False
            if not self.pending:
                break
            work = self.pending
            self.pending = []
            for trait, args, span in work:
                before = len(self.trail)
                found = self.select(trait, args)
                if found is AMBIGUOUS:
                    self.pending.append((trait, args, span))
                    progress |= len(self.trail) > before
                    continue
                progress = True
                if found is None:
                    self.report_unmet(trait, args, span)
                elif found.kind != "impl":
                    if trait.lang in _OF_CLOSURES and shallow(args[0]).kind == ty.CLOSURE:
                        if trait.lang in ("Clone", "Copy"):
                            self.copied_closures.append((trait, args, span))
                        else:
                            self.called_closures.append((shallow(args[0]).data, trait.lang))
                else:
                    self.selections += 1
                    if self.selections > 300 and any(_depth(ty.deep(a)) > 40 for a in args):
                        shown = ty.show(ty.deep(args[0]))
                        message = f"overflow evaluating the requirement `{shown[:60]}...: {trait.name}`"
                        self.error("E0275", message, span)
                        self.pending = []
                        return True
                    for p in self.collector.impl_bounds(found.impl):
                        if p.trait is not None:
                            subject = self.normal_subst(p.subject, found.args)
                            full = (subject, *[self.normal_subst(a, found.args) for a in p.args])
                            self.pending.append((p.trait, full, span))
                            for name, bound in p.bindings:
                                self.require_projection(p.trait, name, full, self.normal_subst(bound, found.args), span)
            any_progress |= progress
        return any_progress

    def report_unmet(self, trait: TraitDef, args: tuple[Ty, ...], span: t.Span) -> None:
        deep = tuple([ty.deep(a) for a in args])
        if any(a.flags & ty.HAS_ERROR for a in deep):
            return
        subject = ty.show(deep[0])
        shown = trait.name + (f"<{', '.join(ty.show(a) for a in deep[1:])}>" if len(deep) > 1 else "")
        if trait.lang in ("Fn", "FnMut", "FnOnce"):
            if deep[0].kind in (ty.CLOSURE, ty.FNDEF):
                report_uncallable(self, deep[0], deep[1], span)
                return
            message = f"expected a `{ty._show_trait(trait, deep[1:], ())}` closure, found `{subject}`"
            self.error("E0277", message, span, f"expected an `{trait.name}` closure, found `{subject}`")
            return
        if trait.lang == "Sized":
            message = f"the size for values of type `{subject}` cannot be known at compilation time"
            self.error("E0277", message, span, "doesn't have a size known at compile-time")
            return
        if trait.lang == "Display":
            error = self.error(
                "E0277",
                f"`{subject}` doesn't implement `std::fmt::Display`",
                span,
                f"`{subject}` cannot be formatted with the default formatter",
            )
            error.suggestion = unmet_fix(self, trait, deep)
            return
        if trait.lang == "Debug":
            error = self.error(
                "E0277",
                f"`{subject}` doesn't implement `Debug`",
                span,
                f"`{subject}` cannot be formatted using `{{:?}}` because it doesn't implement `Debug`",
            )
            error.suggestion = unmet_fix(self, trait, deep)
            if error.suggestion is not None:
                return
            error.helps.append(f"consider annotating `{subject}` with `#[derive(Debug)]`")
            return
        message = f"the trait bound `{subject}: {shown}` is not satisfied"
        error = self.error("E0277", message, span, f"the trait `{shown}` is not implemented for `{subject}`")
        error.suggestion = unmet_fix(self, trait, deep)

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
        if not self.compilation.diagnostics.has_errors:
            report_undecided(self)
        self.pending = []
        for node, actual, to in self.casts:
            self.check_cast(node, ty.deep(actual), to)
        for node, negative in self.literals:
            self.check_literal_range(node, negative)
        for node, one in self.copies:
            if not self.is_copy(one) and not isinstance(node, t.Literal):
                message = f"the trait bound `{self.show(one)}: Copy` is not satisfied"
                self.error("E0277", message, node.span, f"the trait `Copy` is not implemented for `{self.show(one)}`")
        for closure in self.closures[::-1]:
            find_captures(self, closure)
        settle_kinds(self)
        for trait, args, span in self.copied_closures:
            if self.select(trait, args) is None:
                self.report_unmet(trait, args, span)
        for closure, node, pointer in self.pointers:
            if closure.captures and any(step[0] == "fn_pointer" for step in node.adjust or ()):
                error = self.mismatch(pointer, ty.intern(ty.CLOSURE, closure), node.span, node)
                if error is not None:
                    text = "closures can only be coerced to `fn` types if they do not capture any variables"
                    error.labels.append((closure.captures[0].span, text))
        for closure in self.closures:
            closure.inputs = tuple([self.final(i) for i in closure.inputs])
            closure.output = self.final(closure.output)
        for opaque, var in self.opened:
            opaque.hidden = self.final(var)
        if len(self.compilation.diagnostics.errors) == self.errors_before and not (self.unknown and self.errors_before):
            for node in self.matches:
                check_match(self, node)
            for pattern, where in self.irrefutable:
                check_irrefutable(self, pattern, where)

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

    def check_literal_range(self, node: t.Literal, negative: bool) -> None:
        one = shallow(node.ty)
        if one.kind != ty.INT:
            return
        bits, signed = one.data[:2]
        limit = (1 << bits - 1) - 1 + negative if signed else (1 << bits) - 1
        if node.value > limit:
            sign = "-" if negative else ""
            message = f"literal out of range for `{ty.show(one)}`"
            error = self.error(None, message, node.span)
            low = -(1 << bits - 1) if signed else 0
            error.notes.append(
                f"the literal `{sign}{node.value}` does not fit into the type `{ty.show(one)}` whose range is "
                f"`{low}..={limit - negative}`"
            )

    def check_cast(self, node: t.Cast, actual: Ty, to: Ty) -> None:
        actual, to = shallow(actual), shallow(to)
        number = (ty.INT, ty.FLOAT)
        kind: str | None = None
        if actual.kind == ty.INFER:
            actual = ty.I32 if actual.data == "int" else ty.F64
        if (actual.kind in number and to.kind in number) or (
            (actual.kind in (ty.BOOL, ty.CHAR) and to.kind == ty.INT)
            or (actual is ty.U8 and to.kind == ty.CHAR)
            or actual is to
        ):
            kind = "numeric"
        elif (
            actual.kind == ty.ADT
            and actual.data.is_enum
            and to.kind == ty.INT
            and all(v.shape == "unit" for v in actual.data.variants)
        ):
            kind = "enum"
        elif actual.kind in (ty.FNDEF, ty.CLOSURE) and to.kind == ty.FNPTR:
            kind = "fn_pointer"
        elif to.kind == ty.RAW and (
            actual.kind == ty.RAW or (actual.kind == ty.REF and self.fits_pointer(actual, to))
        ):  # fmt: skip
            kind = "pointer"
        elif actual.kind == ty.NEVER or ty.HAS_ERROR & (actual.flags | to.flags):
            kind = "numeric"
        if kind is None:
            mark = self.snapshot()
            if self.try_coerce(node.operand, actual, to):
                kind = "coerced"
            else:
                self.rollback(mark)
        if kind is None:
            have, want = ty.show(actual), ty.show(to)
            if to.kind in (ty.STR, ty.SLICE, ty.DYN):
                error = self.error("E0620", f"cast to unsized type: `{have}` as `{want}`", node.span)
                error.helps.append("consider casting to a reference or a box instead")
            elif to.kind == ty.RAW and shallow(to.args[0]).kind == ty.INFER:
                message = "cannot cast to a pointer of an unknown kind"
                self.error("E0641", message, node.to.span, "needs more type information")
            elif to.kind == ty.CHAR and actual.kind == ty.INT:
                error = self.error("E0604", f"only `u8` can be cast as `char`, not `{have}`", node.span, "invalid cast")
                error.helps.append("try `char::from_u32` instead")
            elif to.kind == ty.BOOL and actual.kind in number:
                error = self.error("E0054", f"cannot cast `{have}` as `bool`", node.span)
                error.suggestion = (
                    node.span,
                    f"{self.compilation.diagnostics.sources.snippet(node.operand.span)} != 0",
                    "compare with zero instead",
                )
            elif to.kind == ty.RAW and (actual.kind == ty.INT or (actual.kind == ty.INFER and actual.data == "int")):
                self.error(None, "a pointer made of a number is outside the subset", node.span)
            elif actual.kind == ty.REF and (to.kind in number or to.kind == ty.RAW):
                self.error("E0606", f"casting `{have}` as `{want}` is invalid", node.span)
            elif to.kind in number or to.kind == ty.CHAR or to.kind == ty.BOOL:
                code = "E0606" if actual.kind in (ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR) else "E0605"
                message = (
                    f"casting `{have}` as `{want}` is invalid"
                    if code == "E0606"
                    else f"non-primitive cast: `{have}` as `{want}`"
                )
                self.error(
                    code,
                    message,
                    node.span,
                    "an `as` expression can only be used to convert between primitive types or to coerce to a specific "
                    "trait object",
                )
            else:
                self.error("E0605", f"non-primitive cast: `{have}` as `{want}`", node.span)
            return
        node.target = kind

    def fits_pointer(self, actual: Ty, to: Ty) -> bool:
        """Whether a reference may be cast to a raw pointer: to one to the same, or to an array's element."""
        inner, wanted = shallow(actual.args[0]), shallow(to.args[0])
        if to.data and not actual.data:
            return False
        if self.unify(inner, wanted) or wanted.kind in (ty.SLICE, ty.DYN):
            return True
        return inner.kind == ty.ARRAY and self.unify(shallow(inner.args[0]), wanted)


def check_function(compilation: Compilation, function: FnDef) -> BodyChecker:
    """Check the body of a function (or of a const or static)."""
    compilation.collector.ensure_signature(function)
    checker = BodyChecker(compilation, function)
    compilation.checking.append(checker)
    checker.run()
    compilation.checking.pop()
    return checker


def _depth(one: Ty) -> int:
    """How deep a type's arguments are nested; 50 at most."""
    level, depth = [one], 0
    while level and depth < 50:
        level = [a for t_ in level for a in t_.args]
        depth += 1
    return depth


def module_of(function: FnDef) -> Module:
    module: Module = function.module
    return module


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
