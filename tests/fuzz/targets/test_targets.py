"""Every fuzz target: seeds, kept inputs and samples pass without atheris; its planted bug shows on its witness."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.targets import stored
from fuzz.targets.catalogue import DIRECTORY, UnknownTargetError, load, module_of, names
from fuzz.targets.sampling import samples
from fuzz.targets.target import PLANTED, is_planted

ROOT = Path(__file__).parents[3]

WITNESSES = """
import json, os, sys
from pathlib import Path
from fuzz.targets import stored
from fuzz.targets.catalogue import load

shown = {}
for name in sys.argv[1:]:
    shown[name] = []
    for planted in (False, True):
        read_end, write_end = os.pipe()
        child = os.fork()
        if not child:
            target = load(name)
            if planted:
                target.planted()
            for path in stored.inputs(stored.PLANTED, name):
                try:
                    target.one_input(path.read_bytes())
                except Exception as error:
                    os.write(write_end, type(error).__name__.encode())
            os._exit(0)
        os.close(write_end)
        shown[name].append(os.read(read_end, 200).decode())
        os.close(read_end)
        if os.waitpid(child, 0)[1]:
            shown[name].append("died")
print(json.dumps(shown))
"""


@pytest.mark.parametrize("name", names())
def test_kept_inputs_and_samples_pass(name: str) -> None:
    """Stands in for atheris where there is none: seeds, regressions, and mutants of seeds."""
    target = load(name)
    for _, data in stored.all_inputs(name):
        target.one_input(data)
    for data in samples(target, target.quick_samples):
        target.one_input(data)


@pytest.mark.parametrize("name", names())
def test_any_bytes_pass(name: str) -> None:
    target = load(name)

    @settings(deadline=None, max_examples=max(5, target.quick_samples // 8))
    @given(st.binary(max_size=200))
    def check(data: bytes) -> None:
        target.one_input(data)

    check()


@pytest.mark.evidence("HX-04")
def test_every_planted_bug_shows_on_its_witness_and_only_there() -> None:
    """The witnesses were found by `counterproof fuzz NAME --planted`; `tox -e fuzz` finds them again."""
    done = subprocess.run(
        [sys.executable, "-c", WITNESSES, *names()], capture_output=True, text=True, cwd=ROOT, check=True
    )
    shown = json.loads(done.stdout.splitlines()[-1])
    assert set(shown) == set(names())
    for name, errors in shown.items():
        assert len(errors) == 2, f"{name}: {done.stderr}"
        assert not errors[0], f"without the planted bug, the witness of {name} ends in {errors[0]}"
        assert errors[1], f"the planted bug of {name} does not show on its witness"


def test_samples_are_reproducible_and_bounded() -> None:
    for name in ("elf_image", "case_file"):
        target = load(name)
        first, second = list(samples(target, 50, 3)), list(samples(target, 50, 3))
        assert first == second
        assert first != list(samples(target, 50, 4))
        assert max(map(len, first)) <= target.max_bytes


def test_the_directory_is_the_list() -> None:
    assert {f"fuzz_{name}.py" for name in names()} == {path.name for path in DIRECTORY.glob("fuzz_*.py")}
    assert len(names()) >= 20
    for name in names():
        target = load(name)
        assert target.summary
        assert target.planted_summary
        assert list(target.seeds())
        source = (DIRECTORY / f"fuzz_{name}.py").read_text()
        assert "with instrumented(__name__):" in source
        assert len(source.splitlines()) <= 220, f"{name} is not thin"


@pytest.mark.parametrize("name", names())
def test_nothing_of_ours_is_loaded_before_it_can_be_instrumented(name: str) -> None:
    """What is imported outside `with instrumented` would be invisible to coverage."""
    tree = ast.parse((DIRECTORY / f"fuzz_{name}.py").read_text())
    early = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    ours = {module for module in early if module.split(".")[0] in ("engines", "harness", "oracles", "corpus", "fuzz")}
    assert ours <= {"fuzz.targets.target", "fuzz.strategies.json_documents", "fuzz.strategies.token_text"}


def test_no_folder_of_inputs_belongs_to_nobody() -> None:
    for kind in (stored.SEEDS, stored.REGRESSIONS, stored.PLANTED):
        strangers = {path.name for path in kind.iterdir() if path.is_dir()} - set(names()) if kind.is_dir() else set()
        assert not strangers
        for name in names():
            for path in stored.inputs(kind, name):
                assert path.name == stored.name_of(path.read_bytes())


def test_an_unknown_target_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownTargetError, match=r"no fuzz target is called 'elf'.*elf_image"):
        module_of("elf")


def test_the_switch_of_planted_bugs_is_read_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLANTED, "1")
    assert is_planted()
    monkeypatch.setenv(PLANTED, "0")
    assert not is_planted()
    monkeypatch.setenv(PLANTED, "yes")
    with pytest.raises(ValueError, match="'yes'; it must be 0 or 1"):
        is_planted()


def test_kept_inputs_appear_whole_and_once(tmp_path: Path) -> None:
    first = stored.keep(tmp_path / "t", b"data")
    assert stored.keep(tmp_path / "t", b"data") == first
    assert [p.name for p in (tmp_path / "t").iterdir()] == [stored.name_of(b"data")]
    assert first.read_bytes() == b"data"
    assert os.access(first, os.R_OK)
