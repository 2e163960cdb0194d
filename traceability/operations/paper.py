"""A page of the paper book becomes weigh-ins: all its lines or none, and only when they add up to its total."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import WeighIn
from traceability.domain.paper import PaperLine, PaperPage
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import (
    InvalidInput,
    NeedsConfirming,
    NothingChosen,
    PageDiffers,
    PageDiffersTwice,
    Refusal,
    Sentence,
)
from traceability.models import Event
from traceability.operations import lookups
from traceability.operations.collection import record_weigh_ins
from traceability.operations.ledger import Done
from traceability.queries.farmers import FarmerRow, by_numbers
from traceability.words import N_

_FIELD = {"farmer": "farmer", "bags": "bags_g", "tare": "bags_g", "receipt_number": "receipt_number"}


def record_paper_page(session: Session, actor: Actor, fact: PaperPage) -> list[Done]:
    """Lines of a page -> a weigh-in each, under client ids of their own, so that the page sent again changes nothing.

    Raises PageDiffers, InvalidInput with what is wrong in which line, NeedsConfirming with what is unusual in which.
    The caller's transaction must end with the refusal: some lines may be written by then.
    """
    actor.require(Kind.WEIGH_IN)
    if not fact.lines:
        raise NothingChosen(at="lines")
    _check_total(fact)
    known = by_numbers(session, actor, [line.farmer for line in fact.lines])
    weigh_ins = [_weigh_in(fact, place, line, known) for place, line in enumerate(fact.lines)]
    twice = _entered_before(session, actor, fact)
    done: list[Done] = []
    problems: dict[str, tuple[Sentence, ...]] = {}
    warnings: list[Sentence] = []
    for place, answer in enumerate(record_weigh_ins(session, actor, weigh_ins)):
        if isinstance(answer, NeedsConfirming):
            number = str(fact.lines[place].line)
            said = N_("Line {line}: {warning}")
            warnings += [Sentence(said, {"line": number, "warning": warning}) for warning in answer.warnings]
        elif isinstance(answer, Refusal):
            problems[f"lines-{place}-{_FIELD.get(answer.at or '', 'farmer')}"] = (answer.sentence,)
        else:
            done.append(answer)
    if problems:
        raise InvalidInput(problems)
    if warnings or (twice and not fact.confirmed):
        again = [Sentence(N_("Page {page} of this day was entered before. Is this another?"), {"page": fact.page})]
        raise NeedsConfirming((again if twice else []) + warnings)
    return done


def _check_total(fact: PaperPage) -> None:
    """Some books add up what the scale showed, others what was paid for. Raises PageDiffers where neither fits."""
    net, gross = fact.sum_g, fact.gross_g
    if fact.total_g in (net, gross):
        return
    if net == gross:
        raise PageDiffers(sum_g=net, total_g=fact.total_g, difference_g=abs(net - fact.total_g), at="total_g")
    tare = {"tare_g": fact.tare_each_g, "bags": fact.bags}
    raise PageDiffersTwice(gross_g=gross, sum_g=net, total_g=fact.total_g, **tare, at="total_g")


def _weigh_in(fact: PaperPage, place: int, line: PaperLine, known: Mapping[str, FarmerRow]) -> WeighIn:
    return WeighIn(
        client_id=f"{fact.client_id}-{place + 1}",
        occurred_at=fact.occurred_at,
        zone_minutes=fact.zone_minutes,
        note=fact.note,
        confirmed=fact.confirmed,
        facility=fact.facility,
        farmer=known[line.farmer].code if line.farmer in known else line.farmer,
        commodity=fact.commodity,
        form=fact.form,
        bags_g=line.bags_g,
        tare_g=fact.tare_each_g * len(line.bags_g),
        grade=line.grade,
        price_per_kg=fact.price_per_kg if line.price_per_kg is None else line.price_per_kg,
        currency=fact.currency,
        receipt_number=line.receipt_number,
        paper_page=fact.page,
        paper_line=line.line,
    )


def _entered_before(session: Session, actor: Actor, fact: PaperPage) -> bool:
    """Whether this page was typed in already, under another client id, for the same place and time."""
    facility = lookups.facility_of(session, actor, fact.facility)
    before = select(Event.id).where(
        Event.org_id == actor.org_id,
        Event.kind == str(Kind.WEIGH_IN),
        Event.facility_id == facility.id,
        Event.occurred_at == fact.occurred_at,
        Event.kdes["paper_page"].as_string() == nfc(fact.page),
        ~Event.client_id.startswith(fact.client_id + "-", autoescape=True),
    )
    return session.scalars(before.limit(1)).first() is not None
