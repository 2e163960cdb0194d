"""Numbers of lots are compared by code points on PostgreSQL, also in a database that was made for a language."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute('alter table lot alter column number type varchar(40) collate "C"')
