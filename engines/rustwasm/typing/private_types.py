"""Associated types that show what users of their trait may not name: E0446 (The Rust Reference, "Visibility";
RFC 2145)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.typing.definitions import ImplDef
    from engines.rustwasm.typing.types import Ty


def check_private_types(compilation: Compilation, impl: ImplDef) -> None:
    """Report associated types of an impl that may be seen from less than its trait and the types that it is for."""
    written = [item for item in impl.syntax.items if isinstance(item, t.AliasItem) and item.ty is not None]
    if impl.trait is None or not written:
        return
    seen_from: Any = None
    for definition in (impl.trait, *_definitions((impl.erased_self, *impl.erased_args))):
        seen_from = definition.public if _is_less(definition.public, seen_from) else seen_from
    for item in written:
        one = compilation.collector.impl_assoc(impl, item.name)
        for definition in _definitions((one,)) if one is not None else ():
            if _is_less(definition.public, seen_from):
                what = "trait" if hasattr(definition, "supertraits") else "type"
                message = f"private {what} `{definition.name}` in public interface"
                span = (item.span[0], item.name_span[1])
                error = compilation.diagnostics.error("E0446", message, span, f"can't leak private {what}")
                error.labels.append((definition.span, f"`{definition.name}` declared as private"))
                break


def _is_less(one: Any, other: Any) -> bool:
    """Whether what is visible in the module `one` (None: everywhere) may be seen from less than what is in `other`."""
    return one is not None and one is not other and (other is None or one.inside(other) or not other.inside(one))


def _definitions(types: tuple[Ty, ...]) -> Iterator[Any]:
    """The structs, enums and traits that types are written with."""
    for one in types:
        if one.kind == ty.ADT:
            yield one.data
        elif one.kind == ty.DYN:
            yield one.data[0]
        yield from _definitions(one.args)
