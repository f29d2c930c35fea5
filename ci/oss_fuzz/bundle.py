"""What goes into a target's bundle.

`python -m ci.oss_fuzz.bundle list` prints the targets, `flags TARGET` the arguments of PyInstaller, one a line, and
`data TARGET OUT` writes seed corpus, dictionary and options beside the bundle.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from ci.fuzz_selection import reached
from fuzz.targets.catalogue import PREFIX, UnknownTargetError, load, module_of, names
from fuzz.targets.session import prepare, write_dictionary

ROOT: Final = Path(__file__).parents[2]
NATIVE: Final = ("llvmlite", "unicorn", "wasmtime", "qiling", "capstone", "ziglang")
"""Large packages: in a bundle if its target names them, and otherwise kept out, since lazy imports mention them."""
NEVER: Final = ("pytest", "IPython", "matplotlib", "tkinter", "z3", "mypy", "typer", "rich", "coverage")
DATA_OF: Final = {
    "oracles.errata": "oracles/errata/*.json",
    "corpus.programs.manifest": "corpus/programs/manifest.toml",
    "engines.vm.tiers.interpreter.build": "engines/vm/**/*.py",
}
"""Files that a module reads beside itself. The interpreter's cache key is made of the sources of the machine."""


def flags(name: str) -> list[str]:
    """PyInstaller's arguments for target `name`.

    Raises:
        UnknownTargetError: there is no such target.
    """
    target = load(name)
    modules = reached(frozenset((module_of(name), *target.subject, *target.modules)))
    arguments = [f"--paths={ROOT}", "--noconfirm", "--log-level=WARN"]
    arguments += [f"--hidden-import={module}" for module in target.modules]
    arguments += [f"--collect-all={package}" for package in target.packages]
    arguments += [flag for package in target.packages for flag in _libraries(package)]
    arguments += [f"--exclude-module={p}" for p in (*NATIVE, *NEVER) if p not in target.packages]
    for module, pattern in DATA_OF.items():
        if module in modules:
            for path in sorted(ROOT.glob(pattern)):
                arguments.append(f"--add-data={path}:{path.relative_to(ROOT).parent.as_posix()}")
    if "corpus.programs.manifest" in modules:
        arguments += [f"--add-data={ROOT / 'corpus/programs/c'}:corpus/programs/c"]
    return arguments


def _libraries(package: str) -> list[str]:
    """Flags for the shared libraries of a package that `--collect-all` misses: it takes `lib*.so` alone."""
    specification = importlib.util.find_spec(package)
    if specification is None or specification.origin is None:
        return []
    folder = Path(specification.origin).parent
    missed = [path for path in sorted(folder.rglob("*.so*")) if not path.name.startswith("lib")]
    return [f"--add-binary={path}:{path.parent.relative_to(folder.parent).as_posix()}" for path in missed]


def write_data(name: str, out: Path) -> list[Path]:
    """Write `fuzz_NAME_seed_corpus.zip`, `.dict` and `.options` into `out`; gives what was written.

    Raises:
        UnknownTargetError: there is no such target.
        OSError: `out` cannot be written.
    """
    target = load(name)
    program = f"{PREFIX}{name}"
    with tempfile.TemporaryDirectory() as folder:
        prepare(name, Path(folder))
        inputs = {path.name: path.read_bytes() for path in (Path(folder) / "seeds").iterdir()}
    corpus = out / f"{program}_seed_corpus.zip"
    with zipfile.ZipFile(corpus, "w", zipfile.ZIP_DEFLATED) as archive:
        for label, data in sorted(inputs.items()):
            archive.writestr(zipfile.ZipInfo(label), data)
    options = out / f"{program}.options"
    lines = ["[libfuzzer]", f"max_len = {target.max_bytes}", f"timeout = {target.pause_seconds}", "rss_limit_mb = 4096"]
    written = [corpus, options]
    if target.dictionary:
        write_dictionary(target, out / f"{program}.dict")
        lines.append(f"dict = {program}.dict")
        written.append(out / f"{program}.dict")
    options.write_text("\n".join(lines) + "\n")
    return written


def main(arguments: list[str]) -> int:
    """The command line above. Exit status: 0, or 2 for wrong usage."""
    try:
        match arguments:
            case ["list"]:
                print("\n".join(names()))
            case ["flags", name]:
                print("\n".join(flags(name)))
            case ["data", name, out]:
                write_data(name, Path(out))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except UnknownTargetError as error:
        print(f"bundle: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
