"""Every command of `counterproof`: its help, its examples, and what it says to what it cannot use."""

from __future__ import annotations

import inspect
import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from harness.cli import COMMANDS, command_line, main, subcommands
from harness.commands.examples import EXAMPLES
from harness.commands.jobs import MOST, processes

ROOT = Path(__file__).parents[3]


def every_command() -> Iterator[tuple[str, Any]]:
    """Path and click command, of every command and subcommand."""
    yield "counterproof", command_line("")
    for command in COMMANDS:
        top = command_line(command.name)
        yield from subcommands(top.commands[command.name], f"counterproof {command.name}")


EVERY = dict(every_command())
LEAVES = {path: command for path, command in EVERY.items() if not getattr(command, "commands", None)}


def parsed(line: str) -> tuple[str, Any]:
    """The command that `line` chooses and its context, as click parses it; nothing is run."""
    from harness.commands import vm_run

    words = shlex.split(line, comments=True)
    assert words[0] == "counterproof", line
    path, rest, context = "counterproof", words[1:], None
    while getattr(EVERY[path], "commands", None) and rest and not rest[0].startswith("-"):
        name, _, rest = EVERY[path].resolve_command(EVERY[path].context_class(EVERY[path]), rest)
        path = f"{path} {name}"
    if path == "counterproof vm run":
        return path, vm_run.parser().parse_args(rest)
    if "--help" not in rest:
        context = EVERY[path].make_context(path, list(rest))
    return path, context


@pytest.mark.parametrize("path", EVERY)
def test_every_command_has_help_with_examples_that_are_right(path: str) -> None:
    command = EVERY[path]
    assert command.help and len(command.help) > 10
    assert EXAMPLES[path], f"{path} shows no example"
    for line, why in EXAMPLES[path]:
        assert why
        assert parsed(line)[0].startswith(path), f"{line} is an example of another command"
    for parameter in command.params:
        if parameter.name not in ("help", "context"):
            assert getattr(parameter, "help", None), f"{path}: {parameter.name} is not explained"


def test_there_are_no_examples_of_commands_that_are_gone() -> None:
    assert EXAMPLES.keys() <= EVERY.keys()


@pytest.mark.parametrize("path", [path for path in LEAVES if path != "counterproof vm run"])
def test_every_command_says_its_exit_statuses(path: str) -> None:
    assert re.search(r"[Ee]xit status", " ".join(inspect.cleandoc(LEAVES[path].help).split())), path


@pytest.mark.parametrize("path", EVERY)
def test_help_is_printed_with_the_examples(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *path.split()[1:], "--help")
    assert (code, err) == (0, "")
    assert "Examples:" in out
    for line, _ in EXAMPLES[path]:
        assert " ".join(line.split()) in " ".join(out.split())


def _numbers() -> Iterator[tuple[str, str, bool]]:
    for path, command in LEAVES.items():
        kinds = get_type_hints(inspect.unwrap(command.callback))
        for parameter in command.params:
            option, kind = max(parameter.opts, key=len, default=""), str(kinds.get(parameter.name, ""))
            if option.startswith("--") and re.search(r"\b(int|float)\b", kind):
                yield path, option, "float" in kind


