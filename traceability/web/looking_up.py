"""Where everybody is led who types or pastes what stands on a label or a paper of ours."""

from __future__ import annotations

from typing import Final

from flask import redirect
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.copied import Copied, read_copied
from traceability.queries.resolving import known_as
from traceability.web.guessing import refused_guess
from traceability.web.language import link
from traceability.web.pages import database, page

_PAGES: Final = {"pallet": "pallets.pallet", "receipt": "receipts.check", "card": "batches.card"}


def led_on(typed: str) -> AnyResponse | None:
    """The page of what was typed; nothing for what is no code, and for the number of a certificate or a lot."""
    copied = read_copied(typed)
    if (address := _address(copied)) is not None:
        return redirect(address, 303)
    if copied.code and copied.version is None:
        return _by_code(copied.code)
    if copied.doubt is not None:
        return page("batches/find.html", status=404, typed=typed, problem=copied.doubt)
    return redirect(link("resolver.article", typed=copied.gtin), 303) if copied.gtin else None


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
        return link("resolver.resolve", key="01", rest=f"{copied.gtin}/10/{copied.lot}")
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
