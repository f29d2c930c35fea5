"""Walk the items of a crate: make their definitions, bind their names, note imports and impls, load module files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from engines.rustwasm.modes import attributes as modes
from engines.rustwasm.resolve.modules import TYPES, VALUES, AliasDef, Binding, Import, Module, Resolver, kind_of
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.derive import derive_source
from engines.rustwasm.syntax.item_rules import check_item
from engines.rustwasm.syntax.meta import BadCondition, read
from engines.rustwasm.typing.definitions import AdtDef, ConstDef, FnDef, ImplDef, TraitDef, VariantDef

_RESTRICTION: Final = re.compile(r"pub\s*\(\s*in\s+")


class Declarations:
    """Everything that a crate declares, in order of appearance."""

    def __init__(
        self,
        resolver: Resolver,
        parse_text: Callable[[str, t.Span], list[Any]],
        load_module: Callable[[Module, t.ModItem], list[Any] | None],
        settings: frozenset[str] = frozenset(),
    ) -> None:
        self.resolver = resolver
        self.parse_text = parse_text
        self.load_module = load_module
        self.settings = settings
        self.adts: list[AdtDef] = []
        self.traits: list[TraitDef] = []
        self.impls: list[ImplDef] = []
        self.functions: list[FnDef] = []
        self.consts: list[ConstDef] = []
        self.aliases: list[AliasDef] = []

    def visibility(self, public: str | None, module: Module, start: int) -> Module | None:
        """The module from which on something is visible (None: everywhere) that says so from `start` on."""
        if public == "pub":
            return None
        if public == "crate":
            return module.root
        if public == "super":
            parent = module.named().parent
            return parent.named() if parent else module.root
        if public is None or public == "self":
            return module.named() if not module.block else module
        return self.restricted(public, module, start)

    def restricted(self, path: str, module: Module, start: int) -> Module | None:
        """The module of `pub(in path)`, which is one around `module`. E0433, E0577, E0742 for any other path."""
        diagnostics = self.resolver.diagnostics
        found = _RESTRICTION.match(diagnostics.sources.snippet((start, start + 200)))
        first = start + (found.end() if found is not None else 0)
        span = (first, first + (len(path) if found is not None else 1))
        names = path.split("::")
        if names[0] not in ("crate", "self", "super"):
            message = "relative paths are not supported in visibilities in 2018 edition or later"
            diagnostics.error(None, message, span)
            return module.root
        place: Any = {"crate": module.root, "self": module.named(), "super": module.named().parent}[names[0]]
        for name in names[1:]:
            inner: Any = place.parent if name == "super" and place is not None else None
            if inner is None and place is not None:
                binding = place.names[TYPES].get(name)
                inner = binding.definition if binding is not None else None
            if inner is None:
                diagnostics.error("E0433", f"cannot find `{name}` in `{path.rsplit('::', 1)[0]}`", span)
                return module.root
            if not isinstance(inner, Module):
                diagnostics.error("E0577", f"expected module, found {kind_of(inner)} `{path}`", span, "not a module")
                return module.root
            place = inner
        if place is None or not module.inside(place):
            diagnostics.error("E0742", "visibilities can only be restricted to ancestor modules", span)
            return module.root
        return place  # type: ignore[no-any-return]  # a Module, after the loop

    def items(self, items: list[Any], module: Module) -> None:
        for item in self.configured(items):
            self.item(item, module)

    def configured(self, items: list[Any]) -> list[Any]:
        """The items that `#[cfg(...)]` lets be; tests only where tests are compiled."""
        conditional = [item for item in items if item.attributes and self.is_out(item)]
        return [item for item in items if item not in conditional] if conditional else items

    def is_out(self, item: Any) -> bool:
        for name, _, span in item.attributes:
            if name == "test" and isinstance(item, t.FnItem) and "test" not in self.settings:
                return True
            if name == "cfg":
                try:
                    return not modes.configured(item.attributes, self.settings)
                except BadCondition as error:
                    self.resolver.diagnostics.error(error.code, str(error), span)
                    return True
        return False

    def item(self, item: Any, module: Module) -> None:
        kind = type(item)
        if self.resolver.library is not None:
            check_item(item, self.resolver.diagnostics)
        visible = self.visibility(item.public, module, item.span[0])
        name = item.name
        declare = self.resolver.declare
        inner_path = f"{module.path}::{name}" if module.path else name
        if kind is t.FnItem:
            function = self.function(item, module, None)
            function.public = visible
            declare(module, VALUES, name, function, visible, item.name_span)
        elif kind is t.StructItem:
            self.struct(item, module, visible)
        elif kind is t.EnumItem:
            self.enum(item, module, visible)
        elif kind is t.ImplItem:
            self.impl(item, module)
        elif kind is t.TraitItem:
            trait = TraitDef(name, item.name_span, module)
            trait.path = inner_path
            trait.syntax = item
            trait.public = visible
            trait.lang = _attribute(item, "lang")
            item.target = trait
            self.traits.append(trait)
            declare(module, TYPES, name, trait, visible, item.name_span)
            if modes.is_gc(item):
                modes.inherit(item.items, modes.gc_span(item))
            item.items = self.configured(item.items)
            self.distinct(item.items, "E0428")
            for member in item.items:
                if isinstance(member, t.FnItem):
                    trait.methods[member.name] = self.function(member, module, trait)
                elif isinstance(member, t.AliasItem):
                    trait.assoc_types[member.name] = ([], member.ty)
                elif isinstance(member, t.ConstItem):
                    trait.assoc_consts[member.name] = self.const(member, module, trait)
        elif kind is t.ConstItem:
            const = self.const(item, module, None)
            if name != "_":
                declare(module, VALUES, name, const, visible, item.name_span)
        elif kind is t.AliasItem:
            alias = AliasDef(name, item, module)
            self.aliases.append(alias)
            declare(module, TYPES, name, alias, visible, item.name_span)
        elif kind is t.ModItem:
            inner = Module(inner_path, module)
            declare(module, TYPES, name, inner, visible, item.name_span)
            items = item.items if item.items is not None else self.load_module(inner, item)
            if items is not None:
                if modes.is_gc(item):
                    modes.inherit(items, modes.gc_span(item))
                self.items(items, inner)
        elif kind is t.UseItem:
            for segments, as_name, span in item.imports:
                self.resolver.imports.append(Import(module, segments, as_name, span, visible))

    def distinct(self, members: list[Any], code: str) -> None:
        """Report members of a trait (E0428), of an impl of one (E0201) or of an inherent impl (E0592) of one name."""
        seen: dict[tuple[bool, str], Any] = {}
        for member in members:
            before = seen.setdefault((isinstance(member, t.AliasItem), member.name), member)
            if before is not member:
                message = f"duplicate definitions with name `{member.name}`"
                if code == "E0428":
                    message = f"the name `{member.name}` is defined multiple times"
                error = self.resolver.diagnostics.error(code, message, member.span)
                error.labels.append((before.span, f"previous definition of `{member.name}` here"))

    def function(self, item: t.FnItem, module: Module, owner: ImplDef | TraitDef | None) -> FnDef:
        function = FnDef(item.name, item.name_span, module, owner)
        function.syntax = item
        function.unsafe = item.unsafe
        function.intrinsic = item.name if any(a[0] == "intrinsic" for a in item.attributes) else None
        function.lang = _attribute(item, "lang")
        function.attributes = [a[0] + a[1] for a in item.attributes]
        function.path = f"{module.path}::{item.name}" if module.path else item.name
        function.public = self.visibility(item.public, module, item.span[0])
        function.gc = modes.is_gc(item)
        item.target = function
        self.functions.append(function)
        return function

    def const(self, item: t.ConstItem, module: Module, owner: ImplDef | TraitDef | None) -> ConstDef:
        const = ConstDef(item.name, item.name_span, module, item.is_static)
        const.path = f"{module.path}::{item.name}" if module.path else item.name
        const.syntax = item
        const.owner = owner
        const.mutable = item.mutable
        const.public = self.visibility(item.public, module, item.span[0])
        item.target = const
        self.consts.append(const)
        return const

    def struct(self, item: t.StructItem, module: Module, visible: Module | None) -> None:
        adt = self.adt(item, module, False, visible)
        variant = VariantDef(item.name, 0, item.shape, item.name_span, adt)
        adt.variants.append(variant)
        self.resolver.declare(module, TYPES, item.name, adt, visible, item.name_span)
        if item.shape != "named" and module.names[TYPES][item.name].definition is adt:
            self.resolver.declare(module, VALUES, item.name, variant, visible, item.name_span)
        self.derive(item, module)

    def enum(self, item: t.EnumItem, module: Module, visible: Module | None) -> None:
        adt = self.adt(item, module, True, visible)
        names: set[str] = set()
        for i, one in enumerate(item.variants):
            if one.name in names:
                message = f"the name `{one.name}` is defined multiple times"
                self.resolver.diagnostics.error("E0428", message, one.span, f"`{one.name}` redefined here")
            names.add(one.name)
            adt.variants.append(VariantDef(one.name, i, one.shape, one.span, adt))
        self.resolver.declare(module, TYPES, item.name, adt, visible, item.name_span)
        self.derive(item, module)

    def adt(self, item: Any, module: Module, is_enum: bool, visible: Module | None) -> AdtDef:
        adt = AdtDef(item.name, is_enum, item.name_span, module)
        adt.path = f"{module.path}::{item.name}" if module.path else item.name
        adt.lang = _attribute(item, "lang")
        adt.public = visible
        adt.syntax = item
        adt.attributes = [a[0] + a[1] for a in item.attributes]
        adt.lifetimes = [p.name for p in item.generics.params if p.kind == "lifetime"]
        if modes.is_gc(item):
            adt.make_gc()
        item.target = adt
        self.adts.append(adt)
        return adt

    def derive(self, item: Any, module: Module) -> None:
        for name, text, span in item.attributes:
            if name != "derive":
                continue
            for one in read(name, text).items:
                trait = one.name
                if one.form != "word":
                    continue
                if trait == "Default" and not self.check_default(item, span):
                    continue
                source = derive_source(item, trait.rsplit("::", 1)[-1])
                if source is None:
                    message = f"cannot find derive macro `{trait}` in this scope"
                    self.resolver.diagnostics.error(None, message, span)
                    continue
                if trait == "Default" and isinstance(item, t.EnumItem) and not any(
                    a[0] == "default" for v in item.variants for a in v.attributes
                ):  # fmt: skip
                    message = "`#[derive(Default)]` on enum with no `#[default]`"
                    error = self.resolver.diagnostics.error("E0665", message, span)
                    error.helps.append("make a unit variant the default by placing `#[default]` above it")
                    continue
                own = {p.name: p.bounds for p in item.generics.params}
                for made in self.parse_text(source, span):
                    for p in made.generics.params:
                        p.bounds = [*own[p.name], *p.bounds]
                    made.generics.where = item.generics.where
                    self.impl(made, module, derived=span)

    def check_default(self, item: Any, span: t.Span) -> bool:
        """Whether a default can be derived: of an enum, one unit variant is marked."""
        if not isinstance(item, t.EnumItem):
            return True
        marked = [one for one in item.variants if any(name == "default" for name, _, _ in one.attributes)]
        error = self.resolver.diagnostics.error
        if not marked:
            error("E0665", "`#[derive(Default)]` on enum with no `#[default]`", span)
        elif len(marked) > 1:
            error(None, "multiple declared defaults", span)
        elif marked[0].shape != "unit":
            error(None, "the `#[default]` attribute may only be used on unit enum variants", marked[0].span)
        else:
            return True
        return False

    def impl(self, item: t.ImplItem, module: Module, derived: t.Span | None = None) -> None:
        impl = ImplDef(derived or item.span, module)
        impl.syntax = item
        impl.derived = derived is not None
        self.impls.append(impl)
        item.target = impl
        if modes.is_gc(item):
            modes.inherit(item.items, modes.gc_span(item))
        item.items = self.configured(item.items)
        self.distinct(item.items, "E0592" if item.trait is None else "E0201")
        for member in item.items:
            if isinstance(member, t.FnItem):
                impl.methods[member.name] = self.function(member, module, impl)
                if item.trait is not None:
                    impl.methods[member.name].public = None
            elif isinstance(member, t.ConstItem):
                impl.assoc_consts[member.name] = self.const(member, module, impl)
                if item.trait is not None:
                    impl.assoc_consts[member.name].public = None

    def block(self, items: list[Any], module: Module) -> Module:
        """The items of a block: a module of their own inside `module`."""
        inner = Module(module.path, module, block=True)
        self.items(items, inner)
        return inner


def _attribute(item: Any, name: str) -> str | None:
    for key, text, _ in item.attributes:
        if key == name:
            return text.strip('= "') or item.name  # type: ignore[no-any-return]
    return None


def bind_enum_variants(adt: AdtDef) -> dict[str, Binding]:
    return {v.name: Binding(v, None, v.span) for v in adt.variants}
