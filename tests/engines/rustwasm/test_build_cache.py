"""Modules from the disk cache are the bytes that building gives; the same input gives the same bytes (P14)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ci.bench_rust_front import crate, write
from engines.rustwasm.build_cache import BuildCache, BuildOptions
from engines.rustwasm.compilation import check_file
from engines.rustwasm.driver import build_bytes

MAIN = 'mod a;\nfn main() { println!("{}", a::one()); }\n'
PROGRAM = """
import hashlib, sys
from pathlib import Path
from engines.rustwasm.compilation import check_file
from engines.rustwasm.driver import build_bytes
compilation = check_file(Path(sys.argv[1]))
for profile in ("dev", "release"):
    print(hashlib.sha256(build_bytes(compilation, profile)).hexdigest())
"""


@pytest.fixture
def main(tmp_path: Path) -> Path:
    directory = tmp_path / "crate"
    directory.mkdir()
    (directory / "a.rs").write_text("pub fn one() -> i32 { 1 }\n")
    (directory / "main.rs").write_text(MAIN)
    return directory / "main.rs"


@pytest.mark.evidence("WR-08")
def test_a_module_is_found_by_all_that_it_was_made_from(main: Path, tmp_path: Path) -> None:
    cache, options = BuildCache(tmp_path / "cache"), BuildOptions()
    assert cache.find(main, options) is None
    compilation = check_file(main)
    content = build_bytes(compilation)
    cache.keep(compilation, main, options, content)
    assert BuildCache(tmp_path / "cache").find(main, options) == content
    assert cache.find(main, BuildOptions("release")) is None
    assert cache.find(main, BuildOptions(names=False)) is None
    other = main.parent / "a.rs"
    text = other.read_text()
    other.write_text(text.replace("1", "2"))
    assert cache.find(main, options) is None
    other.write_text(text)
    assert cache.find(main, options) == content
    other.unlink()
    assert cache.find(main, options) is None
    (main.parent / "a").mkdir()
    (main.parent / "a" / "mod.rs").write_text(text)
    assert cache.find(main, options) is None
    compilation = check_file(main)
    cache.keep(compilation, main, options, build_bytes(compilation))
    assert cache.find(main, options) == build_bytes(check_file(main))
    other.write_text(text)
    assert cache.find(main, options) is None


def test_what_has_messages_is_not_kept(main: Path, tmp_path: Path) -> None:
    cache = BuildCache(tmp_path / "cache")
    main.write_text("mod a;\nfn main() { a::two(); }\n")
    cache.keep(check_file(main), main, BuildOptions(), b"")
    assert cache.find(main, BuildOptions()) is None


@pytest.mark.evidence("P14")
def test_the_same_input_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    main = write(crate(40, 7), tmp_path)
    seen = set()
    for seed in ("0", "1"):
        command = [sys.executable, "-c", PROGRAM, str(main)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        seen.add(subprocess.run(command, check=True, capture_output=True, env=environment, timeout=300).stdout)
    assert len(seen) == 1
    assert seen.pop().count(b"\n") == 2
