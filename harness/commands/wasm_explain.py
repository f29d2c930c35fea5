"""`counterproof wasm explain`: what a code of the Rust compiler's messages means, and how to mend what it is about."""

from __future__ import annotations

import re
import sys
from typing import Annotated, Final

import typer

USAGE: Final = 2
_CODE: Final = re.compile(r"(E|GC)?(\d+)", re.IGNORECASE | re.ASCII)


def explain(
    code: Annotated[
        str, typer.Argument(metavar="[CODE]", help="As messages have it, such as E0382; all codes where not given.")
    ] = "",
) -> None:
    """Explain a code of the compiler's messages: the rule, why it is there, how to mend what breaks it.

    Without CODE, lists all codes, a line each.

    Exit status: 0, or 2 if there is no such code.
    """
    from engines.rustwasm.syntax.explanations import explained_codes, explanation, title

    if not code:
        for one in explained_codes():
            typer.echo(f"{one:<6} {title(one)}")
        return
    codes = explained_codes()
    wanted = _as_written(code)
    text = explanation(wanted) if wanted in codes else None
    if text is None:
        near = _near(wanted, codes)
        hint = f"near it there are {', '.join(near)}; " if near else ""
        typer.echo(
            f"counterproof: wasm explain {code}: no message has this code; {hint}`counterproof wasm explain` lists all",
            err=True,
        )
        raise typer.Exit(USAGE)
    if not sys.stdout.isatty():
        typer.echo(text.rstrip("\n"))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text.replace("```rust,", "```rust ")))


def _as_written(code: str) -> str:
    """`382`, `e382` and `E0382` are one code."""
    found = _CODE.fullmatch(code)
    if found is None:
        return code
    family = (found[1] or "E").upper()
    return f"{family}{found[2]:0>{4 if family == 'E' else 3}}"


def _near(wanted: str, codes: list[str]) -> list[str]:
    """The codes that come before and after it, and the next."""
    found = _CODE.fullmatch(wanted)
    if found is None:
        return []
    family, number = found[1], int(found[2])
    alike = [(abs(int(one[len(family) :]) - number), one) for one in codes if one.startswith(family)]
    return sorted(one for _, one in sorted(alike)[:3])
