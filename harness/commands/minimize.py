"""`counterproof minimize`: reduce a diverging machine case and write its reproducer."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer


def minimize(
    case_file: Annotated[Path, typer.Argument(help="A machine case (case.json), or a finding's directory.")],
    subject: Annotated[str, typer.Option(help="The subject; a finding's own by default.")] = "",
    oracle: Annotated[str, typer.Option(help="The oracle; a finding's own by default.")] = "",
    out: Annotated[Path, typer.Option(help="Directory for the reproducer.")] = Path("out/minimized"),
    attempts: Annotated[int, typer.Option(min=1, help="At most this many candidates are tried.")] = 2_000,
    sabotage: Annotated[str, typer.Option(help="With this injected bug, as the campaign had it.")] = "",
) -> None:
    """Reduce a case to the fewest instructions and the simplest state that still diverge in the same way.

    Exit status: 1 reduced (it still diverges), 0 it does not diverge, 2 wrong usage, 3 the reproducer cannot be
    written, 130 interrupted.
    """
    from harness.case_file import load_case
    from harness.commands.injected import inject
    from harness.contract import MachineCase
    from harness.reduce.finding import reduce_and_write
    from harness.registry import ExecutorUnavailableError, create
    from harness.report.reproducer import load_reproducer
    from harness.strict_json import DocumentError

    with ExitStack() as open_executors:
        try:
            if sabotage:
                inject(sabotage)
            if case_file.is_dir():
                case, found_on, found_by = load_reproducer(case_file)
            else:
                loaded = load_case(case_file)
                if not isinstance(loaded, MachineCase):
                    raise DocumentError(f"{case_file}: holds a {loaded.kind} case; machine cases can be minimized")
                case, found_on, found_by = loaded, "riscv64-interpreter", "unicorn-riscv64"
            names = (subject or found_on, oracle or found_by)
            ours, theirs = (open_executors.enter_context(closing(create(name))) for name in names)
        except (DocumentError, OSError, ValueError, ExecutorUnavailableError) as error:
            print(f"counterproof minimize: {error}", file=sys.stderr)
            raise typer.Exit(2) from None
        command = f"counterproof minimize {case_file} --subject {names[0]} --oracle {names[1]}"
        command += f" --sabotage {sabotage}" if sabotage else ""
        try:
            reduction = reduce_and_write(case, ours, theirs, out, command=command, max_attempts=attempts)
        except ValueError as error:
            print(f"counterproof minimize: {error}", file=sys.stderr)
            raise typer.Exit(0) from None
        except OSError as error:
            print(f"counterproof minimize: --out {out}: {error}", file=sys.stderr)
            raise typer.Exit(3) from None
    for name, instructions in reduction.passes:
        print(f"after {name}: {instructions} instructions")
    print(f"{reduction.signature}\n{reduction.attempts} candidates tried; reproducer in {out}")
    raise typer.Exit(1)
