"""The documents against what is there: links, command lines, tox environments, modules, and paths that they name."""

from __future__ import annotations

import configparser
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED = {"docs/reference/sabotage.md"}
"""Thousands of lines of data, made by ci/sabotage.py; no command line is in them."""


def documents() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, check=False)
    names = listing.stdout.decode().split("\0") if listing.returncode == 0 else []
    found = [name for name in names if name and (ROOT / name).is_file() and name not in GENERATED]
    return found or ["README.md"]


def _code(text: str) -> Iterator[str]:
    """Lines of fenced blocks, continuations joined, and the content of code spans, which may go over a line's end."""
    fenced = re.findall(r"^ *```[a-z]*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    for block in fenced:
        yield from re.sub(r"\\\n\s*", " ", block).splitlines()
    rest = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", rest):
        yield " ".join(span.split())


def _alternatives(line: str) -> Iterator[str]:
    r"""`a b|c d` (in tables `\|`) is two commands."""
    words = line.replace("\\|", "|").split(" ")
    place = next((i for i, word in enumerate(words[:3]) if "|" in word), None)
    if place is None:
        yield line
        return
    for one in words[place].split("|"):
        yield " ".join([*words[:place], one, *words[place + 1 :]])


def command_lines(name: str) -> list[str]:
    """What a document says to type: lines that begin with `counterproof`, without prompt, comment and ellipsis."""
    found: list[str] = []
    for code in _code((ROOT / name).read_text()):
        code = re.sub(r"^(\$ |\.venv/bin/)", "", code.strip()).split(" && ")[-1]
        if code.startswith("counterproof ") and "COMMAND" not in code:
            found += _alternatives(re.sub(r"\s*…|\s#.*|\s>.*", "", code))
    return found


def _refused(line: str) -> str:
    """Why the command line refuses `line`; empty where it would run it. A command's own name may stand alone."""
    from harness.cli import command_line
    from harness.commands import vm_run

    words = shlex.split(line)[1:]
    command, path = command_line(words[0]), "counterproof"
    while getattr(command, "commands", None) and words and not words[0].startswith("-"):
        context = command.context_class(command)
        try:
            name, command, words = command.resolve_command(context, words)
        except Exception as error:  # noqa: BLE001 - whatever click says is the answer
            name = getattr(error, "message", "") or str(error)
            if "NAME" in words[0] or words[0] == "TARGET":
                words, name = ["elf_image", *words[1:]], "fuzz"
                continue
            return name
        path = f"{path} {name}"
    words = [re.sub(r"^(N|S|SECONDS)$", "1", word) for word in words]
    if path == "counterproof vm run":
        return _parsed_or_why(lambda more: vm_run.parser().parse_args([*words, *more]))
    if not words or "--help" in words:
        return ""
    return _parsed_or_why(lambda more: command.make_context(path, [*words, *more]))


def _parsed_or_why(parse: Callable[[list[str]], object]) -> str:
    """Why `parse` refuses the words; prose may leave out what follows (`wasm check --advice`), so words are added."""
    why = ""
    for more in ([], ["x"], ["x", "x"], ["x", "--out", "x"], ["x", "x", "--out", "x"]):
        try:
            parse(more)
        except SystemExit:
            why = "argparse refuses it"
        except Exception as error:  # noqa: BLE001 - whatever click says is the answer
            why = why or getattr(error, "message", "") or str(error)
        else:
            return ""
    return why


@pytest.mark.parametrize("name", documents())
def test_every_command_line_is_one(name: str) -> None:
    refused = {line: why for line in command_lines(name) if (why := _refused(line))}
    assert not refused


def test_a_command_line_that_is_none_is_noticed() -> None:
    wrong = ("dif riscv", "diff riscv --casses 5", "triage a --runs many", "vm run --nothing PROG", "wasm bild x")
    for line in wrong:
        assert _refused(f"counterproof {line}"), line
    assert sum(len(command_lines(name)) for name in documents()) > 20


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def _without_code(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```|`[^`\n]*`", "", text, flags=re.DOTALL | re.MULTILINE)


def _broken_links(place: Path) -> list[str]:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _without_code(place.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (place.parent / path) if path else place
        if not there.exists():
            broken.append(target)
        elif anchor and there.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", there.read_text(), re.MULTILINE)
            if anchor not in map(_anchor, headings):
                broken.append(target)
    return broken


@pytest.mark.parametrize("name", documents())
def test_every_link_leads_somewhere(name: str) -> None:
    assert not _broken_links(ROOT / name)


def test_a_broken_document_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One `thing`\n[a](page.md) [b](#one-thing) [c](gone.md) [d](page.md#two) `[e](not-a-link)` [f](https://x.y)\n"
        "```\ncounterproof dif riscv\ncounterproof diff riscv \\\n  --cases 5  # few\n```\n"
    )
    assert _broken_links(page) == ["gone.md", "page.md#two"]
    lines = command_lines(str(page))
    assert [bool(_refused(line)) for line in lines] == [True, False], lines


def _environments() -> set[str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini")
    return {section.partition(":")[2] for section in parser.sections()} | {"lint", "types", "tests", "cov"}


@pytest.mark.parametrize("name", documents())
def test_every_environment_module_and_path_is_there(name: str) -> None:
    gone = []
    roots = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {"out"}
    for code in _code((ROOT / name).read_text()):
        for named in re.findall(r"tox -e ([\w,-]+)", code):
            gone += [f"tox -e {one}" for one in named.split(",") if one not in _environments()]
        for module in re.findall(r"python -m ((?:ci|fuzz|harness)[\w.]*)", code):
            path = ROOT.joinpath(*module.split("."))
            if not path.with_suffix(".py").is_file() and not path.is_dir():
                gone.append(f"python -m {module}")
        is_path = re.fullmatch(r"[\w./-]+", code) and "/" in code and code.partition("/")[0] in roots
        there = (ROOT / code, ROOT / f"{code}.py", (ROOT / name).parent / code)
        if is_path and not any(path.exists() for path in there):
            gone.append(code)
    assert not [one for one in gone if "NAME" not in one and "CHANGELOG" not in name]
