"""Modules and what their names mean: declarations, imports, globs, visibility (The Rust Reference, "Names")."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.typing.definitions import AdtDef, ConstDef, FnDef, TraitDef, VariantDef
from engines.rustwasm.typing.types import PRIMITIVES, Ty

_HIDDEN: Final = ("raw", "decimal", "float", "wide")
"""Modules of our core library that std does not have."""
TYPES: Final = 0
VALUES: Final = 1


class Binding:
    """What a name means in one namespace, from which module on it is visible (None: everywhere), and where it is
    said. `rival` is what it means by another glob import."""

    __slots__ = ("definition", "is_import", "rival", "span", "used", "visible_in")

    def __init__(self, definition: Any, visible_in: Module | None, span: t.Span, is_import: bool = False) -> None:
        self.definition = definition
        self.visible_in = visible_in
        self.span = span
        self.is_import = is_import
        self.used = False
        self.rival: Binding | None = None


class AliasDef:
    """`type Name<..> = ...;`"""

    __slots__ = ("module", "name", "path", "stands_for", "syntax")

    def __init__(self, name: str, syntax: t.AliasItem, module: Module) -> None:
        self.name = name
        self.path = name
        self.syntax = syntax
        self.module = module
        self.stands_for: Ty | None = None
        """Its type, once it is known, of one without parameters: the same at each use."""


class Module:
    """A module, or the items of a block (`block`): then names it does not have are looked up in `parent`."""

    __slots__ = ("block", "globs", "members", "names", "parent", "path", "root", "traits")

    def __init__(self, path: str, parent: Module | None, block: bool = False) -> None:
        self.path = path
        self.parent = parent
        self.block = block
        self.root: Module = parent.root if parent else self
        self.names: tuple[dict[str, Binding], dict[str, Binding]] = ({}, {})
        self.globs: list[tuple[Any, Module | None]] = []
        self.traits: list[TraitDef] | None = None
        self.members: dict[str, list[TraitDef]] | None = None
        """Of `traits`, which declare a method or const of a name."""

    @property
    def name(self) -> str:
        return self.path.rsplit("::", 1)[-1]

    def named(self) -> Module:
        """The nearest module that is not a block's."""
        module = self
        while module.block:
            assert module.parent is not None
            module = module.parent
        return module

    def inside(self, other: Module) -> bool:
        module: Module | None = self
        while module is not None:
            if module is other:
                return True
            module = module.parent
        return False

    def __repr__(self) -> str:
        return f"<mod {self.path}>"


class Import:
    __slots__ = ("done", "module", "name", "segments", "span", "visible_in")

    def __init__(
        self, module: Module, segments: Any, name: str | None, span: t.Span, visible_in: Module | None
    ) -> None:
        self.module = module
        self.segments = segments
        self.name = name
        self.span = span
        self.visible_in = visible_in
        self.done = False


def kind_of(definition: Any) -> str:
    """What a definition is, in rustc's words."""
    if isinstance(definition, AdtDef):
        return "enum" if definition.is_enum else "struct"
    if isinstance(definition, TraitDef):
        return "trait"
    if isinstance(definition, Module):
        return "module"
    if isinstance(definition, FnDef):
        return "function"
    if isinstance(definition, ConstDef):
        return "static" if definition.is_static else "constant"
    if isinstance(definition, VariantDef):
        return "variant"
    return "type alias" if isinstance(definition, AliasDef) else "builtin type"


