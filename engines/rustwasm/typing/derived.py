"""Derived impls that are right for sure: bodies that nothing can be wrong with are made when somebody needs them.

What `#[derive]` writes asks one thing of each field: that its type has the trait (The Rust Reference, "Derive"). Where
every field's does, whatever lifetimes it is for, the bodies have no errors, and a check leaves them alone; most are
never built either. Any other derived impl is checked as if it were written out, which says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engines.rustwasm.resolve.modules import VALUES
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, FnDef, ImplDef
from engines.rustwasm.typing.projection import Inference
from engines.rustwasm.typing.traits import AMBIGUOUS

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.typing.definitions import TraitDef
    from engines.rustwasm.typing.types import Ty

_UNKNOWN: Final = ty.HAS_INFER | ty.HAS_PROJECTION | ty.HAS_ERROR | ty.HAS_OPAQUE | ty.HAS_CLOSURE
_PARAMETERS: Final = ("f", "other", "state", "unequal")
"""Names that the bodies bind, beside those of fields."""
_OTHERS: Final = (ty.DYN, ty.FNPTR, ty.STR, ty.SLICE)
"""Kinds of types whose traits may hold for some lifetimes only, or that have no size."""


def is_right(compilation: Compilation, impl: ImplDef) -> bool:
    """Whether the bodies of a derived impl are known to be without errors."""
    trait, one = impl.trait, impl.erased_self
    if trait is None or one.kind != ty.ADT or "wasm_gc" in compilation.settings:
        return False
    adt: AdtDef = one.data
    if adt.gc or adt.lifetimes or any("packed" in text for text in adt.attributes):
        return False
    find = compilation.resolver.find
    if any(find(impl.module, name, VALUES) is not None for name in _PARAMETERS):
        return False
    inference = Inference(compilation, compilation.collector.impl_bounds(impl))
    compilation.collector.ensure_fields(adt)
    for variant in adt.variants:
        for field in variant.fields:
            for name in (f"a_{field.name}", f"b_{field.name}"):
                if find(impl.module, name, VALUES) is not None:
                    return False
            if not _is_plain(field.ty) or not _has(inference, trait, ty.subst(ty.erase(field.ty), one.args)):
                return False
    return True


def is_right_function(compilation: Compilation, function: FnDef) -> bool:
    """Whether a function is derived, and known to be without errors."""
    owner = function.owner
    return isinstance(owner, ImplDef) and owner.derived and is_right(compilation, owner)


def _is_plain(one: Ty) -> bool:
    """Whether what the type has does not depend on lifetimes: it has no others than `'static`."""
    if one.flags & _UNKNOWN or one.kind in _OTHERS or (one.kind == ty.ADT and one.data.gc):
        return False
    if any(name != "'static" for name in one.regions):
        return False
    if one.kind == ty.REF and one.args[0].kind == ty.STR:
        return True
    return all(map(_is_plain, one.args))


def _has(inference: Inference, trait: TraitDef, one: Ty) -> bool:
    found = inference.select(trait, (one,) * len(trait.generics.names), nested=True)
    return found is not None and found is not AMBIGUOUS
