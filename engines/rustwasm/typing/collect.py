"""From items to definitions: type syntax to types, generics, bounds, signatures, fields; everything on first demand.

Source: The Rust Reference, "Generic parameters", "Trait and lifetime bounds", "Lifetime elision".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engines.rustwasm.resolve.importable import suggest, suggest_similar
from engines.rustwasm.resolve.modules import TYPES, AliasDef, Module, kind_of
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.item_rules import mentioned
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import (
    AdtDef,
    FieldDef,
    FnDef,
    Generics,
    ImplDef,
    OpaqueDef,
    Predicate,
    TraitDef,
)
from engines.rustwasm.typing.dyn_compatible import check_types
from engines.rustwasm.typing.generic_arguments import const_parameter, lower_arguments
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.typing.unresolved import report_unknown_self, report_unknown_type
from engines.rustwasm.typing.wellformed import set_discriminants

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation


class TypeEnv:
    """Where a type is written: names of parameters, `Self`, and what elided parts become.

    `elide` makes a lifetime for an elided one (None: it is an error, E0106), `infer` a type for `_` and left-out
    arguments
    (None: E0121, E0107), `opaque` what `impl Trait` stands for (None: E0562).
    """

    __slots__ = ("bounds", "elide", "generics", "infer", "lifetimes", "module", "opaque", "params", "self_ty", "trait")

    def __init__(self, module: Module, self_ty: Ty | None = None, trait: TraitDef | None = None) -> None:
        self.module = module
        self.params: dict[str, Ty] = {}
        self.self_ty = self_ty
        self.trait = trait
        self.lifetimes: set[str] = set()
        self.bounds: dict[int, list[tuple[TraitDef, t.Bound]]] = {}
        self.elide: Callable[[], str] | None = None
        self.infer: Callable[[], Ty] | None = None
        self.opaque: Callable[[t.TypeImpl], Ty] | None = None
        self.generics: Generics | None = None


class Collector:
    """Fills definitions. Each `ensure_` may be called any number of times."""

    def __init__(self, compilation: Compilation) -> None:
        self.compilation = compilation
        self.resolver = compilation.resolver
        self.diagnostics = compilation.diagnostics
        self.done: set[Any] = set()
        self.envs: dict[Any, TypeEnv] = {}
        self.objects: dict[t.Span, tuple[TraitDef, t.Span, tuple[str, ...]]] = {}
        """Where traits of trait objects were named so far, which types to blame, and the associated types that are
        given: for `check_objects`."""

    # Types

    def lower(self, syntax: Any, env: TypeEnv) -> Ty:
        kind = type(syntax)
        if kind is t.TypePath:
            return self.path_type(syntax.path, env)
        if kind is t.TypeRef:
            region = self.lifetime(syntax.lifetime, env, (syntax.span[0], syntax.span[0] + 1))
            return ty.ref(self.lower(syntax.inner, env), syntax.mutable, region)
        if kind is t.TypeTuple:
            return ty.tuple_of(tuple([self.lower(e, env) for e in syntax.elements]))
        if kind is t.TypeSlice:
            return ty.slice_of(self.lower(syntax.element, env))
        if kind is t.TypeArray:
            return ty.array(self.lower(syntax.element, env), self.const_value(syntax.length, env))
        if kind is t.TypeNever:
            return ty.NEVER_TY
        if kind is t.TypeInfer:
            if env.infer is None:
                message = "the placeholder `_` is not allowed within types on item signatures"
                self.diagnostics.error("E0121", message, syntax.span, "not allowed in type signatures")
                return ty.ERROR_TY
            return env.infer()
        if kind is t.TypeFn:
            outer = env.elide
            env.elide = lambda: ""
            result = self.lower(syntax.result, env) if syntax.result is not None else ty.UNIT
            made = ty.fn_ptr(tuple([self.lower(p, env) for p in syntax.parameters]), result)
            env.elide = outer
            return made
        if kind is t.TypeDyn:
            return self.dyn(syntax, env)
        if kind is t.TypeImpl:
            if env.opaque is None:
                message = "`impl Trait` is not allowed outside of parameters and results of functions"
                self.diagnostics.error("E0562", message, syntax.span)
                return ty.ERROR_TY
            return env.opaque(syntax)
        if kind is t.TypeRaw:
            return ty.raw(self.lower(syntax.inner, env), syntax.mutable)
        return self.const_value(syntax, env)

    def lifetime(self, name: str | None, env: TypeEnv, span: t.Span) -> str:
        if name is None or name == "'_":
            if env.elide is None:
                self.diagnostics.error("E0106", "missing lifetime specifier", span, "expected named lifetime parameter")
                return "'static"
            return env.elide()
        if name != "'static" and name not in env.lifetimes:
            message = f"use of undeclared lifetime name `{name}`"
            self.diagnostics.error("E0261", message, span, "undeclared lifetime")
            return "'static"
        return name

    def const_value(self, syntax: Any, env: TypeEnv) -> Ty:
        """A const argument or array length as a type: CONST or PARAM."""
        if isinstance(syntax, t.Block) and not syntax.statements and syntax.tail is not None:
            syntax = syntax.tail
        if isinstance(syntax, t.PathExpr) and len(syntax.path.segments) == 1:
            name = syntax.path.segments[0].name
            if name in env.params:
                return env.params[name]
            if name == "_" and env.infer is not None:
                return env.infer()
        value = self.compilation.const_integer(syntax, env.module, ty.USIZE, env)
        return ty.const(value) if value is not None else ty.ERROR_TY

    def dyn(self, syntax: t.TypeDyn, env: TypeEnv) -> Ty:
        principal: Ty | None = None
        for bound in syntax.bounds:
            if bound.path is None:
                continue
            trait = self.trait_of(bound.path, env)
            if trait is None:
                return ty.ERROR_TY
            if trait.lang in ("Send", "Sync", "Unpin"):
                continue
            if principal is not None:
                message = "only auto traits can be used as additional traits in a trait object"
                self.diagnostics.error("E0225", message, bound.span, "additional non-auto trait")
                return ty.ERROR_TY
            saved = env.elide
            if bound.quantified or (
                bound.path.segments[-1].args is not None and bound.path.segments[-1].args.sugar
            ):
                env.elide = lambda: ""
            args, bindings = self.trait_args(trait, bound.path, env, ty.UNIT)
            env.elide = saved
            names = tuple(n for n, _ in bindings)
            written = bound.path.segments[-1].args
            for i in range(len(written.types) if written is not None else 0, len(trait.generics.names) - 1):
                if i + 1 in trait.generics.defaults and _names_self(trait.generics.defaults[i + 1]):
                    name = trait.generics.names[i + 1]
                    message = f"the type parameter `{name}` must be explicitly specified"
                    self.diagnostics.error("E0393", message, bound.span, f"missing reference to `{name}`")
            named = next((b for b in syntax.bounds if b.lifetime), None)
            region = self.lifetime(named.lifetime, env, named.span) if named is not None else ""
            principal = ty.intern(ty.DYN, (trait, names), (*args, *(b for _, b in bindings)), (region,))
            whole = syntax.span if env.infer is None else bound.span
            self.objects.setdefault(bound.span, (trait, whole, names))
        return principal if principal is not None else ty.ERROR_TY

    def path_type(self, path: t.Path, env: TypeEnv) -> Ty:
        segments = path.segments
        first = segments[0]
        if path.qualified is not None:
            self_ty = self.lower(path.qualified[0], env)
            if path.qualified[1] is None:
                return self.assoc_type(self_ty, segments[0], env)
            trait = self.trait_of(path.qualified[1], env)
            if trait is None:
                return ty.ERROR_TY
            args, bindings = self.trait_args(trait, path.qualified[1], env, self_ty)
            if bindings:
                message = "associated item constraints are not allowed here"
                self.diagnostics.error("E0229", message, path.qualified[1].span, "associated item constraint")
            return self.make_projection(trait, segments[0], (self_ty, *args))
        if len(segments) == 1 or first.name == "Self" or first.name in env.params:
            base: Ty | None = env.params.get(first.name)
            if base is not None and first.args is not None:
                self.no_arguments(f"{'self' if first.name == 'Self' else 'type parameter'}", first)
            if first.name == "Self":
                base = env.self_ty
                if base is None:
                    report_unknown_self(self.compilation, first.span)
                    return ty.ERROR_TY
            if base is not None:
                for segment in segments[1:]:
                    base = self.assoc_type(base, segment, env)
                return base
        definition, used = self.resolver.resolve(path, env.module, TYPES, report=False)
        if definition is None:
            report_unknown_type(self.compilation, path, env)
            return ty.ERROR_TY
        if isinstance(definition, TraitDef) and used < len(segments):
            return self.ambiguous_type(path.span)
        result = self.definition_type(definition, segments[used - 1], path, env)
        for segment in segments[used:]:
            result = self.assoc_type(result, segment, env)
        return result

    def definition_type(self, definition: Any, segment: t.Segment, path: t.Path, env: TypeEnv) -> Ty:
        if isinstance(definition, Ty):
            if segment.args is not None:
                self.no_arguments("builtin type", segment)
            return definition
        if isinstance(definition, AdtDef):
            self.ensure_generics(definition)
            args, regions = self.adt_args(definition, segment, env)
            return ty.adt(definition, args, regions)
        if isinstance(definition, AliasDef):
            return self.alias_type(definition, segment, env)
        if isinstance(definition, TraitDef):
            message = "expected a type, found a trait"
            error = self.diagnostics.error("E0782", message, path.span)
            error.suggestion = (
                path.span,
                f"dyn {definition.name}",
                "you can add the `dyn` keyword if you want a trait object",
            )
            return ty.ERROR_TY
        kind = kind_of(definition)
        message = f"expected type, found {kind} `{segment.name}`"
        self.diagnostics.error("E0573", message, path.span, "not a type")
        return ty.ERROR_TY

    def no_arguments(self, what: str, segment: t.Segment) -> None:
        message = f"type arguments are not allowed on {what} `{segment.name}`"
        self.diagnostics.error("E0109", message, segment.span, "type argument not allowed")

    def ambiguous_type(self, span: t.Span) -> Ty:
        error = self.diagnostics.error("E0223", "ambiguous associated type", span)
        error.helps.append("use fully-qualified syntax: `<Type as Trait>::Name`")
        return ty.ERROR_TY

    def check_alias(self, alias: AliasDef) -> None:
        """What the alias says, whether or not something uses it. Whether a type can be so is asked where it is used."""
        if alias.syntax.ty is None:
            return
        env = TypeEnv(alias.module)
        env.opaque = self.unstable_opaque
        self.declare_generics(alias.syntax.generics, Generics(), env, [])
        self.note_bounds(alias.syntax.generics, env)
        before = self.objects
        self.objects = {}
        one = self.lower(alias.syntax.ty, env)
        for bound, (trait, _, given) in self.objects.items():
            check_types(self.compilation, trait, bound, given)
        self.objects = before
        used = {segment.name for segment in mentioned(alias.syntax.ty)}
        for p in alias.syntax.generics.params:
            if p.kind == "type" and p.name not in used and one.kind != ty.ERROR:
                message = f"type parameter `{p.name}` is never used"
                self.diagnostics.error("E0091", message, p.span, "unused type parameter")

    def unstable_opaque(self, syntax: t.TypeImpl) -> Ty:
        """An `impl Trait` that an alias says."""
        self.diagnostics.error("E0658", "`impl Trait` in type aliases is unstable", syntax.span)
        self.diagnostics.error(None, "unconstrained opaque type", syntax.span)
        return ty.ERROR_TY

    def alias_type(self, alias: AliasDef, segment: t.Segment, env: TypeEnv) -> Ty:
        if alias in self.compilation.active:
            self.diagnostics.error("E0391", f"cycle detected when expanding type alias `{alias.name}`", segment.span)
            return ty.ERROR_TY
        self.compilation.active.add(alias)
        inner = TypeEnv(alias.module)
        inner.infer = env.infer
        inner.elide = env.elide
        inner.opaque = self.unstable_opaque
        types = [p for p in alias.syntax.generics.params if p.kind != "lifetime"]
        given = [self.lower(a, env) for a in segment.args.types] if segment.args else []
        lifetimes = [p.name for p in alias.syntax.generics.params if p.kind == "lifetime"]
        inner.lifetimes.update(lifetimes)
        if lifetimes and env.elide is None and (segment.args is None or not segment.args.lifetimes):
            self.lifetime(None, env, segment.span)
        needed = [p for p in types if p.default is None]
        if len(given) > len(types) or (len(given) < len(needed) and env.infer is None):
            s = "" if len(needed) == 1 else "s"
            label = f"expected {len(needed)} generic argument{s}"
            message = f"type alias takes {len(needed)} generic argument{s} but {len(given)} were supplied"
            if not given:
                message = f"missing generics for type alias `{alias.name}`"
            self.diagnostics.error("E0107", message, segment.span, label)
        for i, p in enumerate(types):
            if i < len(given):
                inner.params[p.name] = given[i]
            elif p.default is not None:
                inner.params[p.name] = self.lower(p.default, inner)
            else:
                inner.params[p.name] = env.infer() if env.infer else ty.ERROR_TY
            if inner.params[p.name].kind == ty.PARAM:
                self.note(inner.params[p.name], p.bounds, inner)
        result = self.lower(alias.syntax.ty, inner)
        self.compilation.active.discard(alias)
        return result

    def adt_args(self, adt: AdtDef, segment: t.Segment, env: TypeEnv) -> tuple[tuple[Ty, ...], tuple[str, ...]]:
        generics = adt.generics
        given = lower_arguments(self, generics, segment.args.types, 0, env) if segment.args else []
        count = len(generics.names)
        if len(given) > count or (
            len(given) < count and env.infer is None and len(given) + len(generics.defaults) < count
        ):
            self.wrong_count(adt, "struct" if not adt.is_enum else "enum", generics, len(given), segment)
            return tuple([ty.ERROR_TY] * count), ("",) * len(adt.lifetimes)
        for i in range(len(given), count):
            default = generics.defaults.get(i)
            if default is not None and (env.infer is None or given):
                inner = TypeEnv(adt.module)
                inner.params = dict(zip(generics.names, given, strict=False))
                given.append(self.lower(default, inner))
            else:
                given.append(env.infer() if env.infer else ty.ERROR_TY)
        lifetimes = segment.args.lifetimes if segment.args else []
        if lifetimes and len(lifetimes) != len(adt.lifetimes):
            message = (
                f"{'enum' if adt.is_enum else 'struct'} takes {len(adt.lifetimes)} lifetime arguments but "
                f"{len(lifetimes)} were supplied"
            )
            self.diagnostics.error("E0107", message, segment.span)
            lifetimes = []
        if lifetimes:
            return tuple(given), tuple([self.lifetime(n, env, segment.span) for n in lifetimes])
        return tuple(given), tuple([self.lifetime(None, env, segment.span) for _ in adt.lifetimes])

    def wrong_count(self, definition: Any, kind: str, generics: Generics, given: int, segment: t.Segment) -> None:
        expected = len(generics.names) - generics.parent_count
        least = expected - len(generics.defaults)
        if least == expected or given < least:
            takes = f"{'missing generics for' if given == 0 else ''}"
            s = "" if least == 1 else "s"
            message = (
                f"{kind} takes {least} generic argument{s} but {given} generic "
                f"{'argument was' if given == 1 else 'arguments were'} supplied"
            )
            if takes:
                message = f"missing generics for {kind} `{definition.name}`"
        else:
            message = f"{kind} takes at most {expected} generic arguments but {given} generic arguments were supplied"
        self.diagnostics.error(
            "E0107", message, segment.span, f"expected {expected} generic argument{'' if expected == 1 else 's'}"
        )

    def make_projection(self, trait: TraitDef, segment: t.Segment, args: tuple[Ty, ...]) -> Ty:
        if segment.name not in trait.assoc_types:
            message = f"cannot find associated type `{segment.name}` in trait `{trait.name}`"
            self.diagnostics.error("E0576", message, segment.span, f"not found in `{trait.name}`")
            return ty.ERROR_TY
        return ty.projection(trait, segment.name, args)

    def assoc_type(self, base: Ty, segment: t.Segment, env: TypeEnv) -> Ty:
        """`base::Name`: by the bounds on a parameter, by the trait being defined, or by the impl's own types."""
        name = segment.name
        if base.kind == ty.ERROR:
            return base
        if base.kind == ty.PARAM:
            index = base.data[0]
            if index == 0 and env.trait is not None:
                found = self.find_assoc(env.trait, name)
                if found is not None:
                    self.check_single(base, segment, [env.trait])
                    full = tuple([ty.param(i, n) for i, n in enumerate(env.trait.generics.names)])
                    return ty.projection(found, name, self.upper_args(env.trait, full, found))
            bounds = env.bounds.get(index, ())
            for trait, bound in bounds:
                found = self.find_assoc(trait, name)
                if found is not None:
                    self.check_single(base, segment, [one for one, _ in bounds])
                    args: tuple[Ty, ...] = ()
                    if bound.path is not None and (found is trait or len(found.generics.names) != 1):
                        args, _ = self.trait_args(trait, bound.path, env, base)
                    return ty.projection(found, name, self.upper_args(trait, (base, *args), found))
        if base.kind == ty.PROJECTION:
            trait, inner = base.data
            for predicate in self.assoc_bounds(trait, inner):
                if predicate.trait is not None:
                    found = self.find_assoc(predicate.trait, name)
                    if found is not None:
                        full = (base, *[ty.subst(a, base.args) for a in predicate.args])
                        return ty.projection(found, name, self.upper_args(predicate.trait, full, found))
        impl_trait = env.generics and getattr(env, "trait", None)
        if (not impl_trait and base is env.self_ty) or base.kind not in (ty.PARAM, ty.PROJECTION):
            named = False
            current = self.compilation.current_impl
            if current is not None and current.trait is not None and ty.erase(base) is current.erased_self:
                found = self.find_assoc(current.trait, name)
                if found is not None:
                    full = (base, *current.erased_args)
                    return ty.projection(found, name, self.upper_args(current.trait, full, found))
                named = True
            if self.compilation.base is not None and not named:
                return self.ambiguous_type(segment.span)
            for trait in self.resolver.traits_in_scope(env.module):
                if self.compilation.base is None and name in trait.assoc_types and len(trait.generics.names) <= 1:
                    return ty.projection(trait, name, (base,))
        message = f"associated type `{name}` not found for `{ty.show(base)}` in the current scope"
        self.diagnostics.error("E0220", message, segment.span, "not found")
        return ty.ERROR_TY

    def find_assoc(self, trait: TraitDef, name: str, seen: frozenset[int] = frozenset()) -> TraitDef | None:
        """The trait among `trait` and its supertraits that declares the associated type."""
        if name in trait.assoc_types:
            return trait
        if id(trait) in seen:
            return None
        env = TypeEnv(trait.module)
        for bound in trait.syntax.supertraits:
            if bound.path is not None:
                upper, _ = self.resolver.resolve(bound.path, env.module, TYPES, report=False)
                if isinstance(upper, TraitDef):
                    found = self.find_assoc(upper, name, seen | {id(trait)})
                    if found is not None:
                        return found
        return None

    def check_single(self, base: Ty, segment: t.Segment, traits: list[TraitDef]) -> None:
        """E0221 where more than one of the traits and their supertraits declare the type."""
        owners: list[TraitDef] = []
        seen: list[TraitDef] = []
        while traits:
            trait, traits = traits[0], traits[1:]
            if trait in seen:
                continue
            seen.append(trait)
            if segment.name in trait.assoc_types:
                owners.append(trait)
            self.ensure_generics(trait)
            traits = [*traits, *[p.trait for p in trait.supertraits if p.trait is not None]]
        if len(owners) > 1:
            message = f"ambiguous associated type `{segment.name}` in bounds of `{ty.show(base)}`"
            label = f"ambiguous associated type `{segment.name}`"
            error = self.diagnostics.error("E0221", message, segment.span, label)
            for owner in owners:
                error.labels.append((owner.span, f"`{owner.name}` declares one"))

    def upper_args(self, trait: TraitDef, full: tuple[Ty, ...], wanted: TraitDef) -> tuple[Ty, ...]:
        """Arguments (Self first) of the supertrait `wanted` of `trait<full>`."""
        if trait is wanted:
            return full
        self.ensure_generics(trait)
        for upper in trait.supertraits:
            if upper.trait is not None:
                inner = (full[0], *[ty.subst(ty.erase(a), full) for a in upper.args])
                if upper.trait is wanted or self.find_assoc(upper.trait, next(iter(wanted.assoc_types), "")) is wanted:
                    return self.upper_args(upper.trait, inner, wanted)
        return full[:1]

    def trait_of(self, path: t.Path, env: TypeEnv) -> TraitDef | None:
        definition, _ = self.resolver.resolve(path, env.module, TYPES, report=False)
        if isinstance(definition, TraitDef):
            return definition
        name = path.segments[-1].name
        if definition is None:
            self.no_trait(path, env)
        else:
            message = f"expected trait, found {kind_of(definition)} `{name}`"
            self.diagnostics.error("E0404", message, path.span, "not a trait")
        return None

    def no_trait(self, path: t.Path, env: TypeEnv) -> None:
        """E0405, or E0433 where a module that the path leads through is unknown."""
        name, span = path.segments[-1].name, path.segments[-1].span
        place: Any = None
        if len(path.segments) > 1:
            before = t.Path(path.span, path.segments[:-1], path.absolute)
            place, _ = self.resolver.resolve(before, env.module, TYPES, report=False)
            if place is None:
                self.resolver.resolve(path, env.module, TYPES)
                return
        where = f"module `{place.name}`" if isinstance(place, Module) else "this scope"
        error = self.diagnostics.error("E0405", f"cannot find trait `{name}` in {where}", span, f"not found in {where}")
        if place is None:
            suggest(self.resolver, error, name, env.module, span, TYPES, (TraitDef,))
        else:
            suggest_similar(self.resolver, error, name, place, span, TYPES, (TraitDef,))

    def trait_args(
        self, trait: TraitDef, path: t.Path, env: TypeEnv, self_ty: Ty
    ) -> tuple[tuple[Ty, ...], tuple[tuple[str, Ty], ...]]:
        """Arguments without Self, and bindings, of a trait's path."""
        self.ensure_generics(trait)
        syntax = path.segments[-1].args
        generics = trait.generics
        given = lower_arguments(self, generics, syntax.types, 1, env) if syntax else []
        wanted = len(generics.names) - 1
        if len(given) > wanted or (len(given) < wanted - len(generics.defaults) and env.infer is None):
            self.wrong_count(trait, "trait", generics, len(given), path.segments[-1])
            given = [ty.ERROR_TY] * wanted
        for i in range(len(given), wanted):
            default = generics.defaults.get(i + 1)
            if default is not None:
                inner = TypeEnv(trait.module, self_ty)
                inner.params = {"Self": self_ty, **dict(zip(generics.names[1:], given, strict=False))}
                given.append(self.lower(default, inner))
            else:
                given.append(env.infer() if env.infer else ty.ERROR_TY)
        bindings: list[tuple[str, Ty]] = []
        for name, bound in syntax.bindings if syntax else ():
            if isinstance(bound, list):
                continue
            if self.find_assoc(trait, name) is None:
                message = f"associated type `{name}` not found for `{trait.name}`"
                self.diagnostics.error("E0220", message, path.span, f"associated type `{name}` not found")
                continue
            bindings.append((name, self.lower(bound, env)))
        return tuple(given), tuple(bindings)

    # Generics

    def declare_generics(
        self, syntax: t.GenericsSyntax, generics: Generics, env: TypeEnv, lifetimes: list[str]
    ) -> None:
        """Number the parameters of an item below those already in `generics` and bind their names."""
        seen: set[str] = set()
        for p in syntax.params:
            if p.name in seen or p.name in env.params:
                message = (
                    f"the name `{p.name}` is already used for a generic parameter in this item's generic parameters"
                )
                self.diagnostics.error("E0403", message, p.span, "already used")
            elif p.name in env.lifetimes:
                message = f"lifetime name `{p.name}` shadows a lifetime name that is already in scope"
                self.diagnostics.error("E0496", message, p.span, f"lifetime `{p.name}` already in scope")
            seen.add(p.name)
            if p.kind == "lifetime":
                if p.name not in lifetimes:
                    lifetimes.append(p.name)
                env.lifetimes.add(p.name)
                for bound in p.bounds:
                    if bound.lifetime:
                        generics.outlives.append((p.name, bound.lifetime))
                continue
            index = len(generics.names)
            generics.names.append(p.name)
            env.params[p.name] = ty.param(index, p.name)
            if p.kind == "const":
                generics.const_params[index] = const_parameter(self, p.ty, env, syntax)
            if p.default is not None:
                generics.defaults[index] = p.default
        generics.lifetimes = lifetimes
        env.generics = generics

    def note_bounds(self, syntax: t.GenericsSyntax, env: TypeEnv) -> None:
        """Remember, without lowering anything, which traits bound which parameter: `T::Item` needs it."""
        for p in syntax.params:
            if p.kind == "type":
                self.note(env.params[p.name], p.bounds, env)
        for subject, bounds, _ in syntax.where:
            if isinstance(subject, t.TypePath) and len(subject.path.segments) == 1:
                found = env.params.get(subject.path.segments[0].name)
                if found is None and subject.path.segments[0].name == "Self":
                    found = env.self_ty
                if found is not None and found.kind == ty.PARAM:
                    self.note(found, bounds, env)

    def note(self, subject: Ty, bounds: list[t.Bound], env: TypeEnv) -> None:
        for bound in bounds:
            if bound.path is not None and not bound.maybe:
                trait = self.trait_of(bound.path, env)
                if trait is not None:
                    env.bounds.setdefault(subject.data[0], []).append((trait, bound))

    def lower_bounds(self, syntax: t.GenericsSyntax, generics: Generics, env: TypeEnv) -> None:
        for p in syntax.params:
            if p.kind == "type":
                self.bound_predicates(env.params[p.name], p.bounds, generics, env)
        for subject, bounds, _ in syntax.where:
            if isinstance(subject, str):
                for bound in bounds:
                    if bound.lifetime:
                        generics.outlives.append((subject, bound.lifetime))
                continue
            saved = env.elide
            env.elide = env.elide or (lambda: "")
            lowered = self.lower(subject, env)
            env.elide = saved
            self.bound_predicates(lowered, bounds, generics, env)

    def bound_predicates(self, subject: Ty, bounds: list[t.Bound], generics: Generics, env: TypeEnv) -> None:
        for bound in bounds:
            if bound.path is None:
                if bound.lifetime:
                    name = bound.lifetime
                    if name == "'_" and env.elide is not None:
                        name = env.elide()
                    generics.predicates.append(Predicate(subject, None, (), (), bound.span, (name,)))
                continue
            if bound.maybe:
                if subject.kind == ty.PARAM:
                    if subject.data[0] in generics.unsized:
                        self.diagnostics.error("E0203", "duplicate relaxed `Sized` bounds", bound.span)
                    generics.unsized.add(subject.data[0])
                continue
            trait = self.trait_of(bound.path, env)
            if trait is None:
                continue
            saved = env.elide
            env.elide = env.elide or (lambda: "")
            if bound.quantified or (
                bound.path.segments[-1].args is not None and bound.path.segments[-1].args.sugar
            ):
                env.elide = lambda: ""
            args, bindings = self.trait_args(trait, bound.path, env, subject)
            env.elide = saved
            erased = tuple((n, ty.erase(b)) for n, b in bindings)
            written = bound.path.segments[-1].args
            called = (args[0], bindings[0][1]) if written is not None and written.sugar and args and bindings else None
            generics.predicates.append(
                Predicate(
                    ty.erase(subject),
                    trait,
                    tuple([ty.erase(a) for a in args]),
                    erased,
                    bound.span,
                    called=called,
                    declared=(args, bindings),
                )
            )

    def ensure_generics(self, definition: AdtDef | TraitDef) -> None:
        if definition in self.done or definition.generics.names:
            return
        self.done.add(definition)
        env = TypeEnv(definition.module)
        syntax = definition.syntax
        if isinstance(definition, TraitDef):
            self_param = ty.param(0, "Self")
            definition.generics.names.append("Self")
            env.params["Self"] = self_param
            env.self_ty = self_param
            env.trait = definition
        self.envs[definition] = env
        self.declare_generics(syntax.generics, definition.generics, env, definition.lifetimes)
        if isinstance(definition, AdtDef):
            env.self_ty = ty.adt(definition, tuple(env.params.values()), tuple(definition.lifetimes))
        self.note_bounds(syntax.generics, env)
        self.lower_bounds(syntax.generics, definition.generics, env)
        if isinstance(definition, TraitDef):
            upper = Generics()
            self.bound_predicates(ty.param(0, "Self"), syntax.supertraits, upper, env)
            for p in definition.generics.predicates:
                if p.subject is ty.param(0, "Self") and p.trait is not None:
                    upper.predicates.append(p)
            definition.supertraits = [p for p in upper.predicates if p.trait is not None]
            for item in syntax.items:
                if isinstance(item, t.AliasItem):
                    holder = Generics()
                    args = tuple(ty.param(i, n) for i, n in enumerate(definition.generics.names))
                    self.bound_predicates(ty.projection(definition, item.name, args), item.bounds, holder, env)
                    definition.assoc_types[item.name] = (holder.predicates, item.ty)

    def assoc_bounds(self, trait: TraitDef, name: str) -> list[Predicate]:
        self.ensure_generics(trait)
        return trait.assoc_types[name][0]

    def ensure_fields(self, adt: AdtDef) -> None:
        adt = adt.surface or adt
        if adt.variants and (adt, "fields") in self.done:
            return
        self.done.add((adt, "fields"))
        self.ensure_generics(adt)
        if adt not in self.envs:
            return
        env = self.envs[adt]
        syntax = adt.syntax
        sources = [syntax] if isinstance(syntax, t.StructItem) else syntax.variants
        visibility = self.compilation.declarations.visibility
        for variant, source in zip(adt.variants, sources, strict=True):
            names: dict[str, t.Span] = {}
            for field in source.fields:
                if field.name in names:
                    message = f"field `{field.name}` is already declared"
                    self.diagnostics.error("E0124", message, field.span, "field already declared")
                names[field.name] = field.span
                public = None if adt.is_enum else visibility(field.public, adt.module, field.span[0])
                variant.fields.append(FieldDef(field.name, self.lower(field.ty, env), public, field.span))
        if adt.is_enum:
            set_discriminants(self.compilation, adt, sources, env)

    # Impls, functions

    def ensure_impl(self, impl: ImplDef) -> None:
        """Header of an impl: generics, self type, trait, associated types (those on demand of `impl_assoc`)."""
        if impl.self_ty is not None:
            return
        syntax = impl.syntax
        env = TypeEnv(impl.module)
        self.envs[impl] = env
        self.declare_generics(syntax.generics, impl.generics, env, impl.lifetimes)
        self.note_bounds(syntax.generics, env)
        counter = iter(range(1 << 30))

        def elide() -> str:
            name = f"'_i{next(counter)}"
            impl.lifetimes.append(name)
            return name

        env.elide = elide
        impl.self_ty = self.lower(syntax.self_ty, env)
        impl.erased_self = ty.erase(impl.self_ty)
        env.self_ty = impl.self_ty
        if syntax.trait is not None:
            impl.trait = self.trait_of(syntax.trait, env)
            if impl.trait is not None:
                args, _ = self.trait_args(impl.trait, syntax.trait, env, impl.self_ty)
                impl.trait_args = args
                impl.erased_args = tuple([ty.erase(a) for a in args])
        env.elide = None
        name = ty.show(impl.self_ty)
        impl.path = f"<{name} as {impl.trait.name}>" if impl.trait else name

    def impl_bounds(self, impl: ImplDef) -> list[Predicate]:
        """The where clauses of an impl."""
        if impl not in self.done:
            self.done.add(impl)
            if impl in self.envs:
                self.lower_bounds(impl.syntax.generics, impl.generics, self.envs[impl])
        return impl.generics.predicates

    def impl_assoc(self, impl: ImplDef, name: str) -> Ty | None:
        """The associated type that an impl gives, with its lifetimes erased; None if it does not say."""
        found = impl.assoc_types.get(name)
        if found is not None:
            return found
        for item in impl.syntax.items:
            if isinstance(item, t.AliasItem) and item.name == name and item.ty is not None:
                env = self.envs[impl]
                saved = self.compilation.current_impl
                self.compilation.current_impl = impl
                env.elide = lambda: ""
                impl.assoc_types[name] = ty.ERROR_TY
                impl.declared_types[name] = self.lower(item.ty, env)
                found = ty.erase(impl.declared_types[name])
                env.elide = None
                self.compilation.current_impl = saved
                impl.assoc_types[name] = found
                return found
        return None

    def check_nesting(self, syntax: t.TypeImpl) -> None:
        """E0666 for `impl Trait` as an argument of the trait of another; it may say what an associated type is."""
        for bound in syntax.bounds:
            args = bound.path.segments[-1].args if bound.path is not None else None
            for one in args.types if args is not None else ():
                if isinstance(one, t.TypeImpl):
                    message = "nested `impl Trait` is not allowed"
                    self.diagnostics.error("E0666", message, one.span, "nested `impl Trait` here")

    def owner_env(self, owner: ImplDef | TraitDef | None, module: Module) -> TypeEnv:
        env = TypeEnv(module)
        if owner is None:
            return env
        if isinstance(owner, ImplDef):
            self.ensure_impl(owner)
            self.impl_bounds(owner)
        else:
            self.ensure_generics(owner)
        base = self.envs[owner]
        env.params = dict(base.params)
        env.lifetimes = set(base.lifetimes)
        env.bounds = {k: list(v) for k, v in base.bounds.items()}
        env.self_ty = base.self_ty
        env.trait = base.trait
        return env

    def ensure_signature(self, function: FnDef) -> None:
        """Generics, parameter types and result of a function."""
        if function.output is not None or function.syntax is None:
            return
        item: t.FnItem = function.syntax
        owner = function.owner
        env = self.owner_env(owner, function.module)
        self.envs[function] = env
        saved_impl = self.compilation.current_impl
        self.compilation.current_impl = owner if isinstance(owner, ImplDef) else None
        generics = function.generics
        if owner is not None:
            generics.names = list(owner.generics.names)
            generics.parent_count = len(generics.names)
            generics.const_params = dict(owner.generics.const_params)
            generics.predicates = list(owner.generics.predicates)
            generics.unsized = set(owner.generics.unsized)
            generics.outlives = list(owner.generics.outlives)
            function.lifetimes = list(owner.lifetimes)
            function.path = f"{owner.path}::{function.name}"
        if isinstance(owner, TraitDef):
            args = tuple(ty.param(i, n) for i, n in enumerate(owner.generics.names))
            generics.predicates.append(Predicate(args[0], owner, args[1:]))
            generics.unsized.add(0)
        self.declare_generics(item.generics, generics, env, function.lifetimes)
        self.note_bounds(item.generics, env)
        self.lower_bounds(item.generics, generics, env)
        elided: list[str] = []
        mentioned: list[str] = []

        def fresh() -> str:
            name = f"'_{len(function.lifetimes)}"
            function.lifetimes.append(name)
            elided.append(name)
            return name

        def argument(syntax: t.TypeImpl) -> Ty:
            self.check_nesting(syntax)
            index = len(generics.names)
            name = f"impl {' + '.join(b.path.segments[-1].name for b in syntax.bounds if b.path)}"
            generics.names.append(name)
            made = ty.param(index, name)
            self.note(made, syntax.bounds, env)
            self.bound_predicates(made, syntax.bounds, generics, env)
            return made

        env.elide = fresh
        env.opaque = argument
        inputs: list[Ty] = []
        receiver_region = ""
        if item.self_param is not None:
            kind, mutable, syntax, lifetime, span = item.self_param
            if env.self_ty is None:
                message = "`self` parameter is only allowed in associated functions"
                self.diagnostics.error(None, message, span, "not semantically valid as function parameter")
                env.self_ty = ty.ERROR_TY
            if kind == "ref":
                receiver_region = self.lifetime(lifetime, env, span)
                receiver = ty.ref(env.self_ty, mutable, receiver_region)
            elif kind == "typed":
                receiver = self.lower(syntax, env)
                if receiver.kind == ty.REF:
                    receiver_region = receiver.regions[0]
            else:
                receiver = env.self_ty
            function.receiver = receiver
            inputs.append(receiver)
        inputs += [self.lower(syntax, env) for _, syntax in item.params]
        function.inputs = tuple(inputs)
        for one in inputs:
            _regions(one, mentioned)
        env.elide = None
        if receiver_region:
            env.elide = lambda: receiver_region
        elif len(set(mentioned)) == 1:
            env.elide = lambda: mentioned[0]
        opaques: list[OpaqueDef] = []

        def result(syntax: t.TypeImpl) -> Ty:
            self.check_nesting(syntax)
            text = self.diagnostics.sources.snippet(syntax.span)[5:]
            opaque = OpaqueDef(function, text, syntax.span)
            args = tuple(ty.param(i, n) for i, n in enumerate(generics.names))
            made = ty.intern(ty.OPAQUE, opaque, args)
            holder = Generics()
            self.bound_predicates(made, syntax.bounds, holder, env)
            opaque.bounds = holder.predicates
            opaques.append(opaque)
            return made

        env.opaque = result
        function.output = self.lower(item.result, env) if item.result is not None else ty.UNIT
        env.elide = None
        env.opaque = None
        self.compilation.current_impl = saved_impl


def _names_self(syntax: Any) -> bool:
    return isinstance(syntax, t.TypePath) and [s.name for s in syntax.path.segments] == ["Self"]


def _regions(one: Ty, found: list[str]) -> None:
    found.extend(region for region in one.regions if region and region != "'static")
    for arg in one.args:
        _regions(arg, found)
