"""What changes about somebody who signs in: the roles, whether at all, and the password."""

from __future__ import annotations

from dataclasses import dataclass

from traceability.domain.facts import Fact
from traceability.domain.journal import canonical, digest


@dataclass(frozen=True, kw_only=True)
class ChangeMember(Fact):
    """All roles from now on. Who is closed signs in nowhere any more; what they did stays."""

    login: str
    roles: tuple[str, ...]
    closed: bool = False


@dataclass(frozen=True, kw_only=True)
class ReplacePassword(Fact):
    """A new password, told to the person by whoever gave it."""

    login: str
    password: str

    def request_digest(self) -> str:
        """Without the password: a digest of one must not stand in the journal."""
        return digest(canonical({"fact": "ReplacePassword", "login": self.login}))
