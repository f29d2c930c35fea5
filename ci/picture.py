"""Renew docs/images/diff-riscv.svg, the README's picture: a real run that finds an injected bug, drawn by rich."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

BUG = "addw-zero-extended"
TARGET = Path(__file__).parents[1] / "docs" / "images" / "diff-riscv.svg"
WIDTH = 132


def main() -> int:
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=io.StringIO())
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        arguments = ["diff", "riscv", "--cases", "4096", "--fail-fast", "--sabotage", BUG]
        run = subprocess.run(
            [sys.executable, "-m", "harness.cli", *arguments, "--out", str(out)],
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 1:
            print(f"picture: the run ended with {run.returncode}, expected 1\n{run.stderr}", file=sys.stderr)
            return 3
        listings = sorted(out.glob("findings/*/listing.S"))
        shown = run.stdout.replace(str(out), "out")
        console.print(Text("$ counterproof " + " ".join(arguments), style="bold green"))
        for line in shown.splitlines():
            style = "bold red" if line.startswith("DIVERGED") else "yellow" if " × riscv64" in line else ""
            console.print(Text(line[: 2 * WIDTH], style=style))
        console.print(Text(f"$ cat out/{listings[0].relative_to(out)}", style="bold green"))
        for line in listings[0].read_text().splitlines():
            console.print(Text(line, style="red" if line.startswith("# >") else "cyan" if line[:1] == " " else "dim"))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(console.export_svg(title="counterproof diff riscv"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
