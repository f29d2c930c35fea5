"""Types of blocks, statements and control flow (The Rust Reference, "Statements", "Loops", "`match` expressions")."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.const_context import check_format, refuse
from engines.rustwasm.typing.expressions import ExpressionChecker, Merge
from engines.rustwasm.typing.jumps import Target, check_return, find_target
from engines.rustwasm.typing.types import Ty, shallow
from engines.rustwasm.typing.wellformed_types import check_type


class StatementChecker(ExpressionChecker):
    """What is done in order, by choice, again and again, and what leaves it; formatting macros."""

    is_library: bool
    closure: Any
    declared: dict[t.LetStatement, Ty]
    matches: list[t.Match]
    irrefutable: list[tuple[Any, str, Any]]
    formatted: list[tuple[Any, Ty, t.Span]]

    def require_size(self, one: Ty, syntax: Any, result: bool = False) -> None:
        raise NotImplementedError

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
        if statement.semicolon and (type(expr) is not t.If or expr.otherwise is not None):
            return shallow(self.check(expr)).kind == ty.NEVER
        actual = shallow(self.check(expr, ty.UNIT))
        if actual.kind not in (ty.NEVER, ty.ERROR):
            self.coerce(expr, actual, ty.UNIT)
        return actual.kind == ty.NEVER

    def let_statement(self, node: t.LetStatement) -> bool:
        diverges = False
        if self.nodes is not None:
            self.nodes.append(node)
        if node.annotation is not None:
            written = self.collector.lower(node.annotation, self.type_env)
            one = self.normalize(ty.erase(written))
            if written.flags & (ty.HAS_REGION | ty.HAS_PARAM):
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
            self.left_open.append((one, node.pattern.span))
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
            self.irrefutable.append((node.pattern, "local binding", node.value))
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
        hint = known(expected)
        self.merge(merge, node.then, self.check(node.then, hint))
        self.scopes.pop()
        actual = self.check(node.otherwise, hint)
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
        self.irrefutable.append((node.pattern, "`for` loop binding", None))
        self.loops.append(Target(node.label, "for", Merge(None), node))
        self.check_unit(node.body)
        self.loops.pop()
        self.scopes.pop()
        return ty.UNIT

    def match(self, node: t.Match, expected: Ty | None) -> Ty:
        scrutinee = self.check(node.scrutinee)
        merge = Merge(expected)
        hint = known(expected)
        self.matches.append(node)
        for arm in node.arms:
            self.scopes.append({})
            self.bind_pattern(arm.pattern, scrutinee)
            if arm.guard is not None:
                self.check_coerce(arm.guard, ty.BOOL_TY)
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

    # Jumps

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
            actual = self.check_coerce(node.value, self.return_ty)
            if self.returned:
                self.join(self.return_ty, True, node.value, actual)
            self.returned = True
        elif not self.unify(self.return_ty, ty.UNIT):
            message = "`return;` in a function whose return type is not `()`"
            self.error("E0069", message, node.span, "return type is not `()`")
        return ty.NEVER_TY

    def try_(self, node: t.Try, expected: Ty | None) -> Ty:
        operand = self.resolved(self.check(node.operand))
        result = shallow(self.return_ty)
        tried = [self.compilation.lang(name) for name in ("Option", "Result", "ControlFlow")]
        if operand.kind != ty.ADT or operand.data not in tried:
            if operand.kind not in (ty.ERROR, ty.NEVER):
                message = "the `?` operator can only be applied to values that implement `Try`"
                self.error(
                    "E0277", message, node.span, f"the `?` operator cannot be applied to type `{self.show(operand)}`"
                )
            return ty.ERROR_TY
        if self.constant:
            refuse(self, f"`?` is not allowed on `{self.show(operand)}`", (node.span[1] - 1, node.span[1]), "E0658")
        result_adt, flow = tried[1:]
        output = operand.args[1 if operand.data is flow else 0]
        if result.kind == ty.INFER:
            made = ty.adt(operand.data, tuple([ty.variable() for _ in operand.args]))
            self.unify(result, made)
            result = made
        if result.kind != ty.ADT or result.data is not operand.data:
            if result.kind != ty.ERROR:
                where = "a closure" if self.closure is not None else "a function"
                message = (
                    f"the `?` operator can only be used in {where} that returns `Result` or `Option` "
                    "(or another type that implements `FromResidual`)"
                )
                if result.kind == ty.ADT and result.data in tried:
                    kind, other = result.data.name, operand.data.name
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
            return output
        if operand.data is flow and not self.unify(operand.args[0], result.args[0]):
            where = "a closure" if self.closure is not None else "a function"
            message = (
                f"the `?` operator in {where} that returns `{self.show(result)}` can only be used on other "
                "`ControlFlow`s (with the same Break type)"
            )
            label = f"this `?` produces `{self.show(operand)}`, which is incompatible with `{self.show(result)}`"
            self.error("E0277", message, (node.span[1] - 1, node.span[1]), label)
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
        return output

    # Macros

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
        if node.kind == "format_args":
            return ty.adt(self.compilation.lang("Arguments"), ())
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


def known(expected: Ty | None) -> Ty | None:
    """What the branches of `if` and `match` are expected to be: what all of them are, if that is known by then. None of
    them is expected to be what the one before it is, so that a `&mut` passed to a generic function is moved there.

    Source: rustc, `Expectation::adjust_for_branches`.
    """
    if expected is not None:
        found = shallow(expected)
        if found.kind == ty.INFER and found.data == "type":
            return None
    return expected
