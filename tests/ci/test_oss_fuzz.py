"""The files of OSS-Fuzz and ClusterFuzzLite, what goes into a bundle. `tox -e oss-fuzz` builds and starts them."""

from __future__ import annotations

import importlib.util
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ci.oss_fuzz import bundle
from ci.oss_fuzz.__main__ import EXAMPLES, start
from ci.workflows.__main__ import COPIES, differences
from fuzz.targets.catalogue import names

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "ci" / "oss_fuzz"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=280, check=False
    )


def test_the_copies_of_clusterfuzzlite_are_fresh() -> None:
    for source, target, pattern in COPIES:
        assert list(source.glob(pattern))
        assert differences(source, target, pattern) == []


def test_both_platforms_run_one_build_script() -> None:
    for folder in (FOLDER, ROOT / ".clusterfuzzlite"):
        text = (folder / "Dockerfile").read_text()
        assert "FROM gcr.io/oss-fuzz-base/base-builder-python" in text
        assert 'ci/oss_fuzz/build.sh "$SRC/"' in text
        assert "language: python" in (folder / "project.yaml").read_text()
    assert (FOLDER / "build.sh").stat().st_mode & stat.S_IXUSR
    for script in FOLDER.glob("*.sh"):
        assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def test_every_target_has_flags_and_data(tmp_path: Path) -> None:
    for name in names():
        flags = bundle.flags(name)
        collected = {flag.partition("=")[2] for flag in flags if flag.startswith("--collect-all")}
        assert not collected & {flag.partition("=")[2] for flag in flags if flag.startswith("--exclude-module")}
        written = bundle.write_data(name, tmp_path)
        assert all(path.stat().st_size for path in written)
        with zipfile.ZipFile(tmp_path / f"fuzz_{name}_seed_corpus.zip") as archive:
            assert archive.namelist()
        options = (tmp_path / f"fuzz_{name}.options").read_text()
        assert options.startswith("[libfuzzer]\nmax_len = ")
        assert (f"dict = fuzz_{name}.dict" in options) == (tmp_path / f"fuzz_{name}.dict").exists()


def test_what_is_loaded_lazily_is_bundled_explicitly() -> None:
    flags = bundle.flags("machine_unicorn")
    assert "--collect-all=llvmlite" in flags
    assert "--collect-all=unicorn" in flags
    assert "--hidden-import=harness.subjects.riscv64_interpreter" in flags
    assert any("oracles/errata/unicorn.json" in flag for flag in flags)
    assert any("tiers/interpreter/machine.py" in flag for flag in flags), "the cache key is made of the sources"
    assert not any("llvmlite" in flag for flag in bundle.flags("elf_image") if "exclude" not in flag)


def test_the_command_line_of_bundles() -> None:
    assert run("ci.oss_fuzz.bundle", "list").stdout.split() == list(names())
    assert run("ci.oss_fuzz.bundle", "flags", "elf_image").stdout.splitlines() == bundle.flags("elf_image")
    for arguments in (["nothing"], ["flags", "nothing"], []):
        done = run("ci.oss_fuzz.bundle", *arguments)
        assert done.returncode == 2
        assert done.stderr
        assert "Traceback" not in done.stderr
    assert "no fuzz target is called 'nothing'" in run("ci.oss_fuzz", "nothing").stderr
    assert set(EXAMPLES) <= set(names())


@pytest.mark.slow
@pytest.mark.evidence("HX-10")
@pytest.mark.skipif(
    not all(importlib.util.find_spec(package) for package in ("PyInstaller", "atheris")),
    reason="PyInstaller or atheris is not installed",
)
def test_a_bundle_is_built_by_the_platforms_script_and_starts(tmp_path: Path) -> None:
    """Plain Python here; `tox -e oss-fuzz` does the same with LLVM, Unicorn and wasmtime inside."""
    done = run("ci.oss_fuzz", "elf_image", "--out", str(tmp_path), "--seconds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "starts" in done.stdout
    names_there = {path.name for path in tmp_path.iterdir()}
    wanted = {"fuzz_elf_image", "fuzz_elf_image.pkg", "fuzz_elf_image.options", "fuzz_elf_image.dict"}
    assert wanted | {"fuzz_elf_image_seed_corpus.zip"} == names_there
    assert b"LLVMFuzzerTestOneInput" in (tmp_path / "fuzz_elf_image").read_bytes()


def test_a_bundle_that_does_not_start_is_noticed(tmp_path: Path) -> None:
    bundle.write_data("elf_image", tmp_path)
    program = tmp_path / "fuzz_elf_image"
    program.write_text("#!/bin/sh\necho 'INITED but died' >&2\nexit 1\n")
    program.chmod(0o755)
    assert start("elf_image", tmp_path, 1.0) == (False, "INITED but died\n")
    program.write_text("#!/bin/sh\necho '#3 INITED' >&2\necho 'Done 5 runs' >&2\n")
    assert start("elf_image", tmp_path, 1.0)[0]


@pytest.mark.parametrize("arguments", [["--measure", "nothing"], ["nothing"]])
def test_coverage_refuses_unknown_targets(arguments: list[str]) -> None:
    done = run("ci.fuzz_coverage", *arguments)
    assert done.returncode == 2
    assert "no fuzz target is called 'nothing'" in done.stderr


def test_coverage_of_a_target_is_reported(tmp_path: Path) -> None:
    done = run("ci.fuzz_coverage", "gdb_packets", "--out", str(tmp_path), "--mutants", "200", "--floor", "50")
    assert done.returncode == 0, done.stderr
    assert "% of its subject" in done.stdout
    assert (tmp_path / "html" / "index.html").is_file()
    done = run("ci.fuzz_coverage", "gdb_packets", "--out", str(tmp_path), "--mutants", "0", "--floor", "100")
    assert done.returncode == 1
    assert "below 100 %: gdb_packets" in done.stderr
