"""`python -m fuzz.sabotage.user FILE`: `engines.vm.user` with the bug on that `COUNTERPROOF_SABOTAGE` names."""

from __future__ import annotations

import sys

from fuzz.sabotage import apply_from_environment


def main(arguments: list[str]) -> int:
    """Switch the bug on before anything of the engine is built, then run the program."""
    apply_from_environment()
    from engines.vm.user.__main__ import main as run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
