"""The rule language of errata: refused, or a rule that evaluates to true or false on any state without running code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from oracles.errata import rules
    from oracles.errata.rules import ElementRule, Rule, RuleError

_FORBIDDEN = ("lambda", "import", "**", "__", "await", "yield", ":=", "for ")


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for kind in (Rule, ElementRule):
        try:
            kind(text)
        except RuleError:
            continue
        code = "".join(part for i, part in enumerate(text.replace('"', "'").split("'")) if i % 2 == 0).split("#")[0]
        if any(word in code for word in _FORBIDDEN):
            raise FindingError(f"{kind.__name__} accepts {text!r}")


def seeds() -> Iterable[bytes]:
    document = json.loads((files("oracles.errata") / "unicorn.json").read_text(encoding="utf-8"))
    texts = {r.get(name) for r in document["errata"] for name in ("condition", "expect")} - {None}
    texts |= {r["final"]["rule"] for r in document["errata"] if r.get("final")}
    return [text.encode() for text in sorted(texts, key=lambda text: (len(text), text))[::2]]


def planted() -> None:
    import ast

    def wrapper(original: Any) -> Any:
        return (*original, ast.Pow)

    replace(rules, "_ALLOWED", wrapper)


TARGET = Target(
    one_input,
    "the rule language of errata: refused, or harmless",
    ("oracles.errata.rules",),
    seeds,
    planted,
    "an operator that can take for ever is allowed",
    dictionary=words(
        "bits pc x[rd] f[rs1] fflags frm imm subject.x[rd] oracle.f[rs1] boxed( nan32( sext32( store_address() "
        "lr_bytes() BREAKPOINT and or not in == != <= >> << & | ^ ~ % + - * ** if else 0x 1 ( ) , : lambda [ ]"
    ),
    max_bytes=200,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
