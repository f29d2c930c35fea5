"""Building and caching the interpreter."""

from __future__ import annotations

import ctypes
import subprocess
import sys
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
