"""`traceability config`: every setting with its value, its default and what it is for."""

from __future__ import annotations

from dataclasses import fields

import click

from traceability.commands import Terminal, as_json, pass_terminal
from traceability.config import Config, variable_of
from traceability.words import N_


@click.command()
@as_json
@pass_terminal
def command(terminal: Terminal, as_json: bool) -> None:
    """List every setting. Secrets are not shown."""
    config = terminal.config
    terminal.warn_of_misspelt()
    settings = [
        {
            "name": variable_of(item),
            "value": _shown(getattr(config, item.name), item.metadata["secret"]),
            "default": _shown(item.default, False),
            "help": terminal.words(item.metadata["help"]),
        }
        for item in fields(Config)
    ]
    if as_json:
        terminal.json(settings)
        return
    for setting in settings:
        click.echo(f"{setting['name']}={setting['value']}")
        click.echo(f"    {setting['help']}")
        if setting["default"] != setting["value"]:
            terminal.say(N_("    Not set, it is: {default}"), default=setting["default"] or '""')


def _shown(value: object, secret: bool) -> str:
    if secret:
        return "***" if value else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
