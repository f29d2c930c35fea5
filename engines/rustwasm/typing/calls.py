"""Types of calls, method calls and closures (The Rust Reference, "Call expressions", "Closure expressions")."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.resolve.nearest import nearest
from engines.rustwasm.resolve.outside import METHODS
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.callables import report_parameter_count
from engines.rustwasm.typing.const_context import check_call
from engines.rustwasm.typing.definitions import ClosureDef, FnDef
from engines.rustwasm.typing.fixes import surplus_fix
from engines.rustwasm.typing.patterns import PatternChecker
from engines.rustwasm.typing.traits import head
from engines.rustwasm.typing.types import Ty, shallow

_FN_TRAITS = ("Fn", "FnMut", "FnOnce")
CONFUSED: Final = {
    "length": ("len",), "size": ("len",), "push_back": ("push",), "set": ("insert",), "put": ("push", "insert"),
    "append": ("push", "push_str", "insert"), "push": ("insert", "push_back"),
}  # fmt: skip
"""What other languages call a method (`#[rustc_confusables]` in std)."""


class CallChecker(PatternChecker):
    """Calls and closures."""

    literals: list[tuple[Any, bool]]
    copies: list[tuple[Any, Ty]]
    casts: list[tuple[Any, Ty, Ty]]
    closures: list[ClosureDef]
    checked_closures: list[ClosureDef]
    float_variables: list[Ty]

    constant = ""
    """What kind of constant the body is; nothing in functions, in the library and in closures."""

    def check_coerce(self, node: Any, expected: Ty) -> Ty:
        raise NotImplementedError

    def check_body(self, body: Any, result: Ty) -> None:
        raise NotImplementedError

    def needs_annotation(self, node: Any) -> None:
        self.error("E0282", "type annotations needed", node.span, "cannot infer type")

    def call(self, node: t.Call, expected: Ty | None) -> Ty:
        if isinstance(node.callee, t.PathExpr):
            self.sought = (node.callee.path, "function", node.span)
        callee = self.resolved(self.check(node.callee))
        self.sought = None
        if callee.kind == ty.ERROR:
            for arg in node.args:
                self.check(arg)
            return ty.ERROR_TY
        for step, adjust in self.autoderef(callee):
            signature = self.signature_of(step)
            if signature is not None:
                if self.constant:
                    check_call(self, step, node.span)
                if not self.unsafe and step.kind == ty.FNDEF:
                    self.check_unsafe(step, node.span)
                if adjust:
                    node.callee.adjust = adjust
                if step.kind == ty.CLOSURE:
                    node.target = ("closure", step)
                inputs, output = signature
                self.arguments(node, node.args, inputs, output, expected, node.span, step)
                return output
            called = self.callable_bound(step)
            if called is not None:
                if self.constant:
                    check_call(self, step, node.span)
                kind, arguments, output = called
                node.callee.adjust = adjust or None
                node.target = ("fn_trait", kind, step)
                tupled = shallow(arguments)
                if tupled.kind != ty.TUPLE:
                    tupled = ty.tuple_of(self.fresh_args(len(node.args)))
                    self.unify(arguments, tupled)
                self.arguments(node, node.args, tupled.args, output, expected, node.span, step)
                return output
        for arg in node.args:
            self.check(arg)
        if callee.kind != ty.NEVER:
            self.error(
                "E0618",
                f"expected function, found `{self.show(callee)}`",
                node.span,
                "call expression requires function",
            )
        return ty.ERROR_TY

    def callable_bound(self, one: Ty) -> tuple[str, Ty, Ty] | None:
        """(trait, argument tuple, result) of a type that is only known to be callable."""
        if one.kind not in (ty.PARAM, ty.DYN, ty.OPAQUE, ty.PROJECTION, ty.ADT):
            return None
        once = self.compilation.lang("FnOnce")
        for kind in _FN_TRAITS:
            trait = self.compilation.lang(kind)
            arguments = ty.variable()
            mark = self.snapshot()
            found = self.select(trait, (one, arguments))
            if found is not None and found != "ambiguous" and one.kind != ty.ADT:
                output = self.project(once, "Output", (one, arguments))
                if output is None:
                    output = self.normalize(ty.projection(once, "Output", (one, arguments)))
                return kind, arguments, output
            self.rollback(mark)
        return None

    def arguments(
        self,
        node: Any,
        args: list[Any],
        inputs: tuple[Ty, ...],
        output: Ty,
        expected: Ty | None,
        span: t.Span,
        callee: Ty,
    ) -> None:
        if len(args) != len(inputs):
            blamed = node.callee.span if isinstance(node, t.Call) else getattr(node, "name_span", span)
            self.wrong_argument_count(args, inputs, blamed, callee)
            for arg in args:
                self.check(arg)
            return
        hints: list[Ty] = list(inputs)
        if expected is not None and output.flags & ty.HAS_INFER:
            mark = self.snapshot()
            if self.unify(output, expected):
                hints = [ty.deep(i) for i in inputs]
            self.rollback(mark)
        late = []
        for arg, wanted, hint in zip(args, inputs, hints, strict=True):
            if isinstance(arg, t.Closure):
                late.append((arg, wanted, hint))
                continue
            if self.pending_projections and shallow(wanted).kind == ty.INFER:
                self.retry_projections()
            self.coerce_argument(arg, self.check(arg, hint), wanted, hint)
        if late:
            self.select_pending()
            for arg, wanted, hint in late:
                deep = ty.deep(wanted)
                hinted = deep.kind == ty.INFER and shallow(hint).kind in (ty.DYN, ty.FNPTR)
                actual = self.check(arg, hint if hinted else deep)
                self.coerce_argument(arg, actual, wanted, hint if hinted else wanted)

    def coerce_argument(self, arg: Any, actual: Ty, wanted: Ty, hint: Ty) -> None:
        """Fit an argument to what the call's expected result makes of its parameter, as `Some(Box::new(1))` as an
        `Option<Box<dyn Debug>>` asks, which then is the parameter's type (rustc, `check_argument_types`). What has no
        size on its own is no argument's type: a parameter's is asked for then."""
        if hint is wanted or shallow(hint).kind in (ty.DYN, ty.STR, ty.SLICE):
            self.coerce(arg, actual, wanted)
        elif self.coerce(arg, actual, hint):
            self.demand(wanted, hint, arg.span)

    def wrong_argument_count(self, args: list[Any], inputs: tuple[Ty, ...], span: t.Span, callee: Ty) -> None:
        s = "" if len(inputs) == 1 else "s"
        was = "was" if len(args) == 1 else "were"
        supplied = f"{len(args)} argument{'' if len(args) == 1 else 's'} {was} supplied"
        if callee.kind == ty.CLOSURE or (callee.kind not in (ty.FNDEF, ty.FNPTR)):
            error = self.error("E0057", f"this function takes {len(inputs)} argument{s} but {supplied}", span)
            error.suggestion = surplus_fix(args, len(inputs))
            return
        what = "function"
        definition = callee.data if callee.kind == ty.FNDEF else None
        if definition is not None and getattr(definition, "fields", None) is not None:
            what = "enum variant" if definition.owner.is_enum else "struct"
        elif definition is not None and definition.receiver is not None:
            what = "method"
        error = self.error("E0061", f"this {what} takes {len(inputs)} argument{s} but {supplied}", span)
        error.suggestion = surplus_fix(args, len(inputs))
        if definition is not None:
            error.labels.append((definition.span, f"{what} defined here"))

    def method_call(self, node: t.MethodCall, expected: Ty | None) -> Ty:
        receiver = self.resolved(self.check(node.receiver))
        if receiver.kind in (ty.ERROR, ty.NEVER):
            for arg in node.args:
                self.check(arg)
            return receiver
        if receiver.kind == ty.INFER and receiver.data == "type":
            self.needs_annotation(node.receiver)
            for arg in node.args:
                self.check(arg)
            return ty.ERROR_TY
        found = self.find_method(receiver, node.name, node.name_span)
        if found is None:
            return self.no_method(node, receiver)
        method, parent, adjust, self_ty = found
        if adjust:
            node.receiver.adjust = adjust
            if adjust[-1][0] == "borrow" and adjust[-1][2]:
                self.use_mutably(node.receiver)
        if node.name == "drop":
            self.check_destructor(method, node.name_span)
        self.said = []
        args = self.own_args(method, parent, node.generics, node.name_span)
        self.note_said(node)
        callee = self.instantiate(method, args, node.name_span)
        if not self.unsafe:
            self.check_unsafe(callee, node.span)
        if self_ty.kind == ty.DYN:
            message = f"cannot move a value of type `{self.show(self_ty)}`"
            self.error("E0161", message, node.span, "the size of the value cannot be known at compilation time")
        if self.constant:
            check_call(self, callee, (node.name_span[0], node.span[1]))
        node.target = (method, args)
        signature = self.signature_of(callee)
        assert signature is not None
        inputs, output = signature
        self.unify(inputs[0], self_ty)
        self.arguments(node, node.args, inputs[1:], output, expected, node.span, callee)
        return output

    def check_unsafe(self, callee: Ty, span: t.Span) -> None:
        """E0133 for an unsafe function that is called where nothing says `unsafe`."""
        if isinstance(callee.data, FnDef) and callee.data.unsafe:
            path = callee.data.path
            message = f"call to unsafe function `{path}` is unsafe and requires unsafe function or block"
            self.error("E0133", message, span, "call to unsafe function")

    def use_mutably(self, receiver: Any) -> None:
        """An autoref to `&mut`: overloaded dereferences on the way become mutable, except behind a shared one."""
        adjust = receiver.adjust
        current = shallow(receiver.ty)
        for i in range(len(adjust)):
            if adjust[i][0] == "overloaded":
                adjust[i] = ("overloaded", adjust[i][1], self.derefs_mutably(current))
            current = shallow(adjust[i][1])
        derefs_reference = any(a[0] == "deref" for a in adjust[:1]) and shallow(receiver.ty).kind == ty.REF
        if not derefs_reference or isinstance(receiver, (t.Field, t.Index, t.Unary)):
            saved = receiver.adjust
            receiver.adjust = None
            self.make_mutable(receiver)
            receiver.adjust = saved

    def no_method(self, node: t.MethodCall, receiver: Ty) -> Ty:
        for arg in node.args:
            messages = len(self.compilation.diagnostics.messages)
            self.check(arg)
            if isinstance(arg, t.Closure):  # nothing says what its parameters are
                del self.compilation.diagnostics.messages[messages:]
        shown = self.show(receiver)
        base = receiver
        while base.kind == ty.REF:
            base = shallow(base.args[0])
        if receiver.kind == ty.INFER:
            message = f"can't call method `{node.name}` on ambiguous numeric type `{shown}`"
            self.error("E0689", message, node.name_span)
            return ty.ERROR_TY
        if base.kind == ty.ADT and not base.data.is_enum:
            variant = base.data.variants[0]
            self.collector.ensure_fields(base.data)
            index = variant.field_index(node.name)
            public = variant.fields[index].public if index >= 0 else None
            if index >= 0 and (public is None or self.type_env.module.inside(public)):
                message = f"no method named `{node.name}` found for struct `{shown}` in the current scope"
                error = self.error("E0599", message, node.name_span, "field, not a method")
                return ty.ERROR_TY
        blocked = [
            trait
            for step, _ in self.autoderef(receiver)
            for trait in self.candidate_traits(step)
            if node.name in trait.methods and step.kind == ty.ADT
        ]
        what = self.describe_kind(base if receiver.kind == ty.REF else receiver)
        kind = {"type": "type"}.get(what, what)
        if receiver.kind == ty.REF:
            kind = "reference"
        if blocked:
            message = f"the method `{node.name}` exists for {kind} `{shown}`, but its trait bounds were not satisfied"
            error = self.error(
                "E0599", message, node.name_span, "method cannot be called due to unsatisfied trait bounds"
            )
            error.notes.append(f"`{blocked[0].name}` declares it")
            return ty.ERROR_TY
        if self.is_outside(METHODS, base, node.name, node.name_span):
            return ty.ERROR_TY
        message = f"no method named `{node.name}` found for {kind} `{shown}` in the current scope"
        error = self.error("E0599", message, node.name_span, f"method not found in `{shown}`")
        self.suggest_method(error, receiver, node)
        for trait in self.compilation.all_traits():
            if node.name in trait.methods and self.holds(
                trait, (base, *self.fresh_args(len(trait.generics.names) - 1))
            ):
                error.helps.append(f"trait `{trait.name}` which provides `{node.name}` is implemented but not in scope")
                break
        return ty.ERROR_TY

    def suggest_method(self, error: Any, receiver: Ty, node: t.MethodCall) -> None:
        """The fix that names a method as what the receiver leads to, or a trait that it has, declares it."""
        steps = [step for step, _ in self.autoderef(receiver)]
        if steps[-1].kind == ty.ARRAY:
            steps.append(ty.slice_of(steps[-1].args[0]))
        module = self.type_env.module
        known: set[str] = set()
        for step in steps:
            for impl in self.compilation.inherent_impls(head(step)):
                for name, method in impl.methods.items():
                    if method.syntax.self_param is not None and (method.public is None or module.inside(method.public)):
                        known.add(name)
            for trait in self.candidate_traits(step):
                known.update(name for name, method in trait.methods.items() if method.syntax.self_param is not None)
        meant = [one for one in CONFUSED.get(node.name, ()) if one in known]
        close = meant[0] if meant else nearest(node.name, known)
        while close is not None and not self.find_method_quietly(receiver, close):
            known.discard(close)
            close = nearest(node.name, known)
        if close is not None:
            error.suggestion = (node.name_span, close, "there is a method with a similar name")

    # Closures

    def expected_signature(self, expected: Ty) -> tuple[str | None, tuple[Ty, ...] | None, Ty | None]:
        """(kind, parameters, result) that the context asks of a closure."""
        want = shallow(expected)
        if want.kind == ty.FNPTR:
            return None, want.args[:-1], want.args[-1]
        if want.kind == ty.DYN and want.data[0].lang in _FN_TRAITS:
            return want.data[0].lang, shallow(want.args[0]).args, want.args[1] if len(want.args) > 1 else None
        if want.kind == ty.OPAQUE:
            for p in want.data.bounds:
                if p.trait is not None and p.trait.lang in _FN_TRAITS:
                    tupled = shallow(self.normal_subst(p.args[0], want.args))
                    result = self.normal_subst(p.bindings[0][1], want.args) if p.bindings else None
                    return p.trait.lang, tupled.args, result
        if want.kind != ty.INFER:
            return None, None, None
        kind: str | None = None
        parameters: tuple[Ty, ...] | None = None
        for trait, args, _ in self.pending:
            if trait.lang in _FN_TRAITS and shallow(args[0]) is want:
                if kind is None or trait.lang == "Fn" or kind == "FnOnce":
                    kind = trait.lang  # the one that asks for most
                tupled = shallow(args[1])
                if tupled.kind == ty.TUPLE:
                    parameters = tupled.args
        result = None
        for rigid, value, _ in self.pending_projections:
            if rigid.data[1] == "Output" and shallow(rigid.args[0]) is want:
                result = value
        return kind, parameters, result

    def closure_expression(self, node: t.Closure, expected: Ty | None) -> Ty:
        kind, parameters, result = self.expected_signature(expected) if expected is not None else (None, None, None)
        file, line, column = self.compilation.diagnostics.sources.locate(node.span[0])
        closure = ClosureDef(f"{file}:{line}:{column}", node.span, self.function)
        closure.syntax = node
        closure.is_move = node.is_move
        closure.expected = parameters is not None
        closure.result_written = node.result is not None
        if expected is not None:
            closure.result_written |= shallow(expected).kind == ty.DYN
            for opaque, one in self.opened:
                if shallow(one) is shallow(expected):
                    closure.result_written = True
                    closure.written_output = next((p.called[1] for p in opaque.bounds if p.called is not None), None)
        self.closures.append(closure)
        outer = self.closure
        self.closure = closure
        saved = (self.loops, self.return_ty, self.returned)
        constant, self.constant = self.constant, ""
        self.loops_outside.append(self.loops)
        self.loops = []
        self.scopes.append({})
        inputs = []
        if parameters is not None and len(parameters) != len(node.parameters):
            report_parameter_count(self, "closure", len(parameters), len(node.parameters), node.span)
            parameters = (ty.ERROR_TY,) * len(node.parameters)
        for i, (pattern, syntax) in enumerate(node.parameters):
            written = self.collector.lower(syntax, self.type_env) if syntax is not None else None
            closure.declared.append(written)
            one = self.normalize(ty.erase(written)) if written is not None else ty.variable()
            if parameters is not None and not self.unify(one, parameters[i]):
                label = f"expected `{self.show(parameters[i])}`, found `{self.show(one)}`"
                self.error("E0631", "type mismatch in closure arguments", pattern.span, label)
            inputs.append(one)
        output = ty.variable()
        if node.result is not None:
            written = self.collector.lower(node.result, self.type_env)
            closure.declared_output = closure.written_output = written
            output = self.normalize(ty.erase(written))
        elif result is not None:
            closure_result = result
            self.unify(output, closure_result)
        closure.inputs = tuple(inputs)
        closure.output = output
        self.bind_parameters([pattern for pattern, _ in node.parameters], inputs)
        self.return_ty, self.returned = output, False
        self.check_body(node.body, output)
        self.scopes.pop()
        self.loops, self.return_ty, self.returned = saved
        self.loops_outside.pop()
        self.constant = constant
        self.closure = outer
        self.checked_closures.append(closure)
        closure.trait_kind = "Fn"
        node.target = closure
        closure.captures = []
        generic = tuple(ty.param(i, n) for i, n in enumerate(self.function.generics.names))
        result_ty = ty.intern(ty.CLOSURE, closure, generic)
        self.closure_parents[closure] = outer
        if kind is not None:
            self.closure_kinds.append((closure, kind, node.span))
        return result_ty

    opened: list[tuple[Any, Ty]]
    closure_parents: dict[Any, Any]
    closure_kinds: list[tuple[ClosureDef, str, t.Span]]
    loops: list[Any]
    loops_outside: list[list[Any]]
    return_ty: Ty
    returned: bool
