"""From items to definitions: fields, headers of impls, signatures; everything on first demand.

Source: The Rust Reference, "Items", "Lifetime elision".
"""

from __future__ import annotations

from engines.rustwasm.resolve.modules import AliasDef, Module
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
from engines.rustwasm.typing.generics import GenericsCollector
from engines.rustwasm.typing.type_env import TypeEnv, elide_result
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.typing.wellformed import set_discriminants


class Collector(GenericsCollector):
    """Fills definitions. Each `ensure_` may be called any number of times."""

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
        impl.self_ty = ty.with_bounds(self.lower(syntax.self_ty, env))
        impl.erased_self = ty.erase(impl.self_ty)
        env.self_ty = impl.self_ty
        if syntax.trait is not None:
            impl.trait = self.trait_of(syntax.trait, env)
            if impl.trait is not None:
                args, _ = self.trait_args(impl.trait, syntax.trait, env, impl.self_ty)
                impl.trait_args = tuple([ty.with_bounds(a) for a in args])
                impl.trait_lifetimes = self.trait_lifetimes(impl.trait, syntax.trait, env)
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
            generics.predicates.append(Predicate(args[0], owner, args[1:], lifetimes=tuple(owner.lifetimes)))
            generics.unsized.add(0)
        self.declare_generics(item.generics, generics, env, function.lifetimes)
        self.note_bounds(item.generics, env)
        self.lower_bounds(item.generics, generics, env)
        elided: list[str] = []

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
                self.check_receiver(receiver, generics, syntax.span)
            else:
                receiver = env.self_ty
            function.receiver = receiver
            inputs.append(receiver)
        inputs += [self.lower(syntax, env) for _, syntax in item.params]
        function.inputs = tuple(inputs)
        if receiver_region:
            env.elide = lambda: receiver_region
        else:
            elide_result(env, function.inputs)
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

    def check_receiver(self, receiver: Ty, generics: Generics, span: t.Span) -> None:
        """E0801 for a `self` whose type the call would choose."""
        while receiver.kind == ty.REF:
            receiver = receiver.args[0]
        if receiver.kind == ty.PARAM and receiver.data[0] >= generics.parent_count:
            written = self.diagnostics.sources.snippet(span)
            error = self.diagnostics.error("E0801", f"invalid generic `self` parameter type: `{written}`", span)
            error.notes.append("type of `self` must not be a method generic parameter type")
            error.helps.append(
                "use a concrete type such as `self`, `&self`, `&mut self`, `self: Box<Self>`, `self: Rc<Self>`"
            )
