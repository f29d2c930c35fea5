"""One compilation: sources, definitions, impls, bodies on demand, constants, diagnostics.

`check_source` (text) and `check_file` (a crate's main file with its modules) do everything up to MIR. The core library
is compiled once per process and shared; its bodies are checked when something reaches them.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.borrow.check import BorrowChecker
from engines.rustwasm.entry import check_entry, check_runnable, crate_name
from engines.rustwasm.mir.body import Body
from engines.rustwasm.mir.build import build_body
from engines.rustwasm.modes.attributes import GC, INHERITED, inherit
from engines.rustwasm.modes.quiet import QuietBodies
from engines.rustwasm.resolve.declare import Declarations
from engines.rustwasm.resolve.modules import TYPES, Module, Resolver
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.diagnostics import Diagnostics, SourceMap, read_source
from engines.rustwasm.syntax.lexer import tokenize
from engines.rustwasm.syntax.parse_items import Parser, UnparsedBody, parse
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.check import check_function
from engines.rustwasm.typing.coherence import check_coherence
from engines.rustwasm.typing.collect import Collector
from engines.rustwasm.typing.constants import fold
from engines.rustwasm.typing.definitions import AdtDef, ConstDef, FnDef, ImplDef, TraitDef
from engines.rustwasm.typing.derived import is_right_function
from engines.rustwasm.typing.dyn_compatible import check_objects
from engines.rustwasm.typing.impl_headers import check_header
from engines.rustwasm.typing.impl_members import check_members
from engines.rustwasm.typing.parameters import check_parameters
from engines.rustwasm.typing.private_types import check_private_types
from engines.rustwasm.typing.recursive_types import check_recursion
from engines.rustwasm.typing.repr_types import check_representation
from engines.rustwasm.typing.traits import head
from engines.rustwasm.typing.type_env import TypeEnv
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.typing.wellformed import break_circles, check_shared
from engines.rustwasm.typing.wellformed_types import TypeRules

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.library_instances import LibraryInstances
    from engines.rustwasm.typing.check import BodyChecker

LIBRARY: Final = Path(__file__).parent / "library"
CONSTANT_FUEL: Final = 300_000
SETTINGS: Final = frozenset(
    (
        "debug_assertions",
        'target_arch="wasm32"',
        'target_family="wasm"',
        'target_os="wasi"',
        'target_pointer_width="32"',
        'target_endian="little"',
        'panic="abort"',
    )
)
"""What `#[cfg(...)]` finds set; `test` besides when the crate's tests are compiled."""
_library: Compilation | None = None


@contextmanager
def quiet_runtime() -> Iterator[None]:
    """Room for deep recursion (the parser's depth limit bounds it) and no garbage collection in between."""
    limit, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(limit, 60_000))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


def library() -> Compilation:
    """The core library, compiled once per process."""
    global _library
    if _library is None:
        with quiet_runtime():
            _library = Compilation(None)
            _library.load_library()
            gc.freeze()
    return _library


def install_library(base: Compilation) -> None:
    """Have `library` give this one from now on."""
    global _library
    _library = base
    gc.freeze()


def library_is_loaded() -> bool:
    return _library is not None


