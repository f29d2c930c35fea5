"""Generated source is compiled once; what a process compiled is there for the next one, and damage is noticed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from engines.vm.runtime import generated_code
from engines.vm.runtime.generated_code import GeneratedCode
from engines.vm.runtime.object_cache import ObjectCache

ONE, OTHER = "def f():\n    return 1\n", "def f():\n    return 2\n"


def result(code: GeneratedCode, source: str, name: str = "<f>") -> int:
    namespace: dict[str, Any] = {}
    code.execute(source, name, namespace)
    assert namespace["f"].__code__.co_filename == name
    answer = namespace["f"]()
    assert isinstance(answer, int)
    return answer


def test_each_source_is_compiled_once_and_no_other_is_taken_for_it() -> None:
    code = GeneratedCode()
    assert [result(code, source) for source in (ONE, OTHER, ONE, OTHER)] == [1, 2, 1, 2]
    assert code.compiled == 2
    assert result(code, ONE, "<g>") == 1, "tracebacks tell the names apart"
    assert code.compiled == 3


def test_the_next_process_need_not_compile_it(tmp_path: Path) -> None:
    first, second = GeneratedCode(), GeneratedCode()
    first.use(ObjectCache(tmp_path))
    assert result(first, ONE) == 1
    first.keep()
    second.use(ObjectCache(tmp_path))
    assert result(second, ONE) == 1 and second.compiled == 0
    assert result(second, OTHER) == 2 and second.compiled == 1
    second.keep()
    third = GeneratedCode()
    assert result(third, ONE, "<own>") == 1
    third.use(ObjectCache(tmp_path))
    assert [result(third, source) for source in (ONE, OTHER)] == [1, 2] and third.compiled == 1


def test_nothing_is_written_where_nothing_is_new_or_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = GeneratedCode()
    code.use(ObjectCache(tmp_path))
    code.keep()
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(generated_code, "MOST_BYTES", 10)
    result(code, ONE)
    code.keep()
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_is_compiled_again(tmp_path: Path) -> None:
    code, after = GeneratedCode(), GeneratedCode()
    code.use(ObjectCache(tmp_path))
    result(code, ONE)
    code.keep()
    (path,) = tmp_path.glob("*.bin")
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    after.use(ObjectCache(tmp_path))
    assert result(after, ONE) == 1 and after.compiled == 1
    assert not path.exists()


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    code = GeneratedCode()
    code.use(ObjectCache(blocked / "objects"))
    assert result(code, ONE) == 1
    code.keep()
    assert os.strerror(20) in code.unwritable


def written(code: GeneratedCode, source: str, asked: list[str]) -> int:
    namespace: dict[str, Any] = {}

    def write() -> str:
        asked.append(source)
        return source

    code.execute_written(("f", True, -1), write, "<f>", namespace)
    return int(namespace["f"]())


def test_source_with_a_key_is_written_once_for_all_processes(tmp_path: Path) -> None:
    first, second, asked = GeneratedCode(), GeneratedCode(), list[str]()
    first.use(ObjectCache(tmp_path))
    assert [written(first, ONE, asked), written(first, ONE, asked)] == [1, 1]
    first.keep()
    second.use(ObjectCache(tmp_path))
    assert written(second, ONE, asked) == 1 and asked == [ONE]


def test_what_other_modules_wrote_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, asked = GeneratedCode(), GeneratedCode(), list[str]()
    first.use(ObjectCache(tmp_path))
    assert written(first, ONE, asked) == 1
    first.keep()
    monkeypatch.setattr(generated_code, "SOURCES", ("bits.py",))
    second.use(ObjectCache(tmp_path))
    assert written(second, OTHER, asked) == 2


def test_nothing_is_taken_or_kept_once_a_writer_is_changed(tmp_path: Path) -> None:
    first, changed, asked = GeneratedCode(), GeneratedCode(), list[str]()
    first.use(ObjectCache(tmp_path))
    assert written(first, ONE, asked) == 1
    first.keep()
    (path,) = tmp_path.glob("*.bin")
    before = path.read_bytes()
    changed.use(ObjectCache(tmp_path))
    changed.distrust()
    assert [written(changed, source, asked) for source in (OTHER, ONE, OTHER)] == [2, 1, 2]
    changed.keep()
    assert path.read_bytes() == before
    later = GeneratedCode()
    later.distrust()
    later.use(ObjectCache(tmp_path))
    assert written(later, OTHER, asked) == 2
