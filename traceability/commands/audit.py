"""`traceability audit`: reads the whole record again and says whether everything stored is what the journal gives."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Final

import click

from traceability.app import create_app
from traceability.commands import Terminal, as_json, pass_terminal
from traceability.models.database import Database
from traceability.queries.audit import Finding, audit, events_to_audit
from traceability.words import N_

OTHER_PAGE: Final = N_("What is kept of a public page is not what the record gives.")


@click.command()
@as_json
@pass_terminal
def command(terminal: Terminal, as_json: bool) -> None:
    """Replay everything, compare every derived row, check the settings. Exit 1 when anything is found."""
    seen: Counter[str] = Counter()
    findings = 0
    listed = []
    with terminal.record() as database:
        for finding in _found(terminal, database, seen):
            findings += 1
            if as_json:
                listed.append({**asdict(finding), "what": terminal.words(finding.what)})
            else:
                click.echo(f"{finding.where}: {terminal.words(finding.what)}")
                if finding.expected or finding.found:
                    terminal.say(
                        N_("    Expected: {expected}. Found: {found}."), expected=finding.expected, found=finding.found
                    )
    if as_json:
        terminal.json({"findings": listed, "seen": dict(seen)})
    else:
        terminal.say(
            N_("Looked at {events} events, {postings} postings and {lots} lots. Findings: {findings}."),
            events=seen["events"],
            postings=seen["postings"],
            lots=seen["lots"],
            findings=findings,
        )
    if findings:
        sys.exit(1)


def _found(terminal: Terminal, database: Database, seen: Counter[str]) -> Iterator[Finding]:
    with terminal.progress(events_to_audit(database), N_("Reading the journal")) as progress:
        yield from audit(database, seen=seen, progress=progress)
    # nothing is signed here, so a copy whose key is elsewhere can be audited too
    app = create_app(replace(terminal.config, secret_key=terminal.config.secret_key or "none"))
    for address, language in app.extensions["served"].differing():
        yield Finding(OTHER_PAGE, address, language, "")
    app.extensions["database"].close()
