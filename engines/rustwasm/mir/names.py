"""Names that mean one definition each, and types written with them: what the text form of MIR is made of.

A definition is named by its path. What paths cannot tell apart is told apart so:

| definition | name |
|---|---|
| struct, enum, trait, function, const | its path; the second of one path (items of blocks) is `path#2` |
| a GC type's object | `path$object` |
| a method of a trait | `path::of::Trait::method` |
| a method of an impl | `<Type>::method`, `<Type as path::of::Trait>::method`, the types as the impl writes them |
| the body of a const or static | `const path` |
| a closure | `{closure 0 of function}`, by its number in the function |

Types are written as in Rust, with such names; parameters are `%T` (`%3"name"` where the name says not which), items
that are types of their own `{fn name::<arguments>}`, `{ctor Type::Variant::<arguments>}`, `{const name::<arguments>}`,
`{closure 0 of function::<arguments>}` and `{impl 0 of function::<arguments>}` (the function's first `impl Trait`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import (
    ClosureDef,
    ConstDef,
    FnDef,
    ImplDef,
    OpaqueDef,
    TraitDef,
    VariantDef,
)
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.resolve.declare import Declarations

RESERVED: Final = frozenset(
    (
        *ty.PRIMITIVES,
        *("as", "blames", "const", "copy", "dead", "debug", "deferred", "discriminant", "drop", "dyn", "fn", "goto"),
        *("inf", "len", "let", "live", "move", "mut", "nan", "never", "otherwise", "raw", "read", "return", "static"),
        *("switch", "two_phase", "unreachable"),
    )
)
"""Words of the text form; a definition that is called so is `name#1`."""

_NUMBERED: Final = re.compile(r"(_|bb)\d+")
_WORD: Final = re.compile(r"[^\W\d]\w*")


class UnknownNameError(ValueError):
    """Nothing has this name, or a definition is none of the program's; the message names it."""


