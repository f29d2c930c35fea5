"""Generic parameters of items and their bounds, as predicates (The Rust Reference, "Generic parameters")."""

from __future__ import annotations

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, Generics, Predicate, TraitDef
from engines.rustwasm.typing.generic_arguments import const_parameter
from engines.rustwasm.typing.type_env import Chooser, TypeEnv
from engines.rustwasm.typing.type_syntax import TypeSyntax
from engines.rustwasm.typing.types import Ty


class GenericsCollector(TypeSyntax):
    """Parameters, bounds and where clauses."""

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
            if bound.quantified:
                env.elide = lambda: ""
            if bound.path.segments[-1].args is not None and bound.path.segments[-1].args.sugar:
                with Chooser(env):
                    args, bindings = self.trait_args(trait, bound.path, env, subject)
            else:
                args, bindings = self.trait_args(trait, bound.path, env, subject)
            lifetimes = self.trait_lifetimes(trait, bound.path, env)
            env.elide = saved
            erased = tuple((n, ty.erase(b)) for n, b in bindings)
            written = bound.path.segments[-1].args
            self.quantified = self.quantified or (bound.quantified and (written is None or not written.sugar))
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
                    lifetimes=lifetimes,
                    written=subject,
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
                    if item.generics.params:
                        message = "associated types with parameters are outside the subset"
                        self.diagnostics.error(None, message, item.span)
                    holder = Generics()
                    args = tuple(ty.param(i, n) for i, n in enumerate(definition.generics.names))
                    own = tuple(definition.lifetimes)
                    subject = ty.projection(definition, item.name, args, own)
                    self.bound_predicates(subject, item.bounds, holder, env)
                    definition.assoc_types[item.name] = (holder.predicates, item.ty)
