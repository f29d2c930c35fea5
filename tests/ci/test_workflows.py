"""The committed GitHub workflows are copies of their sources, and call only environments that tox has."""

from __future__ import annotations

import configparser
import re
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
