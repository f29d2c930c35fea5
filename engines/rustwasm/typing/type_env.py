"""Where a type is written: what names mean there, and what elided parts become."""

from __future__ import annotations

from collections.abc import Callable

from engines.rustwasm.resolve.modules import Module
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing.definitions import Generics, TraitDef
from engines.rustwasm.typing.types import Ty


class TypeEnv:
    """Where a type is written: names of parameters, `Self`, and what elided parts become.

    `elide` makes a lifetime for an elided one (None: it is an error, E0106), `infer` a type for `_` and left-out
    arguments
    (None: E0121, E0107), `opaque` what `impl Trait` stands for (None: E0562). `lifetimes_of_alias`
    are what the lifetimes of an alias stand for where its type is made.
    """

    __slots__ = (
        "bounds", "elide", "generics", "infer", "lifetimes", "lifetimes_of_alias", "module", "opaque", "params",
        "self_ty", "trait",
    )  # fmt: skip

    def __init__(self, module: Module, self_ty: Ty | None = None, trait: TraitDef | None = None) -> None:
        self.module = module
        self.params: dict[str, Ty] = {}
        self.self_ty = self_ty
        self.trait = trait
        self.lifetimes: set[str] = set()
        self.lifetimes_of_alias: dict[str, str] = {}
        self.bounds: dict[int, list[tuple[TraitDef, t.Bound]]] = {}
        self.elide: Callable[[], str] | None = None
        self.infer: Callable[[], Ty] | None = None
        self.opaque: Callable[[t.TypeImpl], Ty] | None = None
        self.generics: Generics | None = None
