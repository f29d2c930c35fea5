"""Injected bugs in the rules of definitions, impls and bodies that rustc's error index lists: codes that are not
reported any more, and rules that look at less than they should."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Bug, Catalogue, replace_method
from fuzz.sabotage.rustwasm import unenforced

_INDEX: Final = ("tests/engines/rustwasm/typing/test_error_index.py",)

BUGS: Final = Catalogue(judges=_INDEX)

UNENFORCED: Final = (
    "E0049", "E0120", "E0195", "E0197", "E0199", "E0200", "E0206", "E0207", "E0276", "E0322", "E0326", "E0366", "E0367",
    "E0392", "E0643",
)  # fmt: skip
"""Errors that are not reported any more."""

BUGS.extend(
    Bug(
        f"rust-{code.lower()}-not-reported",
        Area.RUST_FRONT_END,
        "a rule of the language not enforced",
        unenforced(code),
        f"programs with {code} are accepted",
        _INDEX,
    )
    for code in UNENFORCED
)


@BUGS.action("rust-bindings-say-no-parameters", Area.RUST_FRONT_END, "a valid program rejected",
             description="`I: Iterator<Item = T>` does not say what T is")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import parameters

    replace_method(parameters, "_follow_bindings", lambda original: lambda predicates, known: None)


@BUGS.action("rust-own-mentions-use-parameters", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a parameter that only the type's mention in itself names counts as used")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import parameters

    def wrapper(original: Any) -> Any:
        return lambda one, needs, found: original(one, {}, found)

    replace_method(parameters, "_needed", wrapper)


@BUGS.action("rust-own-types-found-in-any-trait", Area.RUST_FRONT_END, "a valid program rejected",
             description="`Self::Item` of an impl is taken from the first trait in scope that has an Item")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.collect import Collector

    def wrapper(original: Any) -> Any:
        def assoc_type(self: Any, base: Any, segment: Any, env: Any) -> Any:
            saved, self.compilation.current_impl = self.compilation.current_impl, None
            try:
                return original(self, base, segment, env)
            finally:
                self.compilation.current_impl = saved

        return assoc_type

    replace_method(Collector, "assoc_type", wrapper)