@pytest.mark.parametrize(("path", "option", "real"), [pytest.param(*n, id=f"{n[0]} {n[1]}") for n in _numbers()])
def test_a_number_that_is_none_or_negative_is_refused_by_name(path: str, option: str, real: bool) -> None:
    required = ["x"] * sum(p.required and not max(p.opts, key=len).startswith("-") for p in LEAVES[path].params)
    values = ["many", "", "-5"] + ["nan"] * real + ["1.5"] * (not real)
    for value in values:
        with pytest.raises(Exception, match=r"\w") as caught:
            LEAVES[path].make_context(path, [*required, f"{option}={value}"])
        refusal: Any = caught.value
        assert getattr(refusal, "exit_code", None) == 2, f"{option}={value}"
        assert option in refusal.format_message()
        assert value in refusal.format_message()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `counterproof ARGUMENTS`, run here."""
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    text = capsys.readouterr()
    code = caught.value.code
    return (code if isinstance(code, int) else 1 if code else 0), text.out, text.err


def _missing(place: Path) -> Path:
    return place / "missing"


def _directory(place: Path) -> Path:
    (place / "directory").mkdir()
    return place / "directory"


def _below_a_file(place: Path) -> Path:
    (place / "plain").write_text("")
    return place / "plain" / "below"


def _loop(place: Path) -> Path:
    (place / "loop").symlink_to(place / "loop")
    return place / "loop"


def _empty(place: Path) -> Path:
    (place / "empty").write_bytes(b"")
    return place / "empty"


def _rubbish(place: Path) -> Path:
    (place / "rubbish").write_bytes(bytes(range(256)) * 20)
    return place / "rubbish"


def _other_machine(place: Path) -> Path:
    """An executable of this machine, which is no riscv64."""
    (place / "other").symlink_to("/proc/self/exe")
    return place / "other"


BAD_FILES = (_missing, _directory, _below_a_file, _loop, _empty, _rubbish, _other_machine)
TAKE_A_FILE = (
    ("vm", "run", "{}"),
    ("vm", "run", "--host", "riscv64", "{}"),
    ("vm", "aot", "{}", "-o", "{out}"),
    ("vm", "dump", "{}"),
    ("wasm", "check", "{}"),
    ("wasm", "build", "{}", "-o", "{out}"),
    ("wasm", "run", "{}"),
    ("wasm", "test", "{}"),
    ("wasm", "size", "{}"),
    ("corpus", "locate", "{}"),
    ("repro", "{}"),
    ("minimize", "{}", "--out", "{out}"),
    ("triage", "{}"),
    ("status", "{}"),
    ("report", "{}"),
    ("coverage", "{}"),
    ("fuzz", "merge", "elf_image", "{}"),
)


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda f: f.__name__.strip("_"))
@pytest.mark.parametrize("command", TAKE_A_FILE, ids=" ".join)
def test_a_file_that_cannot_be_used_is_named_and_nothing_is_traced(
    command: tuple[str, ...], bad: Callable[[Path], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if command[:2] == ("fuzz", "merge") and bad is _directory:
        pytest.skip("a directory without inputs adds none")
    path = bad(tmp_path)
    words = [word.format(path, out=tmp_path / "out") if "{" in word else word for word in command]
    code, _, err = run(capsys, *words)
    says_what_is_wrong_in_it = command[0] == "wasm" and bad in (_empty, _rubbish, _other_machine)
    if command[:2] == ("wasm", "test") and bad is _empty:
        assert code == 0, "a crate without anything has no test that fails"
        return
    assert code in ((1, 2) if says_what_is_wrong_in_it else (2,)), err
    assert str(path) in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists(), "nothing is written where nothing could be read"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("diff riscv --subject riscv64-interpretor", "Did you mean riscv64-interpreter?"),
        ("diff riscv --oracle unicorn-riscv46", "Did you mean unicorn-riscv64?"),
        ("diff riscv --profile compresed", "Did you mean compressed?"),
        ("diff riscv --sabotage addw-zero-extend", "Did you mean addw-zero-extended?"),
        ("diff wasm --engine wasmtim --engine node", "Did you mean wasmtime?"),
        ("diff rust --subject rustwasm-chek", "Did you mean rustwasm-check?"),
        ("diff rust --no-run --build relaese", "no build is called 'relaese'; there are dev, release"),
        ("diff rust --no-run --engine wasmtim", "Did you mean wasmtime?"),
        ("hunt --voter unicorn-riscv46", "Did you mean unicorn-riscv64?"),
        ("hunt --profile flot", "Known: default"),
        ("coverage --executor riscv64-interpretor", "Did you mean riscv64-interpreter?"),
        ("coverage --profile compresed", "Did you mean compressed?"),
        ("sabotage addw-zero-extend", "Did you mean addw-zero-extended?"),
        ("sabotage --area decoding", "decoder"),
        ("fuzz elf_imag", "Did you mean elf_image?"),
        ("fuzz run elf_imag", "Did you mean elf_image?"),
        ("fuzz replay elf_imag", "Did you mean elf_image?"),
        ("fuzz merge elf_imag .", "Did you mean elf_image?"),
        ("fuzz minimize elf_imag README.md", "Did you mean elf_image?"),
        ("corpus run zsdt", "Did you mean zstd?"),
        ("corpus build zsdt", "Did you mean zstd?"),
        ("corpus run --set all", "quick"),
        ("report . --format htm", "html"),
        ("triag", "Did you mean 'triage'?"),
        ("diff risc", "Did you mean 'riscv'?"),
        ("vm run --tier basline README.md", "baseline"),
    ],
)
def test_an_unknown_name_is_answered_with_the_one_that_was_meant(
    line: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    words = line.split()
    if words[0] in ("diff", "hunt", "sabotage", "corpus") and len(words) > 2 and words[1] != "build":
        words += ["--out", str(tmp_path / "out")]
    code, _, err = run(capsys, *words)
    assert code == 2, err
    assert meant in err
    assert "Traceback" not in err


WITH_JOBS = {path: command for path, command in LEAVES.items() if any("--jobs" in p.opts for p in command.params)}


def test_commands_with_jobs_are_known() -> None:
    named = {"corpus run", "diff riscv", "diff rust", "sabotage", "vm aot", "wasm build"}
    assert {f"counterproof {name}" for name in named} <= set(WITH_JOBS)


@pytest.mark.parametrize("path", WITH_JOBS)
@pytest.mark.parametrize(("jobs", "legal"), [("-1", "or equal to 0"), (str(MOST + 1), f"or equal to {MOST}")])
def test_jobs_have_one_range_for_every_command(
    path: str, jobs: str, legal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, *path.split()[1:], "--jobs", jobs)
    told = " ".join(err.replace("│", "").split())
    assert code == 2
    assert f"Invalid value for '--jobs' / '-j': '{jobs}'" in told and legal in told


def test_no_jobs_are_one_for_each_processor() -> None:
    assert (processes(0), processes(3)) == (len(os.sched_getaffinity(0)), 3)
