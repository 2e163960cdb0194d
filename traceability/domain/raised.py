"""That the yearly limit of a plot was raised, as the page of a batch tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Checked(StrEnum):
    """Who looked at a yearly limit before it was raised."""

    BY_ANOTHER = "by_another"
    ON_ONE_DEVICE = "on_one_device"  # by another, in the browser in which it was asked for
    BY_NOBODY_ELSE = "by_nobody_else"


@dataclass(frozen=True)
class Raised:
    """The yearly limit of a plot was raised in the season in which it brought some of the batch. Nobody is named."""

    at: datetime  # when it was recorded
    zone_minutes: int
    checked: Checked
