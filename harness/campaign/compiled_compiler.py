"""The Rust compiler itself as machine code, for campaigns: a copy of `engines.rustwasm` compiled by mypyc.

The copy is made once for these sources, this Python and this mypyc, and kept with the caches. It has to give the bytes
that the sources give: `differing` asks them both, which a campaign does now and then. What mypyc cannot compile stays
Python. Source: https://mypyc.readthedocs.io (a compiled module's functions and classes cannot be replaced at run time,
so injected bugs and debugging want the sources).

`python -m harness.campaign.compiled_compiler` compiles it and prints the place.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import engines
from engines.vm.runtime.object_cache import cache_directory, content_key

if TYPE_CHECKING:
    from harness.subjects.rustwasm_program import Build, CompiledProgram

SECONDS: Final = 1_800.0
"""Wall clock that compiling may take."""
LEFT: Final = (
    "__init__.py",
    "build_cache.py",
    "unit_tests.py",
    "lower_linear/linked.py",
    "mir/parser.py",
    "modes/advice.py",
    "wasm/text/*",
)
"""Sources that stay Python: what no campaign runs, and what mypyc has no room for (a subclass of `int`)."""
_SOURCES: Final = Path(engines.__path__[0]) / "rustwasm"
_BUILD: Final = """
import sys
from mypyc.build import mypycify
from setuptools import setup
modules = mypycify(sys.argv[1:], opt_level="1", multi_file=True)
setup(name="compiler", ext_modules=modules, script_args=["-q", "build_ext", "--inplace", "-j2"])
"""
_REFUSED: Final = re.compile(r"^(engines/rustwasm/[\w/]+\.py):\d+: (?:error|\w*Error)", re.MULTILINE)
TRIES: Final = 6
"""So often files that mypyc refuses are left to Python."""


class CompilingError(RuntimeError):
    """The compiler cannot be compiled here; the message says why and what to do."""


def compiled() -> Path:
    """The directory of the compiled copy, which is made now if it is not there.

    Raises:
        CompilingError: mypyc or a C compiler is missing, or fails.
        OSError: the directory of caches cannot be written.
    """
    files = sorted(path for path in _SOURCES.rglob("*") if path.suffix in (".py", ".rs"))
    try:
        version = metadata.version("mypy")
    except metadata.PackageNotFoundError:
        raise CompilingError("--compile needs mypyc: pip install 'counterproof[lint]' brings it with mypy") from None
    parts: list[str | bytes] = [version, sys.version, platform.machine(), _BUILD, "\n".join(LEFT)]
    for path in files:
        parts += [str(path.relative_to(_SOURCES)), path.read_bytes()]
    place = cache_directory() / "compiled-compiler" / content_key(parts)
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix="partial-") as scratch:
            _compile(Path(scratch), [path.relative_to(_SOURCES) for path in files if path.suffix == ".py"])
            whole = Path(scratch) / "whole"
            try:
                whole.rename(place)
            except OSError:
                if not place.is_dir():  # else somebody else was quicker
                    raise
    return place


def use(place: Path) -> None:
    """From now on `engines.rustwasm` is the copy in `place`, in this process and its forks.

    Raises:
        RuntimeError: it is imported already.
    """
    if "engines.rustwasm" in sys.modules:
        raise RuntimeError("engines.rustwasm is imported already; a compiled copy has to be chosen before")
    engines.__path__.insert(0, str(place / "engines"))
    sys.path.insert(0, str(place))  # the library that mypyc's modules share


def _compile(scratch: Path, files: list[Path]) -> None:
    whole = scratch / "whole"
    copy = whole / "engines" / "rustwasm"
    shutil.copytree(_SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (whole / "engines" / "__init__.py").touch()
    chosen = [str(Path("engines", "rustwasm", one)) for one in files if not any(one.match(left) for left in LEFT)]
    environment = {**os.environ, "MYPYPATH": str(whole), "PYTHONPATH": str(whole)}
    for _ in range(TRIES):
        command = [sys.executable, "-c", _BUILD, *chosen]
        try:
            done = subprocess.run(
                command, cwd=whole, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise CompilingError(f"mypyc has not compiled the compiler in {SECONDS:.0f} s") from None
        shutil.rmtree(whole / "build", ignore_errors=True)
        if not done.returncode:
            shutil.rmtree(whole / ".mypy_cache", ignore_errors=True)
            return
        said = done.stdout + done.stderr
        refused = set(_REFUSED.findall(said))
        if not refused:
            break
        chosen = [one for one in chosen if one not in refused]
    told = "; ".join([line for line in said.splitlines() if "error" in line.lower()][:3])
    raise CompilingError(f"mypyc cannot compile the compiler (it needs a C compiler, such as Debian's gcc): {told}")


def in_use() -> bool:
    """Whether `engines.rustwasm` is a compiled copy in this process."""
    return Path(engines.__path__[0]) / "rustwasm" != _SOURCES


def digests(compiled: CompiledProgram, builds: Sequence[Build]) -> dict[str, str]:
    """A digest of each build's module."""
    return {build.name: hashlib.sha256(compiled.module(build)).hexdigest() for build in builds}


def differing(source: str, ours: dict[str, str]) -> list[str]:
    """The builds of a program whose digests are not those that the compiler's sources give, in a process of their own.

    Raises:
        CalledProcessError, TimeoutExpired: they give none.
    """
    command = [sys.executable, "-m", __name__, *ours]
    done = subprocess.run(command, input=source, capture_output=True, text=True, timeout=SECONDS, check=True)
    right = json.loads(done.stdout)
    return [name for name, digest in ours.items() if right[name] != digest]


def _main(builds: list[str]) -> None:
    """Compile the compiler; with names of builds, print the digests of a program's modules instead."""
    if not builds:
        print(compiled())
        return
    from harness.subjects.rustwasm_program import CompiledProgram, known_builds

    program = CompiledProgram(sys.stdin.read())
    print(json.dumps(digests(program, [one for one in known_builds() if one.name in builds])))


if __name__ == "__main__":
    _main(sys.argv[1:])
