"""Coercions: never, reborrow, deref, unsizing, function pointers (The Rust Reference, "Type coercions")."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.modes.conversions import conversion
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.declared_places import declared_type
from engines.rustwasm.typing.definitions import ClosureDef
from engines.rustwasm.typing.fixes import mismatch_fix
from engines.rustwasm.typing.methods import MethodChecker
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.types import Ty, shallow
from engines.rustwasm.typing.wellformed_types import lacks_size, report_size


class Coercer(MethodChecker):
    """Fits a value of one type where another is expected, noting adjustments on the expression."""

    parameters: list[tuple[Any, Ty]]
    pointers: list[tuple[ClosureDef, Any, Ty]]
    diverging: list[Ty]
    """Types that nothing but what never gives a value was fitted to so far."""

    def mismatch(self, expected: Ty, actual: Ty, span: t.Span, node: Any = None) -> Any:
        if ty.deep(expected).flags & ty.HAS_ERROR or ty.deep(actual).flags & ty.HAS_ERROR:
            return None
        label = f"expected {self.described(expected)}, found {self.described(actual)}"
        across = conversion(actual, expected)
        if across is not None:
            message = f"`{self.show(actual)}` is not converted to `{self.show(expected)}` implicitly"
            error = self.error("GC009", message, span, label)
            error.notes.append(f"values go from one mode to the other by explicit conversions only; {across.price}")
            converted = f"{across.before}{self.compilation.diagnostics.sources.snippet(span)}{across.after}"
            error.suggestion = (span, converted, "convert it")
            return error
        error = self.error("E0308", "mismatched types", span, label)
        error.suggestion = mismatch_fix(self, shallow(expected), shallow(actual), span, node)
        return error

    def described(self, one: Ty) -> str:
        """The type as labels speak of it: a literal's type that is not known yet by its sort."""
        one = shallow(one)
        if one.kind == ty.INFER and one.data != "type":
            return "integer" if one.data == "int" else "floating-point number"
        return f"`{self.show(one)}`"

    def demand(self, expected: Ty, actual: Ty, span: t.Span) -> bool:
        mark = self.snapshot()
        if self.unify(expected, actual):
            return True
        self.rollback(mark)
        self.mismatch(expected, actual, span)
        return False

    def coerce(self, node: Any, actual: Ty, expected: Ty) -> bool:
        """Fit `node`, of type `actual`, to `expected`; E0308 if that cannot be."""
        actual = shallow(actual)
        expected = shallow(expected)
        if actual is expected or actual.kind == ty.NEVER:
            if actual.kind == ty.REF and (
                (is_place(node) or shallow(actual.args[0]).kind == ty.DYN) if actual.data else self.lends_outer(node)
            ):
                # A mutable reference is lent, not given away.
                self.lend(node, actual.args[0], expected)
            elif expected.kind == ty.INFER:
                self.diverging.append(expected)
            return True
        if self.try_coerce(node, actual, expected):
            return True
        self.mismatch(expected, actual, blame(node).span, blame(node))
        return False

    def adjusted(self, node: Any, more: list[Any]) -> None:
        node.adjust = [*(node.adjust or []), *more]

    def lend(self, node: Any, what: Ty, expected: Ty) -> None:
        """Borrow again what the reference `node` leads to."""
        if expected.data:
            self.make_mutable(node)
        self.adjusted(node, [("deref", what), ("borrow", expected, expected.data)])

    def lends_outer(self, node: Any) -> bool:
        """Is a shared reference that a closure uses to be lent, not copied? Any is where a reference is expected, but
        only of what a closure captures it makes a difference: it need not keep the variable then. Not what it gives
        back as the very type that is written for it, as a parameter's is: that is no coercion (rustc,
        `coerce_to_ref`)."""
        closure = self.closure
        if closure is None:
            return False
        place, same = node, closure.result_written and node is blame(closure.syntax.body)
        while isinstance(node, t.Field) or (isinstance(node, t.Unary) and node.op == "*"):
            node = node.base if isinstance(node, t.Field) else node.operand
        if not isinstance(node, t.PathExpr) or not isinstance(node.target, Variable):
            return False
        if node.target.closure is closure or not same or not self.is_parameter(node.target):
            return node.target.closure is not closure
        names = [one.target if isinstance(one, t.BindingPattern) else one for one, _ in self.parameters]
        given = declared_type(dict(zip(names, self.function.inputs, strict=True)), place)
        return None not in (given, closure.written_output) and given is not closure.written_output

    def is_parameter(self, variable: Variable) -> bool:
        """Whether the variable is a parameter of the function, or a part of one."""
        item = self.function.syntax
        if not isinstance(item, t.FnItem) or item.body is None:
            return False
        return bool(item.span[0] <= variable.span[0] < item.body.span[0])

    def try_coerce(self, node: Any, actual: Ty, expected: Ty) -> bool:
        kind = expected.kind
        mark = self.snapshot()
        if kind == ty.REF and actual.kind == ty.REF:
            if expected.data and not actual.data:
                return False
            want = shallow(expected.args[0])
            have = shallow(actual.args[0])
            if have.kind == ty.ARRAY and want.kind == ty.SLICE:
                if self.unify(have.args[0], want.args[0]):
                    self.adjusted(
                        node,
                        [("deref", have), ("borrow", ty.ref(have, expected.data), expected.data), ("unsize", expected)],
                    )
                    return True
                self.rollback(mark)
                return False
            if want.kind == ty.DYN and is_concrete(have):
                self.unsize_to_dyn(have, want, blame(node).span)
                self.adjusted(
                    node,
                    [("deref", have), ("borrow", ty.ref(have, expected.data), expected.data), ("unsize", expected)],
                )
                return True
            if self.unify(have, want):
                lent = is_place(node) or want.kind == ty.DYN if expected.data else self.lends_outer(node)
                if lent or actual.data != expected.data:
                    self.lend(node, have, expected)
                return True
            self.rollback(mark)
            adjustments: list[Any] = [("deref", have)]
            current = have
            while len(adjustments) < 12:
                step = self.deref_step(current)
                if step is None:
                    return False
                current = shallow(step[0])
                adjustments.append(step[1])
                if self.unify(current, want):
                    mutable = bool(expected.data)
                    done = [("overloaded", a[1], mutable) if a[0] == "overloaded" else a for a in adjustments]
                    if mutable:
                        self.make_mutable(node)
                    self.adjusted(node, [*done, ("borrow", expected, mutable)])
                    return True
                self.rollback(mark)
                if current.kind == ty.ARRAY and want.kind == ty.SLICE and self.unify(current.args[0], want.args[0]):
                    borrow = ("borrow", ty.ref(current, expected.data), expected.data)
                    self.adjusted(node, [*adjustments, borrow, ("unsize", expected)])
                    return True
            return False
        if kind == ty.ADT and actual.kind == ty.ADT and actual.data is expected.data:
            lang = expected.data.lang
            if lang in ("Box", "Rc", "GcBox", "GcRc"):
                want, have = shallow(expected.args[0]), shallow(actual.args[0])
                if want.kind == ty.DYN and is_concrete(have):
                    self.unsize_to_dyn(have, want, blame(node).span)
                    self.adjusted(node, [("unsize", expected)])
                    return True
                if want.kind == ty.SLICE and have.kind == ty.ARRAY and self.unify(have.args[0], want.args[0]):
                    self.adjusted(node, [("unsize", expected)])
                    return True
        if kind == ty.FNPTR and actual.kind in (ty.FNDEF, ty.CLOSURE):
            signature = self.signature_of(actual)
            if signature is not None and self.unify(ty.fn_ptr(*signature), expected):
                self.adjusted(node, [("fn_pointer", expected)])
                if actual.kind == ty.CLOSURE:
                    self.pointers.append((actual.data, node, expected))
                return True
            self.rollback(mark)
            return False
        to_raw = kind == ty.RAW and actual.kind == ty.REF and (actual.data or not expected.data)
        if to_raw and self.unify(actual.args[0], expected.args[0]):
            self.adjusted(node, [("pointer", expected)])
            return True
        if self.unify(actual, expected):
            return True
        self.rollback(mark)
        return False

    def unsize_to_dyn(self, have: Ty, want: Ty, span: t.Span) -> None:
        """Turn a value into a trait object: that the type implements the trait is asked later, when it is known. What
        the value leads to is not looked at (rustc, `Coerce::coerce_unsized`)."""
        trait, names = want.data
        own = len(want.args) - len(names)
        full = (have, *want.args[:own])
        self.require(trait, full, span)
        if lacks_size(self, have, self.definition_generics()):
            report_size(self.compilation, ty.deep(have), span)
        if self.holds(trait, full):
            for name, value in zip(names, want.args[own:], strict=True):
                self.require_projection(trait, name, full, value, span)


def is_concrete(one: Ty) -> bool:
    """Can the type be turned into a trait object? An integer or float literal's can before it is known which one it is:
    `i32` and `f64` if nothing else says."""
    return one.kind != ty.DYN and (one.kind != ty.INFER or one.data != "type")


def is_place(node: Any) -> bool:
    """Does the expression name a place?"""
    if isinstance(node, t.PathExpr):
        return not isinstance(node.target, tuple) or (node.target[0] == "const" and node.target[1].is_static)
    if isinstance(node, t.Field):
        return True
    return isinstance(node, t.Index) or (isinstance(node, t.Unary) and node.op == "*")


def blame(node: Any) -> Any:
    """The innermost expression that gives `node` its value: what a type error points at."""
    while True:
        if isinstance(node, t.Block) and node.tail is not None:
            node = node.tail
        else:
            return node
