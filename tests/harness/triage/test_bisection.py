"""Bisection: every border in every history is found, whatever cannot be judged; and real commits are really asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.triage.bisection import Bisection, NoBorderError, Outcome, bisect, first_diverging
from harness.triage.history import CommitProbe, HistoryError, Repository, requirements
from harness.triage.tree import ROOT, Tree, current_tree

GOOD, BAD, SKIP = Outcome.AGREES, Outcome.DIVERGES, Outcome.SKIPPED


def _explained(history: list[Outcome], found: Bisection) -> None:
    """The suspects are the first bad commit and what cannot be judged right before it; `before` is good."""
    border = history.index(BAD)
    suspects = [int(commit) for commit in found.suspects]
    assert suspects[-1] == border
    assert suspects == list(range(suspects[0], border + 1))
    assert all(history[i] is SKIP for i in suspects[:-1])
    if found.before:
        assert int(found.before) == suspects[0] - 1
        assert history[int(found.before)] is GOOD
    else:
        assert suspects[0] == 0


@settings(deadline=None)
@given(data=st.data())
def test_every_border_is_found(data: st.DataObject) -> None:
    good = data.draw(st.lists(st.sampled_from((GOOD, SKIP)), max_size=20), label="old")
    bad = data.draw(st.lists(st.sampled_from((BAD, SKIP)), max_size=20), label="new")
    history = [GOOD, *good, *bad, BAD]
    asked: list[str] = []

    def probe(commit: str) -> Outcome:
        asked.append(commit)
        return history[int(commit)]

    commits = [str(i) for i in range(len(history))]
    found = bisect(commits, GOOD, BAD, probe)
    _explained(history, found)
    assert len(asked) == len(set(asked)), "nothing is asked twice"
    if SKIP not in history:
        assert found.exact
        assert len(asked) <= 2 + len(history).bit_length()
    opposite = bisect(commits, BAD, GOOD, lambda c: {GOOD: BAD, BAD: GOOD, SKIP: SKIP}[history[int(c)]])
    assert opposite.suspects == found.suspects, "fixed-by is the same question the other way round"


@settings(deadline=None)
@given(
    good=st.lists(st.sampled_from((GOOD, SKIP)), max_size=12), bad=st.lists(st.sampled_from((BAD, SKIP)), max_size=30)
)
def test_the_first_bad_commit_is_found_without_a_good_one(good: list[Outcome], bad: list[Outcome]) -> None:
    history = [*good, *bad, BAD]
    found = first_diverging([str(i) for i in range(len(history))], lambda c: history[int(c)])
    _explained(history, found)


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ([GOOD, GOOD], "commit 1 agrees, expected that it diverges"),
        ([BAD, BAD], "commit 0 diverges, expected that it agrees"),
        ([SKIP, BAD], "commit 0 cannot be judged, expected that it agrees"),
        ([BAD], "at least two commits, got 1"),
    ],
)
def test_ends_that_are_not_as_said_are_refused(history: list[Outcome], message: str) -> None:
    with pytest.raises(NoBorderError, match=message):
        bisect([str(i) for i in range(len(history))], GOOD, BAD, lambda c: history[int(c)])


def test_a_newest_commit_that_agrees_has_no_first_bad_one() -> None:
    with pytest.raises(NoBorderError, match="agrees, expected that it diverges"):
        first_diverging(["a", "b"], lambda _: GOOD)
    with pytest.raises(NoBorderError, match="no commit"):
        first_diverging([], lambda _: GOOD)


def _git(directory: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(directory), *identity, *arguments], capture_output=True, check=True)
    return done.stdout.decode().strip()


PLANTED, FIXED, BROKEN, UNREADABLE = 7, 12, (6, 10), 11
PROBE = """
import sys
from calculator import add
sys.exit(1 if add(2, 2) != 4 else 0)
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Sixteen commits: a bug from commit 7 on, fixed by commit 12; two that do not build, one of them right before
    the bug, and one whose requirements nobody can read."""
    root = tmp_path_factory.mktemp("planted")
    _git(root, "init", "-q", "-b", "main")
    commits = []
    for number in range(16):
        wrong = PLANTED <= number < FIXED
        body = "return a + b + 1" if wrong else "return a + b"
        source = f"def add(a, b):\n    {body}  # version {number}\n"
        (root / "calculator.py").write_text("def add(\n" if number in BROKEN else source)
        (root / "pyproject.toml").write_text("[[[" if number == UNREADABLE else "[project]\nname = 'toy'\n")
        _git(root, "add", ".")
        _git(root, "commit", "-q", "-m", f"version {number}")
        commits.append(_git(root, "rev-parse", "HEAD"))
    return root, commits


@pytest.mark.evidence("HX-07")
def test_a_planted_history_is_bisected(planted: tuple[Path, list[str]], tmp_path: Path) -> None:
    root, commits = planted
    script = tmp_path / "probe.py"
    # As for `git bisect run`: what does not even import cannot be judged.
    script.write_text("try:\n    import calculator\nexcept SyntaxError:\n    raise SystemExit(125)\n" + PROBE)
    repository = Repository(root)
    probe = CommitProbe(repository, ["{python}", "-P", str(script)], tmp_path / "cache")
    assert repository.commits("HEAD") == commits
    found = bisect(repository.commits(commits[9], commits[1]), GOOD, BAD, probe)
    assert found.suspects == (commits[6], commits[PLANTED]), "the commit that does not build is a suspect, too"
    assert found.before == commits[5]
    gone = bisect(repository.commits("HEAD", commits[8]), BAD, GOOD, probe)
    assert gone.suspects == (commits[10], commits[11], commits[FIXED])
    assert first_diverging(repository.commits(commits[9]), probe).suspects == found.suspects
    assert _git(root, "worktree", "list").count("\n") == 0, "no worktree is left"
    assert _git(root, "status", "--porcelain") == ""
    assert repository.title(commits[3]).endswith("version 3")


def test_answers_are_kept_and_a_damaged_line_is_passed_over(planted: tuple[Path, list[str]], tmp_path: Path) -> None:
    root, commits = planted
    log = tmp_path / "asked"
    command = ["{python}", "-c", f"open({str(log)!r}, 'a').write('x')"]
    cache = tmp_path / "cache"
    assert CommitProbe(Repository(root), command, cache)(commits[0]) is GOOD
    with (cache / "answers.jsonl").open("a") as file:
        file.write('{"probe": "half a li')
    again = CommitProbe(Repository(root), command, cache)
    assert again(commits[0]) is GOOD
    assert log.read_text() == "x"
    other = CommitProbe(Repository(root), command, cache, identity="another case")
    assert other(commits[0]) is GOOD
    assert log.read_text() == "xx"


def test_a_commit_that_hangs_cannot_be_judged(planted: tuple[Path, list[str]], tmp_path: Path) -> None:
    root, commits = planted
    command = ["{python}", "-c", "import time; time.sleep(60)"]
    assert CommitProbe(Repository(root), command, tmp_path, seconds=0.5)(commits[0]) is SKIP


def test_a_commit_whose_requirements_are_not_installed_gets_an_environment_or_is_skipped(tmp_path: Path) -> None:
    assert requirements(tmp_path) == []
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["b", "a>=1"]\n[project.optional-dependencies]\noracles = ["c"]\nx = ["d"]'
    )
    assert requirements(tmp_path) == ["a>=1", "b", "c"]
    (tmp_path / "pyproject.toml").write_text("[[[")
    assert requirements(tmp_path) is None


def test_what_is_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="not a git repository"):
        Repository(tmp_path).commits("HEAD")


def test_this_repository_is_bisected(tmp_path: Path) -> None:
    """When did this very file's subject come in? The answer is checked against git's own."""
    repository = Repository(ROOT)
    try:
        subject = "harness/triage/blobs.py"
        first = repository.git("log", "--first-parent", "--diff-filter=A", "--format=%H", "--", subject)
    except HistoryError:
        pytest.skip("not a git checkout")
    if not first or repository.git("rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("the history is not here")
    test = "import os, sys; sys.exit(os.path.exists('harness/triage/blobs.py'))"
    found = first_diverging(repository.commits("HEAD"), CommitProbe(repository, [sys.executable, "-c", test], tmp_path))
    assert found.suspects == (first.split()[-1],)


def test_the_current_tree_is_named() -> None:
    tree = current_tree()
    assert tree == Tree() or len(tree.commit) == 40
    assert Tree("a" * 40, True).name == "a" * 40 + "+"
    assert str(Tree("a" * 40, True)) == "a" * 12 + "+"
    assert current_tree(Path("/")) == Tree()
