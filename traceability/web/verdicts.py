"""How a batch and each of its papers stands: the colour of the band, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from traceability.domain.dossier import Standing, Status
from traceability.words import N_

BANDS: Final[Mapping[Status, tuple[str, str]]] = {
    Status.RELEASED: ("ok", N_("Genuine lot, released for sale")),
    Status.RECALLED: ("stop", N_("Recalled. Do not eat or sell.")),
    Status.DESTROYED: ("stop", N_("Destroyed on {day}. Nothing of it may be on sale.")),
    Status.FAILED: ("stop", N_("This lot failed its check. Do not eat or sell.")),
    Status.ON_HOLD: ("hold", N_("This lot is on hold. Do not sell it yet.")),
    Status.SUPERSEDED: ("hold", N_("Replaced by a newer batch")),
    Status.NOT_YET_PUBLIC: ("info", N_("Not released yet. Do not trade on it.")),
}
BADGES: Final[Mapping[Status, tuple[str, str]]] = {  # the same in one word, in lists and beside a box or a pallet
    Status.RELEASED: ("ok", N_("Released")),
    Status.NOT_YET_PUBLIC: ("info", N_("Not released yet")),
    Status.FAILED: ("stop", N_("Check failed")),
    Status.ON_HOLD: ("hold", N_("On hold")),
    Status.RECALLED: ("stop", N_("Recalled")),
    Status.DESTROYED: ("stop", N_("Destroyed")),
    Status.SUPERSEDED: ("plain", N_("Replaced")),
}
STANDINGS: Final[Mapping[Standing, tuple[str, str]]] = {
    Standing.VALID: ("ok", N_("Valid")),
    Standing.EXPIRING: ("hold", N_("Expires soon")),
    Standing.EXPIRED: ("stop", N_("Expired")),
    Standing.NOT_YET: ("info", N_("Not valid yet")),
    Standing.SUSPENDED: ("stop", N_("Suspended")),
}
