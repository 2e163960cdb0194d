"""Append-only guards: triggers that stop updates, deletes and replacements of what was recorded (RELIABILITY D7).

A speed bump against mistakes, not a wall against an owner of the database: the wall is the digest chain.
`audit` checks that every guard is in place.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from traceability.models.base import Base

# never changed once written
FROZEN = (
    "event",
    "posting",
    "measurement",
    "attachment",
    "digital_link",
    "frozen_origin",
    "due",
    "payment",
    "buying_choice",
    "price",
    "label_run",
    "label_void",
    "gs1_number",
    "season",
    "farmer_card",
)
# may move on (a balance, a state), may never vanish or be replaced
KEPT = (
    "organisation",
    "lot",
    "batch",
    "transfer",
    "hold",
    "recall",
    "party",
    "plot",
    "facility",
    "registration",
    "suspension",
    "certificate",
    "device",
    "scale",
    "pallet",
    "report",
)
_KEYS = {"posting": ("event_id", "line"), "digital_link": ("gtin", "lot", "batch_id")}


def expected() -> frozenset[str]:
    """The names of all guards that must exist."""
    names = {f"guard_{table}_no_update" for table in FROZEN}
    for table in FROZEN + KEPT:
        names |= {f"guard_{table}_no_delete", f"guard_{table}_no_replace"}
    return frozenset(names | {"guard_event_gap_free"})


def installed(connection: Connection) -> frozenset[str]:
    """The names of the guards found in the database."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("select name from sqlite_master where type = 'trigger'"))
    else:
        # a trigger that was switched off does not guard: only 'A' (always) counts
        rows = connection.execute(text("select tgname from pg_trigger where not tgisinternal and tgenabled = 'A'"))
    return frozenset(name for (name,) in rows if name.startswith("guard_"))


def install(connection: Connection) -> None:
    """Put every guard in place; safe to run again."""
    if connection.dialect.name == "sqlite":
        _install_sqlite(connection)
    else:
        _install_postgresql(connection)


def _install_sqlite(connection: Connection) -> None:
    def guard(name: str, when: str, table: str, condition: str, why: str) -> None:
        connection.execute(
            text(
                f"create trigger if not exists {name} before {when} on {table} {condition} "
                f"begin select raise(abort, '{table}: {why}'); end"
            )
        )

    for table in FROZEN:
        guard(f"guard_{table}_no_update", "update", table, "", "the record is append-only")
    for table in FROZEN + KEPT:
        guard(f"guard_{table}_no_delete", "delete", table, "", "nothing is deleted from the record")
        same = " and ".join(f"{key} = new.{key}" for key in _KEYS.get(table, ("id",)))
        exists = f"when exists (select 1 from {table} where {same})"
        guard(f"guard_{table}_no_replace", "insert", table, exists, "nothing is replaced in the record")
    gap = "when new.seq <> coalesce((select max(seq) from event where org_id = new.org_id), 0) + 1"
    guard("guard_event_gap_free", "insert", "event", gap, "a journal has no gaps")


def _install_postgresql(connection: Connection) -> None:
    connection.execute(
        text(
            "create or replace function guard_refuse() returns trigger language plpgsql as "
            "$$ begin raise exception '%: the record is append-only', tg_table_name; end $$"
        )
    )
    connection.execute(
        text(
            "create or replace function guard_gap_free() returns trigger language plpgsql as $$ begin "
            "if new.seq <> coalesce((select max(seq) from event where org_id = new.org_id), 0) + 1 then "
            "raise exception 'event: a journal has no gaps'; end if; return new; end $$"
        )
    )

    def guard(name: str, when: str, table: str, each: str, function: str) -> None:
        connection.execute(text(f"drop trigger if exists {name} on {table}"))
        connection.execute(
            text(f"create trigger {name} before {when} on {table} for each {each} execute function {function}()")
        )
        connection.execute(text(f"alter table {table} enable always trigger {name}"))

    for table in FROZEN:
        guard(f"guard_{table}_no_update", "update", table, "row", "guard_refuse")
    for table in FROZEN + KEPT:
        guard(f"guard_{table}_no_delete", "delete", table, "row", "guard_refuse")
        # PostgreSQL has no REPLACE; what empties a table past row triggers is TRUNCATE
        guard(f"guard_{table}_no_replace", "truncate", table, "statement", "guard_refuse")
    guard("guard_event_gap_free", "insert", "event", "row", "guard_gap_free")


def owned(connection: Connection) -> bool:
    """Whether who signed in to PostgreSQL owns the tables; a grant by anybody else does nothing."""
    asked = text("select pg_has_role(relowner, 'usage') from pg_class where oid = 'event'::regclass")
    return bool(connection.execute(asked).scalar())


def grant(connection: Connection, role: str) -> None:
    """Give a PostgreSQL role what the running server needs and no more: it owns nothing, empties and drops nothing.

    Rows of frozen tables can be read and added; others may also move on. Only what is derived or passing may be
    deleted. Raises the database's own error when the role does not exist.
    """
    quote = connection.dialect.identifier_preparer.quote
    name = quote(role)
    # rebuilt, withdrawn or forgotten by design: edges of a declared event, counted failures, an erased person, pages
    # and roles that somebody no longer has: the journal says who had them; counts of days long past, and strangers
    counts = ("scan_count", "scan_device", "scan_salt")
    may_vanish = ("edge", "failed_sign_in", "membership", "person", "rendered", "reporter", "report_photo", *counts)
    connection.execute(text(f"grant usage on schema public to {name}"))
    connection.execute(text(f"revoke all on all tables in schema public from {name}"))
    connection.execute(text(f"grant select, insert on all tables in schema public to {name}"))
    connection.execute(text(f"grant usage on all sequences in schema public to {name}"))
    for table in Base.metadata.sorted_tables:
        if table.name not in FROZEN:
            connection.execute(text(f"grant update on {quote(table.name)} to {name}"))
    for table_name in may_vanish:
        connection.execute(text(f"grant delete on {quote(table_name)} to {name}"))
    connection.execute(text(f"revoke insert, update on alembic_version from {name}"))
