"""What may be asked about where a lot comes from and where it went: the words of an address, for pages and programs."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from marshmallow import fields

from traceability.domain.methods import BY_NAMES, PERIOD_NAMES, Period
from traceability.schemas import Schema
from traceability.schemas.answers import Answer, grams
from traceability.schemas.fields import Choice, Day, Flag, Text
from traceability.words import N_

_FROM, _UNTIL = N_("From"), N_("Until")
_WINDOW = N_("What came through events of other days is told apart.")
_EITHER = N_(
    "With a place: the days on which its lots were made. Without one: only what moved on those days is followed."
)
_TENTHS = {"description": "Tenths of a percent."}
_METHOD = {"description": "The method that counted the grams: the one declared for a batch, or by mass."}
_FROZEN = {"description": "The version of the batch that this answer was kept with; null when it was traced now."}


class OriginsAsked(NamedTuple):
    """What the grams of a lot are counted by, and through events of which days."""

    by: str
    since: date | None
    until: date | None


class OriginsAskedSchema(Schema):
    """How the grams of a lot are counted."""

    makes = OriginsAsked
    by = Choice(N_("Counted by"), choices=tuple((str(by), name) for by, name in BY_NAMES.items()), default="farm")
    since = Day(_FROM, hint=_WINDOW)
    until = Day(_UNTIL)


class WhyAsked(NamedTuple):
    """What a reason is asked for, and through events of which days."""

    of: str
    since: date | None
    until: date | None


class WhyAskedSchema(Schema):
    """Which number is to be explained."""

    makes = WhyAsked
    of = Text(N_("Farm, plot, lot, organisation or day"), most=60)
    since = Day(_FROM, hint=_WINDOW)
    until = Day(_UNTIL)


class MethodsAsked(NamedTuple):
    """The account of a mass balance: its period, its scheme, and whether to show it where it may not be used."""

    period: str
    scheme: str
    not_allowed: bool


class MethodsAskedSchema(Schema):
    """What a mass balance is to be reckoned over."""

    makes = MethodsAsked
    period = Choice(
        N_("Period"),
        choices=tuple((str(period), name) for period, name in PERIOD_NAMES.items()),
        default=str(Period.QUARTER),
    )
    scheme = Text(N_("Scheme"), most=40, hint=N_("Count only what a certificate of this scheme covers."))
    not_allowed = Flag(N_("Show the balance also where it is not allowed"))


class ForwardAsked(NamedTuple):
    """Where a trace forward starts."""

    of: str
    place: str
    since: date | None
    until: date | None

    @property
    def codes(self) -> list[str]:
        """What was typed, one by one."""
        return codes_in(self.of)


class ForwardAskedSchema(Schema):
    """Lots, batches, farmers and plots, or everything made at a place on some days."""

    makes = ForwardAsked
    of = Text(N_("Lots, batches, farmers or plots"), most=4_000, hint=N_("Codes or numbers, with commas between them."))
    place = Text(N_("Place"), most=60, hint=N_("The code or the prefix of a place."))
    since = Day(_FROM, hint=_EITHER)
    until = Day(_UNTIL)


def codes_in(typed: str) -> list[str]:
    """Codes and numbers with commas, semicolons or line breaks between them, in any script, each once."""
    return list(dict.fromkeys(code.strip() for code in re.split(r"[,;，；、\r\n]+", typed) if code.strip()))


class ShareAnswer(Answer):
    """One line: of an own farm, plot, lot or day in full, of another organisation only how much."""

    code = fields.String()
    number = fields.String()
    name = fields.String()
    plot = fields.String()
    on = fields.Date(allow_none=True)
    organisation = fields.String()
    organisation_name = fields.String()
    mass_g = grams()
    tenths = fields.Integer(metadata=_TENTHS)


class OriginsAnswer(Answer):
    """What a lot is made of: with `outside_g`, what came through other days, the rows sum to it exactly."""

    lot = fields.String()
    number = fields.String()
    mass_g = grams()
    by = fields.String()
    rows = fields.List(fields.Nested(ShareAnswer))
    outside_g = grams()
    outside_tenths = fields.Integer(metadata=_TENTHS)
    method = fields.String(metadata=_METHOD)
    frozen_version = fields.Integer(allow_none=True, metadata=_FROZEN)


class WhyTermAnswer(Answer):
    """One thing that went into a lot, and how much of it is what was asked about."""

    code = fields.String()
    number = fields.String()
    delivery = fields.Boolean()
    organisation = fields.String()
    mass_g = grams()
    asked_g = grams()
    tenths = fields.Integer(metadata=_TENTHS)


class WhyRowAnswer(Answer):
    """One own lot on the way: of the `whole_g` that went in, `asked_g` are asked about."""

    code = fields.String()
    number = fields.String()
    made_g = grams()
    whole_g = grams()
    asked_g = grams()
    tenths = fields.Integer(metadata=_TENTHS)
    terms = fields.List(fields.Nested(WhyTermAnswer))


class WhyAnswer(Answer):
    """Why a number is what it is, the oldest lot first and the asked one last."""

    lot = fields.String()
    number = fields.String()
    mass_g = grams()
    about = fields.String()
    asked_g = grams()
    tenths = fields.Integer(metadata=_TENTHS)
    rows = fields.List(fields.Nested(WhyRowAnswer))
    method = fields.String(metadata={"description": "A reason is by mass, whatever method counts for the lot."})
    frozen_version = fields.Integer(allow_none=True, metadata={"description": "Null: a reason is traced now."})


class AccountAnswer(Answer):
    """The account of a mass balance; `first` and `last` are null when it runs over a crop year."""

    first = fields.Date(allow_none=True)
    last = fields.Date(allow_none=True)
    crop_year = fields.String()
    credit_g = grams()
    debit_g = grams()
    passed_on_g = grams()
    left_g = grams()
    overdrawn = fields.Boolean()


class MethodAnswer(Answer):
    """One method: how many origins it names, or why it says nothing."""

    method = fields.String()
    counts = fields.Boolean(metadata={"description": "This method counts for the lot."})
    frozen_version = fields.Integer(allow_none=True, metadata=_FROZEN)
    origins = fields.Integer()
    refusal = fields.String()
    account = fields.Nested(AccountAnswer, allow_none=True)


class FarmMassesAnswer(Answer):
    """The grams of one farm by every method that says grams; null where a method does not name it."""

    pro_rata = grams(none=True)
    first_in_first_out = grams(none=True)
    identity_preserved = grams(none=True)
    mass_balance = grams(none=True)


class MethodsFarmAnswer(Answer):
    """One farm (or another organisation) in every method; `possible` when a declaration in excess names it."""

    code = fields.String()
    number = fields.String()
    name = fields.String()
    organisation = fields.String()
    mass_g = fields.Nested(FarmMassesAnswer)
    possible = fields.Boolean()


class MethodsAnswer(Answer):
    """The methods side by side; the grams of each sum to the lot."""

    methods = fields.List(fields.Nested(MethodAnswer))
    farms = fields.List(fields.Nested(MethodsFarmAnswer))
