"""The command line: `counterproof COMMAND …`. A command's module is imported only when that command runs."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Final

    import typer


class Command:
    """Where a command lives: a module with a typer `app`, or a function `attribute` in it."""

    def __init__(self, name: str, help: str, attribute: str = "app") -> None:
        self.name = name
        self.help = help
        self.attribute = attribute
        self.module = f"harness.commands.{name}"


COMMANDS: Final = (
    Command("diff", "Cross-examine a subject against oracles on generated cases."),
    Command("vm", "Run programs on our virtual machine."),
    Command("wasm", "Compile a subset of Rust to WebAssembly."),
    Command("executors", "List the subjects and oracles.", "executors"),
    Command("corpus", "Build and run the real programs."),
    Command("repro", "Replay a finding.", "repro"),
    Command("minimize", "Reduce a diverging case.", "minimize"),
    Command("triage", "Run findings again, decide their state, find the commits.", "triage"),
    Command("hunt", "Search for defects of the oracles.", "hunt"),
    Command("status", "Show what was found, and what became of it.", "status"),
    Command("coverage", "Show what generated programs cover, and what they never do.", "coverage"),
    Command("report", "Write HTML, JUnit and SARIF reports of findings.", "report"),
    Command("fuzz", "Fuzz parsers, decoders, loaders and the machine."),
    Command("sabotage", "Inject bugs and see whether they are found.", "sabotage"),
    Command("doctor", "Check this machine.", "doctor"),
)
USAGE: Final = 2


def root(chosen: str) -> typer.Typer:
    """The command line with the command `chosen` loaded and the others named only."""
    import typer

    app = typer.Typer(
        name="counterproof",
        help="Cross-examines virtual machines and compilers.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    for command in COMMANDS:
        if command.name != chosen:
            app.command(command.name, help=command.help)(_unused)
            continue
        loaded = _loaded(command)
        if isinstance(loaded, typer.Typer):
            app.add_typer(loaded, name=command.name, help=command.help)
        else:
            app.command(command.name)(loaded)
    return app


def command_line(chosen: str) -> Any:
    """The same as click runs it: every command of `chosen` shows its examples, and no number is taken that is none."""
    import typer

    top = typer.main.get_command(root(chosen))
    for path, command in subcommands(top, "counterproof"):
        shown = _examples(path)
        if shown:
            command.epilog = "\n\n".join(["Examples:", *shown])
        for parameter in command.params:
            if parameter.callback is None:
                parameter.callback = _refuse_nan
            parameter.process_value = _naming(parameter.process_value)
    return top


def subcommands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """(`counterproof diff riscv`, its click command) and so on, of `command` and everything below it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from subcommands(below, f"{path} {name}")


def _examples(path: str) -> tuple[str, ...]:
    from harness.commands.examples import EXAMPLES

    return tuple(f"{line}\n    {why}" for line, why in EXAMPLES.get(path, ()))


def _naming(process: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The same way from a word to an option's value, which names the word that it refuses (typer 0.29 does not)."""

    def named(context: Any, value: Any) -> Any:
        import typer

        try:
            return process(context, value)
        except typer.BadParameter as refusal:
            words = " ".join(value) if isinstance(value, list | tuple) else value
            if words is not None and words not in refusal.message:
                refusal.message = f"{words!r}: {refusal.message}"
            raise

    return named


def _refuse_nan(context: Any, parameter: Any, value: Any) -> Any:
    import typer

    if isinstance(value, float) and value != value:
        raise typer.BadParameter("nan is no number; give a number, such as 60", ctx=context, param=parameter)
    return value


def _root() -> None:
    """Cross-examines virtual machines and compilers."""


def _unused() -> None:
    """A command that was not chosen; only its name and help are shown."""


def _loaded(command: Command) -> typer.Typer | Callable[..., None]:
    import importlib

    try:
        module = importlib.import_module(command.module)
    except ModuleNotFoundError as error:
        if error.name == command.module:
            _refuse(f"the command {command.name!r} is not part of this installation")
        _refuse(
            f"the command {command.name!r} needs the Python package {error.name!r}, which is not installed: "
            "pip install 'counterproof[oracles,corpus,fuzz]'"
        )
    found: typer.Typer | Callable[..., None] = getattr(module, command.attribute)
    return found


def _refuse(message: str) -> None:
    print(f"counterproof: {message}", file=sys.stderr)
    raise SystemExit(USAGE)


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the command `counterproof`."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:2] == ["vm", "run"]:  # Started as often as programs are: without what draws the other commands' help.
        import gc

        gc.disable()  # what a start makes stays; `launch.run` turns it on again
        from engines.vm.runtime.kept_modules import KeptModules
        from engines.vm.runtime.object_cache import cache_folder

        kept = KeptModules(("engines", "harness"), cache_folder())
        sys.meta_path.insert(0, kept)
        try:
            from harness.commands.vm_run import run

            status = run(given[2:])
        finally:
            sys.meta_path.remove(kept)
        kept.keep()
        if arguments is None:
            _end(status)
        raise SystemExit(status)
    import signal

    from harness.standard_streams import guarded_streams

    chosen = next((a for a in given if not a.startswith("-")), "")
    if arguments is None:
        signal.signal(signal.SIGTERM, _terminated)
    with guarded_streams():
        command_line(chosen)(args=given, prog_name="counterproof")


def _end(status: int) -> None:
    """End this process at once, without taking apart what the system takes back anyway: a tenth of a short run.

    Does nothing where there are threads, which may have something to complete, or where output cannot be written.
    """
    import atexit

    if "threading" in sys.modules:
        return
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(status)


def _terminated(_number: int, _frame: object) -> None:
    """End as after Ctrl-C: what is open is closed, what was found is kept, the status is 130."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
