"""Trait selection: which impl answers.

An obligation is (trait, (Self, arguments...)). Selection answers `Selected`, None (nobody implements it) or AMBIGUOUS
(a variable has to be known first).

Source: The Rust Reference, "Implementations", "Trait and lifetime bounds"; rustc-dev-guide, "Trait resolution".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.syntax.diagnostics import Span
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import ImplDef, Predicate, TraitDef, VariantDef
from engines.rustwasm.typing.types import Ty, shallow, subst
from engines.rustwasm.typing.unification import Unifier

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

AMBIGUOUS: Final = "ambiguous"
_SCALARS: Final = frozenset((ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR, ty.NEVER, ty.FNPTR, ty.FNDEF, ty.RAW, ty.INFER))
_UNSIZED: Final = frozenset((ty.STR, ty.SLICE, ty.DYN))
_FN_KINDS: Final = {"Fn": 0, "FnMut": 1, "FnOnce": 2}


class Selected:
    """How an obligation is met. `kind`: impl (with `impl`, `args`), param (with `bindings`), builtin."""

    __slots__ = ("args", "bindings", "impl", "kind")

    def __init__(
        self,
        kind: str,
        impl: ImplDef | None = None,
        args: tuple[Ty, ...] = (),
        bindings: tuple[tuple[str, Ty], ...] = (),
    ) -> None:
        self.kind = kind
        self.impl = impl
        self.args = args
        self.bindings = bindings


_BUILTIN: Final = Selected("builtin")


def head(t: Ty) -> Any:
    """What impls are indexed by; None for types that only blanket impls can match."""
    kind = t.kind
    if kind in (ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR, ty.STR, ty.NEVER):
        return t
    if kind == ty.ADT:
        return t.data
    if kind == ty.DYN:
        return t.data[0]
    if kind == ty.REF:
        return (kind, t.data)
    if kind == ty.TUPLE:
        return (kind, len(t.args))
    if kind in (ty.PARAM, ty.PROJECTION, ty.INFER, ty.OPAQUE):
        return None
    return kind


STEPS: Final = 20_000
"""Selections that one may lead to: no program among the library's tests needs twenty."""
_OF_PARAMETERS: Final = ty.HAS_PARAM | ty.HAS_PROJECTION
_WITH_VARIABLES: Final = _OF_PARAMETERS | ty.HAS_INFER
_ANYTHING: Final = frozenset((ty.PARAM, ty.PROJECTION, ty.INFER, ty.ERROR))
"""Kinds of types that may be equal to a type of another kind."""


def _apart(impl: ImplDef, given: list[Ty]) -> bool:
    """Is the impl certainly not for these types (Self first)? Looks at their heads, and behind references."""
    for pattern, one in zip((impl.erased_self, *impl.erased_args), given, strict=False):
        while pattern.kind == ty.REF and one.kind == ty.REF and pattern.data == one.data:
            pattern, one = pattern.args[0], shallow(one.args[0])
        if pattern.kind in _ANYTHING or one.kind in _ANYTHING:
            continue
        if pattern.kind != one.kind or pattern.data != one.data:
            return True
    return False


class EnvPredicate:
    """An assumption: `subject: trait<args>` with bindings."""

    __slots__ = ("args", "bindings", "subject", "trait")

    def __init__(
        self, subject: Ty, trait: TraitDef, args: tuple[Ty, ...], bindings: tuple[tuple[str, Ty], ...]
    ) -> None:
        self.subject = subject
        self.trait = trait
        self.args = args
        self.bindings = bindings


