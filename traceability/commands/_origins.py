"""What `trace back` prints beside farms: another count, the reason of a number, the methods side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from traceability.commands import Terminal
from traceability.domain.methods import METHOD_NAMES, BalanceAccount, Method
from traceability.queries.methods import Found, Row
from traceability.queries.origins import Share, Shares
from traceability.queries.reasons import Why
from traceability.words import N_, day, mass, percent, say


def print_shares(terminal: Terminal, shares: Shares) -> None:
    """One line for each, and what came through other days."""
    language = terminal.language
    terminal.say(
        N_("Lot {number}, code {code}, {mass_g}"), number=shares.number, code=shares.code, mass_g=shares.mass_g
    )
    rows = [
        (
            row.code,
            _called(terminal, row),
            row.organisation_called.text(language),
            mass(language, row.mass_g),
            percent(language, row.tenths),
        )
        for row in shares.rows
    ]
    if shares.outside_g:
        outside = mass(language, shares.outside_g), percent(language, shares.outside_tenths)
        rows.append(("", terminal.words(N_("Through other days")), "", *outside))
    total = sum(row.mass_g for row in shares.rows) + shares.outside_g
    tenths = sum(row.tenths for row in shares.rows) + shares.outside_tenths
    rows.append(("", terminal.words(N_("Total")), "", mass(language, total), percent(language, tenths)))
    head = (N_("Code"), N_("Name"), N_("Organisation"), N_("Mass"), N_("Part"))
    terminal.table(head, rows, right=(3, 4))
    print_counted_by(terminal, shares.method, shares.frozen_version)


def print_counted_by(terminal: Terminal, method: Method, frozen_version: int | None) -> None:
    """By which method, and where the answer was kept."""
    said = f"{terminal.words(N_('Counted by'))}: {terminal.words(METHOD_NAMES[method])}"
    kept = terminal.words(N_("Kept with version {n} of the batch"), n=frozen_version) if frozen_version else ""
    click.echo(" · ".join(part for part in (said, kept) if part))


def print_why(terminal: Terminal, why: Why) -> None:
    """The arithmetic, the oldest lot first, and what it comes to."""
    for row in why.rows:
        values = {"asked_g": row.asked_g, "whole_g": row.whole_g, "part": percent(terminal.language, row.tenths)}
        sum_of = terminal.words(N_("{asked_g} of the {whole_g} that went in = {part}"), **values)
        click.echo(f"{terminal.words(N_('Lot {number}'), number=row.number)}: {sum_of}")
        for term in row.terms:
            part = percent(terminal.language, term.tenths)
            shown = {"number": term.number, "mass_g": term.mass_g, "part": part, "asked_g": term.asked_g}
            click.echo("  " + terminal.words(N_("{mass_g} of {number}, {part} of it: {asked_g}"), **shown))
    part = percent(terminal.language, why.tenths)
    terminal.say(N_("{part} of {mass_g} is {asked_g}."), part=part, mass_g=why.mass_g, asked_g=why.asked_g)


def print_methods(terminal: Terminal, found: Sequence[Found], rows: Sequence[Row]) -> None:
    """A table with one column for each method that says grams, then what each of the others says."""
    language = terminal.language
    told = [one.method for one in found if one.grams]
    excess = any(one.nearby for one in found)
    lines = []
    for row in rows:
        cells = [mass(language, row.grams[method]) if method in row.grams else "–" for method in told]
        if excess:
            cells.append(terminal.words(N_("Yes")) if row.possible else "–")
        lines.append((row.share.code, _called(terminal, row.share), *cells))
    names = [METHOD_NAMES[one.method] for one in found if one.grams or one.nearby]
    if lines:
        terminal.table((N_("Code"), N_("Name"), *names), lines, right=range(2, 2 + len(told)))
    for one in found:
        name = terminal.words(METHOD_NAMES[one.method])
        if one.counts:
            print_counted_by(terminal, one.method, one.frozen_version)
        if one.refusal is not None:
            click.echo(f"{name}: {say(language, one.refusal)}")
        if one.account is not None:
            _print_account(terminal, name, one.account)


def _print_account(terminal: Terminal, name: str, account: BalanceAccount) -> None:
    masses = (
        (N_("Came in"), account.credit_g),
        (N_("Sealed"), account.debit_g),
        (N_("Dispatched"), account.passed_on_g),
        (N_("Left"), account.left_g),
    )
    said = [f"{terminal.words(word)} {mass(terminal.language, grams)}" for word, grams in masses]
    click.echo(f"{name}: " + ", ".join([*said, *([terminal.words(N_("Overdrawn"))] if account.overdrawn else [])]))


def _called(terminal: Terminal, share: Share) -> str:
    if share.on is not None and not share.number:
        return day(terminal.language, share.on)
    return " ".join(part for part in (share.number, share.name, share.plot) if part)


def shares_values(shares: Shares) -> dict[str, Any]:
    """The same for a program."""
    return {
        "lot": shares.code,
        "number": shares.number,
        "mass_g": shares.mass_g,
        "by": str(shares.by),
        "outside_g": shares.outside_g,
        "method": str(shares.method),
        "frozen_version": shares.frozen_version,
        "shares": [_share_values(row) for row in shares.rows],
    }


def _share_values(share: Share) -> dict[str, Any]:
    """One line for a program."""
    return {
        "code": share.code,
        "number": share.number,
        "name": share.name,
        "plot": share.plot,
        "on": share.on.isoformat() if share.on else None,
        "organisation": share.organisation,
        "mass_g": share.mass_g,
        "tenths_of_percent": share.tenths,
    }


def why_values(why: Why) -> dict[str, Any]:
    """The arithmetic for a program."""
    return {
        "lot": why.lot,
        "about": why.about,
        "mass_g": why.mass_g,
        "asked_g": why.asked_g,
        "rows": [
            {
                "lot": row.code,
                "number": row.number,
                "whole_g": row.whole_g,
                "asked_g": row.asked_g,
                "tenths_of_percent": row.tenths,
                "of": [
                    {
                        "code": term.code,
                        "number": term.number,
                        "mass_g": term.mass_g,
                        "asked_g": term.asked_g,
                        "tenths_of_percent": term.tenths,
                    }
                    for term in row.terms
                ],
            }
            for row in why.rows
        ],
    }


def methods_values(found: Sequence[Found], rows: Sequence[Row]) -> dict[str, Any]:
    """The methods side by side for a program."""
    return {
        "methods": [
            {
                "method": str(one.method),
                "counts": one.counts,
                "frozen_version": one.frozen_version,
                "origins": one.origins,
                "refusal": str(one.refusal) if one.refusal else "",
                "account": _account_values(one.account) if one.account else None,
            }
            for one in found
        ],
        "farms": [
            {
                "code": row.share.code,
                "number": row.share.number,
                "name": row.share.name,
                "organisation": row.share.organisation,
                "mass_g": {str(method): row.grams.get(method) for method in Method if method is not Method.IN_EXCESS},
                "possible": row.possible,
            }
            for row in rows
        ],
    }


def _account_values(account: BalanceAccount) -> dict[str, Any]:
    return {
        "first": account.first.isoformat() if account.first else None,
        "last": account.last.isoformat() if account.last else None,
        "crop_year": account.crop_year,
        "credit_g": account.credit_g,
        "debit_g": account.debit_g,
        "passed_on_g": account.passed_on_g,
        "left_g": account.left_g,
        "overdrawn": account.overdrawn,
    }
