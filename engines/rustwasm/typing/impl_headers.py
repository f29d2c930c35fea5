"""What may be implemented for what, and how: traits that the compiler implements itself, Copy, Drop, unsafe traits.

Source: The Rust Reference, "Implementations", "Special types and traits" (Copy, Drop, Sized), "Destructors".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, ImplDef
from engines.rustwasm.typing.parameters import check_constrained
from engines.rustwasm.typing.projection import Inference

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

_CALLABLE: Final = ("Fn", "FnMut", "FnOnce")


def check_header(compilation: Compilation, impl: ImplDef) -> None:
    """Report an impl of this crate that cannot be: E0120, E0183, E0184, E0197, E0199, E0200, E0204, E0206, E0207,
    E0322, E0366, E0367."""
    syntax = impl.syntax
    error = compilation.diagnostics.error
    check_constrained(compilation, impl)
    if syntax.trait is None:
        if syntax.unsafe:
            error("E0197", "inherent impls cannot be unsafe", syntax.self_ty.span, "unsafe because of this")
        return
    trait = impl.trait
    if trait is None:
        return
    head = compilation.head_span(syntax)
    if syntax.negative:
        error("E0658", "negative trait bounds are not fully implemented", syntax.trait.span)
        return
    if trait.syntax.unsafe and not syntax.unsafe:
        unsafe = error("E0200", f"the trait `{trait.name}` requires an `unsafe impl` declaration", head)
        unsafe.suggestion = ((head[0], head[0]), "unsafe ", "add `unsafe` to this trait implementation")
    elif syntax.unsafe and not trait.syntax.unsafe:
        error("E0199", f"implementing the trait `{trait.name}` is not unsafe", head)
    if trait.lang == "Sized":
        message = "explicit impls for the `Sized` trait are not permitted"
        error("E0322", message, head, "impl of `Sized` not allowed")
    elif trait.lang in _CALLABLE:
        message = f"manual implementations of `{trait.name}` are experimental"
        error("E0183", message, syntax.trait.span, f"manual implementations of `{trait.name}` are experimental")
    elif trait.lang == "Copy":
        _check_copy(compilation, impl)
    elif trait.lang == "Drop":
        _check_drop(compilation, impl)


def _check_copy(compilation: Compilation, impl: ImplDef) -> None:
    """E0204: a type with a field that is not Copy is not Copy. E0184: nor one that implements Drop. E0206: nor can what
    is no struct or enum be made so."""
    one = impl.erased_self
    if one.kind != ty.ADT:
        if one.kind not in (ty.ERROR, ty.PARAM):
            message = "the trait `Copy` cannot be implemented for this type"
            compilation.diagnostics.error("E0206", message, impl.syntax.self_ty.span, "type is not a structure or enum")
        return
    adt: AdtDef = one.data
    if adt.gc:
        return
    compilation.collector.ensure_fields(adt)
    derived = compilation.sources.snippet(impl.span).startswith("#")
    span = adt.span if derived else impl.syntax.self_ty.span
    if adt.drop is not None:
        message = "the trait `Copy` cannot be implemented for this type; the type has a destructor"
        compilation.diagnostics.error("E0184", message, span, "`Copy` not allowed on types with destructors")
        return
    inference = Inference(compilation, impl.generics.predicates)
    for variant in adt.variants:
        for field in variant.fields:
            each = inference.normalize(ty.subst(ty.erase(field.ty), one.args))
            if not each.flags & ty.HAS_ERROR and not inference.is_copy(each):
                error = compilation.diagnostics.error(
                    "E0204", "the trait `Copy` cannot be implemented for this type", span
                )
                error.labels.append((field.span, "this field does not implement `Copy`"))
                return


def _check_drop(compilation: Compilation, impl: ImplDef) -> None:
    """E0120: only what this crate defines is dropped by its own code. E0366, E0367: and all values of a type are."""
    one = impl.erased_self
    error = compilation.diagnostics.error
    if one.kind == ty.ERROR:
        return
    if one.kind != ty.ADT or one.data.module.root is not compilation.root:
        message = "the `Drop` trait may only be implemented for local structs, enums, and unions"
        error("E0120", message, impl.syntax.self_ty.span, "must be a struct, enum, or union in the current crate")
        return
    adt: AdtDef = one.data
    regions = impl.self_ty.regions
    parameters = {arg.data[0] for arg in one.args if arg.kind == ty.PARAM}
    if len(parameters) != len(one.args) or len(set(regions)) != len(regions) or "'static" in regions:
        message = "`Drop` impls cannot be specialized"
        found = error("E0366", message, compilation.head_span(impl.syntax))
        found.notes.append(f"use the same sequence of generic parameters as those of `{adt.name}`")
        return
    inference = Inference(compilation, [])
    for p in adt.generics.predicates:
        if p.trait is not None:
            args = tuple([ty.subst(each, one.args) for each in p.args])
            bindings = tuple([(name, ty.subst(each, one.args)) for name, each in p.bindings])
            inference.assume(ty.subst(p.subject, one.args), p.trait, args, bindings)
    for p in compilation.collector.impl_bounds(impl):
        if p.trait is not None and p.trait.lang != "Sized" and not inference.holds(p.trait, (p.subject, *p.args)):
            what = f"{ty.show(p.subject)}: {p.trait.name}"
            kind = "enum" if adt.is_enum else "struct"
            error("E0367", f"`Drop` impl requires `{what}` but the {kind} it is implemented for does not", p.span)
