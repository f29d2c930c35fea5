"""Runs one target under atheris: what the main program of every target file calls."""

from __future__ import annotations

import os
import random
import shlex
import sys
import tempfile
from pathlib import Path

from fuzz.targets.target import Target, is_planted

CACHE_VARIABLE = "COUNTERPROOF_CACHE"


def main(target: Target, arguments: list[str] | None = None) -> None:
    """Hand the process to libFuzzer with `arguments` (its flags, corpus directories or inputs); does not return.

    In a bundle only the temporary directory is writable, so what we cache goes there.
    """
    import atheris

    given = sys.argv if arguments is None else [sys.argv[0], *arguments]
    if getattr(sys, "frozen", False):
        os.environ.setdefault(CACHE_VARIABLE, str(Path(tempfile.gettempdir()) / "counterproof"))
    else:
        # libFuzzer starts itself again for merging, through a shell, with this as the program.
        given = [f"{shlex.quote(sys.executable)} -m {_module()}", *given[1:]]
    if is_planted():
        target.planted()
    flags = []
    if not any(argument.startswith("-max_len=") for argument in given):
        flags.append(f"-max_len={target.max_bytes}")
    if not any(argument.startswith("-timeout=") for argument in given):
        flags.append(f"-timeout={target.pause_seconds}")
    mutate = target.mutate
    if mutate is None:
        atheris.Setup([*given, *flags], target.one_input)
    else:
        flags.append("-mutate_depth=1")  # one call of a mutator of ours makes several changes already
        atheris.Setup([*given, *flags], target.one_input, custom_mutator=mutate, custom_crossover=_crossover(target))
    atheris.Fuzz()


def _crossover(target: Target):  # type: ignore[no-untyped-def]
    """Crossing two structured inputs byte by byte would break both: one of them is taken and mutated."""

    def cross(first: bytes, second: bytes, max_size: int, seed: int) -> bytes:
        assert target.mutate is not None
        return target.mutate(random.Random(seed).choice((first, second)), max_size, seed)

    return cross


def _module() -> str:
    specification = getattr(sys.modules["__main__"], "__spec__", None)
    return specification.name if specification is not None else f"fuzz.targets.{Path(sys.argv[0]).stem}"
