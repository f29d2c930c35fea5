"""From a checked program to a WebAssembly module.

Profiles: `dev` is compiled fast and checks arithmetic; `release` wraps and is optimised; `freestanding` is `release`
whose panics are traps, so a program that writes nothing imports nothing but what it calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.compilation import quiet_runtime
from engines.rustwasm.lower_linear.program import PROFILES, STACK, lower
from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.module import Module

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

__all__ = ["PROFILES", "build", "build_bytes"]


def build(compilation: Compilation, profile: str = "dev") -> Module:
    """The module of a program without errors: a WASI preview 1 command.

    Raises:
        ValueError: there is no such profile, or the program has no `main`.
    """
    chosen = PROFILES.get(profile)
    if chosen is None:
        raise ValueError(f"no profile {profile!r}; choose one of {', '.join(PROFILES)}")
    with quiet_runtime():
        module = lower(compilation, chosen)
        return optimise(module, STACK)[0] if profile != "dev" else module


def build_bytes(compilation: Compilation, profile: str = "dev", names: bool = True) -> bytes:
    """The module's bytes, with or without the names of functions."""
    module = build(compilation, profile)
    if not names:
        module.names = type(module.names)()
    return encode(module)
