"""What a fuzz target is. Imports nothing of ours, so that a target can be instrumented before its subject is loaded."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PLANTED: Final = "COUNTERPROOF_PLANTED"
"""Environment variable: when it is 1, a target switches its planted bug on before it runs."""
OURS: Final = ("engines", "harness", "oracles", "corpus", "fuzz.strategies", "fuzz.corpus")
"""Packages whose code is instrumented."""


class FindingError(AssertionError):
    """What a target raises by itself: two answers that should be one, or an answer that cannot be right."""


@dataclass(frozen=True)
class Target:
    """One function of bytes and what a fuzzer wants to know about it.

    Attributes:
        one_input: runs one input; whatever it raises is a finding.
        summary: one line, for people.
        subject: modules that are under examination; a change in what they import concerns this target.
        seeds: the inputs to begin with, made by code, so that they follow the formats.
        planted: injects one bug that `one_input` can notice, in this process and for good.
        planted_summary: what class of bug that is.
        dictionary: words that the input language is made of.
        mutate: `(data, max_bytes, seed) -> data`, for inputs with structure; None leaves mutation to libFuzzer.
        max_bytes: the longest input worth trying.
        packages: third-party packages with native parts that the subject loads lazily (for bundles).
        modules: modules of ours that the subject loads by name at run time (for bundles).
        pause_seconds: an input that takes longer is a hang.
        quick_samples: mutants that the test suite tries without atheris.
        simpler: simpler inputs than a failing one, the most drastic first; None leaves that to removing bytes.
        keep: turns an input into the form in which it is kept with the source.
        fuzzable: turns a kept input back into what can be mutated; empty where that is not possible any more.
        requires: packages without which the target cannot run at all.
    """

    one_input: Callable[[bytes], None]
    summary: str
    subject: tuple[str, ...]
    seeds: Callable[[], Iterable[bytes]]
    planted: Callable[[], None]
    planted_summary: str
    dictionary: tuple[bytes, ...] = ()
    mutate: Callable[[bytes, int, int], bytes] | None = None
    max_bytes: int = 4096
    packages: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    pause_seconds: int = 30
    quick_samples: int = 200
    simpler: Callable[[bytes], Iterator[bytes]] | None = None
    keep: Callable[[bytes], bytes] = bytes
    fuzzable: Callable[[bytes], bytes] = bytes
    requires: tuple[str, ...] = ()


def instrumented(name: str) -> contextlib.AbstractContextManager[Any]:
    """Imports inside this context are instrumented for coverage when module `name` is the program that runs."""
    if name != "__main__":
        return contextlib.nullcontext()
    import atheris

    context: contextlib.AbstractContextManager[Any] = atheris.instrument_imports(include=list(OURS))
    return context


def is_planted() -> bool:
    """Whether the environment asks for the planted bug."""
    value = os.environ.get(PLANTED, "")
    if value not in ("", "0", "1"):
        raise ValueError(f"{PLANTED} is {value!r}; it must be 0 or 1")
    return value == "1"


def write_file(path: Path, data: bytes) -> None:
    """Put `data` into a new file: truncating an old one makes some file systems flush each time."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def words(text: str) -> tuple[bytes, ...]:
    """The words of a dictionary, written with blanks between them."""
    return tuple(word.encode() for word in text.split())


def replace(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
    """Replace attribute `name` of a class or module by `wrapper(original)`: how bugs are planted."""
    setattr(owner, name, wrapper(getattr(owner, name)))
