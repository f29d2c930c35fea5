"""The committed GitHub workflows are copies of their sources, and call only environments that tox has."""

from __future__ import annotations

import configparser
import re
import shlex
import subprocess
import sys
from pathlib import Path

from ci.workflows.__main__ import SOURCE, TARGET, differences

ROOT = Path(__file__).parents[2]


def test_copies_equal_their_sources() -> None:
    assert list(SOURCE.glob("*.yml"))
    assert differences() == []


def test_a_stale_or_foreign_copy_is_seen(tmp_path: Path) -> None:
    names = [p.name for p in SOURCE.glob("*.yml")]
    for name in names[1:]:
        (tmp_path / name).write_text((SOURCE / name).read_text())
    (tmp_path / "stranger.yml").write_text("")
    assert differences(target=tmp_path) == sorted([names[0], "stranger.yml"])


def test_every_tox_environment_that_a_workflow_or_the_readme_names_exists() -> None:
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    known = {s.removeprefix("testenv:") for s in tox.sections()}
    texts = [*TARGET.glob("*.yml"), ROOT / ".ci" / "run", ROOT / "README.md"]
    named = {
        env
        for path in texts
        if path.is_file()
        for group in re.findall(r"\btox -e ([\w,-]+)", path.read_text())
        for env in group.split(",")
    }
    assert named
    assert named <= known


def _schema_says(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)


def test_the_workflows_keep_to_githubs_schema_and_a_mistake_is_seen(tmp_path: Path) -> None:
    found = _schema_says(*SOURCE.glob("*.yml"))
    assert found.returncode == 0, found.stdout
    wrong = tmp_path / "wrong.yml"
    wrong.write_text((SOURCE / "nightly.yml").read_text().replace("runs-on:", "run-on:"))
    assert _schema_says(wrong).returncode == 1


def test_every_path_that_a_workflow_watches_is_there() -> None:
    text = "\n".join(path.read_text() for path in SOURCE.glob("*.yml"))
    lines = re.findall(r"^ *paths: (\[.*\])$", text, re.MULTILINE)
    watched = [one for line in lines for one in re.findall(r'"([^"]+)"', line)]
    assert watched
    assert not [one for one in watched if not next(ROOT.glob(one), None)]


def test_what_a_workflow_passes_to_an_environment_is_an_option_there() -> None:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    seen = 0
    for path in SOURCE.glob("*.yml"):
        text = re.sub(r">-\n\s+", "", path.read_text())
        text = re.sub(r"(tox -e [^\n]*)\n\s+(--[^\n]*)", r"\1 \2", text)
        for environment, arguments in re.findall(r"tox -e ([\w-]+) -- ([^\n]*)", text):
            module = re.search(r"python -m (ci[\w.]*) \{posargs\}", tox[f"testenv:{environment}"]["commands"])
            assert module, environment
            words = shlex.split(re.sub(r"\$\{\{.*?\}\}", "x", arguments))
            help_line = [sys.executable, "-m", module[1], "--help"]
            listed = subprocess.run(help_line, capture_output=True, text=True, check=True).stdout
            unknown = [word for word in words if word.startswith("--") and not re.search(rf"{word}\b", listed)]
            assert not unknown, f"{path.name}: {module[1]} has no {unknown}"
            seen += 1
    assert seen >= 2
