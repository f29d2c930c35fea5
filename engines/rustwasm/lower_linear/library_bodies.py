"""The MIR of the library's functions, on disk: a build reads what it needs of it in place of checking and building it
again, as rustc finds it in `std`'s metadata.

A body is kept where everything in it has a name in every process: definitions of the library are written as their
places in the lists of their kinds. Bodies with closures, and those of functions that return `impl Trait` (whose hidden
types checking finds), are made again.
"""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.snapshot import CAN_BE_RESTORED
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.definitions import (
    AdtDef,
    ClosureDef,
    ConstDef,
    FnDef,
    ImplDef,
    OpaqueDef,
    TraitDef,
    VariantDef,
)
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm.types import FunctionType

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

_DEFINITIONS: Final = (FnDef, AdtDef, ConstDef, TraitDef, VariantDef, ImplDef, ClosureDef, OpaqueDef)
_MIR: Final = (
    m.Body, m.Local, m.Block, m.Place, m.Copy, m.Move, m.Constant,
    m.Use, m.Ref, m.BinaryOp, m.UnaryOp, m.Cast, m.Aggregate, m.Repeat, m.Discriminant, m.Len,
    m.Assign, m.StorageLive, m.StorageDead, m.Goto, m.Switch, m.Call, m.Drop, m.Return, m.Unreachable,
)  # fmt: skip


class Definitions:
    """What the library defines, by places that are the same in every process: no body of it adds items of its own."""

    def __init__(self, base: Compilation) -> None:
        declared = base.declarations
        self.lists: dict[str, list[Any]] = {
            "a": declared.adts,
            "c": declared.consts,
            "f": declared.functions,
            "t": declared.traits,
            "v": [variant for adt in declared.adts for variant in adt.variants],
        }
        self.places = {id(one): f"{kind}{i}" for kind, all_ in self.lists.items() for i, one in enumerate(all_)}

    def written(self, value: Any) -> bytes:
        """A value of the compiler's as bytes.

        Raises:
            pickle.PicklingError: it has something in it that another process does not find.
        """
        out = io.BytesIO()
        _Pickler(out, self.places).dump(value)
        return out.getvalue()

    def restored(self, content: bytes) -> Any:
        """What `written` wrote."""
        return _Unpickler(io.BytesIO(content), self.lists).load()


class LibraryBodies:
    """Bodies by the places of their functions. `restored` is how many were read."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.stored: dict[str, bytes] = {}
        self.restored = 0

    def find(self, function: FnDef) -> m.Body | None:
        """The function's body, if it is known and can be read here."""
        content = self.stored.get(self.definitions.places.get(id(function), "")) if CAN_BE_RESTORED else None
        if content is None:
            return None
        self.restored += 1
        found: m.Body = self.definitions.restored(content)
        return found

    def keep_all(self) -> None:
        """Keep the bodies that were made in this process, where they can be read again."""
        if not CAN_BE_RESTORED:
            return
        for i, function in enumerate(self.definitions.lists["f"]):
            place = f"f{i}"
            if function.mir is None or place in self.stored or _hides(function):
                continue
            try:
                self.stored[place] = self.definitions.written(function.mir)
            except pickle.PicklingError:
                continue


def _hides(function: FnDef) -> bool:
    return any(one.flags & t.HAS_OPAQUE for one in (*function.inputs, function.output))


class _Pickler(pickle.Pickler):
    """Definitions of the library are written as their places in the list of their kind; others are refused."""

    def __init__(self, out: io.BytesIO, places: dict[int, str]) -> None:
        super().__init__(out, pickle.HIGHEST_PROTOCOL)
        self.places = places

    def persistent_id(self, one: Any) -> str | None:
        if isinstance(one, _DEFINITIONS):
            place = self.places.get(id(one))
            if place is None:
                raise pickle.PicklingError(f"{one!r} is no item of the library")
            return place
        return None

    def reducer_override(self, one: Any) -> Any:
        if isinstance(one, FunctionType):
            return FunctionType, (one.parameters, one.results)
        if isinstance(one, (*_MIR, Ty)) or callable(one):  # what makes the others again: classes and functions
            return NotImplemented
        raise pickle.PicklingError(f"{one!r} is nothing that a body consists of")


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: io.BytesIO, lists: dict[str, list[Any]]) -> None:
        super().__init__(content)
        self.lists = lists

    def persistent_load(self, place: str) -> Any:
        return self.lists[place[0]][int(place[1:])]
