"""`python -m engines.vm.user FILE`: run a program; FILE holds the fields of `Launch` as one JSON object."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from engines.vm.user.launch import EXIT_USAGE, Launch, LaunchError, run


def main(arguments: list[str]) -> int:
    """Return the exit status; 2 with one line on standard error for what cannot be started."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m engines.vm.user FILE, where FILE holds the options of Launch in JSON\n")
        return EXIT_USAGE
    try:
        fields: dict[str, Any] = json.loads(Path(arguments[0]).read_bytes())
        arguments_of: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in fields.items()}
        launch = Launch(**arguments_of)
    except (OSError, ValueError, TypeError) as error:
        sys.stderr.write(f"counterproof: the options are not those of Launch: {error}\n")
        return EXIT_USAGE
    try:
        return run(launch)
    except LaunchError as error:
        sys.stderr.write(f"counterproof: {error}\n")
        return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
