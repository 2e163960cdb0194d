"""Passwords of tests are hashed at once: how slowly one is guessed is tested where accounts are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from traceability.operations import account


@contextmanager
def quick_passwords() -> Iterator[None]:
    """As long as this is open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield
