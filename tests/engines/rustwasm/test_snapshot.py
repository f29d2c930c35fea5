"""The library from a snapshot is the library that was loaded: the same diagnostics and the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.rust import rust_programs
from engines.rustwasm import snapshot

SCRIPT = """
import sys
from pathlib import Path
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.snapshot import use_snapshot

found = use_snapshot(Path(sys.argv[1])) if len(sys.argv) > 1 else None
for path in sys.stdin.read().split():
    compilation = check_source(Path(path).read_text(), Path(path).name)
    sys.stdout.write(f"{found} ")
    if compilation.diagnostics.has_errors:
        print(repr(compilation.diagnostics.to_json_lines()))
    else:
        print(build_bytes(compilation).hex(), run_program(compilation, fuel=10**6)[1].hex())
"""
WRONG = """use std::collections::HashMap;
trait Named { fn name(&self) -> String; }
fn main() {
    let mut m: HashMap<String, i32> = HashMap::new();
    m.insert(5, 1);
    let v = vec![1, 2];
    v.push(3);
    let s: &dyn Clone = &v;
    let d: Box<dyn Iterator<Item = i32>> = Box::new(v.into_iter().map(|x| x + true));
    m.inserted(1);
}
"""


def told(paths: list[Path], directory: Path | None) -> list[tuple[str, str]]:
    """What a process of its own says of the programs, with or without snapshots in the directory."""
    command = [sys.executable, "-c", SCRIPT, *([str(directory)] if directory is not None else [])]
    text = " ".join(str(path) for path in paths)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, env=os.environ)
    return [tuple(line.split(" ", 1)) for line in done.stdout.splitlines()]  # type: ignore[misc]


def test_programs_and_errors_are_the_same(tmp_path: Path) -> None:
    paths = [tmp_path / "wrong.rs"]
    paths[0].write_text(WRONG)
    for program in rust_programs():
        if program.name in ("json", "closures", "drop_order", "iterators", "panic_index"):
            paths.append(tmp_path / f"{program.name}.rs")
            paths[-1].write_text(program.source)
    assert len(paths) == 6
    plain = told(paths, None)
    assert "E0308" in plain[0][1]
    cache = tmp_path / "cache"
    for found in ("False", "True"):
        seen = told(paths, cache)
        assert {one[0] for one in seen} == {found}
        assert [one[1] for one in seen] == [one[1] for one in plain]


def test_a_damaged_snapshot_is_made_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    hello = tmp_path / "hello.rs"
    hello.write_text("fn main() {}")
    told([hello], cache)
    (kept,) = cache.glob("*.bin")
    kept.write_bytes(kept.read_bytes()[:-9])
    assert [told([hello], cache)[0][0] for _ in range(2)] == ["False", "True"]


def test_a_directory_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    hello = tmp_path / "hello.rs"
    hello.write_text("fn main() {}")
    assert told([hello], blocked / "below")[0][0] == "False"


def test_what_cannot_be_written_is_named() -> None:
    class Odd:
        declarations = type("D", (), {"functions": ()})()

    with pytest.raises(ValueError, match="snapshot"):
        snapshot.snapshot(Odd())  # type: ignore[arg-type]
