"""`python -m harness.campaign.program_state FILE`: run a program on one of our tiers and report its states.

FILE holds one JSON object: `launch`, the fields of `engines.vm.user.launch.Launch`; `every_insns`, for a digest each
time so many instructions have retired; `from_insns` and `to_insns`, between which every state is reported whole; `out`,
where the answer goes. `harness.campaign.locate` asks. An injected bug is switched on as in other workers.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from engines.vm.memory.address_space import MemoryFault
from engines.vm.user.process import ExitReason, Process

USAGE = 2


def main(arguments: list[str]) -> int:
    """Exit status 0, or 2 with one line on standard error where the program cannot be started."""
    (name,) = arguments
    request: dict[str, Any] = json.loads(Path(name).read_bytes())
    if os.environ.get("COUNTERPROOF_SABOTAGE"):
        from fuzz.sabotage import apply_from_environment

        apply_from_environment()
    from engines.vm.user.launch import Launch, LaunchError, start

    fields: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in request["launch"].items()}
    try:
        process, _ = start(Launch(**fields))
    except LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    try:
        answer = _observe(process, request["every_insns"], request["from_insns"], request["to_insns"])
    finally:
        process.close()
    Path(request["out"]).write_text(json.dumps(answer))
    return 0


def _observe(process: Process, every: int, low: int, high: int) -> dict[str, Any]:
    states: list[list[int]] = []
    if every:
        process.options.checkpoint_insns = every
        _run_to(process, high)
    else:
        for count in range(low, high + 1):
            if _run_to(process, count):
                break
            states.append(_state(process))
    ended = process.exit is not None and process.exit.reason is not ExitReason.LIMIT
    return {
        "checkpoints": process.checkpoints,
        "states": states,
        "retired": process.retired,
        "ended": process.exit.detail or str(process.exit.reason) if ended and process.exit is not None else "",
    }


def _run_to(process: Process, count: int) -> bool:
    """Run until `count` instructions have retired; True when the program ended before."""
    if process.retired < count:
        process.exit = None
        process.options.limit_insns = count
        process.run()
    return process.retired < count


def _state(process: Process) -> list[int]:
    """pc, x0–x31, f0–f31, fcsr, and the bits of the instruction at pc (-1 where nothing can be fetched)."""
    cpu = process.current.hart.cpu
    pc = int(cpu["pc"])
    fcsr = int(cpu["frm"]) << 5 | int(cpu["fflags"])
    return [pc, *map(int, cpu["x"][:32]), *map(int, cpu["f"]), fcsr, _instruction(process, pc)]


def _instruction(process: Process, pc: int) -> int:
    try:
        low = int.from_bytes(process.memory.read(pc, 2), "little")
        return low if low & 3 != 3 else low | int.from_bytes(process.memory.read(pc + 2, 2), "little") << 16
    except MemoryFault:
        return -1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