class Selector(Unifier):
    """Selection under the assumptions `env`. What associated types are comes above (`Inference`)."""

    def __init__(self, compilation: Compilation, predicates: list[Predicate]) -> None:
        self.compilation = compilation
        self.collector = compilation.collector
        self.trail = []
        self.env: list[EnvPredicate] = []
        self.reveal = False
        self.depth = 0
        self.closed = True
        """No assumption speaks of a type without parameters."""
        self.pending_projections: list[tuple[Ty, Ty, Span]] = []
        """Each with its variable and where it was met."""
        self.met: Span = (0, 0)
        """Where what is being normalised is written, or what brings it in."""
        self.answers: dict[Any, Any] = {}
        """Selections that parameters or assumptions have a part in, as `Compilation.selections` keeps the others."""
        self.tried: dict[Any, Any] = {}
        """Selections that the one under way led to, with the variables that they left free."""
        self.normal: dict[Ty, Ty] = {}
        """Projections of parameters and what they are here; an unknown one is itself."""
        self.under_way: set[Ty] = set()
        """Projections that are being normalised: asked for again in between, they are what they are."""
        self.circular = False
        """Whether one of them was."""
        self.impls_known = 0
        """How many impls there were when `answers` and `normal` began."""
        self.steps = 0
        """How many selections the outermost one has led to."""
        self.limited = 0
        """How often a limit of depth cut an answer off: such answers are not kept."""
        for p in predicates:
            if p.trait is not None:
                self.assume(p.subject, p.trait, p.args, p.bindings)
                self.met = p.span
        self.settle()
        self.met = (0, 0)

    def project(self, trait: TraitDef, name: str, args: tuple[Ty, ...]) -> Ty | None:
        raise NotImplementedError

    def assume(self, subject: Ty, trait: TraitDef, args: tuple[Ty, ...], bindings: tuple[tuple[str, Ty], ...]) -> None:
        for known in self.env:
            if known.subject is subject and known.trait is trait and known.args == args and not bindings:
                return
        self.env.append(EnvPredicate(subject, trait, args, bindings))
        self.closed &= bool(subject.flags & ty.HAS_PARAM)
        self.collector.ensure_generics(trait)
        for upper in trait.supertraits:
            if upper.trait is not None:
                full = (subject, *args)
                more = tuple((n, subst(b, full)) for n, b in upper.bindings)
                self.assume(subject, upper.trait, tuple([subst(a, full) for a in upper.args]), more)

    def settle(self) -> None:
        """Normalise what is assumed; in the second round with the help of all that the first made normal."""
        for _ in range(2):
            changed = False
            for assumption in self.env:
                subject, args = assumption.subject, assumption.args
                assumption.subject = self.normalize(subject)
                assumption.args = tuple([self.normalize(a) for a in args])
                changed |= assumption.subject is not subject or assumption.args != args
            if not changed:
                break
            self.forget()

    def forget(self) -> None:
        """What was answered under other assumptions, or with fewer impls, counts no more."""
        self.answers.clear()
        self.normal.clear()
        self.impls_known = self.compilation.indexed

    # Selection

    def holds(self, trait: TraitDef, args: tuple[Ty, ...]) -> bool:
        """May the obligation hold? Ambiguous counts as yes. Binds nothing."""
        mark = len(self.trail)
        result = self.select(trait, args, nested=True) is not None
        self.rollback(mark)
        return result

    def select(self, trait: TraitDef, args: tuple[Ty, ...], nested: bool = False) -> Any:
        """Who implements `args[0]: trait<args[1:]>`. Binds variables when exactly one candidate can.

        With `nested`, an impl's own where clauses must (possibly) hold too.
        """
        flags = 0
        for arg in args:
            flags |= arg.flags
        if flags == ty.HAS_INFER:
            args = tuple([ty.deep(a) for a in args])
            for arg in args:
                flags = arg.flags
                if flags:
                    break
        if self.depth == 0:
            self.steps = STEPS if self.compilation.overflowed else 0
            if self.tried:
                self.tried.clear()
        if flags & ~_OF_PARAMETERS:
            if self.depth == 0 or flags & ~_WITH_VARIABLES:
                return self.select_fresh(trait, args, nested)
            return self.select_tried(trait, tuple([ty.deep(a) for a in args]), nested)
        if flags or not self.closed:
            if self.impls_known != self.compilation.indexed:
                self.forget()
            known = self.answers
        else:
            # Types without variables and parameters: the answer is the same in every body of the crate.
            known = self.compilation.selections
        key = (trait, args, nested, self.reveal)
        if key in known:
            return known[key]
        limited = self.limited
        found = self.select_fresh(trait, args, nested)
        if self.limited != limited:
            return found
        if self.circular:
            known = self.answers
        if found is not None and found is not AMBIGUOUS and found.kind == "impl":
            solved = tuple([ty.deep(a) for a in found.args])
            if any(a.flags & ty.HAS_INFER for a in solved):
                return found
            found = Selected("impl", found.impl, solved)
        known[key] = found
        return found

    def select_tried(self, trait: TraitDef, args: tuple[Ty, ...], nested: bool) -> Any:
        """`select` for types with variables, remembered until the outermost selection is answered, if it binds none of
        them."""
        key = (trait, args, nested)
        if key in self.tried:
            return self.tried[key]
        limited = self.limited
        found = self.select_fresh(trait, args, nested)
        if found is AMBIGUOUS or self.limited != limited or self.circular:
            return found
        if any(ty.deep(a) is not a for a in args):
            return found
        kept = found
        if found is not None and found.kind == "impl":
            solved = tuple([ty.deep(a) for a in found.args])
            if any(self.is_fresh(a, args) for a in solved):
                return found
            kept = Selected("impl", found.impl, solved)
        self.tried[key] = kept
        return found

    def is_fresh(self, one: Ty, args: tuple[Ty, ...]) -> bool:
        """Has the type a variable that none of `args` has?"""
        if not one.flags & ty.HAS_INFER:
            return False
        if one.kind == ty.INFER:
            return not any(self.occurs(one, a) for a in args)
        return any(self.is_fresh(a, args) for a in one.args)

    def select_fresh(self, trait: TraitDef, args: tuple[Ty, ...], nested: bool) -> Any:
        """`select`, not remembered."""
        self.steps += 1
        if self.steps > STEPS:
            self.overflow(trait, args)
            return _BUILTIN
        self_ty = shallow(args[0])
        kind = self_ty.kind
        if kind == ty.ERROR:
            return _BUILTIN
        lang = trait.lang
        if kind == ty.INFER and self_ty.data == "type" and lang not in ("Sized",):
            return AMBIGUOUS
        if kind == ty.PROJECTION or (self.reveal and kind == ty.OPAQUE):
            normal = self.normalize(self_ty)
            if normal is not self_ty:
                return self.select(trait, (normal, *args[1:]), nested)
        if lang is not None:
            special = self.select_builtin(lang, self_ty, args)
            if special is not None:
                return None if special is False else special
        found = self.select_assumed(trait, self_ty, args)
        if found is not None:
            return found
        if kind == ty.DYN:
            found = self.select_dyn(trait, self_ty, args)
            if found is not None:
                return found
        if kind == ty.OPAQUE:
            for p in self_ty.data.bounds:
                found = self.select_bound(p, self_ty, trait, args, self_ty.args)
                if found is not None:
                    return found
            if lang in ("Send", "Sync", "Unpin"):
                return _BUILTIN
        if kind == ty.PROJECTION:
            for p in self.collector.assoc_bounds(*self_ty.data):
                found = self.select_bound(p, self_ty, trait, args, self_ty.args)
                if found is not None:
                    return found
        return self.select_impl(trait, self_ty, args, nested)

    def overflow(self, trait: TraitDef, args: tuple[Ty, ...]) -> None:
        """E0275, once: from here on everything holds, and projections are erroneous, so that the check ends."""
        compilation = self.compilation
        if not compilation.overflowed:
            compilation.overflowed = True
            shown = ty.show(ty.deep(args[0]))
            message = f"overflow evaluating the requirement `{shown[:60]}{'...' * (len(shown) > 60)}: {trait.name}`"
            compilation.diagnostics.error("E0275", message, self.met)

    def select_impl(self, trait: TraitDef, self_ty: Ty, args: tuple[Ty, ...], nested: bool) -> Any:
        index = self.compilation.impl_index(trait)
        if self_ty.kind == ty.INFER:
            wanted = ty.INT if self_ty.data == "int" else ty.FLOAT
            candidates = [
                i for key, impls in index.items()
                if key is None or (isinstance(key, Ty) and key.kind == wanted) for i in impls
            ]  # fmt: skip
        else:
            key = head(self_ty)
            candidates = index.get(key, []) + index.get(None, []) if key is not None else index.get(None, [])
        if not candidates:
            return None
        self.depth += 1
        if self.depth > 60:
            self.depth -= 1
            self.limited += 1
            return None
        matching: list[tuple[ImplDef, Any]] = []
        trail = self.trail
        if len(args) > 1 or self_ty.kind == ty.REF:
            given = [shallow(arg) for arg in args]
            candidates = [impl for impl in candidates if not _apart(impl, given)]
        last = len(candidates) - 1
        for i, impl in enumerate(candidates):
            mark = len(trail)
            if self_ty.kind == ty.ADT and impl.erased_self.data is self_ty.data and impl.is_of_parameters():
                fresh = self_ty.args
                matches = len(args) == 1 or self.match_arguments(impl, fresh, args)
            else:
                fresh = self.fresh_args(len(impl.generics.names))
                matches = self.match_impl(impl, fresh, args)
            matched = len(trail)
            if matches and (not nested or self.where_holds(impl, fresh)):
                if i == last and not matching:
                    self.rollback(matched)
                    self.depth -= 1
                    return Selected("impl", impl, fresh)
                matching.append((impl, fresh))
                self.rollback(mark)
                if len(matching) > 1:
                    break
            else:
                self.rollback(mark)
        if len(matching) > 1 and not nested:
            # Where clauses decide between impls whose headers both match.
            exact = []
            for impl in candidates:
                mark = len(trail)
                fresh = self.fresh_args(len(impl.generics.names))
                if self.match_impl(impl, fresh, args) and self.where_holds(impl, fresh):
                    exact.append((impl, fresh))
                self.rollback(mark)
            if exact:
                matching = exact
        self.depth -= 1
        if not matching:
            return None
        if len(matching) > 1:
            return AMBIGUOUS
        impl, fresh = matching[0]
        self.match_impl(impl, fresh, args)
        return Selected("impl", impl, fresh)

    def match_impl(self, impl: ImplDef, fresh: tuple[Ty, ...], args: tuple[Ty, ...]) -> bool:
        if not self.unify(self.normal_subst(impl.erased_self, fresh), args[0]):
            return False
        return len(args) == 1 or self.match_arguments(impl, fresh, args)

    def match_arguments(self, impl: ImplDef, fresh: tuple[Ty, ...], args: tuple[Ty, ...]) -> bool:
        """Whether the impl's trait arguments can be those behind `args[0]`."""
        for pattern, given in zip(impl.erased_args, args[1:], strict=False):
            if not self.unify(self.normal_subst(pattern, fresh), given):
                return False
        return True

    def normal_subst(self, pattern: Ty, args: tuple[Ty, ...]) -> Ty:
        if not pattern.flags & _OF_PARAMETERS:
            return pattern
        result = subst(pattern, args)
        return self.normalize(result) if result.flags & ty.HAS_PROJECTION else result

    def where_holds(self, impl: ImplDef, fresh: tuple[Ty, ...]) -> bool:
        """May the impl's bounds hold, `Sized` of its parameters among them?"""
        unsized = impl.generics.unsized
        for i, one in enumerate(fresh):
            if shallow(one).kind in _UNSIZED and i not in unsized:
                return False
        for p in self.collector.impl_bounds(impl):
            if p.trait is None:
                continue
            subject = self.normal_subst(p.subject, fresh)
            full = (subject, *[self.normal_subst(a, fresh) for a in p.args])
            found = self.select(p.trait, full, nested=True)
            if found is None:
                return False
            for name, bound in p.bindings:
                if found is not AMBIGUOUS:
                    value = self.project(p.trait, name, full)
                    if value is not None and not self.unify(value, self.normal_subst(bound, fresh)):
                        return False
        return True

    def select_assumed(self, trait: TraitDef, self_ty: Ty, args: tuple[Ty, ...]) -> Any:
        found: list[EnvPredicate] = []
        # An unknown projection without variables is no other one: there is only one type of each form.
        rigid = self_ty.kind == ty.PROJECTION and not self_ty.flags & ~_OF_PARAMETERS
        for assumption in self.env:
            if assumption.trait is trait:
                if rigid and assumption.subject is not self_ty and assumption.subject.kind == ty.PROJECTION:
                    continue
                mark = len(self.trail)
                if self.unify(assumption.subject, self_ty) and all(
                    self.unify(a, b) for a, b in zip(assumption.args, args[1:], strict=True)
                ):
                    found.append(assumption)
                self.rollback(mark)
        if not found:
            return None
        if len(found) > 1 and self_ty.kind == ty.INFER:
            return AMBIGUOUS
        if len(found) > 1 and len({f.args for f in found}) > 1 and any(a.flags & ty.HAS_INFER for a in args):
            return AMBIGUOUS
        chosen = found[0]
        self.unify(chosen.subject, self_ty)
        for a, b in zip(chosen.args, args[1:], strict=True):
            self.unify(a, b)
        return Selected("param", None, args, chosen.bindings)

    def select_bound(
        self, p: Predicate, subject: Ty, trait: TraitDef, args: tuple[Ty, ...], generic: tuple[Ty, ...]
    ) -> Any:
        if p.trait is None:
            return None
        full = (subject, *[subst(a, generic) for a in p.args])
        bindings = tuple((n, subst(b, generic)) for n, b in p.bindings)
        return self.through_supertraits(p.trait, full, bindings, trait, args)

    def through_supertraits(
        self,
        have: TraitDef,
        full: tuple[Ty, ...],
        bindings: tuple[tuple[str, Ty], ...],
        want: TraitDef,
        args: tuple[Ty, ...],
    ) -> Any:
        if have is want:
            mark = len(self.trail)
            if all(self.unify(a, b) for a, b in zip(full[1:], args[1:], strict=True)):
                return Selected("param", None, full, bindings)
            self.rollback(mark)
            return None
        self.collector.ensure_generics(have)
        for upper in have.supertraits:
            if upper.trait is not None:
                more = bindings + tuple((n, subst(b, full)) for n, b in upper.bindings)
                inner = (full[0], *[subst(a, full) for a in upper.args])
                found = self.through_supertraits(upper.trait, inner, more, want, args)
                if found is not None:
                    return found
        return None

    def select_dyn(self, trait: TraitDef, self_ty: Ty, args: tuple[Ty, ...]) -> Any:
        principal, names = self_ty.data
        own = len(self_ty.args) - len(names)
        full = (self_ty, *self_ty.args[:own])
        bindings = tuple(zip(names, self_ty.args[own:], strict=True))
        return self.through_supertraits(principal, full, bindings, trait, args)

    def select_builtin(self, lang: str, self_ty: Ty, args: tuple[Ty, ...]) -> Any:
        """Traits that the compiler implements; None: not one of those cases, False: certainly not implemented."""
        kind = self_ty.kind
        if lang == "Sized":
            return False if kind in _UNSIZED else _BUILTIN
        if lang == "Copy":
            if kind in _SCALARS:
                return _BUILTIN
            if kind == ty.REF:
                return False if self_ty.data else _BUILTIN
            if kind in (ty.TUPLE, ty.ARRAY):
                parts = self_ty.args if kind == ty.TUPLE else self_ty.args[:1]
                for part in parts:
                    answer = self.select(self.compilation.lang("Copy"), (part,), nested=True)
                    if answer is None or answer is AMBIGUOUS:
                        return answer if answer else False
                return _BUILTIN
            if kind == ty.CLOSURE:
                return _BUILTIN if self.closure_is_copy(self_ty) else False
            return _BUILTIN if kind == ty.ADT and self_ty.data.gc else None
        if lang == "Clone":
            if kind in _SCALARS:
                return _BUILTIN
            if kind == ty.REF:
                return False if self_ty.data else _BUILTIN
            if kind == ty.CLOSURE:
                return _BUILTIN if self.closure_is_clone(self_ty) else False
            if kind == ty.ADT and self_ty.data.gc:
                # Without an impl of its own a GC type clones by sharing.
                own = self.compilation.impl_index(self.compilation.lang("Clone")).get(head(self_ty))
                return None if own else _BUILTIN
        if lang in _FN_KINDS:
            return self.select_callable(lang, self_ty, args)
        if lang in ("Send", "Sync", "Unpin"):
            return _BUILTIN
        return None

    def closure_is_copy(self, closure: Ty) -> bool:
        for capture in closure.data.captures:
            if capture.mode == "mut":
                return False
            if capture.mode == "move" and not self.is_copy(self.normal_subst(capture.ty, closure.args)):
                return False
        return True

    def closure_is_clone(self, closure: Ty) -> bool:
        clone = self.compilation.lang("Clone")
        for capture in closure.data.captures:
            if capture.mode == "mut":
                return False
            if capture.mode == "move" and not self.holds(clone, (self.normal_subst(capture.ty, closure.args),)):
                return False
        return True

    def signature_of(self, callee: Ty) -> tuple[tuple[Ty, ...], Ty] | None:
        """Parameters and result of a callable type, lifetimes erased, projections normalised."""
        callee = shallow(callee)
        if callee.kind == ty.FNPTR:
            return callee.args[:-1], callee.args[-1]
        if callee.kind == ty.FNDEF:
            definition = callee.data
            if isinstance(definition, VariantDef):
                self.collector.ensure_fields(definition.owner)
                adt = ty.adt(definition.owner, callee.args)
                return tuple([self.normal_subst(ty.erase(f.ty), callee.args) for f in definition.fields]), adt
            self.collector.ensure_signature(definition)
            inputs = tuple([self.normal_subst(ty.erase(i), callee.args) for i in definition.inputs])
            return inputs, self.normal_subst(ty.erase(definition.output), callee.args)
        if callee.kind == ty.CLOSURE:
            definition = callee.data
            if definition.output is None:
                return None
            inputs = tuple([self.normal_subst(i, callee.args) for i in definition.inputs])
            return inputs, self.normal_subst(definition.output, callee.args)
        return None

    def select_callable(self, lang: str, self_ty: Ty, args: tuple[Ty, ...]) -> Any:
        if self_ty.kind not in (ty.FNPTR, ty.FNDEF, ty.CLOSURE):
            return None
        if self_ty.kind == ty.CLOSURE and self_ty.data.captures_known and (
            _FN_KINDS[self_ty.data.trait_kind] > _FN_KINDS[lang]
        ):  # fmt: skip
            return False
        signature = self.signature_of(self_ty)
        if signature is None:
            return AMBIGUOUS
        mark = len(self.trail)
        if not self.unify(ty.tuple_of(signature[0]), args[1]):
            self.rollback(mark)
            return False
        return _BUILTIN

    def is_copy(self, one: Ty) -> bool:
        one = shallow(one)
        if one.kind in (ty.INT, ty.BOOL, ty.FLOAT, ty.CHAR):
            return True
        if one.kind == ty.REF:
            return not one.data
        if one.kind == ty.ADT and one.data.lang in ("Box", "String", "Vec"):
            return False
        key = one
        known = self.compilation.copy_cache.get(key) if not one.flags & (ty.HAS_INFER | ty.HAS_PARAM) else None
        if known is not None:
            return known
        mark = len(self.trail)
        found = self.select(self.compilation.lang("Copy"), (one,), nested=True)
        self.rollback(mark)
        result = found is not None and found is not AMBIGUOUS
        if not one.flags & (ty.HAS_INFER | ty.HAS_PARAM | ty.HAS_OPAQUE) and one.kind != ty.CLOSURE:
            self.compilation.copy_cache[key] = result
        return result
