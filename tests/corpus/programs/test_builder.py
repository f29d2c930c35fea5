"""Building: names, the cache, and one kernel built for real and run everywhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.programs import builder, manifest
from corpus.programs.builder import BuildError, build, select, toolchain
from corpus.programs.manifest import Program, Variant, Workload
from harness.campaign.programs import run_corpus

NATIVE_ONLY = Program("toy", None, (), ("toy.c",), (), ("ANSWER=42",), {"quick": (), "full": ()}, (Workload("go"),))


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The corpus is one program, built for the host only; gives its source file."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler for this host")
    sources = tmp_path / "c"
    sources.mkdir()
    (sources / "toy.c").write_text('#include <stdio.h>\nint main(void) { printf("%d\\n", ANSWER); return 0; }\n')
    monkeypatch.setattr(builder, "OWN_SOURCES", sources)
    monkeypatch.setattr(builder, "load_manifest", lambda: (NATIVE_ONLY,))
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path / "cache"))
    return sources / "toy.c"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no program is called gzip\. There are kernels, zstd"):
        select(["gzip"])
    assert [program.name for program in select(["lz4", "kernels"])] == ["lz4", "kernels"]


def test_variants_become_flags() -> None:
    tools = toolchain(Variant("O3", "-O3", False), "riscv64")
    assert "-mcpu=generic_rv64+m+a+f+d-c" in tools.compile_flags and "-O3" in tools.compile_flags
    compressed = toolchain(Variant("Osc", "-Os", True), "riscv64")
    assert "-mcpu=generic_rv64+m+a+f+d+c" in compressed.compile_flags
    assert tools.link_flags == compressed.link_flags, "the C library is built once"


def test_a_build_is_kept_until_its_source_changes(toy: Path) -> None:
    lines: list[str] = []
    (first,) = build(progress=lines.append)
    (again,) = build(progress=lines.append)
    assert first.path == again.path and lines == [f"building toy native for {builder.host_isa()}"]
    toy.write_text(toy.read_text() + "/* changed */\n")
    (other,) = build(progress=lines.append)
    assert other.path != first.path and len(lines) == 2


def test_a_damaged_build_is_built_again(toy: Path) -> None:
    (built,) = build()
    right = built.path.read_bytes()
    built.path.write_bytes(right[:-1] + b"?")
    lines: list[str] = []
    build(progress=lines.append)
    assert built.path.read_bytes() == right
    assert lines[0] == f"{built.path.name} was damaged in the cache"


def test_a_compiler_error_is_passed_on(toy: Path) -> None:
    toy.write_text("int main(void) { return missing; }\n")
    with pytest.raises(BuildError, match=r"(?s)toy: toy\.c: .* exited with 1.*missing"):
        build()
    assert not list((builder.cache_folder() / "built").iterdir()), "nothing half-made stays"


def test_programs_without_a_registry_client_are_left_out_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    left_out: dict[str, str] = {}
    assert build("quick", ["sqlite"], left_out=left_out) == []
    assert list(left_out) == ["sqlite"] and "npm is not installed" in left_out["sqlite"]


@pytest.mark.evidence("VM-14")
def test_a_kernel_does_the_same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    (kernels,) = select(["kernels"])
    workloads = [w for w in kernels.workloads if w.name in ("calls", "wrong-arguments")]
    variants = dict(kernels.variants) | {"quick": kernels.variants["quick"][:1]}
    small = Program(**{**vars(kernels), "workloads": tuple(workloads), "variants": variants})
    monkeypatch.setattr(builder, "load_manifest", lambda: (small,))
    references = ("riscv64-user-reference", "qemu-riscv64", "native")
    summary = run_corpus("quick", references, names=["kernels"])
    assert summary.exit_code == 0 and not summary.divergences
    compared = len(references) - len(summary.unavailable) + 1
    assert len(summary.results) == len(workloads) * compared
    assert any(r.subject.observation.stdout.startswith(b"calls 18 ") for r in summary.results)


def test_the_manifest_of_this_suite_is_the_real_one() -> None:
    assert manifest.load_manifest() == tuple(select(()))
