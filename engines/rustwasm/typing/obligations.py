"""Obligations that a body's expressions leave: worked off as types get known, and reported where nothing meets them."""

from __future__ import annotations

from typing import Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.callables import report_uncallable
from engines.rustwasm.typing.definitions import ClosureDef, TraitDef
from engines.rustwasm.typing.fixes import unmet_fix
from engines.rustwasm.typing.paths import PathChecker
from engines.rustwasm.typing.traits import AMBIGUOUS
from engines.rustwasm.typing.types import Ty, shallow

_OF_CLOSURES: Final = frozenset(("Clone", "Copy", "Fn", "FnMut", "FnOnce"))
_LIMIT: Final = 5_000
"""Obligations that impls meet and one expression may lead to: fewer than ten in what people write."""


class ObligationChecker(PathChecker):
    """`pending` and who meets it."""

    selections: int
    """How many obligations an impl met: more and more where one leads to another without end."""
    copied_closures: list[tuple[TraitDef, tuple[Ty, ...], t.Span]]
    called_closures: list[tuple[ClosureDef, str]]

    def resolved(self, one: Ty) -> Ty:
        """The type as far as it is known once all is selected that can be."""
        one = shallow(one)
        if one.flags & ty.HAS_INFER and (one.kind != ty.INFER or one.data == "type"):
            if ty.deep(one).flags & ty.HAS_INFER:
                self.select_pending()
            one = shallow(one)
        return one

    def select_pending(self) -> bool:
        """Work through obligations until nothing changes; True if something was learnt."""
        if not self.pending and not self.pending_projections:
            return False
        any_progress = False
        progress = True
        met: set[tuple[TraitDef, tuple[Ty, ...], t.Span]] = set()
        counts: dict[t.Span, int] = {}
        while progress:
            progress = self.retry_projections() if self.pending_projections else False
            if not self.pending:
                break
            work = self.pending
            self.pending = []
            for trait, args, span in work:
                before = len(self.trail)
                found = self.select(trait, args)
                if found is AMBIGUOUS:
                    self.pending.append((trait, args, span))
                    progress |= len(self.trail) > before
                    continue
                progress = True
                if found is None:
                    self.report_unmet(trait, args, span)
                elif found.kind != "impl":
                    if trait.lang in _OF_CLOSURES and shallow(args[0]).kind == ty.CLOSURE:
                        if trait.lang in ("Clone", "Copy"):
                            self.copied_closures.append((trait, args, span))
                        else:
                            self.called_closures.append((shallow(args[0]).data, trait.lang))
                else:
                    deep = tuple([ty.deep(a) for a in args])
                    if (trait, deep, span) in met:
                        continue
                    met.add((trait, deep, span))
                    self.selections += 1
                    count = counts[span] = counts.get(span, 0) + 1
                    if count > _LIMIT or (self.selections > 300 and any(_depth(a) > 40 for a in deep)):
                        shown = ty.show(ty.deep(args[0]))
                        message = f"overflow evaluating the requirement `{shown[:60]}...: {trait.name}`"
                        self.error("E0275", message, span)
                        self.pending = []
                        return True
                    for p in self.collector.impl_bounds(found.impl):
                        if p.trait is not None:
                            subject = self.normal_subst(p.subject, found.args)
                            full = (subject, *[self.normal_subst(a, found.args) for a in p.args])
                            self.pending.append((p.trait, full, span))
                            for name, bound in p.bindings:
                                self.require_projection(p.trait, name, full, self.normal_subst(bound, found.args), span)
            any_progress |= progress
        return any_progress

    def report_unmet(self, trait: TraitDef, args: tuple[Ty, ...], span: t.Span) -> None:
        deep = tuple([ty.deep(a) for a in args])
        if any(a.flags & ty.HAS_ERROR for a in deep):
            return
        subject = ty.show(deep[0])
        shown = trait.name + (f"<{', '.join(ty.show(a) for a in deep[1:])}>" if len(deep) > 1 else "")
        if trait.lang in ("Fn", "FnMut", "FnOnce"):
            if deep[0].kind in (ty.CLOSURE, ty.FNDEF):
                report_uncallable(self, deep[0], deep[1], span)
                return
            message = f"expected a `{ty._show_trait(trait, deep[1:], ())}` closure, found `{subject}`"
            self.error("E0277", message, span, f"expected an `{trait.name}` closure, found `{subject}`")
            return
        if trait.lang == "Sized":
            message = f"the size for values of type `{subject}` cannot be known at compilation time"
            self.error("E0277", message, span, "doesn't have a size known at compile-time")
            return
        if trait.lang == "Display":
            error = self.error(
                "E0277",
                f"`{subject}` doesn't implement `std::fmt::Display`",
                span,
                f"`{subject}` cannot be formatted with the default formatter",
            )
            error.suggestion = unmet_fix(self, trait, deep)
            return
        if trait.lang == "Debug":
            error = self.error(
                "E0277",
                f"`{subject}` doesn't implement `Debug`",
                span,
                f"`{subject}` cannot be formatted using `{{:?}}` because it doesn't implement `Debug`",
            )
            error.suggestion = unmet_fix(self, trait, deep)
            if error.suggestion is not None:
                return
            error.helps.append(f"consider annotating `{subject}` with `#[derive(Debug)]`")
            return
        message = f"the trait bound `{subject}: {shown}` is not satisfied"
        error = self.error("E0277", message, span, f"the trait `{shown}` is not implemented for `{subject}`")
        error.suggestion = unmet_fix(self, trait, deep)


def _depth(one: Ty) -> int:
    """How deep a type's arguments are nested; 50 at most."""
    level, depth = [one], 0
    while level and depth < 50:
        level = [a for t_ in level for a in t_.args]
        depth += 1
    return depth
