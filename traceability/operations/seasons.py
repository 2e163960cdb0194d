"""The seasons of an organisation. What was said before stays on record; of one name the last counts."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.orm import Session

from traceability.commodities import commodity
from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.domain.seasons import SetSeason, check_days
from traceability.domain.text import nfc
from traceability.errors import Conflict, Invalid, NotFound
from traceability.models import Season
from traceability.operations.ledger import Entry, operation
from traceability.queries.seasons import seasons_of

# as naming.crop_year and people write them: a statement could not tell the two apart
_CROP_YEAR: Final = re.compile(r"\s*\d{4}(\s*[/–-]\s*(\d{2}|\d{4}))?\s*")


class NotASeason(NotFound):
    """There is no season {name} of this product. Choose one of the list."""


class CalledAsCropYear(Invalid):
    """{name} is how crop years are called. Give the season another name, such as Main harvest 2026."""


class SeasonsOverlap(Conflict):
    """These days overlap the season {name}. Choose other days, or give that one other days first."""


@operation(Kind.SET_SEASON)
def set_season(session: Session, actor: Actor, fact: SetSeason) -> Entry:
    """A season, other days for one, or its end.

    Raises UnknownCommodity, OddSeason, CalledAsCropYear, SeasonsOverlap, NotASeason.
    """
    goods, name = commodity(fact.commodity), nfc(fact.name)
    check_days(fact.from_on, fact.to_on)
    if _CROP_YEAR.fullmatch(name) and not fact.withdrawn:
        raise CalledAsCropYear(name=name, at="name")
    standing = seasons_of(session, actor.org_id, goods.key)
    if fact.withdrawn and name not in {row.name for row in standing}:
        raise NotASeason(name=name, at="name")
    for other in standing:
        if not fact.withdrawn and other.name != name and other.overlaps(fact.from_on, fact.to_on):
            raise SeasonsOverlap(name=other.name, at="from_on")
    row = Season(
        org_id=actor.org_id,
        commodity=goods.key,
        name=name,
        from_on=fact.from_on,
        to_on=fact.to_on,
        withdrawn=fact.withdrawn,
    )
    kdes = {
        "commodity": goods.key,
        "name": name,
        "from_on": fact.from_on.isoformat(),
        "to_on": fact.to_on.isoformat(),
        "withdrawn": fact.withdrawn,
    }
    return Entry(rows=[row], kdes=kdes, answer={"commodity": goods.key, "name": name})
