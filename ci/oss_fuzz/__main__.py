"""`python -m ci.oss_fuzz [TARGET…]`: build bundles as OSS-Fuzz does and start each.

The build script, its flags and its data are those of the platforms; `compile_python_fuzzer` is ours. A bundle is
started away from the source tree, in an environment without our packages, on its seed corpus and for a few seconds of
fuzzing, with a home directory that cannot be written.

Exit status: 0 all built and started, 1 one did not, 2 wrong usage, 3 PyInstaller or atheris is missing, 130
interrupted.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Final

from fuzz.targets.catalogue import PREFIX, UnknownTargetError, module_of, names

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ("elf_image", "wasm_validate", "machine_unicorn")
"""One target of every kind: plain Python, with a native judge, with LLVM and Unicorn."""


def build(targets: list[str], out: Path, work: Path) -> int:
    """Run build.sh for `targets`; gives its exit status."""
    tools = work / "bin"
    tools.mkdir(parents=True, exist_ok=True)
    source = work / "src"
    source.mkdir(exist_ok=True)
    if not (source / "counterproof").exists():
        (source / "counterproof").symlink_to(ROOT)
    shutil.copy(ROOT / "ci" / "oss_fuzz" / "compile_python_fuzzer.sh", tools / "compile_python_fuzzer")
    if not (tools / "python3").exists():
        (tools / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (tools / "python3").chmod(0o755)
    environment = os.environ | {
        "SRC": str(source),
        "OUT": str(out),
        "WORK": str(work),
        "SANITIZER": "none",
        "FUZZING_ENGINE": "libfuzzer",
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "COUNTERPROOF_TARGETS": " ".join(targets),
        "COUNTERPROOF_INSTALLED": "1",
    }
    return subprocess.run(["bash", str(ROOT / "ci" / "oss_fuzz" / "build.sh")], env=environment, check=False).returncode


def start(target: str, out: Path, seconds: float) -> tuple[bool, str]:
    """Start a bundle on its seeds and let it fuzz; (whether it ended well, the end of what it said)."""
    program = out / f"{PREFIX}{target}"
    with tempfile.TemporaryDirectory(prefix="oss-fuzz-") as folder:
        corpus, home = Path(folder) / "corpus", Path(folder) / "home"
        with zipfile.ZipFile(out / f"{program.name}_seed_corpus.zip") as archive:
            archive.extractall(corpus)
        home.mkdir(mode=0o555)
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "TMPDIR": folder,
            "XDG_CACHE_HOME": str(home / "cache"),
        }
        command = [str(program), f"-max_total_time={max(1, round(seconds))}", str(corpus)]
        dictionary = out / f"{program.name}.dict"
        command += [f"-dict={dictionary}"] if dictionary.exists() else []
        done = subprocess.run(command, cwd="/", env=environment, capture_output=True, timeout=600, check=False)
        said = done.stderr.decode(errors="replace")
        return done.returncode == 0 and "INITED" in said and "Done " in said, said[-1500:]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ci.oss_fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", help=f"by default {', '.join(EXAMPLES)}")
    parser.add_argument("--all", action="store_true", help="every target")
    parser.add_argument("--out", type=Path, default=Path("out/oss-fuzz"), help="bundles go here")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each bundle fuzzes")
    parser.add_argument("--keep-work", action="store_true", help="leave PyInstaller's work directories")
    options = parser.parse_args(arguments)
    try:
        chosen = list(names()) if options.all else [n for n in options.targets if module_of(n)] or list(EXAMPLES)
    except UnknownTargetError as error:
        parser.error(str(error))
    for package in ("PyInstaller", "atheris"):
        if importlib.util.find_spec(package) is None:
            print(f"oss_fuzz: {package} is not installed: pip install 'counterproof[atheris,bundles]'", file=sys.stderr)
            return 3
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    work = out / "work"
    failed = 0
    try:
        for target in chosen:
            failed += _one(target, out, work, options.seconds)
    except KeyboardInterrupt:
        return 130
    finally:
        if not options.keep_work:
            shutil.rmtree(work, ignore_errors=True)
    print(f"{len(chosen)} bundles, {failed} failed")
    return 1 if failed else 0


def _one(target: str, out: Path, work: Path, seconds: float) -> bool:
    """Build and start one target; whether it failed."""
    begun = time.monotonic()
    if build([target], out, work):
        print(f"{target}: cannot be built", flush=True)
        return True
    built = time.monotonic() - begun
    size = (out / f"{PREFIX}{target}.pkg").stat().st_size / 2**20
    well, said = start(target, out, seconds)
    print(f"{target}: {size:.0f} MiB, built in {built:.0f} s, {'starts' if well else 'DOES NOT START'}", flush=True)
    if not well:
        print(said, flush=True)
    return not well


if __name__ == "__main__":
    sys.exit(main())
