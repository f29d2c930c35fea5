"""What each code of a message means: one Markdown file for each, read when somebody asks for it.

A file's first line is `# CODE: title`. Its first block of code is refused with the code, its second is accepted.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "explanations"


def explained_codes() -> list[str]:
    """All codes that have an explanation, in order."""
    return sorted([path.stem for path in FOLDER.glob("*.md")])


@cache
def explanation(code: str) -> str | None:
    """The explanation as Markdown; None where there is none of that code."""
    try:
        return (FOLDER / f"{code}.md").read_text()
    except FileNotFoundError:
        return None


def title(code: str) -> str:
    """The rule in a line. Raises KeyError where the code has no explanation."""
    text = explanation(code)
    if text is None:
        raise KeyError(code)
    return text.partition("\n")[0].partition(": ")[2]


def pointer(codes: list[str], what: str) -> str:
    """The lines that end a report with these codes (`what`: "error" or "warning"); empty where none is explained."""
    known = sorted([code for code in set(codes) if explanation(code) is not None])
    if not known:
        return ""
    if len(known) == 1:
        return f"For more information about this {what}, try `counterproof wasm explain {known[0]}`.\n"
    return (
        f"Some {what}s have detailed explanations: {', '.join(known)}.\n"
        f"For more information about {'an' if what == 'error' else 'a'} {what}, "
        f"try `counterproof wasm explain {known[0]}`.\n"
    )
