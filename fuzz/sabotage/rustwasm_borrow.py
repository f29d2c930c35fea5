"""Injected bugs in the borrow checker: what must not be changed, kept or outlived, and is."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method
from fuzz.sabotage.rustwasm import unreported

_INDEX: Final = ("tests/engines/rustwasm/test_refused.py",)
_RULE: Final = "a rule of the language not enforced"

BUGS: Final = Catalogue(judges=_INDEX)

UNENFORCED: Final = ("E0510",)
"""Errors that are not reported any more."""

BUGS.extend(unreported(UNENFORCED, _INDEX))


@BUGS.action("rust-guards-lend-nothing", Area.RUST_FRONT_END, _RULE,
             description="a match's guard may assign to what the variables of its arm show")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    replace_method(check, "add_guards", lambda original: lambda constraints: None)


@BUGS.action("rust-guards-change-variables", Area.RUST_FRONT_END, _RULE,
             description="a match's guard may change and move away the variables of its arm")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import build_control

    replace_method(build_control, "changed_variables", lambda original: lambda checker, node, variables: set())


@BUGS.action("rust-guards-lend-all-of-it", Area.RUST_FRONT_END, "a valid program rejected",
             description="parts of what a match tests cannot be changed by its guards, tested or not")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import guards

    def wrapper(original: Any) -> Any:
        def tested(places: Any) -> Any:
            return [type(place)(place.local) for place in original(places)]

        return tested

    replace_method(guards, "_tested", wrapper)
