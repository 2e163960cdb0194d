"""What is told where nothing can be shown, when only files are there to tell it."""

from __future__ import annotations

from collections.abc import Iterator

from werkzeug.exceptions import MethodNotAllowed

from traceability.domain import linkset
from traceability.errors import Invalid, NotFound, Refusal, Sentence
from traceability.exports.site import File
from traceability.models.database import DatabaseSilent
from traceability.queries.dossiers import NoSuchVersion, UnknownBatch
from traceability.web.errors import SENTENCES, error_page
from traceability.web.pages import page
from traceability.web.publishing.answers import Answers, Refused


class MalformedLink(Invalid):
    """The numbers in this address do not fit. Scan the code again, or compare them with the label."""

    status = 400


class NoLinkOfThatKind(NotFound):
    """There is no link of this kind for this number. Ask for linkType=linkset to see those that there are."""


class NotSent(DatabaseSilent):
    """This may not have reached us. Wait a minute, then go back and send it again."""


def refusals(answers: Answers) -> Iterator[File]:
    """A page in every language and a problem for programs, for each status."""
    unknown, silent, newer, lost = UnknownBatch(), DatabaseSilent(), NoSuchVersion(), NotSent()
    malformed, none, method = MalformedLink(), NoLinkOfThatKind(), Sentence(SENTENCES[405])
    yield from answers.refusal("404", 404, lambda: _told(unknown, "batches/unknown.html"))
    yield from answers.refusal("503", 503, lambda: _told(silent, "batches/unavailable.html"))
    yield from answers.refusal("no-version", 404, lambda: _told(newer, "batches/no_version.html"))
    yield from answers.refusal("not-sent", 503, lambda: _told(lost, "reports/not_sent.html"))
    yield from answers.refusal(
        "400", 400, lambda: Refused(error_page(400, malformed.sentence), malformed.sentence, malformed.name)
    )
    yield from answers.refusal(
        "no-link", 404, lambda: Refused(error_page(404, none.sentence), none.sentence, linkset.NoSuchLink.__name__)
    )
    yield from answers.refusal("405", 405, lambda: Refused(error_page(405, method), method, MethodNotAllowed.__name__))


def _told(refusal: Refusal, template: str) -> Refused:
    shown = page(template, status=refusal.status, typed="", sentence=refusal.sentence)
    return Refused(shown, refusal.sentence, refusal.name)
