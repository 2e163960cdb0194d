"""Who may do what: the approval matrix as data. What is not listed here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from traceability.domain.events import Kind
from traceability.errors import Forbidden
from traceability.words import N_


class Role(StrEnum):
    """What a person is in one organisation; a person may have several."""

    CLERK = "clerk"
    MANAGER = "manager"
    EXPORTER = "exporter"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: Mapping[Role, str] = {
    Role.CLERK: N_("Clerk"),
    Role.MANAGER: N_("Manager"),
    Role.EXPORTER: N_("Exporter"),
    Role.INSPECTOR: N_("Inspector"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

_C, _M, _E, _I, _A = Role.CLERK, Role.MANAGER, Role.EXPORTER, Role.INSPECTOR, Role.ADMINISTRATOR

# Read top to bottom: the daily work, then what needs judgement, then what changes who may do what.
MAY: Mapping[Kind, frozenset[Role]] = {
    Kind.ENROL_DEVICE: frozenset({_C, _M}),
    Kind.REGISTER_FARMER: frozenset({_C, _M}),
    Kind.CHANGE_CONSENT: frozenset({_C, _M}),
    Kind.REPLACE_CARD: frozenset({_C, _M}),
    Kind.REGISTER_PLOT: frozenset({_C, _M}),
    Kind.REGISTER_PARTY: frozenset({_C, _M, _E}),
    Kind.WEIGH_IN: frozenset({_C, _M}),
    Kind.AGREE_PRICE: frozenset({_M}),
    Kind.PAY: frozenset({_C, _M}),
    Kind.FORM_LOT: frozenset({_C, _M}),
    Kind.PROCESS: frozenset({_C, _M}),
    Kind.SPLIT: frozenset({_C, _M}),
    Kind.MERGE: frozenset({_C, _M}),
    Kind.REBAG: frozenset({_C, _M}),
    Kind.POUR_IN: frozenset({_C, _M}),
    Kind.DRAW_OFF: frozenset({_C, _M}),
    Kind.LEVEL_POOL: frozenset({_C, _M}),
    Kind.DISPOSE: frozenset({_M}),
    Kind.DISPATCH: frozenset({_C, _M, _E}),
    Kind.RECEIVE: frozenset({_C, _M, _E}),
    Kind.TAKE_BACK: frozenset({_C, _M, _E}),
    Kind.INSPECT: frozenset({_C, _M, _I}),
    Kind.ATTACH: frozenset({_C, _M, _E, _I}),
    Kind.WITHDRAW_ATTACHMENT: frozenset({_M}),
    Kind.HOLD: frozenset({_M, _I}),
    Kind.CLOSE_HOLD: frozenset({_M, _I}),
    Kind.RECALL: frozenset({_M, _I}),
    Kind.LIFT_RECALL: frozenset({_M, _I}),
    Kind.ACKNOWLEDGE_RECALL: frozenset({_M, _E, _I}),
    Kind.PACK: frozenset({_C, _M, _E}),
    Kind.SEAL: frozenset({_M, _E}),
    Kind.RELEASE: frozenset({_M}),
    Kind.HANDLE_REPORT: frozenset({_M, _E, _I}),
    Kind.SUPERSEDE: frozenset({_M}),
    Kind.PRINT_LABELS: frozenset({_C, _M, _E}),
    Kind.VOID_LABELS: frozenset({_C, _M, _E}),
    Kind.BUILD_PALLET: frozenset({_C, _M, _E}),
    Kind.BREAK_PALLET: frozenset({_C, _M, _E}),
    Kind.SHIP: frozenset({_M, _E}),
    Kind.REPORT_DELIVERY: frozenset({_M}),
    Kind.REPORT_LOT: frozenset({_M}),
    Kind.ASK_CORRECTION: frozenset({_C, _M, _E}),
    Kind.DECLARE_ERROR: frozenset({_C, _M}),
    Kind.CORRECT_ORIGIN: frozenset({_M}),
    Kind.CORRECT_WEIGHT: frozenset({_M}),
    Kind.ASK_CAP: frozenset({_C, _M}),
    Kind.ASK_ORIGIN: frozenset({_C, _M}),
    Kind.APPROVE: frozenset({_M}),
    Kind.REFUSE: frozenset({_M}),
    Kind.REGISTER_FACILITY: frozenset({_M, _A}),
    Kind.REGISTER_SCALE: frozenset({_M, _A}),
    Kind.RETIRE_SCALE: frozenset({_M, _A}),
    Kind.SET_FIELDS: frozenset({_M, _A}),
    Kind.SET_GRADES: frozenset({_M, _A}),
    Kind.SET_PRICE: frozenset({_M, _A}),
    Kind.SET_GS1: frozenset({_M, _A}),
    Kind.SET_SEASON: frozenset({_M, _A}),
    Kind.SET_CAPACITY: frozenset({_M, _A}),
    Kind.REGISTER_REGISTRATION: frozenset({_M, _A}),
    Kind.SUSPEND_REGISTRATION: frozenset({_M, _I, _A}),
    Kind.END_SUSPENSION: frozenset({_M, _I, _A}),
    Kind.REGISTER_CERTIFICATE: frozenset({_M, _A}),
    Kind.REVOKE_DEVICE: frozenset({_M, _A}),
    Kind.REGISTER_USER: frozenset({_M, _A}),  # a manager no managers and no administrators: see operations.members
    Kind.CHANGE_MEMBER: frozenset({_M, _A}),
    Kind.REPLACE_PASSWORD: frozenset({_M, _A}),
    Kind.CLOSE_MEMBER: frozenset({_M, _A}),
    Kind.OPEN_MEMBER: frozenset({_M, _A}),
    Kind.GRANT_READING: frozenset({_M}),
    Kind.END_READING: frozenset({_M}),
    Kind.SET_SAMPLE: frozenset({_M, _I}),  # of an authority
    Kind.GRANT_AREA: frozenset(),
    Kind.END_AREA: frozenset(),
    Kind.REGISTER_ORGANISATION: frozenset(),  # these three only from the command line, on the machine itself
}


@dataclass(frozen=True)
class Phone:
    """An enrolled phone that sends what was weighed without a signal: its own counters begin with its letter."""

    code: str
    letter: str
    enrolled_at: datetime
    ended_at: datetime | None = None  # since when nothing is taken that it sends itself


@dataclass(frozen=True)
class Actor:
    """A person at work in one organisation. `user_id` is None for the command line on the machine itself."""

    user_id: int | None
    name: str
    org_id: int
    org_code: str
    roles: frozenset[Role]
    language: str = "en"
    device: str = ""
    org_name: str = ""
    org_names: Mapping[str, str] = field(default_factory=dict, hash=False)  # the name in other languages
    zone_minutes: int = 420  # of the organisation: typed times are local
    phone: Phone | None = None  # who works on an enrolled phone, and not in a browser
    demo: bool = False  # the organisation is a demonstration and says so on every page

    def house(self, language: str) -> str:
        """The name of the organisation in the reader's language, where it has one."""
        return self.org_names.get(language) or self.org_name or self.org_code

    def may(self, kind: Kind) -> bool:
        return bool(self.roles & MAY[kind]) or self.user_id is None

    def require(self, kind: Kind) -> None:
        """Raises Forbidden unless one of the actor's roles allows `kind`."""
        if not self.may(kind):
            raise Forbidden()
