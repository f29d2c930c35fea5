"""`tox -e fuzz-coverage`: what the fuzz targets reach of the code that they examine.

Each target runs, in a process of its own and without atheris, over its seeds, its kept inputs, the corpora that
`--corpora` holds, and mutants of its seeds; branches are counted by coverage.py in the modules of its subject. The
report is a table on the terminal, `coverage.json` and HTML in `--out`.

Exit status: 0 written, 1 a target reaches less than `--floor` per cent, 2 wrong usage, 3 a target failed, 130
interrupted.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from fuzz.targets import stored
from fuzz.targets.catalogue import UnknownTargetError, load, module_of, names

ROOT = Path(__file__).parents[1]


def files_of(subject: tuple[str, ...]) -> list[str]:
    """Patterns of the source files of `subject`: modules, and packages with all that is in them."""
    found = []
    for module in subject:
        base = ROOT / Path(*module.split("."))
        found.append(f"{base}.py" if base.with_suffix(".py").is_file() else f"{base}/*")
    return found


def measure(name: str, mutants: int, corpora: Path | None, data_file: Path) -> None:
    """Run one target's inputs under coverage.py, in this process; the counts go to `data_file`."""
    import coverage

    module_of(name)
    counted = coverage.Coverage(
        data_file=str(data_file), branch=True, include=_patterns(name), config_file=False, concurrency="thread"
    )
    counted.start()
    try:
        from fuzz.targets.sampling import samples

        target = load(name)
        for _, data in stored.all_inputs(name):
            target.one_input(data)
        folder = corpora / name / "corpus" if corpora is not None else None
        for path in sorted(folder.iterdir()) if folder is not None and folder.is_dir() else []:
            target.one_input(path.read_bytes())
        for data in samples(target, mutants):
            target.one_input(data)
    finally:
        counted.stop()
        counted.save()


def _patterns(name: str) -> list[str]:
    """The files of a target's subject, read from its source so that nothing of it is loaded before counting begins."""
    import ast

    source = (ROOT / Path(*module_of(name).split("."))).with_suffix(".py").read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Target":
            return files_of(ast.literal_eval(node.args[2]))
    raise ValueError(f"{name} has no Target")


def report(data_files: list[Path], out: Path) -> dict[str, Any]:
    """HTML of everything together; gives coverage.py's JSON document."""
    import coverage

    counted = coverage.Coverage(data_file=str(out / ".coverage"), config_file=False)
    counted.combine([str(path) for path in data_files], keep=True)
    counted.save()
    counted.html_report(directory=str(out / "html"), title="fuzz targets")
    counted.json_report(outfile=str(out / "coverage.json"))
    found: dict[str, Any] = json.loads((out / "coverage.json").read_text())
    return found


def per_cent(data_file: Path) -> float:
    """Covered lines and branches of one target's subject."""
    import coverage

    counted = coverage.Coverage(data_file=str(data_file), config_file=False)
    counted.load()
    return counted.report(file=io.StringIO())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="tox -e fuzz-coverage --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", help="only these")
    parser.add_argument("--mutants", type=int, default=500, help="of seeds, per target")
    parser.add_argument("--corpora", type=Path, help="directory of `counterproof fuzz` runs")
    parser.add_argument("--floor", type=float, default=0.0, help="the least that a target may reach, in per cent")
    parser.add_argument("--out", type=Path, default=Path("out/fuzz-coverage"))
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        chosen = [name for name in options.targets if module_of(name)] or list(names())
    except UnknownTargetError as error:
        parser.error(str(error))
    options.out = options.out.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.measure:
        measure(chosen[0], options.mutants, options.corpora, options.out / f"{chosen[0]}.data")
        return 0
    shares: dict[str, float] = {}
    try:
        for name in chosen:
            command = [sys.executable, "-m", "ci.fuzz_coverage", name, "--measure", "--out", str(options.out)]
            command += ["--mutants", str(options.mutants)]
            command += ["--corpora", str(options.corpora)] if options.corpora else []
            if subprocess.run(command, cwd=ROOT, check=False).returncode:
                print(f"{name}: an input fails; see `counterproof fuzz replay {name}`", file=sys.stderr)
                return 3
            shares[name] = per_cent(options.out / f"{name}.data")
            print(f"{name:<20} {shares[name]:5.1f} % of its subject", flush=True)
    except KeyboardInterrupt:
        return 130
    document = report([options.out / f"{name}.data" for name in chosen], options.out)
    print(f"all together: {document['totals']['percent_covered']:.1f} %; {options.out / 'html' / 'index.html'}")
    low = [name for name, share in shares.items() if share < options.floor]
    if low:
        print(f"below {options.floor:g} %: {', '.join(low)}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
