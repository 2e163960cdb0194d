"""The `traceability` command: finds its commands in `traceability.commands`, and says every refusal in one line."""

from __future__ import annotations

import importlib
import os
import pkgutil
from typing import IO, Any

import click

import traceability
from traceability import commands
from traceability.commands import Terminal
from traceability.errors import InvalidInput, NeedsConfirming, Refusal, Sentence
from traceability.words import LANGUAGES, pick_language, say


class Refused(click.ClickException):
    """A refusal as the command line tells it: one line, exit 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class Commands(click.Group):
    """The commands found in the folder; a file is only read when its command is called, or help lists all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(commands.__path__))
        return sorted(name.removesuffix("_") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        modules = {module.name.removesuffix("_"): module.name for module in pkgutil.iter_modules(commands.__path__)}
        found: click.Command = importlib.import_module(f"{commands.__name__}.{modules[cmd_name]}").command
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise Refused(in_one_line(refusal, ctx.params.get("language") or _language_of_terminal())) from None


def in_one_line(refusal: Refusal, language: str) -> str:
    """The refusal and everything that it lists."""
    sentences = [refusal.sentence]
    if isinstance(refusal, NeedsConfirming):
        sentences += refusal.warnings
    if isinstance(refusal, InvalidInput):
        sentences += [_at(name, sentence) for name, some in refusal.problems.items() for sentence in some]
    return " ".join(say(language, sentence) for sentence in sentences)


def _at(name: str, sentence: Sentence) -> Sentence:
    return Sentence("{field}: {problem}", {"field": name, "problem": sentence}) if name else sentence


def _language_of_terminal() -> str:
    """What the terminal is set to: `lo_LA.UTF-8` is Lao, `C` is English."""
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return pick_language(told.partition(".")[0].replace("_", "-"))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(traceability.__version__, prog_name="traceability")
@click.option("--language", type=click.Choice(LANGUAGES), help="Language of what is printed; LANG when not given.")
@click.pass_context
def main(ctx: click.Context, language: str | None) -> None:
    """Lots, lineage, batches, QR codes and papers for smallholder produce.

    Settings come from the environment: `traceability config` lists them.
    """
    ctx.obj = Terminal(language or _language_of_terminal())
