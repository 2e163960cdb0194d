"""The tables: columns, keys and constraints. Rows are thin; rules live in `domain`, writes in `operations`."""

from traceability.models.account import ApiToken, Membership, Organisation, SignIn, User
from traceability.models.base import Base
from traceability.models.inspection import Attachment, Hold, Measurement, Recall
from traceability.models.journal import Edge, Event, JournalHead, Posting
from traceability.models.lots import Batch, FrozenOrigin, Lot, Transfer
from traceability.models.registry import (
    Certificate,
    CertificateCover,
    Facility,
    Party,
    Person,
    Plot,
    Registration,
    RegistrationCover,
    Suspension,
)

__all__ = [
    "ApiToken",
    "Attachment",
    "Base",
    "Batch",
    "Certificate",
    "CertificateCover",
    "Edge",
    "Event",
    "Facility",
    "FrozenOrigin",
    "Hold",
    "JournalHead",
    "Lot",
    "Measurement",
    "Membership",
    "Organisation",
    "Party",
    "Person",
    "Plot",
    "Posting",
    "Recall",
    "Registration",
    "RegistrationCover",
    "SignIn",
    "Suspension",
    "Transfer",
    "User",
]
