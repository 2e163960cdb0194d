"""The commands of `traceability`, one file each and named like it; here is what they share.

A module of this folder whose `command` is a click command joins the program: to add a command, add a file. A name
that Python keeps for itself takes an underscore: `import` lives in `import_.py`. A file that begins with one is no
command: a command uses it.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from traceability.config import Config, misspelt
from traceability.models.database import Database
from traceability.models.migrate import open_database, require_current
from traceability.words import N_, translate


@dataclass(frozen=True)
class Terminal:
    """Where a command stands: who reads it, and in which language. Settings are read when they are needed."""

    language: str

    @property
    def config(self) -> Config:
        """The settings in force. Raises BadSetting."""
        return Config.from_environment()

    @contextmanager
    def record(self) -> Iterator[Database]:
        """The database with the tables of this version. Raises what `require_current` refuses."""
        database = open_database(self.config.database_url)
        try:
            require_current(database)
            yield database
        finally:
            database.close()

    def warn_of_misspelt(self) -> None:
        """Name what was set in vain: a server that starts with its defaults looks as if it had listened."""
        for name, meant in misspelt(os.environ).items():
            told = N_("{name} is no setting. Perhaps {meant} was meant.") if meant else N_("{name} is no setting.")
            click.echo(self.words(told, name=name, meant=meant), err=True)

    def words(self, text: str, **values: object) -> str:
        """A sentence in the reader's language."""
        return translate(self.language, text, **values)

    def say(self, text: str, **values: object) -> None:
        """Print a sentence in the reader's language."""
        click.echo(self.words(text, **values))

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
        """Print rows under their translated heads; the columns numbered in `right` line up on the right."""
        lines = [[self.words(name) for name in head], *(list(row) for row in rows)]
        widths = [max(_width(line[column]) for line in lines) for column in range(len(head))]
        for line in lines:
            cells = []
            for column, (cell, width) in enumerate(zip(line, widths, strict=True)):
                gap = " " * (width - _width(cell))
                cells.append(gap + cell if column in right else cell + gap)
            click.echo("  ".join(cells).rstrip())

    def json(self, value: Any) -> None:
        """Print a value for a program."""
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))

    @contextmanager
    def progress(self, length: int, label: str) -> Iterator[Callable[[int], None]]:
        """Count long work up to `length`; a bar is drawn only where somebody watches."""
        if not sys.stderr.isatty() or not length:
            yield lambda _steps: None
            return
        with click.progressbar(length=length, label=self.words(label), file=sys.stderr) as bar:
            yield bar.update


def _width(text: str) -> int:
    """Columns on a terminal: Chinese signs take two, marks above and below take none."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.category(sign) in ("Mn", "Me", "Cf") for sign in text)


pass_terminal = click.make_pass_decorator(Terminal)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of text for people.")


def read_country(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """An option that names a country."""
    if not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise click.BadParameter("two letters, such as LA or VN")
    return value.upper()
