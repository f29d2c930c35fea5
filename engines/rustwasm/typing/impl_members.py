"""The members of a trait impl against those of its trait.

Source: The Rust Reference, "Implementations" (trait implementations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, ImplDef, Predicate
from engines.rustwasm.typing.parameters import early_bound
from engines.rustwasm.typing.projection import Inference

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.typing.types import Ty


def check_members(compilation: Compilation, impl: ImplDef) -> None:
    """Report members that are missing (E0046), that the trait does not have (E0407, E0437, E0438), and that are other
    than it says (E0049, E0050, E0053, E0185, E0186, E0195, E0276, E0326, E0643)."""
    collector = compilation.collector
    error = compilation.diagnostics.error
    if (impl, "members") in collector.done:
        return
    collector.done.add((impl, "members"))
    collector.impl_bounds(impl)
    trait = impl.trait
    assert trait is not None
    collector.ensure_generics(trait)
    types = {item.name: item for item in impl.syntax.items if isinstance(item, t.AliasItem)}
    missing = [n for n, m in trait.methods.items() if not m.has_body and m.intrinsic is None and n not in impl.methods]
    missing += [n for n, (_, default) in trait.assoc_types.items() if default is None and n not in types]
    missing += [n for n, c in trait.assoc_consts.items() if c.syntax.value is None and n not in impl.assoc_consts]
    if missing and not impl.syntax.negative:
        names = ", ".join(f"`{n}`" for n in missing)
        span = compilation.head_span(impl.syntax) if impl.span == impl.syntax.span else impl.span
        message = f"not all trait items implemented, missing: {names}"
        error("E0046", message, span, f"missing {names} in implementation")
    for name, method in impl.methods.items():
        if name not in trait.methods:
            message = f"method `{name}` is not a member of trait `{trait.name}`"
            error("E0407", message, method.syntax.span, f"not a member of trait `{trait.name}`")
            continue
        check_signature(compilation, impl, trait.methods[name], method)
    for name, const in impl.assoc_consts.items():
        if name in trait.assoc_consts:
            _check_const(compilation, impl, name)
            continue
        message = f"const `{name}` is not a member of trait `{trait.name}`"
        error("E0438", message, const.syntax.span, f"not a member of trait `{trait.name}`")
    for name, item in types.items():
        if name not in trait.assoc_types:
            message = f"type `{name}` is not a member of trait `{trait.name}`"
            error("E0437", message, item.span, f"not a member of trait `{trait.name}`")


def check_signature(compilation: Compilation, impl: ImplDef, wanted: FnDef, given: FnDef) -> None:
    """A method of an impl against the one that the trait declares."""
    trait = impl.trait
    assert trait is not None
    compilation.collector.ensure_signature(wanted)
    compilation.collector.ensure_signature(given)
    error = compilation.diagnostics.error
    if (wanted.receiver is None) != (given.receiver is None):
        code = "E0185" if wanted.receiver is None else "E0186"
        error(code, f"method `{given.name}` has a `&self` declaration in the impl, but not in the trait", given.span)
        return
    if given.unsafe and not wanted.unsafe:
        message = f"method `{given.name}` has an incompatible type for trait"
        error("E0053", message, given.span, "expected safe fn, found unsafe fn")
        return
    if not _same_parameters(compilation, wanted, given):
        return
    if len(wanted.inputs) != len(given.inputs):
        message = (
            f"method `{given.name}` has {len(given.inputs)} parameters but the declaration in trait "
            f"`{trait.name}::{given.name}` has {len(wanted.inputs)}"
        )
        error("E0050", message, given.span, f"expected {len(wanted.inputs)} parameters, found {len(given.inputs)}")
        return
    saved = compilation.current_impl
    compilation.current_impl = impl
    inference = Inference(compilation, given.generics.predicates)
    own = given.generics.names[given.generics.parent_count :]
    parents = (impl.erased_self, *impl.erased_args)
    args = (*parents, *[ty.param(i + given.generics.parent_count, n) for i, n in enumerate(own)])
    _check_bounds(compilation, impl, wanted, given, args)
    pairs = list(zip((*wanted.inputs, wanted.output), (*given.inputs, given.output), strict=True))
    for i, (want, have) in enumerate(pairs):
        expected = inference.normal_subst(ty.erase(want), args)
        actual = inference.normalize(ty.erase(have))
        if expected.flags & ty.HAS_OPAQUE or actual.flags & ty.HAS_OPAQUE:
            continue
        if not inference.unify(expected, actual):
            item = given.syntax
            span = item.result.span if i == len(pairs) - 1 and item.result is not None else given.span
            message = f"method `{given.name}` has an incompatible type for trait"
            error("E0053", message, span, f"expected `{ty.show(expected)}`, found `{ty.show(actual)}`")
            break
    compilation.current_impl = saved


def _same_parameters(compilation: Compilation, wanted: FnDef, given: FnDef) -> bool:
    """As many generic parameters of each kind, `impl Trait` where the trait has it, and as many lifetimes that callers
    may name."""
    error = compilation.diagnostics.error
    what = "method" if given.receiver is not None else "associated function"
    syntax = given.syntax.generics
    theirs, mine = _own_parameters(wanted), _own_parameters(given)
    for i, kind in enumerate(("type", "const")):
        if len(theirs[i]) != len(mine[i]):
            s, plural = "" if len(mine[i]) == 1 else "s", "" if len(theirs[i]) == 1 else "s"
            message = (
                f"{what} `{given.name}` has {len(mine[i])} {kind} parameter{s} but its trait declaration has "
                f"{len(theirs[i])} {kind} parameter{plural}"
            )
            span = next((p.span for p in syntax.params if p.kind == kind), syntax.span)
            error("E0049", message, span, f"found {len(mine[i])} {kind} parameter{s}")
            return False
    for theirs_name, mine_name in zip(theirs[0], mine[0], strict=True):
        if theirs_name.startswith("impl ") != mine_name.startswith("impl "):
            message = f"{what} `{given.name}` has incompatible signature for trait"
            span = next((p.span for p in syntax.params if p.name == mine_name), given.span)
            label = "expected `impl Trait`, found generic parameter"
            if mine_name.startswith("impl "):
                label = "expected generic parameter, found `impl Trait`"
            error("E0643", message, span, label)
            return False
    if len(early_bound(wanted)) != len(early_bound(given)):
        message = "lifetime parameters do not match the trait definition"
        error("E0195", message, syntax.span, "lifetimes do not match method in trait")
        return False
    return True


def _own_parameters(function: FnDef) -> tuple[list[str], list[str]]:
    """Names of a function's own type and const parameters."""
    generics = function.generics
    types: list[str] = []
    consts: list[str] = []
    for i in range(generics.parent_count, len(generics.names)):
        (consts if i in generics.const_params else types).append(generics.names[i])
    return types, consts


