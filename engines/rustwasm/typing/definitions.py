"""What items define: types, traits, impls, functions. One object per item; identity is the definition.

A `Generics` numbers its type and const parameters through all parents: an impl's parameters come before its method's, a
trait's `Self` is parameter 0. Lifetimes are not numbered: they are names (`types`).
"""

from __future__ import annotations

from typing import Any

from engines.rustwasm.typing.types import ADT, PARAM, Ty

Span = tuple[int, int]


class Predicate:
    """`subject: trait<args>` with bindings `Assoc = type`. `trait` is None for a lifetime bound (`regions` then).
    `declared` are arguments and bindings with their lifetimes, and `called` those of `Fn(A) -> B`: `''` is
    a lifetime that a call chooses. `lifetimes` are the trait's: `''` is any. `written` is the
    subject with its own."""

    __slots__ = (
        "args", "bindings", "called", "declared", "lifetimes", "regions", "span", "subject", "trait", "written",
    )  # fmt: skip

    def __init__(
        self,
        subject: Ty,
        trait: TraitDef | None,
        args: tuple[Ty, ...] = (),
        bindings: tuple[tuple[str, Ty], ...] = (),
        span: Span = (0, 0),
        regions: tuple[str, ...] = (),
        called: tuple[Ty, Ty] | None = None,
        declared: tuple[tuple[Ty, ...], tuple[tuple[str, Ty], ...]] | None = None,
        lifetimes: tuple[str, ...] = (),
        written: Ty | None = None,
    ) -> None:
        self.subject = subject
        self.written = written or subject
        self.called = called
        self.declared = declared if declared is not None else (args, bindings)
        self.trait = trait
        self.lifetimes = lifetimes
        self.args = args
        self.bindings = bindings
        self.span = span
        self.regions = regions


class Generics:
    """Parameters and bounds of an item. `names[i]` is parameter i's, parents' included; `const_params` maps the
    index of
    a const parameter to its type; `outlives` are pairs `'a: 'b`."""

    __slots__ = ("const_params", "defaults", "lifetimes", "names", "outlives", "parent_count", "predicates", "unsized")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.parent_count = 0
        self.lifetimes: list[str] = []
        self.const_params: dict[int, Ty] = {}
        self.defaults: dict[int, Any] = {}
        self.predicates: list[Predicate] = []
        self.outlives: list[tuple[str, str]] = []
        self.unsized: set[int] = set()


class FieldDef:
    __slots__ = ("name", "public", "span", "ty")

    def __init__(self, name: str, ty: Ty, public: Any, span: Span) -> None:
        self.name = name
        self.ty = ty
        self.public = public
        self.span = span


class VariantDef:
    """A struct's only variant or one of an enum's. `shape` is "unit", "tuple" or "named"."""

    __slots__ = ("discriminant", "fields", "index", "name", "owner", "shape", "span")

    def __init__(self, name: str, index: int, shape: str, span: Span, owner: AdtDef) -> None:
        self.name = name
        self.index = index
        self.shape = shape
        self.span = span
        self.owner = owner
        self.fields: list[FieldDef] = []
        self.discriminant = index

    def field_index(self, name: str) -> int:
        for i, field in enumerate(self.fields):
            if field.name == name:
                return i
        return -1


class AdtDef:
    """A struct or enum. `lang` names the ones that the compiler knows (Box, Option, String, ...); `drop` is the
    method of
    its Drop impl; `attributes` are the texts of `#[...]`.

    A GC type (`gc`, from `#[wasm::gc]`): its values are handles, shared references to objects that the collector
    owns. `object`
    is then the twin that describes the object behind a handle (same variants, not itself GC), and its `surface` is
    the GC type.
    """

    __slots__ = (
        "attributes", "drop", "gc", "generics", "is_copy", "is_enum", "lang", "lifetimes", "module", "name", "object",
        "path", "public", "span", "surface", "syntax", "variants",
    )  # fmt: skip

    def __init__(self, name: str, is_enum: bool, span: Span, module: Any) -> None:
        self.name = name
        self.path = name
        self.is_enum = is_enum
        self.span = span
        self.module = module
        self.generics = Generics()
        self.lifetimes: list[str] = []
        self.variants: list[VariantDef] = []
        self.lang: str | None = None
        self.drop: FnDef | None = None
        self.is_copy = False
        self.public: Any = None
        self.attributes: list[str] = []
        self.syntax: Any = None
        self.gc = False
        self.object: AdtDef | None = None
        self.surface: AdtDef | None = None

    def make_gc(self) -> None:
        """Make this a GC type. Call it when everything else but fields and generics is set."""
        twin = AdtDef(f"{self.name}$object", self.is_enum, self.span, self.module)
        twin.path = f"{self.path}$object"
        twin.generics, twin.lifetimes, twin.variants = self.generics, self.lifetimes, self.variants
        twin.syntax = self.syntax
        twin.surface = self
        self.gc = True
        self.object = twin

    def __repr__(self) -> str:
        return f"<adt {self.path}>"


