"""The rules of SARIF 2.1.0 (OASIS Standard) that a log of ours can break, as a checker that shares nothing with the
writer. Section numbers are the standard's.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

LEVELS = {"none", "note", "warning", "error"}
KINDS = {"notApplicable", "pass", "fail", "review", "open", "informational"}


def broken_rules(log: dict[str, Any]) -> list[str]:
    """What is wrong with `log`; empty where nothing is."""
    wrong: list[str] = []

    def check(holds: bool, rule: str) -> None:
        if not holds:
            wrong.append(rule)

    check(log.get("version") == "2.1.0", "§3.13.2 version")
    check(str(log.get("$schema", "")).endswith("sarif-schema-2.1.0.json"), "§3.13.3 $schema")
    check(set(log) <= {"$schema", "version", "runs", "properties"}, "§3.13 properties of a log")
    check(isinstance(log.get("runs"), list), "§3.13.4 runs")
    for run in log.get("runs", []):
        driver = run.get("tool", {}).get("driver", {})
        check(bool(driver.get("name")), "§3.19.8 a tool component has a name")
        check(re.fullmatch(r"\d+\.\d+\.\d+.*", driver.get("semanticVersion", "0.0.0")) is not None, "§3.19.12 semver")
        check(bool(urlsplit(driver.get("informationUri", "https://x")).scheme), "§3.19.17 an absolute URI")
        rules = driver.get("rules", [])
        identifiers = [rule.get("id") for rule in rules]
        check(all(identifiers), "§3.49.3 a rule has an id")
        check(len(set(identifiers)) == len(identifiers), "§3.19.23 rules are distinct")
        check(all(rule["shortDescription"]["text"] for rule in rules), "§3.49.9 a description has a text")
        check(isinstance(run.get("results", []), list), "§3.14.23 results")
        check(run.get("columnKind", "unicodeCodePoints") in ("utf16CodeUnits", "unicodeCodePoints"), "§3.14.17")
        bases = run.get("originalUriBaseIds", {})
        for result in run.get("results", []):
            _result(result, identifiers, bases, check)
    return wrong


def _result(result: dict[str, Any], identifiers: list[Any], bases: dict[str, Any], check: Any) -> None:
    check(bool(result.get("message", {}).get("text")), "§3.27.11 a result has a message with a text")
    check(result.get("level", "warning") in LEVELS, "§3.27.10 level")
    check(result.get("kind", "fail") in KINDS, "§3.27.9 kind")
    index = result.get("ruleIndex", -1)
    check(-1 <= index < len(identifiers), "§3.27.6 ruleIndex")
    named = [result.get("ruleId")] if index < 0 else identifiers[index : index + 1]
    check(named == [result.get("ruleId")], "§3.27.5 ruleId is that of the rule at ruleIndex")
    for location in result.get("locations", []):
        artifact = location["physicalLocation"]["artifactLocation"]
        uri = artifact["uri"]
        check(re.search(r"[\s<>\"{}|\\^`]", uri) is None, "§3.4.3 a valid URI reference")
        relative = not urlsplit(uri).scheme
        check(relative or "uriBaseId" not in artifact, "§3.4.4 an absolute URI has no uriBaseId")
        check(not relative or artifact.get("uriBaseId", next(iter(bases), "")) in bases, "§3.4.4 uriBaseId is known")
        check(".." not in uri.split("/"), "§3.10.2 no .. in a URI")
        check(location["physicalLocation"].get("region", {"startLine": 1})["startLine"] >= 1, "§3.30.5 startLine")
    prints = result.get("partialFingerprints", {})
    check(all(isinstance(v, str) and v for v in prints.values()), "§3.27.17 fingerprints are strings")
    for suppression in result.get("suppressions", []):
        check(suppression.get("kind") in ("inSource", "external"), "§3.35.2 kind of suppression")
        check(suppression.get("status", "accepted") in ("accepted", "underReview", "rejected"), "§3.35.3 status")
