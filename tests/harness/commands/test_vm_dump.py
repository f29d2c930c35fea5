"""`counterproof vm dump` and `vm run --dump`, as a user meets them."""

from __future__ import annotations

import platform
import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engines.vm.isa.riscv64.coding import assemble
from engines.vm.user import launch
from harness.commands.vm import app

CODE = 0x10000
NATIVE = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="native tiers run on x86_64")
LOOP = """
lui a0, 20000
addi a1, a1, 3
xor a2, a2, a1
addi a0, a0, -1
bne a0, zero, -12
addi a0, zero, 0
addi a7, zero, 93
ecall
"""
"""A second where nothing is compiled: LLVM compiles beside the guest, and what it begins too late is not listed."""


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A static executable that counts and exits, without a symbol table."""
    code = assemble(LOOP, CODE)
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, 243, 1, CODE, 64, 0, 5, 64, 56, 1, 0, 0, 0)
    header += struct.pack("<IIQQQQQQ", 1, 5, 0x1000, CODE, 0, len(code), len(code), 4096)
    path = tmp_path / "program"
    path.write_bytes(header.ljust(0x1000, b"\0") + code)
    return str(path)


def dump(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["dump", *arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("host", ["x86_64", "arm64", "riscv64"])
def test_each_host_has_its_listing(program: str, host: str) -> None:
    status, text, _ = dump(program, "--host", host)
    if host == "x86_64" and platform.machine() not in ("x86_64", "AMD64"):
        assert status in (0, 2)
        return
    assert status == 0
    assert f"tier baseline, host {host}" in text
    assert "addi a1, a1, 3" in text
    assert {"arm64": "b.ne", "x86_64": "jb ", "riscv64": "bne"}[host] in text


@NATIVE
def test_a_file_and_a_place(program: str, tmp_path: Path) -> None:
    out = tmp_path / "listing"
    assert dump(program, "--pc", "0x10004", "--tier", "llvm", "-o", str(out)) == (0, "", "")
    assert out.read_text().startswith("region 0x10004, tier llvm, host x86_64: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--pc", "0x10001"], "--pc 0x10001: must be an even number"),
        (["--pc", "here"], "--pc here: must be an even number"),
        (["--pc", "0x90000"], "--pc 0x90000: there is no executable code"),
        (["--function", "main"], "--function main: the symbol table of"),
        (["--host", "vax"], "--host vax: must be one of x86_64, arm64, riscv64"),
        (["--host", "arm64", "--tier", "llvm"], "only the baseline tier"),
        (["--tier", "interpreter"], "it compiles nothing"),
        (["--tier", "imaginary"], "no tier is called 'imaginary'"),
        (["--pc", "0x1001c"], "0x1001c: left to the interpreter"),
        (["-o", "/nonexistent/file"], "/nonexistent/file: No such file or directory"),
    ],
)
@NATIVE
def test_a_mistake_is_one_line_and_status_2(program: str, arguments: list[str], words: str) -> None:
    status, text, errors = dump(program, *arguments)
    assert (status, text) == (2, "")
    assert words in errors
    assert errors.count("\n") == 1


def test_a_program_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"MZ")
    status, _, errors = dump(str(tmp_path / "bad"))
    assert status == 2
    assert errors.count("\n") == 1


@NATIVE
@pytest.mark.parametrize("tier", ["baseline", "llvm", "auto"])
def test_a_run_lists_what_it_compiled(
    program: str, tier: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "listing"
    assert launch.run(launch.Launch(program=program, tier=tier, dump=str(out))) == 0
    text = out.read_text()
    assert any(f"tier {name}, host x86_64" in text for name in (("baseline", "llvm") if tier == "auto" else (tier,)))
    assert "xor a2, a2, a1" in text
    assert launch.run(launch.Launch(program=program, tier=tier, dump="-")) == 0
    assert "xor a2, a2, a1" in capfd.readouterr().err
    assert launch.run(launch.Launch(program=program, tier=tier, dump="/nonexistent/file")) == 0
    assert "--dump /nonexistent/file: No such file" in capfd.readouterr().err


def test_a_tier_that_compiles_nothing_has_nothing_to_list(program: str) -> None:
    with pytest.raises(launch.LaunchError, match="--dump: the tier 'reference' compiles nothing"):
        launch.start(launch.Launch(program=program, tier="reference", dump="-"))
