"""The batch origin certificate: one A4 page that says what the public page says, and how to check it.

It is never called by the reserved customs name, and says so. The same dossier gives the same bytes: nothing that
changes from day to day (the day of reading, the days left of a certificate, the journal position) is printed.
"""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

from traceability.documents import annex, front
from traceability.documents.paper import NAME, Paper, ground
from traceability.documents.sheet import Sheet, blank_canvas
from traceability.documents.terms import local_language
from traceability.domain.dossier import Dossier
from traceability.words import translate


def certificate_number(dossier: Dossier) -> str:
    """The number of the paper: the batch's public code and the version, `7K3QX9MB-2`."""
    return f"{dossier.code}-{dossier.version}"


def check_number(dossier: Dossier) -> str:
    """Four digits that the paper and the public page both show.

    A QR code cut from another certificate leads to a page with another check number. It is derived from the
    code, the version and the data's digest; it is no secret and proves nothing alone.
    """
    return _check_number(dossier.code, dossier.version, dossier.digest)


def replaced_papers(dossier: Dossier) -> list[tuple[str, str]]:
    """Number and check number of every paper that this one replaces, the newest first."""
    return [
        (f"{dossier.code}-{version.number}", _check_number(dossier.code, version.number, version.digest))
        for version in reversed(dossier.replaced)
    ]


def _check_number(code: str, version: int, digest: str) -> str:
    said = f"{code} {version} {digest}".encode()
    return f"{int.from_bytes(sha256(said).digest()[:8], 'big') % 10_000:04d}"


def certificate(dossier: Dossier, *, public_url: str, language: str = "en") -> bytes:
    """The certificate as a PDF of one page, with an annex of all farms when not all of them fit on it.

    `language` is that of the content (dates, masses, names); labels are always in English, the issuer's language
    and Chinese. `public_url` is the site's address, to which the QR code leads.
    """
    output = BytesIO()
    title = f"{translate(language, NAME)} {certificate_number(dossier)}"
    canvas = blank_canvas(output, title, dossier.issuer.name.text(language))
    sheet = Sheet(canvas, language, local_language(dossier.issuer.place.country))
    paper = Paper(sheet, dossier, certificate_number(dossier), check_number(dossier), public_url)

    plan = front.plan_page(paper)
    pages = annex.paginate(plan.left_over)
    total = 1 + len(pages)
    ground(paper)
    front.draw_page(paper, plan, total)
    canvas.showPage()
    for number, page in enumerate(pages, start=2):
        ground(paper)
        annex.draw_page(paper, page, number, total)
        canvas.showPage()
    canvas.save()
    return output.getvalue()
