"""What a reader must know of goods that nothing stops: an official code that did not stand on the day that counts."""

from __future__ import annotations

from collections.abc import Collection

from traceability.domain.custody import STANDS
from traceability.domain.dossier import RegistrationMark, Standing

_ONE_IS_ENOUGH = "packing_house"  # a place may have several numbers, and a carton names one that stood


def suspended(codes: Collection[RegistrationMark]) -> tuple[RegistrationMark, ...]:
    """The codes of a batch that were suspended on the day of packing. One that was suspended later was good then."""
    stood = any(code.scheme == _ONE_IS_ENOUGH and code.standing in STANDS for code in codes)
    found = (code for code in codes if code.standing is Standing.SUSPENDED)
    return tuple(code for code in found if not (stood and code.scheme == _ONE_IS_ENOUGH))
