"""Kept bytecode is that of the sources as they are, and what is damaged counts as absent."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from engines.vm.runtime.kept_modules import MAGIC, ROOT, KeptModules
from engines.vm.runtime.object_cache import VARIABLE

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path.insert(1, sys.argv[3])
from engines.vm.runtime.kept_modules import KeptModules
kept = KeptModules(("thing",), sys.argv[2], root=sys.argv[1])
sys.meta_path.insert(0, kept)
import thing.inner.part
sys.meta_path.remove(kept)
kept.keep()
loaders = {type(module.__loader__).__name__ for name, module in sys.modules.items() if name.startswith("thing")}
part = thing.inner.part
print(part.VALUE, *loaders, part.__file__, part.__cached__, part.__package__, thing.inner.__path__, part.value.__code__)
"""
PLAIN, OURS = "SourceFileLoader", "_Loader"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "thing" / "inner").mkdir(parents=True)
    for name in ("thing/__init__.py", "thing/inner/__init__.py"):
        (tmp_path / "root" / name).write_text("")
    change(tmp_path / "root", "VALUE = 1\ndef value(): return VALUE\n")
    return tmp_path / "root"


def change(root: Path, text: str) -> None:
    (root / "thing" / "inner" / "part.py").write_text(text)


def imports(root: Path, *options: str, **settings: str) -> list[str]:
    """What importing the modules shows: the value, the loaders' names, and what the modules say of themselves."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | settings
    line = [sys.executable, *options, "-c", SCRIPT, str(root), str(root.parent / "cache"), ROOT]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=True).stdout.split(" ")


def kept(root: Path) -> list[Path]:
    return sorted((root.parent / "cache" / "modules").glob("*"))


def test_the_second_import_takes_what_the_first_kept(root: Path) -> None:
    first = imports(root)
    (file,) = kept(root)
    before = file.stat().st_mtime_ns
    second = imports(root)
    assert first[:2] == ["1", PLAIN]
    assert second[:2] == ["1", OURS]
    assert [text.partition(" at 0x")[0] for text in second[2:6]] == first[2:6]
    assert file.stat().st_mtime_ns == before


def test_a_changed_source_is_read(root: Path) -> None:
    imports(root)
    change(root, "VALUE = 2\ndef value(): return VALUE  # of another size, which Python's own bytecode goes by\n")
    assert imports(root)[:1] == ["2"]
    assert imports(root)[:2] == ["2", OURS]


def test_kept_bytecode_goes_with_its_source(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def finder() -> KeptModules:
        return KeptModules(("thing",), str(root.parent / "cache"), root=str(root))

    first = finder()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "meta_path", [first, *sys.meta_path])
    monkeypatch.syspath_prepend(str(root))
    import_module("thing.inner.part")
    first.keep()
    for name in ("thing", "thing.inner", "thing.inner.part"):
        monkeypatch.delitem(sys.modules, name)
    assert finder().find_spec("thing.inner.part") is not None
    change(root, "VALUE = 2\n")
    assert finder().find_spec("thing.inner.part") is None


def test_a_module_that_went_is_missing(root: Path) -> None:
    imports(root)
    (root / "thing" / "inner" / "part.py").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        imports(root)


def test_modules_that_are_new_join_the_others(root: Path) -> None:
    imports(root)
    (root / "thing" / "more.py").write_text("")
    change(root, "import thing.more\nVALUE = 3\ndef value(): return VALUE\n")
    assert imports(root)[0] == "3"
    assert imports(root)[:2] == ["3", OURS]


@pytest.mark.parametrize("at", [0, len(MAGIC) + 1, len(MAGIC) + 6, len(MAGIC) + 20, -20])
def test_damage_is_noticed_and_mended(root: Path, at: int) -> None:
    imports(root)
    (file,) = kept(root)
    good = file.read_bytes()
    bad = bytearray(good)
    bad[at] ^= 0x40
    for content in (bytes(bad), good[: len(good) // 2], b""):
        file.write_bytes(content)
        assert imports(root)[0] == "1"
        assert imports(root)[:2] == ["1", OURS]


def test_what_may_not_be_written_is_not(root: Path) -> None:
    imports(root, PYTHONDONTWRITEBYTECODE="1")
    assert not (root.parent / "cache").exists()
    (root.parent / "cache").write_text("a file, not a folder")
    assert imports(root)[:2] == imports(root)[:2] == ["1", PLAIN]


def test_levels_of_optimisation_are_kept_apart(root: Path) -> None:
    change(root, "VALUE = 1\nassert False\ndef value(): return VALUE\n")
    assert imports(root, "-O")[0] == "1"
    with pytest.raises(subprocess.CalledProcessError):
        imports(root)


def test_starts_use_it(tmp_path: Path) -> None:
    """The command of a program that cannot be read ends without anything kept; what runs keeps its modules."""
    finder = KeptModules(("engines",), str(tmp_path))
    assert finder.find_spec("engines.vm.quick") is None
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    line = [sys.executable, "-c", "from harness.cli import main; main()", "vm", "run", "/nonexistent"]
    done = subprocess.run(line, env=environment | {VARIABLE: str(tmp_path)}, capture_output=True, check=False)
    assert done.returncode == 2
    assert not (tmp_path / "modules").exists()
