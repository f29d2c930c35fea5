"""All of the Rust compiler as machine code: it gives the modules and diagnostics that its sources give."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.campaign.compiled_compiler import LEFT, PROBE, compiled

WHOLE = "COUNTERPROOF_WHOLE_COMPILER" in os.environ
"""`tox -e compiled-rust`: compiling takes minutes."""
RESULTS = """
import hashlib, json, sys
from pathlib import Path
from harness.campaign.compiled_compiler import in_use, use
if sys.argv[1]:
    use(Path(sys.argv[1]))
    assert in_use()
from corpus.rust import rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import LOWERINGS, PROFILES, build_bytes
found = {}
for number, program in enumerate(rust_programs()):
    compilation = check_source(program.source, f"{program.name}.rs")
    for lowering in LOWERINGS:
        for profile in PROFILES if number % 8 == 0 else ("dev",):
            module = build_bytes(compilation, profile, True, lowering)
            found[f"{program.name} {profile} {lowering}"] = hashlib.sha256(module).hexdigest()
for file in sorted(Path(sys.argv[2]).glob("*.rs")):
    said = check_source(file.read_text(), file.name).diagnostics
    found[file.name] = said.render() + said.to_json_lines()
print(json.dumps(found))
"""
FAULTY = Path(__file__).parents[2] / "engines" / "rustwasm" / "borrow" / "programs"


COMMANDS = (
    ("check", "{right}"),
    ("check", "--json", "{wrong}"),
    ("run", "{right}"),
    ("run", "--engine", "wasmtime", "--lowering", "gc", "--profile", "release", "{right}"),
    ("build", "{right}", "-o", "{out}"),
    ("build", "--profile", "release", "--lowering", "gc", "{right}", "-o", "{out}"),
    ("test", "{right}"),
    ("size", "{built}"),
)

BUILD = next(i for i, words in enumerate(COMMANDS) if words[0] == "build")


@pytest.fixture(scope="module")
def place() -> Path:
    return compiled()


def results(place: str) -> dict[str, str]:
    done = subprocess.run([sys.executable, "-c", RESULTS, place, str(FAULTY)], stdout=subprocess.PIPE, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(not WHOLE, reason="tox -e compiled-rust")
@pytest.mark.timeout(3600)
def test_every_file_is_machine_code_but_those_that_are_left(place: Path) -> None:
    root = place / "engines" / "rustwasm"
    python = [path.relative_to(root) for path in root.rglob("*.py") if not list(path.parent.glob(f"{path.stem}.*.so"))]
    assert [str(one) for one in python if not any(one.match(left) for left in LEFT)] == []


@pytest.mark.skipif(not WHOLE, reason="tox -e compiled-rust")
@pytest.mark.timeout(3600)
def test_modules_and_diagnostics_are_those_of_the_sources(place: Path) -> None:
    ours, right = results(str(place)), results("")
    assert len(right) > 130
    assert {name for name in right if ours[name] != right[name]} == set()


@pytest.mark.skipif(not WHOLE, reason="tox -e compiled-rust")
@pytest.mark.timeout(3600)
def test_commands_that_take_the_copy_do_what_they_do_without(place: Path, tmp_path: Path) -> None:
    """The second time too, when there are caches to read."""
    right, wrong = tmp_path / "right.rs", tmp_path / "wrong.rs"
    right.write_text(PROBE + "#[test]\nfn words() { assert_eq!(longest(&[]), None); }\n")
    wrong.write_text('fn main() { let s = String::new(); let t = s; println!("{s}{t}"); }\n')

    def outcomes(compiled: str) -> list[tuple[int, str, str, bytes]]:
        found = []
        environment = {**os.environ, "COUNTERPROOF_COMPILED": compiled}
        for i, words in enumerate(COMMANDS):
            out = tmp_path / f"{i}-{compiled}.wasm"
            built = tmp_path / f"{BUILD}-{compiled}.wasm"
            given = [word.format(right=right, wrong=wrong, out=out, built=built) for word in words]
            command = [sys.executable, "-m", "harness.cli", "wasm", *given]
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            said = [
                re.sub(rf"-{compiled}.wasm|(?<=finished in )\d+\.\d+", "", one) for one in (done.stdout, done.stderr)
            ]
            found.append((done.returncode, said[0], said[1], out.read_bytes() if out.is_file() else b""))
        return found

    expected = outcomes("0")
    assert [status for status, *_ in expected] == [0, 1, 0, 0, 0, 0, 0, 0], expected
    assert outcomes("1") == expected
    assert outcomes("1") == expected
