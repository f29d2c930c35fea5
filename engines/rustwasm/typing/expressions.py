"""Types of expressions (The Rust Reference, "Expressions")."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.resolve.nearest import nearest
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.coercion import blame
from engines.rustwasm.typing.const_context import refuse
from engines.rustwasm.typing.operators import SCALAR, OperatorChecker
from engines.rustwasm.typing.types import Ty, shallow

_CALLED: Final = frozenset((ty.FNDEF, ty.CLOSURE))
_FITTED: Final = frozenset((t.Block, t.If, t.Match, t.Loop))
"""What fits its own value to what is expected."""


class Merge:
    """The common type of branches. `nodes` are those that were fitted to it as they are; `known` says whether it was
    known what is expected."""

    __slots__ = ("expected", "known", "nodes", "ty")

    def __init__(self, expected: Ty | None) -> None:
        self.expected = expected
        self.known = expected is not None and shallow(expected).kind != ty.INFER
        self.ty: Ty | None = None
        self.nodes: list[Any] = []


class ExpressionChecker(OperatorChecker):
    """`check` gives the type of an expression before adjustments; `check_coerce` fits it to what is expected."""

    loops: list[Any]
    return_ty: Ty
    returned: bool

    def check(self, node: Any, expected: Ty | None = None) -> Ty:
        result: Ty = _TABLE[type(node)](self, node, expected)
        node.ty = result
        if self.nodes is not None:
            self.nodes.append(node)
        if result is ty.ERROR_TY:
            self.unknown = True
        return result

    def check_coerce(self, node: Any, expected: Ty) -> Ty:
        actual = self.check(node, expected)
        self.coerce(node, actual, expected)
        return actual

    def merge(self, merge: Merge, node: Any, actual: Ty, span: t.Span | None = None) -> None:
        actual = shallow(actual)
        if merge.ty is None or merge.ty.kind == ty.NEVER:
            if merge.expected is not None and actual.kind != ty.NEVER and node is not None:
                mark = self.snapshot()
                if self.try_coerce(node, actual, shallow(merge.expected)):
                    if merge.ty is not None and merge.known:
                        self.join(merge.expected, True, node, actual)
                    merge.ty = shallow(merge.expected)
                    return
                self.rollback(mark)
            merge.ty = actual
            merge.nodes.append(node)
            return
        if actual.kind == ty.NEVER:
            return
        if node is None:
            self.demand(merge.ty, actual, span or (0, 0))
        elif self.try_coerce(node, actual, merge.ty):
            self.join(merge.ty, merge.known, node, actual)
            merge.nodes.append(node)
        elif self.refit(merge, node, actual):
            merge.nodes.append(node)
        else:
            self.mismatch(merge.ty, actual, blame(node).span, blame(node))

    def join(self, joined: Ty, known: bool, node: Any, actual: Ty) -> None:
        """Note a function or function pointer that has to be as general as the function pointers before it, whose type
        is `joined` (`borrow.constraints`). Blocks are already, if it was `known` what is expected.

        Source: rustc-dev-guide, "Coercions"; rustc, `CoerceMany::coerce_inner`.
        """
        joined = shallow(joined)
        called = joined.kind == ty.FNPTR and shallow(actual).kind in (ty.FNPTR, ty.FNDEF)
        if called and not (known and type(node) in _FITTED):
            self.adjusted(node, [("joined", joined)])

    def refit(self, merge: Merge, node: Any, actual: Ty) -> bool:
        """Fit what was merged so far to a type that does not fit its own: functions and closures to pointers, others to
        the new type (The Rust Reference, "Least upper bound coercions")."""
        assert merge.ty is not None
        own, wanted = shallow(merge.ty), actual
        if own.kind in _CALLED and actual.kind in _CALLED:
            signature = self.signature_of(own)
            if signature is None:
                return False
            wanted = ty.fn_ptr(*signature)
            if not self.try_coerce(node, actual, wanted):
                return False
        if any(one is None or one.adjust for one in merge.nodes):
            return False
        mark = self.snapshot()
        for one in merge.nodes:
            if not self.try_coerce(one, own, wanted):
                for other in merge.nodes:
                    other.adjust = None
                self.rollback(mark)
                return False
        if own.kind == ty.FNDEF and actual.kind == ty.FNPTR:
            for one in (*merge.nodes, node):
                self.adjusted(one, [("joined", wanted)])
        merge.ty = wanted
        return True

    # Literals, paths

    def literal(self, node: t.Literal, expected: Ty | None) -> Ty:
        kind = node.kind
        if kind == "int":
            if node.suffix:
                result = ty.PRIMITIVES[node.suffix]
            else:
                want = shallow(expected) if expected is not None else None
                if want is not None and (want.kind == ty.INT or (want.kind == ty.INFER and want.data == "int")):
                    result = want
                elif want is not None and want.kind == ty.CHAR and getattr(self, "casting", False):
                    result = ty.U8
                else:
                    result = ty.variable("int")
            self.literals.append((node, False))
            return result
        if kind == "float":
            if node.suffix:
                return ty.PRIMITIVES[node.suffix]
            want = shallow(expected) if expected is not None else None
            if want is not None and want.kind == ty.FLOAT:
                return want
            var = ty.variable("float")
            self.float_variables.append(var)
            return var
        if kind == "bool":
            return ty.BOOL_TY
        if kind == "str":
            return _STR_REF
        if kind == "char":
            return ty.CHAR_TY
        if kind == "byte":
            return ty.U8
        return ty.ref(ty.array(ty.U8, len(node.value)))

    def path(self, node: t.PathExpr, expected: Ty | None) -> Ty:
        if node.name:
            variable = self.lookup_variable(node.name)
            if variable is not None:
                node.target = variable
                variable.used = True
                return variable.ty
        return self.value_path(node, node.path)

    # Compound values

    def borrow(self, node: t.Borrow, expected: Ty | None) -> Ty:
        hint = None
        if expected is not None:
            want = shallow(expected)
            if want.kind == ty.REF:
                inner = shallow(want.args[0])
                if inner.kind not in (ty.DYN, ty.STR) or isinstance(node.operand, t.Closure):
                    hint = inner
                if inner.kind == ty.SLICE and not isinstance(node.operand, (t.Array, t.Repeat)):
                    hint = None
        one = self.check(node.operand, hint)
        if node.mutable:
            self.make_mutable(node.operand)
        return ty.ref(one, node.mutable)

    def tuple(self, node: t.Tuple, expected: Ty | None) -> Ty:
        want = shallow(expected) if expected is not None else None
        hints: list[Ty | None] = [None] * len(node.elements)
        if want is not None and want.kind == ty.TUPLE and len(want.args) == len(hints):
            hints = list(want.args)
        types = []
        for element, hint in zip(node.elements, hints, strict=True):
            actual = self.check(element, hint)
            if hint is not None and shallow(hint).kind != ty.INFER and shallow(actual).kind != ty.NEVER:
                mark = self.snapshot()
                if self.try_coerce(element, actual, hint):
                    actual = hint
                else:
                    self.rollback(mark)
            types.append(actual)
        return ty.tuple_of(tuple(types))

    def array(self, node: t.Array, expected: Ty | None) -> Ty:
        merge = Merge(self.element_hint(expected))
        for element in node.elements:
            self.merge(merge, element, self.check(element, merge.ty or merge.expected))
        element_ty = merge.ty or merge.expected or ty.variable()
        if not node.elements:
            self.left_open.append((element_ty, node.span))
        return ty.array(element_ty, len(node.elements))

    def element_hint(self, expected: Ty | None) -> Ty | None:
        if expected is not None:
            want = shallow(expected)
            if want.kind in (ty.ARRAY, ty.SLICE):
                return want.args[0]
        return None

    def repeat(self, node: t.Repeat, expected: Ty | None) -> Ty:
        hint = self.element_hint(expected)
        one = self.check(node.element, hint)
        if hint is not None:
            self.coerce(node.element, one, hint)
            one = hint
        length = self.collector.const_value(node.count, self.type_env)
        if not (length.kind == ty.CONST and length.data <= 1) and not isinstance(node.element, t.PathExpr):
            self.copies.append((node.element, one))
        node.target = length
        return ty.array(one, length)

    def vec(self, node: t.VecMacro, expected: Ty | None) -> Ty:
        hint = None
        if expected is not None:
            want = shallow(expected)
            if want.kind == ty.ADT and want.data.lang == "Vec":
                hint = want.args[0]
        inner = node.inner
        vec = self.compilation.lang("Vec")
        if self.constant and (isinstance(inner, t.Repeat) or inner.elements):
            refuse(self, "cannot allocate", node.span)
        if isinstance(inner, t.Repeat):
            one = self.check(inner.element, hint)
            if hint is not None:
                self.coerce(inner.element, one, hint)
                one = hint
            self.check_coerce(inner.count, ty.USIZE)
            trait = self.compilation.lang("Clone")
            self.require(trait, (one,), inner.element.span)
            return ty.adt(vec, (one,))
        array = self.check(inner, ty.slice_of(hint) if hint is not None else None)
        return ty.adt(vec, (array.args[0],))

    def range(self, node: t.Range, expected: Ty | None) -> Ty:
        name = {
            (True, True, False): "Range", (True, False, False): "RangeFrom", (False, True, False): "RangeTo",
            (False, False, False): "RangeFull", (True, True, True): "RangeInclusive",
            (False, True, True): "RangeToInclusive",
        }[(node.low is not None, node.high is not None, node.inclusive)]  # fmt: skip
        adt = self.compilation.lang(name)
        if node.low is None and node.high is None:
            return ty.adt(adt, ())
        hint = None
        if expected is not None:
            want = shallow(expected)
            if want.kind == ty.ADT and want.data is adt:
                hint = want.args[0]
        merge = Merge(hint)
        for end in (node.low, node.high):
            if end is not None:
                self.merge(merge, end, self.check(end, merge.ty or hint))
        return ty.adt(adt, (merge.ty or ty.variable(),))

    def struct_literal(self, node: t.StructLiteral, expected: Ty | None) -> Ty:
        self.said = []
        found = self.resolve_value_quiet(node.path)
        self.note_said(node)
        if found is None or found[0] != "variant":
            if found is not None:
                self.error("E0574", "expected struct, variant or union type", node.path.span)
            for _, value, _ in node.fields:
                self.check(value)
            return ty.ERROR_TY
        _, definition, args = found
        self.collector.ensure_fields(definition.owner)
        result = ty.adt(definition.owner, args)
        self.require_bounds(definition.owner, args, node.path.span)
        if expected is not None:
            want = shallow(expected)
            if want.kind == ty.ADT and want.data is definition.owner:
                mark = self.snapshot()
                if not self.unify(result, want):
                    self.rollback(mark)
        node.target = definition
        given: dict[str, t.Span] = {}
        for name, value, span in node.fields:
            index = definition.field_index(name)
            if name in given:
                self.error("E0062", f"field `{name}` specified more than once", span, "used more than once")
            given[name] = span
            if index < 0:
                self.no_such_field(definition, name, span)
                self.check(value)
                continue
            field = definition.fields[index]
            self.check_field_privacy(field, definition, span)
            self.check_coerce(value, self.normal_subst(ty.erase(field.ty), args))
        if isinstance(node.base, t.RestPattern):
            self.error("E0797", "base expression required after `..`", node.base.span)
            node.base = None
        elif node.base is not None:
            if definition.owner.is_enum:
                self.error("E0436", "functional record update syntax requires a struct", node.base.span)
            self.check_coerce(node.base, result)
        else:
            missing = [f.name for f in definition.fields if f.name not in given]
            if missing:
                names = ", ".join(f"`{n}`" for n in missing)
                s = "" if len(missing) == 1 else "s"
                message = f"missing field{s} {names} in initializer of `{self.show(result)}`"
                self.error("E0063", message, node.path.span, f"missing {names}")
        return result

    def no_such_field(self, definition: Any, name: str, span: t.Span) -> None:
        what = "variant" if definition.owner.is_enum else "struct"
        shown = f"{definition.owner.name}::{definition.name}" if definition.owner.is_enum else definition.name
        code = "E0559" if definition.owner.is_enum else "E0560"
        error = self.error(
            code, f"{what} `{shown}` has no field named `{name}`", span, f"`{shown}` does not have this field"
        )
        close = nearest(name, [f.name for f in definition.fields])
        if close is not None:
            error.suggestion = (span, close, "a field with a similar name exists")

    def field(self, node: t.Field, expected: Ty | None) -> Ty:
        base = self.resolved(self.check(node.base))
        if base.kind == ty.INFER and base.data == "type":
            self.needs_annotation(node.base)
            return ty.ERROR_TY
        private: Any = None
        for step, adjust in self.autoderef(base):
            if step.kind == ty.ADT and not step.data.is_enum:
                self.collector.ensure_fields(step.data)
                variant = step.data.variants[0]
                index = variant.field_index(node.name)
                if index >= 0:
                    field = variant.fields[index]
                    if field.public is not None and not self.type_env.module.inside(field.public):
                        private = private or (field, variant)
                        continue
                    if adjust:
                        node.base.adjust = adjust
                    node.target = index
                    return self.normal_subst(ty.erase(field.ty), step.args)
            elif step.kind == ty.TUPLE and node.name.isdigit() and int(node.name) < len(step.args):
                if adjust:
                    node.base.adjust = adjust
                node.target = int(node.name)
                return step.args[int(node.name)]
        if private is not None:
            self.check_field_privacy(private[0], private[1], node.name_span, "E0616")
        elif base.kind not in (ty.ERROR, ty.NEVER):
            self.unknown_field(node, base)
        return ty.ERROR_TY

    def unknown_field(self, node: t.Field, base: Ty) -> None:
        shown = self.show(base)
        if base.kind in SCALAR or base.kind == ty.INFER:
            message = f"`{shown}` is a primitive type and therefore doesn't have fields"
            self.error("E0610", message, node.name_span)
            return
        if self.find_method_quietly(base, node.name):
            message = f"attempted to take value of method `{node.name}` on type `{shown}`"
            error = self.error("E0615", message, node.name_span, "method, not a field")
            error.suggestion = ((node.name_span[1], node.name_span[1]), "()", "use parentheses to call the method")
            return
        error = self.error("E0609", f"no field `{node.name}` on type `{shown}`", node.name_span, "unknown field")
        inner = base
        while inner.kind == ty.REF:
            inner = shallow(inner.args[0])
        if inner.kind == ty.ADT and not inner.data.is_enum:
            names = [f.name for f in inner.data.variants[0].fields]
            close = nearest(node.name, names)
            if close is not None:
                error.suggestion = (node.name_span, close, "a field with a similar name exists")
            elif names:
                error.helps.append("available fields are: " + ", ".join(f"`{n}`" for n in names[:8]))

    def index(self, node: t.Index, expected: Ty | None) -> Ty:
        base = self.resolved(self.check(node.base))
        index = shallow(self.check(node.index))
        if base.kind == ty.ERROR or index.kind == ty.ERROR:
            return ty.ERROR_TY
        trait = self.compilation.lang("Index")
        for step, adjust in self.autoderef(base):
            if step.kind in (ty.ARRAY, ty.SLICE) and (index is ty.USIZE or index.kind == ty.INFER):
                if index.kind == ty.INFER:
                    self.unify(index, ty.USIZE)
                if adjust:
                    node.base.adjust = adjust
                return step.args[0]
            current, more = step, list(adjust)
            if step.kind == ty.ARRAY:
                current = ty.slice_of(step.args[0])
            args = (current, index)
            if (
                index.kind == ty.INFER
                and index.data == "int"
                and step.kind == ty.ADT
                and step.data.lang in ("Vec", "VecDeque")
            ):
                self.unify(index, ty.USIZE)
                args = (current, ty.USIZE)
            if self.holds(trait, args):
                if current is not step:
                    more += [("borrow", ty.ref(step), False), ("unsize", ty.ref(current))]
                else:
                    more.append(("borrow", ty.ref(step), False))
                node.base.adjust = more
                node.target = ("index", False)
                self.constant_operator(node)
                self.require(trait, args, node.span)
                return self.normalize(ty.projection(trait, "Output", args))
        shown = self.show(base)
        if any(
            s.kind in (ty.ARRAY, ty.SLICE) or (s.kind == ty.ADT and s.data.lang == "Vec")
            for s, _ in self.autoderef(base)
        ):
            element = next(
                s for s, _ in self.autoderef(base) if s.kind in (ty.ARRAY, ty.SLICE) or s.kind == ty.ADT
            ).args[0]
            message = f"the type `[{self.show(element)}]` cannot be indexed by `{self.show(index)}`"
            self.error("E0277", message, node.index.span, "slice indices are of type `usize` or ranges of `usize`")
        elif any(s.kind == ty.STR or (s.kind == ty.ADT and s.data.lang == "String") for s, _ in self.autoderef(base)):
            message = f"the type `str` cannot be indexed by `{self.show(index)}`"
            self.error("E0277", message, node.index.span, "string indices are ranges of `usize`")
        else:
            self.error("E0608", f"cannot index into a value of type `{shown}`", node.span)
        return ty.ERROR_TY

    def cast(self, node: t.Cast, expected: Ty | None) -> Ty:
        self.said = []
        to = shallow(self.normalize(self.say(-1, self.collector.lower(node.to, self.type_env))))
        self.note_said(node)
        inner = node.operand.operand if isinstance(node.operand, t.Unary) and node.operand.op == "-" else node.operand
        literal = isinstance(inner, t.Literal)
        hinted = to.kind in (ty.INT, ty.FLOAT) if literal else to.kind == ty.FNPTR and isinstance(inner, t.Closure)
        actual = shallow(self.check(node.operand, to if hinted else None))
        self.casts.append((node, actual, to))
        if to.kind == ty.INFER:
            return actual
        return to


_STR_REF: Final = ty.ref(ty.STR_TY)
_TABLE: dict[type, Any] = {}
