"""From a checked program to a WebAssembly module.

Profiles: `dev` is compiled fast and checks arithmetic; `release` wraps and is optimised; `freestanding` is `release`
whose panics are traps, so a program that writes nothing imports nothing but what it calls.

Lowerings: `linear` keeps values in linear memory with an allocator of its own; `gc` makes them objects of the host's
collector (docs/reference/lower-gc.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engines.rustwasm.compilation import quiet_runtime
from engines.rustwasm.lower_gc.program import lower as lower_gc
from engines.rustwasm.lower_linear import development
from engines.rustwasm.lower_linear.program import PROFILES, STACK, lower
from engines.rustwasm.release.errands import ONE, Jobs
from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.module import Module

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.debug.origins import Origins

__all__ = ["LOWERINGS", "PROFILES", "build", "build_bytes"]

LOWERINGS: Final = ("linear", "gc")


def build(
    compilation: Compilation,
    profile: str = "dev",
    lowering: str = "linear",
    origins: Origins | None = None,
    jobs: Jobs = ONE,
) -> Module:
    """The module of a program without errors: a WASI preview 1 command. With `origins`, which learns of the program's
    functions, instructions know where they come from (`debug.build_with_debug_info`). Optimising may take several
    processes, `jobs`; the module is the same, and those for development and with `origins` take one.

    Raises:
        ValueError: there is no such profile or lowering, the program has no `main`, or something that the lowering does
            not know.
        LostProcessError: one of several processes ended before it was done.
    """
    if lowering not in LOWERINGS:
        raise ValueError(f"no lowering {lowering!r}; choose one of {', '.join(LOWERINGS)}")
    chosen = PROFILES.get(profile)
    if chosen is None:
        raise ValueError(f"no profile {profile!r}; choose one of {', '.join(PROFILES)}")
    with quiet_runtime():
        module = (lower if lowering == "linear" else lower_gc)(compilation, chosen, origins)
        return optimise(module, STACK, jobs)[0] if profile != "dev" else module


def build_bytes(
    compilation: Compilation, profile: str = "dev", names: bool = True, lowering: str = "linear", jobs: Jobs = ONE
) -> bytes:
    """The module's bytes, with or without the names of functions: those of `build`, sooner for a development build.

    Raises:
        ValueError, LostProcessError: as `build` does.
    """
    if profile == "dev" and lowering == "linear":
        with quiet_runtime():
            return development.build(development.Kept(compilation), names)
    module = build(compilation, profile, lowering, jobs=jobs)
    if not names:
        module.names = type(module.names)()
    return encode(module)
