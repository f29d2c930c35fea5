"""The manifest is read strictly: what it may not say is refused with the entry's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.programs.manifest import MANIFEST, SETS, ManifestError, load_manifest

TEXT = MANIFEST.read_text(encoding="utf-8")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in TEXT
    path = tmp_path / "manifest.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_manifest_holds_the_real_programs_and_the_kernels() -> None:
    programs = {program.name: program for program in load_manifest()}
    assert set(programs) == {"kernels", "characters", "zstd", "brotli", "lz4", "quickjs", "sqlite"}
    for program in programs.values():
        assert len({workload.name for workload in program.workloads}) == len(program.workloads)
        assert {v.compressed for v in program.variants["full"]} == {True, False}
        assert set(program.variants) == set(SETS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('registry = "npm"', 'registry = "cran"', "source sqlite: registry 'cran' is neither pypi nor npm"),
        ('sha256 = "5f0b', 'sha256 = "5F0B', "source lz4: sha256 .* is not 64 lower-case"),
        ('version = "4.4.5"\n', "", "source lz4: missing version"),
        ('optimisation = "-O3"', 'optimisation = "-O9"', "variant O3: needs an optimisation"),
        ('quick = ["O2c", "O0"]', 'quick = ["O7"]', "program kernels: quick needs variants"),
        ('source = "zstd"', 'source = "zlib"', "program zstd: unknown source 'zlib'"),
        ('own = ["lz4_driver.c"]', 'own = ["lz5_driver.c"]', "program lz4: lz5_driver.c is not in"),
        ('name = "brotli"\nsource', 'name = "zstd"\nsource', "a program is listed twice"),
        ('include = ["lz4libs"]', 'includes = ["lz4libs"]', "program lz4: unknown includes"),
        ("exit_status = 2", "status = 2", "program kernels, a workload: unknown status"),
        ("[variants.O0]", "[variants.O0", "manifest.toml: "),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        load_manifest(changed(tmp_path, old, new))
