"""The findings store: a directory with an SQLite database and content-addressed blobs. What it acknowledged, it keeps.

The database runs in WAL mode with `synchronous=FULL`: a committed transaction survives the death of the process and of
the machine. Blobs are durable before a row names them. A database that cannot be read is moved aside, never deleted,
the message says where it is, and the next one takes every finding over from the journal beside it.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from harness.triage.blobs import BlobStore
from harness.triage.journal import NAME as JOURNAL
from harness.triage.journal import Journal
from harness.triage.tree import current_tree

DATABASE: Final = "findings.sqlite"
SCHEMA_VERSION: Final = 2
BUSY_SECONDS: Final = 30.0

_SCHEMA: Final = """
CREATE TABLE campaign (
    id INTEGER PRIMARY KEY,
    plan TEXT NOT NULL,
    started REAL NOT NULL,
    complete INTEGER NOT NULL DEFAULT 0,
    tree TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE stable_point (
    campaign INTEGER PRIMARY KEY REFERENCES campaign,
    cursor TEXT NOT NULL,
    statistics TEXT NOT NULL,
    written REAL NOT NULL
) STRICT;
CREATE TABLE finding (
    id INTEGER PRIMARY KEY,
    campaign INTEGER NOT NULL REFERENCES campaign,
    label TEXT NOT NULL,
    subject TEXT NOT NULL,
    oracle TEXT NOT NULL,
    signature TEXT NOT NULL,
    fields TEXT NOT NULL,
    summary TEXT NOT NULL,
    "case" TEXT NOT NULL,
    subject_observation TEXT,
    oracle_observation TEXT,
    found REAL NOT NULL,
    UNIQUE (campaign, label, subject, oracle)
) STRICT;
CREATE INDEX finding_signature ON finding (signature);
"""
_TRIAGE: Final = """
CREATE TABLE triage (
    signature TEXT NOT NULL,
    subject TEXT NOT NULL,
    oracle TEXT NOT NULL,
    state TEXT NOT NULL,
    tree TEXT NOT NULL,
    runs INTEGER NOT NULL,
    diverged INTEGER NOT NULL,
    agreeing INTEGER NOT NULL,
    first_bad TEXT NOT NULL,
    fixed_by TEXT NOT NULL,
    note TEXT NOT NULL,
    updated REAL NOT NULL,
    PRIMARY KEY (signature, subject, oracle)
) STRICT;
CREATE TABLE triage_event (
    id INTEGER PRIMARY KEY,
    signature TEXT NOT NULL,
    subject TEXT NOT NULL,
    oracle TEXT NOT NULL,
    tree TEXT NOT NULL,
    event TEXT NOT NULL,
    at REAL NOT NULL
) STRICT;
"""
_MIGRATIONS: Final = {1: "ALTER TABLE campaign ADD COLUMN tree TEXT NOT NULL DEFAULT '';" + _TRIAGE}
"""What makes version n + 1 out of version n."""


_COLUMNS: Final = (
    *("label", "subject", "oracle", "signature", "fields", "summary", "case"),
    *("subject_observation", "oracle_observation", "found"),
)
_ADD: Final = (
    'INSERT OR IGNORE INTO finding (campaign, label, subject, oracle, signature, fields, summary, "case", '
    "subject_observation, oracle_observation, found) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class StoreError(RuntimeError):
    """The store cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Finding:
    """One divergence, verified and named.

    Attributes:
        label: of the case (`seed 7 case 12`); with subject and oracle it identifies the finding in its campaign.
        signature: of its root cause; findings with one signature are one bucket.
        fields: that differ at the first differing instruction.
        summary: for people.
        case, subject_observation, oracle_observation: digests of blobs, case and observation files.
    """

    label: str
    subject: str
    oracle: str
    signature: str
    fields: tuple[str, ...]
    summary: str
    case: str
    subject_observation: str | None = None
    oracle_observation: str | None = None


@dataclass(frozen=True)
class Bucket:
    """Findings that share a signature."""

    signature: str
    count: int
    first: Finding


@dataclass(frozen=True)
class CampaignRow:
    """A campaign as the store knows it.

    Attributes:
        started: seconds since the epoch.
        tree: commit of our source on which it was started, with a `+` where files were changed; empty if unknown.
        statistics: as of its last stable point; empty before the first.
        findings: how many it has.
    """

    number: int
    plan: dict[str, Any]
    started: float
    complete: bool
    tree: str
    statistics: dict[str, Any]
    findings: int


class FindingsStore:
    """The store in `directory`, which is made when needed.

    Raises:
        StoreError: the directory cannot be written, the disk is full, another release wrote the database, or the
            database is damaged: then it has been moved aside, the message says where, and opening again makes a new
            one with every finding that the journal has.

    Attributes:
        restored: findings that a new database has taken over from the journal when this store was opened.
        unreadable: lines of the journal that were left out then.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.blobs = BlobStore(directory / "blobs")
        self._path = directory / DATABASE
        self._journal = Journal(directory)
        self.restored = self.unreadable = 0
        with self.explained():
            directory.mkdir(parents=True, exist_ok=True)
            try:
                self._database = self._open()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                raise self._moved_aside(error) from None

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute("PRAGMA foreign_keys=ON")
            verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(" ".join(verdict.split()))
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if not 0 <= version <= SCHEMA_VERSION:
                raise StoreError(
                    f"{self._path} has version {version}, this release reads versions up to {SCHEMA_VERSION}: "
                    "use the release that wrote it, or another --out directory"
                )
            if version < SCHEMA_VERSION:
                self._upgrade(database)
        except BaseException:
            database.close()
            raise
        return database

    def _upgrade(self, database: sqlite3.Connection) -> None:
        """Make the tables, or change those of an earlier release; whoever comes second finds it done."""
        database.execute("BEGIN IMMEDIATE")
        try:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            steps = (_MIGRATIONS[n] for n in range(version, SCHEMA_VERSION))
            made = "".join(steps) if version else _SCHEMA + _TRIAGE
            for statement in filter(str.strip, made.split(";") if version < SCHEMA_VERSION else ()):
                database.execute(statement)
            database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
            if not version:
                self._take_over(database)
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")

    def _take_over(self, database: sqlite3.Connection) -> None:
        """Fill a new database with what the journal of an earlier one has. Campaigns keep their numbers, and count as
        not complete: one that is resumed meets its findings again, which are there already."""
        records, self.unreadable = self._journal.read()
        for record in records:
            try:
                campaign, finding = record["campaign"], record["finding"]
                described = (campaign["number"], json.dumps(campaign["plan"], sort_keys=True))
                values = (campaign["number"], *(finding[name] for name in _COLUMNS))
            except (KeyError, TypeError):
                self.unreadable += 1
                continue
            database.execute(
                "INSERT OR IGNORE INTO campaign (id, plan, started, tree) VALUES (?, ?, ?, ?)",
                (*described, campaign["started"], campaign["tree"]),
            )
            self.restored += database.execute(_ADD, values).rowcount

    @staticmethod
    def is_at(directory: Path) -> bool:
        """Whether `directory` holds findings: a database, or the journal from which one is made."""
        names = (directory / DATABASE, directory / JOURNAL)
        return any(os.path.isfile(name) for name in names)  # noqa: PTH113 (Path's raises for a name that is too long)

    def close(self) -> None:
        """Close the database. Idempotent."""
        self._database.close()

    def campaign(self, plan: dict[str, Any], resume: bool = False) -> int:
        """A new campaign with this plan; with `resume`, the latest one of the same plan that did not get to its end,
        where there is one."""
        text = json.dumps(plan, sort_keys=True)
        with self.transaction() as database:
            if resume:
                latest = database.execute(
                    "SELECT id FROM campaign WHERE plan = ? AND NOT complete ORDER BY id DESC LIMIT 1", (text,)
                ).fetchone()
                if latest is not None:
                    return int(latest[0])
            values = (text, time.time(), current_tree().name)
            added = database.execute("INSERT INTO campaign (plan, started, tree) VALUES (?, ?, ?)", values)
            assert added.lastrowid is not None
            return added.lastrowid

    def complete(self, campaign: int) -> None:
        """Note that the campaign got to its end, so that it is not resumed."""
        with self.transaction() as database:
            database.execute("UPDATE campaign SET complete = 1 WHERE id = ?", (campaign,))

    def stable_point(self, campaign: int) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """(cursor, statistics) as last written, or None for a campaign that has not got that far."""
        with self.explained():
            row = self._database.execute(
                "SELECT cursor, statistics FROM stable_point WHERE campaign = ?", (campaign,)
            ).fetchone()
        if row is None:
            return None
        return self._object("stable_point.cursor", row[0]), self._object("stable_point.statistics", row[1])

    def write_stable_point(self, campaign: int, cursor: dict[str, Any], statistics: dict[str, Any]) -> None:
        """Durably note how far the campaign has come and what it has counted until there."""
        with self.transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO stable_point (campaign, cursor, statistics, written) VALUES (?, ?, ?, ?)",
                (campaign, json.dumps(cursor), json.dumps(statistics), time.time()),
            )

    def add(self, campaign: int, finding: Finding) -> bool:
        """Durably keep a finding. False when it is there already (a resumed campaign met it again)."""
        row: dict[str, Any] = asdict(finding) | {"fields": json.dumps(finding.fields), "found": time.time()}
        with self.transaction() as database:
            added = database.execute(_ADD, (campaign, *(row[name] for name in _COLUMNS)))
            if added.rowcount == 1:
                has_journal = self._journal.path.exists()  # where an earlier release has written none, it gets all
                self._write_journal(database, added.lastrowid if has_journal else None)
            return added.rowcount == 1

    def _write_journal(self, database: sqlite3.Connection, finding: int | None) -> None:
        """Append the finding of this number to the journal, or all.

        Raises:
            OSError: it cannot be written.
        """
        names = ", ".join(f'"{name}"' for name in _COLUMNS)
        rows = database.execute(
            f"SELECT campaign.id, plan, started, tree, {names} FROM finding JOIN campaign "
            "ON campaign.id = finding.campaign WHERE ?1 IS NULL OR finding.id = ?1 ORDER BY finding.id",
            (finding,),
        ).fetchall()
        for number, plan, started, tree, *values in rows:
            of = {"number": number, "plan": self._object("campaign.plan", plan), "started": started, "tree": tree}
            self._journal.append({"campaign": of, "finding": dict(zip(_COLUMNS, values, strict=True))})

    def put_blob(self, text: str) -> str:
        """Durably keep a case or observation file; gives its digest."""
        with self.explained():
            return self.blobs.put(text.encode())

    def findings(self, campaign: int | None = None) -> list[Finding]:
        """Every finding, or those of one campaign, in the order in which they were found."""
        with self.explained():
            rows = self._database.execute(
                'SELECT label, subject, oracle, signature, fields, summary, "case", subject_observation, '
                "oracle_observation FROM finding WHERE ?1 IS NULL OR campaign = ?1 ORDER BY id",
                (campaign,),
            ).fetchall()
        return [
            Finding(label, subject, oracle, signature, self._names(label, fields), summary, case, ours, theirs)
            for label, subject, oracle, signature, fields, summary, case, ours, theirs in rows
        ]

    def _object(self, column: str, text: str) -> dict[str, Any]:
        found = self._json(column, text)
        if not isinstance(found, dict):
            raise StoreError(f"{self._path}: {column} holds {text[:60]!r}, must be a JSON object; use another --out")
        return found

    def _names(self, label: str, text: str) -> tuple[str, ...]:
        found = self._json(f"finding.fields of {label!r}", text)
        if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
            raise StoreError(
                f"{self._path}: finding.fields of {label!r} holds {text[:60]!r}, must be a JSON list of strings; "
                "use another --out"
            )
        return tuple(found)

    def _json(self, column: str, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            message = f"{self._path}: {column} holds {text[:60]!r}, which is no JSON; use another --out"
            raise StoreError(message) from None

    def buckets(self, campaign: int | None = None) -> list[Bucket]:
        """Findings by signature, the most frequent first."""
        groups: dict[str, list[Finding]] = {}
        for finding in self.findings(campaign):
            groups.setdefault(finding.signature, []).append(finding)
        buckets = [Bucket(signature, len(members), members[0]) for signature, members in groups.items()]
        return sorted(buckets, key=lambda bucket: (-bucket.count, bucket.signature))

    def campaigns(self) -> list[CampaignRow]:
        """Every campaign, in the order in which they were started.

        Raises:
            StoreError: the database cannot be read, or a row is not what this release writes.
        """
        with self.explained():
            rows = self._database.execute(
                "SELECT campaign.id, plan, started, complete, tree, statistics, "
                "(SELECT count(*) FROM finding WHERE finding.campaign = campaign.id) "
                "FROM campaign LEFT JOIN stable_point ON stable_point.campaign = campaign.id ORDER BY campaign.id"
            ).fetchall()
        return [
            CampaignRow(
                number,
                self._object("campaign.plan", plan),
                started,
                bool(complete),
                tree,
                {} if statistics is None else self._object("stable_point.statistics", statistics),
                findings,
            )
            for number, plan, started, complete, tree, statistics, findings in rows
        ]

    def tree_of(self, signature: str, subject: str, oracle: str) -> str:
        """The tree on which the latest finding of a bucket was made; empty where it is not known."""
        with self.explained():
            row = self._database.execute(
                "SELECT tree FROM finding JOIN campaign ON campaign.id = finding.campaign "
                "WHERE signature = ? AND subject = ? AND oracle = ? ORDER BY finding.id DESC LIMIT 1",
                (signature, subject, oracle),
            ).fetchone()
        return "" if row is None else str(row[0])

    def read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.explained():
            return self._database.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A durable transaction: committed when the block ends, rolled back when it raises.

        Raises:
            StoreError: the database cannot be written; the message says what to do.
        """
        with self.explained():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what the system says into what a person can act on."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(self._advice(str(error))) from error
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self._path}: {error}; close every campaign that uses it and open it again") from error
        except OSError as error:
            reason = "database or disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else str(error)
            raise StoreError(self._advice(reason)) from error

    def _advice(self, reason: str) -> str:
        advice = "choose a writable --out directory"
        if "full" in reason:
            advice = "free some space or choose another --out directory; what was acknowledged is safe, then run again"
        elif "locked" in reason:
            advice = f"another campaign has held it for more than {BUSY_SECONDS:g} s; wait, or choose another --out"
        return f"the findings store {self.directory} cannot be used: {reason}: {advice}"

    def _moved_aside(self, error: sqlite3.DatabaseError) -> StoreError:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        target = self._path.with_name(f"{DATABASE}.damaged-{stamp}-{time.time_ns() % 10**6:06d}")
        for suffix in ("", "-wal", "-shm"):
            source = self._path.with_name(DATABASE + suffix)
            if source.exists():
                source.rename(target.with_name(target.name + suffix))
        return StoreError(
            f"{self._path} is damaged ({error}); it was moved to {target} and nothing was deleted. Run again: a new "
            f"database takes every finding over from {self._journal.path}; or restore a copy under the old name."
        )
