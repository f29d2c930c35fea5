"""The targets that there are: the directory is the list."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Final

from fuzz.targets.target import Target
from harness.nearest import did_you_mean

PREFIX: Final = "fuzz_"
DIRECTORY: Final = Path(__file__).parent


class UnknownTargetError(ValueError):
    """No target has this name; the message lists those there are."""


def names() -> tuple[str, ...]:
    """Every target's name, in order."""
    return tuple(sorted(path.stem.removeprefix(PREFIX) for path in DIRECTORY.glob(f"{PREFIX}*.py")))


def module_of(name: str) -> str:
    """The module of target `name`, which is also the program that runs it.

    Raises:
        UnknownTargetError: there is no such target.
    """
    if name not in names():
        raise UnknownTargetError(
            f"no fuzz target is called {name!r}.{did_you_mean(name, names())} There are: {', '.join(names())}"
        )
    return f"fuzz.targets.{PREFIX}{name}"


def load(name: str) -> Target:
    """Import target `name`.

    Raises:
        UnknownTargetError: there is no such target.
    """
    found: Target = importlib.import_module(module_of(name)).TARGET
    return found