class FnDef:
    """A function, method, or the nameless body of a const or static (no parameters).

    `inputs` and `output` keep lifetimes; `owner` is the `ImplDef` or `TraitDef` it is in. `intrinsic` names the
    operation
    of a body-less library function (docs/reference/mir.md). `receiver` is None, or the type of `self`. `mir` is filled
    when the body is first asked for (`Compilation.body_of`). `gc` says that it is a GC function
    (`engines.rustwasm.modes`).
    """

    __slots__ = (
        "attributes", "gc", "generics", "inputs", "intrinsic", "lang", "lifetimes", "mir", "module", "name", "output",
        "owner",
        "path", "public", "receiver", "span", "syntax", "typed", "unsafe",
    )  # fmt: skip

    def __init__(self, name: str, span: Span, module: Any, owner: ImplDef | TraitDef | None = None) -> None:
        self.name = name
        self.path = name
        self.span = span
        self.module = module
        self.owner = owner
        self.generics = Generics()
        self.lifetimes: list[str] = []
        self.inputs: tuple[Ty, ...] = ()
        self.output: Any = None  # a `Ty`, set by collection, before anyone looks
        self.receiver: Ty | None = None
        self.syntax: Any = None
        self.intrinsic: str | None = None
        self.lang: str | None = None
        self.typed: Any = None
        self.mir: Any = None
        self.public: Any = None
        self.attributes: list[str] = []
        self.unsafe = False
        self.gc = False

    @property
    def has_body(self) -> bool:
        return self.syntax is not None and self.syntax.body is not None

    def __repr__(self) -> str:
        return f"<fn {self.path}>"


class ConstDef:
    """A const or static. `value` is the folded scalar once known; otherwise `body` (a `FnDef` without parameters)
    is what
    computes it. `owner` is set for associated consts."""

    __slots__ = ("body", "is_static", "module", "mutable", "name", "owner", "path", "public", "span", "state",
    "syntax", "ty",
                 "value")  # fmt: skip

    def __init__(self, name: str, span: Span, module: Any, is_static: bool) -> None:
        self.name = name
        self.path = name
        self.span = span
        self.module = module
        self.is_static = is_static
        self.mutable = False
        self.ty: Any = None  # a `Ty`, set by collection
        self.body: FnDef = None  # type: ignore[assignment]  # set by collection
        self.value: Any = None
        self.state = 0
        self.owner: ImplDef | TraitDef | None = None
        self.public: Any = None
        self.syntax: Any = None

    def __repr__(self) -> str:
        return f"<const {self.path}>"


class TraitDef:
    """A trait. `assoc_types` maps a name to (bounds on it, default or None); `supertraits` are predicates on Self.
    `methods` in order of declaration is also the order in a vtable."""

    __slots__ = (
        "assoc_consts", "assoc_types", "generics", "impls", "lang", "lifetimes", "methods", "module", "name", "path",
        "public", "span", "supertraits", "syntax",
    )  # fmt: skip

    def __init__(self, name: str, span: Span, module: Any) -> None:
        self.name = name
        self.path = name
        self.span = span
        self.module = module
        self.generics = Generics()
        self.lifetimes: list[str] = []
        self.supertraits: list[Predicate] = []
        self.methods: dict[str, FnDef] = {}
        self.assoc_types: dict[str, tuple[list[Predicate], Any]] = {}
        self.assoc_consts: dict[str, ConstDef] = {}
        self.impls: list[ImplDef] = []
        self.lang: str | None = None
        self.public: Any = None
        self.syntax: Any = None

    def __repr__(self) -> str:
        return f"<trait {self.path}>"