class Resolver:
    """Names to definitions. `library` is the root of the core library (None while that itself is compiled)."""

    def __init__(self, diagnostics: Diagnostics, library: Module | None) -> None:
        self.diagnostics = diagnostics
        self.library = library
        self.imports: list[Import] = []
        self.prelude: Module | None = None
        self._of_prelude: dict[tuple[str, int], Binding | None] = {}
        """What names mean in the library's prelude, which does not change any more, as far as they were looked up."""
        self._members: dict[tuple[TraitDef, ...], dict[str, list[TraitDef]]] = {}
        """Of the traits in the scope of a module, by name those that declare it: most modules have the same ones."""
        if library is not None:
            self.prelude = library.names[TYPES]["prelude"].definition

    def declare(
        self, module: Module, space: int, name: str, definition: Any, visible_in: Module | None, span: t.Span
    ) -> None:
        """Bind a name. E0428 if the module has it already."""
        names = module.names[space]
        before = names.get(name)
        if before is not None:
            what = ("type", "value")[space]
            message = f"the name `{name}` is defined multiple times"
            item = getattr(definition, "syntax", None)
            if item is not None and hasattr(item, "name_span"):
                head = self.diagnostics.sources.snippet(item.span).split("{")[0].rstrip()
                span = (item.span[0], item.span[0] + len(head))
            error = self.diagnostics.error("E0428", message, span, f"`{name}` redefined here")
            error.labels.append((before.span, f"previous definition of the {what} `{name}` here"))
            error.notes.append(f"`{name}` must be defined only once in the {what} namespace of this module")
            return
        names[name] = Binding(definition, visible_in, span)

    def resolve_imports(self) -> None:
        """Bind every `use`, to a fixed point; what stays unresolved is E0432 or E0433."""
        pending = self.imports
        self.imports = []
        progress = True
        while progress and pending:
            progress = False
            rest = []
            for one in pending:
                if self.try_import(one):
                    progress = True
                else:
                    rest.append(one)
            pending = rest
        if pending:
            from engines.rustwasm.resolve.importable import suggest_path
        for one in pending:
            path = "::".join(s for s, _ in one.segments)
            last, span = one.segments[-1]
            known = self.outside(path, (one.segments[0][1][0], span[1]))
            module = None if known else self.import_prefix(one, report=True)
            if module is not None:
                where = "in the root" if module is module.root else f"in `{module.name}`"
                error = self.diagnostics.error("E0432", f"unresolved import `{path}`", span, f"no `{last}` {where}")
                suggest_path(self, error, one, len(one.segments) - 1, module)
            if one.name:
                for space in (TYPES, VALUES):
                    one.module.names[space].setdefault(one.name, Binding(None, None, one.span, True))

    def outside(self, path: str, span: t.Span) -> bool:
        """Report a path of std's that is outside the subset; False if it is no such one."""
        crate, _, rest = path.partition("::")
        if crate not in ("std", "core", "alloc") or self.library is None:
            return False
        from engines.rustwasm.resolve.outside import outside

        found = outside(rest)
        if found is not None:
            self.diagnostics.error(None, found[0], span).helps.append(found[1])
        return found is not None

    def first_module(self, module: Module, name: str) -> Any:
        """What the first segment of a `use` path means: a module or an enum."""
        if name == "crate":
            return module.root
        if name == "self":
            return module.named()
        if name == "super":
            return module.named().parent.named() if module.named().parent else None  # type: ignore[union-attr]
        if name in ("std", "core", "alloc"):
            return self.library or module.root
        binding = self.find(module, name, TYPES)
        return binding.definition if binding else None

    def import_prefix(self, one: Import, report: bool = False) -> Any:
        """The module or enum that an import's last name is looked up in; None if not (yet) known."""
        prefix = one.segments if one.name is None else one.segments[:-1]
        place: Any = one.module.named() if not prefix else self.first_module(one.module, prefix[0][0])
        for i, (name, span) in enumerate(prefix):
            room = place
            if i:
                if name == "super" and isinstance(place, Module) and place.parent is not None:
                    place = place.parent.named()
                    continue
                binding = self.member(place, name, TYPES) if isinstance(place, Module) else None
                if place is self.library and name in _HIDDEN:
                    binding = None
                place = binding.definition if binding else None
                if binding is not None and not self.visible(binding, one.module) and report:
                    self.private(binding, name, span)
            if not isinstance(place, (Module, AdtDef)):
                if report and name == "super":
                    self.no_parent(span)
                elif report:
                    kind = "module" if i else "module or unlinked crate"
                    path = "::".join(s for s, _ in one.segments[: i + 1] if i or len(one.segments) == 1)
                    path = path or "::".join(s for s, _ in one.segments)
                    label = f"use of unresolved {kind} `{name}`"
                    error = self.diagnostics.error("E0432", f"unresolved import `{path}`", span, label)
                    if place is None and name in ("rand", "serde", "regex", "tokio", "libc"):
                        error.helps.append("other crates are outside the subset")
                    elif place is None:
                        from engines.rustwasm.resolve.importable import suggest_path

                        suggest_path(self, error, one, i, room if i else one.module)
                return None
        return place

    def try_import(self, one: Import) -> bool:
        place = self.import_prefix(one)
        if place is None:
            return False
        if one.name is None:
            one.module.globs.append((place, one.visible_in))
            return True
        last, span = one.segments[-1]
        if len(one.segments) == 1:
            crate_like = (
                self.first_module(one.module, last)
                if last in ("std", "core", "alloc", "crate", "self", "super")
                else None
            )
            candidates: list[tuple[int, Binding | None]] = [
                (TYPES, Binding(crate_like, None, span) if crate_like else None)
            ]
            if not crate_like and one.module.parent is None and one.name == last:
                return False
            if not crate_like:
                candidates = [(s, self.find(one.module, last, s, skip_own=one.name == last)) for s in (TYPES, VALUES)]
        else:
            candidates = [(s, self.member(place, last, s)) for s in (TYPES, VALUES)]
            if place is self.library and last in _HIDDEN:
                return False
            if place is self.library and last == "intrinsics":
                message = "use of unstable library feature `core_intrinsics`"
                self.diagnostics.error("E0658", message, one.span)
        found = [(s, b) for s, b in candidates if b is not None and b.definition is not None]
        narrow = [b for _, b in found if self.visible(b, one.module) and not _reaches(one.visible_in, b)]
        if found and len(narrow) == len(found):
            self.too_private(narrow[-1], found[-1][0], last, one.span)
        for space, binding in found:
            if not self.visible(binding, one.module):
                self.private(binding, last, span)
            if binding.rival is not None:
                self.ambiguous(binding, last, span)
            names = one.module.names[space]
            if one.name == "_":
                names[f"_{one.span[0]}"] = Binding(binding.definition, one.visible_in, one.span, True)
                continue
            before = names.get(one.name)
            if before is not None:
                message = f"the name `{one.name}` is defined multiple times"
                code, verb = ("E0252", "reimported") if before.is_import else ("E0255", "redefined")
                first, again = sorted((before.span, one.span))
                error = self.diagnostics.error(code, message, again, f"`{one.name}` {verb} here")
                error.labels.append((first, f"previous definition of `{one.name}` here"))
                continue
            visible_in = binding.visible_in if binding in narrow else one.visible_in
            names[one.name] = Binding(binding.definition, visible_in, one.span, True)
        return bool(found)

    def member(self, place: Any, name: str, space: int, seen: frozenset[int] = frozenset()) -> Binding | None:
        """What `name` means as a member of a module (own names, then globs) or of an enum."""
        if isinstance(place, AdtDef):
            for variant in place.variants:
                if variant.name == name:
                    return Binding(variant, None, variant.span)
            return None
        found = place.names[space].get(name)
        if found is not None:
            return found  # type: ignore[no-any-return]
        if id(place) in seen:
            return None
        first: Binding | None = None
        for other, _ in place.globs:
            found = self.member(other, name, space, seen | {id(place)})
            if found is None or not (found.visible_in is None or place.inside(found.visible_in)):
                continue
            if first is None:
                first = found
            elif found.definition is not first.definition and first.rival is None:
                made = Binding(first.definition, first.visible_in, first.span, first.is_import)
                made.rival = found
                return made
        return first

    def find(self, module: Module, name: str, space: int, skip_own: bool = False) -> Binding | None:
        """What a plain name means in a module: its names, globs, blocks around it, crates, prelude, primitives."""
        scope: Module | None = module
        while scope is not None:
            found = None if skip_own and scope is module else self.member(scope, name, space)
            if found is not None:
                return found
            if not scope.block:
                break
            scope = scope.parent
        if space == TYPES and name in ("std", "core", "alloc"):
            return Binding(self.library or module.root, None, (0, 0))
        prelude = self.prelude
        if prelude is not None:
            if self.library is None:
                found = self.member(prelude, name, space)
            elif (name, space) in self._of_prelude:
                found = self._of_prelude[name, space]
            else:
                found = self._of_prelude[name, space] = self.member(prelude, name, space)
            if found is not None:
                return found
        if space == TYPES and name in PRIMITIVES:
            return Binding(PRIMITIVES[name], None, (0, 0))
        return None

    def visible(self, binding: Binding, module: Module) -> bool:
        return binding.visible_in is None or module.inside(binding.visible_in)

    def private(self, binding: Binding, name: str, span: t.Span) -> None:
        what = kind_of(binding.definition) + (" import" if binding.is_import else "")
        error = self.diagnostics.error("E0603", f"{what} `{name}` is private", span, f"private {what}")
        error.labels.append((binding.span, f"the {what} `{name}` is defined here"))

    def ambiguous(self, binding: Binding, name: str, span: t.Span) -> None:
        """Report a name that two glob imports give a meaning."""
        error = self.diagnostics.error("E0659", f"`{name}` is ambiguous", span, "ambiguous name")
        error.notes.append("ambiguous because of multiple glob imports of a name in the same module")
        assert binding.rival is not None
        for one in (binding, binding.rival):
            error.labels.append((one.span, f"`{name}` could refer to the {kind_of(one.definition)} here"))

    def too_private(self, binding: Binding, space: int, name: str, span: t.Span) -> None:
        """Report an import that shows more than what it imports may be seen."""
        scope = _scope(binding)
        message = f"`{name}` is private, and cannot be re-exported"
        if scope is not None and scope.parent is None:
            message = f"`{name}` is only public within the crate, and cannot be re-exported outside"
        error = self.diagnostics.error("E0365" if space == TYPES else "E0364", message, span)
        error.notes.append(f"consider marking `{name}` as `pub` in the imported module")

    def no_parent(self, span: t.Span) -> None:
        label = "there are too many leading `super` keywords"
        self.diagnostics.error("E0433", "too many leading `super` keywords", span, label)

    def resolve(self, path: t.Path, module: Module, space: int, report: bool = True) -> tuple[Any, int]:
        """What the longest resolvable prefix of a path means, and how many segments it takes.

        The rest are associated items of a type or trait. Answers (None, 0) after reporting E0425 or E0433.
        """
        segments = path.segments
        count = len(segments)
        first = segments[0].name
        binding: Binding | None = None
        place: Any
        if count == 1 and first not in ("crate", "self", "super"):
            binding = self.find(module, first, space)
            if binding is None:
                if report:
                    self.unresolved(path, 0, module, space, None)
                return None, 0
            binding.used = True
            if binding.rival is not None:
                self.ambiguous(binding, first, segments[0].span)
            return binding.definition, 1
        if first == "crate":
            place = module.root
        elif first == "self":
            place = module.named()
        elif first == "super":
            place = module.named().parent
            place = place.named() if place else None
        else:
            binding = self.find(module, first, TYPES)
            place = binding.definition if binding else None
            if binding is not None:
                binding.used = True
                if binding.rival is not None:
                    self.ambiguous(binding, first, segments[0].span)
        if place is None:
            missing = first not in ("crate", "self", "super") and binding is not None  # an import that was reported
            if report and first == "super":
                self.no_parent(segments[0].span)
            elif report and not missing:
                self.unresolved(path, 0, module, TYPES, None)
            return None, 0
        for i in range(1, count):
            if not isinstance(place, Module):
                if isinstance(place, AdtDef) and place.is_enum:
                    member = self.member(place, segments[i].name, TYPES)
                    if member is not None:
                        return member.definition, i + 1
                return place, i
            name = segments[i].name
            if name == "super":
                if place.parent is None:
                    if report:
                        self.no_parent(segments[i].span)
                    return None, 0
                place = place.parent.named()
                continue
            wanted = space if i == count - 1 else TYPES
            found = self.member(place, name, wanted)
            if found is None or found.definition is None:
                if report and (found is None or found.definition is not None):
                    self.unresolved(path, i, module, wanted if i == count - 1 else TYPES, place)
                return None, 0
            if not self.visible(found, module):
                self.private(found, name, segments[i].span)
            if found.rival is not None:
                self.ambiguous(found, name, segments[i].span)
            found.used = True
            place = found.definition
        return place, count

    def unresolved(self, path: t.Path, at: int, module: Module, space: int, place: Module | None) -> None:
        segment = path.segments[at]
        name = segment.name
        last = at == len(path.segments) - 1
        error: Any
        from engines.rustwasm.resolve.importable import NAMED_TYPES, NAMED_VALUES, PREFIXES, suggest, suggest_similar

        before = place.path.replace("core::", "std::", 1) if place is not None and place.root is self.library else None
        if before is not None and self.outside(f"{before}::{name}", segment.span):
            return
        if not last:
            kind = "module or unlinked crate" if name.islower() else "type"
            message = (
                f"failed to resolve: use of {'undeclared type' if kind == 'type' else 'unresolved ' + kind} `{name}`"
            )
            error = self.diagnostics.error("E0433", message, segment.span, message[22:])
            if kind == "type":
                error.message = f"failed to resolve: use of undeclared type `{name}`"
        else:
            where = "this scope" if place is None else f"module `{place.name}`" if place.parent else "the crate root"
            what = ("type", "value")[space]
            message = f"cannot find {what} `{name}` in {where}"
            error = self.diagnostics.error("E0425", message, segment.span, "not found in " + where)
        kinds = (NAMED_TYPES if space == TYPES else NAMED_VALUES) if last else PREFIXES
        if place is None:
            suggest(self, error, name, module, segment.span, space, kinds)
        else:
            suggest_similar(self, error, name, place, segment.span, space, kinds)

    def traits_in_scope(self, module: Module) -> list[TraitDef]:
        """Traits whose methods may be called in a module."""
        if module.traits is not None:
            return module.traits
        found: dict[int, TraitDef] = {}
        scope: Module | None = module
        places: list[Any] = []
        while scope is not None:
            places.append(scope)
            if not scope.block:
                break
            scope = scope.parent
        if self.prelude is not None:
            places.append(self.prelude)
        if self.library is None:
            places.append(module.root.names[TYPES]["prelude"].definition)
        seen: set[int] = set()
        while places:
            place = places.pop()
            if not isinstance(place, Module) or id(place) in seen:
                continue
            seen.add(id(place))
            for binding in place.names[TYPES].values():
                if isinstance(binding.definition, TraitDef):
                    found[id(binding.definition)] = binding.definition
            places += [g for g, _ in place.globs]
        module.traits = list(found.values())
        return module.traits

    def traits_declaring(self, module: Module, name: str) -> list[TraitDef]:
        """Those of `traits_in_scope` that declare a method or const of this name, in the same order."""
        members = module.members
        if members is None:
            traits = self.traits_in_scope(module)
            members = module.members = self._members.setdefault(tuple(traits), {})
            if not members:
                for trait in traits:
                    for one in {**trait.methods, **trait.assoc_consts}:
                        members.setdefault(one, []).append(trait)
        return members.get(name, [])


def _scope(binding: Binding) -> Module | None:
    """From where on what a binding names may be seen; a variant is as public as its enum."""
    definition = binding.definition
    return definition.owner.public if isinstance(definition, VariantDef) else binding.visible_in


def _reaches(visible_in: Module | None, binding: Binding) -> bool:
    """May what a binding names be seen wherever something that is visible in a module is?"""
    scope = _scope(binding)
    return scope is None or (visible_in is not None and visible_in.inside(scope))


def primitive(definition: Any) -> Ty | None:
    return definition if isinstance(definition, Ty) else None
