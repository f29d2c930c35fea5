"""Method lookup: autoderef, autoref, inherent before trait methods (The Rust Reference, "Method-call expressions").

Adjustments of an expression, in order: ("deref", type), ("overloaded", type, mutable) a call of Deref::deref or
deref_mut whose result is dereferenced, ("borrow", type, mutable), ("unsize", type), ("fn_pointer", type).
"""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, ImplDef, TraitDef
from engines.rustwasm.typing.obligations import ObligationChecker
from engines.rustwasm.typing.traits import AMBIGUOUS, head
from engines.rustwasm.typing.types import Ty, shallow

Adjustment = tuple[Any, ...]
_UNSIZED: Final = frozenset((ty.SLICE, ty.STR))
_KEEPING: Final = frozenset((ty.ADT, ty.REF))
"""Kinds of types that substitution leaves, and that no type of another kind or data equals."""


class MethodChecker(ObligationChecker):
    """Finds methods and dereferences."""

    closure: Any

    def deref_step(self, one: Ty) -> tuple[Ty, Adjustment] | None:
        """The type behind one dereference and how it is reached; None if there is none."""
        one = shallow(one)
        kind = one.kind
        if kind == ty.REF or kind == ty.RAW:
            inner = shallow(one.args[0])
            return inner, ("deref", inner)
        if kind == ty.ADT:
            if one.data.lang == "Box":
                inner = shallow(one.args[0])
                return inner, ("deref", inner)
            if not self.compilation.has_deref(one.data):
                return None
        elif kind not in (ty.PARAM, ty.OPAQUE, ty.PROJECTION):
            return None
        known = self.compilation.derefs.get(one)
        if known is not None and self.closed:
            return known, ("overloaded", known, False)
        trait = self.compilation.lang("Deref")
        if not self.holds(trait, (one,)):
            return None
        target = self.project(trait, "Target", (one,))
        if target is None:
            target = self.normalize(ty.projection(trait, "Target", (one,)))
        if not one.flags and not target.flags and self.closed and not self.compilation.overflowed:
            self.compilation.derefs[one] = target
        return target, ("overloaded", target, False)

    def autoderef(self, one: Ty) -> list[tuple[Ty, list[Adjustment]]]:
        current = shallow(one)
        adjust: list[Adjustment] = []
        steps = [(current, adjust)]
        while len(steps) < 12:
            following = self.deref_step(current)
            if following is None:
                break
            current, adjust = shallow(following[0]), [*adjust, following[1]]
            steps.append((current, adjust))
        return steps

    def find_method(
        self, receiver: Ty, name: str, span: t.Span
    ) -> tuple[FnDef, tuple[Ty, ...], list[Adjustment], Ty] | None:
        """The method, its parents' arguments, the receiver's adjustments, and the type of `self`."""
        steps = self.autoderef(receiver)
        last, adjust = steps[-1]
        if last.kind == ty.ARRAY:
            steps.append((ty.slice_of(last.args[0]), [*adjust, ("unsize_place", ty.slice_of(last.args[0]))]))
        private: FnDef | None = None
        found: Any = None
        inherent_methods = self.compilation.inherent_methods
        own = [inherent_methods(head(step), name) for step, _ in steps]
        # `self: Rc<Self>` and its like: methods of a step further on that take a step before it.
        typed = [one for found in own[1:] for one in found if one[1].syntax.self_param[0] == "typed"]
        for i, (step, adjustments) in enumerate(steps):
            if step.kind == ty.INFER and step.data == "type":
                return None
            if step.kind == ty.REF and own[i + 1 :]:
                found = self.taking_whole(step, steps[i + 1][0], own[i + 1])
                if found is not None:
                    return *found, self.with_borrow(steps[i + 1][1], step, bool(step.data)), step
            inherent = [*typed, *own[i]]
            traits = [
                (trait, trait.methods[name])
                for trait in self.candidate_traits(step, name)
                if name in trait.methods and trait.methods[name].syntax.self_param is not None
            ]
            if not inherent and not traits:
                continue
            for mode in (None, False, True):
                self_ty = step if mode is None else ty.ref(step, mode)
                found = None
                for impl, method in inherent:
                    found = self.try_inherent(impl, method, step, self_ty)
                    if found is not None:
                        if method.public is not None and not self.type_env.module.inside(method.public):
                            private = method
                            found = None
                            continue
                        break
                if found is None:
                    found = self.try_traits(traits, step, self_ty)
                if found is not None:
                    method, args = found
                    if len(traits) > 1 and isinstance(method.owner, TraitDef):
                        method, args = self.preferred(traits, step, self_ty, span) or found
                    return method, args, self.with_borrow(adjustments, self_ty, mode), self_ty
        if private is not None:
            self.error("E0624", f"method `{name}` is private", span, "private method")
            return private, self.fresh_args(private.generics.parent_count), [], receiver
        return None

    def taking_whole(self, step: Ty, inner: Ty, inherent: list[tuple[ImplDef, FnDef]]) -> Any:
        """The method of a reference's `inner` type whose `&self` or `&mut self` is the reference as it stands: it goes
        before a trait's `self` there. None if there is none."""
        for impl, method in inherent:
            found = self.try_inherent(impl, method, inner, step)
            if found is not None and (method.public is None or self.type_env.module.inside(method.public)):
                return found
        return None

    def find_method_quietly(self, base: Ty, name: str) -> bool:
        mark = self.snapshot()
        found = self.find_method(base, name, (0, 0)) is not None
        self.rollback(mark)
        return found

    def with_borrow(self, adjustments: list[Adjustment], self_ty: Ty, mode: bool | None) -> list[Adjustment]:
        adjustments = list(adjustments)
        unsize = bool(adjustments) and adjustments[-1][0] == "unsize_place"
        if unsize:
            slice_ty = adjustments.pop()[1]
            if mode is None:
                return adjustments
            before = adjustments[-1][1] if adjustments else None
            adjustments.append(("borrow", ty.ref(before, mode) if before else None, mode))
            adjustments.append(("unsize", ty.ref(slice_ty, mode)))
            return adjustments
        if mode is not None:
            adjustments.append(("borrow", self_ty, mode))
        elif self_ty.kind == ty.REF and (self_ty.data or self.closure is not None):
            # Of a shared reference it only matters to what a closure captures: not the reference, what it leads to.
            adjustments += [("deref", self_ty.args[0]), ("borrow", self_ty, self_ty.data)]
        return adjustments

    def try_inherent(self, impl: ImplDef, method: FnDef, step: Ty, self_ty: Ty) -> Any:
        self.collector.ensure_signature(method)
        assert method.receiver is not None
        receiver = ty.erase(method.receiver)
        if receiver.kind in _KEEPING and (receiver.kind != self_ty.kind or receiver.data != self_ty.data):
            return None
        fresh = self.fresh_args(len(impl.generics.names))
        mark = self.snapshot()
        wanted = self.normal_subst(receiver, fresh)
        if wanted.kind == self_ty.kind and self.unify(wanted, self_ty):
            return method, fresh
        self.rollback(mark)
        return None

    def try_traits(self, traits: list[tuple[TraitDef, FnDef]], step: Ty, self_ty: Ty) -> Any:
        for trait, method in traits:
            self.collector.ensure_generics(trait)
            item = method.syntax
            kind, mutable, _, _, _ = item.self_param
            if kind == "ref":
                if self_ty.kind != ty.REF or self_ty.data != mutable:
                    continue
                subject = shallow(self_ty.args[0])
            elif kind == "value":
                if self_ty.kind in _UNSIZED:  # `part[1..].try_into()` is a call of `&[T]`
                    continue
                subject = self_ty
            else:
                self.collector.ensure_signature(method)
                assert method.receiver is not None
                subject = ty.variable()
                pattern = ty.subst(ty.erase(method.receiver), (subject,))
                if not self.can_unify(pattern, self_ty):
                    continue
                self.unify(pattern, self_ty)
                subject = shallow(subject)
            args = (subject, *self.fresh_args(len(trait.generics.names) - 1))
            if subject.kind == ty.INFER and subject.data == "type":
                continue
            mark = self.snapshot()
            found = self.select(trait, args, nested=True)
            if found is None:
                self.rollback(mark)
                continue
            if found is AMBIGUOUS or (len(args) > 1 and subject.kind != ty.PARAM):
                self.rollback(mark)  # of a parameter the one bound says what the trait's arguments are
            return method, args
        return None

    def preferred(self, traits: list[tuple[TraitDef, FnDef]], step: Ty, self_ty: Ty, span: t.Span) -> Any:
        """Among traits that declare a method of one name, the one whose it is: what bounds say goes before impls for
        every type. E0034 where that leaves more than one."""
        bound = self.bound_traits(step)
        while step.kind == ty.REF:
            step = shallow(step.args[0])
            bound += self.bound_traits(step)
        inner = [one for one in traits if one[0] in bound]
        fitting = []
        for one in inner or traits:
            mark = self.snapshot()
            if self.try_traits([one], step, self_ty) is not None:
                fitting.append(one)
            self.rollback(mark)
        own = any(trait.module.root is self.compilation.root for trait, _ in fitting)
        own = own or all(trait.module.path == "core::fmt" for trait, _ in fitting)
        if len(fitting) > 1 and own and not self.is_library:
            self.report_ambiguous([trait for trait, _ in fitting], fitting[0][1].name, span)
        return self.try_traits(fitting[:1], step, self_ty)

    def derefs_mutably(self, one: Ty) -> bool:
        """Does the type implement DerefMut? Where it does not, the borrow checker reports what wants to change it."""
        return bool(self.holds(self.compilation.lang("DerefMut"), (one,)))

    def indexes_mutably(self, node: t.Index) -> bool:
        base = node.base.adjust[-1][1] if node.base.adjust else node.base.ty
        container = shallow(shallow(base).args[0])
        index = shallow(node.index.adjust[-1][1] if node.index.adjust else node.index.ty)
        return bool(self.holds(self.compilation.lang("IndexMut"), (container, index)))

    def make_mutable(self, node: Any) -> None:
        """The place `node` is about to be changed or borrowed mutably: use deref_mut and index_mut on the way."""
        while True:
            if node.adjust:
                changed = []
                current = shallow(node.ty)
                for one in node.adjust:
                    if one[0] == "overloaded":
                        changed.append(("overloaded", one[1], self.derefs_mutably(current)))
                    else:
                        changed.append(one)
                    current = shallow(one[1])
                node.adjust = changed
            if isinstance(node, t.Field):
                node = node.base
            elif isinstance(node, t.Index):
                if node.target is not None and self.indexes_mutably(node):
                    node.target = ("index", True)
                    if node.base.adjust and node.base.adjust[-1][0] == "borrow":
                        last = node.base.adjust[-1]
                        node.base.adjust[-1] = ("borrow", ty.ref(last[1].args[0], True), True)
                node = node.base
            elif isinstance(node, t.Unary) and node.op == "*":
                if node.target is not None:
                    inner = node.operand.adjust[-1][1] if node.operand.adjust else node.operand.ty
                    node.target = ("deref", self.derefs_mutably(shallow(inner)))
                node = node.operand
            else:
                return
