"""Linux programs on arm64 and riscv64 hosts, compiled there or translated ahead of time."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from engines.vm.aot.foreign import origin
from engines.vm.aot.image import ImageRefusedError, Origin, encode
from engines.vm.aot.translate import translate
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.user.launch import Launch, run
from harness.commands import vm_run
from harness.subjects.host_process import command
from harness.subjects.program_on_host import HostExecutor, read_image

CODE, DATA = 0x10000, 0x20000
PROGRAM = """
addi s0, zero, 0
addi s1, zero, 200
lui s2, 32
add s0, s0, s1
sd s0, 8(s2)
ld s3, 8(s2)
bne s0, s3, 40
addi s1, s1, -1
bne s1, zero, -20
addi a0, zero, 1
lui a1, 32
addi a2, zero, 6
addi a7, zero, 64
ecall
andi a0, s0, 127
addi a7, zero, 93
ecall
addi a0, zero, 99
addi a7, zero, 93
ecall
"""
STATUS = sum(range(201)) & 127


@pytest.fixture(params=["arm64", "riscv64"])
def host(request: pytest.FixtureRequest) -> str:
    try:
        command(request.param, "")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    name: str = request.param
    return name


@pytest.fixture
def program(tmp_path: Path) -> str:
    """Counts through memory, writes a line and exits with `STATUS`."""
    code, data = assemble(PROGRAM, CODE), b"ready\n"
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, 243, 1, CODE, 64, 0, 5, 64, 56, 2, 0, 0, 0)
    header += struct.pack("<IIQQQQQQ", 1, 5, 0x1000, CODE, 0, len(code), len(code), 4096)
    header += struct.pack("<IIQQQQQQ", 1, 6, 0x2000, DATA, 0, len(data), 4096, 4096)
    path = tmp_path / "program"
    path.write_bytes(header.ljust(0x1000, b"\0") + code.ljust(0x1000, b"\0") + data)
    return str(path)


def image_of(program: str, host: str) -> str:
    made = translate(program, tier_name="baseline", host=host)
    assert made.origin.machine == {"arm64": "aarch64", "riscv64": "riscv64"}[host]
    path = Path(program).with_suffix(".cpi")
    path.write_bytes(encode(made.origin, made.regions))
    return str(path)


def test_a_program_is_compiled_on_its_host(
    host: str, program: str, capfd: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    record_property("evidence", f"VM-08 {host} JIT")
    executor = HostExecutor(host, program)
    assert run(Launch(program=program), executor) == STATUS
    assert capfd.readouterr().out == "ready\n"
    counters = executor.compiled_counters()
    assert counters["regions compiled"] > 0
    assert counters["retired on the host"] > 1000 > counters["interpreted here"]


def test_a_translation_runs_on_its_host_and_nothing_is_compiled(
    host: str, program: str, capfd: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    record_property("evidence", f"VM-08 {host} AOT")
    executor = HostExecutor(host, program, image_of(program, host))
    assert run(Launch(program=program), executor) == STATUS
    assert capfd.readouterr().out == "ready\n"
    counters = executor.compiled_counters()
    assert (counters["regions compiled"], counters["regions stale"]) == (0, 0)
    assert counters["regions stored"] > 0
    assert counters["retired on the host"] > 1000 > counters["interpreted here"]


def test_the_command_line_runs_it_too(host: str, program: str, capfd: pytest.CaptureFixture[str]) -> None:
    image = image_of(program, host)
    assert vm_run.run(["--host", host, "--aot", image, "--stats", program]) == STATUS
    captured = capfd.readouterr()
    assert captured.out == "ready\n"
    assert f"tier             image on {host}" in captured.err
    with pytest.raises(SystemExit):
        vm_run.run(["--aot", image, program])
    assert "made for" in capfd.readouterr().err


def test_an_image_that_is_not_right_is_refused(host: str, program: str) -> None:
    path = Path(image_of(program, host))
    executable, content = Path(program).read_bytes(), path.read_bytes()
    other = "riscv64" if host == "arm64" else "arm64"
    with pytest.raises(ImageRefusedError, match="made for"):
        read_image(str(path), executable, other)
    with pytest.raises(ImageRefusedError, match="another executable"):
        read_image(str(path), executable + b"\0", host)
    here = origin(executable, host)
    old = Origin(here.guest, here.machine, "0" * 64, here.insns)
    for wrong, words in (
        (content[:-1], "damaged"),
        (content[:80] + bytes((content[80] ^ 1,)) + content[81:], "damaged"),
        (b"", "not an image"),
        (encode(old, []), "another version"),
    ):
        path.write_bytes(wrong)
        with pytest.raises(ImageRefusedError, match=words):
            read_image(str(path), executable, host)


def test_an_unknown_host_is_one_line(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--host", "vax", program], ["--host", "arm64", "--tier", "llvm", program]):
        with pytest.raises(SystemExit) as stopped:
            vm_run.run(arguments)
        assert stopped.value.code == 2
        assert capsys.readouterr().err.startswith(f"counterproof: --host {arguments[1]}: ")
    with pytest.raises(ValueError, match="--host arm64 --tier llvm: other hosts are arm64, riscv64"):
        translate(program, tier_name="llvm", host="arm64")
