"""Where everybody is led who types or pastes what stands on a label or a paper of ours."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import redirect
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.copied import Copied, read_copied
from traceability.domain.identifiers import NotACode, number_meant
from traceability.domain.text import shown
from traceability.queries.resolving import batches_marked, batches_numbered, known_as, standing_of
from traceability.web.guessing import refused_guess
from traceability.web.language import in_chosen_language, link
from traceability.web.pages import database, page
from traceability.web.verdicts import BADGES

_PAGES: Final = {"pallet": "pallets.pallet", "receipt": "receipts.check", "card": "batches.card"}


def led_on(typed: str) -> AnyResponse:
    """The page of what was typed; for what leads nowhere the field once more, with what is wrong with it."""
    copied = read_copied(typed)
    if (address := _address(copied)) is not None:
        return redirect(address, 303)
    if copied.code and copied.version is None:
        return _by_code(copied.code)
    if copied.gtin:
        return redirect(link("resolver.article", typed=copied.gtin), 303)
    if (numbered := _by_number(typed, copied)) is not None:  # the number of a lot may look like that of a certificate
        return numbered
    if copied.code:
        return redirect(link("batches.batch", typed=f"{copied.code}-{copied.version}"), 303)
    if copied.doubt is not None and (waiting := refused_guess()) is not None:
        return waiting
    problem = copied.doubt or NotACode(typed=shown(typed)).sentence
    return page("batches/find.html", status=404, typed=typed, problem=problem)


def _address(copied: Copied) -> str | None:
    """Where numbers lead that name what they are."""
    if copied.link:
        return copied.link
    if copied.code and copied.serial:
        return link("boxes.box", typed=copied.code, typed_serial=copied.serial)
    if copied.phone:
        organisation, _, client_id = copied.phone.partition("/")
        return link("receipts.check_of_phone", organisation=organisation, client_id=client_id)
    if copied.sscc:
        return link("resolver.resolve", key="00", rest=copied.sscc)
    if copied.gtin and copied.lot:
        lot, box = quote(copied.lot, safe=""), f"/21/{copied.serial}" if copied.serial else ""
        return in_chosen_language(f"/01/{copied.gtin}/10/{lot}{box}")
    return None


def _by_code(code: str) -> AnyResponse:
    """The page that a public code opens. What nobody knows is told so by the page of batches, and counted here too:
    whoever tries codes at random need not follow.
    """
    with database().reading() as session:
        found = known_as(session, code)
    if found is None and (waiting := refused_guess()) is not None:
        return waiting
    if found is not None and found.of == "report":
        return redirect(link("reports.sent", typed=found.batch, number=code), 303)
    return redirect(link(_PAGES.get(found.of if found else "", "batches.batch"), typed=code), 303)


def _by_number(typed: str, copied: Copied) -> AnyResponse | None:
    """The page of the batch whose lot has this number, or whose bags have this coffee mark; of several all of them to
    choose from."""
    with database().reading() as session:
        found = batches_numbered(session, number_meant(typed)) or batches_marked(session, copied.mark)
        states = [BADGES[standing] for standing in standing_of(session, found)]
    if not found:
        return None
    if (waiting := refused_guess()) is not None:
        return waiting
    if len(found) == 1:
        return redirect(link("batches.batch", typed=found[0].code), 303)
    rows = [(link("batches.batch", typed=one.code), one, state) for one, state in zip(found, states, strict=True)]
    return page("resolver/choices.html", status=300, batches=rows)
