"""`counterproof vm`: run programs on our virtual machine."""

from __future__ import annotations

import typer

from harness.commands import vm_run

app = typer.Typer(help="Run programs on our virtual machine.", no_args_is_help=True)


@app.callback()
def vm() -> None:
    """Run programs on our virtual machine."""


@app.command(
    help=vm_run.SUMMARY,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "allow_extra_args": True},
)
def run(context: typer.Context) -> None:
    raise typer.Exit(vm_run.run(context.args))


@app.command()
def tiers() -> None:
    """List the ways to execute that --tier takes."""
    from engines.vm.tiers.executor import tier_names

    for name in tier_names():
        typer.echo(name)
