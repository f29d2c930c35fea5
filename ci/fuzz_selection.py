"""Which fuzz targets a change concerns: those whose subject imports a changed module, directly or not.

`python -m ci.fuzz_selection REVISION` prints them. Imports are read from the source, those inside functions too, so
that modules that are loaded lazily count. A change of a target's own files concerns that target; a change of what is no
module (a table beside one) concerns whoever imports the package that it lies in.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePosixPath

from fuzz.targets.catalogue import load, module_of, names

ROOT = Path(__file__).parents[1]
PACKAGES = ("engines", "harness", "oracles", "corpus", "fuzz")
ALWAYS = ("fuzz/targets/engine.py", "fuzz/targets/target.py", "fuzz/targets/session.py", "pyproject.toml")
"""A change of these concerns every target."""


def changed_paths(revision: str, root: Path = ROOT) -> list[str]:
    """Paths that differ between `revision` (from where it and we parted) and the working tree.

    Raises:
        ValueError: git does not know the revision; the message is git's.
    """
    done = subprocess.run(
        ["git", "diff", "--name-only", "--merge-base", revision], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(f"git cannot compare with {revision!r}: {done.stderr.strip()}")
    return done.stdout.split()


def targets_of(paths: Iterable[str]) -> tuple[str, ...]:
    """The targets that a change of `paths` (relative, with slashes) concerns, in order."""
    changed = list(paths)
    if any(path in ALWAYS for path in changed):
        return names()
    modules = {module for path in changed for module in _modules_at(path)}
    concerned = []
    for name in names():
        own = (f"corpus/seeds/{name}/", f"corpus/regressions/{name}/", f"corpus/planted/{name}/")
        subject = {module_of(name), *_subject(name)}
        if any(path.startswith(own) for path in changed) or modules & reached(frozenset(subject)):
            concerned.append(name)
    return tuple(concerned)


def _subject(name: str) -> tuple[str, ...]:
    try:
        target = load(name)
    except ModuleNotFoundError:
        return ()
    return (*target.subject, *target.modules)


def _modules_at(path: str) -> set[str]:
    """The module that a path is, or the package that a data file belongs to."""
    pure = PurePosixPath(path)
    if not pure.parts or pure.parts[0] not in PACKAGES:
        return set()
    if pure.suffix != ".py" or pure.name == "__init__.py":
        return {".".join(pure.parent.parts)}
    return {".".join((*pure.parent.parts, pure.stem))}


def reached(modules: frozenset[str]) -> set[str]:
    """`modules`, whatever they import of ours, whatever that imports, and the packages that all of these lie in."""
    found: set[str] = set()
    pending = list(modules)
    while pending:
        module = pending.pop()
        if module in found:
            continue
        found.add(module)
        parent = module.rpartition(".")[0]
        pending += [parent] if parent else []
        pending += imports_of(module)
    return found


@cache
def imports_of(module: str) -> tuple[str, ...]:
    """The modules of ours that `module` imports, wherever in its source it does so."""
    base = ROOT / Path(*module.split("."))
    path = base.with_suffix(".py") if base.with_suffix(".py").is_file() else base / "__init__.py"
    if not path.is_file():
        return ()
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(sorted(name for name in found if name.split(".")[0] in PACKAGES and _is_module(name)))


@cache
def _is_module(name: str) -> bool:
    base = ROOT / Path(*name.split("."))
    return base.with_suffix(".py").is_file() or (base / "__init__.py").is_file()


def main(arguments: list[str]) -> int:
    """Print the targets, one a line. Exit status: 0, or 2 for a revision that git does not know."""
    try:
        print("\n".join(targets_of(changed_paths(arguments[0] if arguments else "origin/main"))))
    except ValueError as error:
        print(f"fuzz_selection: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