def _check_bounds(compilation: Compilation, impl: ImplDef, wanted: FnDef, given: FnDef, args: tuple[Ty, ...]) -> None:
    """E0276: a method asks no more of its callers than the trait says."""
    own = given.generics.predicates[len(impl.generics.predicates) :]
    if not any(p.trait is not None for p in own):
        return
    assumed = list(impl.generics.predicates)
    for p in wanted.generics.predicates[len(impl.trait.generics.predicates if impl.trait else ()) :]:
        if p.trait is not None and p.trait is not impl.trait:
            subject = ty.subst(p.subject, args)
            bindings = tuple([(name, ty.subst(bound, args)) for name, bound in p.bindings])
            assumed.append(Predicate(subject, p.trait, tuple([ty.subst(a, args) for a in p.args]), bindings))
    inference = Inference(compilation, assumed)
    for p in own:
        if p.trait is not None:
            full = tuple([inference.normalize(each) for each in (p.subject, *p.args)])
            if not inference.holds(p.trait, full):
                what = f"{ty.show(p.subject)}: {p.trait.name}"
                message = "impl has stricter requirements than trait"
                compilation.diagnostics.error("E0276", message, p.span, f"impl has extra requirement `{what}`")
                return


def _check_const(compilation: Compilation, impl: ImplDef, name: str) -> None:
    """E0326: a const has the type that the trait gives it."""
    assert impl.trait is not None
    wanted, given = impl.trait.assoc_consts[name], impl.assoc_consts[name]
    compilation.ensure_const(wanted)
    compilation.ensure_const(given)
    saved = compilation.current_impl
    compilation.current_impl = impl
    inference = Inference(compilation, impl.generics.predicates)
    expected = inference.normal_subst(ty.erase(wanted.ty), (impl.erased_self, *impl.erased_args))
    actual = inference.normalize(ty.erase(given.ty))
    if not inference.unify(expected, actual):
        message = f"implemented const `{name}` has an incompatible type for trait"
        label = f"expected `{ty.show(expected)}`, found `{ty.show(actual)}`"
        compilation.diagnostics.error("E0326", message, given.syntax.ty.span, label)
    compilation.current_impl = saved
