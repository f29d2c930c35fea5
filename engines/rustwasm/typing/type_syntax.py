"""Types as they are written, made types (The Rust Reference, "Types", "Paths", "Lifetime elision")."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.resolve.modules import TYPES, AliasDef, kind_of
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, TraitDef
from engines.rustwasm.typing.extents import LONGEST_TYPE
from engines.rustwasm.typing.generic_arguments import lower_arguments
from engines.rustwasm.typing.trait_paths import TraitPaths
from engines.rustwasm.typing.type_env import Binder, TypeEnv, elide_result
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.typing.unresolved import report_unknown_self, report_unknown_type


class TypeSyntax(TraitPaths):
    """`lower` makes a type of what is written."""

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
            with Binder(env):
                parameters = tuple([self.lower(p, env) for p in syntax.parameters])
                elide_result(env, parameters)
                made = ty.fn_ptr(parameters, self.lower(syntax.result, env) if syntax.result is not None else ty.UNIT)
            self.called[made] = None
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
        if name is not None and name[1] == "^":
            if env.chosen is not None and (env.bound is None or name in env.chosen):
                return env.chosen.setdefault(name, f"'^>{len(env.chosen)}")
            if env.bound is not None:
                return env.bound.setdefault(name, f"'^{len(env.bound)}")
            name = None
        if name is None or name == "'_":
            if env.elide is None:
                self.diagnostics.error("E0106", "missing lifetime specifier", span, "expected named lifetime parameter")
                return "'static"
            return env.elide()
        if name != "'static" and name not in env.lifetimes:
            message = f"use of undeclared lifetime name `{name}`"
            self.diagnostics.error("E0261", message, span, "undeclared lifetime")
            return "'static"
        return env.lifetimes_of_alias.get(name, name)

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
        lasting = [bound for bound in syntax.bounds if bound.path is None and bound.lifetime]
        if len(lasting) > 1:
            message = "only a single explicit lifetime bound is permitted"
            self.diagnostics.error("E0226", message, lasting[1].span)
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
            written = bound.path.segments[-1].args
            if written is not None and written.sugar:
                with Binder(env):
                    args, bindings = self.trait_args(trait, bound.path, env, ty.UNIT)
                lifetimes: tuple[str, ...] = ()
            else:
                saved = env.elide
                if bound.quantified:
                    env.elide = lambda: ""
                args, bindings = self.trait_args(trait, bound.path, env, ty.UNIT)
                lifetimes = self.trait_lifetimes(trait, bound.path, env)
                env.elide = saved
            names = tuple(n for n, _ in bindings)
            if len(set(names)) < len(names):
                self.bound_twice(trait, bound)
            for i in range(len(written.types) if written is not None else 0, len(trait.generics.names) - 1):
                if i + 1 in trait.generics.defaults and _names_self(trait.generics.defaults[i + 1]):
                    name = trait.generics.names[i + 1]
                    message = f"the type parameter `{name}` must be explicitly specified"
                    self.diagnostics.error("E0393", message, bound.span, f"missing reference to `{name}`")
            named = next((b for b in syntax.bounds if b.lifetime), None)
            region = self.lifetime(named.lifetime, env, named.span) if named is not None else ""
            principal = ty.dyn(trait, names, (*args, *[b for _, b in bindings]), region, lifetimes)
            self.called[principal] = None
            whole = syntax.span if env.infer is None else bound.span
            self.objects.setdefault(bound.span, (trait, whole, names))
        return principal if principal is not None else ty.ERROR_TY

    def bound_twice(self, trait: TraitDef, bound: t.Bound) -> None:
        """E0719 for each associated type of a trait object that has a value already."""
        given = bound.path.segments[-1].args if bound.path is not None else None
        seen: dict[str, t.Span] = {}
        for name, value in given.bindings if given is not None else ():
            before = self.diagnostics.sources.snippet((bound.span[0], value.span[0]))
            span = (bound.span[0] + before.rfind(name), value.span[1])
            if name in seen:
                message = f"the value of the associated type `{name}` in trait `{trait.name}` is already specified"
                error = self.diagnostics.error("E0719", message, span, "re-bound here")
                error.labels.append((seen[name], f"`{name}` bound here first"))
            seen.setdefault(name, span)

    # Paths

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
            return self.make_projection(
                trait, segments[0], (self_ty, *args), self.trait_lifetimes(trait, path.qualified[1], env)
            )
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

    def adt_args(self, adt: AdtDef, segment: t.Segment, env: TypeEnv) -> tuple[tuple[Ty, ...], tuple[str, ...]]:
        generics = adt.generics
        given = lower_arguments(self, generics, segment.args.types, 0, env) if segment.args else []
        count = len(generics.names)
        if len(given) > count or (
            len(given) < count and env.infer is None and len(given) + len(generics.defaults) < count
        ):
            self.wrong_count(adt, "struct" if not adt.is_enum else "enum", generics, len(given), segment)
            return tuple([ty.ERROR_TY] * count), ("",) * len(adt.lifetimes)
        by_default = env.infer is None or bool(given)
        for i in range(len(given), count):
            default = generics.defaults.get(i)
            if default is not None and by_default:
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

    def unstable_opaque(self, syntax: t.TypeImpl) -> Ty:
        """An `impl Trait` that an alias says."""
        self.diagnostics.error("E0658", "`impl Trait` in type aliases is unstable", syntax.span)
        self.diagnostics.error(None, "unconstrained opaque type", syntax.span)
        return ty.ERROR_TY

    def alias_type(self, alias: AliasDef, segment: t.Segment, env: TypeEnv) -> Ty:
        if alias in self.compilation.active:
            self.diagnostics.error("E0391", f"cycle detected when expanding type alias `{alias.name}`", segment.span)
            return ty.ERROR_TY
        if alias.stands_for is not None and segment.args is None:
            return alias.stands_for
        # Arguments are none of the alias: it may be named in them.
        given = [self.lower(a, env) for a in segment.args.types] if segment.args else []
        self.compilation.active.add(alias)
        inner = TypeEnv(alias.module)
        inner.infer = env.infer
        inner.elide = env.elide
        inner.bound = env.bound
        inner.opaque = self.unstable_opaque
        types = [p for p in alias.syntax.generics.params if p.kind != "lifetime"]
        lifetimes = [p.name for p in alias.syntax.generics.params if p.kind == "lifetime"]
        inner.lifetimes.update(lifetimes)
        written = segment.args.lifetimes if segment.args is not None else []
        if lifetimes and env.elide is None and not written:
            self.lifetime(None, env, segment.span)
        elif lifetimes:
            stands = [self.lifetime(one, env, segment.span) for one in written or ["'_"] * len(lifetimes)]
            inner.lifetimes_of_alias = dict(zip(lifetimes, stands, strict=False))
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
        long = self.extents.of(result)[1]
        if long > LONGEST_TYPE:
            message = f"reached the type-length limit while expanding the type alias `{alias.name}`"
            self.diagnostics.error(
                None, message, segment.span, f"consists of {long} types (at most {LONGEST_TYPE}): let it be a struct"
            )
            result = ty.ERROR_TY
        if not alias.syntax.generics.params and env.infer is None and env.elide is None:
            alias.stands_for = result
        return result


def _names_self(syntax: Any) -> bool:
    return isinstance(syntax, t.TypePath) and [s.name for s in syntax.path.segments] == ["Self"]
