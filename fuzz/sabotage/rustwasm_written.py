"""Injected bugs in the rules of what is written: tokens, items, names, attributes, jumps. Codes that are not reported
any more, and rules that look at less than they should."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method
from fuzz.sabotage.rustwasm import REFUSED, unreported

_LANGUAGE: Final = ("tests/engines/rustwasm/mir/test_language.py",)

BUGS: Final = Catalogue(judges=REFUSED)

UNENFORCED: Final = (
    "E0091", "E0128", "E0170", "E0201", "E0252", "E0255", "E0262", "E0364", "E0365", "E0379", "E0428", "E0429", "E0449",
    "E0452", "E0453", "E0496",
    "E0517", "E0538", "E0539", "E0552", "E0554", "E0566", "E0572", "E0577", "E0587", "E0589", "E0590", "E0634", "E0642",
    "E0646", "E0659", "E0692", "E0695", "E0696", "E0703", "E0704", "E0720", "E0732", "E0735", "E0742", "E0747", "E0748",
    "E0763", "E0766", "E0767", "E0768", "E0770", "E0774", "E0777", "E0783", "E0797", "E0805",
)  # fmt: skip
"""Errors that are not reported any more."""

BUGS.extend(unreported(UNENFORCED, REFUSED))


@BUGS.action("rust-brackets-need-not-pair", Area.RUST_FRONT_END, "a message about something else",
             description="a file whose brackets do not pair gets what its parser says")  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax import parse_items

    replace_method(parse_items, "report_unpaired", lambda original: lambda tokens, diagnostics: False)


@BUGS.action("rust-conditions-hold-for-items-only", Area.RUST_FRONT_END, "a valid program rejected", judges=_LANGUAGE,
             description="what has a `#[cfg(...)]` inside an item is there")  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax.parse_types import TypeParser

    replace_method(TypeParser, "are_there", lambda original: lambda self, attributes, target: True)


@BUGS.action("rust-labels-not-seen-from-conditions", Area.RUST_FRONT_END, "a valid program rejected", judges=_LANGUAGE,
             description="a label does not lead out of the condition of its `while`")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import jumps

    def wrapper(original: Any) -> Any:
        def labelled(checker: Any, node: Any, what: str) -> Any:
            saved, checker.loops = checker.loops, [one for one in checker.loops if not one.in_condition]
            try:
                return original(checker, node, what)
            finally:
                checker.loops = saved

        return labelled

    replace_method(jumps, "_labelled", wrapper)


@BUGS.action("rust-constants-are-no-arguments", Area.RUST_FRONT_END, "a valid program rejected", judges=_LANGUAGE,
             description="a constant is taken as an argument only in braces")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import paths, trait_paths, type_syntax

    def wrapper(original: Any) -> Any:
        return lambda collector, generics, written, first, env: [collector.lower(one, env) for one in written]

    for module in (trait_paths, type_syntax, paths):
        replace_method(module, "lower_arguments", wrapper)


@BUGS.action("rust-imports-show-anything", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="E0364 and E0365 are for names that are seen in no module around them only")  # fmt: skip
def _() -> None:
    from engines.rustwasm.resolve import modules

    def wrapper(original: Any) -> Any:
        def reaches(visible_in: Any, binding: Any) -> Any:
            scope = modules._scope(binding)
            return (scope is not None and scope.parent is None) or original(visible_in, binding)

        return reaches

    replace_method(modules, "_reaches", wrapper)


@BUGS.action("rust-for-declares-nothing", Area.RUST_FRONT_END, "a valid program rejected", judges=_LANGUAGE,
             description="the lifetimes of `for<'a>` are not known behind it")  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax.parse_types import TypeParser

    replace_method(TypeParser, "lifetime", lambda original: lambda self: self.take())


@BUGS.action("rust-constants-know-no-instance", Area.RUST_FRONT_END, "a valid program rejected", judges=_LANGUAGE,
             description="a constant of a generic impl is evaluated without the impl's arguments")  # fmt: skip
def _() -> None:
    from engines.rustwasm.compilation import Compilation

    replace_method(Compilation, "evaluate", lambda original: lambda self, function, args=(): original(self, function))


@BUGS.action("rust-split-tokens-lost-in-macros", Area.RUST_FRONT_END, "a valid program rejected",
             judges=("tests/engines/rustwasm/library/test_library_programs.py",),
             description="of a `>>` in a macro's argument that a type took in halves, one is passed on")  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax.macro_rules import Expander

    def wrapper(original: Any) -> Any:
        def fragment(self: Any, kind: str, reader: Any, given: Any) -> Any:
            start = reader.at
            original(self, kind, reader, given)
            tokens = zip(reader.kinds, reader.texts, reader.starts, reader.ends, strict=True)
            return kind, list(tokens)[start : reader.at]

        return fragment

    replace_method(Expander, "fragment", wrapper)


@BUGS.action("rust-types-grow-too-far", Area.RUST_FRONT_END, "a limit not kept",
             judges=("tests/engines/rustwasm/typing/test_hostile_sources.py",),
             description="functions are made for types twice as deep and as long as the limits say")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear import requests

    for limit in ("DEEPEST_TYPE", "LONGEST_TYPE"):
        setattr(requests, limit, 2 * getattr(requests, limit))
