"""Changes of members as people type them."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from traceability.domain.members import ChangeMember, CloseMember, OpenMember, ReplacePassword
from traceability.domain.roles import ROLE_NAMES
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, Password, Several, Text
from traceability.words import N_


class MemberSchema(TimedSchema):
    """The roles of a member from now on."""

    makes = ChangeMember
    login = Text(N_("Sign-in name"), required=True, most=120, autocomplete="off")
    roles = Several(Choice(N_("Roles"), choices=tuple((str(key), name) for key, name in ROLE_NAMES.items())), least=1)

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """Roles once each, in order."""
        return super().make({**values, "roles": tuple(sorted(set(values["roles"])))}, **more)


class CloseMemberSchema(TimedSchema):
    """Somebody leaves, with the reason."""

    makes = CloseMember
    login = Text(N_("Sign-in name"), required=True, most=120, autocomplete="off")
    reason = Text(
        N_("Why, in a few words"),
        required=True,
        most=300,
        long=True,
        hint=N_("This stays on record. Auditors read it."),
    )


class OpenMemberSchema(TimedSchema):
    """Somebody comes back; the reason may be left out."""

    makes = OpenMember
    login = Text(N_("Sign-in name"), required=True, most=120, autocomplete="off")
    reason = Text(N_("Why, in a few words"), most=300, long=True)


class PasswordSchema(TimedSchema):
    """A new password of a member."""

    makes = ReplacePassword
    login = Text(N_("Sign-in name"), required=True, most=120, autocomplete="off")
    password = Password(N_("New password"), required=True, autocomplete="new-password")
