"""Types of operators and assignments (The Rust Reference, "Operator expressions")."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.calls import CallChecker
from engines.rustwasm.typing.coercion import is_place
from engines.rustwasm.typing.const_context import refuse
from engines.rustwasm.typing.destructuring import is_underscore, take_apart, takes_apart
from engines.rustwasm.typing.fixes import is_float, mismatch_fix, unmet_fix
from engines.rustwasm.typing.traits import AMBIGUOUS
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
SCALAR: Final = frozenset((ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR))


class OperatorChecker(CallChecker):
    """Operators of the language on scalars, and those that are somebody's methods."""

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
        one = self.resolved(self.check(node.operand, expected))
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
        one = self.resolved(self.check(node.operand))
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
            return one.kind in SCALAR or (one.kind == ty.INFER and one.data != "type")

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
        left = self.resolved(self.check(node.left, hint))
        right_hint = left if left.kind in SCALAR or left.kind == ty.INFER or comparison else None
        if op in ("<<", ">>"):
            right_hint = None
        if not comparison:
            right_hint = right_hint or self.lent_operand(_ARITHMETIC[op][0], left)
        right = self.resolved(self.check(node.right, right_hint))
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

    def lent_operand(self, trait: str, left: Ty) -> Ty | None:
        """The reference that an overloaded operator expects on its right, where one impl alone can be meant: what gives
        it a `&mut` lends that (rustc, `check_overloaded_binop`)."""
        if left.kind in SCALAR or left.kind in (ty.INFER, ty.ERROR, ty.NEVER):
            return None
        given = ty.variable()
        mark = self.snapshot()
        self.select(self.compilation.lang(trait), (left, given))
        wanted = ty.deep(given)
        self.rollback(mark)
        return wanted if wanted.kind == ty.REF else None

    def overloaded(self, node: Any, op: str, left: Ty, right: Ty) -> Ty:
        trait = self.compilation.lang(_ARITHMETIC[op][0])
        given = ty.variable()
        found = self.select(trait, (left, given))
        if found is None:
            self.no_operator(node, op, left, right)
            return ty.ERROR_TY
        if not self.try_coerce(node.right, right, shallow(given)):
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
                if shallow(a).kind in SCALAR or shallow(a).kind == ty.INFER:
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
        left = self.resolved(self.check(node.left))
        hint = left if left.kind in SCALAR and node.op not in ("<<", ">>") else None
        hint = hint or self.lent_operand(_ARITHMETIC[node.op][0] + "Assign", left)
        right = self.resolved(self.check(node.right, hint))
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
        fits = self.try_coerce(node.right, right, shallow(given))
        if not fits or self.select(trait, (left, given), nested=True) is None:
            if isinstance(left, Ty) and self.only_reflexive(trait, left):
                self.mismatch(given, right, node.right.span, node.right)
            else:
                self.no_operator(node, node.op, left, right)
            return ty.UNIT
        node.target = (next(iter(trait.methods.values())), (left, given))
        self.constant_operator(node)
        self.require(trait, (left, given), node.span)
        return ty.UNIT
