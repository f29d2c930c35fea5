"""`python -m ci.gate` (`tox -e gate`): everything that a change must pass, in order of cost, as CI runs it.

Stages run one after the other; the first that fails ends the gate, unless `--keep-going`. Each task's output is in
OUT/TASK.log, what it made in OUT/TASK/, and the whole in OUT/gate.json, OUT/gate.junit.xml and OUT/gate.sarif.

Exit status: 0 passed, 1 failed, 2 wrong usage, 3 nothing was run or OUT cannot be written, 130 interrupted.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
from pathlib import Path

from ci.gate import outputs, stages
from ci.gate.run import Gate, GateResult
from engines.whole_file import replace_whole
from harness.report.reproducer import versions
from harness.report.sarif import sarif_text
from harness.triage.tree import ROOT, current_tree


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ci.gate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", action="append", default=[], metavar="NAME", help="only this stage, or task")
    parser.add_argument("--list", action="store_true", help="show what would be run, and end")
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="only this share of the tasks")
    parser.add_argument("--keep-going", action="store_true", help="run the later stages when one has failed")
    parser.add_argument("--resume", action="store_true", help="leave out what passed before on this very tree")
    parser.add_argument("--scale", type=float, default=1.0, help="multiply the number of generated cases")
    parser.add_argument(
        "--base", default="", help="the revision that must not be faster (default: HEAD, or its parent in a clean tree)"
    )
    parser.add_argument("--out", type=Path, default=Path("out/gate"), help="directory for logs and reports")
    options = parser.parse_args(arguments)
    found = re.fullmatch(r"(\d+)/(\d+)", options.shard)
    if found is None:
        parser.error(f"--shard is {options.shard!r}; it looks like 1/3")
    if not 0 < options.scale <= 1000:
        parser.error(f"--scale is {options.scale}; it must be above 0 and at most 1000")
    tree = current_tree(root)
    commit, base = tree.commit, options.base or ("HEAD" if tree.changed else "HEAD~1")
    everything = stages.stages(root, scale=options.scale, base=base, seed=int(commit[:6] or "1", 16))
    try:
        chosen = stages.shard(stages.chosen(everything, options.stage), int(found[1]), int(found[2]))
    except ValueError as error:
        parser.error(str(error))
    if options.list:
        for stage in chosen:
            print(f"{stage.name:<15}{stage.seconds:5.0f} s  {stage.shows}")
            for task in stage.tasks:
                print(f"    {task.name:<24}{' '.join(task.line(options.out / task.name)[1:])}")
        return 0
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        gate = Gate(chosen, root, options.out, keep_going=options.keep_going, resume=options.resume, say=_say)
        result = gate.run()
        write(result, options.out, root, commit)
    except OSError as error:
        print(f"gate: {error}: choose another --out", file=sys.stderr)
        return 3
    for line in outputs.table(chosen, result):
        print(line)
    return result.status


def write(result: GateResult, out: Path, root: Path, commit: str) -> None:
    """The reports.

    Raises:
        OSError: they cannot be written.
    """
    log = outputs.gate_sarif(result, root, versions({})["counterproof"], commit)
    for name, text in (("gate.junit.xml", outputs.gate_junit(result)), ("gate.sarif", sarif_text(log))):
        replace_whole(out / name, text.encode())


def _say(line: str) -> None:
    print(line, flush=True)


def _interrupt(number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
