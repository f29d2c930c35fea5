"""Types, interned: two equal types are the same object, so `is` compares and a type is a cheap dictionary key.

A type is `Ty(kind, data, args, regions)`:

| kind | data | args | regions |
|---|---|---|---|
| INT | (bits, signed); `usize` and `isize` are types of their own, 32 bits wide | | |
| FLOAT | bits | | |
| BOOL CHAR STR NEVER ERROR | | | |
| ADT | `AdtDef` | type and const arguments | lifetime arguments |
| REF | is it `&mut` | (pointee,) | (lifetime,) |
| RAW | is it `*mut` | (pointee,) | |
| ARRAY | | (element, length): length is CONST, PARAM or INFER | |
| SLICE | | (element,) | |
| TUPLE | | elements | |
| FNPTR | | parameters, then the result | |
| FNDEF | `FnDef` | its generic arguments, parents' first | |
| CLOSURE | `ClosureDef` | arguments of the function it is written in | |
| DYN | (`TraitDef`, names of bound associated types) | trait arguments without Self, the bound types | bound, trait's |
| OPAQUE | `OpaqueDef` | arguments of the function that returns it | |
| PROJECTION | (`TraitDef`, associated type name) | Self, then trait arguments | the trait's lifetimes |
| PARAM | (index, name) | | |
| CONST | value (int) | | |
| INFER | "type", "int" or "float" | | |

Lifetimes are strings: `'static`, a parameter's name (`'a`; elided ones `'_0`, `'_1`, ... in order of appearance),
one that calls of a function pointer or `dyn Fn` choose (`'^0`, `'^1`, ... in the outermost such type), or `""`, erased.
Inference sees erased types only (`erase`); signatures and fields keep theirs for the borrow checker.

Source: The Rust Reference, "Types".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

INT: Final = 0
FLOAT: Final = 1
BOOL: Final = 2
CHAR: Final = 3
STR: Final = 4
NEVER: Final = 5
ERROR: Final = 6
ADT: Final = 7
REF: Final = 8
RAW: Final = 9
ARRAY: Final = 10
SLICE: Final = 11
TUPLE: Final = 12
FNPTR: Final = 13
FNDEF: Final = 14
CLOSURE: Final = 15
DYN: Final = 16
OPAQUE: Final = 17
PROJECTION: Final = 18
PARAM: Final = 19
CONST: Final = 20
INFER: Final = 21

HAS_INFER: Final = 1
HAS_PARAM: Final = 2
HAS_PROJECTION: Final = 4
HAS_REGION: Final = 8
HAS_ERROR: Final = 16
HAS_OPAQUE: Final = 32
HAS_CLOSURE: Final = 64
"""What a closure implements is known only when its body is checked."""

_OWN_FLAGS: Final = {
    INFER: HAS_INFER,
    PARAM: HAS_PARAM,
    PROJECTION: HAS_PROJECTION,
    ERROR: HAS_ERROR,
    OPAQUE: HAS_OPAQUE,
    CLOSURE: HAS_CLOSURE,
}


class Ty:
    """One type. Make it with the functions below, never directly. `link` is what an inference variable stands for."""

    __slots__ = ("_erased", "args", "data", "flags", "kind", "link", "regions")

    def __init__(self, kind: int, data: Any, args: tuple[Ty, ...], regions: tuple[str, ...]) -> None:
        self.kind = kind
        self.data = data
        self.args = args
        self.regions = regions
        flags: int = _OWN_FLAGS.get(kind, 0)
        for arg in args:
            flags |= arg.flags
        if regions and any(regions):
            flags |= HAS_REGION
        self.flags: int = flags
        self.link: Ty | None = None
        self._erased: Ty | None = None

    def __repr__(self) -> str:
        return show(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return intern, (self.kind, self.data, self.args, self.regions)


_known: dict[tuple[Any, ...], Ty] = {}
_with_variables: dict[tuple[Any, ...], Ty] = {}


def intern(kind: int, data: Any = None, args: tuple[Ty, ...] = (), regions: tuple[str, ...] = ()) -> Ty:
    """The one type of these parts."""
    key = (kind, data, args, regions)
    found = _known.get(key)
    if found is None:
        found = _with_variables.get(key)
        if found is None:
            found = Ty(kind, data, args, regions)
            (_with_variables if found.flags & HAS_INFER else _known)[key] = found
    return found


def forget_variables() -> None:
    """Drop the interned types that mention inference variables; call it when a body is finished."""
    _with_variables.clear()


def known_types() -> int:
    return len(_known)


def forget_after(mark: int) -> None:
    """Drop every type interned after `known_types()` was `mark`: what a finished compilation leaves behind."""
    for key in list(_known)[mark:]:
        del _known[key]


BOOL_TY: Final = intern(BOOL)
CHAR_TY: Final = intern(CHAR)
STR_TY: Final = intern(STR)
NEVER_TY: Final = intern(NEVER)
ERROR_TY: Final = intern(ERROR)
UNIT: Final = intern(TUPLE)
I8, I16, I32, I64, I128 = (intern(INT, (bits, True)) for bits in (8, 16, 32, 64, 128))
U8, U16, U32, U64, U128 = (intern(INT, (bits, False)) for bits in (8, 16, 32, 64, 128))
ISIZE: Final = intern(INT, (32, True, "isize"))
USIZE: Final = intern(INT, (32, False, "usize"))
F32: Final = intern(FLOAT, 32)
F64: Final = intern(FLOAT, 64)

PRIMITIVES: Final[dict[str, Ty]] = {
    "i8": I8, "i16": I16, "i32": I32, "i64": I64, "i128": I128, "isize": ISIZE,
    "u8": U8, "u16": U16, "u32": U32, "u64": U64, "u128": U128, "usize": USIZE,
    "f32": F32, "f64": F64, "bool": BOOL_TY, "char": CHAR_TY, "str": STR_TY,
}  # fmt: skip
_PRIMITIVE_NAMES: Final = {ty: name for name, ty in PRIMITIVES.items()}


def ref(pointee: Ty, mutable: bool = False, region: str = "") -> Ty:
    return intern(REF, mutable, (pointee,), (region,))


def raw(pointee: Ty, mutable: bool) -> Ty:
    return intern(RAW, mutable, (pointee,))


def adt(definition: Any, args: tuple[Ty, ...] = (), regions: tuple[str, ...] | None = None) -> Ty:
    if regions is None:
        regions = ("",) * len(definition.lifetimes)
    return intern(ADT, definition, args, regions)


def tuple_of(elements: tuple[Ty, ...]) -> Ty:
    return intern(TUPLE, None, elements)


def array(element: Ty, length: Ty | int) -> Ty:
    return intern(ARRAY, None, (element, const(length) if isinstance(length, int) else length))


def slice_of(element: Ty) -> Ty:
    return intern(SLICE, None, (element,))


def const(value: int) -> Ty:
    return intern(CONST, value)


def param(index: int, name: str) -> Ty:
    return intern(PARAM, (index, name))


def fn_ptr(parameters: tuple[Ty, ...], result: Ty) -> Ty:
    return intern(FNPTR, None, (*parameters, result))


def fn_def(definition: Any, args: tuple[Ty, ...] = ()) -> Ty:
    return intern(FNDEF, definition, args)


def projection(trait: Any, name: str, args: tuple[Ty, ...], regions: tuple[str, ...] | None = None) -> Ty:
    return intern(PROJECTION, (trait, name), args, ("",) * len(trait.lifetimes) if regions is None else regions)


def dyn(
    trait: Any, names: tuple[str, ...], args: tuple[Ty, ...], bound: str, regions: tuple[str, ...] | None = None
) -> Ty:
    own = ("",) * len(trait.lifetimes) if regions is None else regions
    return intern(DYN, (trait, names), args, (bound, *own))


def variable(sort: str = "type") -> Ty:
    """A fresh inference variable; `sort` is "type", "int" (an integer literal's) or "float"."""
    return Ty(INFER, sort, (), ())


def shallow(ty: Ty) -> Ty:
    """`ty`, or what the variable stands for; parts are left as they are."""
    while ty.link is not None:
        ty = ty.link
    return ty


def deep(ty: Ty) -> Ty:
    """`ty` with every solved variable replaced."""
    if not ty.flags & HAS_INFER:
        return ty
    while ty.link is not None:
        ty = ty.link
    if ty.kind == INFER or not ty.flags & HAS_INFER:
        return ty
    args = ty.args
    solved = (deep(args[0]),) if len(args) == 1 else tuple([deep(a) for a in args])
    return intern(ty.kind, ty.data, solved, ty.regions)


def subst(ty: Ty, args: tuple[Ty, ...]) -> Ty:
    """`ty` with parameter `i` replaced by `args[i]`; parameters beyond `args` stay."""
    if not ty.flags & HAS_PARAM:
        return ty
    if ty.kind == PARAM:
        index = ty.data[0]
        return args[index] if index < len(args) else ty
    own = ty.args
    given = (subst(own[0], args),) if len(own) == 1 else tuple([subst(a, args) for a in own])
    return intern(ty.kind, ty.data, given, ty.regions)


def rewrite(ty: Ty, change: Callable[[Ty], Ty | None]) -> Ty:
    """`ty` with every part for which `change` answers replaced by the answer, outermost first."""
    changed = change(ty)
    if changed is not None:
        return changed
    if not ty.args:
        return ty
    return intern(ty.kind, ty.data, tuple([rewrite(a, change) for a in ty.args]), ty.regions)


def erase(ty: Ty) -> Ty:
    """`ty` with every lifetime erased."""
    if not ty.flags & HAS_REGION:
        return ty
    if ty._erased is None:
        ty._erased = intern(ty.kind, ty.data, tuple([erase(a) for a in ty.args]), ("",) * len(ty.regions))
    return ty._erased


def with_bounds(ty: Ty, bound: str = "'static") -> Ty:
    """`ty` with the bounds that every `dyn Trait` without one has; `bound` is that of `ty` itself.

    Source: The Rust Reference, "Default trait object lifetimes".
    """
    inner = ty.regions[0] if ty.kind == REF else "'static"
    args = tuple([with_bounds(a, inner) for a in ty.args])
    regions = (ty.regions[0] or bound, *ty.regions[1:]) if ty.kind == DYN else ty.regions
    return ty if args == ty.args and regions == ty.regions else intern(ty.kind, ty.data, args, regions)


def lifetimes(ty: Ty) -> set[str]:
    """The lifetimes that a type names and does not bind itself."""
    return {name for name in every_lifetime(ty) if name[1] != "^"}


def every_lifetime(ty: Ty) -> set[str]:
    """The lifetimes in a type, those that function pointers and `dyn Fn` bind included."""
    if not ty.flags & HAS_REGION:
        return set()
    return {name for name in ty.regions if name}.union(*[every_lifetime(a) for a in ty.args])


def map_regions(ty: Ty, change: Callable[[str], str]) -> Ty:
    """`ty` with every lifetime replaced, in order of appearance: how the borrow checker numbers regions."""
    regions = tuple([change(r) for r in ty.regions])
    args = tuple([map_regions(a, change) for a in ty.args])
    return ty if regions == ty.regions and args == ty.args else intern(ty.kind, ty.data, args, regions)


def is_handle(ty: Ty) -> bool:
    """A GC type: its values are references to objects of the collector."""
    return ty.kind == ADT and ty.data.gc is True


def is_shared(ty: Ty) -> bool:
    """A type whose copies share what they lead to: a GC type, GcBox or GcRc."""
    return ty.kind == ADT and (ty.data.gc or ty.data.lang in ("GcBox", "GcRc"))


def pointee(ty: Ty) -> Ty:
    """What a dereference of a place of this type (reference, raw pointer, box, GC handle) leads to."""
    if ty.kind == ADT and ty.data.gc:
        return intern(ADT, ty.data.object, ty.args, ty.regions)
    return ty.args[0]


def is_unsized(ty: Ty) -> bool:
    return ty.kind in (STR, SLICE, DYN)


def show(ty: Ty) -> str:
    """The type as rustc writes it in messages."""
    ty = shallow(ty)
    kind = ty.kind
    if ty in _PRIMITIVE_NAMES:
        return _PRIMITIVE_NAMES[ty]
    if kind == NEVER:
        return "!"
    if kind == ERROR:
        return "{type error}"
    if kind == REF:
        lifetime = f"{ty.regions[0]} " if ty.regions[0] and ty.regions[0][1] not in "_^" else ""
        return f"&{lifetime}{'mut ' if ty.data else ''}{show(ty.args[0])}"
    if kind == RAW:
        return f"*{'mut' if ty.data else 'const'} {show(ty.args[0])}"
    if kind == ADT:
        parts = [r for r in ty.regions if r and r[1] != "^"] + [show(a) for a in ty.args]
        return str(ty.data.name) + (f"<{', '.join(parts)}>" if parts else "")
    if kind == ARRAY:
        return f"[{show(ty.args[0])}; {show(ty.args[1])}]"
    if kind == SLICE:
        return f"[{show(ty.args[0])}]"
    if kind == TUPLE:
        return "(" + ", ".join(show(a) for a in ty.args) + ("," if len(ty.args) == 1 else "") + ")"
    if kind == FNPTR:
        result = "" if ty.args[-1] is UNIT else f" -> {show(ty.args[-1])}"
        return f"fn({', '.join(show(a) for a in ty.args[:-1])}){result}"
    if kind == FNDEF:
        variant_of = getattr(ty.data, "fields", None) is not None
        return f"fn item {{{f'{ty.data.owner.path}::{ty.data.name}' if variant_of else ty.data.path}}}"
    if kind == CLOSURE:
        return f"{{closure@{ty.data.name}}}"
    if kind == DYN:
        return f"dyn {_show_trait(ty.data[0], ty.args, ty.data[1])}"
    if kind == OPAQUE:
        return f"impl {ty.data.bounds_text}"
    if kind == PROJECTION:
        trait, name = ty.data
        return f"<{show(ty.args[0])} as {_show_trait(trait, ty.args[1:], ())}>::{name}"
    if kind == PARAM:
        return str(ty.data[1])
    if kind == CONST:
        return str(ty.data)
    if kind == INFER:
        return {"type": "_", "int": "{integer}", "float": "{float}"}[ty.data]
    raise ValueError(f"no such kind of type: {kind}; the legal range is 0 to {INFER}")


def _show_trait(trait: Any, args: tuple[Ty, ...], bound: tuple[str, ...]) -> str:
    own = len(args) - len(bound)
    parts = [show(a) for a in args[:own]] + [f"{n} = {show(a)}" for n, a in zip(bound, args[own:], strict=True)]
    if trait.name in ("Fn", "FnMut", "FnOnce") and own == 1 and args[0].kind == TUPLE:
        result = f" -> {show(args[1])}" if bound and args[1] is not UNIT else ""
        return f"{trait.name}({', '.join(show(a) for a in args[0].args)}){result}"
    return str(trait.name) + (f"<{', '.join(parts)}>" if parts else "")
