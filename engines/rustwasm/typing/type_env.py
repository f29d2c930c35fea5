"""Where a type is written: what names mean there, and what elided parts become."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from engines.rustwasm.resolve.modules import Module
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing.definitions import Generics, TraitDef
from engines.rustwasm.typing.types import DYN, FNPTR, Ty

_CALLED: Final = ("Fn", "FnMut", "FnOnce")


class TypeEnv:
    """Where a type is written: names of parameters, `Self`, and what elided parts become.

    `elide` makes a lifetime for an elided one (None: it is an error, E0106), `infer` a type for `_` and left-out
    arguments
    (None: E0121, E0107), `opaque` what `impl Trait` stands for (None: E0562). `lifetimes_of_alias`
    are what the lifetimes of an alias stand for where its type is made, `bound` those that a function pointer or
    `dyn Fn` binds (`'^0`, `'^1`), None outside of one; `chosen` those that a bound `F: Fn(A) -> B` does (`'^>0`).
    """

    __slots__ = (
        "bound", "bounds", "chosen", "elide", "generics", "infer", "lifetimes", "lifetimes_of_alias", "module",
        "opaque", "params", "self_ty", "trait",
    )  # fmt: skip

    def __init__(self, module: Module, self_ty: Ty | None = None, trait: TraitDef | None = None) -> None:
        self.module = module
        self.params: dict[str, Ty] = {}
        self.self_ty = self_ty
        self.trait = trait
        self.lifetimes: set[str] = set()
        self.lifetimes_of_alias: dict[str, str] = {}
        self.bound: dict[str, str] | None = None
        self.chosen: dict[str, str] | None = None
        self.bounds: dict[int, list[tuple[TraitDef, t.Bound]]] = {}
        self.elide: Callable[[], str] | None = None
        self.infer: Callable[[], Ty] | None = None
        self.opaque: Callable[[t.TypeImpl], Ty] | None = None
        self.generics: Generics | None = None


class Binder:
    """Around the parts of a function pointer or `dyn Fn`: its calls choose the lifetimes that are left out in them."""

    def __init__(self, env: TypeEnv) -> None:
        self.env = env
        self.elide = env.elide
        self.outer = env.bound

    def __enter__(self) -> None:
        bound: dict[str, str] = {} if self.outer is None else self.outer
        self.env.bound = bound
        self.env.elide = lambda: bound.setdefault(f"'_{len(bound)}", f"'^{len(bound)}")

    def __exit__(self, *_: object) -> None:
        self.env.elide = self.elide
        self.env.bound = self.outer


class Chooser:
    """Around the arguments of a bound `F: Fn(A) -> B`: each call chooses the lifetimes that are left out in them."""

    def __init__(self, env: TypeEnv) -> None:
        self.env = env
        self.saved = env.elide, env.bound, env.chosen

    def __enter__(self) -> None:
        chosen: dict[str, str] = {}
        self.env.bound = None
        self.env.chosen = chosen
        self.env.elide = lambda: chosen.setdefault(f"'_{len(chosen)}", f"'^>{len(chosen)}")

    def __exit__(self, *_: object) -> None:
        self.env.elide, self.env.bound, self.env.chosen = self.saved


def elide_result(env: TypeEnv, parameters: tuple[Ty, ...]) -> None:
    """A lifetime that is left out in a result is the only one of the one parameter that has any, but for those of
    functions that are parameters: E0106 if there is none or more than one (The Rust Reference, "Lifetime elision")."""
    found: list[str] = []
    for one in parameters:
        own: set[str] = set()
        _passed(one, own)
        found += own
    env.elide = partial(str, *found) if len(found) == 1 else None


def _passed(one: Ty, found: set[str]) -> None:
    """Add the lifetimes in a type, not those in function pointers and `dyn Fn`."""
    found.update([name for name in one.regions if name])
    if one.kind != FNPTR and not (one.kind == DYN and one.data[0].lang in _CALLED):
        for part in one.args:
            _passed(part, found)