class ImplDef:
    """An impl. `trait` is None for an inherent one; `self_ty`, `trait_args` and `declared_types` keep lifetimes, the
    `erased_` ones and `assoc_types` do not. `trait_lifetimes` are the trait's."""

    __slots__ = (
        "assoc_consts", "assoc_types", "declared_types", "derived", "erased_args", "erased_self", "generics",
        "lifetimes", "methods", "module", "of_parameters", "path",
        "self_ty", "span", "syntax", "trait", "trait_args", "trait_lifetimes",
    )  # fmt: skip

    def __init__(self, span: Span, module: Any) -> None:
        self.span = span
        self.module = module
        self.path = ""
        self.generics = Generics()
        self.lifetimes: list[str] = []
        self.trait: TraitDef | None = None
        self.trait_args: tuple[Ty, ...] = ()
        self.trait_lifetimes: tuple[str, ...] = ()
        self.self_ty: Any = None  # a `Ty`, set by collection
        self.erased_self: Ty = None  # type: ignore[assignment]
        self.erased_args: tuple[Ty, ...] = ()
        self.methods: dict[str, FnDef] = {}
        self.assoc_types: dict[str, Ty] = {}
        self.declared_types: dict[str, Ty] = {}
        self.assoc_consts: dict[str, ConstDef] = {}
        self.syntax: Any = None
        self.derived = False
        """Whether `#[derive]` wrote it."""
        self.of_parameters: bool | None = None
        """Whether the self type is a struct or enum of just the impl's parameters; None before somebody asks."""

    def is_of_parameters(self) -> bool:
        """Whether the self type is a struct or enum whose arguments are the impl's parameters, all of them in order: of
        any such type the impl's arguments are the type's."""
        if self.of_parameters is None:
            one = self.erased_self
            count = len(self.generics.names)
            in_order = all(arg.kind == PARAM and arg.data[0] == i for i, arg in enumerate(one.args))
            self.of_parameters = one.kind == ADT and len(one.args) == count and in_order
        return self.of_parameters

    def __repr__(self) -> str:
        return f"<impl {self.path}>"


class Capture:
    """A place of the surrounding function that a closure uses: `name.field.field`; `mode` is "ref", "mut" or "move".
    One that is `unique` is lent as by "mut" though it does not change: what references in it lead to does."""

    __slots__ = ("fields", "mode", "mutable", "name", "span", "ty", "unique", "variable")

    def __init__(self, variable: Any, name: str, fields: tuple[int, ...], mode: str, ty: Ty, span: Span) -> None:
        self.variable = variable
        self.name = name
        self.fields = fields
        self.mode = mode
        self.ty = ty
        self.span = span
        self.mutable = False
        self.unique = False


class ClosureDef:
    """A closure. Its type's fields are its captures in order, each of type `capture.ty` ("move") or a reference to it.

    `trait_kind` is the strongest of "Fn", "FnMut", "FnOnce" that it implements. `body` is a `FnDef` whose first
    parameter is
    the closure (by `&`, `&mut` or value as the kind says) and whose others are the closure's, untupled; parameters
    of the
    surrounding function are its parameters too. `cloner` is the `FnDef` that clones it, once something does.
    `declared` are the types that are written at its parameters, with their lifetimes (None: nothing is),
    `declared_output` that of its result; `expected` says whether the context asked for a signature, `result_written`
    whether its result is written, by itself or in the `impl` or `dyn` type that it becomes, and `written_output` as
    which type, if that is known with its lifetimes.
    """

    __slots__ = (
        "body",
        "captures",
        "captures_known",
        "cloner",
        "declared",
        "declared_output",
        "expected",
        "inputs",
        "is_move",
        "name",
        "output",
        "owner",
        "result_written",
        "span",
        "syntax",
        "trait_kind",
        "written_output",
    )

    def __init__(self, name: str, span: Span, owner: FnDef) -> None:
        self.name = name
        self.span = span
        self.owner = owner
        self.trait_kind = "Fn"
        self.captures_known = False
        self.is_move = False
        self.inputs: tuple[Ty, ...] = ()
        self.declared: list[Ty | None] = []
        self.declared_output: Ty | None = None
        self.expected = False
        self.result_written = False
        self.written_output: Ty | None = None
        self.output: Ty = None  # type: ignore[assignment]  # set when the closure is checked
        self.captures: list[Capture] = []
        self.body: FnDef = None  # type: ignore[assignment]
        self.cloner: FnDef | None = None
        self.syntax: Any = None

    def __repr__(self) -> str:
        return f"<closure {self.name}>"


class OpaqueDef:
    """A return-position `impl Trait`: `bounds` speak of PARAM `self_index`-free predicates whose subject is the
    opaque type
    itself; `hidden` is what it is, once the function's body is checked."""

    __slots__ = ("bounds", "bounds_text", "function", "hidden", "span")

    def __init__(self, function: FnDef, bounds_text: str, span: Span) -> None:
        self.function = function
        self.bounds_text = bounds_text
        self.span = span
        self.bounds: list[Predicate] = []
        self.hidden: Ty | None = None
