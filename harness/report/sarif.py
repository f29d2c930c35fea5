"""SARIF 2.1.0 (OASIS Standard, 27 March 2020): findings as code-scanning services read them.

A rule is what can be wrong, a result is where it was. Results carry a fingerprint, so that a service recognises one
from run to run; findings that were closed are sent as suppressed with the reason, not left out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from harness.report.findings import buckets_of, is_closed

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION: Final = "2.1.0"
LEVELS: Final = ("none", "note", "warning", "error")
INFORMATION: Final = "https://pypi.org/project/counterproof/"


@dataclass(frozen=True)
class Result:
    """One result.

    Attributes:
        rule: what is wrong: a short text; the same rule gives the same identifier.
        path: a file, relative to the repository's root where it lies in it.
        line: in that file, from 1; 0 where no line is meant.
        fingerprint: what stays the same from run to run; the rule and the path where empty.
        suppressed: why nobody needs to look; empty where somebody does.
        properties: anything else, JSON-ready.
    """

    rule: str
    message: str
    path: str
    line: int = 0
    level: str = "error"
    fingerprint: str = ""
    suppressed: str = ""
    properties: dict[str, Any] = field(default_factory=dict)


def sarif(results: Sequence[Result], version: str, *, commit: str = "") -> dict[str, Any]:
    """A SARIF log with one run of Counterproof.

    Raises:
        ValueError: a level that SARIF does not have (§3.27.10), or a result without a message (§3.11.2).
    """
    rules = list(dict.fromkeys(result.rule for result in results))
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "Counterproof",
                "informationUri": INFORMATION,
                "semanticVersion": version,
                "rules": [
                    {"id": rule_id(rule), "name": _name(rule), "shortDescription": {"text": rule}} for rule in rules
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "the root of the checkout"}}},
        "results": [_result(result, rules.index(result.rule)) for result in results],
    }
    if commit:
        run["automationDetails"] = {"id": f"counterproof/{commit}"}
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def sarif_text(log: dict[str, Any]) -> str:
    """The log as JSON text."""
    return json.dumps(log, indent=1) + "\n"


def findings_sarif(document: dict[str, Any], version: str, *, commit: str = "") -> dict[str, Any]:
    """The buckets of a findings document (`harness.report.findings`)."""
    results = [
        Result(
            rule=bucket["signature"],
            message=f"{bucket['subject']} and {bucket['oracle']} differ in {bucket['count']} cases "
            f"({bucket['state']}): {bucket['summary'] or bucket['signature']}",
            path=f"{bucket['reproducer']}/listing.S" if bucket["reproducer"] else "findings.sqlite",
            level="warning" if bucket["state"] == "flaky" else "error",
            fingerprint=f"{bucket['signature']}\n{bucket['subject']}\n{bucket['oracle']}",
            suppressed=f"{bucket['state']}: {bucket['note']}" if is_closed(bucket) else "",
            properties={name: bucket[name] for name in ("first", "rate", "runs", "first_bad", "fixed_by")},
        )
        for bucket in buckets_of(document)
    ]
    return sarif(results, version, commit=commit)


def rule_id(rule: str) -> str:
    """A stable identifier: readable, and told apart by a digest from others that read alike."""
    slug = re.sub(r"[^a-z0-9]+", "-", rule.lower()).strip("-")[:60]
    return f"{slug}-{hashlib.sha256(rule.encode()).hexdigest()[:8]}"


def _name(rule: str) -> str:
    return "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", rule)) or "Finding"


def _result(result: Result, index: int) -> dict[str, Any]:
    if result.level not in LEVELS:
        raise ValueError(f"level {result.level!r}; SARIF has {', '.join(LEVELS)}")
    if not result.message:
        raise ValueError(f"the result of rule {result.rule!r} has no message")
    physical: dict[str, Any] = {"artifactLocation": _artifact(result.path)}
    if result.line:
        physical["region"] = {"startLine": result.line}
    found: dict[str, Any] = {
        "ruleId": rule_id(result.rule),
        "ruleIndex": index,
        "level": result.level,
        "message": {"text": result.message},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"counterproof/v1": _digest(result.fingerprint or f"{result.rule}\n{result.path}")},
    }
    if result.suppressed:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": result.suppressed}]
    if result.properties:
        found["properties"] = result.properties
    return found


def _artifact(path: str) -> dict[str, str]:
    """A relative path is one below ROOT; an absolute one is a file URI (§3.4.3)."""
    pure = PurePosixPath(path)
    if pure.is_absolute():
        return {"uri": "file://" + quote(str(pure))}
    return {"uri": quote(str(pure)), "uriBaseId": "ROOT"}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
