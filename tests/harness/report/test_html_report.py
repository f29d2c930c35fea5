"""The HTML report: one well-formed page without anything from outside, whatever strings it is given."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.html import FindingView, HeatRow, heat_level, render

VOID = {"meta", "br", "hr", "img", "input", "link"}
HOSTILE = "<script>alert(1)</script>\"'&<!-- ]]> </pre></style>{{ 7*7 }}{% raw %}"


class _Page(HTMLParser):
    """Checks nesting; collects tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _render(text: str, verdict: str = "diverged", full: bool = True) -> str:
    return render(
        title=text,
        verdict=verdict,
        command=text,
        numbers=[(text, text)] if full else [],
        tables={text: [(text, 1234567)], "empty": []} if full else {},
        seconds={text: 1.5, "other": 0.0} if full else {},
        heat_columns=[text, "b"] if full else [],
        heat_rows=[HeatRow(text, 12, (0, None)), HeatRow("addi", 0, (5, 123456))] if full else [],
        findings=[FindingView(text, 1, text, text, text), FindingView("s", 2, "", "", "")] if full else [],
        versions={text: text} if full else {},
    )


@pytest.mark.parametrize("verdict", ["agree", "diverged", "interrupted", "vacuous"])
@pytest.mark.parametrize("full", [True, False])
def test_every_verdict_gives_a_well_formed_page_of_its_own(verdict: str, full: bool) -> None:
    page = _Page(_render("plain", verdict, full))
    assert ("class", f"badge {verdict}") in page.attributes
    assert page.tags.count("html") == page.tags.count("body") == page.tags.count("h1") == 1
    assert ("No unexplained divergence." in page.text) is not full
    if full:
        assert page.text.count("1,234,567") == 1
        assert "1 case\n" in page.text
        assert "2 cases\n" in page.text
        assert "counterproof repro plain" in page.text


def test_hostile_strings_stay_text() -> None:
    page = _Page(_render(HOSTILE))
    assert "script" not in page.tags
    assert page.tags == _Page(_render("plain")).tags
    assert page.text.count("<script>alert(1)</script>") >= 8
    assert "{{ 7*7 }}" in page.text


def test_nothing_comes_from_outside() -> None:
    page = _Page(_render("plain"))
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name in ("src", "href", "action") or name.startswith("on")]
    assert "url(" not in _render("plain")
    assert "@import" not in _render("plain")


@settings(deadline=None, max_examples=25)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_no_string_changes_the_structure(text: str) -> None:
    assert _Page(_render(text)).tags == _Page(_render("plain")).tags


@pytest.mark.parametrize(
    ("count", "level"), [(None, "none"), (0, "hole"), (1, "h1"), (9, "h1"), (10, "h2"), (9999, "h4"), (10**9, "h5")]
)
def test_shades_go_by_powers_of_ten(count: int | None, level: str) -> None:
    assert heat_level(count) == level
