"""Who may sign in and with which roles, as the journal tells it: nobody let in, or raised, behind the record.

Passwords are not looked at: the journal keeps nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.models import Membership, User
from traceability.queries.audit.page import Finding, Page, against

_TELL: Final = (Kind.REGISTER_USER, Kind.CHANGE_MEMBER, Kind.CLOSE_MEMBER, Kind.OPEN_MEMBER)
State = dict[str, Any]


class Members:
    """Who is a member of what so far; `add` each page in order, then `compare`."""

    def __init__(self) -> None:
        self.users: dict[str, State] = {}

    def add(self, page: Page) -> None:
        """Apply what the events of a page say."""
        for event, body in page.read:
            if event.kind not in _TELL:
                continue
            kdes = body["kdes"]
            told: State = {name: kdes[name] for name in ("roles", "closed") if name in kdes}
            if event.kind == Kind.REGISTER_USER:
                told["closed"] = False
            elif event.kind != Kind.CHANGE_MEMBER:  # which closed, too, before that was an entry of its own
                told["closed"] = event.kind == Kind.CLOSE_MEMBER
            self.users.setdefault(f"{event.org_id} {kdes.get('user')}", {}).update(told)

    def compare(self, session: Session) -> Iterator[Finding]:
        """Findings of everybody who may do another thing than the journal says."""
        rows = session.execute(
            select(Membership.org_id, User.id, Membership.role, User.closed_at)
            .outerjoin(User, User.id == Membership.user_id)
            .order_by(Membership.role)
        )
        found: dict[str, State] = {}
        for org_id, user_id, role, closed_at in rows:
            member = found.setdefault(f"{org_id} {user_id}", {"roles": [], "closed": closed_at is not None})
            member["roles"].append(role)
        yield from against("user", self.users, found)
