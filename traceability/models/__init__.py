"""The tables: columns, keys and constraints. Rows are thin; rules live in `domain`, writes in `operations`."""

from traceability.models.account import ApiToken, Membership, Organisation, SignIn, User
from traceability.models.base import Base
from traceability.models.devices import Device
from traceability.models.inspection import Attachment, Hold, Measurement, Recall
from traceability.models.journal import Edge, Event, JournalHead, Posting
from traceability.models.labels import Gs1Number, LabelRun, LabelVoid, Pallet
from traceability.models.lots import Batch, DigitalLink, FrozenOrigin, Lot, Transfer
from traceability.models.money import Due, Payment
from traceability.models.public import PublicClock, Rendered
from traceability.models.registry import (
    Certificate,
    CertificateCover,
    Facility,
    FarmerCard,
    Party,
    Person,
    Plot,
    Registration,
    RegistrationCover,
    Suspension,
)
from traceability.models.reports import Report, Reporter, ReportPhoto
from traceability.models.scans import ScanCount, ScanDevice, ScanSalt, ScanSum, ScanUsual
from traceability.models.settings import BuyingChoice, OpenedBuying, Price, Scale, Season

__all__ = [
    "ApiToken",
    "Attachment",
    "Base",
    "Batch",
    "BuyingChoice",
    "Certificate",
    "CertificateCover",
    "Device",
    "DigitalLink",
    "Due",
    "Edge",
    "Event",
    "Facility",
    "FarmerCard",
    "FrozenOrigin",
    "Gs1Number",
    "Hold",
    "JournalHead",
    "LabelRun",
    "LabelVoid",
    "Lot",
    "Measurement",
    "Membership",
    "OpenedBuying",
    "Organisation",
    "Pallet",
    "Party",
    "Payment",
    "Person",
    "Plot",
    "Posting",
    "Price",
    "PublicClock",
    "Recall",
    "Registration",
    "RegistrationCover",
    "Rendered",
    "Report",
    "ReportPhoto",
    "Reporter",
    "Scale",
    "ScanCount",
    "ScanDevice",
    "ScanSalt",
    "ScanSum",
    "ScanUsual",
    "Season",
    "SignIn",
    "Suspension",
    "Transfer",
    "User",
]