class Compilation:
    """Definitions of one crate on top of the library."""

    def __init__(self, base: Compilation | None, settings: frozenset[str] = SETTINGS) -> None:
        self.base = base
        self.instances: LibraryInstances | None = None
        """Of the library: its functions and their bodies as programs share them."""
        self.entry: FnDef | None = None
        self.settings = settings
        self.sources = SourceMap()
        if base is not None:
            for file in base.sources.files:
                self.sources.files.append(file)
                self.sources._bases.append(file.base)
        self.diagnostics = Diagnostics(self.sources)
        self.root = Module("" if base is not None else "core", None)
        self.resolver = Resolver(self.diagnostics, base.root if base is not None else None)
        self.declarations = Declarations(self.resolver, self.parse_derived, self.load_module, settings)
        self.collector = Collector(self)
        if base is not None:
            self.collector.done = set(base.collector.done)
            self.collector.envs = dict(base.collector.envs)
        self.active: set[Any] = set()
        self.unlooked: set[FnDef] = set()
        """Functions that the check of the crate left alone, since they are right (`typing.derived`)."""
        self.typed: dict[FnDef, BodyChecker] = {}
        """GC functions whose types are right and whose MIR nobody asked for yet."""
        self.checking: list[BodyChecker] = []
        """Of the bodies whose types are being found, each on behalf of the one before it."""
        self.current_impl: ImplDef | None = None
        self.copy_cache: dict[Ty, bool] = {}
        self.drop_cache: dict[Ty, bool] = {}
        """Of types without parameters: may dropping a value do something (`mir.scopes.needs_drop`)?"""
        self.selections: dict[Any, Any] = {}
        self.projections: dict[Any, Ty] = {}
        self.overflowed = False
        """Whether a requirement led to more and more others (E0275): nothing is selected any more."""
        self.generic_consts: dict[tuple[ConstDef, tuple[Ty, ...]], Any] = {}
        self._langs: dict[str, Any] = dict(base._langs) if base is not None else {}
        self._trait_impls: dict[TraitDef, list[ImplDef]] = {}
        self._index: dict[TraitDef, dict[Any, list[ImplDef]]] = {}
        self._inherent: dict[Any, list[ImplDef]] = {}
        self._inherent_cache: dict[Any, list[ImplDef]] = {}
        self._methods: dict[tuple[Any, str], list[tuple[ImplDef, FnDef]]] = {}
        self.derefs: dict[Ty, Ty] = {}
        """What types without parameters and variables are dereferenced to by their `Deref`."""
        self._deref_heads: set[Any] = set(base._deref_heads) if base is not None else set()
        self.directory: Path | None = None
        self.main_file = ""
        self.main_end = 0
        """Where the last item of the main file ends."""
        self.module_files: set[Path] = set()
        self.indexed = 0
        self.unbroken = 0
        self.aliases_checked = 0
        self.traits_checked = 0
        self.type_rules = TypeRules(self)

    @property
    def crate(self) -> str:
        """What the program's crate is called: as its main file is."""
        return Path(self.main_file).stem.replace("-", "_") or "main"

    # Loading

    def load_library(self) -> None:
        self.resolver.prelude = None
        for path in sorted(LIBRARY.glob("*.rs")):
            file = self.sources.add(f"library/{path.name}", path.read_text())
            module = Module(f"core::{path.stem}", self.root)
            self.resolver.declare(self.root, TYPES, path.stem, module, None, (file.base, file.base))
            self.declarations.items(parse(file.text, file.base, self.diagnostics, lazy=True), module)
        prelude = self.root.names[TYPES]["prelude"].definition
        self.resolver.prelude = prelude
        self.index_definitions()
        collector = self.collector
        for adt in self.declarations.adts:
            collector.ensure_fields(adt)
        for function in self.declarations.functions:
            collector.ensure_signature(function)
        for const in self.declarations.consts:
            self.ensure_const(const)
        for impl in self.declarations.impls:
            collector.impl_bounds(impl)
            for item in impl.syntax.items:
                if isinstance(item, t.AliasItem):
                    collector.impl_assoc(impl, item.name)
        check_objects(self)
        if self.diagnostics.has_errors:
            raise ValueError("the core library does not compile:\n" + self.diagnostics.render())

    def parse_derived(self, text: str, span: t.Span) -> list[Any]:
        tokens = tokenize(text, 0, self.diagnostics)
        count = len(tokens.kinds)
        tokens.starts = [span[0]] * count
        tokens.ends = [span[1]] * count
        parser = Parser(tokens, self.diagnostics)
        parser.lazy = True
        return parser.file()

    def load_module(self, module: Module, item: t.ModItem) -> list[Any] | None:
        """The items of `mod name;`: NAME.rs or NAME/mod.rs beside its parent's file. E0583 if there is none."""
        parent = module.parent
        directory = self.directory
        if directory is not None and parent is not None and parent.parent is not None:
            directory = directory.joinpath(*parent.path.split("::"))
        candidates = [directory / f"{item.name}.rs", directory / item.name / "mod.rs"] if directory is not None else []
        for path in candidates:
            if os.path.exists(path):  # noqa: PTH110 (Path's raises for a name that is too long)
                try:
                    text = read_source(path)
                except (OSError, ValueError) as error:
                    self.diagnostics.error(None, f"couldn't read `{path.name}`: {error}", item.span)
                    return None
                place = path.resolve()
                if len(self.module_files) > 2000 or place in self.module_files:
                    self.diagnostics.error(None, f"circular modules: `{path.name}` is a module already", item.span)
                    return None
                self.module_files.add(place)
                file = self.sources.add(str(path), text)
                return parse(text, file.base, self.diagnostics, self.settings)
        missing = self.diagnostics.error("E0583", f"file not found for module `{item.name}`", item.span)
        missing.helps.append(
            f'to create the module `{item.name}`, create file "{item.name}.rs" or "{item.name}/mod.rs"'
        )
        return None

    def add_crate(self, name: str, text: str) -> None:
        file = self.sources.add(name, text)
        self.main_file = name
        if self.directory is not None:
            self.module_files.add(Path(name).resolve())
        items = parse(text, file.base, self.diagnostics, self.settings)
        self.main_end = items[-1].span[1] if items else file.base
        if self.diagnostics.unparsed:
            return
        if "wasm_gc" in self.settings:
            inherit(items, (file.base, file.base))
        elif any(a == (GC, INHERITED, a[2]) for item in items for a in item.attributes):
            self.settings |= {"wasm_gc"}
            self.declarations.settings = self.settings
        self.declarations.items(items, self.root)
        self.index_definitions()

    def index_definitions(self) -> None:
        """Resolve imports and index what was declared since the last time."""
        self.resolver.resolve_imports()
        traits = self.declarations.traits[self.unbroken :]
        self.unbroken = len(self.declarations.traits)
        if traits and self.base is not None:
            break_circles(self, traits)
        definitions: list[Any] = [*self.declarations.adts, *self.declarations.traits, *self.declarations.functions]
        for definition in definitions:
            if definition.lang is not None and self.base is None:
                self._langs[definition.lang] = definition
        impls = self.declarations.impls[self.indexed :]
        self.indexed = len(self.declarations.impls)
        for impl in impls:
            self.collector.ensure_impl(impl)
            if impl.erased_self.kind == ty.ERROR:
                continue
            if impl.syntax.trait is None:
                self._inherent.setdefault(head(impl.erased_self), []).append(impl)
                continue
            if impl.trait is None:
                continue
            self.selections.clear()
            self.projections.clear()
            self.derefs.clear()
            self._trait_impls.setdefault(impl.trait, []).append(impl)
            self._index.pop(impl.trait, None)
            if impl.trait.lang == "Deref":
                self._deref_heads.add(head(impl.erased_self))
            if impl.trait.lang == "Drop" and impl.erased_self.kind == ty.ADT:
                impl.erased_self.data.drop = impl.methods.get("drop")
        self._inherent_cache.clear()
        self._methods.clear()

    def block_items(self, items: list[Any], module: Module) -> Module:
        """The module of a block's items, declared the first time it is asked for."""
        for item in items:
            if (
                item.target is not None
                and getattr(item.target, "module", None) is not None
                and item.target.module.block
            ):
                return item.target.module  # type: ignore[no-any-return]
        before = (len(self.declarations.functions), len(self.declarations.adts), len(self.declarations.consts))
        inner = self.declarations.block(items, module)
        self.index_definitions()
        if self.base is not None:
            self.check_definitions(*before)
        return inner

    # Queries of typing

    def lang(self, name: str) -> Any:
        found = self._langs.get(name)
        if found is None:
            raise KeyError(f'the core library has no item with #[lang = "{name}"]')
        return found

    def has_deref(self, adt: AdtDef) -> bool:
        return adt in self._deref_heads

    def impl_index(self, trait: TraitDef) -> dict[Any, list[ImplDef]]:
        """Impls of a trait by the head of their self type; blanket ones under None."""
        found = self._index.get(trait)
        if found is None:
            found = {}
            for impl in self.trait_impls(trait):
                found.setdefault(head(impl.erased_self), []).append(impl)
            self._index[trait] = found
        return found

    def trait_impls(self, trait: TraitDef) -> list[ImplDef]:
        own = self._trait_impls.get(trait, [])
        return self.base.trait_impls(trait) + own if self.base is not None else own

    def inherent_impls(self, key: Any) -> list[ImplDef]:
        if key is None:
            return []
        found = self._inherent_cache.get(key)
        if found is None:
            found = list(self._inherent.get(key, []))
            if self.base is not None:
                found = self.base.inherent_impls(key) + found
            self._inherent_cache[key] = found
        return found

    def inherent_methods(self, key: Any, name: str) -> list[tuple[ImplDef, FnDef]]:
        """The methods of this name, those with a `self`, in the inherent impls for types of this head."""
        found = self._methods.get((key, name))
        if found is None:
            found = []
            for impl in self.inherent_impls(key):
                method = impl.methods.get(name)
                if method is not None and method.syntax.self_param is not None:
                    found.append((impl, method))
            self._methods[key, name] = found
        return found

    def all_traits(self) -> list[TraitDef]:
        return (self.base.declarations.traits if self.base is not None else []) + self.declarations.traits

    def hidden_type(self, opaque: Any) -> Ty:
        if opaque.hidden is None:
            self.body_of(opaque.function)
        return opaque.hidden if opaque.hidden is not None else ty.ERROR_TY

    # Constants

    def ensure_const(self, const: ConstDef) -> None:
        """Type and body of a const or static."""
        if const.ty is not None:
            return
        env = self.collector.owner_env(const.owner, const.module)
        env.elide = lambda: "'static"
        saved = self.current_impl
        self.current_impl = const.owner if isinstance(const.owner, ImplDef) else None
        const.ty = ty.ERROR_TY
        const.ty = self.collector.lower(const.syntax.ty, env)
        self.current_impl = saved
        env.elide = None
        body = FnDef(const.name, const.span, const.module, const.owner)
        body.syntax = const.syntax if const.syntax.value is not None else None
        body.path = const.path
        body.output = const.ty
        if const.owner is not None:
            owner = const.owner.generics
            body.generics.names = list(owner.names)
            body.generics.parent_count = len(owner.names)
            body.generics.predicates = list(owner.predicates)
            body.generics.const_params = dict(owner.const_params)
            if isinstance(const.owner, TraitDef):
                args = tuple(ty.param(i, n) for i, n in enumerate(owner.names))
                from engines.rustwasm.typing.definitions import Predicate

                own = tuple(const.owner.lifetimes)
                body.generics.predicates.append(Predicate(args[0], const.owner, args[1:], lifetimes=own))
        const.body = body
        self.collector.envs[body] = env

    def const_scalar(self, const: ConstDef, args: tuple[Ty, ...] = ()) -> Any:
        """The value of a const of a scalar type, for these arguments of the impl or trait it is in; None for others."""
        if args and const.owner is not None:
            given = tuple([ty.deep(one) for one in args])
            if any(one.flags & (ty.HAS_PARAM | ty.HAS_INFER | ty.HAS_ERROR) for one in given):
                return None
            if (const, given) not in self.generic_consts:
                self.ensure_const(const)
                self.generic_consts[const, given] = self.evaluate_member(const, given)
            return self.generic_consts[const, given]
        if const.state == 2:
            return const.value
        if const.state == 1:
            self.diagnostics.error("E0391", f"cycle detected when evaluating `{const.name}`", const.span)
            return None
        const.state = 1
        self.ensure_const(const)
        one = ty.erase(const.ty)
        if one.kind in (ty.INT, ty.BOOL, ty.CHAR, ty.FLOAT) and const.syntax.value is not None and not const.is_static:
            const.value = fold(self, const.syntax.value, one, const.module, self.collector.envs[const.body])
            # One of a generic impl has as many values as the impl has instances: whoever uses it evaluates it.
            generic = isinstance(const.owner, TraitDef) or (const.owner is not None and const.owner.generics.names)
            if const.value is None and not generic:
                const.value = self.evaluate(const.body)
        const.state = 2
        return const.value

    def const_integer(self, syntax: Any, module: Module, wanted: Ty, env: TypeEnv) -> int | None:
        """The value of an array length, const argument or discriminant."""
        value = fold(self, syntax, wanted, module, env)
        if value is None:
            const = FnDef("const", syntax.span, module)
            const.syntax = t.ConstItem(syntax.span, "const", syntax.span, None, [], None, syntax, False, False)
            const.output = wanted
            inner = TypeEnv(module)
            inner.params = env.params
            self.collector.envs[const] = inner
            value = self.evaluate(const)
        if not isinstance(value, int):
            if not self.diagnostics.has_errors:
                self.diagnostics.error("E0080", "evaluation of constant value failed", syntax.span)
            return None
        return value

    def evaluate_member(self, const: ConstDef, args: tuple[Ty, ...]) -> Any:
        """The value of a const of an impl, or of the one that an impl gives for one of a trait; a scalar, or None."""
        if not isinstance(const.owner, TraitDef):
            return self.evaluate(const.body, args)
        from engines.rustwasm.mir.instances import Instances

        if self.diagnostics.has_errors:
            return None
        given = Instances(self).resolve(const, args)
        found = given.definition
        return self.evaluate(found.body if isinstance(found, ConstDef) else found, given.args)

    def evaluate(self, function: FnDef, args: tuple[Ty, ...] = ()) -> Any:
        """Run a constant's body, for these generic arguments, in the reference interpreter; a scalar, or None."""
        from engines.rustwasm.mir.instances import Instances
        from engines.rustwasm.mir.interpreter import Interpreter, OutOfFuel, Panic

        body = self.body_of(function)
        if body is None or self.diagnostics.has_errors:
            return None
        try:
            value = Interpreter(self, Instances(self), fuel=CONSTANT_FUEL).run_constant(function, args)
        except Panic as panic:
            self.diagnostics.error("E0080", f"evaluation of constant value failed: {panic.message}", function.span)
            return None
        except OutOfFuel:
            message = f"evaluation of constant value failed: more than {CONSTANT_FUEL} steps"
            self.diagnostics.error("E0080", message, function.span)
            return None
        return value if isinstance(value, (int, float)) else None

    # Bodies

    def body_of(self, function: FnDef) -> Body | None:
        """The MIR of a function, built on first demand; None if it has no body or does not check."""
        if function.mir is not None:
            return function.mir  # type: ignore[no-any-return]
        if self.base is not None and function.module.root is self.base.root:
            with quiet_runtime():
                body = self.base.body_of(function)
            if self.base.diagnostics.has_errors:
                raise ValueError("the core library does not compile:\n" + self.base.diagnostics.render())
            return body
        if function.syntax is None or (isinstance(function.syntax, t.FnItem) and function.syntax.body is None):
            return None
        if function in self.active:
            return None
        if self.instances is not None:
            function.mir = self.instances.bodies.find(function)
            if function.mir is not None:
                return function.mir  # type: ignore[no-any-return]
        if function in self.typed:
            with quiet_runtime():
                return self._look_into(function, True)
        return self._look_into(function, True)

    def _look_into(self, function: FnDef, build: bool) -> Body | None:
        """Find the types of a body, unless they are known, and make its MIR if it is to be built and they are right."""
        made: Body | None = None
        if isinstance(function.syntax, t.FnItem) and isinstance(function.syntax.body, UnparsedBody):
            function.syntax.body = function.syntax.body.parse()
        self.active.add(function)
        saved_impl = self.current_impl
        self.current_impl = function.owner if isinstance(function.owner, ImplDef) else None
        before = len(self.diagnostics.errors)
        checker = self.typed.pop(function, None) or check_function(self, function)
        # What is wrong with an unknown type may have been said elsewhere, of the impl that the function is in.
        if len(self.diagnostics.errors) == before and not (checker.unknown and self.diagnostics.has_errors):
            if build:
                made = function.mir = build_body(checker)
            else:
                self.typed[function] = checker
        elif function in self.unlooked:
            raise ValueError(f"{function.path}, which is derived, does not check:\n{self.diagnostics.render()}")
        self.current_impl = saved_impl
        self.active.discard(function)
        ty.forget_variables()
        return made

    def _check_types(self, function: FnDef) -> None:
        """Check the types of a body; MIR is made of it at once unless the mode rules may do without."""
        if function.gc and function.mir is None and function not in self.typed and function not in self.active and (
            isinstance(function.syntax, t.FnItem) and function.syntax.body is not None
        ):  # fmt: skip
            self._look_into(function, False)
        elif function not in self.typed:
            self.body_of(function)

    # Checking a crate

    def check(self) -> None:
        """Check everything the crate declares."""
        if self.diagnostics.has_errors and not self.declarations.functions:
            return
        self.check_definitions(0, 0, 0)
        self.check_borrows()
        if "test" not in self.settings:
            check_entry(self, crate_name(Path(self.main_file)))
            return
        for function in self.declarations.functions:
            if "test" in function.attributes:
                check_runnable(self, function, "test")

    def check_borrows(self) -> None:
        """Moves, mutability and borrows of every body that has its types right."""
        checker = BorrowChecker(self, self.diagnostics)
        wrong = [error.span[0] for error in self.diagnostics.errors]
        assert checker.modes is not None
        checker.modes.check_definitions(self.declarations)
        for adt in self.declarations.adts:
            checker.check_types(adt, [(field.ty, field.span) for one in adt.variants for field in one.fields])
        for impl in self.declarations.impls:
            if not impl.derived and not any(impl.syntax.span[0] <= at < impl.syntax.span[1] for at in wrong):
                checker.check_types(impl, [(one, impl.span) for one in (impl.self_ty, *impl.trait_args)])
                if impl.trait is not None:
                    checker.check_impl(impl)
        quiet = QuietBodies(checker.modes) if not wrong else None
        for function in self.declarations.functions:
            if function in self.typed and (quiet is None or not quiet.is_quiet(self.typed[function])):
                self.body_of(function)
            start, end = function.syntax.span
            if not any(start <= at < end for at in wrong):
                if function.output is not None:
                    types = (*function.inputs, function.output)
                    checker.check_types(function, [(one, function.span) for one in types])
                if function.mir is not None:
                    checker.check(function.mir)
        for const in self.declarations.consts:
            if const.body is not None and const.body.mir is not None:
                checker.check(const.body.mir)

    def check_definitions(self, functions: int, adts: int, consts: int) -> None:
        collector = self.collector
        for adt in self.declarations.adts[adts:]:
            collector.ensure_fields(adt)
        check_recursion(self, self.declarations.adts[adts:])
        check_parameters(self, self.declarations.adts[adts:])
        rules = self.type_rules
        for adt in self.declarations.adts[adts:]:
            rules.adt(adt)
            check_representation(self, adt)
        for impl in list(self.declarations.impls):
            if (impl, "coherence") not in collector.done:
                collector.done.add((impl, "coherence"))
                check_coherence(self, impl)
                check_header(self, impl)
                rules.impl(impl)
                check_private_types(self, impl)
            if impl.trait is not None and not impl.syntax.negative:
                check_members(self, impl)
        aliases = self.declarations.aliases
        for alias in aliases[self.aliases_checked :]:
            collector.check_alias(alias)
        self.aliases_checked = len(aliases)
        for trait in self.declarations.traits[self.traits_checked :]:
            rules.trait(trait)
        self.traits_checked = len(self.declarations.traits)
        for const in self.declarations.consts[consts:]:
            self.ensure_const(const)
            rules.const(const)
            if const.is_static:
                check_shared(self, const)
            if const.body.syntax is not None:
                self.const_scalar(const)
                self.body_of(const.body)
        for function in self.declarations.functions[functions:]:
            collector.ensure_signature(function)
            rules.function(function)
        check_objects(self)
        for function in self.declarations.functions[functions:]:
            if is_right_function(self, function):
                self.unlooked.add(function)
            else:
                self._check_types(function)
        check_objects(self)

    def head_span(self, item: Any, ends: str = "{") -> t.Span:
        """An item up to its body."""
        text = self.sources.snippet(item.span)
        cut = min((at for at in map(text.find, ends) if at >= 0), default=len(text))
        return (item.span[0], item.span[0] + len(text[:cut].rstrip()))


def check_source(text: str, name: str = "main.rs", settings: frozenset[str] = SETTINGS) -> Compilation:
    """Check one crate given as text; the result's `diagnostics` say what is wrong with it."""
    base = library()
    compilation = Compilation(base, settings)
    with quiet_runtime():
        compilation.add_crate(name, text)
        compilation.check()
    return compilation


def check_file(path: Path, settings: frozenset[str] = SETTINGS) -> Compilation:
    """Check the crate whose main file is `path`. Raises OSError or ValueError (not UTF-8) if it cannot be read."""
    base = library()
    compilation = Compilation(base, settings)
    compilation.directory = path.parent
    text = read_source(path)
    with quiet_runtime():
        compilation.add_crate(str(path), text)
        compilation.check()
    return compilation
