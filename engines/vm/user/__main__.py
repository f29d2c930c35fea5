"""`python -m engines.vm.user OPTIONS`: run a program with the fields of `Launch` as one JSON object."""

from __future__ import annotations

import json
import sys

from engines.vm.user.launch import EXIT_USAGE, Launch, LaunchError, run


def main(arguments: list[str]) -> int:
    """Return the exit status; 2 with one line on standard error for what cannot be started."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m engines.vm.user '{\"program\": PATH, ...}'\n")
        return EXIT_USAGE
    try:
        fields = json.loads(arguments[0])
        launch = Launch(**{name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()})
    except (ValueError, TypeError) as error:
        sys.stderr.write(f"counterproof: the options are not those of Launch: {error}\n")
        return EXIT_USAGE
    try:
        return run(launch)
    except LaunchError as error:
        sys.stderr.write(f"counterproof: {error}\n")
        return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
