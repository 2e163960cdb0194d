"""What a clerk needs without a signal: settings, and the farmers with their plots on numbered shelves.

A version names every shelf by a digest, so whoever has an older one gets the shelves that differ and nothing else. What
was removed is simply no longer on its shelf. Nothing has to be kept for that, and no change can be forgotten.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from traceability.commodities import COMMODITIES, UNITS, IntakeField
from traceability.domain.events import Kind
from traceability.domain.identifiers import lot_number
from traceability.domain.moments import day_of
from traceability.domain.quantity import plain_mass
from traceability.domain.roles import Actor
from traceability.models import Lot, Organisation, Party, Person, Plot
from traceability.queries.buying import buying
from traceability.queries.cards import replaced
from traceability.queries.opened import last_opened
from traceability.queries.places import weighing_places
from traceability.queries.settings import PriceRow, grades_offered, inputs_left_out, price_row, prices

SHELVES: Final = 128
DIGITS: Final = 5  # thirty bits: a change goes unseen once in a thousand million times
_VERSION: Final = re.compile(rf"[A-Za-z0-9_-]{{{DIGITS * (SHELVES + 1)}}}")
_DAYS_AHEAD: Final = 40  # for which the counters of a phone are told: longer than it can go unheard of

# code, number, name, nickname, village, plots as code, name, commodity, area in m². A phone folds names for searching
# itself, by the same rules: the keys would be a seventh of what it has to fetch.
Row = list[Any]


def snapshot(session: Session, actor: Actor, since: str = "") -> dict[str, Any]:
    """The organisation as a phone keeps it; with the version of what it has, only what differs.

    `settings` is there when it differs, `shelves` holds every shelf that differs, by its number: what is on it now.
    """
    settings, shelves = _settings(session, actor), _shelves(session, actor)
    names = [digest_of(settings), *map(digest_of, shelves)]
    had = re.findall(f".{{{DIGITS}}}", since) if _VERSION.fullmatch(since) else [""] * len(names)
    changed = [place for place, name in enumerate(names) if name != had[place]]
    answer: dict[str, Any] = {"version": "".join(names), "numbers": _numbers(session, actor)}
    if 0 in changed:
        answer["settings"] = settings
    # a phone that has nothing yet has empty shelves already
    answer["shelves"] = {
        str(place - 1): shelves[place - 1] for place in changed if place and (since or shelves[place - 1])
    }
    return answer


def _settings(session: Session, actor: Actor) -> dict[str, Any]:
    organisation = session.get_one(Organisation, actor.org_id)
    said = last_opened(session, actor)
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    bought = buying(session, actor, said.holding(today) if said else {})
    tare = bought.tare_each_g if bought else None  # a phone begins in kilograms
    return {
        "organisation": {"en": organisation.name, **organisation.names},
        "code": organisation.code,
        "country": organisation.country,
        "phone": organisation.phone,
        "clerk": actor.name,
        "letter": actor.phone.letter if actor.phone else "",
        "zone_minutes": actor.zone_minutes,
        "places": [
            [place.prefix, place.name, sorted(inputs_left_out(session, actor, place.code))]
            for place in weighing_places(session, actor)
        ],
        "goods": _goods(session, actor),
        "currency": bought.currency if bought else "",
        "pays": actor.may(Kind.PAY),  # so that it is asked at the scale who is paid now
        "usual": [bought.place.prefix, bought.key, plain_mass(tare) if tare else "", bought.price] if bought else [],
    }


def _goods(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Everything that can be bought at a scale: its quality box, usual masses of one bag, grades and their prices."""
    paid: dict[str, list[PriceRow]] = {}
    for row in prices(session, actor, day_of(datetime.now(UTC), actor.zone_minutes)):
        paid.setdefault(f"{row.commodity}.{row.form}", []).append(row)
    return [
        {
            "commodity": goods.key,
            "form": form.key,
            "names": dict(form.names.by_language),
            "of": dict(goods.names.by_language),
            "unit": dict(UNITS[form.unit].by_language) if form.unit in UNITS else {},
            "bag_g": [form.package.low_g, form.package.high_g] if form.package else [],
            "grades": list(grades_offered(session, actor, goods)),
            "prices": _prices(paid.get(f"{goods.key}.{form.key}", []), grades_offered(session, actor, goods)),
            "quality": _quality(form.intake),
        }
        for goods in COMMODITIES.values()
        for form in goods.intake_forms
    ]


def _prices(rows: Sequence[PriceRow], grades: Sequence[str]) -> dict[str, int | str]:
    """The price of each grade, and of none; empty where nothing is paid at the scale, left out where none was set."""
    of = {grade: price_row(rows, grade) for grade in ("", *grades)}
    return {grade: "" if row.price_per_kg is None else row.price_per_kg for grade, row in of.items() if row is not None}


def _quality(intake: IntakeField | None) -> dict[str, Any]:
    """The one quality box of a form; nothing where it has none."""
    if intake is None:
        return {}
    return {
        "key": intake.key,
        "names": dict(intake.names.by_language),
        "unit": intake.unit,
        "low": None if intake.low is None else str(intake.low),
        "high": None if intake.high is None else str(intake.high),
        "choices": [[choice.key, dict(choice.names.by_language)] for choice in intake.choices],
    }


def _shelves(session: Session, actor: Actor) -> list[list[Row]]:
    plots: dict[int, list[Row]] = {}
    grown = select(Plot.party_id, Plot.code, Plot.name, Plot.commodity, Plot.area_m2).where(Plot.org_id == actor.org_id)
    for party_id, *plot in session.execute(grown.order_by(Plot.id)):
        plots.setdefault(party_id, []).append(plot)
    cards = replaced(session, actor.org_id)  # who lost a card: the one that counts, then those that were lost
    shelves: list[list[Row]] = [[] for _ in range(SHELVES)]
    columns = (Party.code, Party.number, Person.name, Person.nickname, Party.village)
    farmers = (
        select(Party.id, *columns)
        .join(Person, Person.party_id == Party.id)
        .where(Party.org_id == actor.org_id, Party.kind == "farmer")
    )
    for party_id, code, *known in session.execute(farmers.order_by(Party.id)):
        shelves[zlib.crc32(code.encode()) % SHELVES].append(
            [code, *known, plots.get(party_id, []), *cards.get(party_id, ())]
        )
    return shelves


def _numbers(session: Session, actor: Actor) -> Mapping[str, int]:
    """The highest counter of this phone's letter that is taken behind `NL-1120-`, today and on the days to come.

    Numbers name a month and a day and no year: last year's, and those of a phone that had the letter before, count.
    """
    if actor.phone is None:
        return {}
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    taken: dict[str, int] = {}
    for place in weighing_places(session, actor):
        starts = [
            _series(place.prefix, today + timedelta(days=ahead), actor.phone.letter) for ahead in range(-1, _DAYS_AHEAD)
        ]
        written = select(Lot.number).where(
            Lot.org_id == actor.org_id,
            or_(*(and_(Lot.number >= start + "0", Lot.number < start + ":") for start in starts)),
            func.length(Lot.number) <= len(starts[0]) + 6,
        )
        for number in session.scalars(written):
            start, _, counter = number.rpartition(f"-{actor.phone.letter}")
            if counter.isdecimal():
                taken[start] = max(taken.get(start, 0), int(counter))
    return taken


def _series(prefix: str, on: date, letter: str) -> str:
    """`NL-1120-B`."""
    return lot_number(prefix, on, 1, device=letter).removesuffix("001")


def digest_of(part: Any) -> str:
    """By what a part of an answer is known: the same for the same contents."""
    text = json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())[:DIGITS].decode()
