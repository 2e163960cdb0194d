"""Requests and decisions as people type them."""

from __future__ import annotations

from traceability.domain.approvals import Approve, AskCap, AskOrigin, Refuse
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, Code, Mass, Text
from traceability.words import N_


class AskCapSchema(TimedSchema):
    """Another yearly limit of a plot."""

    makes = AskCap
    plot = Code(N_("Plot"), required=True, most=8)
    cap_g = Mass(N_("Most in one season"), default=None, hint=N_("Leave this empty when nothing limits it."))
    reason = Text(N_("Why, in a few words"), required=True, most=300, long=True)


class AskOriginSchema(TimedSchema):
    """Another farmer or plot for a delivery that is in a lot already."""

    makes = AskOrigin
    event = Code(N_("Entry"), required=True, most=8)
    farmer = Code(N_("Farmer"), required=True, most=24)
    plot = Choice(N_("Plot"), hint=N_("Leave this empty when the plot is not known."))
    reason = Text(N_("Why, in a few words"), required=True, most=300, long=True)


class ApproveSchema(TimedSchema):
    """Approving what another person asked for."""

    makes = Approve
    request = Code(N_("Request"), required=True, most=8)


class RefuseSchema(TimedSchema):
    """Refusing it, with the reason."""

    makes = Refuse
    request = Code(N_("Request"), required=True, most=8)
    reason = Text(N_("Why, in a few words"), required=True, most=300, long=True)
