"""Variants of a program that do the same: expressions outlined, inlined or put into closures, names changed.

A variant is the program of the same choices in another style, so what it prints is known as well; names that are
printed change with the program. That the styles agree is a property (`tests/fuzz/strategies/rust/test_variants.py`).
"""

from __future__ import annotations

import re
from typing import Final

from fuzz.strategies.rust.scene import INTEGERS, PLAIN, Scene

OUTLINED: Final = "outlined"
"""Integer expressions are calls of functions that are declared in the block, with the variables as arguments."""
INLINED: Final = "inlined"
"""What such a call is, once its function's body stands in its place."""
CLOSURES: Final = "closures"
"""Integer expressions are calls of closures that capture the variables."""
RENAMED: Final = "renamed"
"""Every variable has a long name."""
STYLES: Final = (PLAIN, OUTLINED, INLINED, CLOSURES, RENAMED)

_NAME: Final = re.compile(r"\b[a-z]_?\w*\d+\b")
_LEAST: Final = 12
"""Characters of an expression that is worth a function."""


def styled(scene: Scene, text: str, type_: str) -> str:
    """The integer expression `text` in the style of the program; as it is where it holds other than integers."""
    if scene.style in (PLAIN, RENAMED) or len(text) < _LEAST:
        return text
    if scene.style == CLOSURES:
        return f"(|| -> {type_} {{ {text} }})()"
    known = {variable.name: variable.type for variable in scene.variables()}
    used = list(dict.fromkeys(name for name in _NAME.findall(text) if name in known))
    if any(known[name] not in INTEGERS for name in used):
        return text
    if scene.style == INLINED:
        return f"{{ {''.join(f'let {name}: {known[name]} = {name}; ' for name in used)}{text} }}"
    scene.parts += 1
    parameters = ", ".join(f"{name}: {known[name]}" for name in used)
    scene.line(f"fn part{scene.parts}({parameters}) -> {type_} {{ {text} }}")
    return f"part{scene.parts}({', '.join(used)})"
