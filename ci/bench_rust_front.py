"""How fast the Rust-subset front end is, on one core: `python -m ci.bench_rust_front`.

Makes a crate of some 10,000 lines in many modules (the programs of corpus/rust, each a module of its own, taken in an
order that the seed says until the lines are enough), checks it, builds it for development, and does both again after
one function changed. Beside it, in the same run: one pass of a regular expression over the same text (what any front
end in CPython has to pay), and `rustc --emit=metadata` on the same files, where rustc is installed. Processor time of
the best of several rounds, each in a process of its own.
With `--compiled` all of it by a copy of the compiler that mypyc made machine code of. The row of functions that are
kept is a development build of the same crate in a process that finds the library's functions in the directory of
caches, as `counterproof wasm build` does after a first build; the row above it is a build that finds nothing.
Prints a table and exits with 1 where a target of `TARGETS` is missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).parent.parent / "corpus" / "rust" / "programs"
LINES: Final = 10_000
SEED: Final = 5
_KEPT: Final = "development build, functions kept"
TARGETS: Final = {"check": 1.0, "development build": 2.0, _KEPT: 2.0, "one function changed, build": 0.3}
"""Seconds of processor time, for `LINES` lines (issue 5, requirement P5)."""


def crate(lines: int, seed: int) -> dict[str, str]:
    """File name -> text of a crate with at least `lines` lines, `main.rs` its main file."""
    texts = {path.stem: path.read_text() for path in sorted(CORPUS.glob("*.rs"))}
    source = random.Random(seed)
    files: dict[str, str] = {}
    names: list[str] = []
    count = 0
    while count < lines:
        order = sorted(texts)
        source.shuffle(order)
        for name in order:
            module = f"m{len(names):03}_{name}"
            text = re.sub(r"^fn main\(", "pub fn main(", texts[name], flags=re.MULTILINE)
            files[f"{module}.rs"] = re.sub(r"\bcrate::", f"crate::{module}::", text)
            names.append(module)
            count += text.count("\n") + 2
            if count >= lines:
                break
    calls = "".join(f"    {name}::main();\n" for name in names)
    files["main.rs"] = "".join(f"mod {name};\n" for name in names) + f"fn main() {{\n{calls}}}\n"
    return files


def write(files: dict[str, str], directory: Path) -> Path:
    """The crate's files in `directory`; its main file."""
    for name, text in files.items():
        (directory / name).write_text(text)
    return directory / "main.rs"


def measure(main: Path) -> dict[str, float]:
    """Seconds of processor time in this process, library loaded beforehand (its own row)."""
    from engines.rustwasm.compilation import check_file, library
    from engines.rustwasm.driver import build_bytes

    gc.disable()  # as the command line does
    found: dict[str, float] = {}
    begun = time.process_time()
    library()
    found["load the library"] = time.process_time() - begun
    begun = time.process_time()
    compilation = check_file(main)
    found["check"] = time.process_time() - begun
    if compilation.diagnostics.errors:
        raise ValueError(f"the generated crate does not check:\n{compilation.diagnostics.render()[:2000]}")
    begun = time.process_time()
    content = build_bytes(compilation)
    found["build after check"] = time.process_time() - begun
    found["development build"] = found["check"] + found["build after check"]
    found["module, KB"] = len(content) / 1e3
    found |= _changed_seconds(main)
    begun = time.process_time()
    for _ in range(10_000_000):
        pass
    found["ten million turns of an empty loop"] = time.process_time() - begun
    text = "".join(path.read_text() for path in sorted(main.parent.glob("*.rs")))
    pattern = re.compile(r"[ \t\r\n]+|//[^\n]*|\w+|\"(?:[^\"\\]|\\.)*\"|.")
    begun = time.process_time()
    tokens = sum(1 for _ in pattern.finditer(text))
    found["one regular expression over the text"] = time.process_time() - begun
    found["tokens, thousands"] = tokens / 1e3
    return found


