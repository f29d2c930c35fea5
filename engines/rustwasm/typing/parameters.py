"""Generic parameters that say nothing: of a type none of whose fields needs them (E0392), of an impl that neither its
type nor its trait names (E0207).

Source: The Rust Reference, "Subtyping and Variance", "Implementations" (generic implementations); RFC 447, RFC 738.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, FnDef, Generics, ImplDef, Predicate, VariantDef
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engines.rustwasm.compilation import Compilation

Needs = dict[AdtDef, set[int]]
"""Which of its type parameters a type needs, for the types of a crate."""


def check_parameters(compilation: Compilation, adts: Sequence[AdtDef]) -> None:
    """Report parameters of these types that no field needs. One that only the type's own mention in itself names is not
    needed."""
    generic = [adt for adt in adts if adt.generics.names or adt.lifetimes]
    needs: Needs = {adt: set() for adt in generic}
    fields = {adt: [ty.erase(field.ty) for v in adt.variants for field in v.fields] for adt in generic}
    changed = True
    while changed:
        changed = False
        for adt in generic:
            found: set[int] = set()
            for one in fields[adt]:
                _needed(one, needs, found)
            changed |= found != needs[adt]
            needs[adt] = found
    for adt in generic:
        if any(one.flags & ty.HAS_ERROR for one in fields[adt]):
            continue
        sources = [adt.syntax] if isinstance(adt.syntax, t.StructItem) else adt.syntax.variants
        written = [field.ty for source in sources for field in source.fields]
        _follow_bindings(adt.generics.predicates, needs[adt])
        for p in adt.syntax.generics.params:
            if p.kind == "lifetime":
                if not names_lifetime(written, p.name) and not _bound_names_lifetime(adt.syntax.generics, p.name):
                    _report_unused(compilation, p)
            elif p.kind == "type" and adt.generics.names.index(p.name) not in needs[adt]:
                index = adt.generics.names.index(p.name)
                again = next((i for i, one in enumerate(fields[adt]) if index in _named(one)), None)
                if again is None:
                    _report_unused(compilation, p)
                else:
                    message = f"type parameter `{p.name}` is only used recursively"
                    compilation.diagnostics.error(None, message, written[again].span)


def _report_unused(compilation: Compilation, p: t.GenericParam) -> None:
    message = f"{p.kind} parameter `{p.name}` is never used"
    error = compilation.diagnostics.error("E0392", message, p.span, f"unused {p.kind} parameter")
    error.helps.append(
        f"consider removing `{p.name}`, referring to it in a field, or using a marker such as `PhantomData`"
    )


def _bound_names_lifetime(generics: t.GenericsSyntax, name: str) -> bool:
    """Whether a bound says with the lifetime what an associated type is: `T: Iterator<Item = &'a str>`."""
    bounds = [*[b for p in generics.params for b in p.bounds], *[b for _, more, _ in generics.where for b in more]]
    paths = [bound.path for bound in bounds if bound.path is not None]
    return any(
        names_lifetime(one, name)
        for path in paths
        if path.segments[-1].args is not None
        for _, one in path.segments[-1].args.bindings
    )


def _follow_bindings(predicates: Sequence[Predicate], known: set[int]) -> None:
    """Add the parameters that bounds say with what is known: `U` of `T: Iterator<Item = U>` where `T` is."""
    changed = True
    while changed:
        before = len(known)
        for p in predicates:
            if p.bindings and all(known.issuperset(_named(one)) for one in (p.subject, *p.args)):
                for _, bound in p.bindings:
                    _determined(bound, known)
        changed = len(known) != before


def _needed(one: Ty, needs: Needs, found: set[int]) -> None:
    if not one.flags & ty.HAS_PARAM:
        return
    if one.kind == ty.PARAM:
        found.add(one.data[0])
    own = needs.get(one.data) if one.kind == ty.ADT else None
    for i, arg in enumerate(one.args):
        if own is None or i in own:
            _needed(arg, needs, found)


def names_lifetime(syntax: Any, name: str) -> bool:
    """Whether a type, bound or path names a lifetime."""
    if syntax is None:
        return False
    if isinstance(syntax, list):
        return any(names_lifetime(one, name) for one in syntax)
    if isinstance(syntax, t.TypeRef):
        return syntax.lifetime == name or names_lifetime(syntax.inner, name)
    if isinstance(syntax, t.TypePath):
        return names_lifetime(syntax.path, name)
    if isinstance(syntax, t.Path):
        return (
            any(s.args is not None and names_lifetime(s.args, name) for s in syntax.segments)
            or (syntax.qualified is not None and names_lifetime(list(syntax.qualified), name))
        )  # fmt: skip
    if isinstance(syntax, t.GenericArgs):
        return name in syntax.lifetimes or names_lifetime([*syntax.types, *[b for _, b in syntax.bindings]], name)
    if isinstance(syntax, t.Bound):
        return syntax.lifetime == name or names_lifetime(syntax.path, name)
    if isinstance(syntax, (t.TypeImpl, t.TypeDyn)):
        return names_lifetime(syntax.bounds, name)
    if isinstance(syntax, t.TypeTuple):
        return names_lifetime(syntax.elements, name)
    if isinstance(syntax, (t.TypeSlice, t.TypeArray)):
        return names_lifetime(syntax.element, name)
    if isinstance(syntax, t.TypeFn):
        return names_lifetime([*syntax.parameters, syntax.result], name)
    return isinstance(syntax, t.TypeRaw) and names_lifetime(syntax.inner, name)


def check_constrained(compilation: Compilation, impl: ImplDef) -> None:
    """Report parameters of an impl that its type, its trait and what its bounds make of those leave open, and lifetimes
    left open that its associated types name."""
    syntax = impl.syntax
    if not syntax.generics.params or impl.erased_self.flags & ty.HAS_ERROR:
        return
    known: set[int] = set()
    for one in (impl.erased_self, *impl.erased_args):
        _determined(one, known)
    _follow_bindings(compilation.collector.impl_bounds(impl), known)
    for p in syntax.generics.params:
        if p.kind == "lifetime":
            named = names_lifetime(syntax.trait, p.name) or names_lifetime(syntax.self_ty, p.name)
            types = [item.ty for item in syntax.items if isinstance(item, t.AliasItem)]
            free = not named and names_lifetime(types, p.name)
        else:
            free = impl.generics.names.index(p.name) not in known
        if free:
            what = f"the {p.kind} parameter `{p.name}`"
            message = f"{what} is not constrained by the impl trait, self type, or predicates"
            compilation.diagnostics.error("E0207", message, p.span, f"unconstrained {p.kind} parameter")


def _determined(one: Ty, known: set[int]) -> None:
    """Parameters that are known where the type is: not those of a projection, which many types may have."""
    if one.kind == ty.PARAM:
        known.add(one.data[0])
    elif one.kind != ty.PROJECTION and one.flags & ty.HAS_PARAM:
        for arg in one.args:
            _determined(arg, known)


def _named(one: Ty) -> set[int]:
    if one.kind == ty.PARAM:
        return {one.data[0]}
    found: set[int] = set()
    if one.flags & ty.HAS_PARAM:
        for arg in one.args:
            found |= _named(arg)
    return found


def check_lifetime_arguments(compilation: Compilation, function: FnDef, args: t.GenericArgs) -> bool:
    """E0107 for more or fewer lifetimes than a function lets callers name; E0794 if each call chooses some anew."""
    if function.syntax.generics is None:
        return False
    total = sum(1 for p in function.syntax.generics.params if p.kind == "lifetime")
    early = len(early_bound(function))
    given = len(args.lifetimes)
    if given == early:
        return True
    if early < len(function.lifetimes) - len(function.owner.lifetimes if function.owner is not None else ()):
        message = "cannot specify lifetime arguments explicitly if late bound lifetime parameters are present"
        compilation.diagnostics.error("E0794", message, args.span)
        return False
    s, were = "" if total == 1 else "s", "argument was" if given == 1 else "arguments were"
    message = f"function takes {total} lifetime argument{s} but {given} lifetime {were} supplied"
    compilation.diagnostics.error("E0107", message, args.span, f"expected {total} lifetime argument{s}")
    return False


def item_lifetimes(item: FnDef | VariantDef) -> list[str]:
    """The lifetimes that the type of a function or constructor has, the same for all its calls: those of what it is in,
    then its own early-bound ones."""
    if isinstance(item, VariantDef):
        return item.owner.lifetimes
    return [*(item.owner.lifetimes if item.owner is not None else ()), *early_bound(item)]


def early_bound(function: FnDef) -> list[str]:
    """The named lifetimes of a function that are parameters of its own (early-bound): those that bounds, or its result
    alone, name. Each call chooses the others anew (late-bound). Told without the syntax, which a kept library has not.
    """
    owner, generics = function.owner, function.generics
    around = owner.generics if owner is not None else Generics()
    bounded = {name for pair in generics.outlives[len(around.outlives) :] for name in pair}
    for bound in generics.predicates[len(around.predicates) :]:
        bounded.update(bound.regions, bound.lifetimes)
        for one in (bound.subject, *bound.declared[0], *[each for _, each in bound.declared[1]]):
            bounded |= set(ty.lifetimes(one))
    taken = {name for one in function.inputs for name in ty.lifetimes(one)}
    given = set(ty.lifetimes(function.output)) - taken
    own = function.lifetimes[len(owner.lifetimes) if owner is not None else 0 :]
    return [name for name in own if not name.startswith("'_") and (name in bounded or name in given)]
