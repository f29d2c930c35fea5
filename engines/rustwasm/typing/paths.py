"""What a path means as a value: variable, function, constructor, constant (The Rust Reference, "Path expressions")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.resolve.modules import VALUES, AliasDef
from engines.rustwasm.resolve.nearest import nearest
from engines.rustwasm.resolve.outside import ASSOCIATED
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, ConstDef, FnDef, Generics, ImplDef, TraitDef, VariantDef
from engines.rustwasm.typing.generic_arguments import lower_arguments
from engines.rustwasm.typing.parameters import check_lifetime_arguments
from engines.rustwasm.typing.projection import Inference
from engines.rustwasm.typing.traits import AMBIGUOUS, head
from engines.rustwasm.typing.type_env import TypeEnv
from engines.rustwasm.typing.types import Ty, shallow, subst
from engines.rustwasm.typing.unresolved import report_unresolved

if TYPE_CHECKING:
    from collections.abc import Sequence


class Variable:
    """A local variable or parameter. `closure` is the closure it is declared in (None: the function itself)."""

    __slots__ = ("by_ref", "closure", "mutable", "name", "span", "ty", "used")

    def __init__(self, name: str, one: Ty, mutable: bool, span: t.Span, closure: Any) -> None:
        self.name = name
        self.ty = one
        self.mutable = mutable
        self.span = span
        self.closure = closure
        self.used = False
        self.by_ref: str | None = None

    def __repr__(self) -> str:
        return f"<variable {self.name}>"


class PathChecker(Inference):
    """Resolves value paths inside one body."""

    function: FnDef
    type_env: TypeEnv
    scopes: list[dict[str, Variable]]
    sought: tuple[t.Path, str, t.Span] | None = None
    """A path that has to name what a call or pattern can take, in rustc's words, and what to blame if it does not."""
    nodes: list[Any] | None = None
    """Of a GC function: its expressions, `let`s and names in patterns, for the mode rules (`modes.quiet`)."""
    declaring: t.Block | None = None
    """The block whose items are being checked, before its statements."""
    pending: list[tuple[TraitDef, tuple[Ty, ...], t.Span]]
    trait_selves: list[tuple[Ty, TraitDef]]
    """Types that paths like `Default::default` leave open."""
    instantiated: list[tuple[Generics, tuple[Ty, ...], t.Span]]
    """Arguments of generic functions, and where."""
    left_open: list[tuple[Ty, t.Span]]
    """Types that something else in the body has to decide, and where: of variables without a value, of no elements, of
    variants."""
    said: list[tuple[int, Ty]]
    """Types with lifetimes that the path being resolved writes: by which parameter, -1 for what it is a part of; from
    -2 down its lifetimes."""
    annotations: dict[Any, list[tuple[int, Ty]]]
    """What expressions wrote so, for the borrow checker."""
    bound_types: list[tuple[TraitDef, str, tuple[Ty, ...], Ty, t.Span]]
    """What associated types have to be of types that were not known yet."""
    casts: list[tuple[t.Cast, Ty, Ty]]
    """What `as` is asked of, the type that it has and the one it is to get."""
    errors_before: int
    unknown: bool
    """Whether something in the body means nothing because of an error elsewhere."""

    def said_errors(self) -> bool:
        """Whether errors of this body, or elsewhere for it, make what is left to ask about pointless."""
        return len(self.compilation.diagnostics.errors) != self.errors_before or (
            self.unknown and self.errors_before > 0
        )

    def error(self, code: str | None, message: str, span: t.Span, label: str = "") -> Any:
        return self.compilation.diagnostics.error(code, message, span, label)

    def show(self, one: Ty) -> str:
        return ty.show(ty.deep(one))

    def lower(self, syntax: Any) -> Ty:
        """A type written in the body: erased, normalised."""
        return self.normalize(ty.erase(self.collector.lower(syntax, self.type_env)))

    def say(self, index: int, written: Ty) -> Ty:
        """Note a written type; the type erased."""
        if written.flags & ty.HAS_REGION:
            self.said.append((index, written))
        return ty.erase(written)

    def say_lifetimes(self, first: int, written: Sequence[str]) -> None:
        """Note the lifetimes that are written for those of a function's type (`item_lifetimes`), from one on: each as
        that of a reference."""
        for i, name in enumerate(written, first):
            if name:
                self.said.append((-2 - i, ty.ref(ty.UNIT, False, name)))

    def note_said(self, node: Any) -> None:
        """Keep what the path of an expression wrote."""
        if self.said:
            self.annotations[node] = self.said
        self.said = []

    def lookup_variable(self, name: str) -> Variable | None:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def require(self, trait: TraitDef, args: tuple[Ty, ...], span: t.Span) -> None:
        self.pending.append((trait, args, span))

    def instantiate(self, definition: FnDef, args: tuple[Ty, ...], span: t.Span) -> Ty:
        """The function item type, after requiring its bounds."""
        if args and not self.is_library:
            self.instantiated.append((definition.generics, args, span))
        self.met = span
        for p in definition.generics.predicates:
            if p.trait is not None:
                subject = self.normal_subst(p.subject, args)
                full = (subject, *[self.normal_subst(a, args) for a in p.args])
                self.pending.append((p.trait, full, span))
                for name, bound in p.bindings:
                    self.require_projection(p.trait, name, full, self.normal_subst(bound, args), span)
        return ty.fn_def(definition, args)

    def require_bounds(self, adt: AdtDef, args: tuple[Ty, ...], span: t.Span) -> None:
        """What a type asks of its arguments, where a value of it is made."""
        for p in adt.generics.predicates:
            if p.trait is not None:
                full = tuple([self.normal_subst(one, args) for one in (p.subject, *p.args)])
                self.pending.append((p.trait, full, span))

    def require_projection(self, trait: TraitDef, name: str, full: tuple[Ty, ...], value: Ty, span: t.Span) -> None:
        owner = self.collector.find_assoc(trait, name)
        assert owner is not None
        args = full if owner is trait else (full[0], *(full[1:2] if owner.lang == "FnOnce" else ()))
        self.met = span
        projected = self.normalize(ty.projection(owner, name, args))
        if projected.kind == ty.INFER:
            self.bound_types.append((owner, name, args, value, span))
        mark = self.snapshot()
        if not self.unify(projected, value):
            self.rollback(mark)
            self.contradicted(trait, name, full, value, projected, span)

    def contradicted(
        self, trait: TraitDef, name: str, args: tuple[Ty, ...], wanted: Ty, found: Ty, met: t.Span
    ) -> None:
        """E0271, unless something is known to be wrong already, or a bound says so at the end."""
        if any(ty.deep(one).flags & ty.HAS_ERROR for one in (*args, wanted, found)):
            return
        if any((trait, name, met) == (one[0], one[1], one[4]) for one in self.bound_types):
            return
        message = f"type mismatch resolving `<{self.show(args[0])} as {trait.name}>::{name} == {self.show(wanted)}`"
        self.error("E0271", message, met, f"expected `{self.show(wanted)}`, found `{self.show(found)}`")

    def own_args(
        self, definition: FnDef, parent: tuple[Ty, ...], args: t.GenericArgs | None, span: t.Span
    ) -> tuple[Ty, ...]:
        """Parent arguments followed by the function's own: given ones, or variables."""
        self.collector.ensure_signature(definition)
        generics = definition.generics
        wanted = len(generics.names) - generics.parent_count
        given: list[Ty] = []
        if args is not None:
            written = lower_arguments(self.collector, generics, args.types, generics.parent_count, self.type_env)
            given = [self.normalize(self.say(generics.parent_count + i, one)) for i, one in enumerate(written)]
        explicit = wanted - sum(1 for n in generics.names[generics.parent_count :] if n.startswith("impl "))
        if args is not None and args.lifetimes and check_lifetime_arguments(self.compilation, definition, args):
            first = len(definition.owner.lifetimes) if definition.owner is not None else 0
            written_lifetimes = [self.collector.lifetime(one, self.type_env, args.span) for one in args.lifetimes]
            self.say_lifetimes(first, written_lifetimes)
        if given and len(given) != explicit:
            s = "" if explicit == 1 else "s"
            message = f"function takes {explicit} generic argument{s} but {len(given)} generic arguments were supplied"
            if definition.owner is not None:
                message = message.replace("function", "method", 1)
            self.error("E0107", message, args.span if args else span, f"expected {explicit} generic argument{s}")
            given = []
        return (*parent, *given, *self.fresh_args(wanted - len(given)))

    def value_path(self, node: Any, path: t.Path) -> Ty:
        """The type of a path expression; `node.target` says what it is."""
        segments = path.segments
        if len(segments) == 1 and path.qualified is None:
            variable = self.lookup_variable(segments[0].name)
            if variable is not None:
                node.target = variable
                variable.used = True
                return variable.ty
            name = segments[0].name
            const = self.type_env.params.get(name)
            if const is not None and const.kind == ty.PARAM:
                generics = self.definition_generics()
                if const.data[0] in generics.const_params:
                    node.target = ("const_param", const)
                    found_type: Ty = generics.const_params[const.data[0]]
                    return found_type
        self.said = []
        found = self.resolve_value(path)
        self.note_said(node)
        if found is None:
            return ty.ERROR_TY
        kind, definition, args = found
        span = path.span
        if kind == "fn":
            node.target = found
            if definition.name == "drop":
                self.check_destructor(definition, span)
            return self.instantiate(definition, args, span)
        if kind == "variant":
            self.collector.ensure_fields(definition.owner)
            node.target = found
            if args and not self.is_library:
                self.left_open += [(one, span) for one in args]
            if definition.shape == "unit":
                return ty.adt(definition.owner, args)
            if definition.shape == "named":
                what = "struct variant" if definition.owner.is_enum else "struct"
                message = f"expected value, found {what} `{definition.name}`"
                self.error("E0533" if definition.owner.is_enum else "E0423", message, span, "not a value")
                return ty.ERROR_TY
            self.check_constructor_privacy(definition, span)
            self.require_bounds(definition.owner, args, span)
            return ty.fn_def(definition, args)
        node.target = found
        self.compilation.ensure_const(definition)
        return self.normal_subst(ty.erase(definition.ty), args)

    def check_constructor_privacy(self, variant: VariantDef, span: t.Span) -> None:
        for field in variant.fields:
            if field.public is not None and not self.type_env.module.inside(field.public):
                message = "cannot initialize a tuple struct which contains private fields"
                self.error("E0423", message, span)
                return

    def definition_generics(self) -> Any:
        raise NotImplementedError

    def resolve_value(self, path: t.Path) -> tuple[str, Any, tuple[Ty, ...]] | None:
        """("fn", FnDef, args), ("variant", VariantDef, args) or ("const", ConstDef, args)."""
        segments = path.segments
        if path.qualified is not None:
            trait_path = path.qualified[1]
            declared = self.collector.lower(path.qualified[0], self.type_env)
            self_ty = self.normalize(self.say(0 if trait_path else -1, declared))
            if trait_path is None:
                return self.assoc_value(self_ty, segments, 0, path)
            trait = self.collector.trait_of(trait_path, self.type_env)
            if trait is None:
                return None
            if len(segments) > 1:
                base = self.normalize(ty.projection(trait, segments[0].name, (self_ty,)))
                return self.assoc_value(base, segments, 1, path)
            args, _ = self.collector.trait_args(trait, trait_path, self.type_env, self_ty)
            given = [self.say(i + 1, a) for i, a in enumerate(args)]
            self.say_lifetimes(0, self.collector.trait_lifetimes(trait, trait_path, self.type_env))
            return self.trait_member(trait, (self_ty, *given), segments[0], path)
        first = segments[0]
        if len(segments) == 1 and first.name == "Self" and self.type_env.self_ty is not None:
            base = ty.erase(self.type_env.self_ty)
            if base.kind == ty.ADT and not base.data.is_enum:
                self.say(-1, self.type_env.self_ty)
                return ("variant", base.data.variants[0], base.args)
        if len(segments) > 1 and first.name == "Self" and self.type_env.self_ty is not None:
            return self.assoc_value(self.say(-1, self.type_env.self_ty), segments, 1, path)
        if len(segments) > 1 and first.name in self.type_env.params:
            return self.assoc_value(self.type_env.params[first.name], segments, 1, path)
        definition, used = self.resolver_of().resolve(path, self.type_env.module, VALUES, report=False)
        if definition is None or (used == len(segments) and isinstance(definition, (AdtDef, TraitDef))):
            report_unresolved(self, path, definition)
            return None
        segment = segments[used - 1]
        if isinstance(definition, FnDef):
            return ("fn", definition, self.own_args(definition, (), segment.args, path.span))
        if isinstance(definition, VariantDef):
            adt = definition.owner
            self.collector.ensure_generics(adt)
            generic = segment.args or (segments[used - 2].args if used > 1 else None)
            if generic is not None:
                holder = t.Segment(segment.span, adt.name, generic)
                args, regions = self.collector.adt_args(adt, holder, self.type_env)
                return ("variant", definition, self.say(-1, ty.adt(adt, args, regions)).args)
            return ("variant", definition, self.fresh_args(len(adt.generics.names)))
        if isinstance(definition, ConstDef):
            return ("const", definition, ())
        if isinstance(definition, TraitDef):
            self.collector.ensure_generics(definition)
            self_ty = ty.variable()
            self.trait_selves.append((self_ty, definition))
            trait_path = t.Path(segment.span, [segment])
            args, _ = self.collector.trait_args(definition, trait_path, self.type_env, self_ty)
            args = tuple([self.say(i + 1, one) for i, one in enumerate(args)])
            self.say_lifetimes(0, self.collector.trait_lifetimes(definition, trait_path, self.type_env))
            return self.trait_member(definition, (self_ty, *args), segments[used], path)
        if isinstance(definition, (AdtDef, AliasDef, Ty)):
            base = self.say(-1, self.collector.definition_type(definition, segment, path, self.type_env))
            return self.assoc_value(self.normalize(base), segments, used, path)
        report_unresolved(self, path, definition)
        return None

    def resolver_of(self) -> Any:
        return self.compilation.resolver

    def trait_member(
        self, trait: TraitDef, args: tuple[Ty, ...], segment: t.Segment, path: t.Path
    ) -> tuple[str, Any, tuple[Ty, ...]] | None:
        method = trait.methods.get(segment.name)
        if method is not None:
            return ("fn", method, self.own_args(method, args, segment.args, path.span))
        const = trait.assoc_consts.get(segment.name)
        if const is not None:
            self.require(trait, args, path.span)
            return ("const", const, args)
        message = f"cannot find method or associated constant `{segment.name}` in trait `{trait.name}`"
        self.error("E0576", message, segment.span, f"not found in `{trait.name}`")
        return None

    def assoc_value(
        self, base: Ty, segments: list[t.Segment], at: int, path: t.Path
    ) -> tuple[str, Any, tuple[Ty, ...]] | None:
        """`base::name`: a variant, an inherent item, or a trait's."""
        base = shallow(base)
        if base.kind == ty.ERROR:
            return None
        segment = segments[at]
        name = segment.name
        if at + 1 < len(segments):
            inner = self.normalize(ty.erase(self.collector.assoc_type(base, segment, self.type_env)))
            return self.assoc_value(inner, segments, at + 1, path)
        if base.kind == ty.ADT and base.data.is_enum:
            for variant in base.data.variants:
                if variant.name == name:
                    return ("variant", variant, base.args)
        for impl in self.compilation.inherent_impls(head(base)):
            member = impl.methods.get(name) or impl.assoc_consts.get(name)
            if member is None:
                continue
            fresh = self.fresh_args(len(impl.generics.names))
            mark = self.snapshot()
            if not self.unify(self.normal_subst(impl.erased_self, fresh), base):
                self.rollback(mark)
                continue
            if member.public is not None and not self.type_env.module.inside(member.public):
                kind = "associated function" if isinstance(member, FnDef) else "associated constant"
                self.error("E0624", f"{kind} `{name}` is private", segment.span, f"private {kind}")
            if isinstance(member, FnDef):
                return ("fn", member, self.own_args(member, fresh, segment.args, path.span))
            return ("const", member, fresh)
        candidates = []
        for trait in self.candidate_traits(base, name):
            if name in trait.methods or name in trait.assoc_consts:
                args = (base, *self.fresh_args(len(trait.generics.names) - 1))
                if self.holds(trait, args):
                    candidates.append((trait, args))
        if candidates:
            if len(candidates) > 1:
                bound = self.bound_traits(base)
                candidates = [one for one in candidates if one[0] in bound] or candidates
                if len(candidates) > 1 and any(one[0].module.root is self.compilation.root for one in candidates):
                    self.report_ambiguous([one for one, _ in candidates], name, segment.span)
            trait, args = candidates[0]
            return self.trait_member(trait, args, segment, path)
        if self.is_outside(ASSOCIATED, base, name, segment.span):
            return None
        shown = self.show(base)
        what = (
            "variant or associated item" if base.kind == ty.ADT and base.data.is_enum else "function or associated item"
        )
        message = f"no {what} named `{name}` found for {self.describe_kind(base)} `{shown}` in the current scope"
        error = self.error("E0599", message, segment.span, f"{what} not found in `{shown}`")
        self.suggest_member(error, base, name, segment.span)
        return None

    def is_outside(self, names: dict[str, str], base: Ty, name: str, span: t.Span) -> bool:
        """Report that something of std's type is outside the subset; False where it is not known."""
        if name not in names or base.kind in (ty.PARAM, ty.INFER, ty.ERROR):
            return False
        if base.kind == ty.ADT and base.data.module.root is self.compilation.root:
            return False
        error = self.error(None, f"`{name}` of `{self.show(base)}` is outside the subset", span)
        error.helps.append(f"in its place: {names[name]}")
        return True

    def describe_kind(self, base: Ty) -> str:
        if base.kind == ty.ADT:
            return "enum" if base.data.is_enum else "struct"
        if base.kind == ty.PARAM:
            return "type parameter"
        return {ty.REF: "reference", ty.CLOSURE: "closure", ty.OPAQUE: "opaque type"}.get(base.kind, "type")

    def suggest_member(self, error: Any, base: Ty, name: str, span: t.Span) -> None:
        """The fix that names an associated item of a type as it is declared."""
        known: set[str] = set()
        for impl in self.compilation.inherent_impls(head(base)):
            known.update(impl.methods)
        if base.kind == ty.ADT and base.data.is_enum:
            known.update(v.name for v in base.data.variants)
        close = nearest(name, known)
        if close is not None:
            error.suggestion = (span, close, "there is a method or associated item with a similar name")

    def candidate_traits(self, base: Ty, name: str | None = None) -> list[TraitDef]:
        """Traits whose items `base` may use here: imported ones (if a name is given, those that declare it), those of
        its bounds, a trait object's own, and the one whose impl this is in."""
        resolver, module = self.compilation.resolver, self.type_env.module
        found = list(resolver.traits_in_scope(module) if name is None else resolver.traits_declaring(module, name))
        owner = self.function.owner
        if isinstance(owner, ImplDef) and owner.trait is not None and owner.trait not in found:
            found.append(owner.trait)
        for assumption in self.env:
            if assumption.trait not in found:
                found.append(assumption.trait)
        extra = self.stated_traits(base)
        while extra:
            trait = extra.pop()
            self.collector.ensure_generics(trait)
            if trait not in found:
                found.append(trait)
            extra += [p.trait for p in trait.supertraits if p.trait is not None and p.trait not in found]
        return found

    def stated_traits(self, base: Ty) -> list[TraitDef]:
        """Traits that a type without impls of its own has by what it is: a trait object's, an `impl Trait`'s."""
        if base.kind == ty.DYN:
            return [base.data[0]]
        if base.kind == ty.OPAQUE:
            return [p.trait for p in base.data.bounds if p.trait is not None]
        if base.kind == ty.PROJECTION:
            return [p.trait for p in self.collector.assoc_bounds(*base.data) if p.trait is not None]
        return []

    def bound_traits(self, base: Ty) -> list[TraitDef]:
        """Traits that a type has by what is said of it rather than by an impl, with their supertraits."""
        found = [one.trait for one in self.env if one.subject is base]
        extra = self.stated_traits(base)
        while extra:
            trait = extra.pop()
            if trait not in found:
                found.append(trait)
                self.collector.ensure_generics(trait)
                extra += [p.trait for p in trait.supertraits if p.trait is not None]
        return found

    def report_ambiguous(self, traits: list[TraitDef], name: str, span: t.Span) -> None:
        error = self.error("E0034", "multiple applicable items in scope", span, f"multiple `{name}` found")
        for trait in traits:
            member = trait.methods.get(name) or trait.assoc_consts.get(name)
            if member is not None:
                error.labels.append((member.span, f"candidate in the trait `{trait.name}`"))

    def check_destructor(self, definition: FnDef, span: t.Span) -> None:
        """E0040 for the destructor: values are dropped by `drop(value)`."""
        if isinstance(definition.owner, TraitDef) and definition.owner.lang == "Drop" and not self.is_library:
            message = "explicit use of destructor method"
            error = self.error("E0040", message, span, "explicit destructor calls not allowed")
            error.helps.append("consider using `drop` function")

    unsafe = True
    """Whether what is being checked may do what is unsafe."""
    is_library = True
    """Whether a body of the library is being checked, which does what programs may not."""

    def impl_of(self, trait: TraitDef, args: tuple[Ty, ...]) -> ImplDef | None:
        found = self.select(trait, args)
        return found.impl if found is not None and found is not AMBIGUOUS else None

    def subst_all(self, many: tuple[Ty, ...], args: tuple[Ty, ...]) -> tuple[Ty, ...]:
        return tuple([subst(m, args) for m in many])