def measure_kept(main: Path, directory: Path) -> float:
    """Seconds of processor time to check and build with the library's functions that are kept in `directory`, where
    those that this build lowers are written after it."""
    from engines.rustwasm.compilation import check_file, library
    from engines.rustwasm.driver import build_bytes
    from engines.rustwasm.lower_linear.library_instances import save_library_instances, use_library_instances

    gc.disable()
    library()
    begun = time.process_time()
    compilation = check_file(main)
    known = use_library_instances(directory)
    build_bytes(compilation)
    seconds = time.process_time() - begun
    save_library_instances(known, directory)
    return seconds


def _changed_seconds(main: Path) -> dict[str, float]:
    """Seconds to check, and to check and build the crate again, in the same process, after its largest function got one
    more statement."""
    from engines.rustwasm.session import Session

    session = Session(main)
    functions = [one for one in session.update().declarations.functions if one.has_body and one.syntax.span[1]]
    session.build()
    body = max((one.syntax.body.span for one in functions), key=lambda span: span[1] - span[0])
    compilation = session.update()
    file = compilation.sources.file_of(body[0])
    at = file.offset(body[0]) + 1
    text = file.text
    path = Path(file.name)
    path.write_text(f'{text[:at]}\n    println!("one more");{text[at:]}')
    begun = time.process_time()
    errors = session.update().diagnostics.errors
    checked = time.process_time() - begun
    if errors or not session.reused:
        raise ValueError(f"{path}: the edit was not checked by itself: {errors}")
    session.build()
    built = time.process_time() - begun
    path.write_text(text)
    return {"one function changed, check": checked, "one function changed, build": built}


def rustc_seconds(main: Path, rounds: int) -> float | None:
    """Processor seconds of `rustc --emit=metadata`; None where rustc is not installed."""
    rustc = shutil.which("rustc")
    if rustc is None:
        return None
    best = float("inf")
    with tempfile.TemporaryDirectory() as out:
        for _ in range(rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [rustc, "--edition=2021", "--emit=metadata", "--cap-lints=allow", "-o", f"{out}/main", str(main)]
            subprocess.run(command, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def _told(command: list[str]) -> dict[str, float]:
    """What a process of its own measures."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_rust_front", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--compiled", action="store_true", help="the compiler as mypyc compiles it (made if need be)")
    parser.add_argument("--keep", type=Path, help="write the crate here and keep it")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--kept", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.compiled:
        from harness.campaign.compiled_compiler import compiled, use

        place = compiled()
        if options.measure is not None:
            use(place)
    if options.measure is not None:
        kept = options.kept
        found = measure(options.measure) if kept is None else {_KEPT: measure_kept(options.measure, kept)}
        print(json.dumps(found))
        return 0
    files = crate(options.lines, options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        directory = options.keep or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        main_file = write(files, directory)
        best: dict[str, float] = {}
        command = [sys.executable, "-m", "ci.bench_rust_front", "--measure", str(main_file)]
        command += ["--compiled"] if options.compiled else []
        with tempfile.TemporaryDirectory() as caches:
            with_kept = [*command, "--kept", caches]
            _told(with_kept)  # finds nothing yet
            for _ in range(options.rounds):
                for name, value in (_told(command) | _told(with_kept)).items():
                    best[name] = min(best.get(name, value), value)
        seconds = rustc_seconds(main_file, options.rounds)
    lines = sum(text.count("\n") for text in files.values())
    how = ", the compiler compiled by mypyc" if options.compiled else ""
    print(f"{lines:,} lines in {len(files)} files, seed {options.seed}, best of {options.rounds}{how}")
    missed = False
    for name, value in best.items():
        target = TARGETS.get(name)
        late = target is not None and value > target * lines / LINES
        missed |= late
        note = "" if target is None else f"  target {target:.1f}{' MISSED' if late else ''}"
        print(f"{name:<40}{value:>9.3f}{note}")
    if seconds is not None:
        print(f"{'rustc --emit=metadata':<40}{seconds:>9.3f}  check / rustc {best['check'] / seconds:.2f}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
