"""The disk cache of compiled code: whole files or none, damage noticed, keys that differ where inputs do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.vm.runtime.object_cache import ObjectCache, cache_directory, content_key


def test_what_is_put_is_found(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path / "new")
    assert cache.get("k") is None
    cache.put("k", b"content")
    assert cache.get("k") == b"content"
    assert (cache.hits, cache.misses, cache.corrupt) == (1, 1, 0)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["k.bin"]


def test_a_view_is_the_content_and_what_is_written_to_it_reaches_no_file(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path)
    assert cache.view("k") is None
    cache.put("k", b"content")
    view = cache.view("k")
    assert view is not None
    assert bytes(view) == b"content"
    view[:1] = b"C"
    assert cache.get("k") == b"content"
    cache.put("k", b"another")
    assert bytes(view) == b"Content", "a file that is replaced stays for whoever looks at it"


def test_damage_after_a_digest_was_remembered_is_noticed(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path)
    cache.put("k", b"content" * 100)
    path = cache.path("k")
    os.utime(path, ns=(1, 1))
    assert cache.get("k") == b"content" * 100
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"?")
    assert cache.get("k") is None
    assert cache.corrupt == 1


def test_every_damaged_byte_is_noticed(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path)
    cache.put("k", b"some content")
    whole = cache.path("k").read_bytes()
    for i in range(len(whole)):
        cache.path("k").write_bytes(whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :])
        assert cache.get("k") is None
        assert not cache.path("k").exists()
        cache.path("k").write_bytes(whole[:i])
        assert cache.get("k") is None
    assert cache.corrupt == 2 * len(whole)
    cache.put("k", b"again")
    assert cache.get("k") == b"again"


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_keys_differ_where_parts_do(a: list[bytes], b: list[bytes]) -> None:
    assert (content_key(a) == content_key(b)) is (a == b)


def test_the_environment_chooses_the_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path))
    assert cache_directory() == tmp_path
    monkeypatch.delenv("COUNTERPROOF_CACHE")
    for directory in ("", " ", str(tmp_path / "cache")):
        monkeypatch.setenv("XDG_CACHE_HOME", directory)
        assert cache_directory() == Path(platformdirs.user_cache_dir("counterproof"))
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_directory() == Path(platformdirs.user_cache_dir("counterproof"))


def test_processes_may_write_the_same_entry_at_once(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from engines.vm.runtime.object_cache import ObjectCache\n"
        "cache = ObjectCache(Path(sys.argv[1]))\n"
        "for i in range(30):\n"
        "    cache.put('k', b'x' * 100_000)\n"
        "    assert cache.get('k') == b'x' * 100_000\n"
        "assert not cache.corrupt and not cache.misses\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert [p.name for p in tmp_path.iterdir()] == ["k.bin"]
