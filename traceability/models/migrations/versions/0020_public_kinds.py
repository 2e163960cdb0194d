"""Pages tell of raised limits: approvals and seasons are public, and a journal may have spoken in public later."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KINDS = (
    "approve",
    "attach",
    "change_consent",
    "close_hold",
    "correct_origin",
    "declare_error",
    "hold",
    "inspect",
    "lift_recall",
    "recall",
    "register_certificate",
    "register_registration",
    "release",
    "set_season",
    "ship",
    "supersede",
    "suspend_registration",
    "withdraw_attachment",
)


def upgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in KINDS)
    op.execute(
        "update journal_head set public_seq = coalesce((select max(event.seq) from event "
        f"where event.org_id = journal_head.org_id and event.kind in ({listed})), 0)"
    )
