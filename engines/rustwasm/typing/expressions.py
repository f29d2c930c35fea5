"""Types of expressions (The Rust Reference, "Expressions")."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.resolve.nearest import nearest
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.calls import CallChecker
from engines.rustwasm.typing.coercion import is_place
from engines.rustwasm.typing.const_context import refuse
from engines.rustwasm.typing.destructuring import is_underscore, take_apart, takes_apart
from engines.rustwasm.typing.fixes import is_float, mismatch_fix, unmet_fix
from engines.rustwasm.typing.types import Ty, shallow

_ARITHMETIC: Final = {
    "+": ("Add", "add"), "-": ("Sub", "subtract"), "*": ("Mul", "multiply"), "/": ("Div", "divide"),
    "%": ("Rem", "calculate and assign the remainder of"), "&": ("BitAnd", ""), "|": ("BitOr", ""), "^": ("BitXor", ""),
    "<<": ("Shl", ""), ">>": ("Shr", ""),
}  # fmt: skip
_COMPARISON: Final = {
    "==": ("PartialEq", "eq"), "!=": ("PartialEq", "ne"), "<": ("PartialOrd", "lt"), "<=": ("PartialOrd", "le"),
    ">": ("PartialOrd", "gt"), ">=": ("PartialOrd", "ge"),
}  # fmt: skip
_SCALAR: Final = frozenset((ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR))


class Merge:
    """The common type of branches."""

    __slots__ = ("expected", "ty")

    def __init__(self, expected: Ty | None) -> None:
        self.expected = expected
        self.ty: Ty | None = None


class ExpressionChecker(CallChecker):
    """`check` gives the type of an expression before adjustments; `check_coerce` fits it to what is expected."""

    loops: list[Any]
    return_ty: Ty

    def check(self, node: Any, expected: Ty | None = None) -> Ty:
        result: Ty = _TABLE[type(node)](self, node, expected)
        node.ty = result
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
                if self.try_coerce(node, actual, merge.expected):
                    merge.ty = shallow(merge.expected)
                    return
                self.rollback(mark)
            merge.ty = actual
            return
        if actual.kind == ty.NEVER:
            return
        if node is None:
            self.demand(merge.ty, actual, span or (0, 0))
        elif not self.try_coerce(node, actual, merge.ty):
            target = shallow(merge.ty)
            if target.kind == ty.FNDEF and actual.kind == ty.FNDEF:
                signature = self.signature_of(target)
                assert signature is not None
                self.try_coerce(node, actual, ty.fn_ptr(*signature))
                merge.ty = ty.fn_ptr(*signature)
                return
            while isinstance(node, t.Block) and node.tail is not None:
                node = node.tail
            self.mismatch(merge.ty, actual, node.span, node)

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
        return self.value_path(node, node.path)

    # Operators

    def unary(self, node: t.Unary, expected: Ty | None) -> Ty:
        op = node.op
        if op == "-" and isinstance(node.operand, t.Literal) and node.operand.kind == "int":
            one = self.check(node.operand, expected)
            self.literals.pop()
            self.literals.append((node.operand, True))
            if shallow(one).kind == ty.INT and not shallow(one).data[1]:
                message = f"cannot apply unary operator `-` to type `{self.show(one)}`"
                self.error("E0600", message, node.span, "cannot apply unary operator `-`")
            return one
        if op == "*":
            return self.dereference(node, expected)
        one = shallow(self.check(node.operand, expected))
        if one.kind == ty.INFER and one.data == "type":
            self.select_pending()
            one = shallow(one)
        base = one
        while base.kind == ty.REF:
            base = shallow(base.args[0])
        if op == "!" and (base.kind in (ty.BOOL, ty.INT) or (base.kind == ty.INFER and base.data == "int")):
            return base
        if op == "-" and (base.kind == ty.FLOAT or (base.kind == ty.INT and base.data[1]) or base.kind == ty.INFER):
            return base
        if one.kind in (ty.ERROR, ty.NEVER):
            return one
        trait = self.compilation.lang("Not" if op == "!" else "Neg")
        if self.holds(trait, (one,)):
            node.target = (trait.methods["not" if op == "!" else "neg"], (one,))
            self.constant_operator(node)
            self.require(trait, (one,), node.span)
            return self.normalize(ty.projection(trait, "Output", (one,)))
        message = f"cannot apply unary operator `{op}` to type `{self.show(one)}`"
        self.error("E0600", message, node.span, f"cannot apply unary operator `{op}`")
        return ty.ERROR_TY

    def dereference(self, node: t.Unary, expected: Ty | None) -> Ty:
        one = shallow(self.check(node.operand))
        if one.kind == ty.INFER:
            self.select_pending()
            one = shallow(one)
        step = self.deref_step(one)
        if step is None:
            if one.kind not in (ty.ERROR, ty.NEVER):
                message = f"type `{self.show(one)}` cannot be dereferenced"
                self.error("E0614", message, node.span, "can't be dereferenced")
            return ty.ERROR_TY
        if step[1][0] == "overloaded":
            node.target = ("deref", False)
        elif one.kind == ty.RAW and not self.unsafe:
            message = "dereference of raw pointer is unsafe and requires unsafe function or block"
            self.error("E0133", message, node.span, "dereference of raw pointer")
        return step[0]

    def scalar_pair(self, left: Ty, right: Ty) -> bool:
        def scalar(one: Ty) -> bool:
            return one.kind in _SCALAR or (one.kind == ty.INFER and one.data != "type")

        return scalar(left) and scalar(right)

    def binary(self, node: t.Binary, expected: Ty | None) -> Ty:
        op = node.op
        if op == "&&" or op == "||":
            if op == "&&" and isinstance(node.left, (t.Let, t.Binary)) and self.has_let(node.left):
                self.check_coerce(node.left, ty.BOOL_TY)
                self.check_coerce(node.right, ty.BOOL_TY)
                return ty.BOOL_TY
            self.check_coerce(node.left, ty.BOOL_TY)
            self.check_coerce(node.right, ty.BOOL_TY)
            return ty.BOOL_TY
        comparison = op in _COMPARISON
        hint = None if comparison or op in ("<<", ">>") else expected
        if hint is not None and shallow(hint).kind not in (ty.INT, ty.FLOAT):
            hint = None
        left = shallow(self.check(node.left, hint))
        if left.kind == ty.INFER and left.data == "type":
            self.select_pending()
            left = shallow(left)
        right_hint = left if left.kind in _SCALAR or left.kind == ty.INFER or comparison else None
        if op in ("<<", ">>"):
            right_hint = None
        right = shallow(self.check(node.right, right_hint))
        if right.kind == ty.INFER and right.data == "type":
            self.select_pending()
            right = shallow(right)
        if left.kind == ty.INFER and left.data == "type":
            left = shallow(left)
        if left.kind == ty.NEVER or right.kind == ty.NEVER or left.kind == ty.ERROR or right.kind == ty.ERROR:
            if comparison:
                return ty.BOOL_TY
            return right if left.kind == ty.NEVER else left
        if comparison:
            return self.comparison(node, left, right)
        plain_left, plain_right = left, right
        while plain_left.kind == ty.REF:
            plain_left = shallow(plain_left.args[0])
        while plain_right.kind == ty.REF:
            plain_right = shallow(plain_right.args[0])
        if self.scalar_pair(plain_left, plain_right):
            return self.builtin_arithmetic(node, op, plain_left, plain_right, left, right)
        return self.overloaded(node, op, left, right)

    def builtin_arithmetic(self, node: Any, op: str, left: Ty, right: Ty, shown_left: Ty, shown_right: Ty) -> Ty:
        numeric = left.kind in (ty.INT, ty.FLOAT, ty.INFER)
        if op in ("<<", ">>"):
            if left.kind in (ty.INT, ty.INFER) and right.kind in (ty.INT, ty.INFER):
                return left
        elif op in ("&", "|", "^") and left.kind == ty.BOOL and right.kind == ty.BOOL:
            return left
        elif numeric and not (op in ("&", "|", "^") and (left.kind == ty.FLOAT or left.data == "float")):
            mark = self.snapshot()
            if self.unify(left, right):
                return shallow(left)
            self.rollback(mark)
        self.no_operator(node, op, shown_left, shown_right)
        return ty.ERROR_TY if left.kind not in (ty.INT, ty.FLOAT) else left

    def constant_operator(self, node: Any) -> None:
        """An operator that is somebody's method: constants have none."""
        if self.constant:
            refuse(self, "cannot call non-const operator", node.span)

    def no_operator(self, node: Any, op: str, left: Ty, right: Ty) -> None:
        _, verb = _ARITHMETIC[op]
        have, other = self.show(left), self.show(right)
        plain = shallow(left).kind in (ty.INT, ty.FLOAT, ty.INFER, ty.REF)
        if isinstance(node, t.CompoundAssignment):
            trait = self.compilation.lang(_ARITHMETIC[op][0] + "Assign")
            if self.holds(trait, (left, ty.variable())):
                if shallow(left).kind == ty.INT and shallow(right).kind == ty.INT:
                    self.mismatch(left, right, node.right.span, node.right)
                message = f"cannot {verb}-assign `{other}` to `{have}`" if verb else ""
                message = message or f"no implementation for `{have} {op}= {other}`"
                self.mismatch_or_bound(message, node, f"no implementation for `{have} {op}= {other}`")
            else:
                message = f"binary assignment operation `{op}=` cannot be applied to type `{have}`"
                self.error("E0368", message, node.left.span, f"cannot use `{op}=` on type `{have}`")
            return
        if plain and shallow(left).kind != ty.REF and verb:
            if shallow(left).kind == ty.INT and shallow(right).kind == ty.INT:
                self.mismatch(left, right, node.right.span, node.right)
            word = {"+": "to", "-": "from", "*": "by", "/": "by"}.get(op, "by")
            message = (
                f"cannot {verb} `{other}` {word} `{have}`" if op in "+-" else f"cannot {verb} `{have}` {word} `{other}`"
            )
            self.mismatch_or_bound(message, node, f"no implementation for `{have} {op} {other}`")
            return
        if verb:
            word = {"+": "to", "-": "from"}.get(op, "by")
            message = (
                f"cannot {verb} `{other}` {word} `{have}`" if op in "+-" else f"cannot {verb} `{have}` {word} `{other}`"
            )
        else:
            message = f"no implementation for `{have} {op} {other}`"
        error = self.error("E0369", message, self.operator_span(node))
        same = "Output = " + have if shallow(left) is shallow(right) else ""
        error.suggestion = unmet_fix(self, self.compilation.lang(_ARITHMETIC[op][0]), (left,), same)
        error.labels.append((node.left.span, have))
        error.labels.append((node.right.span, other))

    def mismatch_or_bound(self, message: str, node: Any, label: str) -> None:
        error = self.error("E0277", message, self.operator_span(node), label)
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if one.ty is not None and other.ty is not None and is_float(shallow(other.ty)):
                error.suggestion = error.suggestion or mismatch_fix(
                    self, shallow(other.ty), shallow(one.ty), one.span, one
                )

    def operator_span(self, node: Any) -> t.Span:
        """Where a binary expression's operator is."""
        between = (node.left.span[1], node.right.span[0])
        sign = f"{node.op}=" if isinstance(node, t.CompoundAssignment) else node.op
        at = self.compilation.diagnostics.sources.snippet(between).find(sign) if between[0] < between[1] else -1
        return node.span if at < 0 else (between[0] + at, between[0] + at + len(sign))

    def overloaded(self, node: Any, op: str, left: Ty, right: Ty) -> Ty:
        trait = self.compilation.lang(_ARITHMETIC[op][0])
        given = ty.variable()
        found = self.select(trait, (left, given))
        if found is None:
            self.no_operator(node, op, left, right)
            return ty.ERROR_TY
        if not self.try_coerce(node.right, right, given):
            mark = self.snapshot()
            self.no_operator(node, op, left, right) if not self.holds(trait, (left, right)) else None
            self.rollback(mark)
        args = (left, given)
        if self.select(trait, args, nested=True) is None:
            self.no_operator(node, op, left, right)
            return ty.ERROR_TY
        node.target = (next(iter(trait.methods.values())), args)
        self.constant_operator(node)
        self.require(trait, args, node.span)
        return self.normalize(ty.projection(trait, "Output", args))

    def unlike(self, node: t.Binary, left: Ty, right: Ty) -> None:
        """E0308 for values that are compared; where the left one is a reference to the like of the right one, it is the
        left one that changes."""
        error = self.mismatch(left, right, node.right.span, node.right)
        if error is not None and left.kind == ty.REF and right.kind != ty.REF:
            error.suggestion = mismatch_fix(self, right, left, node.left.span, node.left)

    def comparison(self, node: t.Binary, left: Ty, right: Ty) -> Ty:
        a, b = left, right
        while a.kind == ty.REF and b.kind == ty.REF:
            a, b = shallow(a.args[0]), shallow(b.args[0])
        if (
            self.scalar_pair(a, b)
            or (a.kind == ty.INFER and a.data == "type")
            or (b.kind == ty.INFER and b.data == "type")
        ):
            mark = self.snapshot()
            if self.unify(a, b):
                if shallow(a).kind in _SCALAR or shallow(a).kind == ty.INFER:
                    return ty.BOOL_TY
            else:
                self.rollback(mark)
                self.unlike(node, left, right)
                return ty.BOOL_TY
        if a.kind == ty.TUPLE and not a.args and b is a:
            pass
        trait = self.compilation.lang(_COMPARISON[node.op][0])
        args = (left, right)
        found = self.select(trait, args, nested=True)
        if found is None:
            if self.select(trait, (left, ty.variable()), nested=True) is not None:
                if (left.kind == right.kind and left.kind in (ty.ADT, ty.REF)) or self.can_unify(left, left):
                    if self.only_reflexive(trait, left):
                        self.unlike(node, left, right)
                    else:
                        message = f"can't compare `{self.show(left)}` with `{self.show(right)}`"
                        self.error(
                            "E0277",
                            message,
                            self.operator_span(node),
                            f"no implementation for `{self.show(left)} {node.op} {self.show(right)}`",
                        )
                return ty.BOOL_TY
            message = f"binary operation `{node.op}` cannot be applied to type `{self.show(left)}`"
            error = self.error("E0369", message, self.operator_span(node))
            error.suggestion = unmet_fix(self, trait, (left,))
            error.labels += [(node.left.span, self.show(left)), (node.right.span, self.show(right))]
            return ty.BOOL_TY
        node.target = (trait.methods[_COMPARISON[node.op][1]], args)
        self.constant_operator(node)
        self.require(trait, args, node.span)
        return ty.BOOL_TY

    def only_reflexive(self, trait: Any, left: Ty) -> bool:
        from engines.rustwasm.typing.traits import AMBIGUOUS

        other = ty.variable()
        found = self.select(trait, (left, other))
        return found is not None and found is not AMBIGUOUS

    def has_let(self, node: Any) -> bool:
        return isinstance(node, t.Let) or (
            isinstance(node, t.Binary) and node.op == "&&" and (self.has_let(node.left) or self.has_let(node.right))
        )

    def assignment(self, node: t.Assignment, expected: Ty | None) -> Ty:
        left = node.left
        if takes_apart(self, left):
            take_apart(self, node)
            left = node.left
        if is_underscore(left):
            self.check(node.right)
            left.ty = node.right.ty
            return ty.UNIT
        want = self.check(left)
        if not is_place(left):
            self.error("E0070", "invalid left-hand side of assignment", node.span, "cannot assign to this expression")
        self.make_mutable(left)
        self.check_coerce(node.right, want)
        return ty.UNIT

    def compound(self, node: t.CompoundAssignment, expected: Ty | None) -> Ty:
        left = shallow(self.check(node.left))
        if left.kind == ty.INFER:
            self.select_pending()
            left = shallow(left)
        right = shallow(self.check(node.right, left if left.kind in _SCALAR and node.op not in ("<<", ">>") else None))
        if right.kind == ty.INFER and right.data == "type":
            self.select_pending()
            right = shallow(right)
        if not is_place(node.left):
            self.error(
                "E0067", "invalid left-hand side of assignment", node.left.span, "cannot assign to this expression"
            )
        self.make_mutable(node.left)
        if left.kind in (ty.ERROR, ty.NEVER) or right.kind in (ty.ERROR, ty.NEVER):
            return ty.UNIT
        plain = right
        while plain.kind == ty.REF:
            plain = shallow(plain.args[0])
        if self.scalar_pair(left, plain):
            self.builtin_arithmetic(node, node.op, left, plain, left, right)
            return ty.UNIT
        trait = self.compilation.lang(_ARITHMETIC[node.op][0] + "Assign")
        given = ty.variable()
        if self.select(trait, (left, given)) is None:
            self.no_operator(node, node.op, left, right)
            return ty.UNIT
        if not self.try_coerce(node.right, right, given) or self.select(trait, (left, given), nested=True) is None:
            if isinstance(left, Ty) and self.only_reflexive(trait, left):
                self.mismatch(given, right, node.right.span, node.right)
            else:
                self.no_operator(node, node.op, left, right)
            return ty.UNIT
        node.target = (next(iter(trait.methods.values())), (left, given))
        self.constant_operator(node)
        self.require(trait, (left, given), node.span)
        return ty.UNIT

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
        found = self.resolve_value_quiet(node.path)
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
            if field.public is not None and not self.type_env.module.inside(field.public):
                message = f"field `{name}` of struct `{definition.owner.name}` is private"
                self.error("E0451", message, span, "private field")
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
        base = shallow(self.check(node.base))
        if base.kind == ty.INFER and base.data == "type":
            self.select_pending()
            base = shallow(base)
            if base.kind == ty.INFER:
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
            self.check_field_privacy(private[0], private[1], node.name_span)
        elif base.kind not in (ty.ERROR, ty.NEVER):
            self.unknown_field(node, base)
        return ty.ERROR_TY

    def unknown_field(self, node: t.Field, base: Ty) -> None:
        shown = self.show(base)
        if base.kind in _SCALAR or base.kind == ty.INFER:
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
        base = shallow(self.check(node.base))
        if base.kind == ty.INFER:
            self.select_pending()
            base = shallow(base)
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
        to = shallow(self.lower(node.to))
        inner = node.operand.operand if isinstance(node.operand, t.Unary) and node.operand.op == "-" else node.operand
        literal = isinstance(inner, t.Literal)
        actual = shallow(self.check(node.operand, to if literal and to.kind in (ty.INT, ty.FLOAT) else None))
        self.casts.append((node, actual, to))
        if to.kind == ty.INFER:
            return actual
        return to


_STR_REF: Final = ty.ref(ty.STR_TY)
_TABLE: dict[type, Any] = {}
