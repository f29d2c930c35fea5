"""Building and caching the interpreter."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from engines.vm.runtime.object_cache import ObjectCache
from engines.vm.tiers.interpreter.build import cache_key, interpreter


def test_a_warm_cache_is_used_and_damage_is_repaired(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path)
    assert not interpreter(cache).cached
    assert interpreter(cache).cached
    entry = cache.path(cache_key())
    entry.write_bytes(entry.read_bytes()[:-1])
    assert not interpreter(cache).cached
    assert cache.corrupt == 1
    again = interpreter(cache)
    assert again.cached
    assert ctypes.string_at(again.address("run"), 1)


def test_an_injected_bug_has_a_cache_entry_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTERPROOF_SABOTAGE", raising=False)
    clean = cache_key()
    monkeypatch.setenv("COUNTERPROOF_SABOTAGE", "some-bug")
    assert cache_key() != clean


def test_another_llvmlite_has_a_cache_entry_of_its_own(tmp_path: Path) -> None:
    """Whether it was imported or not, which a start has no need to do."""
    import_module("llvmlite")
    imported = cache_key()
    script = "from engines.vm.tiers.interpreter.build import cache_key; import sys; print(cache_key(), *sys.modules)"
    other = tmp_path / "llvmlite"
    other.mkdir()
    found = []
    for text in ("version = 1", "version = 2"):
        (other / "_version.py").write_text(text)
        for path in ([], [str(tmp_path)]):
            kept = os.environ | {"PYTHONPATH": os.pathsep.join([*path, *filter(None, sys.path)])}
            shown = subprocess.run([sys.executable, "-c", script], env=kept, capture_output=True, text=True, check=True)
            key, *modules = shown.stdout.split()
            assert "llvmlite" not in modules
            found.append(key)
    assert found[0] == found[2] == imported
    assert len(set(found)) == 3


def test_without_llvmlite_there_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    with pytest.raises(ImportError):
        cache_key()
    monkeypatch.delitem(sys.modules, "llvmlite")
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    with pytest.raises(ImportError):
        cache_key()


def test_a_warm_start_does_not_import_llvm() -> None:
    script = (
        "import sys; from engines.vm.tiers.interpreter.tier import InterpreterTier; InterpreterTier()\n"
        "sys.exit('llvmlite.binding' in sys.modules)"
    )
    interpreter()
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_an_unwritable_cache_is_reported_and_the_build_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.warns(RuntimeWarning, match=r"COUNTERPROOF_CACHE"):
        built = interpreter(ObjectCache(blocked / "objects"))
    assert not built.cached
    assert built.address("run")


def test_two_first_starts_fill_the_cache_at_once(tmp_path: Path) -> None:
    """Both find it empty, build at the same time, and run; what remains is whole, and nothing else remains."""
    interpreter()  # what both will have built: compiling it twice more would show nothing else
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from engines.vm.runtime.object_cache import ObjectCache\n"
        "from engines.vm.tiers.interpreter import build\n"
        "made, here = ObjectCache().get(build.cache_key()), Path(sys.argv[1])\n"
        "def compiled(**_):\n"
        "    (here / sys.argv[2]).touch()\n"
        "    while not all((here / name).exists() for name in 'ab'): time.sleep(0.001)\n"
        "    return made\n"
        "build.build = compiled\n"
        "for _ in range(20):\n"
        "    found = build.interpreter(ObjectCache(here / 'objects'))\n"
        "    print(found.cached, len(found.escapes), found.address('run') > 0)\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name], stdout=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    outputs = [process.communicate(timeout=120)[0].splitlines() for process in started]
    assert [process.returncode for process in started] == [0, 0]
    escapes = len(interpreter().escapes)
    assert outputs == [[f"False {escapes} True", *[f"True {escapes} True"] * 19]] * 2
    assert [path.name for path in (tmp_path / "objects").iterdir()] == [f"{cache_key()}.bin"]
    assert interpreter(ObjectCache(tmp_path / "objects")).cached
