"""Read by Alembic alone: runs the migrations on the connection that `traceability.models.migrate` hands over."""

from __future__ import annotations

from alembic import context

from traceability.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
