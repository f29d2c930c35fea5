"""Programs whose code was compiled before they run: ahead of time, or by an earlier run."""

from __future__ import annotations

import fcntl
import os
import platform
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engines.vm.aot import afterwards
from engines.vm.aot.image import Kind, encode
from engines.vm.aot.store import RegionStore
from engines.vm.aot.translate import translate
from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.runtime.object_cache import VARIABLE, ObjectCache
from engines.vm.tiers import auto
from engines.vm.tiers.auto import QuickRegions
from engines.vm.tiers.executor import TierExecutor
from engines.vm.user.launch import Launch, start

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="translates for x86_64 and runs it")
ROOT = Path(__file__).parents[4]
CODE = 0x10000
LOOP = """
addi s0, zero, 0
lui s1, 64
addi s0, s0, 3
xori s0, s0, 5
addi s1, s1, -1
bne s1, zero, -12
andi a0, s0, 127
addi a7, zero, 93
ecall
"""


def elf(text: str) -> bytes:
    code = assemble(text, CODE)
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, 243, 1, CODE, 64, 0, 5, 64, 56, 1, 0, 0, 0)
    header += struct.pack("<IIQQQQQQ", 1, 5, 0x1000, CODE, 0, len(code), len(code), 4096)
    return header.ljust(0x1000, b"\0") + code


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A program with a hot loop; the cache of compiled code is empty and its own."""
    path = tmp_path / "loop"
    path.write_bytes(elf(LOOP))
    cache = tmp_path / "cache"
    cache.mkdir()
    from engines.vm.runtime.object_cache import cache_directory

    objects = cache_directory() / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    (cache / "objects").mkdir()
    for file in objects.iterdir():  # the interpreter itself need not be built again
        (cache / "objects" / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv(VARIABLE, str(cache))
    yield path


def run(program: Path, *options: str) -> tuple[int, dict[str, int], str]:
    """Exit status, the counters that `--stats` prints, everything else on standard error."""
    line = [sys.executable, "-P", "-m", "harness.cli", "vm", "run", "--stats", *options, str(program)]
    done = subprocess.run(
        line, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=120, check=False
    )
    words = (row.rsplit(None, 1) for row in done.stderr.splitlines())
    counters = {w[0].strip(): int(w[1]) for w in words if len(w) == 2 and w[0].startswith("regions") and w[1].isdigit()}
    return done.returncode, counters, done.stderr


@pytest.fixture
def expected(program: Path) -> int:
    return run(program, "--tier", "interpreter")[0]


@pytest.mark.evidence("VM-12", "VM-08 x86_64 AOT")
def test_a_translated_program_runs_its_translation(program: Path, expected: int, tmp_path: Path) -> None:
    made = translate(str(program))
    image = tmp_path / "loop.cpi"
    image.write_bytes(encode(made.origin, made.regions))
    status, counters, _ = run(program, "--aot", str(image))
    assert status == expected
    assert counters["regions stored"] == counters["regions installed"] > 0


def test_the_command_translates_and_refuses_other_programs(program: Path, expected: int, tmp_path: Path) -> None:
    image, other = tmp_path / "loop.cpi", tmp_path / "other"
    command = [sys.executable, "-P", "-m", "harness.cli", "vm", "aot"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, str(program), "-o", str(image)], capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert run(program, "--aot", str(image))[0] == expected
    other.write_bytes(elf(LOOP.replace("3", "7", 1)))
    status, _, errors = run(other, "--aot", str(image))
    assert status == 2
    assert "made from another executable" in errors
    assert errors.count("\n") == 1
    for arguments, words in (
        ([str(tmp_path / "none"), "-o", str(image)], "No such file"),
        ([str(program), "-o", str(tmp_path / "no" / "x")], "No such file"),
    ):
        done = subprocess.run([*command, *arguments], capture_output=True, env=environment, check=False)
        assert done.returncode == 2
        assert words in done.stderr.decode()
        assert b"Traceback" not in done.stderr


def test_an_image_needs_a_tier_that_runs_it(program: Path, tmp_path: Path) -> None:
    status, _, errors = run(program, "--tier", "reference", "--aot", str(tmp_path / "x.cpi"))
    assert status == 2
    assert "runs no compiled code; use --tier baseline" in errors


@pytest.mark.evidence("VM-11")
def test_the_next_run_compiles_nothing(program: Path, expected: int) -> None:
    first, second = run(program, "--tier", "baseline"), run(program, "--tier", "baseline")
    assert first[0] == second[0] == expected
    assert first[1]["regions installed"] > 0 == first[1]["regions stored"]
    assert second[1]["regions stored"] == second[1]["regions installed"] > 0


def test_what_auto_kept_is_read_when_it_is_looked_for(program: Path, expected: int) -> None:
    first, second = run(program, "--tier", "auto"), run(program, "--tier", "auto")
    assert first[0] == second[0] == expected
    assert first[1]["regions installed"] > 0 == first[1]["regions stored"]
    assert second[1]["regions stored"] == second[1]["regions installed"] > 0


def test_kept_regions_are_read_once_and_no_sooner_than_needed(program: Path, tmp_path: Path) -> None:
    made = translate(str(program))
    RegionStore(program.read_bytes(), cache=ObjectCache(tmp_path)).keep(made.regions)
    cache = ObjectCache(tmp_path)
    store = RegionStore(program.read_bytes(), cache=cache)
    store.keep([])
    quick = QuickRegions()
    quick.offer_later(store)
    assert cache.hits == 0
    quick.offer(made.regions[:1])
    assert store.regions == made.regions
    assert cache.hits == 1
    pcs = [pc for region in made.regions for pc, _ in region.entries]
    assert sorted(quick._stored) == sorted(set(pcs))


def test_a_damaged_cache_is_told_and_changes_no_result(program: Path, expected: int) -> None:
    run(program, "--tier", "baseline")
    store = RegionStore(program.read_bytes())
    assert store.regions
    path = store._cache.path(store._key)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    status, counters, errors = run(program, "--tier", "baseline")
    assert status == expected
    assert counters["regions stored"] == 0
    assert "compiled code in the cache was damaged" in errors


def test_a_cache_that_cannot_be_written_is_told(program: Path, tmp_path: Path) -> None:
    made = translate(str(program))
    blocked = tmp_path / "a file"
    blocked.write_bytes(b"")
    store = RegionStore(program.read_bytes(), cache=ObjectCache(blocked))
    store.keep(made.regions)
    assert "cannot be kept" in store.problem
    assert store.regions == []


def test_what_two_runs_keep_is_whole(program: Path) -> None:
    """Each writes all that it knows; whichever comes last, what is read is one of both."""
    made = translate(str(program))
    stores = [RegionStore(program.read_bytes()) for _ in range(2)]
    for store in stores:
        store.keep(made.regions)
    assert RegionStore(program.read_bytes()).regions == made.regions
    stores[0].keep(made.regions)
    assert RegionStore(program.read_bytes()).regions == made.regions


@pytest.mark.parametrize("tier", ["llvm", "baseline"])
def test_any_compiling_tier_runs_what_llvm_translated(program: Path, expected: int, tmp_path: Path, tier: str) -> None:
    made = translate(str(program), tier_name="llvm")
    image = tmp_path / "loop.cpi"
    image.write_bytes(encode(made.origin, made.regions))
    status, counters, _ = run(program, "--aot", str(image), "--tier", tier)
    assert status == expected
    assert counters["regions stored"] > 0


def test_a_tier_that_compiles_nothing_cannot_translate(program: Path) -> None:
    with pytest.raises(ValueError, match="'interpreter' compiles nothing; use baseline or llvm"):
        translate(str(program), tier_name="interpreter")


def test_the_next_run_of_the_llvm_tier_installs_what_was_kept(program: Path) -> None:
    program.write_bytes(elf(LOOP.replace("lui s1, 64", "lui s1, 65536")))
    first, second = run(program, "--tier", "llvm"), run(program, "--tier", "llvm")
    assert first[0] == second[0]
    assert first[1]["regions stored"] == 0
    assert second[1]["regions stored"] > 0


IN_LOOP, LEFT_TO_THE_INTERPRETER = CODE + 12, CODE + 32


def started(program: Path) -> tuple[TierExecutor, Any, Hart]:
    """The program at its entry, in the tier `auto`."""
    process, executor = start(Launch(program=str(program), tier="auto"))
    return executor, executor.tier, process.current.hart


def test_a_process_translates_and_the_next_run_has_it_to_try(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "TRIED_INSNS", 0)
    places = [str(IN_LOOP), str(LEFT_TO_THE_INTERPRETER)]
    line = [sys.executable, "-m", "engines.vm.aot.afterwards", str(program), *places]
    subprocess.run(line, check=True, cwd=ROOT, timeout=300)
    regions = RegionStore(program.read_bytes(), "auto").regions
    assert [region.kind for region in regions] == [Kind.UNTRIED, Kind.FAILED]
    assert regions[0].entries[0][0] == IN_LOOP and regions[0].code
    assert regions[1].ranges == ((LEFT_TO_THE_INTERPRETER, LEFT_TO_THE_INTERPRETER + 2),)
    _, tier, hart = started(program)
    tier.run(hart, 500_000)
    assert [region.entries for region in tier.trial.regions] == [regions[0].entries]
    assert hart.words[auto._PC] in range(CODE, CODE + 36)


def test_places_are_those_that_no_llvm_knows(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executor, tier, hart = started(program)
    executor.run(hart, 900_000)
    assert tier.program_end == CODE + 0x1000
    assert tier.hot_places() == []  # the run was too short
    monkeypatch.setattr(auto, "WORTH_INSNS", 100_000)
    assert tier.hot_places()
    assert set(tier.hot_places()) <= set(range(CODE + 8, CODE + 24))
    begun: list[tuple[str, list[int]]] = []

    def begin(name: str, places: list[int]) -> int:
        begun.append((name, places))
        return len(places)

    monkeypatch.setattr(afterwards, "begin", begin)
    executor.keep()
    assert not begun
    executor.translate_hot(str(program))
    assert begun == [(str(program), tier.hot_places())]
    assert executor.compiled_counters()["hot places being translated"] == len(tier.hot_places())

    regions = afterwards.translate_hot(str(program), tier.hot_places())
    assert {region.kind for region in regions} == {Kind.UNTRIED}
    RegionStore(program.read_bytes(), "auto").keep(regions)
    executor, tier, hart = started(program)
    executor.run(hart, 900_000)
    assert tier.hot_places() == []  # it has LLVM's code on trial


def test_no_time_left_leaves_places_to_a_later_run(program: Path) -> None:
    assert afterwards.translate_hot(str(program), [IN_LOOP], most_seconds=-1.0) == []


def test_a_translation_begins_unless_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in place of Python tells what it was given."""
    told, fake = tmp_path / "told", tmp_path / "python"
    fake.write_text(f"""#!/bin/sh
(echo "$@"; readlink /proc/self/fd/1 /proc/$$/fd/0; ls /proc/$$/fd; cut -d' ' -f4,6 /proc/$$/stat) > {told}.part
mv {told}.part {told}
""")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    assert afterwards.begin("/program", [CODE]) == 0  # tests/conftest.py says so
    monkeypatch.delenv(afterwards.VARIABLE)
    assert afterwards.begin("/program", []) == 0
    read, write = os.pipe()
    high = fcntl.fcntl(write, fcntl.F_DUPFD, 77)
    os.set_inheritable(high, True)
    assert afterwards.begin("/program", list(range(CODE, CODE + 200, 2))) == afterwards.MOST_PLACES
    os.close(high)
    os.close(write)
    assert os.read(read, 1) == b""  # nobody else has it open: this returns
    os.close(read)
    while not told.exists():
        time.sleep(0.01)
    afterwards.wait()
    line, _, nowhere, *files, process = told.read_text().split("\n")[:-1]
    places = " ".join(str(place) for place in range(CODE, CODE + 2 * afterwards.MOST_PLACES, 2))
    assert line == f"-m engines.vm.aot.afterwards /program {places}"
    assert nowhere == "/dev/null"
    assert "77" not in files
    parent, session = map(int, process.split())
    assert parent != os.getpid() and session != os.getsid(0)


def test_nothing_begins_where_nothing_can_be_kept(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def begin(name: str, _: list[int]) -> int:
        begun.append(name)
        return 1

    monkeypatch.setattr(afterwards, "begin", begin)
    monkeypatch.setattr(auto, "WORTH_INSNS", 100_000)
    for problem in ("", "compiled code cannot be kept (No space left on device)"):
        executor, _, hart = started(program)
        executor.run(hart, 900_000)
        executor.keep()
        executor._stores["auto"].problem = problem
        executor.translate_hot(str(program))
    assert begun == [str(program)]


def test_one_process_translates_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeps = tmp_path / "python"
    pid = tmp_path / "pid"
    sleeps.write_text(f"#!/bin/sh\necho $$ > {pid}.part\nmv {pid}.part {pid}\nexec sleep 600\n")
    sleeps.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(sleeps))
    monkeypatch.delenv(afterwards.VARIABLE)
    assert afterwards.begin("/program", [CODE]) == 1
    assert afterwards.begin("/program", [CODE]) == 0
    while not pid.exists():
        time.sleep(0.01)
    os.kill(int(pid.read_text()), signal.SIGKILL)
    afterwards.wait()
