"""`traceability demo`: a season to look round in, and what to sign in with."""

from __future__ import annotations

from dataclasses import asdict

import click

from traceability.commands import Terminal, as_json, pass_terminal
from traceability.demo import ABOUT_FACTS, DemoSummary, make_demo
from traceability.domain.dossier import Status
from traceability.domain.roles import ROLE_NAMES, Role
from traceability.words import N_

_MOST_BATCHES = 5
_STATUS = {
    Status.RELEASED: N_("Released"),
    Status.RECALLED: N_("Recalled"),
    Status.DESTROYED: N_("Destroyed"),
    Status.FAILED: N_("Check failed"),
    Status.ON_HOLD: N_("On hold"),
    Status.SUPERSEDED: N_("Replaced by a newer batch"),
    Status.NOT_YET_PUBLIC: N_("Not yet released"),
}


@click.command()
@as_json
@pass_terminal
def command(terminal: Terminal, as_json: bool) -> None:
    """Tell the demo season, once, and list its sign-ins and batches."""
    with terminal.record() as database, terminal.progress(ABOUT_FACTS, N_("Telling the demo season")) as step:
        done = 0

        def told(so_far: int, _about: int) -> None:
            nonlocal done
            step(so_far - done)
            done = so_far

        summary = make_demo(database, progress=told)
    address = terminal.config.public_url
    if as_json:
        terminal.json({**asdict(summary), "address": address})
        return
    _print(terminal, summary, address)


def _print(terminal: Terminal, summary: DemoSummary, address: str) -> None:
    counts = summary.counts
    terminal.say(
        N_("Organisations: {organisations}. Farmers: {farmers}. Weigh-ins: {weigh_ins}. Batches: {batches}."),
        organisations=counts["organisations"],
        farmers=counts["farmers"],
        weigh_ins=counts["weigh_ins"],
        batches=counts["batches"],
    )
    click.echo()
    terminal.say(N_("Address: {address}"), address=address)
    terminal.say(N_("Password of every demo user: {password}"), password=summary.password)
    terminal.table(
        (N_("Sign in as"), N_("Name"), N_("Role"), N_("Organisation")),
        [
            (
                person.login,
                person.name,
                ", ".join(terminal.words(ROLE_NAMES[Role(role)]) for role in person.roles),
                person.organisation,
            )
            for person in summary.sign_ins
        ],
    )
    click.echo()
    terminal.say(N_("Batches to scan or open:"))
    terminal.table(
        (N_("Address"), N_("Number"), N_("State"), N_("Destination")),
        [
            (f"{address}/b/{batch.code}", batch.number, terminal.words(_STATUS[batch.status]), batch.destination)
            for batch in summary.batches[:_MOST_BATCHES]
        ],
    )
