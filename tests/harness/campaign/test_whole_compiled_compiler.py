"""All of the Rust compiler as machine code: it gives the modules and diagnostics that its sources give."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.campaign.compiled_compiler import LEFT, compiled

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
