"""What changes about somebody who signs in: the roles, the password, and whether at all."""

from __future__ import annotations

from dataclasses import dataclass

from traceability.domain.facts import Fact
from traceability.domain.journal import canonical, digest
from traceability.domain.telling import told


@dataclass(frozen=True, kw_only=True)
class ChangeMember(Fact):
    """All roles from now on."""

    login: str
    roles: tuple[str, ...]

    def request_digest(self) -> str:
        """As it was before closing became an entry of its own: what was said then has the digest that it had."""
        return digest(canonical({"fact": "ChangeMember", **told(self), "closed": False}))


@dataclass(frozen=True, kw_only=True)
class CloseMember(Fact):
    """Somebody leaves: they sign in nowhere any more, and what they did stays theirs."""

    login: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpenMember(Fact):
    """Somebody comes back, with the roles they had."""

    login: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplacePassword(Fact):
    """A new password, told to the person by whoever gave it."""

    login: str
    password: str

    def request_digest(self) -> str:
        """Without the password: a digest of one must not stand in the journal."""
        return digest(canonical({"fact": "ReplacePassword", "login": self.login}))