class Names:
    """The names of one program and of the library that it stands on."""

    def __init__(self, compilation: Compilation) -> None:
        self.compilation = compilation
        self._texts: dict[int, str] = {}
        self._found: dict[tuple[str, str], Any] = {}
        self._kept: list[Any] = []
        self._seen: dict[tuple[int, str], int] = {}
        self._closures: dict[int, ClosureDef] = {}
        self._variants: set[str] = set()

    # Definitions

    def text(self, definition: Any) -> str:
        """The name of a type's, trait's, function's, const's or closure's definition.

        Raises:
            UnknownNameError: it is none of this program.
        """
        if isinstance(definition, ClosureDef):
            return "{" + self.closure(definition) + "}"
        found = self._texts.get(id(definition))
        if found is None:
            self._index()
            found = self._texts.get(id(definition))
        if found is None and isinstance(definition, FnDef):
            closure = self._closures.get(id(definition))
            if closure is not None:
                return self.text(closure)
        if found is None:
            raise UnknownNameError(f"{definition!r} is no definition of this program")
        return found

    def find(self, kind: str, text: str) -> Any:
        """The definition of a kind ("type", "trait", "fn", "const") that has this name.

        Raises:
            UnknownNameError: there is none.
        """
        found = self._found.get((kind, text))
        if found is None:
            self._index()
            found = self._found.get((kind, text))
        if found is None:
            article = {"type": "struct or enum", "trait": "trait", "fn": "function", "const": "const or static"}[kind]
            raise UnknownNameError(f"no {article} is called `{text}`")
        return found

    def closure(self, closure: ClosureDef) -> str:
        """`closure 0 of function`."""
        body = self.compilation.body_of(closure.owner)
        number = next((i for i, one in enumerate(body.closures) if one is closure), -1) if body is not None else -1
        if number < 0:
            raise UnknownNameError(f"{closure!r} is no closure of this program")
        return f"closure {number} of {self.text(closure.owner)}"

    def find_closure(self, number: int, function: FnDef) -> ClosureDef:
        """The closure with this number in a function.

        Raises:
            UnknownNameError: there is none.
        """
        body = self.compilation.body_of(function)
        closures: list[ClosureDef] = [] if body is None else body.closures
        if number >= len(closures):
            raise UnknownNameError(f"`{self.text(function)}` has {len(closures)} closures, none of number {number}")
        return closures[number]

    def find_opaque(self, number: int, function: FnDef) -> OpaqueDef:
        """The `impl Trait` with this number in the result of a function.

        Raises:
            UnknownNameError: there is none.
        """
        self.compilation.collector.ensure_signature(function)
        found = _opaques(function)
        if number >= len(found):
            raise UnknownNameError(f"`{self.text(function)}` has {len(found)} `impl`, none of number {number}")
        return found[number]

    def _index(self) -> None:
        """Take in what was declared since the last time."""
        for level, compilation in enumerate((self.compilation.base, self.compilation)):
            if compilation is not None:
                self._index_declarations(level, compilation.declarations)

    def _index_declarations(self, level: int, declared: Declarations) -> None:
        for adt in self._fresh(level, "adts", declared.adts):
            self._name("type", adt.path, adt)
            if adt.object is not None:
                self._put("type", f"{self._texts[id(adt)]}$object", adt.object)
        for trait in self._fresh(level, "traits", declared.traits):
            self._name("trait", trait.path, trait)
        for const in self._fresh(level, "consts", declared.consts):
            self._name("const", self._path(const), const)
        for const in declared.consts:
            if const.body is not None and id(const.body) not in self._texts:
                self._put("fn", f"const {self._texts[id(const)]}", const.body)
        for function in self._fresh(level, "functions", declared.functions):
            self._name("fn", self._path(function), function)
        for body in (*(one.mir for one in declared.functions), *(one.body and one.body.mir for one in declared.consts)):
            if body is not None:
                for closure in body.closures:
                    self._closures[id(closure.body)] = closure

    def _fresh(self, level: int, what: str, all_: list[Any]) -> Iterator[Any]:
        before = self._seen.get((level, what), 0)
        self._seen[level, what] = len(all_)
        yield from all_[before:]

    def _path(self, one: FnDef | ConstDef) -> str:
        owner = one.owner
        if isinstance(owner, TraitDef):
            return f"{self._texts[id(owner)]}::{one.name}"
        if not isinstance(owner, ImplDef):
            return one.path
        self.compilation.collector.ensure_impl(owner)
        scope = owner.generics.names
        shown = self.type(owner.erased_self, scope)
        if owner.trait is not None:
            shown += f" as {self.trait(owner.trait, owner.erased_args, (), scope)}"
        return f"<{shown}>::{one.name}"

    def _name(self, kind: str, text: str, definition: Any) -> None:
        if text in RESERVED or _NUMBERED.fullmatch(text):
            text += "#1"
        number, given = 1, text
        while (kind, given) in self._found or self._shadows(kind, given, definition):
            number += 1
            given = f"{text}#{number}"
        self._put(kind, given, definition)

    def _shadows(self, kind: str, text: str, definition: Any) -> bool:
        """Whether a type would be called as a variant is, or the other way round."""
        if kind != "type":
            return False
        variants = {f"{text}::{variant.name}" for variant in definition.variants} if definition.is_enum else set()
        if text in self._variants or any(("type", variant) in self._found for variant in variants):
            return True
        self._variants |= variants
        return False

    def _put(self, kind: str, text: str, definition: Any) -> None:
        self._found[kind, text] = definition
        self._texts[id(definition)] = text
        self._kept.append(definition)

    # Types

    def type(self, one: Ty, scope: Sequence[str]) -> str:
        """A type; `scope` are the names of the parameters where it is written.

        Raises:
            UnknownNameError: a definition in it is none of this program.
        """
        one = ty.shallow(one)
        if one.kind in _WRITTEN:
            return _WRITTEN[one.kind](self, one, scope)
        return ty.show(one)

    def trait(self, trait: TraitDef, args: Sequence[Ty], bound: Sequence[str], scope: Sequence[str]) -> str:
        """`path::of::Trait<A, Item = B>`: the last arguments are those of the associated types named in `bound`."""
        own = len(args) - len(bound)
        parts = [self.type(a, scope) for a in args[:own]]
        parts += [f"{name} = {self.type(a, scope)}" for name, a in zip(bound, args[own:], strict=True)]
        return self.text(trait) + (f"<{', '.join(parts)}>" if parts else "")

    def _list(self, args: Sequence[Ty], scope: Sequence[str]) -> str:
        return ", ".join(self.type(a, scope) for a in args)

    def _turbofish(self, args: Sequence[Ty], scope: Sequence[str]) -> str:
        return f"::<{self._list(args, scope)}>" if args else ""

    def _adt(self, one: Ty, scope: Sequence[str]) -> str:
        parts = [region or "'_" for region in one.regions] if any(one.regions) else []
        parts += [self.type(a, scope) for a in one.args]
        return self.text(one.data) + (f"<{', '.join(parts)}>" if parts else "")

    def _ref(self, one: Ty, scope: Sequence[str]) -> str:
        lifetime = f"{one.regions[0]} " if one.regions[0] else ""
        return f"&{lifetime}{'mut ' if one.data else ''}{self.type(one.args[0], scope)}"

    def _raw(self, one: Ty, scope: Sequence[str]) -> str:
        return f"*{'mut' if one.data else 'const'} {self.type(one.args[0], scope)}"

    def _array(self, one: Ty, scope: Sequence[str]) -> str:
        return f"[{self.type(one.args[0], scope)}; {self.type(one.args[1], scope)}]"

    def _slice(self, one: Ty, scope: Sequence[str]) -> str:
        return f"[{self.type(one.args[0], scope)}]"

    def _tuple(self, one: Ty, scope: Sequence[str]) -> str:
        return f"({self._list(one.args, scope)}{',' if len(one.args) == 1 else ''})"

    def _fn_pointer(self, one: Ty, scope: Sequence[str]) -> str:
        result = "" if one.args[-1] is ty.UNIT else f" -> {self.type(one.args[-1], scope)}"
        return f"fn({self._list(one.args[:-1], scope)}){result}"

    def _fn_item(self, one: Ty, scope: Sequence[str]) -> str:
        data, args = one.data, self._turbofish(one.args, scope)
        if isinstance(data, VariantDef):
            variant = f"::{data.name}" if data.owner.is_enum else ""
            return f"{{ctor {self.text(data.owner)}{variant}{args}}}"
        if isinstance(data, ConstDef):
            return f"{{const {self.text(data)}{args}}}"
        return f"{{fn {self.text(data)}{args}}}"

    def _closure(self, one: Ty, scope: Sequence[str]) -> str:
        return f"{{{self.closure(one.data)}{self._turbofish(one.args, scope)}}}"

    def _opaque(self, one: Ty, scope: Sequence[str]) -> str:
        number = _opaques(one.data.function).index(one.data)
        return f"{{impl {number} of {self.text(one.data.function)}{self._turbofish(one.args, scope)}}}"

    def _dyn(self, one: Ty, scope: Sequence[str]) -> str:
        bound = f" + {one.regions[0]}" if one.regions and one.regions[0] else ""
        return f"dyn {self.trait(one.data[0], one.args, one.data[1], scope)}{bound}"

    def _projection(self, one: Ty, scope: Sequence[str]) -> str:
        trait, name = one.data
        return f"<{self.type(one.args[0], scope)} as {self.trait(trait, one.args[1:], (), scope)}>::{name}"

    def _param(self, one: Ty, scope: Sequence[str]) -> str:
        index, name = one.data
        plain = _WORD.fullmatch(name) and index < len(scope) and scope[index] == name and list(scope).count(name) == 1
        return f"%{name}" if plain else f"%{index}{json.dumps(name)}"


_WRITTEN: Final = {
    ty.ADT: Names._adt,
    ty.REF: Names._ref,
    ty.RAW: Names._raw,
    ty.ARRAY: Names._array,
    ty.SLICE: Names._slice,
    ty.TUPLE: Names._tuple,
    ty.FNPTR: Names._fn_pointer,
    ty.FNDEF: Names._fn_item,
    ty.CLOSURE: Names._closure,
    ty.OPAQUE: Names._opaque,
    ty.DYN: Names._dyn,
    ty.PROJECTION: Names._projection,
    ty.PARAM: Names._param,
}


def _opaques(function: FnDef) -> list[OpaqueDef]:
    """The `impl Trait`s in a function's result, in order of appearance."""
    found: list[OpaqueDef] = []

    def look(one: Ty) -> None:
        if one.kind == ty.OPAQUE and one.data not in found:
            found.append(one.data)
            for bound in one.data.bounds:
                for inner in (*bound.args, *(value for _, value in bound.bindings)):
                    look(inner)
        for inner in one.args:
            look(inner)

    if function.output is not None:
        look(function.output)
    return found
