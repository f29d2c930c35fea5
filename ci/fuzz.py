"""`tox -e fuzz`: every coverage-guided target, first with its planted bug, which it must find, then without, where it
must find nothing.

`--record` adds every run to docs/reference/fuzzing.md. `--changed-since REVISION` takes only the targets that the
difference to REVISION concerns, by imports. A summary goes to `--out`; what fails is reduced and kept under
corpus/regressions, where the ordinary test suite replays it.

Exit status: 0 all as it must be, 1 a target failed or did not find its planted bug, 2 wrong usage, 3 a target did not
run, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from ci import fuzz_record
from ci.fuzz_selection import changed_paths, targets_of
from fuzz.targets import stored
from fuzz.targets.catalogue import load as load_target
from fuzz.targets.catalogue import module_of, names
from fuzz.targets.session import EngineMissingError, require_engine, require_packages

PLANTED_SECONDS = 120.0
"""The most that a target may take to find its planted bug; most take a second or two."""
INTERRUPTED = 130
RECORD_HELP = f"add the runs to a record, by default {fuzz_record.PAGE.relative_to(fuzz_record.ROOT)}"
SUMMARY = re.compile(
    r"^\w+: \w[\w ]* after (?P<lasted>\d+) s \((?P<cpu>\d+) s of processor time\): (?P<executions>[\d,]+) executions, "
    r".* (?P<inputs>[\d,]+) inputs in the corpus$",
    re.MULTILINE,
)
"""The line that `counterproof fuzz` ends with."""


@dataclass
class Row:
    """What became of one target."""

    target: str
    planted: str = ""
    planted_seconds: float = 0.0
    clean: str = ""
    clean_seconds: float = 0.0
    executions: str = ""
    lasted: int = 0
    cpu_seconds: int = 0
    inputs: int = 0

    @property
    def status(self) -> int:
        statuses = [3 * ("did not run" in text) for text in (self.planted, self.clean)]
        return max(*statuses, int(self.planted == "NOT FOUND"), int(self.clean == "FAILED"))


def run(name: str, seconds: float, out: Path, *flags: str) -> tuple[int, str]:
    """(exit status, what it printed) of one `counterproof fuzz` run."""
    command = [sys.executable, "-m", "harness.cli", "fuzz", "run", name, "--seconds", str(seconds), "--out", str(out)]
    done = subprocess.run([*command, *flags], stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout


def examine(name: str, options: argparse.Namespace) -> Row:
    """Both runs of one target."""
    row = Row(name)
    words = {0: "clean", 1: "FAILED", INTERRUPTED: "interrupted"}
    if options.planted:
        begun = time.monotonic()
        code, text = run(name, PLANTED_SECONDS, options.out, "--planted")
        row.planted = {1: "found", 0: "NOT FOUND", INTERRUPTED: "interrupted"}.get(code, "did not run")
        row.planted_seconds = round(time.monotonic() - begun, 1)
        if code == INTERRUPTED:
            return row
        if options.witnesses and code == 1:
            _take_witness(name, options.out)
    if options.seconds:
        begun = time.monotonic()
        code, text = run(name, options.seconds, options.out, *(["--cpu"] if options.by_processor else []))
        row.clean = words.get(code, "did not run")
        row.clean_seconds = round(time.monotonic() - begun, 1)
        summary = SUMMARY.search(text)
        if summary is not None:
            row.executions, row.cpu_seconds = summary["executions"], int(summary["cpu"])
            row.lasted, row.inputs = int(summary["lasted"]), int(summary["inputs"].replace(",", ""))
        if code == 1:
            print(text, flush=True)
        if options.record and summary is not None and code in (0, 1):
            _put_down(row, options)
    return row


def _put_down(row: Row, options: argparse.Namespace) -> None:
    """Add the clean run of a target, or that it found something, to the record."""
    executions = int(row.executions.replace(",", ""))
    clean = fuzz_record.CleanRun(row.lasted, row.cpu_seconds, executions, row.inputs) if row.clean == "clean" else None
    fuzz_record.add(options.record, names(), row.target, clean, options.commit)


def _take_witness(name: str, out: Path) -> None:
    """Make the input by which the planted bug was found the stored one."""
    folder = out / f"{name}-planted" / "regressions"
    newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in stored.inputs(stored.PLANTED, name):
        old.unlink()
    stored.keep(stored.PLANTED / name, newest.read_bytes())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="tox -e fuzz --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", help="only these")
    parser.add_argument("--seconds", type=float, default=20.0, help="of the clean run of each target; 0 leaves it out")
    parser.add_argument("--cpu", dest="by_processor", action="store_true", help="count --seconds in processor time")
    parser.add_argument("--record", type=Path, nargs="?", const=fuzz_record.PAGE, metavar="PAGE", help=RECORD_HELP)
    parser.add_argument("--total-seconds", type=float, default=0.0, help="share this out among the clean runs instead")
    parser.add_argument("--no-planted", dest="planted", action="store_false", help="leave the planted bugs out")
    parser.add_argument("--witnesses", action="store_true", help="renew corpus/planted from what is found")
    parser.add_argument("--changed-since", default="", metavar="REVISION", help="only targets that the change concerns")
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"))
    options = parser.parse_args(arguments)
    try:
        chosen = [name for name in options.targets if module_of(name)] or list(names())
        if options.changed_since:
            concerned = targets_of(changed_paths(options.changed_since))
            chosen = [name for name in chosen if name in concerned]
        options.commit = fuzz_record.clean_commit() if options.record else ""
        if options.record and options.record.exists():
            fuzz_record.read(options.record.read_text(encoding="utf-8"))
        require_engine()
    except (OSError, ValueError) as error:
        parser.error(str(error))
    except EngineMissingError as error:
        print(f"fuzz: {error}", file=sys.stderr)
        return 3
    if options.total_seconds and chosen:
        options.seconds = max(1.0, options.total_seconds / len(chosen))
    rows: list[Row] = []
    begun = time.monotonic()
    try:
        for name in chosen:
            row = _one(name, options)
            rows.append(row)
            print(_line(row), flush=True)
            if "interrupted" in (row.planted, row.clean):
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "summary.json").write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    worst = max((row.status for row in rows), default=0)
    found = sum(row.planted == "found" for row in rows)
    clean = sum(row.clean == "clean" for row in rows)
    print(
        f"\n=== fuzz: {'as it must be' if not worst else 'NOT as it must be'} after {time.monotonic() - begun:.0f} s\n"
        f"{len(rows)} targets; planted bugs found: {found}; clean: {clean}"
    )
    return worst


def _one(name: str, options: argparse.Namespace) -> Row:
    try:
        require_packages(load_target(name))
    except (EngineMissingError, ModuleNotFoundError) as error:
        return Row(name, clean=f"did not run: {error}")
    return examine(name, options)


def _line(row: Row) -> str:
    planted = f"planted {row.planted} in {row.planted_seconds:.1f} s" if row.planted else ""
    clean = f"{row.clean} in {row.clean_seconds:.0f} s, {row.executions} executions" if row.clean_seconds else row.clean
    return f"{row.target:<20} {planted:<28} {clean}"


if __name__ == "__main__":
    sys.exit(main())
