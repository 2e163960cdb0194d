"""What a person types to sign in."""

from __future__ import annotations

from typing import NamedTuple

from traceability.schemas import Schema
from traceability.schemas.fields import Password, Text
from traceability.words import N_


class SignIn(NamedTuple):
    """A login and a password, as typed."""

    login: str
    password: str


class SignInSchema(Schema):
    """The sign-in form."""

    makes = SignIn
    login = Text(N_("Your sign-in name"), required=True, most=120, autocomplete="username")
    password = Password(N_("Your password"), required=True, autocomplete="current-password")
