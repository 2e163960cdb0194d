"""What was weighed in on a day, and what nobody knows the plot of."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from traceability.domain.moments import start_of
from traceability.domain.roles import Actor
from traceability.models import Lot
from traceability.queries.farmers import DeliveryRow, deliveries


def day_bounds(on: date, zone_minutes: int) -> tuple[datetime, datetime]:
    """The first instant of a local day, and the first of the next."""
    start = start_of(on, zone_minutes)
    return start, start + timedelta(days=1)


def made_on(on: date, zone_minutes: int) -> ColumnElement[bool]:
    """Lots made on a local day."""
    start, end = day_bounds(on, zone_minutes)
    return and_(Lot.made_at >= start, Lot.made_at < end)


def deliveries_on(session: Session, actor: Actor, on: date) -> list[DeliveryRow]:
    """The deliveries of one day, the newest first, those declared in error among them."""
    return deliveries(session, actor, made_on(on, actor.zone_minutes), most=2000)


def deliveries_without_plot(session: Session, actor: Actor) -> list[DeliveryRow]:
    """Deliveries of which nobody knows the plot, the newest first."""
    return deliveries(session, actor, and_(Lot.origin_plot_id.is_(None), Lot.void.is_(False)), most=2000)
