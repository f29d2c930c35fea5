"""JUnit XML, as continuous integration reads it: one test case per thing that can fail.

The dialect is that of Jenkins' `junit-10.xsd`: `testsuites` > `testsuite` > `testcase` > `failure`, `error` or
`skipped`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.report.findings import buckets_of, is_closed

_LEGAL_CONTROLS: Final = "\t\n\r"


@dataclass(frozen=True)
class TestCase:
    """One line of a JUnit report.

    Attributes:
        status: `passed`, `failed`, `error` or `skipped`.
        message: one line, why.
        text: in full.
    """

    __test__ = False  # no test of pytest's

    suite: str
    name: str
    status: str = "passed"
    seconds: float = 0.0
    message: str = ""
    text: str = ""


def junit(name: str, cases: Sequence[TestCase]) -> str:
    """The report as XML text.

    Raises:
        ValueError: a status that there is none of.
    """
    tags = {"failed": "failure", "error": "error", "skipped": "skipped"}
    root = ElementTree.Element("testsuites", name=name)
    for suite in dict.fromkeys(case.suite for case in cases):
        members = [case for case in cases if case.suite == suite]
        node = ElementTree.SubElement(root, "testsuite", name=_clean(suite), tests=str(len(members)))
        for attribute, status in (("failures", "failed"), ("errors", "error"), ("skipped", "skipped")):
            node.set(attribute, str(sum(case.status == status for case in members)))
        node.set("time", f"{sum(case.seconds for case in members):.3f}")
        for case in members:
            line = ElementTree.SubElement(
                node, "testcase", classname=_clean(suite), name=_clean(case.name), time=f"{case.seconds:.3f}"
            )
            if case.status == "passed":
                continue
            if case.status not in tags:
                raise ValueError(f"status {case.status!r} of {case.name!r}; there are passed, {', '.join(tags)}")
            ElementTree.SubElement(line, tags[case.status], message=_clean(case.message)).text = _clean(case.text)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def findings_junit(document: dict[str, Any]) -> str:
    """The buckets of a findings document (`harness.report.findings`): the open ones fail."""
    cases = [
        TestCase(
            f"{bucket['subject']} against {bucket['oracle']}",
            bucket["signature"],
            "passed" if is_closed(bucket) else "failed",
            message=f"{bucket['state']}: {bucket['count']} × {bucket['summary']}",
            text="\n".join(filter(None, (bucket["note"], bucket["reproducer"], bucket["listing"]))),
        )
        for bucket in buckets_of(document)
    ]
    return junit("counterproof findings", cases)


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 §2.2 does not allow, escaped instead."""
    return "".join(c if c in _LEGAL_CONTROLS or _is_legal(ord(c)) else f"\\u{ord(c):04x}" for c in text)


def _is_legal(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x1_0000 <= code <= 0x10_FFFF
