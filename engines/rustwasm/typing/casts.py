"""What `as` turns into what, and which literals fit their types; asked at the end of a body, when types are known.

Source: The Rust Reference, "Type cast expressions", "Integer literal expressions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty, shallow

if TYPE_CHECKING:
    from engines.rustwasm.typing.coercion import Coercer

MAY_NOT_CAPTURE: Final = "closures can only be coerced to `fn` types if they do not capture any variables"


def check_cast(checker: Coercer, node: t.Cast, actual: Ty, to: Ty) -> None:
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
        signature, mark = checker.signature_of(actual), checker.snapshot()
        if signature is not None and not checker.unify(ty.fn_ptr(*signature), to):  # it says what a closure is given
            checker.rollback(mark)
            kind = "fn_pointer" if actual.kind == ty.CLOSURE and checker.said_errors() else None
    elif to.kind == ty.RAW and (
        (actual.kind == ty.RAW and checker.unify(shallow(actual.args[0]), shallow(to.args[0])))
        or (actual.kind == ty.REF and fits_pointer(checker, actual, to))
    ):
        kind = "pointer"
    elif actual.kind == ty.NEVER or ty.HAS_ERROR & (actual.flags | to.flags):
        kind = "numeric"
    if kind is None:
        mark = checker.snapshot()
        if checker.try_coerce(node.operand, actual, to):
            kind = "coerced"
        else:
            checker.rollback(mark)
    if kind is None:
        have, want = ty.show(actual), ty.show(to)
        if to.kind in (ty.STR, ty.SLICE, ty.DYN):
            error = checker.error("E0620", f"cast to unsized type: `{have}` as `{want}`", node.span)
            error.helps.append("consider casting to a reference or a box instead")
        elif to.kind == ty.RAW and shallow(to.args[0]).kind == ty.INFER:
            message = "cannot cast to a pointer of an unknown kind"
            checker.error("E0641", message, node.to.span, "needs more type information")
        elif to.kind == ty.CHAR and actual.kind == ty.INT:
            error = checker.error("E0604", f"only `u8` can be cast as `char`, not `{have}`", node.span, "invalid cast")
            error.helps.append("try `char::from_u32` instead")
        elif to.kind == ty.BOOL and actual.kind in number:
            error = checker.error("E0054", f"cannot cast `{have}` as `bool`", node.span)
            error.suggestion = (
                node.span,
                f"{checker.compilation.diagnostics.sources.snippet(node.operand.span)} != 0",
                "compare with zero instead",
            )
        elif to.kind == ty.RAW and (actual.kind == ty.INT or (actual.kind == ty.INFER and actual.data == "int")):
            checker.error(None, "a pointer made of a number is outside the subset", node.span)
        elif actual.kind == ty.RAW and to.kind == ty.RAW:
            checker.error(None, f"a `{have}` that is used as a `{want}` is outside the subset", node.span)
        elif actual.kind in (ty.RAW, ty.FNPTR, ty.FNDEF) and to.kind == ty.INT:
            checker.error(None, "the number of an address is outside the subset", node.span)
        elif to.kind == ty.RAW and actual.kind == ty.REF and to_element(checker, actual, to):
            checker.error(None, "a raw pointer to an array's first element is outside the subset", node.span)
        elif actual.kind == ty.REF and (to.kind in number or to.kind == ty.RAW):
            checker.error("E0606", f"casting `{have}` as `{want}` is invalid", node.span)
        elif to.kind in number or to.kind == ty.CHAR or to.kind == ty.BOOL:
            label = (
                "an `as` expression can only be used to convert between primitive types or to coerce to a specific "
                "trait object"
            )
            if actual.kind in (ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR):
                checker.error("E0606", f"casting `{have}` as `{want}` is invalid", node.span, label)
            else:
                _refuse(checker, node, have, want, label)
        else:
            _refuse(checker, node, have, want)
        return
    node.target = kind


def _refuse(checker: Coercer, node: t.Cast, have: str, want: str, label: str = "") -> Any:
    return checker.error("E0605", f"non-primitive cast: `{have}` as `{want}`", node.span, label)


def check_closure_casts(checker: Coercer) -> None:
    """E0605 for what captures variables and is cast to a function pointer; captures are known after all other casts."""
    for node, actual, to in checker.casts:
        one = shallow(actual)
        if node.target == "fn_pointer" and one.kind == ty.CLOSURE and one.data.captures:
            error = _refuse(checker, node, checker.show(one), checker.show(shallow(to)), "invalid cast")
            error.labels.append((one.data.captures[0].span, MAY_NOT_CAPTURE))


def fits_pointer(checker: Coercer, actual: Ty, to: Ty) -> bool:
    """Whether a reference may be cast to a raw pointer: to one to the same, or to a slice or trait object of it."""
    inner, wanted = shallow(actual.args[0]), shallow(to.args[0])
    if to.data and not actual.data:
        return False
    return checker.unify(inner, wanted) or wanted.kind in (ty.SLICE, ty.DYN)


def to_element(checker: Coercer, actual: Ty, to: Ty) -> bool:
    """Whether the reference is one to an array, and the pointer one to its first element."""
    inner, wanted = shallow(actual.args[0]), shallow(to.args[0])
    return inner.kind == ty.ARRAY and checker.unify(shallow(inner.args[0]), wanted)


def check_literal_range(checker: Coercer, node: t.Literal, negative: bool) -> None:
    one = shallow(node.ty)
    if one.kind != ty.INT:
        return
    bits, signed = one.data[:2]
    limit = (1 << bits - 1) - 1 + negative if signed else (1 << bits) - 1
    if node.value > limit:
        sign = "-" if negative else ""
        message = f"literal out of range for `{ty.show(one)}`"
        error = checker.error(None, message, node.span)
        low = -(1 << bits - 1) if signed else 0
        error.notes.append(
            f"the literal `{sign}{node.value}` does not fit into the type `{ty.show(one)}` whose range is "
            f"`{low}..={limit - negative}`"
        )
