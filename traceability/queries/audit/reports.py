"""Reports of the public: how far each is, what was answered and what was deleted, as the journal tells it.

A report itself comes from a stranger and is no entry. Those that an entry tells of are kept until the journal is read
to its end; all others must be as they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.reports import KEPT_AFTER_HANDLING, State
from traceability.models import Report, Reporter, ReportPhoto
from traceability.queries.audit.page import Finding, Page, against

_ROWS_AT_ONCE: Final = 1_000
_AS_IT_CAME: Final = {"state": str(State.NEW), "answer": "", "handled_by": None, "deleted_at": None}
Told = dict[str, Any]


class Handled:
    """What was done about reports so far; `add` each page in order, then `compare`."""

    def __init__(self) -> None:
        self.reports: dict[str, Told] = {}

    def add(self, page: Page) -> None:
        """Apply what the events of a page say: the last word about a report counts, and what was deleted once."""
        for event, body in page.read:
            if event.kind != Kind.HANDLE_REPORT:
                continue
            kdes = body["kdes"]
            told = self.reports.setdefault(kdes.get("report", "?"), {"deleted_at": None})
            told |= {"organisation": event.org_id, "state": kdes.get("state"), "answer": kdes.get("answer")}
            told["handled_by"] = event.id
            if kdes.get("forgotten") and told["deleted_at"] is None:
                told["deleted_at"] = event.recorded_at

    def compare(self, session: Session) -> Iterator[Finding]:
        """Findings of every report that is not what the journal leaves it in."""
        unseen = set(self.reports)
        rows = select(
            *(Report.code, Report.org_id, Report.state, Report.answer, Report.handled_by_id, Report.made_at),
            *(Report.forgotten_at, exists().where(Reporter.report_id == Report.id)),
            exists().where(ReportPhoto.report_id == Report.id),
        )
        for some in session.execute(rows.execution_options(yield_per=_ROWS_AT_ONCE)).partitions():
            expected, found = {}, {}
            for code, org_id, state, answer, handled_by, made_at, forgotten_at, *left in some:
                told = self.reports.get(code, {"organisation": org_id, **_AS_IT_CAME})
                by_time = forgotten_at is not None and forgotten_at - made_at >= KEPT_AFTER_HANDLING
                # what went by time, no entry tells
                deleted_at = None if told["deleted_at"] is None and by_time else forgotten_at
                expected[code] = {**told, "still kept": False}
                found[code] = {
                    "organisation": org_id,
                    "state": state,
                    "answer": answer,
                    "handled_by": handled_by,
                    "deleted_at": deleted_at,
                    "still kept": forgotten_at is not None and any(left),
                }
            yield from against("report", expected, found)
            unseen -= found.keys()
        yield from against("report", {code: self.reports[code] for code in unseen}, {})
