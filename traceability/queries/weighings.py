"""Deliveries by the day on which they were weighed in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from traceability.domain.moments import day_bounds
from traceability.domain.roles import Actor
from traceability.models import Lot
from traceability.queries.farmers import DeliveryRow, deliveries


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
