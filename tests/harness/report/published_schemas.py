"""The published schemas of the report formats, out of pinned packages that carry them; nothing of them is kept here.

SARIF 2.1.0's JSON schema is in `@microsoft/jest-sarif` (revision rtm.5, the standard's text), JUnit's `junit-10.xsd`
(Jenkins' xunit plug-in) in pytest's source distribution.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest
from platformdirs import user_cache_dir

from corpus.programs.manifest import Source
from corpus.programs.sources import FetchError, fetch, unpack

SARIF: Final = Source(
    name="sarif",
    registry="npm",
    package="@microsoft/jest-sarif",
    version="1.0.0-beta.0",
    archive="microsoft-jest-sarif-1.0.0-beta.0.tgz",
    sha256="748e2c3d1a842e7bb258416685c7ea3a0da40005b72267b2052c2856d48ad102",
)
JUNIT: Final = Source(
    name="junit",
    registry="pypi",
    package="pytest",
    version="8.4.2",
    archive="pytest-8.4.2.tar.gz",
    sha256="86c0d0b93306b961d58d62a4db4879f27fe25513d4b969df351abdddb3c30e01",
)


def sarif_schema() -> dict[str, Any]:
    """SARIF's JSON schema; the test is skipped where its package cannot be had."""
    found: dict[str, Any] = json.loads((_unpacked(SARIF) / "lib/schemas/sarif-2.1.0-rtm.5.json").read_bytes())
    return found


def junit_schema() -> Path:
    """JUnit's XML schema; the test is skipped where its package cannot be had."""
    return _unpacked(JUNIT) / "testing" / "example_scripts" / "junit-10.xsd"


def _unpacked(source: Source) -> Path:
    folder = Path(os.environ.get("COUNTERPROOF_CACHE") or user_cache_dir("counterproof")) / "schemas"
    try:
        return unpack(fetch([source], folder)[source.name], folder / source.sha256[:16])
    except FetchError as error:
        pytest.skip(f"{source.package} {source.version}, which carries the schema, cannot be had: {error}")
