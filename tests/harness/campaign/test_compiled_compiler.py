"""The compiler as machine code: what mypyc makes of a package is used in its place, and compared with its sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import util
from pathlib import Path

import pytest

from harness.campaign import compiled_compiler
from harness.campaign.compiled_compiler import (
    CompilingError,
    compiled,
    differing,
    digests,
    existing,
    in_use,
    outdated,
    use,
)
from harness.subjects.rustwasm_program import Build, CompiledProgram

SOURCE = 'fn main() {\n    println!("{}", [1, 2, 3].iter().sum::<i32>());\n}\n'
CUSTOM_SECTION = b"\0\2\1x"
USED = """
import sys
from pathlib import Path
from harness.campaign.compiled_compiler import in_use, use
use(Path(sys.argv[1]))
from engines.rustwasm import arithmetic, left
print(arithmetic.__file__.endswith(".so"), left.__file__.endswith(".py"), arithmetic.double(21), left.NAME, in_use())
"""


@pytest.mark.skipif(
    util.find_spec("mypyc") is None or shutil.which("gcc") is None, reason="needs mypyc and gcc, which compile"
)
@pytest.mark.timeout(300)
def test_a_compiled_copy_is_made_once_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = tmp_path / "sources" / "rustwasm"
    sources.mkdir(parents=True)
    (sources / "__init__.py").touch()
    (sources / "arithmetic.py").write_text("def double(number: int) -> int:\n    return number * 2\n")
    (sources / "twice.py").write_text("TWICE: int = 2\n")
    # What mypyc refuses stays Python.
    (sources / "left.py").write_text('class Name(str):\n    """A name."""\n\n\nNAME = Name("left")\n')
    monkeypatch.setattr(compiled_compiler, "_SOURCES", sources)
    monkeypatch.setattr(compiled_compiler, "_try", lambda whole: None)  # it is no compiler
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path / "cache"))
    assert existing() is None and not outdated()
    told: list[tuple[int, int]] = []
    place = compiled(lambda done, files: told.append((done, files)))
    assert compiled() == existing() == place and not outdated()
    files = told[-1][1]
    assert told == [(done, files) for done in range(1, files + 1)] and files > 2
    assert {one.name for one in place.parent.iterdir()} == {place.name, "lock"}
    done = subprocess.run([sys.executable, "-c", USED, str(place)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "42", "left", "True"]


def test_without_mypyc_the_message_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path))
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises(CompilingError, match=r"pip install 'counterproof\[compiled\]'"):
        compiled()


def test_compiling_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_compiler, "SECONDS", 0.2)
    with pytest.raises(CompilingError, match="more than 0 s or there was too little memory"):
        compiled_compiler._run([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path, {}, lambda *_: None)


def test_a_copy_of_other_sources_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = tmp_path / "rustwasm"
    sources.mkdir()
    (sources / "__init__.py").write_text("")
    monkeypatch.setattr(compiled_compiler, "_SOURCES", sources)
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path / "cache"))
    place = compiled_compiler._place()
    (place.parent / "partial-1").mkdir(parents=True)
    assert existing() is None and not outdated()
    place.mkdir()
    assert existing() == place and not outdated()
    (sources / "__init__.py").write_text("CHANGED = 1\n")
    assert existing() is None and outdated()


def test_copies_of_many_sources_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = tmp_path / "rustwasm"
    sources.mkdir()
    monkeypatch.setattr(compiled_compiler, "_SOURCES", sources)
    monkeypatch.setattr(compiled_compiler, "_compile", lambda scratch, files, tell: (scratch / "whole").mkdir())
    monkeypatch.setattr(compiled_compiler, "_try", lambda whole: None)
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache" / "compiled-compiler" / "partial-of-a-killed-process").mkdir(parents=True)
    for number in range(compiled_compiler.KEPT + 2):
        (sources / "__init__.py").write_text(f"NUMBER = {number}\n")
        place = compiled()
        assert place.is_dir()
    assert len(compiled_compiler._copies()) == compiled_compiler.KEPT
    assert not list(place.parent.glob("partial-*"))
    assert existing() == place


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("", None),
        ("raise ValueError('no')", "does not work, .*: ValueError: no"),
        (f"_right = build_bytes\nbuild_bytes = lambda *a, **k: _right(*a, **k) + {CUSTOM_SECTION!r}", "other modules"),
    ],
)
def test_a_copy_that_does_not_do_what_the_sources_do_is_not_kept(
    change: str, why: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_badly(scratch: Path, files: list[Path], tell: object) -> None:
        copy = scratch / "whole" / "engines" / "rustwasm"
        shutil.copytree(compiled_compiler._SOURCES, copy)
        with (copy / "driver.py").open("a") as file:
            file.write(change)

    monkeypatch.setattr(compiled_compiler, "_compile", compile_badly)
    monkeypatch.setattr(compiled_compiler, "_directory", lambda: tmp_path / "copies")
    if why is None:
        assert compiled() == existing()
        return
    with pytest.raises(CompilingError, match=why):
        compiled()
    assert existing() is None and not compiled_compiler._copies()


def test_a_copy_is_chosen_before_the_compiler_is_imported(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="imported already"):
        use(tmp_path)
    assert not in_use()


def test_other_bytes_than_the_sources_give_are_told() -> None:
    builds = (Build(), Build("dev", "gc"))
    ours = digests(CompiledProgram(SOURCE), builds)
    assert list(ours) == ["dev", "dev-gc"]
    assert differing(SOURCE, ours) == []
    assert differing(SOURCE, {**ours, "dev-gc": ours["dev"]}) == ["dev-gc"]
